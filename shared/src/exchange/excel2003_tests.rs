use super::super::book::{FileType, Form, read as open};
use super::super::fixture::{lines, shown};
use super::*;
use crate::record::Day;

fn workbook(sheets: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"gb2312\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n<Workbook xmlns=\"{NAMESPACE}\" xmlns:ss=\"{NAMESPACE}\"><Styles><Style ss:ID=\"a\"/></Styles>{sheets}</Workbook>"
    )
}

fn sheet_of(rows: &str) -> String {
    workbook(&format!(
        "<Worksheet ss:Name=\"台账\"><Table ss:ExpandedRowCount=\"99999999\"><Column/>{rows}</Table><WorksheetOptions/></Worksheet>"
    ))
}

const ROWS: &str = r#"<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">台账</Data></Cell></Row>
<Row ss:Index="3"><Cell ss:MergeDown="1"><Data ss:Type="String">第一团</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">284</Data></Cell>
<Cell><Data ss:Type="DateTime">2017-04-14T00:00:00.000</Data><Comment><Data>批注</Data></Comment></Cell>
<Cell ss:Formula="=1+1"><Data ss:Type="Number">2</Data></Cell><Cell ss:Formula="=RC[-1]"/>
<Cell><ss:Data ss:Type="String"><B>修</B>&amp;路</ss:Data></Cell></Row>
<Row><Cell ss:Index="2"><Data ss:Type="String">x</Data></Cell></Row>"#;

#[test]
fn cells_come_as_what_they_are_in_any_encoding() {
    let text = sheet_of(ROWS);
    let (gb, _, _) = encoding_rs::GB18030.encode(&text);
    for bytes in [text.as_bytes(), &gb] {
        let book = open(bytes).expect("reads");
        assert_eq!((book.form, book.sheets[0].name.as_str()), (Form::Xml, "台账"));
        let cells = &book.sheets[0].rows[1].cells;
        assert_eq!(
            cells[1..],
            [
                Cell::Empty,
                Cell::Number(284.0),
                Cell::Date { day: Day::new(2017, 4, 14).expect("a day"), seconds: None },
                Cell::Number(2.0),
                Cell::Unsolved,
                Cell::Text("修&路".to_owned()),
            ]
        );
    }
    let found = shown(text.as_bytes());
    assert_eq!(found[0], lines(&[(1, &["台账"])])[0]);
    assert_eq!(found[2], lines(&[(4, &["第一团", "x"])])[0]);
}

#[test]
fn hidden_sheets_are_left_out() {
    let row = "<Row><Cell><Data ss:Type=\"String\">x</Data></Cell></Row>";
    let text = workbook(&format!(
        "<Worksheet ss:Name=\"藏\"><Table>{row}</Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet><Worksheet ss:Name=\"一\"><Table>{row}</Table></Worksheet>"
    ));
    let names: Vec<String> =
        open(text.as_bytes()).expect("reads").sheets.into_iter().map(|sheet| sheet.name).collect();
    assert_eq!(names, ["一"]);
}

#[test]
fn hostile_files_are_refused() {
    let far = sheet_of(
        "<Row ss:Index=\"4294967295\"><Cell ss:Index=\"4294967295\"><Data ss:Type=\"Number\">1</Data></Cell></Row>",
    );
    assert!(matches!(open(far.as_bytes()), Err(ReadError::TooLarge { what: Bounded::Columns, .. })));
    let deep = sheet_of(&"<Row>".repeat(5000));
    assert!(matches!(open(deep.as_bytes()), Err(ReadError::TooLarge { what: Bounded::Depth, .. })));
    let laughs = sheet_of(ROWS).replacen("<Workbook", "<!DOCTYPE x [<!ENTITY a \"b\">]><Workbook", 1);
    assert_eq!(open(laughs.as_bytes()), Err(ReadError::Declared));
    let cut = sheet_of(ROWS);
    assert!(matches!(open(&cut.as_bytes()[..cut.len() - 20]), Err(ReadError::Damaged(_))));
    let other = b"<?xml version=\"1.0\"?><data><row/></data>";
    assert_eq!(open(other), Err(ReadError::WrongType(FileType::Xml)));
}
