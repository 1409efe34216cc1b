//! The answer to a question as a workbook, to be read, printed and handed in.
//!
//! Townships stand by districts, each with its subtotal, the county below; a row proves that the districts make the
//! county. Sheets behind it: places, if they were asked for; what rates are made of; what the figures are made of and how
//! each is counted.

mod columns;
mod define;
mod rows;
mod said;

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shared::exchange::out::{Book, Form, Page, Paper, Sheet, Tone, chinese, english, file_name};
use shared::ids::{StreamName, TownshipCode};
use shared::ledger::write_failed;
use shared::program::{Existing, Failure, Lang, Target, write_file};
use shared::tally::{Level, Period, PeriodName};
use shared::view::held;

use super::App;
use super::ask::Ask;
use super::tally::{Looked, Question};
use super::tally_table::Laid;
use columns::Columns;
use rows::Rows;

/// A question whose answer is to be a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wanted {
    pub question: Question,
    /// Absolute.
    pub target: Target,
    pub existing: Existing,
    pub lang: Lang,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub file: PathBuf,
    pub rows: usize,
    pub columns: usize,
    /// Figures of which the parts were added up, and those whose parts do not make the whole: none.
    pub checked: usize,
    pub wrong: usize,
    /// `18/19`: townships whose data is not stale.
    pub synced: u32,
    pub townships: u32,
}

impl Ask for Wanted {
    type Answer = Written;

    fn answer(self, app: &App) -> Result<Written, Failure> {
        let Self { question, target, existing, lang } = self;
        let target = target.of_workbook()?;
        let path = target.path(&app.tally_book_name(&question, lang)?);
        let scratch = path.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned);
        let mut written =
            write_file(&path, existing, |file| app.tally_book(&question, lang, scratch.as_deref(), file))?;
        written.file = path;
        Ok(written)
    }
}

impl App {
    /// A name for the file of an answer.
    ///
    /// # Errors
    /// `Invalid`: the period is none.
    pub fn tally_book_name(&self, question: &Question, lang: Lang) -> Result<String, Failure> {
        let period = super::tally::period(question.period.as_deref())?;
        let (name, period) = (lang.pick("统计表", "figures"), said_period(&period, lang));
        let ids: Vec<&str> = question.measures.iter().take(3).map(String::as_str).collect();
        Ok(file_name([self.config.name.as_str(), name, &period, &ids.join("、")], Form::Xlsx))
    }

    /// Writes the answer to a question as a workbook. Rows wait in files without a name in the folder `scratch`.
    ///
    /// # Errors
    /// As the question; `Setup`: the writer failed.
    pub fn tally_book(
        &self,
        question: &Question,
        lang: Lang,
        scratch: Option<&Path>,
        to: impl Write + Seek + Send,
    ) -> Result<Written, Failure> {
        let further: &[Level] = if question.level == "township" { &[Level::District] } else { &[] };
        let looked = question.look(self, further)?;
        let laid = Laid::of(self, looked.level, &looked.read, question.rank.as_ref());
        let rows = Rows::of(self, &looked, &laid, lang);
        let columns = Columns::of(question, &looked, &laid, &self.catalogue, lang);
        let sheets = Sheets { app: self, looked: &looked, laid: &laid, rows: &rows, columns: &columns, lang };
        let title = sheets.title();
        let paper = Paper {
            title: &title,
            office: &self.config.name,
            now_ms: self.now(),
            tongue: if lang == Lang::Zh { chinese } else { english },
            scratch,
        };
        let mut book = Book::new(paper).map_err(write_failed)?;
        let (checked, wrong) = sheets.write(&mut book)?;
        book.finish(to).map_err(write_failed)?;
        tracing::info!(rows = rows.list.len(), columns = columns.list.len(), wrong, "figures written");
        let coverage = &looked.read.coverage;
        Ok(Written {
            file: PathBuf::new(),
            rows: rows.list.len(),
            columns: columns.list.len(),
            checked,
            wrong,
            synced: coverage.synced(),
            townships: coverage.expected(),
        })
    }

    /// Entries of each township that are stored and not counted.
    fn held_by_township(&self) -> BTreeMap<TownshipCode, u32> {
        let codes: Vec<TownshipCode> = self.towns().iter().map(|town| town.code).collect();
        self.store.read(|views| {
            let held = |code| held::count(views, Some(StreamName::Township(code)));
            codes.into_iter().map(|code| (code, held(code))).collect()
        })
    }
}

/// A period as offices write it.
fn said_period(name: &PeriodName, lang: Lang) -> String {
    match (name, lang) {
        (PeriodName::Days(Period::ALL), _) => lang.pick("全部", "all time").to_owned(),
        (PeriodName::Days(days), Lang::Zh) => days.chinese(),
        (PeriodName::Days(days), Lang::En) => days.name(),
        (other, _) => other.to_string(),
    }
}

/// The sheets of one workbook.
struct Sheets<'a> {
    app: &'a App,
    looked: &'a Looked,
    laid: &'a Laid<'a>,
    rows: &'a Rows,
    columns: &'a Columns<'a>,
    lang: Lang,
}

impl Sheets<'_> {
    fn title(&self) -> String {
        let (name, period) = (&self.app.config.name, said_period(&self.looked.name, self.lang));
        match self.lang {
            Lang::Zh => format!("{name}人大工作统计表（{period}）"),
            Lang::En => format!("{name}: figures of the congress offices ({period})"),
        }
    }

    /// All of them; how many sums were proved, and how many are wrong.
    fn write(&self, book: &mut Book) -> Result<(usize, usize), Failure> {
        let main = self.main(book).map_err(write_failed)?;
        self.places(book).map_err(write_failed)?;
        let parts = self.parts(book).map_err(write_failed)?;
        self.said(book).map_err(write_failed)?;
        Ok((main.0 + parts.0, main.1 + parts.1))
    }

    fn page(&self, name: &str, heads: Vec<shared::exchange::out::Column>, frozen: u16) -> Page {
        let today = self.app.today();
        let printed = match self.lang {
            Lang::Zh => format!("打印日期：{}", today.chinese()),
            Lang::En => format!("printed: {today}"),
        };
        let mut notes = vec![format!("{}　　{}　　{printed}", self.days(), self.covered())];
        notes.extend(self.compared());
        Page {
            name: name.to_owned(),
            title: self.title(),
            notes,
            columns: heads,
            frozen,
            foot: (self.title(), printed),
            filter: false,
        }
    }

    /// The table itself, with the row that proves its sums.
    fn main(&self, book: &mut Book) -> Result<(usize, usize), shared::exchange::out::WriteError> {
        let sheet = book.sheet(self.page(self.lang.pick("统计", "figures"), self.columns.heads(), 2))?;
        let proof = self.columns.table(book, sheet, self.rows, self.laid)?;
        book.line(sheet, &self.covered())?;
        for line in self.warnings() {
            book.line(sheet, &line)?;
        }
        Ok(proof)
    }

    /// The townships in the order of their places.
    fn places(&self, book: &mut Book) -> Result<(), shared::exchange::out::WriteError> {
        if self.laid.places.is_none() {
            return Ok(());
        }
        let heads = self.columns.place_heads();
        let sheet = book.sheet(self.page(self.lang.pick("排名", "places"), heads, 2))?;
        for cells in self.columns.place_rows(self.rows, self.laid) {
            book.row(sheet, &cells, Tone::Plain)?;
        }
        Ok(())
    }

    /// Numerators and denominators of the rates.
    fn parts(&self, book: &mut Book) -> Result<(usize, usize), shared::exchange::out::WriteError> {
        let parts = self.columns.parts();
        if parts.list.is_empty() {
            return Ok((0, 0));
        }
        let name = self.lang.pick("分子分母", "parts of rates");
        let sheet: Sheet = book.sheet(self.page(name, parts.heads(), 2))?;
        parts.table(book, sheet, self.rows, self.laid)
    }
}
