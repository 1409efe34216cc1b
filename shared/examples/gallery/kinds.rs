//! The pages of every kind: list, record, a form for each step.

use maud::{Markup, html};
use shared::catalogue::model::{Kind, Owner};
use shared::command::Act;
use shared::ledger::Row;
use shared::record::{Fields, Role};
use shared::ui::crumbs::Crumb;
use shared::ui::form::{self, Ask, Form, Pairs, form};
use shared::ui::icon::{Icon, icon};
use shared::ui::layout::Page;
use shared::ui::next::Nexts;
use shared::ui::record::{self, RecordView, record};
use shared::ui::table::{self, Asked, Batch, Chip, Table, table};

use crate::Gallery;
use crate::office::{Office, townships};

/// Writes the pages of one kind; how many they are.
pub fn pages(gallery: &mut Gallery<'_>, office: &Office, kind: &Kind) {
    list(gallery, office, kind);
    one(gallery, office, kind);
    let steps = kind.actions.values().filter(|action| action.roles != [Role::System] && action.id != "edit");
    for action in steps {
        step(gallery, office, kind, Act::Take(action.tag), &action.id);
    }
    step(gallery, office, kind, Act::Edit, "edit");
    step(gallery, office, kind, Act::Void, "void");
}

fn rows(office: &Office, kind: &Kind) -> Vec<Row> {
    office.list(kind).map(|listing| listing.rows).unwrap_or_default()
}

fn list(gallery: &mut Gallery<'_>, office: &Office, kind: &Kind) {
    let w = gallery.w;
    let path = gallery.address(&kind.id, "list");
    let mut listing = office.list(kind).expect("every kind can be listed");
    let chips: Vec<Chip> = kind
        .statuses
        .values()
        .map(|status| Chip {
            status: status.id.clone(),
            label: w.lang.of(&status.label).to_owned(),
            count: Some(listing.rows.iter().filter(|row| row.status == status.id).count() as u64),
        })
        .filter(|chip| chip.count != Some(0))
        .collect();
    let asked = Asked::read([]);
    let paging = table::page_of(&mut listing, kind, &asked, w.lang);
    let create = kind.creations().find(|action| action.roles != [Role::System]);
    let create = create.map(|action| gallery.address(&kind.id, &format!("do-{}", action.id)));
    let record = gallery.address(&kind.id, "record");
    let owner: &dyn Fn(&str) -> String = &|owner| {
        townships()
            .into_iter()
            .find(|(code, _)| code.to_string() == owner)
            .map_or_else(|| office.name.to_owned(), |(_, name)| name)
    };
    let view = Table {
        kind,
        listing: &listing,
        paging,
        asked: &asked,
        path: &path,
        record: &|_| record.clone(),
        chips: &chips,
        searches: true,
        create: create.as_deref(),
        batch: Some(Batch {
            post: &path,
            actions: &[("print", w.lang.pick("打印", "Print")), ("export", w.lang.pick("导出", "Export"))],
            hidden: &[],
        }),
        owner: (kind.owner == Owner::County).then_some(owner),
    };
    let body = table(w, &view);
    let actions = create.map(|create| html! { a.button.main href=(create) accesskey="n" { (icon(Icon::Add)) ((w.create)(w.lang.of(&kind.label))) } });
    gallery.page(
        office,
        &kind.id,
        "list",
        &Page { title: w.lang.of(&kind.label), here: &path, actions, ..Page::default() },
        &body,
    );
}

/// The record to which most has happened.
fn one(gallery: &mut Gallery<'_>, office: &Office, kind: &Kind) {
    let w = gallery.w;
    let Some(row) = rows(office, kind).into_iter().filter(|row| !row.voided).max_by_key(|row| row.rev) else {
        return;
    };
    let shown =
        office.ledger(|ledger| ledger.show(&row.id.to_string(), office.role)).expect("the record is there");
    let (back, edit) = (gallery.address(&kind.id, "list"), gallery.address(&kind.id, "do-edit"));
    let at = |step: &shared::ledger::Next| gallery.address(&kind.id, &format!("do-{}", step.action));
    let view = RecordView {
        kind,
        shown: &shown,
        nexts: Nexts { steps: &shown.next, role: office.role.code(), may: None, address: &at },
        link: &|_| back.clone(),
        linked: &|linked, _| gallery.address(&linked.kind, "record"),
        all_linked: &|linked| Some(gallery.address(&linked.kind, "list")),
        files: &[],
        staff: &|code| (code == "u1").then(|| "王小梅".to_owned()),
        actions: &[
            (w.lang.pick("修改", "Edit"), &edit, Icon::Pencil),
            (w.lang.pick("打印", "Print"), &back, Icon::Printer),
        ],
        owner: None,
    };
    let body = record(w, &view);
    let crumbs = [Crumb::new(w.lang.of(&kind.label), &back)];
    let title = record::title(kind, &shown).to_owned();
    gallery.page(
        office,
        &kind.id,
        "record",
        &Page { title: &title, here: &back, crumbs: &crumbs, own_title: true, ..Page::default() },
        &body,
    );
}

/// The form of a step, filled from a record from which it may be taken, where there is one.
fn step(gallery: &mut Gallery<'_>, office: &Office, kind: &Kind, act: Act, id: &str) {
    let w = gallery.w;
    let ask = Ask { kind, act, status: None };
    let from: Vec<u32> = ask.action().map(|action| action.from.clone()).unwrap_or_default();
    let fits = |status: u32| from.is_empty() || from.contains(&status);
    let found = if ask.creates() {
        None
    } else {
        rows(office, kind)
            .iter()
            .filter_map(|row| office.whole(row.id))
            .find(|(record, _)| fits(record.status))
    };
    let (status, base, revision) = match found {
        Some((record, fields)) => (Some(record.status), fields, Some(record.rev)),
        None if ask.creates() => (None, Fields::new(), None),
        None => (from.first().copied().or_else(|| kind.statuses.keys().next().copied()), Fields::new(), None),
    };
    let ask = Ask { kind, act, status };
    let (name, pairs) = if ask.creates() {
        (format!("do-{id}"), form::fill(ask.fields(), &form::defaults(ask.fields()), &|id| office.title(id)))
    } else {
        (format!("do-{id}"), form::fill(ask.fields(), &base, &|id| office.title(id)))
    };
    let label = ask
        .action()
        .map_or(w.lang.pick("作废", "Void").to_owned(), |action| w.lang.of(&action.label).to_owned());
    let body = one_form(gallery, office, ask, &pairs, &base, revision, &[]);
    let back = gallery.address(&kind.id, "list");
    let crumbs = [Crumb::new(w.lang.of(&kind.label), &back)];
    gallery.page(
        office,
        &kind.id,
        &name,
        &Page { title: &label, here: &back, crumbs: &crumbs, ..Page::default() },
        &body,
    );
}

/// A form as an office would show it.
pub fn one_form(
    gallery: &Gallery<'_>,
    office: &Office,
    ask: Ask<'_>,
    pairs: &Pairs,
    base: &Fields,
    revision: Option<u32>,
    wrong: &[form::Wrong],
) -> Markup {
    let back = gallery.address(&ask.kind.id, "list");
    let view = Form {
        ask,
        pairs,
        base,
        wrong,
        post: &back,
        cancel: &back,
        townships: &townships(),
        pick: Some("/pick"),
        candidates: &|field| match &field.shape {
            shared::catalogue::model::Shape::Link(kinds) | shared::catalogue::model::Shape::Links(kinds) => {
                let kinds = kinds.iter().filter_map(|tag| office.catalogue.kinds.get(tag));
                kinds.flat_map(|kind| rows(office, kind)).take(20).map(|row| row.title.zh.clone()).collect()
            }
            _ => Vec::new(),
        },
        file: &|field| base.get(&field.tag).map(|_| "扫描件.pdf（218 KB）".to_owned()),
        today: office.today(),
        revision,
        behalf: None,
        draft: None,
        hidden: &[("token", "gallery")],
    };
    form(gallery.w, &view)
}
