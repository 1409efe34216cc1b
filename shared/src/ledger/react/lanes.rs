//! The streams of one look: up to where each was looked through before, and on from there.

use crate::command::Place;
use crate::ids::{Site, StreamName};
use crate::limits;
use crate::program::Failure;
use crate::store::Store;
use crate::stream::{Frame, Head};
use crate::sync::message::StreamState;
use crate::sync::wire;
use crate::view::reacted;
use xianglian_proto::v1 as pb;

/// One stream that is looked through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lane {
    pub(super) stream: StreamName,
    /// Written by this site: looked through for what our records link to.
    pub(super) ours: bool,
    /// Up to where it has been looked through, and up to where that is noted.
    pub(super) at: Head,
    pub(super) noted: Head,
    /// Where it ends in this look; what is appended meanwhile is seen by the next.
    to: u64,
}

impl Lane {
    /// Every stream of a site, those that the other side writes first. A stream that is another branch now than the one
    /// that was looked through, or was looked through by other rules, begins anew.
    pub(super) fn all(store: &Store, place: &Place<'_>, rules: &str) -> Result<Vec<Self>, Failure> {
        let looked = store.read(|views| reacted::looked(views, rules));
        let mut lanes = Vec::new();
        for (stream, head) in store.streams() {
            let Some(ours) = side(stream, place.site) else { continue };
            let empty = Head::empty(stream);
            let noted = looked.get(&stream).copied().unwrap_or(empty);
            let stands = store.hash_at(stream, noted.len)? == Some(noted.hash);
            let at = if stands { noted } else { empty };
            lanes.push(Self { stream, ours, at, noted, to: head.len });
        }
        lanes.sort_by_key(|lane| lane.ours);
        Ok(lanes)
    }

    /// The next entries; none at the end, or where the stream has become another branch since the look began.
    pub(super) fn next(&self, store: &Store) -> Result<Option<Frame>, Failure> {
        let range = self.at.len + 1..=self.to;
        let frame = store.run(self.stream, range, limits::FRAME_BYTES_MAX, limits::ENTRY_BYTES_MAX)?;
        Ok(frame.filter(|frame| frame.prev == self.at.hash))
    }

    pub(super) fn moved(&self) -> bool {
        self.at != self.noted
    }

    pub(super) fn note(&self) -> pb::StreamState {
        wire::state_out(&StreamState { stream: self.stream, head: self.at, forked: false })
    }
}

/// Whether a stream is the site's own; none for those that say nothing of records, or are not for this site.
fn side(stream: StreamName, site: Site) -> Option<bool> {
    match (stream, site) {
        (StreamName::Meta(_), _) => None,
        (stream, site) if stream.writer() == site => Some(true),
        (StreamName::Township(_), Site::Hub) => Some(false),
        (StreamName::DownAll, Site::Township(_)) => Some(false),
        (StreamName::Down(code), Site::Township(own)) => (code == own).then_some(false),
        _ => None,
    }
}
