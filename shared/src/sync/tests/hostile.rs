//! Peers that are wrong, old, or lying.

use std::sync::Arc;

use super::{done, pair};
use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::limits;
use crate::store::StoreError;
use crate::stream::{Frame, FrameFlags, Head, Item};
use crate::sync::message::{Batch, Hello, HubMessage, NodeMessage, RefusalCode, StreamState};
use crate::sync::note::Progress;
use crate::sync::pack::{UnpackError, pack, unpack};
use crate::sync::pair::{HashKey, Pair};
use crate::sync::session::{Failure, Outcome};
use crate::sync::{HubSession, NodeSession};

fn frame(stream: StreamName, after: Head, entries: &[&str]) -> Frame {
    let items = entries.iter().map(|entry| Item::Entry(entry.as_bytes().to_vec())).collect();
    Frame {
        flags: FrameFlags::default(),
        stream,
        epoch: Epoch(3),
        first: after.len + 1,
        prev: after.hash,
        items,
    }
}

/// The hello of the pair's node, and a hub that waits for it.
fn greeting(pair: &Pair) -> (Hello, HubSession) {
    let mut node = NodeSession::start(pair.now, &pair.node, pair.node_setup.clone()).expect("stores work");
    let Some(NodeMessage::Hello(hello)) = node.poll(&pair.node).expect("stores work") else {
        panic!("no hello")
    };
    (hello, HubSession::start(pair.now, pair.hub_setup.clone()))
}

#[track_caller]
fn say(pair: &Pair, hub: &mut HubSession, message: NodeMessage) -> Vec<HubMessage> {
    hub.handle(pair.now, &pair.hub, message).expect("stores work");
    std::iter::from_fn(|| hub.poll(&pair.hub).expect("stores work")).collect()
}

#[track_caller]
fn refused(answers: &[HubMessage], code: RefusalCode) {
    assert!(matches!(answers, [HubMessage::Refusal(refusal)] if refusal.code == code), "{answers:?}");
}

/// A hub that has heard the hello of a node with one entry more.
fn open_session(pair: &mut Pair) -> HubSession {
    pair.node_writes(1).expect("stores work");
    let (hello, mut hub) = greeting(pair);
    let answers = say(pair, &mut hub, NodeMessage::Hello(hello));
    assert!(matches!(answers[0], HubMessage::Welcome(_)));
    hub
}

#[test]
fn a_protocol_too_old_is_told_the_version_it_needs() {
    let pair = pair();
    let (mut hello, mut hub) = greeting(&pair);
    hello.protocol = 0;
    let answers = say(&pair, &mut hub, NodeMessage::Hello(hello));
    refused(&answers, RefusalCode::ProtocolOld);
    assert!(matches!(&answers[0], HubMessage::Refusal(refusal) if refusal.detail == "1"));
}

#[test]
fn a_newer_node_is_answered_in_the_version_of_the_hub() {
    let pair = pair();
    let (mut hello, mut hub) = greeting(&pair);
    hello.protocol = 9;
    hello.capabilities = vec!["of a later day".to_owned()];
    let answers = say(&pair, &mut hub, NodeMessage::Hello(hello));
    assert!(matches!(&answers[0], HubMessage::Welcome(welcome) if welcome.protocol == 1));
}

#[test]
fn another_township_is_refused() {
    let mut pair = pair();
    pair.node_setup.township = TownshipCode::from_number(330_282_003).expect("nine digits");
    let report = pair.session().expect("stores work");
    assert!(
        matches!(report.node, Some(Outcome::Failed(Failure::Refused(refusal))) if refusal.code == RefusalCode::NotYours)
    );
}

#[test]
fn frames_of_streams_that_are_not_the_nodes_are_refused() {
    let other = TownshipCode::from_number(330_282_003).expect("nine digits");
    let mut pair = pair();
    let own = pair.node_setup.township;
    let streams = [
        StreamName::Township(other),
        StreamName::Down(other),
        StreamName::Down(own),
        StreamName::DownAll,
        StreamName::Local(Site::Township(own)),
        StreamName::Local(Site::Hub),
        StreamName::Meta(Site::Hub),
        StreamName::Meta(Site::Township(own)),
    ];
    for stream in streams {
        let mut hub = open_session(&mut pair);
        let answers =
            say(&pair, &mut hub, NodeMessage::Batch(pack(&frame(stream, Head::empty(stream), &["forged"]))));
        let asked = matches!(stream, StreamName::DownAll) || stream == StreamName::Down(own);
        refused(&answers, if asked { RefusalCode::Restart } else { RefusalCode::NotYours });
        assert!(stream == StreamName::Meta(Site::Hub) || pair.hub.head(stream).len == 0, "{stream}");
    }
}

#[test]
fn nobody_but_the_hub_writes_down() {
    let mut pair = pair();
    pair.hub_writes(StreamName::DownAll, 3).expect("stores work");
    done(&mut pair);
    // The node claims to hold more than the hub, and to be given back what it made up.
    let head = pair.hub.head(StreamName::DownAll);
    let forged = frame(StreamName::DownAll, head, &["a notice that the county never gave"]);
    for key in [None, Some(HashKey([1; 32]))] {
        let (mut hello, mut hub) = greeting(&pair);
        for state in hello.streams.iter_mut().filter(|state| state.stream == StreamName::DownAll) {
            state.head = forged.head();
        }
        say(&pair, &mut hub, NodeMessage::Hello(hello));
        let mut batch = pack(&forged);
        let state = StreamState { stream: StreamName::DownAll, head: forged.head(), forked: false };
        if let Some(key) = key {
            batch.proof = crate::sync::receipt::Sign::sign(&key, &crate::sync::receipt::state_bytes(&state));
        }
        let answers = say(&pair, &mut hub, NodeMessage::Batch(batch));
        match key {
            None => assert!(
                matches!(answers.as_slice(), [HubMessage::Ack(state)] if state.head.len == 3),
                "{answers:?}"
            ),
            Some(_) => refused(&answers, RefusalCode::NotYours),
        }
        assert_eq!(pair.hub.head(StreamName::DownAll), head);
    }
}

#[test]
fn what_does_not_follow_is_refused_and_changes_nothing() {
    let mut pair = pair();
    pair.node_writes(4).expect("stores work");
    done(&mut pair);
    let own = pair.own();
    let head = pair.hub.head(own);
    let gap = Head { len: head.len + 2, ..head };
    let twisted = Head { len: 2, ..head };
    for after in [gap, twisted] {
        let mut hub = open_session(&mut pair);
        refused(
            &say(&pair, &mut hub, NodeMessage::Batch(pack(&frame(own, after, &["x"])))),
            RefusalCode::Restart,
        );
        assert_eq!(pair.hub.head(own), head);
    }
}

#[test]
fn a_batch_that_comes_twice_is_stored_once() {
    let mut pair = pair();
    let mut hub = open_session(&mut pair);
    let own = pair.own();
    let batch = pack(&pair.node.run(own, 1..=1, usize::MAX, usize::MAX).expect("readable").expect("there"));
    for _ in 0..3 {
        let answers = say(&pair, &mut hub, NodeMessage::Batch(batch.clone()));
        assert!(matches!(answers.as_slice(), [HubMessage::Ack(state)] if state.head.len == 1), "{answers:?}");
    }
    // Part of it is there, part of it is new.
    pair.node_writes(3).expect("stores work");
    let longer = pack(&pair.node.run(own, 1..=4, usize::MAX, usize::MAX).expect("readable").expect("there"));
    let answers = say(&pair, &mut hub, NodeMessage::Batch(longer));
    let expected = pair.node.run(own, 1..=4, usize::MAX, usize::MAX).expect("readable").expect("there");
    if expected.items.len() == 4 {
        assert!(matches!(answers.as_slice(), [HubMessage::Ack(state)] if state.head.len == 4), "{answers:?}");
    }
}

#[test]
fn messages_out_of_turn_end_the_session() {
    let mut pair = pair();
    let own = pair.own();
    let early = [
        NodeMessage::Batch(pack(&frame(own, Head::empty(own), &["x"]))),
        NodeMessage::Finished(Vec::new()),
        NodeMessage::Ack(StreamState { stream: own, head: Head::empty(own), forked: false }),
    ];
    for message in early {
        let (_, mut hub) = greeting(&pair);
        refused(&say(&pair, &mut hub, message), RefusalCode::Restart);
    }
    let mut hub = open_session(&mut pair);
    let (hello, _) = greeting(&pair);
    refused(&say(&pair, &mut hub, NodeMessage::Hello(hello)), RefusalCode::Restart);
}

#[test]
fn a_session_that_a_newer_one_has_replaced_stores_nothing() {
    let mut pair = pair();
    let mut old = open_session(&mut pair);
    let own = pair.own();
    let first = pack(&pair.node.run(own, 1..=1, usize::MAX, usize::MAX).expect("readable").expect("there"));
    say(&pair, &mut old, NodeMessage::Batch(first));
    pair.node_writes(1).expect("stores work");
    done(&mut pair);
    pair.node_writes(1).expect("stores work");
    let third = pack(&pair.node.run(own, 3..=3, usize::MAX, usize::MAX).expect("readable").expect("there"));
    refused(&say(&pair, &mut old, NodeMessage::Batch(third)), RefusalCode::Superseded);
    assert_eq!(pair.hub.head(own).len, 2);
}

/// A restored folder in which a clerk saves something while the hub's answer is on its way.
#[test]
fn what_is_saved_between_hello_and_welcome_is_not_taken_for_the_hubs() {
    let mut pair = pair();
    pair.node_writes(4).expect("stores work");
    done(&mut pair);
    let backup = super::copy(&pair.node);
    pair.node_writes(9).expect("stores work");
    done(&mut pair);
    pair.node = backup;
    let mut node = NodeSession::start(pair.now, &pair.node, pair.node_setup.clone()).expect("stores work");
    let mut hub = HubSession::start(pair.now, pair.hub_setup.clone());
    let hello = node.poll(&pair.node).expect("stores work").expect("a hello");
    let answers = say(&pair, &mut hub, hello);
    pair.node_writes(2).expect("stores work");
    for answer in answers {
        node.handle(pair.now, &pair.node, answer).expect("stores work");
    }
    let progress = Progress::of(&pair.node, pair.node_setup.township).expect("readable");
    assert!(progress.acked <= 4, "{progress:?}");
    super::until_quiet(&mut pair);
    assert_eq!(pair.hub.head(pair.own()).len, 15);
}

#[test]
fn silence_ends_both_halves() {
    let mut pair = pair();
    let mut hub = open_session(&mut pair);
    let mut node = NodeSession::start(pair.now, &pair.node, pair.node_setup.clone()).expect("stores work");
    assert_eq!(node.poll_timeout(), Some(pair.now.ticks_ms + limits::SESSION_SILENCE_MS));
    pair.tick(limits::SESSION_SILENCE_MS - 1);
    node.expire(pair.now, &pair.node).expect("stores work");
    hub.expire(pair.now);
    assert!(node.outcome().is_none() && hub.outcome().is_none());
    pair.tick(1);
    node.expire(pair.now, &pair.node).expect("stores work");
    hub.expire(pair.now);
    assert_eq!(node.outcome(), Some(&Outcome::Failed(Failure::Silence)));
    assert_eq!(hub.outcome(), Some(&Outcome::Failed(Failure::Silence)));
    assert_eq!(node.poll_timeout(), None);
}

#[test]
fn batches_are_unpacked_within_bounds() -> Result<(), StoreError> {
    let own = pair().own();
    let long = "0".repeat(100_000);
    let good = pack(&frame(own, Head::empty(own), &[&long]));
    assert!(good.packed_from > 0 && good.frame.len() < 1000);
    assert!(unpack(&good).is_ok());
    let too_long = Batch { packed_from: u32::MAX, ..good.clone() };
    assert!(matches!(unpack(&too_long), Err(UnpackError::Length { .. })));
    for packed_from in [1, 99_999, 200_000] {
        assert_eq!(unpack(&Batch { packed_from, ..good.clone() }), Err(UnpackError::Packing));
    }
    let bomb = zstd::bulk::compress(&vec![0; 50_000_000], 3).expect("compresses");
    assert_eq!(unpack(&Batch { frame: bomb, packed_from: 1000, ..good.clone() }), Err(UnpackError::Packing));
    for at in 0..good.frame.len() {
        let mut frame = good.frame.clone();
        frame[at] ^= 0x10;
        // Either seen here, or the chain and the entries are what they were.
        let _ = unpack(&Batch { frame, ..good.clone() }).map(|frame| assert_eq!(frame.first, 1));
    }
    let mut flagged = frame(own, Head::empty(own), &["x"]);
    flagged.flags = FrameFlags(FrameFlags::REBASE);
    assert_eq!(unpack(&pack(&flagged)), Err(UnpackError::Form));
    assert_eq!(unpack(&pack(&frame(own, Head::empty(own), &[]))), Err(UnpackError::Form));
    Ok(())
}

#[test]
fn a_receipt_that_the_hub_did_not_sign_is_not_taken() {
    let mut pair = pair();
    pair.node_writes(2).expect("stores work");
    pair.hub_setup.keys = Arc::new(HashKey([1; 32]));
    let report = pair.session().expect("stores work");
    assert!(
        matches!(report.node, Some(Outcome::Failed(Failure::Refusing(refusal))) if refusal.code == RefusalCode::Malformed)
    );
    assert_eq!(pair.node.read(crate::sync::note::last_receipt), None);
}
