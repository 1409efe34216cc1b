//! The archive package of this office, and checking packages of any.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use shared::archive::{self, Choice, Chosen, Known, Office, Pack, Packed, Report};
use shared::catalogue::model::{Kind, SealMark};
use shared::command::{Act, Command};
use shared::ids::RecordId;
use shared::ledger::{Given, Stop, find_kind};
use shared::net::token::Fingerprint;
use shared::program::{Failure, Progress};
use shared::record::Value;
use shared::view::read;

use super::join::software;
use super::open::identity_in;
use super::{Node, Wish};

/// What came of packing.
#[derive(Debug, Clone, Serialize)]
pub struct Archived {
    pub file: String,
    pub bytes: u64,
    pub title: String,
    #[serde(flatten)]
    pub packed: Packed,
    /// Pieces of the year that are not numbered yet.
    pub unready: usize,
    /// Pieces that were marked as sealed.
    pub marked: usize,
}

impl Node {
    /// Packs the pieces that `words` name: a year, or numbers and titles. `private` names the kinds whose values that stay
    /// in the office go along; with `mark` the pieces packed then take the step by which they are sealed, in one commit.
    ///
    /// # Errors
    /// Nothing fits the words, the file exists or cannot be written, or the rules refuse the step: the file then stands.
    pub fn pack_archive(
        &self,
        words: &[String],
        private: &[String],
        file: &Path,
        mark: Option<&Wish>,
        progress: &Progress,
    ) -> Result<Archived, Failure> {
        let private: BTreeSet<u32> = private
            .iter()
            .map(|name| find_kind(self.catalogue(), name).map(|kind| kind.tag))
            .collect::<Result<_, _>>()?;
        let sealing = mark.map(|wish| self.sealing().map(|found| (wish, found))).transpose()?;
        let office = self.office();
        let chosen: Chosen = self.ledger(|ledger| {
            self.read(|views| {
                let names = ledger.names(views);
                let ask = Choice { views, catalogue: self.catalogue(), site: office.site(), names: &names };
                archive::choose(ask, words)
            })
        })?;
        let whose = Office {
            township: office.code(),
            name: &office.township.name,
            identity: office.identity.as_ref(),
        };
        let ask = Pack {
            store: self.store(),
            catalogue: self.catalogue(),
            office: whose,
            software: &software(),
            chosen: &chosen,
            private: &private,
            now_ms: self.clock().now_ms(),
        };
        let (packed, bytes) = archive::pack_file(&ask, file, progress)?;
        tracing::info!(
            archive.items = packed.items.len(),
            archive.records = packed.records,
            "archive packed"
        );
        let marked = match sealing {
            Some((wish, (kind, seal))) => self.mark_sealed(kind, seal, &packed, wish)?,
            None => 0,
        };
        let (title, unready) = (chosen.title, chosen.unready);
        Ok(Archived { file: file.display().to_string(), bytes, title, packed, unready, marked })
    }

    /// The step by which pieces are sealed.
    fn sealing(&self) -> Result<(&Kind, SealMark), Failure> {
        let seal = |kind: &Kind| kind.archive.as_ref().and_then(|mark| mark.seal);
        let found = self.catalogue().kinds.values().find_map(|kind| Some((kind, seal(kind)?)));
        found.ok_or_else(|| {
            Failure::not_found("台账目录没有规定封装这一步。", "The catalogue has no step of sealing.")
        })
    }

    /// Takes the step for every packed piece that can take it now; the others are as far already, or not far enough.
    fn mark_sealed(
        &self,
        kind: &Kind,
        seal: SealMark,
        packed: &Packed,
        wish: &Wish,
    ) -> Result<usize, Failure> {
        let from = kind.actions.get(&seal.action).map(|action| action.from.as_slice()).unwrap_or_default();
        let stands = |id: &RecordId| self.read(|views| read::record(views, *id));
        let pieces: Vec<RecordId> = packed
            .items
            .iter()
            .copied()
            .filter(|id| stands(id).is_some_and(|record| from.contains(&record.status)))
            .collect();
        let actor = self.actor(wish)?;
        self.noting(|ledger| {
            let given = self.read(|views| Given::read(kind, &wish.set, &ledger.names(views)))?;
            let sealed = ledger.store.write(|tx| {
                for id in &pieces {
                    let mut command =
                        Command::new(kind.tag, Some(*id), Act::Take(seal.action), given.set.clone());
                    command.set.insert(seal.digest, Value::Text(packed.digest.clone()));
                    command.clear = given.clear.clone();
                    command.reason = wish.reason.clone();
                    ledger.commit_in(tx, &command, &actor)?;
                }
                Ok::<(), Stop>(())
            });
            sealed.map_err(Failure::from)
        })
        .map_err(|failure| {
            failure.advise(
                "归档包已写好，只是没有做封装标记；请用 --set 补上要填的栏，或以后在台账上办理。",
                "The package is written; only its pieces are not marked. Give what is missing with --set, or take the step later.",
            )
        })?;
        Ok(pieces.len())
    }
}

/// Checks a package. Without a fingerprint the county that the data folder has joined is taken, if there is one.
///
/// # Errors
/// The file cannot be read, or is no package; what is wrong with one is in the report.
pub fn check_archive(
    file: &Path,
    ca: Option<Fingerprint>,
    data: &Path,
    progress: &Progress,
) -> Result<Report, Failure> {
    let own = || identity_in(data).ok().flatten().map(|identity| Fingerprint::of(&identity.root));
    let known = Known { ca: ca.or_else(own), receipt_key: None };
    archive::verify_file(file, &known, progress)
}
