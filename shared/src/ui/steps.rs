//! How far something has come: steps that are done, the one at which it stands, those that follow.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    Here,
    Ahead,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepShown<'a> {
    pub label: &'a str,
    pub state: StepState,
    /// Where one may go back to it.
    pub address: Option<&'a str>,
}

pub fn steps(w: &Words, steps: &[StepShown<'_>]) -> Markup {
    html! {
        ol.progress aria-label=(w.progress) {
            @for (nth, step) in steps.iter().enumerate() {
                @let (class, word) = match step.state {
                    StepState::Done => ("done", w.step_done),
                    StepState::Here => ("here", w.step_here),
                    StepState::Ahead => ("ahead", w.step_ahead),
                };
                li class=(class) aria-current=[(step.state == StepState::Here).then_some("step")] {
                    span.dot aria-hidden="true" { @if step.state == StepState::Done { (icon(Icon::Check)) } @else { (nth + 1) } }
                    @match step.address {
                        Some(address) => a href=(address) { (step.label) },
                        None => span { (step.label) },
                    }
                    span.unseen { (w.pause) (word) }
                }
            }
        }
    }
}
