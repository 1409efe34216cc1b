//! One record: what it says, what happened, what can follow.

use shared::catalogue::model::{Kind, Owner};
use shared::ids::RecordId;
use shared::ledger::{Linked, LinkedRecord, Next};
use shared::program::Failure;
use shared::record::Role;
use shared::ui::crumbs::Crumb;
use shared::ui::icon::Icon;
use shared::ui::layout::Page;
use shared::ui::next::Nexts;
use shared::ui::record::{self, RecordView};

use super::super::frame;
use super::super::route::{Asked, READERS, Reply, Route, WRITERS};
use super::ledger;

pub(super) const ROUTES: &[Route] = &[Route::get("record", "/record/{id}", READERS, show)];

pub(in super::super) fn address(id: RecordId) -> String {
    format!("/record/{id}")
}

pub(super) fn step_address(id: RecordId, action: &str) -> String {
    format!("/record/{id}/do/{action}")
}

/// The record that the path names: by its whole id alone, which needs no search.
pub(super) fn id(asked: &Asked<'_>) -> Result<RecordId, Failure> {
    asked.at("id").parse().map_err(|_| not_there())
}

pub(super) fn not_there() -> Failure {
    Failure::not_found("没有这条记录。", "There is no such record.")
}

fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (node, person) = (asked.node()?, asked.person()?);
    let id = id(asked)?;
    if node.read(|views| shared::view::read::record(views, id)).is_none() {
        return Err(not_there());
    }
    let shown = node.show(&id.to_string(), Some(asked.role()?))?;
    let kind = node.catalogue().kinds.values().find(|kind| kind.id == shown.kind);
    let Some(kind) = kind else {
        let (zh, en) = (
            "这条记录的种类来自更新的版本，本程序还不认识；内容完整保存着。",
            "This record is of a kind that this version does not know yet; it is kept whole.",
        );
        return Err(Failure::not_found(zh, en).advise("请升级本程序。", "Update this program."));
    };
    let mine =
        |next: &Next| next.roles.iter().filter_map(|code| Role::from_code(code)).any(|role| person.has(role));
    let writes = WRITERS.takes(&person.account);
    let names = asked.house.book.read()?;
    let staff = |code: &str| {
        names.accounts.iter().find(|account| account.staff == code).map(|account| account.name.clone())
    };
    let edit = step_address(id, "edit");
    let void = step_address(id, "void");
    let ours = kind.owner == Owner::Township && !shown.voided && writes;
    let actions: Vec<(&str, &str, Icon)> = if ours {
        vec![(asked.t("修改", "Edit"), &edit, Icon::Pencil), (asked.t("作废", "Void"), &void, Icon::Cross)]
    } else {
        Vec::new()
    };
    let steps = if writes { shown.next.as_slice() } else { &[] };
    let view = RecordView {
        kind,
        shown: &shown,
        nexts: Nexts {
            steps,
            role: person.seen.role.code(),
            may: Some(&mine),
            address: &|next| step_address(id, &next.action),
        },
        link: &|id| address(id),
        linked: &|_: &Linked, record: &LinkedRecord| address(record.id),
        all_linked: &|linked| all_linked(node.catalogue().kinds.values(), linked, kind, &shown.short),
        files: &[],
        staff: &staff,
        actions: &actions,
        owner: (kind.owner == Owner::County).then_some(asked.t("县里登记", "the county's")),
    };
    let body = record::record(asked.words(), &view);
    let (list, title) = (ledger::address(kind), record::title(kind, &shown).to_owned());
    let crumbs = [Crumb::new(asked.lang.of(&kind.label), &list)];
    let page = Page { title: &title, here: &list, crumbs: &crumbs, own_title: true, ..Page::default() };
    Ok(frame::page(asked, &page, &body))
}

/// The list of the records of a kind that link here, where one field of that kind links to this kind.
fn all_linked<'k>(
    mut kinds: impl Iterator<Item = &'k Kind>,
    linked: &Linked,
    target: &Kind,
    short: &str,
) -> Option<String> {
    use shared::catalogue::model::Shape;
    let kind = kinds.find(|kind| kind.id == linked.kind)?;
    let links = kind.fields.values().filter(|field| match &field.shape {
        Shape::Link(kinds) | Shape::Links(kinds) => kinds.contains(&target.tag),
        _ => false,
    });
    let field = links.take(2).collect::<Vec<_>>();
    let [field] = field.as_slice() else { return None };
    let address = shared::ui::address::Address::new(ledger::address(kind));
    Some(address.and(&format!("{}{}", shared::ui::table::FIELD, field.id), short).to_string())
}
