//! Logs: on standard error, as text or as JSON, one line each.
//!
//! Fields carry ids and counts. Names, telephone numbers, texts of petitions, keys and payloads never come here.

use std::str::FromStr;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use super::clock::{Clock as _, SystemClock, rfc3339};
use crate::ids::ParseError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

impl FromStr for LogFormat {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(ParseError::new("text or json", text)),
        }
    }
}

struct Stamp;

impl FormatTime for Stamp {
    fn format_time(&self, w: &mut Writer<'_>) -> std::fmt::Result {
        w.write_str(&rfc3339(SystemClock.now_ms()))
    }
}

/// Starts logging for the process; later calls change nothing. `filter` is in the form of tracing's directives, such as
/// `info` or `info,shared::net=debug`.
///
/// # Errors
/// The filter is not understood.
pub fn start_logging(format: LogFormat, filter: &str) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|_| ParseError::new("a log filter such as info or info,shared::net=debug", filter))?;
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_timer(Stamp);
    // A second start in one process (a program run inside a test) keeps the first subscriber.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => {
            builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_not_one_is_refused() {
        assert!(start_logging(LogFormat::Text, "shared=loud").is_err());
    }
}
