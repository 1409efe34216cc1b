//! Somebody at the keyboard of a program, whichever it is: acts and looks in the words of the catalogue.

use county_hub::app::ask::Ask as _;
use county_hub::app::{App, record};
use serde_json::Value as Json;
use shared::ids::RecordId;
use shared::ledger::{Act, Acted, By, List, Listing, Shown};
use shared::program::Failure;
use shared::record::Role;
use township_node::app::{Node, Wish};

/// A program with a ledger.
pub trait Program {
    /// # Errors
    /// What the rules or the machine say no to.
    fn take(&self, act: Act) -> Result<Acted, Failure>;
    /// # Errors
    /// There is no such record.
    fn look(&self, id: RecordId) -> Result<Shown, Failure>;
    /// # Errors
    /// The kind or a filter is not known.
    fn listing(&self, list: &List) -> Result<Listing, Failure>;
}

impl Program for App {
    fn take(&self, act: Act) -> Result<Acted, Failure> {
        record::Act(act).answer(self)
    }

    fn look(&self, id: RecordId) -> Result<Shown, Failure> {
        record::Show { record: id.to_string() }.answer(self)
    }

    fn listing(&self, list: &List) -> Result<Listing, Failure> {
        record::List(list.clone()).answer(self)
    }
}

impl Program for Node {
    fn take(&self, act: Act) -> Result<Acted, Failure> {
        let Act { kind, record, action, set, reason, by } = act;
        let role = Role::from_code(&by.role);
        let wish = Wish { set, reason, role, staff: by.staff, on_behalf: by.on_behalf };
        match record {
            Some(record) => self.act_on(&record, &action, &wish),
            None => self.create(&kind, Some(&action), &wish),
        }
    }

    fn look(&self, id: RecordId) -> Result<Shown, Failure> {
        self.show(&id.to_string(), None)
    }

    fn listing(&self, list: &List) -> Result<Listing, Failure> {
        self.list(list)
    }
}

/// Somebody at the keyboard, in a role. What is refused that should not be ends the test with the words of the refusal.
pub struct Desk<'a, P> {
    program: &'a P,
    role: Role,
    staff: Option<&'static str>,
}

impl<P> Clone for Desk<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Desk<'_, P> {}

impl<'a, P: Program> Desk<'a, P> {
    /// Everybody in a role has the account `u` and its number.
    pub fn new(program: &'a P, role: Role) -> Self {
        Self { program, role, staff: None }
    }

    /// The same role under another account.
    #[must_use]
    pub fn named(self, staff: &'static str) -> Self {
        Self { staff: Some(staff), ..self }
    }

    fn ask(
        &self,
        kind: &str,
        record: Option<RecordId>,
        action: &str,
        set: &[&str],
    ) -> Result<RecordId, Failure> {
        let own = || format!("u{}", self.role.number());
        let staff = Some(self.staff.map_or_else(own, str::to_owned));
        let act = Act {
            kind: kind.to_owned(),
            record: record.map(|id| id.to_string()),
            action: action.to_owned(),
            set: set.iter().map(|set| (*set).to_owned()).collect(),
            reason: "因故".to_owned(),
            by: By { role: self.role.code().to_owned(), staff, on_behalf: false },
        };
        self.program.take(act).map(|acted| acted.record)
    }

    /// Enters a new record.
    ///
    /// # Panics
    /// It is refused.
    #[track_caller]
    pub fn enter(&self, kind: &str, action: &str, set: &[&str]) -> RecordId {
        self.ask(kind, None, action, set)
            .unwrap_or_else(|why| panic!("{kind} {action} by {}: {}", self.role.code(), words(&why)))
    }

    /// Takes an action of a record.
    ///
    /// # Panics
    /// It is refused.
    #[track_caller]
    pub fn act(&self, id: RecordId, action: &str, set: &[&str]) {
        self.ask("", Some(id), action, set)
            .unwrap_or_else(|why| panic!("{action} by {}: {}", self.role.code(), words(&why)));
    }

    /// Takes an action; what is said if it is refused, or nothing.
    pub fn act_or(&self, id: RecordId, action: &str, set: &[&str]) -> String {
        self.ask("", Some(id), action, set).map_or_else(|why| words(&why), |_| String::new())
    }

    /// What is said to whoever may not take an action.
    ///
    /// # Panics
    /// It is done.
    #[track_caller]
    pub fn refused(&self, id: RecordId, action: &str, set: &[&str]) -> String {
        match self.ask("", Some(id), action, set) {
            Ok(_) => panic!("{action} by {} was not refused", self.role.code()),
            Err(why) => words(&why),
        }
    }

    /// What is said to whoever may not enter a record.
    ///
    /// # Panics
    /// It is entered.
    #[track_caller]
    pub fn refused_new(&self, kind: &str, action: &str, set: &[&str]) -> String {
        match self.ask(kind, None, action, set) {
            Ok(_) => panic!("{kind} {action} by {} was not refused", self.role.code()),
            Err(why) => words(&why),
        }
    }

    /// # Panics
    /// There is no such record.
    #[track_caller]
    pub fn shown(&self, id: RecordId) -> Shown {
        self.program.look(id).unwrap_or_else(|why| panic!("{id}: {}", words(&why)))
    }

    /// A field as programs read it, nothing if it is empty.
    ///
    /// # Panics
    /// There is no such record.
    #[track_caller]
    pub fn value(&self, id: RecordId, field: &str) -> String {
        value(&self.shown(id), field)
    }

    /// Records of a kind in a status, in any where none is named: everybody's that the program has.
    ///
    /// # Panics
    /// The kind or the status is not known, or there are more than a list shows.
    #[track_caller]
    pub fn list(&self, kind: &str, status: &str) -> Vec<RecordId> {
        let status = (!status.is_empty()).then(|| status.to_owned());
        let limit = Some(shared::limits::LIST_ROWS_MAX);
        let list = List { kind: kind.to_owned(), status, limit, ..List::default() };
        let listing = self.program.listing(&list).unwrap_or_else(|why| panic!("{kind}: {}", words(&why)));
        assert!(!listing.more, "more of {kind} than a list shows");
        listing.rows.iter().map(|row| row.id).collect()
    }

    /// The one record of a kind in a status.
    ///
    /// # Panics
    /// There is none, or there are several.
    #[track_caller]
    pub fn one(&self, kind: &str, status: &str) -> RecordId {
        match self.list(kind, status)[..] {
            [one] => one,
            ref several => panic!("{kind} {status}: {} of them", several.len()),
        }
    }
}

/// A value as programs get it, texts without quotation marks; empty where the field is.
pub fn value(shown: &Shown, field: &str) -> String {
    match shown.fields.get(field).or_else(|| shown.local.get(field)) {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The Chinese words of a failure, each of its lines.
pub fn words(why: &Failure) -> String {
    let lines = std::iter::once(&why.said.message).chain(&why.said.details);
    lines.map(|text| text.zh.as_str()).collect::<Vec<_>>().join("\n")
}

/// `field=` and the record that is meant.
pub fn link(field: &str, id: RecordId) -> String {
    format!("{field}={id}")
}

/// `field=` and the records that are meant.
pub fn links(field: &str, ids: &[RecordId]) -> String {
    let ids: Vec<_> = ids.iter().map(RecordId::to_string).collect();
    format!("{field}={}", ids.join("、"))
}

/// `field=` and child rows.
pub fn rows(field: &str, rows: impl IntoIterator<Item = Json>) -> String {
    format!("{field}={}", rows.into_iter().collect::<Json>())
}
