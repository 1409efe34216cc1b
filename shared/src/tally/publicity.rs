//! Points of publicity by a table: which line of it a piece falls under, what its cap leaves, and which pieces of one story
//! count.
//!
//! Of one line of a table a township gets no more than the cap in a calendar year, counted over what has been approved and, in
//! the order of publication, what is suggested here. Of one story of one township one piece counts, by the policy of the
//! table that the pieces were judged by: the highest, or the first.
//!
//! Everything is a function of the tables and the pieces. Not here: who decides on points, and how they are written down
//! (the county's records and program).

use std::collections::BTreeMap;

use super::score::Thousandths;
use crate::ids::{RecordId, TownshipCode};
use crate::record::Day;

/// A table of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub record: RecordId,
    pub from: Day,
    /// First day on which it is no longer in force.
    pub until: Option<Day>,
    pub dedup: Dedup,
    pub lines: Vec<TableLine>,
}

/// What counts of one story in several media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dedup {
    Highest,
    First,
    Each,
}

/// One line of a table; what is empty stands for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLine {
    pub level: String,
    pub form: Option<String>,
    pub position: Option<String>,
    pub usage: Option<String>,
    pub points: Thousandths,
    /// Most of a township in a calendar year.
    pub cap: Option<Thousandths>,
}

/// A piece for which points are claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub record: RecordId,
    pub township: TownshipCode,
    pub title: String,
    /// When it was published.
    pub on: Day,
    pub level: Option<String>,
    pub form: Option<String>,
    pub position: Option<String>,
    pub usage: Option<String>,
    /// What it tells; the same in several media. Empty: a story of its own.
    pub story: String,
    /// It waits for a decision.
    pub pending: bool,
    /// The points decided on, above 0; none while it is not approved.
    pub approved: Option<Thousandths>,
    /// Whether they count: another piece of the story may in its place.
    pub counted: bool,
    /// The table that it was judged by.
    pub table: Option<RecordId>,
}

/// What the table says of a piece that waits for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth<'t> {
    pub piece: &'t Piece,
    /// None where no table has a line for it.
    pub line: Option<Found<'t>>,
    /// Another piece of its story that counts already, where its table counts a story once.
    pub twin: Option<&'t Piece>,
}

/// The line that a piece falls under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'t> {
    pub table: &'t Table,
    /// Place in the table, from 0.
    pub nth: usize,
    pub line: &'t TableLine,
    /// Its points, or what the cap leaves of them.
    pub points: Thousandths,
}

/// A story told in several pieces that have been approved, of which one is to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story<'p> {
    pub keeper: &'p Piece,
    /// The others that count now, the earliest first.
    pub others: Vec<&'p Piece>,
}

impl Story<'_> {
    /// Whether it is as it is to be.
    pub fn is_settled(&self) -> bool {
        self.keeper.counted && self.others.is_empty()
    }
}

impl Table {
    /// The table in force on a day; of several the one that began last.
    pub fn on(tables: &[Self], day: Day) -> Option<&Self> {
        let holds = |table: &&Self| table.from <= day && table.until.is_none_or(|until| day < until);
        tables.iter().filter(holds).max_by_key(|table| (table.from, table.record))
    }

    /// The line, and its place from 0, that fits with the most columns filled; of several the first in the table.
    pub fn line(&self, piece: &Piece) -> Option<(usize, &TableLine)> {
        let fitting = self.lines.iter().enumerate().filter(|(_, line)| line.fits(piece));
        // The first of the greatest: `max_by_key` gives the last.
        fitting.rev().max_by_key(|(_, line)| line.filled())
    }

    fn of<'t>(tables: &'t [Self], piece: &Piece) -> Option<&'t Self> {
        tables.iter().find(|table| Some(table.record) == piece.table)
    }
}

impl TableLine {
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

/// What the pieces that wait for a decision are worth, in their order: the earliest publication first.
pub fn worth<'t>(tables: &'t [Table], pieces: &'t [Piece]) -> Vec<Worth<'t>> {
    let mut used = used(tables, pieces);
    let mut waiting: Vec<&Piece> = pieces.iter().filter(|piece| piece.pending).collect();
    waiting.sort_by_key(|piece| (piece.on, piece.record));
    let one = |piece: &'t Piece| {
        let table = Table::on(tables, piece.on);
        let line = table.and_then(|table| Some((table, table.line(piece)?))).map(|(table, (nth, line))| {
            let used = used.entry(key(piece, table, nth)).or_default();
            let points = line.cap.map_or(line.points, |cap| line.points.min((cap - *used).max(0)));
            *used += points;
            Found { table, nth, line, points }
        });
        let once = table.is_some_and(|table| table.dedup != Dedup::Each) && !piece.story.is_empty();
        let same = |other: &&Piece| {
            other.record != piece.record
                && other.township == piece.township
                && other.story == piece.story
                && other.counted
        };
        Worth { piece, line, twin: pieces.iter().find(same).filter(|_| once) }
    };
    waiting.into_iter().map(one).collect()
}

/// A line of a table, for one township in one year.
type Key = (TownshipCode, RecordId, usize, i16);

fn key(piece: &Piece, table: &Table, nth: usize) -> Key {
    (piece.township, table.record, nth, piece.on.year())
}

/// What has been approved, by the line that each piece falls under.
fn used(tables: &[Table], pieces: &[Piece]) -> BTreeMap<Key, Thousandths> {
    let mut used = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| piece.counted) {
        if let Some(approved) = piece.approved
            && let Some(table) = Table::of(tables, piece)
            && let Some((nth, _)) = table.line(piece)
        {
            *used.entry(key(piece, table, nth)).or_default() += approved;
        }
    }
    used
}

/// The stories told in several pieces that have been approved, by township, with the piece of each that is to count.
/// Stories of which every piece counts are left out.
pub fn stories<'p>(tables: &[Table], pieces: &'p [Piece]) -> Vec<Story<'p>> {
    let mut told: BTreeMap<(TownshipCode, &str), Vec<&Piece>> = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| piece.approved.is_some() && !piece.story.is_empty()) {
        told.entry((piece.township, piece.story.as_str())).or_default().push(piece);
    }
    let story = |mut pieces: Vec<&'p Piece>| {
        pieces.sort_by_key(|piece| (piece.on, piece.record));
        let keeper = keeper(tables, &pieces)?;
        pieces.retain(|piece| piece.record != keeper.record && piece.counted);
        Some(Story { keeper, others: pieces })
    };
    told.into_values().filter(|pieces| pieces.len() > 1).filter_map(story).collect()
}

/// The piece that counts of those of a story, the earliest first, by the table that the first was judged by; none where each
/// counts.
fn keeper<'p>(tables: &[Table], pieces: &[&'p Piece]) -> Option<&'p Piece> {
    let first = pieces.first().copied()?;
    match Table::of(tables, first).map_or(Dedup::Highest, |table| table.dedup) {
        Dedup::Each => None,
        Dedup::First => Some(first),
        // Equal points: the one that came first, and `max_by_key` gives the last.
        Dedup::Highest => pieces.iter().rev().max_by_key(|piece| piece.approved).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> RecordId {
        RecordId::from_bytes([n; 16])
    }

    fn town(n: u32) -> TownshipCode {
        TownshipCode::from_number(330_282_100 + n).expect("nine digits")
    }

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    fn line(level: &str, form: Option<&str>, points: i64, cap: Option<i64>) -> TableLine {
        let (level, form) = (level.to_owned(), form.map(str::to_owned));
        TableLine { level, form, position: None, usage: None, points, cap }
    }

    fn table(n: u8, dedup: Dedup, lines: Vec<TableLine>) -> Table {
        Table { record: id(n), from: day("2026-01-01"), until: None, dedup, lines }
    }

    /// A piece of the first township, of a city's paper, that waits.
    fn piece(n: u8) -> Piece {
        Piece {
            record: id(n),
            township: town(1),
            title: format!("稿件{n}"),
            on: day("2026-03-01"),
            level: Some("CITY".to_owned()),
            form: Some("NEWS".to_owned()),
            position: None,
            usage: None,
            story: String::new(),
            pending: true,
            approved: None,
            counted: false,
            table: None,
        }
    }

    /// The same, approved by the table 200 and counting.
    fn approved(n: u8, points: i64) -> Piece {
        Piece { pending: false, approved: Some(points), counted: true, table: Some(id(200)), ..piece(n) }
    }

    fn points(tables: &[Table], pieces: &[Piece]) -> Vec<Option<i64>> {
        worth(tables, pieces).iter().map(|worth| worth.line.map(|line| line.points)).collect()
    }

    #[test]
    fn the_line_that_says_most_is_taken_and_of_equals_the_first() {
        let lines = vec![
            line("CITY", None, 1000, None),
            line("CITY", Some("NEWS"), 2000, None),
            line("CITY", Some("NEWS"), 3000, None),
            line("COUNTY", None, 4000, None),
        ];
        let table = table(200, Dedup::Each, lines);
        let nth = |piece: &Piece| table.line(piece).map(|(nth, _)| nth);
        assert_eq!(nth(&piece(1)), Some(1));
        assert_eq!(nth(&Piece { form: Some("PHOTO".to_owned()), ..piece(1) }), Some(0));
        assert_eq!(nth(&Piece { level: Some("NATIONAL".to_owned()), ..piece(1) }), None);
        assert_eq!(nth(&Piece { level: None, ..piece(1) }), None);
    }

    #[test]
    fn the_table_in_force_on_the_day_is_the_one_that_began_last() {
        let old = Table { until: Some(day("2026-07-01")), ..table(1, Dedup::Each, Vec::new()) };
        let new = Table { from: day("2026-06-01"), ..table(2, Dedup::Each, Vec::new()) };
        let tables = [new, old];
        let on = |text: &str| Table::on(&tables, day(text)).map(|table| table.record);
        assert_eq!(on("2025-12-31"), None);
        assert_eq!([on("2026-01-01"), on("2026-05-31")], [Some(id(1)); 2]);
        assert_eq!([on("2026-06-01"), on("2026-07-01")], [Some(id(2)); 2]);
    }

    #[test]
    fn a_cap_holds_over_a_year_for_each_township_and_line() {
        let tables = [table(200, Dedup::Each, vec![line("CITY", None, 2000, Some(5000))])];
        let other = Piece { township: town(2), ..piece(5) };
        let next_year = Piece { on: day("2027-01-01"), ..piece(6) };
        let uncounted = Piece { counted: false, ..approved(7, 4000) };
        let pieces = [approved(1, 1500), uncounted, piece(2), piece(3), piece(4), other, next_year];
        let left = [Some(2000), Some(1500), Some(0), Some(2000), Some(2000)];
        assert_eq!(points(&tables, &pieces), left);
        // More was approved than the cap lets: nothing is left, and nothing is taken away.
        assert_eq!(points(&tables, &[approved(1, 9000), piece(2)]), [Some(0)]);
        // In the order of publication, however they are given.
        let late = Piece { on: day("2026-04-01"), ..piece(8) };
        let records: Vec<_> = [late, piece(9)].to_vec();
        let order: Vec<RecordId> = worth(&tables, &records).iter().map(|worth| worth.piece.record).collect();
        assert_eq!(order, [id(9), id(8)]);
    }

    #[test]
    fn a_story_counts_once_by_its_highest_or_its_first() {
        let told = |n, on: &str, points| Piece { story: "灌渠".into(), on: day(on), ..approved(n, points) };
        let pieces = [
            told(1, "2026-03-02", 5000),
            told(2, "2026-03-01", 1000),
            told(3, "2026-03-03", 5000),
            approved(4, 9000),
        ];
        let by = |dedup| {
            let tables = [table(200, dedup, Vec::new())];
            let ids = |story: &Story<'_>| {
                let others = story.others.iter().map(|piece| piece.record).collect::<Vec<_>>();
                (story.keeper.record, others)
            };
            stories(&tables, &pieces).iter().map(ids).collect::<Vec<_>>()
        };
        assert_eq!(by(Dedup::Highest), [(id(1), vec![id(2), id(3)])], "of equals the one that came first");
        assert_eq!(by(Dedup::First), [(id(2), vec![id(1), id(3)])]);
        assert_eq!(by(Dedup::Each), []);
        // By a table that is gone: the highest.
        assert_eq!(stories(&[], &pieces)[0].keeper.record, id(1));
    }

    #[test]
    fn stories_are_a_township_s_own_and_settle() {
        let told = |n, counted| Piece { story: "灌渠".into(), counted, ..approved(n, i64::from(n)) };
        let tables = [table(200, Dedup::Highest, Vec::new())];
        let elsewhere = Piece { township: town(2), ..told(9, true) };
        let pieces = [told(1, false), told(2, true), elsewhere.clone()];
        assert!(stories(&tables, &pieces).iter().all(Story::is_settled));
        let pieces = [told(1, true), told(2, false), elsewhere];
        let found = stories(&tables, &pieces);
        assert_eq!((found.len(), found[0].keeper.record, found[0].is_settled()), (1, id(2), false));
    }

    #[test]
    fn who_waits_is_told_of_the_piece_that_counts_already() {
        let waits = Piece { story: "灌渠".into(), ..piece(1) };
        let counts = Piece { story: "灌渠".into(), ..approved(2, 1000) };
        let pieces = [waits, counts, piece(3)];
        let twins = |dedup| {
            let tables = [table(200, dedup, Vec::new())];
            let twin = |worth: &Worth<'_>| worth.twin.map(|twin| twin.record);
            worth(&tables, &pieces).iter().map(twin).collect::<Vec<_>>()
        };
        assert_eq!(twins(Dedup::Highest), [Some(id(2)), None]);
        assert_eq!(twins(Dedup::Each), [None, None]);
    }
}
