//! Who may use this office's pages: accounts and their passwords, sessions, and what is written down of both.
//!
//! All of it lies in the folder `access` under the data folder, readable by its owner alone, and works while the store
//! is closed:
//!
//! ```text
//! access/accounts.json   accounts, and failed attempts to log in; replaced whole
//! access/audit.log       one line for each thing done, appended; audit.1.log … are older
//! access/lock            held while one of them is written
//! ```
//!
//! Sessions live in memory and end with the program. What somebody may do to a record is no matter of this module: the
//! command gate decides that by the role he acts in.

mod account;
mod audit;
mod book;
mod entry;
mod failures;
mod password;
mod sessions;

pub use account::{Account, Draft, LOGIN_ROLES};
pub use audit::{Audit, Event, Noted};
pub use book::{Book, copy};
pub use entry::{Denied, log_in};
pub use password::{hash, judge, one_time_password};
pub use sessions::{Cookie, Listed, Seen, Sessions};
