//! Values as they stand on paper, and what is written where there is none.

use super::Whole;
use super::fill::Source;
use super::measure::clean;
use crate::catalogue::model::{Catalogue, Field, Kind, NodeKind, Shape};
use crate::catalogue::paper::{ReceiptPart, Told, Way};
use crate::program::beijing_minute;
use crate::record::{Fields, Record, Value};
use crate::sync::note;
use crate::view::read;

/// A record, or a child row, with all values that may be shown here.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) columns: &'a std::collections::BTreeMap<u32, Field>,
    pub(super) fields: &'a Fields,
    pub(super) local: Option<&'a Fields>,
}

impl Seen<'_> {
    pub(super) fn value(&self, tag: u32) -> Option<&Value> {
        self.fields.get(&tag).or_else(|| self.local.and_then(|local| local.get(&tag)))
    }
}

/// What is known beside the record.
pub(super) struct Beside<'a> {
    pub(super) record: Option<&'a Record>,
    pub(super) kind: Option<&'a Kind>,
    pub(super) local: &'a Fields,
    /// Of how many records listed, and which one, from 1.
    pub(super) line: usize,
    pub(super) count: usize,
}

/// What stands where a value is to be written by hand.
pub(super) fn blanks(field: Option<&Field>, asked: Option<u8>) -> String {
    match (asked, field.map(|field| &field.shape)) {
        (Some(count), _) => "＿".repeat(usize::from(count)),
        (None, Some(Shape::Date)) => "　　　　年　　月　　日".to_owned(),
        (None, Some(Shape::Number { .. } | Shape::Decimal { .. })) => "＿＿＿".to_owned(),
        (None, _) => "＿＿＿＿＿＿".to_owned(),
    }
}

impl Source<'_> {
    pub(super) fn say(&self, field: Option<&Field>, value: &Value) -> String {
        let shape = field.map(|field| &field.shape);
        match value {
            Value::Text(text) => clean(text),
            Value::Number(number) => match (shape, value.township()) {
                (Some(Shape::Township | Shape::Townships), Some(code)) => {
                    self.townships.name(code).map_or_else(|| number.to_string(), str::to_owned)
                }
                _ => number.to_string(),
            },
            Value::Flag(flag) => if *flag { "是" } else { "否" }.to_owned(),
            Value::Date(day) => day.chinese(),
            Value::Time(ms) => beijing_minute(*ms),
            Value::Choice(id) => {
                let choice = field.and_then(|field| field.choice(*id));
                choice.map_or_else(String::new, |choice| choice.label.zh.clone())
            }
            Value::Decimal(decimal) => decimal.to_string(),
            Value::Link(id) => clean(&self.title(*id)),
            Value::Blob(bytes) => format!("（电子附件，{} 字节）", bytes.len()),
            Value::List(list) => {
                let parts: Vec<String> = list.iter().map(|value| self.say(field, value)).collect();
                parts.join("、")
            }
            Value::Group(row) => self.row(field, row),
            Value::Unknown(_) => "（新版内容）".to_owned(),
        }
    }

    /// A child row in one text.
    pub(super) fn row(&self, field: Option<&Field>, row: &Fields) -> String {
        let Some(Shape::Rows(columns)) = field.map(|field| &field.shape) else { return String::new() };
        let part = |(tag, value): (&u32, &Value)| {
            let column = columns.get(tag)?;
            Some(format!("{}：{}", column.label.zh, self.say(Some(column), value)))
        };
        row.iter().filter_map(part).collect::<Vec<_>>().join("；")
    }

    /// The title of a record, without what does not leave the office that wrote it.
    pub(super) fn title(&self, id: crate::ids::RecordId) -> String {
        let Some((record, local)) = self.whole(id) else { return crate::ledger::short(id) };
        let kind = self.catalogue.kinds.get(&record.kind);
        let title = kind.and_then(|kind| record.fields.get(&kind.title).or_else(|| local.get(&kind.title)));
        match title {
            Some(Value::Text(text)) => text.clone(),
            _ => crate::ledger::short(id),
        }
    }

    /// What a way leads to, one text for each value.
    pub(super) fn along(&self, seen: Seen<'_>, way: &Way) -> Vec<String> {
        self.steps(seen, &way.through, way)
    }

    fn steps(&self, seen: Seen<'_>, through: &[u32], last: &Way) -> Vec<String> {
        let Some((step, rest)) = through.split_first() else {
            return match seen.value(last.field) {
                Some(Value::Date(day)) if last.digits => vec![day.to_string().replace('-', "")],
                Some(value) => vec![self.say(seen.columns.get(&last.field), value)],
                None => Vec::new(),
            };
        };
        let several = match seen.value(*step) {
            Some(Value::List(list)) => list.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let columns = match seen.columns.get(step).map(|field| &field.shape) {
            Some(Shape::Rows(columns)) => Some(columns),
            _ => None,
        };
        let mut found = Vec::new();
        for value in several {
            match value {
                Value::Group(row) => {
                    if let Some(columns) = columns {
                        let seen = Seen { columns, fields: row, local: None };
                        found.extend(self.steps(seen, rest, last));
                    }
                }
                Value::Link(id) => {
                    let Some((record, local)) = self.whole(*id) else { continue };
                    let Some(kind) = self.catalogue.kinds.get(&record.kind) else { continue };
                    let seen = Seen { columns: &kind.fields, fields: &record.fields, local: Some(&local) };
                    found.extend(self.steps(seen, rest, last));
                }
                _ => {}
            }
        }
        found.retain(|text| !text.is_empty());
        found
    }

    /// The name of the place that prints, or of another.
    fn site_name(&self, site: crate::ids::Site) -> String {
        match site {
            crate::ids::Site::Township(code) => {
                self.townships.name(code).unwrap_or(self.place.abbr).to_owned()
            }
            crate::ids::Site::Hub if self.place.node.is_none() => self.place.abbr.to_owned(),
            crate::ids::Site::Hub => "县人大常委会".to_owned(),
        }
    }

    pub(super) fn told(&self, told: Told, beside: &Beside<'_>) -> String {
        let name = self.site_name(self.place.site);
        let town = self.place.node;
        let subdistrict = town == Some(NodeKind::Subdistrict);
        let record = beside.record;
        match told {
            Told::Office => name,
            Told::Bureau if town.is_none() => format!("{name}人大常委会办公室"),
            Told::Bureau if subdistrict => format!("{name}人大工委办公室"),
            Told::Bureau => format!("{name}人大办公室"),
            Told::Congress | Told::Presidium if town.is_none() => format!("{name}人民代表大会常务委员会"),
            Told::Congress | Told::Presidium if subdistrict => format!("{name}人大工作委员会"),
            Told::Congress => format!("{name}人民代表大会"),
            Told::Presidium => format!("{name}人民代表大会主席团"),
            Told::Government if subdistrict => format!("{name}办事处"),
            Told::Government => format!("{name}人民政府"),
            Told::Owner => record.map_or(name, |record| self.site_name(record.stream.writer())),
            Told::Today => self.today.chinese(),
            Told::Number => self.number(beside),
            Told::Title => record.map_or_else(String::new, |record| clean(&self.title(record.id))),
            Told::Status => {
                let status =
                    record.zip(beside.kind).and_then(|(record, kind)| kind.statuses.get(&record.status));
                status.map_or_else(String::new, |status| status.label.zh.clone())
            }
            Told::Kind => beside.kind.map_or_else(String::new, |kind| kind.label.zh.clone()),
            Told::Line => beside.line.to_string(),
            Told::Count => beside.count.to_string(),
            Told::Due(number) => {
                let due = record.and_then(|record| record.deadlines.get(&number));
                due.map_or_else(String::new, |due| due.effective_due.chinese())
            }
            Told::Receipt(part) => self.receipt(part),
        }
    }

    pub(super) fn number(&self, beside: &Beside<'_>) -> String {
        let words = crate::ledger::Words { views: self.views, catalogue: self.catalogue };
        let number = beside.record.and_then(|record| words.number(record, beside.local));
        number.map_or_else(String::new, |number| number.zh)
    }

    fn receipt(&self, part: ReceiptPart) -> String {
        let Some(receipt) = note::last_receipt(self.views) else { return String::new() };
        let own = receipt
            .streams
            .iter()
            .find(|state| state.stream.writer() == self.place.site && state.stream.travels());
        match part {
            ReceiptPart::Number => receipt.number,
            ReceiptPart::At => beijing_minute(receipt.at),
            ReceiptPart::Entries => own.map_or(0, |state| state.head.len).to_string(),
            ReceiptPart::Head => own.map_or_else(String::new, |state| format!("{:?}", state.head.hash)),
            ReceiptPart::Held => receipt.held_total.to_string(),
        }
    }
}

/// The field to which a way leads, for the blanks that its type has.
pub(super) fn target<'a>(
    catalogue: &'a Catalogue,
    columns: &'a std::collections::BTreeMap<u32, Field>,
    way: &Way,
) -> Option<&'a Field> {
    let mut here = columns;
    for step in &way.through {
        here = match &here.get(step)?.shape {
            Shape::Rows(columns) => columns,
            Shape::Link(kinds) | Shape::Links(kinds) => &catalogue.kinds.get(kinds.first()?)?.fields,
            _ => return None,
        };
    }
    here.get(&way.field)
}

impl Source<'_> {
    /// A record and those values that do not leave the office, where this is the office that wrote it.
    pub(super) fn whole(&self, id: crate::ids::RecordId) -> Option<Whole> {
        let record = read::record(self.views, id)?;
        let own = record.stream.writer() == self.place.site;
        let local = if own { read::local(self.views, id) } else { Fields::new() };
        Some((record, local))
    }
}
