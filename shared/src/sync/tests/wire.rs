//! What comes from outside is bounded before anything is done with it.

use xianglian_proto::v1 as pb;

use super::pair;
use crate::limits;
use crate::sync::NodeSession;
use crate::sync::message::{NodeMessage, RefusalCode};
use crate::sync::wire::WireError;

fn hello() -> pb::Hello {
    let pair = pair();
    let mut node = NodeSession::start(pair.now, &pair.node, pair.node_setup.clone()).expect("stores work");
    let message = node.poll(&pair.node).expect("stores work").expect("a hello");
    match pb::NodeMessage::from(message).kind {
        Some(pb::node_message::Kind::Hello(hello)) => hello,
        other => panic!("{other:?}"),
    }
}

fn read(hello: pb::Hello) -> Result<NodeMessage, WireError> {
    pb::NodeMessage { kind: Some(pb::node_message::Kind::Hello(hello)) }.try_into()
}

#[test]
fn a_hello_out_of_bounds_is_named() {
    assert!(read(hello()).is_ok());
    let state = || hello().streams[0].clone();
    let cases: [(&str, pb::Hello); 7] = [
        ("township", pb::Hello { township: "33028200".to_owned(), ..hello() }),
        ("instance", pb::Hello { instance: vec![1; 15], ..hello() }),
        ("token", pb::Hello { token: vec![1; 17], ..hello() }),
        ("streams", pb::Hello { streams: vec![state(); limits::HELLO_STREAMS_MAX + 1], ..hello() }),
        ("head", pb::Hello { streams: vec![pb::StreamState { head: vec![0; 31], ..state() }], ..hello() }),
        ("software", pb::Hello { software: "x".repeat(limits::SESSION_TEXT_CHARS_MAX + 1), ..hello() }),
        (
            "capabilities",
            pb::Hello { capabilities: vec![String::new(); limits::CAPABILITIES_MAX + 1], ..hello() },
        ),
    ];
    for (what, hello) in cases {
        assert_eq!(read(hello).map_err(|error| error.what), Err(what));
    }
}

#[test]
fn streams_of_a_later_version_are_left_out() {
    let mut newer = hello();
    newer.streams.push(pb::StreamState { stream: "district/4".to_owned(), ..hello().streams[0].clone() });
    let Ok(NodeMessage::Hello(read)) = read(newer) else { panic!("a hello") };
    assert_eq!(read.streams.len(), 3);
}

#[test]
fn a_message_without_a_known_kind_is_none() {
    assert!(NodeMessage::try_from(pb::NodeMessage { kind: None }).is_err());
    let points = vec![pb::Point { seq: 1, head: vec![0; 32] }; limits::SKETCH_POINTS_MAX + 1];
    let sketch = pb::Sketch { stream: "down/all".to_owned(), points, salvage: false };
    let message = pb::NodeMessage { kind: Some(pb::node_message::Kind::Sketch(sketch)) };
    assert_eq!(NodeMessage::try_from(message).map_err(|error| error.what), Err("points"));
}

/// Numbers of refusals are on other machines' disks and in their translations.
#[test]
fn numbers_of_refusals_are_frozen() {
    let numbers: Vec<u32> = RefusalCode::KNOWN.into_iter().map(RefusalCode::number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for code in RefusalCode::KNOWN {
        assert_eq!(RefusalCode::from_number(code.number()), code);
    }
    assert_eq!(RefusalCode::from_number(77), RefusalCode::Unknown(77));
}
