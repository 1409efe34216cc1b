use super::super::book::{Form, read as open};
use super::super::fixture::{lines, shown};
use super::*;

const PAGE: &str = r#"<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv=Content-Type content="text/html; charset=gb2312">
<title>台账</title><style>td { mso-number-format:"\@"; }</style><script>var t = "<table><tr><td>no";</script></head>
<body><div>导出时间：2017-4-14</div>
<table border=1><tr><th colspan=3>优秀建议目录</th></tr>
<tr><td rowspan=2>序号</td><td colspan=2>拟主办
    单位</td><td rowspan=2>备注</td>
<tr><td>名称<td>答复&nbsp;日期
<tr><td x:num>1</td><td>市公安局<br>宗汉街道</td><td>2017.4.14</td><td rowspan=2>同<b>上</b> &lt;甲&gt;</td></tr>
<tr><td>2</td><td><p>市财政局</p></td><td></td></tr>
<!-- <tr><td>3</td></tr> -->
</table></body></html>"#;

#[test]
fn a_table_reads_as_a_browser_shows_it() {
    let expected = lines(&[
        (1, &["优秀建议目录"]),
        (2, &["序号", "拟主办 单位", "", "备注"]),
        (3, &["序号", "名称", "答复 日期", "备注"]),
        (4, &["1", "市公安局\n宗汉街道", "2017.4.14", "同上 <甲>"]),
        (5, &["2", "市财政局", "", "同上 <甲>"]),
    ]);
    let (gb, _, _) = encoding_rs::GB18030.encode(PAGE);
    let marked = [b"\xEF\xBB\xBF", PAGE.as_bytes()].concat();
    for bytes in [PAGE.as_bytes(), &gb, &marked] {
        assert_eq!(open(bytes).expect("reads").form, Form::Html);
        assert_eq!(shown(bytes), expected);
    }
}

#[test]
fn tables_in_tables_are_tables_of_their_own() {
    let page = "<TABLE><TR><TD>外<table><tr><td>内</td></tr></table>面</TD></TR></TABLE><table></table><table><tr><td>三";
    let found: Vec<String> = open(page.as_bytes())
        .expect("reads")
        .sheets
        .iter()
        .map(|sheet| format!("{} {}", sheet.name, sheet.rows[0].cell(0).text()))
        .collect();
    assert_eq!(found, ["表格1 内", "表格2 外面", "表格3 三"]);
}

#[test]
fn pages_without_tables_are_named() {
    for (page, kind) in [
        ("<!DOCTYPE html><html><body><p>请登录</p></body></html>", FileType::Page),
        ("<script>location='/login'</script>", FileType::Page),
        ("MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", FileType::PageArchive),
    ] {
        let error = open(page.as_bytes()).expect_err("no table");
        assert_eq!(error, ReadError::WrongType(kind), "{page}");
        assert!(error.label().zh.contains("另存为"), "{}", error.label().zh);
    }
    assert_eq!(open(b"<table><tr><td> </td></tr></table>"), Err(ReadError::Empty));
    // A ledger may begin with such a mark.
    assert_eq!(shown("<案号>,案由\n1,修路\n".as_bytes())[0], lines(&[(1, &["<案号>", "案由"])])[0]);
}

#[test]
fn spans_beyond_reason_cost_nothing_or_are_refused() {
    let wide = format!("<table><tr>{}", "<td colspan=1000>".repeat(100_000));
    assert_eq!(open(wide.as_bytes()), Err(ReadError::Empty));
    let far = format!("<table><tr>{}<td>x", "<td colspan=1000>".repeat(10));
    assert!(matches!(
        open(far.as_bytes()),
        Err(ReadError::TooLarge { what: Bounded::Columns, found: 10_001, .. })
    ));
    let tall = format!("<table><tr><td rowspan=4000000000>a<td>b{}", "<tr>".repeat(1_000_000));
    assert_eq!(shown(tall.as_bytes()), lines(&[(1, &["a", "b"])]));
    let block = format!("<table><tr><td rowspan=65534 colspan=500>a{}", "<tr><td>b".repeat(60_000));
    assert!(matches!(open(block.as_bytes()), Err(ReadError::TooLarge { what: Bounded::Cells, .. })));
    let both = format!("<table><tr><td rowspan=65534 colspan=1000>a{}", "<tr><td>b".repeat(60_000));
    assert!(matches!(open(both.as_bytes()), Err(ReadError::TooLarge { what: Bounded::Columns, .. })));
}

#[test]
fn deep_nesting_is_bounded() {
    let tables = "<table><tr><td>".repeat(1_000);
    assert!(matches!(open(tables.as_bytes()), Err(ReadError::TooLarge { what: Bounded::Depth, .. })));
    let plain = format!("{}<table><tr><td>x</table>", "<div><b>".repeat(200_000));
    assert_eq!(shown(plain.as_bytes()), lines(&[(1, &["x"])]));
    let long = format!("<table><tr><td>{}", "长".repeat(limits::IMPORT_CELL_BYTES_MAX));
    assert!(matches!(open(long.as_bytes()), Err(ReadError::TooLarge { what: Bounded::Text, .. })));
}

#[test]
fn the_first_element_is_found() {
    assert_eq!(first_element("<?xml?><!-- <a> --><x:Workbook xmlns=\"\">"), Some("x:Workbook"));
    assert_eq!(first_element("<!DOCTYPE html>\n<HTML>"), Some("HTML"));
    for none in ["", "<", "<!-- never", "text", "<!x"] {
        assert!(first_element(none).is_none_or(str::is_empty), "{none}");
    }
}

proptest::proptest! {
    #[test]
    fn no_markup_makes_it_panic(pieces in proptest::collection::vec("<(/?(table|tr|td|th|br|p|style|script)( (row|col)span=[0-9]{1,6})?>|!--|[a-z]{0,3})|[案a &;\"]{0,4}", 0..60)) {
        let _ = open(format!("<table>{}", pieces.concat()).as_bytes());
    }
}
