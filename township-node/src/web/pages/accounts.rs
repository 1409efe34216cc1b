//! Accounts of the office: made, changed, locked and given a new password by its administrator.

use maud::{Markup, html};
use shared::code::ErrorCode;
use shared::program::Failure;
use shared::record::Role;
use shared::ui::crumbs::Crumb;
use shared::ui::layout::Page;
use shared::ui::notice::{Notice, Tone};

use super::super::controls::{self, Line, boxes, button, choice, form, line, part, wrong};
use super::super::frame;
use super::super::route::{ADMINISTRATORS, Asked, Reply, Route};
use super::me;
use crate::accounts::{Account, Draft, Event, hash, one_time_password};

pub(super) const ROUTES: &[Route] = &[
    Route::get("accounts", PATH, ADMINISTRATORS, list).shut_or_open(),
    Route::get("account_new", NEW, ADMINISTRATORS, ask_new).shut_or_open(),
    Route::post("account_new_sent", NEW, ADMINISTRATORS, take_new).shut_or_open(),
    Route::get("account", "/accounts/of/{login}", ADMINISTRATORS, ask_change).shut_or_open(),
    Route::post("account_sent", "/accounts/of/{login}", ADMINISTRATORS, take_change).shut_or_open(),
    Route::post("account_reset", "/accounts/of/{login}/reset", ADMINISTRATORS, reset).shut_or_open(),
    Route::post("account_lock", "/accounts/of/{login}/lock", ADMINISTRATORS, lock).shut_or_open(),
    Route::post("session_ended", END, ADMINISTRATORS, end).shut_or_open(),
];

pub(in super::super) const PATH: &str = "/accounts";
const NEW: &str = "/accounts/new";
const END: &str = "/accounts/end";

/// Roles that have pages. A unit's or deputy's own login has none yet: a clerk enters for them.
const OFFERED: [Role; 5] = [Role::TClerk, Role::TVice, Role::TChair, Role::TAdmin, Role::Auditor];

fn address(login: &str) -> String {
    format!("/accounts/of/{login}")
}

fn list(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let content = asked.house.book.read()?;
    let heads = [
        asked.t("登录名", "Login name"),
        asked.t("姓名", "Name"),
        asked.t("角色", "Roles"),
        asked.t("人员代码", "Staff code"),
        asked.t("状态", "State"),
    ];
    let row = |account: &Account| {
        let roles: Vec<&str> = account.roles().iter().map(|role| frame::role_label(asked, *role)).collect();
        vec![
            html! { a href=(address(&account.login)) { (account.login) } },
            html! { (account.name) },
            html! { (roles.join(asked.words().comma)) },
            html! { (account.staff) },
            html! { @if account.locked { span.tag.void { (asked.t("停用", "locked")) } } @else { span.tag { (asked.t("正常", "in use")) } } },
        ]
    };
    let rows: Vec<Vec<Markup>> = content.accounts.iter().map(row).collect();
    let title = asked.t("账号", "Accounts");
    let body = html! {
        section.part { (controls::table(title, &heads, &rows)) }
        (part(asked.t("现在登录的", "Logged in now"), &me::sessions(asked, END, |_| true)?))
    };
    let actions =
        Some(html! { a.button.main href=(NEW) accesskey="n" { (asked.t("新建账号", "New account")) } });
    Ok(frame::page(asked, &Page { title, here: PATH, actions, ..Page::default() }, &body))
}

fn fields(asked: &Asked<'_>, login: Option<&str>, draft: &Draft) -> Markup {
    let w = asked.words();
    let roles: Vec<(&str, &str)> =
        OFFERED.iter().map(|role| (role.code(), frame::role_label(asked, *role))).collect();
    let chosen = |code: &str| draft.roles.iter().any(|role| role.code() == code);
    let lang = draft.lang.map_or_else(String::new, |lang| lang.to_string());
    html! {
        @if let Some(login) = login {
            (line(w, Line { name: "login", label: asked.t("登录名", "Login name"), value: login, help: asked.t("英文字母和数字，如 rd02。", "Letters and digits, such as rd02."), must: true, ..Line::default() }))
        }
        (line(w, Line { name: "name", label: asked.t("姓名", "Name"), value: &draft.name, help: asked.t("只在本机显示，不会上报。", "Shown on this PC alone."), must: true, ..Line::default() }))
        (line(w, Line { name: "staff", label: asked.t("人员代码", "Staff code"), value: &draft.staff, help: asked.t("随记录上报，不要用姓名，如 u2；每人一个。", "Goes to the county with what is entered; never a name. One for each person."), must: true, ..Line::default() }))
        (boxes("role", asked.t("角色", "Roles"), asked.t("一人可以有几个。", "One person may have several."), &chosen, &roles))
        (choice("my_lang", asked.t("语言", "Language"), "", &lang, &[("", asked.t("随程序", "the program's")), ("zh", "中文"), ("en", "English")]))
    }
}

fn draft(asked: &Asked<'_>, before: Option<&Draft>) -> Draft {
    let chosen = OFFERED.into_iter().filter(|role| asked.form.all("role").any(|code| code == role.code()));
    let kept: Vec<Role> = before
        .map(|draft| draft.roles.iter().copied().filter(|role| !OFFERED.contains(role)).collect())
        .unwrap_or_default();
    Draft {
        name: asked.posted("name").to_owned(),
        staff: asked.posted("staff").to_owned(),
        roles: chosen.chain(kept).collect(),
        lang: asked.posted("my_lang").parse().ok(),
        stands_for: before.and_then(|draft| draft.stands_for),
    }
}

fn ask_new(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let used = asked.house.book.read()?;
    let free = (1..)
        .map(|n| format!("u{n}"))
        .find(|code| used.accounts.iter().all(|account| account.staff != *code));
    let draft = Draft { staff: free.unwrap_or_default(), roles: vec![Role::TClerk], ..Draft::default() };
    Ok(new_page(asked, "", &draft, None))
}

fn new_page(asked: &Asked<'_>, login: &str, draft: &Draft, failed: Option<&Failure>) -> Reply {
    let body = html! {
        (wrong(asked, failed))
        section.part { (form(asked, NEW, &fields(asked, Some(login), draft), asked.t("建立账号", "Make it"))) }
    };
    let crumbs = [Crumb::new(asked.t("账号", "Accounts"), PATH)];
    frame::page(
        asked,
        &Page {
            title: asked.t("新建账号", "New account"), here: PATH, crumbs: &crumbs, ..Page::default()
        },
        &body,
    )
}

fn take_new(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let house = asked.house;
    let (login, draft) = (asked.posted("login"), draft(asked, None));
    let password = one_time_password(house.clock());
    let make = || {
        let mut account = Account::new(login, &draft, String::new())?;
        account.set_password(hash(house.clock(), &password)?, true);
        house.book.change(|content| content.add(account.clone()))?;
        Ok(account)
    };
    match make() {
        Ok(account) => {
            house.note(Event::AccountAdded, &asked.person()?.account.login, asked.from, &account.login);
            Ok(told_once(asked, &account, &password))
        }
        Err(failure) => Ok(unprocessable(new_page(asked, login, &draft, Some(&failure)))),
    }
}

fn unprocessable(reply: Reply) -> Reply {
    reply.status(http::StatusCode::UNPROCESSABLE_ENTITY)
}

/// A password that is shown this one time.
fn told_once(asked: &Asked<'_>, account: &Account, password: &str) -> Reply {
    let said = [Notice::new(Tone::Success, asked.t("请把登录名和这个一次性密码告诉本人；他第一次登录时要换成自己的。", "Tell the person the login name and this one-time password; a password of their own is asked for at the first login."))];
    let body = html! {
        section.part {
            (controls::pairs(&[
                (asked.t("登录名", "Login name"), html! { code { (account.login) } }),
                (asked.t("一次性密码", "One-time password"), html! { code.secret { (password) } }),
            ]))
            p.help { (asked.t("离开本页后不再显示。", "It is not shown again once you leave this page.")) }
            p { a.button.main href=(PATH) { (asked.t("好了", "Done")) } }
        }
    };
    let title = account.name.as_str();
    frame::page(asked, &Page { title, here: PATH, notices: &said, ..Page::default() }, &body)
}

fn find(asked: &Asked<'_>) -> Result<Account, Failure> {
    let found = asked.house.book.read()?.find(asked.at("login")).cloned();
    found.ok_or_else(|| Failure::not_found("没有这个账号。", "There is no such account."))
}

fn ask_change(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let account = find(asked)?;
    Ok(change_page(asked, &account, &account.draft(), None))
}

fn change_page(asked: &Asked<'_>, account: &Account, draft: &Draft, failed: Option<&Failure>) -> Reply {
    let here = address(&account.login);
    let locked = if account.locked { "0" } else { "1" };
    let (label, class) = if account.locked {
        (asked.t("重新启用", "Unlock"), "")
    } else {
        (asked.t("停用", "Lock"), "danger")
    };
    let body = html! {
        (wrong(asked, failed))
        section.part { (form(asked, &here, &fields(asked, None, draft), asked.t("保存", "Save"))) }
        (part(asked.t("密码", "Password"), &html! {
            p { (asked.t("忘记密码时，给一个一次性密码；同时解除登录等待。", "For a forgotten one: a one-time password; it also ends a wait after failures.")) }
            (button(asked, &format!("{here}/reset"), &[], "", asked.t("重设密码", "Set a new password")))
        }))
        (part(asked.t("停用", "Locking"), &html! {
            p { (asked.t("停用后立即退出登录，不能再登录；他办过的记录不变。", "A locked account is logged off at once and cannot log in; what it has entered stays.")) }
            (button(asked, &format!("{here}/lock"), &[("locked", locked)], class, label))
        }))
    };
    let crumbs = [Crumb::new(asked.t("账号", "Accounts"), PATH)];
    let page = Page {
        title: &account.name,
        over_title: Some(&account.login),
        here: PATH,
        crumbs: &crumbs,
        ..Page::default()
    };
    frame::page(asked, &page, &body)
}

fn take_change(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (house, account) = (asked.house, find(asked)?);
    let draft = draft(asked, Some(&account.draft()));
    let changed = house.book.change(|content| {
        content.find_mut(&account.login)?.change(&draft)?;
        content.check()?;
        content.keeps_an_administrator()?;
        content.find_mut(&account.login).cloned()
    });
    match changed {
        Ok(changed) => {
            let me = asked.person()?;
            if me.account.login == changed.login {
                house.sessions.keep(&me.seen.id, &changed);
            }
            house.note(Event::AccountChanged, &me.account.login, asked.from, &changed.login);
            asked.say(Tone::Success, asked.t("已保存。", "Saved."));
            Ok(Reply::see(PATH))
        }
        Err(failure) => Ok(unprocessable(change_page(asked, &account, &draft, Some(&failure)))),
    }
}

fn reset(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (house, account) = (asked.house, find(asked)?);
    let me = &asked.person()?.account.login;
    if account.login == *me {
        return Ok(Reply::see(me::PASSWORD));
    }
    let password = one_time_password(house.clock());
    let hash = hash(house.clock(), &password)?;
    house.book.change(|content| {
        content.forgive(&account.login);
        content.find_mut(&account.login).map(|account| account.set_password(hash, true))
    })?;
    house.note(Event::PasswordReset, me, asked.from, &account.login);
    Ok(told_once(asked, &account, &password))
}

fn lock(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (house, account) = (asked.house, find(asked)?);
    let locked = asked.posted("locked") == "1";
    if locked && account.login == asked.person()?.account.login {
        return Err(Failure::new(
            ErrorCode::Refused,
            "不能停用自己的账号。",
            "You cannot lock your own account.",
        ));
    }
    house.book.change(|content| {
        content.find_mut(&account.login)?.set_locked(locked);
        content.keeps_an_administrator()
    })?;
    if locked {
        house.sessions.end_of(&account.login);
    }
    let event = if locked { Event::AccountLocked } else { Event::AccountUnlocked };
    house.note(event, &asked.person()?.account.login, asked.from, &account.login);
    asked.say(Tone::Success, asked.t("已保存。", "Saved."));
    Ok(Reply::see(PATH))
}

fn end(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let id = asked.posted("session");
    let login = asked
        .house
        .sessions
        .list(asked.house.tick())
        .into_iter()
        .find(|one| one.id == id)
        .map(|one| one.login);
    if let Some(login) = login.filter(|_| asked.house.sessions.end(id)) {
        asked.house.note(Event::SessionEnded, &asked.person()?.account.login, asked.from, &login);
    }
    Ok(Reply::see(PATH))
}
