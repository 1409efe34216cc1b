//! A ledger of the county's own is one file: a new node works with it, an old hub and an old node that do not know it keep
//! what they are sent, and once they have the file they show and count it.

use std::path::{Path, PathBuf};

use county_hub::app::ask::Ask as _;
use county_hub::app::tally;
use shared::ids::RecordId;
use shared::program::{Lang, Layers};
use shared::record::{Role, Value};
use shared::store::Store;
use shared::view::{held, read};
use tokio_util::sync::CancellationToken;
use township_node::app::{Node, Wish};
use township_node::config::Config;
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::County;

const TOWN: &str = "石桥镇";
const UNITY: u32 = 900;
const FAMILY: &str = "金丝雀一家不得外传";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/county/own_ledger")
}

/// The node of a folder, with the county's own ledger or without.
fn open(cluster: &Cluster, data: &Path, knows: bool) -> anyhow::Result<Node> {
    let mut config = Config::load(data, Layers::default()).map_err(plain)?;
    config.catalogue = knows.then(folder);
    Node::open(config, cluster.clock.clone()).map_err(plain)
}

async fn sync(node: &Node) -> anyhow::Result<()> {
    node.sync(|_| {}, &CancellationToken::new()).await.map(|_| ()).map_err(plain)
}

fn wish(set: &[&str], role: Role) -> Wish {
    Wish { set: set.iter().map(|&s| s.to_owned()).collect(), role: Some(role), ..Wish::default() }
}

/// Status and number of people of the record, as a store has them.
fn stands(store: &Store, id: RecordId) -> (u32, u32, Option<Value>) {
    store.read(|views| {
        let record = read::record(views, id).expect("the record is kept");
        (record.kind, record.status, record.fields.get(&5).cloned())
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_is_added_by_one_file_and_old_programs_keep_it() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut cluster = Cluster::start(root.path(), County::fictional().of(&[TOWN])).await?;
    let town = cluster.town(TOWN);
    let data = cluster.close_node(TOWN);

    // The office has the file, the county not yet.
    let node = open(&cluster, &data, true)?;
    let clerk = |set: &[&str]| wish(set, Role::TClerk);
    let made = node
        .create(
            "民族团结进步",
            None,
            &clerk(&["事项=各族群众联谊座谈会", "日期=2026-03-02", "形式=联谊活动"]),
        )
        .map_err(plain)?;
    let id = made.record;
    assert_eq!(
        made.shown.number.as_ref().map(|n| n.get(Lang::Zh).to_owned()).as_deref(),
        Some("石桥民团〔2026〕1号")
    );
    let families = format!("结对家庭（不外传）={FAMILY}");
    node.act_on(&id.to_string(), "hold", &clerk(&["参加人数=86", &families])).map_err(plain)?;
    let lines = node.tally(&["X1_events".to_owned()], None, None, Lang::Zh).map_err(plain)?.lines;
    assert_eq!(lines[0].text, "1", "counted at once in the office");
    sync(&node).await?;

    // The old hub does not know the kind: it keeps the record as it is, holds nothing back and counts nothing.
    let hub = cluster.hub.app().store();
    assert!(!cluster.hub.app().catalogue().kinds.contains_key(&UNITY));
    assert_eq!(stands(hub, id), (UNITY, 2, Some(Value::Number(86))));
    assert_eq!(hub.read(|views| held::count(views, None)), 0);
    assert!(!tree_holds(&root.path().join("hub"), FAMILY)?, "what stays in the office stayed there");
    drop(node);

    // A new PC of the same office with an old program: it takes the record back and keeps it unread.
    let old = cluster.enrol(&town, "nodes/new-pc").await?;
    sync(&old).await?;
    assert_eq!(stands(old.store(), id), (UNITY, 2, Some(Value::Number(86))));
    assert!(old.act_on(&id.to_string(), "sum_up", &clerk(&[])).is_err(), "it does not guess rules");
    let shown = old.show(&id.to_string(), None).map_err(plain)?;
    assert_eq!((shown.kind.as_str(), shown.fields["5"].as_i64()), ("900", Some(86)), "shown by numbers");
    let data = old.config().data.clone();
    drop(old);

    // The same PC once it has the file: the record is read in words and work goes on.
    let new = open(&cluster, &data, true)?;
    let shown = new.show(&id.to_string(), None).map_err(plain)?;
    assert_eq!(shown.kind_label.get(Lang::Zh), "民族团结进步");
    assert_eq!(shown.fields["people"].as_i64(), Some(86));
    let chair = wish(&["成效=签订共建协议三份"], Role::TChair);
    let done = new.act_on(&id.to_string(), "sum_up", &chair).map_err(plain)?;
    assert_eq!(done.shown.status, "closed");
    let second = new
        .create("unity", None, &clerk(&["事项=民族政策法规宣讲", "日期=2026-03-02", "形式=宣讲"]))
        .map_err(plain)?;
    let number = second.shown.number.as_ref().map(|n| n.get(Lang::Zh).to_owned());
    assert_eq!(number.as_deref(), Some("石桥民团〔2026〕2号"), "numbers go on after the recovery");
    sync(&new).await?;

    // The county puts the file into its folder: the same entries are now read and counted.
    let cluster = cluster
        .restart_hub(|hub| {
            let file = hub.join("county.toml");
            let text = std::fs::read_to_string(&file)?;
            let own = format!("[catalogue]\nfolder = {:?}\n", folder().display().to_string());
            Ok(std::fs::write(file, text.replacen("[catalogue]\n", &own, 1))?)
        })
        .await?;
    let app = cluster.hub.app();
    assert!(app.catalogue().kinds.contains_key(&UNITY));
    let question = tally::Question {
        level: "township".into(),
        measures: vec!["X1_events".into(), "X1_families".into()],
        period: Some("2026".into()),
        ..Default::default()
    };
    let answer = question.answer(app).map_err(plain)?;
    let of = |measure: &str| answer.cells.iter().filter(|c| c.measure == measure).map(|c| c.numerator).max();
    let county = [of("X1_events"), of("X1_families")];
    assert_eq!(county, [Some(1), Some(1)], "one event held, one family, whose name nobody here knows");
    cluster.stop().await
}

/// Whether any file under a folder holds the text.
fn tree_holds(folder: &Path, text: &str) -> anyhow::Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let found = if entry.file_type()?.is_dir() {
            tree_holds(&entry.path(), text)?
        } else if entry.file_type()?.is_file() {
            let bytes = std::fs::read(entry.path())?;
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        } else {
            false
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}
