use std::io::Cursor;
use std::sync::Arc;

use calamine::Reader as _;

use super::super::book::read;
use super::super::correction::Corrections;
use super::super::fixture::{Few, kind, lines, shown, township};
use super::super::plan::{OnSimilar, plan};
use super::*;
use crate::catalogue::model::{Catalogue, NodeKind};
use crate::command::{Context, Place, ViewLookup};
use crate::ids::{RecordId, Site};
use crate::record::Role;
use crate::view::sample::{Office, Plain, actor};

const TEXT: &str = "2017年台账,,,,\n案号,案由,登记日期,提出乡镇,备注\n1,修路,2017.4.14,宗汉街道,=1+1\n二,通水,五月,宗汉街道,\n\n3,建校,2017-4-16,坎墩街道,\n4,修路,2017-4-14,宗汉街道,=1+1\n合计,4件,,,\n";

fn office() -> Office {
    let kind = kind();
    let catalogue = Catalogue {
        kinds: [(kind.tag, kind)].into(),
        deadlines: Default::default(),
        profiles: Default::default(),
        locks: Vec::new(),
        version: "marked".to_owned(),
        files: Default::default(),
    };
    Office::with(Site::Township(township("330282002")), Arc::new(catalogue))
}

fn copy(bytes: &[u8], copied: Copied) -> Vec<u8> {
    let office = office();
    let (book, kind) = (read(bytes).expect("reads"), kind());
    let ledger = Ledger::read(&book, None, &kind, &Corrections::default()).expect("has the columns");
    let catalogue = Arc::clone(office.folder.catalogue());
    let ctx = Context {
        catalogue: &catalogue,
        deadlines: &Plain,
        lookup: &ViewLookup { views: &office.views, catalogue: &catalogue },
        place: Place { site: office.site, node: Some(NodeKind::Subdistrict), abbr: "宗汉" },
        now_ms: office.clock,
        today: office.today,
        fresh: RecordId::mint(office.clock, &[7; 10]),
    };
    let plan = plan(&ctx, &ledger, &Few::new(), &actor(Role::TClerk), &OnSimilar::Ask, &|_| {});
    marked(&ledger, &plan, copied, |label| &label.zh).expect("a copy")
}

#[test]
fn every_row_stands_where_it_stood_with_its_reasons() {
    let bytes = copy(TEXT.as_bytes(), Copied::All);
    let wrong = "A（案号）：应为整数\nC（登记日期）：不是日期，应写成 2017-04-14";
    assert_eq!(
        shown(&bytes),
        lines(&[
            (1, &["2017年台账"]),
            (2, &["案号", "案由", "登记日期", "提出乡镇", "备注", "错误原因"]),
            (3, &["1", "修路", "2017.4.14", "宗汉街道", "=1+1"]),
            (4, &["二", "通水", "五月", "宗汉街道", "", wrong]),
            (6, &["3", "建校", "2017-4-16", "坎墩街道", "", "属于坎墩街道，本节点是宗汉街道"]),
            (7, &["4", "修路", "2017-4-14", "宗汉街道", "=1+1", "疑似重复：与第3行相同"]),
            (8, &["合计", "4件"]),
        ])
    );
    // Notes at the cells, and no formula out of what only looks like one.
    let mut theirs = calamine::Xlsx::<_>::new(Cursor::new(&bytes)).expect("reads");
    assert!(theirs.worksheet_formula("导入").expect("reads").used_cells().next().is_none());
    let package = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a package");
    assert!(package.file_names().any(|name| name.is_ok_and(|name| name.contains("comments"))));
}

#[test]
fn only_what_is_to_be_mended_and_it_comes_in_when_it_is() {
    let bytes = copy(TEXT.as_bytes(), Copied::Left);
    let rows = shown(&bytes);
    assert_eq!(rows.len(), 4, "the title, the headings, two rows: {rows:?}");
    assert_eq!((rows[2].0, rows[2].1[1].as_str(), rows[3].1[0].as_str()), (3, "通水", "4"));
    // A copy of the copy: the column of reasons stands where it stood and is no column of the ledger.
    let again = copy(&bytes, Copied::Left);
    let rows = shown(&again);
    assert_eq!(rows[1].1, ["案号", "案由", "登记日期", "提出乡镇", "备注", "错误原因"]);
    assert_eq!(rows.len(), 3, "what seemed doubled is not any more: {rows:?}");
}

#[test]
fn cells_keep_what_they_are() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("台账").expect("a name");
    let day = Format::new().set_num_format("yyyy/m/d");
    for (column, heading) in ["案号", "案由", "登记日期"].into_iter().enumerate() {
        sheet.write_string(0, column as u16, heading).expect("writes");
    }
    sheet.write_number(1, 0, 99_999).expect("writes");
    sheet.write_string(1, 1, "=修路").expect("writes");
    let moment = ExcelDateTime::from_ymd(2017, 4, 14).expect("a day");
    sheet.write_datetime_with_format(1, 2, &moment, &day).expect("writes");
    let bytes = copy(&book.save_to_buffer().expect("in memory"), Copied::Left);
    let read = read(&bytes).expect("reads");
    assert_eq!(read.sheets[0].name, "台账");
    let cells = &read.sheets[0].rows[1].cells;
    assert_eq!(cells[0], Cell::Number(99_999.0));
    assert_eq!(cells[1], Cell::Text("=修路".to_owned()));
    assert_eq!(cells[2].text(), "2017-04-14");
    assert_eq!(cells[3].text(), "A（案号）：案号应在1至9999之间");
}

#[test]
fn long_texts_are_cut_where_a_cell_ends() {
    assert_eq!(cut("修路"), "修路");
    assert_eq!(cut(&"长".repeat(40_000)).chars().count(), 32_767);
    assert_eq!(cut(&"𠀀".repeat(40_000)).chars().count(), 16_383);
}
