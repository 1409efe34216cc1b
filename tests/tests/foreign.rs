//! A stranger's client: a script in Python, with stubs generated from `proto/`, reads health and a report with a reader's
//! certificate. It shares no line of code with the product.
//!
//! Needs Python 3 with venv; what the script needs beyond it is installed into the target folder, once.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use county_hub::Hub;
use county_hub::app::ask::Ask as _;
use county_hub::app::{App, district, reader, record, township};
use county_hub::config::{Config, settle};
use serde_json::Value;
use shared::ledger::{Act, By};
use shared::net::keys::{write_private, write_public};
use shared::program::SystemClock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use xianglian_tests::tools;

/// Folder of the script and of the list of what it needs.
fn foreign() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign")
}

/// A Python with the pinned packages, in the target folder.
fn python() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign-python");
    tools::python(&foreign().join("requirements.txt"), &folder).unwrap_or_else(|why| panic!("{why}"))
}

/// A hub with a district, a township that has not come yet, a planned seminar, and a reader.
fn hub(folder: &Path) -> (Hub, PathBuf) {
    let data = folder.join("hub");
    let given = [("county.code", "330282".to_owned()), ("county.name", "慈溪市".to_owned())];
    App::init(&data, &given, &SystemClock).expect("a new hub");
    let config = Config::new(&data, &settle(&data, Vec::new()).expect("settings")).expect("settings");
    let hub = Hub::open(config, Arc::new(SystemClock)).expect("a hub");
    let app = hub.app();
    let found = district::Add { name: "第一片".into(), order: None, from: Some("2020-01-01".into()) };
    found.answer(app).expect("a district");
    let add = township::Add {
        code: "330282107".parse().expect("nine digits"),
        name: "观海卫镇".into(),
        kind: "TOWN".into(),
        district: Some("第一片".into()),
        from: Some("2020-01-01".into()),
    };
    add.answer(app).expect("a township");
    let seminar = Act {
        kind: "seminar".into(),
        record: None,
        action: String::new(),
        set: ["form=FORUM", "theme=工作座谈", "held_on=2026-05-01", "addressed_to=ALL"]
            .map(str::to_owned)
            .to_vec(),
        reason: String::new(),
        by: By { staff: Some("u1".into()), role: "C_OFFICE".into(), on_behalf: false },
    };
    record::Act(seminar).answer(app).expect("a seminar");

    let pass = reader::Add { name: "statistics".into() }.answer(app).expect("a reader");
    let folder = folder.join("statistics");
    std::fs::create_dir(&folder).expect("a folder");
    write_private(&folder.join("key.pem"), &pass.key_pem).expect("a key");
    write_public(&folder.join("cert.pem"), &pass.certificate_pem).expect("a certificate");
    write_public(&folder.join("ca.pem"), &pass.ca_pem).expect("a certificate");
    (hub, folder)
}

/// Runs the script; gives its output.
async fn read(python: PathBuf, address: String, reader: PathBuf) -> Output {
    let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("proto");
    let mut command = Command::new(python);
    command.arg(foreign().join("report.py")).arg("--proto").arg(proto);
    command.args(["--address", &address, "--from", "2026-01-01", "--to", "2026-12-31", "--kind", "101"]);
    command.args(["--drill", "districts"]);
    command.arg("--reader").arg(reader);
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    output.expect("the script was waited for").expect("Python starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_reads_health_and_a_report_with_a_readers_certificate() {
    let python = tokio::task::spawn_blocking(python).await.expect("Python with the pinned packages");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (hub, pass) = hub(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let stop = CancellationToken::new();
    let serving = tokio::spawn({
        let (hub, stop) = (hub.clone(), stop.clone());
        async move { hub.serve(listener, stop).await }
    });

    let output = read(python.clone(), address.clone(), pass.clone()).await;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    let answer: Value = serde_json::from_str(&out).expect("one JSON value");
    assert_eq!(answer["health"], "SERVING");
    assert_eq!(answer["nodes"][0]["name"], "观海卫镇");
    assert_eq!(answer["nodes"][0]["status"], "EXPECTED");
    assert_eq!(answer["coverage"]["townships"], 1);
    assert_eq!(answer["coverage"]["silent"][0], "330282107");
    assert_eq!(
        (&answer["coverage"]["synced"], &answer["coverage"]["each"][0]["stale"]),
        (&0.into(), &true.into())
    );
    let rows = answer["rows"].as_array().expect("rows");
    let text = |measure: &str, name: &str| {
        let row =
            rows.iter().find(|row| row["measure"] == measure && row["name"] == name && row["split"] == "");
        row.unwrap_or_else(|| panic!("no {measure} of {name}"))["text"].clone()
    };
    assert_eq!(text("districts", "慈溪市"), "1");
    let drilled = &answer["drill"];
    assert_eq!((&drilled["text"], drilled["records"].as_array().map(Vec::len)), (&"1".into(), Some(1)));
    assert_eq!(drilled["records"][0][1], 1, "the district that makes the figure");
    assert_eq!(text("B1", "第一片"), "0");
    assert_eq!(text("B6", "慈溪市"), "—");
    assert_eq!(
        answer["records"].as_array().map(Vec::len),
        Some(1),
        "the district flows down, so it is in reports"
    );

    reader::Revoke { name: "statistics".into(), reason: "closed".into() }
        .answer(hub.app())
        .expect("a reader");
    let refused = read(python, address, pass).await;
    assert!(!refused.status.success(), "a revoked reader must not get in");

    stop.cancel();
    serving.await.expect("the hub's task").expect("the hub ends in order");
}
