//! Files as books: what kind of file it is, by its first bytes and never by its name.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::filled::Room;
use super::package::Package;
use super::sheet::Sheet;
use super::{excel2003, html, ods, text, xls, xlsx};
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
    Ods,
    /// A table of a web page, whatever the file's name says.
    Html,
    /// The XML of Excel 2003.
    Xml,
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
    #[error("this is {0}, which cannot be read as a table; save it as .xlsx or .csv")]
    WrongType(FileType),
    #[error(
        "the file is protected by a password; remove the password in the office program and save it again"
    )]
    Encrypted,
    #[error(
        "the file declares a document type or entities of its own, which are not read; save it as .xlsx or .csv"
    )]
    Declared,
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
    /// Text of all cells.
    TextBytes,
    /// Text of one cell that has no place yet.
    Text,
    /// One piece of markup.
    Piece,
    Depth,
    Parts,
    Styles,
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
            Self::TextBytes => label("全部文字的长度（字节）", "the length of all text in bytes"),
            Self::Text => label("一个单元格的长度（字节）", "the length of one cell in bytes"),
            Self::Piece => {
                label("文件内一段标记的长度（字节）", "the length of one piece of markup in bytes")
            }
            Self::Depth => label("文件内嵌套的层数", "the depth of elements in each other"),
            Self::Parts => label("压缩包内的文件数", "the number of parts in the package"),
            Self::Styles => label("单元格样式数", "the number of cell styles"),
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
    /// A text or a drawing of an OpenDocument program.
    Document,
    /// Excel's binary workbook.
    Xlsb,
    /// A workbook of Excel 4 or older.
    OldXls,
    /// A web page without a table.
    Page,
    /// A web page with all its parts in one file (.mht).
    PageArchive,
    Xml,
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
            Self::Document => ("文字文档（.odt）", "an OpenDocument text"),
            Self::Xlsb => ("Excel 二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"),
            Self::OldXls => ("很旧的 Excel 4 以前的工作簿", "a workbook of Excel 4 or older"),
            Self::Page => ("没有表格的网页", "a web page without a table"),
            Self::PageArchive => ("单个文件网页（.mht）", "a web archive (.mht)"),
            Self::Xml => ("不认识的 XML 文件", "an XML file of an unknown type"),
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
                format!("这是{}，不能作为表格读取；请另存为 .xlsx 或 .csv 再导入", kind.names().0)
            }
            Self::Encrypted => "文件有密码保护；请在办公软件中取消密码后另存再导入".to_owned(),
            Self::Declared => {
                "文件带有自定义的文档类型（DTD）或实体声明，为安全起见不读取；请另存为 .xlsx 或 .csv 再导入"
                    .to_owned()
            }
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
/// never computed, links never followed, entities never expanded. Time and memory are bounded by the limits, whatever
/// the bytes are.
///
/// # Errors
/// A [`ReadError`] that says what the file is or where it is damaged; never panics.
pub fn read(bytes: &[u8]) -> Result<Book, ReadError> {
    within(Bounded::FileBytes, bytes.len() as u64, limits::IMPORT_FILE_BYTES_MAX as u64)?;
    let room = Room::default();
    let (form, sheets) = match bytes {
        [] => return Err(ReadError::Empty),
        [b'P', b'K', 3 | 5 | 7, ..] => packed(bytes, &room)?,
        [0xD0, 0xCF, 0x11, 0xE0, ..] => (Form::Xls, guarded(|| xls::read(bytes, &room))?),
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
        [0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06 | 0x08, 0x00, ..] => {
            return Err(ReadError::WrongType(FileType::OldXls));
        }
        _ => plain(bytes, &room)?,
    };
    if sheets.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(Book { form, sheets, digest: blake3::hash(bytes).to_hex().to_string() })
}

/// Files that are packages of parts.
fn packed(bytes: &[u8], room: &Room) -> Result<(Form, Vec<Sheet>), ReadError> {
    guarded(|| {
        let mut package = Package::open(bytes)?;
        if package.has("content.xml") {
            return Ok((Form::Ods, ods::read(&mut package, room)?));
        }
        if let Some(book) = xlsx::book_of(&mut package)? {
            return Ok((Form::Xlsx, xlsx::read(&mut package, &book, room)?));
        }
        Err(ReadError::WrongType(if package.has("word/document.xml") {
            FileType::Word
        } else if package.has("xl/workbook.bin") {
            FileType::Xlsb
        } else if package.has("encrypted-package") {
            return Err(ReadError::Encrypted);
        } else {
            FileType::Archive
        }))
    })
}

/// Files that are text: tables of web pages, XML, or cells with a mark between them.
fn plain(bytes: &[u8], room: &Room) -> Result<(Form, Vec<Sheet>), ReadError> {
    let (text, encoding) = text::decode(bytes)?;
    if text.contains('\0') {
        return Err(ReadError::WrongType(FileType::Unknown));
    }
    let start = text.trim_start();
    if start.is_empty() {
        return Err(ReadError::Empty);
    }
    if start.starts_with("MIME-Version:") {
        return Err(ReadError::WrongType(FileType::PageArchive));
    }
    if !start.starts_with('<') {
        let (delimiter, sheets) = text::read(&text, room)?;
        return Ok((Form::Text { encoding, delimiter }, sheets));
    }
    guarded(|| {
        if excel2003::is(start) {
            Ok((Form::Xml, excel2003::read(start, room)?))
        } else if ods::is_flat(start) {
            Ok((Form::Ods, ods::read_flat(start, room)?))
        } else if html::is(start) {
            Ok((Form::Html, html::read(start, room)?))
        } else if start.starts_with("<?xml") {
            Err(ReadError::WrongType(FileType::Xml))
        } else {
            let (delimiter, sheets) = text::read(&text, room)?;
            Ok((Form::Text { encoding, delimiter }, sheets))
        }
    })
}

/// The readers of foreign containers are not ours: a panic in one is damage in the file, not the end of the program.
fn guarded<T>(work: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(ReadError::Damaged("the reader gave up".to_owned())))
}

pub(super) fn within(what: Bounded, found: u64, limit: u64) -> Result<(), ReadError> {
    if found > limit { Err(ReadError::TooLarge { what, found, limit }) } else { Ok(()) }
}
