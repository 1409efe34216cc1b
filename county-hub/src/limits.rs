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

/// How often the hub looks after its own server certificate.
pub const CERTIFICATE_ROUND: Duration = Duration::from_secs(24 * 60 * 60);
/// How often it is looked whether a published file of the catalogue has come into force.
pub const COUNTY_FILES_ROUND: Duration = Duration::from_secs(60 * 60);

/// How often the hub looks whether the work of a day is to be done.
pub const UPKEEP_ROUND: Duration = Duration::from_secs(60);

/// Rows of views that may wait in memory for the view engine: a first sync of all townships at once fits in.
pub const WAITING_BYTES_MAX: usize = 256 * 1024 * 1024;
