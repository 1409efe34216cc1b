//! Clock, memory, and how times are told.

use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
pub fn now() -> Instant {
    Instant::now()
}

pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

pub fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-9)
}

/// Resident now and at most, in MB.
pub fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| {
        let found = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        found.unwrap_or(0) / 1024
    };
    format!("resident {} MB, peak {} MB", line("VmRSS:"), line("VmHWM:"))
}

/// User and system time of this process so far; zero where there is no /proc.
pub fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    // Linux counts in hundredths of a second.
    Duration::from_millis(ticks * 10)
}

/// Times of the same question, or of questions of one sort.
#[derive(Default)]
pub struct Times(Vec<(Duration, String)>);

impl Times {
    pub fn add(&mut self, time: Duration, what: &str) {
        self.0.push((time, what.to_owned()));
    }

    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// Median, 99th percentile and the slowest.
    pub fn tell(&self) -> String {
        let mut sorted = self.0.clone();
        sorted.sort();
        let at = |share: f64| {
            let place = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1));
            sorted.get(place - 1).cloned().unwrap_or_default()
        };
        let (slowest, name) = at(1.0);
        format!(
            "{:5} questions: median {:7.2} ms, 99th {:7.2} ms, slowest {:7.2} ms ({name})",
            sorted.len(),
            ms(at(0.5).0),
            ms(at(0.99).0),
            ms(slowest)
        )
    }
}
