//! Records for other programs: who may see which, and in pages of a bounded size.

use shared::code::ErrorCode;
use shared::ids::{RecordId, Site, StreamName, TownshipCode};
use shared::program::Failure;
use shared::record::Record;
use shared::view::read;

use super::App;
use crate::limits;

/// Who looks at reports. Local fields are in no report: they never came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// A program of the county: every township's records, and what the county has published.
    County,
    /// A township: its own records, and what flows down to it.
    Township(TownshipCode),
}

impl Viewer {
    /// Whether the township's own affairs are his to see.
    pub fn sees(self, township: TownshipCode) -> bool {
        match self {
            Self::County => true,
            Self::Township(code) => code == township,
        }
    }

    /// Whether a record of this stream is his to see. What the county has not published is nobody's.
    pub fn sees_stream(self, stream: StreamName) -> bool {
        match stream {
            StreamName::Township(code) | StreamName::Down(code) => self.sees(code),
            StreamName::DownAll => true,
            StreamName::Local(_) | StreamName::Meta(_) => false,
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
    /// Id of the last record of the page before; empty for the first page.
    pub after: Vec<u8>,
}

impl App {
    /// The records of a page in order of their ids, and where the next page begins (empty at the end).
    ///
    /// # Errors
    /// `Invalid`: the page is not one; `NotFound`: no such kind; `Forbidden`: another township's records.
    pub fn report_records(&self, viewer: Viewer, page: &Page) -> Result<(Vec<Record>, Vec<u8>), Failure> {
        let invalid = |zh: &str, en: &str| Failure::new(ErrorCode::Invalid, zh, en);
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
            return Err(Failure::new(
                ErrorCode::Forbidden,
                "不能查看其他乡镇的记录。",
                "Another township's records are not yours to see.",
            ));
        }
        let after: Option<RecordId> = match page.after.as_slice() {
            [] => None,
            bytes => {
                let id: [u8; 16] = bytes
                    .try_into()
                    .map_err(|_| invalid("分页标记有误。", "The mark of the page is wrong."))?;
                Some(RecordId::from_bytes(id))
            }
        };
        let limit = match page.limit {
            0 => limits::REPORT_RECORDS_DEFAULT,
            limit => limit.min(limits::REPORT_RECORDS_MAX),
        } as usize;
        Ok(self.store.read(|views| {
            let mut ids: Vec<RecordId> = Vec::new();
            let mut visit = |line: read::Listed| {
                if after.is_none_or(|after| line.id > after) {
                    ids.push(line.id);
                }
                true
            };
            match township {
                Some(code) => read::list(views, page.kind, Site::Township(code), None, &mut visit),
                None => read::list_all(views, page.kind, &mut visit),
            }
            // Lists are ordered by date, pages by id: an id never changes, so no record is skipped or told twice when dates
            // are edited between two pages.
            ids.sort_unstable();
            let (mut records, mut bytes, mut next) = (Vec::new(), 0, Vec::new());
            for id in ids {
                let Some(record) = read::record(views, id).filter(|record| viewer.sees_stream(record.stream))
                else {
                    continue;
                };
                if records.len() == limit || bytes > limits::REPORT_PAGE_BYTES_MAX {
                    next = records.last().map_or_else(Vec::new, |last: &Record| last.id.as_bytes().to_vec());
                    break;
                }
                bytes += record.encode().len();
                records.push(record);
            }
            (records, next)
        }))
    }
}
