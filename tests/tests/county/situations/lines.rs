//! The line breaks, or what comes over it comes in another order: K1, K14, K18.

use shared::program::{Lang, Text};
use shared::record::Role;
use shared::sample::{self, county as fictional};
use shared::sync::message::{HubMessage, NodeMessage};
use township_node::app::{ImportHow, Wish};
use xianglian_tests::cluster::{copy_folder, plain, restore_folder};

use super::bed::{
    STONE_BRIDGE, Sent, act, at_county, broken_exchange, county, figure, line, listed, only, piece, seen,
    steps, sync,
};

/// The hub has stored a night's work, and its acknowledgement is lost. The node sends again, and everything is there once.
#[tokio::test(flavor = "multi_thread")]
async fn k01_what_is_sent_again_after_a_lost_acknowledgement_counts_once() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county(root.path(), &[STONE_BRIDGE]).await?;
    let node = cluster.node(STONE_BRIDGE);
    let record = piece(node, "送法下乡", "2026-03-02");
    let cut =
        broken_exchange(node, cluster.hub.app(), |sent| matches!(sent, Sent::Down(HubMessage::Ack(_))))?;
    assert!(cut, "the hub has it");
    assert_eq!(figure(&cluster, "C8_claimed", "2026")?, "1");
    assert_eq!(node.status(Lang::Zh).waiting, 2, "the node has not heard of it");

    let synced = sync(node).await.map_err(plain)?;
    assert_eq!((synced.waiting, synced.held), (0, 0));
    let again = sync(node).await.map_err(plain)?;
    assert_eq!(again.sent, 0);
    assert_eq!(figure(&cluster, "C8_claimed", "2026")?, "1");
    assert_eq!(listed(&cluster, "publicity")?, ["送法下乡"]);
    assert_eq!(steps(&seen(&cluster, record).map_err(plain)?), ["draft", "claim"]);
    cluster.stop().await
}

/// The township's answer reaches a county that has lost the record it answers. Nothing is refused: the answer is there, the
/// record comes back with it, and the two are joined.
#[tokio::test(flavor = "multi_thread")]
async fn k14_an_answer_that_comes_before_what_it_answers_waits_for_it() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let copy = root.path().join("copy");
    let cluster = county(root.path(), &[STONE_BRIDGE]).await?;
    sync(cluster.node(STONE_BRIDGE)).await.map_err(plain)?;
    let cluster = cluster.restart_hub(|hub| Ok(copy_folder(hub, &copy)?)).await?;

    let class = at_county(
        &cluster,
        "C_OFFICE",
        ("training_class", None),
        "plan",
        &[
            "name=代表履职培训班",
            "from=2026-06-10",
            "to=2026-06-11",
            "hours=8",
            "audience=DEPUTY",
            "addressed_to=ALL",
            "place=县委党校",
        ],
    );
    let call = ["enrol_by=2026-06-01"];
    at_county(&cluster, "C_OFFICE", ("training_class", Some(class)), "open_enrolment", &call);
    let node = cluster.node(STONE_BRIDGE);
    sync(node).await.map_err(plain)?;
    let enrolment = only(node, "enrolment");
    act(node, Role::TClerk, enrolment, "edit", &["people=王某|代表；李某|代表"]);
    act(node, Role::TClerk, enrolment, "submit", &[]);

    let cluster = cluster.restart_hub(|hub| Ok(restore_folder(&copy, hub)?)).await?;
    assert!(listed(&cluster, "training_class")?.is_empty(), "the county has lost the class");
    let node = cluster.node(STONE_BRIDGE);
    let synced = sync(node).await.map_err(plain)?;
    assert_eq!((synced.waiting, synced.held), (0, 0), "{synced:?}");
    let shown = seen(&cluster, enrolment).map_err(plain)?;
    assert_eq!((shown.status.as_str(), shown.sync.is_some()), ("submitted", false));
    assert_eq!(listed(&cluster, "training_class")?, ["代表履职培训班"]);
    let joined = |text: &Text| text.get(Lang::Zh) == "代表履职培训班";
    assert!(shown.sections.iter().flat_map(|section| &section.fields).any(|field| joined(&field.text)));
    cluster.stop().await
}

/// The line drops after some of a night's batches. Figures are made of what has come, the county sees that the township is
/// not all there, and the next exchange sends the rest alone.
#[tokio::test(flavor = "multi_thread")]
async fn k18_half_a_night_counts_as_far_as_it_came_and_is_said_to_be_partial() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county(root.path(), &[STONE_BRIDGE]).await?;
    let node = cluster.node(STONE_BRIDGE);
    let rows = 2_000;
    let bytes = sample::csv(sample::ledger(7, fictional::find(node.office().code()), 2017, rows));
    let done = node.import("proposal", bytes.as_bytes(), &ImportHow::default(), &Wish::default(), Lang::Zh);
    assert_eq!(done.map_err(plain)?.new, rows);
    let mut batches = 0;
    let cut = broken_exchange(node, cluster.hub.app(), |sent| {
        batches += usize::from(matches!(sent, Sent::Up(NodeMessage::Batch(_))));
        batches > 1
    })?;
    assert!(cut, "a night of several batches");

    let there = line(&cluster, STONE_BRIDGE)?;
    let missing = rows as u64 - there.entries;
    assert!((1..rows as u64).contains(&there.entries) && there.partial, "{there:?}");
    assert_eq!(there.waiting, u32::try_from(missing).ok());
    assert_eq!(figure(&cluster, "A1", "2017")?, there.entries.to_string(), "what has come counts");
    let coverage = cluster.hub.app().coverage();
    assert!(coverage.text(Lang::Zh).contains("1 个只收到一部分"), "{}", coverage.text(Lang::Zh));
    assert!(coverage.warnings(Lang::Zh).contains("同步中断"), "{}", coverage.warnings(Lang::Zh));

    let synced = sync(node).await.map_err(plain)?;
    assert_eq!((synced.sent, synced.waiting), (missing, 0), "the rest alone");
    let there = line(&cluster, STONE_BRIDGE)?;
    assert_eq!((there.partial, there.waiting), (false, Some(0)));
    assert_eq!(figure(&cluster, "A1", "2017")?, rows.to_string());
    assert_eq!(cluster.hub.app().coverage().warnings(Lang::Zh), "");
    cluster.stop().await
}
