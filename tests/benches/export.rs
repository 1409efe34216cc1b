//! Rows per second from a node's store to a workbook and to CSV, beside openpyxl (write-only) writing the same cells on the
//! same machine in the same run; and the memory that it takes. The median of several rounds is printed.
//!
//! `bench-export ROWS ROUNDS`; 100,000 rows and 5 rounds if nothing is said. Needs Linux, and Python 3 for openpyxl.

#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use shared::exchange::out::Form;
use shared::ledger::{Export, List};
use township_node::app::Node;
use xianglian_tests::cluster::plain;
use xianglian_tests::{office, tools};

fn main() -> anyhow::Result<()> {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let (rows, rounds) = (numbers.first().copied().unwrap_or(100_000), numbers.get(1).copied().unwrap_or(5));
    if let Some(folder) = std::env::args().skip_while(|arg| arg != "--open").nth(1) {
        return open(Path::new(&folder), rows, rounds);
    }
    let root = tempfile::tempdir()?;
    office::fill(&office::made(root.path())?, rows)?;
    let profile = if cfg!(debug_assertions) { "debug assertions on" } else { "release" };
    println!("export of {rows} suggestions ({profile}), median of {rounds}");
    // A process of its own, so that what filling took does not count.
    let mut child = Command::new(std::env::current_exe()?);
    child.args([&rows.to_string(), &rounds.to_string()]).arg("--open").arg(root.path());
    ensure!(child.status()?.success(), "the second process failed");
    openpyxl(root.path(), rows, rounds)
}

fn open(root: &Path, rows: usize, rounds: usize) -> anyhow::Result<()> {
    let node = office::open(root)?;
    println!("node open: resident {} MB", office::memory("VmRSS:"));
    for (form, all_columns) in [(Form::Csv, false), (Form::Xlsx, false), (Form::Xlsx, true)] {
        let mut seconds = Vec::new();
        let (mut bytes, mut columns) = (0, 0);
        office::forget_peak();
        for _ in 0..rounds {
            let list = List { kind: "proposal".into(), ..List::default() };
            let ask = Export { list, form, all_columns, ..Export::default() };
            let path = root.join(format!("ledger.{}", form.ending()));
            let begun = Instant::now();
            (columns, bytes) = written(&node, &ask, &path, rows)?;
            seconds.push(begun.elapsed().as_secs_f64());
        }
        let what = if all_columns { "all columns" } else { "the list's columns" };
        println!(
            "{} of {what} ({columns}), {:.1} MB: {}; peak {} MB",
            form.ending(),
            bytes as f64 / 1e6,
            told(&mut seconds, rows),
            office::memory("VmHWM:"),
        );
    }
    Ok(())
}

fn written(node: &Node, ask: &Export, path: &Path, rows: usize) -> anyhow::Result<(usize, u64)> {
    let mut file = File::create(path)?;
    let done = node.export(ask, &mut file).map_err(plain)?;
    ensure!(done.rows == rows, "{} rows were written", done.rows);
    Ok((done.columns, file.metadata()?.len()))
}

/// The same rows by openpyxl, from the CSV that has just been written.
fn openpyxl(root: &Path, rows: usize, rounds: usize) -> anyhow::Result<()> {
    let foreign = Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign").join("books");
    let python = std::env::temp_dir().join("xianglian-books-python");
    let python = tools::python(&foreign.join("requirements.txt"), &python).map_err(anyhow::Error::msg)?;
    let mut command = Command::new(python);
    command.arg(foreign.join("speed.py")).arg(root.join("ledger.csv")).arg(root.join("theirs.xlsx"));
    let output = command.arg(rounds.to_string()).output().context("Python starts")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut seconds: Vec<f64> = text.lines().filter_map(|line| line.trim().parse().ok()).collect();
    ensure!(seconds.len() == rounds, "{text}");
    println!("openpyxl (write-only), the list's columns from memory: {}", told(&mut seconds, rows));
    Ok(())
}

fn told(seconds: &mut [f64], rows: usize) -> String {
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    format!(
        "{median:.2} s, {:.0} rows/s ({:.2} to {:.2} s)",
        rows as f64 / median,
        seconds[0],
        seconds[seconds.len() - 1]
    )
}
