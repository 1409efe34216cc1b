//! Records by hand: naming, writing, reading and listing them in the words of the catalogue. What the `record`
//! sub-commands of both programs call, and their pages.
//!
//! [`find`] finds what a person names; [`given`] reads what a person writes; [`act`] asks the command gate and commits;
//! [`show`], [`list`], [`due`] and [`next`] say how things stand, in both languages, so that answers may cross a socket.
//!
//! What the program does of itself: [`Ledger::react`] to what the other side wrote, [`Ledger::remind`] of deadlines,
//! [`Ledger::daily`] both and more.
//!
//! Not here: the rules ([`crate::command`]), who may see which record (each program knows whom it serves).

mod act;
mod daily;
mod disclosed;
mod disclosed_files;
mod drilled;
mod due;
mod figures;
mod find;
mod given;
mod linked;
mod list;
mod next;
mod react;
mod reference;
mod refresh;
mod refused;
mod remind;
mod show;
mod verify;
mod words;

#[cfg(test)]
mod disclosed_tests;
#[cfg(test)]
mod due_tests;
#[cfg(test)]
mod pair;
#[cfg(test)]
mod react_tests;
#[cfg(test)]
mod remind_tests;
#[cfg(test)]
mod tests;

pub use act::{Act, Acted, By, Ledger};
pub use daily::Daily;
pub use disclosed::{Disclose, Disclosure, Masked, PublicList, PublicRow};
pub use disclosed_files::PublicFile;
pub use drilled::{DrillShown, ShownItem, ShownPart, ShownTownship, Sight, page_mark};
pub use due::{Advice, DueAsk, DueLine, DueList, Urging};
pub use figures::figures_of;
pub use find::{Names, figures_period, find_act, find_field, find_kind, find_record, period_named, short};
pub use given::Given;
pub use linked::{Linked, LinkedRecord};
pub use list::{LINES_DEFAULT, List, Listing, Row, Travel};
pub use next::{Next, Spelling};
pub use react::{Reacted, RefusedReaction, RefusedReactions};
pub use reference::{Edition, tidied, what};
pub use refresh::Refreshed;
pub use refused::{Stop, refused};
pub use remind::Reminded;
pub use show::{Shown, ShownDeadline, ShownField, ShownSection, ShownStep};
pub(crate) use show::{laid_out, step_words};
pub use verify::{Checked, CheckedStream, verify};
pub(crate) use words::status as status_words;
pub use words::{Words, value_json};
