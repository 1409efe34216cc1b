//! Whether the county has everything: always in sight, in five states. "Received" says that what was written here has
//! arrived, not that everything of the others is here.

use maud::{Markup, html};

use super::Words;
use super::icon::{Icon, icon};
use crate::program::beijing_minute;
use crate::record::Day;

/// How the exchange with the county stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncState {
    /// The office has not joined the county.
    Apart,
    /// Everything that may leave has arrived; when, in ms.
    Received(i64),
    /// So many changes have not; when the last exchange was, in ms, if there was one.
    Waiting(u64, Option<i64>),
    Running,
    /// Why, in the user's language; so many changes wait.
    Failed(String, u64),
}

/// The line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncLine<'a> {
    pub state: SyncState,
    pub today: Day,
    /// Where "exchange now" is posted; none where it cannot be asked for.
    pub now: Option<&'a str>,
    /// Where the line alone can be fetched again ([`sync_line`] by itself).
    pub again: Option<&'a str>,
    /// The page that tells more.
    pub more: &'a str,
    /// Names and values that go with every posted form.
    pub hidden: &'a [(&'a str, &'a str)],
}

/// The element has the id `sync`; with script it fetches itself again, often while an exchange runs.
pub fn sync_line(w: &Words, line: &SyncLine<'_>) -> Markup {
    let when = |ms: i64| moment(w, ms, line.today);
    let (class, mark, text) = match &line.state {
        SyncState::Apart => ("sync", Icon::Pause, w.sync_apart.to_owned()),
        SyncState::Received(at) => ("sync good", Icon::Check, (w.sync_received)(&when(*at))),
        SyncState::Waiting(count, _) => ("sync wait", Icon::Cloud, (w.sync_waiting)(*count)),
        SyncState::Running => ("sync runs", Icon::Sync, w.sync_running.to_owned()),
        SyncState::Failed(why, _) => ("sync bad", Icon::Alarm, (w.sync_failed)(why)),
    };
    let beside = match &line.state {
        SyncState::Waiting(_, Some(last)) => Some((w.sync_last)(&when(*last))),
        SyncState::Failed(_, count) if *count > 0 => Some((w.sync_waiting)(*count)),
        _ => None,
    };
    let every = if line.state == SyncState::Running { "every 2s" } else { "every 60s" };
    html! {
        div #sync class=(class) hx-get=[line.again] hx-trigger=[line.again.map(|_| every)] hx-swap=[line.again.map(|_| "outerHTML")] {
            a.state href=(line.more) aria-live="polite" {
                (icon(mark))
                span.text { (text) @if let Some(beside) = beside { span.beside { (beside) } } }
            }
            @if let Some(now) = line.now {
                @if line.state != SyncState::Running && line.state != SyncState::Apart {
                    form method="post" action=(now) {
                        (hidden(line.hidden))
                        button.quiet type="submit" { (icon(Icon::Sync)) (w.sync_now) }
                    }
                }
            }
        }
    }
}

/// Names and values that a form carries unseen.
pub fn hidden(pairs: &[(&str, &str)]) -> Markup {
    html! { @for (name, value) in pairs { input type="hidden" name=(name) value=(value); } }
}

/// A moment as people say it: today's by the time alone, this year's without the year.
pub fn moment(w: &Words, ms: i64, today: Day) -> String {
    let minute = beijing_minute(ms);
    let time = minute.rsplit(' ').next().unwrap_or_default();
    let day = Day::beijing(ms);
    if day == today { time.to_owned() } else { format!("{} {time}", (w.day_near)(day, today)) }
}
