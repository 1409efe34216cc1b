//! What the year has to come to, worked out by hand.

use super::bed::{TOWNS, Year};
use super::plan::Story;
use super::table::Quarter;

pub fn visited(_year: &Year, _quarter: &Quarter) {}

pub fn check(_story: &Story) {
    let _ = TOWNS;
}
