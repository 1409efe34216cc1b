//! `record show` and `record history`.

use clap::Args;
use shared::ledger::Spelling;
use shared::program::Failure;

use super::Desk;

/// How a step is written on this program's command line.
pub(super) const SPELLING: Spelling = Spelling { act: "record do", set: "--set " };

#[derive(Debug, Args)]
pub(super) struct Show {
    /// 短号、编号或标题 · short id, number or title
    record: String,
    /// 以何角色看后续步骤 · next steps as seen by this role
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct History {
    /// 短号、编号或标题 · short id, number or title
    record: String,
}

impl Show {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let shown = desk.node()?.show(&self.record, super::role(self.role.as_deref())?)?;
        desk.out.data(&shown, |lang| match shown.next_text(lang, SPELLING) {
            next if next.is_empty() => shown.text(lang),
            next => format!("{}\n{next}", shown.text(lang)),
        });
        Ok(())
    }
}

impl History {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let shown = desk.node()?.show(&self.record, None)?;
        desk.out.data(&shown.steps, |lang| shown.history(lang));
        Ok(())
    }
}
