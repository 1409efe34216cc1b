//! Settings, where each comes from, and looking after the data folder.

use std::path::PathBuf;

use maud::{Markup, html};
use shared::code::ErrorCode;
use shared::program::{Failure, edited, read_if_there, replace};
use shared::ui::layout::Page;
use shared::ui::notice::Tone;

use super::super::controls::{self, Line, choice, form, line, part, wrong};
use super::super::frame;
use super::super::route::{ADMINISTRATORS, Asked, Reply, Route};
use super::join;
use crate::accounts::Event;
use crate::config::{Config, SETTINGS};
use crate::host::Errand;

pub(super) const ROUTES: &[Route] = &[
    Route::get("settings", PATH, ADMINISTRATORS, show).shut_or_open(),
    Route::post("settings_sent", PATH, ADMINISTRATORS, take).shut_or_open(),
    Route::post("opened_again", OPEN, ADMINISTRATORS, open).shut_or_open(),
    Route::post("backed_up", BACKUP, ADMINISTRATORS, backup),
];

pub(in super::super) const PATH: &str = "/settings";
pub(super) const OPEN: &str = "/settings/open";
const BACKUP: &str = "/settings/backup";

/// Settings that are changed here; all others in the file.
const CHANGED_HERE: [&str; 4] = ["lang", "township.abbr", "hub.address", "web.idle_minutes"];

fn show(asked: &Asked<'_>) -> Result<Reply, Failure> {
    page(asked, None)
}

fn page(asked: &Asked<'_>, failed: Option<&Failure>) -> Result<Reply, Failure> {
    let config = asked.house.host.config()?;
    let body = html! {
        (wrong(asked, failed))
        (part(asked.t("常用设置", "Common settings"), &common(asked, &config)))
        (part(asked.t("县里", "The county"), &html! {
            p { (asked.t("换电脑、恢复数据或证书过期后，用新的加入码重新加入。", "After a new PC, a restored copy or an expired certificate: join again with a fresh token.")) }
            p { a.button href=(join::PATH) { (asked.t("用加入码加入", "Join with a token")) } }
        }))
        (part(asked.t("备份", "Backup"), &backup_form(asked)))
        (part(asked.t("全部设置", "All settings"), &all(asked, &config)))
    };
    Ok(frame::page(asked, &Page { title: asked.t("设置", "Settings"), here: PATH, ..Page::default() }, &body))
}

fn common(asked: &Asked<'_>, config: &Config) -> Markup {
    let w = asked.words();
    let value = |key: &str| asked.form.get(key).or(config.settings.get(key)).unwrap_or_default();
    let fields = html! {
        (choice("lang", asked.t("语言", "Language"), "", value("lang"), &[("zh", "中文"), ("en", "English")]))
        (line(w, Line { name: "web.idle_minutes", label: asked.t("多少分钟不用就自动退出登录", "Minutes until an idle session ends"), value: value("web.idle_minutes"), help: "5–480", ..Line::default() }))
        (line(w, Line { name: "township.abbr", label: asked.t("编号用的简称", "Short name in numbers"), value: value("township.abbr"), help: asked.t("空则取名称。已经编出的号不变。", "Empty: from the name. Numbers already given stay."), ..Line::default() }))
        (line(w, Line { name: "hub.address", label: asked.t("县级节点地址", "Address of the hub"), value: value("hub.address"), help: asked.t("空则用加入时的地址。", "Empty: the one of joining."), ..Line::default() }))
        p.help { (asked.t("保存后重新打开台账即生效；自动退出的时间在程序重新启动后生效。", "They count once the ledgers are opened anew, which happens at once; the idle time from the program's next start.")) }
    };
    form(asked, PATH, &fields, asked.t("保存", "Save"))
}

fn all(asked: &Asked<'_>, config: &Config) -> Markup {
    let heads = [
        asked.t("设置", "Setting"),
        asked.t("值", "Value"),
        asked.t("来自", "From"),
        asked.t("说明", "About"),
    ];
    let rows: Vec<Vec<Markup>> = config
        .settings
        .show(asked.lang)
        .into_iter()
        .map(|row| {
            vec![
                html! { code { (row.key) } },
                html! { (row.value.as_deref().unwrap_or("—")) },
                html! { (row.source) },
                html! { (row.about) },
            ]
        })
        .collect();
    html! {
        p { (asked.t("其余设置在文件里改，改后重新启动程序：", "The others are changed in the file; start the program again afterwards: ")) code { (config.data.join(crate::config::FILE).display()) } }
        (controls::table(asked.t("全部设置", "All settings"), &heads, &rows))
    }
}

fn take(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let host = &asked.house.host;
    let changes: Vec<(&str, String)> =
        CHANGED_HERE.iter().filter_map(|key| Some((*key, asked.form.get(key)?.trim().to_owned()))).collect();
    let path = host.data().join(crate::config::FILE);
    let (_, before) = read_if_there(&path)?.unwrap_or_default();
    let unwritable = |error: std::io::Error| {
        Failure::new(
            ErrorCode::Setup,
            format!("无法写入 {}。", path.display()),
            format!("{} cannot be written.", path.display()),
        )
        .because(error)
    };
    replace(&path, edited(&SETTINGS, &before, &changes).as_bytes()).map_err(unwritable)?;
    if let Err(failure) = host.config() {
        // A file that cannot be read must not be left behind.
        replace(&path, before.as_bytes()).map_err(unwritable)?;
        return Ok(page(asked, Some(&failure))?.status(http::StatusCode::UNPROCESSABLE_ENTITY));
    }
    let keys: Vec<&str> = changes.iter().map(|(key, _)| *key).collect();
    asked.house.note(Event::SettingsChanged, &asked.person()?.account.login, asked.from, &keys.join(" "));
    asked.say(Tone::Success, asked.t("已保存。", "Saved."));
    host.send(Errand::Open);
    Ok(Reply::see(PATH))
}

fn open(asked: &Asked<'_>) -> Result<Reply, Failure> {
    asked.person()?;
    asked.house.host.send(Errand::Open);
    Ok(Reply::see("/"))
}

fn backup_form(asked: &Asked<'_>) -> Markup {
    let today = asked.house.clock().today();
    let suggested = asked.house.host.data().with_file_name(format!("乡联备份-{today}"));
    let value = suggested.display().to_string();
    let fields = line(
        asked.words(),
        Line {
            name: "folder",
            label: asked.t("备份到这个文件夹", "Copy into this folder"),
            value: &value,
            help: asked.t(
                "空文件夹，最好在 U 盘或另一块硬盘上。备份里有全部台账和账号，请妥善保管。",
                "An empty one, best on another disk. It holds all ledgers and accounts: keep it safe.",
            ),
            ..Line::default()
        },
    );
    html! { @if asked.node.is_some() { (form(asked, BACKUP, &fields, asked.t("开始备份", "Back up"))) } @else { p { (asked.t("台账打开后才能备份。", "The ledgers must be open for that.")) } } }
}

fn backup(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let folder = PathBuf::from(asked.posted("folder"));
    if !folder.is_absolute() {
        return Err(Failure::invalid("请写完整的文件夹路径。", "Please give the whole path of a folder."));
    }
    let done = asked.node()?.backup(&folder)?;
    asked.house.note(Event::BackedUp, &asked.person()?.account.login, asked.from, &done.bytes.to_string());
    let megabytes = done.bytes.div_ceil(1024 * 1024);
    asked.say(
        Tone::Success,
        &format!("{} {}（{megabytes} MB）", asked.t("已备份到", "Copied to"), done.folder),
    );
    Ok(Reply::see(PATH))
}
