//! What is shown while the node is not open: why, how far it has come, what to do.

use http::StatusCode;
use maud::{Markup, html};
use shared::program::Failure;
use shared::record::Role;
use shared::store::Progress;
use shared::ui::layout::Page;
use shared::ui::notice::{Notice, Tone, notice};

use super::super::route::{Asked, Reply};
use super::super::{controls, frame};
use super::{join, settings, setup};
use crate::host::Standing;

/// The page of a node that is not open. It looks again by itself, where waiting helps.
pub(in super::super) fn page(asked: &Asked<'_>, standing: &Standing) -> Reply {
    let (title, body, again) = match standing {
        Standing::NotSetUp => return Reply::see(setup::PATH),
        Standing::Open(_) => return Reply::see(asked.address),
        Standing::Opening(progress) => {
            (asked.t("正在打开台账", "Opening the ledgers"), opening(asked, *progress), Some(1))
        }
        Standing::Joining => {
            let said =
                asked.t("正在向县里办理加入，一般几秒钟。", "Joining the county; this takes some seconds.");
            (asked.t("正在加入", "Joining"), html! { p { (said) } }, Some(2))
        }
        Standing::Shut(failure) => {
            (asked.t("台账打不开", "The ledgers cannot be opened"), shut(asked, failure), Some(30))
        }
    };
    let reply = frame::page(asked, &Page { title, ..Page::default() }, &html! { div.card { (body) } });
    let reply = reply.status(StatusCode::SERVICE_UNAVAILABLE);
    match again {
        Some(seconds) => reply.again_in(seconds),
        None => reply,
    }
}

fn opening(asked: &Asked<'_>, progress: Option<Progress>) -> Markup {
    let whole = progress.filter(|progress| progress.end.segment > 0);
    html! {
        @match progress {
            None => p { (asked.t("马上就好。", "It will be ready in a moment.")) },
            Some(progress) => {
                p { (asked.t("正在重建索引，数据没有变化，请不要关机。", "The views are being made anew; the data are as they were. Please do not switch the PC off.")) }
                @if let Some(whole) = whole { progress max=(whole.end.segment + 1) value=(whole.at.segment) {} }
                p.help { (asked.t("已处理", "done: ")) " " (progress.entries) " " (asked.t("条", "entries")) }
            }
        }
    }
}

fn shut(asked: &Asked<'_>, failure: &Failure) -> Markup {
    let keeps = asked.person.is_some_and(|person| person.has(Role::TAdmin));
    let mut said = Notice::of(asked.words(), failure);
    if let Some(cause) = failure.said.cause.as_ref().filter(|_| keeps) {
        said = said.detail(cause.clone());
    }
    html! {
        (notice(asked.words(), &said))
        (notice(asked.words(), &Notice::new(Tone::Plain, asked.t("已登记的内容都在本机的数据文件夹里，请不要删除任何文件。", "What was entered lies in the data folder of this PC; do not delete anything."))))
        @if keeps {
            div.actions {
                (controls::button(asked, settings::OPEN, &[], "main", asked.t("再试一次", "Try again")))
                a.button href=(settings::PATH) { (asked.t("设置", "Settings")) }
                a.button href=(join::PATH) { (asked.t("重新加入县里", "Join the county again")) }
            }
        } @else {
            p { (asked.t("请告诉管理员。本页会自动再看。", "Please tell the administrator. This page looks again by itself.")) }
        }
    }
}
