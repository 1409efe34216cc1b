//! What all pages of somebody who has logged in have in common: the office, the menu, the line to the county, the account.

use maud::{Markup, html};
use shared::catalogue::model::{Address, Kind, Owner};
use shared::record::{Day, Role};
use shared::ui::icon::Icon;
use shared::ui::layout::{self, Frame, Page};
use shared::ui::menu::{MenuGroup, MenuItem, User};
use shared::ui::sync_line::{SyncLine, SyncState};

use super::handle::{LANG, TOKEN};
use super::route::{ADMINISTRATORS, AUDITORS, Asked, READERS, Reply, SYNC_CALLERS, SYNC_READERS, Who};
use crate::app::{Brief, Node};

/// The page in its frame; for somebody who has not logged in, alone.
pub(super) fn page(asked: &Asked<'_>, page: &Page<'_>, body: &Markup) -> Reply {
    let w = asked.words();
    let office = office(asked);
    let other = other_language(asked);
    let Some(person) = asked.person else {
        return Reply::page(layout::alone(w, &office, page.title, Some(&other), body));
    };
    let mut notices = asked.house.said(&person.seen.id);
    notices.extend_from_slice(page.notices);
    let page = &Page { notices: &notices, ..page.clone() };
    let brief = asked.node.map(|node| node.brief(asked.lang));
    let menu = menu(asked, brief.as_ref());
    let bar = bar(asked, brief.as_ref());
    let hidden = hidden(asked);
    let (role_zh, role_en) = person.seen.role.label();
    let places = account_places(asked);
    let frame = Frame {
        office: &office,
        home: "/",
        menu: &menu,
        bar: &bar,
        sync: brief
            .as_ref()
            .filter(|_| SYNC_READERS.takes(&person.account))
            .map(|brief| sync_line(asked, brief, &hidden)),
        user: Some(User {
            name: &person.account.name,
            role: asked.t(role_zh, role_en),
            places: &places,
            leave: super::pages::login::LEAVE,
            hidden: &hidden,
        }),
        search: None,
        other_language: Some(&other),
        version: env!("CARGO_PKG_VERSION"),
    };
    let body = html! { (body) (idle(asked, person.seen.idle_ms)) };
    Reply::page(layout::page(w, &frame, page, &body))
}

/// The part of [`page`] that htmx fetches again by itself.
pub(super) fn sync_part(asked: &Asked<'_>, node: &Node) -> Markup {
    let (brief, hidden) = (node.brief(asked.lang), hidden(asked));
    shared::ui::sync_line::sync_line(asked.words(), &sync_line(asked, &brief, &hidden))
}

/// The name of the office, as far as it is known.
pub(super) fn office(asked: &Asked<'_>) -> String {
    asked.node.map_or_else(
        || {
            asked
                .house
                .host
                .config()
                .ok()
                .and_then(|config| config.township)
                .map_or_else(String::new, |t| t.name)
        },
        |node| node.office().township.name,
    )
}

/// Names and values that every posted form holds.
pub(super) fn hidden<'a>(asked: &Asked<'a>) -> Vec<(&'static str, &'a str)> {
    asked.person.map(|person| vec![(TOKEN, person.seen.token.as_str())]).unwrap_or_default()
}

fn other_language(asked: &Asked<'_>) -> String {
    let mark = if asked.address.contains('?') { '&' } else { '?' };
    format!("{}{mark}{LANG}={}", asked.address, asked.lang.pick("en", "zh"))
}

/// Said shortly before the session ends of itself; shown by script alone.
fn idle(asked: &Asked<'_>, left_ms: i64) -> Markup {
    html! {
        div.idle role="alertdialog" aria-live="assertive" hidden data-idle=(left_ms) data-left=(super::pages::me::LEFT) data-stay=(super::pages::me::STAY)
            data-gone=(super::pages::login::gone(asked.address)) {
            p { (asked.t("很久没有操作，即将自动退出登录。", "Nothing was done for long; you will be logged off.")) " " b data-idle-left {} }
            button.main type="button" data-idle-stay { (asked.t("继续使用", "Go on working")) }
        }
    }
}

/// Kinds that this office keeps, or gets from the county, as menus have them.
pub(super) fn kinds(node: &Node) -> Vec<(String, Vec<&Kind>)> {
    let (catalogue, form) = (node.catalogue(), node.office().kind());
    let here = |kind: &&Kind| match kind.owner {
        Owner::Township => kind.nodes.is_empty() || kind.nodes.contains(&form),
        Owner::County => !matches!(kind.address, Address::Nobody),
    };
    let mut groups: Vec<(String, Vec<&Kind>)> = Vec::new();
    for group in &catalogue.groups {
        let kinds =
            catalogue.kinds.values().filter(|kind| kind.group.as_ref() == Some(&group.id)).filter(here);
        groups.push((group.id.clone(), kinds.collect()));
    }
    let known = |kind: &&Kind| catalogue.groups.iter().any(|group| kind.group.as_ref() == Some(&group.id));
    groups.push((String::new(), catalogue.kinds.values().filter(|kind| !known(kind)).filter(here).collect()));
    groups.retain(|(_, kinds)| !kinds.is_empty());
    groups
}

/// The label of a group of [`kinds`].
pub(super) fn group_label(asked: &Asked<'_>, node: &Node, id: &str) -> String {
    let group = node.catalogue().groups.iter().find(|group| group.id == id);
    group.map_or_else(|| asked.t("其他", "Other").to_owned(), |group| asked.lang.of(&group.label).to_owned())
}

fn menu(asked: &Asked<'_>, brief: Option<&Brief>) -> Vec<MenuGroup> {
    let mut groups = vec![MenuGroup { label: None, items: first_places(asked, brief) }];
    let reads = asked.person.is_some_and(|person| READERS.takes(&person.account));
    if let Some(node) = asked.node.filter(|_| reads) {
        for (id, kinds) in kinds(node) {
            let item =
                |kind: &&Kind| MenuItem::new(asked.lang.of(&kind.label), super::pages::ledger::address(kind));
            groups.push(MenuGroup {
                label: Some(group_label(asked, node, &id)),
                items: kinds.iter().map(item).collect(),
            });
        }
    }
    let places = keepers_places(asked);
    if !places.is_empty() {
        groups.push(MenuGroup { label: Some(asked.t("管理", "Administration").to_owned()), items: places });
    }
    groups
}

fn first_places(asked: &Asked<'_>, brief: Option<&Brief>) -> Vec<MenuItem> {
    let may = |who: Who| asked.person.is_some_and(|person| who.takes(&person.account));
    let (overdue, held) = brief.map_or((0, 0), |brief| (brief.overdue, brief.held));
    let mut places = Vec::new();
    if may(READERS) {
        let today = MenuItem::new(asked.t("今日待办", "Today"), "/").icon(Icon::Home);
        places.push(today.count(overdue, asked.t("项超期", "overdue")));
        places.push(MenuItem::new(asked.t("台账", "Ledgers"), super::pages::ledgers::PATH).icon(Icon::List));
        places.push(MenuItem::new(asked.t("期限", "Deadlines"), super::pages::due::PATH).icon(Icon::Clock));
    }
    if may(SYNC_READERS) {
        places.push(MenuItem::new(asked.t("上报", "Exchange"), super::pages::sync::PATH).icon(Icon::Sync));
    }
    if may(READERS) {
        let item = MenuItem::new(asked.t("搁置", "Held"), super::pages::held::PATH).icon(Icon::Pause);
        places.push(item.count(held, asked.t("项搁置", "held")));
    }
    places
}

fn bar(asked: &Asked<'_>, brief: Option<&Brief>) -> Vec<MenuItem> {
    let mut places = first_places(asked, brief);
    if places.is_empty() {
        places = keepers_places(asked);
    }
    places
}

fn keepers_places(asked: &Asked<'_>) -> Vec<MenuItem> {
    let may = |who: Who| asked.person.is_some_and(|person| who.takes(&person.account));
    let mut places = Vec::new();
    if may(ADMINISTRATORS) {
        places
            .push(MenuItem::new(asked.t("账号", "Accounts"), super::pages::accounts::PATH).icon(Icon::User));
    }
    if may(AUDITORS) {
        places.push(MenuItem::new(asked.t("操作记录", "Audit"), super::pages::audit::PATH).icon(Icon::File));
    }
    if may(ADMINISTRATORS) {
        places
            .push(MenuItem::new(asked.t("设置", "Settings"), super::pages::settings::PATH).icon(Icon::Info));
    }
    places
}

fn account_places(asked: &Asked<'_>) -> Vec<MenuItem> {
    vec![
        MenuItem::new(asked.t("我的账号", "My account"), super::pages::me::PATH),
        MenuItem::new(asked.t("关于", "About"), super::pages::about::PATH),
    ]
}

fn sync_line<'a>(asked: &Asked<'_>, brief: &Brief, hidden: &'a [(&'a str, &'a str)]) -> SyncLine<'a> {
    let running = asked.house.host.bell().exchange();
    let state = if running.running.is_some() || running.asked {
        SyncState::Running
    } else if !brief.joined {
        SyncState::Apart
    } else {
        match (&brief.failure, brief.waiting, brief.last_success_ms) {
            (Some(why), waiting, _) => SyncState::Failed(why.clone(), waiting),
            (None, 0, Some(at)) => SyncState::Received(at),
            (None, waiting, last) => SyncState::Waiting(waiting, last),
        }
    };
    let calls = asked.person.is_some_and(|person| SYNC_CALLERS.takes(&person.account));
    SyncLine {
        state,
        today: asked.house.clock().today(),
        now: calls.then_some(super::pages::sync::NOW),
        again: Some(super::pages::sync::LINE),
        more: super::pages::sync::PATH,
        hidden,
    }
}

/// The label of a role in the language of the page.
pub(super) fn role_label(asked: &Asked<'_>, role: Role) -> &'static str {
    let (zh, en) = role.label();
    asked.lang.pick(zh, en)
}

/// A moment as people say it.
pub(super) fn moment(asked: &Asked<'_>, ms: i64) -> String {
    let today: Day = asked.house.clock().today();
    shared::ui::sync_line::moment(asked.words(), ms, today)
}
