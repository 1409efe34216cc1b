//! What a county carries after many years: nineteen townships, twenty years of made-up work of every kind, one hub.
//!
//! ```text
//! cargo run --release --bin bench-county -- --years 20 --townships 19
//! ```
//!
//! Four parts, each in a process of its own so that memory is counted apart. **make**: every office does its years through
//! the gate, and its stream is kept. **ingest**: a hub takes the streams in by sessions, two at a time, every batch durable
//! before it is acknowledged. **ask**: the hub is opened and asked for every figure of the catalogue at every level in several
//! periods. **rebuild**: the views are made anew from the journal and must be, row by row, what they were.
//!
//! `--folder DIR` keeps everything; a second run there takes the streams as they are, and `--only PART` runs one part.
//! Needs Linux (reads /proc/self/status).

mod ask;
mod ingest;
mod make;
mod meter;
mod rebuild;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::Parser;
use county_hub::app::App;
use county_hub::config::{Config, settle};
use shared::program::{Clock, ManualClock, Progress, day_start_ms};
use shared::record::Day;
use shared::sample::county::{self, Township};
use xianglian_tests::cluster::plain;

/// Many years of many townships at one hub.
#[derive(Debug, Clone, Parser)]
#[command(name = "bench-county")]
struct Args {
    #[arg(long, default_value_t = 20)]
    years: u32,
    #[arg(long, default_value_t = 19)]
    townships: usize,
    /// Seed of the made-up work.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Keep everything here; a temporary folder otherwise.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// One part alone: make, ingest, ask or rebuild.
    #[arg(long)]
    only: Option<String>,
    /// Threads that make and ingest.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// What all parts know.
struct Work {
    args: Args,
    folder: PathBuf,
}

const PARTS: [&str; 4] = ["make", "ingest", "ask", "rebuild"];

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let (Some(part), Some(folder)) = (&args.only, &args.folder) {
        let work = Work { folder: folder.clone(), args: args.clone() };
        return match part.as_str() {
            "make" => make::run(&work),
            "ingest" => ingest::run(&work),
            "ask" => ask::run(&work),
            "rebuild" => rebuild::run(&work),
            other => anyhow::bail!("no part {other}; there are {}", PARTS.join(", ")),
        };
    }
    ensure!(args.only.is_none(), "--only goes with --folder");
    let profile = if cfg!(debug_assertions) { "debug assertions on" } else { "release" };
    println!(
        "seed {}: {} years of {} townships and their county ({profile})",
        args.seed, args.years, args.townships
    );
    let temporary = args.folder.is_none().then(tempfile::tempdir).transpose()?;
    let folder = match (&args.folder, &temporary) {
        (Some(folder), _) => folder.clone(),
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => anyhow::bail!("no folder"),
    };
    std::fs::create_dir_all(&folder)?;
    for part in PARTS {
        let status = Command::new(std::env::current_exe()?)
            .args(["--only", part, "--folder"])
            .arg(&folder)
            .args(["--years", &args.years.to_string(), "--townships", &args.townships.to_string()])
            .args(["--seed", &args.seed.to_string(), "--threads", &args.threads.to_string()])
            .status()?;
        ensure!(status.success(), "the part {part} failed");
    }
    Ok(())
}

impl Work {
    /// Spread over the list, so that few townships are of several forms and districts too.
    fn townships(&self) -> Vec<&'static Township> {
        let all = &county::TOWNSHIPS;
        let count = self.args.townships.clamp(1, all.len());
        (0..count).map(|nth| &all[nth * all.len() / count]).collect()
    }

    /// The last day of the made-up work; the clock of every part stands at its noon.
    fn today() -> Day {
        Day::new(2026, 11, 20).unwrap_or_else(|| unreachable!("it is a day"))
    }

    fn first_day(&self) -> Day {
        let years = i32::try_from(self.args.years).unwrap_or(i32::MAX);
        Self::today().plus(1 - 365 * years)
    }

    fn clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::new(day_start_ms(Self::today()) + 12 * 60 * 60 * 1000, 11))
    }

    /// Streams that were made, by township; the name says of what.
    fn streams(&self, township: &Township) -> PathBuf {
        let Args { seed, years, .. } = self.args;
        self.folder.join("streams").join(format!("{}-{years}-{seed}", township.code))
    }

    fn hub(&self) -> PathBuf {
        self.folder.join("hub")
    }

    fn hub_config(&self) -> anyhow::Result<Config> {
        let settings = settle(&self.hub(), Vec::new()).map_err(plain)?;
        Config::new(&self.hub(), &settings).map_err(plain)
    }

    fn open_hub(&self) -> anyhow::Result<App> {
        let clock: Arc<dyn Clock> = Self::clock();
        App::open(self.hub_config()?, clock, &Progress::silent()).map_err(plain)
    }

    /// Runs `work` for every township on the threads asked for; a failure ends it all.
    fn spread<T: Send>(
        &self,
        work: impl Fn(&'static Township) -> anyhow::Result<T> + Sync,
    ) -> anyhow::Result<Vec<T>> {
        let queue = std::sync::Mutex::new(self.townships().into_iter());
        let next = || queue.lock().ok().and_then(|mut queue| queue.next());
        let worker = || {
            let mut done = Vec::new();
            while let Some(township) = next() {
                done.push(work(township).with_context(|| township.name)?);
            }
            Ok(done)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.args.threads.max(1)).map(|_| scope.spawn(worker)).collect();
            let mut all = Vec::new();
            for thread in threads {
                let done: anyhow::Result<Vec<T>> =
                    thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?;
                all.extend(done?);
            }
            Ok(all)
        })
    }
}

/// Bytes of all files under a folder.
fn bytes_under(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => bytes_under(&entry.path()),
        _ => entry.metadata().map_or(0, |data| data.len()),
    });
    sizes.sum()
}
