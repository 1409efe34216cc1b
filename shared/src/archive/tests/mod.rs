//! Tests of the archive package.

mod bed;
mod damage;
mod forged;
mod whole;
