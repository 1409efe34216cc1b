//! Whether everything that is stored is as it was written.

use serde::{Deserialize, Serialize};
use shared::ids::StreamName;
use shared::limits::{ENTRY_BYTES_MAX, FRAME_BYTES_MAX};
use shared::program::Failure;
use shared::stream::Head;
use shared::tally;

use super::App;
use super::ask::Ask;

/// Reads every entry of every stream, computes the chain anew, and the tallies from the records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Verify {}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    pub streams: Vec<Stream>,
    pub entries: u64,
    /// Whether the tallies kept are those that the records give.
    pub tallies: bool,
    pub good: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stream {
    pub stream: String,
    pub entries: u64,
    pub head: String,
    /// What is wrong; none if the chain holds.
    pub fault: Option<String>,
}

impl Ask for Verify {
    type Answer = Report;

    fn answer(self, app: &App) -> Result<Report, Failure> {
        let streams: Vec<Stream> =
            app.store.streams().into_iter().map(|(name, head)| stream(app, name, head)).collect();
        let tallies = app
            .store
            .read(|views| tally::kept(views, &app.catalogue) == tally::recompute(views, &app.catalogue));
        Ok(Report {
            entries: streams.iter().map(|stream| stream.entries).sum(),
            good: tallies && streams.iter().all(|stream| stream.fault.is_none()),
            streams,
            tallies,
        })
    }
}

fn stream(app: &App, name: StreamName, head: Head) -> Stream {
    let fault = chain(app, name, head).err();
    if let Some(fault) = &fault {
        tracing::error!(stream = %name, fault, "the stream is not as it was written");
    }
    Stream { stream: name.to_string(), entries: head.len, head: format!("{:?}", head.hash), fault }
}

/// Follows the chain from its beginning to `head`.
fn chain(app: &App, name: StreamName, head: Head) -> Result<(), String> {
    let mut at = Head::empty(name);
    while at.len < head.len {
        let frame = app.store.run(name, at.len + 1..=head.len, FRAME_BYTES_MAX, ENTRY_BYTES_MAX);
        let frame = frame.map_err(|error| error.to_string())?;
        let frame = frame.ok_or_else(|| format!("entry {} is not there", at.len + 1))?;
        if frame.prev != at.hash {
            return Err(format!("the chain breaks before entry {}", frame.first));
        }
        at = frame.head();
    }
    if at.hash == head.hash { Ok(()) } else { Err("the chain does not lead to the stream's head".to_owned()) }
}
