//! What depends on days: holidays that are made known later, a PC whose clock is wrong: K8, K15.

use std::sync::Arc;

use county_hub::app::ask::Ask as _;
use county_hub::app::reference::Publish;
use shared::ids::RecordId;
use shared::program::{Lang, Layers, Taken, beijing_day};
use shared::record::Role;
use township_node::app::Node;
use township_node::config::Config;
use xianglian_tests::clock::StoryClock;
use xianglian_tests::cluster::plain;

use super::bed::{STONE_BRIDGE, act, county, county_on, enter, figure, line, own, piece, sync, wish};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A letter that was received on a Friday and is being handled since the Monday after it.
fn letter(node: &Node) -> RecordId {
    let set = [
        "title=反映村道破损",
        "received_on=2026-11-13",
        "registered_on=2026-11-13",
        "channel=LETTER",
        "topic=ROAD",
        "category=CLAIM",
        "summary=路面破损",
        "petitioner_name=某村民",
        "petitioner_address=某村",
    ];
    let record = enter(node, "petition", "register", &set);
    act(node, Role::TClerk, record, "propose", &["proposed_mode=TO_GOV", "proposal_text=拟转镇政府"]);
    act(node, Role::TChair, record, "approve", &[]);
    act(node, Role::TClerk, record, "transfer", &["to_unit=镇城建办", "transferred_on=2026-11-16"]);
    act(node, Role::TClerk, record, "accept", &["accepted_on=2026-11-16"]);
    record
}

/// When a letter is to be settled by, and whether that is provisional.
fn due(node: &Node, record: RecordId) -> (String, bool) {
    let shown = own(node, record);
    let deadline = shown.deadlines.iter().find(|deadline| deadline.code == "DL-XF-DONE").expect("a deadline");
    (deadline.due.clone(), deadline.provisional)
}

/// Next year's holidays are made known. What was counted without them and still runs is counted anew; what is done keeps the day
/// that people were told.
#[tokio::test(flavor = "multi_thread")]
async fn k08_new_holidays_move_what_is_provisional_and_open_and_nothing_else() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county_on(root.path(), "2026-11-16", &[STONE_BRIDGE]).await?;
    let node = cluster.node(STONE_BRIDGE);
    let (open, done) = (letter(node), letter(node));
    let set = ["result=SUPPORTED", "replied_on=2026-11-16", "reply_form=WRITTEN"];
    act(node, Role::TClerk, done, "reply", &set);
    let friday = || "2027-01-15".to_owned();
    assert_eq!((due(node, open), due(node, done).0), ((friday(), true), friday()));

    let publish = Publish {
        name: "calendars/2027.json".to_owned(),
        version: "1".to_owned(),
        valid_from: None,
        text: r#"{"year": 2027, "papers": [], "days": [{"name": "调休", "date": "2027-01-15", "isOffDay": true}]}"#
            .to_owned(),
        dry_run: false,
        staff: "h1".to_owned(),
    };
    publish.answer(cluster.hub.app()).map_err(plain)?;
    // The hub that runs opens itself anew by the files that it has taken.
    let mut cluster = cluster.restart_hub(|_| Ok(())).await?;
    let node = cluster.node(STONE_BRIDGE);
    sync(node).await.map_err(plain)?;
    assert_eq!(node.take_county_files().map_err(plain)?, Taken::Changed);
    let place = format!("nodes/{}", cluster.town(STONE_BRIDGE).code);
    cluster.close_node(STONE_BRIDGE);
    let node = cluster.open_node(&place)?;
    node.daily().map_err(plain)?;
    assert_eq!(due(&node, open), ("2027-01-18".to_owned(), false), "what still runs");
    assert_eq!(due(&node, done).0, friday(), "what is done");
    sync(&node).await.map_err(plain)?;
    cluster.put_node(STONE_BRIDGE, node);
    cluster.stop().await
}

/// The clock of a PC is ten days ahead. Dates after its tomorrow are refused as anywhere, the exchange works, both sides are
/// told how wrong it is, and once it is put right new work is stamped right.
#[tokio::test(flavor = "multi_thread")]
async fn k15_a_wrong_clock_is_told_at_both_sides_and_spoils_nothing() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut cluster = county(root.path(), &[STONE_BRIDGE]).await?;
    let folder = cluster.close_node(STONE_BRIDGE);
    let clock = Arc::new(StoryClock::default());
    let ahead = cluster.now() + 10 * DAY_MS + DAY_MS / 24;
    clock.pin(ahead);
    let config = Config::load(&folder, Layers::default()).map_err(plain)?;
    let node = Node::open(config, clock.clone()).map_err(plain)?;
    let today = beijing_day(ahead);
    let date = format!("received_on={}", today.plus(2));
    let refused = node.create("incoming_doc", Some("receive"), &wish(Role::TClerk, &["title=通知", &date]));
    let said = refused.expect_err("a day after tomorrow").render(Lang::Zh);
    assert!(said.contains("不能晚于"), "{said}");
    let early = piece(&node, "日期超前", &today.to_string());
    let synced = sync(&node).await.map_err(plain)?;
    assert_eq!((synced.waiting, synced.held), (0, 0), "nothing is lost by it");
    assert!(node.status(Lang::Zh).clock_wrong, "the office is told");
    let there = line(&cluster, STONE_BRIDGE)?;
    assert_eq!((there.clock_days, there.ahead), (Some(10), 1), "and the county, with what is dated ahead");
    let year = today.year().to_string();
    assert_eq!(figure(&cluster, "C8_claimed", &year)?, "1", "it counts on the day that it says");

    clock.pin(cluster.now());
    let later = piece(&node, "时钟已校准", &beijing_day(cluster.now()).to_string());
    sync(&node).await.map_err(plain)?;
    let stamp = |record| node.find(&format!("{record}")).map(|record| record.changed_at).map_err(plain);
    assert!(stamp(later)? < stamp(early)?, "the wrong stamp is not carried on");
    assert!(!node.status(Lang::Zh).clock_wrong);
    assert_eq!(line(&cluster, STONE_BRIDGE)?.clock_days, None);
    cluster.put_node(STONE_BRIDGE, node);
    cluster.stop().await
}
