//! Every bound of the product in one place, unit last. Relations between them are checked when the program is built.

/// Entries per frame, and the size of a frame before compression.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
pub const FRAME_ENTRIES_MAX: usize = 4096;
/// One entry. A larger one is refused by the command gate; met in a stream, it travels as its digest and is held.
pub const ENTRY_BYTES_MAX: usize = 192 * 1024;
/// One text value in characters; kinds may say less.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Values in one list, fields in one entry, depth of nested rows.
pub const LIST_VALUES_MAX: usize = 2_000;
pub const ENTRY_FIELDS_MAX: usize = 512;
pub const VALUE_DEPTH_MAX: usize = 4;
/// Rows in one list of records.
pub const LIST_ROWS_MAX: usize = 10_000;
/// Days ahead of a list of what is due when nobody says how many, and the most that may be asked for.
pub const DUE_DAYS: u16 = 15;
pub const DUE_DAYS_MAX: u16 = 3_660;
/// Days from one urge of a matter to the next where its kind does not say; urges of one deadline before the chair is told.
pub const URGE_PAUSE_DAYS: u32 = 3;
pub const URGES_MAX: usize = 3;
/// Records whose deadlines are counted again in one commit.
pub const REFRESH_RECORDS_MAX: usize = 200;
/// Arrived records that the program reacts to in one commit; records that one look remembers having looked at.
pub const REACT_RECORDS_MAX: usize = 100;
pub const REACT_SEEN_MAX: usize = 100_000;
/// Entries that the program has looked at for nothing and may look at again, before it notes how far it came.
pub const REACT_LAG_ENTRIES: u64 = 200;
/// Refused reactions that are kept for people to see; further ones are in the log alone.
pub const REACT_REFUSED_KEPT: usize = 200;
/// Steps kept in a record's own history; older ones stay in the journal.
pub const RECORD_STEPS_MAX: usize = 200;

/// Files of the catalogue that the county has in force, and the bytes of one: it is sent as one entry.
pub const COUNTY_FILES_MAX: usize = 256;
pub const REFERENCE_BYTES_MAX: usize = 184 * 1024;
/// Items in one page of what makes a figure, unless fewer are asked for; records read for it.
pub const DRILL_ITEMS_MAX: usize = 1_000;
pub const DRILL_READ_MAX: usize = 20_000;

/// What a seal keeps as one thing (all figures, the files of a catalogue), before and after it is packed; one piece of it.
pub const SEALED_PLAIN_BYTES_MAX: usize = 64 * 1024 * 1024;
pub const SEALED_PACKED_BYTES_MAX: usize = 6 * 1024 * 1024;
pub const SEALED_PIECE_BYTES_MAX: usize = 128 * 1024;
/// Differences that a check of a seal names; all are counted.
pub const SEAL_FINDINGS_MAX: usize = 20;

/// Records that one action makes from one list.
pub const FOLLOWERS_MAX: usize = 2_000;
/// Entries of one decision, with all that it brings about.
pub const DECISION_ENTRIES_MAX: usize = 12_000;
/// Actions that bring about others, one within the other.
pub const FOLLOW_DEPTH_MAX: usize = 4;

/// Batches that a side may have sent and not yet seen acknowledged.
pub const SESSION_WINDOW_BATCHES: usize = 4;
/// Streams named in one hello; points in one sketch; held entries in one receipt.
pub const HELLO_STREAMS_MAX: usize = 16;
pub const SKETCH_POINTS_MAX: usize = 80;
pub const RECEIPT_HELD_MAX: usize = 200;
/// One message of a session.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// Packed batches that a side collects in memory before it takes another branch of a stream in one commit.
pub const BRANCH_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Capabilities named in one greeting; characters of a name, of a version, of a detail.
pub const CAPABILITIES_MAX: usize = 32;
pub const SESSION_TEXT_CHARS_MAX: usize = 256;
/// A failed attempt, or a refused machine, that only repeats the one before is noted again after so long.
pub const REPEAT_NOTED_MS: i64 = 15 * 60 * 1000;
/// Events kept in the views of one machine; older ones stay in the journal.
pub const EVENTS_KEPT: usize = 200;
/// A side that hears nothing for so long while it waits ends the session.
pub const SESSION_SILENCE_MS: i64 = 120_000;
/// Session tokens that the hub remembers for each township.
pub const TOKENS_KEPT: usize = 64;
/// Clocks further apart than this are reported to the clerk.
pub const CLOCK_OFFSET_WARN_MS: i64 = 5 * 60 * 1000;
/// Days that a clock is off from which on the dates entered by it are not to be relied on, and the county is told.
pub const CLOCK_DAYS_WRONG: i64 = 7;

/// Steps of one office in a sample of made-up work, and of one record in it.
pub const SAMPLE_STEPS_MAX: usize = 400_000;
pub const SAMPLE_RECORD_STEPS_MAX: u32 = 40;
/// Years that one sample covers, and records of one kind that are asked for.
pub const SAMPLE_YEARS_MAX: u32 = 30;
pub const SAMPLE_COUNT_MAX: u32 = 20_000;

/// One segment file of the journal; a frame never spans two.
pub const SEGMENT_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Frames made durable by one fdatasync.
pub const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Largest value kept as one value of the view engine; larger ones are split.
pub const VIEW_VALUE_BYTES_MAX: usize = 3_584;

/// One office file that is imported, packed and unpacked; parts in its package.
pub const IMPORT_FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
pub const IMPORT_UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;
pub const IMPORT_PARTS_MAX: usize = 10_000;
/// One piece of markup or text in such a file, and how deep its elements, and tables in tables, may stand in each other.
pub const IMPORT_PIECE_BYTES_MAX: u64 = 1024 * 1024;
pub const IMPORT_DEPTH_MAX: usize = 256;
pub const IMPORT_TABLES_DEPTH_MAX: usize = 16;
/// Cell styles of a workbook.
pub const IMPORT_STYLES_MAX: usize = 100_000;
/// What is read of one sheet; more is refused, never cut off in silence.
pub const IMPORT_ROWS_MAX: usize = 200_000;
pub const IMPORT_COLUMNS_MAX: usize = 512;
pub const IMPORT_CELLS_MAX: usize = 4_000_000;
pub const IMPORT_CELL_BYTES_MAX: usize = 4 * TEXT_CHARS_MAX;
/// Text of all cells of a file together.
pub const IMPORT_TEXT_BYTES_MAX: usize = 128 * 1024 * 1024;
pub const IMPORT_SHEETS_MAX: usize = 64;
/// Rows searched for the headings; what stands above them is a title.
pub const IMPORT_TITLE_ROWS_MAX: usize = 30;
/// Headings of one kind whose meaning an office remembers, and characters of one.
pub const IMPORT_REMEMBERED_MAX: usize = 512;
pub const IMPORT_HEADING_CHARS_MAX: usize = 80;
/// Problems listed by one dry run; the rest is counted.
pub const IMPORT_PROBLEMS_MAX: usize = 10_000;

/// Certificates start this long before they are made, for clocks that are slow.
pub const CERTIFICATE_BACKDATE_MS: i64 = 10 * 60 * 1000;
/// Handshakes that run at one time, and how long one may take; connections open at one time.
pub const HANDSHAKES_MAX: usize = 64;
pub const HANDSHAKE_MS: u64 = 10_000;
pub const CONNECTIONS_MAX: usize = 4_096;
/// How long a refused caller is given to read why; how many refused callers the hub remembers.
pub const LINGER_MS: u64 = 1_000;
pub const TURNED_AWAY_KEPT: usize = 200;
/// A call that reads or changes one thing; opening a connection.
pub const CALL_MS: u64 = 20_000;
pub const CONNECT_MS: u64 = 15_000;
/// Keepalive of a connection: a ping after so long without a byte, dead after so long without an answer.
pub const KEEPALIVE_MS: u64 = 20_000;
pub const KEEPALIVE_ANSWER_MS: u64 = 10_000;
/// Calls open at one time on one connection; all headers of one call.
pub const CALLS_MAX: u32 = 16;
pub const HEADER_BYTES_MAX: u32 = 16 * 1024;
/// Windows of HTTP/2.
pub const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
pub const CONNECTION_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// Sessions that the hub runs at one time; a further node is told to come back later.
pub const SESSIONS_MAX: usize = 256;
/// Messages that one step of a session takes in together; what they store is acknowledged at their end.
pub const STEP_MESSAGES_MAX: usize = 16;
/// How long open sessions are given to end when the hub stops.
pub const SHUTDOWN_MS: u64 = 10_000;
/// Life of a one-time token unless the county says otherwise; one-time tokens open at one time for one township.
pub const INVITATION_MS: i64 = 14 * 24 * 60 * 60 * 1000;
pub const INVITATIONS_MAX: usize = 8;

const _: () = assert!(ENTRY_BYTES_MAX + 1024 <= FRAME_BYTES_MAX);
const _: () = assert!(REFERENCE_BYTES_MAX + 4096 <= ENTRY_BYTES_MAX);
const _: () = assert!(SEALED_PIECE_BYTES_MAX + 4096 <= FRAME_BYTES_MAX);
const _: () = assert!(FRAME_BYTES_MAX + 4096 <= MESSAGE_BYTES_MAX);
const _: () = assert!(FRAME_BYTES_MAX < SEGMENT_BYTES_MAX as usize);
const _: () = assert!(FRAME_BYTES_MAX <= GROUP_BYTES_MAX);
const _: () = assert!(VIEW_VALUE_BYTES_MAX < 4096);
const _: () = assert!(MESSAGE_BYTES_MAX <= STREAM_WINDOW_BYTES as usize);
