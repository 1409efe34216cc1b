//! The situations in which two sides of one business can differ (domain study, K1 to K18), each with the outcome that people
//! see: in the status of the node and of the hub, in figures, in the history of a record.

mod bed;

mod clocks;
mod districts;
mod ledgers;
mod lines;
mod machines;
