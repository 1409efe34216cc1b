//! What a session costs on the wire, and entries that are too large.

use super::{digests, done, pair, until_quiet};
use crate::ids::{Epoch, Site, StreamName};
use crate::limits;
use crate::record::{Actor, Entry, EntryFlags, Fields, Role, Value};
use crate::stream::{Digest, Item};
use crate::{ids::RecordId, sync::branch};

/// A change of one record as the offices make it: a status and two fields.
fn change(n: u64) -> Vec<u8> {
    let mut random = [0; 10];
    random[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    let at = 1_795_000_000_000 + n as i64 * 61_001;
    Entry {
        record: RecordId::mint(at - 86_400_000 * (n as i64 % 90), &random),
        kind: 7,
        rev: 2 + n as u32 % 5,
        action: 3 + n as u32 % 4,
        status: 2 + n as u32 % 6,
        set: Fields::from([
            (12, Value::Date(crate::record::Day(20_000 + n as i32 % 60))),
            (15, Value::Text(format!("第{}号", n % 97))),
        ]),
        cleared: Vec::new(),
        deadlines: Vec::new(),
        actor: Actor { staff: format!("u{}", n % 3), role: Role::TClerk, on_behalf: false },
        at,
        tick: 0,
        flags: EntryFlags::default(),
        reason: String::new(),
    }
    .encode()
}

#[test]
fn five_hundred_changes_cost_less_than_150_bytes_each() {
    let mut pair = pair();
    done(&mut pair);
    let entries: Vec<Vec<u8>> = (0..500).map(change).collect();
    let raw: usize = entries.iter().map(Vec::len).sum();
    pair.node
        .write(|tx| tx.append(StreamName::Township(pair.node_setup.township), Epoch(1), entries))
        .expect("stores work");
    let report = done(&mut pair);
    let bytes = report.node_bytes + report.hub_bytes;
    println!(
        "500 changes: {} raw bytes each, {} on the wire each, {:?}",
        raw / 500,
        bytes / 500,
        report.messages
    );
    assert!(bytes < 500 * 150, "{bytes}");
    assert!(bytes < raw, "{bytes} of {raw}");
}

#[test]
fn a_session_with_nothing_to_do_is_one_round_trip_under_1_kb() {
    let mut pair = pair();
    pair.node_writes(10).expect("stores work");
    pair.hub_writes(StreamName::DownAll, 10).expect("stores work");
    let down = pair.down();
    pair.hub_writes(down, 10).expect("stores work");
    done(&mut pair);
    let meta = |pair: &crate::sync::pair::Pair| {
        pair.node.head(StreamName::Meta(Site::Township(pair.node_setup.township))).len
    };
    let before = meta(&pair);
    let report = done(&mut pair);
    println!("nothing to do: {} + {} bytes", report.node_bytes, report.hub_bytes);
    assert_eq!(report.messages, ["HELLO", "welcome"]);
    assert!(report.node_bytes + report.hub_bytes < 1000, "{} + {}", report.node_bytes, report.hub_bytes);
    assert_eq!(meta(&pair), before + 1);
    let len = pair.node.head(StreamName::Meta(Site::Township(pair.node_setup.township))).len;
    let note =
        branch::items(&pair.node, StreamName::Meta(Site::Township(pair.node_setup.township)), len, len)
            .expect("readable");
    assert!(matches!(&note[0], Item::Entry(bytes) if bytes.len() < 40), "{note:?}");
}

#[test]
fn an_entry_too_large_for_the_hub_goes_as_its_digest_and_blocks_nothing() {
    let mut pair = pair();
    pair.hub_setup.entry_bytes_max = 1000;
    let large = vec![b'x'; 5000];
    pair.node_writes(3).expect("stores work");
    let own = pair.own();
    pair.node.write(|tx| tx.append(own, Epoch(1), vec![large.clone()])).expect("stores work");
    pair.node_writes(3).expect("stores work");
    done(&mut pair);
    assert!(pair.agree());
    let there = branch::items(&pair.hub, own, 4, 4).expect("readable");
    assert_eq!(there, [Item::Withheld(Digest::of(&large))]);
    until_quiet(&mut pair);
}

#[test]
fn a_node_that_takes_the_hubs_branch_keeps_the_bytes_that_the_hub_never_had() {
    let mut pair = pair();
    pair.hub_setup.entry_bytes_max = 1000;
    let own = pair.own();
    pair.node_writes(3).expect("stores work");
    done(&mut pair);
    let backup = super::copy(&pair.hub);
    let large = vec![b'x'; 5000];
    pair.node.write(|tx| tx.append(own, Epoch(1), vec![large.clone()])).expect("stores work");
    pair.node_writes(1).expect("stores work");
    done(&mut pair);
    // Another machine with the same past goes on from before the large entry; then the first one comes again.
    let first = super::copy(&pair.node);
    pair.node = super::copy(&backup);
    pair.node_writes(1).expect("stores work");
    until_quiet(&mut pair);
    pair.node = first;
    pair.node_writes(1).expect("stores work");
    let instance = crate::sync::message::Instance([0x55; 16]);
    pair.enrol(instance).expect("stores work");
    until_quiet(&mut pair);
    let here = branch::items(&pair.node, own, 1, pair.node.head(own).len).expect("readable");
    assert!(here.contains(&Item::Entry(large)), "its bytes are still here");
    assert_eq!(digests(&pair.node, own), digests(&pair.hub, own));
}

#[test]
fn many_batches_both_ways_keep_within_the_window() {
    let mut pair = pair();
    let entries: Vec<Vec<u8>> = (0..60u8)
        .map(|n| {
            let mut noise = vec![0; 50_000];
            blake3::Hasher::new().update(&[n]).finalize_xof().fill(&mut noise);
            noise
        })
        .collect();
    let own = pair.own();
    pair.node.write(|tx| tx.append(own, Epoch(1), entries.clone())).expect("stores work");
    pair.hub.write(|tx| tx.append(StreamName::DownAll, Epoch(1), entries)).expect("stores work");
    let report = done(&mut pair);
    assert!(pair.agree());
    for (sent, acked) in [("BATCH", "ack"), ("batch", "ACK")] {
        let mut open = 0usize;
        for message in &report.messages {
            if *message == sent {
                open += 1;
            } else if *message == acked {
                open -= 1;
            }
            assert!(open <= limits::SESSION_WINDOW_BATCHES);
        }
    }
    assert!(report.messages.iter().filter(|message| **message == "batch").count() >= 10);
    let first_half = &report.messages[..report.messages.len() / 2];
    assert!(first_half.contains(&"batch") && first_half.contains(&"BATCH"), "neither waits for the other");
}
