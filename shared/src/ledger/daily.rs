//! The work that the program does of itself once a day.

use serde::{Deserialize, Serialize};

use super::{Ledger, Reacted, Refreshed, Reminded};
use crate::program::{Failure, Lang};

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Daily {
    /// The day for which it was done, such as `2026-11-23`.
    pub day: String,
    /// Deadlines counted again by a newer calendar.
    pub refreshed: Refreshed,
    pub reacted: Reacted,
    pub reminded: Reminded,
}

impl Ledger<'_> {
    /// Counts deadlines again, reacts to what has arrived, reminds of what is due. Doing it again on the same day changes
    /// nothing.
    ///
    /// # Errors
    /// The store fails; what was committed before stays.
    pub fn daily(&self) -> Result<Daily, Failure> {
        let day = self.clock.today().to_string();
        let (refreshed, reacted) = (self.refresh_deadlines()?, self.react()?);
        Ok(Daily { day, refreshed, reacted, reminded: self.remind()? })
    }

    /// As [`Ledger::daily`], without looking at what has arrived: for an office that may lack entries of its own.
    ///
    /// # Errors
    /// As [`Ledger::daily`].
    pub fn daily_alone(&self) -> Result<Daily, Failure> {
        let day = self.clock.today().to_string();
        let (refreshed, reacted) = (self.refresh_deadlines()?, Reacted::default());
        Ok(Daily { day, refreshed, reacted, reminded: self.remind()? })
    }
}

impl Daily {
    /// Lines for a terminal.
    pub fn text(&self, lang: Lang) -> String {
        let Self { day, refreshed, reacted, reminded } = self;
        let mut out = match lang {
            Lang::Zh => format!(
                "{day} 日常办理：重算期限 {} 项；因来件新建 {} 条、更新 {} 条、办理 {} 步；提醒 {} 项。\n",
                refreshed.deadlines, reacted.made, reacted.aligned, reacted.taken, reminded.deadlines
            ),
            Lang::En => format!(
                "{day}: {} deadlines counted again; {} records made, {} brought into step, {} steps taken for what \
                 arrived; {} deadlines reminded of.\n",
                refreshed.deadlines, reacted.made, reacted.aligned, reacted.taken, reminded.deadlines
            ),
        };
        let refused = refreshed.refused + reacted.refused + reminded.refused;
        if refused > 0 {
            out.push_str(&match lang {
                Lang::Zh => format!("按规则未能办理 {refused} 项，详见日志和 status。\n"),
                Lang::En => format!("{refused} were refused by the rules; see the log and status.\n"),
            });
        }
        out
    }
}
