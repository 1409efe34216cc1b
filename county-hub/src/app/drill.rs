//! From a figure to the records that make it.

use serde::{Deserialize, Serialize};
use shared::code::ErrorCode;
use shared::ids::TownshipCode;
use shared::ledger::{self, DrillShown, page_mark};
use shared::limits;
use shared::program::Failure;
use shared::record::Day;
use shared::tally::{self, Drill, Level, Membership, Whom, split_named};

use super::ask::Ask;
use super::tally::{check_measures, period};
use super::viewer::{Sight, Viewer};
use super::{App, district};

/// One figure of one unit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    /// Id of the measure, rate or coverage.
    pub measure: String,
    /// Key or label of a choice, number or name of a grade; none is the whole.
    pub split: Option<String>,
    /// Code of a township, name or id of a district; empty or `county` is the county.
    pub unit: String,
    /// As in [`super::tally::Question`].
    pub period: Option<String>,
    pub as_of: Option<String>,
    /// Items of the page; none: as many as one page may have.
    pub limit: Option<u32>,
    /// What the page before ended with.
    pub after: Option<String>,
}

/// A page of what makes the figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `county`, `district` or `township`, its id or code, and its name.
    pub level: String,
    pub unit: String,
    pub name: String,
    /// First and last day of the unit; empty where it has none.
    pub from: String,
    pub to: String,
    pub as_of: String,
    #[serde(flatten)]
    pub shown: DrillShown,
}

impl Ask for Question {
    type Answer = Answer;

    fn answer(self, app: &App) -> Result<Answer, Failure> {
        app.drill(&app.desk(), &self)
    }
}

impl App {
    /// # Errors
    /// `NotFound`: no such measure, part, district or township; `Invalid`: no such period or page; `Forbidden`: figures
    /// that are not the viewer's to see.
    pub fn drill(&self, seen: &Sight, ask: &Question) -> Result<Answer, Failure> {
        check_measures(self, std::slice::from_ref(&ask.measure))?;
        let whom = self.whom(&ask.unit)?;
        let own = match whom {
            Whom::Township(code) => seen.sees(code),
            Whom::District(id) => seen.viewer() == Viewer::District(id),
            Whom::County | Whom::Rest => false,
        };
        if !(seen.whole() || own) {
            let (zh, en) =
                ("只能查看自己这一级数字的明细。", "Only figures of the own level can be opened up.");
            return Err(Failure::new(ErrorCode::Forbidden, zh, en));
        }
        let split = ask.split.as_deref().filter(|split| !split.is_empty());
        let split = split.map(|name| self.split(&ask.measure, name)).transpose()?;
        let name = period(ask.period.as_deref())?;
        let as_of: Day = ask.as_of.as_deref().map(str::parse).transpose()?.unwrap_or(self.today());
        let no_page = || Failure::invalid("分页标记有误。", "The mark of the page is wrong.");
        let after = ask.after.as_deref().filter(|after| !after.is_empty());
        let after = after.map(|after| page_mark(after).ok_or_else(no_page)).transpose()?;
        let limit = ask.limit.map_or(limits::DRILL_ITEMS_MAX, |limit| limit.max(1) as usize);
        let (shown, days) = self
            .store
            .read(|views| {
                let membership = Membership::read(views, &self.catalogue);
                let asked = name.days(views, &self.catalogue, as_of);
                let question = tally::Question {
                    ids: Vec::new(),
                    level: level_of(whom),
                    days: asked.days.clone(),
                    as_of,
                    offices: self.offices(),
                };
                let drill = Drill { question, id: ask.measure.clone(), split, whom, limit, after };
                let drilled = tally::drill(views, &self.catalogue, &membership, &drill)?;
                let sight = ledger::Sight {
                    views,
                    catalogue: &self.catalogue,
                    sees: &|stream| seen.sees_stream(stream),
                    township: &|code| self.towns().name(code),
                };
                let days = match whom {
                    Whom::Township(code) => asked.days.of(tally::Unit::township(code)),
                    _ => asked.days.envelope(),
                };
                Some((sight.shown(&ask.measure, &drilled), days))
            })
            .ok_or_else(no_page)?;
        let (level, unit, name) = match whom {
            Whom::District(id) => {
                let found = district::all(self).into_iter().find(|district| district.id == id);
                ("district", id.to_string(), found.map_or_else(|| id.to_string(), |found| found.name))
            }
            Whom::Township(code) => ("township", code.to_string(), self.towns().name(code)),
            Whom::County | Whom::Rest => ("county", String::new(), self.config.name.clone()),
        };
        let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        Ok(Answer {
            level: level.to_owned(),
            unit,
            name,
            from: day(days.map(|days| days.from)),
            to: day(days.map(|days| days.to)),
            as_of: as_of.to_string(),
            shown,
        })
    }

    fn whom(&self, unit: &str) -> Result<Whom, Failure> {
        if matches!(unit, "" | "county") {
            return Ok(Whom::County);
        }
        if let Ok(code) = unit.parse::<TownshipCode>() {
            return self.towns().find(code).map(|town| Whom::Township(town.code));
        }
        let named = self.towns().iter().find(|town| town.name == unit).map(|town| town.code);
        named.map_or_else(|| district::find(self, unit).map(Whom::District), |code| Ok(Whom::Township(code)))
    }

    fn split(&self, measure: &str, name: &str) -> Result<u32, Failure> {
        split_named(&self.catalogue, measure, name).ok_or_else(|| {
            Failure::not_found(
                format!("指标 {measure} 没有“{name}”这一项。"),
                format!("{measure} has no part \"{name}\"."),
            )
        })
    }
}

fn level_of(whom: Whom) -> Level {
    match whom {
        Whom::County => Level::County,
        Whom::District(_) => Level::District,
        Whom::Township(_) | Whom::Rest => Level::Township,
    }
}
