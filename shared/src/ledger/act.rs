//! Doing something to a record: decide, one durable commit, say what came of it.

use serde::{Deserialize, Serialize};

use super::{fields_from_text, kind_named};
use crate::catalogue::model::{Catalogue, Kind};
use crate::code::ErrorCode;
use crate::command::{self, Command, Context, Deadlines, Decision, Place, Refusal, ViewLookup, Warning};
use crate::ids::{Epoch, RecordId};
use crate::program::{Clock, Failure};
use crate::record::{Actor, Role};
use crate::store::{Store, StoreError, Tx};
use crate::view::read;

/// Where records are written.
#[derive(Clone, Copy)]
pub struct Ledger<'a> {
    pub store: &'a Store,
    pub catalogue: &'a Catalogue,
    pub deadlines: &'a dyn Deadlines,
    pub clock: &'a dyn Clock,
    pub place: Place<'a>,
}

/// Who says that he is at the keyboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// Code of the account, such as `u1`; never a name.
    pub staff: String,
    /// Code of the role, such as `T_CLERK`.
    pub role: String,
    /// Entered for somebody who brought paper.
    pub on_behalf: bool,
}

impl By {
    /// # Errors
    /// `Invalid`: no such role, or an account code longer than 32 characters.
    pub fn actor(&self) -> Result<Actor, Failure> {
        let role = Role::from_code(&self.role).filter(|role| *role != Role::System).ok_or_else(|| {
            let codes: Vec<_> = Role::all().filter(|role| *role != Role::System).map(Role::code).collect();
            let codes = codes.join(", ");
            Failure::new(
                ErrorCode::Invalid,
                format!("没有“{}”这个角色。", self.role),
                format!("There is no role \"{}\".", self.role),
            )
            .detail(format!("可用：{codes}"), format!("there are: {codes}"))
        })?;
        if self.staff.chars().count() > 32 || self.staff.chars().any(char::is_control) {
            return Err(Failure::new(
                ErrorCode::Invalid,
                "人员代码最多 32 个字符。",
                "The code of an account has at most 32 characters.",
            ));
        }
        Ok(Actor { staff: self.staff.clone(), role, on_behalf: self.on_behalf })
    }
}

/// Something to be done to a record, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Id, code or Chinese name of the kind; may be empty where a record is named.
    pub kind: String,
    /// None creates a record.
    pub record: Option<RecordId>,
    /// Id of the action; `edit`, `void` and `restate` exist for every kind. Empty is the one that creates a record.
    pub action: String,
    /// `field=value`; nothing after the sign empties the field.
    pub set: Vec<String>,
    pub reason: String,
    pub by: By,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    pub record: RecordId,
    pub rev: u32,
    /// Id of the status now.
    pub status: String,
    pub status_zh: String,
    pub status_en: String,
    pub warnings: Vec<(String, String)>,
}

/// Stops a commit: the rules said no, or the machine failed.
enum Stop {
    Refused(Refusal),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Ledger<'_> {
    /// Does what the words say, durable on return.
    ///
    /// # Errors
    /// The words are not understood, the rules refuse it, or the store fails; nothing is changed then.
    pub fn act(&self, ask: &Act) -> Result<Acted, Failure> {
        let kind = self.kind(ask)?;
        let act = named(kind, &ask.action)?;
        let (set, clear) = fields_from_text(kind, &ask.set)?;
        let command =
            Command { kind: kind.tag, record: ask.record, act, set, clear, reason: ask.reason.clone() };
        let decision = self.commit(&command, &ask.by.actor()?)?;
        let record = self.store.read(|views| read::record(views, decision.record));
        let record = record.ok_or_else(|| Failure::internal("the record is not there after its commit"))?;
        let status = kind.statuses.get(&record.status);
        let warnings = decision.warnings.iter().map(|warning| {
            let field = |tag: &u32| kind.fields.get(tag).map(|field| field.label.clone());
            let deadline =
                |number: &u32| self.catalogue.deadlines.get(number).map(|deadline| deadline.label.clone());
            match warning {
                Warning::Late { days } => {
                    (format!("补录：距发生已 {days} 天"), format!("entered {days} days late"))
                }
                Warning::PersonalData { field: tag } => {
                    let (zh, en) = field(tag).map_or_else(Default::default, |label| (label.zh, label.en));
                    (
                        format!("“{zh}”会报送县里，其中似有身份证号或电话号码"),
                        format!("{en} goes to the county and seems to hold an identity or phone number"),
                    )
                }
                Warning::Provisional { deadline: number } => {
                    let (zh, en) =
                        deadline(number).map_or_else(Default::default, |label| (label.zh, label.en));
                    (
                        format!("“{zh}”的到期年份尚未公布放假安排，日期暂定"),
                        format!("{en} is provisional: the holidays of that year are not published yet"),
                    )
                }
            }
        });
        Ok(Acted {
            record: record.id,
            rev: record.rev,
            status: status.map(|status| status.id.clone()).unwrap_or_default(),
            status_zh: status.map(|status| status.label.zh.clone()).unwrap_or_default(),
            status_en: status.map(|status| status.label.en.clone()).unwrap_or_default(),
            warnings: warnings.collect(),
        })
    }

    /// The kind named, or that of the record.
    fn kind(&self, ask: &Act) -> Result<&Kind, Failure> {
        match ask.record {
            Some(id) if ask.kind.is_empty() => {
                let record = self.store.read(|views| read::record(views, id)).ok_or_else(|| {
                    Failure::new(ErrorCode::NotFound, "没有这条记录。", "There is no such record.")
                })?;
                kind_named(self.catalogue, &record.kind.to_string())
            }
            _ => kind_named(self.catalogue, &ask.kind),
        }
    }

    /// Decides on a command and makes its entries durable in one commit.
    ///
    /// # Errors
    /// As [`Ledger::act`].
    pub fn commit(&self, command: &Command, actor: &Actor) -> Result<Decision, Failure> {
        let done = self.store.write(|tx| self.commit_in(tx, command, actor));
        done.map_err(|stop: Stop| match stop {
            Stop::Refused(refusal) => refused(&refusal),
            Stop::Store(error) => error.into(),
        })
    }

    fn commit_in(&self, tx: &mut Tx<'_>, command: &Command, actor: &Actor) -> Result<Decision, Stop> {
        let mut random = [0; 10];
        self.clock.random(&mut random);
        let now_ms = self.clock.now_ms();
        let lookup = ViewLookup { views: tx.view(), catalogue: self.catalogue };
        let context = Context {
            catalogue: self.catalogue,
            deadlines: self.deadlines,
            lookup: &lookup,
            place: self.place,
            now_ms,
            today: crate::program::beijing_day(now_ms),
            fresh: RecordId::mint(now_ms, &random),
        };
        let decision = command::decide(&context, command, actor)?;
        for (stream, entry) in &decision.entries {
            let head = tx.head(*stream);
            let epoch = if head.len == 0 { self.fresh_epoch() } else { head.epoch };
            tx.append(*stream, epoch, vec![entry.encode()])?;
        }
        Ok(decision)
    }

    fn fresh_epoch(&self) -> Epoch {
        let mut random = [0; 8];
        self.clock.random(&mut random);
        Epoch(u64::from_le_bytes(random))
    }
}

/// The action named; none is the one that creates, where there is just one.
fn named(kind: &Kind, action: &str) -> Result<command::Act, Failure> {
    let mut creating = kind.actions.values().filter(|action| action.from.is_empty() && action.id != "edit");
    if let ("", Some(only), None) = (action, creating.next(), creating.next()) {
        return Ok(command::Act::Take(only.tag));
    }
    command::Act::named(kind, action).ok_or_else(|| {
        let ids: Vec<&str> = kind.actions.values().map(|action| action.id.as_str()).collect();
        let ids = ids.join(", ");
        Failure::new(
            ErrorCode::NotFound,
            format!("“{}”没有“{action}”这一步。", kind.label.zh),
            format!("{} has no action \"{action}\".", kind.label.en),
        )
        .detail(format!("可用：{ids}"), format!("there are: {ids}"))
    })
}

/// A refusal as a failure, one line for each problem.
fn refused(refusal: &Refusal) -> Failure {
    let code = match refusal.code() {
        Some(command::Code::NoRecord) => ErrorCode::NotFound,
        Some(command::Code::Conflict) => ErrorCode::Conflict,
        _ => ErrorCode::Refused,
    };
    let failure = Failure::new(
        code,
        "按规定不能这样办理，没有保存。",
        "The rules do not allow this; nothing was saved.",
    );
    refusal.problems.iter().fold(failure, |failure, problem| failure.detail(&problem.zh, &problem.en))
}
