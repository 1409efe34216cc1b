//! Progress of long work, on standard error and only on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that goes away when it is dropped. Without a terminal it does nothing.
#[derive(Debug, Clone)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// `total` None: a spinner with a count.
    pub(super) fn new(title: &str, total: Option<u64>, visible: bool) -> Self {
        let bar = match total {
            Some(total) => ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden()),
            None => ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
        };
        let template = match total {
            Some(_) => "{prefix} {bar:30} {pos}/{len} {msg}",
            None => "{prefix} {spinner} {pos} {msg}",
        };
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_prefix(title.to_owned());
        if visible {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self { bar }
    }

    /// A bar that is never drawn, for tests and for programs without a user.
    pub fn silent() -> Self {
        Self::new("", None, false)
    }

    pub fn total(&self, total: u64) {
        self.bar.set_length(total);
    }

    pub fn at(&self, position: u64) {
        self.bar.set_position(position);
    }

    pub fn step(&self, count: u64) {
        self.bar.inc(count);
    }

    /// What is being done now.
    pub fn say(&self, what: impl Into<String>) {
        self.bar.set_message(what.into());
    }

    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}
