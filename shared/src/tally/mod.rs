//! Tallies: what records add up to, by township, district and county.
//!
//! Every measure of a record becomes cells: (measure, split, day) → number, kept per kind and township. A change of a
//! record takes its old cells away and adds its new ones ([`contribution`] before and after), inside the same commit, so
//! that any period, district or history of membership is a sum over days. Rates are never stored: they are two sums.
//!
//! Not here: which measures there are ([`crate::catalogue`]), who may see them.

pub mod cells;
mod contribution;
mod membership;

pub use contribution::{Cell, Unit, contribution};
pub use membership::{Interval, MEMBERSHIP_KIND, Membership};
