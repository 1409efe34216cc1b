//! What a file is called when nobody says: `坎墩街道_代表建议台账_2026年.xlsx`.

use serde::{Deserialize, Serialize};

/// The form of a written ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    #[default]
    Xlsx,
    Csv,
}

/// Characters of one part of a name; file systems take 255 bytes in all.
const PART_CHARS_MAX: usize = 24;

impl Form {
    /// By the ending of a name; `None` for any other ending.
    pub fn of_name(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.')?.1;
        [Self::Xlsx, Self::Csv].into_iter().find(|form| ending.eq_ignore_ascii_case(form.ending()))
    }

    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// For a page that gives it out.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// A name of these parts that every file system takes: no separators, nothing invisible. Empty parts are left out.
pub fn file_name<'p>(parts: impl IntoIterator<Item = &'p str>, form: Form) -> String {
    let parts: Vec<String> = parts.into_iter().map(part).filter(|part| !part.is_empty()).collect();
    format!("{}.{}", parts.join("_"), form.ending())
}

fn part(text: &str) -> String {
    let allowed = |c: &char| {
        !c.is_control() && !matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '.')
    };
    let plain: String = text.chars().filter(allowed).take(PART_CHARS_MAX).collect();
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_every_file_system_takes() {
        let name = file_name(["坎墩街道", "代表建议、议案台账", "2026年"], Form::Xlsx);
        assert_eq!(name, "坎墩街道_代表建议、议案台账_2026年.xlsx");
        assert_eq!(file_name(["a/b\\c", "", "2026-01-01..06-30"], Form::Csv), "abc_2026-01-0106-30.csv");
        assert_eq!((Form::of_name("台账.XLSX"), Form::of_name("a.csv")), (Some(Form::Xlsx), Some(Form::Csv)));
        assert_eq!((Form::of_name("台账"), Form::of_name("a.xls")), (None, None));
    }
}
