use super::*;
use crate::catalogue::model::{Kind, NodeKind};
use crate::ids::Site;
use crate::record::{Actor, EntryFlags, Record, Role, Value};
use crate::view::sample::{self, LETTER, NOTICE, Office, Plain, REPLY_DUE, TODAY, actor, township};
use crate::view::{HeldCode, held};

fn node() -> Office {
    Office::new(Site::Township(township(1)))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A letter that has been transferred.
fn handled(node: &mut Office) -> RecordId {
    let id = node.act(LETTER, None, "register", sample::letter_fields("路灯"), Role::TClerk).record;
    node.act(LETTER, Some(id), "transfer", [(5, text("供电所"))].into(), Role::TChair);
    id
}

#[test]
fn who_may_not_is_told_who_may() {
    let mut node = node();
    let refusal = node.refused(LETTER, None, "register", sample::letter_fields("路灯"), Role::TChair);
    assert_eq!(refusal.code(), Some(Code::Role));
    assert!(refusal.zh().contains("乡镇人大办工作人员"), "{}", refusal.zh());
    let refusal = node.refused(LETTER, None, "register", sample::letter_fields("路灯"), Role::Unknown(77));
    assert_eq!(refusal.code(), Some(Code::Role));
}

#[test]
fn a_step_starts_from_its_status_alone() {
    let mut node = node();
    let id = handled(&mut node);
    let refusal = node.refused(LETTER, Some(id), "archive", Fields::new(), Role::TClerk);
    assert_eq!(refusal.code(), Some(Code::Status));
    assert!(refusal.zh().contains("«handling»"));
    let refusal = node.refused(LETTER, Some(id), "register", Fields::new(), Role::TClerk);
    assert_eq!(refusal.code(), Some(Code::Status));
}

#[test]
fn every_wrong_field_is_told_at_once() {
    let mut node = node();
    let fields: Fields = [
        (1, text("")),
        (2, Value::Date(TODAY.plus(2))),
        (4, text("1号")),
        (6, Value::Choice(9)),
        (88, text("x")),
    ]
    .into();
    let refusal = node.refused(LETTER, None, "register", fields, Role::TClerk);
    let codes: Vec<_> = refusal.problems.iter().map(|p| (p.code, p.field)).collect();
    for expected in [
        (Code::Required, Some(1)),
        (Code::Date, Some(2)),
        (Code::Derived, Some(4)),
        (Code::Value, Some(6)),
        (Code::UnknownField, None),
    ] {
        assert!(codes.contains(&expected), "{expected:?} in {codes:?}");
    }
}

#[test]
fn numbers_have_no_gaps_and_a_void_record_keeps_its_own() {
    let mut node = node();
    let ids: Vec<_> = (0..3)
        .map(|i| {
            node.act(LETTER, None, "register", sample::letter_fields(&format!("{i}")), Role::TClerk).record
        })
        .collect();
    node.act(LETTER, Some(ids[2]), "void", Fields::new(), Role::TChair);
    let next = node.act(LETTER, None, "register", sample::letter_fields("四"), Role::TClerk).record;
    let number = |id| node.record(id).fields[&4].clone();
    assert_eq!(number(ids[2]), text("坎墩人信〔2026〕3号"));
    assert_eq!(number(next), text("坎墩人信〔2026〕4号"));
    assert!(node.record(ids[2]).flags.has(EntryFlags::VOIDED));
    let refusal = node.refused(LETTER, Some(ids[2]), "edit", [(1, text("改"))].into(), Role::TClerk);
    assert_eq!(refusal.code(), Some(Code::Voided));
}

#[test]
fn a_deadline_is_extended_once_and_not_beyond_its_cap() {
    let mut node = node();
    let id = handled(&mut node);
    let due = node.record(id).deadlines[&REPLY_DUE].effective_due;
    let to = |days: i32| Fields::from([(8, Value::Date(due.plus(days)))]);
    assert_eq!(node.refused(LETTER, Some(id), "extend", to(0), Role::TChair).code(), Some(Code::Extension));
    assert_eq!(node.refused(LETTER, Some(id), "extend", to(11), Role::TChair).code(), Some(Code::Extension));
    node.act(LETTER, Some(id), "extend", to(10), Role::TChair);
    assert_eq!(node.record(id).deadlines[&REPLY_DUE].effective_due, due.plus(10));
    assert_eq!(node.refused(LETTER, Some(id), "extend", to(12), Role::TChair).code(), Some(Code::Extension));
    let mut silent = node.command(LETTER, Some(id), "extend", to(12));
    silent.reason.clear();
    assert!(node.try_do(&silent, Role::TChair).expect_err("no reason").has(Code::Reason));
}

#[test]
fn a_date_put_right_moves_its_deadline() {
    let mut node = node();
    let id = handled(&mut node);
    let before = node.record(id).deadlines[&REPLY_DUE].clone();
    node.act(LETTER, Some(id), "edit", [(2, Value::Date(TODAY.plus(-10)))].into(), Role::TClerk);
    let after = node.record(id).deadlines[&REPLY_DUE].clone();
    assert_eq!(after.start, TODAY.plus(-10));
    assert_eq!(after.effective_due.0 - before.effective_due.0, -7);
    node.act(LETTER, Some(id), "reply", [(7, Value::Date(TODAY.plus(-2)))].into(), Role::TClerk);
    assert_eq!(node.record(id).deadlines[&REPLY_DUE].done, Some(TODAY.plus(-2)));
    let refusal =
        node.refused(LETTER, Some(id), "edit", [(7, Value::Date(TODAY.plus(-30)))].into(), Role::TClerk);
    assert_eq!(refusal.code(), Some(Code::Date));
    node.act(LETTER, Some(id), "edit", [(7, Value::Date(TODAY.plus(-1)))].into(), Role::TClerk);
    assert_eq!(node.record(id).deadlines[&REPLY_DUE].done, Some(TODAY.plus(-1)));
}

#[test]
fn who_answered_may_not_judge_the_answer() {
    let mut node = node();
    let id = handled(&mut node);
    node.act(LETTER, Some(id), "reply", [(7, Value::Date(TODAY))].into(), Role::TClerk);
    let command = node.command(LETTER, Some(id), "return", Fields::new());
    let decide = |staff: &str| {
        let catalogue = sample::catalogue();
        let lookup = ViewLookup { views: &node.views, catalogue: &catalogue };
        let place = Place { site: node.site, node: Some(NodeKind::Town), abbr: "坎墩" };
        let fresh = RecordId::mint(1, &[1; 10]);
        let ctx = Context {
            catalogue: &catalogue,
            deadlines: &Plain,
            lookup: &lookup,
            place,
            now_ms: 9,
            today: TODAY,
            fresh,
        };
        decide(&ctx, &command, &Actor { staff: staff.to_owned(), role: Role::TChair, on_behalf: false })
    };
    let clerk = actor(Role::TClerk).staff;
    assert_eq!(decide(&clerk).expect_err("the same person").code(), Some(Code::Guard));
    assert!(decide("u99").is_ok());
}

#[test]
fn values_that_stay_make_no_revision_for_the_county() {
    let mut node = node();
    let id = handled(&mut node);
    let decision = node.act(LETTER, Some(id), "edit", [(3, text("李四"))].into(), Role::TClerk);
    assert_eq!(decision.entries.len(), 1);
    assert!(!decision.entries[0].0.travels());
    assert_eq!(node.record(id).rev, 2);
    let mut same = node.command(LETTER, Some(id), "edit", [(3, text(" 李四 "))].into());
    same.reason.clear();
    assert_eq!(node.try_do(&same, Role::TClerk).expect_err("nothing new").code(), Some(Code::Unchanged));
    // The reasons of this kind stay too; the step itself goes to the county.
    let urged = node.act(LETTER, Some(id), "urge", Fields::new(), Role::TClerk);
    assert_eq!(urged.entries.len(), 2);
    assert!(urged.entries[0].1.reason.is_empty());
    assert_eq!(urged.entries[1].1.reason, "因故");
}

#[test]
fn a_link_names_a_record_of_the_right_kind() {
    let mut node = node();
    let id = handled(&mut node);
    let link = |id: RecordId| Fields::from([(10, Value::List(vec![Value::Link(id)]))]);
    let refusal = node.refused(LETTER, Some(id), "edit", link(RecordId::from_bytes([9; 16])), Role::TClerk);
    assert_eq!(refusal.code(), Some(Code::Link));
    let other = handled(&mut node);
    node.act(LETTER, Some(id), "edit", link(other), Role::TClerk);
    assert_eq!(crate::view::read::linking(&node.views, other, 9), [(id, LETTER, 10)]);
    node.act(LETTER, Some(id), "edit", [(10, Value::List(vec![]))].into(), Role::TClerk);
    assert_eq!(crate::view::read::linking(&node.views, other, 9), []);
}

#[test]
fn nobody_writes_what_belongs_to_another() {
    let mut node = node();
    let refusal = node.refused(NOTICE, None, "say", [(1, text("通知"))].into(), Role::COffice);
    assert_eq!(refusal.code(), Some(Code::NotOurs));
    let mut hub = Office::new(Site::Hub);
    let refusal = hub.refused(LETTER, None, "register", sample::letter_fields("路灯"), Role::TClerk);
    assert_eq!(refusal.code(), Some(Code::NotOurs));
    let id = handled(&mut node);
    for (stream, item) in node.log.clone() {
        hub.item(stream, item);
    }
    assert_eq!(
        hub.refused(LETTER, Some(id), "edit", Fields::new(), Role::TClerk).code(),
        Some(Code::NotOurs)
    );
}

#[test]
fn a_published_record_keeps_its_addressee() {
    let mut hub = Office::new(Site::Hub);
    let name = |name: &str| Fields::from([(1, text(name)), (2, Value::Date(TODAY))]);
    let district = hub.act(sample::DISTRICT, None, "found", name("一片"), Role::CAdmin).record;
    let mut to: Fields = name("通知");
    to.insert(3, Value::Link(district));
    assert_eq!(hub.refused(NOTICE, None, "say", to.clone(), Role::COffice).code(), Some(Code::Address));
    to.remove(&3);
    let id = hub.act(NOTICE, None, "say", to, Role::COffice).record;
    let refusal = hub.refused(NOTICE, Some(id), "edit", [(3, Value::Link(district))].into(), Role::COffice);
    assert_eq!(refusal.code(), Some(Code::Address));
}

#[test]
fn what_is_held_at_the_county_is_put_right_by_sending_it_whole() {
    let mut node = node();
    let id = handled(&mut node);
    let mut hub = Office::new(Site::Hub);
    let items: Vec<_> = node.log.iter().filter(|(stream, _)| stream.travels()).cloned().collect();
    for (i, (stream, item)) in items.into_iter().enumerate() {
        let item = if i == 0 { crate::stream::Item::Withheld(item.digest()) } else { item };
        hub.item(stream, item);
    }
    let codes = |hub: &Office| held::list(&hub.views, None, 9).iter().map(|h| h.code).collect::<Vec<_>>();
    assert_eq!(codes(&hub), [HeldCode::TooLarge, HeldCode::Gap]);
    let decision = node.act(LETTER, Some(id), "restate", Fields::new(), Role::TClerk);
    for (stream, entry) in decision.entries.into_iter().filter(|(stream, _)| stream.travels()) {
        hub.append(stream, entry.encode());
    }
    assert_eq!(codes(&hub), []);
    assert_eq!(hub.record(id).fields, node.record(id).fields);
    assert_eq!(hub.record(id).deadlines, node.record(id).deadlines);
}

#[test]
fn a_text_with_a_phone_number_is_worth_a_second_look() {
    let mut node = node();
    let decision =
        node.act(LETTER, None, "register", sample::letter_fields("来电13812345678反映"), Role::TClerk);
    assert!(decision.warnings.contains(&Warning::PersonalData { field: 1 }));
    let mut late = sample::letter_fields("旧事2026年第12345678901号");
    late.insert(2, Value::Date(TODAY.plus(-30)));
    let decision = node.act(LETTER, None, "register", late, Role::TClerk);
    assert!(decision.warnings.contains(&Warning::Late { days: 30 }));
}

mod import {
    use super::*;

    fn bring(node: &mut Office, fields: &Fields) -> Result<Imported, Refusal> {
        let catalogue = std::sync::Arc::clone(node.folder.catalogue());
        let lookup = ViewLookup { views: &node.views, catalogue: &catalogue };
        let place = Place { site: node.site, node: Some(NodeKind::Town), abbr: "坎墩" };
        let fresh = RecordId::mint(1, &[1; 10]);
        let ctx = Context {
            catalogue: &catalogue,
            deadlines: &Plain,
            lookup: &lookup,
            place,
            now_ms: node.clock,
            today: TODAY,
            fresh,
        };
        let record = import_id(node.site, &catalogue.kinds[&LETTER], fields).unwrap_or(fresh);
        let row = ImportRow { kind: LETTER, record, fields, source: "导入 第2行" };
        let imported = import_row(&ctx, &row, &actor(Role::TClerk))?;
        if let Imported::New { entries, .. } | Imported::Changed { entries, .. } = &imported {
            for (stream, entry) in entries {
                node.append(*stream, entry.encode());
            }
        }
        Ok(imported)
    }

    fn row() -> Fields {
        let mut row = sample::letter_fields("旧信");
        row.insert(4, text("坎墩人信〔2017〕9号"));
        row.insert(2, Value::Date("2017-04-14".parse().expect("a date")));
        row
    }

    #[test]
    fn past_work_comes_in_as_it_was_and_twice_changes_nothing() {
        let mut node = node();
        let Ok(Imported::New { record, .. }) = bring(&mut node, &row()) else { panic!("a new record") };
        let folded = node.record(record);
        assert_eq!(folded.status, 1);
        assert!(folded.flags.has(EntryFlags::IMPORTED));
        assert_eq!(folded.deadlines[&REPLY_DUE].done, None);
        // Where it came from is kept, also where reasons stay in the office and the row has no value that does.
        assert_eq!(crate::view::read::reason(&node.views, record, 1).as_deref(), Some("导入 第2行"));
        let travelling = node.log.iter().filter(|(stream, _)| stream.travels());
        assert!(travelling.clone().count() > 0 && travelling.count() < node.log.len());
        assert_eq!(bring(&mut node, &row()), Ok(Imported::Same { record }));
        let mut replied = row();
        replied.insert(7, Value::Date("2017-05-02".parse().expect("a date")));
        assert!(matches!(bring(&mut node, &replied), Ok(Imported::Changed { .. })));
        let folded = node.record(record);
        assert_eq!((folded.rev, folded.status), (2, 3));
        assert!(folded.deadlines[&REPLY_DUE].done.is_some());
        assert_eq!(bring(&mut node, &replied), Ok(Imported::Same { record }));
        assert_eq!(held::count(&node.views, None), 0);
        // The number of the old ledger counts, so that the next one does not come twice.
        assert_eq!(crate::view::read::last_number(&node.views, node.site, LETTER, 2017, 0), 9);
    }

    #[test]
    fn a_row_does_not_overwrite_work_done_since() {
        let mut node = node();
        let Ok(Imported::New { record, .. }) = bring(&mut node, &row()) else { panic!("a new record") };
        node.act(LETTER, Some(record), "urge", Fields::new(), Role::TClerk);
        let mut other = row();
        other.insert(1, text("改了"));
        assert_eq!(bring(&mut node, &other).expect_err("worked on").code(), Some(Code::Conflict));
        assert_eq!(bring(&mut node, &row()), Ok(Imported::Same { record }));
    }

    #[test]
    fn a_private_row_stays_in_the_office() {
        let mut node = node();
        let mut accusation = row();
        accusation.insert(6, Value::Choice(2));
        assert!(matches!(bring(&mut node, &accusation), Ok(Imported::New { .. })));
        assert!(node.log.iter().all(|(stream, _)| !stream.travels()));
        let mut incomplete = row();
        incomplete.remove(&2);
        assert_eq!(bring(&mut node, &incomplete).expect_err("no date").code(), Some(Code::Required));
    }
}

mod recovery {
    use super::*;

    fn record_and_kind(node: &Office, id: RecordId) -> (Record, Kind) {
        (node.record(id), node.folder.catalogue().kinds[&LETTER].clone())
    }

    #[test]
    fn an_entry_goes_on_where_the_branch_stands() {
        let mut node = node();
        let id = handled(&mut node);
        let (record, kind) = record_and_kind(&node, id);
        let edit = sample::entry(id, LETTER, 2, 0, 0, [(1, text("改"))].into());
        let again = rebase(&edit, Some(&record), Some(&kind), &Changed::default());
        assert_eq!(again.rev, record.rev + 1);
        assert!(again.flags.has(EntryFlags::RECOVERED) && !again.flags.has(EntryFlags::CONFLICTING));
        node.append(StreamName::Township(township(1)), again.encode());
        assert_eq!(node.record(id).fields[&1], text("改"));
    }

    #[test]
    fn a_field_that_both_have_changed_is_for_the_clerk_to_choose() {
        let mut node = node();
        let id = handled(&mut node);
        let (record, kind) = record_and_kind(&node, id);
        let mut theirs = Changed::default();
        theirs.note(&sample::entry(id, LETTER, 2, 0, 0, [(1, record.fields[&1].clone())].into()));
        let contested = |set: Fields| {
            let again = rebase(&sample::entry(id, LETTER, 2, 0, 0, set), Some(&record), Some(&kind), &theirs);
            again.flags.has(EntryFlags::CONFLICTING)
        };
        assert!(contested([(1, text("改"))].into()), "another value");
        assert!(!contested([(1, record.fields[&1].clone())].into()), "the same value");
        assert!(!contested([(5, text("派出所"))].into()), "another field");
    }

    #[test]
    fn a_step_that_the_branch_took_otherwise_is_kept_and_changes_nothing() {
        let mut node = node();
        let id = handled(&mut node);
        let (record, kind) = record_and_kind(&node, id);
        let transfer = sample::entry(id, LETTER, 2, 2, 2, [(5, text("派出所"))].into());
        let again = rebase(&transfer, Some(&record), Some(&kind), &Changed::default());
        assert!(again.flags.has(EntryFlags::CONFLICTING));
        node.append(StreamName::Township(township(1)), again.encode());
        assert_eq!(node.record(id), record);
        assert_eq!(held::list(&node.views, None, 9)[0].code, HeldCode::Conflicting);
        // Without the record on the branch, its first entry stands and a later one cannot.
        assert!(
            !rebase(
                &sample::entry(id, LETTER, 1, 1, 1, Fields::new()),
                None,
                Some(&kind),
                &Changed::default()
            )
            .flags
            .has(EntryFlags::CONFLICTING)
        );
        assert!(rebase(&transfer, None, Some(&kind), &Changed::default()).flags.has(EntryFlags::CONFLICTING));
    }
}
