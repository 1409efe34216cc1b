//! Seals over stores in memory: what may happen after, and what is noticed.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::store::files::{Files as _, SimFiles};
use crate::store::views::MemShelf;
use crate::store::{Fold, Options};
use crate::stream::Item;
use crate::tally::fixture::{self, County, PIECE, WORK, ago, catalogue, tenths, text};
use crate::tally::property::{county, trips, works};
use crate::tally::{Figure, Level};
use crate::view::Folder;
use crate::view::sample::TODAY;

const HUB: StreamName = StreamName::Meta(Site::Hub);

fn nobody(_: &dyn View) -> Offices {
    Offices::new()
}

/// A store with the files under it.
struct Bed {
    store: Store,
    files: SimFiles,
    catalogue: Arc<Catalogue>,
}

impl Bed {
    fn over(files: SimFiles, catalogue: Arc<Catalogue>) -> Self {
        let fold: Arc<dyn Fold> = Arc::new(Folder::new(Arc::clone(&catalogue)));
        let opened = Store::open_with(
            Arc::new(files.clone()),
            Arc::new(MemShelf::default()),
            fold,
            Options::default(),
        );
        Self { store: opened.expect("files in memory").0, files, catalogue }
    }

    fn new() -> Self {
        Self::over(SimFiles::new(), catalogue())
    }

    fn append(&self, stream: StreamName, epoch: Epoch, entry: Vec<u8>) {
        let written = self.store.write(|tx| tx.append(stream, epoch, vec![entry]).map(|_| ()));
        written.expect("a store in memory");
    }

    fn take(&self, log: &[(StreamName, Item)]) {
        for (stream, item) in log {
            let Item::Entry(bytes) = item else { panic!("offices write entries") };
            self.append(*stream, Epoch(1), bytes.clone());
        }
    }

    fn sealer<T>(&self, work: impl FnOnce(&Sealer<'_>) -> T) -> T {
        let Self { store, catalogue, .. } = self;
        work(&Sealer { store, catalogue, offices: &nobody, software: "hub 1" })
    }

    fn seal(&self, period: &str) -> Seal {
        let ask = SealAsk {
            period: period.parse().expect("a period"),
            as_of: TODAY,
            at_ms: 1_795_000_000_000,
            fresh: Epoch(9),
        };
        self.sealer(|sealer| sealer.seal(&ask)).expect("a store in memory")
    }

    fn check(&self, seal: &Seal) -> Checked {
        self.sealer(|sealer| sealer.check(seal, &|_| ())).expect("a store in memory")
    }

    fn only_seal(&self) -> Seal {
        let seals = self.store.read(seals);
        assert_eq!(seals.len(), 1);
        seals.into_iter().next().expect("there is one")
    }

    /// Flips a bit of the journal, so many bytes behind the last place where these bytes stand.
    fn flip(&self, near: &[u8], behind: usize) {
        let path = "journal/00000001.seg";
        let content = &self.files.contents()[path];
        let found = content.windows(near.len()).rposition(|window| window == near).expect("they are there");
        let at = found + near.len() + behind;
        let file = self.files.open(path).expect("the file");
        file.write_at(at as u64, &[content[at] ^ 1]).expect("a byte");
    }

    /// Another store with the same entries, each as `change` leaves it, whose chains are whole: first what the seal counts,
    /// then all that came after.
    fn forged(&self, seal: &Seal, change: &dyn Fn(StreamName, u64, Vec<u8>) -> Option<Vec<u8>>) -> Self {
        let other = Self::new();
        let sealed: BTreeMap<StreamName, u64> =
            seal.frontier.iter().map(|(stream, head)| (*stream, head.len)).collect();
        for after in [false, true] {
            for (stream, head) in self.store.streams() {
                let parted = sealed.get(&stream).copied().unwrap_or(0);
                let range = if after { parted + 1..=head.len } else { 1..=parted };
                for seq in range {
                    let run = self.store.run(stream, seq..=seq, usize::MAX, usize::MAX);
                    let frame = run.expect("a whole journal").expect("an entry");
                    let Some(Item::Entry(bytes)) = frame.items.into_iter().next() else { panic!("an entry") };
                    if let Some(bytes) = change(stream, seq, bytes) {
                        other.append(stream, frame.epoch, bytes);
                    }
                }
            }
        }
        other
    }
}

/// Some work of three townships.
fn some_work() -> County {
    let mut county = County::of(3);
    county.aim(1, 10, 20);
    for n in 1..=3 {
        let id = county.work(n, 40 + n as i32, [(4, tenths(15))]);
        county.act(n, WORK, Some(id), "finish", Default::default());
        county.enter(n, PIECE, [(1, text("道路整治")), (2, ago(30)), (3, tenths(120))]);
    }
    county
}

fn sealed() -> (Bed, Seal, County) {
    let (county, bed) = (some_work(), Bed::new());
    bed.take(&county.hub.log);
    let seal = bed.seal("2026Q4");
    (bed, seal, county)
}

#[test]
fn a_text_of_figures_reads_back() {
    let (bed, seal, _) = sealed();
    let told = bed.sealer(|sealer| sealer.sealed(&seal)).expect("it is there");
    assert_eq!(told.lines.len(), seal.lines as usize);
    let of = |id: &str, level, whom| told.lines[&Key { level, id: id.to_owned(), split: None, whom }];
    let whom = crate::tally::Whom::County;
    assert_eq!(of("W1", Level::County, whom), Figure::Count(3));
    assert_eq!(of("P1", Level::County, whom), Figure::Thousandths(36_000));
    assert_eq!(of("P5", Level::Township, County::town(2)), Figure::Grade(None));
    assert_eq!(told.head[..2], ["xianglian figures 1".to_owned(), "period\t2026Q4".to_owned()]);
    assert!(told.head.contains(&"days\t2026-10-01\t2026-12-31".to_owned()));
    // The same again gives the same bytes, and they are kept once.
    let again = bed.seal("2026Q4");
    assert_eq!((again.figures, again.catalogue_files), (seal.figures, seal.catalogue_files));
    assert_eq!(again.seq, seal.seq + 1, "one note, and no piece");
    let broken = ["county\t\tW1\t\tcount x", "county\tx\tW1\t\tcount 1", "village\t\tW1\t\tcount 1"];
    for line in broken {
        assert!(Told::read(&format!("xianglian figures 1\n{line}\n")).is_none(), "{line}");
    }
    assert!(Told::read("").is_none() && Told::read("xianglian figures 2\n").is_none());
}

#[test]
fn what_comes_in_later_changes_the_present_alone() {
    let (bed, seal, mut county) = sealed();
    assert!(bed.check(&seal).is_good());
    let before = county.hub.log.len();
    county.work(1, 41, []);
    bed.take(&county.hub.log[before..]);
    let figure = |told: &Told| {
        let whom = crate::tally::Whom::County;
        told.lines[&Key { level: Level::County, id: "W1".to_owned(), split: None, whom }]
    };
    let told = bed.sealer(|sealer| sealer.sealed(&seal)).expect("it is there");
    let now = bed.sealer(|sealer| sealer.present(&seal)).expect("it counts");
    assert_eq!((figure(&told), figure(&now)), (Figure::Count(3), Figure::Count(4)));
    let checked = bed.check(&seal);
    assert!(checked.is_good() && checked.entries == before as u64, "{checked:?}");
}

#[test]
fn a_stream_that_was_cut_back_since_makes_no_difference() {
    let (bed, seal, _) = sealed();
    let stream = StreamName::Township(County::code(2));
    let cut = bed.store.write(|tx| tx.rebase(stream, 1).map(|_| ()));
    cut.expect("a store in memory");
    assert!(bed.check(&seal).is_good());
    // And what had been cut before was not sealed.
    let later = bed.seal("2026");
    bed.append(stream, Epoch(7), b"no entry at all".to_vec());
    let (first, second) = (bed.check(&seal), bed.check(&later));
    assert!(first.is_good() && second.is_good());
    // Two of the township's three are gone; the seal itself has come: two things in a piece each, and its note.
    assert_eq!(second.entries, first.entries - 2 + 3);
}

#[test]
fn sealed_by_another_catalogue_it_is_recounted_by_that() {
    let (bed, seal, _) = sealed();
    let (old, new) = ("target = { at_least = 2 }", r#"when = { status = ["open"] }"#);
    let files = fixture::FILES.map(|(name, text)| match name {
        "test_work.toml" => (name, text.replacen(old, new, 1)),
        _ => (name, text.to_owned()),
    });
    let newer =
        Catalogue::load(files.iter().map(|(name, text)| (*name, text.as_str()))).expect("sound files");
    let newer = Bed::over(bed.files.copy(), Arc::new(newer));
    assert_ne!(newer.catalogue.version, seal.catalogue);
    assert!(newer.check(&seal).is_good());
    let now = newer.sealer(|sealer| sealer.present(&seal)).expect("it counts");
    let whom = crate::tally::Whom::County;
    let key = Key { level: Level::County, id: "W1".to_owned(), split: None, whom };
    assert_eq!(now.lines[&key], Figure::Count(0), "by the newer one finished work is no case");
}

#[test]
fn a_bit_that_has_flipped_is_found() {
    let (bed, seal, _) = sealed();
    bed.flip("道路整治".as_bytes(), 1);
    let checked = bed.check(&seal);
    assert!(matches!(checked.findings[..], [Finding::Damaged { segment: 1, .. }]), "{checked:?}");

    let (bed, seal, _) = sealed();
    // In the last piece of the figures, some bytes behind their name; then in the note of the seal itself.
    let (first, note) = (seal.figures, seal.catalogue.clone());
    bed.flip(&[&first[..], &[0x18, 0x01]].concat(), 20);
    assert!(matches!(bed.check(&seal).findings[..], [Finding::Damaged { .. }]));
    let (bed, seal, _) = sealed();
    bed.flip(note.as_bytes(), 40);
    assert!(!bed.check(&seal).is_good());
}

#[test]
fn a_store_made_anew_from_the_same_entries_is_as_good() {
    let (bed, seal, _) = sealed();
    let other = bed.forged(&seal, &|_, _, bytes| Some(bytes));
    assert_eq!(other.only_seal(), seal);
    assert!(other.check(&seal).is_good());
}

#[test]
fn an_entry_that_is_left_out_or_another_is_named() {
    let (bed, seal, _) = sealed();
    let dropped = StreamName::Township(County::code(3));
    let other =
        bed.forged(&seal, &|stream, seq, bytes| Some(bytes).filter(|_| (stream, seq) != (dropped, 2)));
    let checked = other.check(&other.only_seal());
    let [Finding::Head { stream, sealed, found }] = &checked.findings[..] else { panic!("{checked:?}") };
    assert_eq!((*stream, sealed.len, found.len), (dropped, 3, 2));

    let changed = StreamName::Township(County::code(1));
    let other = bed.forged(&seal, &|stream, seq, mut bytes| {
        if (stream, seq) == (changed, 1) {
            bytes.push(0);
        }
        Some(bytes)
    });
    let checked = other.check(&other.only_seal());
    let [Finding::Head { stream, sealed, found }] = &checked.findings[..] else { panic!("{checked:?}") };
    assert_eq!((*stream, sealed.len, found.len), (changed, 3, 3));
    assert_ne!(sealed.hash, found.hash);
}

/// The notes of the seal, changed by someone who can also make the chain whole again.
fn rewritten(bed: &Bed, seal: &Seal, change: &dyn Fn(&mut Note)) -> Checked {
    let other = bed.forged(seal, &|stream, _, bytes| {
        let mut note = match pb::Note::decode(bytes.as_slice()) {
            Ok(pb::Note { kind: Some(kind) }) if stream == HUB => kind,
            _ => return Some(bytes),
        };
        change(&mut note);
        Some(pb::Note { kind: Some(note) }.encode_to_vec())
    });
    other.check(&other.only_seal())
}

#[test]
fn a_seal_that_was_written_again_is_not_believed() {
    let (bed, seal, _) = sealed();
    let figures = seal.figures;
    let piece_of = move |note: &mut Note, of: &[u8; 32], change: &dyn Fn(&mut pb::HubPiece)| {
        if let Note::Piece(piece) = note
            && piece.of == of
        {
            change(piece);
        }
    };
    let packed = |text: &str| pieces::Packed::of(text.as_bytes()).expect("it is small").pieces().next();
    let read = bed.sealer(|sealer| pieces::read(sealer.store, &figures)).expect("it is there");
    let text = String::from_utf8(read).expect("it is text");
    let other = text.replace("county\t\tW1\t\tcount 3\n", "county\t\tW1\t\tcount 4\n");
    let other = packed(&other).expect("a piece");

    let checked = rewritten(&bed, &seal, &|note| {
        piece_of(note, &figures, &|piece| piece.bytes.clone_from(&other.bytes));
    });
    let broken = |checked: &Checked, kept| matches!(&checked.findings[..], [Finding::Broken { kept: k, .. }] if *k == kept);
    assert!(broken(&checked, Kept::Figures), "{checked:?}");
    let checked = rewritten(&bed, &seal, &|note| {
        piece_of(note, &seal.catalogue_files, &|piece| piece.bytes.truncate(30));
    });
    assert!(broken(&checked, Kept::Catalogue), "{checked:?}");

    // The name fits the other figures, but the streams do not give them.
    let checked = rewritten(&bed, &seal, &|note| {
        piece_of(note, &figures, &|piece| piece.clone_from(&other));
        if let Note::Sealed(seal) = note {
            seal.figures.clone_from(&other.of);
        }
    });
    let [Finding::Figure { key, sealed, found }] = &checked.findings[..] else { panic!("{checked:?}") };
    assert_eq!((key.id.as_str(), key.level), ("W1", Level::County));
    assert_eq!((*sealed, *found), (Some(Figure::Count(4)), Some(Figure::Count(3))));

    let checked = rewritten(&bed, &seal, &|note| {
        if let Note::Sealed(seal) = note {
            seal.as_of = "2026-11-01".to_owned();
        }
    });
    assert!(matches!(&checked.findings[0], Finding::Days { .. }), "{checked:?}");
    let checked = rewritten(&bed, &seal, &|note| {
        if let Note::Sealed(seal) = note {
            seal.frontier.remove(0);
        }
    });
    assert!(!checked.is_good());
}

#[test]
fn large_things_come_in_pieces_and_have_a_bound() {
    let mut noise = blake3::Hasher::new().update(b"noise").finalize_xof();
    let mut plain = vec![0; 300 * 1024];
    noise.fill(&mut plain);
    let packed = pieces::Packed::of(&plain).expect("within the bound");
    let notes: Vec<Note> = packed.pieces().map(Note::Piece).collect();
    assert_eq!(notes.len(), 3);
    let bed = Bed::new();
    let write = |notes: Vec<Note>| {
        let written: Result<(), StoreError> =
            bed.store.write(|tx| crate::sync::note::append(tx, Site::Hub, Epoch(9), notes));
        written.expect("a store in memory");
    };
    assert_eq!(pieces::read(&bed.store, &packed.of), Err(PieceError::Missing { nth: 0 }));
    write(notes[..2].to_vec());
    assert_eq!(pieces::read(&bed.store, &packed.of), Err(PieceError::Missing { nth: 2 }));
    write(notes[2..].to_vec());
    assert_eq!(pieces::read(&bed.store, &packed.of), Ok(plain));
    let too_large = pieces::Packed::of(&vec![0; crate::limits::SEALED_PLAIN_BYTES_MAX + 1]);
    assert!(matches!(too_large.map(|_| ()), Err(PieceError::TooLarge { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Work, changes and voids; sealed somewhere, in the middle of a day's exchange; later everything else, a cut, a rebuild
    /// and a backup.
    #[test]
    fn any_history_recounts_to_the_byte(
        works in works(),
        trips in trips(),
        parts in (0..101usize, 0..101usize),
        cut in prop::option::of((1..5u32, 0..6u64)),
        period in prop::sample::select(vec!["2026", "2026Q4", "2026-10-20..2026-11-10", "term", "2026S1", "2025"]),
    ) {
        let county = county(&works, &trips);
        let (log, bed) = (&county.hub.log, Bed::new());
        let at = |percent: usize| log.len() * percent / 100;
        let (first, second) = (at(parts.0.min(parts.1)), at(parts.0.max(parts.1)));
        bed.take(&log[..first]);
        let seal = bed.seal(period);
        prop_assert!(bed.check(&seal).is_good());
        bed.take(&log[first..second]);
        let later = bed.seal(period);
        if let Some((town, keep)) = cut {
            let stream = StreamName::Township(County::code(town));
            let keep = keep.min(bed.store.head(stream).len);
            let cut: Result<(), StoreError> = bed.store.write(|tx| tx.rebase(stream, keep).map(|_| ()));
            prop_assert!(cut.is_ok());
        } else {
            bed.take(&log[second..]);
        }
        let last = bed.seal(period);

        let rebuilt = Bed::over(bed.files.copy(), Arc::clone(&bed.catalogue));
        let copy = SimFiles::new();
        bed.store.backup(&copy).unwrap();
        let restored = Bed::over(copy, Arc::clone(&bed.catalogue));
        for bed in [&bed, &rebuilt, &restored] {
            prop_assert_eq!(bed.store.read(seals).len(), 3);
            for seal in [&seal, &later, &last] {
                let checked = bed.check(seal);
                prop_assert!(checked.is_good(), "{:?}", checked);
            }
        }
    }
}
