//! Changes that are stored but not counted: seen, put right, or let go. Nothing is ever deleted from the journal; a
//! restated record takes the place of what is held of it, here and at the county.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use shared::catalogue::model::Kind;
use shared::command::{Act, Command};
use shared::ids::{RecordId, StreamName};
use shared::ledger::{Acted, Given, find_act, short, value_json};
use shared::limits;
use shared::program::{Failure, Lang};
use shared::record::{Entry, Fields, Record};
use shared::stream::Item;
use shared::sync::note;
use shared::view::{HeldCode, held, read};

use super::Node;
use super::act::Wish;

/// Rows of the list at most.
const HELD_SHOWN_MAX: usize = 500;

/// Which side holds it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldAt {
    Here,
    County,
}

/// One change that is held back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HeldLine {
    /// By which it is called on the command line: `stream#seq`.
    pub place: String,
    pub at: HeldAt,
    pub code: u32,
    pub reason: String,
    /// Names of fields or statuses, never values.
    pub detail: String,
    pub kind: Option<String>,
    pub record: Option<String>,
    pub short: Option<String>,
    pub title: Option<String>,
}

impl HeldLine {
    fn id(&self) -> Option<RecordId> {
        self.record.as_deref().and_then(|id| id.parse().ok())
    }

    fn stream_and_seq(&self) -> Option<(StreamName, u64)> {
        let (stream, seq) = self.place.split_once('#')?;
        Some((stream.parse().ok()?, seq.parse().ok()?))
    }
}

impl Node {
    /// Everything that is held back, here first.
    pub fn held(&self, lang: Lang) -> Vec<HeldLine> {
        self.read(|views| {
            let mut lines: Vec<HeldLine> = Vec::new();
            for row in held::list(views, None, HELD_SHOWN_MAX) {
                lines.push(self.held_line(
                    HeldAt::Here,
                    (row.stream, row.seq),
                    (row.code, &row.detail),
                    row.record,
                    row.kind,
                    lang,
                ));
            }
            for row in note::last_receipt(views).map(|receipt| receipt.held).unwrap_or_default() {
                let code = HeldCode::from_number(row.code);
                lines.push(self.held_line(
                    HeldAt::County,
                    (row.stream, row.seq),
                    (code, &row.detail),
                    row.record,
                    row.kind,
                    lang,
                ));
            }
            for line in &mut lines {
                let record = line.id().and_then(|id| read::record(views, id));
                let kind = record.as_ref().and_then(|record| self.catalogue().kinds.get(&record.kind));
                line.title =
                    record.zip(kind).and_then(|(record, kind)| match record.fields.get(&kind.title) {
                        Some(shared::record::Value::Text(text)) => Some(text.clone()),
                        _ => None,
                    });
            }
            lines
        })
    }

    fn held_line(
        &self,
        at: HeldAt,
        (stream, seq): (StreamName, u64),
        (code, detail): (HeldCode, &str),
        id: Option<RecordId>,
        kind: u32,
        lang: Lang,
    ) -> HeldLine {
        let (zh, en) = code.label();
        HeldLine {
            place: format!("{stream}#{seq}"),
            at,
            code: code.number(),
            reason: lang.pick(zh, en).to_owned(),
            detail: detail.to_owned(),
            kind: self.catalogue().kinds.get(&kind).map(|kind| kind.id.clone()),
            record: id.map(|id| id.to_string()),
            short: id.map(short),
            title: None,
        }
    }

    /// One held change by its place (`stream#seq`) or its number in the list (from 1).
    ///
    /// # Errors
    /// `NotFound`.
    pub fn held_one(&self, which: &str, lang: Lang) -> Result<HeldLine, Failure> {
        let lines = self.held(lang);
        let count = lines.len();
        let number = which.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let at = lines.iter().position(|line| line.place == which).or(number).filter(|at| *at < count);
        at.and_then(|at| lines.into_iter().nth(at)).ok_or_else(|| {
            Failure::not_found(
                format!("没有编号为“{which}”的搁置项，现在共有 {count} 项。"),
                format!("There is no held change \"{which}\"; {count} are held now."),
            )
        })
    }

    /// What a held change would have done: its action, status and values, for programs.
    pub fn held_content(&self, line: &HeldLine) -> Result<Json, Failure> {
        let Some((stream, seq)) = line.stream_and_seq() else { return Ok(Json::Null) };
        let run = self.store().run(stream, seq..=seq, limits::FRAME_BYTES_MAX, limits::FRAME_BYTES_MAX)?;
        let item = run.and_then(|frame| frame.items.into_iter().next());
        let Some(Item::Entry(bytes)) = item else { return Ok(Json::Null) };
        let Ok(entry) = Entry::decode(&bytes) else { return Ok(Json::Null) };
        let kind = self.catalogue().kinds.get(&entry.kind);
        let value = |(tag, value): (&u32, &shared::record::Value)| {
            let field = kind.and_then(|kind| kind.fields.get(tag));
            (field.map_or_else(|| tag.to_string(), |field| field.id.clone()), value_json(field, value))
        };
        Ok(serde_json::json!({
            "rev": entry.rev,
            "action": kind.and_then(|kind| kind.actions.get(&entry.action)).map(|action| action.id.clone()),
            "status": kind.and_then(|kind| kind.statuses.get(&entry.status)).map(|status| status.id.clone()),
            "set": serde_json::Value::Object(entry.set.iter().map(value).collect()),
            "at": shared::program::rfc3339(entry.at),
            "staff": entry.actor.staff,
            "role": entry.actor.role.code(),
        }))
    }

    /// Puts a held change right: corrects the record as wished, then sends it whole. With an action, the action is taken
    /// in place of a plain edit.
    ///
    /// # Errors
    /// There is no record to be put right, or the gate refuses.
    pub fn mend(&self, line: &HeldLine, action: Option<&str>, wish: &Wish) -> Result<Acted, Failure> {
        let (record, kind) = self.held_record(line)?;
        let given =
            self.ledger(|ledger| self.read(|views| Given::read(kind, &wish.set, &ledger.names(views))))?;
        let act = action.map(|name| find_act(kind, name)).transpose()?;
        let first = match act {
            None if given.set.is_empty() && given.clear.is_empty() => None,
            act => Some(Command {
                clear: given.clear,
                reason: wish.reason.clone(),
                ..Command::new(kind.tag, Some(record.id), act.unwrap_or(Act::Edit), given.set)
            }),
        };
        self.restate(&record, first, wish)
    }

    /// Lets a held change go: the record is sent whole as it stands, which takes the place of everything held of it.
    ///
    /// # Errors
    /// As [`Node::mend`].
    pub fn discard(&self, line: &HeldLine, wish: &Wish) -> Result<Acted, Failure> {
        let (record, _) = self.held_record(line)?;
        self.restate(&record, None, wish)
    }

    fn held_record(&self, line: &HeldLine) -> Result<(Record, &Kind), Failure> {
        let record = line.id().and_then(|id| self.read(|views| read::record(views, id)));
        let Some(record) = record else {
            return Err(Failure::invalid(
                "这一项没有对应的记录，无法在本机更正。",
                "There is no record that this belongs to, so it cannot be put right here.",
            )
            .advise("请联系县人大办，说明搁置项编号。", "Call the county office and give them its place."));
        };
        if record.stream.writer() != self.office().site() {
            return Err(Failure::invalid(
                "这条记录属于县里，由县里更正。",
                "The record is the county's, which will put it right.",
            ));
        }
        let kind = self.kind_of(record.kind)?;
        Ok((record, kind))
    }

    /// In one commit: the first command, if any, then the whole record again.
    fn restate(&self, record: &Record, first: Option<Command>, wish: &Wish) -> Result<Acted, Failure> {
        let actor = self.actor(wish)?;
        let whole = Command {
            reason: wish.reason.clone(),
            ..Command::new(record.kind, Some(record.id), Act::Restate, Fields::new())
        };
        self.ledger(|ledger| {
            let last = self.write(|tx| {
                first.iter().try_for_each(|first| ledger.commit_in(tx, first, &actor).map(drop))?;
                ledger.commit_in(tx, &whole, &actor)
            })?;
            ledger.acted(&last, actor.role)
        })
    }
}
