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
mod compare;
mod contribution;
mod coverage;
mod drill;
mod drill_mark;
mod figure;
mod gaps;
mod grouped;
pub mod late;
mod listed;
mod membership;
mod named;
mod period;
pub mod publicity;
mod query;
mod question;
mod rank;
mod reading;
pub mod score;
pub mod seal;
mod span;

#[cfg(test)]
mod drill_laws;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod periods;
#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;

pub use check::{Cells, exact, kept, recompute};
pub use compare::{Before, Change, Compared, compared, compared_levels};
pub use contribution::{Cell, SHELVES, Unit, contribution};
pub use coverage::{Coverage, Freshness, LastSync, NIGHTS_MISSED_MAX};
pub use drill::{Drill, DrillPart, Drilled, Item, ItemOf, Role, drill};
pub use figure::{Figure, Form};
pub use gaps::{Disorder, Gap, Grouping};
pub use grouped::{Group, groupable, grouped};
pub use membership::{Interval, MEMBERSHIP_KIND, Membership};
pub use named::{Asked, PeriodName};
pub use period::{Compare, Period};
pub use query::{part_named, query, query_levels, split_named};
pub use question::{Level, Line, Missing, Part, Question, Whom};
pub use rank::{Entrant, Order, Rank, Unranked, Vetoes, rank};
pub use span::Span;
