//! The catalogue in force: the one that the program carries, with the files of a folder.

use std::path::Path;
use std::sync::Arc;

use super::Failure;
use crate::catalogue::Problems;
use crate::catalogue::model::Catalogue;
use crate::code::ErrorCode;

/// The built-in catalogue, or that with the TOML files of `folder` and of its folders.
///
/// # Errors
/// `Setup`: the folder cannot be read, or files in it have mistakes, each with file, line and column.
pub fn load_catalogue(folder: Option<&Path>) -> Result<Arc<Catalogue>, Failure> {
    let Some(folder) = folder else { return Ok(Catalogue::builtin()) };
    let files = files(folder)?;
    let extra = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Catalogue::builtin_and(extra).map(Arc::new).map_err(|problems| failure(&problems))
}

/// The TOML files of a folder and of its folders, by their names relative to it, sorted.
fn files(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    collect(folder, folder, &mut found).map_err(|error| {
        Failure::new(
            ErrorCode::Setup,
            format!("无法读取文件夹 {}。", folder.display()),
            format!("The folder {} cannot be read.", folder.display()),
        )
        .because(error)
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

fn failure(problems: &Problems) -> Failure {
    let count = problems.0.len();
    let start = Failure::new(
        ErrorCode::Setup,
        format!("台账目录文件有 {count} 处错误："),
        format!("The catalogue files have {count} mistakes:"),
    );
    problems.0.iter().fold(start, |failure, problem| {
        let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
        failure.detail(format!("{place}: {}", problem.zh), format!("{place}: {}", problem.en))
    })
}
