//! What both programs do at their edge: messages in two languages, output, progress, logs, configuration, the
//! catalogue in force and the files for it that the county has sent, the clock.
//!
//! Standard output carries data and nothing else (`--json` is stable); everything that is talk goes to standard error.
//! Not here: sub-commands (each program's `cli/`), and anything that knows what a record is.

mod catalogue;
mod clock;
mod config;
mod config_edit;
mod county_files;
mod failure;
mod file;
mod lang;
mod log;
mod output;
#[cfg(feature = "print")]
mod paper;
mod progress;
mod replace;
mod table;

pub use catalogue::{Sources, load_calendar, load_catalogue};
pub use clock::{Clock, ManualClock, SystemClock, beijing_day, beijing_minute, day_start_ms, rfc3339};
pub use config::{Layers, Setting, Settings, Shown, Source, commented_file, read_if_there};
pub use config_edit::edited;
pub use county_files::{CountyFile, CountyFiles, CountyFilesTold, FileLine, InForce, RefusedFile, Taken};
pub use failure::{Failure, Said};
pub use file::{Existing, Target, write_file};
pub use lang::{Lang, Text, text};
pub use log::{LogFormat, start_logging};
pub use output::Output;
#[cfg(feature = "print")]
pub use paper::{SavedPaper, forms_text, own_fonts, save_paper};
pub use progress::Progress;
pub use replace::replace;
pub use table::{Align, Table, columns, cut};
