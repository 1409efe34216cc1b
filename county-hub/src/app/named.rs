//! Records read and written by the ids of the catalogue, for work of the county that speaks of particular kinds.

use shared::catalogue::model::{Field, Kind, Shape};
use shared::code::ErrorCode;
use shared::command::{Act, Command};
use shared::ids::{RecordId, TownshipCode};
use shared::ledger::Stop;
use shared::program::Failure;
use shared::record::{Actor, Day, EntryFlags, Fields, Record, Role, Value};
use shared::store::View;
use shared::view::read;

use super::App;

/// Values by the ids of the fields (or columns) that hold them.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    kind: &'a Kind,
    /// The field whose child row this is.
    rows: Option<&'a Field>,
    fields: &'a Fields,
}

impl<'a> Said<'a> {
    pub(super) fn of(kind: &'a Kind, record: &'a Record) -> Self {
        Self { kind, rows: None, fields: &record.fields }
    }

    fn field(&self, id: &str) -> Option<&'a Field> {
        match self.rows.map(|field| &field.shape) {
            Some(Shape::Rows(columns)) => columns.values().find(|column| column.id == id),
            Some(_) => None,
            None => self.kind.field(id),
        }
    }

    pub(super) fn value(&self, id: &str) -> Option<&'a Value> {
        self.fields.get(&self.field(id)?.tag)
    }

    pub(super) fn text(&self, id: &str) -> &'a str {
        if let Some(Value::Text(text)) = self.value(id) { text.trim() } else { "" }
    }

    pub(super) fn number(&self, id: &str) -> Option<i64> {
        if let Some(Value::Number(number)) = self.value(id) { Some(*number) } else { None }
    }

    /// A number or a decimal, in thousandths.
    pub(super) fn thousandths(&self, id: &str) -> Option<i64> {
        match self.value(id)? {
            Value::Number(number) => Some(number.saturating_mul(1000)),
            Value::Decimal(decimal) => Some(decimal.thousandths()),
            _ => None,
        }
    }

    pub(super) fn flag(&self, id: &str) -> bool {
        self.value(id) == Some(&Value::Flag(true))
    }

    pub(super) fn day(&self, id: &str) -> Option<Day> {
        if let Some(Value::Date(day)) = self.value(id) { Some(*day) } else { None }
    }

    pub(super) fn link(&self, id: &str) -> Option<RecordId> {
        if let Some(Value::Link(link)) = self.value(id) { Some(*link) } else { None }
    }

    pub(super) fn township(&self, id: &str) -> Option<TownshipCode> {
        self.value(id).and_then(Value::township)
    }

    /// Key of a choice.
    pub(super) fn key(&self, id: &str) -> Option<&'a str> {
        let Some(Value::Choice(choice)) = self.value(id) else { return None };
        self.field(id)?.choice(*choice).map(|choice| choice.key.as_str())
    }

    /// The child rows of a field, in order.
    pub(super) fn rows(&self, id: &str) -> Vec<Said<'a>> {
        let Some(field) = self.field(id) else { return Vec::new() };
        let Some(Value::List(rows)) = self.fields.get(&field.tag) else { return Vec::new() };
        let rows = rows.iter().filter_map(|row| if let Value::Group(row) = row { Some(row) } else { None });
        rows.map(|fields| Said { kind: self.kind, rows: Some(field), fields }).collect()
    }

    /// The row itself.
    pub(super) fn fields(&self) -> &'a Fields {
        self.fields
    }
}

/// Every record of a kind that is not void, the newest date first.
pub(super) fn records(views: &dyn View, kind: &Kind) -> Vec<Record> {
    let mut found = Vec::new();
    read::list_all(views, kind.tag, &mut |line| {
        let record = read::record(views, line.id);
        found.extend(record.filter(|record| !record.flags.has(EntryFlags::VOIDED)));
        true
    });
    found
}

/// Whether a record is in one of these statuses.
pub(super) fn is(kind: &Kind, record: &Record, statuses: &[&str]) -> bool {
    kind.statuses.get(&record.status).is_some_and(|status| statuses.contains(&status.id.as_str()))
}

/// A kind that this program knows how to work with.
///
/// # Errors
/// `Setup`: the county's folder has taken it away.
pub(super) fn kind<'a>(app: &'a App, id: &str) -> Result<&'a Kind, Failure> {
    app.catalogue.kind(id).ok_or_else(|| missing(id, id))
}

/// An action of a county kind, by ids.
pub(super) struct Step<'s> {
    pub(super) kind: &'s Kind,
    pub(super) record: Of,
    pub(super) action: &'s str,
    pub(super) set: Vec<(&'s str, Value)>,
    pub(super) clear: Vec<&'s str>,
    pub(super) reason: &'s str,
}

/// Whose action it is.
pub(super) enum Of {
    /// It makes a record.
    New,
    This(RecordId),
    /// That of the step before.
    Last,
}

impl<'s> Step<'s> {
    /// A step that empties no field and gives no reason.
    pub(super) fn new(kind: &'s Kind, record: Of, action: &'s str, set: Vec<(&'s str, Value)>) -> Self {
        Self { kind, record, action, set, clear: Vec::new(), reason: "" }
    }

    fn command(self) -> Result<(Of, Command, Actor), Failure> {
        let kind = self.kind;
        let action = kind.action(self.action).ok_or_else(|| missing(&kind.id, self.action))?;
        let tag = |id: &str| kind.field(id).map(|field| field.tag).ok_or_else(|| missing(&kind.id, id));
        let set = self.set.into_iter().map(|(id, value)| Ok((tag(id)?, value)));
        let set = set.collect::<Result<Fields, Failure>>()?;
        let mut command = Command::new(kind.tag, None, Act::Take(action.tag), set);
        command.clear = self.clear.into_iter().map(tag).collect::<Result<_, _>>()?;
        self.reason.clone_into(&mut command.reason);
        // Whoever may use this machine's command line is its administrator; what only another role may do is done as that one.
        let role = if action.roles.contains(&Role::CAdmin) { Role::CAdmin } else { Role::COffice };
        Ok((self.record, command, Actor { staff: String::new(), role, on_behalf: false }))
    }
}

/// Takes the steps one after another through the gate, all in one commit or none, durable on return; gives the record of the
/// last.
///
/// # Errors
/// What the rules say no to; `Setup`: the county's own file of a kind lacks what is needed.
pub(super) fn take(app: &App, steps: Vec<Step<'_>>) -> Result<RecordId, Failure> {
    let commands = steps.into_iter().map(Step::command).collect::<Result<Vec<_>, _>>()?;
    let record = app.ledger(|ledger| {
        app.store.write(|tx| {
            let mut last = None;
            for (of, command, actor) in commands {
                let record = match of {
                    Of::New => None,
                    Of::This(id) => Some(id),
                    Of::Last => last,
                };
                last = Some(ledger.commit_in(tx, &Command { record, ..command }, &actor)?.record);
            }
            Ok::<_, Stop>(last)
        })
    })?;
    record.ok_or_else(|| Failure::internal("there was nothing to do"))
}

fn missing(kind: &str, what: &str) -> Failure {
    Failure::new(
        ErrorCode::Setup,
        format!("台账目录中的“{kind}”缺少所需内容。"),
        format!("The catalogue's kind \"{kind}\" lacks what the program needs."),
    )
    .because(what)
}
