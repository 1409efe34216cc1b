//! Full disks, short writes, engines that go wrong, backups.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bed::{older, reopen, small};
use super::model::{append, entries, fold, rows, township, try_append};
use crate::store::files::SimFiles;
use crate::store::views::{Changes, MemShelf, MemViews, Scan, Shelf, Views, ViewsError};
use crate::store::{Options, Store, StoreError, ViewsOutcome};

#[test]
fn a_full_disk_loses_nothing_and_passes() {
    let files = SimFiles::new();
    let (store, _) = reopen(&files).unwrap();
    files.set_room_bytes(Some(3000));
    let mut kept = Vec::new();
    loop {
        let entry = format!("entry {}", kept.len());
        match try_append(&store, township(), &[&entry]) {
            Ok(_) => kept.push(entry),
            Err(error) => {
                assert_eq!(error, StoreError::Full);
                break;
            }
        }
    }
    assert!(kept.len() > 10);
    assert_eq!(try_append(&store, township(), &["more"]), Err(StoreError::Full));
    assert_eq!(entries(&store, township()), kept);
    assert_eq!(entries(&reopen(&files.copy()).unwrap().0, township()), kept);
    files.set_room_bytes(None);
    append(&store, township(), &["room again"]);
    kept.push("room again".to_owned());
    assert_eq!(entries(&store, township()), kept);
    drop(store);
    assert_eq!(entries(&reopen(&files).unwrap().0, township()), kept);
}

#[test]
fn short_writes_are_completed() {
    let files = SimFiles::new();
    files.set_write_bytes_max(Some(7));
    let (store, _) = reopen(&files).unwrap();
    append(&store, township(), &["a long entry that takes several writes"]);
    drop(store);
    assert_eq!(entries(&reopen(&files).unwrap().0, township()).len(), 1);
}

#[test]
fn a_backup_is_whole_while_writing_goes_on() {
    let files = SimFiles::new();
    let (store, _) = reopen(&files).unwrap();
    for _ in 0..30 {
        append(&store, township(), &["a", &"b".repeat(100)]);
    }
    let copy = SimFiles::new();
    std::thread::scope(|scope| {
        let other = store.clone();
        let writer = scope.spawn(move || (0..200).for_each(|_| _ = append(&other, township(), &["c"])));
        store.backup(&copy).unwrap();
        writer.join().unwrap();
    });
    assert!(store.backup(&copy).is_err(), "never over another");
    let all = entries(&store, township());
    let (store, report) = reopen(&copy).unwrap();
    assert_eq!(report.cut, None);
    let found = entries(&store, township());
    assert!(found.len() >= 60 && found == all[..found.len()]);
}

#[test]
fn views_that_are_behind_or_of_another_journal() {
    let (files, shelf) = (SimFiles::new(), Arc::new(MemShelf::default()));
    let open = |files: &SimFiles, shelf: Arc<MemShelf>| {
        Store::open_with(Arc::new(files.clone()), shelf, fold(), small()).unwrap()
    };
    let (store, _) = open(&files, Arc::clone(&shelf));
    append(&store, township(), &["a"]);
    let then = older(&shelf);
    for round in 0..20 {
        append(&store, township(), &[&format!("b{round}"), &"c".repeat(100)]);
    }
    let now = rows(&store);
    drop(store);
    let (store, report) = open(&files.copy(), older(&then));
    assert_eq!(report.views, ViewsOutcome::CaughtUp { entries: 40 });
    assert_eq!(rows(&store), now);

    let (store, _) = open(&files, Arc::clone(&shelf));
    store.write(|tx| tx.rebase(township(), 3)).unwrap();
    let now = rows(&store);
    drop(store);
    let (store, report) = open(&files.copy(), then);
    assert!(matches!(report.views, ViewsOutcome::Rebuilt { .. }));
    assert_eq!(rows(&store), now);

    let options = Options { journal_id: Some([9; 16]), ..small() };
    let (other, report) =
        Store::open_with(Arc::new(SimFiles::new()), older(&MemShelf::default()), fold(), options).unwrap();
    assert!(matches!(report.views, ViewsOutcome::Rebuilt { entries: 0, .. }));
    append(&other, township(), &["z"]);
    assert_eq!(entries(&other, township()), ["z"]);
}

/// Views that can be told to fail.
#[derive(Default)]
struct Frail {
    views: MemViews,
    reads_fail: AtomicBool,
    writes_fail: AtomicBool,
}

impl Views for Frail {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ViewsError> {
        if self.reads_fail.load(Ordering::SeqCst) {
            return Err(ViewsError("a bad row".to_owned()));
        }
        self.views.get(key)
    }

    fn scan(&self, scan: Scan<'_>, visit: &mut dyn FnMut(&[u8], &[u8]) -> bool) -> Result<(), ViewsError> {
        let mut left = 2;
        let mut failed = false;
        self.views.scan(scan, &mut |key, value| {
            failed = left == 0 && self.reads_fail.load(Ordering::SeqCst);
            left = u32::saturating_sub(left, 1);
            !failed && visit(key, value)
        })?;
        if failed { Err(ViewsError("a bad row".to_owned())) } else { Ok(()) }
    }

    fn apply(&self, changes: Changes<'_, '_>) -> Result<(), ViewsError> {
        if self.writes_fail.load(Ordering::SeqCst) {
            self.views.apply(&mut changes.take(1))?;
            return Err(ViewsError("a failed write".to_owned()));
        }
        self.views.apply(changes)
    }
}

#[derive(Default)]
struct FrailShelf {
    first: Arc<Frail>,
    used: AtomicBool,
    rest: MemShelf,
}

impl Shelf for FrailShelf {
    fn existing(&self) -> Result<Arc<dyn Views>, String> {
        Err("none".to_owned())
    }
    fn fresh(&self) -> Result<Arc<dyn Views>, ViewsError> {
        if self.used.swap(true, Ordering::SeqCst) {
            self.rest.fresh()
        } else {
            Ok(Arc::clone(&self.first) as _)
        }
    }
    fn adopt(&self, _views: &Arc<dyn Views>) {}
}

fn frail() -> (Arc<Frail>, Store) {
    let shelf = Arc::new(FrailShelf::default());
    let first = Arc::clone(&shelf.first);
    let (store, _) = Store::open_with(Arc::new(SimFiles::new()), shelf, fold(), small()).unwrap();
    (first, store)
}

#[test]
fn a_bad_row_is_not_served() {
    for order in 0..3 {
        let (views, store) = frail();
        let reference = Store::memory(fold());
        for round in 0..20 {
            for store in [&store, &reference] {
                append(store, township(), &[&format!("a{round}"), "b", "c", "d"]);
            }
        }
        let expected = rows(&reference);
        let rows_of_streams = |key: &Vec<u8>| key[0] >= 0x10;
        let expected: Vec<_> = expected.into_iter().filter(|(key, _)| rows_of_streams(key)).collect();
        let check = |found: std::collections::BTreeMap<Vec<u8>, Vec<u8>>| {
            assert_eq!(
                found.into_iter().filter(|(key, _)| rows_of_streams(key)).collect::<Vec<_>>(),
                expected
            );
        };
        store
            .try_read(|view| {
                // A reader that came before the rows went bad and stays while others write.
                views.reads_fail.store(true, Ordering::SeqCst);
                if order == 0 {
                    append(&store, township(), &["after"]);
                }
                check(super::model::rows_of(view));
            })
            .unwrap();
        if order == 1 {
            assert_eq!(store.read(|view| view.get(&[0x10, b'a'])).unwrap()[8..], *b"a19");
        }
        append(&store, township(), &["after"]);
        assert_eq!(entries(&store, township()).len(), if order == 0 { 82 } else { 81 });
    }
}

#[test]
fn an_engine_that_fails_to_write_is_replaced() {
    let (views, store) = frail();
    append(&store, township(), &["a", "b"]);
    views.writes_fail.store(true, Ordering::SeqCst);
    for round in 0..10 {
        append(&store, township(), &[&format!("a{round}")]);
        assert_eq!(store.read(|view| view.get(&[0x10, b'a'])).unwrap()[8..], *format!("a{round}").as_bytes());
    }
    assert_eq!(entries(&store, township()).len(), 12);
}
