use super::held::{self, HeldCode};
use super::sample::{self, LETTER, NOTICE, Office, TODAY, township};
use super::{read, tables};
use crate::ids::{RecordId, Site, StreamName};
use crate::record::{EntryFlags, Fields, Role, Value};
use crate::store::View as _;
use crate::stream::{Digest, Item};

fn node() -> Office {
    Office::new(Site::Township(township(1)))
}

fn stream() -> StreamName {
    StreamName::Township(township(1))
}

fn id(n: u8) -> RecordId {
    RecordId::from_bytes([n; 16])
}

fn plain(title: &str) -> Fields {
    [(1, Value::Text(title.to_owned())), (2, Value::Date(TODAY))].into()
}

fn codes(office: &Office) -> Vec<HeldCode> {
    held::list(&office.views, None, 100).into_iter().map(|held| held.code).collect()
}

#[test]
fn a_change_is_one_synced_and_one_local_entry() {
    let mut node = node();
    let decision = node.act(LETTER, None, "register", sample::letter_fields("路灯"), Role::TClerk);
    let streams: Vec<_> = decision.entries.iter().map(|(stream, _)| *stream).collect();
    assert_eq!(streams, [stream(), StreamName::Local(node.site)]);
    let record = node.record(decision.record);
    assert_eq!((record.rev, record.status), (1, 1));
    assert!(!record.fields.contains_key(&3));
    assert_eq!(read::local(&node.views, record.id).get(&3), Some(&Value::Text("张三".into())));
    assert_eq!(record.fields.get(&4), Some(&Value::Text("坎墩人信〔2026〕1号".into())));
    assert_eq!(read::reason(&node.views, record.id, 1).as_deref(), Some("因故"));
    assert!(codes(&node).is_empty());
}

#[test]
fn entries_that_cannot_be_applied_are_held_with_their_reason() {
    let mut node = node();
    let put = |node: &mut Office, entry: crate::record::Entry| node.append(stream(), entry.encode());
    put(&mut node, sample::entry(id(1), LETTER, 1, 1, 1, plain("一")));
    put(&mut node, sample::entry(id(1), LETTER, 3, 0, 0, plain("二"))); // gap
    put(&mut node, sample::entry(id(1), LETTER, 2, 5, 3, plain("三"))); // reply before transfer
    put(&mut node, sample::entry(id(1), LETTER, 2, 0, 0, [(1, Value::Number(4))].into())); // shape
    put(&mut node, sample::entry(id(1), LETTER, 2, 0, 0, [(3, Value::Text("张三".into()))].into())); // private
    put(&mut node, sample::entry(id(2), NOTICE, 1, 3, 2, plain("county"))); // not owner
    node.append(stream(), b"\xff\xff".to_vec());
    node.item(stream(), Item::Withheld(Digest([7; 32])));
    let mut conflicting = sample::entry(id(1), LETTER, 2, 0, 0, plain("四"));
    conflicting.flags = EntryFlags::CONFLICTING;
    put(&mut node, conflicting);
    use HeldCode::*;
    assert_eq!(codes(&node), [Gap, Illegal, Shape, Private, NotOwner, Undecodable, TooLarge, Conflicting]);
    assert_eq!(node.record(id(1)).rev, 1);
    // What is held blocks nothing else.
    put(&mut node, sample::entry(id(1), LETTER, 2, 0, 0, plain("五")));
    assert_eq!(node.record(id(1)).fields.get(&1), Some(&Value::Text("五".into())));
    assert_eq!(node.rebuilt(), node.views);
}

#[test]
fn a_restated_entry_clears_what_is_held_of_its_record() {
    let mut node = node();
    node.append(stream(), sample::entry(id(1), LETTER, 1, 1, 1, plain("一")).encode());
    node.item(stream(), Item::Withheld(Digest([7; 32])));
    node.append(stream(), sample::entry(id(1), LETTER, 3, 0, 0, plain("三")).encode());
    node.append(stream(), sample::entry(id(2), LETTER, 2, 0, 0, plain("别的")).encode());
    assert_eq!(codes(&node), [HeldCode::TooLarge, HeldCode::Gap, HeldCode::Gap]);
    let mut restated = sample::entry(id(1), LETTER, 4, 0, 1, plain("四"));
    restated.flags = EntryFlags::RESTATED;
    node.append(stream(), restated.encode());
    let left = held::list(&node.views, None, 100);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].record, Some(id(2)));
    assert_eq!(node.record(id(1)).rev, 4);
}

#[test]
fn what_a_newer_catalogue_says_is_kept() {
    let mut node = node();
    let strange: Fields = [
        (1, Value::Text("一".into())),
        (2, Value::Date(TODAY)),
        (99, Value::Number(5)),
        (6, Value::Choice(77)),
    ]
    .into();
    node.append(stream(), sample::entry(id(1), LETTER, 1, 1, 1, strange.clone()).encode());
    node.append(stream(), sample::entry(id(1), LETTER, 2, 40, 41, Fields::new()).encode());
    node.append(stream(), sample::entry(id(2), 999, 1, 3, 4, strange.clone()).encode());
    assert!(codes(&node).is_empty());
    assert_eq!(node.record(id(1)).fields, strange);
    assert_eq!(node.record(id(1)).status, 41);
    assert_eq!(node.record(id(2)).fields, strange);
}

#[test]
fn a_record_that_stays_is_written_to_the_local_stream_alone() {
    let mut node = node();
    let mut fields = sample::letter_fields("举报");
    fields.insert(6, Value::Choice(2));
    let decision = node.act(LETTER, None, "register", fields, Role::TClerk);
    assert!(decision.entries.iter().all(|(stream, _)| !stream.travels()));
    let record = node.record(decision.record);
    assert_eq!(record.stream, StreamName::Local(node.site));
    assert!(node.views.0.keys().all(|key| key[0] != tables::TALLY));
    let refusal = node.refused(LETTER, Some(record.id), "edit", [(6, Value::Choice(1))].into(), Role::TClerk);
    assert_eq!(refusal.code(), Some(crate::command::Code::Local));
}

fn county() -> (Office, RecordId) {
    let mut hub = Office::new(Site::Hub);
    let name: Fields = [(1, Value::Text("一片".into())), (2, Value::Date(TODAY.plus(-900)))].into();
    let district = hub.act(sample::DISTRICT, None, "found", name, Role::CAdmin).record;
    for n in [1, 2] {
        join(&mut hub, district, n);
    }
    (hub, district)
}

fn join(hub: &mut Office, district: RecordId, n: u32) {
    let fields = [
        (1, Value::Text("入片".into())),
        (2, Value::Date(TODAY.plus(-900))),
        (4, Value::Number(i64::from(township(n).number()))),
        (5, Value::Link(district)),
    ];
    hub.act(sample::MEMBERSHIP, None, "join", fields.into(), Role::CAdmin);
}

#[test]
fn a_draft_of_the_county_flows_to_the_members_once_it_is_sent() {
    let (mut hub, district) = county();
    let fields: Fields =
        [(1, Value::Text("座谈".into())), (2, Value::Date(TODAY)), (3, Value::Link(district))].into();
    let draft = hub.act(NOTICE, None, "write", fields, Role::COffice);
    assert_eq!(draft.entries[0].0, StreamName::Local(Site::Hub));
    let sent = hub.act(NOTICE, Some(draft.record), "send", Fields::new(), Role::COffice);
    let streams: Vec<_> = sent.entries.iter().map(|(stream, _)| *stream).collect();
    assert_eq!(streams, [StreamName::Down(township(1)), StreamName::Down(township(2))]);
    assert!(sent.entries.iter().all(|(_, entry)| entry.flags.has(EntryFlags::RESTATED)));
    assert!(codes(&hub).is_empty());
    // A township that joins later gets the record whole, the others get the change.
    join(&mut hub, district, 3);
    let closed = hub.act(NOTICE, Some(draft.record), "close", Fields::new(), Role::COffice);
    let whole: Vec<_> = closed
        .entries
        .iter()
        .map(|(stream, entry)| (*stream, entry.flags.has(EntryFlags::RESTATED)))
        .collect();
    assert_eq!(
        whole,
        [
            (StreamName::Down(township(1)), false),
            (StreamName::Down(township(2)), false),
            (StreamName::Down(township(3)), true)
        ]
    );
    assert!(codes(&hub).is_empty(), "{:?}", held::list(&hub.views, None, 9));
    assert_eq!(hub.record(draft.record).rev, 3);
    assert_eq!(hub.rebuilt(), hub.views);
    // Each township folds its own copy alone.
    for n in [1, 3] {
        let mut node = Office::new(Site::Township(township(n)));
        for (stream, item) in hub.log.clone() {
            if [StreamName::DownAll, StreamName::Down(township(n))].contains(&stream) {
                node.item(stream, item);
            }
        }
        assert!(codes(&node).is_empty());
        assert_eq!(node.record(draft.record).status, 3);
    }
}

#[test]
fn every_key_and_stream_reads_back() {
    for stream in
        ["township/330282002", "down/all", "down/330282002", "local/hub", "local/330282002", "meta/hub"]
    {
        let stream: StreamName = stream.parse().expect("a stream name");
        let key = tables::held_key(stream, 9);
        let mut parts = tables::Parts::of(&key);
        assert_eq!((parts.stream(), parts.u64()), (Some(stream), Some(9)));
    }
    let mut days = [TODAY, TODAY.plus(1), crate::record::Day(-1)];
    days.sort();
    let keys = days.map(tables::day_bytes);
    assert!(keys.is_sorted());
    let node = node();
    assert_eq!(node.views.get(&[1]), None);
}
