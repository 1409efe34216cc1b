//! Publicity scoring: points looked up in the table of the rule that is in force, with its caps; one story counted once; the
//! quarterly ranking as a bulletin.
//!
//! [`suggest`] writes suggestions for claims that wait for a decision and keeps the rule on duplicates among those that are
//! decided; [`bulletin`] writes the ranking. The kinds are those of the catalogue's `scoring_rule.toml` and
//! `publicity_score.toml`. Not here: who decides on points (the county's office, by the records' own rules).

pub mod bulletin;
pub mod suggest;

use shared::catalogue::model::Kind;
use shared::ids::{RecordId, TownshipCode};
use shared::program::Failure;
use shared::record::{Day, Record};
use shared::store::View;

use super::App;
use super::named::{Said, is, kind, records};

const SCORE: &str = "publicity_score";
const RULE: &str = "scoring_rule";

/// A table of points as the program works with it.
pub(super) struct Rule {
    pub(super) record: RecordId,
    pub(super) from: Day,
    /// First day on which it is no longer in force.
    pub(super) until: Option<Day>,
    pub(super) dedup: Dedup,
    pub(super) lines: Vec<RuleLine>,
}

/// What counts of one story in several media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dedup {
    Highest,
    First,
    Each,
}

/// One line of the table; what is empty stands for any.
pub(super) struct RuleLine {
    pub(super) level: String,
    pub(super) form: Option<String>,
    pub(super) position: Option<String>,
    pub(super) usage: Option<String>,
    /// Thousandths.
    pub(super) points: i64,
    /// Most of a township in a calendar year, in thousandths.
    pub(super) cap: Option<i64>,
}

/// A score as far as the rules look at it. Points in thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) record: RecordId,
    pub(super) township: TownshipCode,
    pub(super) title: String,
    pub(super) on: Day,
    pub(super) level: Option<String>,
    pub(super) form: Option<String>,
    pub(super) position: Option<String>,
    pub(super) usage: Option<String>,
    pub(super) story: String,
    pub(super) pending: bool,
    /// Approved, and neither rejected nor withdrawn.
    pub(super) approved: Option<i64>,
    pub(super) counted: bool,
    pub(super) rule: Option<RecordId>,
    pub(super) suggested: Option<i64>,
    pub(super) suggested_line: Option<i64>,
    pub(super) suggest_note: String,
}

impl Rule {
    pub(super) fn all(app: &App, views: &dyn View) -> Result<Vec<Self>, Failure> {
        let found = kind(app, RULE)?;
        let read = |record: &Record| {
            let said = Said::of(found, record);
            let dedup = match said.key("dedup") {
                Some("FIRST") => Dedup::First,
                Some("EACH") => Dedup::Each,
                _ => Dedup::Highest,
            };
            let lines = said.rows("lines").iter().filter_map(RuleLine::read).collect();
            let (record, until) = (record.id, said.day("valid_to"));
            Some(Self { record, from: said.day("valid_from")?, until, dedup, lines })
        };
        let rules = records(views, found);
        Ok(rules.iter().filter(|rule| is(found, rule, &["in_force", "ended"])).filter_map(read).collect())
    }

    /// The rule in force on a day; of several the one that began last.
    pub(super) fn on(rules: &[Self], day: Day) -> Option<&Self> {
        let holds = |rule: &&Self| rule.from <= day && rule.until.is_none_or(|until| day < until);
        rules.iter().filter(holds).max_by_key(|rule| (rule.from, rule.record))
    }

    /// The place (from 0) of the line that fits with the most columns filled; of several the first in the table.
    pub(super) fn line(&self, piece: &Piece) -> Option<(usize, &RuleLine)> {
        let fitting = self.lines.iter().enumerate().filter(|(_, line)| line.fits(piece));
        // The first of the greatest: `max_by_key` gives the last.
        fitting.rev().max_by_key(|(_, line)| line.filled())
    }
}

impl RuleLine {
    fn read(row: &Said<'_>) -> Option<Self> {
        let key = |id: &str| row.key(id).map(str::to_owned);
        Some(Self {
            level: key("medium_level")?,
            form: key("form"),
            position: key("position"),
            usage: key("usage"),
            points: row.thousandths("points")?,
            cap: row.thousandths("cap"),
        })
    }

    fn fits(&self, piece: &Piece) -> bool {
        let any = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
        piece.level.as_ref() == Some(&self.level)
            && any(&self.form, &piece.form)
            && any(&self.position, &piece.position)
            && any(&self.usage, &piece.usage)
    }

    fn filled(&self) -> usize {
        [&self.form, &self.position, &self.usage].into_iter().filter(|column| column.is_some()).count()
    }
}

impl Piece {
    /// All scores that are not void, the earliest publication first.
    pub(super) fn all(app: &App, views: &dyn View) -> Result<Vec<Self>, Failure> {
        let found = kind(app, SCORE)?;
        let mut pieces: Vec<Self> =
            records(views, found).iter().filter_map(|record| Self::read(found, record)).collect();
        pieces.sort_by_key(|piece| (piece.on, piece.record));
        Ok(pieces)
    }

    fn read(kind: &Kind, record: &Record) -> Option<Self> {
        let said = Said::of(kind, record);
        let key = |id: &str| said.key(id).map(str::to_owned);
        let approved = is(kind, record, &["approved", "appealed", "final"]);
        Some(Self {
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
            rule: said.link("rule"),
            suggested: said.thousandths("suggested_points"),
            suggested_line: said.number("suggested_line"),
            suggest_note: said.text("suggest_note").to_owned(),
        })
    }
}
