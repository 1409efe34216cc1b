//! What headings of files mean: said by the clerk, remembered by the office in one small file of its data folder.

use shared::catalogue::model::Kind;
use shared::exchange::{Basis, Corrections, Meaning, Remembered, importable};
use shared::ledger::find_field;
use shared::program::{Failure, replace};

use super::Node;

const FILE: &str = "import-headings.json";
/// What the column of the township may be called where a field is expected.
const TOWNSHIP: [&str; 3] = ["乡镇", "所在乡镇", "township"];

/// What somebody says of the headings of a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Correcting<'a> {
    /// `heading=field`; without a field the heading is forgotten.
    pub map: &'a [String],
    /// Headings of columns to be left out.
    pub leave: &'a [String],
    /// Forget all that is remembered of the kind before.
    pub forget: bool,
}

/// What is in force for one file, and what is to be remembered of it.
pub(super) struct Settled {
    pub(super) corrections: Corrections,
    given: Vec<(String, Option<Meaning>)>,
    forget: bool,
}

impl Node {
    /// What is remembered and said of a kind's headings.
    ///
    /// # Errors
    /// A field that is not known, or that a table cannot fill.
    pub(super) fn headings(&self, kind: &Kind, said: Correcting<'_>) -> Result<Settled, Failure> {
        let given = given(kind, said)?;
        let mut remembered = self.remembered();
        if said.forget {
            remembered.forget(kind, None);
        }
        for (heading, _) in given.iter().filter(|(_, meaning)| meaning.is_none()) {
            remembered.forget(kind, Some(heading));
        }
        let mut corrections = remembered.of(kind);
        for (heading, meaning) in &given {
            if let Some(meaning) = meaning {
                corrections.add(heading, *meaning, Basis::Given);
            }
        }
        Ok(Settled { corrections, given, forget: said.forget })
    }

    /// Keeps what was said for the next file, but for headings that this one did not have (`unused`, folded).
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn remember(&self, kind: &Kind, settled: &Settled, unused: &[String]) -> Result<(), Failure> {
        let before = self.remembered();
        let mut after = before.clone();
        if settled.forget {
            after.forget(kind, None);
        }
        for (heading, meaning) in &settled.given {
            match meaning {
                None => drop(after.forget(kind, Some(heading))),
                Some(_) if unused.contains(&shared::exchange::fold::folded(heading)) => {}
                Some(meaning) => after.note(kind, heading, *meaning),
            }
        }
        if after == before {
            return Ok(());
        }
        replace(&self.config().data.join(FILE), after.text().as_bytes()).map_err(|e| {
            Failure::new(
                shared::code::ErrorCode::Setup,
                format!("无法记住表头的对应关系：数据文件夹里的 {FILE} 写不进去。"),
                format!(
                    "What headings mean cannot be remembered: {FILE} in the data folder cannot be written."
                ),
            )
            .because(e)
        })
    }

    /// Forgets what is remembered of a kind; says whether there was anything.
    ///
    /// # Errors
    /// The kind is not known, or the file cannot be written.
    pub fn forget_headings(&self, kind: &str) -> Result<bool, Failure> {
        let kind = shared::ledger::find_kind(self.catalogue(), kind)?;
        let had = self.remembered().forget(kind, None);
        let said = Correcting { forget: true, ..Correcting::default() };
        self.remember(kind, &self.headings(kind, said)?, &[])?;
        Ok(had)
    }

    /// It is a comfort and nothing else: what cannot be read is as good as nothing.
    fn remembered(&self) -> Remembered {
        let text = std::fs::read_to_string(self.config().data.join(FILE));
        text.ok().and_then(|text| Remembered::read(&text)).unwrap_or_default()
    }
}

/// Headings with what they mean; `None` is to be forgotten.
fn given(kind: &Kind, said: Correcting<'_>) -> Result<Vec<(String, Option<Meaning>)>, Failure> {
    let mut given: Vec<(String, Option<Meaning>)> = Vec::new();
    for pair in said.map {
        let Some((heading, name)) = pair.split_once('=').or_else(|| pair.split_once('＝')) else {
            return Err(Failure::invalid(
                format!("“{pair}”应写成 表头=字段。"),
                format!("\"{pair}\" should be written heading=field."),
            ));
        };
        let meaning = if name.trim().is_empty() { None } else { Some(meaning(kind, name.trim())?) };
        given.push((heading.trim().to_owned(), meaning));
    }
    given.extend(said.leave.iter().map(|heading| (heading.trim().to_owned(), Some(Meaning::Leave))));
    Ok(given)
}

fn meaning(kind: &Kind, name: &str) -> Result<Meaning, Failure> {
    let field = match find_field(kind, name) {
        Ok(field) => field,
        Err(_) if TOWNSHIP.contains(&name) => return Ok(Meaning::Township),
        Err(failure) => return Err(failure),
    };
    if importable(field) {
        Ok(Meaning::Field(field.tag))
    } else {
        Err(Failure::invalid(
            format!("“{}”不能从表格导入。", field.label.zh),
            format!("{} cannot be imported from a table.", field.label.en),
        ))
    }
}
