//! Logging in and out.
//!
//! A form that was sent after its session had ended is not lost: it comes along to the login, and after it back to where it
//! was sent.

use http::{StatusCode, header};
use maud::{Markup, html};
use shared::program::Failure;
use shared::ui::address::Address;
use shared::ui::notice::{Notice, Tone, notice};
use shared::ui::plain::{Login, login};
use tokio::runtime::Handle;

use super::super::body::Body;
use super::super::frame;
use super::super::handle::TOKEN;
use super::super::house::House;
use super::super::route::{Asked, Reply, Route, Who};
use crate::accounts::{Denied, Event, log_in};

pub(super) const ROUTES: &[Route] = &[
    Route::get("login", PATH, Who::Anybody, ask).shut_or_open().by_itself(),
    Route::post("login_sent", PATH, Who::Anybody, take).shut_or_open(),
    Route::post("leave", LEAVE, Who::Known, leave).shut_or_open(),
];

pub(in super::super) const PATH: &str = "/login";
pub(in super::super) const LEAVE: &str = "/leave";
const NEXT: &str = "next";
const KEPT: &str = "kept";
const GONE: &str = "gone";

/// Where somebody is sent who has not logged in.
pub(in super::super) fn first(asked: &Asked<'_>) -> Reply {
    let address = Address::new(PATH).and(NEXT, asked.address).to_string();
    if asked.part {
        // A part of a page is asked for by a page whose session has ended: the page goes as a whole.
        return Reply::nothing().header(header::HeaderName::from_static("hx-redirect"), &gone("/"));
    }
    Reply::see(if asked.address == "/" { PATH } else { &address })
}

/// Where a page goes whose session has ended of itself.
pub(in super::super) fn gone(address: &str) -> String {
    Address::new(PATH).and(GONE, "1").and(NEXT, address).to_string()
}

/// The login for a form that came too late, with what was typed.
pub(in super::super) fn again(asked: &Asked<'_>, sent: &Body) -> Reply {
    let w = asked.words();
    let mut said = Notice::new(
        Tone::Warning,
        asked.t(
            "登录已过期。填写的内容还在，登录后可以继续提交。",
            "Your session has ended. What you typed is kept: log in and send it again.",
        ),
    );
    if !sent.files.is_empty() {
        said = said.detail(asked.t("附件要重新选择。", "Files have to be chosen again."));
    }
    let body = html! { (notice(w, &said)) (card(asked, "", asked.address, Some(&sent.raw), None)) };
    page(asked, &body).status(StatusCode::UNAUTHORIZED)
}

fn ask(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let next = asked.query.get(NEXT).unwrap_or("/");
    if asked.house.has_no_account() {
        return Ok(Reply::see(super::setup::PATH));
    }
    if asked.person.is_some() && asked.query.get(GONE).is_none() {
        return Ok(Reply::see(own(next)));
    }
    let w = asked.words();
    let body = html! {
        @if asked.query.get(GONE).is_some() {
            (notice(w, &Notice::new(Tone::Plain, asked.t("很久没有操作，已自动退出登录。", "Nothing was done for long, so you were logged off."))))
        }
        (card(asked, "", next, None, None))
    };
    Ok(page(asked, &body))
}

fn page(asked: &Asked<'_>, body: &Markup) -> Reply {
    let title = asked.t("登录", "Log in");
    let office = frame::office(asked);
    let other = Address::new(PATH).and(super::super::handle::LANG, asked.lang.pick("en", "zh")).to_string();
    Reply::page(shared::ui::layout::alone(asked.words(), &office, title, Some(&other), body))
}

fn card(asked: &Asked<'_>, account: &str, next: &str, kept: Option<&str>, wrong: Option<&str>) -> Markup {
    let mut hidden = vec![(NEXT, next)];
    hidden.extend(kept.map(|kept| (KEPT, kept)));
    let title = asked.t("登录", "Log in");
    login(asked.words(), &Login { title, post: PATH, account, wrong, notices: &[], hidden: &hidden })
}

fn take(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let house = asked.house;
    let (account, password) = (asked.posted("account"), asked.form.get("password").unwrap_or_default());
    let tried = {
        // Each look takes 19 MiB and tens of milliseconds.
        let _place = Handle::current().block_on(house.passwords.acquire()).map_err(Failure::internal)?;
        log_in(&house.book, house.clock(), account, password, asked.from)?
    };
    let known = house.book.read()?.find(account).map_or_else(String::new, |account| account.login.clone());
    match tried {
        Ok(account) => {
            house.note(Event::LoggedIn, &account.login, asked.from, "");
            let from = asked.from.to_string();
            let cookie = house.sessions.begin(house.clock(), house.tick(), &account, from, asked.cookie);
            let reply = match asked.form.get(KEPT).filter(|kept| !kept.is_empty()) {
                Some(kept) => go_on(asked, cookie.as_str(), kept),
                None => Reply::see(own(asked.form.get(NEXT).unwrap_or("/"))),
            };
            Ok(reply.header(header::SET_COOKIE, &session_cookie(house, cookie.as_str())))
        }
        Err(denied) => {
            let event =
                if matches!(denied, Denied::Wait(_)) { Event::LoginDelayed } else { Event::LoginFailed };
            house.note(event, &known, asked.from, "");
            let (next, kept) = (asked.form.get(NEXT).unwrap_or("/"), asked.form.get(KEPT));
            let body = card(asked, account, next, kept, Some(&why(asked, &denied)));
            Ok(page(asked, &body).status(StatusCode::UNAUTHORIZED))
        }
    }
}

fn why(asked: &Asked<'_>, denied: &Denied) -> String {
    match denied {
        Denied::Wrong => asked.t("登录名或密码不对。", "Login name or password is wrong.").to_owned(),
        Denied::Locked => asked
            .t("这个账号已停用，请找管理员。", "This account is locked; ask the administrator.")
            .to_owned(),
        Denied::Wait(ms) => {
            let seconds = ms.unsigned_abs().div_ceil(1000);
            let minutes = seconds.div_ceil(60);
            let zh = if seconds > 60 { format!("{minutes} 分钟") } else { format!("{seconds} 秒") };
            let en = if seconds > 60 { format!("{minutes} minutes") } else { format!("{seconds} seconds") };
            asked
                .lang
                .pick(
                    &format!("失败次数过多，请 {zh}后再试。"),
                    &format!("Too many failures; try again in {en}."),
                )
                .to_owned()
        }
    }
}

/// The form that came too late, to be sent again by a person: with the new session's token.
fn go_on(asked: &Asked<'_>, cookie: &str, kept: &str) -> Reply {
    let house = asked.house;
    let find = |login: &str| house.book.read().ok()?.find(login).cloned();
    let seen = house.sessions.see(house.tick(), cookie, true, find);
    let (Some((seen, _)), Ok(pairs)) = (seen, shared::http::pairs(kept)) else { return Reply::see("/") };
    let to = own(asked.form.get(NEXT).unwrap_or("/"));
    let w = asked.words();
    let body = html! {
        div.card {
            (notice(w, &Notice::new(Tone::Success, asked.t("已登录。刚才填写的内容还在。", "You are logged in. What you typed is still here."))))
            form method="post" action=(to) {
                @for (name, value) in pairs.iter().filter(|(name, _)| name != TOKEN) { input type="hidden" name=(name) value=(value); }
                input type="hidden" name=(TOKEN) value=(seen.token);
                div.buttons {
                    button.main type="submit" { (asked.t("继续提交", "Send it now")) }
                    a.button.quiet href="/" { (asked.t("不提交了", "Leave it")) }
                }
            }
        }
    };
    page(asked, &body)
}

fn leave(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let person = asked.person()?;
    asked.house.sessions.end(&person.seen.id);
    asked.house.note(Event::LoggedOut, &person.account.login, asked.from, "");
    let name = asked.house.cookie_name();
    let reply = Reply::see(PATH)
        .header(header::SET_COOKIE, &format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"));
    Ok(reply.header(header::HeaderName::from_static("clear-site-data"), "\"cache\""))
}

pub(super) fn session_cookie(house: &House, cookie: &str) -> String {
    let secure = if house.is_own() { "" } else { "; Secure" };
    format!("{}={cookie}; Path=/; HttpOnly; SameSite=Strict{secure}", house.cookie_name())
}

/// An address of ours; the first page for everything else.
fn own(address: &str) -> &str {
    let ours = address.starts_with('/')
        && !address.starts_with("//")
        && !address.starts_with("/\\")
        && !address.contains(char::is_control)
        && address.is_ascii();
    if ours { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/", "/ledger/proposal?page=2&f.a=%E7%94%B2"] {
            assert_eq!(own(good), good);
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "evil",
            "/a\nb",
            "javascript:alert(1)",
        ] {
            assert_eq!(own(bad), "/", "{bad}");
        }
    }
}
