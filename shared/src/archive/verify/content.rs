//! What a package holds, from the streams up to the pages.

use std::collections::BTreeSet;
use std::io::{Read, Seek};
use std::sync::Arc;

use super::{Check, HIDDEN_ZH};
use crate::archive::container::{self, B3SUMS, SHA256SUMS};
use crate::archive::contents::Contents;
use crate::archive::index::{FORMAT, Index, READABLE};
use crate::archive::pack::{CATALOGUE, FORMATS, RECEIPTS, ROOT};
use crate::archive::runs::{self, Broken, Kept};
use crate::archive::sums::{Sums, hex};
use crate::archive::{readable, receipts};
use crate::catalogue::model::Catalogue;
use crate::ids::{RecordId, StreamName};
use crate::limits;
use crate::net::keys::HubKey;
use crate::net::trust;
use crate::program::{Progress, beijing_minute};
use crate::stream::Head;
use crate::sync::message::{Receipt, StreamState};

impl<R: Read + Seek> Check<'_, R> {
    /// What is in it.
    pub(super) fn content(&mut self, progress: &Progress) {
        let index =
            self.load("data/index.json").and_then(|bytes| serde_json::from_slice::<Index>(&bytes).ok());
        let Some(index) = index else {
            self.report.wrong(
                Some("data/index.json"),
                "缺失或损坏，内容无从核对",
                "missing or damaged: the content cannot be checked",
            );
            return;
        };
        self.report.township = Some(index.township.to_string());
        self.report.office = Some(index.office.clone());
        self.report.title = Some(index.title.clone());
        (self.report.items, self.report.records) = (index.items.len(), index.records.len());
        self.report.ids = index.records.iter().map(|line| line.id).collect();
        if index.format != FORMAT {
            self.report.unproved(
                format!("包的格式是 {}，本程序只懂 {FORMAT}：内容没有核对", index.format),
                format!(
                    "its format is {}, this program knows {FORMAT}: the content was not checked",
                    index.format
                ),
            );
            return;
        }
        let receipts = self.receipts();
        let Some(kept) = self.streams(&index, &receipts) else { return };
        let Some(catalogue) = self.catalogue(&index) else { return };
        let contents = Contents::fold(Arc::new(catalogue), kept).with_names(&index.names);
        let whole = self.records(&index, &contents);
        let same = self.readable(&index, &contents, progress);
        if whole {
            self.report.proved(
                format!(
                    "{} 件归档文件、{} 条记录齐全，每条的全部条目都在",
                    index.items.len(),
                    index.records.len()
                ),
                format!(
                    "{} pieces and {} records are there, each with all its entries",
                    index.items.len(),
                    index.records.len()
                ),
            );
        }
        if same {
            self.report
                .proved("目录和每一页都与条目一致", "the lists and every page say what the entries say");
        }
        self.cautions(&index);
    }

    /// Receipts that the county has signed.
    fn receipts(&mut self) -> Vec<Receipt> {
        const PART: &str = "data/receipts.json";
        let lines =
            self.load(PART).and_then(|bytes| serde_json::from_slice::<Vec<receipts::Line>>(&bytes).ok());
        let Some(lines) = lines else {
            self.report.wrong(Some(PART), "缺失或损坏", "missing or damaged");
            return Vec::new();
        };
        if lines.is_empty() {
            return Vec::new();
        }
        let Some(key) = self.receipt_key() else { return Vec::new() };
        let key = HubKey(key);
        let mut good = Vec::new();
        for line in lines {
            match line.receipt().filter(|receipt| receipt.signed_by(&key)) {
                Some(receipt) => good.push(receipt),
                None => self.report.wrong(
                    Some(PART),
                    "有一张回执不是县里签的",
                    "a receipt was not signed by the county",
                ),
            }
        }
        good
    }

    fn receipt_key(&mut self) -> Option<Vec<u8>> {
        if self.parts.contains_key(RECEIPTS) {
            let certificate = self.certificate(RECEIPTS);
            let root = self.root.clone()?;
            let key = certificate.as_deref().and_then(trust::key_of);
            let good = certificate
                .zip(key.clone())
                .is_some_and(|(c, key)| trust::certifies_receipts(&c, &root, &key));
            if !good {
                self.report.wrong(
                    Some(RECEIPTS),
                    "不是县里给回执签名用的证书",
                    "not the county's certificate for receipts",
                );
                return None;
            }
            return key;
        }
        if self.known.receipt_key.is_none() {
            self.report.unproved(
                "包里没有回执签名的证书，县级回执无法核对（县级节点可以核对）",
                "the certificate for receipts is not in the package, so they cannot be checked (the hub can)",
            );
        }
        self.known.receipt_key.clone()
    }

    /// The entries of all runs; `None` if one of them cannot be trusted.
    fn streams(&mut self, index: &Index, receipts: &[Receipt]) -> Option<Vec<Kept>> {
        let mut room = limits::ARCHIVE_ENTRIES_BYTES_MAX;
        let (mut kept, mut sound) = (Vec::new(), true);
        for line in &index.streams {
            let Ok(stream) = line.stream.parse::<StreamName>() else {
                self.report.wrong(
                    Some("data/index.json"),
                    format!("没有 {} 这种数据流", line.stream),
                    format!("no stream {}", line.stream),
                );
                return None;
            };
            let part = runs::part_name(stream);
            let said = receipts.iter().flat_map(|receipt| receipt.streams.iter().map(move |s| (s, receipt)));
            let said: Vec<_> = said.filter(|(state, _)| state.stream == stream).collect();
            let asked: BTreeSet<u64> = said.iter().map(|(state, _)| state.head.len).collect();
            let found = match self.zip.by_name(&part) {
                Ok(mut input) => runs::read(&mut input, stream, &asked, &mut room),
                Err(_) => Err(Broken::Empty),
            };
            match found {
                Err(broken) => {
                    let (zh, en) = broken_words(&broken);
                    self.report.wrong(Some(&part), zh, en);
                    sound = false;
                }
                Ok(found) => {
                    let run = &found.run;
                    if (run.first, run.last, run.kept.len() as u64) != (line.first, line.last, line.entries) {
                        self.report.wrong(
                            Some(&part),
                            "条目数与索引不符",
                            "not as many entries as the index says",
                        );
                    }
                    let covered = self.covered(stream, &part, &found, &said);
                    self.coverage(index, &found.run, covered);
                    self.report.runs.push(found.run);
                    kept.extend(found.entries);
                }
            }
        }
        sound.then_some(kept)
    }

    /// The last entry up to which the county has signed, with the receipt.
    fn covered<'r>(
        &mut self,
        stream: StreamName,
        part: &str,
        found: &runs::Found,
        said: &[(&StreamState, &'r Receipt)],
    ) -> Option<(u64, &'r Receipt)> {
        let mut best = None;
        for (state, receipt) in said {
            let Head { len, hash, .. } = state.head;
            match found.heads.get(&len) {
                Some(head) if head.hash == hash => {
                    best = best.filter(|(most, _)| *most >= len).or(Some((len, *receipt)));
                }
                Some(_) => self.report.wrong(
                    Some(part),
                    format!("{stream} 第 {len} 条的链值与县级回执 {} 不符", receipt.number),
                    format!("the chain of {stream} at {len} is not what receipt {} says", receipt.number),
                ),
                // A receipt is over several streams; over this one it says something about another place.
                None => {}
            }
        }
        best
    }

    fn coverage(&mut self, index: &Index, run: &runs::Run, covered: Option<(u64, &Receipt)>) {
        let runs::Run { stream, first, last, kept, .. } = run;
        let digests = last - first + 1 - kept.len() as u64;
        let (zh, en) = (
            format!("{stream} 第 {first}–{last} 条的链完整（{} 条全文，{digests} 条只留校验值）", kept.len()),
            format!(
                "the chain of {stream} holds from {first} to {last} ({} entries whole, {digests} as digests)",
                kept.len()
            ),
        );
        self.report.proved(zh, en);
        if !stream.travels() {
            return;
        }
        let up_to = covered.map_or(0, |(len, _)| len);
        if let Some((len, receipt)) = covered {
            let (at, number) = (beijing_minute(receipt.at), &receipt.number);
            self.report.proved(
                format!("县级节点于 {at} 签收 {stream} 到第 {len} 条（回执 {number}）"),
                format!("the county signed for {stream} up to {len} at {at} (receipt {number})"),
            );
        }
        let bare = kept.range(up_to + 1..).count();
        if bare > 0 {
            self.report.unproved(
                format!("{stream} 有 {bare} 条没有县级回执，只由 {} 的封装担保", index.office),
                format!("{bare} entries of {stream} have no receipt of the county; the office's seal alone vouches for them"),
            );
        }
    }

    fn catalogue(&mut self, index: &Index) -> Option<Catalogue> {
        let names: Vec<String> =
            self.parts.keys().filter(|name| name.starts_with(CATALOGUE)).cloned().collect();
        let mut files = Vec::new();
        let mut room = limits::ARCHIVE_INDEX_BYTES_MAX;
        for name in &names {
            let text =
                container::load(&mut self.zip, name, room).and_then(|bytes| String::from_utf8(bytes).ok());
            let Some(text) = text else {
                self.report.wrong(Some(name), "损坏", "damaged");
                return None;
            };
            room = room.saturating_sub(text.len() as u64);
            files.push((name[CATALOGUE.len()..].to_owned(), text));
        }
        let named = || files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        if Catalogue::version_of(named()) != index.catalogue {
            self.report.wrong(
                Some(CATALOGUE),
                "台账目录不是封装时的那一份",
                "not the catalogue that the package was made by",
            );
            return None;
        }
        let loaded = Catalogue::load(named());
        if loaded.is_err() {
            self.report.unproved(
                "本程序读不懂包内的台账目录（版本不同）：各页没有与条目核对",
                "this program cannot use the catalogue in the package (another version): pages were not checked against entries",
            );
        }
        loaded.ok()
    }

    /// Whether every record is there, as the index and the pieces say.
    fn records(&mut self, index: &Index, contents: &Contents) -> bool {
        let before = self.report.wrong.len();
        let known: BTreeSet<RecordId> = index.records.iter().map(|line| line.id).collect();
        for line in &index.records {
            let found = contents.record(line.id);
            let as_said = found.as_ref().is_some_and(|record| {
                let kind = contents.catalogue.kinds.get(&record.kind).map(|kind| kind.id.as_str());
                (record.rev, hex(&record.last), record.stream.to_string())
                    == (line.rev, line.last.clone(), line.stream.clone())
                    && kind.is_none_or(|kind| kind == line.kind)
            });
            let entries = contents.changes(line.id).len() as u64;
            if found.is_none() {
                self.report.wrong(
                    Some("data/streams"),
                    format!("缺记录 {}", line.id),
                    format!("record {} is missing", line.id),
                );
            } else if !as_said || entries != line.entries {
                self.report.wrong(
                    Some("data/streams"),
                    format!("记录 {} 的条目不全或不符（应有 {} 条，有 {entries} 条）", line.id, line.entries),
                    format!(
                        "record {} is not whole ({} entries expected, {entries} there)",
                        line.id, line.entries
                    ),
                );
            }
        }
        for id in contents.ids().filter(|id| !known.contains(id)) {
            self.report.wrong(
                Some("data/streams"),
                format!("多出记录 {id}"),
                format!("record {id} is not in the index"),
            );
        }
        let mark = contents.catalogue.kinds.values().find_map(|kind| kind.archive.as_ref());
        let left: BTreeSet<RecordId> = index.left_out.iter().map(|left| left.id).collect();
        let mut held: BTreeSet<RecordId> = index.items.iter().copied().collect();
        for item in &index.items {
            for id in readable::held_by(contents, mark, *item) {
                held.insert(id);
                if !known.contains(&id) && !left.contains(&id) {
                    self.report.wrong(
                        Some("data/index.json"),
                        format!("归档文件所含的记录 {id} 没有装入，也没有说明"),
                        format!("record {id} of a piece is neither there nor said to be left out"),
                    );
                }
            }
        }
        for id in known.difference(&held) {
            self.report.wrong(
                Some("data/index.json"),
                format!("记录 {id} 不属于任何一件归档文件"),
                format!("record {id} belongs to no piece"),
            );
        }
        self.report.wrong.len() == before
    }

    /// Whether what people read is what the entries say, and nothing stands beside it.
    fn readable(&mut self, index: &Index, contents: &Contents, progress: &Progress) -> bool {
        if index.readable != READABLE {
            self.report.unproved(
                format!("各页由另一版程序（{}）排版：没有与条目核对", index.software),
                format!(
                    "the pages were laid out by another version ({}): not checked against the entries",
                    index.software
                ),
            );
            return false;
        }
        let before = self.report.wrong.len();
        let mut expected = BTreeSet::new();
        let (parts, report) = (&self.parts, &mut self.report);
        progress.total(index.records.len() as u64);
        let made = readable::parts(index, contents, &mut |name, bytes| {
            progress.step(1);
            expected.insert(name.to_owned());
            match parts.get(name) {
                None => report.wrong(Some(name), "缺失", "missing"),
                Some(sums) if *sums != Sums::of(bytes) => {
                    report.wrong(Some(name), "与条目不符", "not what the entries say");
                }
                Some(_) => {}
            }
            Ok(())
        });
        debug_assert!(made.is_ok(), "nothing is written");
        let streams: BTreeSet<String> = index
            .streams
            .iter()
            .filter_map(|line| Some(runs::part_name(line.stream.parse().ok()?)))
            .collect();
        for (name, _) in FORMATS.iter().filter(|(name, _)| !self.parts.contains_key(*name)) {
            self.report.wrong(Some(name), "缺失", "missing");
        }
        for name in self.parts.keys() {
            let data = [ROOT, RECEIPTS, "data/index.json", "data/receipts.json", B3SUMS, SHA256SUMS]
                .contains(&name.as_str())
                || name.starts_with(CATALOGUE)
                || FORMATS.iter().any(|(known, _)| known == name)
                || streams.contains(name);
            if !data && !expected.contains(name) {
                self.report.wrong(Some(name), "不是归档包的部分", "no part of an archive package");
            }
        }
        self.report.wrong.len() == before
    }

    /// What no package can show of itself.
    fn cautions(&mut self, index: &Index) {
        if self
            .report
            .runs
            .iter()
            .any(|run| run.stream.travels() && run.last - run.first + 1 > run.kept.len() as u64)
        {
            self.report.unproved(
                format!("{HIDDEN_ZH}这些记录以后的改动（县级节点有全流，可用 county-hub archive verify 查明）"),
                "whether digests hide later changes of these records (the hub has the whole stream: county-hub archive verify)",
            );
        }
        if !index.private.is_empty() {
            self.report.unproved(
                "不外报的内容县里没有见过，只由本单位的封装担保",
                "what stays in the office was never seen by the county; the office's seal alone vouches for it",
            );
        }
        if !index.names.is_empty() {
            self.report.unproved(
                format!("包外 {} 条记录的名称，只由本单位的封装担保", index.names.len()),
                format!(
                    "the names of {} records outside the package; the office's seal alone vouches for them",
                    index.names.len()
                ),
            );
        }
        if !index.left_out.is_empty() {
            self.report.unproved(
                format!("有 {} 条没有装入（见目录）", index.left_out.len()),
                format!("{} records were left out (see the list)", index.left_out.len()),
            );
        }
    }
}

fn broken_words(broken: &Broken) -> (String, String) {
    match broken {
        Broken::Frame(after) => (format!("第 {after} 条之后损坏"), format!("damaged after {after} entries")),
        Broken::Chain(seq) => (format!("链在第 {seq} 条断开"), format!("the chain breaks at {seq}")),
        Broken::Other => ("混有别的数据流".to_owned(), "holds another stream".to_owned()),
        Broken::Empty => ("缺失或为空".to_owned(), "missing or empty".to_owned()),
        Broken::TooMuch => {
            ("条目过多，本程序不读".to_owned(), "more entries than this program reads".to_owned())
        }
    }
}
