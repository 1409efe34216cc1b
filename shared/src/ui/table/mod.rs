//! The list of a ledger: filters, status chips, headings that sort, lights, things to do with several records at once,
//! pages. On a phone every row is a card.

mod asked;
mod filter;
mod order;

use maud::{Markup, html};

pub use asked::{Asked, BY_DUE, BY_STATUS, FIELD, Sorting};
pub use filter::Chip;
pub use order::{PAGE_ROWS, Paging, page_of};

use super::Words;
use super::icon::{Icon, icon};
use super::light::light;
use super::sync_line::hidden;
use crate::catalogue::model::{Field, Kind, Shape};
use crate::ledger::{Listing, Row, Travel};
use crate::program::{Text, columns};

/// Room for the columns beside title, status and deadline when nobody has chosen, in columns of half-width letters: what
/// fits on a screen of 1366 pixels.
const ROOM: usize = 50;
/// What a column takes besides its text.
const COLUMN_EDGE: usize = 5;
/// Characters of a cell that stays on one line.
const SHORT_CHARS: usize = 13;
/// The width at which a longer text wraps, in the same columns.
const WRAPS_AT: usize = 24;

/// A list.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    pub kind: &'a Kind,
    /// The rows of one page.
    pub listing: &'a Listing,
    pub paging: Paging,
    pub asked: &'a Asked,
    /// Path of the list's own address.
    pub path: &'a str,
    /// The address of a record.
    pub record: &'a dyn Fn(&Row) -> String,
    /// Statuses with their counts; none shows no chips.
    pub chips: &'a [Chip],
    /// Whether words can be looked for.
    pub searches: bool,
    /// Where a record is made; none where the user may make none.
    pub create: Option<&'a str>,
    pub batch: Option<Batch<'a>>,
    /// The name of who writes a record: at the county.
    pub owner: Option<&'a dyn Fn(&str) -> String>,
}

/// What can be done with several records at once. Posted: `id` of each, `action` of the button.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    pub post: &'a str,
    /// Value of `action`, and what the button says.
    pub actions: &'a [(&'a str, &'a str)],
    pub hidden: &'a [(&'a str, &'a str)],
}

/// A column that is shown: its place among the cells, and its field.
struct Column<'a> {
    at: usize,
    field: &'a Field,
}

impl Table<'_> {
    /// Columns that were chosen; else those in which a row says something, as far as there is room. The title stands by itself.
    fn columns(&self) -> Vec<Column<'_>> {
        let fields = self.kind.list.iter().enumerate();
        let all = fields.filter_map(|(at, tag)| Some(Column { at, field: self.kind.fields.get(tag)? }));
        let all = all.filter(|column| column.field.tag != self.kind.title);
        if !self.asked.columns.is_empty() {
            return all.filter(|column| self.asked.columns.contains(&column.field.id)).collect();
        }
        let says = |column: &Column<'_>| {
            self.listing
                .rows
                .iter()
                .any(|row| row.cells.get(column.at).is_some_and(|cell| !cell.zh.is_empty()))
        };
        let mut left = ROOM;
        let fits = |column: &Column<'_>| {
            let cells = self
                .listing
                .rows
                .iter()
                .filter_map(|row| row.cells.get(column.at))
                .map(|cell| columns(&cell.zh));
            let width =
                cells.max().unwrap_or(0).min(WRAPS_AT).max(columns(&column.field.label.zh)) + COLUMN_EDGE;
            let fits = width <= left;
            left -= if fits { width } else { 0 };
            fits
        };
        all.filter(says).filter(fits).collect()
    }
}

pub fn table(w: &Words, table: &Table<'_>) -> Markup {
    html! {
        section.list aria-label=(w.records) {
            (filter::filter(w, table))
            (filter::chips(w, table))
            @if table.listing.rows.is_empty() { (empty(w, table)) } @else {
                @match &table.batch {
                    Some(batch) => {
                        form.batch method="post" action=(batch.post) {
                            (hidden(batch.hidden))
                            (batch_bar(w, batch))
                            (rows(w, table))
                        }
                    }
                    None => (rows(w, table)),
                }
                (paging(w, table))
            }
        }
    }
}

fn batch_bar(w: &Words, batch: &Batch<'_>) -> Markup {
    html! {
        div.batch-bar role="group" aria-label=(w.with_chosen) {
            span.chosen data-chosen=(w.chosen_count) { (w.with_chosen) }
            @for (value, label) in batch.actions { button type="submit" name="action" value=(value) { (label) } }
        }
    }
}

fn rows(w: &Words, table: &Table<'_>) -> Markup {
    let shown = table.columns();
    let dues = table.listing.rows.iter().any(|row| row.due.is_some());
    let selects = table.batch.is_some();
    let travels = table.listing.rows.iter().any(|row| row.sync.is_some());
    html! {
        div.scroll tabindex="0" role="region" aria-label=((w.kind_list)(w.lang.of(&table.kind.label))) {
            table.records role="table" {
                thead role="rowgroup" {
                    tr role="row" {
                        @if selects {
                            th.select role="columnheader" scope="col" {
                                label.with-script hidden { input type="checkbox" data-all; span.unseen { (w.choose_all) } }
                                span.unseen { (w.choose) }
                            }
                        }
                        (heading(w, table, field_id(table.kind, table.kind.title), title_label(w, table.kind), false))
                        @if table.owner.is_some() { th role="columnheader" scope="col" { (w.unit) } }
                        (heading(w, table, Some(BY_STATUS), w.status, false))
                        @if dues { (heading(w, table, Some(BY_DUE), w.due, false)) }
                        @for column in &shown {
                            (heading(w, table, Some(&column.field.id), w.lang.of(&column.field.label), numeric(column.field)))
                        }
                        @if travels { th role="columnheader" scope="col" { (w.reported) } }
                    }
                }
                tbody role="rowgroup" {
                    @for row in &table.listing.rows { (line(w, table, &shown, row, (dues, travels))) }
                }
            }
        }
    }
}

/// A title that stands in the list is sorted by; one that does not cannot be.
fn field_id(kind: &Kind, tag: u32) -> Option<&str> {
    kind.list.contains(&tag).then(|| kind.fields.get(&tag).map(|field| field.id.as_str())).flatten()
}

fn title_label<'a>(w: &'a Words, kind: &'a Kind) -> &'a str {
    kind.fields.get(&kind.title).map_or(w.title, |field| w.lang.of(&field.label))
}

fn numeric(field: &Field) -> bool {
    matches!(field.shape, Shape::Number { .. } | Shape::Decimal { .. })
}

/// Numbers stand at the right; what is short does not wrap.
fn cell_class(w: &Words, column: &Column<'_>, row: &Row) -> Option<&'static str> {
    let chars = row.cells.get(column.at).map_or(0, |cell| cell.get(w.lang).chars().count());
    if numeric(column.field) { Some("number") } else { (chars <= SHORT_CHARS).then_some("short") }
}

fn heading(w: &Words, table: &Table<'_>, by: Option<&str>, label: &str, number: bool) -> Markup {
    let sorted = table.asked.sort.as_ref().filter(|sort| Some(sort.by.as_str()) == by);
    let state = sorted.map(|sort| if sort.descending { "descending" } else { "ascending" });
    let class = if number { "number" } else { "" };
    let Some(by) = by else {
        return html! { th role="columnheader" scope="col" { (label) } };
    };
    let descending = sorted.is_some_and(|sort| !sort.descending);
    let next = table.asked.but(|asked| asked.sort = Some(Sorting { by: by.to_owned(), descending }));
    html! {
        th class=[Some(class).filter(|class| !class.is_empty())] role="columnheader" scope="col" aria-sort=[state] {
            a.sort href=(next.address(table.path)) title=((w.sort_by)(label)) {
                (label)
                @match sorted {
                    Some(sort) => (icon(if sort.descending { Icon::Down } else { Icon::Up })),
                    None => span.unsorted aria-hidden="true" { "↕" },
                }
            }
        }
    }
}

fn line(
    w: &Words,
    table: &Table<'_>,
    columns: &[Column<'_>],
    row: &Row,
    (dues, travels): (bool, bool),
) -> Markup {
    let title = Some(row.title.get(w.lang)).filter(|title| !title.is_empty()).unwrap_or(&row.short);
    let select = format!("c-{}", row.short);
    html! {
        tr role="row" class=[row.voided.then_some("void")] {
            @if table.batch.is_some() {
                td.select role="cell" {
                    label for=(select) {
                        input id=(select) type="checkbox" name="id" value=(row.id);
                        span.unseen { ((w.choose_one)(title)) }
                    }
                }
            }
            td.title role="cell" {
                a href=((table.record)(row)) { (title) }
                @if row.voided { span.tag { (w.void) } }
            }
            @if let Some(owner) = table.owner { td role="cell" data-label=(w.unit) { (owner(&row.owner)) } }
            td role="cell" data-label=(w.status) { (status(table.kind, &row.status, row.status_label.get(w.lang))) }
            @if dues {
                td.due role="cell" data-label=(w.due) {
                    @match (&row.due, row.due_in_days) {
                        (Some(due), Some(days)) => { (light(w, days)) span.day { (due) } }
                        _ => { span.none aria-hidden="true" { "—" } span.unseen { (w.nothing) } }
                    }
                }
            }
            @for column in columns {
                td class=[cell_class(w, column, row)] role="cell" data-label=(w.lang.of(&column.field.label)) {
                    (cell(w, row.cells.get(column.at)))
                }
            }
            @if travels {
                td role="cell" data-label=(w.reported) { @if let Some(sync) = row.sync { (travel(w, sync)) } }
            }
        }
    }
}

fn cell(w: &Words, text: Option<&Text>) -> Markup {
    match text.map(|text| text.get(w.lang)).filter(|text| !text.is_empty()) {
        Some(text) => html! { (text) },
        None => html! { span.none aria-hidden="true" { "—" } span.unseen { (w.nothing) } },
    }
}

/// A status as a tag: full where work remains, dotted for a draft, plain when it is done.
pub fn status(kind: &Kind, id: &str, label: &str) -> Markup {
    let class = match kind.status(id) {
        Some(status) if status.draft => "tag draft",
        Some(status) if status.open => "tag open",
        _ => "tag",
    };
    html! { span class=(class) { (label) } }
}

/// Whether the county has a record.
pub fn travel(w: &Words, travel: Travel) -> Markup {
    let (zh, en) = travel.label();
    let (class, mark) = match travel {
        Travel::Sent => ("travel sent", Icon::Check),
        Travel::Waiting => ("travel waits", Icon::Cloud),
        Travel::Stays => ("travel stays", Icon::Lock),
        Travel::Theirs => ("travel theirs", Icon::Inbox),
    };
    html! { span class=(class) { (icon(mark)) (w.lang.pick(zh, en)) } }
}

fn empty(w: &Words, table: &Table<'_>) -> Markup {
    let all = Asked { page: 1, ..Asked::default() };
    html! {
        div.empty {
            (icon(Icon::List))
            @if table.asked.narrow() {
                p.title { (w.none_found) }
                p { (w.none_found_advice) }
                p { a.button href=(all.address(table.path)) { (w.show_all) } }
            } @else {
                p.title { ((w.none_yet)(w.lang.of(&table.kind.label))) }
                @match table.create {
                    Some(create) => {
                        p { (w.none_yet_advice) }
                        p { a.button.main href=(create) { (icon(Icon::Add)) ((w.create)(w.lang.of(&table.kind.label))) } }
                    }
                    None => p { (w.none_yet_wait) },
                }
            }
        }
    }
}

fn paging(w: &Words, table: &Table<'_>) -> Markup {
    let Paging { page, pages, first, last, total, more } = table.paging;
    let to = |page: usize| Asked { page, ..table.asked.clone() }.address(table.path);
    // The first, the last, and two on either side of this one.
    let near = |n: &usize| *n == 1 || *n == pages || n.abs_diff(page) <= 2;
    let numbers: Vec<usize> = (1..=pages).filter(near).collect();
    html! {
        nav.paging aria-label=(w.pages) {
            p { ((w.shown_of)(first, last, total, more)) }
            @if pages > 1 {
                ul {
                    @if page > 1 { li { a rel="prev" href=(to(page - 1)) { (icon(Icon::Back)) (w.previous_page) } } }
                    @for (nth, number) in numbers.iter().enumerate() {
                        @if nth > 0 && numbers[nth - 1] + 1 < *number { li.gap aria-hidden="true" { "…" } }
                        li {
                            a href=(to(*number)) aria-current=[(*number == page).then_some("page")] aria-label=((w.page_number)(*number)) { (number) }
                        }
                    }
                    @if page < pages { li { a rel="next" href=(to(page + 1)) { (w.next_page) (icon(Icon::Arrow)) } } }
                }
            }
        }
    }
}
