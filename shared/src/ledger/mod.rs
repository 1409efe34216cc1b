//! Records by hand: writing, reading and listing them in the words of the catalogue. What the `record` sub-commands of
//! both programs call.
//!
//! Not here: the rules ([`crate::command`]), who may see which record (each program knows whom it serves).

mod act;
mod list;
mod parse;
mod show;

#[cfg(test)]
mod tests;

pub use act::{Act, Acted, By, Ledger};
pub use list::{List, Listing, Row, list};
pub use parse::{fields_from_text, value_from_text};
pub use show::{Shown, ShownDeadline, ShownField, ShownStep, show, value_json, value_text};

use crate::catalogue::model::{Catalogue, Kind};
use crate::code::ErrorCode;
use crate::program::Failure;

/// The kind with this id, code (`R07`), Chinese label or tag.
///
/// # Errors
/// `NotFound`, with the ids that there are.
pub fn kind_named<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Kind, Failure> {
    let tag: Option<u32> = name.parse().ok();
    let found = catalogue
        .kinds
        .values()
        .find(|kind| kind.id == name || kind.code == name || kind.label.zh == name || Some(kind.tag) == tag);
    found.ok_or_else(|| {
        let ids: Vec<&str> = catalogue.kinds.values().map(|kind| kind.id.as_str()).collect();
        let ids = ids.join(", ");
        Failure::new(
            ErrorCode::NotFound,
            format!("没有“{name}”这种台账。"),
            format!("There is no kind of record \"{name}\"."),
        )
        .detail(format!("可用：{ids}"), format!("there are: {ids}"))
    })
}
