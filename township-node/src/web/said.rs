//! What went wrong, as a page with a way back.

use http::StatusCode;
use shared::code::ErrorCode;
use shared::program::{Failure, Lang};
use shared::ui::Words;
use shared::ui::layout::{self, Page};
use shared::ui::notice::{Notice, notice};

use super::frame;
use super::route::{Asked, Reply};

/// The page of a failure, in the frame where somebody has logged in.
pub(super) fn failure(asked: &Asked<'_>, failure: &Failure) -> Reply {
    log(failure);
    let status = StatusCode::from_u16(failure.code.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if asked.person.is_none() {
        return alone(asked.lang, failure).status(status);
    }
    let w = asked.words();
    let title = asked.t("没有办成", "Not done");
    let said = [Notice::of(w, failure).way(asked.t("回到首页", "Back to the first page"), "/")];
    let page = Page { title, notices: &said, ..Page::default() };
    frame::page(asked, &page, &maud::html! {}).status(status)
}

/// A fault of the program itself, where nothing else can be relied on.
pub(super) fn fault(lang: Lang, failure: &Failure) -> Reply {
    log(failure);
    alone(lang, failure).status(StatusCode::INTERNAL_SERVER_ERROR)
}

fn alone(lang: Lang, failure: &Failure) -> Reply {
    let w = Words::of(lang);
    let said = Notice::of(w, failure).way(lang.pick("回到首页", "Back to the first page"), "/");
    let title = lang.pick("没有办成", "Not done");
    Reply::page(layout::alone(
        w,
        "",
        title,
        None,
        &maud::html! { div.card { h1 { (title) } (notice(w, &said)) } },
    ))
}

fn log(failure: &Failure) {
    match failure.code {
        ErrorCode::Internal | ErrorCode::Damaged | ErrorCode::Full => {
            tracing::error!(error = %failure, "a page failed")
        }
        code => tracing::debug!(code = code.name(), "a page was refused"),
    }
}
