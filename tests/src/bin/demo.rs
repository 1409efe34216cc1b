//! The main job for real: one hub and nineteen nodes with mutual TLS, a year of work, a night's exchange, tallies.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Parser;
use county_hub::app::ask::Ask;
use county_hub::app::tally::Question;
use county_hub::app::verify::Verify;
use county_hub::cli::tally::table;
use shared::ids::StreamName;
use shared::program::{Lang, Progress};
use shared::record::Day;
use shared::sample::Amounts;
use tokio_util::sync::CancellationToken;
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;
use xianglian_tests::fill;
use xianglian_tests::night::{Night, sync_all};

/// 县级枢纽一个、乡镇节点十九个，真实联网同步一次。
/// One county hub and nineteen township nodes, synced for real.
#[derive(Debug, Parser)]
#[command(name = "demo")]
struct Args {
    /// 用真实的建议台账（CSV 或 XLSX）代替编造的工作 / a real ledger of suggestions instead of made-up work
    #[arg(long, requires = "districts")]
    ledger: Option<PathBuf>,
    /// 乡镇名单：code9,name,kind,…,district / list of townships and districts
    #[arg(long)]
    districts: Option<PathBuf>,
    /// 结束后保持运行，并给出可以接着试的命令 / keep running, and say what to try next
    #[arg(long)]
    keep: bool,
    /// 编造工作的种子 / seed of the made-up work
    #[arg(long, default_value_t = 2026)]
    seed: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let root = tempfile::Builder::new().prefix("xianglian-").tempdir()?;
    let county = match &args.districts {
        Some(file) => County::from_file(file)?,
        None => County::undrawn(),
    };
    println!(
        "{}：{} 个乡镇，{} 个片。数据在 {}",
        county.name,
        county.towns.len(),
        county.districts().len(),
        root.path().display()
    );
    let cluster = Cluster::start(root.path(), county).await?;
    println!("县级枢纽在 {}；{} 个节点都已领到证书。\n", cluster.address, cluster.nodes.len());

    match &args.ledger {
        Some(ledger) => real(&cluster, ledger).await?,
        None => made_up(&cluster, args.seed).await?,
    }
    settle(&cluster).await?;
    check(&cluster)?;

    if args.keep {
        return keep(cluster, &root).await;
    }
    cluster.stop().await
}

/// Exchanges until nothing new crosses: each side answers what the other has sent, and the answers go with the next exchange.
async fn settle(cluster: &Cluster) -> anyhow::Result<()> {
    for _ in 0..ANSWERS {
        let night = sync_all(cluster).await?;
        let quiet = (night.sent, night.received) == (0, 0);
        told(if quiet { "再同步一次（没有新内容）" } else { "再同步一次（互相答复）" }, &night);
        if quiet {
            return Ok(());
        }
    }
    anyhow::bail!("{ANSWERS} exchanges after the last step there was still something to exchange")
}

async fn real(cluster: &Cluster, ledger: &Path) -> anyhow::Result<()> {
    let (new, changed, unchanged) = fill::import(cluster, ledger)?;
    println!("导入台账：新增 {new}，更改 {changed}，未变 {unchanged}");
    told("同步", &sync_all(cluster).await?);
    show(
        cluster,
        "2017",
        &["A1", "A7", "A11_A", "A11_B", "A11_C", "A11_D", "A11_solved", "A11_solved_or_going"],
    )?;
    let again = fill::import(cluster, ledger)?;
    println!("再次导入同一台账：新增 {}，更改 {}，未变 {}", again.0, again.1, again.2);
    ensure!((again.0, again.1) == (0, 0), "the same ledger changed something the second time");
    Ok(())
}

async fn made_up(cluster: &Cluster, seed: u64) -> anyhow::Result<()> {
    let span = Day::new(2026, 1, 1).zip(Day::new(2026, 11, 20)).context("there are such days")?;
    println!("种子 {seed}：{} 至 {} 的工作", span.0, span.1);
    let amounts =
        Amounts { deputies: 40, proposals: 20, petitions: 20, publicity: 25, visits: 2, others: 10 };
    let steps = fill::tell(cluster, seed, span, amounts, async |round| {
        told(&format!("第 {} 次同步", round + 1), &sync_all(cluster).await?);
        Ok(())
    })
    .await?;
    println!("共 {steps} 步，每一步都经过同一道关口。\n");
    show(cluster, "2026", &["A1", "A7", "A6", "A9", "B1", "B5", "C1_claimed", "F3"])
}

fn told(what: &str, night: &Night) {
    let per =
        night.bytes.checked_div(night.sent).map_or_else(String::new, |bytes| format!("，每条 {bytes} 字节"));
    println!(
        "{what}：上行 {} 条，下行 {} 条，{} 字节{per}，{:.2} 秒；未到县里 {} 条，待更正 {} 条",
        night.sent,
        night.received,
        night.bytes,
        night.took.as_secs_f64(),
        night.waiting,
        night.held
    );
}

fn show(cluster: &Cluster, period: &str, measures: &[&str]) -> anyhow::Result<()> {
    let ask = Question {
        measures: measures.iter().map(|id| (*id).to_owned()).collect(),
        level: "district".to_owned(),
        period: Some(period.to_owned()),
        ..Default::default()
    };
    let answer = ask.answer(cluster.hub.app()).map_err(plain)?;
    println!("\n{}", table(&answer, Lang::Zh));
    Ok(())
}

/// Exchanges that answers to answers may take: what arrived is taken note of, the note closes what waited for it, and the
/// county's figures follow.
const ANSWERS: usize = 4;

/// Every chain at both sides, and that both sides hold the same.
fn check(cluster: &Cluster) -> anyhow::Result<()> {
    let mut entries = 0;
    for (town, node) in &cluster.nodes {
        entries += node.verify(&Progress::silent()).map_err(plain)?.journal.entries;
        for stream in [StreamName::Township(town.code), StreamName::DownAll, StreamName::Down(town.code)] {
            let (here, there) = (node.store().head(stream), cluster.hub.app().store().head(stream));
            ensure!(
                (here.len, here.hash) == (there.len, there.hash),
                "{stream} differs: {here:?} and {there:?}"
            );
        }
    }
    let hub = Verify {}.answer(cluster.hub.app()).map_err(plain)?;
    ensure!(hub.good, "the hub's streams or tallies are not as they should be: {hub:?}");
    println!(
        "校验：节点 {entries} 条、枢纽 {} 条，哈希链完整，两边一致，统计与重算相同。",
        hub.journal.entries
    );
    Ok(())
}

async fn keep(mut cluster: Cluster, root: &tempfile::TempDir) -> anyhow::Result<()> {
    let (root, hub) = (root.path().display(), cluster.hub.app().config().data.clone());
    let Some(first) = cluster.nodes.first().map(|(town, _)| town.clone()) else {
        return cluster.stop().await;
    };
    // The nodes are closed, so that the commands can open their folders.
    cluster.nodes.clear();
    // The address that the settings say, or any other where somebody listens there already.
    let door = match cluster.hub.http_door().await {
        Ok(Some(door)) => door,
        _ => cluster.hub.http_door_at(SocketAddr::from(([127, 0, 0, 1], 0))).await.map_err(plain)?,
    };
    let http = door.address()?;
    let (answering, stop) = (cluster.hub.clone(), CancellationToken::new());
    let answering = tokio::spawn({
        let stop = stop.clone();
        async move { answering.serve_http(door, stop).await }
    });
    println!("\n枢纽仍在运行。可以试试（另开一个终端）：");
    println!("  cargo run --release --bin county-hub -- --data {} status", hub.display());
    println!("  cargo run --release --bin county-hub -- --data {} tally --level township", hub.display());
    let node = format!("{root}/nodes/{}", first.code);
    println!("  cargo run --release --bin township-node -- --data {node} status");
    println!("  cargo run --release --bin township-node -- --data {node} record list proposal");
    println!("  cargo run --release --bin township-node -- --data {node} sync");
    println!("其他程序读取（钥匙由 key add 给出）：");
    println!("  cargo run --release --bin county-hub -- --data {} key add 试用", hub.display());
    println!(
        "  curl -H 'Authorization: Bearer 钥匙' 'http://{http}/api/v1/tally?measures=A1,A7&level=district&period=2026'"
    );
    println!("  curl http://{http}/metrics");
    println!("按 Ctrl+C 结束，数据随之删除。");
    tokio::signal::ctrl_c().await?;
    stop.cancel();
    answering.await?;
    cluster.stop().await
}
