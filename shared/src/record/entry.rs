//! Entries and records.

use std::collections::BTreeMap;

use super::value::{Day, Fields};
use crate::ids::{RecordId, StreamName};

/// Who acts. Numbers are frozen; labels are in the glossary of roles (domain glossary §1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The program itself (recomputed deadlines, generated entries).
    System,
    TClerk,
    TVice,
    TChair,
    TPresidium,
    TUnit,
    TDeputy,
    TAdmin,
    COffice,
    CDeputy,
    CCommittee,
    CLiaison,
    CDirector,
    CAdmin,
    Auditor,
    /// A role of a newer version; it may do nothing here.
    Unknown(u32),
}

const ROLES: [(Role, u32, &str, &str, &str); 15] = [
    (Role::System, 0, "SYSTEM", "系统", "System"),
    (Role::TClerk, 1, "T_CLERK", "乡镇人大办工作人员", "Township clerk"),
    (Role::TVice, 2, "T_VICE", "副主席", "Vice chair"),
    (Role::TChair, 3, "T_CHAIR", "人大主席", "Chair"),
    (Role::TPresidium, 4, "T_PRESIDIUM", "主席团", "Presidium"),
    (Role::TUnit, 5, "T_UNIT", "承办单位", "Handling unit"),
    (Role::TDeputy, 6, "T_DEPUTY", "代表", "Deputy"),
    (Role::TAdmin, 7, "T_ADMIN", "节点管理员", "Node administrator"),
    (Role::COffice, 20, "C_OFFICE", "县人大办", "County office"),
    (Role::CDeputy, 21, "C_DEPUTY", "代表工委", "County deputies' committee"),
    (Role::CCommittee, 22, "C_COMMITTEE", "工委、专委", "County working committee"),
    (Role::CLiaison, 23, "C_LIAISON", "挂钩联系人", "Liaison member"),
    (Role::CDirector, 24, "C_DIRECTOR", "主任会议", "Directors' meeting"),
    (Role::CAdmin, 25, "C_ADMIN", "枢纽管理员", "Hub administrator"),
    (Role::Auditor, 40, "AUDITOR", "只读", "Auditor"),
];

impl Role {
    /// Every known role, in the order of the table.
    pub fn all() -> impl Iterator<Item = Role> {
        ROLES.iter().map(|row| row.0)
    }
    fn row(self) -> Option<&'static (Role, u32, &'static str, &'static str, &'static str)> {
        ROLES.iter().find(|row| row.0 == self)
    }
    /// The frozen number on the wire.
    pub fn number(self) -> u32 {
        match self {
            Self::Unknown(number) => number,
            known => known.row().map_or(u32::MAX, |row| row.1),
        }
    }
    pub fn from_number(number: u32) -> Self {
        ROLES.iter().find(|row| row.1 == number).map_or(Self::Unknown(number), |row| row.0)
    }
    /// The code used in catalogue files and on the command line, such as `T_CLERK`.
    pub fn code(self) -> &'static str {
        self.row().map_or("UNKNOWN", |row| row.2)
    }
    pub fn from_code(code: &str) -> Option<Self> {
        ROLES.iter().find(|row| row.2 == code).map(|row| row.0)
    }
    /// (Chinese, English)
    pub fn label(self) -> (&'static str, &'static str) {
        self.row().map_or(("未知角色", "Unknown role"), |row| (row.3, row.4))
    }
}

/// Who made a change. `staff` is an account code; names stay in the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub staff: String,
    pub role: Role,
    /// Entered for somebody who brought paper.
    pub on_behalf: bool,
}

impl Actor {
    /// The program itself.
    pub fn program() -> Self {
        Self { staff: String::new(), role: Role::System, on_behalf: false }
    }
}

/// Flags of an entry; unknown bits are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EntryFlags(pub u32);

impl EntryFlags {
    /// Carries the whole record; earlier state is replaced.
    pub const RESTATED: Self = Self(1);
    /// Past work brought in from a ledger; its status was taken over, not decided.
    pub const IMPORTED: Self = Self(2);
    /// Appended again after a recovery.
    pub const RECOVERED: Self = Self(4);
    pub const VOIDED: Self = Self(8);
    /// Made on a branch that lost the record to another change; kept for the clerk to decide, never applied.
    pub const CONFLICTING: Self = Self(16);
    /// The part of a change that stays in the office: values and reason that fold into the record's local values.
    /// Stands only in local streams; its `rev` is that of the change it belongs to.
    pub const PRIVATE: Self = Self(32);

    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A deadline as it stands after an entry; see `Deadline` in record.proto for the meaning of each part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineState {
    /// Frozen number of the deadline kind, see [`crate::catalogue::DeadlineKind`].
    pub kind: u32,
    pub start: Day,
    pub raw_due: Day,
    pub effective_due: Day,
    pub done: Option<Day>,
    pub provisional: bool,
    pub profile: String,
    pub cancelled: bool,
    pub extensions: u32,
}

impl DeadlineState {
    /// What stands in `profile` where the record gave the last day.
    pub const GIVEN: &str = "given";

    /// A deadline whose last day the record gives: no calendar moves it.
    pub fn give(kind: u32, start: Day, due: Day) -> Self {
        Self {
            kind,
            start,
            raw_due: due,
            effective_due: due,
            done: None,
            provisional: false,
            profile: Self::GIVEN.to_owned(),
            cancelled: false,
            extensions: 0,
        }
    }

    /// Whether the record gave its last day.
    pub fn given(&self) -> bool {
        self.profile == Self::GIVEN
    }

    /// Running: neither met nor cancelled.
    pub fn open(&self) -> bool {
        self.done.is_none() && !self.cancelled
    }
}

/// One immutable change of one record.
///
/// Bounds: [`crate::limits`]. `rev` is 1 for the first entry of a record and grows by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub record: RecordId,
    pub kind: u32,
    pub rev: u32,
    /// 0 = plain edit.
    pub action: u32,
    /// Status after it; 0 = unchanged.
    pub status: u32,
    pub set: Fields,
    pub cleared: Vec<u32>,
    pub deadlines: Vec<DeadlineState>,
    pub actor: Actor,
    /// The writer's wall clock in ms; never decides an order.
    pub at: i64,
    pub tick: u32,
    pub flags: EntryFlags,
    pub reason: String,
}

/// One action in a record's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The revision that it made.
    pub rev: u32,
    pub seq: u64,
    pub action: u32,
    pub status: u32,
    pub role: Role,
    pub staff: String,
    /// Entered for somebody whose right it is (代录).
    pub on_behalf: bool,
    pub at: i64,
    pub flags: EntryFlags,
}

/// A record as folded from the entries of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: RecordId,
    pub kind: u32,
    pub stream: StreamName,
    pub rev: u32,
    pub status: u32,
    pub fields: Fields,
    pub deadlines: BTreeMap<u32, DeadlineState>,
    pub created_at: i64,
    pub changed_at: i64,
    pub flags: EntryFlags,
    pub steps: Vec<Step>,
    /// First 16 bytes of the digest of the last entry applied.
    pub last: [u8; 16],
}
