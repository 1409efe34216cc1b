//! Late entry (G6): how many of the records of a period were entered more than a week after their day.
//! Which records count, and which of them are late, is a rule of [`shared::tally::late`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::ids::{Site, TownshipCode};
use shared::program::Failure;
use shared::store::View;
use shared::tally::{Figure, Form, Period, late};
use shared::view::read;

use super::period_or_year;
use crate::app::App;

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
    for kind in app.catalogue.kinds.values().filter(|kind| late::is_dated_by_hand(kind)) {
        read::list_all(views, kind.tag, &mut |line| {
            if let Site::Township(code) = line.owner
                && period.holds(line.day)
                && let Some(record) = read::record(views, line.id)
                && let Some(late) = late::entered_late(&record, line.day)
            {
                let count = counts.entry(code).or_default();
                *count = (count.0 + 1, count.1 + i64::from(late));
            }
            true
        });
    }
    counts
}
