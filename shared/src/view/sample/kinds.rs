//! A small catalogue built in Rust, for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::model::*;
use crate::command::Deadlines;
use crate::ids::TownshipCode;
use crate::record::{Day, DeadlineState, Role, Value};

pub const LETTER: u32 = 6;
pub const NOTICE: u32 = 20;
pub const DISTRICT: u32 = 21;
pub const MEMBERSHIP: u32 = 22;
pub const REPLY_DUE: u32 = 1;
pub const TODAY: Day = Day(20_780);

fn label(text: &str) -> Label {
    Label { zh: format!("«{text}»"), en: text.to_owned() }
}

fn field(tag: u32, id: &str, shape: Shape) -> Field {
    Field {
        tag,
        id: id.to_owned(),
        label: label(id),
        shape,
        privacy: Privacy::Sync,
        required_in: Vec::new(),
        derived: false,
        headings: Vec::new(),
        default: None,
        compute: None,
        locks_in: Vec::new(),
        help: None,
    }
}

pub fn text() -> Shape {
    Shape::Text { max: 120, lines: false, pattern: None }
}

fn choice(id: u32, key: &str) -> Choice {
    Choice { id, key: key.to_owned(), label: label(key), headings: Vec::new(), mark: String::new() }
}

fn status(tag: u32, id: &str, open: bool, draft: bool) -> Status {
    Status { tag, id: id.to_owned(), label: label(id), open, draft }
}

fn action(tag: u32, id: &str, from: &[u32], to: Option<u32>, roles: &[Role]) -> Action {
    Action {
        tag,
        id: id.to_owned(),
        label: label(id),
        from: from.to_vec(),
        to,
        roles: roles.to_vec(),
        behalf: Vec::new(),
        nodes: Vec::new(),
        requires: Vec::new(),
        accepts: Vec::new(),
        reason: Reason::Optional,
        guards: Vec::new(),
        effects: Vec::new(),
    }
}

fn map<T>(items: Vec<T>, tag: impl Fn(&T) -> u32) -> BTreeMap<u32, T> {
    items.into_iter().map(|item| (tag(&item), item)).collect()
}

fn measure(tag: u32, id: &str, condition: Condition, on: On, window: Window) -> Measure {
    Measure {
        tag,
        id: id.to_owned(),
        label: label(id),
        of: Of::Count,
        condition,
        on,
        split: None,
        township: None,
        rows: None,
        by: None,
        target: None,
        window,
    }
}

fn kind(
    id: &str,
    tag: u32,
    owner: Owner,
    fields: Vec<Field>,
    statuses: Vec<Status>,
    actions: Vec<Action>,
) -> Kind {
    Kind {
        id: id.to_owned(),
        tag,
        code: format!("X{tag}"),
        label: label(id),
        owner,
        nodes: vec![NodeKind::Town, NodeKind::Township],
        address: Address::All,
        title: 1,
        date: 2,
        responsible: None,
        reason_privacy: Privacy::Sync,
        local_when: None,
        fields: map(fields, |f| f.tag),
        statuses: map(statuses, |s| s.tag),
        actions: map(actions, |a| a.tag),
        numbering: None,
        plan_statuses: Vec::new(),
        delegation: None,
        staff: None,
        reference: None,
        sample: None,
        returns: Default::default(),
        calendar: None,
        list: vec![1],
        form: Vec::new(),
        measures: Vec::new(),
        rates: Vec::new(),
        coverages: Vec::new(),
        reactions: Vec::new(),
        reminders: Vec::new(),
        term: None,
        session: None,
        veto: None,
        import: None,
        no_import: None,
    }
}

/// registered → handling → replied → archived, with a deadline, a local field, a number, and private letters.
fn letter() -> Kind {
    let clerk = [Role::TClerk];
    let mut name = field(3, "name", text());
    name.privacy = Privacy::Local;
    let mut number = field(4, "number", text());
    number.derived = true;
    let mut unit = field(5, "unit", text());
    unit.required_in = vec![2, 3, 4];
    let fields = vec![
        Field { required_in: vec![1, 2, 3, 4], ..field(1, "title", text()) },
        Field { required_in: vec![1, 2, 3, 4], ..field(2, "received_on", Shape::Date) },
        name,
        number,
        unit,
        field(
            6,
            "category",
            Shape::Choice(vec![choice(1, "CLAIM"), choice(2, "ACCUSE"), choice(3, "ADVICE")]),
        ),
        field(7, "replied_on", Shape::Date),
        field(8, "extended_to", Shape::Date),
        field(9, "urges", Shape::Number { min: 0, max: 100 }),
        field(10, "related", Shape::Links(vec![LETTER])),
    ];
    let statuses = vec![
        status(1, "registered", true, false),
        status(2, "handling", true, false),
        status(3, "replied", true, false),
        status(4, "archived", false, false),
    ];
    let mut register = action(1, "register", &[], Some(1), &clerk);
    register.effects = vec![Effect::Number];
    let mut transfer = action(2, "transfer", &[1], Some(2), &[Role::TChair]);
    transfer.requires = vec![5];
    transfer.effects =
        vec![Effect::Start { deadline: REPLY_DUE, from: Some(2), due: None, when: None, complex: None }];
    let mut extend = action(3, "extend", &[2], Some(2), &[Role::TChair]);
    extend.requires = vec![8];
    extend.reason = Reason::Required;
    extend.guards = vec![Guard::ExtensionsBelow { deadline: REPLY_DUE, count: 1 }];
    extend.effects = vec![Effect::Extend { deadline: REPLY_DUE, to: 8 }];
    let mut urge = action(4, "urge", &[1, 2], None, &clerk);
    urge.effects = vec![Effect::Increment { field: 9 }];
    let mut reply = action(5, "reply", &[2], Some(3), &clerk);
    reply.requires = vec![7];
    reply.guards = vec![Guard::NotFuture(7), Guard::Order { first: 2, second: 7 }];
    reply.effects = vec![Effect::Meet { deadline: REPLY_DUE, on: Some(7) }];
    let mut back = action(6, "return", &[3], Some(2), &[Role::TChair]);
    back.guards = vec![Guard::NotSameStaffAs { action: 5 }];
    let archive = action(7, "archive", &[3], Some(4), &clerk);
    let mut kind = kind(
        "letter",
        LETTER,
        Owner::Township,
        fields,
        statuses,
        vec![register, transfer, extend, urge, reply, back, archive],
    );
    kind.reason_privacy = Privacy::Local;
    kind.local_when = Some(Condition::In { field: 6, values: vec![Value::Choice(2)] });
    kind.numbering = Some(Numbering {
        field: 4,
        format: vec![
            Piece::Abbr,
            Piece::Literal("人信〔".to_owned()),
            Piece::Year,
            Piece::Literal("〕".to_owned()),
            Piece::Number(1),
            Piece::Literal("号".to_owned()),
        ],
        year_of: Some(2),
        per: Vec::new(),
    });
    let received = On::Field(2);
    kind.measures = vec![
        Measure {
            split: Some(Source::Field(6)),
            ..measure(1, "B1", Condition::All(vec![]), received, Window::Period)
        },
        Measure { of: Of::Sum(9), ..measure(2, "B13", Condition::All(vec![]), received, Window::Period) },
        measure(3, "B5d", Condition::HasDeadline(REPLY_DUE), On::Due(REPLY_DUE), Window::Period),
        measure(4, "B5n", Condition::MetInTime(REPLY_DUE), On::Due(REPLY_DUE), Window::Period),
        measure(5, "B7", Condition::DeadlineOpen(REPLY_DUE), On::Due(REPLY_DUE), Window::BeforeAsOf),
    ];
    kind.rates = vec![Rate {
        id: "B5".to_owned(),
        label: label("on time"),
        numerator: vec!["B5n".to_owned()],
        denominator: Some("B5d".to_owned()),
        form: RateForm::Percent,
        target: None,
    }];
    kind.import = Some(Import {
        key: Some(4),
        township_headings: Vec::new(),
        status: vec![(Condition::Filled(7), 3), (Condition::All(vec![]), 1)],
        deadlines: vec![ImportDeadline { deadline: REPLY_DUE, from: 2, due: None, met: Some(7) }],
    });
    kind
}

/// draft → sent, to a district or to all.
fn notice() -> Kind {
    let office = [Role::COffice];
    let fields = vec![
        field(1, "title", text()),
        field(2, "date", Shape::Date),
        field(3, "district", Shape::Link(vec![DISTRICT])),
    ];
    let statuses = vec![
        status(1, "draft", true, true),
        status(2, "sent", true, false),
        status(3, "closed", false, false),
    ];
    let write = action(1, "write", &[], Some(1), &office);
    let mut send = action(2, "send", &[1], Some(2), &office);
    send.effects = vec![Effect::Publish];
    let mut say = action(3, "say", &[], Some(2), &office);
    say.effects = vec![Effect::Publish];
    let close = action(4, "close", &[2], Some(3), &office);
    let mut kind = kind("notice", NOTICE, Owner::County, fields, statuses, vec![write, send, say, close]);
    kind.address = Address::DistrictIn(3);
    kind.measures = vec![measure(6, "F2", Condition::All(vec![]), On::Field(2), Window::Period)];
    kind
}

fn districts() -> [Kind; 2] {
    let admin = [Role::CAdmin];
    let in_force = || vec![status(1, "in_force", true, false)];
    let publish = |mut action: Action| {
        action.effects = vec![Effect::Publish];
        action
    };
    let district = kind(
        "district",
        DISTRICT,
        Owner::County,
        vec![field(1, "name", text()), field(2, "active_from", Shape::Date)],
        in_force(),
        vec![publish(action(1, "found", &[], Some(1), &admin))],
    );
    let fields = vec![
        field(1, "note", text()),
        field(2, "from", Shape::Date),
        field(3, "to", Shape::Date),
        field(4, "township", Shape::Township),
        field(5, "district", Shape::Link(vec![DISTRICT])),
    ];
    let membership = kind(
        "district_membership",
        MEMBERSHIP,
        Owner::County,
        fields,
        in_force(),
        vec![publish(action(1, "join", &[], Some(1), &admin))],
    );
    [district, membership]
}

pub fn catalogue() -> Arc<Catalogue> {
    let [district, membership] = districts();
    let deadline = DeadlineKind {
        number: REPLY_DUE,
        code: "DL-REPLY".to_owned(),
        label: label("reply"),
        runs: Runs::After,
    };
    Arc::new(Catalogue {
        kinds: map(vec![letter(), notice(), district, membership], |kind| kind.tag),
        deadlines: map(vec![deadline], |deadline| deadline.number),
        profiles: BTreeMap::new(),
        locks: Vec::new(),
        version: "sample".to_owned(),
        files: Default::default(),
    })
}

/// Thirty days, thirty more if complex, extended by at most ten.
pub struct Plain;

impl Deadlines for Plain {
    fn start(&self, deadline: u32, start: Day, complex: bool) -> Option<DeadlineState> {
        let due = start.plus(if complex { 60 } else { 30 });
        let profile = "plain".to_owned();
        Some(DeadlineState {
            kind: deadline,
            start,
            raw_due: due,
            effective_due: due,
            done: None,
            provisional: false,
            profile,
            cancelled: false,
            extensions: 0,
        })
    }
    fn latest(&self, deadline: &DeadlineState) -> Option<Day> {
        Some(if deadline.given() { Day(i32::MAX) } else { deadline.raw_due.plus(10) })
    }
    /// A calendar that moves what is provisional by a day.
    fn refreshed(&self, deadline: &DeadlineState, _complex: bool) -> Option<DeadlineState> {
        let effective_due = deadline.raw_due.plus(1);
        let moves = deadline.provisional && deadline.open();
        moves.then(|| DeadlineState { effective_due, provisional: false, ..deadline.clone() })
    }
}

pub fn township(n: u32) -> TownshipCode {
    TownshipCode::from_number(330_282_000 + n).expect("nine digits")
}
