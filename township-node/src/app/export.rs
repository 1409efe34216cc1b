//! Ledgers that the office takes away, and the forms for importing others.

use std::io::{Seek, Write};

use shared::ledger::{Export, Exported};
use shared::program::{Failure, Lang};

use super::Node;

impl Node {
    /// Writes records of one kind as a ledger. Rows of a workbook wait in the data folder, in a file without a name.
    ///
    /// # Errors
    /// The kind or a filter is not known, what is asked for does not fit into the form, or the writer failed.
    pub fn export(&self, ask: &Export, to: impl Write + Seek + Send) -> Result<Exported, Failure> {
        let done = self.ledger(|ledger| ledger.export(ask, Some(&self.config().data), to))?;
        tracing::info!(rows = done.rows, columns = done.columns, "ledger exported");
        Ok(done)
    }

    /// A name for the file of a ledger.
    ///
    /// # Errors
    /// As [`Node::export`], for what is asked.
    pub fn export_name(&self, ask: &Export) -> Result<String, Failure> {
        self.ledger(|ledger| ledger.export_name(ask))
    }

    /// Writes the empty form of a kind.
    ///
    /// # Errors
    /// The kind is not known or cannot be imported, or the writer failed.
    pub fn template(
        &self,
        kind: &str,
        all_columns: bool,
        lang: Lang,
        to: impl Write + Seek + Send,
    ) -> Result<(), Failure> {
        self.ledger(|ledger| ledger.template(kind, all_columns, lang, Some(&self.config().data), to))
    }

    /// A name for the file of a form.
    ///
    /// # Errors
    /// The kind is not known.
    pub fn template_name(&self, kind: &str, lang: Lang) -> Result<String, Failure> {
        self.ledger(|ledger| ledger.template_name(kind, lang))
    }
}
