use std::sync::Arc;

use super::super::book::{Book, read};
use super::super::correction::Corrections;
use super::super::fixture::{Few, kind, township};
use super::*;
use crate::catalogue::model::{Catalogue, Kind, NodeKind};
use crate::command::{Place, ViewLookup};
use crate::record::{EntryFlags, Fields, Role};
use crate::view::sample::{Office, Plain, actor};

fn catalogue() -> Arc<Catalogue> {
    let kind = kind();
    Arc::new(Catalogue {
        kinds: [(kind.tag, kind)].into(),
        deadlines: BTreeMap::new(),
        profiles: BTreeMap::new(),
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

/// What the office says of a table, and what it would append of the rows that fit.
fn judged(office: &Office, text: &str, on_similar: &OnSimilar) -> (ImportPlan, Vec<(StreamName, Entry)>) {
    judged_as(office, text, on_similar, &kind())
}

fn judged_as(
    office: &Office,
    text: &str,
    on_similar: &OnSimilar,
    kind: &Kind,
) -> (ImportPlan, Vec<(StreamName, Entry)>) {
    let book = book(text);
    let ledger = Ledger::read(&book, None, kind, &Corrections::default()).expect("has the columns");
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
    let (few, actor) = (Few::new(), actor(Role::TClerk));
    let plan = plan(&ctx, &ledger, &few, &actor, on_similar, &|_| {});
    let fit = plan.fit(Mode::GoodRows).expect("the good rows");
    let (entries, left) = entries(&ctx, &ledger, &few, &actor, &fit);
    assert_eq!(left, 0);
    (plan, entries)
}

fn planned(office: &Office, text: &str) -> ImportPlan {
    judged(office, text, &OnSimilar::Ask).0
}

#[track_caller]
fn import(office: &mut Office, text: &str) -> Counts {
    let (plan, entries) = judged(office, text, &OnSimilar::Ask);
    assert!(plan.fit(Mode::AllOrNothing).is_ok(), "{:?}", messages(&plan));
    for (stream, entry) in entries {
        office.append(stream, entry.encode());
    }
    plan.counts
}

fn messages(plan: &ImportPlan) -> Vec<String> {
    plan.problems().map(|problem| problem.label().zh).collect()
}

const THREE: &str = "案号,案由,登记日期,协办单位,办理结果\n1,修路,2017.4.14,市公安局；宗汉街道,A\n2,通水,2017-4-15,,\n3,建校,20170416,,\n";

#[test]
fn a_ledger_comes_in_with_the_status_it_had() {
    let mut office = office();
    assert_eq!(import(&mut office, THREE), Counts { new: 3, ..Counts::default() });
    let day = Value::Date("2017-04-14".parse().expect("a day"));
    let id = import_id(office.site, &kind(), &[(1, Value::Number(1)), (3, day)].into()).expect("a number");
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
    let first = planned(&office, THREE);
    assert_eq!(first, planned(&office, THREE));
    assert_eq!(office.views, before);
}

#[test]
fn importing_twice_changes_nothing() {
    let mut office = office();
    import(&mut office, THREE);
    let before = office.views.clone();
    assert_eq!(import(&mut office, THREE), Counts { unchanged: 3, ..Counts::default() });
    assert_eq!(office.views, before);
    let corrected = THREE.replace("通水", "通自来水");
    let counts = import(&mut office, &corrected);
    assert_eq!(counts, Counts { unchanged: 2, changed: 1, ..Counts::default() });
}

#[test]
fn an_empty_cell_clears_nothing() {
    let mut office = office();
    import(&mut office, THREE);
    let counts = import(&mut office, "案号,案由,登记日期,协办单位\n1,修路,2017.4.14,\n");
    assert_eq!(counts, Counts { unchanged: 1, ..Counts::default() });
}

#[test]
fn every_entry_of_a_batch_has_its_own_stamp() {
    let (_, entries) = judged(&office(), THREE, &OnSimilar::Ask);
    let stamps: std::collections::BTreeSet<(i64, u32)> =
        entries.iter().map(|(_, entry)| (entry.at, entry.tick)).collect();
    assert_eq!(stamps.len(), entries.len());
}

#[test]
fn rows_of_another_township_are_refused_by_name() {
    let office = office();
    let text =
        "案号,案由,登记日期,提出乡镇\n1,修路,2017.4.14,宗汉街道\n2,通水,五月,坎墩街道\n3,建校,2017.4.16,\n";
    let plan = planned(&office, text);
    assert_eq!(plan.counts, Counts { new: 1, elsewhere: 1, refused: 1, ..Counts::default() });
    assert_eq!(plan.rows[1].outcome, Outcome::Elsewhere(township("330282003")));
    assert_eq!(
        messages(&plan),
        ["第3行：属于坎墩街道，本节点是宗汉街道", "第4行D列（提出乡镇）：没有写乡镇"]
    );
    assert!(plan.fit(Mode::AllOrNothing).is_err());
    assert_eq!(plan.fit(Mode::GoodRows).map(|rows| rows.len()), Ok(1));
}

#[test]
fn every_problem_is_named_with_its_place() {
    let text = "序号,题目,登记日期,办理结果类别,会办单位\n一,修路,2017.4.14,A,\n2,,五月,E,\n3,建校,2017-02-30,B,\n99999,长,2017-4-1,,\n";
    let found = messages(&planned(&office(), text));
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
    let plan = planned(&office(), "案号,案由,登记日期\n1,,2017.4.14\n");
    assert_eq!(messages(&plan), ["第2行B列（案由）：案由必须填写"]);
    let en: Vec<String> = plan.problems().map(|problem| problem.label().en).collect();
    assert_eq!(en, ["row 2, column B (案由): 案由 in English must be filled"]);
}

#[test]
fn the_same_row_twice_is_taken_once() {
    let text = "案号,案由,登记日期\n1,修路,2017.4.14\n1,修路,2017-4-14\n1,修桥,2017-4-14\n1,修路,2018-4-14\n";
    let plan = planned(&office(), text);
    let outcomes: Vec<Outcome> = plan.rows.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Outcome::New, Outcome::Duplicate { of: 2 }, Outcome::Refused, Outcome::New]);
    assert_eq!(messages(&plan), ["第4行：与第2行案号相同而其他内容不同"]);
}

#[test]
fn the_sheet_with_most_columns_is_taken() {
    let mut book = book("案号,案由,登记日期\n1,修路,2017-4-14\n");
    let mut more = super::tests::book("案号,案由,登记日期,协办单位\n2,通水,2017.4.14,\n").sheets.remove(0);
    more.name = "明细".to_owned();
    book.sheets.push(more);
    let (kind, none) = (kind(), Corrections::default());
    let read = |name| Ledger::read(&book, name, &kind, &none).map(|ledger| ledger.mapping.columns.len());
    assert_eq!(read(None), Ok(4));
    assert_eq!(read(Some("")), Ok(3));
    let error = read(Some("没有")).expect_err("no such sheet");
    assert_eq!(error.label().zh, "没有名为“没有”的工作表；有：、明细");
}

#[test]
fn sums_remarks_and_empty_numbers_are_no_records() {
    let text = "案号,案由,登记日期\n1,修路,2017.4.14\n一、城建环保类,,\n2,通水,2017-4-15\n3,,\n合计：,2件,\n,小计 2,\n填表人：张某,,\n";
    let plan = planned(&office(), text);
    assert_eq!(plan.counts, Counts { new: 2, note: 5, ..Counts::default() }, "{:?}", plan.rows);
    assert_eq!(messages(&plan), Vec::<String>::new());
}

/// Two rows that say the same and have two numbers; a record typed by hand that a row repeats.
#[test]
fn what_seems_to_be_doubled_is_listed_and_waits_for_a_choice() {
    let text = "案号,案由,登记日期,协办单位\n1,修路,2017.4.14,市公安局\n2,修 路,2017-4-14,市公安局\n3,修路,2017.4.14,市财政局\n";
    let office = office();
    let plan = planned(&office, text);
    assert_eq!(
        plan.counts,
        Counts { new: 3, ..Counts::default() },
        "a blank more or less: not the same words"
    );
    let text = text.replace("修 路", "修路");
    let plan = planned(&office, &text);
    assert_eq!(plan.counts, Counts { new: 2, similar: 1, ..Counts::default() });
    let similar = plan.rows[1].similar.as_ref().expect("it seems doubled").label().zh;
    assert_eq!(similar, "疑似重复：与第2行相同");
    assert!(plan.undecided && plan.fit(Mode::AllOrNothing).is_err());
    assert_eq!(plan.fit(Mode::GoodRows).map(|rows| rows.len()), Ok(2));
    for (choice, taken) in [
        (OnSimilar::Skip, 2),
        (OnSimilar::Take, 3),
        (OnSimilar::TakeRows([3].into()), 3),
        (OnSimilar::TakeRows([4].into()), 2),
    ] {
        let (plan, entries) = judged(&office, &text, &choice);
        assert!(!plan.undecided);
        assert_eq!(plan.fit(Mode::AllOrNothing).map(|rows| rows.len()), Ok(taken), "{choice:?}");
        assert_eq!(entries.len(), taken, "{choice:?}");
    }
}

#[test]
fn a_record_typed_by_hand_is_found_by_number_and_by_what_it_says() {
    let mut office = office();
    let typed = |number: i64, title: &str| -> Fields {
        let day = Value::Date("2017-04-14".parse().expect("a day"));
        [(1, Value::Number(number)), (2, Value::Text(title.to_owned())), (3, day)].into()
    };
    let stream = StreamName::Township(township("330282002"));
    for (id, fields) in [(1, typed(7, "修路")), (2, typed(8, "通水"))] {
        let entry = crate::view::sample::entry(RecordId::from_bytes([id; 16]), 90, 1, 1, 1, fields);
        office.append(stream, entry.encode());
    }
    let text = "案号,案由,登记日期\n7,修桥,2017.5.2\n20,通水,2017-4-14\n21,建校,2017-4-14\n";
    let plan = planned(&office, text);
    let said: Vec<String> =
        plan.rows.iter().filter_map(|row| Some(row.similar.as_ref()?.label().zh)).collect();
    assert_eq!(said, ["疑似重复：与已有的“修路”案号相同", "疑似重复：与已有的“通水”相同"]);
    assert_eq!(plan.counts, Counts { new: 1, similar: 2, ..Counts::default() });
}

/// A kind, or a file, without numbers: rows are known by what they say.
#[test]
fn rows_without_numbers_come_once_and_can_be_corrected() {
    let mut office = office();
    let text = "案由,登记日期,协办单位\n修路,2017.4.14,市公安局\n通水,2017-4-15,\n修路,2017.4.14,市公安局\n";
    let counts = import(&mut office, text);
    assert_eq!(counts, Counts { new: 2, duplicate: 1, ..Counts::default() });
    let before = office.views.clone();
    assert_eq!(import(&mut office, text), Counts { unchanged: 2, duplicate: 1, ..Counts::default() });
    assert_eq!(office.views, before);
    let corrected = text.replace("通水,2017-4-15,", "通水,2017-4-15,市财政局");
    let counts = import(&mut office, &corrected);
    assert_eq!(counts, Counts { unchanged: 1, changed: 1, duplicate: 1, ..Counts::default() });
    // The same matter once more, with a number now: perhaps it is the same one.
    let plan = planned(&office, "案号,案由,登记日期\n1,修路,2017.4.14\n");
    assert_eq!(plan.counts, Counts { similar: 1, ..Counts::default() });
}

#[test]
fn ids_tell_nothing_of_what_a_row_says() {
    let text = "案由,登记日期\n修路,2017.4.14\n";
    let first = planned(&office(), text).rows[0].record.expect("a record");
    let mut later = office();
    later.clock += 1;
    assert_ne!(planned(&later, text).rows[0].record, Some(first));
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
        let (plan, entries) = judged(&office, &text, &OnSimilar::Take);
        let c = plan.counts;
        let all = c.new + c.changed + c.unchanged + c.duplicate + c.similar + c.elsewhere + c.note + c.refused;
        proptest::prop_assert_eq!(all, plan.rows.len());
        for (stream, entry) in entries {
            office.append(stream, entry.encode());
        }
        let (again, _) = judged(&office, &text, &OnSimilar::Take);
        proptest::prop_assert_eq!((again.counts.new, again.counts.changed), (0, 0));
        proptest::prop_assert_eq!(again.counts.unchanged, c.new);
    }
}
