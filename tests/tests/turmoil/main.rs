//! What only a network can do to a session: the real carriage in a simulated network, seeded.
//!
//! The rules of sessions are walked by the simulation of the two halves; here it is keepalive, time-outs, reconnecting,
//! back-pressure and shutting down. Each case prints its seed.

mod world;

use std::time::Duration;

use shared::ids::StreamName;
use shared::limits::{KEEPALIVE_ANSWER_MS, KEEPALIVE_MS, SESSION_SILENCE_MS};
use shared::net::dial::Caller;
use shared::net::failure::Failure;
use shared::sync::{self, NodeSession, Now, Outcome};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use xianglian_proto::v1;
use xianglian_proto::v1::sync_client::SyncClient;

use crate::world::{Line, World, write};

const LAN: Line = Line { min: 1, max: 20 };
const POOR: Line = Line { min: 20, max: 600 };
const SECOND: Duration = Duration::from_secs(1);
/// Longest that a dead line may go unnoticed.
const NOTICED: Duration = Duration::from_millis(KEEPALIVE_MS + KEEPALIVE_ANSWER_MS + 5_000);

/// A line that stands: all nodes at once, then nothing to do.
#[test]
fn all_nodes_at_once_over_good_and_poor_lines() {
    for (seed, line) in [(1, LAN), (2, LAN), (3, POOR), (4, POOR)] {
        let mut world = World::new(seed, line, 4, 800);
        write(&world.hub.store, StreamName::DownAll, 800);
        world.start_nodes();
        world.until(120 * SECOND, "all have synced", World::settled);
        for node in &world.nodes {
            let attempts = node.attempts();
            assert_eq!((attempts.len(), &attempts[0].result), (1, &Ok(())), "at the first attempt");
        }
    }
}

/// TLS and the session are one round trip each; connecting costs one way in this simulation.
#[test]
fn nothing_to_do_is_one_round_trip_after_the_handshake() {
    let mut world = World::new(5, Line { min: 200, max: 200 }, 1, 0);
    world.start_nodes();
    world.until(30 * SECOND, "synced", World::settled);
    let attempt = world.nodes[0].attempts().remove(0);
    println!("nothing to do over a line of 400 ms: {} ms", attempt.cost.ms);
    assert!((1_000..1_100).contains(&attempt.cost.ms), "five ways of 200 ms, not {} ms", attempt.cost.ms);
}

/// The line breaks in the middle of a batch, one way or both, for less and for more than keepalive bears.
#[test]
fn a_partition_in_the_middle_is_noticed_and_the_work_goes_on_after_it() {
    #[derive(Debug, Clone, Copy)]
    enum Cut {
        Both,
        FromNode,
        FromHub,
    }
    let cuts = [Cut::Both, Cut::FromNode, Cut::FromHub];
    for (seed, (cut, length)) in (10..).zip(cuts.into_iter().flat_map(|cut| [2u32, 15, 60].map(|s| (cut, s))))
    {
        println!("{cut:?} for {length} s");
        let mut world = World::new(seed, LAN, 2, 3_000);
        world.start_nodes();
        world.until(60 * SECOND, "some of it has arrived", |w| w.arrived(0) > 0);
        assert!(world.arrived(0) < 3_000, "the session is under way");
        let name = world.nodes[0].name.clone();
        match cut {
            Cut::Both => world.sim.partition(name.as_str(), "hub"),
            Cut::FromNode => world.sim.partition_oneway(name.as_str(), "hub"),
            Cut::FromHub => world.sim.partition_oneway("hub", name.as_str()),
        }
        world.pass(length * SECOND);
        if length > NOTICED.as_secs() as u32 {
            let attempts = world.nodes[0].attempts();
            let first = attempts.first().expect("the dead line was noticed while it was dead");
            assert!(first.result.is_err() && Duration::from_millis(first.cost.ms) < NOTICED + 10 * SECOND);
            assert!(
                matches!(first.result, Err(Failure::CutOff { .. })),
                "said as what it is: {:?}",
                first.result
            );
        }
        match cut {
            Cut::Both => world.sim.repair(name.as_str(), "hub"),
            Cut::FromNode => world.sim.repair_oneway(name.as_str(), "hub"),
            Cut::FromHub => world.sim.repair_oneway("hub", name.as_str()),
        }
        world.until(120 * SECOND, "all have synced", World::settled);
        assert!(world.nodes[1].attempts().len() == 1, "the other node has not noticed anything");
    }
}

/// Bytes stay on the way for a while and then all come at once.
#[test]
fn a_line_that_holds_its_breath_loses_nothing() {
    for (seed, length) in [(30, 1u32), (31, 10), (32, 25), (33, 60)] {
        let mut world = World::new(seed, LAN, 2, 3_000);
        world.start_nodes();
        world.until(60 * SECOND, "some of it has arrived", |w| w.arrived(0) > 0);
        let name = world.nodes[0].name.clone();
        world.sim.hold(name.as_str(), "hub");
        world.pass(length * SECOND);
        world.sim.release(name.as_str(), "hub");
        world.until(120 * SECOND, "all have synced", World::settled);
    }
}

/// The hub dies at any moment of a session and comes back.
#[test]
fn a_hub_that_crashes_in_the_middle_of_a_batch_is_met_again() {
    for seed in 40..48 {
        let mut world = World::new(seed, LAN, 3, 2_000);
        write(&world.hub.store, StreamName::DownAll, 1_000);
        world.start_nodes();
        let some = (seed - 40) * 240;
        world.until(60 * SECOND, "some of it has arrived", |w| w.arrived(0) > some);
        world.sim.crash("hub");
        let had = world.arrived(0);
        world.pass(Duration::from_secs(1 + seed % 4 * 12));
        world.sim.bounce("hub");
        world.until(180 * SECOND, "all have synced", World::settled);
        assert!(world.arrived(0) >= had, "what the hub had it has");
        assert_eq!(world.arrived(0), 2_000);
    }
}

/// A node's PC is switched off in the middle and comes back.
#[test]
fn a_node_that_crashes_in_the_middle_goes_on_where_it_was() {
    for seed in 50..56 {
        let mut world = World::new(seed, LAN, 2, 2_000);
        world.start_nodes();
        let some = (seed - 50) * 300;
        world.until(60 * SECOND, "some of it has arrived", |w| w.arrived(0) > some);
        let name = world.nodes[0].name.clone();
        world.sim.crash(name.as_str());
        world.pass(Duration::from_secs(1 + seed % 3 * 20));
        world.sim.bounce(name.as_str());
        world.until(120 * SECOND, "all have synced", World::settled);
        assert_eq!(world.arrived(0), 2_000, "nothing came twice");
    }
}

/// The hub notices that a node has gone although nothing was said, and frees its place.
#[test]
fn the_hub_notices_a_dead_node() {
    for seed in 60..63 {
        let mut world = World::new(seed, LAN, 1, 3_000);
        world.start_nodes();
        world.until(60 * SECOND, "some of it has arrived", |w| w.arrived(0) > 0);
        let name = world.nodes[0].name.clone();
        world.sim.partition(name.as_str(), "hub");
        world.sim.crash(name.as_str());
        let open = |world: &World| world.hub.office.gate().open().len();
        assert_eq!(open(&world), 1);
        world.until(NOTICED, "the place is free", |w| open(w) == 0);
        let closed = world.hub.closed.lock().unwrap().clone();
        assert_eq!(closed.last().and_then(|last| last.1.clone()), Some(Outcome::Failed(sync::Failure::Cut)));
    }
}

/// A node that says hello and then reads nothing: the hub stops sending when the window is full, and in time gives up.
#[test]
fn a_node_that_does_not_read_costs_the_hub_a_window_and_then_its_session() {
    let mut world = World::new(70, LAN, 1, 0);
    write(&world.hub.store, StreamName::DownAll, 8_000);
    let node = world.nodes[0].clone();
    world.sim.host("mute", move || {
        let node = node.clone();
        async move {
            let link = node.road().connect(Caller::Member(&node.identity)).await?;
            let now = Now { unix_ms: 0, ticks_ms: 0 };
            let mut half = NodeSession::start(now, &node.store, node.setup())?;
            let (say, said) = mpsc::channel(4);
            while let Some(message) = half.poll(&node.store)? {
                say.send(v1::NodeMessage::from(message)).await?;
            }
            let hear = SyncClient::new(link.channel.clone()).session(ReceiverStream::new(said)).await?;
            std::future::pending::<()>().await;
            drop((hear, say));
            Ok(())
        }
    });
    let silence = Duration::from_millis(SESSION_SILENCE_MS as u64);
    world.pass(silence - 10 * SECOND);
    let open = world.hub.office.gate().open();
    assert_eq!(open.len(), 1, "it is there, only mute");
    let sent = open[0].socket.bytes_out();
    assert!((256 * 1024..2 * 1024 * 1024).contains(&sent), "{sent} bytes of five million");
    world.until(30 * SECOND, "the session is over", |w| !w.hub.closed.lock().unwrap().is_empty());
    let (_, outcome, _) = world.hub.closed.lock().unwrap()[0].clone();
    assert_eq!(outcome, Some(Outcome::Failed(sync::Failure::Silence)));
}

/// Everything at once, by the seed: a line that drops out, comes back, holds, and hosts that restart.
#[test]
fn a_bad_night() {
    use rand::{Rng, SeedableRng, rngs::SmallRng};
    for seed in 80..90 {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut world = World::new(seed, LAN, 3, 1_200);
        write(&world.hub.store, StreamName::DownAll, 600);
        world.start_nodes();
        for _ in 0..6 {
            world.pass(Duration::from_millis(rng.random_range(100..3_000)));
            let name = world.nodes[rng.random_range(0..3)].name.clone();
            let pause = Duration::from_millis(rng.random_range(200..9_000));
            match rng.random_range(0..5) {
                0 => {
                    world.sim.partition(name.as_str(), "hub");
                    world.pass(pause);
                    world.sim.repair(name.as_str(), "hub");
                }
                1 => {
                    world.sim.partition_oneway("hub", name.as_str());
                    world.pass(pause);
                    world.sim.repair_oneway("hub", name.as_str());
                }
                2 => {
                    world.sim.hold(name.as_str(), "hub");
                    world.pass(pause);
                    world.sim.release(name.as_str(), "hub");
                }
                3 => {
                    world.sim.crash("hub");
                    world.pass(pause);
                    world.sim.bounce("hub");
                }
                _ => {
                    world.sim.crash(name.as_str());
                    world.pass(pause);
                    world.sim.bounce(name.as_str());
                }
            }
        }
        world.until(300 * SECOND, "all have synced", World::settled);
        for node in 0..3 {
            assert_eq!(world.arrived(node), 1_200, "nothing lost, nothing twice");
        }
    }
}
