//! What is written about a time that the county has closed: K4.

use county_hub::app::ask::Ask as _;
use county_hub::app::period::{Close, Row, Show};
use county_hub::app::returns::late::Late;
use shared::program::Lang;
use shared::record::Role;
use xianglian_tests::cluster::{Cluster, plain};

use super::bed::{STONE_BRIDGE, act, at_county, county_on, figure, go_to, only, own, piece, sync, wish};

/// What a figure of the closed month was, is, and how far it is from one to the other.
fn beside(cluster: &Cluster, measure: &str) -> anyhow::Result<[Option<String>; 3]> {
    let show = Show { period: "2026-05".to_owned(), measures: vec![measure.to_owned()], ..Show::default() };
    let rows = show.answer(cluster.hub.app()).map_err(plain)?.rows;
    let row = rows.into_iter().find(|row| row.measure.split.is_empty());
    let Row { sealed, now, adjustment, .. } = row.expect("a row of the county");
    Ok([sealed, now, adjustment])
}

/// After the county has closed a month an office enters something of that month. It is taken and marked as entered late, the sealed
/// figure stays with the difference beside it, and the county may send the record back.
#[tokio::test(flavor = "multi_thread")]
async fn k04_what_comes_after_the_close_is_an_adjustment() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county_on(root.path(), "2026-05-20", &[STONE_BRIDGE]).await?;
    let node = cluster.node(STONE_BRIDGE);
    piece(node, "按时登记", "2026-05-18");
    sync(node).await.map_err(plain)?;
    go_to(&cluster, "2026-06-02");
    let close = Close { period: "2026-05".to_owned(), ..Close::default() };
    close.answer(cluster.hub.app()).map_err(plain)?;

    go_to(&cluster, "2026-06-10");
    let set =
        ["title=事后补录", "published_on=2026-05-19", "form=NEWS", "medium=县报", "medium_level=COUNTY"];
    let late = node.create("publicity", Some("draft"), &wish(Role::TClerk, &set)).map_err(plain)?;
    let said: Vec<&str> = late.warnings.iter().map(|warning| warning.get(Lang::Zh)).collect();
    assert!(said.iter().any(|said| said.contains("补录")), "{said:?}");
    let claim = ["claimed_points=2", "evidence_link=http://example.cn/2"];
    act(node, Role::TClerk, late.record, "claim", &claim);
    let synced = sync(node).await.map_err(plain)?;
    assert_eq!((synced.waiting, synced.held), (0, 0), "it is taken");
    assert_eq!(figure(&cluster, "C8_claimed", "2026-05")?, "2");
    let told = ["1", "2", "+1"].map(|text| Some(text.to_owned()));
    assert_eq!(beside(&cluster, "C8_claimed")?, told, "sealed, now, adjustment");
    let rate = Late { period: Some("2026-05".to_owned()) }.answer(cluster.hub.app()).map_err(plain)?;
    let line = rate.rows.iter().find(|row| row.name == STONE_BRIDGE).expect("a line of the township");
    assert_eq!((line.late, line.entered), (1, 2), "one of two was entered late");

    let (target, town) = (format!("target={}", late.record), format!("township={STONE_BRIDGE}"));
    let set = [
        target.as_str(),
        &town,
        "kind=RETURN",
        "title=超过月报时限",
        "text=请说明补录原因",
        "said_on=2026-06-10",
        "fix_due=2026-06-20",
    ];
    at_county(&cluster, "C_OFFICE", ("feedback", None), "say", &set);
    sync(node).await.map_err(plain)?;
    let reply = own(node, only(node, "feedback_reply"));
    assert_eq!((reply.status.as_str(), reply.fields["title"].as_str()), ("waiting", Some("超过月报时限")));
    cluster.stop().await
}
