//! What the web pages of both programs are made of: functions from what is to be shown to markup.
//!
//! Every component takes [`Words`] (the language) and a small struct, and gives [`maud::Markup`]; texts are escaped where
//! they are put in. Nothing here knows a server. Pages need no script: htmx and `app.js` only save steps. No page has an
//! inline style or script ([`assets::CONTENT_SECURITY_POLICY`] forbids them), and nothing comes from outside.
//!
//! Read in this order: [`words`] holds every message in both languages; [`assets`] style and scripts with their addresses;
//! [`layout`] the frame of a page; [`table`], [`record`] and [`form`] the three pages that every ledger has, from the
//! catalogue alone; the rest are parts of the other pages.
//!
//! Not here: addresses of pages (each program's own), who may see what, and reading posted bodies into pairs.

pub mod address;
pub mod assets;
pub mod icon;
pub mod words;

pub mod crumbs;
pub mod layout;
pub mod menu;
pub mod notice;
pub mod sync_line;

pub mod form;
pub mod light;
pub mod next;
pub mod record;
pub mod steps;
pub mod table;
pub mod timeline;

pub mod calendar;
pub mod chart;
pub mod figures;
pub mod plain;
pub mod print;
pub mod today;
pub mod wizard;

#[cfg(test)]
mod tests;

pub use words::Words;
