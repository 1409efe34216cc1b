//! The enrolment book on the hub's store: notes about certificates as entries of `meta/hub`.

use prost::Message;
use xianglian_proto::v1;
use xianglian_proto::v1::note::Kind;

use super::enrol::{EnrolmentBook, Facts};
use super::failure::Deny;
use super::keys::random;
use super::peer::Subject;
use super::register::Note;
use crate::ids::{Epoch, Site, StreamName, TownshipCode};
use crate::limits::{ENTRY_BYTES_MAX, FRAME_BYTES_MAX};
use crate::store::{Store, StoreError};
use crate::stream::Item;
use crate::sync::message::Instance;
use crate::sync::note;

/// Appends to the store; asks `facts` about townships.
pub struct StoreBook<F> {
    store: Store,
    facts: F,
}

impl<F> StoreBook<F>
where
    F: Fn(TownshipCode) -> Option<Facts> + Send + Sync + 'static,
{
    pub fn new(store: Store, facts: F) -> Self {
        Self { store, facts }
    }

    /// Every note about certificates so far, in order. Reads the whole of `meta/hub`; a note that this version does not
    /// understand is left out.
    pub fn notes(&self) -> Result<Vec<Note>, StoreError> {
        let stream = StreamName::Meta(Site::Hub);
        let mut notes = Vec::new();
        let mut next = 1;
        while let Some(frame) = self.store.run(stream, next..=u64::MAX, FRAME_BYTES_MAX, ENTRY_BYTES_MAX)? {
            next = frame.first + frame.items.len() as u64;
            for item in &frame.items {
                let Item::Entry(bytes) = item else { continue };
                if let Ok(v1::Note { kind: Some(Kind::Enrolment(note)) }) = v1::Note::decode(bytes.as_slice())
                {
                    notes.extend(Note::try_from(note).ok());
                }
            }
        }
        Ok(notes)
    }
}

impl<F> EnrolmentBook for StoreBook<F>
where
    F: Fn(TownshipCode) -> Option<Facts> + Send + Sync + 'static,
{
    /// Whoever enrols also becomes the installation that sessions of the township are held to, in the same commit.
    fn append(&self, notes: &[Note]) -> Result<(), Deny> {
        let mut kinds = Vec::with_capacity(2 * notes.len());
        for note in notes {
            kinds.push(Kind::Enrolment(note.into()));
            if let Note::Enrolled { subject: Subject::Township(township), instance: Some(instance), .. } =
                note
            {
                kinds.push(note::hub_instance(*township, Instance(*instance)));
            }
        }
        let fresh = Epoch(u64::from_le_bytes(random().map_err(|_| Deny::Fault)?));
        let written: Result<(), StoreError> =
            self.store.write(|tx| note::append(tx, Site::Hub, fresh, kinds));
        written.map_err(|why| {
            tracing::error!(error = %why, "a note about certificates could not be stored");
            if matches!(why, StoreError::Full) { Deny::StoreFull } else { Deny::Fault }
        })
    }

    fn facts(&self, township: TownshipCode) -> Option<Facts> {
        (self.facts)(township)
    }
}
