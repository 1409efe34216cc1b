//! Where a command's words go: data to standard output, talk to standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use serde::Serialize;

use super::failure::Failure;
use super::lang::{Lang, Text};
use super::progress::Progress;

/// How the user wants to be spoken to.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    pub lang: Lang,
    /// Standard output is one JSON value and nothing else.
    pub json: bool,
}

impl Output {
    /// Gives a command's result: as JSON if asked for, else as the text made by `text`.
    pub fn data<T: Serialize + ?Sized>(&self, value: &T, text: impl FnOnce(Lang) -> String) {
        if self.json {
            // The types given here hold only strings, numbers and lists, which always serialise.
            let line =
                serde_json::to_string_pretty(value).unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}"));
            print(&format!("{line}\n"));
        } else {
            let text = text(self.lang);
            print(&if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" });
        }
    }

    /// Says something beside the result, on standard error; under `--json` as well, for it is not data.
    pub fn note(&self, note: &Text) {
        let _ = writeln!(io::stderr(), "{}", note.get(self.lang));
    }

    /// A bar on standard error when that is a terminal, else nothing.
    pub fn progress(&self, title: &Text, total: Option<u64>) -> Progress {
        Progress::new(title.get(self.lang), total, io::stderr().is_terminal() && !self.json)
    }

    /// Ends the program: says what failed, and gives the exit status.
    pub fn finish(&self, result: Result<(), Failure>) -> ExitCode {
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                if self.json {
                    print(&format!("{:#}\n", failure.to_json()));
                } else {
                    let _ = write!(io::stderr(), "{}", failure.render(self.lang));
                }
                ExitCode::from(failure.code.exit())
            }
        }
    }
}

/// A reader that has gone away (`| head`) is not a failure of the command.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
