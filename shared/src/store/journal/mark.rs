//! The mark: how far the journal is known to be durable.
//!
//! Written after each fdatasync of the journal and before anyone hears of it, but not synced itself: a kill leaves it in
//! place, a power cut may lose it, and then it claims less than is true, never more. Its use is to tell a byte that
//! went bad in the last group from a tail that was never synced.

use std::sync::Arc;

use super::format::long;
use super::{Durable, FOLDER, Position};
use crate::store::StoreError;
use crate::store::files::{File, Files, read_full, write_all};

const MAGIC: &[u8; 8] = b"XLMARK1\n";
const SLOT: usize = 64;

/// magic (8) ‖ journal id (16) ‖ segment u64 ‖ offset u64 ‖ turn u64 ‖ zeros (12) ‖ CRC32C u32, twice.
pub(crate) struct Mark {
    file: Arc<dyn File>,
    journal: [u8; 16],
    turn: u64,
}

fn path() -> String {
    format!("{FOLDER}/mark")
}

fn decode(slot: &[u8]) -> Option<(u64, Durable)> {
    let crc = u32::from_le_bytes(slot.get(60..SLOT)?.try_into().ok()?);
    if !slot.starts_with(MAGIC) || crc32c::crc32c(&slot[..60]) != crc {
        return None;
    }
    let end = Position { segment: long(slot, 24)?, offset: long(slot, 32)? };
    Some((long(slot, 40)?, Durable { journal: slot[8..24].try_into().ok()?, end }))
}

impl Mark {
    /// What the mark says; None when it is missing or damaged.
    pub(crate) fn read(files: &dyn Files) -> Option<Durable> {
        let file = files.open(&path()).ok()?;
        let mut bytes = [0; 2 * SLOT];
        let filled = read_full(&*file, 0, &mut bytes).ok()?;
        let newest = bytes[..filled].chunks(SLOT).filter_map(decode).max_by_key(|(turn, _)| *turn);
        newest.map(|(_, durable)| durable)
    }

    /// Opens the mark of the journal, making it if it is not there.
    pub(crate) fn open(files: &dyn Files, journal: [u8; 16]) -> Result<Self, StoreError> {
        let file =
            files.create(&path()).map_err(|e| StoreError::io("opening the mark of the journal", &e))?;
        let mut bytes = [0; 2 * SLOT];
        let filled = read_full(&*file, 0, &mut bytes).unwrap_or_default();
        let turns = bytes[..filled].chunks(SLOT).filter_map(decode).map(|(turn, _)| turn);
        Ok(Self { file, journal, turn: turns.max().unwrap_or_default() })
    }

    /// Everything before `end` is durable. A failure is no harm: the mark says less than it could.
    pub(crate) fn set(&mut self, end: Position) {
        self.turn += 1;
        let mut slot = [0; SLOT];
        slot[..8].copy_from_slice(MAGIC);
        slot[8..24].copy_from_slice(&self.journal);
        slot[24..32].copy_from_slice(&end.segment.to_le_bytes());
        slot[32..40].copy_from_slice(&end.offset.to_le_bytes());
        slot[40..48].copy_from_slice(&self.turn.to_le_bytes());
        let crc = crc32c::crc32c(&slot[..60]);
        slot[60..].copy_from_slice(&crc.to_le_bytes());
        let _ = write_all(&*self.file, self.turn % 2 * SLOT as u64, &slot);
    }

    pub(crate) fn sync(&self) {
        let _ = self.file.sync_data();
    }
}
