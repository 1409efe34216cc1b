//! Folders that come back from a copy, at a node and at the hub, and one identity on two PCs: all work is there in the
//! end, once, and both sides say what happened.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use anyhow::Context as _;
use county_hub::app::ask::Ask as _;
use county_hub::app::verify::Verify;
use county_hub::app::{App, record, status};
use shared::catalogue::model::Catalogue;
use shared::code::ErrorCode;
use shared::ids::StreamName;
use shared::ledger::{Act, By};
use shared::program::{Lang, Progress};
use shared::record::Value;
use shared::store::Store;
use shared::view::read;
use tokio_util::sync::CancellationToken;
use township_node::app::{Node, Synced, Wish};
use xianglian_tests::cluster::{Cluster, copy_folder, plain, restore_folder};
use xianglian_tests::county::County;
use xianglian_tests::night::sync_all;

const TOWN: &str = "石桥镇";
const OTHER: &str = "白塔镇";

/// Registers pieces of publicity with these numbers.
fn write(node: &Node, numbers: Range<u32>) -> anyhow::Result<()> {
    for n in numbers {
        let title = format!("题目=第{n:03}篇");
        let set = ["体裁=消息", "媒体=县报", "媒体级别=县级", "刊发日期=2026-03-02"].map(str::to_owned);
        let wish = Wish { set: [vec![title], set.to_vec()].concat(), ..Wish::default() };
        node.create("publicity", None, &wish).map_err(plain)?;
    }
    Ok(())
}

/// Titles of the records of a kind, each as often as it is there.
fn titles(store: &Store, catalogue: &Catalogue, kind: &str, of: Option<&Node>) -> Vec<String> {
    let kind = catalogue.kinds.values().find(|known| known.id == kind).expect("a kind of the catalogue");
    let mut found = Vec::new();
    store.read(|views| {
        read::list_all(views, kind.tag, &mut |line| {
            if of.is_none_or(|node| line.owner == node.office().site())
                && let Some(record) = read::record(views, line.id)
                && let Some(Value::Text(title)) = record.fields.get(&kind.title)
            {
                found.push(title.clone());
            }
            true
        });
    });
    found.sort();
    found
}

fn numbered(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().collect::<BTreeSet<_>>().iter().map(|n| format!("第{n:03}篇")).collect()
}

/// The same pieces, once each, at the node and at the hub.
#[track_caller]
fn both_hold(cluster: &Cluster, node: &Node, numbers: impl IntoIterator<Item = u32>) {
    let expected = numbered(numbers);
    let (app, catalogue) = (cluster.hub.app(), node.catalogue());
    assert_eq!(titles(node.store(), catalogue, "publicity", Some(node)), expected, "at the node");
    assert_eq!(titles(app.store(), app.catalogue(), "publicity", Some(node)), expected, "at the hub");
}

/// Every chain holds, and both sides have the same of every stream that travels.
fn chains_hold(cluster: &Cluster) -> anyhow::Result<()> {
    let report = Verify {}.answer(cluster.hub.app()).map_err(plain)?;
    anyhow::ensure!(report.good, "the hub: {report:?}");
    for (town, node) in &cluster.nodes {
        node.verify(&Progress::silent()).map_err(plain).with_context(|| town.name.clone())?;
        for stream in [node.stream(), StreamName::DownAll, StreamName::Down(town.code)] {
            let (here, there) = (node.store().head(stream), cluster.hub.app().store().head(stream));
            anyhow::ensure!((here.len, here.hash) == (there.len, there.hash), "{stream} of {}", town.name);
        }
    }
    Ok(())
}

async fn sync(node: &Node) -> Result<Synced, shared::program::Failure> {
    node.sync(|_| {}, &CancellationToken::new()).await
}

/// Every node exchanges at once. One that is told to try again, because others have changed what it speaks of, does.
async fn until_all(cluster: &Cluster) -> anyhow::Result<()> {
    let all: Vec<_> = cluster
        .nodes
        .iter()
        .map(|(_, node)| {
            let node = node.clone();
            tokio::spawn(async move {
                let mut done = sync(&node).await;
                for _ in 0..2 {
                    let Err(failure) = &done else { break };
                    assert_eq!(failure.code, ErrorCode::Unavailable, "{failure:?}");
                    assert!(
                        failure.render(Lang::Zh).contains("稍后会自动再试"),
                        "{}",
                        failure.render(Lang::Zh)
                    );
                    done = sync(&node).await;
                }
                done
            })
        })
        .collect();
    for task in all {
        task.await?.map_err(plain)?;
    }
    Ok(())
}

/// What the hub's status says has happened, by kind, with how many entries.
fn events(app: &App) -> anyhow::Result<Vec<(String, u64)>> {
    let status = status::Ask {}.answer(app).map_err(plain)?;
    Ok(status.events.into_iter().map(|event| (event.kind, event.count)).collect())
}

/// The county plans a seminar and asks all townships for papers.
fn seminar(app: &App, theme: &str) -> anyhow::Result<()> {
    let by = || By { staff: Some("h1".to_owned()), role: "C_OFFICE".to_owned(), on_behalf: false };
    let act = |record, action: &str, set: Vec<String>| Act {
        kind: "seminar".to_owned(),
        record,
        action: action.to_owned(),
        set,
        reason: String::new(),
        by: by(),
    };
    let mut set = ["形式=座谈会", "日期=2026-06-20", "下发范围=全县各乡镇"].map(str::to_owned).to_vec();
    set.push(format!("主题={theme}"));
    let made = record::Act(act(None, "plan", set)).answer(app).map_err(plain)?.record;
    let set = vec!["交流材料截止=2026-05-20".to_owned()];
    record::Act(act(Some(made.to_string()), "call", set)).answer(app).map_err(plain)?;
    Ok(())
}

/// A county of these townships, and a folder for copies.
async fn county(root: &Path, names: &[&str]) -> anyhow::Result<Cluster> {
    Cluster::start(root, County::fictional().of(names)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_node_takes_back_what_the_county_has_and_keeps_its_later_work() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut cluster = county(root.path(), &[TOWN]).await?;
    let copy = root.path().join("copy");
    write(cluster.node(TOWN), 0..10)?;
    sync_all(&cluster).await?;
    let folder = cluster.close_node(TOWN);
    copy_folder(&folder, &copy)?;
    let place = format!("nodes/{}", cluster.town(TOWN).code);

    let node = cluster.open_node(&place)?;
    write(&node, 10..20)?;
    sync(&node).await.map_err(plain)?;
    drop(node);
    restore_folder(&copy, &folder)?;

    let node = cluster.open_node(&place)?;
    assert_eq!(node.status(Lang::Zh).folder, "restored");
    write(&node, 20..25)?;
    let synced = sync(&node).await.map_err(plain)?;
    assert!(synced.restored, "the county has seen it too");
    let recovered = synced.recovered.context("the node has seen what it got back")?;
    assert_eq!((recovered.taken_back, recovered.reappended, recovered.lost), (10, 5, 0));
    let status = node.status(Lang::Zh);
    let line = status.recovered.last().context("status tells of it")?;
    assert_eq!((line.taken_back, line.reappended, line.lost), (10, 5, 0));
    assert_eq!((status.waiting, status.held.len()), (0, 0));
    both_hold(&cluster, &node, 0..25);
    let told = events(cluster.hub.app())?;
    assert!(told.iter().any(|(kind, _)| kind == "restored"), "{told:?}");
    cluster.put_node(TOWN, node);

    let quiet = sync_all(&cluster).await?;
    assert_eq!((quiet.sent, quiet.received), (0, 0));
    chains_hold(&cluster)?;
    cluster.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_nobody_has_any_more_is_counted_and_said() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut cluster = county(root.path(), &[TOWN]).await?;
    let copy = root.path().join("copy");
    write(cluster.node(TOWN), 0..10)?;
    sync_all(&cluster).await?;
    let place = format!("nodes/{}", cluster.town(TOWN).code);
    let folder = cluster.close_node(TOWN);
    copy_folder(&folder, &copy)?;

    let node = cluster.open_node(&place)?;
    write(&node, 10..17)?;
    sync(&node).await.map_err(plain)?;
    write(&node, 17..20)?;
    assert_eq!(node.status(Lang::Zh).waiting, 3);
    drop(node);
    restore_folder(&copy, &folder)?;

    let node = cluster.open_node(&place)?;
    write(&node, 20..22)?;
    let synced = sync(&node).await.map_err(plain)?;
    let recovered = synced.recovered.context("the node has seen what it got back")?;
    assert_eq!((recovered.taken_back, recovered.reappended, recovered.lost), (7, 2, 3));
    let status = node.status(Lang::Zh);
    let line = status.recovered.last().context("status tells of it")?;
    assert_eq!((line.taken_back, line.reappended, line.lost), (7, 2, 3));
    both_hold(&cluster, &node, (0..17).chain(20..22));
    drop(node);

    // Said once: the next opening and the next exchange have nothing to add.
    let node = cluster.open_node(&place)?;
    assert_eq!(node.status(Lang::Zh).folder, "same");
    let again = sync(&node).await.map_err(plain)?;
    assert!(again.recovered.is_none() && !again.restored, "{again:?}");
    cluster.put_node(TOWN, node);
    chains_hold(&cluster)?;
    cluster.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_hub_gets_back_everything_from_its_townships() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let copy = root.path().join("copy");
    let cluster = county(root.path(), &[TOWN, OTHER]).await?;
    for (_, node) in &cluster.nodes {
        write(node, 0..10)?;
    }
    seminar(cluster.hub.app(), "春季座谈")?;
    sync_all(&cluster).await?;
    let cluster = cluster.restart_hub(|hub| Ok(copy_folder(hub, &copy)?)).await?;

    for (_, node) in &cluster.nodes {
        write(node, 10..20)?;
    }
    seminar(cluster.hub.app(), "夏季座谈")?;
    sync_all(&cluster).await?;
    let before = cluster.hub.app().store().streams();
    let cluster = cluster.restart_hub(|hub| Ok(restore_folder(&copy, hub)?)).await?;
    assert!(cluster.hub.app().store().streams() != before, "the hub has gone back");

    // Newer work on both sides of the gap, before anybody has met.
    seminar(cluster.hub.app(), "秋季座谈")?;
    write(cluster.node(TOWN), 20..25)?;
    until_all(&cluster).await?;
    let night = sync_all(&cluster).await?;
    assert_eq!((night.held, night.waiting), (0, 0), "{night:?}");

    both_hold(&cluster, cluster.node(TOWN), 0..25);
    both_hold(&cluster, cluster.node(OTHER), 0..20);
    let themes: Vec<String> = ["春季座谈", "夏季座谈", "秋季座谈"].map(str::to_owned).into();
    let sorted = |mut titles: Vec<String>| {
        titles.sort_by_key(|title| themes.iter().position(|theme| theme == title));
        titles
    };
    let app = cluster.hub.app();
    assert_eq!(sorted(titles(app.store(), app.catalogue(), "seminar", None)), themes, "at the hub");
    for (town, node) in &cluster.nodes {
        assert_eq!(sorted(titles(node.store(), node.catalogue(), "seminar", None)), themes, "{}", town.name);
    }
    let told = events(app)?;
    // Ten of their own, and the paper for the first seminar, which had come into being by itself.
    let back = told.iter().filter(|(kind, count)| kind == "hub_went_back" && *count == 11).count();
    assert_eq!(back, 2, "both townships brought back eleven entries: {told:?}");
    assert!(told.iter().any(|(kind, _)| kind == "salvaged"), "{told:?}");
    let quiet = sync_all(&cluster).await?;
    assert_eq!((quiet.sent, quiet.received), (0, 0));
    chains_hold(&cluster)?;
    cluster.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_folder_is_a_new_office_pc_that_keeps_its_work() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut cluster = county(root.path(), &[TOWN]).await?;
    write(cluster.node(TOWN), 0..10)?;
    sync_all(&cluster).await?;
    let folder = cluster.close_node(TOWN);
    copy_folder(&folder, &root.path().join("nodes/second"))?;
    let first = cluster.open_node(&format!("nodes/{}", cluster.town(TOWN).code))?;
    let second = cluster.open_node("nodes/second")?;
    assert_eq!(second.status(Lang::Zh).folder, "copied");
    write(&first, 10..15)?;
    write(&second, 15..20)?;
    sync(&first).await.map_err(plain)?;

    let stopped = sync(&second).await.expect_err("two PCs with one identity");
    assert_eq!(stopped.code, ErrorCode::Stopped);
    assert!(stopped.said.message.zh.contains("新的办公电脑"), "{}", stopped.render(Lang::Zh));
    assert!(stopped.said.message.en.contains("new office PC"), "{}", stopped.render(Lang::En));
    let status = second.status(Lang::Zh);
    assert!(status.failure.is_some_and(|why| why.contains("新的办公电脑")) && status.waiting == 5);
    let told = events(cluster.hub.app())?;
    assert!(told.iter().any(|(kind, _)| kind == "new_machine"), "{told:?}");
    drop(second);

    let second = cluster.enrol(&cluster.town(TOWN), "nodes/second").await?;
    let synced = sync(&second).await.map_err(plain)?;
    assert_eq!(synced.waiting, 0);
    both_hold(&cluster, &second, 0..20);
    let left = sync(&first).await.expect_err("its certificate ended with the new enrolment");
    assert!(left.said.message.zh.contains("吊销") || left.said.message.zh.contains("作废"), "{left:?}");
    drop(first);
    cluster.put_node(TOWN, second);
    chains_hold(&cluster)?;
    cluster.stop().await
}

/// The disk of an office PC is put into a second one, sidecar and all; the two take turns.
#[tokio::test(flavor = "multi_thread")]
async fn two_pcs_with_one_disk_image_cannot_take_turns() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut cluster = county(root.path(), &[TOWN]).await?;
    let place = format!("nodes/{}", cluster.town(TOWN).code);
    write(cluster.node(TOWN), 0..5)?;
    sync_all(&cluster).await?;
    let folder = cluster.close_node(TOWN);
    let state = root.path().join("state");
    let image = |name: &str| (root.path().join(name).join("data"), root.path().join(name).join("state"));
    let keep = |name: &str| -> anyhow::Result<()> {
        let (data, its_state) = image(name);
        let _ = std::fs::remove_dir_all(root.path().join(name));
        copy_folder(&folder, &data)?;
        Ok(copy_folder(&state, &its_state)?)
    };
    let put_in = |name: &str| -> anyhow::Result<()> {
        let (data, its_state) = image(name);
        restore_folder(&data, &folder)?;
        Ok(restore_folder(&its_state, &state)?)
    };
    keep("twin")?;

    let node = cluster.open_node(&place)?;
    write(&node, 5..10)?;
    sync(&node).await.map_err(plain)?;
    drop(node);
    keep("first")?;

    // The twin looks like a restored folder, and so does the first one when it comes back: all of it is taken in.
    put_in("twin")?;
    let node = cluster.open_node(&place)?;
    write(&node, 10..12)?;
    let synced = sync(&node).await.map_err(plain)?;
    assert!(synced.restored);
    both_hold(&cluster, &node, 0..12);
    drop(node);
    keep("twin")?;

    put_in("first")?;
    let node = cluster.open_node(&place)?;
    write(&node, 12..15)?;
    sync(&node).await.map_err(plain)?;
    both_hold(&cluster, &node, 0..15);
    drop(node);

    // The twin once more: no folder that was restored can say what it says.
    put_in("twin")?;
    let node = cluster.open_node(&place)?;
    write(&node, 15..18)?;
    let stopped = sync(&node).await.expect_err("a second machine with the same installation");
    assert!(stopped.said.message.zh.contains("另有一台电脑"), "{}", stopped.render(Lang::Zh));
    let told = events(cluster.hub.app())?;
    assert!(told.iter().any(|(kind, _)| kind == "clone"), "{told:?}");
    drop(node);
    let node = cluster.enrol(&cluster.town(TOWN), &place).await?;
    sync(&node).await.map_err(plain)?;
    both_hold(&cluster, &node, 0..18);
    cluster.put_node(TOWN, node);
    chains_hold(&cluster)?;
    cluster.stop().await
}
