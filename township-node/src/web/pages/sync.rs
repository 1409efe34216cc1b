//! How the exchange with the county stands: what it has, what waits, the receipt, what was recovered; and asking for an
//! exchange now.

use maud::{Markup, html};
use shared::program::{Failure, beijing_minute};
use shared::ui::icon::{Icon, icon};
use shared::ui::layout::Page;
use shared::ui::notice::{Notice, Tone, notice};

use super::super::controls::{self, button, pairs, part};
use super::super::frame;
use super::super::route::{ADMINISTRATORS, Asked, Reply, Route, SYNC_CALLERS, SYNC_READERS};
use super::{held, join};
use crate::app::{Status, Synced};
use crate::scheduler::When;
use crate::service::Exchange;

pub(super) const ROUTES: &[Route] = &[
    Route::get("sync", PATH, SYNC_READERS, show),
    Route::get("sync_line", LINE, SYNC_READERS, line).by_itself(),
    Route::post("sync_now", NOW, SYNC_CALLERS, now),
    Route::get("receipt", RECEIPT, SYNC_READERS, receipt),
];

pub(in super::super) const PATH: &str = "/sync";
pub(in super::super) const LINE: &str = "/sync/line";
pub(in super::super) const NOW: &str = "/sync/now";
const RECEIPT: &str = "/sync/receipt";

fn line(asked: &Asked<'_>) -> Result<Reply, Failure> {
    Ok(Reply::page(frame::sync_part(asked, asked.node()?)))
}

fn now(asked: &Asked<'_>) -> Result<Reply, Failure> {
    if !asked.node()?.brief(asked.lang).joined {
        return Ok(Reply::see(PATH));
    }
    asked.house.host.bell().ring();
    Ok(Reply::see(PATH))
}

fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let node = asked.node()?;
    let (status, exchange) = (node.status(asked.lang), asked.house.host.bell().exchange());
    let busy = exchange.running.is_some() || exchange.asked;
    let calls = asked.person.is_some_and(|person| SYNC_CALLERS.takes(&person.account));
    let body = html! {
        (warnings(asked, &status))
        (progress(asked, &exchange))
        (last(asked, &exchange))
        (part(asked.t("现在", "Now"), &standing(asked, &status, &exchange)))
        @if let Some(receipt) = &status.receipt {
            (part(asked.t("最近的回执", "The latest receipt"), &html! {
                p { (asked.t("县里已收到", "Received by the county")) " " (beijing_minute(receipt.at_ms)) "，" (receipt.number) }
                p { a.button href=(RECEIPT) { (icon(Icon::Printer)) (asked.t("打印回执", "Print it")) } }
            }))
        }
        (recovered(asked, &status))
        (from_county(asked, &status))
    };
    let actions =
        (calls && status.joined && !busy).then(|| button(asked, NOW, &[], "main", asked.words().sync_now));
    let page =
        Page { title: asked.t("上报", "Exchange with the county"), here: PATH, actions, ..Page::default() };
    let reply = frame::page(asked, &page, &body);
    Ok(if busy { reply.again_in(2) } else { reply })
}

fn warnings(asked: &Asked<'_>, status: &Status) -> Markup {
    let w = asked.words();
    let joins = asked.person.is_some_and(|person| ADMINISTRATORS.takes(&person.account));
    let way = |said: Notice| {
        if joins { said.way(asked.t("用加入码加入", "Join with a token"), join::PATH) } else { said }
    };
    html! {
        @if !status.joined {
            (notice(w, &way(Notice::new(Tone::Warning, asked.t("尚未加入县里，只在本机登记，不会上报。", "Not joined yet: everything stays on this PC.")))))
        }
        @if status.folder == "copied" {
            (notice(w, &way(Notice::new(Tone::Warning, asked.t("这是一台新的办公电脑，或数据是从别处复制来的。", "This is a new office PC, or its data were copied here."))
                .detail(asked.t("可以继续登记；要用县里的新加入码重新加入后才能上报。没有上报的内容不会丢失。", "You can go on working; join with a fresh token of the county before it exchanges. Nothing unsent is lost.")))))
        }
        @if status.clock_wrong {
            (notice(w, &Notice::new(Tone::Warning, clock(asked, status.clock_offset_ms))))
        }
        @if status.certificate_days.is_some_and(|days| days < 0) {
            (notice(w, &way(Notice::new(Tone::Error, asked.t("本机证书已过期。", "This PC's certificate has expired.")))))
        }
        @if !status.held.is_empty() {
            (notice(w, &Notice::new(Tone::Warning, asked.lang.pick(&format!("有 {} 项改动被搁置。", status.held.len()), &format!("{} changes are held.", status.held.len())))
                .way(asked.t("去处理", "See them"), held::PATH)))
        }
    }
}

fn clock(asked: &Asked<'_>, offset_ms: i64) -> String {
    let (minutes, days) = (offset_ms.abs() / 60_000, offset_ms.abs() / 86_400_000);
    let zh = if days == 0 {
        format!("本机时间与县里相差 {minutes} 分钟，请校准。")
    } else {
        format!("本机时间与县里相差 {days} 天，请校准；其间登记的日期请核对。")
    };
    let en = if days == 0 {
        format!("This PC's clock is {minutes} minutes off; please set it.")
    } else {
        format!("This PC's clock is {days} days off; please set it, and look at the dates entered meanwhile.")
    };
    asked.lang.pick(&zh, &en).to_owned()
}

fn progress(asked: &Asked<'_>, exchange: &Exchange) -> Markup {
    let said = match (exchange.running, exchange.asked) {
        (Some(running), _) => Some(format!(
            "{}{}{} {}{}{}",
            asked.t("正在与县里同步：已上报 ", "Exchanging: "),
            running.sent,
            asked.t(" 条，", " sent,"),
            asked.t("已收到 ", ""),
            running.received,
            asked.t(" 条。", " received.")
        )),
        (None, true) => Some(asked.t("马上开始同步。", "The exchange is about to begin.").to_owned()),
        (None, false) => None,
    };
    html! {
        @if let Some(said) = said {
            div.notice role="status" aria-live="polite" { (icon(Icon::Sync)) div.said { p.title { (said) } progress {} p.help { (asked.t("可以继续做别的事。", "You can go on with other things.")) } } }
        }
    }
}

/// What the last exchange came to, since the program was started.
fn last(asked: &Asked<'_>, exchange: &Exchange) -> Markup {
    html! {
        @match exchange.last.as_ref().filter(|_| exchange.running.is_none()) {
            Some((at, Ok(synced))) => (notice(asked.words(), &synced_notice(asked, *at, synced))),
            Some((_, Err(failure))) => (notice(asked.words(), &Notice::of(asked.words(), failure))),
            None => {}
        }
    }
}

fn synced_notice(asked: &Asked<'_>, at: i64, synced: &Synced) -> Notice {
    let when = frame::moment(asked, at);
    let Synced { sent, received, held, reacted, .. } = synced;
    let zh = format!("{when} 同步完成：上报 {sent} 条，收到 {received} 条，搁置 {held} 条。");
    let en = format!("{when}: {sent} entries sent, {received} received, {held} held.");
    let said = Notice::new(Tone::Success, asked.lang.pick(&zh, &en));
    if reacted.done() == 0 {
        return said;
    }
    let steps = reacted.aligned + reacted.taken;
    let zh = format!("因县里来件，已自动新建 {} 条、更新或办理 {steps} 项。", reacted.made);
    let en = format!("For what came: {} records made, {steps} brought into step or moved on.", reacted.made);
    said.detail(asked.lang.pick(&zh, &en))
}

fn standing(asked: &Asked<'_>, status: &Status, exchange: &Exchange) -> Markup {
    let never = || asked.t("从未", "never").to_owned();
    let when = |ms: Option<i64>| ms.map_or_else(never, |ms| frame::moment(asked, ms));
    let next = match exchange.next {
        Some(When::At(at)) => frame::moment(asked, at),
        Some(When::Now) => asked.t("马上", "at once").to_owned(),
        None => asked.t("没有安排", "none").to_owned(),
    };
    let failed = match (&status.last_failure_ms, &status.failure) {
        (Some(at), Some(why)) => format!("{}（{why}）", frame::moment(asked, *at)),
        (Some(at), None) => frame::moment(asked, *at),
        (None, _) => never(),
    };
    let days = status
        .certificate_days
        .map_or_else(|| "—".to_owned(), |days| format!("{days} {}", asked.t("天", "days")));
    pairs(&[
        (asked.t("待上报", "Waiting"), html! { (status.waiting) " " (asked.t("条", "entries")) }),
        (asked.t("上次成功", "Last success"), html! { (when(status.last_success_ms)) }),
        (asked.t("上次失败", "Last failure"), html! { (failed) }),
        (asked.t("下次同步", "Next exchange"), html! { (next) }),
        (asked.t("县级节点", "Hub"), html! { (status.hub.as_deref().unwrap_or("—")) }),
        (asked.t("证书还有", "Certificate"), html! { (days) }),
    ])
}

fn recovered(asked: &Asked<'_>, status: &Status) -> Markup {
    let heads = [
        asked.t("时间", "When"),
        asked.t("从县里取回", "Taken back"),
        asked.t("重新追加", "Appended again"),
        asked.t("无法找回", "Lost"),
    ];
    let rows: Vec<Vec<Markup>> = status
        .recovered
        .iter()
        .map(|one| {
            vec![
                html! { (beijing_minute(one.at_ms)) },
                html! { (one.taken_back) },
                html! { (one.reappended) },
                html! { (one.lost) },
            ]
        })
        .collect();
    html! { @if !rows.is_empty() { (part(asked.t("恢复记录", "Recoveries"), &controls::table(asked.t("恢复记录", "Recoveries"), &heads, &rows))) } }
}

/// What the county sent that the program could not use.
fn from_county(asked: &Asked<'_>, status: &Status) -> Markup {
    let files = &status.county_files;
    let refused = status.refused_reactions.text(asked.lang);
    html! {
        @if !files.refused.is_empty() {
            (part(asked.t("县里下发而未能采用的", "From the county, not usable here"), &html! {
                ul.lines { @for one in &files.refused { li { b { (one.name) } " " (one.version) span.beside { (one.why.get(asked.lang)) } } } }
            }))
        }
        @if !refused.trim().is_empty() {
            (part(asked.t("没有自动办成的", "Not done automatically"), &html! { pre.said { (refused) } }))
        }
    }
}

fn receipt(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let status = asked.node()?.status(asked.lang);
    let receipt = status
        .receipt
        .as_ref()
        .ok_or_else(|| Failure::not_found("还没有回执。", "There is no receipt yet."))?;
    let body = html! {
        section.part {
            (pairs(&[
                (asked.t("单位", "Office"), html! { (status.name) "（" (status.township) "）" }),
                (asked.t("回执编号", "Receipt"), html! { (receipt.number) }),
                (asked.t("县里收到的时间", "Received at"), html! { (beijing_minute(receipt.at_ms)) }),
                (asked.t("累计收到", "Entries in all"), html! { (receipt.entries) " " (asked.t("条", "entries")) }),
                (asked.t("县级节点", "Hub"), html! { (status.hub.as_deref().unwrap_or("—")) }),
            ]))
            p.help { (asked.t("回执由县级节点签名，本机已核验。", "The receipt is signed by the hub; this PC has verified the signature.")) }
        }
        p.actions { button.main type="button" data-print { (icon(Icon::Printer)) (asked.t("打印", "Print")) } }
    };
    let crumbs = [shared::ui::crumbs::Crumb::new(asked.t("上报", "Exchange"), PATH)];
    Ok(frame::page(
        asked,
        &Page {
            title: asked.t("县里已收到", "Received by the county"),
            here: PATH,
            crumbs: &crumbs,
            ..Page::default()
        },
        &body,
    ))
}
