//! The frame of every page.

use maud::{DOCTYPE, Markup, html};

use super::crumbs::{Crumb, crumbs};
use super::icon::{Icon, icon};
use super::menu::{MenuGroup, MenuItem, User, bar, side, user};
use super::notice::{Notice, notice};
use super::sync_line::{SyncLine, sync_line};
use super::{Words, assets};

/// What htmx may do: no code in attributes, no style of its own, nothing kept of pages that were seen; a form that came back
/// with errors (422) is shown.
const HTMX: &str = r#"{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"historyCacheSize":0,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}"#;

/// What all pages of one user have in common.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// Whose program it is: the township's name, or the county's.
    pub office: &'a str,
    /// The first page.
    pub home: &'a str,
    pub menu: &'a [MenuGroup],
    /// On a phone: at most [`super::menu::BAR_PLACES_MAX`].
    pub bar: &'a [MenuItem],
    pub sync: Option<SyncLine<'a>>,
    pub user: Option<User<'a>>,
    /// Where searches over everything go (GET, `q`).
    pub search: Option<&'a str>,
    /// Where the page is shown in the other language.
    pub other_language: Option<&'a str>,
    /// Of the program, such as `0.1.0`.
    pub version: &'a str,
}

/// One page.
#[derive(Debug, Clone, Default)]
pub struct Page<'a> {
    pub title: &'a str,
    /// Stands before the title: the kind of thing that it is.
    pub over_title: Option<&'a str>,
    pub crumbs: &'a [Crumb],
    /// Address of the place of the menu that the page belongs to.
    pub here: &'a str,
    pub notices: &'a [Notice],
    /// Links and buttons beside the title.
    pub actions: Option<Markup>,
    /// The body has a heading of its own.
    pub own_title: bool,
}

/// A whole page in the frame.
pub fn page(w: &Words, frame: &Frame<'_>, page: &Page<'_>, body: &Markup) -> Markup {
    let title = format!("{} · {} · {}", page.title, frame.office, w.product);
    let content = html! {
        (top(w, frame))
        div.frame {
            (side(w, frame.menu, page.here))
            main #main tabindex="-1" {
                (crumbs(w, page.crumbs))
                @if !page.own_title {
                    div.head {
                        h1 { @if let Some(over) = page.over_title { span.over { (over) } } (page.title) }
                        @if let Some(actions) = &page.actions { div.actions { (actions) } }
                    }
                }
                @for said in page.notices { (notice(w, said)) }
                (body)
                (foot(w, frame))
            }
        }
        (bar(w, frame.bar, page.here))
    };
    document(w, &title, "app", &content)
}

/// A page for somebody who has not said who they are, or that stands alone: the name of the program and one card.
pub fn alone(w: &Words, office: &str, title: &str, other_language: Option<&str>, body: &Markup) -> Markup {
    let whole = format!("{title} · {office} · {}", w.product);
    let content = html! {
        header.top #top {
            span.brand { (seal()) span.product { (w.product) } span.office { (office) } }
            (language(w, other_language))
        }
        main.alone #main tabindex="-1" { (body) }
    };
    document(w, &whole, "alone", &content)
}

fn top(w: &Words, frame: &Frame<'_>) -> Markup {
    html! {
        a.skip href="#main" { (w.skip) }
        header.top #top {
            a.brand href=(frame.home) { (seal()) span.product { (w.product) } span.office { (frame.office) } }
            @if let Some(search) = frame.search {
                form.search role="search" method="get" action=(search) {
                    label.unseen for="q" { (w.search_everything) }
                    input #q type="search" name="q" placeholder=(w.search_hint) accesskey="2" autocomplete="off";
                    button.quiet type="submit" { (icon(Icon::Search)) span.unseen { (w.search) } }
                }
            }
            @if let Some(line) = &frame.sync { (sync_line(w, line)) }
            @if let Some(who) = &frame.user { (user(w, who)) }
            (language(w, frame.other_language))
        }
    }
}

fn language(w: &Words, address: Option<&str>) -> Markup {
    html! {
        @if let Some(address) = address {
            a.language href=(address) lang=(w.other_lang_tag) hreflang=(w.other_lang_tag) { (w.other_language) }
        }
    }
}

fn seal() -> Markup {
    html! { img.seal src=(assets::seal()) width="32" height="32" alt=""; }
}

fn foot(w: &Words, frame: &Frame<'_>) -> Markup {
    html! {
        footer {
            p { (w.product) " " (frame.version) " · " (w.kept_here) }
            details {
                summary { (w.keys) }
                dl.keys { @for (key, does) in w.key_list { dt { kbd { (key) } } dd { (does) } } }
            }
        }
    }
}

/// `<html>` with style and scripts.
pub(super) fn document(w: &Words, title: &str, class: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(w.lang_tag) {
            head {
                meta charset="utf-8";
                title { (title) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                meta name="referrer" content="same-origin";
                meta name="htmx-config" content=(HTMX);
                link rel="icon" type="image/svg+xml" href=(assets::seal());
                link rel="stylesheet" href=(assets::style());
                script src=(assets::htmx()) defer {}
                script src=(assets::script()) defer {}
            }
            body class=(class) data-words=(w.script_words) { (content) }
        }
    }
}
