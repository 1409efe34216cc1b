//! Joining the county with a one-time token: a new office, a new office PC, a certificate that has run out.

use maud::html;
use shared::program::Failure;
use shared::ui::layout::Page;
use shared::ui::notice::{Notice, Tone, notice};

use super::super::controls::{Line, form, line, wrong};
use super::super::frame;
use super::super::route::{ADMINISTRATORS, Asked, Reply, Route};
use super::wait;
use crate::accounts::Event;
use crate::host::{Errand, Standing};

pub(super) const ROUTES: &[Route] = &[
    Route::get("join", PATH, ADMINISTRATORS, ask).shut_or_open(),
    Route::post("join_sent", PATH, ADMINISTRATORS, take).shut_or_open(),
];

pub(super) const PATH: &str = "/join";

fn ask(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let standing = asked.house.host.standing();
    if matches!(standing, Standing::Joining) {
        return Ok(wait::page(asked, &standing));
    }
    let w = asked.words();
    let joined = asked.house.host.joined();
    let failed = joined.as_ref().and_then(|joined| joined.as_ref().err());
    let fields = html! {
        (line(w, Line { name: "joining", label: asked.t("加入码", "Token"), help: asked.t("县里给的一次性加入码，整行粘贴。", "The county's one-time token, the whole line."), must: true, ..Line::default() }))
        (line(w, Line { name: "hub", label: asked.t("县级节点地址", "Address of the hub"), help: asked.t("加入码里有则不必填。", "Not needed if the token holds it."), ..Line::default() }))
    };
    let body = html! {
        @if let Some(Ok(joined)) = &joined {
            (notice(w, &Notice::new(Tone::Success, asked.lang.pick(&format!("已加入：{}，证书有效 {} 天。", joined.name, joined.certificate_days), &format!("Joined: {}; the certificate is good for {} days.", joined.name, joined.certificate_days)))))
        }
        (wrong(asked, failed))
        section.part {
            p { (asked.t("换了办公电脑、从备份恢复了数据，或证书过期时，向县里要新的加入码，在这里重新加入。没有上报的内容不会丢失。", "After a new office PC, a restored copy or an expired certificate: ask the county for a fresh token and join again here. Nothing unsent is lost.")) }
            (form(asked, PATH, &fields, asked.t("加入", "Join")))
        }
    };
    Ok(frame::page(
        asked,
        &Page {
            title: asked.t("加入县里", "Joining the county"),
            here: super::settings::PATH,
            ..Page::default()
        },
        &body,
    ))
}

fn take(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let token = asked.posted("joining").to_owned();
    if token.is_empty() {
        return Err(Failure::invalid("请填写加入码。", "The token is missing."));
    }
    let hub = Some(asked.posted("hub").to_owned()).filter(|hub| !hub.is_empty());
    asked.house.note(Event::Joined, &asked.person()?.account.login, asked.from, "");
    asked.house.host.send(Errand::Join { token, hub });
    Ok(Reply::see(PATH))
}
