//! Figures and ledgers of the county as workbooks, read back as any office program reads them.

use std::io::Cursor;

use proptest::prelude::*;
use shared::catalogue::model::Catalogue;
use shared::exchange::{Book, read};
use shared::ledger::{Export, List};
use shared::program::{Existing, Lang, Target};

use super::answers;
use super::bed::{County, code, figure};
use crate::app::places::Ranking;
use crate::app::tally::{Answer, Question};
use crate::app::{district, export, tally_book};

fn township(measures: &[&str]) -> Question {
    Question {
        measures: measures.iter().map(|id| (*id).to_owned()).collect(),
        level: "township".into(),
        period: Some("2026".into()),
        ..Question::default()
    }
}

fn book(county: &County, question: &Question) -> (Book, tally_book::Written) {
    let mut file = Cursor::new(Vec::new());
    let written = county.app.tally_book(question, Lang::Zh, None, &mut file);
    let written = written.unwrap_or_else(|failure| panic!("{failure}"));
    (read(file.get_ref()).expect("a workbook"), written)
}

/// The cells of a sheet as people see them.
fn sheet(book: &Book, name: &str) -> Vec<Vec<String>> {
    let found = book.sheets.iter().find(|sheet| sheet.name == name);
    let found = found.unwrap_or_else(|| panic!("no {name}"));
    found.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text().into_owned()).collect()).collect()
}

/// Rows of the table below its headings, by the name of the unit.
fn row<'t>(table: &'t [Vec<String>], unit: &str) -> &'t [String] {
    let found = table.iter().find(|row| row.get(1).is_some_and(|name| name == unit));
    found.unwrap_or_else(|| panic!("no row {unit} in {table:#?}"))
}

#[test]
fn townships_stand_by_districts_and_the_sums_are_proved() {
    let county = County::of_three();
    county.piece(1, "2026-03-01", "COUNTY", "2.5");
    county.piece(2, "2026-04-01", "COUNTY", "1.2");
    county.piece(3, "2026-05-01", "NATIONAL", "30");
    county.synced(1, 3);
    county.synced_of(2, 80, 0);
    let (book, written) = book(&county, &township(&["C8_claimed", "C1_claimed", "B6"]));
    let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["统计", "分子分母", "数据说明"]);
    let table = sheet(&book, "统计");
    assert_eq!(table[0][0], "慈溪市人大工作统计表（2026年）");
    assert!(
        table[1][0].contains("期间：2026-01-01 至 2026-12-31") && table[1][0].contains("1/3 已同步"),
        "{table:#?}"
    );
    let order: Vec<&str> = table[3..10].iter().map(|row| row[1].as_str()).collect();
    assert_eq!(
        order,
        ["第1镇", "第2镇", "第一片小计", "第3镇", "第二片小计", "慈溪市合计", "核对：各片之和＝合计"]
    );
    let at = |heading: &str| {
        table[2]
            .iter()
            .position(|head| head.starts_with(heading))
            .unwrap_or_else(|| panic!("no {heading}: {:?}", table[2]))
    };
    let (pieces, points, closed) = (at("C8_claimed"), at("C1_claimed"), at("B6"));
    for (unit, expected) in [
        ("第1镇", ["1", "2.5", "—"]),
        ("第2镇", ["1", "1.2", "—"]),
        ("第一片小计", ["2", "3.7", "—"]),
        ("第二片小计", ["1", "30", "—"]),
        ("慈溪市合计", ["3", "33.7", "—"]),
        ("核对：各片之和＝合计", ["相符", "相符", ""]),
    ] {
        let cells = row(&table, unit);
        let cell = |at: usize| cells.get(at).map(String::as_str).unwrap_or_default();
        assert_eq!([cell(pieces), cell(points), cell(closed)], expected, "{unit}");
    }
    assert_eq!((written.rows, written.checked, written.wrong), (6, 4, 0));
    assert_eq!((written.synced, written.townships), (1, 3));

    let parts = sheet(&book, "分子分母");
    assert_eq!(row(&parts, "慈溪市合计")[2..], ["0", "0"]);
    assert_eq!(row(&parts, "核对：各片之和＝合计")[2..], ["相符", "相符"]);

    let said = sheet(&book, "数据说明");
    let state = |town: &str| row(&said, town)[4].clone();
    assert_eq!(
        (state("第1镇"), state("第2镇"), state("第3镇")),
        ("齐全".into(), "⚠ 超过一夜没有同步".into(), "⚠ 从未同步".into())
    );
    assert_eq!((row(&said, "第2镇")[0].as_str(), row(&said, "第2镇")[3].as_str()), ("第一片", "3"));
    let defined = said.iter().find(|row| row[0] == "C1_claimed").expect("every figure is defined");
    assert!(
        defined[2].contains("之和") && defined[3].contains("“刊发日期”") && defined[4] == "宣传报道",
        "{defined:?}"
    );
    assert!(said.iter().any(|row| row[0].contains("1/3 已同步")), "{said:#?}");
}

#[test]
fn a_comparison_and_places_have_columns_of_their_own() {
    let county = answers::county();
    for (n, points) in [(1, "20"), (2, "40"), (3, "30")] {
        county.piece(n, "2026-03-01", "COUNTY", points);
    }
    county.piece(3, "2025-03-01", "COUNTY", "25");
    answers::veto(&county, 2, 2026);
    let question = Question {
        rank: Some(Ranking::default()),
        compare: Some("year".into()),
        ..township(&["C1_claimed"])
    };
    let (book, _) = book(&county, &question);
    let table = sheet(&book, "统计");
    let head = table.iter().position(|row| row[0] == "片").expect("headings");
    let heads: Vec<&str> = table[head][3..].iter().map(String::as_str).collect();
    assert_eq!(heads, ["C1_claimed 去年同期", "C1_claimed 增减", "C1_claimed 名次"]);
    assert_eq!(row(&table, "第3镇")[2..], ["30", "25", "5", "1"]);
    assert_eq!(row(&table, "第1镇")[2..], ["20", "0", "20", "2"]);
    assert_eq!(row(&table, "第2镇")[2..], ["40", "0", "40", "— 一票否决"]);
    assert_eq!(row(&table, "慈溪市合计")[2..5], ["90", "25", "65"]);
    let places = sheet(&book, "排名");
    let order: Vec<[&str; 2]> =
        places.iter().skip_while(|row| row[0] != "片").skip(1).map(|row| [&*row[1], &*row[2]]).collect();
    assert_eq!(order, [["第3镇", "1"], ["第1镇", "2"], ["第2镇", "— 一票否决"]]);
    assert!(table.iter().any(|row| row[0].contains("比较期间：2025-01-01 至 2025-06-01")), "{table:#?}");
}

#[test]
fn every_figure_of_the_catalogue_is_defined_in_both_languages() {
    let county = County::of_three();
    let catalogue = Catalogue::builtin();
    let ids: Vec<&str> = catalogue.measures().map(|(_, measure)| measure.id.as_str()).collect();
    // What is read back has fewer columns at the most than there are figures.
    for (level, ids) in ["county", "district", "township"]
        .iter()
        .flat_map(|level| ids.chunks(100).map(move |ids| (*level, ids)))
    {
        let question = Question { level: level.into(), ..township(ids) };
        let (book, written) = book(&county, &question);
        assert_eq!(written.wrong, 0);
        let said = sheet(&book, "数据说明");
        for id in ids {
            let row = said.iter().find(|row| row[0] == *id).unwrap_or_else(|| panic!("no {id}"));
            assert!(row.len() >= 5 && row[2..5].iter().all(|cell| !cell.is_empty()), "{row:?}");
            assert!(!row.iter().any(|cell| cell.contains("{}") || cell.contains('#')), "{row:?}");
        }
    }
    let mut file = Cursor::new(Vec::new());
    county.app.tally_book(&township(&ids[..100]), Lang::En, None, &mut file).expect("a workbook");
    let said = sheet(&read(file.get_ref()).expect("reads"), "about the data");
    let chinese = |text: &String| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let figures = said.iter().skip_while(|row| row[0] != "figure").take_while(|row| row.len() > 2);
    for row in figures {
        assert!(!row.iter().any(chinese), "{row:?}");
    }
}

#[test]
fn a_ledger_of_the_county_names_townships_and_districts() {
    let county = County::of_three();
    county.piece(3, "2026-05-01", "NATIONAL", "30");
    county.piece(1, "2026-03-01", "COUNTY", "2.5");
    let folder = tempfile::tempdir().expect("a folder");
    let list = List { kind: "publicity".into(), ..List::default() };
    let wanted = || export::Wanted {
        ledger: Export { list: list.clone(), ..Export::default() },
        target: Target::of(Some(folder.path().to_owned())).expect("a folder"),
        existing: Existing::Kept,
    };
    let written = county.ask(wanted());
    assert_eq!(written.file, folder.path().join("慈溪市_宣传报道台账.xlsx"));
    let table =
        sheet(&read(&std::fs::read(&written.file).expect("a file")).expect("a workbook"), "宣传报道台账");
    assert_eq!(table[2][..3], ["序号", "乡镇", "片"]);
    assert_eq!(table[3][..3], ["1", "第1镇", "第一片"]);
    assert_eq!(table[4][..3], ["2", "第3镇", "第二片"]);
    let again = county.try_ask(wanted()).expect_err("the file is there");
    assert!(again.render(Lang::Zh).contains("--force"), "{again}");
    county.ask(export::Wanted { existing: Existing::Replaced, ..wanted() });
}

/// One piece of work, or a township that goes to another district.
#[derive(Debug, Clone)]
enum Event {
    Piece { town: u32, days_ago: i32, tenths: u32 },
    Move { town: u32, to: usize, days_ago: i32 },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        5 => (1..4u32, 0..400i32, 0..90u32).prop_map(|(town, days_ago, tenths)| Event::Piece { town, days_ago, tenths }),
        2 => (1..4u32, 0..2usize, 0..300i32).prop_map(|(town, to, days_ago)| Event::Move { town, to, days_ago }),
    ];
    prop::collection::vec(event, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever happens, the workbook says what the answer says, and its sums are proved.
    #[test]
    fn the_workbook_says_what_the_answer_says(events in events()) {
        let county = County::of_three();
        for event in events {
            match event {
                Event::Piece { town, days_ago, tenths } => {
                    let day = county.app.today().plus(-days_ago).to_string();
                    county.piece(town, &day, "COUNTY", &format!("{}.{}", tenths / 10, tenths % 10));
                }
                Event::Move { town, to, days_ago } => {
                    let district = ["第一片", "第二片"][to].to_owned();
                    let from = county.app.today().plus(-days_ago).to_string();
                    let _ = county.try_ask(district::Assign { township: code(town), district, from });
                }
            }
        }
        let ids = ["C8_claimed", "C1_claimed", "C8_level"];
        let (book, written) = book(&county, &township(&ids));
        prop_assert_eq!(written.wrong, 0);
        prop_assert!(written.checked >= 3);
        let table = sheet(&book, "统计");
        let answers: Vec<Answer> = ["township", "district"].map(|level| county.tally(&ids, level, "2026")).into();
        let number = |text: &str| text.parse::<f64>().expect("a number");
        for answer in &answers {
            for unit in &answer.units {
                let name = match unit.level.as_str() {
                    "district" => format!("{}小计", unit.name),
                    "county" => format!("{}合计", unit.name),
                    _ => unit.name.clone(),
                };
                for id in ["C8_claimed", "C1_claimed"] {
                    let at = table[2].iter().position(|head| head.starts_with(&format!("{id} "))).expect("a column");
                    let expected = figure(answer, id, &unit.name);
                    let Some(found) = table.iter().find(|row| row.get(1) == Some(&name)) else {
                        prop_assert_eq!(number(&expected), 0.0, "only what has nothing is left out: {}", name);
                        continue;
                    };
                    prop_assert_eq!(number(&found[at]), number(&expected), "{} {}", id, name);
                }
            }
        }
    }
}
