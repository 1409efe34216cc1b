//! What the tests of this module share: a small kind, a directory of townships, the real ledger if it is at hand.

use std::path::PathBuf;

use super::cell::{Directory, Townships};
use crate::catalogue::model::*;
use crate::ids::{RecordId, TownshipCode};

pub(super) fn township(text: &str) -> TownshipCode {
    text.parse().expect("tests name valid codes")
}

/// Three townships, two of which share a name, and one record.
pub(super) struct Few {
    townships: Townships,
}

impl Few {
    pub(super) fn new() -> Self {
        let known = [
            ("330282002", "宗汉街道"),
            ("330282003", "坎墩街道"),
            ("330282102", "周巷镇"),
            ("330282199", "城关镇"),
            ("330282198", "城关镇"),
        ];
        Self { townships: Townships::new(known.map(|(code, name)| (township(code), name.to_owned()))) }
    }
}

impl Directory for Few {
    fn townships(&self) -> &Townships {
        &self.townships
    }
    fn records(&self, kinds: &[u32], text: &str) -> Vec<RecordId> {
        let id = |n| RecordId::from_bytes([n; 16]);
        match (kinds, text) {
            ([7], "一片") => vec![id(1)],
            ([7], "二片") => vec![id(2), id(3)],
            _ => Vec::new(),
        }
    }
}

fn both(text: &str) -> Label {
    Label { zh: text.to_owned(), en: format!("{text} in English") }
}

pub(super) fn field(tag: u32, zh: &str, shape: Shape, headings: &[&str]) -> Field {
    Field {
        tag,
        id: format!("field_{tag}"),
        label: both(zh),
        shape,
        privacy: Privacy::Sync,
        required_in: Vec::new(),
        derived: false,
        headings: headings.iter().map(|&h| h.to_owned()).collect(),
        default: None,
        compute: None,
        locks_in: Vec::new(),
        help: None,
    }
}

pub(super) fn choices(rows: &[(&str, &str, &[&str])]) -> Vec<Choice> {
    let choice = |(at, (key, zh, other)): (usize, &(&str, &str, &[&str]))| Choice {
        id: at as u32 + 1,
        key: (*key).to_owned(),
        label: Label { zh: (*zh).to_owned(), en: key.to_lowercase() },
        headings: other.iter().map(|&h| h.to_owned()).collect(),
        mark: String::new(),
    };
    rows.iter().enumerate().map(choice).collect()
}

fn status((tag, id): (u32, &str)) -> (u32, Status) {
    (tag, Status { tag, id: id.to_owned(), label: both(id), open: true, draft: false })
}

/// A kind with one field of most shapes; field 1 is its key.
pub(super) fn kind() -> Kind {
    let text = |max| Shape::Text { max, lines: false, pattern: None };
    let fields = [
        field(1, "案号", Shape::Number { min: 1, max: 9999 }, &["编号", "序号"]),
        field(2, "案由", text(120), &["建议标题", "题目"]),
        field(3, "登记日期", Shape::Date, &["提出日期"]),
        field(4, "协办单位", Shape::Texts { max: 40 }, &["会办单位"]),
        field(
            5,
            "办理结果",
            Shape::Choice(choices(&[("A", "已解决", &["A类"]), ("B", "正在解决", &[])])),
            &["办理结果类别"],
        ),
        field(6, "附件", Shape::Blob, &[]),
    ];
    Kind {
        id: "sample".to_owned(),
        tag: 90,
        code: "X90".to_owned(),
        label: both("样例"),
        owner: Owner::Township,
        nodes: vec![NodeKind::Town, NodeKind::Subdistrict],
        address: Address::Nobody,
        title: 2,
        date: 3,
        responsible: None,
        reason_privacy: Privacy::Sync,
        local_when: None,
        fields: fields.into_iter().map(|f| (f.tag, f)).collect(),
        statuses: [(1, "registered"), (2, "replied")].map(status).into(),
        actions: Default::default(),
        numbering: None,
        plan_statuses: Vec::new(),
        delegation: None,
        staff: None,
        reference: None,
        sample: None,
        returns: Default::default(),
        calendar: None,
        list: vec![1, 2],
        form: Vec::new(),
        measures: Vec::new(),
        rates: Vec::new(),
        coverages: Vec::new(),
        reactions: Vec::new(),
        reminders: Vec::new(),
        term: None,
        session: None,
        veto: None,
        import: Some(Import {
            key: Some(1),
            township_headings: vec!["提出乡镇".to_owned(), "所属乡镇".to_owned()],
            status: vec![(Condition::Filled(5), 2), (Condition::All(Vec::new()), 1)],
            deadlines: Vec::new(),
        }),
        no_import: None,
    }
}

/// A file of the folder with real data: `$XIANGLIAN_LEDGERS`, or `shared/data` beside the repository. `None` (said on
/// stderr) where it is not at hand; it may not be part of the repository.
pub(super) fn real(name: &str) -> Option<Vec<u8>> {
    let named = std::env::var_os("XIANGLIAN_LEDGERS").map(PathBuf::from);
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let beside = manifest.ancestors().map(|folder| folder.join("shared").join("data"));
    let found = named
        .into_iter()
        .chain(beside)
        .map(|folder| folder.join(name))
        .find_map(|path| std::fs::read(path).ok());
    if found.is_none() {
        eprintln!("{name} is not at hand (set XIANGLIAN_LEDGERS); this test checks nothing");
    }
    found
}

/// A package of parts, as a test wants them.
pub(super) fn pack(parts: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        package.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part in memory");
        package.write_all(text.as_bytes()).expect("a part in memory");
    }
    package.finish().expect("a package in memory").into_inner()
}

/// The rows of the first sheet as texts, with their numbers.
#[track_caller]
pub(super) fn shown(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    let book = super::book::read(bytes).unwrap_or_else(|e| panic!("{e}"));
    let row = |row: &super::sheet::Row| {
        (row.number, row.cells.iter().map(|cell| cell.text().into_owned()).collect())
    };
    book.sheets[0].rows.iter().map(row).collect()
}

/// What [`shown`] gives, written short.
pub(super) fn lines(rows: &[(u32, &[&str])]) -> Vec<(u32, Vec<String>)> {
    rows.iter()
        .map(|(number, cells)| (*number, cells.iter().map(|&cell| cell.to_owned()).collect()))
        .collect()
}
