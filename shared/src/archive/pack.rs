//! Making a package.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek, Write};
use std::sync::Arc;

use serde::Serialize;

use super::choose::{Chosen, pieces, value};
use super::container::{Signing, Writer};
use super::contents::Contents;
use super::index::{FORMAT, Index, LeftOut, READABLE, RecordLine, StreamLine, Why};
use super::receipts;
use super::runs::{self, Kept, Unwritten};
use super::seal::OfficeSeal;
use super::sums::hex;
use super::{names, readable};
use crate::catalogue::model::Catalogue;
use crate::code::ErrorCode;
use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::limits;
use crate::net::ca::certificate_pem;
use crate::net::identity::Identity;
use crate::net::keys::HubKey;
use crate::program::{Failure, Progress};
use crate::record::{Entry, Value};
use crate::store::{Store, StoreError};
use crate::stream::Item;
use crate::sync::message::Receipt;
use crate::view::read;

/// The office whose package it is.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    pub township: TownshipCode,
    pub name: &'a str,
    /// `None` before it has joined: nothing is sealed and no receipt can be checked.
    pub identity: Option<&'a Identity>,
}

/// What is to be packed.
pub struct Pack<'a> {
    pub store: &'a Store,
    pub catalogue: &'a Arc<Catalogue>,
    pub office: Office<'a>,
    pub software: &'a str,
    pub chosen: &'a Chosen,
    /// Kinds by tag whose values that stay in the office go along.
    pub private: &'a BTreeSet<u32>,
    /// Milliseconds since 1970, for the seal.
    pub now_ms: i64,
}

/// What was packed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Packed {
    /// BLAKE3 of the content: what the seal signs.
    pub digest: String,
    pub items: Vec<RecordId>,
    pub records: usize,
    pub entries: u64,
    pub left_out: Vec<LeftOut>,
    /// Entries over which the county has given no receipt yet.
    pub unreceipted: u64,
    /// The office's certificate sealed it.
    pub sealed: bool,
}

impl From<Unwritten> for Failure {
    fn from(error: Unwritten) -> Self {
        match error {
            Unwritten::Store(error) => error.into(),
            Unwritten::Io(error) => unwritten(&error),
        }
    }
}

/// Writes the package to `out`, which is empty and can be read back.
///
/// # Errors
/// The store's and the file's; `Invalid`: more than a package may hold; `Refused`: of the pieces nothing may go along.
pub fn pack<W: Read + Write + Seek>(ask: &Pack<'_>, out: W, progress: &Progress) -> Result<Packed, Failure> {
    let plan = Plan::of(ask)?;
    let gathered = gather(ask, &plan, progress)?;
    let kept: Vec<Kept> = gathered.values().flatten().cloned().collect();
    let contents = Contents::fold(Arc::clone(ask.catalogue), kept);
    let held = |id| plan.wanted.contains_key(&id);
    let named = ask.store.read(|views| names::of(views, ask.catalogue, contents.entries(), &held));
    let contents = contents.with_names(&named);
    let noted = match ask.office.identity {
        Some(identity) => receipts::noted(ask.store, &HubKey(identity.enrolled.receipt_key.clone()))?,
        None => Vec::new(),
    };
    let mut proofs = Vec::new();
    for (stream, kept) in &gathered {
        proofs.extend(Proof::of(ask.store, *stream, kept, &noted)?);
    }
    let index = index(ask, &plan, &contents, &proofs, named)?;
    let mut writer = Writer::new(out);
    progress.total(index.records.len() as u64 + proofs.len() as u64);
    readable::parts(&index, &contents, &mut |name, bytes| {
        progress.step(1);
        writer.bytes(name, bytes)
    })
    .map_err(|error| unwritten(&error))?;
    data(ask, &mut writer, &index, &proofs)?;
    let (_, digest) = writer.finish(signing(ask).as_ref().map(Sign::signing)).map_err(|e| unwritten(&e))?;
    progress.done();
    Ok(Packed {
        digest: format!("blake3:{}", hex(&digest)),
        records: index.records.len(),
        entries: gathered.values().map(|kept| kept.len() as u64).sum(),
        unreceipted: proofs.iter().map(Proof::unreceipted).sum(),
        sealed: ask.office.identity.is_some(),
        items: index.items,
        left_out: index.left_out,
    })
}

/// Which records go along, and in which order.
struct Plan {
    items: Vec<RecordId>,
    order: Vec<RecordId>,
    /// The streams in which entries of a record are looked for.
    wanted: BTreeMap<RecordId, BTreeSet<StreamName>>,
    left_out: Vec<LeftOut>,
}

impl Plan {
    fn of(ask: &Pack<'_>) -> Result<Self, Failure> {
        let (kind, mark) = pieces(ask.catalogue)?;
        let mut plan =
            Self { items: Vec::new(), order: Vec::new(), wanted: BTreeMap::new(), left_out: Vec::new() };
        ask.store.read(|views| {
            for id in &ask.chosen.items {
                if !plan.take(ask, views, *id) {
                    continue;
                }
                plan.items.push(*id);
                let held = read::record(views, *id).and_then(|record| value(views, &record, mark.records));
                let Some(Value::List(held)) = held else { continue };
                for id in
                    held.iter().filter_map(|value| if let Value::Link(id) = value { Some(*id) } else { None })
                {
                    plan.take(ask, views, id);
                }
            }
        });
        if plan.items.is_empty() {
            return Err(Failure::new(
                ErrorCode::Refused,
                "所选归档文件都不外报，没有可装入的。",
                "Every chosen piece stays in the office; there is nothing to pack.",
            )
            .advise(
                format!("确需装入时，用 --private {} 以及所含台账的名称写明。", kind.label.zh),
                format!("If it is wanted, say so: --private {} and the kinds of the records.", kind.id),
            ));
        }
        if plan.order.len() > limits::ARCHIVE_RECORDS_MAX {
            return Err(too_much(
                format!("{} 条记录", plan.order.len()),
                format!("{} records", plan.order.len()),
            ));
        }
        Ok(plan)
    }

    /// Takes a record along, or notes why not. False: it was left out.
    fn take(&mut self, ask: &Pack<'_>, views: &dyn crate::store::View, id: RecordId) -> bool {
        if self.wanted.contains_key(&id) {
            return true;
        }
        if self.left_out.iter().any(|left| left.id == id) {
            return false;
        }
        let leave = |kind: &str, why| LeftOut { id, kind: kind.to_owned(), why };
        let Some(record) = read::record(views, id) else {
            self.left_out.push(leave("", Why::Absent));
            return false;
        };
        let kind = ask.catalogue.kinds.get(&record.kind).map_or("", |kind| &kind.id);
        let private = ask.private.contains(&record.kind);
        if !record.stream.travels() && !private {
            self.left_out.push(leave(kind, Why::Stays));
            return false;
        }
        let mut streams = BTreeSet::from([record.stream]);
        if private && matches!(record.stream.writer(), Site::Township(_)) {
            streams.insert(StreamName::Local(record.stream.writer()));
        }
        self.wanted.insert(id, streams);
        self.order.push(id);
        true
    }
}

/// The entries of the wanted records, by stream; every stream is read once.
fn gather(
    ask: &Pack<'_>,
    plan: &Plan,
    progress: &Progress,
) -> Result<BTreeMap<StreamName, Vec<Kept>>, Failure> {
    let streams: BTreeSet<StreamName> = plan.wanted.values().flatten().copied().collect();
    let heads: Vec<_> = streams.into_iter().map(|stream| (stream, ask.store.head(stream).len)).collect();
    progress.total(heads.iter().map(|(_, len)| len).sum());
    let mut room = limits::ARCHIVE_ENTRIES_BYTES_MAX;
    let mut found = BTreeMap::new();
    for (stream, len) in heads {
        let mut kept = Vec::new();
        runs::walk::<Failure>(ask.store, stream, (1, len), &mut |frame| {
            progress.step(frame.items.len() as u64);
            let epoch = frame.epoch;
            for (seq, item) in (frame.first..).zip(frame.items) {
                let Item::Entry(bytes) = item else { continue };
                let Ok(entry) = Entry::decode(&bytes) else { continue };
                if plan.wanted.get(&entry.record).is_some_and(|streams| streams.contains(&stream)) {
                    room = room.checked_sub(bytes.len() as u64).ok_or_else(|| {
                        let mib = limits::ARCHIVE_ENTRIES_BYTES_MAX >> 20;
                        too_much(format!("超过 {mib} MB 的条目"), format!("entries of more than {mib} MiB"))
                    })?;
                    kept.push(Kept { stream, epoch, seq, bytes });
                }
            }
            Ok(())
        })?;
        if !kept.is_empty() {
            found.insert(stream, kept);
        }
    }
    Ok(found)
}

/// The run of a stream that goes into the package, and the receipt that proves it.
struct Proof {
    stream: StreamName,
    first: u64,
    last: u64,
    kept: BTreeSet<u64>,
    receipt: Option<(Receipt, u64)>,
}

impl Proof {
    fn of(
        store: &Store,
        stream: StreamName,
        kept: &[Kept],
        noted: &[Receipt],
    ) -> Result<Option<Self>, StoreError> {
        let (Some(first), Some(last)) = (kept.first(), kept.last()) else { return Ok(None) };
        let (first, last) = (first.seq, last.seq);
        let receipt =
            if stream.travels() { receipts::best(store, noted, stream, (first, last))? } else { None };
        let last = receipt.as_ref().map_or(last, |(_, len)| last.max(*len));
        Ok(Some(Self { stream, first, last, kept: kept.iter().map(|kept| kept.seq).collect(), receipt }))
    }

    /// Entries that travel and are not covered.
    fn unreceipted(&self) -> u64 {
        let covered = self.receipt.as_ref().map_or(0, |(_, len)| *len);
        if self.stream.travels() { self.kept.range(covered + 1..).count() as u64 } else { 0 }
    }
}

fn index(
    ask: &Pack<'_>,
    plan: &Plan,
    contents: &Contents,
    proofs: &[Proof],
    names: Vec<super::index::Name>,
) -> Result<Index, Failure> {
    let kind_id =
        |tag: u32| ask.catalogue.kinds.get(&tag).map_or_else(|| tag.to_string(), |kind| kind.id.clone());
    let line = |id: &RecordId| {
        let record = contents.record(*id);
        let stands = ask.store.read(|views| read::record(views, *id));
        // The package must show what the office sees.
        let record = record.filter(|record| Some(record) == stands.as_ref());
        let record =
            record.ok_or_else(|| Failure::internal(format!("record {id} does not fold to itself")))?;
        Ok(RecordLine {
            id: *id,
            kind: kind_id(record.kind),
            stream: record.stream.to_string(),
            entries: contents.changes(*id).len() as u64,
            rev: record.rev,
            last: hex(&record.last),
        })
    };
    let stream = |proof: &Proof| StreamLine {
        stream: proof.stream.to_string(),
        first: proof.first,
        last: proof.last,
        entries: proof.kept.len() as u64,
    };
    Ok(Index {
        format: FORMAT,
        readable: READABLE,
        software: ask.software.to_owned(),
        catalogue: ask.catalogue.version.clone(),
        township: ask.office.township,
        office: ask.office.name.to_owned(),
        title: ask.chosen.title.clone(),
        private: ask.private.iter().map(|tag| kind_id(*tag)).collect(),
        streams: proofs.iter().map(stream).collect(),
        items: plan.items.clone(),
        records: plan.order.iter().map(line).collect::<Result<_, Failure>>()?,
        left_out: plan.left_out.clone(),
        names,
    })
}

/// The parts for programs.
fn data<W: Read + Write + Seek>(
    ask: &Pack<'_>,
    writer: &mut Writer<W>,
    index: &Index,
    proofs: &[Proof],
) -> Result<(), Failure> {
    let failed = |error: io::Error| unwritten(&error);
    writer.bytes("data/index.json", &index.encode().map_err(Failure::internal)?).map_err(failed)?;
    for proof in proofs {
        let mut why = None;
        let place = (proof.stream, proof.first, proof.last);
        let written = writer.part(&runs::part_name(proof.stream), |out| {
            runs::write(ask.store, place, &proof.kept, out).map(drop).map_err(|error| match error {
                Unwritten::Io(error) => error,
                Unwritten::Store(error) => {
                    why = Some(error);
                    io::Error::other("the store")
                }
            })
        });
        if let Some(error) = why {
            return Err(error.into());
        }
        written.map_err(failed)?;
    }
    let mut lines: Vec<receipts::Line> = Vec::new();
    for (receipt, _) in proofs.iter().filter_map(|proof| proof.receipt.as_ref()) {
        let line = receipts::Line::from(receipt);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let mut json = serde_json::to_vec_pretty(&lines).map_err(Failure::internal)?;
    json.push(b'\n');
    writer.bytes("data/receipts.json", &json).map_err(failed)?;
    if let Some(identity) = ask.office.identity {
        writer.bytes(ROOT, certificate_pem(&identity.root).as_bytes()).map_err(failed)?;
        let vouched = &identity.enrolled.receipt_certificate;
        if !vouched.is_empty() {
            writer.bytes(RECEIPTS, certificate_pem(&vouched.as_slice().into()).as_bytes()).map_err(failed)?;
        }
    }
    for (name, text) in ask.catalogue.files.iter() {
        writer.bytes(&format!("{CATALOGUE}{name}"), text.as_bytes()).map_err(failed)?;
    }
    FORMATS.iter().try_for_each(|(name, text)| writer.bytes(name, text.as_bytes())).map_err(failed)
}

pub(super) const ROOT: &str = "data/certificates/root.pem";
pub(super) const RECEIPTS: &str = "data/certificates/receipts.pem";
pub(super) const CATALOGUE: &str = "data/catalogue/";
/// What the bytes of entries are.
pub(super) const FORMATS: [(&str, &str); 1] =
    [("data/format/record.proto", include_str!("../../../proto/xianglian/v1/record.proto"))];

/// The office's signature.
struct Sign<'a> {
    office: OfficeSeal,
    sign: Box<dyn Fn(&[u8]) -> io::Result<Vec<u8>> + 'a>,
}

impl Sign<'_> {
    fn signing(&self) -> Signing<'_> {
        Signing { office: self.office.clone(), sign: &*self.sign }
    }
}

fn signing<'a>(ask: &Pack<'a>) -> Option<Sign<'a>> {
    let identity = ask.office.identity?;
    let office = OfficeSeal {
        at: ask.now_ms.div_euclid(1000),
        township: ask.office.township,
        certificate: identity.certificate.to_vec(),
        signature: [0; 64],
    };
    Some(Sign { office, sign: Box::new(|text| identity.key.sign(text).map_err(io::Error::other)) })
}

fn too_much(zh: String, en: String) -> Failure {
    Failure::invalid(
        format!("内容过多：{zh}，一个归档包装不下。"),
        format!("Too much for one package: {en}."),
    )
    .advise("请分几次打包，写明归档文件的档号。", "Pack in several parts: name the pieces by their numbers.")
}

fn unwritten(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull => StoreError::Full.into(),
        io::ErrorKind::FileTooLarge => {
            too_much("份数或大小超限".to_owned(), "too many or too large parts".to_owned())
        }
        _ => Failure::new(ErrorCode::Setup, "归档包无法写入。", "The package cannot be written.")
            .because(error)
            .advise("请检查文件夹权限和磁盘。", "Check the folder's permissions and the disk."),
    }
}
