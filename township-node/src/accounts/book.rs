//! The file of accounts: read when it has changed, changed under a lock, replaced whole.
//!
//! The running program and a sub-command may both change it; each sees what the other did at its next look.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use shared::code::ErrorCode;
use shared::net::keys::{KeyError, read_private, write_private};
use shared::program::Failure;
use shared::record::Role;

use super::account::Account;
use super::failures::Failures;
use crate::limits;

/// Folder of all that is about access, under the data folder.
pub(super) const FOLDER: &str = "access";
const FILE: &str = "accounts.json";
const LOCK: &str = "lock";
const VERSION: u32 = 1;

/// What the file holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    version: u32,
    pub accounts: Vec<Account>,
    #[serde(default)]
    pub(super) failures: Failures,
}

impl Default for Content {
    fn default() -> Self {
        Self { version: VERSION, accounts: Vec::new(), failures: Failures::default() }
    }
}

impl Content {
    pub fn find(&self, login: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.login.eq_ignore_ascii_case(login.trim()))
    }

    /// # Errors
    /// `NotFound`.
    pub fn find_mut(&mut self, login: &str) -> Result<&mut Account, Failure> {
        let known: Vec<&str> = self.accounts.iter().map(|account| account.login.as_str()).collect();
        let (zh, en) = (known.join("、"), known.join(", "));
        let wanted = login.trim();
        let found = self.accounts.iter_mut().find(|account| account.login.eq_ignore_ascii_case(wanted));
        found.ok_or_else(|| {
            Failure::not_found(format!("没有账号“{wanted}”。"), format!("There is no account \"{wanted}\"."))
                .advise(format!("现有账号：{zh}"), format!("Known: {en}."))
        })
    }

    /// Nothing is held against a name any more.
    pub fn forgive(&mut self, login: &str) {
        self.failures.forget(&super::entry::by_name(login));
    }

    /// Adds an account.
    ///
    /// # Errors
    /// `Conflict`: its login name or staff code is another's; `Full`: there are too many.
    pub fn add(&mut self, account: Account) -> Result<(), Failure> {
        if self.accounts.len() >= limits::ACCOUNTS_MAX {
            let most = limits::ACCOUNTS_MAX;
            let (zh, en) = (format!("最多 {most} 个账号。"), format!("There are at most {most} accounts."));
            return Err(Failure::new(ErrorCode::Full, zh, en));
        }
        self.accounts.push(account);
        self.check()
    }

    /// What must hold of all accounts together.
    ///
    /// # Errors
    /// `Conflict`.
    pub fn check(&self) -> Result<(), Failure> {
        for (at, account) in self.accounts.iter().enumerate() {
            let others = &self.accounts[..at];
            if others.iter().any(|other| other.login == account.login) {
                let login = &account.login;
                return Err(Failure::new(
                    ErrorCode::Conflict,
                    format!("登录名“{login}”已有人用。"),
                    format!("The login name \"{login}\" is taken."),
                ));
            }
            if others.iter().any(|other| other.staff.eq_ignore_ascii_case(&account.staff)) {
                let staff = &account.staff;
                return Err(Failure::new(
                    ErrorCode::Conflict,
                    format!("人员代码“{staff}”已有人用。"),
                    format!("The staff code \"{staff}\" is another's."),
                )
                .advise(
                    "每人一个代码：有的步骤须由另一人办理。",
                    "Each person has one: some steps are for another person.",
                ));
            }
        }
        Ok(())
    }

    /// Whether somebody can still look after the accounts.
    ///
    /// # Errors
    /// `Refused`: nobody who may log in is an administrator.
    pub fn keeps_an_administrator(&self) -> Result<(), Failure> {
        if self.accounts.iter().any(|account| !account.locked && account.has(Role::TAdmin)) {
            return Ok(());
        }
        Err(Failure::new(
            ErrorCode::Refused,
            "至少要有一个可以登录的管理员。",
            "At least one administrator must be able to log in.",
        ))
    }
}

/// By which a changed file is known: a replaced one is another inode.
type Stamp = (SystemTime, u64, u64);

/// The accounts of one data folder.
pub struct Book {
    folder: PathBuf,
    cached: Mutex<Option<(Stamp, Arc<Content>)>>,
}

impl Book {
    pub fn of(data: &Path) -> Self {
        Self { folder: data.join(FOLDER), cached: Mutex::default() }
    }

    /// The file itself, for backups.
    pub fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// What stands in the file; nothing where there is none yet.
    ///
    /// # Errors
    /// `Setup`: it cannot be read, or others may read it; `Damaged`: it is not what was written.
    pub fn read(&self) -> Result<Arc<Content>, Failure> {
        let path = self.path();
        let stamp = match fs::metadata(&path) {
            Ok(metadata) => stamp(&metadata),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Arc::default()),
            Err(error) => return Err(unusable(&path, error)),
        };
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, content)) = &*cached
            && *of == stamp
        {
            return Ok(content.clone());
        }
        let content = Arc::new(load(&path)?);
        *cached = Some((stamp, content.clone()));
        Ok(content)
    }

    /// Changes the accounts, durable on return. Nothing is written where `change` fails.
    ///
    /// # Errors
    /// Those of `change`, and as [`Book::read`].
    pub fn change<T>(&self, change: impl FnOnce(&mut Content) -> Result<T, Failure>) -> Result<T, Failure> {
        let _lock = self.lock()?;
        let path = self.path();
        let mut content = if path.exists() { load(&path)? } else { Content::default() };
        let done = change(&mut content)?;
        let text = serde_json::to_string_pretty(&content).map_err(Failure::internal)?;
        write_private(&path, &text).map_err(|error| unusable(&path, error))?;
        Ok(done)
    }

    /// Held while a file of the folder is written; makes the folder.
    pub(super) fn lock(&self) -> Result<File, Failure> {
        let wrong = |error| unusable(&self.folder, error);
        fs::create_dir_all(&self.folder).map_err(wrong)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700)).map_err(wrong)?;
        }
        let lock =
            OpenOptions::new().create(true).append(true).open(self.folder.join(LOCK)).map_err(wrong)?;
        lock.lock().map_err(wrong)?;
        Ok(lock)
    }
}

/// Copies the accounts of one data folder into another, where there are any: for backups.
///
/// # Errors
/// As [`Book::read`].
pub fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let (from, to) = (Book::of(from), Book::of(to));
    if !from.path().exists() {
        return Ok(());
    }
    let content = from.read()?;
    to.change(|copy| {
        *copy = Content::clone(&content);
        Ok(())
    })
}

fn stamp(metadata: &fs::Metadata) -> Stamp {
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(metadata);
    #[cfg(not(unix))]
    let inode = 0;
    (metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len(), inode)
}

fn load(path: &Path) -> Result<Content, Failure> {
    let text = read_private(path).map_err(|error| match &error {
        KeyError::Open { mode, .. } => Failure::new(
            ErrorCode::Setup,
            format!("{} 能被其他用户读取（权限 {mode:o}），不能使用。", path.display()),
            format!("{} may be read by others (mode {mode:o}) and is not used.", path.display()),
        )
        .advise("请把权限改为 600。", "Set its mode to 600."),
        _ => unusable(path, &error),
    })?;
    let damaged = |why: String| {
        Failure::new(
            ErrorCode::Damaged,
            format!("账号文件 {} 已损坏。", path.display()),
            format!("The file of accounts {} is damaged.", path.display()),
        )
        .because(why)
        .advise(
            "台账没有受影响。请从备份取回这个文件，或移走它后重新设立账号。",
            "The ledgers are not touched. Take the file from a backup, or move it away and set accounts up anew.",
        )
    };
    let content: Content = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
    if content.version > VERSION {
        return Err(Failure::new(
            ErrorCode::Setup,
            "账号文件来自更新版本的程序。",
            "The file of accounts was written by a newer version of the program.",
        )
        .advise("请升级本程序。", "Update this program."));
    }
    Ok(content)
}

fn unusable(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::new(
        ErrorCode::Setup,
        format!("无法读写 {}。", path.display()),
        format!("{} cannot be read or written.", path.display()),
    )
    .because(error)
    .advise("请检查文件夹权限和磁盘。", "Check the folder's permissions and the disk.")
}
