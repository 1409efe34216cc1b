//! I4 and the streams, over random lives of a store.

use proptest::prelude::*;

use super::bed::{Bed, reopen};
use super::model::{EPOCH, entries, local, rows, township};
use crate::ids::{Epoch, StreamName};
use crate::store::StoreError;
use crate::stream::{Digest, Frame, FrameError, FrameFlags, Hash, Item};

#[derive(Debug, Clone)]
enum Step {
    Append(bool, Vec<String>),
    /// Cut back to a fraction, in 256ths, and append.
    Rebase(bool, u8, Vec<String>),
    Fail(Vec<String>),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let entry = prop_oneof!["[a-fDL!][a-c]{0,3}", "[g-k]{200,700}"];
    let entries = prop::collection::vec(entry, 0..5);
    prop_oneof![
        6 => (any::<bool>(), entries.clone()).prop_map(|(which, entries)| Step::Append(which, entries)),
        1 => (any::<bool>(), any::<u8>(), entries.clone()).prop_map(|(w, to, entries)| Step::Rebase(w, to, entries)),
        1 => entries.prop_map(Step::Fail),
        1 => Just(Step::Reopen),
    ]
}

fn live(bed: &Bed, steps: &[Step]) {
    let stream = |which| if which { township() } else { local() };
    let bytes =
        |entries: &[String]| entries.iter().map(|entry| entry.as_bytes().to_vec()).collect::<Vec<_>>();
    let mut model: std::collections::BTreeMap<StreamName, Vec<String>> = Default::default();
    let (mut store, _) = bed.open();
    for step in steps {
        match step {
            Step::Append(which, entries) => {
                store.write(|tx| tx.append(stream(*which), EPOCH, bytes(entries))).unwrap();
                model.entry(stream(*which)).or_default().extend(entries.iter().cloned());
            }
            Step::Rebase(which, to, entries) => {
                let own = model.entry(stream(*which)).or_default();
                let keep = own.len() * usize::from(*to) / 256;
                store
                    .write(|tx| {
                        tx.rebase(stream(*which), keep as u64)?;
                        tx.append(stream(*which), Epoch(9), bytes(entries))
                    })
                    .unwrap();
                own.truncate(keep);
                own.extend(entries.iter().cloned());
            }
            Step::Fail(entries) => {
                let failed: Result<(), StoreError> = store.write(|tx| {
                    tx.append(township(), EPOCH, bytes(entries))?;
                    tx.rebase(local(), 0)?;
                    tx.append(local(), EPOCH, bytes(entries))?;
                    Err(StoreError::Locked)
                });
                assert_eq!(failed, Err(StoreError::Locked));
            }
            Step::Reopen => {
                drop(store);
                store = bed.open().0;
            }
        }
    }
    for (stream, expected) in &model {
        assert_eq!(&entries(&store, *stream), expected);
    }
    let verified = store.verify(&|_| {}).unwrap();
    assert_eq!(
        verified.streams.iter().map(|(_, head)| head.len as usize).sum::<usize>(),
        model.values().map(Vec::len).sum::<usize>()
    );
    let incremental = rows(&store);
    drop(store);
    assert_eq!(rows(&bed.open().0), incremental);
    let (rebuilt, _) = reopen(&bed.journal()).unwrap();
    assert_eq!(rows(&rebuilt), incremental);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn views_equal_a_rebuild_in_memory(steps in prop::collection::vec(step(), 0..40)) {
        live(&Bed::memory(), &steps);
    }
}

#[cfg(feature = "disk")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn views_equal_a_rebuild_on_disk(steps in prop::collection::vec(step(), 0..30)) {
        live(&Bed::disk(), &steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_frame_decodes_to_what_was_encoded(
        entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20),
        withheld in any::<u32>(), epoch in any::<u64>(), first in 1..u64::MAX / 2, rest in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let item = |(index, entry): (usize, Vec<u8>)| {
            if withheld >> (index % 32) & 1 == 1 { Item::Withheld(Digest::of(&entry)) } else { Item::Entry(entry) }
        };
        let items = entries.into_iter().enumerate().map(item).collect();
        let prev = Hash(Digest::of(&rest).0);
        let frame = Frame { flags: FrameFlags(2), stream: township(), epoch: Epoch(epoch), first, prev, items };
        let mut bytes = frame.encode();
        let length = bytes.len();
        prop_assert_eq!(length, frame.encoded_len());
        for cut in 0..length.min(120) {
            let short = matches!(Frame::decode(&bytes[..cut]), Err(FrameError::Short { .. }));
            prop_assert!(short, "cut to {}", cut);
        }
        bytes.extend_from_slice(&rest);
        prop_assert_eq!(Frame::decode(&bytes), Ok((frame.clone(), length)));
        // Withholding an entry does not change the chain.
        let mut digests = frame.clone();
        digests.items = frame.items.iter().map(|item| Item::Withheld(item.digest())).collect();
        prop_assert_eq!(digests.head(), frame.head());
        let flip = epoch as usize % length;
        bytes[flip] ^= 1 << (epoch % 8);
        prop_assert!(Frame::decode(&bytes[..length]).is_err(), "byte {} flipped", flip);
    }

    #[test]
    fn no_bytes_make_a_frame_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..400), sealed in any::<bool>()) {
        if sealed && bytes.len() > 20 {
            // Past the check sum, so that the body is looked at.
            let length = bytes.len() - 8;
            bytes[8] = 1;
            bytes[10] %= 24;
            bytes[..4].copy_from_slice(&(length as u32).to_le_bytes());
            let crc = crc32c::crc32c(&bytes[8..]);
            bytes[4..8].copy_from_slice(&crc.to_le_bytes());
        }
        let _ = Frame::decode(&bytes);
    }
}
