//! Copies, restored folders, a PC that changes hands: K2, K3, K17.

use anyhow::Context as _;
use county_hub::app::ask::Ask as _;
use county_hub::app::township;
use shared::code::ErrorCode;
use shared::program::Lang;
use shared::record::Role;
use xianglian_tests::cluster::{copy_folder, plain, restore_folder};

use super::bed::{STONE_BRIDGE, act, county, figure, line, listed, piece, seen, steps, sync, wish};

/// A clerk goes back to an old copy and changes what had been changed since. The county keeps the first change, both are kept,
/// the office is told, and what it chooses stands everywhere.
#[tokio::test(flavor = "multi_thread")]
async fn k02_two_changes_of_one_record_are_both_kept_and_the_office_chooses() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let copy = root.path().join("copy");
    let mut cluster = county(root.path(), &[STONE_BRIDGE]).await?;
    let place = format!("nodes/{}", cluster.town(STONE_BRIDGE).code);
    let set = ["title=原题", "published_on=2026-03-02", "form=NEWS", "medium=县报", "medium_level=COUNTY"];
    let record = super::bed::enter(cluster.node(STONE_BRIDGE), "publicity", "draft", &set);
    sync(cluster.node(STONE_BRIDGE)).await.map_err(plain)?;
    let folder = cluster.close_node(STONE_BRIDGE);
    copy_folder(&folder, &copy)?;

    let node = cluster.open_node(&place)?;
    act(&node, Role::TClerk, record, "edit", &["title=先改的题"]);
    sync(&node).await.map_err(plain)?;
    drop(node);
    restore_folder(&copy, &folder)?;
    let node = cluster.open_node(&place)?;
    act(&node, Role::TClerk, record, "edit", &["title=后改的题"]);
    let synced = sync(&node).await.map_err(plain)?;
    assert!(synced.restored && synced.recovered.is_some());
    sync(&node).await.map_err(plain)?;

    assert_eq!(listed(&cluster, "publicity")?, ["先改的题"], "the county keeps what it had");
    assert_eq!(line(&cluster, STONE_BRIDGE)?.held, 1, "and sees that there is another");
    let held = node.status(Lang::Zh).held;
    let one = held.first().context("the office is told")?;
    assert!(one.reason.contains("冲突") && one.title.as_deref() == Some("先改的题"), "{held:?}");
    let content = node.held_content(one).map_err(plain)?;
    assert_eq!(content["set"]["title"], "后改的题", "the other one is kept, to be looked at");

    node.mend(one, None, &wish(Role::TClerk, &["title=后改的题"])).map_err(plain)?;
    sync(&node).await.map_err(plain)?;
    assert_eq!(listed(&cluster, "publicity")?, ["后改的题"]);
    assert_eq!((node.status(Lang::Zh).held.len(), line(&cluster, STONE_BRIDGE)?.held), (0, 0));
    cluster.put_node(STONE_BRIDGE, node);
    cluster.stop().await
}

/// An office goes back to an old copy, in which records stand as they were. The county keeps the newer state, and the office
/// gets its own history back.
#[tokio::test(flavor = "multi_thread")]
async fn k03_an_office_that_has_gone_back_gets_its_own_history() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let copy = root.path().join("copy");
    let mut cluster = county(root.path(), &[STONE_BRIDGE]).await?;
    let place = format!("nodes/{}", cluster.town(STONE_BRIDGE).code);
    let record = piece(cluster.node(STONE_BRIDGE), "送法下乡", "2026-03-02");
    sync(cluster.node(STONE_BRIDGE)).await.map_err(plain)?;
    let folder = cluster.close_node(STONE_BRIDGE);
    copy_folder(&folder, &copy)?;
    let node = cluster.open_node(&place)?;
    act(&node, Role::TClerk, record, "supplement", &["supplement_note=补交剪报"]);
    act(&node, Role::TClerk, record, "file", &["archived_on=2026-03-09"]);
    sync(&node).await.map_err(plain)?;
    drop(node);

    restore_folder(&copy, &folder)?;
    let node = cluster.open_node(&place)?;
    let before = node.show(&record.to_string(), None).map_err(plain)?;
    assert_eq!(steps(&before), ["draft", "claim"], "the office is behind");
    let synced = sync(&node).await.map_err(plain)?;
    let recovered = synced.recovered.context("it is told")?;
    assert_eq!((recovered.taken_back, recovered.reappended, recovered.lost), (2, 0, 0));
    let all = ["draft", "claim", "supplement", "file"];
    assert_eq!(steps(&node.show(&record.to_string(), None).map_err(plain)?), all);
    assert_eq!(steps(&seen(&cluster, record).map_err(plain)?), all);
    assert_eq!(
        (node.status(Lang::Zh).held.len(), figure(&cluster, "C8_claimed", "2026")?),
        (0, "1".to_owned())
    );
    cluster.put_node(STONE_BRIDGE, node);
    cluster.stop().await
}

/// A clerk leaves with the PC. Its certificate ends at once; a new PC joins as the same township, has all records, and goes on
/// with the numbers.
#[tokio::test(flavor = "multi_thread")]
async fn k17_a_new_pc_takes_the_place_of_one_that_is_gone() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut cluster = county(root.path(), &[STONE_BRIDGE]).await?;
    let town = cluster.town(STONE_BRIDGE);
    let record = piece(cluster.node(STONE_BRIDGE), "送法下乡", "2026-03-02");
    sync(cluster.node(STONE_BRIDGE)).await.map_err(plain)?;
    township::Revoke { code: town.code, reason: "left".to_owned() }
        .answer(cluster.hub.app())
        .map_err(plain)?;
    let refused = sync(cluster.node(STONE_BRIDGE)).await.expect_err("the old PC is refused");
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert!(refused.render(Lang::Zh).contains("吊销"), "{}", refused.render(Lang::Zh));
    assert_eq!(line(&cluster, STONE_BRIDGE)?.standing, "REVOKED");
    cluster.close_node(STONE_BRIDGE);

    let node = cluster.enrol(&town, "nodes/new-pc").await?;
    sync(&node).await.map_err(plain)?;
    assert_eq!(steps(&node.show(&record.to_string(), None).map_err(plain)?), ["draft", "claim"]);
    piece(&node, "新人接手", "2026-03-16");
    sync(&node).await.map_err(plain)?;
    let there = line(&cluster, STONE_BRIDGE)?;
    assert_eq!((there.standing.as_str(), there.entries, there.held), ("ENROLLED", 4, 0));
    assert_eq!(figure(&cluster, "C8_claimed", "2026")?, "2");
    let quiet = sync(&node).await.map_err(plain)?;
    assert_eq!((quiet.sent, quiet.received), (0, 0));
    cluster.put_node(STONE_BRIDGE, node);
    cluster.stop().await
}
