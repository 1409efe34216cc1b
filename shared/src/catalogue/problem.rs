//! What is wrong with a catalogue file, where, in words for the person who wrote it.

use std::cell::RefCell;
use std::fmt;

use toml_span::Span;

/// One fault of one file. Sorted by file, then place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub en: String,
    pub zh: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, en, zh } = self;
        write!(f, "{file}:{line}:{column}: {en} / {zh}")
    }
}

/// All that is wrong with a set of files; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, problem) in self.0.iter().enumerate() {
            if nth > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Collects the problems of one file while it is read; reading goes on, so that all of them are told at once.
pub(super) struct Report<'a> {
    pub(super) file: &'a str,
    text: &'a str,
    found: RefCell<Vec<Problem>>,
}

impl<'a> Report<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, found: RefCell::default() }
    }

    pub(super) fn say(&self, at: Span, en: impl Into<String>, zh: impl Into<String>) {
        let before = self.text.get(..at.start.min(self.text.len())).unwrap_or(self.text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let problem = Problem { file: self.file.to_owned(), line, column, en: en.into(), zh: zh.into() };
        let mut found = self.found.borrow_mut();
        if !found.contains(&problem) {
            found.push(problem);
        }
    }

    pub(super) fn into_found(self) -> Vec<Problem> {
        self.found.into_inner()
    }
}
