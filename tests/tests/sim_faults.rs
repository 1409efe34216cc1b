//! Mistakes planted in sync, each of which the simulation must find: it is known to look.

use std::sync::Mutex;

use shared::sync::fault::{Fault, plant};
use xianglian_tests::sim::{Config, Violation, World};

/// Seeds within which every mistake must be found.
const SEEDS_MAX: u64 = 300;

/// The first seed that finds a mistake, and what it says.
fn find(fault: Fault) -> Option<(u64, Violation)> {
    let bulk = fault == Fault::WindowStuck;
    plant(Some(fault));
    let found = (0..SEEDS_MAX).find_map(|seed| {
        let run = World::new(seed, Config { bulk, ..Config::default() }).run();
        run.err().map(|violation| (seed, violation))
    });
    plant(None);
    found
}

#[test]
fn every_planted_mistake_is_found() {
    let waiting = Mutex::new(Fault::ALL.to_vec());
    let missed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |n| n.get()) {
            scope.spawn(|| {
                while let Some(fault) = { waiting.lock().expect("no panic").pop() } {
                    match find(fault) {
                        Some((seed, violation)) => {
                            println!("{fault:?}: found after {} seeds: {violation}", seed + 1)
                        }
                        None => missed.lock().expect("no panic").push(fault),
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().expect("no panic");
    assert!(missed.is_empty(), "not found within {SEEDS_MAX} seeds: {missed:?}");
}

#[test]
fn more_than_a_window_passes() {
    for seed in 0..4 {
        if let Err(violation) = World::new(seed, Config { bulk: true, ..Config::default() }).run() {
            panic!("{violation}");
        }
    }
}
