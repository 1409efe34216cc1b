//! The cells once more from the records alone: what the incremental way must equal.

use std::collections::BTreeMap;

use super::cells;
use super::contribution::{Cell, SHELVES, Unit, contribution};
use crate::catalogue::model::Catalogue;
use crate::record::{Day, Record};
use crate::store::View;
use crate::view::tables;

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

/// Cells recomputed from every record in the views.
pub fn recompute(views: &dyn View, catalogue: &Catalogue) -> Cells {
    let mut cells = Cells::new();
    views.scan(&[tables::RECORD], None, &mut |_, value| {
        if let Ok(record) = Record::decode(value)
            && let Some(kind) = catalogue.kinds.get(&record.kind)
        {
            contribution(kind, &record).into_iter().for_each(|cell| add(&mut cells, kind.tag, cell));
        }
        true
    });
    cells
}

/// Cells as the fold has kept them.
pub fn kept(views: &dyn View, catalogue: &Catalogue) -> Cells {
    let mut cells = Cells::new();
    for kind in catalogue.kinds.keys() {
        for window in SHELVES {
            cells::scan(views, *kind, window, &mut |cell| add(&mut cells, *kind, cell));
        }
    }
    cells
}
