//! What may happen to the folder of the views.

use std::fs;
use std::path::{Path, PathBuf};

use super::bed::{Bed, small};
use super::model::{append, entries, local, rows, township};
use crate::store::{Options, Store, ViewsOutcome};

fn folder(bed: &Bed) -> PathBuf {
    match bed {
        Bed::Disk(folder) => folder.path().to_owned(),
        Bed::Memory { .. } => unreachable!("on disk"),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn fill(store: &Store, from: u32) {
    for round in from..from + 20 {
        append(store, township(), &[&format!("a{round}"), "Lx", &"b".repeat(300)]);
        append(store, local(), &[&format!("c{round}")]);
    }
}

/// Whatever is done to the views while the store is closed, it opens and answers the same.
#[test]
fn views_of_any_kind_are_found_out() {
    let bed = Bed::disk();
    let views = folder(&bed).join("views");
    let (store, _) = bed.open();
    fill(&store, 0);
    drop(store);
    let then = tempfile::tempdir().unwrap();
    copy(&views, then.path());
    let (store, _) = bed.open();
    fill(&store, 20);
    let (heads, expected) = (store.streams(), rows(&store));
    drop(store);
    let now = tempfile::tempdir().unwrap();
    copy(&views, now.path());
    let check = |what: &str| {
        let (store, report) = bed.try_open(0, small()).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(store.streams(), heads, "{what}");
        assert_eq!(rows(&store), expected, "{what}");
        assert_eq!(entries(&store, local()).len(), 40, "{what}");
        report.views
    };
    let restore = |from: &Path| {
        fs::remove_dir_all(&views).unwrap();
        copy(from, &views);
    };

    assert_eq!(check("as they were"), ViewsOutcome::Kept);
    fs::remove_dir_all(&views).unwrap();
    assert!(matches!(check("deleted"), ViewsOutcome::Rebuilt { .. }));
    restore(then.path());
    assert_eq!(check("older"), ViewsOutcome::CaughtUp { entries: 80 });

    for (index, path) in files(now.path()).iter().enumerate() {
        let path = views.join(path.strip_prefix(now.path()).unwrap());
        restore(now.path());
        fs::remove_file(&path).unwrap();
        check(&format!("without {}", path.display()));
        for part in 0..8_usize {
            restore(now.path());
            let mut bytes = fs::read(&path).unwrap();
            bytes.truncate(bytes.len() * part / 8);
            fs::write(&path, bytes).unwrap();
            check(&format!("{} cut to {part}/8", path.display()));
            restore(now.path());
            let mut bytes = fs::read(&path).unwrap();
            let length = bytes.len();
            // Where the rows are: the rest of sled's file is empty.
            let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1).min(length);
            for step in 0..64 {
                if let Some(byte) = bytes.get_mut(used * (step * 8 + part) / 512) {
                    *byte ^= 1 << ((index + step) % 8);
                }
            }
            fs::write(&path, bytes).unwrap();
            check(&format!("{} garbled {part}", path.display()));
        }
    }

    let other = Bed::disk();
    fill(&other.open().0, 0);
    restore(&folder(&other).join("views"));
    assert!(matches!(check("of another journal"), ViewsOutcome::Rebuilt { .. }));
    fs::write(views.join("state"), "open 1 another-run-of-the-machine\n").unwrap();
    assert!(matches!(check("after a power cut"), ViewsOutcome::Rebuilt { .. }));
    let aside = fs::read_dir(&views).unwrap().flatten().filter(|entry| entry.path().is_dir()).count();
    assert!(aside <= 2, "one in use, one aside");
}

#[test]
fn rows_are_applied_in_the_background() {
    let bed = Bed::disk();
    let options = || Options { background: true, ..small() };
    let (store, _) = bed.try_open(0, options()).unwrap();
    fill(&store, 0);
    store.write(|tx| tx.rebase(township(), 5)).unwrap();
    fill(&store, 20);
    let expected = rows(&store);
    drop(store);
    let (store, report) = bed.try_open(0, options()).unwrap();
    assert_eq!(report.views, ViewsOutcome::Kept);
    assert_eq!(rows(&store), expected);
    let numbers = fs::read_dir(folder(&bed).join("views")).unwrap().flatten();
    assert_eq!(
        numbers.filter(|entry| entry.path().is_dir()).count(),
        1,
        "the database from before the rebase is gone"
    );
}
