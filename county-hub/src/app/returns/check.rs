//! Reconciliation (G8): what each return reports, with its corrections, against what the records that came up add up to now.
//!
//! A figure that differs must be explained: in the return, or by a correction. What was entered after the return was made
//! moves the count and shows here as a difference; that is what corrections are for.

use serde::{Deserialize, Serialize};
use shared::catalogue::model::Kind;
use shared::ids::{RecordId, TownshipCode};
use shared::ledger::figures_of;
use shared::program::{Failure, Text, text};
use shared::record::{EntryFlags, Fields, Record, Value};
use shared::store::View;
use shared::view::read;

use super::{Line, lines, period_or_year};
use crate::app::App;

/// Returns of periods within one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Check {
    /// This year if it is not given.
    pub period: Option<String>,
    /// One township alone.
    pub township: Option<TownshipCode>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Returns that have come.
    pub returns: u32,
    /// Figures compared; those that agree, those that differ and are explained, those that nobody has explained.
    pub figures: u32,
    pub agree: u32,
    pub explained: u32,
    pub unexplained: u32,
    /// Those that differ.
    pub differences: Vec<Difference>,
}

/// One figure of one return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub township: TownshipCode,
    pub name: String,
    pub record: RecordId,
    pub title: String,
    /// Id of the figure.
    pub figure: String,
    pub label: Text,
    pub reported: i64,
    /// By how much corrections have changed it.
    pub corrected: i64,
    /// What the office's own tallies said when it was filled in.
    pub said: Option<i64>,
    /// What the records say now.
    pub counted: i64,
    /// Reported and corrected, less counted.
    pub difference: i64,
    pub explanation: String,
    pub explained: bool,
}

impl crate::app::ask::Ask for Check {
    type Answer = Checked;

    fn answer(self, app: &App) -> Result<Checked, Failure> {
        let period = period_or_year(app, self.period.as_deref())?;
        let mut checked = Checked::default();
        app.store.read(|views| {
            let wanted = |line: &Line<'_>| self.township.is_none_or(|code| code == line.township);
            for line in lines(app, views, period).iter().filter(|line| wanted(line)) {
                compare(app, views, line, &mut checked);
            }
        });
        Ok(checked)
    }
}

fn compare(app: &App, views: &dyn View, line: &Line<'_>, checked: &mut Checked) {
    let Some(record) = line.answer().and_then(|id| read::record(views, id)) else { return };
    let Some(kind) = app.catalogue.kinds.get(&record.kind) else { return };
    let Some(figures) = &kind.returns.figures else { return };
    let (Some(report), Some(period)) = (figures.report, figures.period(&record.fields)) else { return };
    let rows: Vec<&Fields> = match record.fields.get(&figures.rows) {
        Some(Value::List(rows)) => {
            rows.iter().filter_map(|row| if let Value::Group(row) = row { Some(row) } else { None }).collect()
        }
        _ => Vec::new(),
    };
    checked.returns += 1;
    let ids: Vec<String> = rows.iter().filter_map(|row| figures.id_in(kind, row)).collect();
    let known = ids.iter().filter(|id| app.catalogue.has_figure(id)).cloned().collect();
    let node = app.towns().get(&line.township).map(|town| town.kind);
    let found = figures_of(views, &app.catalogue, (line.township, node), period, app.today(), known);
    let number = |row: &Fields, column: u32| match row.get(&column) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    for row in rows {
        let Some(id) = figures.id_in(kind, row) else { continue };
        let Some(counted) = found.get(&id).and_then(|line| line.figure.whole()) else { continue };
        let reported = number(row, report).unwrap_or(0);
        let corrected = corrections(app, views, &record, &id);
        let difference = reported.saturating_add(corrected).saturating_sub(counted);
        checked.figures += 1;
        if difference == 0 {
            checked.agree += 1;
            continue;
        }
        let explanation = match figures.explanation.and_then(|column| row.get(&column)) {
            Some(Value::Text(text)) => text.trim().to_owned(),
            _ => String::new(),
        };
        let explained = !explanation.is_empty();
        checked.explained += u32::from(explained);
        checked.unexplained += u32::from(!explained);
        let label = kind.column(figures.rows, figures.indicator).and_then(|field| field.choice_key(&id));
        checked.differences.push(Difference {
            township: line.township,
            name: app.towns().name(line.township),
            record: record.id,
            title: title(kind, &record),
            label: label.map_or_else(|| text(&id, &id), |choice| Text::from(&choice.label)),
            figure: id,
            reported,
            corrected,
            said: number(row, figures.value),
            counted,
            difference,
            explanation,
            explained,
        });
    }
}

fn title(kind: &Kind, record: &Record) -> String {
    match record.fields.get(&kind.title) {
        Some(Value::Text(title)) => title.clone(),
        _ => String::new(),
    }
}

/// By how much records that put the return right have changed one of its figures.
fn corrections(app: &App, views: &dyn View, record: &Record, id: &str) -> i64 {
    let marked = app.catalogue.kinds.values().filter_map(|kind| Some((kind, kind.returns.adjusts.as_ref()?)));
    let mut sum: i64 = 0;
    for (kind, mark) in marked {
        for link in read::linking_by(views, record.id, kind.tag, mark.of) {
            let Some(row) = read::record(views, link) else { continue };
            let stands = !row.flags.has(EntryFlags::VOIDED) && mark.statuses.contains(&row.status);
            let figure = match row.fields.get(&mark.indicator) {
                Some(Value::Choice(choice)) => {
                    kind.fields.get(&mark.indicator).and_then(|f| f.choice(*choice))
                }
                _ => None,
            };
            if stands
                && row.stream == record.stream
                && figure.is_some_and(|choice| choice.key == id)
                && let Some(Value::Number(by)) = row.fields.get(&mark.by)
            {
                sum = sum.saturating_add(*by);
            }
        }
    }
    sum
}
