//! A fold and helpers for the tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::store::{Fold, Place, Store, StoreError, View, ViewMut, keys};
use crate::stream::{Head, Item};

/// Table of the test fold: last entry by its first byte; and a count.
pub(crate) const LAST: u8 = 0x10;
pub(crate) const COUNT: u8 = 0x11;
pub(crate) const LONG: u8 = 0x12;

/// Keeps the last entry by first byte, a count per stream that depends on what is there, and a long value for entries that
/// begin with `L`. Panics on entries that begin with `!`.
#[derive(Debug, Default)]
pub(crate) struct TestFold {
    pub(crate) version: u64,
}

impl Fold for TestFold {
    fn version(&self) -> u64 {
        self.version
    }

    fn apply(&self, views: &mut dyn ViewMut, place: Place, item: &Item) {
        let Item::Entry(bytes) = item else { return };
        let key = [&[COUNT][..], place.stream.to_string().as_bytes()].concat();
        let count = views.get(&key).map_or(0, |row| u64::from_le_bytes(row.try_into().unwrap()));
        views.put(&key, count.wrapping_mul(31).wrapping_add(1).to_le_bytes().to_vec());
        let first = bytes.first().copied().unwrap_or_default();
        assert_ne!(first, b'!', "a fold that fails");
        let mut value = place.seq.to_le_bytes().to_vec();
        value.extend_from_slice(bytes);
        if first == b'D' {
            views.delete(&[LAST, bytes.get(1).copied().unwrap_or_default()]);
        } else {
            views.put(&[LAST, first], value);
        }
        if first == b'L' {
            views.put(
                &[LONG, bytes.get(1).copied().unwrap_or_default()],
                bytes.repeat(2000 / bytes.len() * 10),
            );
        }
    }
}

pub(crate) fn fold() -> Arc<dyn Fold> {
    Arc::new(TestFold::default())
}

pub(crate) fn code() -> TownshipCode {
    "330282002".parse().unwrap()
}

pub(crate) fn township() -> StreamName {
    StreamName::Township(code())
}

pub(crate) fn local() -> StreamName {
    StreamName::Local(Site::Township(code()))
}

pub(crate) const EPOCH: Epoch = Epoch(7);

#[track_caller]
pub(crate) fn append(store: &Store, stream: StreamName, entries: &[&str]) -> Head {
    try_append(store, stream, entries).unwrap()
}

pub(crate) fn try_append(store: &Store, stream: StreamName, entries: &[&str]) -> Result<Head, StoreError> {
    let entries = entries.iter().map(|text| text.as_bytes().to_vec()).collect();
    store.write(|tx| tx.append(stream, EPOCH, entries))
}

/// All entries of a stream.
#[track_caller]
pub(crate) fn entries(store: &Store, stream: StreamName) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let next = found.len() as u64 + 1;
        let Some(frame) = store.run(stream, next..=u64::MAX, 4096, 4096).unwrap() else { break };
        assert_eq!(frame.first, next);
        assert_eq!(Some(frame.prev), store.hash_at(stream, next - 1).unwrap());
        let end = frame.head();
        assert_eq!(Some(end.hash), store.hash_at(stream, end.len).unwrap());
        for item in frame.items {
            let Item::Entry(bytes) = item else { panic!("withheld") };
            found.push(String::from_utf8(bytes).unwrap());
        }
    }
    assert_eq!(found.len() as u64, store.head(stream).len);
    found
}

/// Every row but the stamp.
pub(crate) fn rows(store: &Store) -> BTreeMap<Vec<u8>, Vec<u8>> {
    store.read(|view| rows_of(view))
}

pub(crate) fn rows_of(view: &dyn View) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut rows = BTreeMap::new();
    view.scan(&[], None, &mut |key, value| {
        if key != keys::STAMP {
            rows.insert(key.to_vec(), value.to_vec());
        }
        true
    });
    rows
}
