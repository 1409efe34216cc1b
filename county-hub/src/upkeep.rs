//! When the running hub works of itself: at its start, after sessions, and once a day at the hour that is set.
//!
//! One task does it all, on a thread where it may block; sessions only leave word that something has arrived.

use std::sync::Arc;

use shared::program::{Failure, beijing_day, day_start_ms};
use shared::record::Day;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::TimeOfDay;
use crate::limits;

/// Works until `stop` fires; what has been begun is ended before it returns.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut done = None;
    on(&app, "what follows from what has arrived is not done", |app| app.react().map(drop)).await;
    loop {
        let now = app.now();
        if due(now, app.config().daily_at, done) {
            done = Some(beijing_day(now));
            on(&app, "the work of the day is not done", |app| app.daily().map(drop)).await;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.upkeep.arrived.notified() => {
                on(&app, "what follows from what has arrived is not done", |app| app.react().map(drop)).await;
            }
            // Short, because a machine that slept or whose clock was set does not tell.
            () = tokio::time::sleep(limits::UPKEEP_ROUND) => {}
        }
    }
}

async fn on(app: &Arc<App>, undone: &'static str, work: fn(&App) -> Result<(), Failure>) {
    let worker = Arc::clone(app);
    let result = tokio::task::spawn_blocking(move || work(&worker)).await;
    if let Err(failure) = result.unwrap_or_else(|fault| Err(Failure::internal(fault))) {
        // It is tried again after the next session, and tomorrow.
        tracing::error!(error = %failure, "{undone}");
    }
}

/// Whether the work of the Beijing day is to be done now: its hour has come, and it was not done since the start. A hub
/// that was off at the hour catches up when it starts; one that was off for days does it once.
fn due(now_ms: i64, at: TimeOfDay, done: Option<Day>) -> bool {
    let today = beijing_day(now_ms);
    done != Some(today) && now_ms - day_start_ms(today) >= at.ms()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn once_a_day_from_the_hour_on() {
        let at: TimeOfDay = "07:30".parse().expect("a time of day");
        let day: Day = "2026-06-01".parse().expect("a day");
        let start = day_start_ms(day);
        assert!(!due(start, at, None));
        assert!(!due(start + 7 * HOUR + HOUR / 2 - 1, at, None));
        assert!(due(start + 7 * HOUR + HOUR / 2, at, None));
        assert!(due(start + 23 * HOUR, at, None), "a start in the evening catches up");
        assert!(!due(start + 23 * HOUR, at, Some(day)));
        assert!(!due(start + 24 * HOUR, at, Some(day)), "not at midnight");
        assert!(due(start + 32 * HOUR, at, Some(day)));
        assert!(
            due(start + 8 * HOUR, at, Some(day.plus(9))),
            "a clock that was ahead and has been put right"
        );
    }
}
