use super::super::book::read;
use super::super::fixture::kind;
use super::*;

fn mapping(text: &str) -> Result<Mapping, MappingError> {
    let book = read(text.as_bytes()).expect("a readable table");
    Headings::new(&kind()).map(&book.sheets[0])
}

fn holds(mapping: &Mapping) -> Vec<(String, Holds)> {
    mapping.columns.iter().map(|column| (column.letters(), column.holds)).collect()
}

#[test]
fn titles_above_the_headings_are_skipped() {
    let found = mapping(
        "2017年建议台账,,\n编制：人大办,,2017-7-1\n案 号,建议标题,提出日期（年月日）\n1,修路,2017.4.14\n",
    )
    .expect("maps");
    assert_eq!((found.row, found.first), (3, 3));
    assert_eq!(
        holds(&found),
        [("A".into(), Holds::Field(1)), ("B".into(), Holds::Field(2)), ("C".into(), Holds::Field(3))]
    );
}

#[test]
fn labels_headings_and_both_languages_are_known() {
    let found = mapping("field_1,案由 in English,＊会办单位：,提出乡镇\n").expect("maps");
    let fields: Vec<Holds> = found.columns.iter().map(|column| column.holds).collect();
    assert_eq!(fields, [Holds::Field(1), Holds::Field(2), Holds::Field(4), Holds::Township]);
}

#[test]
fn unknown_and_repeated_columns_are_reported() {
    let found = mapping("案号,案由,领导批示,题目,附件\n").expect("maps");
    let ignored: Vec<(&str, &str)> =
        found.ignored.iter().map(|i| (i.heading.as_str(), i.reason.zh.as_str())).collect();
    assert_eq!(
        ignored,
        [("领导批示", "没有对应的栏目"), ("题目", "与B列相同"), ("附件", "这一栏不能从表格导入")]
    );
}

#[test]
fn a_missing_key_is_fatal_and_says_what_is_expected() {
    let error = mapping("案由,登记日期\n修路,2017-4-14\n").expect_err("no key");
    let zh = error.label().zh;
    assert!(zh.contains("第1行是表头，但缺少“案号”一栏（也可写作：编号、序号）"), "{zh}");
    assert!(zh.contains("协办单位") && !zh.contains("附件"), "{zh}");
    let error = mapping("甲,乙\n1,2\n").expect_err("no headings");
    assert!(matches!(error, MappingError::NoHeadings { .. }));
    assert!(error.label().zh.contains("案号、案由"));
}

#[test]
fn repeated_headings_are_recognised() {
    let book = read("案号,案由\n1,修路\n案号,案 由\n".as_bytes()).expect("a readable table");
    let kind = kind();
    let headings = Headings::new(&kind);
    let mapping = headings.map(&book.sheets[0]).expect("maps");
    let repeats: Vec<bool> = book.sheets[0].rows.iter().map(|row| headings.repeats(&mapping, row)).collect();
    assert_eq!(repeats, [true, false, true]);
}
