//! Records for other programs: one of them, or many in pages of a bounded size; each viewer gets what is his to see.

use std::collections::BTreeMap;

use shared::catalogue::model::Owner;
use shared::ids::{RecordId, Site, TownshipCode};
use shared::program::Failure;
use shared::record::{Day, Record};
use shared::view::{read, tables};

use super::App;
use super::viewer::{Sight, Viewer};
use crate::limits;

/// A page of records of one kind.
#[derive(Debug, Clone)]
pub struct Page {
    pub kind: u32,
    /// Code of a township; empty is all that may be seen.
    pub township: String,
    /// 1..=1000; 0 is 100.
    pub limit: u32,
    /// Mark that the page before ended with; empty for the first page.
    pub after: Vec<u8>,
}

/// Where a page ended: owner, day and id of its last record, as the list has them. The next page goes on behind that
/// place, so a page costs its own records only, however many there are.
fn mark(line: read::Listed) -> Vec<u8> {
    let owner = tables::owner(line.owner);
    [&owner.to_be_bytes()[..], &line.day.0.to_be_bytes(), line.id.as_bytes()].concat()
}

fn read_mark(bytes: &[u8]) -> Option<read::Listed> {
    let (owner, rest) = bytes.split_first_chunk::<4>()?;
    let (day, id) = rest.split_first_chunk::<4>()?;
    Some(read::Listed {
        owner: tables::site(u32::from_be_bytes(*owner))?,
        day: Day(i32::from_be_bytes(*day)),
        id: RecordId::from_bytes(id.try_into().ok()?),
    })
}

/// A record as it may be seen, with the reasons that were given for its steps, by revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub record: Record,
    pub reasons: BTreeMap<u32, String>,
}

impl App {
    /// The record, if there is one that the viewer may see.
    ///
    /// # Errors
    /// `NotFound`, also for what others may see: whether it is there is not told either.
    pub fn report_record(&self, viewer: Viewer, id: RecordId) -> Result<Seen, Failure> {
        let sight = self.sight(viewer);
        let found = self.store.read(|views| {
            let record = read::record(views, id).filter(|record| sight.sees_record(views, record))?;
            let reason = |rev: u32| Some((rev, read::reason(views, id, rev)?));
            let reasons = record.steps.iter().filter_map(|step| reason(step.rev)).collect();
            Some(Seen { record, reasons })
        });
        found.ok_or_else(|| Failure::not_found("没有这条记录。", "There is no such record."))
    }

    /// The records of a page, owner by owner, the newest date first, and the mark for the next page (empty at the end).
    /// With a township: its own records, and of the county's those that are addressed to it.
    ///
    /// # Errors
    /// `Invalid`: the page is not one; `NotFound`: no such kind; `Forbidden`: another township's records.
    pub fn report_records(&self, viewer: Viewer, page: &Page) -> Result<(Vec<Record>, Vec<u8>), Failure> {
        let kind = self
            .catalogue
            .kinds
            .get(&page.kind)
            .ok_or_else(|| Failure::not_found("没有这种台账。", "There is no such kind of record."))?;
        let township: Option<TownshipCode> =
            if page.township.is_empty() { None } else { Some(page.township.parse()?) };
        let mut sight = self.sight(viewer);
        if let Some(code) = township {
            sight.need(code)?;
            sight = self.sight(Viewer::Township(code));
        }
        let after = match page.after.as_slice() {
            [] => None,
            bytes => Some(
                read_mark(bytes)
                    .ok_or_else(|| Failure::invalid("分页标记有误。", "The mark of the page is wrong."))?,
            ),
        };
        let limit = match page.limit {
            0 => limits::REPORT_RECORDS_DEFAULT,
            limit => limit.min(limits::REPORT_RECORDS_MAX),
        } as usize;
        Ok(self.store.read(|views| {
            let (mut records, mut bytes, mut last, mut more) = (Vec::new(), 0, None, false);
            let mut visit = |line: read::Listed| {
                if records.len() == limit || bytes > limits::REPORT_PAGE_BYTES_MAX {
                    more = true;
                    return false;
                }
                let record = read::record(views, line.id).filter(|record| sight.sees_record(views, record));
                if let Some(record) = record {
                    bytes += record.encode().len();
                    records.push(record);
                    last = Some(line);
                }
                true
            };
            match (owners(kind.owner, &sight), after) {
                (None, Some(after)) => read::list_all_after(views, page.kind, after, &mut visit),
                (None, None) => read::list_all(views, page.kind, &mut visit),
                (Some(owners), after) => {
                    // Owners follow each other as in the list of everybody, so a mark leads on from one to the next.
                    let from = after.map(|line| tables::owner(line.owner));
                    let _ = owners
                        .into_iter()
                        .filter(|site| from.is_none_or(|from| tables::owner(*site) >= from))
                        .all(|site| {
                            let mut open = true;
                            let after = after.filter(|line| line.owner == site);
                            read::list(views, page.kind, site, after, &mut |line| {
                                open = visit(line);
                                open
                            });
                            open
                        });
                }
            }
            let next = last.filter(|_| more).map_or_else(Vec::new, mark);
            (records, next)
        }))
    }
}

/// Whose records of a kind may be seen at all, in the order of the list; none: everybody's.
fn owners(owner: Owner, sight: &Sight) -> Option<Vec<Site>> {
    let townships = sight.townships()?;
    Some(match owner {
        Owner::County => vec![Site::Hub],
        Owner::Township => townships.iter().copied().map(Site::Township).collect(),
    })
}
