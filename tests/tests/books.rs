//! Workbooks that the programs write, read by openpyxl, which shares no line of code with them.
//!
//! It is installed into the target folder, once. Where it cannot be had (no network) the tests say so, here and in
//! `outside-skipped.txt` in the same folder, which `tests/run` shows at its end.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use county_hub::app::tally::Question;
use shared::exchange::out::Form;
use shared::ledger::{Export, List};
use shared::program::Lang;
use shared::record::Day;
use shared::sample::Amounts;
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;
use xianglian_tests::night::sync_all;
use xianglian_tests::{fill, tools};

/// Seed of the made-up work.
const SEED: u64 = 26;

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign").join("books")
}

fn python() -> Option<PathBuf> {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let why = match tools::python(&scripts().join("requirements.txt"), &target.join("books-python")) {
        Ok(python) => return Some(python),
        Err(why) => why,
    };
    let said = format!("skipped: openpyxl cannot be had here\n{why}\n");
    eprintln!("{said}");
    let file = File::options().create(true).append(true).open(target.join("outside-skipped.txt"));
    // The note is for people; without it the words above still stand in the output of the test.
    let _ = file.and_then(|mut file| file.write_all(said.as_bytes()));
    None
}

/// What the script says of a file.
fn read(python: &Path, what: &str, files: &[&Path]) -> anyhow::Result<String> {
    let output = Command::new(python).arg(scripts().join("read.py")).arg(what).args(files).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(output.status.success(), "{what}: {}\n{}", text(&output.stdout), text(&output.stderr));
    Ok(text(&output.stdout))
}

#[tokio::test(flavor = "multi_thread")]
async fn openpyxl_reads_every_workbook_as_it_is_meant() -> anyhow::Result<()> {
    let Some(python) = tokio::task::spawn_blocking(python).await? else { return Ok(()) };
    let root = tempfile::Builder::new().prefix("xianglian-").tempdir()?;
    let mut county = County::undrawn();
    county.towns.truncate(3);
    let cluster = Cluster::start(root.path(), county).await?;
    let span = Day::new(2026, 1, 1).zip(Day::new(2026, 11, 20)).context("there are such days")?;
    let amounts = Amounts { deputies: 6, proposals: 12, petitions: 8, publicity: 8, visits: 1, others: 5 };
    fill::tell(&cluster, SEED, span, amounts, async |_| sync_all(&cluster).await.map(drop)).await?;
    tokio::task::block_in_place(|| ledgers(&cluster, &python, root.path()))?;
    tokio::task::block_in_place(|| figures(&cluster, &python, root.path()))?;
    cluster.stop().await
}

/// Ledgers of an office in both forms, and of the county; forms for importing them.
fn ledgers(cluster: &Cluster, python: &Path, folder: &Path) -> anyhow::Result<()> {
    let (book, text) = (folder.join("ledger.xlsx"), folder.join("ledger.csv"));
    let (_, node) = &cluster.nodes[0];
    for (kind, all_columns) in
        [("proposal", false), ("proposal", true), ("petition", true), ("publicity", true)]
    {
        let list = List { kind: kind.into(), ..List::default() };
        let ask = Export { list, all_columns, ..Export::default() };
        let done = node.export(&ask, File::create(&book)?).map_err(plain)?;
        node.export(&Export { form: Form::Csv, ..ask }, File::create(&text)?).map_err(plain)?;
        let said = read(python, "ledger", &[&book, &text])?;
        let (rows, columns, sheets) = (done.rows, done.columns, done.child_rows.len() + 1);
        ensure!(rows > 0 && said.starts_with(&format!("rows={rows} columns={columns} ")), "{kind}: {said}");
        ensure!(
            said.trim_end().ends_with(&format!("sheets={sheets}")) && !said.contains("days=0 "),
            "{kind}: {said}"
        );
        node.template(kind, all_columns, Lang::Zh, File::create(&book)?).map_err(plain)?;
        let said = read(python, "form", &[&book])?;
        ensure!(
            said.contains("required=") && !said.contains("lists=0") && !said.contains("dates=0"),
            "{said}"
        );
    }
    Ok(())
}

/// The county's figures: every level, compared, ranked.
fn figures(cluster: &Cluster, python: &Path, folder: &Path) -> anyhow::Result<()> {
    let book = folder.join("figures.xlsx");
    for level in ["county", "district", "township"] {
        for compare in [None, Some("year".to_owned())] {
            let question = Question {
                measures: ["A1", "A6", "B6", "C1", "C8_claimed"].map(str::to_owned).to_vec(),
                level: level.to_owned(),
                period: Some("2026".to_owned()),
                rank: (level == "township").then(Default::default),
                compare,
                ..Question::default()
            };
            let app = cluster.hub.app();
            let done = app.tally_book(&question, Lang::Zh, None, File::create(&book)?).map_err(plain)?;
            let said = read(python, "figures", &[&book])?;
            ensure!(
                said.contains(&format!("checks={}", done.checked)) && said.contains("数据说明"),
                "{said}"
            );
            ensure!(done.wrong == 0 && (level == "county") == (done.checked == 0), "{level}: {done:?}");
        }
    }
    Ok(())
}
