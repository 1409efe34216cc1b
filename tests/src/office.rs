//! One office with a long ledger, for measurements; and what a process takes. Needs Linux (reads /proc/self).

use std::path::Path;
use std::sync::Arc;

use shared::program::{Lang, Layers, SystemClock};
use shared::sample;
use shared::sample::county::{self, Township};
use township_node::app::{ImportHow, Node, Wish};
use township_node::config::{self, Config};

use crate::cluster::plain;

/// Rows of one import.
const STEP: usize = 5_000;

/// The township whose node it is.
pub const TOWN: &Township = &county::TOWNSHIPS[3];

/// Opens the node of a folder.
///
/// # Errors
/// What the node says.
pub fn open(root: &Path) -> anyhow::Result<Node> {
    let config = Config::load(&root.join("node"), Layers::default()).map_err(plain)?;
    Node::open(config, Arc::new(SystemClock)).map_err(plain)
}

/// A new node in a folder, with nothing in it.
///
/// # Errors
/// What the disk or the node says.
pub fn made(root: &Path) -> anyhow::Result<Node> {
    let given = [
        ("state.dir", root.join("state").display().to_string()),
        ("township.code", TOWN.code.to_string()),
        ("township.name", TOWN.name.to_owned()),
    ];
    std::fs::create_dir_all(root.join("node"))?;
    std::fs::write(root.join("node").join(config::FILE), config::file(&given))?;
    open(root)
}

/// Imports so many suggestions.
///
/// # Errors
/// A row is not taken.
pub fn fill(node: &Node, records: usize) -> anyhow::Result<()> {
    // Numbers of suggestions have five digits, so the records are spread over two years.
    let half = records.div_ceil(2);
    let years = [(2016, half), (2017, records - half)];
    let rows: Vec<_> =
        years.into_iter().flat_map(|(year, count)| sample::ledger(7, Some(TOWN), year, count)).collect();
    for part in rows.chunks(STEP) {
        let bytes = sample::csv(part.iter().cloned());
        let done =
            node.import("proposal", bytes.as_bytes(), ImportHow::default(), &Wish::default(), Lang::En);
        let done = done.map_err(plain)?;
        let first = done.problems.first().map(|problem| &problem.text);
        anyhow::ensure!(done.new == part.len(), "{} of {} rows taken: {first:?}", done.new, part.len());
    }
    Ok(())
}

/// Megabytes of a line of /proc/self/status, such as `VmRSS:` and `VmHWM:`.
pub fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status
        .lines()
        .find_map(|l| l.strip_prefix(line)?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    found.unwrap_or(0) / 1024
}

/// Forgets the peak of memory, so that the next one is that of what comes.
pub fn forget_peak() {
    // Where the kernel has no such file the peak stays, and the figure is only too high.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
