//! Earlier moments: what is shown of one is what stood then.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::bed::Bed;
use super::model::{EPOCH, append, fold, local, rows, rows_of, township};
use crate::ids::StreamName;
use crate::store::{self, PastError, Store};
use crate::stream::Head;

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

fn heads(store: &Store) -> Vec<(StreamName, Head)> {
    store.read(|views| store::heads(views))
}

fn past(store: &Store, heads: &[(StreamName, Head)]) -> Result<Rows, PastError> {
    let past = store.past(heads, fold(), &|_| {})?;
    Ok(past.read(|views| rows_of(views))?)
}

#[track_caller]
fn cut(store: &Store, stream: StreamName, keep: u64, entries: &[&str]) {
    let entries = entries.iter().map(|text| text.as_bytes().to_vec()).collect();
    let done: Result<Head, store::StoreError> = store.write(|tx| {
        tx.rebase(stream, keep)?;
        tx.append(stream, EPOCH, entries)
    });
    done.unwrap();
}

#[test]
fn of_moments_with_the_same_heads_the_last_counts() {
    let (store, _) = Bed::memory().open();
    append(&store, township(), &["a"]);
    append(&store, local(), &["ab"]);
    let (moment, first) = (heads(&store), rows(&store));
    cut(&store, township(), 0, &["a"]);
    assert_eq!(heads(&store), moment, "written again alike");
    let last = rows(&store);
    assert_ne!(first, last, "in another order among the streams");
    append(&store, local(), &["b"]);
    assert_eq!(past(&store, &moment), Ok(last));
}

#[test]
fn heads_that_never_stood_together_are_no_moment() {
    let (store, _) = Bed::memory().open();
    append(&store, township(), &["a"]);
    let early = heads(&store);
    append(&store, local(), &["b"]);
    append(&store, township(), &["c"]);
    let late = heads(&store);
    let of =
        |moment: &[(StreamName, Head)], stream| *moment.iter().find(|(name, _)| *name == stream).unwrap();
    append(&store, local(), &["d"]);
    let end = heads(&store);
    let mixed = [of(&early, township()), of(&end, local())];
    assert_eq!(past(&store, &mixed), Err(PastError::NoMoment));
    let strange = Head { len: 2, ..of(&early, township()).1 };
    let expected = PastError::Head { stream: township(), expected: strange, found: of(&late, township()).1 };
    assert_eq!(past(&store, &[(township(), strange), of(&late, local())]), Err(expected));
    assert_eq!(past(&store, &[]), Ok(Rows::new()), "before anything was written");
}

#[derive(Debug, Clone)]
enum Step {
    Append(bool, Vec<String>),
    /// Cut back by so many entries, and append.
    Cut(bool, u8, Vec<String>),
}

/// Few different entries, so that what was cut off is written again alike.
fn step() -> impl Strategy<Value = Step> {
    let entries = || prop::collection::vec("[ab]", 1..3);
    prop_oneof![
        3 => (any::<bool>(), entries()).prop_map(|(which, entries)| Step::Append(which, entries)),
        2 => (any::<bool>(), 1..4u8, entries()).prop_map(|(w, back, entries)| Step::Cut(w, back, entries)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn an_earlier_moment_is_what_stood_then(steps in prop::collection::vec(step(), 1..14)) {
        let (store, _) = Bed::memory().open();
        let mut stood: Vec<(Vec<(StreamName, Head)>, Rows)> = Vec::new();
        for step in &steps {
            let (which, back, entries) = match step {
                Step::Append(which, entries) => (*which, 0, entries),
                Step::Cut(which, back, entries) => (*which, u64::from(*back), entries),
            };
            let stream = if which { township() } else { local() };
            let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
            match back {
                0 => drop(append(&store, stream, &entries)),
                back => cut(&store, stream, store.head(stream).len.saturating_sub(back), &entries),
            }
            let (now, then) = (heads(&store), rows(&store));
            stood.retain(|(moment, _)| *moment != now);
            stood.push((now, then));
        }
        for (moment, then) in stood {
            prop_assert_eq!(past(&store, &moment), Ok(then));
        }
    }
}
