use super::model::{append, code, entries, fold, local, rows, township};
use crate::ids::{Epoch, StreamName};
use crate::store::{Store, StoreError};

#[test]
fn what_is_written_is_read() {
    let store = Store::memory(fold());
    append(&store, township(), &["a1", "b1"]);
    append(&store, local(), &["x"]);
    let head = append(&store, township(), &["a2"]);
    assert_eq!(head, store.head(township()));
    assert_eq!(entries(&store, township()), ["a1", "b1", "a2"]);
    assert_eq!(store.streams().len(), 2);
    assert_eq!(store.read(|view| view.get(&[0x10, b'a'])).unwrap()[8..], *b"a2");
    assert_eq!(store.run(township(), 4..=9, 1000, 1000).unwrap(), None);
}

#[test]
fn a_closure_that_fails_leaves_nothing() {
    let store = Store::memory(fold());
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
    append(&store, township(), &["a2"]);
    assert_eq!(entries(&store, township()), ["a1", "a2"]);
}

#[test]
fn a_frame_must_follow() {
    let (one, other) = (Store::memory(fold()), Store::memory(fold()));
    append(&one, township(), &["a", "b", "c"]);
    let frame = one.run(township(), 1..=2, 4096, 4096).unwrap().unwrap();
    let rest = one.run(township(), 3..=3, 4096, 4096).unwrap().unwrap();
    assert!(matches!(other.write(|tx| tx.append_frame(&rest)), Err(StoreError::NotNext { .. })));
    other.write(|tx| tx.append_frame(&frame)).unwrap();
    assert!(matches!(other.write(|tx| tx.append_frame(&frame)), Err(StoreError::NotNext { .. })));
    assert_eq!(other.write(|tx| tx.append_frame(&rest)), Ok(one.head(township())));
    assert_eq!(rows(&one).len(), rows(&other).len() - 1, "one index row per frame");
}

#[test]
fn a_rebase_cuts_the_stream_and_its_rows() {
    let store = Store::memory(fold());
    append(&store, township(), &["a", "b"]);
    append(&store, StreamName::Down(code()), &["d"]);
    append(&store, township(), &["c", "e"]);
    let fork = store.hash_at(township(), 3).unwrap().unwrap();
    store
        .write(|tx| {
            tx.append(township(), Epoch(1), vec![b"f".to_vec()])?;
            let head = tx.rebase(township(), 3)?;
            assert_eq!((head.len, head.hash), (3, fork));
            assert!(tx.view().get(&[0x10, b'e']).is_none());
            assert!(tx.view().get(&[0x10, b'c']).is_some());
            tx.append(township(), Epoch(2), vec![b"g".to_vec()])
        })
        .unwrap();
    assert_eq!(entries(&store, township()), ["a", "b", "c", "g"]);
    assert_eq!(entries(&store, StreamName::Down(code())), ["d"]);
    assert!(rows(&store).get(&vec![0x10, b'e']).is_none());
    let before = rows(&store);
    let failed: Result<(), StoreError> = store.write(|tx| {
        tx.rebase(township(), 0)?;
        Err(StoreError::Full)
    });
    assert_eq!(failed, Err(StoreError::Full));
    assert_eq!(rows(&store), before);
    append(&store, township(), &["h"]);
    assert_eq!(entries(&store, township()), ["a", "b", "c", "g", "h"]);
}
