//! Forms on paper: what a kind's file says of them. Data names fields and places; [`crate::print`] sets them.

use super::model::{Condition, Label};

/// A form that is printed from a record, or from many.
#[derive(Debug, Clone)]
pub struct Print {
    pub id: String,
    /// As the clerk chooses it. The paper itself is Chinese.
    pub label: Label,
    /// Statuses in which it is offered; empty: in all.
    pub statuses: Vec<u32>,
    /// Offered only where it holds; it looks at the record alone.
    pub when: Option<Condition>,
    pub layout: Layout,
    pub landscape: bool,
    /// It lists records of its kind, chosen as in a list; else it is of one record.
    pub many: bool,
    pub head: Head,
    pub body: Vec<Block>,
}

/// What the page looks like around its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// 公文 after GB/T 9704-2012: the issuer in red above a red line, 22 lines of 28 characters.
    Official,
    /// 信函格式 of the same standard: between two red double lines.
    Letter,
    /// A title above a table of cells.
    Form,
    /// A title above rows; small type.
    List,
    /// One label to be cut out, so wide and high, in millimetres.
    Label { wide: u16, high: u16 },
}

/// The elements of a page beside its body. What is empty is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// 发文机关标志
    pub issuer: Phrase,
    /// 发文字号; on a form the words at the left above the table.
    pub number: Phrase,
    pub title: Phrase,
    /// 主送机关
    pub to: Phrase,
    /// On a form the words at the right above the table.
    pub right: Phrase,
    /// 附件说明
    pub enclosed: Phrase,
    /// 发文机关署名
    pub signer: Phrase,
    /// 成文日期
    pub date: Phrase,
    /// 附注, such as who is to be asked
    pub note: Phrase,
    /// 抄送机关
    pub cc: Phrase,
    /// 印发机关
    pub printed_by: Phrase,
    /// Small lines below all else.
    pub foot: Vec<Phrase>,
}

/// A text with values in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase(pub Vec<Bit>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bit {
    Text(String),
    /// The value of a field. Where there is none, so many blanks to write on; none: as the field's type has it.
    Value {
        way: Way,
        blanks: Option<u8>,
    },
    Told {
        told: Told,
        blanks: Option<u8>,
    },
}

/// A field of the record, of a column of its child rows, or of a record that it links to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Link fields, or one field of child rows, on the way there.
    pub through: Vec<u32>,
    pub field: u32,
    /// A day as 20261123.
    pub digits: bool,
}

/// What the program knows beside the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Name of the township or county that prints.
    Office,
    /// 宗汉镇人大办公室
    Bureau,
    /// 宗汉镇人民代表大会; of a subdistrict its 人大工委, of the county its standing committee.
    Congress,
    /// 宗汉镇人民代表大会主席团; of a subdistrict its 人大工委, of the county its standing committee.
    Presidium,
    /// 宗汉镇人民政府, 宗汉街道办事处
    Government,
    /// Name of who writes the record.
    Owner,
    Today,
    /// By which the office calls the record.
    Number,
    /// Title of the record.
    Title,
    Status,
    /// Label of the kind.
    Kind,
    /// Which record of the list it is, from 1.
    Line,
    /// How many records are listed.
    Count,
    /// Last day of a deadline of the record.
    Due(u32),
    /// Of the receipt that the county gave last: its number, day and time, entries of the own stream, chain value.
    Receipt(ReceiptPart),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptPart {
    Number,
    At,
    Entries,
    Head,
    Held,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Text {
        text: Phrase,
        look: TextLook,
        when: Option<Condition>,
    },
    /// Rows of cells.
    Form {
        rows: Vec<Vec<Cell>>,
        when: Option<Condition>,
    },
    Table(Table),
    /// Empty lines.
    Gap(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextLook {
    /// Two characters in, justified.
    #[default]
    Body,
    Heading,
    Flush,
    Centre,
    Right,
    /// Small and flush, below tables.
    Small,
}

/// A cell of a form, with its label before it; widths in 24ths of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Empty: no label.
    pub label: String,
    pub label_units: u8,
    /// Width with the label; 0: what the others of the row leave, shared evenly.
    pub units: u8,
    pub text: Phrase,
    /// A choice field, all of whose choices are shown as boxes, those that hold ticked.
    pub boxes: Option<u32>,
    /// Height at least, in millimetres.
    pub high: u16,
    /// Lines at the bottom right, for signatures.
    pub sign: Vec<Phrase>,
    pub centre: bool,
    /// Characters one below the other.
    pub vertical: bool,
    /// Points, where it is not the form's own size; for labels.
    pub size: u8,
}

/// Rows from somewhere, with a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub of: Rows,
    pub columns: Vec<Column>,
    /// Empty rows to write in, behind the others.
    pub blank: u16,
    /// Rows at least, empty ones added.
    pub least: u16,
    /// Height of a row at least, in millimetres; 0: one line.
    pub high: u16,
    pub when: Option<Condition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// Child rows for which the condition holds.
    Child { field: u32, condition: Condition },
    /// Records that a field of this one links to.
    Linked(u32),
    /// Records of a kind that link here by that field, or all of them; the oldest date first.
    Records { kind: u32, through: Option<u32>, condition: Condition },
    /// The records of the list.
    These,
    /// A text whose lines have columns parted by two or more spaces: the first line with as many columns as the others
    /// is the heading. What is not such a line stands as text.
    Aligned(u32),
    /// None: only blank ones.
    None,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub label: String,
    /// Part of the width; the others' parts are in the same measure.
    pub units: u8,
    pub text: Phrase,
    /// The number of the row.
    pub count: bool,
    pub centre: bool,
}
