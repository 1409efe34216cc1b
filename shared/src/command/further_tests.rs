//! Rules that look further than one record: computed values, shares, records that an action makes or moves on, delegation,
//! impartiality, pauses, archive locks, numbers by session. The kinds are those of a small office made for this.

use std::sync::Arc;

use super::*;
use crate::catalogue::model::{Catalogue, NodeKind};
use crate::ids::{Site, TownshipCode};
use crate::record::{Actor, EntryFlags, Record, Role, Value};
use crate::view::sample::{Office, TODAY, township};
use crate::view::{held, read};

const FILES: [(&str, &str); 6] = [
    ("x_member.toml", include_str!("testdata/member.toml")),
    ("x_assembly.toml", include_str!("testdata/assembly.toml")),
    ("x_duty.toml", include_str!("testdata/duty.toml")),
    ("x_box.toml", include_str!("testdata/box.toml")),
    ("x_mandate.toml", include_str!("testdata/mandate.toml")),
    ("x_worker.toml", include_str!("testdata/worker.toml")),
];

fn office() -> Office {
    let catalogue = Catalogue::builtin_and(FILES).unwrap_or_else(|problems| panic!("{problems}"));
    let mut office = Office::with(Site::Township(township(1)), Arc::new(catalogue));
    office.clock = i64::from(TODAY.0) * 86_400_000;
    office
}

/// Acts in words: fields by name, values as they are.
trait Words {
    fn tag(&self, kind: &str, field: &str) -> u32;
    fn wish(&self, kind: &str, record: Option<RecordId>, action: &str, set: &[(&str, Value)]) -> Command;
    fn by(&mut self, who: &Actor, command: &Command) -> Result<RecordId, Refusal>;
    fn all(&self, kind: &str) -> Vec<Record>;
}

impl Words for Office {
    fn tag(&self, kind: &str, field: &str) -> u32 {
        self.folder
            .catalogue()
            .kind(kind)
            .unwrap()
            .field(field)
            .unwrap_or_else(|| panic!("{kind}.{field}"))
            .tag
    }

    fn wish(&self, kind: &str, record: Option<RecordId>, action: &str, set: &[(&str, Value)]) -> Command {
        let known = self.folder.catalogue().kind(kind).unwrap();
        let act = Act::named(known, action).unwrap_or_else(|| panic!("{kind}: {action}"));
        let set = set.iter().map(|(field, value)| (self.tag(kind, field), value.clone())).collect();
        Command { reason: "因故".to_owned(), ..Command::new(known.tag, record, act, set) }
    }

    fn by(&mut self, who: &Actor, command: &Command) -> Result<RecordId, Refusal> {
        self.try_as(command, who).map(|decision| decision.record)
    }

    fn all(&self, kind: &str) -> Vec<Record> {
        let tag = self.folder.catalogue().kind(kind).unwrap().tag;
        let mut found = Vec::new();
        read::list(&self.views, tag, self.site, None, &mut |line| {
            found.push(self.record(line.id));
            true
        });
        found
    }
}

fn actor(role: Role, staff: &str) -> Actor {
    Actor { staff: staff.to_owned(), role, on_behalf: false }
}

fn clerk() -> Actor {
    actor(Role::TClerk, "li")
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// So many members in office.
fn members(office: &mut Office, count: usize) -> Vec<RecordId> {
    (0..count)
        .map(|n| {
            let wish = office.wish(
                "member",
                None,
                "elect",
                &[("name", text(&format!("代表{n}"))), ("since", Value::Date(TODAY.plus(-90)))],
            );
            office.by(&clerk(), &wish).unwrap()
        })
        .collect()
}

fn rows(office: &Office, came: &[(RecordId, u32)]) -> Value {
    let columns =
        match &office.folder.catalogue().kind("assembly").unwrap().field("attendance").unwrap().shape {
            crate::catalogue::model::Shape::Rows(columns) => columns.clone(),
            _ => panic!("attendance has rows"),
        };
    let tag = |id: &str| columns.values().find(|column| column.id == id).unwrap().tag;
    let row = |(who, how): &(RecordId, u32)| {
        Value::Group([(tag("who"), Value::Link(*who)), (tag("came"), Value::Choice(*how))].into())
    };
    Value::List(came.iter().map(row).collect())
}

fn assembly(office: &mut Office, came: &[(RecordId, u32)]) -> RecordId {
    let rows = rows(office, came);
    let wish = office.wish(
        "assembly",
        None,
        "open",
        &[
            ("title", text("第三次会议")),
            ("on", Value::Date(TODAY)),
            ("term", Value::Number(5)),
            ("session", Value::Number(3)),
            ("attendance", rows),
        ],
    );
    office.by(&clerk(), &wish).unwrap()
}

/// 1 present, 2 on leave, 3 absent.
fn came(members: &[RecordId], how: &[u32]) -> Vec<(RecordId, u32)> {
    members.iter().copied().zip(how.iter().copied()).collect()
}

fn sound(office: &Office) {
    assert_eq!(held::list(&office.views, None, 3), [], "nothing that the fold would hold");
    assert!(office.rebuilt() == office.views, "a rebuild gives the same bytes");
    // The county folds what travels, and holds nothing back.
    let mut county = Office::with(Site::Hub, Arc::clone(office.folder.catalogue()));
    for (stream, item) in office.log.iter().filter(|(stream, _)| stream.travels()) {
        county.item(*stream, item.clone());
    }
    assert_eq!(held::list(&county.views, None, 3), []);
}

#[test]
fn counts_and_grades_follow_their_sources() {
    let mut office = office();
    let members = members(&mut office, 4);
    let id = assembly(&mut office, &came(&members, &[1, 1, 2, 3]));
    let (present, quorum) = (office.tag("assembly", "present"), office.tag("assembly", "turnout"));
    assert_eq!(office.record(id).fields[&present], Value::Number(2));
    assert_eq!(office.record(id).fields[&quorum], Value::Choice(2), "two of four are no two thirds");
    let rows = rows(&office, &came(&members, &[1, 1, 1, 3]));
    let wish = office.wish("assembly", Some(id), "edit", &[("attendance", rows)]);
    office.by(&clerk(), &wish).unwrap();
    assert_eq!(office.record(id).fields[&present], Value::Number(3));
    assert_eq!(office.record(id).fields[&quorum], Value::Choice(1));
    sound(&office);
}

#[test]
fn a_quorum_is_counted_over_all_members_in_office() {
    let mut office = office();
    let members = members(&mut office, 6);
    let in_office = office.tag("assembly", "in_office");
    let id = assembly(&mut office, &came(&members[..4], &[1, 1, 1, 2]));
    assert_eq!(office.record(id).fields[&in_office], Value::Number(6), "taken from the register of members");
    let close = office.wish("assembly", Some(id), "close", &[]);
    let refusal = office.by(&clerk(), &close).unwrap_err();
    assert_eq!(refusal.zh(), "到会不足三分之二");
    let rows = rows(&office, &came(&members, &[1, 1, 1, 2, 1, 3]));
    let edit = office.wish("assembly", Some(id), "edit", &[("attendance", rows)]);
    office.by(&clerk(), &edit).unwrap();
    office.by(&clerk(), &close).unwrap();
}

#[test]
fn closing_a_meeting_writes_each_members_duty_and_a_correction_brings_them_into_step() {
    let mut office = office();
    let members = members(&mut office, 3);
    let id = assembly(&mut office, &came(&members, &[1, 1, 3]));
    let close = office.wish("assembly", Some(id), "close", &[]);
    let decision = office.try_as(&close, &clerk()).unwrap();
    let streams: Vec<_> = decision.entries.iter().map(|(stream, _)| *stream).collect();
    assert_eq!(streams.len(), 4, "one commit: the meeting and three duties");
    let duties = office.all("duty");
    assert_eq!(duties.len(), 3);
    let (who, how) = (office.tag("duty", "who"), office.tag("duty", "how"));
    let title = office.tag("duty", "title");
    for duty in &duties {
        assert_eq!(duty.fields[&title], text("出席第三次会议"));
        assert_eq!(duty.steps[0].role, Role::System);
        // The choices of the two kinds have other numbers: they go over by key.
        let absent = duty.fields[&who] == Value::Link(members[2]);
        assert_eq!(duty.fields[&how], Value::Choice(if absent { 30 } else { 10 }));
    }
    // The third came after all, the second never was a member of this meeting.
    let rows = rows(&office, &came(&[members[0], members[2]], &[1, 1]));
    let correct = office.wish("assembly", Some(id), "correct", &[("attendance", rows)]);
    office.by(&clerk(), &correct).unwrap();
    let duties = office.all("duty");
    assert_eq!(duties.len(), 3, "what was made once is changed or voided, not made twice");
    for duty in &duties {
        let void = duty.flags.has(EntryFlags::VOIDED);
        assert_eq!(void, duty.fields[&who] == Value::Link(members[1]));
        assert!(void || duty.fields[&how] == Value::Choice(10));
    }
    // Voiding the meeting voids the duties that it made.
    let chair = actor(Role::TChair, "wang");
    let void = office.wish("assembly", Some(id), "void", &[]);
    office.by(&chair, &void).unwrap();
    assert!(office.all("duty").iter().all(|duty| duty.flags.has(EntryFlags::VOIDED)));
    sound(&office);
}

#[test]
fn doing_it_again_without_a_change_changes_nothing_in_what_was_made() {
    let mut office = office();
    let members = members(&mut office, 2);
    let id = assembly(&mut office, &came(&members, &[1, 1]));
    let close = office.wish("assembly", Some(id), "close", &[]);
    office.by(&clerk(), &close).unwrap();
    let before = office.all("duty");
    let rows = rows(&office, &came(&members, &[1, 1]));
    let again = office.wish("assembly", Some(id), "correct", &[("attendance", rows)]);
    let decision = office.try_as(&again, &clerk()).unwrap();
    assert_eq!(decision.entries.len(), 1, "the correction itself");
    assert_eq!(office.all("duty"), before);
}

#[test]
fn the_end_of_a_term_moves_all_its_members_on() {
    let mut office = office();
    let members = members(&mut office, 3);
    let gone = office.wish("member", Some(members[0]), "end", &[("until", Value::Date(TODAY.plus(-30)))]);
    office.by(&clerk(), &gone).unwrap();
    let id = assembly(&mut office, &came(&members[1..], &[1, 1]));
    // Who comes only tomorrow cannot leave today: the step is not for him, and does not hold up the others.
    let next = [("name", text("新代表")), ("since", Value::Date(TODAY.plus(1)))];
    let next = office.wish("member", None, "elect", &next);
    let next = office.by(&clerk(), &next).unwrap();
    let close = office.wish("assembly", Some(id), "close_term", &[]);
    office.by(&clerk(), &close).unwrap();
    let until = office.tag("member", "until");
    let (stays, ended): (Vec<_>, Vec<_>) = office.all("member").into_iter().partition(|m| m.id == next);
    assert!(stays.iter().all(|member| member.status == 1));
    let ended: Vec<_> = ended.into_iter().map(|m| (m.status, m.fields[&until].clone())).collect();
    assert!(ended.iter().all(|(status, _)| *status == 2));
    let before = ended.iter().filter(|(_, day)| *day == Value::Date(TODAY.plus(-30))).count();
    assert_eq!(before, 1, "who left before keeps his own day");
    sound(&office);
}

#[test]
fn a_refusal_of_a_record_that_would_be_made_refuses_the_whole() {
    let mut office = office();
    let members = members(&mut office, 1);
    let id = assembly(&mut office, &came(&members, &[1]));
    // The duty may not be longer than the kind allows; the meeting says it was.
    let wish = office.wish("assembly", Some(id), "close", &[("days", Value::Number(99))]);
    let before = office.log.len();
    let refusal = office.by(&clerk(), &wish).unwrap_err();
    assert!(refusal.zh().starts_with("履职登记："), "{}", refusal.zh());
    assert_eq!(office.log.len(), before, "nothing was written");
}

#[test]
fn a_paper_entered_for_a_member_says_so_and_an_interested_clerk_may_not() {
    let mut office = office();
    let id = members(&mut office, 1)[0];
    let rate = office.wish("member", Some(id), "rate", &[("note", text("满意"))]);
    office.by(&clerk(), &rate).unwrap();
    assert_eq!(office.record(id).steps.last().unwrap().role, Role::TClerk);
    let on_behalf = |office: &Office| {
        let entries = office.log.iter().rev().find_map(|(_, item)| match item {
            crate::stream::Item::Entry(bytes) => crate::record::Entry::decode(bytes).ok(),
            crate::stream::Item::Withheld(_) => None,
        });
        entries.unwrap().actor.on_behalf
    };
    assert!(on_behalf(&office), "代录");
    office.by(&actor(Role::TDeputy, "zhou"), &rate).unwrap();
    assert!(!on_behalf(&office), "his own hand");
    // The register of staff says that this clerk heads the government's office too.
    let worker = office.wish(
        "worker",
        None,
        "appoint",
        &[
            ("title", text("综合办主任")),
            ("on", Value::Date(TODAY)),
            ("account", text("li")),
            ("government", Value::Flag(true)),
        ],
    );
    office.by(&clerk(), &worker).unwrap();
    let refusal = office.by(&clerk(), &rate).unwrap_err();
    assert!(refusal.zh().contains("在被监督单位任职"), "{}", refusal.zh());
    office.by(&actor(Role::TClerk, "sun"), &rate).unwrap();
    office.by(&actor(Role::TDeputy, "zhou"), &rate).unwrap();
    assert_eq!(office.by(&actor(Role::TUnit, "unit"), &rate).unwrap_err().code(), Some(Code::Role));
}

#[test]
fn a_vice_chair_acts_for_the_chair_while_the_mandate_runs() {
    let mut office = office();
    let id = members(&mut office, 1)[0];
    let vice = actor(Role::TVice, "qian");
    let sign = office.wish("member", Some(id), "sign", &[]);
    assert_eq!(office.by(&vice, &sign).unwrap_err().code(), Some(Code::Role));
    let mandate = office.wish(
        "mandate",
        None,
        "give",
        &[
            ("title", text("主席外出")),
            ("to_role", Value::Choice(1)),
            ("from_role", Value::Choice(2)),
            ("from", Value::Date(TODAY.plus(-2))),
            ("until", Value::Date(TODAY)),
        ],
    );
    let mandate = office.by(&actor(Role::TChair, "wang"), &mandate).unwrap();
    office.by(&vice, &sign).unwrap();
    assert_eq!(office.by(&actor(Role::TDeputy, "zhou"), &sign).unwrap_err().code(), Some(Code::Role));
    office.today = TODAY.plus(1);
    assert_eq!(office.by(&vice, &sign).unwrap_err().code(), Some(Code::Role), "the last day is over");
    office.today = TODAY;
    let end = office.wish("mandate", Some(mandate), "take_back", &[]);
    office.by(&actor(Role::TChair, "wang"), &end).unwrap();
    assert_eq!(office.by(&vice, &sign).unwrap_err().code(), Some(Code::Role));
}

#[test]
fn urging_pauses_and_writes_its_own_row() {
    let mut office = office();
    let id = members(&mut office, 1)[0];
    let urge = office.wish("member", Some(id), "urge", &[]);
    office.by(&clerk(), &urge).unwrap();
    let refusal = office.by(&clerk(), &urge).unwrap_err();
    assert_eq!(refusal.code(), Some(Code::Pause), "{}", refusal.zh());
    office.clock += 3 * 86_400_000;
    office.today = office.today.plus(3);
    office.by(&clerk(), &urge).unwrap();
    let Value::List(urges) = &office.record(id).fields[&office.tag("member", "urges")] else { panic!() };
    assert_eq!(urges.len(), 2, "one row for each, in their order");
    assert_eq!(office.record(id).fields[&office.tag("member", "urge_count")], Value::Number(2));
}

#[test]
fn what_lies_in_the_archive_is_held_fast() {
    let mut office = office();
    let id = members(&mut office, 1)[0];
    let put = office.wish(
        "box",
        None,
        "collect",
        &[
            ("title", text("代表登记")),
            ("on", Value::Date(TODAY)),
            ("what", Value::List(vec![Value::Link(id)])),
            ("fonds", text("X043")),
            ("kept", Value::Choice(2)),
        ],
    );
    let bundle = office.by(&clerk(), &put).unwrap();
    let edit = office.wish("member", Some(id), "edit", &[("name", text("代表甲"))]);
    office.by(&clerk(), &edit).unwrap();
    let number = office.wish("box", Some(bundle), "number", &[]);
    office.by(&clerk(), &number).unwrap();
    assert_eq!(office.record(bundle).fields[&office.tag("box", "no")], text("X043-WS·2026-D30-0001"));
    let edit = office.wish("member", Some(id), "edit", &[("name", text("代表乙"))]);
    assert_eq!(office.by(&clerk(), &edit).unwrap_err().code(), Some(Code::Locked));
    let open = office.wish("box", Some(bundle), "take_out", &[]);
    office.by(&actor(Role::TChair, "wang"), &open).unwrap();
    office.by(&clerk(), &edit).unwrap();
}

#[test]
fn numbers_start_anew_for_each_session_and_keep_their_rows_apart() {
    let mut office = office();
    let number =
        |office: &Office, id: RecordId| office.record(id).fields[&office.tag("assembly", "no")].clone();
    let (a, b) = (assembly(&mut office, &[]), assembly(&mut office, &[]));
    assert_eq!((number(&office, a), number(&office, b)), (text("5-3-1"), text("5-3-2")));
    let wish = office.wish(
        "assembly",
        None,
        "open",
        &[
            ("title", text("第四次会议")),
            ("on", Value::Date(TODAY)),
            ("term", Value::Number(5)),
            ("session", Value::Number(4)),
        ],
    );
    let c = office.by(&clerk(), &wish).unwrap();
    assert_eq!(number(&office, c), text("5-4-1"));
    let d = assembly(&mut office, &[]);
    assert_eq!(number(&office, d), text("5-3-3"));
    sound(&office);
}

#[test]
fn a_row_without_what_it_must_say_is_named() {
    let mut office = office();
    let members = members(&mut office, 1);
    let columns = office.wish("assembly", None, "open", &[]);
    assert!(office.by(&clerk(), &columns).is_err());
    let incomplete = Value::List(vec![Value::Group([(1, Value::Link(members[0]))].into())]);
    let wish = office.wish("assembly", None, "open", &[("title", text("会")), ("attendance", incomplete)]);
    let refusal = office.by(&clerk(), &wish).unwrap_err();
    assert!(refusal.zh().contains("第1行的出缺席必须填写"), "{}", refusal.zh());
}

#[test]
fn plans_may_lie_ahead_and_what_has_happened_may_not() {
    let mut office = office();
    let plan = |office: &mut Office, action: &str| {
        let set = [
            ("title", text("年度例会")),
            ("on", Value::Date(TODAY.plus(40))),
            ("term", Value::Number(5)),
            ("session", Value::Number(3)),
        ];
        let wish = office.wish("assembly", None, action, &set);
        office.by(&clerk(), &wish)
    };
    assert!(plan(&mut office, "plan").is_ok());
    assert_eq!(plan(&mut office, "open").unwrap_err().code(), Some(Code::Date));
}

#[test]
fn a_subdistrict_takes_no_action_of_a_congress() {
    let mut office = office();
    let id = members(&mut office, 1)[0];
    let swear = office.wish("member", Some(id), "swear_in", &[]);
    office.node = NodeKind::Subdistrict;
    let refusal = office.by(&clerk(), &swear).unwrap_err();
    assert_eq!((refusal.code(), refusal.zh().as_str()), (Some(Code::NodeKind), "街道不办理“宣誓”"));
    office.node = NodeKind::EthnicTownship;
    office.by(&clerk(), &swear).unwrap();
}

#[test]
fn ids_of_what_is_made_do_not_depend_on_when_it_is_made() {
    let make = |code: u32| {
        let catalogue = Catalogue::builtin_and(FILES).unwrap();
        let site = Site::Township(TownshipCode::from_number(code).unwrap());
        let mut office = Office::with(site, Arc::new(catalogue));
        let members = members(&mut office, 2);
        let id = assembly(&mut office, &came(&members, &[1, 1]));
        office.clock += 5_000_000;
        let close = office.wish("assembly", Some(id), "close", &[]);
        office.by(&clerk(), &close).unwrap();
        office.all("duty").into_iter().map(|duty| duty.id).collect::<Vec<_>>()
    };
    assert_eq!(make(330_282_001), make(330_282_001));
    assert_ne!(make(330_282_001), make(330_282_002));
}
