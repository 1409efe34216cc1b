//! The HTTP door read from outside, by programs that nobody here wrote: schemathesis against the description of the API,
//! promtool against the metrics, a calendar parser against the feed, Python's TLS against the certificate. They share no
//! line of code with the product.
//!
//! They are installed into the target folder, once. Where one cannot be had (no network) its test says so, here and in
//! `outside-skipped.txt` in the same folder, which `tests/run` shows at its end.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, ensure};
use county_hub::app::ask::Ask as _;
use county_hub::app::feed::{Standing, Wanted};
use county_hub::app::key;
use county_hub::app::viewer::Viewer;
use serde_json::Value as Json;
use shared::record::Day;
use shared::sample::Amounts;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;
use xianglian_tests::night::sync_all;
use xianglian_tests::{fill, tools};

/// Seed of the made-up work, and of what schemathesis makes up.
const SEED: u64 = 26;
/// Requests of schemathesis to each operation and phase, about.
const EXAMPLES: &str = "30";
/// How long it may take in all.
const SECONDS_MAX: &str = "120";

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign").join("outside")
}

fn target() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// The tool, or a word about why its test is passed over.
fn tool(what: &str, found: Result<PathBuf, String>) -> Option<PathBuf> {
    let why = match found {
        Ok(tool) => return Some(tool),
        Err(why) => why,
    };
    let said = format!("skipped: {what} cannot be had here\n{why}\n");
    eprintln!("{said}");
    let file =
        std::fs::OpenOptions::new().create(true).append(true).open(target().join("outside-skipped.txt"));
    // The note is for people; without it the words above still stand in the output of the test.
    let _ = file.and_then(|mut file| file.write_all(said.as_bytes()));
    None
}

fn python() -> Option<PathBuf> {
    let list = scripts().join("requirements.txt");
    tool("Python with its packages", tools::python(&list, &target().join("outside-python")))
}

/// A hub that has seen some work of three townships, with its HTTP doors open.
struct Open {
    cluster: Cluster,
    /// In the clear, on this machine.
    address: SocketAddr,
    /// With TLS.
    secure: SocketAddr,
    stop: CancellationToken,
    serving: Vec<JoinHandle<()>>,
    root: TempDir,
}

impl Open {
    async fn new() -> anyhow::Result<Self> {
        let root = tempfile::Builder::new().prefix("xianglian-").tempdir()?;
        let mut county = County::undrawn();
        county.towns.truncate(3);
        let cluster = Cluster::start(root.path(), county).await?;
        let span = Day::new(2026, 1, 1).zip(Day::new(2026, 11, 20)).context("there are such days")?;
        let amounts = Amounts { deputies: 6, proposals: 4, petitions: 4, publicity: 5, visits: 1, others: 3 };
        fill::tell(&cluster, SEED, span, amounts, async |_| sync_all(&cluster).await.map(drop)).await?;
        let stop = CancellationToken::new();
        let (mut serving, mut addresses) = (Vec::new(), Vec::new());
        for at in ["127.0.0.1:0", "0.0.0.0:0"] {
            let door = cluster.hub.http_door_at(at.parse()?).await.map_err(plain)?;
            addresses.push(door.address()?);
            let (hub, stop) = (cluster.hub.clone(), stop.clone());
            serving.push(tokio::spawn(async move { hub.serve_http(door, stop).await }));
        }
        let secure = SocketAddr::from(([127, 0, 0, 1], addresses[1].port()));
        Ok(Self { cluster, address: addresses[0], secure, stop, serving, root })
    }

    /// The secret of a fresh key of the county.
    fn key(&self, name: &str, only: Option<&str>) -> anyhow::Result<String> {
        let add = key::Add {
            name: name.to_owned(),
            township: None,
            district: None,
            only: only.map(str::to_owned),
            days: Some(1),
        };
        Ok(add.answer(self.cluster.hub.app()).map_err(plain)?.secret)
    }

    async fn close(self) -> anyhow::Result<()> {
        self.stop.cancel();
        for serving in self.serving {
            serving.await?;
        }
        self.cluster.stop().await
    }
}

/// Runs a command beside the hub.
async fn run(mut command: Command) -> anyhow::Result<Output> {
    let shown = format!("{command:?}");
    let output = tokio::task::spawn_blocking(move || command.output()).await?;
    output.with_context(|| format!("{shown} does not start"))
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_nothing_that_the_description_does_not_say() -> anyhow::Result<()> {
    let Some(python) = tokio::task::spawn_blocking(python).await? else { return Ok(()) };
    let open = Open::new().await?;
    let key = open.key("schemathesis", None)?;
    let base = format!("http://{}", open.address);
    let catalogue = open.cluster.hub.app().catalogue();
    let kinds: Vec<&str> = catalogue.kinds.values().map(|kind| kind.id.as_str()).collect();
    let measures = catalogue.kinds.values().flat_map(|kind| &kind.measures);
    let measures: Vec<&str> = measures.map(|measure| measure.id.as_str()).collect();
    let mut command = Command::new(python.with_file_name("schemathesis"));
    command
        .env("XIANGLIAN_KINDS", kinds.join(","))
        .env("XIANGLIAN_MEASURES", measures.join(","))
        .env("SCHEMATHESIS_HOOKS", scripts().join("hooks.py"))
        // What it writes for itself belongs into the target folder too.
        .current_dir(target())
        .args(["run", "--url", &base, "--header", &format!("Authorization: Bearer {key}")])
        .args(["--checks", "all", "--max-examples", EXAMPLES, "--max-time", SECONDS_MAX])
        .args(["--seed", &SEED.to_string(), "--continue-on-failure", "--no-color"])
        .arg(format!("{base}/api/v1/openapi.json"));
    let output = run(command).await?;
    ensure!(output.status.success(), "{}", said(&output));
    open.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn promtool_has_no_complaint_about_the_metrics() -> anyhow::Result<()> {
    let found = tokio::task::spawn_blocking(|| tools::promtool(&target().join("promtool"))).await?;
    let Some(promtool) = tool("promtool", found) else { return Ok(()) };
    let open = Open::new().await?;
    let key = open.key("prometheus", Some("metrics"))?;
    // As a server that cannot set headers reads them, twice, so that there are requests to count.
    for _ in 0..2 {
        let page = fetch(open.address, &format!("/metrics?key={key}")).await?;
        let mut child = Command::new(&promtool)
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("promtool starts")?;
        child.stdin.take().context("a pipe")?.write_all(page.as_bytes())?;
        let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await??;
        ensure!(output.status.success(), "{}\n{page}", said(&output));
        for town in &open.cluster.county.towns {
            let age = format!("xianglian_township_last_sync_age_seconds{{township=\"{}\"", town.code);
            ensure!(page.contains(&age), "{} is not measured:\n{page}", town.name);
        }
    }
    open.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_parser_reads_the_feed_as_it_is_meant() -> anyhow::Result<()> {
    let Some(python) = tokio::task::spawn_blocking(python).await? else { return Ok(()) };
    let open = Open::new().await?;
    let key = open.key("calendar", Some("calendar"))?;
    let mut command = Command::new(python);
    command.arg(scripts().join("feed.py"));
    command.arg(format!("http://{}/api/v1/calendar.ics?key={key}", open.address));
    let output = run(command).await?;
    ensure!(output.status.success(), "{}", said(&output));
    let read: Vec<Json> = serde_json::from_slice(&output.stdout)?;
    let events = open.cluster.hub.app().report_events(Viewer::County, &Wanted::default()).map_err(plain)?;
    ensure!(!events.is_empty(), "the made-up work has no meeting");
    let row = |parts: [&str; 4]| parts.map(str::to_owned);
    let meant: BTreeSet<[String; 4]> = events
        .iter()
        .map(|event| {
            let standing = if event.standing == Standing::Cancelled { "CANCELLED" } else { "CONFIRMED" };
            row([&event.first.to_string(), &event.last.plus(1).to_string(), &event.title.zh, standing])
        })
        .collect();
    let text = |event: &Json, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let found: BTreeSet<[String; 4]> = read
        .iter()
        .map(|event| ["start", "end", "summary", "status"].map(|name| text(event, name)))
        .collect();
    assert_eq!(found, meant);
    assert_eq!(read.len(), events.len());
    open.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_this_machine_the_hub_speaks_tls_with_its_own_certificate() -> anyhow::Result<()> {
    let Some(python) = tokio::task::spawn_blocking(python).await? else { return Ok(()) };
    let open = Open::new().await?;
    let key = open.key("far", None)?;
    let root = open.root.path().join("hub").join("ca").join("root.pem");
    let mut command = Command::new(python);
    command.arg(scripts().join("secure.py")).arg(open.secure.to_string()).arg(root).arg(key);
    let output = run(command).await?;
    ensure!(output.status.success(), "{}", said(&output));
    open.close().await
}

/// The body at an address, over a connection of its own.
async fn fetch(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = String::from_utf8(bytes)?;
    let (head, body) = text.split_once("\r\n\r\n").context("a whole answer")?;
    ensure!(head.starts_with("HTTP/1.1 200"), "{head}");
    Ok(body.to_owned())
}
