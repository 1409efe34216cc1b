//! Acting on a record: the wish is put to the gate, its answer becomes one durable commit.

use serde::Serialize;
use shared::catalogue::model::{Guard, Kind};
use shared::code::ErrorCode;
use shared::command::{self, Act, Command, Context, Decision, ViewLookup, Warning};
use shared::ids::{Epoch, RecordId, StreamName};
use shared::program::{Failure, Text, text};
use shared::record::{Actor, Entry, Fields, Role};
use shared::store::{StoreError, Tx, View};
use shared::view::read;

use super::Node;
use super::error::Stop;
use super::values::{self, Names, find_act, find_kind, find_record};

/// What somebody wants, in their own words.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// `name=value`, in the clerk's form; an empty value clears.
    pub set: Vec<String>,
    pub reason: String,
    /// `None`: the role of the settings.
    pub role: Option<Role>,
    /// Code of the member of staff; `None`: that of the settings.
    pub staff: Option<String>,
    /// Entered for somebody who brought paper.
    pub on_behalf: bool,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    #[serde(serialize_with = "as_text")]
    pub record: RecordId,
    pub short: String,
    pub entries: usize,
    #[serde(skip)]
    pub warnings: Vec<Text>,
}

fn as_text<S: serde::Serializer>(id: &RecordId, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}

impl Node {
    /// Makes a new record of a kind. `action` may be left out where only one action creates records.
    ///
    /// # Errors
    /// What is wrong with the wish, or the store's failure; then nothing was changed.
    pub fn create(&self, kind: &str, action: Option<&str>, wish: &Wish) -> Result<Done, Failure> {
        let kind = find_kind(self.catalogue(), kind)?;
        let act = match action {
            Some(name) => find_act(kind, name)?,
            None => self.only_creation(kind, wish)?,
        };
        self.act(kind, None, act, wish)
    }

    /// Does something to a record that is there. `record` is an id, a number or a title.
    ///
    /// # Errors
    /// As [`Node::create`].
    pub fn act_on(&self, record: &str, action: &str, wish: &Wish) -> Result<Done, Failure> {
        let record = self.read(|views| find_record(&self.names(views), None, record))?;
        let kind = self.kind_of(record.kind)?;
        let act = find_act(kind, action)?;
        self.act(kind, Some(record.id), act, wish)
    }

    fn only_creation(&self, kind: &Kind, wish: &Wish) -> Result<Act, Failure> {
        let role = wish.role.unwrap_or(self.config().role);
        let creations: Vec<_> = kind.creations().collect();
        let mine: Vec<_> = creations.iter().filter(|action| action.roles.contains(&role)).collect();
        match (mine.as_slice(), creations.as_slice()) {
            ([one], _) => Ok(Act::Take(one.tag)),
            ([], [one]) => Ok(Act::Take(one.tag)),
            _ => {
                let start = Failure::new(
                    ErrorCode::Usage,
                    format!("{}有几种登记方式，请用 --action 选一种：", kind.label.zh),
                    format!("{} can begin in several ways; choose with --action:", kind.label.en),
                );
                Err(creations.iter().fold(start, |failure, action| {
                    failure.detail(
                        format!("{} {}", action.id, action.label.zh),
                        format!("{} {}", action.id, action.label.en),
                    )
                }))
            }
        }
    }

    fn act(&self, kind: &Kind, record: Option<RecordId>, act: Act, wish: &Wish) -> Result<Done, Failure> {
        let given = self.read(|views| values::read_given(kind, &wish.set, &self.names(views)))?;
        let mut command = Command::new(kind.tag, record, act, given.set);
        command.clear = given.clear;
        command.reason = wish.reason.clone();
        let actor = self.actor(wish);
        self.commit(&command, &actor).map_err(|failure| match self.same_staff(kind, record, act, &actor) {
            true => failure.advise(
                "请用 --staff 写明另一位经办人的账号代码，或在配置 office.accounts 中设好各角色的账号。",
                "Name the other member of staff with --staff, or set office.accounts.",
            ),
            false => failure,
        })
    }

    /// Whether the action wants another member of staff than the one who took a step before.
    fn same_staff(&self, kind: &Kind, record: Option<RecordId>, act: Act, actor: &Actor) -> bool {
        let Act::Take(tag) = act else { return false };
        let guards = kind.actions.get(&tag).map(|action| action.guards.as_slice()).unwrap_or_default();
        let steps =
            record.and_then(|id| self.read(|views| read::record(views, id))).map(|record| record.steps);
        let took = |action: u32| steps.iter().flatten().any(|s| s.action == action && s.staff == actor.staff);
        guards.iter().any(|guard| matches!(guard, Guard::NotSameStaffAs { action } if took(*action)))
    }

    /// The gate's way for commands made by a program: values by tag.
    ///
    /// # Errors
    /// As [`Node::create`].
    pub fn commit(&self, command: &Command, actor: &Actor) -> Result<Done, Failure> {
        let fresh = self.fresh_id();
        let decision = self.write(|tx| {
            let decision = self.deciding(tx.view(), fresh, |ctx| command::decide(ctx, command, actor))?;
            self.append(tx, &decision.entries)?;
            Ok(decision)
        })?;
        let Decision { record, entries, warnings } = decision;
        tracing::info!(record.id = %record, record.kind = command.kind, entries = entries.len(), "record changed");
        let warnings = warnings.iter().map(|warning| self.warning(command.kind, warning)).collect();
        Ok(Done { record, short: values::short(record), entries: entries.len(), warnings })
    }

    pub(super) fn actor(&self, wish: &Wish) -> Actor {
        let role = wish.role.unwrap_or(self.config().role);
        let account = self.config().accounts.iter().find(|(of, _)| *of == role).map(|(_, code)| code);
        let staff = wish.staff.as_ref().or(account).unwrap_or(&self.config().staff).clone();
        Actor { staff, role, on_behalf: wish.on_behalf }
    }

    /// Asks the gate in the state of `views`.
    pub(super) fn deciding<T>(
        &self,
        views: &dyn View,
        fresh: RecordId,
        ask: impl FnOnce(&Context<'_>) -> T,
    ) -> T {
        let lookup = ViewLookup { views, catalogue: self.catalogue() };
        let office = self.office();
        let deadlines = self.deadlines(&office);
        let context = Context {
            catalogue: self.catalogue(),
            deadlines: &deadlines,
            lookup: &lookup,
            place: office.place(),
            now_ms: self.clock().now_ms(),
            today: self.clock().today(),
            fresh,
        };
        ask(&context)
    }

    /// Appends what the gate gave, in its order.
    pub(super) fn append(&self, tx: &mut Tx<'_>, entries: &[(StreamName, Entry)]) -> Result<(), StoreError> {
        // Neighbours of one stream go into one frame.
        for run in entries.chunk_by(|(one, _), (next, _)| one == next) {
            let Some((stream, _)) = run.first() else { continue };
            let epoch = self.epoch(tx, *stream);
            tx.append(*stream, epoch, run.iter().map(|(_, entry)| entry.encode()).collect())?;
        }
        Ok(())
    }

    /// The epoch that a stream is written under: its own, or a fresh one for its first entry.
    fn epoch(&self, tx: &Tx<'_>, stream: StreamName) -> Epoch {
        let head = tx.head(stream);
        if head.len == 0 { self.fresh_epoch() } else { head.epoch }
    }

    /// One commit, and what the sidecar has to remember of it.
    pub(super) fn write<T>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, Stop>) -> Result<T, Failure> {
        let result = self.store().write(f).map_err(Failure::from);
        self.note_head();
        result
    }

    fn warning(&self, kind: u32, warning: &Warning) -> Text {
        let kind = self.catalogue().kinds.get(&kind);
        match warning {
            Warning::Late { days } => text(
                format!("注意：补录，登记日期距今已 {days} 天。"),
                format!("Note: entered {days} days after its date."),
            ),
            Warning::PersonalData { field } => {
                let label = kind.and_then(|kind| kind.fields.get(field)).map(|field| &field.label);
                text(
                    format!(
                        "注意：“{}”里像有身份证号或电话号码，这一栏会上报县里。",
                        label.map_or("", |l| &l.zh)
                    ),
                    format!(
                        "Note: \"{}\" seems to hold an identity or phone number, and goes to the county.",
                        label.map_or("", |l| &l.en)
                    ),
                )
            }
            Warning::Provisional { deadline } => {
                let label = self.catalogue().deadlines.get(deadline).map(|deadline| &deadline.label);
                text(
                    format!("注意：“{}”落在尚未公布放假安排的年份，日期暂定。", label.map_or("", |l| &l.zh)),
                    format!(
                        "Note: \"{}\" falls into a year without an official calendar yet; its day is provisional.",
                        label.map_or("", |l| &l.en)
                    ),
                )
            }
        }
    }

    pub(super) fn names<'a>(&'a self, views: &'a dyn View) -> Names<'a> {
        Names::new(views, self.catalogue(), self.townships(views))
    }

    /// Values of a record by tag, private ones included.
    pub fn fields_of(&self, id: RecordId) -> Fields {
        self.read(|views| {
            let mut fields = read::record(views, id).map(|record| record.fields).unwrap_or_default();
            fields.extend(read::local(views, id));
            fields
        })
    }
}
