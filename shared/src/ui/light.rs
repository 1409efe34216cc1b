//! Traffic lights of deadlines: a colour, a shape and a word each, so that no colour is needed to read them.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use crate::calendar::{Light, Near};
use crate::record::Day;

/// How far a last day is: `超期 3 天`, `今天到期`, `还有 5 天`. Days left, negative when it is over.
pub fn light(w: &Words, days_left: i32) -> Markup {
    let light = Light::of(Day(days_left), Day(0));
    html! { span class=(class(light)) { (shape(light)) ((w.days_left)(days_left)) } }
}

/// Of one that is over and done with, in time or not.
pub fn done(w: &Words, late: bool) -> Markup {
    let (class, text) = if late { ("light late", w.done_late) } else { ("light done", w.done_in_time) };
    html! { span class=(class) { (icon(if late { Icon::Clock } else { Icon::Check })) (text) } }
}

fn class(light: Light) -> &'static str {
    match light {
        Light::Red => "light red",
        Light::Yellow(Near::Day | Near::Days3) => "light yellow soon",
        Light::Yellow(Near::Days7 | Near::Days15) => "light yellow",
        Light::Green => "light green",
    }
}

/// A triangle when it is over, a full disc within three days, a half one within fifteen, a ring before.
fn shape(light: Light) -> Markup {
    html! {
        svg.shape viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            @match light {
                Light::Red => { path d="M8 1.5 15.5 14.5H.5z" {} path.mark d="M8 6v4M8 12v.2" {} }
                Light::Yellow(Near::Day | Near::Days3) => { circle cx="8" cy="8" r="7" {} }
                Light::Yellow(_) => { circle.ring cx="8" cy="8" r="6" {} path d="M8 2a6 6 0 0 1 0 12z" {} }
                Light::Green => { circle.ring cx="8" cy="8" r="6" {} }
            }
        }
    }
}
