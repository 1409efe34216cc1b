//! Power cuts and bytes gone bad, walked whole over a small journal: all acknowledged entries, or named damage.

use std::sync::Arc;

use super::bed::{older, reopen, small};
use super::model::{append, entries, fold, local, rows, township, try_append};
use crate::ids::StreamName;
use crate::store::files::{Event, Fate, SimFiles, Traced};
use crate::store::views::MemShelf;
use crate::store::{Options, Store, StoreError};

/// Checks what is left of a store that had acknowledged `acknowledged` and was writing `written`.
#[track_caller]
fn check(files: &SimFiles, stream: StreamName, acknowledged: &[String], written: &[String], what: &str) {
    let (store, _) = reopen(files).unwrap_or_else(|error| panic!("{what}: {error}"));
    let found = entries(&store, stream);
    assert!(found == acknowledged || found == written, "{what}: {found:?}");
    append(&store, stream, &["after"]);
    drop(store);
    let (store, report) = reopen(files).unwrap();
    assert_eq!(report.cut, None, "{what}: cut again");
    assert_eq!(entries(&store, stream).len(), found.len() + 1, "{what}");
}

/// A write that does not reach the disk whole, from every state of a short life.
#[test]
fn power_cut_at_every_byte_of_what_is_not_synced() {
    let long = "c".repeat(700);
    let lives: [&[&[&str]]; 3] = [&[&["a"], &["b", "b"]], &[&[&long], &[&long], &["x"]], &[]];
    for life in lives {
        let files = SimFiles::new();
        let (store, _) = reopen(&files).unwrap();
        for entries in life {
            append(&store, township(), entries);
        }
        let acknowledged = entries(&store, township());
        let _gone = store;

        // The write is stopped at each of its steps: files that lose every unsynced change from then on.
        let traced = Traced::new(files.copy());
        let (store, _) = reopen(&traced).unwrap();
        let opened = traced.events().len();
        append(&store, township(), &["new one", "new two"]);
        let written = entries(&store, township());
        drop(store);
        let events = traced.events();
        for steps in opened..=events.len() {
            for torn in [None, Some(0), Some(1), Some(usize::MAX)] {
                cut_after(&files, &events, (opened, steps), torn, &acknowledged, &written);
            }
        }
        let writes = events[opened..].iter().enumerate();
        for (index, event) in writes {
            let Event::Write { bytes, .. } = event else { continue };
            for torn in 0..bytes.len() {
                cut_after(&files, &events, (opened, opened + index + 1), Some(torn), &acknowledged, &written);
            }
        }
    }
}

/// Does `events[from..to]` again on a copy of the files and cuts the power: the last write is torn at `torn`, or every
/// change that is not synced is lost.
fn cut_after(
    files: &SimFiles,
    events: &[Event],
    (from, to): (usize, usize),
    torn: Option<usize>,
    acknowledged: &[String],
    written: &[String],
) {
    use crate::store::files::{Files, write_all};
    let disk = files.copy();
    for event in &events[from..to] {
        match event {
            Event::Write { path, offset, bytes } => {
                write_all(&*disk.create(path).unwrap(), *offset, bytes).unwrap();
            }
            Event::Cut { path, len } => disk.create(path).unwrap().set_len(*len).unwrap(),
            Event::Sync { path } => disk.create(path).unwrap().sync_data().unwrap(),
            Event::SyncDir { path } => disk.sync_dir(path).unwrap(),
            Event::Remove { path } => disk.remove(path).unwrap(),
            Event::Note(_) => {}
        }
    }
    let last = disk.unsynced().saturating_sub(1);
    for keep_others in [false, true] {
        let left = disk.crash(|index| match torn {
            Some(bytes) if index == last => Fate::Torn(bytes),
            _ if keep_others => Fate::Kept,
            _ => Fate::Lost,
        });
        let what = format!("step {to}, torn {torn:?}, others kept {keep_others}");
        check(&left, township(), acknowledged, written, &what);
    }
}

/// Power cuts in the middle of groups of several writers, with any subset of the unsynced changes.
#[test]
fn power_cut_with_any_subset_of_the_changes() {
    let files = SimFiles::new();
    let (store, _) = reopen(&files).unwrap();
    append(&store, township(), &["a"]);
    files.set_write_bytes_max(Some(50));
    files.fail_syncs(0);
    let acknowledged = entries(&store, township());
    // Writes of 50 bytes each whose sync never comes: the file layer stops before it.
    let traced = Traced::new(files.copy());
    let (other, _) = reopen(&traced).unwrap();
    let opened = traced.events().len();
    append(&other, township(), &["b".repeat(120).as_str()]);
    let written = entries(&other, township());
    let writes: Vec<_> = traced.events()[opened..]
        .iter()
        .filter_map(|event| match event {
            Event::Write { path, offset, bytes } if path.ends_with(".seg") => {
                Some((path.clone(), *offset, bytes.clone()))
            }
            _ => None,
        })
        .collect();
    use crate::store::files::{Files, write_all};
    let disk = files.copy();
    for (path, offset, bytes) in &writes {
        for (index, piece) in bytes.chunks(24).enumerate() {
            write_all(&*disk.create(path).unwrap(), offset + index as u64 * 24, piece).unwrap();
        }
    }
    let changes = disk.unsynced();
    assert!((5..12).contains(&changes));
    for subset in 0..1_u32 << changes {
        let left = disk.crash(|index| if subset >> index & 1 == 1 { Fate::Kept } else { Fate::Lost });
        check(&left, township(), &acknowledged, &written, &format!("subset {subset:b}"));
    }
}

/// Every byte of every file, several flips each: what was acknowledged is there, or the damage is named. Nothing is made up.
#[test]
fn every_flipped_byte_is_harmless_or_named() {
    let files = SimFiles::new();
    let (store, _) = reopen(&files).unwrap();
    for round in 0..6 {
        append(&store, township(), &[&format!("entry {round}"), &"e".repeat(150)]);
        append(&store, local(), &["private"]);
    }
    let (ours, theirs, all_rows) = (entries(&store, township()), entries(&store, local()), rows(&store));
    drop(store);
    let mut named = 0;
    for (path, content) in files.contents() {
        for index in 0..content.len() {
            for flip in [1, 0x80, 0xff] {
                let copy = files.copy();
                let mut bytes = content.clone();
                bytes[index] ^= flip;
                copy.replace(&path, bytes);
                match reopen(&copy) {
                    Ok((store, report)) => {
                        assert_eq!(report.cut, None, "{path} {index}");
                        assert_eq!(entries(&store, township()), ours, "{path} {index}");
                        assert_eq!(entries(&store, local()), theirs, "{path} {index}");
                        assert_eq!(rows(&store), all_rows, "{path} {index}");
                    }
                    Err(StoreError::Damage { segment, .. }) => {
                        assert!(
                            path.ends_with(&format!("{segment:08}.seg")),
                            "{path} {index}: segment {segment}"
                        );
                        named += 1;
                    }
                    Err(other) => panic!("{path} {index}: {other}"),
                }
            }
        }
        if path.ends_with(".seg") {
            let copy = files.copy();
            copy.replace(&path, content[..content.len() - 1].to_vec());
            assert!(matches!(reopen(&copy), Err(StoreError::Damage { .. })), "{path} is shorter");
            use crate::store::files::Files;
            copy.remove(&path).unwrap();
            assert!(matches!(reopen(&copy), Err(StoreError::Damage { .. })), "{path} is gone");
        }
    }
    assert!(named > 3000, "{named}");
}

/// The same with views that are whole: reading goes on, and what cannot be read is named.
#[test]
fn every_flipped_byte_with_whole_views() {
    let (files, shelf) = (SimFiles::new(), Arc::new(MemShelf::default()));
    let open = |files: &SimFiles, shelf: Arc<MemShelf>| {
        Store::open_with(Arc::new(files.clone()), shelf, fold(), small())
    };
    let (store, _) = open(&files, Arc::clone(&shelf)).unwrap();
    for round in 0..8 {
        append(&store, township(), &[&format!("entry {round}"), &"e".repeat(150)]);
    }
    let (ours, all_rows) = (entries(&store, township()), rows(&store));
    drop(store);
    for (path, content) in files.contents().into_iter().filter(|(path, _)| path.ends_with(".seg")) {
        for index in 0..content.len() {
            let copy = files.copy();
            let mut bytes = content.clone();
            bytes[index] ^= 0x10;
            copy.replace(&path, bytes);
            let Ok((store, _)) = open(&copy, older(&shelf)) else { continue };
            assert_eq!(rows(&store), all_rows);
            for seq in 1..=ours.len() as u64 {
                match store.run(township(), seq..=seq, 4096, 4096) {
                    Ok(frame) => {
                        let crate::stream::Item::Entry(bytes) = &frame.unwrap().items[0] else { panic!() };
                        assert_eq!(*bytes, ours[seq as usize - 1].as_bytes());
                    }
                    Err(StoreError::Damage { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        }
    }
}

/// Without the mark and the views, later groups tell: only the last group may be taken for a torn tail.
#[test]
fn later_groups_tell_damage_from_a_torn_tail() {
    let files = SimFiles::new();
    let (store, _) = reopen(&files).unwrap();
    append(&store, township(), &["a", "b"]);
    append(&store, township(), &["c"]);
    let last = store.durable().end.offset as usize;
    append(&store, township(), &["d"]);
    drop(store);
    files.replace("journal/mark", Vec::new());
    let path = "journal/00000001.seg";
    let content = files.contents()[path].clone();
    for index in 0..content.len() {
        let copy = files.copy();
        let mut bytes = content.clone();
        bytes[index] ^= 4;
        copy.replace(path, bytes);
        match reopen(&copy) {
            Err(StoreError::Damage { segment: 1, .. }) => assert!(index < last, "{index}"),
            Ok((store, _)) => {
                assert!(index >= last, "{index}");
                assert_eq!(entries(&store, township()), ["a", "b", "c"]);
            }
            Err(other) => panic!("{index}: {other}"),
        }
    }
}

/// Without the mark and the views, the last group may look torn; the caller's own knowledge tells.
#[test]
fn what_the_caller_knows_tells_damage_from_a_torn_tail() {
    let files = SimFiles::new();
    let (store, _) = reopen(&files).unwrap();
    append(&store, township(), &["a"]);
    append(&store, township(), &["b"]);
    let durable = store.durable();
    drop(store);
    let path = "journal/00000001.seg";
    let mut bytes = files.contents()[path].clone();
    *bytes.last_mut().unwrap() ^= 1;
    files.replace(path, bytes);
    files.replace("journal/mark", Vec::new());
    let open =
        |options| Store::open_with(Arc::new(files.copy()), Arc::new(MemShelf::default()), fold(), options);
    assert!(matches!(
        open(Options { durable: Some(durable), ..small() }),
        Err(StoreError::Damage { segment: 1, .. })
    ));
    let (store, report) = open(small()).unwrap();
    assert!(report.cut.is_some());
    assert_eq!(entries(&store, township()), ["a"]);
}

/// I1: at the time of each acknowledgement, all that was written to the journal before it has been synced.
#[test]
fn nothing_is_acknowledged_before_it_is_durable() {
    check_order(SimFiles::new());
    #[cfg(feature = "disk")]
    {
        let folder = tempfile::tempdir().unwrap();
        check_order(crate::store::files::DiskFiles::new(folder.path()).unwrap());
    }
}

fn check_order<F: crate::store::files::Files + Clone + 'static>(files: F) {
    let traced = Traced::new(files);
    let (store, _) = reopen(&traced).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (store, traced) = (store.clone(), traced.clone());
            scope.spawn(move || {
                for round in 0..20 {
                    let text = format!("entry {thread} {round};");
                    append(&store, township(), &[&text]);
                    traced.note(text);
                }
            });
        }
    });
    let (mut written, mut durable) = (Vec::new(), Vec::new());
    let (mut acknowledged, mut unnamed) = (0, Vec::new());
    for event in traced.events() {
        match event {
            Event::Write { path, bytes, offset } if path.ends_with(".seg") => {
                if offset == 0 {
                    unnamed.push(path.clone());
                }
                written.push((path, String::from_utf8_lossy(&bytes).into_owned()));
            }
            Event::Sync { path } => {
                durable.extend(written.extract_if(.., |(written, _)| *written == path));
            }
            Event::SyncDir { path } if path == "journal" => unnamed.clear(),
            Event::Note(text) => {
                let found = durable.iter().find(|(_, frames)| frames.contains(&text));
                let (path, _) = found.unwrap_or_else(|| panic!("{text} was not synced"));
                assert!(!unnamed.contains(path), "{path} had no durable name");
                acknowledged += 1;
            }
            _ => {}
        }
    }
    assert_eq!(acknowledged, 80);
}

#[test]
fn a_failed_sync_closes_the_store_for_writes() {
    let files = SimFiles::new();
    let (store, _) = reopen(&files).unwrap();
    append(&store, township(), &["a"]);
    let before = rows(&store);
    files.fail_syncs(1);
    assert!(matches!(try_append(&store, township(), &["b"]), Err(StoreError::Closed(_))));
    assert!(matches!(try_append(&store, township(), &["c"]), Err(StoreError::Closed(_))));
    assert_eq!(rows(&store), before);
    assert_eq!(entries(&store, township()), ["a"]);
    drop(store);
    let (store, _) = reopen(&files).unwrap();
    assert_eq!(entries(&store, township()), ["a"]);
    append(&store, township(), &["d"]);
    drop(store);
    let (store, _) = reopen(&files.crash(|_| Fate::Lost)).unwrap();
    assert_eq!(entries(&store, township()), ["a", "d"]);
}
