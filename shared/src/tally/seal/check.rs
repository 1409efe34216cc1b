//! Whether a seal is what the streams give.

use std::collections::BTreeSet;
use std::sync::Arc;

use prost::Message as _;
use xianglian_proto::v1 as pb;

use super::figures::{self, Key, Told};
use super::pieces::{self, PieceError};
use super::{Seal, SealAsk, Sealer, files_of};
use crate::catalogue::model::Catalogue;
use crate::ids::{Epoch, StreamName};
use crate::limits::SEAL_FINDINGS_MAX;
use crate::store::{PastError, Progress, StoreError};
use crate::stream::Head;
use crate::tally::Figure;
use crate::view::Folder;

/// One of the two things that a seal keeps in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Figures,
    Catalogue,
}

/// Something that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The journal is not what was written, at this place.
    Damaged { segment: u64, offset: u64, why: String },
    /// A stream has another entry, or none, where the seal has this head.
    Head { stream: StreamName, sealed: Head, found: Head },
    /// Every stream had its head, but not all at one moment.
    NoMoment,
    /// What the seal keeps is not what it names.
    Broken { kept: Kept, why: PieceError },
    /// The sealed catalogue does not load any more, or is another version.
    Catalogue { why: String },
    /// The days asked for, or the townships that have them, came out otherwise.
    Days { sealed: String, found: String },
    /// A figure came out otherwise; none: it is not there.
    Figure { key: Key, sealed: Option<Figure>, found: Option<Figure> },
}

/// What a check has come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Entries that were folded again.
    pub entries: u64,
    /// The first ones, at most [`SEAL_FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// All that differ.
    pub differences: usize,
}

impl Checked {
    pub fn is_good(&self) -> bool {
        self.differences == 0
    }

    fn of(finding: Finding) -> Self {
        Self { entries: 0, findings: vec![finding], differences: 1 }
    }

    fn add(&mut self, finding: Finding) {
        self.differences += 1;
        if self.findings.len() < SEAL_FINDINGS_MAX {
            self.findings.push(finding);
        }
    }
}

impl Sealer<'_> {
    /// Recounts a seal from the streams alone and compares byte for byte. Takes time in proportion to the journal; writing
    /// goes on meanwhile.
    ///
    /// # Errors
    /// The machine failed; a journal that is not what was written is a finding.
    pub fn check(&self, seal: &Seal, progress: &dyn Fn(Progress)) -> Result<Checked, StoreError> {
        match self.recount(seal, progress) {
            Ok(checked) => Ok(checked),
            Err(Stop::Finding(finding)) => Ok(Checked::of(*finding)),
            Err(Stop::Store(StoreError::Damage { segment, offset, why })) => {
                Ok(Checked::of(Finding::Damaged { segment, offset, why }))
            }
            Err(Stop::Store(error)) => Err(error),
        }
    }

    fn recount(&self, seal: &Seal, progress: &dyn Fn(Progress)) -> Result<Checked, Stop> {
        let sealed = self.kept(Kept::Figures, &seal.figures)?;
        let catalogue = self.sealed_catalogue(seal)?;
        let fold = Arc::new(Folder::new(Arc::clone(&catalogue)));
        let past = self.store.past(&seal.frontier, fold, progress)?;
        let ask = SealAsk { period: seal.period, as_of: seal.as_of, at_ms: seal.at_ms, fresh: Epoch(0) };
        let found = past.read(|views| figures::text(views, &catalogue, &(self.offices)(views), &ask))?;
        let mut checked = Checked { entries: past.entries, ..Checked::default() };
        if sealed != found.as_bytes() {
            compare(&sealed, &found, &mut checked);
        }
        Ok(checked)
    }

    fn kept(&self, kept: Kept, of: &[u8; 32]) -> Result<Vec<u8>, Stop> {
        pieces::read(self.store, of).map_err(|error| match error {
            PieceError::Store(error) => Stop::Store(error),
            why => Stop::finding(Finding::Broken { kept, why }),
        })
    }

    fn sealed_catalogue(&self, seal: &Seal) -> Result<Arc<Catalogue>, Stop> {
        let bytes = self.kept(Kept::Catalogue, &seal.catalogue_files)?;
        // Reading a catalogue takes longer than all the rest of a young county.
        if bytes == files_of(self.catalogue) {
            return Ok(Arc::clone(self.catalogue));
        }
        let wrong = |why: String| Stop::finding(Finding::Catalogue { why });
        let files = pb::HubFiles::decode(bytes.as_slice()).map_err(|error| wrong(error.to_string()))?;
        let files = files.files.iter().map(|file| (file.name.as_str(), file.text.as_str()));
        let catalogue = Catalogue::load(files).map_err(|problems| wrong(problems.to_string()))?;
        if catalogue.version != seal.catalogue {
            return Err(wrong(format!("its version is {}, not {}", catalogue.version, seal.catalogue)));
        }
        Ok(Arc::new(catalogue))
    }
}

/// Names what differs between two texts that are not the same.
fn compare(sealed: &[u8], found: &str, checked: &mut Checked) {
    let sealed = std::str::from_utf8(sealed).ok().and_then(Told::read);
    let (Some(sealed), Some(found)) = (sealed, Told::read(found)) else {
        return checked.add(Finding::Broken { kept: Kept::Figures, why: PieceError::Form });
    };
    if sealed.head != found.head {
        let differing = |ours: &[String], theirs: &[String]| {
            let lines = ours.iter().filter(|line| !theirs.contains(line)).cloned();
            lines.collect::<Vec<_>>().join("; ").replace('\t', " ")
        };
        let (ours, theirs) = (differing(&sealed.head, &found.head), differing(&found.head, &sealed.head));
        checked.add(Finding::Days { sealed: ours, found: theirs });
    }
    let keys: BTreeSet<&Key> = sealed.lines.keys().chain(found.lines.keys()).collect();
    for key in keys {
        let (ours, theirs) = (sealed.lines.get(key), found.lines.get(key));
        if ours != theirs {
            checked.add(Finding::Figure { key: key.clone(), sealed: ours.copied(), found: theirs.copied() });
        }
    }
    // Texts that say the same in other bytes are not the same.
    if checked.is_good() {
        checked.add(Finding::Broken { kept: Kept::Figures, why: PieceError::Form });
    }
}

/// Why a recount ended early.
enum Stop {
    Finding(Box<Finding>),
    Store(StoreError),
}

impl Stop {
    fn finding(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<PastError> for Stop {
    fn from(error: PastError) -> Self {
        match error {
            PastError::Store(error) => Self::Store(error),
            PastError::Head { stream, expected, found } => {
                Self::finding(Finding::Head { stream, sealed: expected, found })
            }
            PastError::NoMoment => Self::finding(Finding::NoMoment),
        }
    }
}
