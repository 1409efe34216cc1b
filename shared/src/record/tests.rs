use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use prost::Message as _;
use xianglian_proto::v1 as pb;

use super::*;
use crate::ids::{RecordId, StreamName};
use crate::limits;

fn id() -> impl Strategy<Value = RecordId> {
    any::<[u8; 16]>().prop_map(RecordId::from_bytes)
}

/// Any value of at most so many levels.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "\\PC{0,40}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Number),
        any::<bool>().prop_map(Value::Flag),
        any::<i32>().prop_map(|day| Value::Date(Day(day))),
        any::<i64>().prop_map(Value::Time),
        any::<u32>().prop_map(Value::Choice),
        (any::<i64>(), 0u8..=6).prop_map(|(units, scale)| Value::Decimal(Decimal { units, scale })),
        id().prop_map(Value::Link),
        vec(any::<u8>(), 0..200).prop_map(Value::Blob),
        // Field 15, a varint: a case of a version to come.
        (0u8..0x80).prop_map(|n| Value::Unknown(vec![15 << 3, n])),
        Just(Value::Unknown(Vec::new())),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            btree_map(0u32..9, inner, 0..4).prop_map(Value::Group),
        ]
    })
}

fn fields() -> impl Strategy<Value = Fields> {
    btree_map(any::<u32>(), value(), 0..12)
}

fn deadline() -> impl Strategy<Value = DeadlineState> {
    let days = (any::<i32>(), any::<i32>(), any::<i32>(), any::<Option<i32>>());
    (any::<u32>(), days, any::<(bool, bool)>(), "[a-z0-9.+]{0,20}", any::<u32>()).prop_map(
        |(kind, (start, raw, effective, done), (provisional, cancelled), profile, extensions)| {
            DeadlineState {
                kind,
                start: Day(start),
                raw_due: Day(raw),
                effective_due: Day(effective),
                done: done.map(Day),
                provisional,
                profile,
                cancelled,
                extensions,
            }
        },
    )
}

fn role() -> impl Strategy<Value = Role> {
    any::<u32>().prop_map(Role::from_number)
}

fn entry() -> impl Strategy<Value = Entry> {
    let numbers = (any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>());
    let actor = ("[a-z0-9]{0,6}", role(), any::<bool>());
    let rest = (any::<i64>(), any::<u32>(), any::<u32>(), "\\PC{0,20}");
    (id(), numbers, fields(), vec(any::<u32>(), 0..5), vec(deadline(), 0..3), actor, rest).prop_map(
        |(record, (kind, rev, action, status), set, cleared, deadlines, (staff, role, on_behalf), rest)| {
            Entry {
                record,
                kind,
                rev,
                action,
                status,
                set,
                cleared,
                deadlines,
                actor: Actor { staff, role, on_behalf },
                at: rest.0,
                tick: rest.1,
                flags: EntryFlags(rest.2),
                reason: rest.3,
            }
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    (any::<[u32; 4]>(), any::<u64>(), role(), "[a-z0-9]{0,6}", any::<(i64, bool)>()).prop_map(
        |([rev, action, status, flags], seq, role, staff, (at, on_behalf))| Step {
            rev,
            seq,
            action,
            status,
            role,
            staff,
            on_behalf,
            at,
            flags: EntryFlags(flags),
        },
    )
}

fn record() -> impl Strategy<Value = Record> {
    let streams = vec!["township/330282002", "down/all", "down/330282002", "local/hub", "local/330282002"];
    let stream = prop::sample::select(streams).prop_map(|s| s.parse::<StreamName>().expect("a stream name"));
    (
        id(),
        any::<[u32; 4]>(),
        stream,
        fields(),
        vec(deadline(), 0..3),
        any::<[i64; 2]>(),
        vec(step(), 0..4),
        any::<[u8; 16]>(),
    )
        .prop_map(
            |(
                id,
                [kind, rev, status, flags],
                stream,
                fields,
                deadlines,
                [created_at, changed_at],
                steps,
                last,
            )| {
                let deadlines = deadlines.into_iter().map(|d| (d.kind, d)).collect();
                let flags = EntryFlags(flags);
                Record {
                    id,
                    kind,
                    stream,
                    rev,
                    status,
                    fields,
                    deadlines,
                    created_at,
                    changed_at,
                    flags,
                    steps,
                    last,
                }
            },
        )
}

proptest! {
    #[test]
    fn an_entry_reads_back_as_it_was_written(entry in entry()) {
        let bytes = entry.encode();
        prop_assert_eq!(Entry::decode(&bytes), Ok(entry));
    }

    #[test]
    fn a_record_reads_back_as_it_was_written(record in record()) {
        let bytes = record.encode();
        prop_assert_eq!(Record::decode(&bytes), Ok(record));
    }

    /// The bytes are those of the generated message, so that any other program reads and writes the same.
    #[test]
    fn the_bytes_are_those_of_the_generated_messages(entry in entry(), record in record()) {
        fn known(value: &Value) -> bool {
            match value {
                Value::Unknown(bytes) => bytes.is_empty(),
                Value::List(values) => values.iter().all(known),
                Value::Group(fields) => fields.values().all(known),
                _ => true,
            }
        }
        if entry.set.values().all(known) {
            let bytes = entry.encode();
            prop_assert_eq!(pb::Entry::decode(bytes.as_slice()).expect("an entry").encode_to_vec(), bytes);
        }
        if record.fields.values().all(known) {
            prop_assert_eq!(record.to_message().encode_to_vec(), record.encode());
        }
    }

    #[test]
    fn bytes_of_any_kind_never_panic(bytes in vec(any::<u8>(), 0..300)) {
        let _ = (Entry::decode(&bytes), Record::decode(&bytes), decode_fields(&bytes));
    }

    #[test]
    fn damaged_entries_never_panic(entry in entry(), at in any::<prop::sample::Index>(), flip in 1u8..) {
        let mut bytes = entry.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let _ = Entry::decode(&bytes);
        let _ = Entry::decode(&bytes[..at]);
    }

    #[test]
    fn a_day_reads_back_from_its_text(day in -25_567i32..84_370) {
        prop_assert_eq!(Day(day).to_string().parse(), Ok(Day(day)));
        let (y, m, d) = Day(day).ymd();
        prop_assert_eq!(Day::new(y, m, d), Some(Day(day)));
    }
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::Flag(true), |inner, _| Value::List(vec![inner]))
}

fn with(value: Value) -> Entry {
    let bytes = [RecordId::from_bytes([1; 16]).as_bytes().as_slice()].concat();
    let mut entry = Entry::decode(&[&[10, 16], bytes.as_slice()].concat()).expect("an empty entry");
    entry.set.insert(1, value);
    entry
}

#[test]
fn what_is_over_its_bound_is_refused() {
    assert!(Entry::decode(&with(nested(limits::VALUE_DEPTH_MAX)).encode()).is_ok());
    assert!(Entry::decode(&with(nested(limits::VALUE_DEPTH_MAX + 1)).encode()).is_err());
    let long = |count| with(Value::List(vec![Value::Flag(true); count])).encode();
    assert!(Entry::decode(&long(limits::LIST_VALUES_MAX)).is_ok());
    assert!(Entry::decode(&long(limits::LIST_VALUES_MAX + 1)).is_err());
    assert!(Entry::decode(&with(Value::Blob(vec![0; limits::ENTRY_BYTES_MAX])).encode()).is_err());
    assert!(Entry::decode(&[]).is_err());
}

#[test]
fn days_know_their_week_and_their_month() {
    let day: Day = "2026-11-23".parse().expect("a date");
    assert_eq!((day.weekday(), day.ymd()), (1, (2026, 11, 23)));
    assert_eq!(Day(0).ymd(), (1970, 1, 1));
    assert_eq!(Day(-1).ymd(), (1969, 12, 31));
    assert_eq!(Day::new(2023, 2, 29), None);
    assert_eq!(day.chinese(), "2026年11月23日");
    // Days of no calendar are pinned, not wrapped.
    assert_eq!(Day(i32::MAX).ymd(), (9999, 12, 31));
    assert!(Day(i32::MIN).year() < 1900);
}

#[test]
fn decimals_round_half_away_from_zero() {
    let thousandths = |text: &str| text.parse::<Decimal>().expect("a decimal").thousandths();
    assert_eq!(thousandths("1.5"), 1500);
    assert_eq!(thousandths("0.0005"), 1);
    assert_eq!(thousandths("-0.0005"), -1);
    assert_eq!(thousandths("-12.3454"), -12_345);
    for wrong in ["", ".", "1.", ".5", "1.1234567", "1e3", "－1", "99999999999999999999"] {
        assert!(wrong.parse::<Decimal>().is_err(), "{wrong}");
    }
}
