//! The cells once more from the records alone: what the incremental way must equal.

use std::collections::BTreeMap;

use super::cells;
use super::contribution::{Cell, SHELVES, Unit, contribution};
use crate::catalogue::model::{Catalogue, Kind};
use crate::record::Day;
use crate::store::View;
use crate::view::read;

/// (kind, shelf, unit, measure, split, day) → sum.
pub type Cells = BTreeMap<(u32, u8, Unit, u32, u64, Day), i64>;

fn add(cells: &mut Cells, kind: u32, cell: Cell) {
    let key = (kind, cell.window, cell.unit, cell.measure, cell.split, cell.day);
    let sum = cells.entry(key).or_default();
    *sum = sum.wrapping_add(cell.sum);
    if *sum == 0 {
        cells.remove(&key);
    }
}

/// Whether the cells that the fold has kept, of days and of years, are those that the records give. Kind by kind: what it
/// takes in memory is the cells of one kind.
pub fn exact(views: &dyn View, catalogue: &Catalogue) -> bool {
    catalogue.kinds.values().all(|kind| {
        let days = kept_of(views, kind);
        let mut years = Cells::new();
        for (&(kind, window, unit, measure, split, day), &sum) in &days {
            let day = cells::first_of_year(cells::month_of(day).0 / 12).unwrap_or(day);
            add(&mut years, kind, Cell { unit, window, measure, split, day, sum });
        }
        days == recompute_of(views, kind) && years == years_of(views, kind)
    })
}

/// Cells recomputed from every record in the views.
pub fn recompute(views: &dyn View, catalogue: &Catalogue) -> Cells {
    catalogue.kinds.values().flat_map(|kind| recompute_of(views, kind)).collect()
}

/// Cells as the fold has kept them.
pub fn kept(views: &dyn View, catalogue: &Catalogue) -> Cells {
    catalogue.kinds.values().flat_map(|kind| kept_of(views, kind)).collect()
}

fn recompute_of(views: &dyn View, kind: &Kind) -> Cells {
    let mut cells = Cells::new();
    read::list_all(views, kind.tag, &mut |line| {
        if let Some(record) = read::record(views, line.id) {
            contribution(kind, &record).into_iter().for_each(|cell| add(&mut cells, kind.tag, cell));
        }
        true
    });
    cells
}

fn kept_of(views: &dyn View, kind: &Kind) -> Cells {
    let mut cells = Cells::new();
    for window in SHELVES {
        cells::scan(views, kind.tag, window, &mut |cell| add(&mut cells, kind.tag, cell));
    }
    cells
}

fn years_of(views: &dyn View, kind: &Kind) -> Cells {
    let mut cells = Cells::new();
    for window in SHELVES {
        cells::scan_years(views, kind.tag, window, &mut |cell| add(&mut cells, kind.tag, cell));
    }
    cells
}
