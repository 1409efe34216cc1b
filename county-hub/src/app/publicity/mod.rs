//! Publicity scoring: points looked up in the table of the rule that is in force, with its caps; one story counted once; the
//! quarterly ranking as a bulletin.
//!
//! [`suggest`] writes suggestions for claims that wait for a decision and keeps the rule on duplicates among those that are
//! decided; [`bulletin`] writes the ranking. The kinds are those of the catalogue's `scoring_rule.toml` and
//! `publicity_score.toml`. Not here: the rules on lines, caps and duplicates ([`shared::tally::publicity`]), who decides on
//! points (the county's office, by the records' own rules).

pub mod bulletin;
pub mod suggest;

use shared::catalogue::model::Kind;
use shared::program::Failure;
use shared::record::Record;
use shared::store::View;
use shared::tally::publicity::{Dedup, Piece, Table, TableLine};

use super::App;
use super::named::{Said, is, kind, records};

const SCORE: &str = "publicity_score";
const RULE: &str = "scoring_rule";

/// The tables that are, or were, in force.
fn tables(app: &App, views: &dyn View) -> Result<Vec<Table>, Failure> {
    let found = kind(app, RULE)?;
    let read = |record: &Record| {
        let said = Said::of(found, record);
        let dedup = match said.key("dedup") {
            Some("FIRST") => Dedup::First,
            Some("EACH") => Dedup::Each,
            _ => Dedup::Highest,
        };
        let lines = said.rows("lines").iter().filter_map(line).collect();
        let (record, until) = (record.id, said.day("valid_to"));
        Some(Table { record, from: said.day("valid_from")?, until, dedup, lines })
    };
    let rules = records(views, found);
    Ok(rules.iter().filter(|rule| is(found, rule, &["in_force", "ended"])).filter_map(read).collect())
}

fn line(row: &Said<'_>) -> Option<TableLine> {
    let key = |id: &str| row.key(id).map(str::to_owned);
    Some(TableLine {
        level: key("medium_level")?,
        form: key("form"),
        position: key("position"),
        usage: key("usage"),
        points: row.thousandths("points")?,
        cap: row.thousandths("cap"),
    })
}

/// A score as far as the rules look at it; none while it says not whose it is, or when it was published.
fn piece(kind: &Kind, record: &Record) -> Option<Piece> {
    let said = Said::of(kind, record);
    let key = |id: &str| said.key(id).map(str::to_owned);
    // Approved, and neither rejected nor withdrawn.
    let approved = is(kind, record, &["approved", "appealed", "final"]);
    Some(Piece {
        record: record.id,
        township: said.township("township")?,
        title: said.text("title").to_owned(),
        on: said.day("published_on")?,
        level: key("medium_level"),
        form: key("form"),
        position: key("position"),
        usage: key("usage"),
        story: said.text("same_story_key").to_owned(),
        pending: is(kind, record, &["pending"]),
        approved: said.thousandths("approved_points").filter(|points| approved && *points > 0),
        counted: said.flag("counted"),
        table: said.link("rule"),
    })
}
