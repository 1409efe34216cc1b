//! What the program does because of what the other side wrote: once, whatever happens on the way.

use std::sync::Arc;

use super::pair::{FIRST, SECOND, Side, catalogue, code, exchange, night, open};
use crate::ids::{Epoch, RecordId, StreamName};
use crate::record::{Actor, Day, Entry, EntryFlags, Role, Value};
use crate::store::files::{Event, Fate, Files as _, Traced, write_all};
use crate::store::{Store, StoreError};
use crate::view::read;

fn ask(hub: &Side, title: &str, to: &str) -> RecordId {
    hub.enter(
        "ask",
        "ask",
        &[&format!("title={title}"), "on=2026-03-02", &format!("to={to}"), "due=2026-03-20"],
    )
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned()))
}

/// A county and a township that has been asked one thing.
fn asked() -> (Side, Side, RecordId, RecordId) {
    let (hub, node) = (Side::county(), Side::township(FIRST));
    let ask = ask(&hub, "报送情况", FIRST);
    exchange(&hub, &node);
    let answer = node.one("answer");
    (hub, node, ask, answer)
}

#[test]
fn a_matter_comes_down_its_answer_goes_up_and_is_sent_back_once() {
    let (hub, node, ask, answer) = asked();
    assert_eq!((node.status(answer), hub.status(ask)), ("open".to_owned(), "asked".to_owned()));
    assert_eq!(node.value(answer, "ask"), Some(Value::Link(ask)));
    assert_eq!(node.value(answer, "way"), text("书面"), "constants too");
    let record = node.all("answer").remove(0);
    assert_eq!(record.deadlines[&1].effective_due, "2026-03-20".parse::<Day>().unwrap());
    assert_eq!(record.steps[0].role, Role::System, "the program made it, nobody else");

    exchange(&hub, &node);
    assert_eq!(hub.value(ask, "seen"), Some(Value::Number(1)), "the county knows that it has come");
    node.act(answer, "answer", &["reply=已落实", "who=小李"]);
    exchange(&hub, &node);
    assert_eq!(hub.status(ask), "answered");
    assert_eq!(hub.value(ask, "words"), text("已落实"), "a derived field is the program's to fill");
    assert_eq!(hub.value(ask, "answered_on"), Some(Value::Date("2026-03-02".parse().unwrap())));

    hub.act(ask, "give_back", &[]);
    exchange(&hub, &node);
    assert_eq!(node.status(answer), "open");
    node.act(answer, "answer", &["reply=已再落实"]);
    exchange(&hub, &node);
    assert_eq!((hub.status(ask), node.status(answer)), ("answered".to_owned(), "done".to_owned()));
    assert_eq!(hub.value(ask, "words"), text("已再落实"));
    assert_eq!(hub.value(ask, "seen"), Some(Value::Number(3)), "once for each time that it came");
}

#[test]
fn without_anything_new_nothing_is_written() {
    let (hub, node, ask, _) = asked();
    exchange(&hub, &node);
    exchange(&hub, &node);
    let stood = (hub.lengths(), node.lengths());
    for _ in 0..3 {
        assert_eq!((hub.reacted(), node.reacted()), ([0; 4], [0; 4]));
    }
    // What has come and asks for nothing is not even noted.
    hub.act(ask, "edit", &["title=报送情况表"]);
    hub.act(ask, "edit", &["title=报送情况"]);
    night(&hub, &node);
    let came = node.lengths();
    assert_eq!(node.reacted(), [0; 4]);
    assert_eq!(node.lengths(), came);
    assert_eq!(stood.0.len(), hub.lengths().len());
}

#[test]
fn what_was_done_is_not_done_again_by_a_newer_catalogue() {
    let (hub, node, ask, answer) = asked();
    node.act(answer, "answer", &["reply=已落实"]);
    exchange(&hub, &node);
    hub.act(ask, "give_back", &[]);
    exchange(&hub, &node);
    exchange(&hub, &node);
    node.act(answer, "answer", &["reply=已再落实"]);
    let (seen, lengths) = (hub.value(ask, "seen"), (hub.lengths(), node.lengths()));
    // Other rules look through everything again. The county still says `returned`, and the township has answered since.
    let (hub, node) = (hub.upgraded("newer"), node.upgraded("newer"));
    assert_eq!((hub.reacted(), node.reacted()), ([0; 4], [0; 4]));
    assert_eq!((hub.lengths(), node.lengths()), lengths);
    assert_eq!((node.status(answer), hub.value(ask, "seen")), ("done".to_owned(), seen));
}

#[test]
fn each_township_makes_a_record_of_its_own_of_what_goes_to_all() {
    let (hub, one, two) = (Side::county(), Side::township(FIRST), Side::township(SECOND));
    hub.enter("circular", "send", &["title=关于报送工作情况的通知", "on=2026-03-02"]);
    exchange(&hub, &one);
    exchange(&hub, &two);
    let papers = (one.one("paper"), two.one("paper"));
    assert_ne!(papers.0, papers.1, "ids of the two are not the same");
    exchange(&hub, &one);
    exchange(&hub, &two);
    assert_eq!(hub.all("paper").len(), 2);
    assert_eq!(one.value(papers.0, "title"), text("收文：关于报送工作情况的通知"));
}

#[test]
fn a_new_pc_of_the_office_finds_what_the_old_one_made() {
    let (hub, node, ask, answer) = asked();
    exchange(&hub, &node);
    node.act(answer, "answer", &["reply=已落实"]);
    night(&node, &hub);
    // It knows nothing but what the county has: its own stream and what was sent down.
    let fresh = Side::township(FIRST);
    let own = StreamName::Township(code(FIRST));
    let run = hub.store.run(own, 1..=u64::MAX, 1 << 20, 1 << 20).unwrap().unwrap();
    fresh.store.write(|tx| tx.append_frame(&run).map_err(|error: StoreError| error)).unwrap();
    night(&hub, &fresh);
    assert_eq!(fresh.reacted(), [0; 4], "the answer stands under the id that it would get");
    assert_eq!((fresh.one("answer"), fresh.status(answer)), (answer, "done".to_owned()));
    exchange(&hub, &fresh);
    assert_eq!(hub.status(ask), "answered");
}

#[test]
fn what_was_taken_over_follows_and_what_somebody_changed_stays() {
    let (hub, node, ask, answer) = asked();
    node.act(answer, "edit", &["way=电话"]);
    hub.act(ask, "edit", &["title=报送工作情况", "due=2026-04-10"]);
    exchange(&hub, &node);
    assert_eq!(node.value(answer, "title"), text("报送工作情况"));
    let record = node.all("answer").remove(0);
    assert_eq!(record.deadlines[&1].effective_due, "2026-04-10".parse::<Day>().unwrap(), "its deadline too");
    assert_eq!(node.value(answer, "way"), text("电话"), "a constant is a first proposal");
    // It follows whatever the arrived record's status; what has been emptied there is emptied here.
    node.act(answer, "answer", &["reply=已落实"]);
    exchange(&hub, &node);
    hub.act(ask, "edit", &["title=报送", "due="]);
    exchange(&hub, &node);
    assert_eq!((node.value(answer, "title"), node.value(answer, "due")), (text("报送"), None));
    // What was voided by hand stays void.
    let chair = Actor { staff: "u2".to_owned(), role: Role::TChair, on_behalf: false };
    let void = crate::command::Command {
        reason: "重复".to_owned(),
        ..crate::command::Command::new(201, Some(answer), crate::command::Act::Void, Default::default())
    };
    // Nothing leaves `done` but what the program does; the archive rule lets it be voided all the same.
    node.with(|ledger| ledger.commit(&void, &chair)).unwrap_or_else(|failure| panic!("{failure}"));
    hub.act(ask, "edit", &["title=报送表"]);
    exchange(&hub, &node);
    assert_eq!((node.status(answer), node.all("answer").len()), ("void".to_owned(), 1));
}

#[test]
fn a_void_record_reacts_only_where_it_is_asked_for() {
    let (hub, node, ask, answer) = asked();
    hub.act(ask, "void", &[]);
    exchange(&hub, &node);
    assert_eq!(node.status(answer), "gone");
    exchange(&hub, &node);
    assert_eq!(hub.status(ask), "void", "and is left alone");
    // Void before it ever arrived: nothing comes of it.
    let late = self::ask(&hub, "另一件", FIRST);
    hub.act(late, "void", &[]);
    exchange(&hub, &node);
    assert_eq!(node.all("answer").len(), 1);
}

#[test]
fn a_refusal_is_noted_and_tried_again_when_the_record_changes() {
    let (hub, node) = (Side::county(), Side::township(FIRST));
    let ask = hub.enter("ask", "ask", &["title=无期限", "on=2026-03-02", &format!("to={FIRST}")]);
    let sound = self::ask(&hub, "有期限", FIRST);
    night(&hub, &node);
    assert_eq!(node.reacted(), [1, 0, 0, 1], "one bad record blocks nothing");
    let refused = node.with(|ledger| ledger.refused_reactions()).shown;
    assert_eq!(refused.len(), 1);
    let said = (refused[0].arrived, refused[0].kind.as_str(), refused[0].action.as_str());
    assert_eq!((said, refused[0].codes.join(" ")), ((ask, "answer", "arrive"), "guard".to_owned()));
    assert_eq!(node.value(node.one("answer"), "ask"), Some(Value::Link(sound)));
    let stood = node.lengths();
    assert_eq!(node.reacted(), [0; 4]);
    assert_eq!(node.lengths(), stood, "it is not tried until something changes");

    hub.act(ask, "edit", &["title=仍无期限"]);
    night(&hub, &node);
    assert_eq!(node.reacted(), [0, 0, 0, 1]);
    hub.act(ask, "edit", &["due=2026-03-20"]);
    night(&hub, &node);
    assert_eq!(node.reacted(), [1, 0, 0, 0]);
    assert_eq!(node.with(|ledger| ledger.refused_reactions()).count, 0);
}

#[test]
fn a_township_moves_only_what_it_was_sent() {
    let (hub, one, two) = (Side::county(), Side::township(FIRST), Side::township(SECOND));
    let theirs = ask(&hub, "别人的", FIRST);
    ask(&hub, "自己的", SECOND);
    exchange(&hub, &one);
    exchange(&hub, &two);
    // A township that claims to answer what another was asked; its own program would not let it.
    let own = two.all("answer").remove(0);
    let forged = Entry {
        record: own.id,
        kind: 201,
        rev: own.rev + 1,
        action: 0,
        status: 0,
        set: [(3, Value::Link(theirs))].into(),
        cleared: Vec::new(),
        deadlines: Vec::new(),
        actor: Actor { staff: "u1".to_owned(), role: Role::TClerk, on_behalf: false },
        at: own.changed_at + 1,
        tick: 0,
        flags: EntryFlags::default(),
        reason: String::new(),
    };
    append(&two.store, StreamName::Township(code(SECOND)), &forged);
    two.act(own.id, "answer", &["reply=冒名"]);
    night(&two, &hub);
    let before = hub.value(theirs, "seen");
    hub.react();
    assert_eq!((hub.status(theirs), hub.value(theirs, "seen")), ("asked".to_owned(), before));
}

fn append(store: &Store, stream: StreamName, entry: &Entry) {
    let epoch = store.head(stream).epoch;
    store
        .write(|tx| tx.append(stream, epoch, vec![entry.encode()]).map_err(|error: StoreError| error))
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn what_is_held_back_does_not_react_until_it_is_let_in() {
    let (hub, node, ask, answer) = asked();
    exchange(&hub, &node);
    let record = node.all("answer").remove(0);
    let done = Entry {
        record: answer,
        kind: 201,
        rev: record.rev + 2,
        action: 2,
        status: 2,
        set: [(5, Value::Text("已落实".to_owned()))].into(),
        cleared: Vec::new(),
        deadlines: Vec::new(),
        actor: Actor { staff: "u1".to_owned(), role: Role::TClerk, on_behalf: false },
        at: record.changed_at + 1,
        tick: 0,
        flags: EntryFlags::default(),
        reason: String::new(),
    };
    let own = StreamName::Township(code(FIRST));
    append(&hub.store, own, &done);
    assert_eq!(hub.held(), 1, "a revision is missing");
    assert_eq!(hub.reacted(), [0; 4]);
    assert_eq!(hub.status(ask), "asked");
    // The whole record, sent again, takes its place.
    let mut set = record.fields.clone();
    set.extend(done.set.clone());
    let whole = Entry { rev: done.rev + 1, set, flags: EntryFlags::RESTATED, ..done };
    append(&hub.store, own, &whole);
    assert_eq!((hub.held(), hub.reacted()), (0, [0, 0, 2, 0]));
    assert_eq!(hub.status(ask), "answered");
}

#[test]
fn an_answer_waits_for_what_comes_later_on_this_side() {
    let (hub, node, ask, answer) = asked();
    node.act(answer, "answer", &["reply=已落实"]);
    exchange(&hub, &node);
    // Ours comes into being after what it is about has come to rest.
    let verdict = hub.enter("verdict", "begin", &["title=评价", "on=2026-03-02", &format!("about={answer}")]);
    assert_eq!(hub.reacted(), [0; 4], "the matter is not closed yet");
    // What its condition looks at changes here, and nothing more arrives.
    hub.act(ask, "close", &[]);
    assert_eq!(hub.reacted(), [0, 0, 1, 0]);
    assert_eq!(hub.status(verdict), "settled");
    let second = hub.enter("verdict", "begin", &["title=再评", "on=2026-03-02", &format!("about={answer}")]);
    assert_eq!(hub.reacted(), [0, 0, 1, 0]);
    assert_eq!(hub.status(second), "settled");
}

#[test]
fn another_branch_of_a_stream_is_looked_through_anew_and_nothing_is_done_twice() {
    let (hub, node, first, _) = asked();
    let second = ask(&hub, "另一件", FIRST);
    exchange(&hub, &node);
    let answer_to = |side: &Side, ask: RecordId| {
        let tag = side.catalogue.kinds[&201].field("ask").unwrap().tag;
        let found = side.all("answer").into_iter().find(|r| r.fields.get(&tag) == Some(&Value::Link(ask)));
        found.expect("an answer").id
    };
    exchange(&hub, &node);
    let restored = node.copied();
    node.act(answer_to(&node, first), "answer", &["reply=丢失的分支"]);
    night(&node, &hub);
    hub.react();
    let seen = |ask| hub.value(ask, "seen");
    let (seen_first, seen_second) = (seen(first), seen(second));

    // The office goes on from a copy that lacks that answer, on a branch of its own, which the county takes.
    restored.act(answer_to(&restored, second), "answer", &["reply=新的分支"]);
    restored.act(answer_to(&restored, first), "edit", &["way=电话"]);
    let own = StreamName::Township(code(FIRST));
    let theirs = restored.store.head(own).len;
    let common = theirs - 2;
    assert_eq!(hub.store.hash_at(own, common).unwrap(), restored.store.hash_at(own, common).unwrap());
    let branch: Vec<Vec<u8>> = items(&restored.store, own, common);
    let taken = hub.store.write(|tx| -> Result<(), StoreError> {
        tx.rebase(own, common)?;
        tx.append(own, Epoch(77), branch).map(|_| ())
    });
    taken.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(hub.held(), 0);
    hub.react();
    assert_eq!((hub.status(first), hub.status(second)), ("answered".to_owned(), "answered".to_owned()));
    assert_eq!(hub.value(first, "words"), text("丢失的分支"), "what was done stays done");
    let more =
        |value: Option<Value>| value.map(|v| if let Value::Number(n) = v { Value::Number(n + 1) } else { v });
    assert_eq!((seen(first), seen(second)), (more(seen_first), more(seen_second)), "each changed once on it");
    let stood = hub.lengths();
    assert_eq!(hub.reacted(), [0; 4]);
    assert_eq!(hub.lengths(), stood);
}

fn items(store: &Store, stream: StreamName, after: u64) -> Vec<Vec<u8>> {
    let run = store.run(stream, after + 1..=u64::MAX, 1 << 20, 1 << 20).unwrap().unwrap();
    let bytes = run.items.into_iter().map(|item| match item {
        crate::stream::Item::Entry(bytes) => bytes,
        crate::stream::Item::Withheld(_) => panic!("nothing is withheld"),
    });
    bytes.collect()
}

/// The power is cut after every commit of a look, and in the middle of each: the next look does what is left, once.
#[test]
fn a_look_that_was_cut_off_is_finished_by_the_next() {
    let (hub, node) = (Side::county(), Side::township(FIRST));
    for nth in 0..130 {
        ask(&hub, &format!("第{nth}件"), FIRST);
    }
    night(&hub, &node);
    let before = node.files.copy();
    let Side { site, .. } = node;
    let traced = Traced::new(before.copy());
    let whole = Side { store: open(Arc::new(traced.clone()), &catalogue("")), ..Side::township(FIRST) };
    let opened = traced.events().len();
    assert_eq!(whole.reacted(), [130, 0, 0, 0]);
    let events = traced.events();
    let cuts: Vec<usize> = (opened..=events.len())
        .filter(|at| *at == opened || matches!(events[at - 1], Event::Sync { .. } | Event::Write { .. }))
        .collect();
    assert!(cuts.len() > 4, "a look of several commits");
    for cut in cuts {
        let disk = before.copy();
        for event in &events[opened..cut] {
            match event {
                Event::Write { path, offset, bytes } => {
                    write_all(&*disk.create(path).unwrap(), *offset, bytes).unwrap();
                }
                Event::Cut { path, len } => disk.create(path).unwrap().set_len(*len).unwrap(),
                Event::Sync { path } => disk.create(path).unwrap().sync_data().unwrap(),
                Event::SyncDir { path } => disk.sync_dir(path).unwrap(),
                Event::Remove { path } => disk.remove(path).unwrap(),
                Event::Note(_) => {}
            }
        }
        let left = Side::on(disk.crash(|_| Fate::Lost), site, catalogue(""));
        let there = left.all("answer").len();
        assert_eq!(left.reacted(), [130 - there, 0, 0, 0], "cut after step {cut}");
        assert_eq!((left.all("answer").len(), left.held()), (130, 0), "cut after step {cut}");
        assert_eq!(left.reacted(), [0; 4]);
        let ids = |side: &Side| side.all("answer").iter().map(|record| record.id).collect::<Vec<_>>();
        assert_eq!(ids(&left), ids(&whole), "the same records, whoever made them");
    }
}

#[test]
fn the_views_of_what_was_done_are_a_fold_of_the_notes() {
    let (hub, node, _, answer) = asked();
    node.act(answer, "answer", &["reply=已落实"]);
    exchange(&hub, &node);
    let rows = |store: &Store| {
        let mut rows = Vec::new();
        store.read(|views| {
            for table in 0x78..=0x7b {
                views.scan(&[table], None, &mut |key, value| {
                    rows.push((key.to_vec(), value.to_vec()));
                    true
                });
            }
        });
        rows
    };
    let stood = rows(&hub.store);
    assert!(stood.iter().any(|(key, _)| key[0] == crate::view::reacted::tables::TAKEN));
    let again = hub.copied();
    assert_eq!(rows(&again.store), stood);
    assert_eq!(again.reacted(), [0; 4]);
    assert!(again.store.read(|views| read::record(views, answer)).is_some());
}
