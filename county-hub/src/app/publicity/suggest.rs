//! Suggested points for claims that wait for a decision, and the rule on duplicates among those that are decided.
//!
//! The suggestion is what the table gives, or what its cap leaves: of one line of the table a township gets no more than the
//! cap in a calendar year, counted over what has been approved and, in the order of publication, what is suggested here.
//!
//! Of one story (`same_story_key`) of one township one piece counts, by the policy of the rule that the pieces were judged
//! by: the highest, or the first. The others are taken out by the step `exclude`, which names the piece that counts; where
//! that piece itself had been taken out before, it is taken in again first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::ids::{RecordId, TownshipCode};
use shared::program::Failure;
use shared::record::{Decimal, Value};

use super::super::App;
use super::super::named::{Step, kind, take};
use super::{Dedup, Piece, Rule, RuleLine, SCORE};

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

/// What one line of one rule has given a township in a calendar year.
type Used = BTreeMap<(TownshipCode, RecordId, usize, i16), i64>;

impl crate::app::ask::Ask for Suggest {
    type Answer = Suggested;

    fn answer(self, app: &App) -> Result<Suggested, Failure> {
        let (rules, pieces) =
            app.store.read(|views| Ok::<_, Failure>((Rule::all(app, views)?, Piece::all(app, views)?)))?;
        let mut answer = Suggested::default();
        one_story_once(app, &rules, &pieces, &mut answer)?;
        suggestions(app, &rules, &pieces, &mut answer)?;
        Ok(answer)
    }
}

fn suggestions(app: &App, rules: &[Rule], pieces: &[Piece], answer: &mut Suggested) -> Result<(), Failure> {
    let score = kind(app, SCORE)?;
    let mut used = used(rules, pieces);
    for piece in pieces.iter().filter(|piece| piece.pending) {
        answer.pending += 1;
        let found = Rule::on(rules, piece.on).and_then(|rule| Some((rule, rule.line(piece)?)));
        let worth = found.map(|(rule, (nth, line))| {
            let key = (piece.township, rule.record, nth, piece.on.year());
            let before = used.get(&key).copied().unwrap_or(0);
            let points = line.cap.map_or(line.points, |cap| line.points.min((cap - before).max(0)));
            *used.entry(key).or_default() += points;
            (rule, nth, line, points)
        });
        let twin = Rule::on(rules, piece.on).and_then(|rule| counted_twin(rule, piece, pieces));
        let note = note(worth.map(|(_, nth, line, points)| (nth, line, points)), twin);
        let points = worth.map(|(.., points)| points);
        let line = worth.map(|(_, nth, ..)| nth as i64 + 1);
        let rule = worth.map(|(rule, ..)| rule.record);
        let stands = (piece.suggested, piece.suggested_line, piece.suggest_note.as_str(), piece.rule);
        if stands != (points, line, note.as_str(), rule) {
            let value = |thousandths: i64| Value::Decimal(Decimal { units: thousandths / 100, scale: 1 });
            let given = [
                ("suggested_points", points.map(value)),
                ("suggested_line", line.map(Value::Number)),
                ("suggest_note", Some(Value::Text(note.clone())).filter(|_| !note.is_empty())),
                ("rule", rule.map(Value::Link)),
            ];
            let clear = given.iter().filter(|(_, value)| value.is_none()).map(|(id, _)| *id).collect();
            let set = given.into_iter().filter_map(|(id, value)| Some((id, value?))).collect();
            take(
                app,
                Step { kind: score, record: Some(piece.record), action: "suggest", set, clear, reason: "" },
            )?;
            answer.written += 1;
        }
        answer.rows.push(SuggestedRow {
            record: piece.record,
            township: piece.township,
            name: app.towns().name(piece.township),
            title: piece.title.clone(),
            points: points.map(super::super::appraisal::printed),
            line,
            note,
        });
    }
    Ok(())
}

/// What has been approved, by the line of the table that each piece falls under.
fn used(rules: &[Rule], pieces: &[Piece]) -> Used {
    let mut used = Used::new();
    for piece in pieces.iter().filter(|piece| piece.counted) {
        let Some(approved) = piece.approved else { continue };
        let rule = piece.rule.and_then(|id| rules.iter().find(|rule| rule.record == id));
        let Some((rule, (nth, _))) = rule.and_then(|rule| Some((rule, rule.line(piece)?))) else { continue };
        *used.entry((piece.township, rule.record, nth, piece.on.year())).or_default() += approved;
    }
    used
}

/// Another piece of the same story that counts already, where the rule counts a story once.
fn counted_twin<'p>(rule: &Rule, piece: &Piece, pieces: &'p [Piece]) -> Option<&'p Piece> {
    let same = |other: &&Piece| {
        other.record != piece.record
            && other.township == piece.township
            && other.story == piece.story
            && other.counted
    };
    if rule.dedup == Dedup::Each || piece.story.is_empty() { None } else { pieces.iter().find(same) }
}

fn note(worth: Option<(usize, &RuleLine, i64)>, twin: Option<&Piece>) -> String {
    let mut note = match worth {
        None => "计分标准没有对应的条目".to_owned(),
        Some((nth, line, points)) if points < line.points => {
            format!("第{}条{}分，全年封顶，余{}分", nth + 1, printed(line.points), printed(points))
        }
        Some((nth, line, _)) => format!("第{}条{}分", nth + 1, printed(line.points)),
    };
    if let Some(twin) = twin {
        note.push_str(&format!("；与《{}》同一内容，只计一次", twin.title));
    }
    note.chars().take(300).collect()
}

fn printed(thousandths: i64) -> String {
    super::super::appraisal::printed(thousandths)
}

/// Keeps the rule on duplicates among pieces that are decided.
fn one_story_once(
    app: &App,
    rules: &[Rule],
    pieces: &[Piece],
    answer: &mut Suggested,
) -> Result<(), Failure> {
    let score = kind(app, SCORE)?;
    let mut stories: BTreeMap<(TownshipCode, &str), Vec<&Piece>> = BTreeMap::new();
    let judged = |piece: &&Piece| piece.approved.is_some() && !piece.story.is_empty();
    for piece in pieces.iter().filter(judged) {
        stories.entry((piece.township, piece.story.as_str())).or_default().push(piece);
    }
    for story in stories.into_values().filter(|story| story.len() > 1) {
        let Some(keeper) = keeper(rules, &story) else { continue };
        let moved = |piece: &Piece, instead| Moved {
            record: piece.record,
            name: app.towns().name(piece.township),
            title: piece.title.clone(),
            instead,
        };
        if !keeper.counted {
            let (action, clear) = ("include", vec!["counted_instead"]);
            let reason = "同一内容按计分办法改计这一篇";
            take(
                app,
                Step { kind: score, record: Some(keeper.record), action, set: Vec::new(), clear, reason },
            )?;
            answer.included.push(moved(keeper, None));
        }
        for other in story.iter().filter(|piece| piece.record != keeper.record && piece.counted) {
            let set = vec![
                ("counted_instead", Value::Link(keeper.record)),
                ("same_story_key", Value::Text(keeper.story.clone())),
            ];
            let (action, clear) = ("exclude", Vec::new());
            take(app, Step { kind: score, record: Some(other.record), action, set, clear, reason: "" })?;
            answer.excluded.push(moved(other, Some(keeper.record)));
        }
    }
    Ok(())
}

/// The piece of a story that counts, by the rule that the pieces were judged by; none where each counts.
fn keeper<'p>(rules: &[Rule], story: &[&'p Piece]) -> Option<&'p Piece> {
    let policy = |piece: &Piece| {
        let rule = piece.rule.and_then(|id| rules.iter().find(|rule| rule.record == id));
        rule.map_or(Dedup::Highest, |rule| rule.dedup)
    };
    let first = story.iter().min_by_key(|piece| (piece.on, piece.record))?;
    match policy(first) {
        Dedup::Each => None,
        Dedup::First => Some(first),
        // Equal points: the one that came first.
        Dedup::Highest => story
            .iter()
            .max_by_key(|piece| {
                let earlier = (std::cmp::Reverse(piece.on), std::cmp::Reverse(piece.record));
                (piece.approved, earlier)
            })
            .copied(),
    }
}
