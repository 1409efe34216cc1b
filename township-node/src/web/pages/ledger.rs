//! The list of one ledger.
//!
//! In the order of the ledger itself (newest first) a page goes on from the last line of the one before, so that it costs the
//! same wherever it is. In another order all that fits is read and sorted first, up to the bound of a list.

use maud::{Markup, html};
use shared::catalogue::model::{Action, Kind, NodeKind, Owner};
use shared::ledger::List;
use shared::limits::LIST_ROWS_MAX;
use shared::program::Failure;
use shared::record::Role;
use shared::ui::icon::{Icon, icon};
use shared::ui::layout::Page;
use shared::ui::table::{self, Chip, PAGE_ROWS, Paging, Table, page_of};

use super::super::frame;
use super::super::route::{Asked, READERS, Reply, Route};
use super::{ledgers, record, step};
use crate::app::Node;

pub(super) const ROUTES: &[Route] = &[Route::get("ledger", "/ledger/{kind}", READERS, list)];

const AFTER: &str = "after";
const NTH: &str = "nth";

pub(in super::super) fn address(kind: &Kind) -> String {
    format!("/ledger/{}", kind.id)
}

/// The kind that the path names, by its id alone.
pub(super) fn kind<'n>(asked: &Asked<'n>) -> Result<&'n Kind, Failure> {
    let id = asked.at("kind");
    asked
        .node()?
        .catalogue()
        .kinds
        .values()
        .find(|kind| kind.id == id)
        .ok_or_else(|| Failure::not_found("没有这个台账。", "There is no such ledger."))
}

fn list(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (node, kind, w) = (asked.node()?, kind(asked)?, asked.words());
    let path = address(kind);
    let wanted = table::Asked::read(asked.query.iter());
    let sorted = wanted.sort.is_some() || wanted.page > 1;
    let after = asked.query.get(AFTER).filter(|_| !sorted);
    let ask = List {
        after: after.map(str::to_owned),
        ..wanted.list(kind, if sorted { LIST_ROWS_MAX } else { PAGE_ROWS })
    };
    let mut listing = node.list(&ask)?;
    let (paging, older) = if sorted {
        (page_of(&mut listing, kind, &wanted, asked.lang), None)
    } else {
        // What stands before this page is carried along as a number; only the number shown depends on it.
        let before: usize =
            asked.query.get(NTH).filter(|_| after.is_some()).and_then(|nth| nth.parse().ok()).unwrap_or(0);
        let last = before.saturating_add(listing.rows.len());
        let first = if listing.rows.is_empty() { 0 } else { before + 1 };
        let older = listing
            .next
            .take()
            .map(|mark| wanted.address(&path).and(AFTER, mark).and(NTH, last.to_string()).to_string());
        (Paging { page: 1, pages: 1, first, last, total: last, more: older.is_some() }, older)
    };
    let create = creation(asked, node, kind).map(|action| step::creation_address(kind, action));
    let chips = kind.statuses.values().map(|status| Chip {
        status: status.id.clone(),
        label: asked.lang.of(&status.label).to_owned(),
        count: None,
    });
    let chips: Vec<Chip> = chips.collect();
    let view = Table {
        kind,
        listing: &listing,
        paging,
        asked: &wanted,
        path: &path,
        record: &|row| record::address(row.id),
        chips: &chips,
        searches: true,
        create: create.as_deref(),
        batch: None,
        owner: None,
    };
    let body = html! { (table::table(w, &view)) (pages(asked, &wanted.address(&path).to_string(), after.is_some(), older.as_deref())) };
    let actions = create.as_deref().map(|create| html! { a.button.main href=(create) accesskey="n" { (icon(Icon::Add)) ((w.create)(asked.lang.of(&kind.label))) } });
    let crumbs = [shared::ui::crumbs::Crumb::new(asked.t("台账", "Ledgers"), ledgers::PATH)];
    let page =
        Page { title: asked.lang.of(&kind.label), here: &path, crumbs: &crumbs, actions, ..Page::default() };
    Ok(frame::page(asked, &page, &body))
}

/// The way to older records and back to the newest.
fn pages(asked: &Asked<'_>, newest: &str, later: bool, older: Option<&str>) -> Markup {
    html! {
        @if later || older.is_some() {
            nav.paging aria-label=(asked.words().pages) {
                ul {
                    @if later { li { a href=(newest) { (icon(Icon::Back)) (asked.t("回到最新", "Newest")) } } }
                    @if let Some(older) = older { li { a rel="next" href=(older) { (asked.t("更早的记录", "Older records")) (icon(Icon::Arrow)) } } }
                }
            }
        }
    }
}

/// The first way in which the person may make a record of the kind.
fn creation<'k>(asked: &Asked<'_>, node: &Node, kind: &'k Kind) -> Option<&'k Action> {
    let form = node.office().kind();
    creations(kind, form)
        .find(|action| asked.person.is_some_and(|person| may(action, &|role| person.has(role))))
}

/// Actions by which people of this form of office make records of the kind.
pub(super) fn creations(kind: &Kind, form: NodeKind) -> impl Iterator<Item = &Action> {
    let ours = kind.owner == Owner::Township && (kind.nodes.is_empty() || kind.nodes.contains(&form));
    let here = move |action: &&Action| ours && (action.nodes.is_empty() || action.nodes.contains(&form));
    kind.creations().filter(here).filter(|action| action.roles != [Role::System])
}

/// Whether somebody with these roles may take the action, himself or for those who brought paper.
pub(super) fn may(action: &Action, has: &dyn Fn(Role) -> bool) -> bool {
    action.roles.iter().chain(&action.behalf).any(|role| has(*role))
}
