//! Records to link to, found while typing.

use maud::Markup;
use shared::catalogue::model::{Kind, Shape};
use shared::ledger::{List, Row};
use shared::program::Failure;
use shared::ui::form::pick::{PICKS_MAX, Pick, options};

use super::super::route::{Asked, Reply, Route, WRITERS};

pub(super) const ROUTES: &[Route] = &[Route::get("pick", PATH, WRITERS, pick)];

pub(super) const PATH: &str = "/pick";

fn pick(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let node = asked.node()?;
    let given = |name: &str| asked.query.get(name).unwrap_or_default();
    let catalogue = node.catalogue();
    let kind = catalogue.kinds.values().find(|kind| kind.id == given("kind"));
    let field = kind.and_then(|kind| kind.field(given("field")));
    let column = field.and_then(|field| match &field.shape {
        Shape::Rows(columns) => columns.values().find(|column| column.id == given("column")),
        _ => Some(field),
    });
    let Some(Shape::Link(kinds) | Shape::Links(kinds)) = column.map(|column| &column.shape) else {
        return Err(Failure::not_found("没有这一栏。", "There is no such field."));
    };
    let mut picks: Vec<Pick> = Vec::new();
    for kind in kinds.iter().filter_map(|tag| catalogue.kinds.get(tag)) {
        let ask = List {
            kind: kind.id.clone(),
            words: given("q").to_owned(),
            limit: Some(PICKS_MAX),
            ..List::default()
        };
        let listing = node.list(&ask)?;
        picks.extend(listing.rows.iter().filter(|row| !row.voided).map(|row| one(asked, kind, row)));
    }
    picks.truncate(PICKS_MAX);
    let answer: Markup = options(asked.words(), &picks);
    Ok(Reply::page(answer))
}

fn one(asked: &Asked<'_>, kind: &Kind, row: &Row) -> Pick {
    let number = kind
        .numbering
        .as_ref()
        .and_then(|numbering| kind.list.iter().position(|tag| *tag == numbering.field));
    let number = number.and_then(|at| row.cells.get(at)).map_or("", |cell| cell.get(asked.lang));
    let title = row.title.get(asked.lang);
    Pick {
        id: row.id,
        text: if title.is_empty() { row.short.clone() } else { title.to_owned() },
        beside: format!("{number} {}", row.status_label.get(asked.lang)).trim().to_owned(),
    }
}
