//! Every component, and for every kind of the catalogue its list, a record, and a form for each step, as pages to look at:
//! `cargo run -p xianglian-shared --example gallery --features ui`, then open what it has written to `target/gallery` by any
//! server of files. Everything in them is made up.

mod kinds;
mod office;
mod parts;

use std::fs;
use std::path::{Path, PathBuf};

use maud::{Markup, html};
use shared::catalogue::model::Catalogue;
use shared::program::Lang;
use shared::record::Day;
use shared::ui::icon::Icon;
use shared::ui::layout::{Frame, Page, page};
use shared::ui::menu::{MenuGroup, MenuItem, User};
use shared::ui::sync_line::{SyncLine, SyncState};
use shared::ui::{Words, assets};

use office::Office;

/// Where the pages go, and in which language.
pub struct Gallery<'a> {
    pub w: &'a Words,
    folder: PathBuf,
    written: usize,
    menu: Vec<MenuGroup>,
}

impl Gallery<'_> {
    pub fn address(&self, kind: &str, name: &str) -> String {
        let root = self.w.lang.pick("", "/en");
        format!("{root}/{kind}/{name}.html")
    }

    /// Writes one page in the frame of an office.
    pub fn page(&mut self, office: &Office, kind: &str, name: &str, view: &Page<'_>, body: &Markup) {
        let w = self.w;
        let at = office.today();
        let places = [MenuItem::new(w.lang.pick("我的账号", "My account"), "/parts/login.html")];
        let bar = [
            MenuItem::new(w.lang.pick("今日", "Today"), "/parts/today.html")
                .icon(Icon::Home)
                .count(3, w.overdue),
            MenuItem::new(w.lang.pick("信访", "Letters"), self.address("petition", "list")).icon(Icon::Inbox),
            MenuItem::new(w.lang.pick("建议", "Proposals"), self.address("proposal", "list"))
                .icon(Icon::File),
            MenuItem::new(w.search, "/").icon(Icon::Search),
        ];
        let frame = Frame {
            office: office.name,
            home: "/",
            menu: &self.menu,
            bar: &bar,
            sync: Some(SyncLine {
                state: SyncState::Waiting(3, Some(shared::program::day_start_ms(at) + 8_040_000)),
                today: at,
                now: Some("/sync"),
                again: None,
                more: "/parts/sync.html",
                hidden: &[],
            }),
            user: Some(User {
                name: "王小梅",
                role: w.lang.pick("工作人员", "Clerk"),
                places: &places,
                leave: "/leave",
                hidden: &[],
            }),
            search: Some("/search"),
            other_language: Some(w.lang.pick("/en/", "/")),
            version: "0.1.0",
        };
        self.write(kind, name, &page(w, &frame, view, body));
    }

    pub fn write(&mut self, kind: &str, name: &str, markup: &Markup) {
        let file = self.folder.join(self.address(kind, name).trim_start_matches('/'));
        fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).expect("the folder can be made");
        fs::write(file, markup.clone().into_string()).expect("the page can be written");
        self.written += 1;
    }
}

fn main() {
    let folder = PathBuf::from("target/gallery");
    for asset in assets::all() {
        let file = folder.join(asset.address.trim_start_matches('/'));
        fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).expect("the folder can be made");
        fs::write(file, asset.text).expect("the asset can be written");
    }
    let catalogue = Catalogue::builtin();
    let day = |text: &str| text.parse::<Day>().expect("a day");
    let offices = [
        Office::town(&catalogue, day("2026-01-05"), day("2026-11-23")),
        Office::county(&catalogue, day("2026-01-05"), day("2026-11-23")),
    ];
    for lang in [Lang::Zh, Lang::En] {
        let w = Words::of(lang);
        let mut gallery = Gallery { w, folder: folder.clone(), written: 0, menu: Vec::new() };
        for office in &offices {
            gallery.menu = menu(&gallery, office);
            for kind in office.kinds() {
                kinds::pages(&mut gallery, office, kind);
            }
        }
        gallery.menu = menu(&gallery, &offices[0]);
        parts::pages(&mut gallery, &offices[0]);
        let lists = html! {
            @for office in &offices {
                section.part { h2 { (office.name) }
                    ul { @for kind in office.kinds() { li { a href=(gallery.address(&kind.id, "list")) { (w.lang.of(&kind.label)) } } } }
                }
            }
        };
        gallery.page(&offices[0], "", "index", &Page { title: "乡联", ..Page::default() }, &lists);
        println!("{} pages", gallery.written);
    }
}

/// Ledgers in groups of eight, by the order of the catalogue.
fn menu(gallery: &Gallery<'_>, office: &Office) -> Vec<MenuGroup> {
    let w = gallery.w;
    let first = vec![
        MenuItem::new(w.lang.pick("今日待办", "Today"), "/parts/today.html")
            .icon(Icon::Home)
            .count(3, w.overdue),
        MenuItem::new(w.lang.pick("日历", "Calendar"), "/parts/calendar.html").icon(Icon::Calendar),
        MenuItem::new(w.lang.pick("统计", "Figures"), "/parts/figures.html").icon(Icon::Bars),
    ];
    let ledgers: Vec<MenuItem> = office
        .kinds()
        .map(|kind| MenuItem::new(w.lang.of(&kind.label), gallery.address(&kind.id, "list")))
        .collect();
    let groups = ledgers.chunks(8).enumerate().map(|(nth, items)| MenuGroup {
        label: Some(format!("{} {}", w.lang.pick("台账", "Ledgers"), nth + 1)),
        items: items.to_vec(),
    });
    [MenuGroup { label: None, items: first }].into_iter().chain(groups).collect()
}
