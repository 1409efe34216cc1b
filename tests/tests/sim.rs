//! Counties by the hundred. `SIM_SEED=n` runs one seed, `SIM_SEEDS=n` so many, from `SIM_FROM=n` on.

use std::time::Instant;

use xianglian_tests::sim::{Config, Stats, World};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "says how many seeds a second")]
fn nothing_is_lost_whatever_happens() {
    let (from, count) = match number("SIM_SEED") {
        Some(seed) => (seed, 1),
        None => (number("SIM_FROM").unwrap_or(0), number("SIM_SEEDS").unwrap_or(2_000)),
    };
    println!("seeds {from}..{}", from + count);
    let start = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64).min(count);
    let totals = std::thread::scope(|scope| {
        let runs = (0..threads).map(|thread| {
            scope.spawn(move || {
                let mut total = Stats::default();
                for seed in (from + thread..from + count).step_by(threads as usize) {
                    match World::new(seed, Config::default()).run() {
                        Ok(stats) => total.add(stats),
                        Err(violation) => panic!("{violation}; again with SIM_SEED={seed}"),
                    }
                }
                total
            })
        });
        let runs: Vec<_> = runs.collect();
        let mut total = Stats::default();
        for run in runs {
            total.add(run.join().expect("a seed failed, see above"));
        }
        total
    });
    let seconds = start.elapsed().as_secs_f64();
    println!("{count} seeds in {seconds:.1} s, {:.0} a second: {totals:?}", count as f64 / seconds);
}
