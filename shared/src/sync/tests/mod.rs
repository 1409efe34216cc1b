//! Sessions between two halves in one process.

mod cases;
mod hostile;
mod nights;
mod random;
mod sizes;
mod wire;

use super::message::StreamState;
use super::note;
use super::pair::{NotesOnly, Pair, Report};
use crate::ids::StreamName;
use crate::store::Store;
use crate::stream::{Digest, Item};

fn open() -> Store {
    NotesOnly::store()
}

fn pair() -> Pair {
    Pair::new(open)
}

/// Another store with the same streams: a backup, or a machine that was copied.
#[track_caller]
fn copy(store: &Store) -> Store {
    let copy = open();
    for (stream, head) in store.streams() {
        let mut next = 1;
        while next <= head.len {
            let frame =
                store.run(stream, next..=head.len, usize::MAX, usize::MAX).expect("readable").expect("there");
            next += frame.items.len() as u64;
            copy.write(|tx| tx.append_frame(&frame)).expect("follows");
        }
    }
    copy
}

/// Digests of a stream's entries in order.
#[track_caller]
fn digests(store: &Store, stream: StreamName) -> Vec<Digest> {
    let len = store.head(stream).len;
    let items = super::branch::items(store, stream, 1, len).expect("readable");
    assert_eq!(items.len() as u64, len);
    items.iter().map(Item::digest).collect()
}

/// Sessions until one changes nothing; at most eight.
#[track_caller]
fn until_quiet(pair: &mut Pair) -> Vec<Report> {
    let mut reports = Vec::new();
    for _ in 0..8 {
        let report = pair.session().expect("stores work");
        let quiet = report.done() && report.messages.len() == 2;
        reports.push(report);
        if quiet {
            assert!(pair.agree());
            return reports;
        }
    }
    panic!("never quiet: {reports:#?}");
}

#[track_caller]
fn done(pair: &mut Pair) -> Report {
    let report = pair.session().expect("stores work");
    assert!(report.done(), "{report:#?}");
    report
}

fn acked(pair: &Pair) -> Option<StreamState> {
    pair.node.read(note::node_state).acked
}
