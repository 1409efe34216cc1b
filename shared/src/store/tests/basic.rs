//! What every engine must do.

use super::bed::{each, reopen};
use super::model::{LONG, append, code, entries, local, rows, township};
use crate::ids::{Epoch, StreamName};
use crate::store::{StoreError, ViewsOutcome};
use crate::stream::Item;

#[test]
fn what_is_written_is_read() {
    each(|bed| {
        let (store, report) = bed.open();
        assert!(report.new);
        append(&store, township(), &["a1", "b1"]);
        append(&store, local(), &["x"]);
        let head = append(&store, township(), &["a2"]);
        assert_eq!(head, store.head(township()));
        assert_eq!(entries(&store, township()), ["a1", "b1", "a2"]);
        assert_eq!(store.streams().len(), 2);
        assert_eq!(store.read(|view| view.get(&[0x10, b'a'])).unwrap()[8..], *b"a2");
        assert_eq!(store.run(township(), 4..=9, 1000, 1000).unwrap(), None);
        assert_eq!(store.run(township(), 0..=9, 1000, 1000).unwrap(), None);
        let short = store.run(township(), 1..=3, 1000, 1).unwrap().unwrap();
        assert!(short.items.iter().all(|item| matches!(item, Item::Withheld(_))));
        assert_eq!(short.head(), head);
        assert_eq!(store.run(township(), 2..=2, 1000, 9).unwrap().unwrap().items.len(), 1);
        assert_eq!(store.run(township(), 1..=3, 1, 9).unwrap().unwrap().items.len(), 1, "never empty");
    });
}

#[test]
fn a_store_is_the_same_after_reopening() {
    each(|bed| {
        let (store, _) = bed.open();
        for round in 0..60 {
            append(&store, township(), &[&format!("a{round}"), &"b".repeat(round * 3), "Lx"]);
            append(&store, local(), &["Ly", "Da"]);
        }
        let (heads, before) = (store.streams(), rows(&store));
        assert!(before[&vec![LONG, b'x']].len() > 10_000, "split over several keys on disk");
        drop(store);
        let (store, report) = bed.open();
        assert_eq!((report.views, report.cut), (ViewsOutcome::Kept, None));
        assert_eq!((store.streams(), rows(&store)), (heads, before.clone()));
        assert!(store.durable().end.segment > 5);
        drop(store);
        let (store, report) = reopen(&bed.journal()).unwrap();
        assert!(matches!(report.views, ViewsOutcome::Rebuilt { entries: 300, .. }));
        assert_eq!(rows(&store), before);
        drop(store);
        let (store, report) = bed.try_open(9, super::bed::small()).unwrap();
        assert!(matches!(report.views, ViewsOutcome::Rebuilt { .. }), "another version of the fold");
        assert_eq!(rows(&store), before);
    });
}

#[test]
fn a_closure_that_fails_leaves_nothing() {
    each(|bed| {
        let (store, _) = bed.open();
        append(&store, township(), &["a1"]);
        let before = rows(&store);
        let failed: Result<(), StoreError> = store.write(|tx| {
            tx.append(township(), Epoch(1), vec![b"b".to_vec()])?;
            assert_eq!(tx.head(township()).len, 2);
            assert!(tx.view().get(&[0x10, b'b']).is_some());
            Err(StoreError::Locked)
        });
        assert_eq!(failed, Err(StoreError::Locked));
        assert_eq!(rows(&store), before);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.write(|tx| -> Result<(), StoreError> {
                tx.append(township(), Epoch(1), vec![b"b".to_vec()])?;
                panic!("a closure that panics");
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(rows(&store), before);
        append(&store, township(), &["a2"]);
        assert_eq!(entries(&store, township()), ["a1", "a2"]);
    });
}

#[test]
fn a_frame_must_follow() {
    each(|bed| {
        let (one, _) = bed.open();
        let other = crate::store::Store::memory(super::model::fold());
        append(&one, township(), &["a", "b", "c"]);
        let frame = one.run(township(), 1..=2, 4096, 4096).unwrap().unwrap();
        let rest = one.run(township(), 3..=3, 4096, 4096).unwrap().unwrap();
        assert!(matches!(other.write(|tx| tx.append_frame(&rest)), Err(StoreError::NotNext { .. })));
        other.write(|tx| tx.append_frame(&frame)).unwrap();
        assert!(matches!(other.write(|tx| tx.append_frame(&frame)), Err(StoreError::NotNext { .. })));
        assert_eq!(other.write(|tx| tx.append_frame(&rest)), Ok(one.head(township())));
        assert_eq!(rows(&one).len(), rows(&other).len() - 1, "one index row per frame");
    });
}

#[test]
fn a_rebase_cuts_the_stream_and_its_rows() {
    each(|bed| {
        let (store, _) = bed.open();
        append(&store, township(), &["a", "b"]);
        append(&store, StreamName::Down(code()), &["d"]);
        append(&store, township(), &["c", "e"]);
        let fork = store.hash_at(township(), 3).unwrap().unwrap();
        let rebased = store.write(|tx| {
            tx.append(township(), Epoch(1), vec![b"f".to_vec()])?;
            let head = tx.rebase(township(), 3)?;
            assert_eq!((head.len, head.hash), (3, fork));
            assert!(tx.view().get(&[0x10, b'e']).is_none());
            assert!(tx.view().get(&[0x10, b'c']).is_some());
            tx.append(township(), Epoch(2), vec![b"g".to_vec()])
        });
        assert_eq!(rebased.unwrap().len, 4);
        assert_eq!(entries(&store, township()), ["a", "b", "c", "g"]);
        assert_eq!(entries(&store, StreamName::Down(code())), ["d"]);
        let before = rows(&store);
        assert!(!before.contains_key(&vec![0x10, b'e']));
        let failed: Result<(), StoreError> = store.write(|tx| {
            tx.rebase(township(), 0)?;
            tx.rebase(StreamName::Down(code()), 0)?;
            Err(StoreError::Full)
        });
        assert_eq!(failed, Err(StoreError::Full));
        assert_eq!(rows(&store), before);
        append(&store, township(), &["h"]);
        drop(store);
        let (store, _) = bed.open();
        assert_eq!(entries(&store, township()), ["a", "b", "c", "g", "h"]);
        let before = rows(&store);
        drop(store);
        assert_eq!(rows(&reopen(&bed.journal()).unwrap().0), before);
    });
}

#[test]
fn a_fold_that_panics_holds_one_entry_only() {
    each(|bed| {
        let (store, _) = bed.open();
        append(&store, township(), &["a", "!", "b"]);
        assert_eq!(store.failed_folds(), [(township(), 2)]);
        assert_eq!(entries(&store, township()), ["a", "!", "b"]);
        let before = rows(&store);
        drop(store);
        assert_eq!(rows(&reopen(&bed.journal()).unwrap().0), before);
    });
}

#[test]
fn a_second_store_is_locked_out() {
    each(|bed| {
        let (store, _) = bed.open();
        assert_eq!(bed.try_open(0, super::bed::small()).err(), Some(StoreError::Locked));
        drop(store);
        bed.open();
    });
}

#[test]
fn a_reader_sees_one_moment() {
    each(|bed| {
        let (store, _) = bed.open();
        append(&store, township(), &["a0", "b0"]);
        store.read(|view| {
            for round in 1..40 {
                append(&store, township(), &[&format!("a{round}"), &format!("c{round}"), "Db"]);
                assert_eq!(view.get(&[0x10, b'a']).unwrap()[8..], *b"a0");
                let mut seen = Vec::new();
                view.scan(&[0x10], None, &mut |key, _| {
                    seen.push(key[1]);
                    true
                });
                assert_eq!(seen, b"ab");
                let mut seen = Vec::new();
                view.scan_back(&[0x10], None, &mut |key, _| {
                    seen.push(key[1]);
                    true
                });
                assert_eq!(seen, b"ba");
            }
        });
        assert_eq!(store.read(|view| view.get(&[0x10, b'a'])).unwrap()[8..], *b"a39");
        assert_eq!(store.read(|view| view.get(&[0x10, b'b'])), None);
    });
}

#[test]
fn writers_share_commits() {
    each(|bed| {
        let (store, _) = bed.open();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let store = store.clone();
                scope.spawn(move || {
                    for round in 0..25 {
                        append(&store, township(), &[&format!("{thread} {round}")]);
                    }
                });
            }
        });
        let found = entries(&store, township());
        assert_eq!(found.len(), 200);
        for thread in 0..8 {
            let own = found.iter().filter(|entry| entry.starts_with(&format!("{thread} ")));
            assert!(
                own.map(|entry| entry[2..].parse::<u32>().unwrap()).eq(0..25),
                "in the order of its writes"
            );
        }
        let before = rows(&store);
        drop(store);
        assert_eq!(rows(&reopen(&bed.journal()).unwrap().0), before);
    });
}
