//! Where one can go from every page: ledgers by groups, five places at most on a phone, the account.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use super::sync_line::hidden;

/// Places in the bar of a phone, the menu itself not counted.
pub const BAR_PLACES_MAX: usize = 4;

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    pub label: String,
    pub address: String,
    pub icon: Option<Icon>,
    /// Something waits there: how many, and what the number means.
    pub count: Option<(u64, String)>,
}

impl MenuItem {
    pub fn new(label: impl Into<String>, address: impl Into<String>) -> Self {
        Self { label: label.into(), address: address.into(), icon: None, count: None }
    }

    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    #[must_use]
    pub fn count(mut self, count: u64, meaning: impl Into<String>) -> Self {
        self.count = (count > 0).then(|| (count, meaning.into()));
        self
    }
}

/// Ledgers that belong together. One without a label stands at the top and is always open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuGroup {
    pub label: Option<String>,
    pub items: Vec<MenuItem>,
}

/// Who is at the keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User<'a> {
    pub name: &'a str,
    pub role: &'a str,
    pub places: &'a [MenuItem],
    /// Where leaving is posted.
    pub leave: &'a str,
    pub hidden: &'a [(&'a str, &'a str)],
}

/// The side of a page; on a phone it opens over the page when its id `menu` is the target. `here` is the address of the
/// place that the page belongs to.
pub fn side(w: &Words, groups: &[MenuGroup], here: &str) -> Markup {
    html! {
        nav.side #menu aria-label=(w.menu) tabindex="-1" {
            a.close href="#top" { (icon(Icon::Close)) (w.close) }
            @for group in groups {
                @match &group.label {
                    None => { ul { (items(&group.items, here)) } }
                    Some(label) => {
                        details open[group.items.iter().any(|item| item.address == here)] {
                            summary { span { (label) } (icon(Icon::Down)) }
                            ul { (items(&group.items, here)) }
                        }
                    }
                }
            }
        }
    }
}

fn items(items: &[MenuItem], here: &str) -> Markup {
    html! { @for item in items { li { (place(item, here)) } } }
}

fn place(item: &MenuItem, here: &str) -> Markup {
    html! {
        a href=(item.address) aria-current=[(item.address == here).then_some("page")] {
            @if let Some(mark) = item.icon { (icon(mark)) }
            span.label { (item.label) }
            @if let Some((count, meaning)) = &item.count {
                span.count { (count) span.unseen { (meaning) } }
            }
        }
    }
}

/// The bar of a phone: [`BAR_PLACES_MAX`] places, then the menu.
pub fn bar(w: &Words, places: &[MenuItem], here: &str) -> Markup {
    html! {
        nav.bar aria-label=(w.main_places) {
            ul {
                @for item in places.iter().take(BAR_PLACES_MAX) { li { (place(item, here)) } }
                li { a href="#menu" { (icon(Icon::Menu)) span.label { (w.menu) } } }
            }
        }
    }
}

pub fn user(w: &Words, user: &User<'_>) -> Markup {
    html! {
        details.user {
            summary { (icon(Icon::User)) span { (user.name) } span.role { (user.role) } (icon(Icon::Down)) }
            div.drop {
                ul {
                    @for item in user.places { li { a href=(item.address) { (item.label) } } }
                    li { form method="post" action=(user.leave) { (hidden(user.hidden)) button.quiet type="submit" { (w.leave) } } }
                }
            }
        }
    }
}
