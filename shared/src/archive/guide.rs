//! 说明.txt: what the package is and how it is read and checked, with this program and without.

use super::index::Index;

/// The text of a package.
pub(super) fn text(index: &Index) -> String {
    include_str!("guide.txt")
        .replace("{office}", &index.office)
        .replace("{township}", &index.township.to_string())
        .replace("{title}", &index.title)
        .replace("{items}", &index.items.len().to_string())
        .replace("{records}", &index.records.len().to_string())
        .replace("{software}", &index.software)
}
