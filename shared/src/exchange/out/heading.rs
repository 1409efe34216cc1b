//! Headings under which the import finds the columns again.

use super::Tongue;
use crate::catalogue::model::{Field, Kind, Label};
use crate::exchange::book::label;
use crate::exchange::heading::{Headings, Holds};

/// Put behind the heading of what never leaves the office; the import does not see it.
pub const STAYS: &str = "🔒";
/// Put behind the heading of what must be filled; the import does not see it.
pub const REQUIRED: &str = "＊";

/// The headings of one kind.
pub struct Spoken<'k> {
    known: Headings<'k>,
    tongue: Tongue,
}

impl<'k> Spoken<'k> {
    pub fn new(kind: &'k Kind, tongue: Tongue) -> Self {
        Self { known: Headings::new(kind), tongue }
    }

    /// The label of a field; where the import would take that for another field, the first other spelling that it knows.
    pub fn field(&self, field: &Field) -> String {
        let label = (self.tongue)(&field.label);
        let own = [label, &field.label.zh, &field.label.en].into_iter();
        let mut spellings = own.chain(field.headings.iter().map(String::as_str)).chain([field.id.as_str()]);
        let found = spellings.find(|spelling| self.known.find(spelling) == Some(Holds::Field(field.tag)));
        found.unwrap_or(label).to_owned()
    }

    /// A heading for the record's township, read as that where the kind's ledgers name one.
    pub fn township(&self, kind: &Kind) -> String {
        let given = kind.import.iter().flat_map(|import| &import.township_headings);
        let wanted = (self.tongue)(&label("乡镇", "township")).to_owned();
        let spellings = [&wanted].into_iter().chain(given);
        let mut read = spellings.filter(|spelling| self.known.find(spelling) == Some(Holds::Township));
        read.next()
            .cloned()
            .unwrap_or_else(|| self.other(&[label("乡镇", "township"), label("所在乡镇", "office")]))
    }

    /// The first of these headings that the import takes for no field; the last if it takes all for some.
    pub fn other(&self, spellings: &[Label]) -> String {
        let own: Vec<&str> = spellings.iter().map(|spelling| (self.tongue)(spelling)).collect();
        let free = own.iter().find(|spelling| self.known.find(spelling).is_none());
        free.or(own.last()).map(|spelling| (*spelling).to_owned()).unwrap_or_default()
    }

    /// The heading of the record's own id.
    pub fn record(&self) -> String {
        (self.tongue)(&label("记录号", "record id")).to_owned()
    }
}
