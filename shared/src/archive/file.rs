//! Packages as files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader};
use std::path::Path;

use super::{Known, Pack, Packed, Report, pack, verify};
use crate::code::ErrorCode;
use crate::program::{Failure, Progress};

/// Packs into a new file, durable on return; nothing is left behind when it fails. Gives the bytes of the file too.
///
/// # Errors
/// As [`pack`]; `Conflict`: there is such a file already.
pub fn pack_file(ask: &Pack<'_>, path: &Path, progress: &Progress) -> Result<(Packed, u64), Failure> {
    if path.exists() {
        return Err(Failure::new(
            ErrorCode::Conflict,
            format!("{} 已经存在，没有改动它。", path.display()),
            format!("{} exists already and was left as it is.", path.display()),
        )
        .advise("请换一个文件名。", "Give another name."));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = Path::new(&beside);
    let failed = |error: io::Error| unwritable(path, &error);
    // A leftover of a broken attempt is nobody's.
    let _ = fs::remove_file(beside);
    let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(beside).map_err(failed)?;
    let done = pack(ask, &mut file, progress).and_then(|packed| {
        file.sync_all().map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        fs::rename(beside, path).map_err(failed)?;
        Ok((packed, bytes))
    });
    if done.is_err() {
        let _ = fs::remove_file(beside);
    }
    done
}

/// Checks a file.
///
/// # Errors
/// As [`verify`]; `NotFound`: there is no such file.
pub fn verify_file(path: &Path, known: &Known, progress: &Progress) -> Result<Report, Failure> {
    let file = File::open(path).map_err(|error| {
        let missing = error.kind() == io::ErrorKind::NotFound;
        let code = if missing { ErrorCode::NotFound } else { ErrorCode::Setup };
        Failure::new(
            code,
            format!("无法读取文件 {}。", path.display()),
            format!("The file {} cannot be read.", path.display()),
        )
        .because(error)
    })?;
    verify(BufReader::new(file), known, progress)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::StorageFull {
        return crate::store::StoreError::Full.into();
    }
    Failure::new(
        ErrorCode::Setup,
        format!("无法写入 {}。", path.display()),
        format!("{} cannot be written.", path.display()),
    )
    .because(error)
    .advise("请检查文件夹是否存在、能否写入。", "Check that the folder is there and may be written.")
}
