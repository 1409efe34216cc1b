//! Closing a period: its figures as they stood, and everything that is needed to count them again.
//!
//! A seal holds the canonical text of all figures of the period at all three levels ([`figures`]), the frontier (the head of
//! every stream at the moment when they were counted), the day of judgement, and the files of the catalogue by which they
//! were counted. It is a note in the hub's own stream, like its other notes; the large parts are packed, cut into pieces
//! and kept once under their BLAKE3 ([`pieces`]).
//!
//! [`Sealer::check`] recounts a seal from the streams alone: the journal is folded anew as it was at the frontier, by the
//! sealed catalogue, and the text must come out byte for byte. What comes in later changes the present figures only.
//!
//! Not here: words for people, and who may seal.

mod check;
mod figures;
pub mod note;
mod pieces;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use prost::Message as _;
use xianglian_proto::v1 as pb;
use xianglian_proto::v1::note::Kind as Note;

use super::named::PeriodName;
use crate::catalogue::model::{Catalogue, NodeKind};
use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::record::Day;
use crate::store::{self, Store, StoreError, View};
use crate::stream::Head;

pub use check::{Checked, Finding, Kept};
pub use figures::{Key, Told};
pub use note::seals;
pub use pieces::PieceError;

/// A sealed period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Sequence number of the note.
    pub seq: u64,
    pub period: PeriodName,
    pub as_of: Day,
    /// When it was sealed, in ms since 1970.
    pub at_ms: i64,
    pub software: String,
    /// Version of the catalogue.
    pub catalogue: String,
    /// BLAKE3 of its files, and of the text of the figures.
    pub catalogue_files: [u8; 32],
    pub figures: [u8; 32],
    /// Figures in the text.
    pub lines: u32,
    /// Every stream at the moment when they were counted.
    pub frontier: Vec<(StreamName, Head)>,
}

/// Townships that count although they may have no records, with the kind of office of each.
pub type Offices = BTreeMap<TownshipCode, Option<NodeKind>>;

/// What sealing and checking need.
pub struct Sealer<'a> {
    pub store: &'a Store,
    /// By which is counted now.
    pub catalogue: &'a Arc<Catalogue>,
    /// The townships as the notes of the machine list them.
    pub offices: &'a dyn Fn(&dyn View) -> Offices,
    /// Name and version of the program.
    pub software: &'a str,
}

/// What is to be sealed.
#[derive(Debug, Clone, Copy)]
pub struct SealAsk {
    pub period: PeriodName,
    pub as_of: Day,
    pub at_ms: i64,
    /// Of the hub's stream, if it has no entry yet.
    pub fresh: Epoch,
}

/// Why a period could not be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Piece(#[from] PieceError),
}

impl Sealer<'_> {
    /// Counts all figures of a period at this moment and keeps them; durable on return.
    ///
    /// # Errors
    /// The store fails, or there is more than a seal may hold.
    pub fn seal(&self, ask: &SealAsk) -> Result<Seal, SealError> {
        let (text, frontier) = self.store.try_read(|views| {
            (figures::text(views, self.catalogue, &(self.offices)(views), ask), store::heads(views))
        })?;
        let files = pieces::Packed::of(&files_of(self.catalogue))?;
        let figures = pieces::Packed::of(text.as_bytes())?;
        let mut seal = Seal {
            seq: 0,
            period: ask.period,
            as_of: ask.as_of,
            at_ms: ask.at_ms,
            software: self.software.to_owned(),
            catalogue: self.catalogue.version.clone(),
            catalogue_files: files.of,
            figures: figures.of,
            lines: Told::read(&text).map_or(0, |told| u32::try_from(told.lines.len()).unwrap_or(u32::MAX)),
            frontier,
        };
        self.store.write::<_, SealError>(|tx| {
            let mut notes: Vec<Note> = Vec::new();
            for packed in [&files, &figures] {
                if !pieces::is_kept(tx.view(), &packed.of) {
                    notes.extend(packed.pieces().map(Note::Piece));
                }
            }
            notes.push(Note::Sealed(note::out(&seal)));
            crate::sync::note::append(tx, Site::Hub, ask.fresh, notes)?;
            seal.seq = tx.head(StreamName::Meta(Site::Hub)).len;
            Ok(())
        })?;
        Ok(seal)
    }

    /// The sealed figures.
    ///
    /// # Errors
    /// They are not what was sealed any more.
    pub fn sealed(&self, seal: &Seal) -> Result<Told, PieceError> {
        let text = pieces::read(self.store, &seal.figures)?;
        let text = String::from_utf8(text).map_err(|_| PieceError::Form)?;
        Told::read(&text).ok_or(PieceError::Form)
    }

    /// The figures of the same days as they are counted now, judged on the same day.
    ///
    /// # Errors
    /// The store fails.
    pub fn present(&self, seal: &Seal) -> Result<Told, StoreError> {
        let ask = SealAsk { period: seal.period, as_of: seal.as_of, at_ms: 0, fresh: Epoch(0) };
        let text = self
            .store
            .try_read(|views| figures::text(views, self.catalogue, &(self.offices)(views), &ask))?;
        Told::read(&text).ok_or(StoreError::Io {
            what: "counting".to_owned(),
            why: "the text of the figures does not read back".to_owned(),
        })
    }
}

/// The files of a catalogue as they are kept.
fn files_of(catalogue: &Catalogue) -> Vec<u8> {
    let file = |(name, text): (&String, &String)| pb::HubFile { name: name.clone(), text: text.clone() };
    pb::HubFiles { files: catalogue.files.iter().map(file).collect() }.encode_to_vec()
}
