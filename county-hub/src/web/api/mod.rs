//! The API: one file for each question. Each reads what was said, calls the app, and shapes its answer.

mod acknowledgements;
mod calendar;
mod coverage;
mod description;
mod districts;
mod drill;
mod kinds;
mod nodes;
mod records;
mod tally;

use super::route::Route;

/// Name of the operation whose time is counted.
pub(super) const TALLY: &str = "tally";

/// Every route of the API.
pub(super) static ROUTES: [&Route; 10] = [
    &tally::ROUTE,
    &drill::ROUTE,
    &records::MANY,
    &records::ONE,
    &kinds::ROUTE,
    &districts::ROUTE,
    &nodes::ROUTE,
    &acknowledgements::ROUTE,
    &calendar::ROUTE,
    &description::ROUTE,
];
