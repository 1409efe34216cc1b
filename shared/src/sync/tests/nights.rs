//! What the hub notes of a session: how it ended, and what the node then has.

use super::{done, pair};
use crate::ids::StreamName;
use crate::record::Day;
use crate::sync::nights::{self, Down, Night, night_of};
use crate::sync::note;
use crate::sync::pair::Pair;

const DAY_MS: i64 = 86_400_000;

fn heard(pair: &Pair) -> Vec<(Day, Night)> {
    let township = pair.hub_setup.township;
    pair.hub.read(|view| nights::nights(view, township, Day(i32::MIN), Day(i32::MAX)))
}

fn handed(pair: &Pair, down: Down, entries: u64) -> Option<i64> {
    pair.hub.read(|view| nights::handed(view, pair.hub_setup.township, down, entries))
}

#[test]
fn a_session_that_moved_something_is_noted_with_its_end() {
    let mut pair = pair();
    pair.node_writes(10).expect("stores work");
    pair.hub_writes(StreamName::DownAll, 4).expect("stores work");
    let own = pair.down();
    pair.hub_writes(own, 3).expect("stores work");
    let at = pair.now.unix_ms;
    done(&mut pair);
    let [(night, told)] = heard(&pair)[..] else { panic!("{:?}", heard(&pair)) };
    assert_eq!(night, night_of(at));
    assert_eq!((told.begun, told.completed, told.received, told.sent, told.held), (1, 1, 10, 7, 0));
    assert!(told.first_at >= at && told.first_at == told.last_at);

    assert_eq!(handed(&pair, Down::All, 4), Some(told.last_at));
    assert_eq!(handed(&pair, Down::All, 1), Some(told.last_at), "what is before it is there too");
    assert_eq!(handed(&pair, Down::All, 5), None);
    assert_eq!(handed(&pair, Down::Own, 3), Some(told.last_at));
    let has = pair.hub.read(|view| note::township_state(view, pair.hub_setup.township)).has;
    assert_eq!(has.map(|has| (has.all, has.own)), Some((4, 3)));
}

#[test]
fn a_session_with_nothing_to_do_completes_its_night() {
    let mut pair = pair();
    pair.node_writes(2).expect("stores work");
    done(&mut pair);
    pair.tick(DAY_MS);
    done(&mut pair);
    let told: Vec<(u32, u32, u64)> =
        heard(&pair).iter().map(|(_, n)| (n.begun, n.completed, n.received)).collect();
    assert_eq!(told, [(1, 1, 2), (0, 1, 0)]);
    assert_eq!(heard(&pair)[0].0.plus(1), heard(&pair)[1].0);
}

/// However early it is cut, a session without a receipt completes nothing; the next one tells what the node has.
#[test]
fn a_session_that_is_cut_completes_nothing() {
    let mut whole = pair();
    whole.node_writes(3).expect("stores work");
    whole.hub_writes(StreamName::DownAll, 3).expect("stores work");
    let messages = done(&mut whole).messages;
    let finished = messages.iter().position(|message| *message == "FINISHED").expect("it finishes");
    for cut in 1..=finished {
        let mut pair = pair();
        pair.node_writes(3).expect("stores work");
        pair.hub_writes(StreamName::DownAll, 3).expect("stores work");
        pair.session_cut(cut).expect("stores work");
        assert!(heard(&pair).iter().all(|(_, night)| night.completed == 0), "cut at {cut}");
        assert_eq!(handed(&pair, Down::All, 1), None, "cut at {cut}");
        done(&mut pair);
        assert!(heard(&pair).iter().any(|(_, night)| night.completed == 1), "cut at {cut}");
        assert!(handed(&pair, Down::All, 3).is_some(), "cut at {cut}");
    }
}

/// What was once handed over stays handed over, also when the node's folder is restored.
#[test]
fn what_was_handed_over_keeps_its_first_time() {
    let mut pair = pair();
    pair.hub_writes(StreamName::DownAll, 2).expect("stores work");
    let backup = super::copy(&pair.node);
    done(&mut pair);
    let first = handed(&pair, Down::All, 2).expect("handed over");
    pair.node = backup;
    pair.tick(DAY_MS);
    done(&mut pair);
    assert_eq!(handed(&pair, Down::All, 2), Some(first));
    assert_eq!(heard(&pair).len(), 2);
}
