//! The bounds of this program alone; those that both programs share are in [`shared::limits`].

use std::time::Duration;

/// One request of a sub-command to the running hub, and one answer.
pub const DESK_REQUEST_BYTES_MAX: u64 = 1024 * 1024;
pub const DESK_ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Requests of sub-commands at work at once; further ones wait.
pub const DESK_REQUESTS_MAX: usize = 4;
/// How long a sub-command waits for the running hub to take its request, and to answer it.
pub const DESK_WRITE_WAIT: Duration = Duration::from_secs(10);
pub const DESK_ANSWER_WAIT: Duration = Duration::from_secs(30 * 60);
/// Path of a Unix socket, as the kernel takes it.
pub const SOCKET_PATH_BYTES_MAX: usize = 100;

/// Records in one page of a report.
pub const REPORT_RECORDS_MAX: u32 = 1_000;
pub const REPORT_RECORDS_DEFAULT: u32 = 100;
/// Bytes of records in one page of a report; a page ends early when they are full.
pub const REPORT_PAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Life of an access key unless its maker says otherwise, and the longest.
pub const KEY_DAYS: u32 = 365;
pub const KEY_DAYS_MAX: u32 = 3_660;
pub const KEY_NAME_CHARS_MAX: usize = 40;
/// Names of keys that there may be, those that have ended included.
pub const KEYS_MAX: usize = 1_000;

/// Nights that a status looks back on, and the most that can be asked for.
pub const NIGHTS: u16 = 30;
pub const NIGHTS_MAX: u16 = 3_660;

/// Lines in one page of acknowledgements; those that a sub-command lists in all. Days that it looks back.
pub const ACKS_DEFAULT: u32 = 200;
pub const ACKS_MAX: u32 = 1_000;
pub const ACKS_LISTED_MAX: usize = 10_000;
pub const ACKS_DAYS: i32 = 366;

/// Events in one feed of a calendar; those that lie furthest back are left out. Days that it looks back.
pub const FEED_EVENTS_MAX: usize = 5_000;
pub const FEED_PAST_DAYS: i32 = 366;

/// The query in the head of one request.
pub const WEB_QUERY_BYTES_MAX: usize = 4 * 1024;
/// Ids joined by commas in one parameter, and lines of what is wrong with one request.
pub const WEB_NAMES_MAX: usize = 50;
pub const WEB_PROBLEM_LINES_MAX: usize = 10;
/// Requests at work at one time; further ones wait, no longer than one may take in all ([`shared::limits::WEB_REQUEST_WAIT`]).
pub const WEB_REQUESTS_MAX: usize = 8;

/// How often it is looked whether a published file of the catalogue has come into force.
pub const COUNTY_FILES_ROUND: Duration = Duration::from_secs(60 * 60);

/// How often the hub looks whether the work of a day is to be done.
pub const UPKEEP_ROUND: Duration = Duration::from_secs(60);

/// Rows of views that may wait in memory for the view engine: a first sync of all townships at once fits in.
pub const WAITING_BYTES_MAX: usize = 256 * 1024 * 1024;

const _: () = assert!(WEB_QUERY_BYTES_MAX < shared::limits::WEB_HEAD_BYTES_MAX);
