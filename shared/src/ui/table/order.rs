//! Rows in the order that was asked for, one page of them.

use std::cmp::Ordering;

use super::asked::{Asked, BY_DUE, BY_STATUS, Sorting};
use crate::catalogue::model::Kind;
use crate::ledger::{LINES_DEFAULT, Listing, Row};
use crate::program::Lang;

/// Rows on one page.
pub const PAGE_ROWS: usize = LINES_DEFAULT;

/// Which rows of how many a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// From 1; within `pages`.
    pub page: usize,
    /// At least 1.
    pub pages: usize,
    /// The first and last row shown, from 1; 0 where there is none.
    pub first: usize,
    pub last: usize,
    pub total: usize,
    /// There are more than the list has counted.
    pub more: bool,
}

/// Sorts a whole listing and leaves the rows of the page that was asked for; a page beyond the last gives the last.
pub fn page_of(listing: &mut Listing, kind: &Kind, asked: &Asked, lang: Lang) -> Paging {
    if let Some(sorting) = &asked.sort {
        sort(listing, kind, sorting, lang);
    }
    let total = listing.rows.len();
    let pages = total.div_ceil(PAGE_ROWS).max(1);
    let page = asked.page.clamp(1, pages);
    let start = (page - 1) * PAGE_ROWS;
    let rows: Vec<Row> = listing.rows.drain(..).skip(start).take(PAGE_ROWS).collect();
    let last = start + rows.len();
    listing.rows = rows;
    Paging { page, pages, first: if last == 0 { 0 } else { start + 1 }, last, total, more: listing.more }
}

fn sort(listing: &mut Listing, kind: &Kind, sorting: &Sorting, lang: Lang) {
    let column = kind.list.iter().position(|tag| kind.fields.get(tag).is_some_and(|f| f.id == sorting.by));
    let place = |row: &Row| kind.statuses.values().position(|status| status.id == row.status);
    let Sorting { by, descending } = sorting;
    let turned = |order: Ordering| if *descending { order.reverse() } else { order };
    listing.rows.sort_by(|a, b| match (by.as_str(), column) {
        (_, Some(at)) => {
            let text = |row: &Row| row.cells.get(at).map_or("", |cell| cell.get(lang)).to_owned();
            empty_last(&text(a), &text(b), turned)
        }
        (BY_STATUS, _) => turned(place(a).cmp(&place(b))),
        (BY_DUE, _) => {
            let due = |row: &Row| row.due.clone().unwrap_or_default();
            empty_last(&due(a), &due(b), turned)
        }
        _ => Ordering::Equal,
    });
}

/// Rows that say nothing come last in either direction.
fn empty_last(a: &str, b: &str, turned: impl Fn(Ordering) -> Ordering) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (false, false) => turned(natural(a, b)),
        (a, b) => a.cmp(&b),
    }
}

/// Runs of digits by their number, everything else by its characters: 第9号 before 第10号.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else {
            return a.len().cmp(&b.len());
        };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (one, rest_a) = digits(a);
            let (two, rest_b) = digits(b);
            let order = one.len().cmp(&two.len()).then(one.cmp(two));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (rest_a, rest_b);
        } else {
            if x != y {
                return x.cmp(&y);
            }
            (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
        }
    }
}

/// The digits at the start, without leading zeros, and what follows them.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts_are_sorted_as_numbers() {
        let mut texts = ["第10号", "第9号", "第09号乙", "丙", "第9号甲", "2026-11-03", "2026-2-3"];
        texts.sort_by(|a, b| natural(a, b));
        assert_eq!(texts, ["2026-2-3", "2026-11-03", "丙", "第9号", "第09号乙", "第9号甲", "第10号"]);
        assert_eq!(natural("7", "007"), Ordering::Equal);
    }

    #[test]
    fn empty_cells_come_last_in_both_directions() {
        for turned in [|order: Ordering| order, Ordering::reverse] {
            assert_eq!(empty_last("", "a", turned), Ordering::Greater);
            assert_eq!(empty_last("a", "", turned), Ordering::Less);
            assert_eq!(empty_last("", "", turned), Ordering::Equal);
        }
        assert_eq!(empty_last("2", "10", Ordering::reverse), Ordering::Greater);
    }
}
