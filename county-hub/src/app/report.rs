//! Records for other programs: who may see which, and in pages of a bounded size.

use shared::code::ErrorCode;
use shared::ids::{RecordId, Site, StreamName, TownshipCode};
use shared::program::Failure;
use shared::record::{Day, Record};
use shared::view::{read, tables};

use super::App;
use crate::limits;

/// Who looks at reports. Local fields are in no report: they never came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// The county's own command line: everything that is here.
    Desk,
    /// A program of the county: every township's records, and what the county has published.
    County,
    /// A township: its own records, and what flows down to it.
    Township(TownshipCode),
}

impl Viewer {
    /// Whether the township's own affairs are his to see.
    pub fn sees(self, township: TownshipCode) -> bool {
        match self {
            Self::Desk | Self::County => true,
            Self::Township(code) => code == township,
        }
    }

    /// Whether a record of this stream is his to see. What the county has not published is nobody's.
    pub fn sees_stream(self, stream: StreamName) -> bool {
        match stream {
            StreamName::Township(code) | StreamName::Down(code) => self.sees(code),
            StreamName::DownAll => true,
            StreamName::Local(_) => self == Self::Desk,
            StreamName::Meta(_) => false,
        }
    }
}

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

impl App {
    /// The records of a page, owner by owner, the newest date first, and the mark for the next page (empty at the end).
    ///
    /// # Errors
    /// `Invalid`: the page is not one; `NotFound`: no such kind; `Forbidden`: another township's records.
    pub fn report_records(&self, viewer: Viewer, page: &Page) -> Result<(Vec<Record>, Vec<u8>), Failure> {
        if !self.catalogue.kinds.contains_key(&page.kind) {
            return Err(Failure::new(
                ErrorCode::NotFound,
                "没有这种台账。",
                "There is no such kind of record.",
            ));
        }
        let township: Option<TownshipCode> =
            if page.township.is_empty() { None } else { Some(page.township.parse()?) };
        if township.is_some_and(|code| !viewer.sees(code)) {
            let (zh, en) = ("不能查看其他乡镇的记录。", "Another township's records are not yours to see.");
            return Err(Failure::new(ErrorCode::Forbidden, zh, en));
        }
        let after = match page.after.as_slice() {
            [] => None,
            bytes => Some(read_mark(bytes).ok_or_else(|| {
                Failure::new(ErrorCode::Invalid, "分页标记有误。", "The mark of the page is wrong.")
            })?),
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
                let record = read::record(views, line.id).filter(|record| viewer.sees_stream(record.stream));
                if let Some(record) = record {
                    bytes += record.encode().len();
                    records.push(record);
                    last = Some(line);
                }
                true
            };
            match (township, after) {
                (Some(code), after) => {
                    let site = Site::Township(code);
                    read::list(views, page.kind, site, after.filter(|line| line.owner == site), &mut visit);
                }
                (None, Some(after)) => read::list_all_after(views, page.kind, after, &mut visit),
                (None, None) => read::list_all(views, page.kind, &mut visit),
            }
            let next = last.filter(|_| more).map_or_else(Vec::new, mark);
            (records, next)
        }))
    }
}
