//! `data/index.json`: what is in the package, and what was left out.

use serde::{Deserialize, Serialize};

use crate::ids::{RecordId, TownshipCode};
use crate::program::Text;
use crate::program::text;

/// The form of the package, and that of what it holds for people. A reader of another form says that it cannot tell.
pub(super) const FORMAT: u32 = 1;
pub(super) const READABLE: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    pub(super) format: u32,
    pub(super) readable: u32,
    /// What made it.
    pub(super) software: String,
    /// Version of the catalogue in `data/catalogue`.
    pub(super) catalogue: String,
    pub(super) township: TownshipCode,
    pub(super) office: String,
    /// What was asked for: a year, or numbers of pieces.
    pub(super) title: String,
    /// Ids of kinds whose values that stay in the office are in the package.
    pub(super) private: Vec<String>,
    pub(super) streams: Vec<StreamLine>,
    /// Pieces, in the order of the catalogue of pieces.
    pub(super) items: Vec<RecordId>,
    /// Pieces and the records in them, in the order of their pages.
    pub(super) records: Vec<RecordLine>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) names: Vec<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StreamLine {
    pub(super) stream: String,
    pub(super) first: u64,
    pub(super) last: u64,
    /// Entries that stand in it whole.
    pub(super) entries: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordLine {
    pub(super) id: RecordId,
    /// Id of the kind.
    pub(super) kind: String,
    pub(super) stream: String,
    /// Entries of the record in all streams of the package.
    pub(super) entries: u64,
    pub(super) rev: u32,
    /// First 16 bytes of the digest of its last entry, in hex.
    pub(super) last: String,
}

/// A record that a piece holds and the package does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    pub id: RecordId,
    /// Id of the kind; empty where the record is not known.
    pub kind: String,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It stays in the office, and its kind was not asked for.
    Stays,
    /// It is not in the office's store.
    Absent,
}

impl Why {
    pub fn label(self) -> Text {
        match self {
            Self::Stays => text("不外报，未指定装入", "stays in the office and was not asked for"),
            Self::Absent => text("本机没有这条记录", "is not in the office's store"),
        }
    }
}

/// What a record is called that is named by those in the package and is not in it itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Name {
    pub(super) id: RecordId,
    pub(super) kind: String,
    pub(super) title: String,
}

impl Index {
    /// As it stands in the package.
    ///
    /// # Errors
    /// None that can happen: it holds texts, numbers and lists.
    pub(super) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
