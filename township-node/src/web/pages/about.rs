//! What this program is, and what it is made of.

use maud::html;
use shared::program::Failure;
use shared::ui::layout::Page;

use super::super::controls::{pairs, part};
use super::super::frame;
use super::super::route::{Asked, Reply, Route, Who};

pub(super) const ROUTES: &[Route] = &[Route::get("about", PATH, Who::Known, show)];

pub(in super::super) const PATH: &str = "/about";

fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let node = asked.node()?;
    let (office, status) = (node.office(), node.status(asked.lang));
    let profile = node
        .catalogue()
        .profile(&office.township.profile)
        .map(|profile| asked.lang.of(&profile.label).to_owned());
    let entries: u64 = status.streams.iter().map(|stream| stream.entries).sum();
    let body = html! {
        (part(asked.t("本单位", "This office"), &pairs(&[
            (asked.t("乡镇", "Township"), html! { (office.township.name) "（" (office.code()) "）" }),
            (asked.t("法定期限依据", "Legal profile"), html! { (profile.as_deref().unwrap_or("—")) }),
            (asked.t("数据文件夹", "Data folder"), html! { code { (node.config().data.display()) } }),
            (asked.t("改动总数", "Entries"), html! { (entries) }),
        ])))
        (part(asked.t("程序", "The program"), &pairs(&[
            (asked.t("版本", "Version"), html! { (status.software) }),
            (asked.t("台账目录版本", "Catalogue"), html! { code { (status.catalogue) } }),
            (asked.t("许可", "Licence"), html! { "Apache-2.0" }),
            (asked.t("其中", "Parts of it"), html! { (asked.t("节假日数据", "holidays")) " NateScarlet/holiday-cn (MIT)；htmx 2.0.11 (0BSD)" }),
        ])))
        @if !status.county_files.in_force.is_empty() {
            (part(asked.t("县里下发、已启用的", "In force, from the county"), &html! {
                ul.lines { @for line in &status.county_files.in_force { li { (line.name) span.beside { (line.version) } } } }
            }))
        }
    };
    Ok(frame::page(
        asked,
        &Page { title: asked.t("关于乡联", "About Xianglian"), here: PATH, ..Page::default() },
        &body,
    ))
}
