//! Tests of the archive package.

mod bed;
mod compared;
mod damage;
mod forged;
mod whole;
