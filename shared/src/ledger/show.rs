//! A record in words.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Ledger, Linked, Next, Travel, Words, find_record, short, value_json, words};
use crate::catalogue::model::{Field, Kind, Shape};
use crate::ids::RecordId;
use crate::program::{Failure, Lang, Table, Text, beijing_minute, rfc3339, text};
use crate::record::{DeadlineState, EntryFlags, Fields, Record, Role, Step, Value};
use crate::store::View;
use crate::view::read;

/// A record with the catalogue's words beside its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub id: RecordId,
    /// The end of the id, by which a person may call it.
    pub short: String,
    /// Id of the kind; its number where the catalogue does not know it.
    pub kind: String,
    pub kind_label: Text,
    /// By which an office calls it, where the kind has numbers.
    pub number: Option<Text>,
    pub stream: String,
    pub rev: u32,
    pub status: String,
    pub status_label: Text,
    pub imported: bool,
    pub voided: bool,
    /// RFC 3339, Beijing time.
    pub created_at: String,
    pub changed_at: String,
    /// None at the county.
    pub sync: Option<Travel>,
    /// Values by the ids of their fields, for programs.
    pub fields: Map<String, Json>,
    /// Those that stay in the office.
    pub local: Map<String, Json>,
    /// The same values for people, in the order of the kind's form.
    pub sections: Vec<ShownSection>,
    pub deadlines: Vec<ShownDeadline>,
    /// Records that link here, by kind.
    pub linked: Vec<Linked>,
    /// What happened to it.
    pub steps: Vec<ShownStep>,
    /// What can be done with it now.
    pub next: Vec<Next>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownSection {
    pub label: Text,
    pub fields: Vec<ShownField>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownField {
    /// Id of the field; its number where the catalogue does not know it.
    #[serde(default)]
    pub field: String,
    pub label: Text,
    /// Stays in the office.
    pub local: bool,
    pub text: Text,
    /// Child rows, cell by cell; the same as the text says in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<ShownRows>,
    /// The records that the text names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<ShownLink>,
}

/// Child rows in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownRows {
    pub columns: Vec<Text>,
    /// One text for each column; empty where the row says nothing.
    pub rows: Vec<Vec<Text>>,
}

/// A record that a field links to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownLink {
    pub id: RecordId,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownDeadline {
    pub code: String,
    pub label: Text,
    pub start: String,
    pub due: String,
    pub done: Option<String>,
    /// Done after its day.
    pub late: bool,
    /// Days until it, where it is open; negative when it is over.
    pub due_in_days: Option<i32>,
    pub cancelled: bool,
    pub provisional: bool,
    pub extensions: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownStep {
    pub rev: u32,
    /// RFC 3339, Beijing time.
    pub at: String,
    /// The same to the minute, for people.
    pub minute: String,
    pub action: String,
    pub label: Text,
    /// Status after it; none where it did not change.
    pub status: Option<String>,
    pub status_label: Option<Text>,
    pub role: String,
    pub role_label: Text,
    pub staff: String,
    /// Entered for somebody whose right it is.
    pub on_behalf: bool,
    pub reason: Option<String>,
    /// Taken again after a recovery.
    pub recovered: bool,
}

impl Ledger<'_> {
    /// A record by what a person calls it.
    ///
    /// # Errors
    /// `NotFound`, or `Invalid` when several are meant.
    pub fn find(&self, name: &str) -> Result<Record, Failure> {
        self.store.read(|views| find_record(&self.names(views), None, name))
    }

    /// A record in words; what can follow is seen by `role`.
    ///
    /// # Errors
    /// As [`Ledger::find`].
    pub fn show(&self, name: &str, role: Role) -> Result<Shown, Failure> {
        self.store.read(|views| {
            let record = find_record(&self.names(views), None, name)?;
            Ok(self.shown(views, &record, role))
        })
    }

    /// Values of a record that stay here; of records written elsewhere there are none.
    pub(super) fn own(&self, views: &dyn View, record: &Record) -> Fields {
        if record.stream.writer() == self.place.site { read::local(views, record.id) } else { Fields::new() }
    }

    pub(super) fn shown(&self, views: &dyn View, record: &Record, role: Role) -> Shown {
        let kind = self.catalogue.kinds.get(&record.kind);
        let local = self.own(views, record);
        let words = Words { views, catalogue: self.catalogue };
        let values = |fields: &Fields| -> Map<String, Json> {
            let one = |(tag, value): (&u32, &Value)| {
                let field = kind.and_then(|kind| kind.fields.get(tag));
                (field.map_or_else(|| tag.to_string(), |field| field.id.clone()), value_json(field, value))
            };
            fields.iter().map(one).collect()
        };
        let (status, status_label) = words::status(kind, record.status);
        let unknown = || text(format!("种类{}", record.kind), format!("kind {}", record.kind));
        Shown {
            id: record.id,
            short: short(record.id),
            kind: kind.map_or_else(|| record.kind.to_string(), |kind| kind.id.clone()),
            kind_label: kind.map_or_else(unknown, |kind| Text::from(&kind.label)),
            number: words.number(record, &local),
            stream: record.stream.to_string(),
            rev: record.rev,
            status,
            status_label,
            imported: record.flags.has(EntryFlags::IMPORTED),
            voided: record.flags.has(EntryFlags::VOIDED),
            created_at: rfc3339(record.created_at),
            changed_at: rfc3339(record.changed_at),
            sync: self.travel(record, self.acked(views)),
            fields: values(&record.fields),
            local: values(&local),
            sections: sections(words, kind, record, &local),
            deadlines: record.deadlines.values().map(|deadline| self.deadline(deadline)).collect(),
            linked: self.linked(views, record.id),
            steps: record.steps.iter().map(|step| shown_step(views, kind, record.id, step)).collect(),
            next: self.next(views, record, role),
        }
    }

    pub(super) fn deadline(&self, state: &DeadlineState) -> ShownDeadline {
        let kind = self.catalogue.deadlines.get(&state.kind);
        let unknown = || text(format!("期限{}", state.kind), format!("deadline {}", state.kind));
        let due = state.effective_due;
        ShownDeadline {
            code: kind.map_or_else(|| state.kind.to_string(), |kind| kind.code.clone()),
            label: kind.map_or_else(unknown, |kind| Text::from(&kind.label)),
            start: state.start.to_string(),
            due: due.to_string(),
            done: state.done.map(|day| day.to_string()),
            late: state.done.is_some_and(|day| day > due),
            due_in_days: state.open().then(|| due.0.saturating_sub(self.clock.today().0)),
            cancelled: state.cancelled,
            provisional: state.provisional,
            extensions: state.extensions,
        }
    }
}

/// Fields that stand together, by tag.
pub(crate) struct LaidOut {
    pub(crate) label: Text,
    pub(crate) tags: Vec<u32>,
}

/// The fields that are filled, as the sections of the kind's form have them; what no section names comes last.
pub(crate) fn laid_out(kind: Option<&Kind>, record: &Record, local: &Fields) -> Vec<LaidOut> {
    let filled = |tag: &u32| record.fields.contains_key(tag) || local.contains_key(tag);
    let form = kind.map(|kind| kind.form.as_slice()).unwrap_or_default();
    let placed: BTreeSet<u32> = form.iter().flat_map(|section| section.fields.iter().copied()).collect();
    let rest: BTreeSet<u32> =
        record.fields.keys().chain(local.keys()).copied().filter(|tag| !placed.contains(tag)).collect();
    let mut sections: Vec<LaidOut> = form
        .iter()
        .map(|section| LaidOut {
            label: Text::from(&section.label),
            tags: section.fields.iter().copied().filter(filled).collect(),
        })
        .collect();
    sections.push(LaidOut { label: text("其他", "other"), tags: rest.into_iter().collect() });
    sections.retain(|section| !section.tags.is_empty());
    sections
}

fn sections(words: Words<'_>, kind: Option<&Kind>, record: &Record, local: &Fields) -> Vec<ShownSection> {
    let shown = |tag: &u32| {
        let field = kind.and_then(|kind| kind.fields.get(tag));
        let value = record.fields.get(tag).or_else(|| local.get(tag))?;
        Some(ShownField {
            field: field.map_or_else(|| tag.to_string(), |field| field.id.clone()),
            label: field.map_or_else(|| text(tag.to_string(), tag.to_string()), |f| Text::from(&f.label)),
            local: local.contains_key(tag),
            text: words.text(field, value),
            rows: field.and_then(|field| rows(words, field, value)),
            links: links(words, value),
        })
    };
    let section = |laid: LaidOut| ShownSection {
        label: laid.label,
        fields: laid.tags.iter().filter_map(shown).collect(),
    };
    laid_out(kind, record, local).into_iter().map(section).collect()
}

/// Id and label of what an entry did.
pub(crate) fn step_words(kind: Option<&Kind>, action: u32, flags: EntryFlags) -> (String, Text) {
    if let Some(action) = kind.and_then(|kind| kind.actions.get(&action)) {
        return (action.id.clone(), Text::from(&action.label));
    }
    let (id, label) = match () {
        () if flags.has(EntryFlags::VOIDED) => ("void", text("作废", "void")),
        () if flags.has(EntryFlags::IMPORTED) => ("import", text("历史导入", "imported")),
        () if flags.has(EntryFlags::RESTATED) => ("restate", text("重报", "sent whole")),
        () => ("edit", text("修改", "edit")),
    };
    (id.to_owned(), label)
}

/// Columns in which no row says anything are left out; none where a column is not known.
fn rows(words: Words<'_>, field: &Field, value: &Value) -> Option<ShownRows> {
    let (Shape::Rows(columns), Value::List(rows)) = (&field.shape, value) else { return None };
    let group = |row: &Value| if let Value::Group(row) = row { Some(row.clone()) } else { None };
    let rows: Vec<Fields> = rows.iter().map(group).collect::<Option<_>>()?;
    if rows.iter().flat_map(|row| row.keys()).any(|tag| !columns.contains_key(tag)) {
        return None;
    }
    let said: Vec<&Field> =
        columns.values().filter(|column| rows.iter().any(|row| row.contains_key(&column.tag))).collect();
    let cell = |row: &Fields, column: &Field| {
        row.get(&column.tag).map_or_else(|| text("", ""), |value| words.cell(Some(column), value))
    };
    Some(ShownRows {
        columns: said.iter().map(|column| Text::from(&column.label)).collect(),
        rows: rows.iter().map(|row| said.iter().map(|column| cell(row, column)).collect()).collect(),
    })
}

fn links(words: Words<'_>, value: &Value) -> Vec<ShownLink> {
    match value {
        Value::Link(id) => vec![ShownLink { id: *id, title: words.title(*id) }],
        Value::List(values) => values.iter().flat_map(|value| links(words, value)).collect(),
        _ => Vec::new(),
    }
}

fn shown_step(views: &dyn View, kind: Option<&Kind>, record: RecordId, step: &Step) -> ShownStep {
    let (action, label) = step_words(kind, step.action, step.flags);
    let status = (step.status != 0).then(|| words::status(kind, step.status));
    let (status, status_label) = status.unzip();
    let (role_zh, role_en) = step.role.label();
    ShownStep {
        rev: step.rev,
        at: rfc3339(step.at),
        minute: beijing_minute(step.at),
        action,
        label,
        status,
        status_label,
        role: step.role.code().to_owned(),
        role_label: text(role_zh, role_en),
        staff: step.staff.clone(),
        on_behalf: step.on_behalf,
        reason: read::reason(views, record, step.rev),
        recovered: step.flags.has(EntryFlags::RECOVERED),
    }
}

impl Shown {
    /// How it stands: several lines for a terminal.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        let colon = lang.pick("：", ": ");
        let mut line = |label: &str, value: &str| out.push_str(&format!("{label}{colon}{value}\n"));
        line(lang.pick("台账", "kind"), self.kind_label.get(lang));
        line(lang.pick("记录号", "id"), &self.id.to_string());
        let mut status = self.status_label.get(lang).to_owned();
        let void = lang.pick("（已作废）", " (void)");
        let imported = lang.pick("（历史导入）", " (imported)");
        status.push_str(if self.voided { void } else { "" });
        status.push_str(if self.imported { imported } else { "" });
        line(lang.pick("状态", "status"), &status);
        if let Some((zh, en)) = self.sync.map(Travel::label) {
            line(lang.pick("上报", "county"), lang.pick(zh, en));
        }
        for deadline in &self.deadlines {
            line(deadline.label.get(lang), &deadline.text(lang));
        }
        for section in &self.sections {
            out.push_str(&format!("\n【{}】\n", section.label.get(lang)));
            for field in &section.fields {
                let mark = if field.local { lang.pick("（不外报）", " (stays here)") } else { "" };
                out.push_str(&format!("  {}{mark}{colon}{}\n", field.label.get(lang), field.text.get(lang)));
            }
        }
        for linked in &self.linked {
            out.push_str(&linked.text(lang));
        }
        out
    }

    /// What happened to it: a table for a terminal.
    pub fn history(&self, lang: Lang) -> String {
        let mut table = Table::left(match lang {
            Lang::Zh => ["时间", "步骤", "之后状态", "角色", "经办", "理由"],
            Lang::En => ["time", "step", "status after", "role", "staff", "reason"],
        });
        for step in &self.steps {
            let behalf = if step.on_behalf { lang.pick("（代录）", " (for others)") } else { "" };
            let role = format!("{}{behalf}", step.role_label.get(lang));
            table.row([
                step.minute.as_str(),
                step.label.get(lang),
                step.status_label.as_ref().map_or("", |label| label.get(lang)),
                &role,
                step.staff.as_str(),
                step.reason.as_deref().unwrap_or_default(),
            ]);
        }
        table.render()
    }
}

impl ShownDeadline {
    fn text(&self, lang: Lang) -> String {
        let provisional = if self.provisional { lang.pick("（暂定）", " (provisional)") } else { "" };
        let state = match (&self.done, self.due_in_days) {
            (Some(day), _) if self.late => format!("{} {day}", lang.pick("逾期完成", "met late")),
            (Some(day), _) => format!("{} {day}", lang.pick("按期完成", "met")),
            (None, None) => lang.pick("已取消", "cancelled").to_owned(),
            (None, Some(days)) if days < 0 => {
                format!("{}{}{}", lang.pick("超期 ", "over by "), -days, lang.pick(" 天", " days"))
            }
            (None, Some(days)) => {
                format!("{}{days}{}", lang.pick("还有 ", ""), lang.pick(" 天", " days left"))
            }
        };
        format!("{}{provisional} {state}", self.due)
    }
}
