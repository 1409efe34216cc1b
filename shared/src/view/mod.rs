//! Views: what is folded from streams, so that pages need not read streams. They can be rebuilt at any time.
//!
//! [`tables`] lists every table; [`Folder`] fills them; [`read`] reads records, lists and due lists back.

pub mod condition;
mod fold;
pub mod held;
mod index;
mod legal;
pub(crate) mod map;
pub mod phrase;
pub mod reacted;
pub mod read;
#[cfg(test)]
pub(crate) mod sample;
pub mod shape;
pub mod tables;

#[cfg(test)]
mod tests;

pub use fold::Folder;
pub(crate) use fold::next;
pub use held::{HeldCode, HeldEntry};
pub(crate) use legal::judge;
