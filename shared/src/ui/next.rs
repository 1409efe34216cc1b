//! What can be done with a record now: a button for each step, with what it needs; what is not possible, and why; what is for
//! others to do.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use crate::ledger::Next;
use crate::record::Role;

/// Steps that are shown as buttons; further ones are folded.
const STEPS_SHOWN: usize = 5;

/// The steps that can follow.
pub struct Nexts<'a> {
    pub steps: &'a [Next],
    /// Code of the user's role.
    pub role: &'a str,
    /// Whether the user may take the step; without it his role decides.
    pub may: Option<&'a dyn Fn(&Next) -> bool>,
    /// Where a step begins.
    pub address: &'a dyn Fn(&Next) -> String,
}

pub fn nexts(w: &Words, nexts: &Nexts<'_>) -> Markup {
    let may = |step: &&Next| match nexts.may {
        Some(may) => may(step),
        None => step.roles.iter().any(|role| role == nexts.role),
    };
    let (mine, others): (Vec<&Next>, Vec<&Next>) = nexts.steps.iter().partition(may);
    let (free, blocked): (Vec<&Next>, Vec<&Next>) = mine.into_iter().partition(|step| step.blocked.is_none());
    let (shown, folded) = free.split_at(free.len().min(STEPS_SHOWN));
    html! {
        @if !nexts.steps.is_empty() {
            section.nexts aria-labelledby="next-steps" {
                h2 #next-steps { (w.next_steps) }
                @if free.is_empty() { p.help { (w.nothing_for_you) } }
                ul.steps {
                    @for (nth, step) in shown.iter().enumerate() { li { (one(w, nexts, step, nth == 0)) } }
                }
                @if !folded.is_empty() {
                    details {
                        summary { (w.more_steps) " " ((w.count_items)(folded.len())) (icon(Icon::Down)) }
                        ul.steps { @for step in folded { li { (one(w, nexts, step, false)) } } }
                    }
                }
                @if !blocked.is_empty() {
                    details {
                        summary { (w.blocked_steps) " " ((w.count_items)(blocked.len())) (icon(Icon::Down)) }
                        ul.blocked {
                            @for step in blocked {
                                li { b { (step.label.get(w.lang)) } @if let Some(why) = &step.blocked { span.why { (why.get(w.lang)) } } }
                            }
                        }
                    }
                }
                @if !others.is_empty() {
                    details {
                        summary { (w.others_steps) " " ((w.count_items)(others.len())) (icon(Icon::Down)) }
                        ul.blocked {
                            @for step in others {
                                li { b { (step.label.get(w.lang)) } span.why { (w.done_by) (roles(w, step)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn one(w: &Words, nexts: &Nexts<'_>, step: &Next, main: bool) -> Markup {
    let mut needs: Vec<&str> = step.needs_labels.iter().map(|label| label.get(w.lang)).collect();
    if step.reason {
        needs.push(w.reason);
    }
    html! {
        a.button.main[main] href=((nexts.address)(step)) { (step.label.get(w.lang)) }
        @if !needs.is_empty() { span.needs { (w.needs) (needs.join(w.comma)) } }
    }
}

fn roles(w: &Words, step: &Next) -> String {
    let label = |code: &String| {
        Role::from_code(code).map_or_else(
            || code.clone(),
            |role| {
                let (zh, en) = role.label();
                w.lang.pick(zh, en).to_owned()
            },
        )
    };
    let labels: Vec<String> = step.roles.iter().map(label).collect();
    labels.join(w.comma)
}
