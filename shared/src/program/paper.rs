//! Papers as files on the disk, and the font files that an office puts before those that the program carries.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Failure, Lang, Text, text};
use crate::code::ErrorCode;
use crate::ledger::missing_text;
use crate::print::{OwnFonts, Paper, Style};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SavedPaper {
    pub title: String,
    pub pages: usize,
    pub files: Vec<PathBuf>,
    /// Characters that no font has.
    pub missing: String,
    #[serde(skip)]
    pub notes: Vec<Text>,
}

impl SavedPaper {
    /// For a terminal.
    pub fn text(&self, lang: Lang) -> String {
        let files: Vec<String> = self.files.iter().map(|file| file.display().to_string()).collect();
        match lang {
            Lang::Zh => format!("《{}》共 {} 页，已存为 {}\n", self.title, self.pages, files.join("、")),
            Lang::En => {
                format!("\"{}\", {} pages, written to {}\n", self.title, self.pages, files.join(", "))
            }
        }
    }
}

/// Reads the font files that the settings name; those that they do not name are none.
///
/// # Errors
/// `Setup`: a file cannot be read.
pub fn own_fonts(body: Option<&Path>, title: Option<&Path>) -> Result<OwnFonts, Failure> {
    let read = |path: Option<&Path>| {
        path.map(|path| {
            fs::read(path).map_err(|error| {
                Failure::new(
                    ErrorCode::Setup,
                    format!("打印用的字体文件读不了：{}", path.display()),
                    format!("The font file for printing cannot be read: {}", path.display()),
                )
                .advise(
                    "请更正配置 print.body_font、print.title_font，或清空它们，使用自带字体。",
                    "Correct print.body_font and print.title_font, or empty them: the program carries fonts.",
                )
                .because(error)
            })
        })
        .transpose()
    };
    Ok(OwnFonts { body: read(body)?, title: read(title)? })
}

/// Writes a paper to the files that are named; an HTML file carries its style sheet.
///
/// # Errors
/// `Usage`: no file is named; `Setup`: a font cannot be used; `Storage`: a file cannot be written.
pub fn save_paper(
    paper: &Paper,
    fonts: &OwnFonts,
    pdf: Option<&Path>,
    html: Option<&Path>,
) -> Result<SavedPaper, Failure> {
    if pdf.is_none() && html.is_none() {
        return Err(Failure::new(
            ErrorCode::Usage,
            "请写明存到哪里：--pdf 文件，或 --html 文件。",
            "Say where to: --pdf FILE or --html FILE.",
        ));
    }
    let mut saved = SavedPaper {
        title: paper.title.clone(),
        pages: paper.pages.len(),
        files: Vec::new(),
        missing: String::new(),
        notes: Vec::new(),
    };
    if let Some(path) = pdf {
        let made = paper.pdf(fonts).map_err(|error| {
            Failure::new(ErrorCode::Setup, "做不成 PDF 文件。", "The PDF cannot be made.")
                .advise(
                    "若配置了 print.body_font 或 print.title_font，请换用 TTF、OTF 字体文件。",
                    "If print.body_font or print.title_font is set, name a TTF or OTF file.",
                )
                .because(error)
        })?;
        write(path, &made.bytes)?;
        saved.files.push(path.to_owned());
        saved.notes.extend(missing_text(&made.missing));
        saved.missing = made.missing.into_iter().collect();
    }
    if let Some(path) = html {
        write(path, paper.html(Style::Carried).as_bytes())?;
        saved.files.push(path.to_owned());
    }
    Ok(saved)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| {
        let name = path.display();
        Failure::new(ErrorCode::Setup, format!("写不了文件 {name}"), format!("{name} cannot be written."))
            .because(error)
    })
}

/// The words for the forms that there are.
pub fn forms_text(forms: &[crate::ledger::FormOffer], lang: Lang) -> String {
    let mut table = super::Table::left(match lang {
        Lang::Zh => ["表单", "代号", "用于"],
        Lang::En => ["form", "id", "for"],
    });
    for form in forms {
        let of = if form.many { text("多条", "a list") } else { text("一条", "one record") };
        table.row([form.label.get(lang), &form.id, of.get(lang)]);
    }
    table.render()
}
