//! Suggestions: what each figure of the scheme is worth in each township, beside the self score that it sent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::catalogue::model::{Kind, Shape};
use shared::ids::{RecordId, TownshipCode};
use shared::ledger::figures_of;
use shared::program::Failure;
use shared::record::{Fields, Record, Value};
use shared::store::View;
use shared::tally::Line;
use shared::tally::score::points_of;
use shared::view::read;

use super::{SCORE, SELF, Scheme, points, printed, scores};
use crate::app::App;
use crate::app::named::{Of, Said, Step, is, kind, take};

/// Fills in the suggestions of a year.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Suggest {
    pub year: i16,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggested {
    pub year: i16,
    pub rows: Vec<SuggestedRow>,
    /// Figures that the scheme names and the catalogue does not have.
    pub unknown: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedRow {
    pub township: TownshipCode,
    pub name: String,
    /// Sum of the suggestions, with one decimal.
    pub total: String,
    /// Items that were given points; those whose figure has no case; those that people judge.
    pub suggested: u32,
    pub no_case: u32,
    pub by_hand: u32,
    /// Whether the record changed.
    pub changed: bool,
    /// The directors have decided already: nothing was touched.
    pub done: bool,
}

impl crate::app::ask::Ask for Suggest {
    type Answer = Suggested;

    fn answer(self, app: &App) -> Result<Suggested, Failure> {
        let (score, own) = (kind(app, SCORE)?, kind(app, SELF)?);
        // Read at one moment, written one by one: each township's record is a change of its own.
        let (scheme, found) = app.store.read(|views| {
            let scheme = Scheme::of(app, views, self.year)?;
            let scores = scores(app, views, scheme.record)?;
            let found: Vec<_> = scores
                .into_iter()
                .map(|(code, record)| {
                    let lines = lines(app, views, &scheme, code);
                    let theirs = self_scores(views, (score, &record), own);
                    (code, record, lines, theirs)
                })
                .collect();
            Ok::<_, Failure>((scheme, found))
        })?;
        let figures = scheme.items.iter().filter_map(|item| item.counted.as_ref().map(|(figure, _)| figure));
        let mut unknown: Vec<String> = figures.filter(|id| !app.catalogue.has_figure(id)).cloned().collect();
        unknown.sort();
        unknown.dedup();
        let mut answer = Suggested { year: self.year, rows: Vec::new(), unknown };
        for (code, record, lines, theirs) in found {
            let name = app.towns().name(code);
            let mut row = SuggestedRow {
                township: code,
                name,
                total: String::new(),
                suggested: 0,
                no_case: 0,
                by_hand: 0,
                changed: false,
                done: is(score, &record, &["final"]),
            };
            let items = filled(&scheme, score, &record, &lines, &theirs, &mut row);
            if !row.done
                && items.as_ref() != score.field("items").and_then(|field| record.fields.get(&field.tag))
            {
                write(app, score, record.id, items)?;
                row.changed = true;
            }
            answer.rows.push(row);
        }
        Ok(answer)
    }
}

pub(super) fn write(
    app: &App,
    score: &Kind,
    record: RecordId,
    items: Option<Value>,
) -> Result<RecordId, Failure> {
    let set = items.map(|items| ("items", items)).into_iter().collect();
    take(app, vec![Step::new(score, Of::This(record), "mark", set)])
}

fn lines(app: &App, views: &dyn View, scheme: &Scheme, code: TownshipCode) -> BTreeMap<String, Line> {
    let ids = scheme.items.iter().filter_map(|item| item.counted.as_ref().map(|(figure, _)| figure.clone()));
    let ids = ids.filter(|id| app.catalogue.has_figure(id)).collect();
    let node = app.towns().get(&code).map(|town| town.kind);
    figures_of(views, &app.catalogue, (code, node), scheme.period, app.today(), ids)
}

/// What the township gave itself, by the number of the item; nothing while it has not submitted.
fn self_scores(views: &dyn View, (kind, record): (&Kind, &Record), own: &Kind) -> BTreeMap<i64, i64> {
    let Some(theirs) = Said::of(kind, record).link("self_appraisal").and_then(|id| read::record(views, id))
    else {
        return BTreeMap::new();
    };
    let rows = Said::of(own, &theirs).rows("items");
    rows.iter().filter_map(|row| row.number("no").zip(row.thousandths("self"))).collect()
}

/// The rows of the score with suggestions and self scores; what people put down stays.
fn filled(
    scheme: &Scheme,
    kind: &Kind,
    record: &Record,
    lines: &BTreeMap<String, Line>,
    theirs: &BTreeMap<i64, i64>,
    count: &mut SuggestedRow,
) -> Option<Value> {
    let Shape::Rows(columns) = &kind.field("items")?.shape else { return None };
    let tag = |id: &str| columns.values().find(|column| column.id == id).map(|column| column.tag);
    let (value, suggested, own) = (tag("value")?, tag("suggested")?, tag("self")?);
    let mut total = 0;
    let mut rows = Vec::new();
    for row in Said::of(kind, record).rows("items") {
        let mut fields: Fields = row.fields().clone();
        let item = row.number("no").and_then(|no| scheme.items.iter().find(|item| item.no == no));
        let counted = item.and_then(|item| Some((item, item.counted.as_ref()?)));
        let line = counted.and_then(|(_, (figure, _))| lines.get(figure));
        let worth = counted.zip(line).and_then(|((item, (_, function)), line)| {
            points_of(item.full, function, &line.figure, scheme.rounding)
        });
        match (counted, worth) {
            (None, _) => count.by_hand += 1,
            (Some(_), None) => count.no_case += 1,
            (Some(_), Some(_)) => count.suggested += 1,
        }
        total += worth.unwrap_or(0);
        put(
            &mut fields,
            value,
            line.map(|line| {
                Value::Text(
                    line.word.as_ref().map_or_else(|| line.figure.to_string(), |word| word.zh.clone()),
                )
            }),
        );
        put(&mut fields, suggested, worth.map(points));
        if let Some(own_score) = row.number("no").and_then(|no| theirs.get(&no)) {
            fields.insert(own, points(*own_score));
        }
        rows.push(Value::Group(fields));
    }
    count.total = printed(total);
    Some(Value::List(rows))
}

fn put(fields: &mut Fields, tag: u32, value: Option<Value>) {
    match value {
        Some(value) => fields.insert(tag, value),
        None => fields.remove(&tag),
    };
}
