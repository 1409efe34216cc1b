//! Whether everything that is stored is as it was written.

use serde::{Deserialize, Serialize};

use crate::program::{Align, Failure, Lang, Progress, Table};
use crate::store::Store;

/// Streams whose every entry and every link was read and found whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    pub streams: Vec<CheckedStream>,
    /// Entries of all streams.
    pub entries: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedStream {
    pub stream: String,
    pub entries: u64,
    /// Value of the chain after the last entry.
    pub head: String,
}

/// Reads the whole journal: every check sum, every link of every chain.
///
/// # Errors
/// `Damaged`, with the first place that is not what was written.
pub fn verify(store: &Store, progress: &Progress) -> Result<Checked, Failure> {
    progress.total(store.streams().iter().map(|(_, head)| head.len).sum());
    let verified = store.verify(&|done| progress.at(done.entries))?;
    progress.done();
    let stream = |(stream, head): &(crate::ids::StreamName, crate::stream::Head)| CheckedStream {
        stream: stream.to_string(),
        entries: head.len,
        head: format!("{:?}", head.hash),
    };
    let streams: Vec<CheckedStream> = verified.streams.iter().map(stream).collect();
    Ok(Checked { entries: streams.iter().map(|stream| stream.entries).sum(), streams })
}

impl Checked {
    /// A table for a terminal.
    pub fn text(&self, lang: Lang) -> String {
        let heads = match lang {
            Lang::Zh => ["数据流", "条数", "链尾"],
            Lang::En => ["stream", "entries", "head"],
        };
        let mut table = Table::new(heads.into_iter().zip([Align::Left, Align::Right, Align::Left]));
        for stream in &self.streams {
            table.row([stream.stream.clone(), stream.entries.to_string(), stream.head.clone()]);
        }
        table.render()
    }
}
