//! `daily`: what the program does of itself once a day, now.

use clap::Args;
use shared::program::Failure;

use super::Desk;

#[derive(Debug, Args)]
pub(super) struct Daily {}

impl Daily {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let done = desk.node()?.daily()?;
        desk.out.data(&done, |lang| done.text(lang));
        Ok(())
    }
}
