//! County and township act on one matter at the same time, neither knowing of the other: K6, K9, K10.

use county_hub::app::ask::Ask as _;
use county_hub::app::district::Liaison;
use county_hub::app::record;
use shared::ledger::List;
use shared::program::Lang;
use shared::record::Role;
use xianglian_tests::cluster::{Cluster, plain};

use super::bed::{
    STONE_BRIDGE, act, at_county, county_on, figure, figures, go_to, only, only_there, own, piece, react,
    seen, steps, sync,
};

/// The county gives the township something to do by the end of June.
fn assign(cluster: &Cluster) {
    let town = format!("to_townships={STONE_BRIDGE}");
    let set = [
        "title=报送河长制落实情况",
        "form=MATERIAL",
        "due=2026-06-30",
        "addressed_to=TOWNSHIPS",
        &town,
        "text=请报送本年度河长制落实情况",
    ];
    let matter = at_county(cluster, "C_OFFICE", ("assignment", None), "draft", &set);
    at_county(cluster, "C_DIRECTOR", ("assignment", Some(matter)), "approve", &["approved_on=2026-06-01"]);
    at_county(cluster, "C_OFFICE", ("assignment", Some(matter)), "issue", &["issued_on=2026-06-01"]);
}

/// The county cancels what the township has already reported on, its line being down. Both stand: the line at the county and the
/// report at the township say that it was cancelled after the report.
#[tokio::test(flavor = "multi_thread")]
async fn k06_what_is_cancelled_after_the_report_is_shown_so_at_both_sides() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county_on(root.path(), "2026-06-01", &[STONE_BRIDGE]).await?;
    let node = cluster.node(STONE_BRIDGE);
    sync(node).await.map_err(plain)?;
    assign(&cluster);
    sync(node).await.map_err(plain)?;
    let report = only(node, "assignment_report");
    go_to(&cluster, "2026-06-10");
    act(node, Role::TClerk, report, "receive", &["received_on=2026-06-09", "in_charge_post=人大专干"]);
    act(node, Role::TClerk, report, "begin", &["started_on=2026-06-09"]);
    act(
        node,
        Role::TChair,
        report,
        "report",
        &["reported_on=2026-06-10", "result=河长巡河四次，问题三件均已整改"],
    );
    let (line, matter) = (only_there(&cluster, "assignment_line"), only_there(&cluster, "assignment"));
    let note = ["cancelled_on=2026-06-10", "cancel_note=任务合并"];
    at_county(&cluster, "C_DIRECTOR", ("assignment", Some(matter)), "cancel", &note);

    sync(node).await.map_err(plain)?;
    react(&cluster)?;
    sync(node).await.map_err(plain)?;
    let there = seen(&cluster, line).map_err(plain)?;
    assert_eq!(there.status, "cancelled_after_report");
    assert_eq!(there.status_label.get(Lang::Zh), "已取消（乡镇已报）");
    assert!(there.fields["result"].as_str().is_some_and(|text| text.contains("河长巡河四次")), "it is kept");
    let here = own(node, report);
    assert_eq!(here.status, "cancelled_after_report");
    assert!(steps(&here).contains(&"report"), "and so is what was done: {:?}", steps(&here));
    cluster.stop().await
}

/// The county returns a record while the township has moved it on. The township sees which state the county spoke of and that it
/// has changed since, and decides; the record itself is untouched.
#[tokio::test(flavor = "multi_thread")]
async fn k09_feedback_on_an_older_state_says_so_and_the_township_decides() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county_on(root.path(), "2026-06-01", &[STONE_BRIDGE]).await?;
    let node = cluster.node(STONE_BRIDGE);
    let record = piece(node, "送法下乡", "2026-05-30");
    sync(node).await.map_err(plain)?;
    let (target, town) = (format!("target={record}"), format!("township={STONE_BRIDGE}"));
    let set = [
        target.as_str(),
        &town,
        "kind=RETURN",
        "title=缺剪报",
        "text=请补交剪报",
        "said_on=2026-06-01",
        "fix_due=2026-06-15",
    ];
    let feedback = at_county(&cluster, "C_OFFICE", ("feedback", None), "say", &set);
    act(node, Role::TClerk, record, "supplement", &["supplement_note=已补交剪报"]);

    sync(node).await.map_err(plain)?;
    let reply = only(node, "feedback_reply");
    let shown = own(node, reply);
    let revs = [&shown.fields["on_rev"], &shown.fields["rev_at_arrival"]].map(|rev| rev.as_i64());
    assert_eq!(revs, [Some(2), Some(3)]);
    assert_eq!(shown.fields["moved_on"].as_bool(), Some(true), "it had moved on when the word came");
    let answer = ["answered_on=2026-06-01", "action_taken=EXPLAINED", "answer_text=剪报已于当日补交"];
    act(node, Role::TChair, reply, "answer", &answer);
    sync(node).await.map_err(plain)?;
    react(&cluster)?;
    let there = seen(&cluster, feedback).map_err(plain)?;
    assert_eq!(
        (there.status.as_str(), there.fields["action_taken"].as_str()),
        ("answered", Some("EXPLAINED"))
    );
    let of = seen(&cluster, record).map_err(plain)?;
    assert_eq!(steps(&of), ["draft", "claim", "supplement"], "nobody but its office has touched it");
    cluster.stop().await
}

/// A township disputes the county's record of a visit. Both records stand, the visit counts as made, and the dispute is listed.
#[tokio::test(flavor = "multi_thread")]
async fn k10_a_disputed_visit_counts_and_the_dispute_is_listed() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let cluster = county_on(root.path(), "2026-06-01", &[STONE_BRIDGE]).await?;
    let node = cluster.node(STONE_BRIDGE);
    sync(node).await.map_err(plain)?;
    let liaison = Liaison {
        member: "m1".to_owned(),
        name: "周文斌".to_owned(),
        district: "第一片".to_owned(),
        lead: true,
        from: "2026-01-01".to_owned(),
        to: None,
    };
    let liaison = liaison.answer(cluster.hub.app()).map_err(plain)?.record;
    let (town, by) = (format!("township={STONE_BRIDGE}"), format!("liaisons={liaison}"));
    let set = [
        "district=第一片",
        &town,
        &by,
        "subject=了解主席团会议筹备",
        "visited_on=2026-06-01",
        "form=调研",
        "days=1.0",
        "duties=SURVEY",
    ];
    let visit = at_county(&cluster, "C_LIAISON", ("guidance_visit", None), "draft", &set);
    at_county(&cluster, "C_LIAISON", ("guidance_visit", Some(visit)), "record", &[]);
    at_county(&cluster, "C_LIAISON", ("guidance_visit", Some(visit)), "send", &["sent_on=2026-06-01"]);
    sync(node).await.map_err(plain)?;
    let answer = only(node, "visit_confirmation");
    act(
        node,
        Role::TChair,
        answer,
        "dispute",
        &["answer=DISAGREE", "answered_on=2026-06-01", "comment=当日未到本镇"],
    );
    sync(node).await.map_err(plain)?;
    react(&cluster)?;

    let there = seen(&cluster, visit).map_err(plain)?;
    assert_eq!(
        (there.status.as_str(), there.fields["dispute_text"].as_str()),
        ("disputed", Some("当日未到本镇"))
    );
    assert_eq!(seen(&cluster, answer).map_err(plain)?.status, "disputed", "both stand");
    assert_eq!(figures(&cluster, "F3", "township", "2026")?[STONE_BRIDGE], "1", "it counts as made");
    assert_eq!(figure(&cluster, "F3_disputed", "2026")?, "1");
    let disputed =
        List { kind: "guidance_visit".to_owned(), status: Some("disputed".to_owned()), ..List::default() };
    let rows = record::List(disputed).answer(cluster.hub.app()).map_err(plain)?.rows;
    let subjects: Vec<&str> = rows.iter().map(|row| row.title.get(Lang::Zh)).collect();
    assert_eq!(subjects, ["了解主席团会议筹备"]);
    cluster.stop().await
}
