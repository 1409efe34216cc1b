//! An office on an in-memory store, with a clock that the story sets.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use shared::calendar::{Calendar, Legal};
use shared::catalogue::model::{Catalogue, NodeKind};
use shared::command::Place;
use shared::exchange::Townships;
use shared::ids::{RecordId, Site, TownshipCode};
use shared::ledger::{Act, By, Ledger, Shown, find_kind};
use shared::program::{Clock as _, Failure, ManualClock, day_start_ms};
use shared::record::{Day, Role};
use shared::store::Store;
use shared::tally::{Level, Line, Membership, Missing, Question, Whom};
use shared::view::{Folder, read};

pub struct Office {
    store: Store,
    catalogue: Arc<Catalogue>,
    clock: ManualClock,
    calendar: Arc<Calendar>,
    townships: Townships,
    node: NodeKind,
}

/// Somebody at the keyboard of the office.
#[derive(Clone)]
pub struct Hand<'a> {
    office: &'a Office,
    by: By,
    reason: String,
}

fn code(text: &str) -> TownshipCode {
    text.parse().expect("nine digits")
}

fn own() -> TownshipCode {
    code("330282002")
}

impl Office {
    /// 坎墩镇, at ten in the morning of a day.
    pub fn town(day: &str) -> Self {
        Self::of(NodeKind::Town, day)
    }

    pub fn subdistrict(day: &str) -> Self {
        Self::of(NodeKind::Subdistrict, day)
    }

    fn of(node: NodeKind, day: &str) -> Self {
        let catalogue = Catalogue::builtin();
        let office = Self {
            store: Store::memory(Arc::new(Folder::new(Arc::clone(&catalogue)))),
            catalogue,
            clock: ManualClock::new(0, 7),
            calendar: Calendar::builtin(),
            townships: Townships::new([
                (own(), "坎墩镇".to_owned()),
                (code("330282003"), "周巷镇".to_owned()),
            ]),
            node,
        };
        office.go_to(day);
        office
    }

    /// Ten in the morning of a day.
    pub fn go_to(&self, day: &str) {
        let day: Day = day.parse().expect("a day");
        self.clock.set(day_start_ms(day) + 10 * 3_600_000);
    }

    pub fn today(&self) -> String {
        self.clock.today().to_string()
    }

    fn with<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let profile = self.catalogue.profiles["zhejiang"].clone();
        let legal = Legal::new(Arc::clone(&self.calendar), Arc::new(profile));
        work(&Ledger {
            store: &self.store,
            catalogue: &self.catalogue,
            deadlines: &legal,
            clock: &self.clock,
            place: Place { site: Site::Township(own()), node: Some(self.node), abbr: "坎墩" },
            townships: &self.townships,
            staff: &|role| format!("u{}", role.number()),
        })
    }

    fn hand(&self, role: Role) -> Hand<'_> {
        let by = By { role: role.code().to_owned(), staff: None, on_behalf: false };
        Hand { office: self, by, reason: String::new() }
    }

    pub fn clerk(&self) -> Hand<'_> {
        self.hand(Role::TClerk)
    }

    pub fn chair(&self) -> Hand<'_> {
        self.hand(Role::TChair)
    }

    pub fn vice(&self) -> Hand<'_> {
        self.hand(Role::TVice)
    }

    pub fn unit(&self) -> Hand<'_> {
        self.hand(Role::TUnit)
    }

    pub fn deputy(&self) -> Hand<'_> {
        self.hand(Role::TDeputy)
    }

    #[track_caller]
    pub fn shown(&self, id: &str) -> Shown {
        self.with(|ledger| ledger.show(id, Role::TClerk)).unwrap_or_else(|failure| panic!("{id}: {failure}"))
    }

    /// The Chinese label of a record's status.
    #[track_caller]
    pub fn status(&self, id: &str) -> String {
        self.shown(id).status_label.zh
    }

    /// A value by the id of its field, as programs see it; null where it is empty.
    #[track_caller]
    pub fn value(&self, id: &str, field: &str) -> Json {
        let shown = self.shown(id);
        shown.fields.get(field).or(shown.local.get(field)).cloned().unwrap_or(Json::Null)
    }

    /// A value as people see it, by the label of its field; empty where it is.
    #[track_caller]
    pub fn words(&self, id: &str, label: &str) -> String {
        let shown = self.shown(id);
        let fields = shown.sections.iter().flat_map(|section| &section.fields);
        let mut found = fields.filter(|field| field.label.zh == label);
        found.next().map(|field| field.text.zh.clone()).unwrap_or_default()
    }

    /// When a deadline of a record ends, and whether it is `"open"`, `"met"`, `"late"` or `"cancelled"`.
    #[track_caller]
    pub fn deadline(&self, id: &str, code: &str) -> (String, &'static str) {
        let shown = self.shown(id);
        let found = shown.deadlines.into_iter().find(|deadline| deadline.code == code);
        let deadline = found.unwrap_or_else(|| panic!("{id} has no {code}"));
        let state = match (&deadline.done, deadline.late, deadline.cancelled) {
            (_, _, true) => "cancelled",
            (Some(_), true, _) => "late",
            (Some(_), false, _) => "met",
            (None, ..) => "open",
        };
        (deadline.due, state)
    }

    /// Records of a kind that are not void, in the order in which they came about.
    #[track_caller]
    pub fn all(&self, kind: &str) -> Vec<Shown> {
        let tag = find_kind(&self.catalogue, kind).unwrap_or_else(|failure| panic!("{failure}")).tag;
        let mut ids: Vec<RecordId> = Vec::new();
        self.store.read(|views| {
            read::list_all(views, tag, &mut |line| {
                ids.push(line.id);
                true
            });
        });
        ids.sort_unstable();
        let shown = ids.iter().map(|id| self.shown(&id.to_string()));
        shown.filter(|shown| !shown.voided).collect()
    }

    /// Approved entries of the performance register that came of a record: (deputy, attendance, days).
    #[track_caller]
    pub fn entries_of(&self, source: &str) -> Vec<(String, String, String)> {
        let source = Json::String(self.shown(source).id.to_string());
        let entries = self.all("performance").into_iter();
        let of = |entry: &Shown| {
            let links = entry.fields.iter().any(|(id, value)| id.starts_with("source_") && *value == source);
            links && entry.status == "approved"
        };
        let word = |entry: &Shown, field: &str| {
            let value = entry.fields.get(field).and_then(Json::as_str).unwrap_or_default();
            value.to_owned()
        };
        let mut found: Vec<_> = entries
            .filter(of)
            .map(|entry| {
                let deputy = self.title(&word(&entry, "deputy"));
                (deputy, word(&entry, "attendance"), word(&entry, "days"))
            })
            .collect();
        found.sort();
        found
    }

    /// What the list calls a record.
    #[track_caller]
    pub fn title(&self, id: &str) -> String {
        let shown = self.shown(id);
        let kind = self.catalogue.kind(&shown.kind).expect("a kind of the catalogue");
        let field = &kind.fields[&kind.title].id;
        let value = shown.fields.get(field).or(shown.local.get(field));
        value.and_then(Json::as_str).unwrap_or_default().to_owned()
    }

    #[track_caller]
    fn lines(&self, id: &str, period: &str) -> Vec<Line> {
        let question = Question {
            ids: vec![id.to_owned()],
            level: Level::Township,
            days: shared::tally::Span::Same(period.parse().expect("a period")),
            as_of: self.clock.today(),
            offices: BTreeMap::from([(own(), Some(self.node))]),
        };
        let lines = self
            .store
            .read(|views| shared::tally::query(views, &self.catalogue, &Membership::default(), &question));
        let ours = lines.into_iter().filter(|line| line.whom == Whom::Township(own()));
        let ours: Vec<Line> = ours.collect();
        assert!(!ours.is_empty(), "no figure is called {id}");
        ours
    }

    #[track_caller]
    fn total(&self, id: &str, period: &str) -> Line {
        let total = self.lines(id, period).into_iter().find(|line| line.split.is_none());
        total.expect("a total")
    }

    /// A figure of the office for a period, as it is printed.
    #[track_caller]
    pub fn figure(&self, id: &str, period: &str) -> String {
        self.total(id, period).figure.to_string()
    }

    /// The part of a figure that belongs to a choice, by its key.
    #[track_caller]
    pub fn part(&self, id: &str, key: &str, period: &str) -> String {
        let lines = self.lines(id, period).into_iter();
        let mut of = lines.filter(|line| line.part.as_ref().is_some_and(|part| part.key == key));
        of.next().map_or_else(|| "0".to_owned(), |line| line.figure.to_string())
    }

    /// Whether the target of a figure is met.
    #[track_caller]
    pub fn met(&self, id: &str, period: &str) -> Option<bool> {
        self.total(id, period).met
    }

    /// Whom a coverage misses, by name.
    #[track_caller]
    pub fn missing(&self, id: &str, period: &str) -> Vec<String> {
        let missing = self.total(id, period).missing.into_iter();
        let mut names: Vec<String> = missing
            .map(|missing| match missing {
                Missing::Record(id) => self.title(&id.to_string()),
                Missing::Choice(_, part) => part.key,
                Missing::Township(code) => code.to_string(),
            })
            .collect();
        names.sort();
        names
    }
}

impl Hand<'_> {
    /// The same role under another account.
    pub fn named(&self, account: &str) -> Self {
        let by = By { staff: Some(account.to_owned()), ..self.by.clone() };
        Self { by, ..self.clone() }
    }

    pub fn because(&self, reason: &str) -> Self {
        Self { reason: reason.to_owned(), ..self.clone() }
    }

    fn act(&self, kind: &str, record: Option<&str>, action: &str, set: &[&str]) -> Result<Shown, Failure> {
        let ask = Act {
            kind: kind.to_owned(),
            record: record.map(str::to_owned),
            action: action.to_owned(),
            set: set.iter().map(|set| (*set).to_owned()).collect(),
            reason: self.reason.clone(),
            by: self.by.clone(),
        };
        self.office.with(|ledger| ledger.act(&ask)).map(|acted| acted.shown)
    }

    /// Makes a record, and says its id.
    #[track_caller]
    pub fn opens(&self, kind: &str, action: &str, set: &[&str]) -> String {
        match self.act(kind, None, action, set) {
            Ok(shown) => shown.id.to_string(),
            Err(failure) => panic!("{kind} {action}: {}", said(&failure)),
        }
    }

    /// Takes a step with a record.
    #[track_caller]
    pub fn does(&self, record: &str, action: &str, set: &[&str]) -> Shown {
        match self.act("", Some(record), action, set) {
            Ok(shown) => shown,
            Err(failure) => panic!("{action}: {}", said(&failure)),
        }
    }

    /// What the office is told when the record may not be made.
    #[track_caller]
    pub fn may_not_open(&self, kind: &str, action: &str, set: &[&str]) -> String {
        match self.act(kind, None, action, set) {
            Ok(shown) => panic!("{action} is done: {}", shown.short),
            Err(failure) => said(&failure),
        }
    }

    /// What the office is told when the step may not be taken; nothing has changed then.
    #[track_caller]
    pub fn refused(&self, record: &str, action: &str, set: &[&str]) -> String {
        let before = self.office.shown(record);
        match self.act("", Some(record), action, set) {
            Ok(shown) => panic!("{action} is done: now {}", shown.status_label.zh),
            Err(failure) => {
                assert_eq!(self.office.shown(record).rev, before.rev, "a refusal changes nothing");
                said(&failure)
            }
        }
    }
}

/// The Chinese words of a failure: its one sentence, or its problems side by side.
fn said(failure: &Failure) -> String {
    let details: Vec<&str> = failure.said.details.iter().map(|detail| detail.zh.as_str()).collect();
    if details.is_empty() { failure.said.message.zh.clone() } else { details.join("；") }
}

/// Child rows in the clerk's form: `rows("议程", &[&[("列", "值")]])`.
pub fn rows(field: &str, rows: &[&[(&str, &str)]]) -> String {
    let row = |cells: &&[(&str, &str)]| {
        let cells = cells.iter().map(|(column, value)| ((*column).to_owned(), Json::from(*value)));
        Json::Object(cells.collect())
    };
    format!("{field}={}", Json::Array(rows.iter().map(row).collect()))
}

/// Who was there: so many of the deputies present in their order, then on leave, then absent.
pub fn roll(field: &str, deputies: &[String], present: usize, leave: usize, absent: usize) -> String {
    assert!(present + leave + absent <= deputies.len(), "more on the roll than there are deputies");
    let ways = std::iter::repeat_n("PRESENT", present)
        .chain(std::iter::repeat_n("LEAVE", leave))
        .chain(std::iter::repeat_n("ABSENT", absent));
    let row = |(deputy, way): (&String, &str)| serde_json::json!({ "deputy": deputy, "attendance": way });
    format!("{field}={}", Json::Array(deputies.iter().zip(ways).map(row).collect()))
}
