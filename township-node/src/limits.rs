//! The bounds of this program alone; those that both programs share are in [`shared::limits`].

/// Accounts of one office.
pub const ACCOUNTS_MAX: usize = 200;
/// Characters of a login name and of a staff code; of a name.
pub const LOGIN_CHARS_MAX: usize = 32;
pub const NAME_CHARS_MAX: usize = 40;
/// A password.
pub const PASSWORD_CHARS_MIN: usize = 8;
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Failed attempts that cost no wait; the first wait, which doubles up to the longest; names and addresses remembered.
pub const LOGIN_FREE_BY_NAME: u32 = 5;
pub const LOGIN_FREE_BY_ADDRESS: u32 = 20;
pub const LOGIN_WAIT_FIRST_MS: i64 = 30_000;
pub const LOGIN_WAIT_MAX_MS: i64 = 30 * 60_000;
pub const LOGIN_FAILURES_KEPT: usize = 512;
/// Passwords looked at at one time: each takes 19 MiB.
pub const PASSWORDS_AT_ONCE_MAX: usize = 2;
/// Sessions open at one time, in all and of one account; the longest life of one.
pub const SESSIONS_MAX: usize = 256;
pub const SESSIONS_OF_ONE_MAX: usize = 8;
pub const SESSION_LIFE_MS: i64 = 12 * 60 * 60 * 1000;
/// Minutes that a session may be set to live without a request.
pub const SESSION_IDLE_MINUTES: std::ops::RangeInclusive<u32> = 5..=480;
/// One file of the audit, and how many there are.
pub const AUDIT_FILE_BYTES_MAX: u64 = 1024 * 1024;
pub const AUDIT_FILES_MAX: usize = 10;
pub const AUDIT_PAGE_LINES: usize = 100;

/// Body of one request: a form, an office file.
pub const WEB_FORM_BYTES_MAX: usize = 1024 * 1024;
pub const WEB_FORM_FIELDS_MAX: usize = 4_000;
pub const WEB_QUERY_BYTES_MAX: usize = 4 * 1024;
/// Files that come with one form, in all.
pub const WEB_FILES_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Requests at work at one time; further ones wait, no longer than one may take in all.
pub const WEB_REQUESTS_MAX: usize = 8;

const _: () = assert!(SESSIONS_OF_ONE_MAX <= SESSIONS_MAX);
const _: () = assert!(LOGIN_WAIT_FIRST_MS <= LOGIN_WAIT_MAX_MS);
const _: () = assert!(LOGIN_FREE_BY_NAME <= LOGIN_FREE_BY_ADDRESS);
const _: () = assert!(WEB_QUERY_BYTES_MAX < shared::limits::WEB_HEAD_BYTES_MAX);
