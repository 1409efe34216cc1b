use super::super::book::read;
use super::super::fixture::kind;
use super::*;

fn mapping(text: &str) -> Result<Mapping, MappingError> {
    corrected(text, &Corrections::default())
}

fn corrected(text: &str, corrections: &Corrections) -> Result<Mapping, MappingError> {
    let book = read(text.as_bytes()).expect("a readable table");
    Headings::new(&kind(), corrections).map(&book.sheets[0])
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
    let found = mapping("field_1,案由 in English,＊会办单位：,提出乡镇,登记日期\n").expect("maps");
    let fields: Vec<Holds> = found.columns.iter().map(|column| column.holds).collect();
    assert_eq!(fields, [Holds::Field(1), Holds::Field(2), Holds::Field(4), Holds::Township, Holds::Field(3)]);
}

#[test]
fn unknown_and_repeated_columns_are_reported() {
    let found = mapping("案号,案由,领导批示,题目,附件,登记日期,错误原因\n").expect("maps");
    let ignored: Vec<(&str, &str)> =
        found.ignored.iter().map(|i| (i.heading.as_str(), i.reason.zh.as_str())).collect();
    assert_eq!(
        ignored,
        [
            ("领导批示", "没有对应的栏目"),
            ("题目", "与B列相同"),
            ("附件", "这一栏不能从表格导入"),
            ("错误原因", "上次导入的说明")
        ]
    );
}

#[test]
fn a_missing_column_is_said_with_what_may_be_it() {
    let error = mapping("案号,案由,收到日\n1,修路,2017-4-14\n").expect_err("no date");
    let zh = error.label().zh;
    assert_eq!(
        zh,
        "第1行是表头，但缺少“登记日期”一栏（也可写作：提出日期）；没有认出的表头：收到日，可指定其中一个就是“登记日期”"
    );
    let MappingError::Missing { mapping: found, .. } = error else { panic!("what is understood") };
    assert_eq!(holds(&found), [("A".into(), Holds::Field(1)), ("B".into(), Holds::Field(2))]);
    let error = mapping("甲,乙\n1,2\n").expect_err("no headings");
    assert!(matches!(error, MappingError::NoHeadings { .. }));
    assert!(error.label().zh.contains("案号、案由") && !error.label().zh.contains("附件"));
    // Without a column of numbers rows are known by what they say.
    assert!(mapping("案由,登记日期\n修路,2017-4-14\n").is_ok());
}

#[test]
fn kinds_without_imports_say_why() {
    let mut kind = kind();
    kind.import = None;
    kind.no_import = Some(label("须与县里的记录对应", "it answers a record of the county"));
    let book = read("案号,案由,登记日期\n".as_bytes()).expect("a readable table");
    let error = Headings::new(&kind, &Corrections::default()).map(&book.sheets[0]).expect_err("none");
    assert_eq!(error.label().zh, "样例不能从表格导入：须与县里的记录对应");
}

#[test]
fn headings_in_two_rows_are_joined_or_the_lower_is_looked_up() {
    let text = "建议目录,,,,,\n序号,案由,会办单位,,登记,备注\n,,名称,办理结果,日期,\n1,修路,市公安局,A,2017-4-14,x\n";
    let found = mapping(text).expect("maps");
    assert_eq!((found.row, found.last_row, found.first), (2, 3, 3));
    let columns: Vec<(String, &str, Holds)> =
        found.columns.iter().map(|c| (c.letters(), c.heading.as_str(), c.holds)).collect();
    assert_eq!(
        columns,
        [
            ("A".into(), "序号", Holds::Field(1)),
            ("B".into(), "案由", Holds::Field(2)),
            ("C".into(), "会办单位/名称", Holds::Field(4)),
            ("D".into(), "会办单位/办理结果", Holds::Field(5)),
            ("E".into(), "登记/日期", Holds::Field(3)),
        ]
    );
    assert_eq!(found.ignored[0].heading, "备注");
    // A group ends where nothing stands below.
    let apart = mapping("案号,案由,,登记日期,\n,,说明,,经办\n").expect("maps");
    assert_eq!(apart.row, apart.last_row, "{apart:?}");
}

#[test]
fn rows_below_the_headings_are_not_taken_for_headings() {
    for text in [
        "案号,案由,登记日期\n1,题目,提出日期\n",
        "案号,案由,登记日期,协办单位\n甲,乙,丙,会办单位\n",
        "2017年台账,人大办\n案号,案由,登记日期\n",
    ] {
        let found = mapping(text).expect("maps");
        assert_eq!(found.row, found.last_row, "{text}");
    }
}

#[test]
fn what_a_clerk_says_goes_before_the_catalogue() {
    let mut corrections = Corrections::default();
    corrections.add("承 办：", Meaning::Field(4), Basis::Given);
    corrections.add("建议标题", Meaning::Leave, Basis::Remembered);
    corrections.add("正式标题", Meaning::Field(2), Basis::Remembered);
    corrections.add("报送", Meaning::Township, Basis::Given);
    corrections.add("没有这一列", Meaning::Leave, Basis::Given);
    let text = "序号,建议标题,正式标题,承办,会办单位,报送,登记日期\n";
    let found = corrected(text, &corrections).expect("maps");
    let columns: Vec<(String, Holds, Basis)> =
        found.columns.iter().map(|c| (c.letters(), c.holds, c.basis)).collect();
    assert_eq!(
        columns,
        [
            ("A".into(), Holds::Field(1), Basis::Catalogue),
            ("C".into(), Holds::Field(2), Basis::Remembered),
            ("D".into(), Holds::Field(4), Basis::Given),
            ("F".into(), Holds::Township, Basis::Given),
            ("G".into(), Holds::Field(3), Basis::Catalogue),
        ]
    );
    let left: Vec<(&str, &str, Option<Basis>)> =
        found.ignored.iter().map(|c| (c.heading.as_str(), c.reason.zh.as_str(), c.basis)).collect();
    assert_eq!(
        left,
        [("建议标题", "按您的指定不导入", Some(Basis::Remembered)), ("会办单位", "与D列相同", None)]
    );
    assert_eq!(found.unused, ["没有这一列"]);
    // Headings of which the catalogue knows none are found by what is said of them.
    let mut all = Corrections::default();
    for (heading, tag) in [("甲", 1), ("乙", 2), ("丙", 3)] {
        all.add(heading, Meaning::Field(tag), Basis::Given);
    }
    assert_eq!(corrected("台账\n甲,乙,丙\n1,修路,2017-4-14\n", &all).expect("maps").row, 2);
}

#[test]
fn repeated_headings_are_recognised() {
    let book =
        read("案号,案由,日期\n1,修路,\n案号,案 由,日期：\n案号,,\n".as_bytes()).expect("a readable table");
    let rows = &book.sheets[0].rows;
    let repeats: Vec<bool> = rows.iter().map(|row| repeats(&rows[..1], row)).collect();
    assert_eq!(repeats, [true, false, true, false]);
}
