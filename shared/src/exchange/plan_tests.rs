use std::sync::Arc;

use super::super::book::{Book, read};
use super::super::cell::Directory;
use super::super::fixture::{Few, kind, township};
use super::*;
use crate::catalogue::model::{Catalogue, NodeKind};
use crate::command::{Place, ViewLookup};
use crate::record::Role;
use crate::view::sample::{Office, Plain, actor};

fn catalogue() -> Arc<Catalogue> {
    let kind = kind();
    Arc::new(Catalogue {
        kinds: [(kind.tag, kind)].into(),
        deadlines: BTreeMap::new(),
        profiles: BTreeMap::new(),
        groups: Vec::new(),
        papers: Vec::new(),
        locks: Vec::new(),
        version: "plan".to_owned(),
        files: Default::default(),
    })
}

/// An office of 宗汉街道.
fn office() -> Office {
    Office::with(Site::Township(township("330282002")), catalogue())
}

fn book(text: &str) -> Book {
    read(text.as_bytes()).expect("a readable table")
}

fn ledger(text: &str) -> Ledger {
    Ledger::read(&book(text), None, &kind(), &Few::new()).expect("has the columns")
}

fn planned(office: &Office, ledger: &Ledger) -> ImportPlan {
    let catalogue = Arc::clone(office.folder.catalogue());
    let ctx = Context {
        catalogue: &catalogue,
        deadlines: &Plain,
        lookup: &ViewLookup { views: &office.views, catalogue: &catalogue },
        place: Place { site: office.site, node: Some(NodeKind::Subdistrict), abbr: "宗汉" },
        now_ms: office.clock,
        today: office.today,
        fresh: RecordId::mint(office.clock, &[7; 10]),
    };
    plan(&ctx, ledger, &actor(Role::TClerk), Few::new().townships())
}

#[track_caller]
fn import(office: &mut Office, text: &str, mode: Mode) -> Counts {
    let plan = planned(office, &ledger(text));
    let counts = plan.counts;
    for (stream, entry) in plan.entries(mode).expect("the rows can be taken") {
        office.append(stream, entry.encode());
    }
    counts
}

fn messages(plan: &ImportPlan) -> Vec<String> {
    plan.problems().map(|problem| problem.label().zh).collect()
}

const THREE: &str = "案号,案由,登记日期,协办单位,办理结果\n1,修路,2017.4.14,市公安局；宗汉街道,A\n2,通水,2017-4-15,,\n3,建校,20170416,,\n";

#[test]
fn a_ledger_comes_in_with_the_status_it_had() {
    let mut office = office();
    assert_eq!(import(&mut office, THREE, Mode::AllOrNothing), Counts { new: 3, ..Counts::default() });
    let id = import_id(office.site, &super::super::fixture::kind(), &Value::Number(1), 2017, &Fields::new());
    let record = office.record(id);
    assert_eq!((record.status, record.rev), (2, 1));
    assert!(record.flags.has(EntryFlags::IMPORTED));
    let reason = crate::view::read::reason(&office.views, id, 1).expect("names its file");
    assert_eq!(reason, format!("导入 blake3:{} 第2行", &book(THREE).digest[..16]));
}

#[test]
fn a_dry_run_changes_nothing_and_repeats() {
    let office = office();
    let before = office.views.clone();
    let first = planned(&office, &ledger(THREE));
    assert_eq!(first, planned(&office, &ledger(THREE)));
    assert_eq!(office.views, before);
}

#[test]
fn importing_twice_changes_nothing() {
    let mut office = office();
    import(&mut office, THREE, Mode::AllOrNothing);
    let before = office.views.clone();
    assert_eq!(import(&mut office, THREE, Mode::AllOrNothing), Counts { unchanged: 3, ..Counts::default() });
    assert_eq!(office.views, before);
    let corrected = THREE.replace("通水", "通自来水");
    let counts = import(&mut office, &corrected, Mode::AllOrNothing);
    assert_eq!(counts, Counts { unchanged: 2, changed: 1, ..Counts::default() });
}

#[test]
fn an_empty_cell_clears_nothing() {
    let mut office = office();
    import(&mut office, THREE, Mode::AllOrNothing);
    let counts = import(&mut office, "案号,案由,登记日期,协办单位\n1,修路,2017.4.14,\n", Mode::AllOrNothing);
    assert_eq!(counts, Counts { unchanged: 1, ..Counts::default() });
}

#[test]
fn every_entry_of_a_batch_has_its_own_stamp() {
    let plan = planned(&office(), &ledger(THREE));
    let entries = plan.entries(Mode::AllOrNothing).expect("good rows");
    let stamps: std::collections::BTreeSet<(i64, u32)> =
        entries.iter().map(|(_, entry)| (entry.at, entry.tick)).collect();
    assert_eq!(stamps.len(), entries.len());
}

#[test]
fn rows_of_another_township_are_refused_by_name() {
    let office = office();
    let text =
        "案号,案由,登记日期,提出乡镇\n1,修路,2017.4.14,宗汉街道\n2,通水,五月,坎墩街道\n3,建校,2017.4.16,\n";
    let plan = planned(&office, &ledger(text));
    assert_eq!(plan.counts, Counts { new: 1, elsewhere: 1, refused: 1, ..Counts::default() });
    assert_eq!(plan.rows[1].outcome, Outcome::Elsewhere(township("330282003")));
    assert_eq!(
        messages(&plan),
        ["第3行：属于坎墩街道，本节点是宗汉街道", "第4行D列（提出乡镇）：没有写乡镇"]
    );
    assert!(plan.clone().entries(Mode::AllOrNothing).is_err());
    assert_eq!(plan.entries(Mode::GoodRows).map(|entries| entries.len()), Ok(1));
    let ours = ledger(text).only(township("330282002"));
    assert_eq!(planned(&office, &ours).counts, Counts { new: 1, ..Counts::default() });
}

#[test]
fn every_problem_is_named_with_its_place() {
    let text = "序号,题目,登记日期,办理结果类别,会办单位\n一,修路,2017.4.14,A,\n2,,五月,E,\n3,建校,2017-02-30,B,\n99999,长,2017-4-1,,\n";
    let found = messages(&planned(&office(), &ledger(text)));
    assert_eq!(
        found,
        [
            "第2行A列（序号）“一”：应为整数",
            "第3行C列（登记日期）“五月”：不是日期，应写成 2017-04-14",
            "第3行D列（办理结果类别）“E”：应为：已解决、正在解决",
            "第4行C列（登记日期）“2017-02-30”：没有这一天",
            "第5行A列（序号）“99999”：案号应在1至9999之间",
        ]
    );
}

#[test]
fn what_the_gate_refuses_is_named_at_its_cell() {
    let plan = planned(&office(), &ledger("案号,案由,登记日期\n1,,2017.4.14\n"));
    assert_eq!(messages(&plan), ["第2行B列（案由）：案由必须填写"]);
    let en: Vec<String> = plan.problems().map(|problem| problem.label().en).collect();
    assert_eq!(en, ["row 2, column B (案由): 案由 in English must be filled"]);
}

#[test]
fn the_same_row_twice_is_taken_once() {
    let text = "案号,案由,登记日期\n1,修路,2017.4.14\n1,修路,2017-4-14\n1,修桥,2017-4-14\n1,修路,2018-4-14\n";
    let plan = planned(&office(), &ledger(text));
    let outcomes: Vec<Outcome> = plan.rows.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::New, Outcome::Duplicate { of: 2 }, Outcome::Refused, Outcome::New]);
    assert_eq!(messages(&plan), ["第4行：与第2行编号相同而内容不同"]);
}

#[test]
fn the_sheet_with_most_columns_is_taken() {
    let mut book = book("案号,案由\n1,修路\n");
    let mut more = super::tests::book("案号,案由,登记日期\n2,通水,2017.4.14\n").sheets.remove(0);
    more.name = "明细".to_owned();
    book.sheets.push(more);
    let read =
        |name| Ledger::read(&book, name, &kind(), &Few::new()).map(|ledger| ledger.mapping.columns.len());
    assert_eq!(read(None), Ok(3));
    assert_eq!(read(Some("")), Ok(2));
    assert!(read(Some("没有")).is_err());
}

proptest::proptest! {
    /// Whatever stands in the cells: every row has an outcome, and what was taken once is unchanged the second time.
    #[test]
    fn any_table_is_planned_and_taken_once(
        cells in proptest::collection::vec(("[0-9一]{0,3}", "[a-z案 ]{0,4}", "(2017[.-]4[.-][0-9]{1,2}|五月)?"), 0..12)
    ) {
        let mut text = "案号,案由,登记日期\n".to_owned();
        for (number, title, date) in &cells {
            text.push_str(&format!("{number},{title},{date}\n"));
        }
        let mut office = office();
        let ledger = ledger(&text);
        let plan = planned(&office, &ledger);
        let c = plan.counts;
        let all = c.new + c.changed + c.unchanged + c.duplicate + c.elsewhere + c.refused;
        proptest::prop_assert_eq!(all, ledger.rows.len());
        for (stream, entry) in plan.entries(Mode::GoodRows).expect("good rows are always given") {
            office.append(stream, entry.encode());
        }
        let again = planned(&office, &ledger);
        proptest::prop_assert_eq!((again.counts.new, again.counts.changed), (0, 0));
        proptest::prop_assert_eq!(again.counts.unchanged, c.new);
    }
}
