//! Names of controls, and the ids by which labels and messages find them.
//!
//! A field is `f.` and its id; what belongs to one of its rows, items or columns stands below it: `f.urges.0.on`. A record
//! that is linked has three names: the text that a person sees, `.id` the record that it means, `.was` the text as it was
//! when it meant that.

use super::super::table::FIELD;
use crate::catalogue::model::Field;

/// Buttons that change the form and do not send it: their value names what gets one more row, or which row goes.
pub const MORE: &str = "more";
pub const LESS: &str = "less";
/// The reason for a step, and the revision that the form was made from.
pub const REASON: &str = "reason";
pub const REVISION: &str = "rev";

/// The name of a field's control.
pub fn name(field: &Field) -> String {
    format!("{FIELD}{}", field.id)
}

pub(super) fn at(name: &str, number: usize) -> String {
    format!("{name}.{number}")
}

/// A column of a row, by the id of the column.
pub(super) fn column(name: &str, number: usize, column: &Field) -> String {
    format!("{name}.{number}.{}", column.id)
}

pub(super) fn linked(name: &str) -> String {
    format!("{name}.id")
}

pub(super) fn was(name: &str) -> String {
    format!("{name}.was")
}

/// The id of a control.
pub fn id(name: &str) -> String {
    name.replace('.', "-")
}

/// A box that takes away the file that is there.
pub(super) fn gone(name: &str) -> String {
    format!("{name}.gone")
}
