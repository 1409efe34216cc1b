//! What a node with 100,000 records takes: seconds to open, resident memory, seconds to list and to tally.
//!
//! `bench-node RECORDS` sets the number; `bench-node --years N` fills the node with so many years of made-up work of every
//! kind instead, through the gate as a clerk does. Needs Linux (reads /proc/self/status).

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use shared::ledger::List;
use shared::program::{Lang, Progress};
use township_node::app::{Node, Sample};
use xianglian_tests::cluster::plain;
use xianglian_tests::office::{self, made, memory};

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    if let Some(folder) = args.iter().position(|arg| arg == "--open").and_then(|at| args.get(at + 1)) {
        return open(Path::new(folder));
    }
    let root = tempfile::tempdir()?;
    let years = args.iter().position(|arg| arg == "--years").and_then(|at| args.get(at + 1));
    match years {
        Some(years) => work(&made(root.path())?, years.parse()?)?,
        None => {
            fill(&made(root.path())?, args.iter().find_map(|arg| arg.parse().ok()).unwrap_or(100_000))?;
        }
    }
    // A process of its own, so that what filling took does not count.
    let status = Command::new(std::env::current_exe()?).arg("--open").arg(root.path()).status()?;
    anyhow::ensure!(status.success(), "the second process failed");
    Ok(())
}

fn work(node: &Node, years: u32) -> anyhow::Result<()> {
    let begun = now();
    let ask = Sample { kind: None, count: None, years, seed: 7, sure: true };
    let done = node.sample(ask, &Progress::silent()).map_err(plain)?;
    println!(
        "filled: {} records of {} kinds in {} steps in {:.1} s; resident {} MB, peak {} MB",
        done.records,
        done.kinds.len(),
        done.steps,
        begun.elapsed().as_secs_f64(),
        memory("VmRSS:"),
        memory("VmHWM:")
    );
    Ok(())
}

fn fill(node: &Node, records: usize) -> anyhow::Result<()> {
    let begun = now();
    office::fill(node, records)?;
    println!(
        "filled: {records} records in {:.1} s; resident {} MB, peak {} MB",
        begun.elapsed().as_secs_f64(),
        memory("VmRSS:"),
        memory("VmHWM:")
    );
    Ok(())
}

fn open(root: &Path) -> anyhow::Result<()> {
    let begun = now();
    let node = office::open(root)?;
    println!("opened in {:.3} s; resident {} MB", begun.elapsed().as_secs_f64(), memory("VmRSS:"));
    let begun = now();
    let ask = List { kind: "proposal".into(), ..List::default() };
    let listing = node.list(&ask).map_err(plain)?;
    println!("first page of {} lines in {:.1} ms", listing.rows.len(), begun.elapsed().as_secs_f64() * 1e3);
    let begun = now();
    node.tally(&[], None, None, Lang::Zh).map_err(plain)?;
    println!("all figures in {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    search(&node)?;
    println!("resident {} MB, peak {} MB", memory("VmRSS:"), memory("VmHWM:"));
    Ok(())
}

/// Words that stand in many records, in few and in none, as typed letter by letter.
const TYPED: [&str; 12] = [
    "道",
    "道路",
    "道路灯",
    "建议",
    "城建",
    "2017-04-14",
    "201704",
    "财政局 道路",
    "没有这个词",
    "某某某",
    "12345",
    "不",
];

fn search(node: &Node) -> anyhow::Result<()> {
    let begun = now();
    let mut followed = node.prepare_search().map_err(plain)?;
    while followed.waiting > 0 {
        followed = node.prepare_search().map_err(plain)?;
    }
    println!(
        "search is ready after {:.0} ms: {} records; resident {} MB",
        begun.elapsed().as_secs_f64() * 1e3,
        followed.ready,
        memory("VmRSS:")
    );
    let mut times = Vec::new();
    for word in TYPED {
        let mut best = f64::MAX;
        let mut hits = 0;
        for _ in 0..5 {
            let begun = now();
            hits = node.search(word, None, 30).map_err(plain)?.hits.len();
            best = best.min(begun.elapsed().as_secs_f64() * 1e3);
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        println!("search for {word}: {hits} shown, {best:.1} ms at best");
    }
    times.sort_by(f64::total_cmp);
    println!(
        "searches: median {:.1} ms, slowest {:.1} ms",
        times[times.len() / 2],
        times.last().copied().unwrap_or_default()
    );
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn now() -> Instant {
    Instant::now()
}
