//! What the rules of a kind say: what must hold, what an action brings about, conditions, and numbers made from a record.
//! Data names, Rust does: every list here is closed.

use super::model::Label;
use crate::record::Value;

/// What must hold besides roles and required fields. A closed list; data names, Rust does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// The condition holds for the record after the fields given with the action.
    When(Condition),
    /// A condition with its own refusal.
    Must { condition: Condition, message: Label },
    /// The linked record exists and is of the field's kinds (and, if given, in one of these statuses).
    LinkIn { field: u32, statuses: Vec<String> },
    /// The linked record is written by the township that the other field names.
    LinkOf { field: u32, township: u32 },
    /// This date is not after today.
    NotFuture(u32),
    /// The second date is not before the first.
    Order { first: u32, second: u32 },
    /// No other record says the same.
    Alone(Box<Alone>),
    /// At least so many values in a list field (or a number field of at least so much).
    AtLeast { field: u32, count: i64 },
    /// The deadline has been extended fewer than so many times.
    ExtensionsBelow { deadline: u32, count: u32 },
    /// The same member of staff did not do that action (the clerk who answers for a unit may not judge the answer).
    NotSameStaffAs { action: u32 },
    /// That action was not taken within the last so many days.
    Pause { action: u32, days: u32 },
    /// Who enters it for others holds no post on the supervised side, as the register of staff says.
    Impartial,
    /// No veto of that year is in force against the township, as the kinds marked `[veto]` say.
    Unvetoed { township: u32, year: u32, message: Label },
}

/// What only one record may say: no other of its kind and writer, that is not void, has the same values in all of these
/// fields. Judged over what the whole decision comes to, and from then on at every change that would break it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    /// Never empty. Where one of them is empty in the record, the rule does not apply to it.
    pub fields: Vec<u32>,
    /// Only records for which this holds count, and only they are judged.
    pub condition: Condition,
    /// Two dates, from and to (that day not included, empty = open): only records whose days overlap count. Without its
    /// first day a record has no days.
    pub span: Option<(u32, u32)>,
    pub message: Label,
}

/// What an action does besides its status. A closed list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Starts (or restarts) a deadline on the day in the field (today if it is empty); `when` limits it; where
    /// `complex` holds, it runs for the profile's longer length. `due` is the date field that says the last day of a
    /// deadline that is given, and there for those alone; while it is empty no deadline starts.
    Start {
        deadline: u32,
        from: Option<u32>,
        due: Option<u32>,
        when: Option<Condition>,
        complex: Option<Condition>,
    },
    /// Meets a deadline on the day in the field (today if empty).
    Meet { deadline: u32, on: Option<u32> },
    /// Stops a deadline without meeting it.
    Cancel { deadline: u32 },
    /// Moves the effective due day of an open deadline to the day in the field; bounded by the profile.
    Extend { deadline: u32, to: u32 },
    /// Sets a field to a value, or to today.
    Set { field: u32, value: SetTo },
    /// Gives the next number of the kind's numbering.
    Number,
    /// Adds one to a number field.
    Increment { field: u32 },
    /// Marks the record void; it keeps its number and leaves the counts.
    Void,
    /// From now on the record flows down to its addressees (county kinds).
    Publish,
    /// Adds a child row.
    Append { field: u32, row: Vec<(u32, Give)>, when: Option<Condition> },
    /// Makes records of another kind in the same commit.
    Create(Box<Create>),
    /// Takes an action of other records in the same commit.
    Drive(Box<Drive>),
}

/// Records made by the program through the other kind's own action. Its roles do not matter, all its other rules do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    pub kind: u32,
    pub action: u32,
    /// Values by tag of the new record.
    pub set: Vec<(u32, Give)>,
    pub when: Option<Condition>,
    /// One for each of these. Taken again, the records made before are brought into step: changed, added, voided.
    pub each: Option<Each>,
    /// Own link field that receives the new record.
    pub link: Option<u32>,
    /// The new record lives and dies with this one.
    pub follows: bool,
}

/// What a record is made for, one for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Each {
    /// Child rows of the field for which the condition holds, or linked records.
    Listed { field: u32, condition: Condition },
    /// Townships to which the record is addressed on the day.
    Addressees,
}

/// An action of other records of this office. Records that are in no status to take it are left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive {
    pub on: DriveOn,
    pub kind: u32,
    pub action: u32,
    /// Over the other record.
    pub condition: Condition,
    pub set: Vec<(u32, Give)>,
    pub when: Option<Condition>,
}

/// What the program does with a record of ours because one of the other side has arrived or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// Kind of the records that arrive; the other side writes them.
    pub to: u32,
    /// Over the arrived record as it now stands.
    pub when: Condition,
    /// For void arrived records alone; without it they are passed over.
    pub voided: bool,
    pub does: Response,
    /// Values over the arrived record, by tag of ours; `This` is a link to the arrived record.
    pub set: Vec<(u32, Give)>,
    /// What it makes is an answer that the office owes by this deadline, which begins with it.
    pub owed: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// Takes an action of our record; where its status or its conditions do not allow it, nothing happens.
    Take { action: u32, on: Meant },
    /// Makes a record of ours, once for each arrived one. With `keep` what it took over is brought into step whenever the
    /// arrived record changes.
    Create { action: u32, keep: bool },
}

impl Response {
    pub fn action(self) -> u32 {
        match self {
            Self::Take { action, .. } | Self::Create { action, .. } => action,
        }
    }
}

/// Which record of ours is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// The one that this link field of the arrived record names.
    ByTheirs(u32),
    /// Those whose link field names the arrived record.
    ByOurs(u32),
}

/// A deadline of ours that the program reminds of, once for each threshold and due day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    pub deadline: u32,
    /// Days left at which it reminds; descending, none below 1.
    pub days_before: Vec<u32>,
    /// Reminds one day after the due day and then every so many days; at least 1.
    pub overdue_every: Option<u32>,
    /// An event that only moves its own fields.
    pub action: u32,
    /// Derived date: the due day that was reminded of last.
    pub mark_due: u32,
    /// Derived number: days left then, negative when it was over.
    pub mark_days: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriveOn {
    /// Records that an own field links to.
    Linked(u32),
    /// Records that link here by that field of theirs.
    Linking(u32),
    /// All of the kind.
    All,
}

/// Where a value comes from that the program hands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Give {
    Value(Value),
    /// A field of this record; a choice goes over by its key.
    Field(u32),
    /// A column of the present row.
    Column(u32),
    /// The present record of `each` over links, or the present township of `each` over addressees.
    Item,
    /// A link to this record.
    This,
    /// The township that writes this record; nothing for the county's.
    Office,
    Today,
    Amount(Amount),
    Text(Vec<Piece>),
}

/// A piece of a number or of a text that the program puts together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Literal(String),
    /// Short name of the office.
    Abbr,
    Year,
    /// The number itself, with zeros before it up to so many digits.
    Number(usize),
    /// Text or number as it is, a date in Chinese, a choice by its mark, else its Chinese label.
    Field(u32),
}

/// How a derived field is worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compute {
    Number(Amount),
    /// The first that holds; empty if none does.
    Choice(Vec<(Condition, Value)>),
    Flag(Condition),
}

/// A number made from a record. Absent values count as 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    Fixed(i64),
    /// A number field, or how many values a list holds.
    Field(u32),
    /// Child rows for which the condition holds, or the sum of a column of theirs.
    Rows {
        field: u32,
        condition: Box<Condition>,
        sum: Option<u32>,
    },
    Add(Vec<Amount>),
    /// The first without all the others.
    Subtract(Vec<Amount>),
    /// Days from one date to the other.
    Days {
        from: u32,
        to: u32,
    },
    /// The year, the month or the day of a date.
    Part {
        field: u32,
        part: DatePart,
    },
    /// How often the record has changed: its revision; of the record that the field links to, if it is given.
    Revision {
        of: Option<u32>,
    },
    /// A number of the linked record.
    Linked {
        field: u32,
        amount: Box<Amount>,
    },
    /// Records of a kind of this office that are not void: those that link here by `through`, or all; counted, or a number
    /// field of theirs summed.
    Records {
        kind: u32,
        through: Option<u32>,
        condition: Box<Condition>,
        sum: Option<u32>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatePart {
    Year,
    Month,
    Day,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetTo {
    Today,
    Value(Value),
    /// A number, which may look at other records.
    Amount(Amount),
    /// The value of another field of the same shape; cleared if that is empty.
    CopyOf(u32),
}

/// A condition over one record. `All(vec![])` is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    StatusIn(Vec<u32>),
    /// The record has been in one of these statuses, or is (steps or present status). The loader adds the statuses to
    /// which all ways lead through one of them, so that an imported record, which has no steps, is judged the same.
    Reached(Vec<u32>),
    Filled(u32),
    /// Equal to one of these; for list fields: contains one of these.
    In {
        field: u32,
        values: Vec<Value>,
    },
    /// A number within bounds.
    Within {
        amount: Amount,
        least: Option<i64>,
        most: Option<i64>,
    },
    /// part / whole ≥ numerator / denominator, or > where `above`. Nothing is a share of nothing.
    Share {
        part: Amount,
        whole: Amount,
        numerator: i64,
        denominator: i64,
        above: bool,
    },
    /// Both dates are there and the second is not before the first.
    InOrder {
        first: u32,
        second: u32,
    },
    /// The condition holds for every record that the field links to, and there is one.
    Linked {
        field: u32,
        condition: Box<Condition>,
    },
    /// The deadline is open and its last day is over.
    Overdue(u32),
    /// The deadline exists on the record.
    HasDeadline(u32),
    /// done ≤ effective due.
    MetInTime(u32),
    /// Neither met nor cancelled.
    DeadlineOpen(u32),
    Flag(crate::record::EntryFlags),
}
