//! What a figure is made of, in words: the records and rows that count in it.

use serde::{Deserialize, Serialize};

use super::{Words, short};
use crate::catalogue::model::{Catalogue, Kind, Label, Measure};
use crate::ids::{StreamName, TownshipCode};
use crate::program::{Align, Lang, Table, Text, text};
use crate::record::{Record, Value};
use crate::store::View;
use crate::tally::{Drilled, Figure, Item, ItemOf, Role};
use crate::view::read;

/// A page of what makes a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillShown {
    pub measure: String,
    pub label: Text,
    /// As it is printed; a grade by its name.
    pub text: Text,
    /// As [`Figure::parts`] has them.
    pub numerator: i64,
    pub denominator: Option<i64>,
    pub parts: Vec<ShownPart>,
    pub items: Vec<ShownItem>,
    /// Where the figure counts townships, the figure of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub townships: Vec<ShownTownship>,
    /// Mark for the next page; none at the end.
    pub next: Option<String>,
}

/// A measure of the figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownPart {
    /// `whole`, `numerator`, `denominator`, `line`, `list`.
    pub role: String,
    pub id: String,
    pub label: Text,
    pub text: String,
}

/// A record, a row of it, or a value of it that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownItem {
    /// Index of the part.
    pub part: usize,
    /// Id of the record; empty for a choice on a list, and for a record that is not the viewer's to see.
    pub record: String,
    pub short: String,
    pub title: String,
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Text>,
    pub township: Option<TownshipCode>,
    pub township_name: String,
    /// On which it counts.
    pub day: String,
    /// Number of the row, from 1, and its values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_text: Option<Text>,
    /// The value that is counted, where values are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Text>,
    /// What it adds, in thousandths where the figure of the part is; and as it is printed.
    pub amount: i64,
    pub text: String,
    /// Days, of a spread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// On a list: whether work has reached it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered: Option<bool>,
    /// It counts, and is not the viewer's to see.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownTownship {
    pub township: TownshipCode,
    pub name: String,
    pub text: String,
}

/// Who looks, and how townships are called.
pub struct Sight<'a> {
    pub views: &'a dyn View,
    pub catalogue: &'a Catalogue,
    /// Whether records of a stream are his to see.
    pub sees: &'a dyn Fn(StreamName) -> bool,
    pub township: &'a dyn Fn(TownshipCode) -> String,
}

impl Sight<'_> {
    /// The page of a figure with this id.
    pub fn shown(&self, id: &str, drilled: &Drilled) -> DrillShown {
        let (numerator, denominator) = drilled.figure.parts();
        let printed = drilled.figure.to_string();
        let part = |part: &crate::tally::DrillPart| ShownPart {
            role: role(part.role).to_owned(),
            id: part.id.clone(),
            label: words_of(&part.label),
            text: part.figure.to_string(),
        };
        let township = |(code, figure): &(TownshipCode, Figure)| ShownTownship {
            township: *code,
            name: (self.township)(*code),
            text: figure.to_string(),
        };
        DrillShown {
            measure: id.to_owned(),
            label: words_of(&drilled.label),
            text: drilled.word.as_ref().map_or_else(|| text(&printed, &printed), words_of),
            numerator,
            denominator,
            parts: drilled.parts.iter().map(part).collect(),
            items: drilled.items.iter().map(|item| self.item(drilled, item)).collect(),
            townships: drilled.townships.iter().map(township).collect(),
            next: drilled.next.as_deref().map(hex),
        }
    }

    fn item(&self, drilled: &Drilled, item: &Item) -> ShownItem {
        let township = TownshipCode::from_number(item.unit.0);
        let thousandths =
            drilled.parts.get(item.part).is_some_and(|part| matches!(part.figure, Figure::Thousandths(_)));
        let amount = if thousandths { Figure::Thousandths(item.amount) } else { Figure::Count(item.amount) };
        let mut shown = ShownItem {
            part: item.part,
            record: String::new(),
            short: String::new(),
            title: String::new(),
            kind: String::new(),
            status: None,
            township,
            township_name: township.map(|code| (self.township)(code)).unwrap_or_default(),
            day: item.day.map(|day| day.to_string()).unwrap_or_default(),
            row: item.row.map(|row| row + 1),
            row_text: None,
            value: None,
            amount: item.amount,
            text: amount.to_string(),
            days: item.days,
            covered: item.covered,
            withheld: false,
        };
        match &item.of {
            ItemOf::Choice(part) => {
                shown.short.clone_from(&part.key);
                shown.title.clone_from(&part.label.zh);
            }
            ItemOf::Township => shown.title.clone_from(&shown.township_name),
            ItemOf::Record(id) => {
                let record = read::record(self.views, *id).filter(|record| (self.sees)(record.stream));
                match record {
                    None => shown.withheld = true,
                    Some(record) => self.name(drilled, item, &record, &mut shown),
                }
            }
        }
        shown
    }

    fn name(&self, drilled: &Drilled, item: &Item, record: &Record, shown: &mut ShownItem) {
        let words = Words { views: self.views, catalogue: self.catalogue };
        shown.record = record.id.to_string();
        shown.short = short(record.id);
        shown.title = words.title(record.id);
        let Some(kind) = self.catalogue.kinds.get(&record.kind) else { return };
        shown.kind.clone_from(&kind.id);
        shown.status = kind.statuses.get(&record.status).map(|status| words_of(&status.label));
        let id = drilled.parts.get(item.part).map_or("", |part| part.id.as_str());
        let Some((_, measure)) = self.catalogue.measure(id) else { return };
        shown.row_text = row_text(&words, kind, measure, record, item.row);
        let counted = measure.by.and_then(|by| measure.source(kind, by.source));
        shown.value = item.value.as_ref().map(|value| words.text(counted, value));
    }
}

fn words_of(label: &Label) -> Text {
    text(&label.zh, &label.en)
}

/// The values of the row that counts.
fn row_text(
    words: &Words<'_>,
    kind: &Kind,
    measure: &Measure,
    record: &Record,
    row: Option<u32>,
) -> Option<Text> {
    let tag = measure.rows.as_ref()?.field;
    let Some(Value::List(rows)) = record.fields.get(&tag) else { return None };
    let row = rows.get(row? as usize)?;
    Some(words.text(kind.fields.get(&tag), row))
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Whole => "whole",
        Role::Numerator => "numerator",
        Role::Denominator => "denominator",
        Role::Line => "line",
        Role::List => "list",
    }
}

fn role_text(role: &str) -> Text {
    match role {
        "numerator" => text("分子", "above the line"),
        "denominator" => text("分母", "below the line"),
        "line" => text("分档线", "line"),
        "list" => text("名单", "list"),
        _ => text("计入", "counted"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The mark of a page, as it was told.
pub fn page_mark(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).map(|digit| digit as u8);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| if let [a, b] = pair { Some(digit(*a)? << 4 | digit(*b)?) } else { None }).collect()
}

impl DrillShown {
    /// For a terminal: the figure, its parts, and a row for each record.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = format!("{} {} = {}\n", self.measure, self.label.get(lang), self.text.get(lang));
        if self.parts.len() > 1 {
            for part in &self.parts {
                let role = role_text(&part.role);
                let name = part.label.get(lang);
                out.push_str(&format!("  {} {} {name} = {}\n", role.get(lang), part.id, part.text));
            }
        }
        out.push_str(&self.table(lang));
        if !self.townships.is_empty() {
            let mut table = Table::new([
                (lang.pick("乡镇", "township"), Align::Left),
                (lang.pick("数", "figure"), Align::Right),
            ]);
            for township in &self.townships {
                table.row([&township.name, &township.text]);
            }
            out.push('\n');
            out.push_str(&table.render());
        }
        if let Some(next) = &self.next {
            out.push_str(&match lang {
                Lang::Zh => format!("未完，下一页：--after {next}\n"),
                Lang::En => format!("there is more: --after {next}\n"),
            });
        }
        out
    }

    fn table(&self, lang: Lang) -> String {
        let rows = self.items.iter().any(|item| item.row.is_some());
        let values = self.items.iter().any(|item| item.value.is_some());
        let listed = self.items.iter().any(|item| item.covered.is_some());
        let spread = self.items.iter().any(|item| item.days.is_some());
        let mut heads = vec![
            (lang.pick("指标", "measure"), Align::Left),
            (lang.pick("乡镇", "township"), Align::Left),
            (lang.pick("短号", "id"), Align::Left),
            (lang.pick("名称", "title"), Align::Left),
            (lang.pick("状态", "status"), Align::Left),
            (lang.pick("日期", "day"), Align::Left),
        ];
        let mut more = |there: bool, zh: &'static str, en: &'static str| {
            if there {
                heads.push((lang.pick(zh, en), Align::Left));
            }
        };
        more(rows, "明细", "row");
        more(values, "计数的值", "value");
        more(spread, "天数", "days");
        more(listed, "覆盖", "reached");
        heads.push((lang.pick("数", "adds"), Align::Right));
        let mut table = Table::new(heads);
        for item in &self.items {
            let measure = self.parts.get(item.part).map(|part| part.id.clone()).unwrap_or_default();
            let title = match item.withheld {
                true => lang.pick("（不公开）", "(not to be seen)").to_owned(),
                false => item.title.clone(),
            };
            let said = |text: &Option<Text>| text.as_ref().map_or("", |text| text.get(lang)).to_owned();
            let mut cells = vec![
                measure,
                item.township_name.clone(),
                item.short.clone(),
                title,
                said(&item.status),
                item.day.clone(),
            ];
            if rows {
                cells.push(said(&item.row_text));
            }
            if values {
                cells.push(said(&item.value));
            }
            if spread {
                cells.push(item.days.map(|days| days.to_string()).unwrap_or_default());
            }
            if listed {
                let reached = match item.covered {
                    Some(true) => lang.pick("✓ 已覆盖", "✓ reached"),
                    Some(false) => lang.pick("✗ 未覆盖", "✗ missing"),
                    None => "",
                };
                cells.push(reached.to_owned());
            }
            cells.push(item.text.clone());
            table.row(cells);
        }
        if table.is_empty() {
            return lang.pick("没有记录。\n", "No records.\n").to_owned();
        }
        table.render()
    }
}
