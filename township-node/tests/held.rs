//! Changes that are held back: seen, put right, let go; in one process, with a clock that the test sets.

mod bench;

use std::sync::Arc;

use shared::ids::Epoch;
use shared::program::{Lang, Layers};
use shared::record::{Entry, EntryFlags, Record};
use shared::store::StoreError;
use township_node::app::{HeldAt, Node, Wish};
use township_node::clock::ManualClock;
use township_node::config::{self, Config};

/// 2026-03-02 10:00 in Beijing.
const NOW: i64 = 1_772_416_800_000;

struct Office {
    node: Node,
    _folder: tempfile::TempDir,
}

fn open(folder: &std::path::Path) -> Node {
    let state = folder.join("state").to_str().unwrap().to_owned();
    let layers = Layers { flags: vec![("state.dir", state)], ..Layers::default() };
    let config = Config::load(&folder.join("data"), layers).unwrap();
    Node::open(config, Arc::new(ManualClock::new(NOW, 1))).unwrap()
}

fn office() -> Office {
    let folder = tempfile::tempdir().unwrap();
    let given = [("township.code", "330282002".to_owned()), ("township.name", "坎墩镇".to_owned())];
    config::write_new(&folder.path().join("data"), &given).unwrap();
    Office { node: open(folder.path()), _folder: folder }
}

fn wish(set: &[&str]) -> Wish {
    Wish { set: set.iter().map(|s| (*s).to_owned()).collect(), ..Wish::default() }
}

fn received(node: &Node) -> Record {
    let done = node.create(
        "proposal",
        Some("receive"),
        &wish(&[
            "案由=修路",
            "提出日期=2026-01-12",
            "提出时间=大会期间",
            "性质类别=城建环保",
            "领衔人=某代表",
        ]),
    );
    node.find(&done.unwrap().record.to_string()).unwrap()
}

/// Appends what a recovery appends when the record has moved on meanwhile.
fn conflict(node: &Node, record: &Record) {
    let kind = node.kind_of(record.kind).unwrap();
    let register = kind.action("register").unwrap();
    let entry = Entry {
        record: record.id,
        kind: record.kind,
        rev: record.rev + 1,
        action: register.tag,
        status: register.to.unwrap(),
        set: Default::default(),
        cleared: Vec::new(),
        deadlines: Vec::new(),
        actor: shared::record::Actor {
            staff: "u9".into(),
            role: shared::record::Role::TClerk,
            on_behalf: false,
        },
        at: NOW,
        tick: 9,
        flags: EntryFlags::RECOVERED.with(EntryFlags::CONFLICTING),
        reason: String::new(),
    };
    let stream = node.stream();
    let written: Result<_, StoreError> =
        node.store().write(|tx| tx.append(stream, Epoch(1), vec![entry.encode()]));
    written.unwrap();
}

#[test]
fn a_conflicting_change_is_listed_with_what_it_wanted() {
    let office = office();
    let record = received(&office.node);
    assert!(office.node.held(Lang::Zh).is_empty());
    conflict(&office.node, &record);
    let held = office.node.held(Lang::Zh);
    assert_eq!(held.len(), 1);
    assert_eq!((held[0].at, held[0].title.as_deref()), (HeldAt::Here, Some("修路")));
    assert!(held[0].reason.contains("冲突"), "{}", held[0].reason);
    let line = office.node.held_one("1", Lang::En).unwrap();
    assert_eq!(line.place, office.node.held_one(&held[0].place, Lang::En).unwrap().place);
    let content = office.node.held_content(&line).unwrap();
    assert_eq!((content["action"].as_str(), content["staff"].as_str()), (Some("register"), Some("u9")));
    assert_eq!(office.node.find("修路").unwrap().status, record.status, "it changed nothing");
}

#[test]
fn it_is_put_right_by_taking_the_step_anew() {
    let office = office();
    let record = received(&office.node);
    conflict(&office.node, &record);
    let line = office.node.held_one("1", Lang::Zh).unwrap();
    let done = office.node.mend(&line, Some("register"), &wish(&[])).unwrap();
    assert_eq!(done.record, record.id);
    assert!(office.node.held(Lang::Zh).is_empty());
    let kind = office.node.kind_of(record.kind).unwrap();
    assert_eq!(office.node.find("修路").unwrap().status, kind.status("registered").unwrap().tag);
}

#[test]
fn it_is_let_go_by_sending_the_record_as_it_stands() {
    let office = office();
    let record = received(&office.node);
    conflict(&office.node, &record);
    let line = office.node.held_one("1", Lang::Zh).unwrap();
    office.node.discard(&line, &Wish::default()).unwrap();
    assert!(office.node.held(Lang::Zh).is_empty());
    assert_eq!(office.node.find("修路").unwrap().status, record.status);
}

#[test]
fn a_refused_mend_changes_nothing() {
    let office = office();
    let record = received(&office.node);
    conflict(&office.node, &record);
    let before = office.node.store().head(office.node.stream());
    let line = office.node.held_one("1", Lang::Zh).unwrap();
    assert!(office.node.mend(&line, Some("close"), &wish(&[])).is_err());
    assert_eq!(office.node.store().head(office.node.stream()), before);
    assert_eq!(office.node.held(Lang::Zh).len(), 1);
}

#[test]
fn a_second_opening_is_kept_out() {
    let office = office();
    let config = office.node.config().clone();
    let second = Node::open(config, Arc::new(ManualClock::new(NOW, 2)));
    assert_eq!(second.map(|_| ()).unwrap_err().code, shared::code::ErrorCode::Busy);
}
