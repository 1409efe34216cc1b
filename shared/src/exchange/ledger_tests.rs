//! The real ledger of 284 suggestions of nineteen townships, from three files that say the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_xlsxwriter::{ExcelDateTime as Moment, Format, Workbook};

use super::book::{Book, read};
use super::cell::{Directory, Townships};
use super::fixture::{real, township};
use super::plan::{Counts, ImportPlan, Mode, Outcome, plan};
use super::rows::Ledger;
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, Kind, NodeKind};
use crate::command::{Context, Place, ViewLookup};
use crate::ids::{RecordId, Site, TownshipCode};
use crate::record::{Day, Record, Role, Value};
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

fn ledger(bytes: &[u8], county: &County) -> Ledger {
    let book = read(bytes).expect("reads");
    let ledger =
        Ledger::read(&book, None, proposals(&Catalogue::builtin()), county).expect("has the columns");
    let problems: Vec<String> = ledger.rows.iter().flat_map(|r| &r.problems).map(|p| p.label().en).collect();
    assert_eq!(problems, Vec::<String>::new());
    ledger
}

fn planned(office: &Office, kind: NodeKind, ledger: &Ledger, county: &County) -> ImportPlan {
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
    plan(&ctx, ledger, &actor(Role::TClerk), &county.townships)
}

/// Every township takes its own rows, with everything or nothing.
fn import(county: &County, offices: &mut BTreeMap<TownshipCode, Office>, ledger: &Ledger) -> Counts {
    let mut all = Counts::default();
    for (&code, &kind) in &county.kinds {
        let office =
            offices.entry(code).or_insert_with(|| Office::with(Site::Township(code), Catalogue::builtin()));
        let plan = planned(office, kind, &ledger.only(code), county);
        let problems: Vec<String> = plan.problems().map(|problem| problem.label().zh).collect();
        assert_eq!(problems, Vec::<String>::new(), "{code}");
        all.new += plan.counts.new;
        all.changed += plan.counts.changed;
        all.unchanged += plan.counts.unchanged;
        for (stream, entry) in plan.entries(Mode::AllOrNothing).expect("every row is good") {
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

#[test]
fn the_real_ledger_gives_what_is_expected_and_only_once() {
    let (Some(county), Some(expected)) = (county(), expected()) else { return };
    let (Some(utf8), Some(gb)) = (real("suggestions_2017_utf8bom.csv"), real("suggestions_2017_gb18030.csv"))
    else {
        return;
    };
    let first = ledger(&utf8, &county);
    assert_eq!(first.mapping.columns.len(), 17, "every column is understood: {:?}", first.mapping.ignored);
    let mut offices = BTreeMap::new();
    assert_eq!(import(&county, &mut offices, &first), Counts { new: 284, ..Counts::default() });
    for twin in [&utf8, &gb, &workbook(&utf8)] {
        let again = ledger(twin, &county);
        assert_eq!(again.rows.len(), 284);
        assert!(
            again
                .rows
                .iter()
                .zip(&first.rows)
                .all(|(a, b)| (a.township, &a.fields) == (b.township, &b.fields))
        );
        assert_eq!(import(&county, &mut offices, &again), Counts { unchanged: 284, ..Counts::default() });
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
    let plan = planned(&office, NodeKind::Subdistrict, &ledger(&csv, &county), &county);
    assert_eq!(plan.counts, Counts { new: 28, elsewhere: 256, ..Counts::default() });
    let foreign = plan.rows.iter().find(|row| row.outcome == Outcome::Elsewhere(township("330282003")));
    let message = foreign.expect("some rows are 坎墩街道's").problems[0].label().zh;
    assert!(message.ends_with("属于坎墩街道，本节点是宗汉街道"), "{message}");
    assert!(plan.clone().entries(Mode::AllOrNothing).is_err());
    assert_eq!(plan.entries(Mode::GoodRows).map(|entries| entries.len()), Ok(28));
}
