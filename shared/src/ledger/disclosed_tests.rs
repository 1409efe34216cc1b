//! What is published never says what stays in the office: a walk over every kind that is published.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, Field, Kind, NodeKind, Privacy, Shape};
use crate::command::Place;
use crate::exchange::Townships;
use crate::ids::{Epoch, RecordId, Site, StreamName, TownshipCode};
use crate::personal;
use crate::program::ManualClock;
use crate::record::{Actor, Day, Decimal, Entry, EntryFlags, Fields, Value};
use crate::store::Store;
use crate::view::condition::Subject;
use crate::view::{Folder, read};

const CANARY: &str = "金丝雀";
const NUMBERS: &str = "电话13812345678，证号11010519491231002X，卡6222021234567890";

struct Office {
    store: Store,
    catalogue: Arc<Catalogue>,
    code: TownshipCode,
    made: u64,
}

impl Office {
    fn new() -> Self {
        let catalogue = Catalogue::builtin();
        let store = Store::memory(Arc::new(Folder::new(Arc::clone(&catalogue))));
        Self { store, catalogue, code: "330282002".parse().unwrap(), made: 0 }
    }

    fn with<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let legal = Legal::new(Calendar::builtin(), Arc::new(self.catalogue.profiles["national"].clone()));
        work(&Ledger {
            store: &self.store,
            catalogue: &self.catalogue,
            deadlines: &legal,
            clock: &ManualClock::new(1_772_416_800_000, 1),
            place: Place { site: Site::Township(self.code), node: Some(NodeKind::Town), abbr: "坎墩" },
            townships: &Townships::new([(self.code, "坎墩镇".to_owned())]),
            staff: &|_| String::new(),
        })
    }

    /// Writes a record of past work as it is, and its private part.
    fn put(&mut self, stream: StreamName, kind: &Kind, status: u32, set: Fields, local: Fields) -> RecordId {
        self.made += 1;
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.made.to_be_bytes());
        let record = RecordId::mint(1_772_416_800_000, &random);
        let entry = |set, flags| Entry {
            record,
            kind: kind.tag,
            rev: 1,
            action: 0,
            status,
            set,
            cleared: Vec::new(),
            deadlines: Vec::new(),
            actor: Actor::program(),
            at: 1_772_416_800_000,
            tick: 0,
            flags,
            reason: String::new(),
        };
        let whole = entry(set, EntryFlags::IMPORTED.with(EntryFlags::RESTATED));
        let private = Entry { status: 0, ..entry(local, EntryFlags::PRIVATE) };
        let stays = StreamName::Local(Site::Township(self.code));
        self.store
            .write::<_, crate::store::StoreError>(|tx| {
                tx.append(stream, Epoch(1), vec![whole.encode()])?;
                tx.append(stays, Epoch(2), vec![private.encode()])?;
                Ok(())
            })
            .unwrap();
        let held = self.store.read(|views| crate::view::held::count(views, None));
        assert_eq!(held, 0, "{} is not folded", kind.id);
        record
    }
}

fn value(field: &Field, text: &str, links: &BTreeMap<u32, RecordId>) -> Option<Value> {
    let day = Day::new(2026, 3, 1).unwrap();
    Some(match &field.shape {
        Shape::Text { .. } => Value::Text(text.to_owned()),
        Shape::Texts { .. } => Value::List(vec![Value::Text(text.to_owned())]),
        Shape::Number { min, .. } => Value::Number((*min).max(1)),
        Shape::Decimal { .. } => Value::Decimal(Decimal { units: 1, scale: 0 }),
        Shape::Flag => Value::Flag(true),
        Shape::Date => Value::Date(day),
        Shape::Choice(choices) => {
            let open = choices.iter().find(|choice| choice.key == "OPEN" || choice.key == "PUBLIC");
            Value::Choice(open.or(choices.first())?.id)
        }
        Shape::Choices(choices) => Value::List(vec![Value::Choice(choices.first()?.id)]),
        Shape::Link(kinds) => Value::Link(*kinds.iter().find_map(|kind| links.get(kind))?),
        Shape::Links(kinds) => {
            Value::List(vec![Value::Link(*kinds.iter().find_map(|kind| links.get(kind))?)])
        }
        Shape::Rows(columns) => {
            let cells = columns.values().filter_map(|column| Some((column.tag, value(column, text, links)?)));
            Value::List(vec![Value::Group(cells.collect())])
        }
        Shape::Township | Shape::Townships | Shape::Time | Shape::Blob => return None,
    })
}

/// Values for all fields of one privacy.
fn filled(
    kind: &Kind,
    privacy: Privacy,
    text: &dyn Fn(&Field) -> String,
    links: &BTreeMap<u32, RecordId>,
) -> Fields {
    let fields = kind.fields.values().filter(|field| field.privacy == privacy);
    fields.filter_map(|field| Some((field.tag, value(field, &text(field), links)?))).collect()
}

/// The first status in which the record is published.
fn published(kind: &Kind, set: &Fields) -> u32 {
    let mark = kind.disclosure.as_ref().unwrap();
    let none = BTreeMap::new();
    let shown = |status: &u32| {
        let steps = [];
        let subject = Subject {
            status: *status,
            fields: set,
            local: None,
            deadlines: &none,
            steps: &steps,
            flags: EntryFlags::default(),
            around: None,
        };
        subject.holds(&mark.condition)
    };
    kind.statuses
        .keys()
        .copied()
        .find(|status| shown(status))
        .unwrap_or_else(|| panic!("{} is never published", kind.id))
}

fn everything(disclosure: &Disclosure) -> String {
    let files = disclosure.files("坎墩镇");
    files.into_iter().map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
}

/// Kinds that are published, with one record of each, and what was published.
fn walked() -> (Office, Disclosure, BTreeMap<u32, RecordId>) {
    let mut office = Office::new();
    let catalogue = Arc::clone(&office.catalogue);
    let own = StreamName::Township(office.code);
    let mut links = BTreeMap::new();
    // Twice: links of the second round lead to records of the first.
    for _ in 0..2 {
        let before = links.clone();
        for kind in catalogue.kinds.values().filter(|kind| kind.disclosure.is_some()) {
            let mark = kind.disclosure.as_ref().unwrap();
            let public = |field: &Field| {
                let shown = mark.shown().any(|tag| tag == field.tag);
                if shown {
                    format!("可见{}{NUMBERS}", field.id)
                } else {
                    format!("{CANARY}未列{}", field.id)
                }
            };
            let private = |field: &Field| format!("{CANARY}私密{}", field.id);
            let set = filled(kind, Privacy::Sync, &public, &before);
            let local = filled(kind, Privacy::Local, &private, &before);
            let status = published(kind, &set);
            links.insert(kind.tag, office.put(own, kind, status, set, local));
        }
    }
    let ask = Disclose { period: "2026".to_owned(), kinds: Vec::new() };
    let disclosure = office.with(|ledger| ledger.disclose(&ask)).unwrap();
    (office, disclosure, links)
}

#[test]
fn canaries_in_every_private_field_of_every_kind_stay() {
    let (office, disclosure, links) = walked();
    let kinds = office.catalogue.kinds.values().filter(|kind| kind.disclosure.is_some()).count();
    assert_eq!(disclosure.lists.len(), kinds);
    for list in &disclosure.lists {
        assert!(!list.rows.is_empty(), "{} published nothing: the canaries were not there", list.kind);
    }
    for (kind, id) in links {
        let local = office.store.read(|views| read::local(views, id));
        let has = office.catalogue.kinds[&kind].fields.values().any(|field| field.privacy == Privacy::Local);
        assert_eq!(has, !local.is_empty(), "canaries were planted");
    }
    let text = everything(&disclosure);
    assert!(!text.contains(CANARY), "{:?}", text.find(CANARY).map(|at| &text[at..at + 60]));
    assert!(text.contains("可见title"));
}

#[test]
fn personal_numbers_are_masked_and_the_place_is_told() {
    let (_, disclosure, _) = walked();
    let text = everything(&disclosure);
    for number in ["13812345678", "11010519491231002X", "6222021234567890"] {
        assert!(!text.contains(number), "{number}");
    }
    assert!(
        text.contains("（手机号码已隐去）")
            && text.contains("（身份证号已隐去）")
            && text.contains("（银行卡号已隐去）")
    );
    assert!(disclosure.masked.iter().any(|found| found.field.zh == "案由" && found.what.zh == "手机号码"));
    for list in &disclosure.lists {
        for cell in list.rows.iter().flat_map(|row| row.cells.iter().chain([&row.group])) {
            assert_eq!(personal::find(cell), [], "{cell}");
        }
    }
}

#[test]
fn what_stays_is_void_or_is_not_open_is_not_published() {
    let (mut office, before, _) = walked();
    let catalogue = Arc::clone(&office.catalogue);
    let stays = StreamName::Local(Site::Township(office.code));
    let own = StreamName::Township(office.code);
    let kind = catalogue.kind("proposal").unwrap();
    let text = |_: &Field| "不应公开".to_owned();
    let set = filled(kind, Privacy::Sync, &text, &BTreeMap::new());
    let status = published(kind, &set);
    office.put(stays, kind, status, set.clone(), Fields::new());
    for (field, key) in [("openness", "NOT_OPEN"), ("security_level", "WORK_SECRET")] {
        let field = kind.field(field).unwrap();
        let mut other = set.clone();
        other.insert(field.tag, field.choice_value(key).unwrap());
        office.put(own, kind, status, other, Fields::new());
    }
    let mut undecided = set.clone();
    undecided.remove(&kind.field("openness").unwrap().tag);
    office.put(own, kind, status, undecided, Fields::new());
    let mut last_year = set.clone();
    last_year.insert(kind.field("raised_on").unwrap().tag, Value::Date(Day::new(2025, 12, 31).unwrap()));
    office.put(own, kind, status, last_year, Fields::new());
    office.put(own, kind, kind.status("submitted").unwrap().tag, set, Fields::new());
    let ask = Disclose { period: "2026".to_owned(), kinds: Vec::new() };
    let after = office.with(|ledger| ledger.disclose(&ask)).unwrap();
    assert_eq!(after, before);
    assert!(!everything(&after).contains("不应公开"));
}

#[test]
fn pages_stand_alone_and_tables_have_their_mark() {
    let (office, disclosure, _) = walked();
    let files = disclosure.files("坎墩镇");
    assert_eq!(files.len(), 1 + 2 * disclosure.lists.len());
    assert_eq!(files, disclosure.files("坎墩镇"), "the same lists are the same files");
    for (name, bytes) in &files {
        let text = std::str::from_utf8(bytes).unwrap();
        if name.ends_with(".csv") {
            assert!(text.starts_with("\u{feff}序号,"), "{name}");
        } else {
            assert!(
                text.starts_with("<!DOCTYPE html>") && !text.contains("<script") && !text.contains("http://"),
                "{name}"
            );
        }
    }
    let unknown = office.with(|ledger| {
        ledger.disclose(&Disclose { period: "2026".to_owned(), kinds: vec!["petition".to_owned()] })
    });
    assert!(unknown.unwrap_err().said.message.zh.contains("没有规定"), "letters are never published");
    let wrong =
        office.with(|ledger| ledger.disclose(&Disclose { period: "去年".to_owned(), kinds: Vec::new() }));
    assert!(wrong.is_err());
}
