//! Files as books: what kind of file it is, by its first bytes and never by its name.

use super::out::guard::unguarded as unguarded_text;
use super::sheet::{Cell, Sheet};
use super::{text, workbook};
use crate::catalogue::model::Label;
use crate::limits;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text with this mark between cells, in this encoding.
    Text {
        encoding: &'static str,
        delimiter: char,
    },
    Xlsx,
    Xls,
}

/// An office file in memory: every sheet that has something in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    pub form: Form,
    pub sheets: Vec<Sheet>,
    /// BLAKE3 of the file, in hex. It stays with what comes from the file.
    pub digest: String,
}

/// A file that cannot be read as a ledger. `label` says it to the clerk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("the file is empty")]
    Empty,
    #[error("{what} is {found}, more than the limit of {limit}")]
    TooLarge { what: Bounded, found: u64, limit: u64 },
    #[error("this is {0}, not a table; save it as .xlsx or .csv")]
    WrongType(FileType),
    #[error(
        "the file is protected by a password; remove the password in the office program and save it again"
    )]
    Encrypted,
    #[error("the file is damaged or incomplete: {0}")]
    Damaged(String),
    #[error("the text is damaged: byte {offset} does not belong to {encoding}")]
    Garbled { encoding: &'static str, offset: usize },
    #[error("the quotation mark opened in row {row} is never closed; the file may be cut off")]
    OpenQuote { row: u32 },
}

/// What can be too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounded {
    FileBytes,
    UnpackedBytes,
    Rows,
    Columns,
    Cells,
    /// Bytes of the cell at this row (as the user counts) and column (from 0).
    Cell {
        row: u32,
        column: usize,
    },
    Sheets,
}

impl std::fmt::Display for Bounded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.label().en)
    }
}

impl Bounded {
    fn label(self) -> Label {
        match self {
            Self::FileBytes => label("文件大小（字节）", "the size of the file in bytes"),
            Self::UnpackedBytes => label("文件解压后大小（字节）", "the unpacked size of the file in bytes"),
            Self::Rows => label("行数", "the number of rows"),
            Self::Columns => label("列数", "the number of columns"),
            Self::Cells => label("单元格数", "the number of cells"),
            Self::Cell { row, column } => {
                let letters = super::column_letters(column);
                label(
                    format!("第{row}行{letters}列的长度（字节）"),
                    format!("the length in bytes of row {row}, column {letters}"),
                )
            }
            Self::Sheets => label("工作表数", "the number of sheets"),
        }
    }
}

/// Files that people hand in by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    Pdf,
    Picture,
    Word,
    Ods,
    HtmlTable,
    Archive,
    Unknown,
}

impl std::fmt::Display for FileType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.names().1)
    }
}

impl FileType {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Pdf => ("PDF 文件", "a PDF file"),
            Self::Picture => ("图片", "a picture"),
            Self::Word => ("Word 文档", "a Word document"),
            Self::Ods => ("ODS 表格", "an ODS table"),
            Self::HtmlTable => ("网页表格", "a web page"),
            Self::Archive => ("压缩包", "an archive"),
            Self::Unknown => ("无法识别的文件", "a file of an unknown type"),
        }
    }
}

pub(super) fn label(zh: impl Into<String>, en: impl Into<String>) -> Label {
    Label { zh: zh.into(), en: en.into() }
}

impl ReadError {
    /// The message for the clerk.
    pub fn label(&self) -> Label {
        let zh = match self {
            Self::Empty => "文件是空的".to_owned(),
            Self::TooLarge { what, found, limit } => {
                format!("{}为 {found}，超过上限 {limit}；请拆分后再导入", what.label().zh)
            }
            Self::WrongType(kind) => {
                format!("这是{}，不是表格；请另存为 .xlsx 或 .csv 再导入", kind.names().0)
            }
            Self::Encrypted => "文件有密码保护；请在办公软件中取消密码后另存再导入".to_owned(),
            Self::Damaged(_) => "文件已损坏或不完整；请重新打开并另存后再导入".to_owned(),
            Self::Garbled { encoding, offset } => {
                format!("文字已损坏：第 {offset} 个字节不是合法的 {encoding} 编码")
            }
            Self::OpenQuote { row } => format!("第{row}行开始的引号没有结束；文件可能不完整"),
        };
        label(zh, self.to_string())
    }
}

/// Reads a file by its content.
///
/// Bounds: [`limits::IMPORT_FILE_BYTES_MAX`] and the other import limits; nothing is cut off in silence. Formulas are
/// never computed and links never followed. Time and memory are bounded by the limits, whatever the bytes are.
///
/// # Errors
/// A [`ReadError`] that says what the file is or where it is damaged; never panics.
pub fn read(bytes: &[u8]) -> Result<Book, ReadError> {
    within(Bounded::FileBytes, bytes.len() as u64, limits::IMPORT_FILE_BYTES_MAX as u64)?;
    let (form, sheets) = match bytes {
        [] => return Err(ReadError::Empty),
        [b'P', b'K', 3 | 5 | 7, ..] => (Form::Xlsx, workbook::xlsx(bytes)?),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => (Form::Xls, workbook::xls(bytes)?),
        [b'%', b'P', b'D', b'F', ..] => return Err(ReadError::WrongType(FileType::Pdf)),
        [0x89, b'P', b'N', b'G', ..]
        | [0xFF, 0xD8, 0xFF, ..]
        | [b'G', b'I', b'F', b'8', ..]
        | [b'B', b'M', ..]
            if bytes.contains(&0) =>
        {
            return Err(ReadError::WrongType(FileType::Picture));
        }
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xBC, ..] | [0x1F, 0x8B, ..] => {
            return Err(ReadError::WrongType(FileType::Archive));
        }
        _ => text::read(bytes)?,
    };
    if sheets.is_empty() {
        return Err(ReadError::Empty);
    }
    let sheets = sheets.into_iter().map(unguarded).collect();
    Ok(Book { form, sheets, digest: blake3::hash(bytes).to_hex().to_string() })
}

/// A sheet whose texts are as they were before [`super::out::guard`] made them harmless.
fn unguarded(mut sheet: Sheet) -> Sheet {
    for cell in sheet.rows.iter_mut().flat_map(|row| &mut row.cells) {
        if let Cell::Text(text) = cell
            && text.starts_with('\'')
        {
            *text = unguarded_text(text).to_owned();
        }
    }
    sheet
}

pub(super) fn within(what: Bounded, found: u64, limit: u64) -> Result<(), ReadError> {
    if found > limit { Err(ReadError::TooLarge { what, found, limit }) } else { Ok(()) }
}
