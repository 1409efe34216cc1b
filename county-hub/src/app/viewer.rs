//! Who looks at reports, and what he may see at this moment: rows as §1.2 of the domain study says, and of figures those
//! of his own units alone.

use std::collections::BTreeSet;

use shared::code::ErrorCode;
use shared::ids::{RecordId, StreamName, TownshipCode};
use shared::program::Failure;
use shared::record::Record;
use shared::store::View;
use shared::view::read;

use super::ask::Ask as _;
use super::coverage::Coverage;
use super::{App, district, tally};

/// Who looks at reports. Local fields are in no report: they never came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// The county: every township's records, and what the county has published.
    County,
    /// A district: the records of the townships that belong to it today, and what flows down to them.
    District(RecordId),
    /// A township: its own records, and what flows down to it.
    Township(TownshipCode),
}

/// What a viewer may see, worked out once for one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    viewer: Viewer,
    /// Those whose own affairs are his to see; none: everybody's are.
    townships: Option<BTreeSet<TownshipCode>>,
    /// What the county has not published is his to see too.
    desk: bool,
}

impl Sight {
    pub fn viewer(&self) -> Viewer {
        self.viewer
    }

    /// Whether he sees the whole county.
    pub fn whole(&self) -> bool {
        self.townships.is_none()
    }

    /// The townships that he sees, where these are not all.
    pub fn townships(&self) -> Option<&BTreeSet<TownshipCode>> {
        self.townships.as_ref()
    }

    /// Whether the township's own affairs are his to see.
    pub fn sees(&self, township: TownshipCode) -> bool {
        self.townships.as_ref().is_none_or(|seen| seen.contains(&township))
    }

    /// The same, with words for who may not.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn need(&self, township: TownshipCode) -> Result<(), Failure> {
        if self.sees(township) {
            return Ok(());
        }
        let (zh, en) = ("不能查看其他乡镇的内容。", "Another township's affairs are not yours to see.");
        Err(Failure::new(ErrorCode::Forbidden, zh, en))
    }

    /// Whether a record of this stream is his to see. What the county has not published is nobody's.
    pub(super) fn sees_stream(&self, stream: StreamName) -> bool {
        match stream {
            StreamName::Township(code) | StreamName::Down(code) => self.sees(code),
            StreamName::DownAll => true,
            StreamName::Local(_) => self.desk,
            StreamName::Meta(_) => false,
        }
    }

    /// Whether a record is his to see: his own, or addressed to him, alone or among others.
    pub fn sees_record(&self, views: &dyn View, record: &Record) -> bool {
        let of = |stream| self.sees_stream(stream);
        of(record.stream)
            || matches!(record.stream, StreamName::Down(_))
                && read::copies(views, record.id).into_iter().any(|(stream, _)| of(stream))
    }
}

impl App {
    /// The county at its own command line: everything that is here.
    pub(super) fn desk(&self) -> Sight {
        Sight { viewer: Viewer::County, townships: None, desk: true }
    }

    /// What a viewer may see now. A district that has no townships sees none.
    pub fn sight(&self, viewer: Viewer) -> Sight {
        let townships = match viewer {
            Viewer::County => None,
            Viewer::Township(code) => Some(BTreeSet::from([code])),
            Viewer::District(id) => Some(self.membership().members(id, self.today()).into_iter().collect()),
        };
        Sight { viewer, townships, desk: false }
    }

    /// The figures that a viewer may see: of the county whoever sees the county; of a district its own; of townships
    /// those that he sees. The coverage is that of what he sees.
    ///
    /// # Errors
    /// `Forbidden`: a level above his own; and as the question itself.
    pub fn report_tally(&self, viewer: Viewer, question: tally::Question) -> Result<tally::Answer, Failure> {
        let level = question.level.clone();
        let own = match viewer {
            Viewer::County => return question.answer(self),
            Viewer::District(id) if level == "district" => Some(id.to_string()),
            Viewer::District(_) | Viewer::Township(_) if level == "township" => None,
            _ => {
                question.check(self)?;
                let (zh, en) =
                    ("只能查看自己这一级的数字。", "Figures of a level above your own are not yours to see.");
                return Err(Failure::new(ErrorCode::Forbidden, zh, en));
            }
        };
        let sight = self.sight(viewer);
        let seen = |unit: &tally::Unit| match &own {
            Some(id) => unit.level == "district" && unit.id == *id,
            None => unit.level == "township" && unit.id.parse().is_ok_and(|code| sight.sees(code)),
        };
        let mut answer = question.answer(self)?;
        answer.keep(seen);
        answer.own_days.retain(|own| sight.sees(own.township));
        answer.coverage = self.coverage_over(sight.townships());
        Ok(answer)
    }

    /// The coverage of what a viewer sees.
    pub fn report_coverage(&self, viewer: Viewer) -> Coverage {
        self.coverage_over(self.sight(viewer).townships())
    }

    /// Districts and their townships on a day (today if none is given), which everybody may know; of liaison members
    /// those of the districts that the viewer belongs to.
    ///
    /// # Errors
    /// `Invalid`: the day is not one.
    pub fn report_districts(&self, viewer: Viewer, on: Option<String>) -> Result<district::Map, Failure> {
        let mut map = district::List { on }.answer(self)?;
        let own = match viewer {
            Viewer::County => return Ok(map),
            Viewer::District(id) => Some(id),
            Viewer::Township(code) => self.membership().district(code, self.today()),
        };
        for district in map.districts.iter_mut().filter(|district| Some(district.id) != own) {
            district.liaisons.clear();
        }
        Ok(map)
    }
}
