//! Real processes, killed at random moments, also while opening.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rand::{Rng, SeedableRng};

use super::bed::small;
use super::model::{entries, fold, rows, township, try_append};
use crate::store::{Options, Store};

const FOLDER: &str = "XIANGLIAN_TEST_KILLED_FOLDER";

/// Not a test on its own: the process that is killed. Says "n" when entry n is acknowledged.
#[test]
fn the_killed_process() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let options = Options { background: true, ..small() };
    let (store, _) = Store::open(Path::new(&folder), fold(), options).unwrap();
    let mut out = std::io::stderr();
    for n in store.head(township()).len + 1.. {
        try_append(&store, township(), &[&format!("{n} {}", "x".repeat(n as usize % 900))]).unwrap();
        writeln!(out, "acknowledged {n}").unwrap();
    }
}

#[test]
fn killed_at_any_moment_every_acknowledged_entry_is_there() {
    let long = std::env::var("XIANGLIAN_LONG").is_ok();
    let folder = tempfile::tempdir().unwrap();
    let seed = 20_260_101;
    let mut random = rand::rngs::SmallRng::seed_from_u64(seed);
    let mut acknowledged = 0;
    for round in 0..if long { 300 } else { 12 } {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::tests::kill::the_killed_process", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap());
        let reader = std::thread::spawn(move || {
            let read = lines.lines().map_while(Result::ok);
            read.filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<u64>().ok()).last()
        });
        // Some of the children are killed while they open.
        std::thread::park_timeout(Duration::from_millis(
            random.random_range(1..if round % 3 == 0 { 40 } else { 300 }),
        ));
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged = reader.join().unwrap().unwrap_or_default().max(acknowledged);

        if round % 4 == 3 {
            let (store, _) = Store::open(folder.path(), fold(), small()).unwrap();
            let found = entries(&store, township());
            assert!(found.len() as u64 >= acknowledged, "seed {seed}, round {round}");
            for (index, entry) in found.iter().enumerate() {
                assert!(entry.starts_with(&format!("{} ", index + 1)), "seed {seed}, round {round}");
            }
            let now = rows(&store);
            let copy = crate::store::files::SimFiles::new();
            store.backup(&copy).unwrap();
            assert_eq!(rows(&super::bed::reopen(&copy).unwrap().0), now, "seed {seed}, round {round}");
        }
    }
    assert!(acknowledged > 10);
}
