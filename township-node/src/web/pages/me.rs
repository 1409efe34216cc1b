//! One's own account: the role that is acted in, the password, the language, open sessions.

use maud::{Markup, html};
use shared::code::ErrorCode;
use shared::program::{Failure, beijing_minute};
use shared::record::Role;
use shared::ui::layout::Page;
use shared::ui::notice::{Notice, Tone};

use super::super::controls::{self, Line, button, choice, form, line, part, wrong};
use super::super::frame;
use super::super::route::{Asked, ROLE, Reply, Route, Who};
use crate::accounts::{Denied, Event, hash, judge, log_in};

pub(super) const ROUTES: &[Route] = &[
    Route::get("me", PATH, Who::Known, show).shut_or_open(),
    Route::post("my_role", ACT_AS, Who::Known, act_as).shut_or_open(),
    Route::get("password", PASSWORD, Who::Known, ask_password).shut_or_open(),
    Route::post("password_sent", PASSWORD, Who::Known, take_password).shut_or_open(),
    Route::post("my_language", LANGUAGE, Who::Known, language).shut_or_open(),
    Route::post("my_session_ended", END, Who::Known, end).shut_or_open(),
    Route::get("time_left", LEFT, Who::Known, left).shut_or_open().by_itself(),
    Route::get("stay", STAY, Who::Known, left).shut_or_open(),
];

pub(in super::super) const PATH: &str = "/me";
pub(in super::super) const PASSWORD: &str = "/me/password";
pub(in super::super) const LEFT: &str = "/me/left";
pub(in super::super) const STAY: &str = "/me/stay";
const ACT_AS: &str = "/me/role";
const LANGUAGE: &str = "/me/language";
const END: &str = "/me/end";

/// What somebody may ask while his password was set by another.
pub(in super::super) fn while_password_is_old(route: &Route) -> bool {
    matches!(route.who, Who::Anybody)
        || matches!(route.id, "password" | "password_sent" | "leave" | "time_left" | "stay")
}

/// Milliseconds until the session ends, for the script that warns of it.
fn left(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let body = asked.person()?.seen.idle_ms.to_string().into_bytes();
    Ok(Reply { status: http::StatusCode::OK, headers: Vec::new(), body, media: "text/plain; charset=utf-8" })
}

fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let person = asked.person()?;
    let account = &person.account;
    let roles: Vec<(&str, &str)> =
        account.roles().iter().map(|role| (role.code(), frame::role_label(asked, *role))).collect();
    let langs = [("zh", "中文"), ("en", "English")];
    let body = html! {
        (part(asked.t("我", "Me"), &controls::pairs(&[
            (asked.t("姓名", "Name"), html! { (account.name) }),
            (asked.t("登录名", "Login name"), html! { (account.login) }),
            (asked.t("人员代码", "Staff code"), html! { (account.staff) }),
        ])))
        @if roles.len() > 1 {
            (part(asked.t("现在的身份", "Acting as"), &form(asked, ACT_AS, &choice(ROLE, asked.t("身份", "Role"), asked.t("办理时以哪个身份；表单里也可临时换。", "In which role you act."), person.seen.role.code(), &roles), asked.t("切换", "Change"))))
        }
        (part(asked.t("密码", "Password"), &html! { p { a.button href=(PASSWORD) { (asked.t("修改密码", "Change the password")) } } }))
        (part(asked.t("语言", "Language"), &form(asked, LANGUAGE, &choice("my_lang", asked.t("语言", "Language"), "", &asked.lang.to_string(), &langs), asked.t("保存", "Save"))))
        (part(asked.t("已登录的地方", "Where I am logged in"), &sessions(asked, END, |login| login == account.login)?))
    };
    Ok(frame::page(
        asked,
        &Page { title: asked.t("我的账号", "My account"), here: PATH, ..Page::default() },
        &body,
    ))
}

/// Open sessions, each with a button that ends it.
pub(super) fn sessions(asked: &Asked<'_>, end: &str, of: impl Fn(&str) -> bool) -> Result<Markup, Failure> {
    let mine = &asked.person()?.seen.id;
    let listed = asked.house.sessions.list(asked.house.tick());
    let heads = [
        asked.t("登录名", "Login name"),
        asked.t("开始", "Since"),
        asked.t("空闲", "Idle"),
        asked.t("来自", "From"),
        "",
    ];
    let rows: Vec<Vec<Markup>> = listed
        .iter()
        .filter(|session| of(&session.login))
        .map(|session| {
            let here = session.id == *mine;
            vec![
                html! { (session.login) },
                html! { (beijing_minute(session.began_ms)) },
                html! { (session.idle_for_ms / 60_000) " " (asked.t("分钟", "min")) },
                html! { (session.from) },
                html! { @if here { (asked.t("本次登录", "this one")) } @else { (button(asked, end, &[("session", &session.id)], "", asked.t("结束", "End"))) } },
            ]
        })
        .collect();
    Ok(controls::table(asked.t("会话", "Sessions"), &heads, &rows))
}

fn act_as(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let role: Role = asked.role()?;
    asked.house.sessions.act_as(&asked.person()?.seen.id, role);
    asked.say(
        Tone::Success,
        &format!("{}{}", asked.t("现在的身份：", "Now acting as: "), frame::role_label(asked, role)),
    );
    Ok(Reply::see("/"))
}

fn language(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let lang = asked.posted("my_lang").parse()?;
    let login = &asked.person()?.account.login;
    asked.house.book.change(|content| content.find_mut(login).map(|account| account.set_lang(lang)))?;
    Ok(Reply::see(&format!("{PATH}?{}={lang}", super::super::handle::LANG)))
}

fn end(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let login = &asked.person()?.account.login;
    let id = asked.posted("session");
    let mine = asked
        .house
        .sessions
        .list(asked.house.tick())
        .into_iter()
        .any(|one| one.id == id && one.login == *login);
    if mine && asked.house.sessions.end(id) {
        asked.house.note(Event::SessionEnded, login, asked.from, login);
    }
    Ok(Reply::see(PATH))
}

fn ask_password(asked: &Asked<'_>) -> Result<Reply, Failure> {
    Ok(password_page(asked, None))
}

fn password_page(asked: &Asked<'_>, failed: Option<&Failure>) -> Reply {
    let w = asked.words();
    let secret = |name, label, help, complete| Line {
        name,
        label,
        help,
        kind: "password",
        complete,
        must: true,
        ..Line::default()
    };
    let fields = html! {
        (line(w, secret("old", asked.t("现在的密码", "Present password"), "", "current-password")))
        (line(w, secret("new", asked.t("新密码", "New password"), asked.t("至少 8 个字符；四五个不相干的字词最好记。", "At least 8 characters; a few unrelated words are easy to remember."), "new-password")))
        (line(w, secret("again", asked.t("再输一次", "The same again"), "", "new-password")))
    };
    let first = asked.person.is_some_and(|person| person.account.must_change);
    let said: Vec<Notice> = first
        .then(|| {
            Notice::new(
                Tone::Warning,
                asked.t(
                    "这个密码是别人设的，请先换成自己的。",
                    "Somebody else has set this password: please choose your own first.",
                ),
            )
        })
        .into_iter()
        .collect();
    let body = html! { (wrong(asked, failed)) section.part { (form(asked, PASSWORD, &fields, asked.t("修改密码", "Change the password"))) } };
    frame::page(
        asked,
        &Page {
            title: asked.t("修改密码", "Change the password"),
            here: PATH,
            notices: &said,
            ..Page::default()
        },
        &body,
    )
}

fn take_password(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (house, person) = (asked.house, asked.person()?);
    let given = |name: &str| asked.form.get(name).unwrap_or_default();
    let login = &person.account.login;
    let change = || {
        judge(login, given("new"))?;
        if given("again") != given("new") {
            return Err(Failure::invalid("两次输入的新密码不一样。", "The two new passwords differ."));
        }
        if given("new") == given("old") {
            return Err(Failure::invalid("新密码和现在的一样。", "The new password is the present one."));
        }
        match log_in(&house.book, house.clock(), login, given("old"), asked.from)? {
            Ok(_) => {}
            Err(Denied::Wait(_)) => {
                let (zh, en) = ("失败次数过多，请过一会儿再试。", "Too many failures; try again later.");
                return Err(Failure::new(ErrorCode::Refused, zh, en));
            }
            Err(_) => return Err(Failure::invalid("现在的密码不对。", "The present password is wrong.")),
        }
        let hash = hash(house.clock(), given("new"))?;
        house.book.change(|content| {
            let account = content.find_mut(login)?;
            account.set_password(hash, false);
            Ok(account.clone())
        })
    };
    match change() {
        Ok(account) => {
            // Other sessions end, this one goes on.
            house.sessions.keep(&person.seen.id, &account);
            house.note(Event::PasswordChanged, login, asked.from, login);
            asked.say(
                Tone::Success,
                asked.t(
                    "密码已修改，其他地方的登录已退出。",
                    "The password is changed; other sessions have ended.",
                ),
            );
            Ok(Reply::see("/"))
        }
        Err(failure) => {
            Ok(password_page(asked, Some(&failure)).status(http::StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}
