//! What a node with 100,000 records takes: seconds to open, resident memory, seconds to list and to tally.
//!
//! `bench-node RECORDS` sets the number; `bench-node --years N` fills the node with so many years of made-up work of every
//! kind instead, through the gate as a clerk does. Needs Linux (reads /proc/self/status).

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use shared::ledger::List;
use shared::program::{Lang, Layers, Progress, SystemClock};
use shared::sample;
use shared::sample::county::{self, Township};
use township_node::app::{ImportHow, Node, Sample, Wish};
use township_node::config::{self, Config};
use xianglian_tests::cluster::plain;

const STEP: usize = 5_000;

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

fn node(root: &Path) -> anyhow::Result<Node> {
    let config = Config::load(&root.join("node"), Layers::default()).map_err(plain)?;
    Node::open(config, Arc::new(SystemClock)).map_err(plain)
}

/// The township whose node it is.
const TOWN: &Township = &county::TOWNSHIPS[3];

fn made(root: &Path) -> anyhow::Result<Node> {
    let given = [
        ("state.dir", root.join("state").display().to_string()),
        ("township.code", TOWN.code.to_string()),
        ("township.name", TOWN.name.to_owned()),
    ];
    std::fs::create_dir_all(root.join("node"))?;
    std::fs::write(root.join("node").join(config::FILE), config::file(&given))?;
    node(root)
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
    // Numbers of suggestions have five digits, so the records are spread over two years.
    let half = records.div_ceil(2);
    let years = [(2016, half), (2017, records - half)];
    let rows: Vec<_> =
        years.into_iter().flat_map(|(year, count)| sample::ledger(7, Some(TOWN), year, count)).collect();
    for part in rows.chunks(STEP) {
        let bytes = sample::csv(part.iter().cloned());
        let done =
            node.import("proposal", bytes.as_bytes(), &ImportHow::default(), &Wish::default(), Lang::En);
        let done = done.map_err(plain)?;
        let first = done.problems.first().map(|problem| &problem.text);
        anyhow::ensure!(done.new == part.len(), "{} of {} rows taken: {first:?}", done.new, part.len());
    }
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
    let node = node(root)?;
    println!("opened in {:.3} s; resident {} MB", begun.elapsed().as_secs_f64(), memory("VmRSS:"));
    let begun = now();
    let ask = List { kind: "proposal".into(), ..List::default() };
    let listing = node.list(&ask).map_err(plain)?;
    println!("first page of {} lines in {:.1} ms", listing.rows.len(), begun.elapsed().as_secs_f64() * 1e3);
    let begun = now();
    node.tally(&[], None, None, Lang::Zh).map_err(plain)?;
    println!("all figures in {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    println!("resident {} MB, peak {} MB", memory("VmRSS:"), memory("VmHWM:"));
    Ok(())
}

fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status
        .lines()
        .find_map(|l| l.strip_prefix(line)?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    found.unwrap_or(0) / 1024
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn now() -> Instant {
    Instant::now()
}
