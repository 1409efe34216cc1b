//! The work of one township office, told in the words of the catalogue: what its people do from morning to the end of a
//! term, what the rules refuse them, and what the tallies make of it.

mod acting;
mod appraisal;
mod bed;
mod bench;
mod deputies;
mod leaving;
mod meetings;
mod oversight;
mod sessions;
mod term;
