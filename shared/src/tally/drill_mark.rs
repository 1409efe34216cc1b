//! Where a page of records ended.

use crate::ids::RecordId;
use crate::record::Day;
use crate::view::read::Listed;
use crate::view::tables;

/// The part of the figure and the last line read of its list; of a list of a coverage the number of those told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mark {
    pub(super) part: u16,
    pub(super) line: Option<Listed>,
    pub(super) nth: u64,
}

impl Mark {
    /// `part u16 ‖ nth u64`, and `owner u32 ‖ day i32 ‖ record (16)` where there is a line.
    pub(super) fn bytes(self) -> Vec<u8> {
        let mut bytes = self.part.to_be_bytes().to_vec();
        bytes.extend(self.nth.to_be_bytes());
        if let Some(line) = self.line {
            bytes.extend(tables::owner(line.owner).to_be_bytes());
            bytes.extend(line.day.0.to_be_bytes());
            bytes.extend(line.id.as_bytes());
        }
        bytes
    }

    /// None for bytes that no page has ended with.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (part, rest) = bytes.split_first_chunk::<2>()?;
        let (nth, rest) = rest.split_first_chunk::<8>()?;
        let line = match rest {
            [] => None,
            _ => {
                let (owner, rest) = rest.split_first_chunk::<4>()?;
                let (day, id) = rest.split_first_chunk::<4>()?;
                Some(Listed {
                    owner: tables::site(u32::from_be_bytes(*owner))?,
                    day: Day(i32::from_be_bytes(*day)),
                    id: RecordId::from_bytes(id.try_into().ok()?),
                })
            }
        };
        Some(Self { part: u16::from_be_bytes(*part), line, nth: u64::from_be_bytes(*nth) })
    }
}
