//! The county draws its map anew: K7, K16.

use county_hub::app::ask::Ask as _;
use county_hub::app::{district, township};
use shared::catalogue::model::NodeKind;
use shared::ledger::List;
use shared::program::Lang;
use shared::record::Role;
use xianglian_tests::cluster::{Cluster, plain};

use super::bed::{STONE_BRIDGE, WHITE_TOWER, act, county, figure, figures, line, piece, sync, wish};

/// `C8_claimed` of 2026 by district, without those that have none.
fn by_district(cluster: &Cluster) -> anyhow::Result<Vec<(String, String)>> {
    let figures = figures(cluster, "C8_claimed", "district", "2026")?;
    Ok(figures.into_iter().filter(|(name, text)| text != "0" && *name != cluster.county.name).collect())
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// A township moves to another district while its line is down. What it did before counts where it was, what it does from that
/// day on counts where it is, and its own list shows the change once it has synced.
#[tokio::test(flavor = "multi_thread")]
async fn k07_a_township_that_moves_leaves_its_past_where_it_was() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    // 柳林镇 keeps the second district alive.
    let cluster = county(root.path(), &[STONE_BRIDGE, "柳林镇"]).await?;
    let node = cluster.node(STONE_BRIDGE);
    sync(node).await.map_err(plain)?;
    piece(node, "迁片之前", "2026-06-30");
    let code = cluster.town(STONE_BRIDGE).code;
    let assign =
        district::Assign { township: code, district: "第二片".to_owned(), from: "2026-07-01".to_owned() };
    assign.answer(cluster.hub.app()).map_err(plain)?;
    piece(node, "迁片之后", "2026-07-01");

    let shown = |open: &str| -> anyhow::Result<Vec<String>> {
        let ask = List {
            kind: "district_membership".to_owned(),
            status: Some(open.to_owned()),
            fields: vec![format!("township={code}")],
            ..List::default()
        };
        let rows = node.list(&ask).map_err(plain)?.rows;
        Ok(rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.get(Lang::Zh)).collect::<Vec<_>>().join(" "))
            .collect())
    };
    assert!(shown("active")?.iter().all(|row| row.contains("第一片")), "the office has not heard of it");
    sync(node).await.map_err(plain)?;
    let (now, past) = (shown("active")?, shown("ended")?);
    assert!(now.len() == 1 && now[0].contains("第二片") && now[0].contains("2026-07-01"), "{now:?}");
    assert!(past.len() == 1 && past[0].contains("第一片"), "{past:?}");
    assert_eq!(by_district(&cluster)?, pairs(&[("第一片", "1"), ("第二片", "1")]));
    assert_eq!(figure(&cluster, "C8_claimed", "2026")?, "2");
    cluster.stop().await
}

/// A township is merged into another. Its office goes on under the old code, its records keep it and count in the district of
/// the other from that day on, and nobody waits for it once its certificate has ended.
#[tokio::test(flavor = "multi_thread")]
async fn k16_a_merged_township_keeps_its_code_and_counts_with_its_successor() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let successor = "柳林镇";
    let cluster = county(root.path(), &[STONE_BRIDGE, successor]).await?;
    let (old, new) = (cluster.town(STONE_BRIDGE).code, cluster.town(successor).code);
    let node = cluster.node(STONE_BRIDGE);
    piece(node, "合并之前", "2026-06-30");
    let merge = township::Merge { code: old, into: new, from: "2026-07-01".to_owned() };
    let told = merge.answer(cluster.hub.app()).map_err(plain)?;
    assert_eq!(told.successor, Some(new));
    piece(node, "合并之后", "2026-07-02");
    for (_, node) in &cluster.nodes {
        sync(node).await.map_err(plain)?;
    }
    let there = line(&cluster, STONE_BRIDGE)?;
    assert_eq!((there.entries, there.held, there.standing.as_str()), (4, 0, "ENROLLED"), "it goes on");
    assert_eq!(there.successor, Some((new, successor.to_owned())));
    assert_eq!(figures(&cluster, "C8_claimed", "township", "2026")?[STONE_BRIDGE], "2", "under its own code");
    assert_eq!(
        by_district(&cluster)?,
        pairs(&[("第一片", "1"), ("第二片", "1")]),
        "and in its successor's district"
    );
    assert_eq!(cluster.hub.app().coverage().townships, 2, "awaited as long as it works");

    township::Revoke { code: old, reason: "merged".to_owned() }.answer(cluster.hub.app()).map_err(plain)?;
    let coverage = cluster.hub.app().coverage();
    assert_eq!((coverage.townships, coverage.reporting, coverage.silent.len()), (1, 1, 0));
    assert_eq!(figure(&cluster, "C8_claimed", "2026")?, "2", "its records stay");
    cluster.stop().await
}

/// A town becomes a subdistrict. Its office works by the old rules under the old name until it joins again, and by the new ones
/// from then on; everything that it wrote stays.
#[tokio::test(flavor = "multi_thread")]
async fn k16_a_town_that_becomes_a_subdistrict_works_on_until_it_joins_again() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut cluster = county(root.path(), &[WHITE_TOWER]).await?;
    let town = cluster.town(WHITE_TOWER);
    piece(cluster.node(WHITE_TOWER), "镇里的报道", "2026-06-30");
    let (name, kind) = (Some("白塔街道".to_owned()), Some("SUBDISTRICT".to_owned()));
    let line_of =
        township::Change { code: town.code, name, kind }.answer(cluster.hub.app()).map_err(plain)?;
    assert_eq!((line_of.name.as_str(), line_of.kind.as_str()), ("白塔街道", "SUBDISTRICT"));
    let node = cluster.node(WHITE_TOWER);
    assert_eq!((node.status(Lang::Zh).name.as_str(), node.office().kind()), (WHITE_TOWER, NodeKind::Town));
    let term = wish(Role::TClerk, &["name=第十八届人民代表大会", "term_no=18"]);
    node.create("term", Some("prepare"), &term).map_err(plain)?;
    sync(node).await.map_err(plain)?;
    assert_eq!(line(&cluster, "白塔街道")?.held, 0);

    let folder = format!("nodes/{}", town.code);
    cluster.close_node(WHITE_TOWER);
    let node = cluster.enrol(&town, &folder).await?;
    sync(&node).await.map_err(plain)?;
    assert_eq!(
        (node.status(Lang::Zh).name.as_str(), node.office().kind()),
        ("白塔街道", NodeKind::Subdistrict)
    );
    let refused = node.create("term", Some("prepare"), &term).expect_err("it has no congress");
    assert!(refused.render(Lang::Zh).contains("不设届次"), "{}", refused.render(Lang::Zh));
    let later = piece(&node, "街道的报道", "2026-07-01");
    act(&node, Role::TClerk, later, "file", &["archived_on=2026-07-01"]);
    sync(&node).await.map_err(plain)?;
    assert_eq!(figures(&cluster, "C8_claimed", "township", "2026")?["白塔街道"], "2");
    cluster.put_node(WHITE_TOWER, node);
    cluster.stop().await
}
