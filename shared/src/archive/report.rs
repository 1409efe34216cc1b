//! What a check of a package has found, in words.

use serde::Serialize;

use crate::code::ErrorCode;
use crate::program::{Failure, Lang, Text, text};

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The part of the package; none for the file as a whole.
    pub part: Option<String>,
    #[serde(flatten)]
    pub text: Text,
}

impl Finding {
    fn line(&self, lang: Lang) -> String {
        match &self.part {
            Some(part) => format!("{part}{}{}", lang.pick("：", ": "), self.text.get(lang)),
            None => self.text.get(lang).to_owned(),
        }
    }
}

/// What a package proves, what it does not, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub good: bool,
    /// Digest in the seal.
    pub digest: Option<String>,
    pub township: Option<String>,
    pub office: Option<String>,
    pub title: Option<String>,
    pub items: usize,
    pub records: usize,
    pub wrong: Vec<Finding>,
    pub proved: Vec<Text>,
    pub unproved: Vec<Text>,
    /// The runs that it holds, for a hub to compare with its own streams.
    #[serde(skip)]
    pub runs: Vec<super::Run>,
    /// Records in it.
    #[serde(skip)]
    pub ids: Vec<crate::ids::RecordId>,
}

impl Report {
    pub(super) fn new() -> Self {
        Self {
            good: true,
            digest: None,
            township: None,
            office: None,
            title: None,
            items: 0,
            records: 0,
            wrong: Vec::new(),
            proved: Vec::new(),
            unproved: Vec::new(),
            runs: Vec::new(),
            ids: Vec::new(),
        }
    }

    /// Something is wrong with a part, or with the file.
    pub fn wrong(&mut self, part: Option<&str>, zh: impl Into<String>, en: impl Into<String>) {
        self.good = false;
        let finding = Finding { part: part.map(str::to_owned), text: text(zh, en) };
        if !self.wrong.contains(&finding) {
            self.wrong.push(finding);
        }
    }

    pub fn proved(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.proved.push(text(zh, en));
    }

    pub fn unproved(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.unproved.push(text(zh, en));
    }

    /// The report itself if nothing is wrong, else what is.
    ///
    /// # Errors
    /// `Damaged`, with everything that is wrong as its details.
    pub fn or_failure(self) -> Result<Self, Failure> {
        if self.good {
            return Ok(self);
        }
        let failure = Failure::new(
            ErrorCode::Damaged,
            "归档包有问题，不能作为凭证。",
            "Something is wrong with the package; it proves nothing.",
        )
        .advise(
            "请向移交单位要一份完好的；不要修改或重新压缩文件。",
            "Ask the office for a sound copy; do not change or pack the file again.",
        );
        Err(self.wrong.iter().fold(failure, |failure, finding| {
            let part = |lang: Lang| finding.line(lang);
            failure.detail(part(Lang::Zh), part(Lang::En))
        }))
    }

    /// For a terminal.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        if let (Some(office), Some(title)) = (&self.office, &self.title) {
            out.push_str(&match lang {
                Lang::Zh => {
                    format!("{office}　{title}　归档文件 {} 件，记录 {} 条\n", self.items, self.records)
                }
                Lang::En => format!("{office}, {title}: {} pieces, {} records\n", self.items, self.records),
            });
        }
        let mut list = |head: &str, lines: Vec<String>| {
            if !lines.is_empty() {
                out.push_str(&format!("\n{head}\n"));
                lines.iter().for_each(|line| out.push_str(&format!("  · {line}\n")));
            }
        };
        list(lang.pick("有问题", "Wrong"), self.wrong.iter().map(|finding| finding.line(lang)).collect());
        list(lang.pick("能证明", "Proved"), self.proved.iter().map(|t| t.get(lang).to_owned()).collect());
        list(
            lang.pick("不能证明", "Not proved"),
            self.unproved.iter().map(|t| t.get(lang).to_owned()).collect(),
        );
        out
    }
}
