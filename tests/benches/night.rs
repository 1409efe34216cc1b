//! What a night costs: nineteen nodes and one hub in this process, real sockets, mutual TLS, disks.
//!
//! Prints: entries per second on first sync and with changed records (each durable at the hub before its
//! acknowledgement), bytes per changed record, bytes and round trips of a session with nothing to do, entries per second
//! of a rebuild. `bench-night ROWS CHANGED` sets the records of each node (2,000) and those changed (500).

use std::time::{Duration, Instant};

use shared::program::Lang;
use shared::sample::{self, LedgerRow, county};
use township_node::app::{ImportHow, Node, Wish};
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;
use xianglian_tests::night::{Night, sync_all};

const ROUNDS: usize = 5;

fn main() -> anyhow::Result<()> {
    let numbers: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let (rows, changed) = (numbers.first().copied().unwrap_or(2_000), numbers.get(1).copied().unwrap_or(500));
    let profile = if cfg!(debug_assertions) { "debug assertions on" } else { "release" };
    println!("nineteen nodes and a hub, {rows} records each, {changed} changed each ({profile})");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run(rows, changed))
}

async fn run(rows: usize, changed: usize) -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = Cluster::start(root.path(), County::fictional()).await?;
    // Districts and townships flow down first, so that what is measured flows up.
    sync_all(&cluster).await?;

    let ledgers: Vec<Vec<LedgerRow>> = cluster
        .nodes
        .iter()
        .map(|(town, _)| sample::ledger(7, county::find(town.code), 2017, rows).collect())
        .collect();
    let begun = now();
    for ((_, node), ledger) in cluster.nodes.iter().zip(&ledgers) {
        import(node, ledger)?;
    }
    let count = rows * cluster.nodes.len();
    println!(
        "import: {count} rows, {:.0} per second, one node after the other",
        rate(count as u64, begun.elapsed())
    );

    let first = night(&cluster).await?;
    tell("first sync", &first);

    let mut nights = Vec::new();
    for round in 0..ROUNDS {
        for ((_, node), ledger) in cluster.nodes.iter().zip(&ledgers) {
            let touched: Vec<LedgerRow> =
                ledger.iter().take(changed).map(|row| later(row, round as i32)).collect();
            import(node, &touched)?;
        }
        let night = night(&cluster).await?;
        tell("changed", &night);
        nights.push(night);
    }
    nights.sort_by_key(|(night, _)| night.took);
    if let Some(middle) = nights.get(ROUNDS / 2) {
        tell("changed, median of five", middle);
    }

    let (quiet, _) = night(&cluster).await?;
    let (_, one) = &quiet.sessions[0];
    println!(
        "nothing to do: {} bytes out and {} in above TLS and HTTP/2 ({} in all), {} and {} at the socket with the handshake; \
         at most {} round trips, {} ms with nineteen at once",
        one.message_bytes_out,
        one.message_bytes_in,
        one.message_bytes_out + one.message_bytes_in,
        one.bytes_out,
        one.bytes_in,
        one.round_trips,
        quiet.took.as_millis()
    );
    rebuild(cluster).await
}

async fn rebuild(cluster: Cluster) -> anyhow::Result<()> {
    let begun = std::cell::Cell::new(None);
    let cluster = cluster
        .restart_hub(|data| {
            for found in std::fs::read_dir(data.join("store"))? {
                let found = found?;
                if found.file_name().to_string_lossy().starts_with("views") {
                    std::fs::remove_dir_all(found.path())?;
                }
            }
            begun.set(Some(now()));
            Ok(())
        })
        .await?;
    let took = begun.get().map(|begun| begun.elapsed()).unwrap_or_default();
    let entries: u64 = cluster.hub.app().store().streams().iter().map(|(_, head)| head.len).sum();
    println!("rebuild of the hub's views: {entries} entries, {:.0} per second", rate(entries, took));
    cluster.stop().await
}

/// The row with a reply that it did not have, or a later one.
fn later(row: &LedgerRow, days: i32) -> LedgerRow {
    let (day, class) = row.reply.unwrap_or((row.assigned.plus(40), 'B'));
    LedgerRow { reply: Some((day.plus(days + 1), class)), ..row.clone() }
}

fn import(node: &Node, rows: &[LedgerRow]) -> anyhow::Result<()> {
    let bytes = sample::csv(rows.iter().cloned());
    let done = node.import("proposal", bytes.as_bytes(), &ImportHow::default(), &Wish::default(), Lang::En);
    let done = done.map_err(plain)?;
    anyhow::ensure!(done.new + done.changed == rows.len(), "not every row counted: {done:?}");
    Ok(())
}

/// One night after all is quiet, as it is at night: what the day's work left to the background is done first. With it
/// the processor time that the whole process took, nodes and hub together.
async fn night(cluster: &Cluster) -> anyhow::Result<(Night, Duration)> {
    let mut look = tokio::time::interval(Duration::from_millis(100));
    look.tick().await;
    for _ in 0..600 {
        let before = processor_time();
        look.tick().await;
        if processor_time().saturating_sub(before) < Duration::from_millis(20) {
            break;
        }
    }
    let before = processor_time();
    let night = sync_all(cluster).await?;
    Ok((night, processor_time().saturating_sub(before)))
}

/// User and system time of this process so far; zero where there is no /proc.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    // Linux counts in hundredths of a second.
    Duration::from_millis(ticks * 10)
}

fn tell(what: &str, (night, processor): &(Night, Duration)) {
    println!(
        "{what}: {} entries in {:.3} s, {:.0} per second; {:.1} us of processor time each, nodes and hub; {} bytes at the sockets, {:.1} per entry; held {}, waiting {}",
        night.sent,
        night.took.as_secs_f64(),
        rate(night.sent, night.took),
        processor.as_secs_f64() * 1e6 / night.sent.max(1) as f64,
        night.bytes,
        night.bytes as f64 / night.sent.max(1) as f64,
        night.held,
        night.waiting
    );
}

fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-9)
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn now() -> Instant {
    Instant::now()
}
