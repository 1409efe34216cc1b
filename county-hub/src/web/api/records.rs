//! Records, one by one or in pages.

use serde_json::{Map, Value as Json};
use shared::catalogue::model::{Catalogue, Kind};
use shared::ids::{RecordId, Site, TownshipCode};
use shared::ledger::value_json;
use shared::program::{Failure, rfc3339};
use shared::record::{DeadlineState, EntryFlags, Record, Step, Value};

use super::AFTER;
use crate::app::key::Door;
use crate::app::report::{Page, Seen};
use crate::limits;
use crate::web::query::{Needed, Param, Shape, mark_text};
use crate::web::route::{Asked, Gives, Keeping, Reply, Route};
use crate::web::schema::{Date, Moment, Words, answer};

pub(super) static MANY: Route = Route {
    id: "records",
    path: "/api/v1/records",
    door: Some(Door::Api),
    zh: "一种台账的记录，分页",
    en: "Records of one kind, in pages",
    params: &PARAMS,
    gives: Gives::json::<Records>(),
    keeping: Keeping::No,
    missing: true,
    answer: many,
};

pub(super) static ONE: Route = Route {
    id: "record",
    path: "/api/v1/records/{id}",
    door: Some(Door::Api),
    zh: "一条记录及其经过",
    en: "One record and what happened to it",
    params: &[Param {
        name: "id",
        shape: Shape::Record,
        zh: "记录号",
        en: "id of the record",
        needed: Needed::Path,
    }],
    gives: Gives::json::<Whole>(),
    keeping: Keeping::No,
    missing: true,
    answer: one,
};

static PARAMS: [Param; 4] = [
    Param {
        name: "kind",
        shape: Shape::Name,
        zh: "台账，如 proposal；见 kinds",
        en: "id of the kind, such as proposal; see kinds",
        needed: Needed::Yes,
    },
    Param {
        name: "township",
        shape: Shape::Township,
        zh: "一个乡镇自己的记录；县里的台账则为发给它的；不写为能看的全部",
        en: "a township's own records, of the county's kinds those addressed to it; all that the key sees without it",
        needed: Needed::No,
    },
    Param {
        name: "limit",
        shape: Shape::Number(1, limits::REPORT_RECORDS_MAX, limits::REPORT_RECORDS_DEFAULT),
        zh: "一页最多几条；一页过大时会更早结束",
        en: "records in a page at most; a page that grows too large ends earlier",
        needed: Needed::No,
    },
    AFTER,
];

answer! {
    /// A page of records, owner by owner, the newest date first.
    pub struct Records {
        /// Version of the catalogue by which fields and statuses are named.
        pub catalogue: String,
        pub records: Vec<Item>,
        /// To be sent as after for the next page; null at the end. It says nothing else. A record that gets another date
        /// between two pages may be told twice or not at all.
        pub next: Option<String>,
    }

    /// A record as it stands.
    pub struct Item {
        pub id: RecordId,
        /// Id of its kind.
        pub kind: String,
        /// Who writes it; null for the county.
        pub township: Option<TownshipCode>,
        /// Grows with every change.
        pub rev: u32,
        pub status: String,
        pub status_label: Words,
        /// Text of the field that the kind names as its title; null while it is empty or stays in the office.
        pub title: Option<String>,
        pub created_at: Moment,
        pub changed_at: Moment,
        /// Past work, taken over from a ledger.
        pub imported: bool,
        /// Void: kept, and counted nowhere.
        pub voided: bool,
        /// Values by the ids of their fields: texts, numbers, flags, days, keys of choices, ids of records, codes of
        /// townships, lists of these, rows as objects.
        pub fields: Map<String, Json>,
        pub deadlines: Vec<Deadline>,
    }

    /// A deadline of a record.
    pub struct Deadline {
        pub code: String,
        pub label: Words,
        pub start: Date,
        /// Last day, moved and extended as the rules say.
        pub due: Date,
        pub done: Option<Date>,
        pub cancelled: bool,
        /// The holidays of its year are not known yet.
        pub provisional: bool,
        pub extensions: u32,
    }

    /// A record and what happened to it.
    pub struct Whole {
        pub catalogue: String,
        pub record: Item,
        /// What happened, the oldest first; of very many the newest 200.
        pub steps: Vec<Happened>,
    }

    /// One step in a record's history.
    pub struct Happened {
        /// The revision that it made.
        pub rev: u32,
        pub at: Moment,
        /// Id of the action; edit for a plain change.
        pub action: String,
        pub label: Words,
        /// Status after it; null where it did not change.
        pub status: Option<String>,
        pub role: String,
        /// Code of the account; names stay in the office.
        pub staff: String,
        /// Entered for somebody whose right it is.
        pub on_behalf: bool,
        /// As far as the kind lets reasons leave the office.
        pub reason: Option<String>,
    }
}

fn many(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let (app, query) = (asked.app, asked.query);
    let catalogue = app.catalogue();
    let name = query.text("kind").unwrap_or_default();
    let kind = catalogue.kind(name).ok_or_else(|| {
        Failure::not_found(format!("没有台账“{name}”。"), format!("There is no kind \"{name}\"."))
    })?;
    let page = Page {
        kind: kind.tag,
        township: query.owned("township").unwrap_or_default(),
        limit: query.number("limit").unwrap_or_default(),
        after: query.mark("after"),
    };
    let (records, next) = app.report_records(asked.caller.viewer()?, &page)?;
    Reply::json(&Records {
        catalogue: catalogue.version.clone(),
        records: records.iter().map(|record| item(catalogue, record)).collect(),
        next: mark_text(&next),
    })
}

fn one(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let catalogue = asked.app.catalogue();
    let id = asked.query.record("id").ok_or_else(|| Failure::internal("a route without its record"))?;
    let seen = asked.app.report_record(asked.caller.viewer()?, id)?;
    let kind = catalogue.kinds.get(&seen.record.kind);
    Reply::json(&Whole {
        catalogue: catalogue.version.clone(),
        record: item(catalogue, &seen.record),
        steps: seen.record.steps.iter().map(|step| happened(kind, step, &seen)).collect(),
    })
}

fn item(catalogue: &Catalogue, record: &Record) -> Item {
    let kind = catalogue.kinds.get(&record.kind);
    let value = |(tag, value): (&u32, &Value)| {
        let field = kind.and_then(|kind| kind.fields.get(tag));
        (field.map_or_else(|| tag.to_string(), |field| field.id.clone()), value_json(field, value))
    };
    let title = match kind.and_then(|kind| record.fields.get(&kind.title)) {
        Some(Value::Text(title)) => Some(title.clone()),
        _ => None,
    };
    let (status, status_label) = status(kind, record.status);
    Item {
        id: record.id,
        kind: kind.map_or_else(|| record.kind.to_string(), |kind| kind.id.clone()),
        township: match record.stream.writer() {
            Site::Township(code) => Some(code),
            Site::Hub => None,
        },
        rev: record.rev,
        status,
        status_label,
        title,
        created_at: Moment(rfc3339(record.created_at)),
        changed_at: Moment(rfc3339(record.changed_at)),
        imported: record.flags.has(EntryFlags::IMPORTED),
        voided: record.flags.has(EntryFlags::VOIDED),
        fields: record.fields.iter().map(value).collect(),
        deadlines: record.deadlines.values().map(|state| deadline(catalogue, state)).collect(),
    }
}

/// Id and label; the number where the catalogue does not know it.
fn status(kind: Option<&Kind>, tag: u32) -> (String, Words) {
    match kind.and_then(|kind| kind.statuses.get(&tag)) {
        Some(status) => (status.id.clone(), Words::from(&status.label)),
        None => (tag.to_string(), Words::of(tag.to_string(), tag.to_string())),
    }
}

fn deadline(catalogue: &Catalogue, state: &DeadlineState) -> Deadline {
    let kind = catalogue.deadlines.get(&state.kind);
    let number = state.kind.to_string();
    Deadline {
        code: kind.map_or_else(|| number.clone(), |kind| kind.code.clone()),
        label: kind.map_or_else(|| Words::of(&number, &number), |kind| Words::from(&kind.label)),
        start: Date(state.start.to_string()),
        due: Date(state.effective_due.to_string()),
        done: state.done.map(|day| Date(day.to_string())),
        cancelled: state.cancelled,
        provisional: state.provisional,
        extensions: state.extensions,
    }
}

fn happened(kind: Option<&Kind>, step: &Step, seen: &Seen) -> Happened {
    let action = kind.and_then(|kind| kind.actions.get(&step.action));
    let flag = |flag| step.flags.has(flag);
    let (id, label) = match action {
        Some(action) => (action.id.as_str(), Words::from(&action.label)),
        None if flag(EntryFlags::VOIDED) => ("void", Words::of("作废", "void")),
        None if flag(EntryFlags::IMPORTED) => ("import", Words::of("历史导入", "imported")),
        None if flag(EntryFlags::RESTATED) => ("restate", Words::of("重报", "sent whole")),
        None => ("edit", Words::of("修改", "edit")),
    };
    Happened {
        rev: step.rev,
        at: Moment(rfc3339(step.at)),
        action: id.to_owned(),
        label,
        status: (step.status != 0).then(|| status(kind, step.status).0),
        role: step.role.code().to_owned(),
        staff: step.staff.clone(),
        on_behalf: step.on_behalf,
        reason: seen.reasons.get(&step.rev).cloned(),
    }
}
