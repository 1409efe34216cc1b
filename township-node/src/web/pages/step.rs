//! A form for each step: making a record, changing it, taking it further. Shown by GET, taken by POST at the same address; what
//! is refused comes back with every value as it was typed, and with what is wrong at its field.

use http::StatusCode;
use maud::{Markup, html};
use shared::catalogue::model::{Action, Field, Kind, Shape};
use shared::command::{self, Act};
use shared::ids::{RecordId, TownshipCode};
use shared::ledger::{By, Step, StepStop, Words};
use shared::program::{Failure, text};
use shared::record::{Actor, Fields, Record, Role, Value};
use shared::ui::crumbs::Crumb;
use shared::ui::form::{self, Ask, Decoded, Form, Pairs, Posted, REASON, REVISION, Wrong};
use shared::ui::layout::Page;
use shared::ui::notice::Tone;
use shared::view::read;

use super::super::frame;
use super::super::route::{Asked, ROLE, Reply, Route, WRITERS};
use super::{ledger, pick, record};
use crate::app::Node;
use crate::limits;

pub(super) const ROUTES: &[Route] = &[
    Route::get("new", "/ledger/{kind}/new/{action}", WRITERS, show_new),
    Route::post("new_sent", "/ledger/{kind}/new/{action}", WRITERS, take_new)
        .with_files(limits::WEB_FILES_BYTES_MAX),
    Route::get("step", "/record/{id}/do/{action}", WRITERS, show_step),
    Route::post("step_sent", "/record/{id}/do/{action}", WRITERS, take_step)
        .with_files(limits::WEB_FILES_BYTES_MAX),
];

/// Name in forms that make a record: by it a form that is sent twice makes one.
const ONCE: &str = "once";
/// Records that a link is suggested without script.
const CANDIDATES: usize = 30;

pub(super) fn creation_address(kind: &Kind, action: &Action) -> String {
    format!("{}/new/{}", ledger::address(kind), action.id)
}

/// What a form is about.
struct Subject<'n> {
    node: &'n Node,
    kind: &'n Kind,
    act: Act,
    /// The record with its values, those that stay here too; none for a new one.
    record: Option<(Record, Fields)>,
    role: Role,
    /// Whose right it is, where it is entered for them.
    behalf: Option<String>,
}

impl<'n> Subject<'n> {
    fn new(asked: &Asked<'n>) -> Result<Self, Failure> {
        let (node, kind) = (asked.node()?, ledger::kind(asked)?);
        let action =
            ledger::creations(kind, node.office().kind()).find(|action| action.id == asked.at("action"));
        let action = action.ok_or_else(no_step)?;
        Self::of(asked, node, kind, Act::Take(action.tag), None)
    }

    fn step(asked: &Asked<'n>) -> Result<Self, Failure> {
        let (node, id) = (asked.node()?, record::id(asked)?);
        let found = node.read(|views| {
            let record = read::record(views, id)?;
            let mut values = record.fields.clone();
            values.extend(read::local(views, id));
            Some((record, values))
        });
        let (record, values) = found.ok_or_else(record::not_there)?;
        let kind = node.kind_of(record.kind)?;
        let act = Act::named(kind, asked.at("action"))
            .filter(|act| matches!(act, Act::Take(_) | Act::Edit | Act::Void));
        Self::of(asked, node, kind, act.ok_or_else(no_step)?, Some((record, values)))
    }

    fn of(
        asked: &Asked<'n>,
        node: &'n Node,
        kind: &'n Kind,
        act: Act,
        record: Option<(Record, Fields)>,
    ) -> Result<Self, Failure> {
        let ask = Ask { kind, act, status: record.as_ref().map(|(record, _)| record.status) };
        let role = acting_role(asked, node, ask.action())?;
        let right =
            ask.action().filter(|action| !action.roles.contains(&role) && action.behalf.contains(&role));
        let behalf = right.map(|action| {
            let labels: Vec<&str> = action.roles.iter().map(|role| frame::role_label(asked, *role)).collect();
            labels.join(asked.words().comma)
        });
        Ok(Self { node, kind, act, record, role, behalf })
    }

    fn ask(&self) -> Ask<'n> {
        Ask { kind: self.kind, act: self.act, status: self.record.as_ref().map(|(record, _)| record.status) }
    }

    fn id(&self) -> Option<RecordId> {
        self.record.as_ref().map(|(record, _)| record.id)
    }

    /// The pairs with which the form begins.
    fn pairs(&self) -> Pairs {
        let (ask, node) = (self.ask(), self.node);
        let title = |id: RecordId| node.read(|views| Words { views, catalogue: node.catalogue() }.title(id));
        match &self.record {
            Some((_, values)) => form::fill(ask.fields(), values, &title),
            None => form::fill(ask.fields(), &form::defaults(ask.fields()), &title),
        }
    }

    fn title<'w>(&self, asked: &Asked<'w>) -> String {
        let ask = self.ask();
        match (ask.action(), self.act) {
            (Some(action), _) => asked.lang.of(&action.label).to_owned(),
            (None, Act::Void) => asked.t("作废", "Void").to_owned(),
            (None, _) => asked.t("修改", "Edit").to_owned(),
        }
    }
}

fn no_step() -> Failure {
    Failure::not_found("没有这个步骤。", "There is no such step.")
}

/// The role that the step is taken in: that of the session if it may take it, else another of the person's own that may.
fn acting_role(asked: &Asked<'_>, node: &Node, action: Option<&Action>) -> Result<Role, Failure> {
    let (person, first) = (asked.person()?, asked.role()?);
    let Some(action) = action.filter(|action| action.id != "edit") else { return Ok(first) };
    let may = |role: &Role| {
        let actor = Actor { staff: person.account.staff.clone(), role: *role, on_behalf: false };
        node.ledger(|ledger| {
            node.read(|views| ledger.deciding(views, |context| command::may(context, action, &actor)))
        })
    };
    let mut roles = person.account.roles();
    roles.retain(|role| *role != first);
    roles.insert(0, first);
    Ok(roles.into_iter().find(may).unwrap_or(first))
}

fn show_new(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let subject = Subject::new(asked)?;
    let mut pairs = subject.pairs();
    // What a link to the form brings along, such as the record that it is to be linked to.
    for (name, value) in asked.query.iter().filter(|(name, _)| name.starts_with(shared::ui::table::FIELD)) {
        pairs.push(name, value);
    }
    Ok(page(asked, &subject, &pairs, &[], StatusCode::OK))
}

fn show_step(asked: &Asked<'_>) -> Result<Reply, Failure> {
    let subject = Subject::step(asked)?;
    Ok(page(asked, &subject, &subject.pairs(), &[], StatusCode::OK))
}

fn take_new(asked: &Asked<'_>) -> Result<Reply, Failure> {
    if let Some(id) = asked.house.made_by(asked.posted(ONCE)) {
        return Ok(Reply::see(&record::address(id)));
    }
    take(asked, &Subject::new(asked)?)
}

fn take_step(asked: &Asked<'_>) -> Result<Reply, Failure> {
    take(asked, &Subject::step(asked)?)
}

fn take(asked: &Asked<'_>, subject: &Subject<'_>) -> Result<Reply, Failure> {
    let (node, ask) = (subject.node, subject.ask());
    if let Some(reshaped) = form::reshape(&ask, asked.form) {
        return Ok(page(asked, subject, &reshaped.pairs, &[], StatusCode::OK));
    }
    let decoded = decode(asked, subject, ask);
    if !decoded.wrong.is_empty() {
        return Ok(page(asked, subject, asked.form, &decoded.wrong, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let step = Step {
        kind: subject.kind,
        record: subject.id(),
        act: subject.act,
        given: decoded.given,
        reason: asked.posted(REASON).to_owned(),
        by: By {
            role: subject.role.code().to_owned(),
            staff: Some(asked.person()?.account.staff.clone()),
            on_behalf: false,
        },
        rev: asked.form.get(REVISION).and_then(|rev| rev.parse().ok()),
    };
    match node.noting(|ledger| ledger.step(&step)) {
        Ok(acted) => {
            asked.house.has_made(asked.posted(ONCE), acted.record);
            asked.say(Tone::Success, asked.t("已保存到本机。", "Saved on this PC."));
            acted.warnings.iter().for_each(|warning| asked.say(Tone::Warning, warning.get(asked.lang)));
            Ok(Reply::see(&record::address(acted.record)))
        }
        Err(StepStop::Refused(refusal)) => {
            let wrong = Wrong::of(subject.kind, &refusal);
            Ok(page(asked, subject, asked.form, &wrong, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(StepStop::Failed(failure)) => {
            // The machine failed; what was typed is still there to be sent again.
            tracing::error!(error = %failure, "a step was not stored");
            let said = &failure.said.message;
            let wrong = [Wrong { name: None, text: text(&said.zh, &said.en) }];
            let status =
                StatusCode::from_u16(failure.code.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Ok(page(asked, subject, asked.form, &wrong, status))
        }
    }
}

fn decode(asked: &Asked<'_>, subject: &Subject<'_>, ask: Ask<'_>) -> Decoded {
    let none = Fields::new();
    let base = subject.record.as_ref().map_or(&none, |(_, values)| values);
    let files: Vec<(String, Vec<u8>)> =
        asked.files.iter().map(|file| (file.control.clone(), file.bytes.clone())).collect();
    let posted = Posted { pairs: asked.form, files: &files };
    subject
        .node
        .ledger(|ledger| subject.node.read(|views| form::decode(&ask, base, posted, &ledger.names(views))))
}

/// The form, with what it holds and what is wrong with it.
fn page(
    asked: &Asked<'_>,
    subject: &Subject<'_>,
    pairs: &Pairs,
    wrong: &[Wrong],
    status: StatusCode,
) -> Reply {
    let (node, kind, w) = (subject.node, subject.kind, asked.words());
    let none = Fields::new();
    let base = subject.record.as_ref().map_or(&none, |(_, values)| values);
    let list = ledger::address(kind);
    let back = subject.id().map_or_else(|| list.clone(), record::address);
    let once = Some(asked.posted(ONCE).to_owned())
        .filter(|once| !once.is_empty())
        .unwrap_or_else(|| asked.house.fresh_once());
    let mut hidden = frame::hidden(asked);
    hidden.push((ROLE, subject.role.code()));
    if subject.id().is_none() {
        hidden.push((ONCE, &once));
    }
    let post = asked.address.split('?').next().unwrap_or(asked.address);
    let view = Form {
        ask: subject.ask(),
        pairs,
        base,
        wrong,
        post,
        cancel: &back,
        townships: &townships(node),
        pick: Some(pick::PATH),
        candidates: &|field| candidates(node, field),
        file: &|field| base.get(&field.tag).map(|value| file_text(asked, value)),
        revision: subject.record.as_ref().map(|(record, _)| record.rev),
        behalf: subject.behalf.as_deref(),
        draft: None,
        today: node.clock().today(),
        hidden: &hidden,
    };
    let body = html! { (other_ways(asked, subject)) (acting(asked, subject)) (form::form(w, &view)) };
    let mut crumbs = vec![Crumb::new(asked.lang.of(&kind.label), &list)];
    if let Some(id) = subject.id() {
        crumbs.push(Crumb::new(
            node.read(|views| Words { views, catalogue: node.catalogue() }.title(id)),
            &back,
        ));
    }
    let title = subject.title(asked);
    let page = Page {
        title: &title,
        over_title: Some(asked.lang.of(&kind.label)),
        here: &list,
        crumbs: &crumbs,
        ..Page::default()
    };
    frame::page(asked, &page, &body).status(status)
}

/// The role in which the step is taken, where it is not the one that the page shows above.
fn acting(asked: &Asked<'_>, subject: &Subject<'_>) -> Markup {
    let other = asked.person.is_some_and(|person| person.seen.role != subject.role);
    html! { @if other { p.behalf { (asked.t("以此身份办理：", "Acting as: ")) (frame::role_label(asked, subject.role)) } } }
}

/// Other ways in which a record of the kind can be made.
fn other_ways(asked: &Asked<'_>, subject: &Subject<'_>) -> Markup {
    let ways = ledger::creations(subject.kind, subject.node.office().kind());
    let may =
        |action: &&Action| asked.person.is_some_and(|person| ledger::may(action, &|role| person.has(role)));
    let ways: Vec<&Action> = if subject.id().is_none() { ways.filter(may).collect() } else { Vec::new() };
    html! {
        @if ways.len() > 1 {
            nav.chips aria-label=(asked.t("登记方式", "Ways to begin")) {
                ul {
                    @for action in ways {
                        li { a href=(creation_address(subject.kind, action)) aria-current=[(subject.act == Act::Take(action.tag)).then_some("page")] { (asked.lang.of(&action.label)) } }
                    }
                }
            }
        }
    }
}

fn townships(node: &Node) -> Vec<(TownshipCode, String)> {
    node.ledger(|ledger| ledger.townships.all().map(|(code, name)| (code, name.to_owned())).collect())
}

/// The latest records of the kinds that a field links to, as texts that mean them.
fn candidates(node: &Node, field: &Field) -> Vec<String> {
    let (Shape::Link(kinds) | Shape::Links(kinds)) = &field.shape else { return Vec::new() };
    node.read(|views| {
        let words = Words { views, catalogue: node.catalogue() };
        let mut found = Vec::new();
        for kind in kinds {
            read::list_all(views, *kind, &mut |line| {
                found.push(words.title(line.id));
                found.len() < CANDIDATES
            });
        }
        found
    })
}

fn file_text(asked: &Asked<'_>, value: &Value) -> String {
    match value {
        Value::Blob(bytes) => format!("{} {}", bytes.len(), asked.t("字节", "bytes")),
        _ => String::new(),
    }
}
