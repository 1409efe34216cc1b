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

use super::query::{Needed, Param, Shape};
use super::route::Route;

/// Name of the operation whose time is counted.
pub(super) const TALLY: &str = "tally";

/// The days that figures are of.
pub(super) const PERIOD: Param = Param {
    name: "period",
    shape: Shape::Period,
    zh: "时段：年、月、季、半年、次、届；不写为全部时间，不能与 from、to 同写",
    en: "a year, month, quarter, half, session or term; all time without it; not together with from and to",
    needed: Needed::No,
};
pub(super) const FROM: Param =
    Param { name: "from", shape: Shape::Date, zh: "起始日期", en: "first day", needed: Needed::No };
pub(super) const TO: Param = Param {
    name: "to",
    shape: Shape::Date,
    zh: "截止日期，不早于 from",
    en: "last day, not before from",
    needed: Needed::No,
};

/// Where a page begins.
pub(super) const AFTER: Param = Param {
    name: "after",
    shape: Shape::Mark,
    zh: "上一页的 next",
    en: "next of the page before",
    needed: Needed::No,
};

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
