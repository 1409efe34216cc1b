//! What a hub can say of a package beyond what the package proves: the hub has the streams whole.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::report::Report;
use super::runs;
use super::sums::{hex, unhex};
use crate::ids::{RecordId, StreamName};
use crate::program::Failure;
use crate::record::Entry;
use crate::store::{Store, StoreError};
use crate::stream::{Hash, Item};

/// The runs of a package that travel, and its records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compare {
    pub runs: Vec<Claim>,
    pub records: Vec<RecordId>,
}

/// Where a run of a package begins and ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    stream: String,
    first: u64,
    last: u64,
    /// Chain values before the first entry and after the last, hex.
    before: String,
    after: String,
}

/// What the hub has of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    stream: String,
    /// Entries that the hub holds of the stream.
    holds: u64,
    /// Its chain is that of the package at both ends.
    same: bool,
    /// Entries of the records of the package, from the first of the run to the end of the stream.
    entries: Vec<u64>,
}

impl Compare {
    /// What is to be asked about a package.
    pub fn of(report: &Report) -> Self {
        let travelling = report.runs.iter().filter(|run| run.stream.travels());
        let claim = |run: &runs::Run| Claim {
            stream: run.stream.to_string(),
            first: run.first,
            last: run.last,
            before: hex(&run.before.0),
            after: hex(&run.after.0),
        };
        Self { runs: travelling.map(claim).collect(), records: report.ids.clone() }
    }

    /// Looks each run up in the streams of a store.
    ///
    /// # Errors
    /// Damage of the journal, or a claim that no package makes.
    pub fn answer(&self, store: &Store) -> Result<Vec<Compared>, Failure> {
        let records: BTreeSet<RecordId> = self.records.iter().copied().collect();
        self.runs.iter().map(|claim| claim.answer(store, &records)).collect()
    }
}

impl Claim {
    fn answer(&self, store: &Store, records: &BTreeSet<RecordId>) -> Result<Compared, Failure> {
        let stream: StreamName = self.stream.parse()?;
        let head = store.head(stream);
        let claimed = |text: &str| unhex(text).map(Hash);
        let before = store.hash_at(stream, self.first.saturating_sub(1))?;
        let same = before.is_some()
            && before == claimed(&self.before)
            && store.hash_at(stream, self.last)? == claimed(&self.after);
        let mut entries = Vec::new();
        if same {
            runs::walk::<StoreError>(store, stream, (self.first, head.len), &mut |frame| {
                for (seq, item) in (frame.first..).zip(&frame.items) {
                    let Item::Entry(bytes) = item else { continue };
                    if Entry::decode(bytes).is_ok_and(|entry| records.contains(&entry.record)) {
                        entries.push(seq);
                    }
                }
                Ok(())
            })?;
        }
        Ok(Compared { stream: self.stream.clone(), holds: head.len, same, entries })
    }
}

impl Report {
    /// Takes in what the hub says.
    pub fn compared(&mut self, answers: &[Compared]) {
        for answer in answers {
            let run = self.runs.iter().find(|run| run.stream.to_string() == answer.stream).cloned();
            let Some(run) = run else { continue };
            self.compared_run(&run, answer);
        }
        // The hub has looked: what the package alone could not show is known now.
        self.unproved.retain(|text| !text.zh.starts_with(super::verify::HIDDEN_ZH));
    }

    fn compared_run(&mut self, run: &runs::Run, answer: &Compared) {
        let stream = &answer.stream;
        if answer.holds < run.last {
            self.unproved(
                format!(
                    "县级节点只有 {stream} 的前 {} 条，包里到第 {} 条：还没有全部收到",
                    answer.holds, run.last
                ),
                format!(
                    "the hub holds {stream} up to {}, the package up to {}: not all has come yet",
                    answer.holds, run.last
                ),
            );
            return;
        }
        if !answer.same {
            self.wrong(
                Some(&runs::part_name(run.stream)),
                format!("与县级节点的 {stream} 不是同一条链"),
                format!("not the chain of {stream} that the hub holds"),
            );
            return;
        }
        let hidden: Vec<u64> = answer
            .entries
            .iter()
            .copied()
            .filter(|seq| *seq <= run.last && !run.kept.contains(seq))
            .collect();
        if hidden.is_empty() {
            self.proved(
                format!("与县级节点的 {stream} 是同一条链，只留校验值的条目里没有这些记录的改动"),
                format!(
                    "the hub holds the same chain of {stream}, and no digest hides a change of these records"
                ),
            );
        } else {
            self.wrong(
                Some(&runs::part_name(run.stream)),
                format!("有 {} 条属于包内记录的改动只留了校验值，第一条是第 {} 条", hidden.len(), hidden[0]),
                format!(
                    "{} changes of records in the package stand as digests, the first at {}",
                    hidden.len(),
                    hidden[0]
                ),
            );
        }
        let later = answer.entries.iter().filter(|seq| **seq > run.last).count();
        if later > 0 {
            self.unproved(
                format!("装包之后，包内记录又有 {later} 条改动（如封装、移交）"),
                format!("{later} changes of records in the package came after it (such as its sealing)"),
            );
        }
    }
}
