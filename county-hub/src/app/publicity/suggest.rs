//! Suggested points for claims that wait for a decision, and the rule on duplicates among those that are decided.
//!
//! Pieces of a story that count no longer are taken out by the step `exclude`, which names the piece that counts; where that
//! piece itself had been taken out before, it is taken in again with them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::catalogue::model::Kind;
use shared::ids::{RecordId, TownshipCode};
use shared::program::Failure;
use shared::record::{Decimal, Record, Value};
use shared::tally::publicity::{Found, Piece, Table, Worth, stories, worth};

use super::super::App;
use super::super::appraisal::printed;
use super::super::named::{Of, Said, Step, kind, records, take};
use super::{SCORE, piece, tables};

/// Characters of a note at most, as the catalogue lets it be.
const NOTE_CHARS: usize = 300;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Suggest {}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggested {
    /// Claims that wait for a decision.
    pub pending: u32,
    /// Those among them whose suggestion was written anew.
    pub written: u32,
    pub rows: Vec<SuggestedRow>,
    /// Pieces that count no longer, or again, because another of the same story does.
    pub excluded: Vec<Moved>,
    pub included: Vec<Moved>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedRow {
    pub record: RecordId,
    pub township: TownshipCode,
    pub name: String,
    pub title: String,
    /// With one decimal; none where the table has no line for it.
    pub points: Option<String>,
    /// Place of the line in the table, from 1.
    pub line: Option<i64>,
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub record: RecordId,
    pub name: String,
    pub title: String,
    /// The piece that counts in its place.
    pub instead: Option<RecordId>,
}

impl crate::app::ask::Ask for Suggest {
    type Answer = Suggested;

    fn answer(self, app: &App) -> Result<Suggested, Failure> {
        let score = kind(app, SCORE)?;
        let tables = app.store.read(|views| tables(app, views))?;
        let read = || {
            let records = app.store.read(|views| records(views, score));
            let pieces: Vec<Piece> = records.iter().filter_map(|record| piece(score, record)).collect();
            (records, pieces)
        };
        let mut answer = Suggested::default();
        one_story_once(app, score, (&tables, &read().1), &mut answer)?;
        // Read again: what a cap leaves depends on what counts now.
        let (records, pieces) = read();
        let records: BTreeMap<RecordId, &Record> = records.iter().map(|record| (record.id, record)).collect();
        for worth in worth(&tables, &pieces) {
            let stands = records.get(&worth.piece.record).map(|record| Said::of(score, record));
            answer.pending += 1;
            answer.rows.push(suggestion(app, score, &worth, stands.as_ref(), &mut answer.written)?);
        }
        Ok(answer)
    }
}

/// Writes down what a piece is worth, unless just that stands already.
fn suggestion(
    app: &App,
    score: &Kind,
    worth: &Worth<'_>,
    stands: Option<&Said<'_>>,
    written: &mut u32,
) -> Result<SuggestedRow, Failure> {
    let Piece { record, township, title, .. } = worth.piece;
    let note = note(worth);
    let points = worth.line.map(|found| found.points);
    let line = worth.line.map(|found| found.nth as i64 + 1);
    let value = |thousandths: i64| Value::Decimal(Decimal { units: thousandths / 100, scale: 1 });
    let given = [
        ("suggested_points", points.map(value)),
        ("suggested_line", line.map(Value::Number)),
        ("suggest_note", Some(Value::Text(note.clone())).filter(|_| !note.is_empty())),
        ("rule", worth.line.map(|found| Value::Link(found.table.record))),
    ];
    let same =
        |(id, value): &(&str, Option<Value>)| stands.is_some_and(|said| said.value(id) == value.as_ref());
    if !given.iter().all(same) {
        let clear = given.iter().filter(|(_, value)| value.is_none()).map(|(id, _)| *id).collect();
        let set = given.into_iter().filter_map(|(id, value)| Some((id, value?))).collect();
        let step = Step::new(score, Of::This(*record), "suggest", set);
        take(app, vec![Step { clear, ..step }])?;
        *written += 1;
    }
    let (name, points) = (app.towns().name(*township), points.map(printed));
    Ok(SuggestedRow { record: *record, township: *township, name, title: title.clone(), points, line, note })
}

fn note(worth: &Worth<'_>) -> String {
    let mut note = match worth.line {
        None => "计分标准没有对应的条目".to_owned(),
        Some(Found { nth, line, points, .. }) => {
            let said = format!("第{}条{}分", nth + 1, printed(line.points));
            let left = format!("，全年封顶，余{}分", printed(points));
            if points < line.points { said + &left } else { said }
        }
    };
    if let Some(twin) = worth.twin {
        note.push_str(&format!("；与《{}》同一内容，只计一次", twin.title));
    }
    note.chars().take(NOTE_CHARS).collect()
}

/// Keeps the rule on duplicates among pieces that are decided.
fn one_story_once(
    app: &App,
    score: &Kind,
    (tables, pieces): (&[Table], &[Piece]),
    answer: &mut Suggested,
) -> Result<(), Failure> {
    let moved = |piece: &Piece, instead| Moved {
        record: piece.record,
        name: app.towns().name(piece.township),
        title: piece.title.clone(),
        instead,
    };
    for story in stories(tables, pieces).into_iter().filter(|story| !story.is_settled()) {
        let keeper = story.keeper;
        // One commit, so that at every moment one piece of the story counts.
        let mut steps = Vec::new();
        if !keeper.counted {
            let step = Step::new(score, Of::This(keeper.record), "include", Vec::new());
            let reason = "同一内容按计分办法改计这一篇";
            steps.push(Step { clear: vec!["counted_instead"], reason, ..step });
            answer.included.push(moved(keeper, None));
        }
        for other in story.others {
            let set = vec![
                ("counted_instead", Value::Link(keeper.record)),
                ("same_story_key", Value::Text(keeper.story.clone())),
            ];
            steps.push(Step::new(score, Of::This(other.record), "exclude", set));
            answer.excluded.push(moved(other, Some(keeper.record)));
        }
        take(app, steps)?;
    }
    Ok(())
}
