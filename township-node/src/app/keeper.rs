//! Keeps the sidecar: the small file outside the data folder by which a restored or copied folder is known.
//!
//! Nothing depends on how fresh it is: a mark that is behind only means that less of a restore is noticed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use shared::code::ErrorCode;
use shared::ids::{StreamName, TownshipCode};
use shared::program::{Failure, replace};
use shared::stream::Head;
use shared::sync::Watermark;
use shared::sync::message::Instance;
use shared::sync::sidecar::{Mark, Sidecar};

/// The file is written at most so often while the node works, and once more when it closes.
const WRITE_EVERY_MS: i64 = 1000;

#[derive(Debug)]
pub(super) struct Keeper {
    path: PathBuf,
    stream: StreamName,
    /// `None`: the folder was copied or moved here, and has no instance of its own until it joins again.
    content: Option<Sidecar>,
    written_at: i64,
    dirty: bool,
}

impl Keeper {
    /// The sidecar of a data folder; the file is named after the folder's own path and the township.
    pub(super) fn load(state: &Path, data: &Path, township: TownshipCode) -> Result<Self, Failure> {
        let absolute = fs::canonicalize(data).unwrap_or_else(|_| data.to_owned());
        let name = blake3::hash(format!("{}\n{township}", absolute.display()).as_bytes()).to_hex();
        fs::create_dir_all(state).map_err(|e| unwritable(state, &e))?;
        let path = state.join(format!("{}.sidecar", &name[..32]));
        // A damaged sidecar counts as none: the folder then has to prove itself to the county again.
        let content = fs::read_to_string(&path).ok().and_then(|text| Sidecar::decode(&text).ok());
        Ok(Self { path, stream: StreamName::Township(township), content, written_at: i64::MIN, dirty: false })
    }

    pub(super) fn sidecar(&self) -> Option<&Sidecar> {
        self.content.as_ref()
    }

    pub(super) fn instance(&self) -> Option<Instance> {
        self.content.map(|sidecar| sidecar.instance)
    }

    pub(super) fn watermark(&self) -> Option<Watermark> {
        self.content.and_then(|sidecar| sidecar.watermark)
    }

    /// This installation has no sidecar that counts.
    pub(super) fn disown(&mut self) {
        self.content = None;
    }

    /// From now on this is the installation.
    pub(super) fn adopt(&mut self, instance: Instance, head: Head, now: i64) -> Result<(), Failure> {
        let mark = (head.len > 0).then_some(Mark { stream: self.stream, head, at: now });
        self.content = Some(Sidecar { instance, mark, watermark: None });
        self.write(now)
    }

    /// A restored folder: remembers what it once was until the county has been asked.
    pub(super) fn restored(&mut self, watermark: Watermark, head: Head, now: i64) -> Result<(), Failure> {
        if let Some(content) = &mut self.content {
            content.watermark = Some(watermark);
            content.mark = Some(Mark { stream: self.stream, head, at: now });
        }
        self.write(now)
    }

    /// The county has been asked; what is lost is on record.
    pub(super) fn settled(&mut self) {
        if let Some(content) = &mut self.content {
            content.watermark = None;
            self.dirty = true;
        }
    }

    /// The own stream stands at `head` now.
    pub(super) fn note(&mut self, head: Head, now: i64) {
        let Some(content) = &mut self.content else { return };
        if content.mark.is_none_or(|mark| mark.head != head) {
            content.mark = Some(Mark { stream: self.stream, head, at: now });
            self.dirty = true;
        }
        // A clock that was set back must not stop the writing.
        if self.dirty && (now < self.written_at || now.saturating_sub(self.written_at) >= WRITE_EVERY_MS) {
            self.flush(now);
        }
    }

    /// Writes what is not written yet. A failure is logged: the work itself is safe in the journal.
    pub(super) fn flush(&mut self, now: i64) {
        if self.dirty
            && let Err(failure) = self.write(now)
        {
            tracing::warn!(error = %failure, "sidecar not written");
        }
    }

    fn write(&mut self, now: i64) -> Result<(), Failure> {
        let Some(content) = &self.content else { return Ok(()) };
        replace(&self.path, content.encode().as_bytes()).map_err(|e| unwritable(&self.path, &e))?;
        self.written_at = now;
        self.dirty = false;
        Ok(())
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        ErrorCode::Setup,
        format!("无法写入 {}。", path.display()),
        format!("{} cannot be written.", path.display()),
    )
    .because(error)
    .advise("请检查文件夹权限，或在配置中另设 state.dir。", "Check its permissions, or set state.dir.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(len: u64) -> Head {
        Head { len, ..Head::empty(StreamName::DownAll) }
    }

    #[test]
    fn the_file_is_written_once_a_second_and_at_close() {
        let state = tempfile::tempdir().unwrap();
        let data = tempfile::tempdir().unwrap();
        let code = "330282002".parse().unwrap();
        let load = || Keeper::load(state.path(), data.path(), code).unwrap();
        let stored = || load().sidecar().and_then(|sidecar| sidecar.mark).map(|mark| mark.head.len);
        let mut keeper = load();
        assert!(keeper.sidecar().is_none());
        keeper.note(head(1), 0);
        assert!(load().sidecar().is_none(), "without an instance there is nothing to keep");
        keeper.adopt(Instance([7; 16]), head(0), 0).unwrap();
        assert_eq!(load().instance(), Some(Instance([7; 16])));
        keeper.note(head(1), 500);
        assert_eq!(stored(), None);
        keeper.note(head(2), 1000);
        assert_eq!(stored(), Some(2));
        keeper.note(head(3), 1001);
        assert_eq!(stored(), Some(2));
        keeper.flush(1002);
        assert_eq!(stored(), Some(3));
        keeper.note(head(4), -5);
        assert_eq!(stored(), Some(4), "a clock set back does not stop it");
    }

    #[test]
    fn another_township_or_folder_has_another_sidecar() {
        let state = tempfile::tempdir().unwrap();
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let code = "330282002".parse().unwrap();
        Keeper::load(state.path(), one.path(), code).unwrap().adopt(Instance([1; 16]), head(0), 0).unwrap();
        assert!(Keeper::load(state.path(), two.path(), code).unwrap().sidecar().is_none());
        assert!(
            Keeper::load(state.path(), one.path(), "330282003".parse().unwrap()).unwrap().sidecar().is_none()
        );
        assert!(Keeper::load(state.path(), one.path(), code).unwrap().sidecar().is_some());
    }
}
