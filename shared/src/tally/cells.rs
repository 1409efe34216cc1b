//! The tables of tally cells: a row for each (kind, window, month, unit), holding the month's cells packed and sorted, and a
//! row for each year, holding their sums without the days.
//!
//! ```text
//! row  = cell*            ascending by (measure, split, day)
//! cell = measure varint ‖ split varint of 64 bits ‖ day of the month u8, 0 in a row of a year ‖ sum zigzag varint
//! ```
//!
//! One row a month keeps first sync fast: a township's whole month is one read and one write of a few hundred bytes in
//! each commit, where single cells would be a dozen writes per record. Rows of years make what is counted over many years
//! as cheap as what is counted over one. Time comes before unit in the keys, so that a period of all townships is one run
//! of rows. A row of a year stays when nothing is left in it: it says that there may be rows of months.

use prost::encoding::decode_varint;

use super::contribution::{Cell, Unit, unzigzag, zigzag};
use crate::record::{Day, put_varint};
use crate::store::{View, ViewMut};
use crate::view::tables::{self, Key, Parts};

/// A cell within a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed {
    pub measure: u32,
    pub split: u64,
    pub day: u8,
    pub sum: i64,
}

impl Packed {
    fn key(&self) -> (u32, u64, u8) {
        (self.measure, self.split, self.day)
    }
}

/// Months counted from the year 0; the day's place within its month.
pub fn month_of(day: Day) -> (u16, u8) {
    let (year, month, day) = day.ymd();
    ((i32::from(year) * 12 + i32::from(month) - 1) as u16, day as u8)
}

/// First day of a month so counted; `None` outside 1900..=2200.
pub fn first_of(month: u16) -> Option<Day> {
    Day::new((month / 12) as i16, (month % 12 + 1) as i8, 1)
}

/// First day of a year; `None` outside 1900..=2200.
pub fn first_of_year(year: u16) -> Option<Day> {
    Day::new(i16::try_from(year).ok()?, 1, 1)
}

/// A change of one cell: whose, on which shelf, in which month or year.
type Move = (Unit, u8, u16, Packed);

/// Takes `before` away and adds `after`. Rows of months that become empty are deleted.
/// Sums wrap, so that the order of changes never matters.
pub fn change(views: &mut dyn ViewMut, kind: u32, before: &[Cell], after: &[Cell]) {
    if before == after {
        return;
    }
    let mut moves: Vec<Move> = Vec::with_capacity(before.len() + after.len());
    for (cells, sign) in [(before, -1), (after, 1)] {
        for cell in cells {
            let (month, day) = month_of(cell.day);
            let sum = cell.sum.wrapping_mul(sign);
            moves.push((
                cell.unit,
                cell.window,
                month,
                Packed { measure: cell.measure, split: cell.split, day, sum },
            ));
        }
    }
    put_together(&mut moves);
    moves.retain(|(.., packed)| packed.sum != 0);
    for row in moves.chunk_by(same_row) {
        let (unit, window, month, _) = row[0];
        merge(views, &tables::tally_key(kind, window, month, unit.0), row, Empty::Deleted);
    }
    for (.., month, packed) in &mut moves {
        (*month, packed.day) = (*month / 12, 0);
    }
    put_together(&mut moves);
    for row in moves.chunk_by(same_row) {
        let (unit, window, year, _) = row[0];
        merge(views, &tables::tally_year_key(kind, window, year, unit.0), row, Empty::Kept);
    }
}

fn same_row(a: &Move, b: &Move) -> bool {
    (a.0, a.1, a.2) == (b.0, b.1, b.2)
}

/// Sorts them, and makes one of those of one cell.
fn put_together(moves: &mut Vec<Move>) {
    moves.sort_unstable_by_key(|(unit, window, time, packed)| (*unit, *window, *time, packed.key()));
    moves.dedup_by(|next, first| {
        let same = same_row(next, first) && next.3.key() == first.3.key();
        if same {
            first.3.sum = first.3.sum.wrapping_add(next.3.sum);
        }
        same
    });
}

/// What becomes of a row without cells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    Deleted,
    Kept,
}

fn merge(views: &mut dyn ViewMut, key: &[u8], moves: &[Move], empty: Empty) {
    let old = views.get(key);
    let known = old.is_some();
    let old = old.unwrap_or_default();
    let mut new = Vec::with_capacity(old.len() + moves.len() * 8);
    let mut deltas = moves.iter().map(|(.., packed)| packed).filter(|delta| delta.sum != 0).peekable();
    if known && deltas.peek().is_none() {
        return;
    }
    // Cells that no change touches are copied as the bytes that they are.
    for (cell, bytes) in Row(&old) {
        while let Some(delta) = deltas.next_if(|delta| delta.key() < cell.key()) {
            write(&mut new, delta);
        }
        match deltas.next_if(|delta| delta.key() == cell.key()) {
            None => new.extend_from_slice(bytes),
            Some(delta) => {
                let sum = cell.sum.wrapping_add(delta.sum);
                if sum != 0 {
                    write(&mut new, &Packed { sum, ..cell });
                }
            }
        }
    }
    for delta in deltas {
        write(&mut new, delta);
    }
    if new.is_empty() && empty == Empty::Deleted {
        views.delete(key);
    } else {
        views.put(key, new);
    }
}

fn write(out: &mut Vec<u8>, cell: &Packed) {
    put_varint(u64::from(cell.measure), out);
    put_varint(cell.split, out);
    out.push(cell.day);
    put_varint(zigzag(cell.sum), out);
}

/// The cells of a row with the bytes that each takes. A damaged row ends where it can no longer be read.
pub struct Row<'a>(&'a [u8]);

impl<'a> Iterator for Row<'a> {
    type Item = (Packed, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.0;
        let mut rest = start;
        let measure = varint(&mut rest)? as u32;
        let split = varint(&mut rest)?;
        let (&day, mut rest) = rest.split_first()?;
        let sum = unzigzag(varint(&mut rest)?);
        self.0 = rest;
        Some((Packed { measure, split, day, sum }, &start[..start.len() - rest.len()]))
    }
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    match rest.split_first() {
        Some((&byte, tail)) if byte < 0x80 => {
            *rest = tail;
            Some(u64::from(byte))
        }
        _ => decode_varint(rest).ok(),
    }
}

/// Rows of one of the tables, from one month (or year) to another, both included, in order of time and then of unit.
/// `visit` is given the month (or year).
fn rows(
    views: &dyn View,
    (table, kind, window): (u8, u32, u8),
    (from, to): (u16, u16),
    visit: &mut dyn FnMut(Unit, u16, Row<'_>),
) {
    let prefix = Key::new(table).u32(kind).u8(window);
    let first = prefix.clone().u16(from).done();
    views.scan(&prefix.done(), Some(&first), &mut |key, value| {
        let mut parts = Parts::of(key);
        let (Some(_), Some(_), Some(time), Some(unit)) = (parts.u32(), parts.u8(), parts.u16(), parts.u32())
        else {
            return true;
        };
        if time > to {
            return false;
        }
        visit(Unit(unit), time, Row(value));
        true
    });
}

/// The rows of months of a kind on a shelf.
pub fn months(
    views: &dyn View,
    (kind, window): (u32, u8),
    range: (u16, u16),
    visit: &mut dyn FnMut(Unit, u16, Row<'_>),
) {
    rows(views, (tables::TALLY, kind, window), range, visit);
}

/// The rows of years of a kind on a shelf. Who has rows of months has one for their year.
pub fn years(
    views: &dyn View,
    (kind, window): (u32, u8),
    range: (u16, u16),
    visit: &mut dyn FnMut(Unit, u16, Row<'_>),
) {
    rows(views, (tables::TALLY_YEAR, kind, window), range, visit);
}

/// Calls `visit` with every cell of a kind on a shelf.
pub fn scan(views: &dyn View, kind: u32, window: u8, visit: &mut dyn FnMut(Cell)) {
    months(views, (kind, window), (0, u16::MAX), &mut |unit, month, row| {
        let Some(first) = first_of(month) else { return };
        for (Packed { measure, split, day, sum }, _) in row {
            visit(Cell { unit, window, measure, split, day: first.plus(i32::from(day) - 1), sum });
        }
    });
}

/// The same of the sums of whole years, each on the first day of its year.
pub fn scan_years(views: &dyn View, kind: u32, window: u8, visit: &mut dyn FnMut(Cell)) {
    years(views, (kind, window), (0, u16::MAX), &mut |unit, year, row| {
        let Some(day) = first_of_year(year) else { return };
        for (Packed { measure, split, sum, .. }, _) in row {
            visit(Cell { unit, window, measure, split, day, sum });
        }
    });
}
