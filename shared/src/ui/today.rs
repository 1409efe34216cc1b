//! What is to be done: what is over first, then by how near its last day is; what came from the county or waits for a hand
//! besides.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use super::light::light;
use crate::ledger::{Advice, DueLine, DueList};

/// A heap of other work: what it is, how much, where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToDo<'a> {
    pub icon: Icon,
    pub label: &'a str,
    pub count: u64,
    pub beside: Option<&'a str>,
    pub address: &'a str,
}

/// The page of the day.
pub struct Today<'a> {
    pub due: &'a DueList,
    /// The address of a record.
    pub record: &'a dyn Fn(&DueLine) -> String,
    /// Where somebody is urged; none where the user may not.
    pub urge: &'a dyn Fn(&DueLine) -> Option<String>,
    pub others: &'a [ToDo<'a>],
}

/// Days left, from which on a line belongs to the group.
const GROUPS: [i32; 4] = [i32::MIN, 0, 2, 8];

pub fn today(w: &Words, today: &Today<'_>) -> Markup {
    let lines = &today.due.lines;
    let ends = GROUPS.iter().skip(1).copied().chain([i32::MAX]);
    let groups = GROUPS.iter().zip(ends).zip(w.today_groups);
    html! {
        div.today {
            @if !today.others.is_empty() {
                ul.heaps aria-label=(w.other_work) {
                    @for heap in today.others {
                        li {
                            a href=(heap.address) {
                                (icon(heap.icon)) span.label { (heap.label) } span.count { (heap.count) }
                                @if let Some(beside) = heap.beside { span.beside { (beside) } }
                            }
                        }
                    }
                }
            }
            @if lines.is_empty() {
                div.empty { (icon(Icon::Check)) p.title { (w.nothing_due) } p { (w.nothing_due_beside) } }
            }
            @for ((from, end), label) in groups {
                @let some: Vec<&DueLine> = lines.iter().filter(|line| line.days_left >= *from && line.days_left < end).collect();
                @if !some.is_empty() {
                    section.due-group {
                        h2 { (label) span.count { (some.len()) } }
                        ul { @for one in some { (line(w, today, one)) } }
                    }
                }
            }
            @if today.due.more { p.help { (w.more_due) } }
        }
    }
}

fn line(w: &Words, today: &Today<'_>, line: &DueLine) -> Markup {
    let title = Some(line.title.get(w.lang)).filter(|title| !title.is_empty()).unwrap_or(&line.short);
    html! {
        li {
            div.said {
                p.title { a href=((today.record)(line)) { (title) } }
                p.beside {
                    (line.kind_label.get(w.lang))
                    @if let Some(number) = &line.number { " · " (number.get(w.lang)) }
                    " · " (line.deadline_label.get(w.lang))
                    @if let Some(who) = &line.responsible { " · " b { (who.get(w.lang)) } }
                    @if let Some(urging) = line.urge.as_ref().filter(|urging| urging.count > 0) { " · " ((w.urged)(urging.count)) }
                }
            }
            div.when {
                (light(w, line.days_left))
                span.day { (line.due) @if line.provisional { (w.provisional) } }
                @match (line.advice, (today.urge)(line)) {
                    (Some(Advice::Urge), Some(urge)) => { a.button href=(urge) { (icon(Icon::Flag)) (w.urge) } }
                    (Some(advice), _) => {
                        @let (zh, en) = advice.label();
                        span.tag.open { (w.lang.pick(zh, en)) }
                    }
                    (None, _) => {}
                }
            }
        }
    }
}
