//! A month and an agenda: meetings and last days, from the office's own records.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use crate::record::Day;

/// Events that a day of the month shows; the agenda has them all.
const EVENTS_SHOWN: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventMark {
    Meeting,
    /// The last day of something that is still open.
    Deadline,
}

/// Something on one day or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    pub from: Day,
    /// Last day, included.
    pub to: Day,
    pub title: &'a str,
    pub beside: Option<&'a str>,
    pub address: &'a str,
    pub mark: EventMark,
}

/// A month, and the ways to its neighbours.
pub struct Month<'a> {
    /// Any day of it.
    pub day: Day,
    pub today: Day,
    /// In the order of their first days.
    pub events: &'a [Event<'a>],
    /// The name of a day off, or what a working weekend is called.
    pub named: &'a dyn Fn(Day) -> Option<String>,
    pub previous: &'a str,
    pub next: &'a str,
}

/// The first and the last day of the month of a day.
fn bounds(day: Day) -> (Day, Day) {
    let (year, month, date) = day.ymd();
    let first = day.plus(1 - i32::from(date));
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let next = Day::new(next_year, next_month, 1).unwrap_or_else(|| first.plus(31));
    (first, next.plus(-1))
}

pub fn month(w: &Words, month: &Month<'_>) -> Markup {
    let (first, last) = bounds(month.day);
    let start = first.plus(1 - i32::from(first.weekday()));
    let weeks = (last.0 - start.0) / 7 + 1;
    let (year, number, _) = month.day.ymd();
    let title = (w.month)(year, number);
    let inside: Vec<&Event<'_>> =
        month.events.iter().filter(|event| event.from <= last && event.to >= first).collect();
    html! {
        section.calendar aria-label=(title) {
            div.head {
                h2 { (title) }
                div.actions {
                    a.button rel="prev" href=(month.previous) { (icon(Icon::Back)) (w.previous_month) }
                    a.button rel="next" href=(month.next) { (w.next_month) (icon(Icon::Arrow)) }
                }
            }
            table.month {
                caption.unseen { (title) }
                thead { tr { @for name in w.weekdays { th scope="col" { (name) } } } }
                tbody {
                    @for week in 0..weeks {
                        tr { @for weekday in 0..7 { (cell(w, month, &inside, start.plus(week * 7 + weekday), (first, last))) } }
                    }
                }
            }
            div.agenda-of-month { (agenda(w, &inside, month.today)) }
        }
    }
}

fn cell(w: &Words, month: &Month<'_>, events: &[&Event<'_>], day: Day, (first, last): (Day, Day)) -> Markup {
    if day < first || day > last {
        return html! { td.outside {} };
    }
    let on: Vec<&&Event<'_>> = events.iter().filter(|event| event.from <= day && event.to >= day).collect();
    let today = day == month.today;
    html! {
        td.today[today] aria-current=[today.then_some("date")] {
            p.date { span.n { (day.ymd().2) } @if today { span.word { (w.today) } } @if let Some(name) = (month.named)(day) { span.off { (name) } } }
            @for event in on.iter().take(EVENTS_SHOWN) { a class=(class(event.mark)) href=(event.address) { (mark(event.mark)) (event.title) } }
            @if on.len() > EVENTS_SHOWN { p.more { ((w.more_events)(on.len() - EVENTS_SHOWN)) } }
        }
    }
}

fn class(mark: EventMark) -> &'static str {
    match mark {
        EventMark::Meeting => "event",
        EventMark::Deadline => "event deadline",
    }
}

fn mark(mark: EventMark) -> Markup {
    icon(match mark {
        EventMark::Meeting => Icon::Calendar,
        EventMark::Deadline => Icon::Clock,
    })
}

/// Events day by day.
pub fn agenda(w: &Words, events: &[&Event<'_>], today: Day) -> Markup {
    html! {
        @if events.is_empty() { p.empty { (w.no_events) } }
        ol.agenda {
            @for run in events.chunk_by(|a, b| a.from == b.from) {
                @let day = run.first().map_or(today, |event| event.from);
                li.past[day < today] {
                    p.date { ((w.day_near)(day, today)) " " (weekday(w, day)) @if day == today { " · " (w.today) } }
                    ul {
                        @for event in run {
                            li {
                                (mark(event.mark))
                                span {
                                    a href=(event.address) { (event.title) }
                                    @if event.to > event.from { " " span.beside { ((w.until_day)(&(w.day_near)(event.to, today))) } }
                                    @if event.mark == EventMark::Deadline { " " span.beside { (w.due) } }
                                    @if let Some(beside) = event.beside { " " span.beside { (beside) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn weekday(w: &Words, day: Day) -> &'static str {
    usize::try_from(day.weekday() - 1).ok().and_then(|at| w.weekdays.get(at)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_and_end_where_they_do() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        for (inside, first, last) in [
            ("2026-02-10", "2026-02-01", "2026-02-28"),
            ("2028-02-29", "2028-02-01", "2028-02-29"),
            ("2026-12-31", "2026-12-01", "2026-12-31"),
            ("2200-12-05", "2200-12-01", "2200-12-31"),
        ] {
            assert_eq!(bounds(day(inside)), (day(first), day(last)));
        }
    }
}
