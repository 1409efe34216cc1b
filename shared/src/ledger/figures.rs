//! Figures that the program fills into child rows (`[figures]` of the catalogue): what the office's own tallies say of the
//! period of a return, beside what the office reports.
//!
//! Not here: which figures a return has (the catalogue), whether a difference must be explained (its guards).

use std::collections::BTreeMap;

use super::Ledger;
use crate::catalogue::model::{Catalogue, Field, Figures, Kind, NodeKind, Shape};
use crate::command::{Act, Command};
use crate::ids::{Site, TownshipCode};
use crate::record::{Day, Fields, Value};
use crate::store::View;
use crate::tally::{Level, Line, Membership, Period, Question, Whom, query};
use crate::view::read;

/// What the tallies say of one township over a period, by the id of the figure.
pub fn figures_of(
    views: &dyn View,
    catalogue: &Catalogue,
    (code, node): (TownshipCode, Option<NodeKind>),
    period: Period,
    as_of: Day,
    ids: Vec<String>,
) -> BTreeMap<String, Line> {
    if ids.is_empty() {
        return BTreeMap::new();
    }
    let membership = Membership::read(views, catalogue);
    let offices = [(code, node)].into();
    let question = Question { ids, level: Level::Township, days: period.into(), as_of, offices };
    let lines = query(views, catalogue, &membership, &question).into_iter();
    let ours = lines.filter(|line| line.whom == Whom::Township(code) && line.split.is_none());
    ours.map(|line| (line.id.clone(), line)).collect()
}

impl Figures {
    /// The period that a record is about; `None` where it does not say.
    pub fn period(&self, fields: &Fields) -> Option<Period> {
        match (fields.get(&self.from), fields.get(&self.to)) {
            (Some(Value::Date(from)), Some(Value::Date(to))) if from <= to => {
                Some(Period { from: *from, to: *to })
            }
            _ => None,
        }
    }

    /// The figure that a row names.
    pub fn id_in(&self, kind: &Kind, row: &Fields) -> Option<String> {
        match row.get(&self.indicator)? {
            Value::Text(id) => Some(id.trim().to_owned()).filter(|id| !id.is_empty()),
            Value::Choice(id) => {
                kind.column(self.rows, self.indicator)?.choice(*id).map(|choice| choice.key.clone())
            }
            _ => None,
        }
    }
}

impl Ledger<'_> {
    /// The command with the figures of the period in its rows, if its action works them out: those of the rows that it
    /// gives, or else of the rows that stand, and a row for every figure that the kind of return has. What somebody has put
    /// down as reported stays.
    pub(super) fn with_figures(&self, views: &dyn View, kind: &Kind, command: &mut Command) {
        let (Some(figures), Act::Take(action)) = (&kind.returns.figures, command.act) else { return };
        let Site::Township(code) = self.place.site else { return };
        if !figures.actions.contains(&action) || command.clear.contains(&figures.rows) {
            return;
        }
        let mut fields = command
            .record
            .and_then(|id| read::record(views, id))
            .map_or_else(Fields::new, |record| record.fields);
        fields.extend(command.set.clone());
        let Some(period) = figures.period(&fields) else { return };
        let rows = rows(figures, &fields);
        let ids =
            rows.iter().filter_map(|row| figures.id_in(kind, row)).filter(|id| self.catalogue.has_figure(id));
        let office = (code, self.place.node);
        let found = figures_of(views, self.catalogue, office, period, self.clock.today(), ids.collect());
        let filled =
            rows.into_iter().map(|row| filled(figures, kind, row, &found)).map(Value::Group).collect();
        command.set.insert(figures.rows, Value::List(filled));
    }
}

/// The rows that the record has, and one for every figure of its set that has none.
fn rows(figures: &Figures, fields: &Fields) -> Vec<Fields> {
    let standing = match fields.get(&figures.rows) {
        Some(Value::List(rows)) => rows.as_slice(),
        _ => &[],
    };
    let mut rows: Vec<Fields> = standing
        .iter()
        .filter_map(|row| if let Value::Group(row) = row { Some(row.clone()) } else { None })
        .collect();
    let set = figures.sets.as_ref().and_then(|sets| match fields.get(&sets.group) {
        Some(Value::Choice(id)) => sets.by.get(id),
        _ => None,
    });
    for id in set.into_iter().flatten() {
        let row = (figures.indicator, Value::Choice(*id));
        if !rows.iter().any(|had| had.get(&row.0) == Some(&row.1)) {
            rows.push([row].into());
        }
    }
    rows
}

/// One row with what the tallies say of its figure; a figure without a case says nothing.
fn filled(figures: &Figures, kind: &Kind, mut row: Fields, found: &BTreeMap<String, Line>) -> Fields {
    let line = figures.id_in(kind, &row).and_then(|id| found.get(&id));
    let said = line.and_then(|line| said(line, kind.column(figures.rows, figures.value)?));
    match &said {
        Some(value) => row.insert(figures.value, value.clone()),
        None => row.remove(&figures.value),
    };
    if let Some(report) = figures.report
        && !row.contains_key(&report)
    {
        row.insert(report, said.unwrap_or(Value::Number(0)));
    }
    row
}

/// A figure as the column takes it.
fn said(line: &Line, column: &Field) -> Option<Value> {
    match &column.shape {
        Shape::Number { min, max } => line.figure.whole().map(|whole| Value::Number(whole.clamp(*min, *max))),
        Shape::Text { max, .. } => {
            line.figure.value()?;
            let text = line.word.as_ref().map_or_else(|| line.figure.to_string(), |word| word.zh.clone());
            Some(Value::Text(text.chars().take(*max).collect()))
        }
        _ => None,
    }
}
