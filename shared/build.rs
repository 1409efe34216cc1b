//! Lists the files of `catalogue/`, so that adding a kind is adding a file and no Rust is touched.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("catalogue");
    println!("cargo::rerun-if-changed={}", root.display());

    let mut code = String::from("pub(crate) static FILES: &[(&str, &str)] = &[\n");
    for (folder, ending) in [("", "toml"), ("profiles", "toml")] {
        list(&root, folder, ending, &mut code)?;
    }
    code.push_str("];\npub(crate) static CALENDARS: &[(&str, &str)] = &[\n");
    list(&root, "calendars", "json", &mut code)?;
    code.push_str("];\n");

    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?).join("catalogue_files.rs");
    fs::write(out, code)
}

/// Adds one line for each file of the folder with this ending, by name.
fn list(root: &Path, folder: &str, ending: &str, code: &mut String) -> io::Result<()> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root.join(folder))?
        .map(|item| item.map(|item| item.path()))
        .collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|found| found == ending));
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(root).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        writeln!(code, "    ({name:?}, include_str!({:?})),", path.display().to_string())
            .map_err(io::Error::other)?;
    }
    Ok(())
}
