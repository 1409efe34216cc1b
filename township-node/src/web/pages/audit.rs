//! Who used the pages for what.

use maud::{Markup, html};
use shared::program::{Failure, beijing_minute};
use shared::ui::address::Address;
use shared::ui::layout::Page;

use super::super::controls;
use super::super::frame;
use super::super::route::{AUDITORS, Asked, Reply, Route};
use crate::limits::AUDIT_PAGE_LINES;

pub(super) const ROUTES: &[Route] = &[Route::get("audit", PATH, AUDITORS, list).shut_or_open()];

pub(in super::super) const PATH: &str = "/audit";
const SKIP: &str = "skip";

fn list(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let skip: usize = asked.query.get(SKIP).and_then(|skip| skip.parse().ok()).unwrap_or(0);
    let mut lines = asked.house.audit.read(skip, AUDIT_PAGE_LINES + 1).map_err(Failure::internal)?;
    let more = lines.len() > AUDIT_PAGE_LINES;
    lines.truncate(AUDIT_PAGE_LINES);
    let heads = [
        asked.t("时间", "When"),
        asked.t("事项", "What"),
        asked.t("账号", "Account"),
        asked.t("来自", "From"),
        asked.t("涉及", "About"),
    ];
    let rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|noted| {
            let (zh, en) = noted.event.label();
            vec![
                html! { (beijing_minute(noted.at_ms)) },
                html! { (asked.lang.pick(zh, en)) },
                html! { (noted.who) },
                html! { @if let Some(from) = noted.from { (from) } },
                html! { (noted.what) },
            ]
        })
        .collect();
    let title = asked.t("操作记录", "Audit");
    let older = Address::new(PATH).and(SKIP, (skip + AUDIT_PAGE_LINES).to_string());
    let body = html! {
        p.help { (asked.t("记录登录、导出、打印和账号的变动；办理了什么，在每条记录的经过里。", "Logins, exports, prints and changes of accounts. What was done to a record stands in its own history.")) }
        section.part { (controls::table(title, &heads, &rows)) }
        @if more { nav.paging { ul { li { a rel="next" href=(older) { (asked.t("更早", "Older")) } } } } }
    };
    Ok(frame::page(asked, &Page { title, here: PATH, ..Page::default() }, &body))
}
