//! What an import did, or would do, in words: for the command line, a page and programs alike.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::catalogue::model::Kind;
use shared::code::ErrorCode;
use shared::exchange::{
    Basis, Book, CellProblem, Directory, Form, Holds, ImportPlan, Ledger, Mapping, Outcome, PlanRow, Twin,
    importable_fields,
};
use shared::ledger::Words;
use shared::program::{Failure, Lang};

/// Rows that are shown as they are read.
const FIRST_ROWS: usize = 20;

/// What an import did, or would do.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Imported {
    pub kind: String,
    /// Nothing was written: a dry run, or some row cannot be taken.
    pub dry: bool,
    /// What sort of file it is, as `xlsx` or `csv GB18030`; the sheet that was read, and all of them.
    pub form: String,
    pub sheet: String,
    pub sheets: Vec<String>,
    /// Numbers of the upper and the lower row of headings; the same if there is one.
    pub heading_rows: (u32, u32),
    pub columns: Vec<ColumnLine>,
    /// Fields that a column may be said to hold.
    pub fields: Vec<FieldLine>,
    /// Corrections that were given for headings which the file does not have.
    pub unused: Vec<String>,
    /// The first rows as they are read.
    pub first: Vec<FirstRow>,
    pub rows: usize,
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub duplicate: usize,
    /// Rows that seem to repeat something and are not taken; and all that seem to, taken or not.
    pub similar: usize,
    pub similar_rows: Vec<SimilarLine>,
    /// Somebody has to choose what is to be done with them.
    pub undecided: bool,
    /// Rows that are no records (sums, remarks), and their numbers.
    pub notes: usize,
    pub note_rows: Vec<u32>,
    /// Rows of other townships, and how many of each, as the file writes them.
    pub elsewhere: usize,
    pub others: BTreeMap<String, usize>,
    pub refused: usize,
    /// Rows that were fit and then were not, because somebody changed something meanwhile.
    pub overtaken: usize,
    pub problems: Vec<RowFault>,
    /// Why the columns are not enough; then no row was looked at.
    pub missing: Option<String>,
    /// BLAKE3 of the file, in hex.
    pub digest: String,
    /// The copy with what is wrong marked in it, if it was asked for.
    #[serde(skip)]
    pub marked: Option<Vec<u8>>,
}

/// One column of the file.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnLine {
    /// From 0.
    pub index: usize,
    pub letters: String,
    pub heading: String,
    /// Id and label of the field; `township` for the column of townships; `None`: it is left out.
    pub field: Option<FieldLine>,
    /// `None`: nobody has said so.
    pub basis: Option<Basis>,
    /// Why it is left out.
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldLine {
    pub id: String,
    pub label: String,
}

/// One row as it is read.
#[derive(Debug, Clone, Serialize)]
pub struct FirstRow {
    pub row: u32,
    /// As `new`, `unchanged`, `refused`.
    pub outcome: &'static str,
    /// In the order of the columns that are understood.
    pub cells: Vec<FirstCell>,
}

#[derive(Debug, Clone, Serialize)]
pub struct FirstCell {
    pub letters: String,
    /// As it stands in the file.
    pub text: String,
    /// As it is read; `None` if it says nothing or cannot be read.
    pub value: Option<String>,
    pub problem: Option<String>,
}

/// One row that seems to repeat something.
#[derive(Debug, Clone, Serialize)]
pub struct SimilarLine {
    pub row: u32,
    /// The earlier row, or the id of the record that the office has.
    pub to_row: Option<u32>,
    pub to_record: Option<String>,
    pub taken: bool,
    /// The whole message.
    pub text: String,
}

/// One thing wrong in the file.
#[derive(Debug, Clone, Serialize)]
pub struct RowFault {
    pub row: u32,
    pub column: Option<String>,
    pub heading: Option<String>,
    pub value: String,
    pub reason: String,
    /// The whole message.
    pub text: String,
}

impl RowFault {
    fn of(problem: &CellProblem, lang: Lang) -> Self {
        Self {
            row: problem.row,
            column: problem.column.as_ref().map(|place| place.letters.clone()),
            heading: problem.column.as_ref().map(|place| place.heading.clone()),
            value: problem.value.clone(),
            reason: lang.of(&problem.reason).to_owned(),
            text: lang.of(&problem.label()).to_owned(),
        }
    }
}

/// What the report begins with: the file and its columns.
pub(super) fn file(kind: &Kind, book: &Book, sheet: &str, mapping: &Mapping, lang: Lang) -> Imported {
    let form = match &book.form {
        Form::Text { encoding, delimiter: '\t' } => format!("tsv {encoding}"),
        Form::Text { encoding, .. } => format!("csv {encoding}"),
        Form::Xlsx => "xlsx".to_owned(),
        Form::Xls => "xls".to_owned(),
        Form::Ods => "ods".to_owned(),
        Form::Html => "html".to_owned(),
        Form::Xml => "xml".to_owned(),
    };
    let line = |tag: u32| {
        let field = kind.fields.get(&tag)?;
        Some(FieldLine { id: field.id.clone(), label: lang.of(&field.label).to_owned() })
    };
    let township =
        || FieldLine { id: "township".to_owned(), label: lang.pick("乡镇", "Township").to_owned() };
    let understood = mapping.columns.iter().map(|column| ColumnLine {
        index: column.index,
        letters: column.letters(),
        heading: column.heading.clone(),
        field: match column.holds {
            Holds::Field(tag) => line(tag),
            Holds::Township => Some(township()),
        },
        basis: Some(column.basis),
        reason: None,
    });
    let left = mapping.ignored.iter().map(|column| ColumnLine {
        index: column.index,
        letters: shared::exchange::column_letters(column.index),
        heading: column.heading.clone(),
        field: None,
        basis: column.basis,
        reason: Some(lang.of(&column.reason).to_owned()),
    });
    let mut columns: Vec<ColumnLine> = understood.chain(left).collect();
    columns.sort_by_key(|column| column.index);
    Imported {
        kind: kind.id.clone(),
        dry: true,
        form,
        sheet: sheet.to_owned(),
        sheets: book.sheets.iter().map(|sheet| sheet.name.clone()).collect(),
        heading_rows: (mapping.row, mapping.last_row),
        columns,
        fields: importable_fields(kind).filter_map(|field| line(field.tag)).chain([township()]).collect(),
        unused: mapping.unused.clone(),
        digest: book.digest.clone(),
        ..Imported::default()
    }
}

impl Imported {
    /// Takes over what a plan says of the rows.
    pub(super) fn tell(
        &mut self,
        ledger: &Ledger<'_>,
        plan: &ImportPlan,
        words: Words<'_>,
        directory: &dyn Directory,
        lang: Lang,
    ) {
        let counts = plan.counts;
        let township = ledger.mapping.columns.iter().find(|column| column.holds == Holds::Township);
        let township = township.map(|column| column.index);
        let mut strangers = 0;
        for row in &plan.rows {
            let stranger = |p: &&CellProblem| {
                township.is_some() && p.column.as_ref().map(|place| place.index) == township
            };
            match (row.outcome, row.problems.iter().find(stranger)) {
                (Outcome::Elsewhere(code), _) => *self.others.entry(code.to_string()).or_default() += 1,
                // A township that this node has never heard of is another's all the same.
                (Outcome::Refused, Some(problem)) => {
                    strangers += 1;
                    *self.others.entry(problem.value.clone()).or_default() += 1;
                }
                (Outcome::Note, _) => self.note_rows.push(row.number),
                _ => self.problems.extend(row.problems.iter().map(|problem| RowFault::of(problem, lang))),
            }
            self.similar_rows.extend(similar(row, lang));
        }
        self.rows = plan.rows.len();
        (self.new, self.changed, self.unchanged) = (counts.new, counts.changed, counts.unchanged);
        (self.duplicate, self.similar, self.notes) = (counts.duplicate, counts.similar, counts.note);
        self.undecided = plan.undecided;
        (self.elsewhere, self.refused) = (counts.elsewhere + strangers, counts.refused - strangers);
        let first = plan.rows.iter().take(FIRST_ROWS);
        self.first = first.map(|row| shown(ledger, row, words, directory, lang)).collect();
    }

    /// Columns that are left out although nobody said so, with the reason.
    pub fn ignored(&self) -> impl Iterator<Item = String> + '_ {
        let left = self.columns.iter().filter(|column| column.basis.is_none());
        left.filter_map(|column| Some(format!("{}：{}", column.heading, column.reason.as_ref()?)))
    }

    /// The failure to end with when rows were left out and nothing was asked to be taken without them.
    pub fn failure(&self, good_rows: bool) -> Option<Failure> {
        if let Some(missing) = &self.missing {
            let failure = Failure::invalid(format!("{missing}。"), format!("{missing}."));
            return Some(failure.advise(
                "用 --map 表头=字段 指定某一栏是什么，如 --map 承办=主办单位。",
                "Say what a column holds with --map heading=field.",
            ));
        }
        let bad = self.refused + self.elsewhere;
        if bad > 0 && !good_rows {
            let failure = Failure::new(
                ErrorCode::Invalid,
                format!(
                    "{bad} 行不能导入（其他乡镇 {} 行，有问题 {} 行），一行也没有导入。",
                    self.elsewhere, self.refused
                ),
                format!(
                    "{bad} rows cannot be taken ({} of other townships, {} with problems), so none was imported.",
                    self.elsewhere, self.refused
                ),
            );
            return Some(failure.advise(
                "请按上面的说明改正后再导入，或加 --good-rows 只导入没有问题的行。",
                "Put the rows right and import again, or take only the good rows with --good-rows.",
            ));
        }
        (self.undecided && !good_rows).then(|| {
            Failure::new(
                ErrorCode::Invalid,
                format!("{} 行疑似重复，请先选择怎么办；一行也没有导入。", self.similar),
                format!("{} rows are perhaps doubles; choose first what is to be done. None was imported.", self.similar),
            )
            .advise(
                "加 --similar skip 跳过这些行，加 --similar take 照样导入，或写要导入的行号，如 --similar 5,12。",
                "Leave them out with --similar skip, take them with --similar take, or name the rows to take: --similar 5,12.",
            )
        })
    }
}

fn similar(row: &PlanRow, lang: Lang) -> Option<SimilarLine> {
    let similar = row.similar.as_ref()?;
    let (to_row, to_record) = match &similar.to {
        Twin::Row(number) => (Some(*number), None),
        Twin::Record(id, _) => (None, Some(id.to_string())),
    };
    let text = match lang {
        Lang::Zh => format!("第{}行{}", row.number, similar.label().zh),
        Lang::En => format!("row {}: {}", row.number, similar.label().en),
    };
    Some(SimilarLine { row: row.number, to_row, to_record, taken: row.fits(), text })
}

fn shown(
    ledger: &Ledger<'_>,
    planned: &PlanRow,
    words: Words<'_>,
    directory: &dyn Directory,
    lang: Lang,
) -> FirstRow {
    let read = ledger.row(planned.place, directory);
    let source = &ledger.sheet.rows[planned.place];
    let cells = ledger.mapping.columns.iter().map(|column| {
        let value = match column.holds {
            Holds::Field(tag) => {
                let field = ledger.kind.fields.get(&tag);
                read.fields.get(&tag).map(|value| words.cell(field, value).get(lang).to_owned())
            }
            Holds::Township => read
                .township
                .map(|code| directory.townships().name(code).map_or_else(|| code.to_string(), str::to_owned)),
        };
        let problem = planned
            .problems
            .iter()
            .find(|problem| problem.column.as_ref().is_some_and(|place| place.index == column.index));
        FirstCell {
            letters: column.letters(),
            text: source.cell(column.index).text().into_owned(),
            value,
            problem: problem.map(|problem| lang.of(&problem.reason).to_owned()),
        }
    });
    let outcome = match planned.outcome {
        Outcome::New => "new",
        Outcome::Changed => "changed",
        Outcome::Unchanged => "unchanged",
        Outcome::Duplicate { .. } => "duplicate",
        Outcome::Similar => "similar",
        Outcome::Elsewhere(_) => "elsewhere",
        Outcome::Note => "note",
        Outcome::Refused => "refused",
    };
    FirstRow { row: planned.number, outcome, cells: cells.collect() }
}
