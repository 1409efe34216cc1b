//! The county changes the catalogue, the holidays and the law by publishing files: every office takes them at its next
//! exchange, works by them once it is opened anew, and counts again what still runs.

use std::path::Path;

use county_hub::app::ask::Ask as _;
use county_hub::app::record;
use county_hub::app::reference::{List, Publish};
use shared::ledger::{self, By};
use shared::program::{Lang, Taken, day_start_ms};
use shared::record::{Day, Role};
use tokio_util::sync::CancellationToken;
use township_node::app::{Node, Wish};
use township_node::service::{self, Ended};
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;

const TOWN: &str = "石桥镇";
const NEXT: &str = r#"{"year":2027,"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}"#;
const UNITY: &str = include_str!("own_ledger/unity.toml");

fn publish(name: &str, version: &str, text: &str) -> Publish {
    Publish {
        name: name.to_owned(),
        version: version.to_owned(),
        valid_from: None,
        text: text.to_owned(),
        dry_run: false,
        staff: "c1".to_owned(),
    }
}

fn wish(set: &[&str], role: Role) -> Wish {
    Wish { set: set.iter().map(|&s| s.to_owned()).collect(), role: Some(role), ..Wish::default() }
}

/// Ten in the morning of a day.
fn go_to(cluster: &Cluster, day: &str) {
    let day: Day = day.parse().expect("a day");
    cluster.clock.pin(day_start_ms(day) + 10 * 3_600_000);
}

async fn sync(node: &Node) -> anyhow::Result<()> {
    node.sync(|_| {}, &CancellationToken::new()).await.map(|_| ()).map_err(plain)
}

/// A petition that came on a day; its notice is due fifteen days later.
fn petition(node: &Node, day: &str) -> anyhow::Result<String> {
    let (received, registered) = (format!("received_on={day}"), format!("registered_on={day}"));
    let set = [
        "title=反映道路",
        &received,
        &registered,
        "channel=PHONE",
        "category=ADVICE",
        "topic=ROAD",
        "summary=概况",
        "petitioner_name=某",
    ];
    let made = node.create("petition", None, &wish(&set, Role::TClerk)).map_err(plain)?;
    Ok(made.record.to_string())
}

/// The day by which the petitioner is to be told.
fn notice(node: &Node, id: &str) -> anyhow::Result<String> {
    let shown = node.show(id, None).map_err(plain)?;
    let found = shown.deadlines.into_iter().find(|deadline| deadline.code == "DL-XF-NOTICE");
    Ok(found.map(|deadline| deadline.due).unwrap_or_default())
}

/// Closes and opens the node, as a running service does.
fn anew(cluster: &mut Cluster) -> anyhow::Result<()> {
    let folder = cluster.close_node(TOWN);
    let folder = folder.strip_prefix(&cluster.root)?.to_string_lossy().into_owned();
    let node = cluster.open_node(&folder)?;
    cluster.put_node(TOWN, node);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_county_publishes_is_taken_by_every_office_at_its_next_exchange() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = Cluster::start(root.path(), County::fictional().of(&[TOWN])).await?;
    go_to(&cluster, "2026-12-18");
    let (told, open) = {
        let node = cluster.node(TOWN);
        let (told, open) = (petition(node, "2026-12-17")?, petition(node, "2026-12-17")?);
        let done = wish(&["notified_on=2026-12-18"], Role::TClerk);
        node.act_on(&told, "notify", &done).map_err(plain)?;
        (told, open)
    };
    assert_eq!(notice(cluster.node(TOWN), &open)?, "2027-01-01", "only weekends are known of 2027");

    // What is wrong is refused before anybody gets it, with file and line.
    let app = cluster.hub.app();
    let broken = UNITY.replacen("tag = 900", "tag = 7", 1);
    let why = publish("unity.toml", "1", &broken).answer(app).unwrap_err();
    assert!(why.said.details.iter().any(|line| line.zh.contains("unity.toml:")), "{why:?}");
    assert!(publish("../county.toml", "1", UNITY).answer(app).is_err());
    let dry = Publish { dry_run: true, ..publish("unity.toml", "1", UNITY) }.answer(app).map_err(plain)?;
    assert!(dry.record.is_none() && List {}.answer(app).map_err(plain)?.in_force.is_empty());

    let done = publish("unity.toml", "1", UNITY).answer(app).map_err(plain)?;
    assert!(done.record.is_some() && done.in_force && app.is_outdated());
    assert!(publish("unity.toml", "1", UNITY).answer(app).is_err(), "an edition is published once");
    publish("calendars/2027.json", "国办发", NEXT).answer(app).map_err(plain)?;
    // The hub is opened anew and works by its own files.
    let mut cluster = cluster.restart_hub(|_| Ok(())).await?;
    assert!(cluster.hub.app().catalogue().kind("unity").is_some() && !cluster.hub.app().is_outdated());

    // The office exchanges; the service sees that it has to be opened anew, then counts again what still runs.
    let node = cluster.node(TOWN).clone();
    sync(&node).await?;
    assert_eq!(service::run(&node, std::future::pending()).await, Ended::Outdated);
    assert!(node.catalogue().kind("unity").is_none(), "not before it is opened anew");
    drop(node);
    anew(&mut cluster)?;
    let node = cluster.node(TOWN).clone();
    assert_eq!(service::run(&node, std::future::ready(())).await, Ended::Stopped);
    assert_eq!(node.catalogue().version, cluster.hub.app().catalogue().version, "both work by the same");
    assert_eq!(notice(&node, &open)?, "2027-01-04");
    assert_eq!(notice(&node, &told)?, "2027-01-01", "what is met keeps the day that people were told");
    let set = wish(&["事项=联谊", "日期=2026-12-18", "形式=联谊活动"], Role::TClerk);
    node.create("民族团结进步", None, &set).map_err(plain)?;
    let status = node.status(Lang::Zh);
    let names: Vec<&str> = status.county_files.in_force.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["calendars/2027.json", "unity.toml"]);
    drop(node);

    // Another law: what still runs is counted by it, what is met stands; an edition of tomorrow waits.
    let law = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/catalogue/profiles/national.toml"),
    )?;
    let profile = cluster.node(TOWN).office().township.profile;
    assert_eq!(profile, "national");
    let five = r#"deadline = "DL-XF-NOTICE""#;
    assert!(law.contains(five));
    let line = law.lines().find(|line| line.contains(five)).unwrap_or_default();
    let ten = r#"  { deadline = "DL-XF-NOTICE", count = 10, unit = "days", source = "新规" },"#;
    let law = law.replacen(line, ten, 1).replacen("version = \"", "version = \"新", 1);
    let app = cluster.hub.app();
    let later = Publish {
        valid_from: Some("2026-12-20".to_owned()),
        ..publish("profiles/national.toml", "新", &law)
    };
    let done = later.answer(app).map_err(plain)?;
    assert!(!done.in_force && !app.is_outdated());
    let node = cluster.node(TOWN).clone();
    sync(&node).await?;
    assert_eq!(node.take_county_files().map_err(plain)?, Taken::Same, "not yet");
    go_to(&cluster, "2026-12-21");
    assert_eq!(node.take_county_files().map_err(plain)?, Taken::Changed);
    drop(node);
    anew(&mut cluster)?;
    let node = cluster.node(TOWN);
    node.refresh_deadlines().map_err(plain)?;
    assert_eq!(notice(node, &open)?, "2026-12-28", "ten days after the 17th is a Sunday");
    assert_eq!(notice(node, &told)?, "2027-01-01");

    // A file that was not checked on its way (somebody typed a record) is refused in the office, which works on.
    let set = [
        "name=profiles/national.toml",
        "kind=PROFILE",
        "version=手录",
        "valid_from=2026-12-21",
        "published_on=2026-12-21",
        "bytes=9",
        "content_hash=0",
        r#"content=[{"text":"|id = 7|"}]"#,
    ];
    let act = ledger::Act {
        kind: "reference_file".to_owned(),
        record: None,
        action: "publish".to_owned(),
        set: set.map(str::to_owned).to_vec(),
        reason: String::new(),
        by: By { role: "C_ADMIN".to_owned(), staff: None, on_behalf: false },
    };
    record::Act(act).answer(cluster.hub.app()).map_err(plain)?;
    sync(node).await?;
    let version = node.catalogue().version.clone();
    node.take_county_files().map_err(plain)?;
    let status = node.status(Lang::Zh);
    let refused = &status.county_files.refused;
    assert!(refused.len() == 1 && refused[0].why.zh == "校验值不符", "{refused:?}");
    anew(&mut cluster)?;
    assert_eq!(cluster.node(TOWN).catalogue().version, version, "it keeps on with what it had");
    cluster.stop().await
}
