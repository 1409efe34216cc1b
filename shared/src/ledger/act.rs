//! Doing something to a record: decide, one durable commit, say what came of it.

use serde::{Deserialize, Serialize};

use super::{Given, Names, Shown, Spelling, Stop, find_act, find_kind, find_record, refused};
use crate::catalogue::model::{self, Catalogue, Guard, Kind};
use crate::code::ErrorCode;
use crate::command::{
    self, Code, Command, Context, Deadlines, Decision, Place, Problem, Refusal, ViewLookup, Warning,
};
use crate::exchange::Townships;
use crate::ids::{Epoch, RecordId, StreamName};
use crate::program::{Clock, Failure, Lang, Text, text};
use crate::record::{Actor, Entry, Role};
use crate::store::{Store, StoreError, Tx, View};
use crate::view::read;

/// Where records are written and read.
#[derive(Clone, Copy)]
pub struct Ledger<'a> {
    pub store: &'a Store,
    pub catalogue: &'a Catalogue,
    pub deadlines: &'a dyn Deadlines,
    pub clock: &'a dyn Clock,
    pub place: Place<'a>,
    /// Townships that texts may name.
    pub townships: &'a Townships,
    /// Code of the account that a role works under when nobody is named.
    pub staff: &'a dyn Fn(Role) -> String,
}

/// Who says that he is at the keyboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// Code of the role, such as `T_CLERK`.
    pub role: String,
    /// Code of the account, such as `u1`, never a name; none: the one that the role works under.
    pub staff: Option<String>,
    /// Entered for somebody who brought paper.
    pub on_behalf: bool,
}

/// Something to be done to a record, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// What a person calls the kind; may be empty where a record is named.
    pub kind: String,
    /// What a person calls the record: its id, short or whole, its number, its title. None creates a record.
    pub record: Option<String>,
    /// Id or label of the action; `edit`, `void` and `restate` exist for every kind. Empty is the one that creates a
    /// record.
    pub action: String,
    /// `field=value`, in the clerk's form; nothing after the sign empties the field.
    pub set: Vec<String>,
    pub reason: String,
    pub by: By,
}

/// Something to be done to a record, in values: as a form gives it.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    pub kind: &'a Kind,
    /// None creates a record.
    pub record: Option<RecordId>,
    pub act: command::Act,
    pub given: Given,
    pub reason: String,
    pub by: By,
    /// The revision that whoever asks has seen; a record that has changed since is not touched. None: whatever it is.
    pub rev: Option<u32>,
}

/// Why a step was not taken.
#[derive(Debug, Clone)]
pub enum StepStop {
    Refused(Refusal),
    Failed(Failure),
}

impl From<Failure> for StepStop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StepStop> for Failure {
    fn from(stop: StepStop) -> Self {
        match stop {
            StepStop::Refused(refusal) => refused(&refusal),
            StepStop::Failed(failure) => failure,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acted {
    pub record: RecordId,
    /// Entries written.
    pub entries: usize,
    pub warnings: Vec<Text>,
    /// The record as it stands now, and what can follow.
    #[serde(flatten)]
    pub shown: Shown,
}

impl Acted {
    /// What was saved, how the record stands, what can follow: for a terminal.
    pub fn text(&self, lang: Lang, spelling: Spelling) -> String {
        let Shown { short, status_label, .. } = &self.shown;
        let number = self
            .shown
            .number
            .as_ref()
            .map_or_else(String::new, |number| format!("{}{}", number.get(lang), lang.pick("，", ", ")));
        let status = status_label.get(lang);
        let saved = match lang {
            Lang::Zh => format!("已保存：{number}短号 {short}，现为“{status}”。\n"),
            Lang::En => format!("Saved: {number}short id {short}, now \"{status}\".\n"),
        };
        saved + &self.shown.next_text(lang, spelling)
    }
}

impl<'a> Ledger<'a> {
    /// Does what the words say, durable on return.
    ///
    /// # Errors
    /// The words are not understood, the rules refuse it, or the store fails; nothing is changed then.
    pub fn act(&self, ask: &Act) -> Result<Acted, Failure> {
        let actor = self.actor(&ask.by)?;
        let (kind, record) = match &ask.record {
            Some(name) => {
                let within =
                    Some(ask.kind.as_str()).filter(|kind| !kind.is_empty()).map(|kind| self.kind(kind));
                let record =
                    self.store.read(|views| find_record(&self.names(views), within.transpose()?, name))?;
                (self.kind_of(record.kind)?, Some(record.id))
            }
            None => (self.kind(&ask.kind)?, None),
        };
        let act = match (ask.action.as_str(), record) {
            ("", None) => only_creation(kind, actor.role)?,
            (name, _) => find_act(kind, name)?,
        };
        let given = self.store.read(|views| Given::read(kind, &ask.set, &self.names(views)))?;
        let step =
            Step { kind, record, act, given, reason: ask.reason.clone(), by: ask.by.clone(), rev: None };
        self.step(&step).map_err(|stop| {
            let failure = Failure::from(stop);
            if self.same_staff(&step, &actor) {
                failure.advise(
                    "请用 --staff 写明另一位经办人的账号代码；乡镇也可在配置 office.accounts 中设好各角色的账号。",
                    "Name the other member of staff with --staff; an office may also set office.accounts.",
                )
            } else {
                failure
            }
        })
    }

    /// Takes a step whose values are known, durable on return.
    ///
    /// # Errors
    /// The rules refuse it, problem by problem, or the store fails; nothing is changed then.
    pub fn step(&self, step: &Step<'_>) -> Result<Acted, StepStop> {
        let actor = self.actor(&step.by)?;
        let mut command = Command::new(step.kind.tag, step.record, step.act, step.given.set.clone());
        command.clear = step.given.clear.clone();
        command.reason = step.reason.clone();
        self.store.read(|views| self.with_figures(views, step.kind, &mut command));
        let decision = self.store.write(|tx| {
            if let (Some(id), Some(rev)) = (step.record, step.rev)
                && read::record(tx.view(), id).is_some_and(|record| record.rev != rev)
            {
                let (zh, en) = ("这条记录刚被别人改动过", "somebody else has just changed this record");
                return Err(Stop::Refused(Problem::new(Code::Conflict, zh, en).into()));
            }
            self.commit_in(tx, &command, &actor)
        });
        let decision = decision.map_err(|stop| match stop {
            Stop::Refused(refusal) => StepStop::Refused(refusal),
            Stop::Store(error) => StepStop::Failed(error.into()),
        })?;
        Ok(self.acted(&decision, actor.role)?)
    }

    /// Puts a decision that was committed into words; what can follow is seen by `role`.
    ///
    /// # Errors
    /// The record is not there, which is the program's fault.
    pub fn acted(&self, decision: &Decision, role: Role) -> Result<Acted, Failure> {
        let shown = self.store.read(|views| {
            let record = read::record(views, decision.record)?;
            Some(self.shown(views, &record, role))
        });
        let shown = shown.ok_or_else(|| Failure::internal("the record is not there after its commit"))?;
        let kind = decision.entries.first().and_then(|(_, entry)| self.catalogue.kinds.get(&entry.kind));
        let warnings = decision.warnings.iter().map(|warning| self.warning(kind, warning)).collect();
        Ok(Acted { record: decision.record, entries: decision.entries.len(), warnings, shown })
    }

    /// Decides on a command and makes its entries durable in one commit.
    ///
    /// # Errors
    /// As [`Ledger::act`].
    pub fn commit(&self, command: &Command, actor: &Actor) -> Result<Decision, Failure> {
        Ok(self.store.write(|tx| self.commit_in(tx, command, actor))?)
    }

    /// As [`Ledger::commit`], inside a commit of the caller's.
    ///
    /// # Errors
    /// The rules refuse it, or the store fails; the caller's commit must come to nothing then.
    pub fn commit_in(&self, tx: &mut Tx<'_>, command: &Command, actor: &Actor) -> Result<Decision, Stop> {
        let decision = self.deciding(tx.view(), |context| command::decide(context, command, actor))?;
        self.append(tx, &decision.entries)?;
        let (record, entries) = (decision.record, decision.entries.len());
        tracing::info!(record.id = %record, record.kind = command.kind, entries, "record changed");
        Ok(decision)
    }

    /// Asks the gate in the state of `views`.
    pub fn deciding<T>(&self, views: &dyn View, ask: impl FnOnce(&Context<'_>) -> T) -> T {
        let mut random = [0; 10];
        self.clock.random(&mut random);
        let now_ms = self.clock.now_ms();
        let lookup = ViewLookup { views, catalogue: self.catalogue };
        ask(&Context {
            catalogue: self.catalogue,
            deadlines: self.deadlines,
            lookup: &lookup,
            place: self.place,
            now_ms,
            today: crate::program::beijing_day(now_ms),
            fresh: RecordId::mint(now_ms, &random),
        })
    }

    /// Appends what the gate gave, in its order; neighbours of one stream go into one frame.
    ///
    /// # Errors
    /// What the store says.
    pub fn append(&self, tx: &mut Tx<'_>, entries: &[(StreamName, Entry)]) -> Result<(), StoreError> {
        for run in entries.chunk_by(|(one, _), (next, _)| one == next) {
            let Some((stream, _)) = run.first() else { continue };
            let head = tx.head(*stream);
            let epoch = if head.len == 0 { self.fresh_epoch() } else { head.epoch };
            tx.append(*stream, epoch, run.iter().map(|(_, entry)| entry.encode()).collect())?;
        }
        Ok(())
    }

    pub(super) fn fresh_epoch(&self) -> Epoch {
        let mut random = [0; 8];
        self.clock.random(&mut random);
        Epoch(u64::from_le_bytes(random))
    }

    /// What texts may refer to.
    pub fn names<'v>(&self, views: &'v dyn View) -> Names<'v>
    where
        'a: 'v,
    {
        Names::new(views, self.catalogue, self.townships)
    }

    /// A kind by what a person calls it.
    ///
    /// # Errors
    /// `NotFound`, with the kinds that there are.
    pub fn kind(&self, name: &str) -> Result<&'a Kind, Failure> {
        find_kind(self.catalogue, name)
    }

    /// A kind by its tag.
    ///
    /// # Errors
    /// `NotFound` for a kind that this program does not know.
    pub fn kind_of(&self, tag: u32) -> Result<&'a Kind, Failure> {
        self.catalogue.kinds.get(&tag).ok_or_else(|| {
            Failure::not_found(
                format!("本程序不认识种类 {tag}，可能需要升级。"),
                format!("This program does not know the kind {tag}; it may need an update."),
            )
        })
    }

    /// Who acts.
    ///
    /// # Errors
    /// `Invalid`: no such role, or an account code longer than 32 characters.
    pub fn actor(&self, by: &By) -> Result<Actor, Failure> {
        let role = Role::from_code(&by.role).filter(|role| *role != Role::System).ok_or_else(|| {
            let codes: Vec<_> = Role::all().filter(|role| *role != Role::System).map(Role::code).collect();
            let codes = codes.join(", ");
            let (zh, en) =
                (format!("没有“{}”这个角色。", by.role), format!("There is no role \"{}\".", by.role));
            Failure::invalid(zh, en).advise(format!("可用：{codes}"), format!("Known: {codes}."))
        })?;
        let staff = by.staff.clone().unwrap_or_else(|| (self.staff)(role));
        if staff.chars().count() > 32 || staff.chars().any(char::is_control) {
            return Err(Failure::invalid(
                "人员代码最多 32 个字符。",
                "The code of an account has at most 32 characters.",
            ));
        }
        Ok(Actor { staff, role, on_behalf: by.on_behalf })
    }

    /// Whether the action wants another member of staff than the one who took a step before.
    fn same_staff(&self, step: &Step<'_>, actor: &Actor) -> bool {
        let command::Act::Take(tag) = step.act else { return false };
        let guards = step.kind.actions.get(&tag).map(|action| action.guards.as_slice()).unwrap_or_default();
        let record = step.record.and_then(|id| self.store.read(|views| read::record(views, id)));
        let steps = record.map(|record| record.steps).unwrap_or_default();
        let took = |action: u32| steps.iter().any(|s| s.action == action && s.staff == actor.staff);
        guards.iter().any(|guard| matches!(guard, Guard::NotSameStaffAs { action } if took(*action)))
    }

    fn warning(&self, kind: Option<&Kind>, warning: &Warning) -> Text {
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
                let label = self.catalogue.deadlines.get(deadline).map(|deadline| &deadline.label);
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
}

/// The one action by which the role may create a record, or by which anybody may.
fn only_creation(kind: &Kind, role: Role) -> Result<command::Act, Failure> {
    let creations: Vec<_> = kind.creations().filter(|action| action.roles != [Role::System]).collect();
    let may = |action: &&&model::Action| action.roles.contains(&role) || action.behalf.contains(&role);
    let mine: Vec<_> = creations.iter().filter(may).collect();
    match (mine.as_slice(), creations.as_slice()) {
        ([one], _) => Ok(command::Act::Take(one.tag)),
        ([], [one]) => Ok(command::Act::Take(one.tag)),
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
