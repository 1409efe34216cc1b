//! Files that a user asked for: whole or not at all, and never in place of another that is not to go.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use crate::code::ErrorCode;
use crate::exchange::out::Form;

/// Whether a file that is there may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Existing {
    #[default]
    Kept,
    Replaced,
}

/// Where a table is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Under a name that follows from what is written.
    Folder(PathBuf),
    File(PathBuf, Form),
}

impl Existing {
    pub fn forced(force: bool) -> Self {
        if force { Self::Replaced } else { Self::Kept }
    }
}

impl Target {
    /// What a user has named: a folder, a file whose ending says its form, or nothing, which is the present folder.
    ///
    /// # Errors
    /// `Invalid`: the ending is none of a form.
    pub fn of(given: Option<PathBuf>) -> Result<Self, Failure> {
        let Some(path) = given else { return Ok(Self::Folder(PathBuf::new())) };
        if path.is_dir() {
            return Ok(Self::Folder(path));
        }
        let form = path.file_name().and_then(|name| Form::of_name(&name.to_string_lossy()));
        form.map(|form| Self::File(path.clone(), form)).ok_or_else(|| {
            Failure::invalid(
                format!("文件名“{}”要以 .xlsx 或 .csv 结尾。", path.display()),
                format!("The name \"{}\" must end in .xlsx or .csv.", path.display()),
            )
        })
    }

    /// The same wherever the program that writes it runs.
    ///
    /// # Errors
    /// The present folder is not known.
    pub fn absolute(self) -> Result<Self, Failure> {
        let whole = |path: PathBuf| {
            let path = if path.as_os_str().is_empty() { PathBuf::from(".") } else { path };
            std::path::absolute(path).map_err(Failure::internal)
        };
        Ok(match self {
            Self::Folder(folder) => Self::Folder(whole(folder)?),
            Self::File(path, form) => Self::File(whole(path)?, form),
        })
    }

    /// For what is written as a workbook alone.
    ///
    /// # Errors
    /// `Invalid`: the name says another form.
    pub fn of_workbook(self) -> Result<Self, Failure> {
        match self.form(Form::Xlsx) {
            Form::Xlsx => Ok(self),
            Form::Csv => Err(Failure::invalid("只能写成 .xlsx。", "This is written as .xlsx only.")),
        }
    }

    /// The form that the name says, else `other`.
    pub fn form(&self, other: Form) -> Form {
        if let Self::File(_, form) = self { *form } else { other }
    }

    /// The file, which is called `name` in a folder.
    pub fn path(self, name: &str) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.join(name),
            Self::File(path, _) => path,
        }
    }
}

/// Writes a file by `write`, durable on return. Until all is written nothing stands under its name; when that fails, what
/// stood there before still does.
///
/// # Errors
/// `Conflict`: there is such a file and it is to be kept; `Setup` or `Full`: the folder cannot be written to; what `write` gives.
pub fn write_file<T>(
    path: &Path,
    existing: Existing,
    write: impl FnOnce(&mut File) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if existing == Existing::Kept && path.exists() {
        let shown = path.display();
        return Err(Failure::new(
            ErrorCode::Conflict,
            format!("文件 {shown} 已经存在，没有改动。"),
            format!("The file {shown} exists already; nothing was changed."),
        )
        .advise(
            "请换一个文件名，或加 --force 覆盖。",
            "Choose another name, or add --force to replace it.",
        ));
    }
    let unwritable = |error: io::Error| unwritable(path, error);
    let beside = beside(path);
    let written = File::create(&beside).map_err(unwritable).and_then(|mut file| {
        let done = write(&mut file)?;
        file.sync_all().map_err(unwritable)?;
        drop(file);
        fs::rename(&beside, path).map_err(unwritable)?;
        Ok(done)
    });
    match written {
        Ok(done) => {
            sync_folder(path).map_err(unwritable)?;
            Ok(done)
        }
        Err(failure) => {
            // What is left of it is of no use; that it cannot be removed changes nothing.
            let _ = fs::remove_file(&beside);
            Err(failure)
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// On Windows a folder cannot be opened to be synced; the rename is as durable there as it gets.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !cfg!(windows) => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            File::open(folder)?.sync_all()
        }
        _ => Ok(()),
    }
}

fn unwritable(path: &Path, error: io::Error) -> Failure {
    let shown = path.display();
    let (code, zh, en) = match error.kind() {
        io::ErrorKind::StorageFull => (
            ErrorCode::Full,
            format!("磁盘已满，没有写成 {shown}。"),
            format!("The disk is full; {shown} was not written."),
        ),
        _ => (ErrorCode::Setup, format!("无法写入 {shown}。"), format!("{shown} cannot be written.")),
    };
    Failure::new(code, zh, en).because(error)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_target_is_a_folder_or_a_file_of_a_known_form() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = Target::of(Some(folder.path().to_owned())).expect("a folder");
        assert_eq!(target.form(Form::Csv), Form::Csv);
        assert_eq!(target.path("台账.csv"), folder.path().join("台账.csv"));
        let target = Target::of(Some("x/台账.XLSX".into())).expect("a file");
        assert_eq!((target.form(Form::Csv), target.path("y")), (Form::Xlsx, PathBuf::from("x/台账.XLSX")));
        assert_eq!(Target::of(None).expect("here").path("台账.xlsx"), PathBuf::from("台账.xlsx"));
        for wrong in ["台账", "台账.xls", "台账.xlsx.zip"] {
            assert!(Target::of(Some(wrong.into())).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_file_is_written_whole_or_not_at_all_and_replaced_only_if_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("台账.xlsx");
        let write = |text: &'static str, existing| {
            write_file(&path, existing, |file| file.write_all(text.as_bytes()).map_err(Failure::internal))
        };
        assert_eq!(write("一", Existing::Kept), Ok(()));
        let kept = write("二", Existing::Kept).expect_err("it is there");
        assert_eq!(kept.code, ErrorCode::Conflict);
        assert_eq!(fs::read_to_string(&path).expect("readable"), "一");
        let failed = write_file(&path, Existing::Replaced, |file| {
            file.write_all(b"half").map_err(Failure::internal)?;
            Err::<(), _>(Failure::internal("broke off"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).expect("readable"), "一");
        assert_eq!(write("三", Existing::Replaced), Ok(()));
        assert_eq!(fs::read_to_string(&path).expect("readable"), "三");
        let names: Vec<_> = fs::read_dir(folder.path()).expect("readable").flatten().collect();
        assert_eq!(names.len(), 1, "nothing is left beside it: {names:?}");
        let nowhere = folder.path().join("没有").join("台账.xlsx");
        let failed = write_file(&nowhere, Existing::Kept, |_| Ok(())).expect_err("there is no such folder");
        assert_eq!(failed.code, ErrorCode::Setup);
    }
}
