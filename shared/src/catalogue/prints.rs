//! `[[prints]]`: the forms of a kind, from tables to the model.

use toml_span::Value as Written;

use super::amount;
use super::condition;
use super::model::{Condition, Shape};
use super::names::Names;
use super::paper::{
    Bit, Block, Cell, Column, Head, Layout, Phrase, Print, ReceiptPart, Rows, Table, TextLook, Told, Way,
};
use super::read::{Tab, Word};
use super::rules;

/// The width of a form in units.
pub(crate) const UNITS: u8 = 24;
/// Width of a label where nothing is said.
pub(crate) const LABEL_UNITS: u8 = 4;

/// What the program tells beside the record, by the names that files use behind `@`.
const TOLD: [(&str, Told); 18] = [
    ("office", Told::Office),
    ("bureau", Told::Bureau),
    ("congress", Told::Congress),
    ("presidium", Told::Presidium),
    ("government", Told::Government),
    ("owner", Told::Owner),
    ("today", Told::Today),
    ("number", Told::Number),
    ("title", Told::Title),
    ("status", Told::Status),
    ("kind", Told::Kind),
    ("line", Told::Line),
    ("count", Told::Count),
    ("receipt_number", Told::Receipt(ReceiptPart::Number)),
    ("receipt_at", Told::Receipt(ReceiptPart::At)),
    ("receipt_entries", Told::Receipt(ReceiptPart::Entries)),
    ("receipt_head", Told::Receipt(ReceiptPart::Head)),
    ("receipt_held", Told::Receipt(ReceiptPart::Held)),
];
/// Forms of text by the names that files use.
const LOOKS: [(&str, TextLook); 5] = [
    ("flush", TextLook::Flush),
    ("centre", TextLook::Centre),
    ("right", TextLook::Right),
    ("small", TextLook::Small),
    ("heading", TextLook::Heading),
];

/// The forms under `key`, in the order of the file.
pub(super) fn prints(top: &Tab<'_>, key: &'static str, names: &Names<'_>) -> Vec<Print> {
    let mut found: Vec<Print> = Vec::new();
    for tab in top.tabs(key) {
        let id = tab.need_word("id");
        rules::good_name(names.report, id, "form", "表单");
        if found.iter().any(|print| print.id == id.text) {
            names.report.say(
                id.at,
                format!("form `{}` is there twice", id.text),
                format!("表单重复：`{}`", id.text),
            );
        }
        found.push(print(&tab, id, names));
        tab.done();
    }
    found
}

fn print(tab: &Tab<'_>, id: Word<'_>, names: &Names<'_>) -> Print {
    let word = tab.need_word("layout");
    let layout = match word.text {
        "official" => Layout::Official,
        "letter" => Layout::Letter,
        "form" | "" => Layout::Form,
        "list" => Layout::List,
        "label" => Layout::Label { wide: tab.need_number("wide"), high: tab.need_number("high") },
        other => {
            names.report.say(
                word.at,
                format!("`layout` is official, letter, form, list or label, not `{other}`"),
                format!("layout 只能是 official、letter、form、list、label，不能是 `{other}`"),
            );
            Layout::Form
        }
    };
    let text = |key| tab.word(key).map(|word| phrase(word, names)).unwrap_or_default();
    let head = Head {
        issuer: text("issuer"),
        number: text("number"),
        title: phrase(tab.need_word("title"), names),
        to: text("to"),
        right: text("right"),
        enclosed: text("enclosed"),
        signer: text("signer"),
        date: text("date"),
        note: text("note"),
        cc: text("cc"),
        printed_by: text("printed_by"),
        foot: tab.words("foot").into_iter().map(|word| phrase(word, names)).collect(),
    };
    if matches!(layout, Layout::Official | Layout::Letter) && head.issuer.0.is_empty() {
        names.report.say(tab.at, "an official paper says its `issuer`", "公文要写 issuer（发文机关）");
    }
    Print {
        id: id.text.to_owned(),
        label: tab.label(),
        statuses: names.statuses(&tab.words("statuses")),
        when: condition::optional(tab, "when", names),
        layout,
        landscape: tab.flag("landscape"),
        many: tab.flag("many"),
        head,
        body: list(tab, "body").iter().filter_map(|value| block(value, names)).collect(),
    }
}

/// The members of a list under a key; absent is empty.
fn list<'a>(tab: &Tab<'a>, key: &'static str) -> &'a [Written<'a>] {
    let Some(value) = tab.value(key) else { return &[] };
    value.as_array().map_or_else(
        || {
            super::read::wrong_type(tab.report, value, "a list", "列表");
            &[][..]
        },
        Vec::as_slice,
    )
}

fn block(value: &Written<'_>, names: &Names<'_>) -> Option<Block> {
    if let Some(text) = value.as_str() {
        let text = phrase(Word { text, at: value.span }, names);
        return Some(Block::Text { text, look: TextLook::Body, when: None });
    }
    let tab = Tab::new(value, names.report)?;
    let when = condition::optional(&tab, "when", names);
    let found = if let Some(word) = tab.word("text") {
        Some(Block::Text { text: phrase(word, names), look: look(&tab), when })
    } else if let Some(word) = tab.word("heading") {
        Some(Block::Text { text: phrase(word, names), look: TextLook::Heading, when })
    } else if tab.has("form") {
        let rows = list(&tab, "form").iter().map(|row| cells(row, names)).collect();
        Some(Block::Form { rows, when })
    } else if tab.has("gap") {
        Some(Block::Gap(tab.number("gap").unwrap_or(1)))
    } else {
        table(&tab, names, when).map(Block::Table)
    };
    tab.done();
    found
}

fn look(tab: &Tab<'_>) -> TextLook {
    let Some(word) = tab.word("look") else { return TextLook::Body };
    let found = LOOKS.into_iter().find(|(name, _)| *name == word.text);
    if found.is_none() {
        let known = LOOKS.map(|(name, _)| name).join(", ");
        tab.report.say(
            word.at,
            format!("no look `{}`; known: {known}", word.text),
            format!("没有这种排法：`{}`", word.text),
        );
    }
    found.map_or(TextLook::Body, |(_, look)| look)
}

/// One row of a form: names of fields, or tables that say more.
fn cells(row: &Written<'_>, names: &Names<'_>) -> Vec<Cell> {
    let Some(items) = row.as_array() else {
        super::read::wrong_type(names.report, row, "a list of cells", "单元格列表");
        return Vec::new();
    };
    let cells: Vec<Cell> = items.iter().filter_map(|item| cell(item, names)).collect();
    let wide: u32 = cells.iter().map(|cell| u32::from(cell.units)).sum();
    let labels: u32 = cells.iter().map(|cell| u32::from(cell.label_units)).sum();
    if wide > u32::from(UNITS) || labels >= u32::from(UNITS) {
        names.report.say(
            row.span,
            format!("the cells of this row are wider than {UNITS} units"),
            format!("这一行的单元格超过 {UNITS} 格"),
        );
    }
    cells
}

fn cell(value: &Written<'_>, names: &Names<'_>) -> Option<Cell> {
    if let Some(text) = value.as_str() {
        return Some(field_cell(Word { text, at: value.span }, names));
    }
    let tab = Tab::new(value, names.report)?;
    let mut cell = if let Some(word) = tab.word("field") {
        field_cell(word, names)
    } else if let Some(word) = tab.word("boxes") {
        let choice = |shape: &Shape| matches!(shape, Shape::Choice(_) | Shape::Choices(_) | Shape::Flag);
        let boxes = names.field_of(word, "a choice, or yes and no", "选项或是否", choice);
        Cell { boxes, ..labelled(names, boxes) }
    } else if let Some(word) = tab.word("text") {
        Cell { text: phrase(word, names), ..Cell::default() }
    } else {
        Cell::default()
    };
    if let Some(word) = tab.word("zh") {
        cell.label = word.text.to_owned();
        cell.label_units = if word.text.is_empty() { 0 } else { LABEL_UNITS };
    }
    if let Some(units) = tab.number("label") {
        cell.label_units = units;
    }
    cell.units = tab.number("units").unwrap_or(0);
    cell.high = tab.number("high").unwrap_or(0);
    cell.size = tab.number("size").unwrap_or(0);
    cell.sign = tab.words("sign").into_iter().map(|word| phrase(word, names)).collect();
    (cell.centre, cell.vertical) = (tab.flag("centre"), tab.flag("vertical"));
    tab.done();
    Some(cell)
}

fn labelled(names: &Names<'_>, field: Option<u32>) -> Cell {
    let label = field.and_then(|tag| names.fields.get(&tag)).map(|field| field.label.zh.clone());
    Cell { label: label.unwrap_or_default(), label_units: LABEL_UNITS, ..Cell::default() }
}

fn field_cell(word: Word<'_>, names: &Names<'_>) -> Cell {
    let way = way(word, names);
    let own = way.as_ref().filter(|way| way.through.is_empty()).map(|way| way.field);
    let mut cell = labelled(names, own);
    if own.is_none() {
        (cell.label, cell.label_units) = (String::new(), 0);
    }
    cell.text = Phrase(way.map(|way| Bit::Value { way, blanks: Some(0) }).into_iter().collect());
    cell
}

fn table(tab: &Tab<'_>, names: &Names<'_>, when: Option<Condition>) -> Option<Table> {
    let (of, inner) = if let Some(word) = tab.word("table") {
        let field = names.field(word)?;
        match &field.shape {
            Shape::Rows(columns) => {
                let inner = names.inside(columns);
                let condition = condition::condition_in(tab, "where", &inner);
                (Rows::Child { field: field.tag, condition }, inner)
            }
            _ => {
                let (field, kind) = names.linked_kind(word)?;
                (Rows::Linked(field), names.of_kind(kind))
            }
        }
    } else if let Some(word) = tab.word("records") {
        let kind = names.kind(word)?;
        let inner = names.of_kind(kind);
        let link = |shape: &Shape| matches!(shape, Shape::Link(_) | Shape::Links(_));
        let through = tab.word("through").and_then(|word| inner.field_of(word, "a link", "关联", link));
        let condition = condition::condition_in(tab, "where", &inner);
        (Rows::Records { kind, through, condition }, inner)
    } else if tab.flag("list") {
        (Rows::These, names.inside(&names.fields))
    } else if let Some(word) = tab.word("aligned") {
        let text = |shape: &Shape| matches!(shape, Shape::Text { .. });
        (Rows::Aligned(names.field_of(word, "a text", "文字", text)?), names.inside(&names.fields))
    } else {
        if !tab.has("blank") {
            tab.report.say(
                tab.at,
                "a part of a form is one of: text, heading, form, table, records, list, aligned, blank, gap",
                "不认识的表单内容",
            );
        }
        (Rows::None, names.inside(&names.fields))
    };
    let columns: Vec<Column> =
        list(tab, "columns").iter().filter_map(|value| column(value, &inner)).collect();
    if columns.is_empty() && !matches!(of, Rows::Aligned(_)) {
        tab.report.say(tab.at, "`columns` is missing", "缺少 columns");
    }
    let number = |key| tab.number(key).unwrap_or(0);
    Some(Table { of, columns, blank: number("blank"), least: number("least"), high: number("high"), when })
}

fn column(value: &Written<'_>, names: &Names<'_>) -> Option<Column> {
    let (word, tab) = match value.as_str() {
        Some(text) => (Some(Word { text, at: value.span }), None),
        None => {
            let tab = Tab::new(value, names.report)?;
            (tab.word("field"), Some(tab))
        }
    };
    let way = word.and_then(|word| way(word, names));
    let own = way.as_ref().filter(|way| way.through.is_empty()).and_then(|way| names.fields.get(&way.field));
    let mut column = Column {
        label: own.map(|field| field.label.zh.clone()).unwrap_or_default(),
        units: 4,
        text: Phrase(way.map(|way| Bit::Value { way, blanks: Some(0) }).into_iter().collect()),
        count: false,
        centre: false,
    };
    if let Some(tab) = tab {
        if let Some(word) = tab.word("text") {
            column.text = phrase(word, names);
        }
        if let Some(word) = tab.word("zh") {
            column.label = word.text.to_owned();
        }
        (column.count, column.centre) = (tab.flag("count"), tab.flag("centre"));
        column.units = tab.number("units").unwrap_or(if column.count { 2 } else { 4 });
        tab.done();
    }
    Some(column)
}

/// A field, or `link.field`, `rows.column`, `link.link.field`; of a date with `#ymd` behind it: as 20261123.
fn way(word: Word<'_>, names: &Names<'_>) -> Option<Way> {
    let Some((first, rest)) = word.text.split_once('.') else {
        if let Some(date) = word.text.strip_suffix("#ymd") {
            let field = names.date_field(Word { text: date, at: word.at })?;
            return Some(Way { through: Vec::new(), field, digits: true });
        }
        return names.field(word).map(|field| Way { through: Vec::new(), field: field.tag, digits: false });
    };
    let step = Word { text: first, at: word.at };
    let field = names.field(step)?;
    let (through, inner) = match &field.shape {
        Shape::Rows(_) => amount::rows(step, names)?,
        _ => {
            let (field, kind) = names.linked_kind(step)?;
            (field, names.of_kind(kind))
        }
    };
    let mut way = way(Word { text: rest, at: word.at }, &inner)?;
    way.through.insert(0, through);
    Some(way)
}

/// A text with `{field}`, `{link.field}`, `{@told}` in it; `:8` behind a name: so many blanks where there is nothing.
fn phrase(word: Word<'_>, names: &Names<'_>) -> Phrase {
    let mut bits = Vec::new();
    let mut rest = word.text;
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((inner, after)) = tail.split_once('}') else { break };
        if !before.is_empty() {
            bits.push(Bit::Text(before.to_owned()));
        }
        rest = after;
        let (name, blanks) = match inner.split_once(':') {
            Some((name, blanks)) => {
                let parsed = blanks.parse::<u8>().ok();
                if parsed.is_none() {
                    names.report.say(
                        word.at,
                        format!("`{{{inner}}}`: a number of blanks stands behind the colon"),
                        format!("`{{{inner}}}`：冒号后是空格个数"),
                    );
                }
                (name, parsed)
            }
            None => (inner, None),
        };
        let name = Word { text: name, at: word.at };
        bits.extend(match name.text.strip_prefix('@') {
            Some(told) => {
                self::told(Word { text: told, at: word.at }, names).map(|told| Bit::Told { told, blanks })
            }
            None => way(name, names).map(|way| Bit::Value { way, blanks }),
        });
    }
    if rest.contains(['{', '}']) {
        names.report.say(word.at, "a brace stands alone in this text", "文字中的花括号不成对");
    }
    if !rest.is_empty() {
        bits.push(Bit::Text(rest.to_owned()));
    }
    Phrase(bits)
}

fn told(word: Word<'_>, names: &Names<'_>) -> Option<Told> {
    if let Some(code) = word.text.strip_prefix("due ") {
        return names.deadline(Word { text: code.trim(), at: word.at }).map(Told::Due);
    }
    let found = TOLD.into_iter().find(|(name, _)| *name == word.text).map(|(_, told)| told);
    if found.is_none() {
        let known = TOLD.map(|(name, _)| name).join(", ");
        names.report.say(
            word.at,
            format!("nothing is told as `@{}`; known: {known}, due CODE", word.text),
            format!("没有 `@{}` 这一项", word.text),
        );
    }
    found
}
