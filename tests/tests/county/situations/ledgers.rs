//! What an office does to its own ledgers: K5, K12, K13.

use std::path::Path;

use shared::program::Lang;
use shared::record::Role;
use township_node::app::{ImportHow, Wish};
use xianglian_tests::cluster::plain;

use super::bed::{
    STONE_BRIDGE, WHITE_TOWER, act, county, enter, figure, figures, listed, piece, seen, steps, sync,
};

/// What has been counted is voided. It leaves every figure, and stays to be seen with who voided it and why.
#[tokio::test(flavor = "multi_thread")]
async fn k05_what_is_voided_leaves_the_figures_and_stays_in_the_history() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county(root.path(), &[STONE_BRIDGE]).await?;
    let node = cluster.node(STONE_BRIDGE);
    let wrong = piece(node, "登错的一篇", "2026-03-02");
    piece(node, "登对的一篇", "2026-03-03");
    sync(node).await.map_err(plain)?;
    assert_eq!(figure(&cluster, "C8_claimed", "2026")?, "2");
    act(node, Role::TChair, wrong, "void", &[]);
    sync(node).await.map_err(plain)?;
    for level in ["county", "district", "township"] {
        let figures = figures(&cluster, "C8_claimed", level, "2026")?;
        assert_eq!(figures[&cluster.county.name], "1", "{level}");
    }
    let shown = seen(&cluster, wrong).map_err(plain)?;
    assert_eq!((shown.voided, steps(&shown)), (true, vec!["draft", "claim", "void"]));
    let last = shown.steps.last().expect("steps");
    assert_eq!((last.role.as_str(), last.reason.as_deref()), ("T_CHAIR", Some("按规定办理")));
    cluster.stop().await
}

/// The same person writes to two townships. There are two cases, nobody joins them, and nothing at the county could.
#[tokio::test(flavor = "multi_thread")]
async fn k12_one_person_who_writes_to_two_townships_is_two_cases() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county(root.path(), &[STONE_BRIDGE, WHITE_TOWER]).await?;
    let mut cases = Vec::new();
    for (_, node) in &cluster.nodes {
        let set = [
            "title=反映村道破损",
            "received_on=2026-03-02",
            "registered_on=2026-03-02",
            "channel=LETTER",
            "topic=ROAD",
            "category=CLAIM",
            "summary=路面破损",
            "petitioner_name=钱某某",
            "petitioner_id_card=999901198001010016",
            "petitioner_address=某村",
        ];
        cases.push(enter(node, "petition", "register", &set));
        sync(node).await.map_err(plain)?;
    }
    assert_eq!(figure(&cluster, "B1", "2026")?, "2");
    let townships = figures(&cluster, "B1", "township", "2026")?;
    assert_eq!((townships[STONE_BRIDGE].as_str(), townships[WHITE_TOWER].as_str()), ("1", "1"));
    for case in cases {
        let shown = seen(&cluster, case).map_err(plain)?;
        assert!(shown.local.is_empty() && shown.linked.is_empty(), "{shown:?}");
        assert!(!serde_json::to_string(&shown)?.contains("钱某某"));
    }
    let hub = root.path().join("hub");
    cluster.stop().await?;
    for secret in ["钱某某", "999901198001010016"] {
        assert!(!tree_holds(&hub, secret)?, "{secret} is at the county");
    }
    Ok(())
}

/// Whether any file under a folder holds the text.
fn tree_holds(folder: &Path, text: &str) -> anyhow::Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let found = if path.is_dir() {
            tree_holds(&path, text)?
        } else {
            path.is_file() && std::fs::read(&path)?.windows(text.len()).any(|bytes| bytes == text.as_bytes())
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One inspection by two townships together. Who leads writes it down as its own and the county counts it once; who took part
/// writes that down, and each of the two counts one for itself.
#[tokio::test(flavor = "multi_thread")]
async fn k11_joint_work_counts_once_at_the_county_and_for_each_township_that_took_part() -> anyhow::Result<()>
{
    let root = tempfile::tempdir()?;
    let cluster = county(root.path(), &[STONE_BRIDGE, WHITE_TOWER]).await?;
    for (name, part) in [(STONE_BRIDGE, "联合（牵头）"), (WHITE_TOWER, "联合（参加）")] {
        let heads = "台账序号,活动主题,类别,活动时间,是否联合,牵头乡镇,联合乡镇,代表人数";
        let row = format!("1,联合视察河道整治,视察,2026-04-20,{part},{STONE_BRIDGE},{WHITE_TOWER},12");
        let text = format!("{heads}\n{row}\n");
        let node = cluster.node(name);
        // An office knows its neighbours from the county.
        sync(node).await.map_err(plain)?;
        let how = ImportHow::default();
        let done =
            node.import("activity", text.as_bytes(), &how, &Wish::default(), Lang::Zh).map_err(plain)?;
        assert_eq!(done.new, 1, "{done:?}");
        sync(node).await.map_err(plain)?;
    }
    assert_eq!(figure(&cluster, "activities_held", "2026")?, "1", "counted once");
    assert_eq!(figure(&cluster, "D5_once", "2026")?, "1");
    let districts = figures(&cluster, "activities_held", "district", "2026")?;
    assert_eq!((districts["第一片"].as_str(), districts[&cluster.county.name].as_str()), ("1", "1"));
    let mine = figures(&cluster, "D5", "township", "2026")?;
    assert_eq!((mine[STONE_BRIDGE].as_str(), mine[WHITE_TOWER].as_str()), ("1", "1"), "each its own part");
    let joined = figures(&cluster, "activities_joined", "township", "2026")?;
    assert_eq!((joined[STONE_BRIDGE].as_str(), joined[WHITE_TOWER].as_str()), ("0", "1"));
    assert_eq!(listed(&cluster, "activity")?.len(), 2, "the county sees both rows");
    cluster.stop().await
}

/// Two rows of a ledger have one number. The second is refused by its line, and nothing else is; other townships have their own
/// numbers.
#[tokio::test(flavor = "multi_thread")]
async fn k13_a_number_given_twice_is_refused_by_its_line() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county(root.path(), &[STONE_BRIDGE, WHITE_TOWER]).await?;
    let row = |number: u32, title: &str, town: &str| {
        format!(
            "{number},建议,{title},{town},第一代表团,0,其他,大会期间,公开,2017-04-18,立案,2017-04-19,镇城建办,,,,办理\n"
        )
    };
    let heads = "案号,案别,案由,提出乡镇,代表团,附议人数,性质类别,状态,是否公开,登记日期,审核,交办日期,主办单位,协办单位,主办答复日期,办理结果类别,当前环节\n";
    let clash =
        [heads, &row(1, "修路", STONE_BRIDGE), &row(1, "修桥", STONE_BRIDGE), &row(2, "修渠", STONE_BRIDGE)]
            .concat();
    let import = |node: &township_node::app::Node, text: &str, good_rows| {
        let how = ImportHow { good_rows, ..ImportHow::default() };
        node.import("proposal", text.as_bytes(), &how, &Wish::default(), Lang::Zh).map_err(plain)
    };
    let node = cluster.node(STONE_BRIDGE);
    let all = import(node, &clash, false)?;
    assert_eq!(
        (all.dry, all.problems.len()),
        (true, 1),
        "nothing is taken by halves unless that is asked for"
    );
    let told = &all.problems[0];
    assert_eq!(told.row, 3);
    assert!(told.text.contains("与第2行编号相同而内容不同"), "{}", told.text);
    let good = import(node, &clash, true)?;
    assert_eq!((good.new, good.refused), (2, 1));

    let other = [heads, &row(1, "修桥", WHITE_TOWER)].concat();
    assert_eq!(import(cluster.node(WHITE_TOWER), &other, false)?.new, 1);
    for (_, node) in &cluster.nodes {
        sync(node).await.map_err(plain)?;
    }
    assert_eq!(listed(&cluster, "proposal")?, ["修桥", "修渠", "修路"]);
    let townships = figures(&cluster, "A1", "township", "2017")?;
    assert_eq!((townships[STONE_BRIDGE].as_str(), townships[WHITE_TOWER].as_str()), ("2", "1"));
    cluster.stop().await
}
