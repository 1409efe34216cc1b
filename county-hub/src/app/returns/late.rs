//! Late entry (G6): how many of the records of a period were entered more than a week after their day.
//!
//! Counted are records that somebody entered: not what was imported from old ledgers, what the program made, what is void,
//! nor returns, whose day is the first of the period that they are about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::catalogue::model::{Kind, Owner};
use shared::ids::{Site, TownshipCode};
use shared::program::{Failure, beijing_day};
use shared::record::{EntryFlags, Record, Role};
use shared::store::View;
use shared::tally::{Figure, Form, Period};
use shared::view::read;

use super::period_or_year;
use crate::app::App;

/// Days after the day of a record within which its entry is not late.
const LATE_AFTER_DAYS: i32 = 7;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Late {
    /// This year if it is not given.
    pub period: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateTable {
    pub from: String,
    pub to: String,
    pub rows: Vec<LateRow>,
    pub county: LateRow,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateRow {
    /// None for the county as the sum of all.
    pub township: Option<TownshipCode>,
    pub name: String,
    pub entered: i64,
    pub late: i64,
    /// As it is printed; `—` where nothing was entered.
    pub rate: String,
}

impl crate::app::ask::Ask for Late {
    type Answer = LateTable;

    fn answer(self, app: &App) -> Result<LateTable, Failure> {
        let period = period_or_year(app, self.period.as_deref())?;
        let counts = app.store.read(|views| counts(app, views, period));
        let row = |township, name, (entered, late): (i64, i64)| {
            let figure = Figure::Rate { numerator: late, denominator: entered, form: Form::Percent };
            LateRow { township, name, entered, late, rate: figure.to_string() }
        };
        let sum = counts.values().fold((0, 0), |sum: (i64, i64), one| (sum.0 + one.0, sum.1 + one.1));
        let of = |code: &TownshipCode| counts.get(code).copied().unwrap_or_default();
        let rows =
            app.towns().iter().map(|town| row(Some(town.code), town.name.clone(), of(&town.code))).collect();
        let county = row(None, app.config.name.clone(), sum);
        Ok(LateTable { from: period.from.to_string(), to: period.to.to_string(), rows, county })
    }
}

/// Entered and late, by township.
fn counts(app: &App, views: &dyn View, period: Period) -> BTreeMap<TownshipCode, (i64, i64)> {
    let mut counts: BTreeMap<TownshipCode, (i64, i64)> = BTreeMap::new();
    for kind in app.catalogue.kinds.values().filter(|kind| entered_by_hand(kind)) {
        read::list_all(views, kind.tag, &mut |line| {
            if let Site::Township(code) = line.owner
                && period.holds(line.day)
                && let Some(record) = read::record(views, line.id).filter(by_hand)
            {
                let late = beijing_day(record.created_at).0.saturating_sub(line.day.0) > LATE_AFTER_DAYS;
                let count = counts.entry(code).or_default();
                *count = (count.0 + 1, count.1 + i64::from(late));
            }
            true
        });
    }
    counts
}

fn entered_by_hand(kind: &Kind) -> bool {
    let dated = kind.returns.figures.is_none() && kind.returns.adjusts.is_none();
    kind.owner == Owner::Township && dated
}

fn by_hand(record: &Record) -> bool {
    let made = record.steps.first().is_some_and(|step| step.role == Role::System);
    !made && !record.flags.has(EntryFlags::VOIDED) && !record.flags.has(EntryFlags::IMPORTED)
}
