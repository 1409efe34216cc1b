//! A clerk's PC for tests: the real binary, an own data folder, an own state folder, nothing of the machine's environment.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;

pub struct Bench {
    root: std::sync::Arc<tempfile::TempDir>,
    data: PathBuf,
    env: Vec<(String, String)>,
}

impl Bench {
    /// A PC on which nothing has been set up.
    pub fn empty() -> Self {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("data");
        Self { root: std::sync::Arc::new(root), data, env: Vec::new() }
    }

    /// The PC of 坎墩镇, which has not joined.
    pub fn town() -> Self {
        let bench = Self::empty();
        bench.ok(&["init", "--township", "330282002", "--name", "坎墩镇"]);
        bench
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    pub fn with_data(&self, data: &str) -> Self {
        Self { root: self.root.clone(), data: data.into(), env: self.env.clone() }
    }

    pub fn with_env(&self, name: &str, value: &str) -> Self {
        let mut env = self.env.clone();
        env.push((name.to_owned(), value.to_owned()));
        Self { root: self.root.clone(), data: self.data.clone(), env }
    }

    /// Writes a file beside the data; gives its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.data.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_township-node"));
        command.env_clear().env("XDG_STATE_HOME", self.root.path().join("state"));
        command.envs(self.env.iter().cloned()).arg("--data").arg(&self.data).args(args).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs with `--json`, must succeed; gives what it says.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> Json {
        let done = self.run(&[&["--json"], args].concat());
        let out = String::from_utf8(done.stdout).unwrap();
        assert!(done.status.success(), "{args:?}: {out} {}", String::from_utf8_lossy(&done.stderr));
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?}: {e}: {out}"))
    }

    /// Runs with `--json`, must fail with this exit status; gives the error.
    #[track_caller]
    pub fn fails(&self, args: &[&str], exit: i32) -> Json {
        let done = self.run(&[&["--json"], args].concat());
        let out = String::from_utf8(done.stdout).unwrap();
        assert_eq!(
            done.status.code(),
            Some(exit),
            "{args:?}: {out} {}",
            String::from_utf8_lossy(&done.stderr)
        );
        let said: Json = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?}: {e}: {out}"));
        assert_eq!(said["error"]["exit"], exit);
        said["error"].clone()
    }

    /// Runs for a person, must fail with this exit status; gives what standard error says.
    #[track_caller]
    pub fn talk(&self, args: &[&str], exit: i32) -> String {
        let done = self.run(args);
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(exit), "{args:?}: {said}");
        assert!(done.stdout.is_empty(), "{args:?}: talk on standard output");
        said
    }

    /// Runs for a person, must succeed; gives standard output.
    #[track_caller]
    pub fn says(&self, args: &[&str]) -> String {
        let done = self.run(args);
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
