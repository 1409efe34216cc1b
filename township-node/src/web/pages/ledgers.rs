//! All ledgers by groups, with how much each holds.

use std::collections::BTreeMap;

use maud::html;
use shared::catalogue::model::Owner;
use shared::program::Failure;
use shared::ui::layout::Page;
use shared::view::read;

use super::super::route::{Asked, READERS, Reply, Route};
use super::super::{controls, frame};
use super::ledger;

pub(super) const ROUTES: &[Route] = &[Route::get("ledgers", PATH, READERS, list)];

pub(in super::super) const PATH: &str = "/ledgers";

fn list(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let node = asked.node()?;
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for (kind, _, count) in node.read(read::counts) {
        *counts.entry(kind).or_default() += count;
    }
    let body = html! {
        @for (id, kinds) in frame::kinds(node) {
            (controls::part(&frame::group_label(asked, node, &id), &html! {
                ul.ledgers {
                    @for kind in kinds {
                        li {
                            a href=(ledger::address(kind)) { (asked.lang.of(&kind.label)) }
                            span.count { (counts.get(&kind.tag).copied().unwrap_or(0)) span.unseen { (asked.t("条", "records")) } }
                            @if kind.owner == Owner::County { span.beside { (asked.t("县里登记", "the county's")) } }
                        }
                    }
                }
            }))
        }
    };
    Ok(frame::page(asked, &Page { title: asked.t("台账", "Ledgers"), here: PATH, ..Page::default() }, &body))
}
