//! Forms of every kind, from the catalogue alone, and what they say when they are posted.
//!
//! [`Ask`] says what a step asks for; [`fill`] turns values into the pairs of a form; [`form()`] shows a form with such
//! pairs; [`reshape()`] answers the buttons for more rows; [`decode`] reads what was posted. The pairs are the form's only
//! state: what was posted and is wrong is shown again as it was typed.

mod ask;
mod control;
mod fill;
mod names;
mod pairs;
pub mod pick;
mod read;
mod reshape;
mod rows;
mod view;

pub use ask::Ask;
pub use fill::{Titles, defaults, fill, holds};
pub use names::{LESS, MORE, REASON, REVISION, id, name};
pub use pairs::Pairs;
pub use read::{Decoded, Posted, Wrong, decode};
pub use reshape::{Reshaped, reshape};
pub use view::{Form, form};
