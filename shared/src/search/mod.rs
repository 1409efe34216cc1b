//! Search: every word of every record that an office has, found by any part of it as it is typed, without a line.
//!
//! There is no index. [`Texts`] keeps what all records say, folded and packed, in memory; a search unpacks it block by
//! block, what changed last first, and stops when it has enough. [`Search`] keeps it in step with the store by the
//! streams' heads, and fills it some records at a time, so that it never makes the office wait.
//!
//! Not here: who may see what is found (each program knows whom it serves).

mod excerpt;
mod follow;
mod query;
mod said;
mod texts;

#[cfg(test)]
mod tests;

pub use excerpt::Excerpt;
pub use follow::{Followed, Search};
pub use query::Query;
pub use texts::Texts;
