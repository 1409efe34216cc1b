//! Tallies: what records add up to, by township, district and county.
//!
//! Every measure of a record becomes cells: (measure, split, day) → number, kept per kind and township. A change of a
//! record takes its old cells away and adds its new ones ([`contribution`] before and after), inside the same commit, so
//! that any period, district or history of membership is a sum over days. Rates are never stored: they are two sums.
//!
//! Not here: which measures there are ([`crate::catalogue`]), who may see them.

pub mod cells;
mod check;
mod collect;
mod contribution;
mod coverage;
mod figure;
mod gaps;
mod grouped;
mod listed;
mod membership;
mod period;
mod query;
mod question;
mod rank;
mod reading;
pub mod score;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;

pub use check::{Cells, kept, recompute};
pub use collect::terms;
pub use contribution::{Cell, SHELVES, Unit, contribution};
pub use coverage::{Coverage, SILENT_AFTER_MS};
pub use figure::{Figure, Form};
pub use gaps::{Disorder, Gap, Grouping};
pub use grouped::{Group, groupable, grouped};
pub use membership::{Interval, MEMBERSHIP_KIND, Membership};
pub use period::Period;
pub use query::query;
pub use question::{Level, Line, Missing, Part, Question, Whom};
pub use rank::{Entrant, Order, Rank, Unranked, Vetoes, rank};
