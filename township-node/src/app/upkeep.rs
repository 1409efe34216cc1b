//! Looking after the store: check, rebuild, copy. Also the files of a catalogue.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use shared::catalogue::Problems;
use shared::code::ErrorCode;
use shared::ids::StreamName;
use shared::limits;
use shared::program::{Clock, Failure, Progress};
use shared::store::ViewsOutcome;
use shared::store::files::DiskFiles;
use shared::stream::{Head, Item};

use super::Node;
use crate::config::Config;

/// What a check of the whole journal found.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    pub streams: Vec<StreamChecked>,
    pub entries: u64,
    /// Entries held back: intact, but not counted.
    pub held: u32,
}

#[derive(Debug, Clone, Serialize)]
pub struct StreamChecked {
    pub stream: String,
    pub entries: u64,
    /// Entries that are here as their digest alone.
    pub withheld: u64,
    pub head: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Rebuilt {
    pub entries: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct BackedUp {
    pub folder: String,
    pub bytes: u64,
}

impl Node {
    /// Reads every entry of every stream and recomputes its chain.
    ///
    /// # Errors
    /// `Damaged`, naming the stream and the entry at which the chain breaks.
    pub fn verify(&self, progress: &Progress) -> Result<Verified, Failure> {
        let streams = self.store().streams();
        progress.total(streams.iter().map(|(_, head)| head.len).sum());
        let mut checked = Vec::new();
        for (stream, head) in streams {
            checked.push(self.verify_stream(stream, head, progress)?);
        }
        progress.done();
        let entries = checked.iter().map(|stream| stream.entries).sum();
        let held = self.read(|views| shared::view::held::count(views, None));
        Ok(Verified { streams: checked, entries, held })
    }

    fn verify_stream(
        &self,
        stream: StreamName,
        head: Head,
        progress: &Progress,
    ) -> Result<StreamChecked, Failure> {
        let mut at = Head::empty(stream);
        let mut withheld = 0;
        while at.len < head.len {
            let range = at.len + 1..=head.len;
            let frame = self.store().run(stream, range, limits::FRAME_BYTES_MAX, limits::FRAME_BYTES_MAX)?;
            let frame = frame.filter(|frame| {
                frame.prev == at.hash && frame.first == at.len + 1 && !frame.items.is_empty()
            });
            let Some(frame) = frame else { return Err(broken(stream, at.len + 1)) };
            withheld += frame.items.iter().filter(|item| matches!(item, Item::Withheld(_))).count() as u64;
            progress.step(frame.items.len() as u64);
            at = frame.head();
        }
        if (at.len, at.hash) != (head.len, head.hash) {
            return Err(broken(stream, at.len));
        }
        Ok(StreamChecked {
            stream: stream.to_string(),
            entries: at.len,
            withheld,
            head: format!("{:?}", at.hash),
        })
    }

    /// Makes the views anew from the journal and closes the node again.
    ///
    /// # Errors
    /// As [`Node::open`].
    pub fn rebuild(
        config: Config,
        clock: Arc<dyn Clock>,
        progress: impl Fn(shared::store::Progress) + Send + Sync + 'static,
    ) -> Result<Rebuilt, Failure> {
        // Opened once so that another program in the folder is noticed; then views without a state are trusted by nobody.
        drop(Self::open(config.clone(), Arc::clone(&clock))?);
        let state = config.data.join("store").join("views").join("state");
        match std::fs::remove_file(&state) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Failure::internal(e)),
            _ => {}
        }
        let node = Self::open_with(config, clock, progress)?;
        let entries = match &node.opening().store.views {
            ViewsOutcome::Rebuilt { entries, .. } => *entries,
            other => return Err(Failure::internal(format!("the views were not made anew: {other:?}"))),
        };
        Ok(Rebuilt { entries })
    }

    /// Copies the journal into another folder while the node works. The copy may be opened as it is: views are made anew.
    ///
    /// # Errors
    /// The folder holds a journal already, or cannot be written.
    pub fn backup(&self, folder: &Path) -> Result<BackedUp, Failure> {
        let unwritable = |e: std::io::Error| {
            Failure::new(
                ErrorCode::Setup,
                format!("无法写入备份文件夹 {}。", folder.display()),
                format!("The folder {} cannot be written.", folder.display()),
            )
            .because(e)
        };
        if folder.join("store").join("journal").exists() {
            return Err(Failure::new(
                ErrorCode::Conflict,
                format!("{} 里已有一份备份。", folder.display()),
                format!("{} already holds a copy.", folder.display()),
            )
            .advise(
                "请换一个空文件夹，例如以日期命名。",
                "Choose an empty folder, for example one named by the day.",
            ));
        }
        std::fs::create_dir_all(folder).map_err(unwritable)?;
        let to = DiskFiles::new(folder.join("store")).map_err(unwritable)?;
        let bytes = self.store().backup(&to)?;
        let config = self.config().data.join(crate::config::FILE);
        std::fs::copy(config, folder.join(crate::config::FILE)).map_err(unwritable)?;
        Ok(BackedUp { folder: folder.display().to_string(), bytes })
    }
}

fn broken(stream: StreamName, seq: u64) -> Failure {
    Failure::new(
        ErrorCode::Damaged,
        format!("数据链在 {stream} 的第 {seq} 条处断裂。"),
        format!("The chain of {stream} breaks at entry {seq}."),
    )
    .advise(
        "请不要删除任何文件；联系县里，从县级节点或备份取回。",
        "Delete nothing; ask the county: the hub or a backup holds the lost part.",
    )
}

/// The TOML files of a folder and of its folders, by their names relative to it, sorted.
///
/// # Errors
/// `NotFound` or `Setup`.
pub fn catalogue_files(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    collect(folder, folder, &mut found).map_err(|e| {
        Failure::new(
            ErrorCode::Setup,
            format!("无法读取文件夹 {}。", folder.display()),
            format!("The folder {} cannot be read.", folder.display()),
        )
        .because(e)
    })?;
    found.sort();
    Ok(found)
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.push((name, std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// All that is wrong with catalogue files, a line each: `file:line:column: …`.
pub fn catalogue_failure(problems: &Problems) -> Failure {
    let count = problems.0.len();
    let start = Failure::new(
        ErrorCode::Setup,
        format!("台账目录文件有 {count} 处错误："),
        format!("The catalogue files have {count} mistakes:"),
    );
    problems.0.iter().fold(start, |failure, p| {
        let place = format!("{}:{}:{}", p.file, p.line, p.column);
        failure.detail(format!("{place}: {}", p.zh), format!("{place}: {}", p.en))
    })
}
