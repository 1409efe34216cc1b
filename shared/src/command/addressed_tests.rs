//! Records of the county that say themselves to whom they go, and what is made for each whom they go to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::*;
use crate::catalogue::model::Catalogue;
use crate::ids::{Site, TownshipCode};
use crate::record::{Day, EntryFlags, Role, Value};
use crate::tally::{Unit, contribution};
use crate::view::sample::{Office, TODAY, township};
use crate::view::{held, read};

const FILES: [(&str, &str); 6] = [
    ("common.toml", include_str!("../../catalogue/common.toml")),
    ("district.toml", include_str!("../../catalogue/district.toml")),
    ("district_membership.toml", include_str!("../../catalogue/district_membership.toml")),
    ("task.toml", include_str!("testdata/task.toml")),
    ("task_line.toml", include_str!("testdata/task_line.toml")),
    ("task_place.toml", include_str!("testdata/task_place.toml")),
];

const DISTRICT: u32 = 101;
const MEMBERSHIP: u32 = 102;
const TASK: u32 = 246;
const LINE: u32 = 247;
const PLACE: u32 = 248;
/// `addressed_to`, `to_district`, `to_townships`.
const TO: u32 = 908;
const TO_DISTRICT: u32 = 909;
const TO_TOWNSHIPS: u32 = 910;

fn catalogue() -> Arc<Catalogue> {
    static LOADED: OnceLock<Arc<Catalogue>> = OnceLock::new();
    let load = || Arc::new(Catalogue::load(FILES).unwrap_or_else(|problems| panic!("{problems}")));
    LOADED.get_or_init(load).clone()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn code(n: u32) -> Value {
    Value::Number(i64::from(township(n).number()))
}

fn codes(towns: &[u32]) -> Value {
    Value::List(towns.iter().map(|n| code(*n)).collect())
}

/// The county office with townships 1 to 4: the first two in one district, the others in another.
struct County {
    hub: Office,
    districts: [RecordId; 2],
    joined: BTreeMap<u32, RecordId>,
}

impl County {
    fn new() -> Self {
        let mut hub = Office::with(Site::Hub, catalogue());
        hub.clock = i64::from(TODAY.0) * 86_400_000;
        let districts = [1, 2].map(|n| {
            let set =
                [(1, text(&format!("第{n}片"))), (2, Value::Number(n)), (3, Value::Date(TODAY.plus(-900)))];
            hub.act(DISTRICT, None, "set_up", set.into(), Role::CAdmin).record
        });
        let mut county = Self { hub, districts, joined: BTreeMap::new() };
        for n in 1..=4 {
            county.join(n, usize::from(n > 2), TODAY.plus(-900));
        }
        county
    }

    fn join(&mut self, n: u32, district: usize, from: Day) {
        let district = Value::Link(self.districts[district]);
        let set = [(1, code(n)), (2, text("乡镇")), (3, district), (4, Value::Date(from))];
        let id = self.hub.act(MEMBERSHIP, None, "join", set.into(), Role::CAdmin).record;
        self.joined.insert(n, id);
    }

    /// A township changes its district today.
    fn moves(&mut self, n: u32, district: usize) {
        let set = [(5, Value::Date(TODAY))];
        self.hub.act(MEMBERSHIP, Some(self.joined[&n]), "end", set.into(), Role::CAdmin);
        self.join(n, district, TODAY);
    }

    fn draft(&mut self, set: impl Into<Fields>) -> RecordId {
        let mut all: Fields = [(1, text("报送材料")), (2, Value::Date(TODAY))].into();
        all.extend(set.into());
        self.hub.act(TASK, None, "draft", all, Role::COffice).record
    }

    /// (1, all), (2, a district), (3, townships)
    fn to_district(&self, nth: usize) -> Fields {
        [(TO, Value::Choice(2)), (TO_DISTRICT, Value::Link(self.districts[nth]))].into()
    }

    fn act(&mut self, id: RecordId, action: &str, set: impl Into<Fields>) -> Vec<(StreamName, Entry)> {
        self.hub.act(TASK, Some(id), action, set.into(), Role::COffice).entries
    }

    fn refused(&mut self, id: RecordId, action: &str, set: impl Into<Fields>) -> Refusal {
        self.hub.refused(TASK, Some(id), action, set.into(), Role::COffice)
    }

    /// Records of a kind that a task made and that are not void, by the township.
    fn made(&self, kind: u32, task: RecordId) -> BTreeMap<TownshipCode, crate::record::Record> {
        let ids = read::linking_by(&self.hub.views, task, kind, 4);
        let records = ids.into_iter().map(|id| self.hub.record(id));
        let standing = records.filter(|record| !record.flags.has(EntryFlags::VOIDED));
        let by: Vec<_> = standing.map(|r| (r.fields[&3].township().expect("a township"), r)).collect();
        let made: BTreeMap<_, _> = by.iter().cloned().collect();
        assert_eq!(made.len(), by.len(), "one for each township");
        made
    }

    fn lines(&self, task: RecordId) -> Vec<u32> {
        let made = self.made(LINE, task);
        (1..=9).filter(|n| made.contains_key(&township(*n))).collect()
    }

    fn sound(&self) {
        assert_eq!(held::list(&self.hub.views, None, 3), [], "nothing that the fold would hold");
        assert!(self.hub.rebuilt() == self.hub.views, "a rebuild gives the same bytes");
    }
}

/// The streams of the entries of one record, without those that stay.
fn streams(entries: &[(StreamName, Entry)], id: RecordId) -> BTreeSet<StreamName> {
    entries.iter().filter(|(_, entry)| entry.record == id).map(|(stream, _)| *stream).collect()
}

fn down(towns: &[u32]) -> BTreeSet<StreamName> {
    towns.iter().map(|n| StreamName::Down(township(*n))).collect()
}

#[test]
fn a_record_goes_to_whom_it_says() {
    let mut county = County::new();
    let first = county.to_district(0);
    let some: Fields = [(TO, Value::Choice(3)), (TO_TOWNSHIPS, codes(&[2, 4]))].into();
    let ways: [(Fields, BTreeSet<StreamName>, Unit); 3] = [
        ([(TO, Value::Choice(1))].into(), [StreamName::DownAll].into(), Unit::COUNTY),
        (first, down(&[1, 2]), Unit::district(county.districts[0])),
        (some, down(&[2, 4]), Unit::COUNTY),
    ];
    for (set, wanted, unit) in ways {
        let id = county.draft(set);
        assert!(contribution(&catalogue().kinds[&TASK], &county.hub.record(id)).is_empty(), "a draft");
        let entries = county.act(id, "send", []);
        assert_eq!(streams(&entries, id), wanted);
        let cells = contribution(&catalogue().kinds[&TASK], &county.hub.record(id));
        assert_eq!(cells.iter().map(|cell| cell.unit).collect::<Vec<_>>(), [unit]);
    }
    county.sound();
}

#[test]
fn a_record_that_does_not_say_to_whom_is_not_sent() {
    let mut county = County::new();
    let refusal = county.hub.refused(
        TASK,
        None,
        "draft",
        [(1, text("甲")), (2, Value::Date(TODAY))].into(),
        Role::COffice,
    );
    assert_eq!((refusal.code(), refusal.problems[0].field), (Some(Code::Required), Some(TO)));
    for (to, field) in [(2, TO_DISTRICT), (3, TO_TOWNSHIPS)] {
        let id = county.draft([(TO, Value::Choice(to))]);
        let refusal = county.refused(id, "send", []);
        assert_eq!((refusal.code(), refusal.problems[0].field), (Some(Code::Address), Some(field)));
    }
    // A district in which there is nobody today.
    let set = [(1, text("空片")), (2, Value::Number(9)), (3, Value::Date(TODAY))];
    let empty = county.hub.act(DISTRICT, None, "set_up", set.into(), Role::CAdmin).record;
    let id = county.draft([(TO, Value::Choice(2)), (TO_DISTRICT, Value::Link(empty))]);
    assert_eq!(county.refused(id, "send", []).zh(), "下发片没有可下发的乡镇");
}

#[test]
fn what_is_sent_stays_sent_and_townships_can_be_added() {
    let mut county = County::new();
    let id = county.draft([(TO, Value::Choice(3)), (TO_TOWNSHIPS, codes(&[1, 4]))]);
    county.act(id, "send", []);
    let entries = county.act(id, "edit", [(TO_TOWNSHIPS, codes(&[4, 1, 2])), (1, text("改题"))]);
    assert_eq!(streams(&entries, id), down(&[1, 2, 4]));
    for (stream, entry) in entries.iter().filter(|(_, entry)| entry.record == id) {
        let whole = entry.flags.has(EntryFlags::RESTATED);
        assert_eq!(whole, *stream == StreamName::Down(township(2)), "only the new one gets it whole");
    }
    let refusal = county.refused(id, "edit", [(TO_TOWNSHIPS, codes(&[1, 3]))]);
    let (two, four) = (township(2), township(4));
    assert_eq!(refusal.zh(), format!("下发乡镇已下发，只能增加乡镇，不能去掉{two}、{four}"));
    assert_eq!(refusal.problems[0].field, Some(TO_TOWNSHIPS));
    let district = county.to_district(1);
    let refusal = county.refused(id, "edit", district);
    assert_eq!((refusal.code(), refusal.problems[0].field), (Some(Code::Address), Some(TO)));
    county.sound();
}

#[test]
fn a_record_to_a_district_does_as_those_of_the_district_do() {
    let mut county = County::new();
    let set = county.to_district(0);
    let id = county.draft(set);
    county.act(id, "send", []);
    county.moves(2, 1);
    county.moves(3, 0);
    let entries = county.act(id, "edit", [(1, text("改题"))]);
    assert_eq!(streams(&entries, id), down(&[1, 2, 3]), "who had it keeps it up to date, who came gets it");
    assert_eq!(county.lines(id), [1, 2, 3], "and so it is with what each was asked for");
    let titles = county.made(LINE, id).into_values().map(|line| line.fields[&1].clone());
    assert!(titles.into_iter().all(|title| title == text("改题")), "all are brought into step");
    let refusal = county.refused(id, "edit", [(TO_DISTRICT, Value::Link(county.districts[1]))]);
    assert_eq!(refusal.problems[0].field, Some(TO_DISTRICT));
    county.sound();
}

#[test]
fn one_line_for_each_addressee() {
    let mut county = County::new();
    let all = county.draft([(TO, Value::Choice(1))]);
    county.act(all, "send", []);
    assert_eq!(county.lines(all), [1, 2, 3, 4], "every township that belongs to a district today");
    let lines = county.made(LINE, all);
    let line = &lines[&township(3)];
    assert_eq!(line.stream, StreamName::Down(township(3)), "to its township alone");
    assert_eq!(line.fields[&4], Value::Link(all));
    // Before it is sent nobody has anything: the lines are those of the list.
    let some = county.draft([(TO, Value::Choice(3)), (TO_TOWNSHIPS, codes(&[1, 2]))]);
    county.act(some, "edit", [(1, text("改题"))]);
    assert_eq!(county.lines(some), [1, 2]);
    county.act(some, "edit", [(TO_TOWNSHIPS, codes(&[2, 3]))]);
    assert_eq!(county.lines(some), [2, 3]);
    county.act(some, "send", []);
    let kept = county.made(LINE, some)[&township(2)].id;
    county.act(some, "edit", [(TO_TOWNSHIPS, codes(&[2, 3, 4]))]);
    assert_eq!(county.lines(some), [2, 3, 4]);
    assert_eq!(county.made(LINE, some)[&township(2)].id, kept, "found again, not made twice");
    // What the task made goes with it.
    county.act(some, "void", []);
    assert_eq!(county.lines(some), [0u32; 0]);
    county.sound();
}

#[test]
fn a_township_in_no_district_any_more_keeps_its_line() {
    let mut county = County::new();
    let id = county.draft([(TO, Value::Choice(1))]);
    county.act(id, "send", []);
    let set = [(5, Value::Date(TODAY))];
    county.hub.act(MEMBERSHIP, Some(county.joined[&4]), "end", set.into(), Role::CAdmin);
    county.join(5, 0, TODAY);
    county.act(id, "edit", [(1, text("改题"))]);
    assert_eq!(county.lines(id), [1, 2, 3, 4, 5]);
    county.sound();
}

#[test]
fn a_row_without_a_link_is_known_by_its_township() {
    let mut county = County::new();
    let id = county.draft([(TO, Value::Choice(1))]);
    let rows = |places: &[(u32, i64)]| {
        let row = |(n, count): &(u32, i64)| Value::Group([(1, code(*n)), (2, Value::Number(*count))].into());
        Value::List(places.iter().map(row).collect())
    };
    county.act(id, "allot", [(3, rows(&[(1, 5), (2, 3)]))]);
    let before = county.made(PLACE, id);
    // The first row goes, another comes before the second: what is township 2's stays township 2's.
    county.act(id, "allot", [(3, rows(&[(4, 1), (2, 7)]))]);
    let after = county.made(PLACE, id);
    assert_eq!(after.keys().copied().collect::<Vec<_>>(), [township(2), township(4)]);
    assert_eq!(after[&township(2)].id, before[&township(2)].id);
    assert_eq!(after[&township(2)].fields[&5], Value::Number(7));
    county.sound();
}
