//! A PC whose clock is wrong: K15.

use std::sync::Arc;

use shared::program::{Lang, Layers, beijing_day};
use shared::record::Role;
use township_node::app::Node;
use township_node::config::Config;
use xianglian_tests::clock::StoryClock;
use xianglian_tests::cluster::plain;

use super::bed::{STONE_BRIDGE, county, figure, line, piece, sync, wish};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

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
