//! Style that a machine can check.

use std::fs;
use std::path::{Path, PathBuf};

/// What may stand at the root of the repository.
const ROOT: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "LICENSE",
    "proto",
    "shared",
    "township-node",
    "county-hub",
    "tests",
];
/// Lines of a source file; longer ones have more than one noun in them.
const LINES_MAX: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Every file below a folder, without build output and hidden folders.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is readable").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        let path = entry.path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn sources(ending: &str) -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    files(&root, &mut found);
    let wanted = found.into_iter().filter(|path| path.extension().is_some_and(|e| e == ending));
    wanted
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
            (name, fs::read_to_string(&path).expect("sources are UTF-8"))
        })
        .collect()
}

#[test]
fn the_root_holds_what_the_layout_names() {
    let strangers: Vec<String> = fs::read_dir(root())
        .expect("the root is readable")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && name != "target" && !ROOT.contains(&name.as_str()))
        .collect();
    assert!(strangers.is_empty(), "{strangers:?}");
}

#[test]
fn files_are_of_one_noun() {
    let long: Vec<String> = sources("rs")
        .into_iter()
        .filter(|(_, text)| text.lines().count() > LINES_MAX)
        .map(|(name, text)| format!("{name}: {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn nothing_is_left_over() {
    // Put together here, so that this file does not find itself.
    let marks = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("FIX", "ME"),
        concat!("#[ign", "ore"),
    ];
    for (name, text) in sources("rs") {
        for mark in marks {
            assert!(!text.contains(mark), "{name} has {mark}");
        }
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for (name, text) in sources("rs") {
        // A sub-command and a test file are named after what they do.
        let named = name.contains("/cli/") || name.contains("tests") || name.ends_with("main.rs");
        let first = text.lines().next().unwrap_or_default();
        assert!(named || first.starts_with("//!") || first.starts_with("#!"), "{name} begins with {first:?}");
    }
}

#[test]
fn only_the_store_names_its_engine() {
    for (name, text) in sources("rs") {
        let outside = !name.starts_with("shared/src/store/") && !name.starts_with("tests/");
        assert!(!outside || !text.contains("sled::"), "{name} names the view engine");
    }
}

#[test]
fn the_core_has_no_clock() {
    let marks = [concat!("SystemTime::", "now"), concat!("Instant::", "now")];
    let pure = [
        "calendar",
        "catalogue",
        "command",
        "exchange",
        "ledger",
        "print",
        "record",
        "sample",
        "stream",
        "sync",
        "tally",
        "view",
    ];
    for (name, text) in sources("rs") {
        if pure.iter().any(|module| name.starts_with(&format!("shared/src/{module}/"))) {
            for mark in marks {
                assert!(!text.contains(mark), "{name} reads the clock");
            }
        }
    }
}
