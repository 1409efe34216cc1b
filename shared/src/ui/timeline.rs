//! What happened to a record: who, when, what, why. The latest first.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use crate::ledger::ShownStep;

/// Steps that are shown; older ones are folded.
const STEPS_SHOWN: usize = 12;

/// The steps of a record in the order in which they were taken; `staff` gives the name of an account, where it is known.
pub fn timeline(w: &Words, steps: &[ShownStep], staff: &dyn Fn(&str) -> Option<String>) -> Markup {
    let latest: Vec<&ShownStep> = steps.iter().rev().collect();
    let (shown, folded) = latest.split_at(latest.len().min(STEPS_SHOWN));
    html! {
        @if !steps.is_empty() {
            section.history aria-labelledby="history" {
                h2 #history { (w.history) }
                ol.timeline reversed { @for step in shown { (one(w, step, staff)) } }
                @if !folded.is_empty() {
                    details {
                        summary { (w.older_steps) " " ((w.count_items)(folded.len())) (icon(Icon::Down)) }
                        ol.timeline reversed { @for step in folded { (one(w, step, staff)) } }
                    }
                }
            }
        }
    }
}

fn one(w: &Words, step: &ShownStep, staff: &dyn Fn(&str) -> Option<String>) -> Markup {
    let who = staff(&step.staff).unwrap_or_else(|| step.staff.clone());
    html! {
        li {
            p.what {
                b { (step.label.get(w.lang)) }
                @if let Some(status) = &step.status_label { (icon(Icon::Arrow)) span.tag { (status.get(w.lang)) } }
            }
            p.who {
                time datetime=(step.at) { (step.minute) }
                " · " (step.role_label.get(w.lang))
                @if !who.is_empty() { " · " (who) }
                @if step.on_behalf { " · " (w.on_behalf) }
                @if step.recovered { " · " (w.recovered) }
            }
            @if let Some(reason) = step.reason.as_deref().filter(|reason| !reason.is_empty()) { blockquote { (reason) } }
        }
    }
}
