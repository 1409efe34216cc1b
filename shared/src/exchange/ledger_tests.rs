//! The real ledger of 284 suggestions of nineteen townships, from files that say the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_xlsxwriter::{ExcelDateTime as Moment, Format, Workbook};

use super::book::{Book, read};
use super::cell::{Directory, Townships};
use super::correction::Corrections;
use super::fixture::{real, township};
use super::plan::{Counts, ImportPlan, Mode, OnSimilar, Outcome, entries, plan};
use super::rows::Ledger;
use super::sheet::Row;
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, Kind, NodeKind};
use crate::command::{Context, Place, ViewLookup};
use crate::ids::{RecordId, Site, StreamName, TownshipCode};
use crate::record::{Day, Entry, Fields, Record, Role, Value};
use crate::view::sample::{Office, actor};

/// The nineteen townships of the ledger's county.
struct County {
    kinds: BTreeMap<TownshipCode, NodeKind>,
    townships: Townships,
}

impl Directory for County {
    fn townships(&self) -> &Townships {
        &self.townships
    }
    fn records(&self, _kinds: &[u32], _text: &str) -> Vec<RecordId> {
        Vec::new()
    }
}

/// Columns of a small file with a row of headings, by name.
fn table(book: &Book, names: &[&str]) -> Vec<Vec<String>> {
    let rows = &book.sheets[0].rows;
    let at = |name: &&str| {
        rows[0].cells.iter().position(|cell| cell.text() == *name).expect("the column is there")
    };
    let columns: Vec<usize> = names.iter().map(at).collect();
    rows[1..].iter().map(|row| columns.iter().map(|&c| row.cell(c).text().into_owned()).collect()).collect()
}

fn county() -> Option<County> {
    let book = read(&real("suggestions_2017_districts.csv")?).expect("reads");
    let rows = table(&book, &["code9", "name", "kind"]);
    let kind =
        |row: &Vec<String>| (township(&row[0]), NodeKind::from_code(&row[2]).expect("a form of township"));
    let name = |row: &Vec<String>| (township(&row[0]), row[1].clone());
    Some(County { kinds: rows.iter().map(kind).collect(), townships: Townships::new(rows.iter().map(name)) })
}

fn expected() -> Option<BTreeMap<(String, String), usize>> {
    let book = read(&real("suggestions_2017_expected.csv")?).expect("reads");
    let rows = table(&book, &["dimension", "key", "count"]);
    Some(rows.into_iter().map(|r| ((r[0].clone(), r[1].clone()), r[2].parse().expect("a count"))).collect())
}

fn proposals(catalogue: &Catalogue) -> &Kind {
    catalogue.kind("proposal").expect("the catalogue has suggestions")
}

/// Reads a file as suggestions.
fn with<T>(bytes: &[u8], county: &County, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
    let book = read(bytes).expect("reads");
    let catalogue = Catalogue::builtin();
    let ledger =
        Ledger::read(&book, None, proposals(&catalogue), &Corrections::default()).expect("has the columns");
    let problems: Vec<String> =
        ledger.rows(county).flat_map(|row| row.problems).map(|problem| problem.label().en).collect();
    assert_eq!(problems, Vec::<String>::new());
    work(&ledger)
}

/// Every row: township and values.
fn values(bytes: &[u8], county: &County) -> Vec<(Option<TownshipCode>, Fields)> {
    with(bytes, county, |ledger| ledger.rows(county).map(|row| (row.township, row.fields)).collect())
}

/// What the office says of the ledger, and what it would append.
fn planned(
    office: &Office,
    kind: NodeKind,
    ledger: &Ledger<'_>,
    county: &County,
) -> (ImportPlan, Vec<(StreamName, Entry)>) {
    let catalogue = Arc::clone(office.folder.catalogue());
    let profile = catalogue.profiles["national"].clone();
    let legal = Legal::new(Calendar::builtin(), Arc::new(profile));
    let ctx = Context {
        catalogue: &catalogue,
        deadlines: &legal,
        lookup: &ViewLookup { views: &office.views, catalogue: &catalogue },
        place: Place { site: office.site, node: Some(kind), abbr: "" },
        now_ms: office.clock,
        today: office.today,
        fresh: RecordId::mint(office.clock, &[7; 10]),
    };
    let actor = actor(Role::TClerk);
    let plan = plan(&ctx, ledger, county, &actor, &OnSimilar::Ask, &|_| {});
    let fit = plan.fit(Mode::GoodRows).expect("the good rows");
    let (entries, left) = entries(&ctx, ledger, county, &actor, &fit);
    assert_eq!(left, 0);
    (plan, entries)
}

/// Every township takes its own rows.
fn import(county: &County, offices: &mut BTreeMap<TownshipCode, Office>, ledger: &Ledger<'_>) -> Counts {
    let mut all = Counts::default();
    for (&code, &kind) in &county.kinds {
        let office =
            offices.entry(code).or_insert_with(|| Office::with(Site::Township(code), Catalogue::builtin()));
        let (plan, entries) = planned(office, kind, ledger, county);
        let ours = plan.problems().filter(|problem| !problem.reason.zh.starts_with("属于"));
        let problems: Vec<String> = ours.map(|problem| problem.label().zh).collect();
        assert_eq!(problems, Vec::<String>::new(), "{code}");
        let similar: Vec<String> =
            plan.rows.iter().filter_map(|row| Some(row.similar.as_ref()?.label().zh)).collect();
        assert_eq!(similar, Vec::<String>::new(), "{code}");
        all.new += plan.counts.new;
        all.changed += plan.counts.changed;
        all.unchanged += plan.counts.unchanged;
        for (stream, entry) in entries {
            office.append(stream, entry.encode());
        }
    }
    all
}

fn records(office: &Office) -> Vec<Record> {
    let mut found = Vec::new();
    let kind = proposals(office.folder.catalogue()).tag;
    crate::view::read::list_all(&office.views, kind, &mut |listed| {
        found.extend(crate::view::read::record(&office.views, listed.id));
        true
    });
    found
}

/// The ledger saved again from a spreadsheet program: a title row, numbers, real dates.
fn workbook(csv: &[u8]) -> Vec<u8> {
    let book = read(csv).expect("reads");
    let mut twin = Workbook::new();
    let sheet = twin.add_worksheet();
    let day = Format::new().set_num_format("yyyy/m/d");
    sheet.write(0, 0, "2017年市人大代表建议台账").expect("writes");
    for (at, row) in book.sheets[0].rows.iter().enumerate() {
        for (column, cell) in row.cells.iter().enumerate() {
            let (at, column, text) = (at as u32 + 1, column as u16, cell.text());
            let written = match (text.parse::<u32>(), text.parse::<Day>()) {
                (Ok(number), _) => sheet.write(at, column, number),
                (_, Ok(date)) => {
                    let (y, m, d) = date.ymd();
                    let moment = Moment::from_ymd(y as u16, m as u8, d as u8).expect("a day");
                    sheet.write_with_format(at, column, moment, &day)
                }
                _ => sheet.write(at, column, text.as_ref()),
            };
            written.expect("writes");
        }
    }
    twin.save_to_buffer().expect("a workbook in memory")
}

/// The ledger as a table of a web page, with everything on one line and everything quoted that has to be.
fn page(csv: &[u8]) -> Vec<u8> {
    let book = read(csv).expect("reads");
    let quoted = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>").replace("  ", " &nbsp;")
    };
    let row = |row: &Row| {
        let cells = row.cells.iter().map(|cell| format!("<td>{}</td>", quoted(&cell.text())));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let rows: String = book.sheets[0].rows.iter().map(row).collect();
    format!(
        "<html><body><table><tr><td colspan=17>2017年市人大代表建议台账</td></tr>{rows}</table></body></html>"
    )
    .into_bytes()
}

/// The ledger in the XML of Excel 2003, and in that of ODS.
fn in_xml(csv: &[u8]) -> [Vec<u8>; 2] {
    let book = read(csv).expect("reads");
    let quoted = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let (mut excel, mut open) = (String::new(), String::new());
    for row in &book.sheets[0].rows {
        excel.push_str("<Row>");
        open.push_str("<table:table-row>");
        for cell in &row.cells {
            let text = quoted(&cell.text());
            excel.push_str(&format!("<Cell><Data ss:Type=\"String\">{text}</Data></Cell>"));
            open.push_str(&format!(
                "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
            ));
        }
        excel.push_str("</Row>");
        open.push_str("</table:table-row>");
    }
    let namespace = "urn:schemas-microsoft-com:office:spreadsheet";
    let excel = format!(
        "<Workbook xmlns=\"{namespace}\" xmlns:ss=\"{namespace}\"><Worksheet><Table>{excel}</Table></Worksheet></Workbook>"
    );
    let open = format!(
        "<office:document><office:body><office:spreadsheet><table:table>{open}</table:table></office:spreadsheet></office:body></office:document>"
    );
    [excel.into_bytes(), open.into_bytes()]
}

/// The same ledger in every form that can be made here.
fn twins(utf8: &[u8], gb: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let [excel, open] = in_xml(utf8);
    let text = String::from_utf8_lossy(utf8).trim_start_matches('\u{feff}').to_owned();
    let utf16 = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let page = page(utf8);
    let (gb_page, _, _) = encoding_rs::GB18030.encode(std::str::from_utf8(&page).expect("made of text"));
    vec![
        ("UTF-8", utf8.to_vec()),
        ("GB18030", gb.to_vec()),
        ("UTF-16", utf16),
        ("XLSX", workbook(utf8)),
        ("web page in GB18030", gb_page.into_owned()),
        ("web page", page),
        ("XML of Excel 2003", excel),
        ("flat ODS", open),
    ]
}

#[test]
fn the_real_ledger_gives_what_is_expected_and_only_once() {
    let (Some(county), Some(expected)) = (county(), expected()) else { return };
    let (Some(utf8), Some(gb)) = (real("suggestions_2017_utf8bom.csv"), real("suggestions_2017_gb18030.csv"))
    else {
        return;
    };
    let mut offices = BTreeMap::new();
    with(&utf8, &county, |ledger| {
        assert_eq!(
            ledger.mapping.columns.len(),
            17,
            "every column is understood: {:?}",
            ledger.mapping.ignored
        );
        assert_eq!(import(&county, &mut offices, ledger), Counts { new: 284, ..Counts::default() });
    });
    let first = values(&utf8, &county);
    assert_eq!(first.len(), 284);
    for (name, twin) in twins(&utf8, &gb) {
        let same = values(&twin, &county) == first;
        assert!(same, "{name} says the same in every field of every row");
        with(&twin, &county, |ledger| {
            let again = import(&county, &mut offices, ledger);
            assert_eq!(again, Counts { unchanged: 284, ..Counts::default() }, "{name}");
        });
    }
    let count = |dimension: &str, key: &str| expected[&(dimension.to_owned(), key.to_owned())];
    for (code, office) in &offices {
        let name = county.townships.name(*code).expect("has a name");
        assert_eq!(records(office).len(), count("提出乡镇", name), "{name}");
    }
    let all: Vec<Record> = offices.values().flat_map(records).collect();
    let catalogue = Catalogue::builtin();
    let kind = proposals(&catalogue);
    let value = |record: &Record, id: &str| record.fields.get(&kind.field(id).expect("a field").tag).cloned();
    let chosen = |id: &str, key: &str| {
        let crate::catalogue::model::Shape::Choice(choices) = &kind.field(id).expect("a field").shape else {
            panic!("{id} is a choice")
        };
        let choice = choices.iter().find(|choice| choice.key == key).expect("a choice").id;
        all.iter().filter(|record| value(record, id) == Some(Value::Choice(choice))).count()
    };
    for class in ["A", "B", "C", "D"] {
        assert_eq!(chosen("result_class", class), count("办理结果类别", class));
    }
    assert_eq!(chosen("in_session", "IN_SESSION"), count("状态", "大会期间"));
    assert_eq!(chosen("subject", "URBAN_ENV"), count("性质类别", "城建环保"));
    let status = |id: &str| {
        let tag = kind.status(id).expect("a status").tag;
        all.iter().filter(|record| record.status == tag).count()
    };
    assert_eq!((status("replied"), status("handling"), status("assigned")), (151, 132, 1));
    let reply =
        catalogue.deadlines.values().find(|kind| kind.code == "DL-SG-REPLY").expect("a deadline").number;
    let in_time = |record: &&Record| {
        record.deadlines.get(&reply).is_some_and(|d| d.done.is_some_and(|done| done <= d.effective_due))
    };
    assert_eq!(all.iter().filter(in_time).count(), count("已答复", ""), "all within three months");
    let units = |record: &Record| match value(record, "co_units") {
        Some(Value::List(units)) => units.len(),
        _ => 0,
    };
    assert_eq!(all.iter().map(units).sum::<usize>(), count("协办人次", ""));
    assert_eq!(all.iter().filter(|r| value(r, "main_unit").is_some()).count(), count("有主办单位", ""));
}

#[test]
fn a_node_takes_only_its_own_rows_of_the_county_s_ledger() {
    let (Some(county), Some(csv)) = (county(), real("suggestions_2017_utf8bom.csv")) else { return };
    let code = township("330282002");
    let office = Office::with(Site::Township(code), Catalogue::builtin());
    let (plan, entries) =
        with(&csv, &county, |ledger| planned(&office, NodeKind::Subdistrict, ledger, &county));
    assert_eq!(plan.counts, Counts { new: 28, elsewhere: 256, ..Counts::default() });
    let foreign = plan.rows.iter().find(|row| row.outcome == Outcome::Elsewhere(township("330282003")));
    let message = foreign.expect("some rows are 坎墩街道's").problems[0].label().zh;
    assert!(message.ends_with("属于坎墩街道，本节点是宗汉街道"), "{message}");
    assert!(plan.fit(Mode::AllOrNothing).is_err());
    assert_eq!((plan.fit(Mode::GoodRows).map(|rows| rows.len()), entries.len()), (Ok(28), 28));
}
