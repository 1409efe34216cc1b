//! Records and their changes. An [`Entry`] is one immutable change; a [`Record`] is what its entries fold to.
//!
//! Not here: what a kind may hold ([`crate::catalogue`]), who may change it ([`crate::command`]).

mod codec;
mod entry;
mod value;
mod wire;

#[cfg(test)]
mod tests;

pub(crate) use wire::put_varint;

pub use codec::{DecodeError, decode_fields, encode_fields};
pub use entry::{Actor, DeadlineState, Entry, EntryFlags, Record, Role, Step};
pub use value::{Day, Decimal, Fields, Value};
