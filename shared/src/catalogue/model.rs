//! The catalogue in memory. Built only by the loader, which has checked that every reference resolves, every tag is
//! unique and every label is there; code that reads it need not check again.

use std::collections::BTreeMap;
use std::sync::Arc;

pub use super::address::{Address, Addressees, Chosen, townships};
pub use super::measure::{
    By, Coverage, CoverageList, Measure, Of, On, Rate, RateForm, RowScope, SessionMark, Show, Source, Target,
    TermMark, VetoMark, Window,
};
pub use super::returns::{Adjusts, Expected, Figures, Returns, Sets};
pub use super::rule::{
    Alone, Amount, Compute, Condition, Create, DatePart, Drive, DriveOn, Each, Effect, Give, Guard, Meant,
    Piece, Reaction, Reminder, Response, SetTo,
};
use crate::record::{Role, Value};

/// Chinese first, English second; neither is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub zh: String,
    pub en: String,
}

/// Everything that the offices can keep, and the legal profiles that say how long things may take.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Ascending by tag.
    pub kinds: BTreeMap<u32, Kind>,
    /// Deadline kinds by frozen number.
    pub deadlines: BTreeMap<u32, DeadlineKind>,
    /// Legal profiles by id, such as `national` and `zhejiang`.
    pub profiles: BTreeMap<String, LegalProfile>,
    /// Link fields that hold the linked records fast in some statuses: (kind, field).
    pub locks: Vec<(u32, u32)>,
    /// First 8 bytes, in hex, of the BLAKE3 over names and texts of all files in order of their names.
    pub version: String,
    /// The files that it was read from, by name: what is sealed with figures that were counted by them.
    pub files: Arc<BTreeMap<String, String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    Township,
    County,
}

/// The four forms of township; a subdistrict has no congress of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    Town,
    Township,
    EthnicTownship,
    Subdistrict,
}

impl NodeKind {
    pub const ALL: [Self; 4] = [Self::Town, Self::Township, Self::EthnicTownship, Self::Subdistrict];

    /// The code used on command lines, in certificates' answers and in files, such as `TOWN`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Town => "TOWN",
            Self::Township => "TOWNSHIP",
            Self::EthnicTownship => "ETHNIC_TOWNSHIP",
            Self::Subdistrict => "SUBDISTRICT",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// (Chinese, English)
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Town => ("镇", "Town"),
            Self::Township => ("乡", "Township"),
            Self::EthnicTownship => ("民族乡", "Ethnic township"),
            Self::Subdistrict => ("街道", "Subdistrict"),
        }
    }
}

/// One kind of record: one file.
#[derive(Debug, Clone)]
pub struct Kind {
    pub id: String,
    pub tag: u32,
    /// Code in the domain study, such as `R07`.
    pub code: String,
    pub label: Label,
    pub owner: Owner,
    /// Node kinds that may use it; for county kinds all.
    pub nodes: Vec<NodeKind>,
    pub address: Address,
    /// Tag of the text field shown as a record's name.
    pub title: u32,
    /// Tag of the date field that the record is attributed to.
    pub date: u32,
    /// Tag of the field that says who has to act, such as the unit to which a suggestion was assigned.
    pub responsible: Option<u32>,
    /// Whether reasons given for actions may leave the office.
    pub reason_privacy: Privacy,
    /// A record for which this holds when it is created is written whole to the local stream and never leaves the
    /// office. It uses only fields that creation requires, and a later change may not make it hold or stop holding.
    pub local_when: Option<Condition>,
    pub fields: BTreeMap<u32, Field>,
    pub statuses: BTreeMap<u32, Status>,
    /// Ascending by tag. Creating a record is an action whose `from` is empty.
    pub actions: BTreeMap<u32, Action>,
    /// What the program does when records of the other side arrive, in the order of the file.
    pub reactions: Vec<Reaction>,
    pub reminders: Vec<Reminder>,
    pub numbering: Option<Numbering>,
    /// Statuses in which the kind's date may lie ahead: what is planned.
    pub plan_statuses: Vec<u32>,
    pub delegation: Option<DelegationMark>,
    pub staff: Option<StaffMark>,
    pub reference: Option<ReferenceMark>,
    pub sample: Option<SampleMark>,
    pub returns: Returns,
    pub calendar: Option<CalendarMark>,
    /// Tags of the fields shown in lists, in order.
    pub list: Vec<u32>,
    /// Sections of the form, in order; each field stands in exactly one.
    pub form: Vec<Section>,
    pub measures: Vec<Measure>,
    pub rates: Vec<Rate>,
    pub coverages: Vec<Coverage>,
    /// Its records say when a term of office began; at most one kind of a catalogue does.
    pub term: Option<TermMark>,
    /// Some of its records are sessions of the congress; at most one kind of a catalogue has them.
    pub session: Option<SessionMark>,
    /// Its records put townships out of the rankings of a year.
    pub veto: Option<VetoMark>,
    pub import: Option<Import>,
    /// Why a kind that townships write takes no imports.
    pub no_import: Option<Label>,
}

#[derive(Debug, Clone)]
pub struct Section {
    pub label: Label,
    pub fields: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Privacy {
    /// Goes to the county.
    Sync,
    /// Never leaves the township.
    Local,
}

#[derive(Debug, Clone)]
pub struct Field {
    pub tag: u32,
    pub id: String,
    pub label: Label,
    pub shape: Shape,
    pub privacy: Privacy,
    /// Statuses in which it must be filled, by tag (a column of child rows: not empty = in every row): those that the file names, and every status to which all ways from
    /// creation lead through one of them. A status that can be reached round them (returned, withdrawn) demands nothing.
    pub required_in: Vec<u32>,
    /// Filled by the program (numbering, counts); never accepted from a form, only from an import.
    pub derived: bool,
    /// Column headings in office files, beside the label: exact after folding width and spaces.
    pub headings: Vec<String>,
    /// Value taken when nothing is given at creation.
    pub default: Option<Value>,
    /// How the program works the value out, from this record alone.
    pub compute: Option<Compute>,
    /// A link: while the linking record is in one of these statuses, the linked ones cannot be changed (archive).
    pub locks_in: Vec<u32>,
    pub help: Option<Label>,
}

/// The type of a field and its bounds.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Characters at most; several lines allowed or not; pattern is one of a closed list.
    Text {
        max: usize,
        lines: bool,
        pattern: Option<Pattern>,
    },
    Number {
        min: i64,
        max: i64,
    },
    Decimal {
        min: i64,
        max: i64,
        scale: u8,
    },
    Flag,
    Date,
    Time,
    Choice(Vec<Choice>),
    Choices(Vec<Choice>),
    /// Texts, such as several units; each at most `max` characters.
    Texts {
        max: usize,
    },
    /// Another record of one of these kinds (tags).
    Link(Vec<u32>),
    Links(Vec<u32>),
    /// A township code of nine digits, held as a number.
    Township,
    Townships,
    Blob,
    /// Child rows.
    Rows(BTreeMap<u32, Field>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// 18-character resident identity number with its check digit.
    IdCard,
    /// 5 to 20 digits, spaces, `+`, `-`.
    Phone,
}

#[derive(Debug, Clone)]
pub struct Choice {
    /// Frozen.
    pub id: u32,
    /// Frozen, such as `SATISFIED`.
    pub key: String,
    pub label: Label,
    /// Other spellings in office files.
    pub headings: Vec<String>,
    /// Short code used in numbers, such as `D30`; may be empty.
    pub mark: String,
}

#[derive(Debug, Clone)]
pub struct Status {
    pub tag: u32,
    pub id: String,
    pub label: Label,
    /// Work remains to be done.
    pub open: bool,
    /// Not yet said: a county record in it does not flow down.
    pub draft: bool,
}

/// A transition, or an event that leaves the status as it is (`to` = None).
#[derive(Debug, Clone)]
pub struct Action {
    pub tag: u32,
    pub id: String,
    pub label: Label,
    /// Statuses that it starts from; empty = it creates the record. The action with the id `edit` has no `to` and
    /// takes any field that is not derived.
    pub from: Vec<u32>,
    pub to: Option<u32>,
    pub roles: Vec<Role>,
    /// Node kinds that may take it; empty: all that keep the kind.
    pub nodes: Vec<NodeKind>,
    /// Roles that may enter it for those (代录); the entry says so.
    pub behalf: Vec<Role>,
    /// Fields that must be filled after it (given with it or before).
    pub requires: Vec<u32>,
    /// Fields that may be given with it beside the required ones; every other field is refused, except at creation
    /// and for `edit`, which take any field that is not derived. Fields required in `to` are always among them.
    pub accepts: Vec<u32>,
    pub reason: Reason,
    pub guards: Vec<Guard>,
    pub effects: Vec<Effect>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    None,
    Optional,
    Required,
}

/// Number format such as `{abbr}人信〔{year}〕{n}号`; gapless per (owner, kind, year, values of `per`).
#[derive(Debug, Clone)]
pub struct Numbering {
    /// Text or number field that receives it.
    pub field: u32,
    /// Empty for a plain number.
    pub format: Vec<Piece>,
    /// Date field whose year counts; `None`: numbers do not start anew with the year.
    pub year_of: Option<u32>,
    /// Fields whose values start a row of numbers of their own.
    pub per: Vec<u32>,
}

/// The kind that says who acts for whom. Fields by tag.
#[derive(Debug, Clone)]
pub struct DelegationMark {
    /// Choice whose keys are role codes: who acts.
    pub who: u32,
    /// The same: for whom.
    pub of: u32,
    /// Account of the one who acts; empty: whoever has the role.
    pub staff: Option<u32>,
    pub from: u32,
    /// Last day; empty: until further notice.
    pub until: u32,
    pub statuses: Vec<u32>,
}

/// The kind that says who holds a post on the supervised side. Fields by tag.
#[derive(Debug, Clone)]
pub struct StaffMark {
    pub account: u32,
    pub conflict: u32,
    pub statuses: Vec<u32>,
}

/// The kind whose records are files of the catalogue that the county sends out. Fields by tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceMark {
    /// Text: the name of the file, with its folder, such as `calendars/2027.json`.
    pub name: u32,
    /// Choice with the keys `CALENDAR`, `PROFILE`, `CATALOGUE` and `CODES`: what the file is.
    pub what: u32,
    /// Text that tells one edition from another.
    pub version: u32,
    /// Date from which the file is in force.
    pub from: u32,
    /// Child rows whose texts, one after the other, are the file.
    pub content: u32,
    /// The text column of those rows.
    pub text: u32,
    /// Text: the BLAKE3 of the file, in hex.
    pub hash: u32,
    /// Number: the bytes of the file.
    pub bytes: u32,
    /// Date on which it is published.
    pub published: u32,
    /// The action that makes such a record.
    pub publish: u32,
    pub statuses: Vec<u32>,
}

/// How much of the kind a plausible office makes, and in which words.
#[derive(Debug, Clone, Default)]
pub struct SampleMark {
    pub per_year: u32,
    pub words: BTreeMap<u32, Vec<String>>,
}

/// When its records stand in the calendar that others subscribe to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarMark {
    pub event: Option<EventMark>,
    /// Deadlines by frozen number that stand there while they are open.
    pub deadlines: Vec<u32>,
}

/// An event of whole days. Fields and statuses by tag; all its fields leave the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventMark {
    pub start: u32,
    /// Last day; without one, or while it is empty, the event has one day.
    pub end: Option<u32>,
    pub place: Option<u32>,
    /// In which it takes or took place. Not empty.
    pub statuses: Vec<u32>,
    /// In which those who have it in their calendars are told that it is off; so is what is void.
    pub cancelled: Vec<u32>,
}

/// How ledgers of past work are read.
#[derive(Debug, Clone)]
pub struct Import {
    /// Field by which a row is recognised when it comes again, together with the township and the year of the kind's
    /// date (numbers start anew each year). Without one, and in files that have no such column, a row is known by what
    /// it says: see [`Kind::identity`].
    pub key: Option<u32>,
    /// The file column that names the township, if any; rows of another are refused at a node.
    pub township_headings: Vec<String>,
    /// Statuses by rule, first match wins; conditions see the imported fields. The last has no condition.
    pub status: Vec<(Condition, u32)>,
    /// Deadlines to compute from the dates that the file has.
    pub deadlines: Vec<ImportDeadline>,
}

/// A deadline of past work. Fields by tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportDeadline {
    pub deadline: u32,
    pub from: u32,
    /// The last day, where the record gives it.
    pub due: Option<u32>,
    pub met: Option<u32>,
}

/// A kind of deadline, such as `DL-SG-REPLY`.
#[derive(Debug, Clone)]
pub struct DeadlineKind {
    pub number: u32,
    pub code: String,
    pub label: Label,
    pub runs: Runs,
}

/// Where the last day of a deadline comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    /// Counted from the day of its start, by the profile.
    After,
    /// Counted back from the day of its start, by the profile: a notice seven days before a meeting.
    Before,
    /// The record gives it; no profile has a length for it.
    Given,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LengthUnit {
    /// 日
    Days,
    /// 工作日
    WorkingDays,
    /// 月
    Months,
}

/// How long a deadline runs in one province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Length {
    pub count: u32,
    pub unit: LengthUnit,
    /// Counted back from the start; said by the kind of deadline, the same in every profile.
    pub backwards: bool,
    /// A second length where the record says that the matter is wide or difficult.
    pub complex: Option<u32>,
    /// Most days (in `unit`) that an extension may add; None = may not be extended.
    pub extension: Option<u32>,
    /// Where it comes from: law, article.
    pub source: String,
}

/// The deadlines of one province, over the national default.
#[derive(Debug, Clone)]
pub struct LegalProfile {
    pub id: String,
    pub version: String,
    pub label: Label,
    /// Whether a last day that is not a working day moves to the next one.
    pub roll_forward: bool,
    /// Complete: what the province does not say is taken from the national profile when the file is loaded.
    pub lengths: BTreeMap<u32, Length>,
}
