//! Damage: every byte counts, and what is damaged is named.

use std::io::Cursor;

use super::bed::{Town, check, wrong};
use crate::archive::seal::Seal;
use crate::archive::{Known, container, verify};
use crate::program::Progress;

fn package() -> (Town, Vec<u8>) {
    let mut town = Town::new();
    town.piece("甲");
    town.sync();
    let file = town.pack(&["2026"], &["letter"]);
    (town, file)
}

/// What is wrong with a file; a file that is no package at all is wrong as a whole.
fn found(file: &[u8], known: &Known) -> Vec<String> {
    match verify(Cursor::new(file), known, &Progress::silent()) {
        Ok(report) => wrong(&report),
        Err(failure) => vec![failure.said.message.zh.clone()],
    }
}

#[test]
fn every_byte_counts() {
    let (_, mut file) = package();
    let comment = file.windows(20).rposition(|window| window == b"XIANGLIAN ARCHIVE 1\n").unwrap();
    for at in 0..file.len() {
        let flip = 1u8 << (at % 8);
        file[at] ^= flip;
        // Before the comment the digest of the whole tells; in it, the seal is not what is written or was signed.
        let whole = container::open(Cursor::new(&file)).unwrap();
        let told = !whole.whole || whole.seal.is_none();
        assert!(told || at >= comment, "byte {at} can be changed unseen");
        file[at] ^= flip;
    }
    assert!(container::open(Cursor::new(&file)).unwrap().whole);
}

#[test]
fn every_byte_of_the_seal_counts() {
    let (town, mut file) = package();
    let known = Known { ca: Some(town.ca.fingerprint()), receipt_key: None };
    let comment = file.windows(20).rposition(|window| window == b"XIANGLIAN ARCHIVE 1\n").unwrap();
    assert!(found(&file, &known).is_empty());
    let seal = Seal::read(&file[comment..]).unwrap();
    for at in comment..file.len() {
        for flip in [1u8, 0x20] {
            file[at] ^= flip;
            // One value has one spelling, so another spelling is another value or none ...
            assert_ne!(Seal::read(&file[comment..]).as_ref(), Some(&seal), "byte {}", at - comment);
            // ... and no other value was signed.
            if (at - comment).is_multiple_of(13) {
                assert!(!found(&file, &known).is_empty(), "byte {} of the seal", at - comment);
            }
            file[at] ^= flip;
        }
    }
}

#[test]
fn damage_is_named_by_its_part() {
    let (town, file) = package();
    let known = Known { ca: Some(town.ca.fingerprint()), receipt_key: None };
    let mut zip = zip::ZipArchive::new(Cursor::new(&file)).unwrap();
    let places: Vec<(String, usize, usize)> = (0..zip.len())
        .map(|at| {
            let part = zip.by_index(at).unwrap();
            let start = part.data_start().unwrap() as usize;
            (part.name().unwrap().into_owned(), start, part.compressed_size() as usize)
        })
        .collect();
    assert!(places.len() > 15);
    for (name, start, length) in places {
        for at in [start, start + length / 2, start + length - 1] {
            let mut damaged = file.clone();
            damaged[at] ^= 0x10;
            let said = found(&damaged, &known);
            let named = said.iter().any(|line| line.starts_with(&format!("{name}: ")));
            // The last bits of what is packed may stand for nothing.
            let padding = at == start + length - 1 && said.iter().any(|line| line.contains("各部分完好"));
            assert!(named || padding, "{name} at {at}: {said:#?}");
        }
    }
}

#[test]
fn a_file_that_ends_early_is_damaged() {
    let (town, file) = package();
    let known = Known { ca: Some(town.ca.fingerprint()), receipt_key: None };
    for len in (0..file.len()).step_by(97).chain([file.len() - 1]) {
        assert!(!found(&file[..len], &known).is_empty(), "{len} bytes");
    }
    let mut longer = file.clone();
    longer.push(b'\n');
    assert!(!found(&longer, &known).is_empty());
    let mut before = vec![0; 10];
    before.extend_from_slice(&file);
    assert!(!found(&before, &known).is_empty());
    assert!(verify(Cursor::new(b"no package"), &known, &Progress::silent()).is_err());
}

#[test]
fn another_county_s_package_is_told_apart() {
    let (_, file) = package();
    let other = super::bed::county();
    let said = wrong(&check(&file, &Known { ca: Some(other.fingerprint()), receipt_key: None }));
    assert!(said[0].contains("县根证书不是给出的那一个"), "{said:#?}");
}
