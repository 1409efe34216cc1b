//! The table of tally cells: one row per (kind, window, unit, month), holding the month's cells packed and sorted.
//!
//! ```text
//! row  = cell*            ascending by (measure, split, day)
//! cell = measure varint ‖ split varint of 64 bits ‖ day of the month u8 ‖ sum zigzag varint
//! ```
//!
//! One row a month keeps first sync fast: a township's whole month is one read and one write of a few hundred bytes in
//! each commit, where single cells would be a dozen writes per record.

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

/// Takes `before` away and adds `after`. Rows that become empty are deleted.
/// Sums wrap, so that the order of changes never matters.
pub fn change(views: &mut dyn ViewMut, kind: u32, before: &[Cell], after: &[Cell]) {
    if before == after {
        return;
    }
    let mut moves: Vec<(Unit, u8, u16, Packed)> = Vec::with_capacity(before.len() + after.len());
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
    moves.sort_unstable_by_key(|(unit, window, month, packed)| (*unit, *window, *month, packed.key()));
    for row in moves.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
        let (unit, window, month, _) = row[0];
        let mut deltas: Vec<Packed> = Vec::with_capacity(row.len());
        for (.., packed) in row {
            match deltas.last_mut() {
                Some(last) if last.key() == packed.key() => last.sum = last.sum.wrapping_add(packed.sum),
                _ => deltas.push(*packed),
            }
        }
        deltas.retain(|delta| delta.sum != 0);
        if !deltas.is_empty() {
            merge(views, &tables::tally_key(kind, window, unit.0, month), &deltas);
        }
    }
}

fn merge(views: &mut dyn ViewMut, key: &[u8], deltas: &[Packed]) {
    let old = views.get(key).unwrap_or_default();
    let mut new = Vec::with_capacity(old.len() + deltas.len() * 8);
    let mut deltas = deltas.iter().peekable();
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
    if new.is_empty() {
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
struct Row<'a>(&'a [u8]);

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

/// Calls `visit` with every cell of a kind in a window.
pub fn scan(views: &dyn View, kind: u32, window: u8, visit: &mut dyn FnMut(Cell)) {
    let prefix = Key::new(tables::TALLY).u32(kind).u8(window).done();
    views.scan(&prefix, None, &mut |key, value| {
        let mut parts = Parts::of(key);
        let (Some(_), Some(_), Some(unit), Some(month)) = (parts.u32(), parts.u8(), parts.u32(), parts.u16())
        else {
            return true;
        };
        if let Some(first) = first_of(month) {
            for (packed, _) in Row(value) {
                let Packed { measure, split, day, sum } = packed;
                let day = first.plus(i32::from(day) - 1);
                visit(Cell { unit: Unit(unit), window, measure, split, day, sum });
            }
        }
        true
    });
}

/// Units that have cells of a kind in a window. One seek for each.
pub fn units(views: &dyn View, kind: u32, window: u8) -> Vec<Unit> {
    let prefix = Key::new(tables::TALLY).u32(kind).u8(window).done();
    let mut units = Vec::new();
    let mut from = Some(0u32);
    while let Some(unit) = from {
        let mut found = None;
        views.scan(&prefix, Some(&tables::tally_key(kind, window, unit, 0)), &mut |key, _| {
            let mut parts = Parts::of(key);
            found = parts.u32().and(parts.u8()).and(parts.u32());
            false
        });
        units.extend(found.map(Unit));
        from = found.and_then(|unit| unit.checked_add(1));
    }
    units
}

/// As [`scan`], only the months that hold days of `from..=to`; cells of other days in those months are visited too.
pub fn scan_unit(
    views: &dyn View,
    kind: u32,
    window: u8,
    unit: Unit,
    months: (u16, u16),
    visit: &mut dyn FnMut(Cell),
) {
    let prefix = Key::new(tables::TALLY).u32(kind).u8(window).u32(unit.0).done();
    let from = tables::tally_key(kind, window, unit.0, months.0);
    views.scan(&prefix, Some(&from), &mut |key, value| {
        let Some(month) = key.last_chunk::<2>().map(|bytes| u16::from_be_bytes(*bytes)) else { return true };
        if month > months.1 {
            return false;
        }
        if let Some(first) = first_of(month) {
            for (Packed { measure, split, day, sum }, _) in Row(value) {
                visit(Cell { unit, window, measure, split, day: first.plus(i32::from(day) - 1), sum });
            }
        }
        true
    });
}
