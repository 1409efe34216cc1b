//! What is written down of who used the pages for what: one line each, appended, never changed.
//!
//! A line holds login names, addresses, ids of records and kinds, and figures; never a name, never text of a record. Files are
//! bounded: a full one is set aside, and the oldest of those falls away.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shared::program::Clock;

use super::book::{Book, FOLDER};
use crate::limits;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    LoggedIn,
    LoginFailed,
    LoginDelayed,
    LoggedOut,
    SessionEnded,
    AccountAdded,
    AccountChanged,
    PasswordChanged,
    PasswordReset,
    AccountLocked,
    AccountUnlocked,
    SetUp,
    Joined,
    Exported,
    Printed,
    Imported,
    FileTaken,
    BackedUp,
    SettingsChanged,
    /// A line of a newer version.
    #[serde(other)]
    Unknown,
}

impl Event {
    /// (Chinese, English)
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::LoggedIn => ("登录", "logged in"),
            Self::LoginFailed => ("登录失败", "login failed"),
            Self::LoginDelayed => ("登录过频，已要求等待", "login put off"),
            Self::LoggedOut => ("退出", "logged out"),
            Self::SessionEnded => ("结束会话", "session ended"),
            Self::AccountAdded => ("新建账号", "account added"),
            Self::AccountChanged => ("修改账号", "account changed"),
            Self::PasswordChanged => ("修改密码", "password changed"),
            Self::PasswordReset => ("重设密码", "password reset"),
            Self::AccountLocked => ("停用账号", "account locked"),
            Self::AccountUnlocked => ("启用账号", "account unlocked"),
            Self::SetUp => ("初次设置", "set up"),
            Self::Joined => ("加入县里", "joined the county"),
            Self::Exported => ("导出", "exported"),
            Self::Printed => ("打印", "printed"),
            Self::Imported => ("导入", "imported"),
            Self::FileTaken => ("下载附件", "file taken"),
            Self::BackedUp => ("备份", "backed up"),
            Self::SettingsChanged => ("修改设置", "settings changed"),
            Self::Unknown => ("其他", "other"),
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    pub at_ms: i64,
    pub event: Event,
    /// Login name; of a failed attempt, only if there is such an account. Empty: the command line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<IpAddr>,
    /// Ids and figures.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
}

/// The audit of one data folder.
pub struct Audit {
    folder: PathBuf,
    book: Book,
}

impl Audit {
    pub fn of(data: &Path) -> Self {
        Self { folder: data.join(FOLDER), book: Book::of(data) }
    }

    /// Appends a line. What cannot be written is logged: work is not stopped for it.
    pub fn note(&self, clock: &dyn Clock, event: Event, who: &str, from: Option<IpAddr>, what: &str) {
        let who = if who.len() > limits::LOGIN_CHARS_MAX { "" } else { who };
        let noted = Noted { at_ms: clock.now_ms(), event, who: who.to_owned(), from, what: what.to_owned() };
        if let Err(error) = self.append(&noted) {
            tracing::error!(error = %error, "audit line not written");
        }
    }

    fn append(&self, noted: &Noted) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(noted)?;
        line.push(b'\n');
        let _lock = self.book.lock().map_err(std::io::Error::other)?;
        let current = self.file(0);
        if fs::metadata(&current)
            .is_ok_and(|file| file.len() + line.len() as u64 > limits::AUDIT_FILE_BYTES_MAX)
        {
            for nth in (0..limits::AUDIT_FILES_MAX - 1).rev() {
                if self.file(nth).exists() {
                    fs::rename(self.file(nth), self.file(nth + 1))?;
                }
            }
        }
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(current)?;
        file.write_all(&line)?;
        file.sync_data()
    }

    /// Lines, the newest first, without the first `skip`. A line that cannot be read is passed over.
    ///
    /// # Errors
    /// A file is there and cannot be read.
    pub fn read(&self, skip: usize, limit: usize) -> std::io::Result<Vec<Noted>> {
        let mut found = Vec::new();
        let mut passed = 0;
        for nth in 0..limits::AUDIT_FILES_MAX {
            let text = match fs::read(self.file(nth)) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            };
            for noted in text.lines().rev().filter_map(|line| serde_json::from_str(line).ok()) {
                passed += 1;
                if passed > skip {
                    found.push(noted);
                }
                if found.len() == limit {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    fn file(&self, nth: usize) -> PathBuf {
        self.folder.join(if nth == 0 { "audit.log".to_owned() } else { format!("audit.{nth}.log") })
    }
}

#[cfg(test)]
mod tests {
    use shared::program::ManualClock;

    use super::*;

    #[test]
    fn lines_are_kept_in_order_and_within_their_bound() {
        let data = tempfile::tempdir().unwrap();
        let (audit, clock) = (Audit::of(data.path()), ManualClock::new(5, 1));
        let from = Some("10.0.0.9".parse().unwrap());
        audit.note(&clock, Event::LoggedIn, "wang", from, "");
        audit.note(&clock, Event::Exported, "wang", from, "proposal 12");
        let read = audit.read(0, 10).unwrap();
        assert_eq!(
            read.iter().map(|noted| noted.event).collect::<Vec<_>>(),
            [Event::Exported, Event::LoggedIn]
        );
        assert_eq!(audit.read(1, 10).unwrap().len(), 1);

        let long = "x".repeat(limits::AUDIT_FILE_BYTES_MAX as usize / 3);
        for _ in 0..3 * limits::AUDIT_FILES_MAX + 3 {
            audit.note(&clock, Event::Printed, "wang", None, &long);
        }
        let files = std::fs::read_dir(data.path().join(FOLDER)).unwrap().flatten();
        let sizes: Vec<u64> = files
            .filter(|file| file.file_name().to_string_lossy().ends_with(".log"))
            .map(|file| file.metadata().unwrap().len())
            .collect();
        assert_eq!(sizes.len(), limits::AUDIT_FILES_MAX);
        assert!(sizes.iter().all(|bytes| *bytes <= limits::AUDIT_FILE_BYTES_MAX));
        assert!(audit.read(0, usize::MAX).unwrap().iter().all(|noted| noted.event == Event::Printed));
    }

    #[test]
    fn what_a_newer_version_wrote_is_shown_as_other() {
        let data = tempfile::tempdir().unwrap();
        let audit = Audit::of(data.path());
        std::fs::create_dir_all(data.path().join(FOLDER)).unwrap();
        std::fs::write(audit.file(0), "{\"at_ms\":1,\"event\":\"teleported\"}\nnot a line\n").unwrap();
        let read = audit.read(0, 10).unwrap();
        assert_eq!(read.iter().map(|noted| noted.event).collect::<Vec<_>>(), [Event::Unknown]);
    }
}
