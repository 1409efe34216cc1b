//! The files that the program carries.

use crate::catalogue::builtin_files;
use crate::catalogue::model::Catalogue;

#[test]
fn the_builtin_files_are_sound() {
    if let Err(problems) = Catalogue::load(builtin_files().iter().copied()) {
        panic!("{problems}");
    }
}
