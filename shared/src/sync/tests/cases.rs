//! Every case of DESIGN §4, whole and cut at every message.

use std::collections::BTreeSet;

use super::{acked, copy, digests, done, open, pair, until_quiet};
use crate::ids::StreamName;
use crate::stream::Digest;
use crate::sync::message::{Instance, Notice, RefusalCode};
use crate::sync::note::{self, EventKind, Progress};
use crate::sync::pair::Pair;
use crate::sync::session::{Failure, Outcome, Recovered, Watermark};

/// How two machines came to differ.
struct Case {
    name: &'static str,
    make: fn(&mut Pair),
    /// Messages of the session that puts it right.
    messages: &'static [&'static str],
}

#[track_caller]
fn node(pair: &mut Pair, count: usize) {
    pair.node_writes(count).expect("stores work");
}

#[track_caller]
fn hub(pair: &mut Pair, stream: StreamName, count: usize) {
    pair.hub_writes(stream, count).expect("stores work");
}

fn grown(pair: &mut Pair) {
    node(pair, 10);
    hub(pair, StreamName::DownAll, 10);
    let down = pair.down();
    hub(pair, down, 10);
    done(pair);
}

const CASES: &[Case] = &[
    Case { name: "new and empty", make: |_| {}, messages: &["HELLO", "welcome"] },
    Case { name: "equal", make: grown, messages: &["HELLO", "welcome"] },
    Case {
        name: "node ahead",
        make: |p| {
            grown(p);
            node(p, 5);
        },
        messages: &["HELLO", "welcome", "BATCH", "FINISHED", "ack", "receipt"],
    },
    Case {
        name: "hub ahead",
        make: |p| {
            grown(p);
            hub(p, StreamName::DownAll, 5);
        },
        messages: &["HELLO", "welcome", "batch", "ACK", "FINISHED", "receipt"],
    },
    Case {
        name: "both ahead",
        make: |p| {
            node(p, 7);
            hub(p, StreamName::DownAll, 5);
        },
        messages: &["HELLO", "welcome", "batch", "ACK", "BATCH", "FINISHED", "ack", "receipt"],
    },
    Case {
        name: "node restored",
        make: |p| {
            grown(p);
            let backup = copy(&p.node);
            node(p, 5);
            hub(p, StreamName::DownAll, 5);
            done(p);
            p.node = backup;
        },
        messages: &["HELLO", "welcome", "batch", "batch", "ACK", "ACK", "FINISHED", "receipt"],
    },
    Case {
        name: "node restored, then wrote",
        make: |p| {
            grown(p);
            let backup = copy(&p.node);
            node(p, 5);
            done(p);
            p.node = backup;
            node(p, 8);
        },
        messages: &[
            "HELLO", "welcome", "SKETCH", "agreed", "batch", "ACK", "BATCH", "FINISHED", "ack", "receipt",
        ],
    },
    Case {
        name: "node restored to nothing, then wrote",
        make: |p| {
            grown(p);
            node(p, 5);
            done(p);
            p.node = open();
            node(p, 3);
        },
        messages: &[
            "HELLO", "welcome", "SKETCH", "batch", "batch", "agreed", "batch", "ACK", "ACK", "ACK", "BATCH",
            "FINISHED", "ack", "receipt",
        ],
    },
    Case {
        name: "hub restored",
        make: |p| {
            grown(p);
            let backup = copy(&p.hub);
            node(p, 5);
            hub(p, StreamName::DownAll, 5);
            done(p);
            p.hub = backup;
        },
        messages: &["HELLO", "welcome", "BATCH", "BATCH", "FINISHED", "ack", "ack", "receipt"],
    },
    Case {
        name: "hub restored, then wrote down",
        make: |p| {
            grown(p);
            let backup = copy(&p.hub);
            node(p, 5);
            hub(p, StreamName::DownAll, 5);
            done(p);
            p.hub = backup;
            hub(p, StreamName::DownAll, 3);
        },
        messages: &[
            "HELLO", "welcome", "SKETCH", "BATCH", "agreed", "ack", "BATCH", "ack", "batch", "ACK",
            "FINISHED", "receipt",
        ],
    },
    Case {
        name: "hub restored, then wrote more than was lost",
        make: |p| {
            grown(p);
            let backup = copy(&p.hub);
            let down = p.down();
            hub(p, down, 5);
            done(p);
            p.hub = backup;
            hub(p, down, 30);
            hub(p, StreamName::DownAll, 30);
        },
        messages: &[
            "HELLO", "welcome", "SKETCH", "batch", "agreed", "ACK", "BATCH", "ack", "batch", "ACK",
            "FINISHED", "receipt",
        ],
    },
    Case {
        name: "hub lost everything",
        make: |p| {
            grown(p);
            p.hub = open();
        },
        messages: &[
            "HELLO", "welcome", "BATCH", "BATCH", "BATCH", "FINISHED", "ack", "ack", "ack", "receipt",
        ],
    },
    Case {
        name: "both restored, then both wrote",
        make: |p| {
            grown(p);
            let (node_backup, hub_backup) = (copy(&p.node), copy(&p.hub));
            node(p, 6);
            hub(p, StreamName::DownAll, 6);
            done(p);
            (p.node, p.hub) = (node_backup, hub_backup);
            node(p, 3);
            hub(p, StreamName::DownAll, 3);
        },
        messages: &["HELLO", "welcome", "batch", "ACK", "BATCH", "FINISHED", "ack", "receipt"],
    },
];

/// Everything that any of the stores holds of a stream.
fn everything(pair: &Pair, stream: StreamName) -> BTreeSet<Digest> {
    digests(&pair.node, stream).into_iter().chain(digests(&pair.hub, stream)).collect()
}

#[test]
fn every_case_is_put_right_in_one_session() {
    for case in CASES {
        let mut pair = pair();
        (case.make)(&mut pair);
        let report = done(&mut pair);
        let streams = [pair.own(), pair.down(), StreamName::DownAll];
        assert!(pair.agree(), "{}", case.name);
        let mut messages = report.messages.clone();
        let mut expected = case.messages.to_vec();
        // Which of two batches in flight arrives first is of no interest.
        messages.sort_unstable();
        expected.sort_unstable();
        assert_eq!(messages, expected, "{}: {:?}", case.name, report.messages);
        assert!(
            Progress::of(&pair.node, pair.node_setup.township).expect("readable").synced(),
            "{}",
            case.name
        );
        let after = until_quiet(&mut pair);
        assert_eq!(after.len(), 1, "{}", case.name);
        for stream in streams {
            assert_eq!(digests(&pair.hub, stream), digests(&pair.node, stream));
        }
    }
}

#[test]
fn cut_at_any_message_and_repeated_the_end_is_the_same() {
    for case in CASES {
        let mut whole = pair();
        (case.make)(&mut whole);
        let streams = [whole.own(), whole.down(), StreamName::DownAll];
        let all = streams.map(|stream| everything(&whole, stream));
        let count = done(&mut whole).messages.len();
        until_quiet(&mut whole);
        for cut in 0..count {
            // Once cut there, and cut there again and again.
            for times in [1, 3] {
                let mut pair = pair();
                (case.make)(&mut pair);
                for _ in 0..times {
                    let report = pair.session_cut(cut).expect("stores work");
                    assert_ne!(report.hub, Some(Outcome::Failed(Failure::Silence)));
                }
                until_quiet(&mut pair);
                assert!(!partial(&pair), "{} cut at {cut}: the hub holds what the node has", case.name);
                for (stream, all) in streams.into_iter().zip(&all) {
                    let end = digests(&pair.hub, stream);
                    assert_eq!(end, digests(&pair.node, stream), "{} cut at {cut}", case.name);
                    let set: BTreeSet<Digest> = end.iter().copied().collect();
                    assert_eq!(set.len(), end.len(), "{} cut at {cut}: doubles in {stream}", case.name);
                    assert_eq!(&set, all, "{} cut at {cut}: {stream}", case.name);
                    assert_eq!(
                        end,
                        digests(&whole.hub, stream),
                        "{} cut at {cut}: order in {stream}",
                        case.name
                    );
                }
            }
        }
    }
}

/// Whether the hub holds less of the node's own stream than the node said to have in the last session.
fn partial(pair: &Pair) -> bool {
    let state = pair.hub.read(|view| note::township_state(view, pair.node_setup.township));
    state.session.is_some_and(|session| pair.hub.head(pair.own()).len < session.own_len)
}

#[test]
fn the_hub_knows_that_a_session_brought_only_part() {
    let mut pair = pair();
    // More than one batch.
    node(&mut pair, 9_000);
    let whole = copy(&pair.node);
    let messages = done(&mut pair).messages;
    assert!(!partial(&pair) && messages.iter().filter(|kind| **kind == "BATCH").count() > 1, "{messages:?}");
    node(&mut pair, 9_000);
    // HELLO, welcome, and the first BATCH.
    pair.session_cut(3).expect("stores work");
    assert!(partial(&pair) && pair.hub.head(pair.own()).len > whole.head(pair.own()).len);
    done(&mut pair);
    assert!(!partial(&pair));
}

#[test]
fn a_restored_node_is_told_and_what_came_back_is_counted() {
    let mut pair = pair();
    grown(&mut pair);
    let backup = copy(&pair.node);
    node(&mut pair, 5);
    done(&mut pair);
    // Seven more were made and never sent.
    let mark = Watermark { len: 22, at: 77, kept: 10 };
    node(&mut pair, 7);
    pair.node = backup;
    node(&mut pair, 3);
    pair.node_setup.mark = Some(mark);
    let report = done(&mut pair);
    // The backup was taken before the answer to its own session was noted.
    let recovered = Recovered { taken_back: 5, reappended: 3, lost: 7, lost_since: 77 };
    assert_eq!(report.node_summary.recovered.map(|r| (r.reappended, r.lost, r.lost_since)), Some((3, 7, 77)));
    assert!(report.node_summary.recovered.is_some_and(|r| r.taken_back >= recovered.taken_back));
    assert!(report.node_summary.mark_settled);
    let noted = pair.node.read(note::recoveries);
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].reappended, noted[0].lost), (3, 7));
}

#[test]
fn an_older_token_from_the_same_installation_is_noticed() {
    let mut pair = pair();
    grown(&mut pair);
    let backup = copy(&pair.node);
    for _ in 0..3 {
        node(&mut pair, 1);
        done(&mut pair);
    }
    pair.node = backup;
    let report = done(&mut pair);
    assert_eq!(report.node_summary.notice, Some(Notice::Restored));
    let events = pair.hub.read(note::hub_events);
    assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [EventKind::NodeRestored.number()]);
}

#[test]
fn a_hub_that_went_back_says_by_how_much() {
    let mut pair = pair();
    grown(&mut pair);
    let backup = copy(&pair.hub);
    node(&mut pair, 9);
    done(&mut pair);
    pair.hub = backup;
    assert!(Progress::of(&pair.node, pair.node_setup.township).expect("readable").synced());
    // As soon as the node hears it, it is no longer green.
    pair.session_cut(2).expect("stores work");
    assert_eq!(Progress::of(&pair.node, pair.node_setup.township).expect("readable").waiting(), 9);
    done(&mut pair);
    let events = pair.hub.read(note::hub_events);
    assert_eq!(
        events.iter().map(|event| (event.kind, event.count)).collect::<Vec<_>>(),
        [(EventKind::HubWentBack.number(), 0)].map(|(kind, _)| (kind, 9))
    );
}

/// Two machines from one folder and one sidecar: both write and sync in turn.
#[test]
fn of_two_clones_one_is_stopped_and_the_work_of_both_survives() {
    let mut pair = pair();
    grown(&mut pair);
    let mut other = copy(&pair.node);
    let mut refused = Vec::new();
    for round in 0..4 {
        for machine in ["first", "second"] {
            node(&mut pair, 2);
            let report = pair.session().expect("stores work");
            if !report.done() {
                refused.push((round, machine, report.node.clone()));
            }
            std::mem::swap(&mut pair.node, &mut other);
        }
    }
    let code = |outcome: &Option<Outcome>| match outcome {
        Some(Outcome::Failed(failure)) => failure.code(),
        _ => None,
    };
    assert_eq!(
        refused.first().map(|(round, machine, outcome)| (*round, *machine, code(outcome))),
        Some((1, "second", Some(RefusalCode::Clone)))
    );
    assert!(refused.iter().all(|(_, machine, _)| *machine == "second"), "{refused:?}");
    assert_eq!(
        pair.hub
            .read(note::hub_events)
            .iter()
            .filter(|event| event.kind == EventKind::Clone.number())
            .count(),
        1
    );
    // Enrolled as a new office PC, the second keeps its unsent work.
    let all: BTreeSet<Digest> =
        everything(&pair, pair.own()).into_iter().chain(digests(&other, pair.own())).collect();
    std::mem::swap(&mut pair.node, &mut other);
    let instance = Instance([0x77; 16]);
    pair.enrol(instance).expect("stores work");
    until_quiet(&mut pair);
    assert_eq!(everything(&pair, pair.own()), all);
    assert_eq!(digests(&pair.hub, pair.own()).len(), all.len(), "nothing twice");
}

#[test]
fn another_installation_must_be_enrolled() {
    for instance in [None, Some(Instance([1; 16]))] {
        let mut pair = pair();
        grown(&mut pair);
        node(&mut pair, 1);
        pair.node_setup.instance = instance;
        let report = pair.session().expect("stores work");
        assert_eq!(report.messages, ["HELLO", "refusal"]);
        assert!(
            matches!(&report.node, Some(Outcome::Failed(failure)) if failure.code() == Some(RefusalCode::NewMachine))
        );
        assert_eq!(pair.hub.head(pair.own()).len, 10);
    }
}

#[test]
fn a_wrong_clock_is_reported_and_decides_nothing() {
    for ahead in [-16 * 365 * 86_400_000i64, 0, 86_400_000, i64::MAX / 2] {
        let mut pair = pair();
        pair.node_clock_ahead_ms = ahead;
        grown(&mut pair);
        node(&mut pair, 3);
        let report = done(&mut pair);
        assert!(
            (report.node_summary.clock_offset + ahead).abs() < 100,
            "{ahead}: {}",
            report.node_summary.clock_offset
        );
        assert!((report.hub_summary.clock_offset - ahead).abs() < 100);
        until_quiet(&mut pair);
    }
}

#[test]
fn a_cut_session_leaves_true_notes() {
    let mut pair = pair();
    node(&mut pair, 5);
    // Hello, welcome, batch, finished, ack: the receipt is lost.
    pair.session_cut(5).expect("stores work");
    assert_eq!(acked(&pair).map(|state| state.head.len), Some(5));
    let state = pair.node.read(note::node_state);
    assert_eq!((state.failure.map(|(code, _)| code), state.synced_at), (Some(100), 0));
    assert!(state.token.is_some(), "the hub has stored it");
    // Repeated failures of one kind are noted once in a while.
    let before = pair.node.head(StreamName::Meta(crate::ids::Site::Township(pair.node_setup.township))).len;
    for _ in 0..20 {
        pair.session_cut(0).expect("stores work");
    }
    assert_eq!(
        pair.node.head(StreamName::Meta(crate::ids::Site::Township(pair.node_setup.township))).len,
        before
    );
}
