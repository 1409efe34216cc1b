//! What only one record may say: against a plain model, within one decision, in imports, and over what stood before.

use std::sync::{Arc, OnceLock};

use proptest::prelude::*;

use super::pending::Pending;
use super::*;
use crate::catalogue::model::Catalogue;
use crate::ids::{RecordId, Site};
use crate::record::{Actor, Fields, Role, Value};
use crate::view::sample::{Office, Plain, TODAY, township};

const SHELF: &str = r#"
id = "shelf"
tag = 251
code = "X1"
zh = "架"
en = "Shelves"
owner = "township"
title = "title"
date = "on"
list = ["title"]
fields = [
  { tag = 1, id = "title", zh = "名称", en = "Title", type = "text", max = 40, required_from = "start" },
  { tag = 2, id = "on", zh = "日期", en = "Date", type = "date", required_from = "start" },
  { tag = 3, id = "pairs", zh = "成对", en = "Pairs", type = "rows", rows = [
    { tag = 1, id = "name", zh = "名", en = "Name", type = "text" },
  ] },
]
statuses = [{ tag = 1, id = "in", zh = "在用", en = "In" }]
form = [{ zh = "架", en = "Shelf", fields = ["title", "on", "pairs"] }]
[[actions]]
tag = 1
id = "enter"
zh = "登记"
en = "Enter"
to = "in"
roles = ["T_CLERK"]
effects = [{ create = "slot", action = "enter", each = "pairs", set = { name = { column = "name" }, from = { field = "on" }, shelf = { this = true } } }]
[[actions]]
tag = 2
id = "edit"
zh = "修改"
en = "Edit"
from = ["in"]
roles = ["T_CLERK"]
effects = [{ create = "slot", action = "enter", each = "pairs", set = { name = { column = "name" }, from = { field = "on" }, shelf = { this = true } } }]
"#;

/// One lead in each place of a shelf on every day; the name of a slot is a place.
const SLOT: &str = r#"
id = "slot"
tag = 252
code = "X2"
zh = "位"
en = "Slots"
owner = "township"
title = "name"
date = "from"
list = ["name"]
plan_statuses = ["in", "rest"]
fields = [
  { tag = 1, id = "name", zh = "名", en = "Name", type = "text", max = 40, required_from = "start" },
  { tag = 2, id = "from", zh = "起", en = "From", type = "date", required_from = "start" },
  { tag = 3, id = "to", zh = "止", en = "To", type = "date" },
  { tag = 4, id = "shelf", zh = "架", en = "Shelf", type = "link", kinds = ["shelf"] },
  { tag = 5, id = "lead", zh = "牵头", en = "Leads", type = "flag", default = true },
  { tag = 6, id = "no", zh = "序号", en = "Number", type = "number" },
  { tag = 7, id = "after", zh = "接替", en = "After", type = "link", kinds = ["slot"] },
]
statuses = [
  { tag = 1, id = "in", zh = "在用", en = "In" },
  { tag = 2, id = "rest", zh = "停用", en = "Resting" },
]
form = [{ zh = "位", en = "Slot", fields = ["name", "from", "to", "shelf", "lead", "no", "after"] }]
[[actions]]
tag = 1
id = "enter"
zh = "登记"
en = "Enter"
to = "in"
roles = ["T_CLERK"]
guards = [
  { alone = ["shelf", "name"], when = { status = ["in"], field = "lead", in = [true] }, span = ["from", "to"], zh = "同期已有牵头", en = "There is a lead on these days" },
  { alone = ["no"], zh = "序号重复", en = "The number is taken" },
]
effects = [{ drive = "edit", on = "after", set = { to = { field = "from" } } }]
[[actions]]
tag = 2
id = "edit"
zh = "修改"
en = "Edit"
from = ["in", "rest"]
roles = ["T_CLERK"]
[[actions]]
tag = 3
id = "rest"
zh = "停用"
en = "Rest"
from = ["in"]
to = "rest"
roles = ["T_CLERK"]
[[actions]]
tag = 4
id = "again"
zh = "恢复"
en = "Again"
from = ["rest"]
to = "in"
roles = ["T_CLERK"]
[import]
key = "name"
status = [{ then = "in" }]
"#;

const SHELF_TAG: u32 = 251;
const SLOT_TAG: u32 = 252;

fn catalogue(slot: &str) -> Arc<Catalogue> {
    let files = [("shelf.toml", SHELF), ("slot.toml", slot)];
    Arc::new(Catalogue::load(files).unwrap_or_else(|problems| panic!("{problems}")))
}

fn office() -> Office {
    static LOADED: OnceLock<Arc<Catalogue>> = OnceLock::new();
    Office::with(Site::Township(township(1)), LOADED.get_or_init(|| catalogue(SLOT)).clone())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn day(n: i32) -> Value {
    Value::Date(TODAY.plus(n))
}

fn shelf(office: &mut Office) -> RecordId {
    let set = [(1, text("架")), (2, day(0))];
    office.act(SHELF_TAG, None, "enter", set.into(), Role::TClerk).record
}

fn slot(name: &str, shelf: RecordId, from: i32, to: Option<i32>) -> Fields {
    let mut set: Fields = [(1, text(name)), (2, day(from)), (4, Value::Link(shelf))].into();
    set.extend(to.map(|to| (3, day(to))));
    set
}

fn enter(office: &mut Office, set: Fields) -> Result<RecordId, Refusal> {
    let command = office.command(SLOT_TAG, None, "enter", set);
    office.try_do(&command, Role::TClerk).map(|decision| decision.record)
}

const TAKEN: &str = "同期已有牵头";

#[test]
fn days_that_do_not_meet_stand_side_by_side() {
    let mut office = office();
    let (a, b) = (shelf(&mut office), shelf(&mut office));
    enter(&mut office, slot("东", a, 0, Some(10))).unwrap();
    for (from, to) in [(0, Some(10)), (9, None), (-5, Some(1)), (3, Some(4)), (-5, None)] {
        assert_eq!(enter(&mut office, slot("东", a, from, to)).unwrap_err().zh(), TAKEN, "{from} {to:?}");
    }
    enter(&mut office, slot("东", a, 10, None)).expect("the last day is not included");
    enter(&mut office, slot("东", a, -5, Some(0))).expect("it ends before the other begins");
    enter(&mut office, slot("东", a, 5, Some(5))).expect("no day at all meets none");
    enter(&mut office, slot("东", b, 0, None)).expect("another shelf");
    enter(&mut office, slot("西", a, 0, None)).expect("another place");
    let mut other = slot("东", a, 0, None);
    other.insert(5, Value::Flag(false));
    enter(&mut office, other).expect("who does not lead is not asked");
    let mut nowhere = slot("东", a, 0, None);
    nowhere.remove(&4);
    enter(&mut office, nowhere.clone()).expect("a place on no shelf");
    enter(&mut office, nowhere).expect("is nobody's");
}

#[test]
fn it_holds_from_then_on_at_every_change() {
    let mut office = office();
    let a = shelf(&mut office);
    let first = enter(&mut office, slot("东", a, 0, Some(10))).unwrap();
    let second = enter(&mut office, slot("东", a, 10, None)).unwrap();
    let refused = |office: &mut Office, id, action: &str, set: Fields| {
        office.refused(SLOT_TAG, Some(id), action, set, Role::TClerk).zh()
    };
    assert_eq!(refused(&mut office, first, "edit", [(3, day(11))].into()), TAKEN);
    assert_eq!(refused(&mut office, second, "edit", [(2, day(5))].into()), TAKEN);
    office.act(SLOT_TAG, Some(second), "rest", Fields::new(), Role::TClerk);
    office.act(SLOT_TAG, Some(first), "edit", [(3, day(20))].into(), Role::TClerk);
    assert_eq!(refused(&mut office, second, "again", Fields::new()), TAKEN, "a step without the guard");
    office.act(SLOT_TAG, Some(first), "void", Fields::new(), Role::TChair);
    office.act(SLOT_TAG, Some(second), "again", Fields::new(), Role::TClerk);
    // A number that nothing but itself has is no trouble.
    office.act(SLOT_TAG, Some(second), "edit", [(6, Value::Number(7))].into(), Role::TClerk);
    let mut twin = slot("西", a, 0, None);
    twin.insert(6, Value::Number(7));
    assert_eq!(enter(&mut office, twin).unwrap_err().zh(), "序号重复");
    let command = office.command(SLOT_TAG, Some(second), "void", Fields::new());
    office.try_do(&command, Role::TChair).expect("what is void is asked nothing");
}

#[test]
fn what_stood_before_the_rule_came_does_not_stop_other_work() {
    let loose = SLOT.replace("alone = [\"shelf\", \"name\"]", "alone = [\"shelf\", \"no\"]");
    let mut before = Office::with(Site::Township(township(1)), catalogue(&loose));
    let a = shelf(&mut before);
    let first = enter(&mut before, slot("东", a, 0, None)).unwrap();
    enter(&mut before, slot("东", a, 0, None)).unwrap();
    let mut now = office();
    for (stream, item) in &before.log {
        now.item(*stream, item.clone());
    }
    now.act(SLOT_TAG, Some(first), "edit", [(6, Value::Number(3))].into(), Role::TClerk);
    now.act(SLOT_TAG, Some(first), "edit", [(3, day(30))].into(), Role::TClerk);
    let more = [(3, day(31))].into();
    let refusal = now.refused(SLOT_TAG, Some(first), "edit", more, Role::TClerk);
    assert_eq!(refusal.zh(), TAKEN, "no further");
    now.act(SLOT_TAG, Some(first), "edit", [(3, day(0))].into(), Role::TClerk);
}

#[test]
fn two_parts_of_one_decision_see_each_other() {
    let mut office = office();
    let rows = |names: &[&str]| {
        Value::List(names.iter().map(|name| Value::Group([(1, text(name))].into())).collect())
    };
    let set = |names: &[&str]| -> Fields { [(1, text("架")), (2, day(0)), (3, rows(names))].into() };
    let refusal = office.refused(SHELF_TAG, None, "enter", set(&["东", "西", "东"]), Role::TClerk);
    assert!(refusal.zh().contains(TAKEN), "{}", refusal.zh());
    let id = office.act(SHELF_TAG, None, "enter", set(&["东", "西"]), Role::TClerk).record;
    // They change places: each takes what the other gives up.
    office.act(SHELF_TAG, Some(id), "edit", [(3, rows(&["西", "东"]))].into(), Role::TClerk);
    let refusal =
        office.refused(SHELF_TAG, Some(id), "edit", [(3, rows(&["东", "东"]))].into(), Role::TClerk);
    assert_eq!(refusal.zh(), format!("位“东”：{TAKEN}"), "it is told which of them");
}

#[test]
fn one_record_may_take_what_another_gives_up_in_the_same_decision() {
    let mut office = office();
    let a = shelf(&mut office);
    let first = enter(&mut office, slot("东", a, 0, None)).unwrap();
    let mut next = slot("东", a, 10, None);
    assert_eq!(enter(&mut office, next.clone()).unwrap_err().zh(), TAKEN);
    next.insert(7, Value::Link(first));
    enter(&mut office, next).expect("the one before it ends in the same commit");
    assert_eq!(office.record(first).fields[&3], day(10));
}

struct Import<'a> {
    office: &'a Office,
    pending: Pending<'a>,
    legal: Plain,
}

impl Import<'_> {
    fn row(&self, fields: &Fields) -> Result<Imported, Refusal> {
        let ctx = Context {
            catalogue: self.office.folder.catalogue(),
            deadlines: &self.legal,
            lookup: &self.pending,
            place: Place { site: self.office.site, node: Some(self.office.node), abbr: "坎墩" },
            now_ms: self.office.clock,
            today: TODAY,
            fresh: RecordId::from_bytes([9; 16]),
        };
        let actor = Actor { staff: "li".to_owned(), role: Role::TClerk, on_behalf: false };
        let kind = &ctx.catalogue.kinds[&SLOT_TAG];
        let record = import_id(self.office.site, kind, fields).expect("has a number and a date");
        let row = ImportRow { kind: SLOT_TAG, record, fields, source: "" };
        let imported = import_row(&ctx, &row, &actor)?;
        if let Imported::New { entries, .. } | Imported::Changed { entries, .. } = &imported {
            self.pending.note(entries);
        }
        Ok(imported)
    }
}

#[test]
fn rows_of_a_ledger_are_asked_too() {
    let mut office = office();
    let a = shelf(&mut office);
    enter(&mut office, slot("东", a, -100, Some(-50))).unwrap();
    let catalogue = office.folder.catalogue().clone();
    let lookup = ViewLookup { views: &office.views, catalogue: &catalogue };
    let import = Import { office: &office, pending: Pending::new(&lookup, &catalogue), legal: Plain };
    let row = |name: &str, from, to, no: i64| {
        let mut row = slot(name, a, from, to);
        row.extend([(5, Value::Flag(true)), (6, Value::Number(no))]);
        row
    };
    assert_eq!(import.row(&row("东", -60, None, 1)).unwrap_err().zh(), TAKEN, "against what stands");
    assert!(matches!(import.row(&row("西", -60, None, 1)), Ok(Imported::New { .. })));
    assert_eq!(import.row(&row("南", -60, None, 1)).unwrap_err().zh(), "序号重复", "against a row before it");
    assert!(
        matches!(import.row(&row("西", -60, None, 1)), Ok(Imported::Same { .. })),
        "a row is no twin of itself"
    );
    assert!(matches!(import.row(&row("南", -60, None, 2)), Ok(Imported::New { .. })));
}

/// One wish: what the model keeps of a slot that stands.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Wish {
    shelf: usize,
    name: usize,
    from: i32,
    days: Option<i32>,
    lead: bool,
    no: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Enter(Wish),
    /// The nth slot is changed so.
    Edit(usize, Wish),
    Rest(usize),
    Again(usize),
    Void(usize),
}

fn wishes() -> impl Strategy<Value = Wish> {
    let days = prop::option::of(0..12i32);
    let no = prop::option::weighted(0.3, 0..4i64);
    (0..2usize, 0..2usize, 0..20i32, days, any::<bool>(), no)
        .prop_map(|(shelf, name, from, days, lead, no)| Wish { shelf, name, from, days, lead, no })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let nth = 0..8usize;
    let step = prop_oneof![
        4 => wishes().prop_map(Step::Enter),
        3 => (nth.clone(), wishes()).prop_map(|(nth, wish)| Step::Edit(nth, wish)),
        1 => nth.clone().prop_map(Step::Rest),
        1 => nth.clone().prop_map(Step::Again),
        1 => nth.prop_map(Step::Void),
    ];
    prop::collection::vec(step, 1..30)
}

/// A slot of the model: what it says, whether it rests, whether it is void.
#[derive(Debug, Clone, Copy)]
struct Kept {
    id: RecordId,
    wish: Wish,
    rests: bool,
    void: bool,
}

/// Day by day, as one would check it by hand.
fn clash(one: (Wish, bool), other: (Wish, bool)) -> bool {
    let ((a, a_rests), (b, b_rests)) = (one, other);
    let on = |wish: Wish, day: i32| wish.from <= day && wish.days.is_none_or(|days| day < wish.from + days);
    let leads = a.lead && b.lead && !a_rests && !b_rests;
    let same = (a.shelf, a.name) == (b.shelf, b.name) && (-5..60).any(|day| on(a, day) && on(b, day));
    (leads && same) || (a.no.is_some() && a.no == b.no)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_gate_says_what_a_plain_model_says(steps in steps()) {
        let mut office = office();
        let shelves = [shelf(&mut office), shelf(&mut office)];
        let set = |wish: Wish| {
            let name = ["东", "西"][wish.name];
            let mut set = slot(name, shelves[wish.shelf], wish.from, wish.days.map(|days| wish.from + days));
            set.insert(5, Value::Flag(wish.lead));
            set.extend(wish.no.map(|no| (6, Value::Number(no))));
            set
        };
        let mut kept: Vec<Kept> = Vec::new();
        for step in steps {
            let nth = match step {
                Step::Enter(_) => None,
                Step::Edit(n, _) | Step::Rest(n) | Step::Again(n) | Step::Void(n) => Some(n),
            };
            if nth.is_some_and(|nth| kept.get(nth).is_none_or(|kept| kept.void)) {
                continue;
            }
            let now = nth.map(|nth| kept[nth]);
            let (action, wish, rests) = match step {
                Step::Enter(wish) => ("enter", wish, false),
                Step::Edit(_, wish) => ("edit", wish, now.is_some_and(|now| now.rests)),
                Step::Rest(_) if now.is_some_and(|now| now.rests) => continue,
                Step::Again(_) if now.is_some_and(|now| !now.rests) => continue,
                Step::Rest(_) => ("rest", now.expect("it is kept").wish, true),
                Step::Again(_) => ("again", now.expect("it is kept").wish, false),
                Step::Void(_) => {
                    let nth = nth.expect("it is kept");
                    office.act(SLOT_TAG, Some(kept[nth].id), "void", Fields::new(), Role::TChair);
                    kept[nth].void = true;
                    continue;
                }
            };
            let others = kept.iter().enumerate().filter(|(other, kept)| Some(*other) != nth && !kept.void);
            let fits = others.map(|(_, kept)| *kept).all(|other| !clash((wish, rests), (other.wish, other.rests)));
            let given = if matches!(step, Step::Enter(_) | Step::Edit(..)) { set(wish) } else { Fields::new() };
            let mut command = office.command(SLOT_TAG, now.map(|now| now.id), action, given.clone());
            if action == "edit" {
                command.clear = [3, 6].into_iter().filter(|tag| !given.contains_key(tag)).collect();
                if now.is_some_and(|now| now.wish == wish) {
                    continue;
                }
            }
            match office.try_do(&command, Role::TClerk) {
                Ok(decision) => {
                    prop_assert!(fits, "{step:?} should have been refused: {kept:?}");
                    let slot = Kept { id: decision.record, wish, rests, void: false };
                    match nth {
                        Some(nth) => kept[nth] = slot,
                        None => kept.push(slot),
                    }
                }
                Err(refusal) => prop_assert!(!fits, "{step:?} refused: {}", refusal.en()),
            }
        }
        prop_assert!(office.rebuilt() == office.views);
    }
}
