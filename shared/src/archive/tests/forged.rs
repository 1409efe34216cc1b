//! Forgeries: packages whose digests all agree, made by somebody who wants to be believed.

use std::io::{Cursor, Read as _};

use super::bed::{Town, check, county, wrong};
use crate::archive::Known;
use crate::archive::container::{B3SUMS, SHA256SUMS, Signing, Writer};
use crate::archive::seal::OfficeSeal;
use crate::ids::RecordId;
use crate::net::keys::PrivateKey;
use crate::net::peer::Subject;
use crate::record::{Entry, Value};
use crate::stream::{Frame, Item};

type Parts = Vec<(String, Vec<u8>)>;

fn taken_apart(file: &[u8]) -> Parts {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut parts = Vec::new();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.push((part.name().unwrap().into_owned(), bytes));
    }
    parts
}

/// Puts parts together again with digests that fit, and no signature.
fn put_together(parts: &Parts, signing: Option<Signing<'_>>) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts.iter().filter(|(name, _)| name != B3SUMS && name != SHA256SUMS) {
        writer.bytes(name, bytes).unwrap();
    }
    writer.finish(signing).unwrap().0.into_inner()
}

/// The same, signed by the office itself: it alone can cheat so far.
fn signed(town: &Town, parts: &Parts) -> Vec<u8> {
    let identity = town.identity.as_ref().unwrap();
    let office = OfficeSeal {
        at: super::bed::NOW / 1000,
        township: town.code(),
        certificate: identity.certificate.to_vec(),
        signature: [0; 64],
    };
    let sign = |text: &[u8]| identity.key.sign(text).map_err(std::io::Error::other);
    put_together(parts, Some(Signing { office, sign: &sign }))
}

fn town() -> (Town, RecordId, Parts) {
    let mut town = Town::new();
    let (letter, _) = town.piece("甲");
    town.piece("乙");
    town.sync();
    let parts = taken_apart(&town.pack(&["2026"], &[]));
    (town, letter, parts)
}

#[track_caller]
fn refused(town: &Town, parts: &Parts, words: &str) {
    let said = wrong(&town.check(&signed(town, parts)));
    assert!(said.iter().any(|line| line.contains(words)), "{words} not in {said:#?}");
}

/// Changes the frames of the township's stream.
fn with_frames(parts: &Parts, mut change: impl FnMut(&mut Vec<Frame>)) -> Parts {
    let mut parts = parts.clone();
    let part = parts.iter_mut().find(|(name, _)| name.starts_with("data/streams/township")).unwrap();
    let mut frames = Vec::new();
    let mut rest = part.1.as_slice();
    while !rest.is_empty() {
        let (frame, took) = Frame::decode(rest).unwrap();
        frames.push(frame);
        rest = &rest[took..];
    }
    change(&mut frames);
    part.1 = frames.iter().flat_map(Frame::encode).collect();
    parts
}

/// The entries of a record among the items of a frame.
fn of(frame: &mut Frame, record: RecordId) -> impl Iterator<Item = &mut Item> {
    frame.items.iter_mut().filter(move |item| match item {
        Item::Entry(bytes) => Entry::decode(bytes).is_ok_and(|entry| entry.record == record),
        Item::Withheld(_) => false,
    })
}

#[test]
fn put_together_again_it_is_the_same() {
    let (town, _, parts) = town();
    let report = town.check(&signed(&town, &parts));
    assert!(report.good, "{:#?}", wrong(&report));
}

#[test]
fn every_part_that_is_taken_away_is_missed() {
    let (town, _, parts) = town();
    for nth in 0..parts.len() - 2 {
        let mut fewer = parts.clone();
        let (name, _) = fewer.remove(nth);
        let report = town.check(&signed(&town, &fewer));
        // Without the root's word on their key the receipts prove nothing; that is said, not held against the file.
        let doubted = report.unproved.iter().any(|text| text.zh.contains("县级回执无法核对"));
        assert_eq!(name == "data/certificates/receipts.pem", report.good, "{name}");
        assert_eq!(report.good, doubted, "{name}");
    }
}

#[test]
fn every_part_that_is_exchanged_or_added_is_noticed() {
    let (town, _, parts) = town();
    for nth in 0..parts.len() - 3 {
        let mut swapped = parts.clone();
        let other = swapped[nth + 1].1.clone();
        swapped[nth + 1].1 = std::mem::replace(&mut swapped[nth].1, other);
        if swapped[nth].1 != swapped[nth + 1].1 {
            let report = town.check(&signed(&town, &swapped));
            assert!(!report.good, "{} and {} were exchanged", swapped[nth].0, swapped[nth + 1].0);
        }
    }
    for name in [
        "记录/9999.html",
        "data/more.bin",
        "data/streams/township-330282003.frames",
        "附件/x.bin",
        "读我.txt",
    ] {
        let mut more = parts.clone();
        more.insert(3, (name.to_owned(), b"more".to_vec()));
        let said = wrong(&town.check(&signed(&town, &more)));
        assert!(said.iter().any(|line| line.starts_with(name)), "{name}: {said:#?}");
    }
}

#[test]
fn without_the_office_s_key_nothing_can_be_changed() {
    let (town, _, mut parts) = town();
    let said = wrong(&town.check(&put_together(&parts, None)));
    assert!(said.iter().any(|line| line.contains("单位签名被去掉了")), "{said:#?}");

    // By somebody with a certificate of another county.
    let (other, key) = (county(), PrivateKey::generate().unwrap());
    let issued =
        other.issue(Subject::Township(town.code()), &key.request().unwrap(), super::bed::NOW).unwrap();
    let office = OfficeSeal {
        at: super::bed::NOW / 1000,
        township: town.code(),
        certificate: issued.certificate.to_vec(),
        signature: [0; 64],
    };
    let sign = |text: &[u8]| key.sign(text).map_err(std::io::Error::other);
    let forged = put_together(&parts, Some(Signing { office: office.clone(), sign: &sign }));
    assert!(wrong(&town.check(&forged))[0].contains("不是本县签发的"));
    let root = crate::net::ca::certificate_pem(other.root());
    let part = parts.iter_mut().find(|(name, _)| name == "data/certificates/root.pem").unwrap();
    part.1 = root.into_bytes();
    let forged = put_together(&parts, Some(Signing { office, sign: &sign }));
    assert!(wrong(&town.check(&forged))[0].contains("县根证书不是给出的那一个"));
    let unknown = check(&forged, &Known::default());
    assert!(unknown.unproved.iter().any(|text| text.zh.contains("没有给出县根证书指纹")));
}

#[test]
fn the_office_itself_cannot_change_what_the_county_signed_for() {
    let (town, letter, parts) = town();
    let title = town.catalogue.kind("letter").unwrap().field("title").unwrap().tag;
    let changed = with_frames(&parts, |frames| {
        for item in frames.iter_mut().flat_map(|frame| of(frame, letter)) {
            let Item::Entry(bytes) = item else { continue };
            let mut entry = Entry::decode(bytes).unwrap();
            entry.set.entry(title).and_modify(|value| *value = Value::Text("另一个标题".into()));
            *bytes = entry.encode();
        }
    });
    refused(&town, &changed, "的链值与县级回执");

    let fewer = with_frames(&parts, |frames| {
        let item = frames.iter_mut().flat_map(|frame| of(frame, letter)).last().unwrap();
        *item = Item::Withheld(item.digest());
    });
    refused(&town, &fewer, "的条目不全");

    let shorter = with_frames(&parts, |frames| drop(frames[0].items.pop()));
    refused(&town, &shorter, "条目数与索引不符");

    let turned = with_frames(&parts, |frames| frames[0].items.swap(1, 2));
    refused(&town, &turned, "的链值与县级回执");

    let cut = with_frames(&parts, |frames| frames[0].prev.0[0] ^= 1);
    let said = wrong(&town.check(&signed(&town, &cut)));
    assert!(!said.is_empty(), "the chain before the run");
}

#[test]
fn a_receipt_that_the_county_did_not_sign_is_told() {
    let (town, _, mut parts) = town();
    let part = parts.iter_mut().find(|(name, _)| name == "data/receipts.json").unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&part.1).unwrap();
    let entries = json[0]["streams"][0]["entries"].as_u64().unwrap();
    json[0]["streams"][0]["entries"] = (entries - 1).into();
    part.1 = serde_json::to_vec_pretty(&json).unwrap();
    refused(&town, &parts, "不是县里签的");
}

#[test]
fn a_page_that_says_something_else_is_told() {
    let (town, _, mut parts) = town();
    let page = parts.iter_mut().find(|(name, _)| name == "记录/0002.html").unwrap();
    let text = String::from_utf8(page.1.clone()).unwrap().replace("村委会", "县城里");
    page.1 = text.into_bytes();
    refused(&town, &parts, "与条目不符");
}

#[test]
fn a_record_that_is_hidden_or_forgotten_is_told() {
    let (town, letter, parts) = town();
    let edit = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut parts = parts.clone();
        let part = parts.iter_mut().find(|(name, _)| name == "data/index.json").unwrap();
        let mut json: serde_json::Value = serde_json::from_slice(&part.1).unwrap();
        change(&mut json);
        part.1 = serde_json::to_vec_pretty(&json).unwrap();
        parts
    };
    let id = letter.to_string();
    let hidden =
        edit(&|json| json["records"].as_array_mut().unwrap().retain(|line| line["id"] != id.as_str()));
    refused(&town, &hidden, "多出记录");
    let stranger = edit(&|json| {
        let items = json["items"].as_array_mut().unwrap();
        items.pop();
    });
    refused(&town, &stranger, "不属于任何一件");
}
