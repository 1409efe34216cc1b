//! The real ledger of 2017 at nineteen real townships: every figure as the file has it, whichever encoding it comes in.

use std::collections::BTreeMap;
use std::path::Path;

use county_hub::app::ask::Ask;
use county_hub::app::tally::{Answer, Question};
use county_hub::app::verify::Verify;
use xianglian_tests::cluster::{Cluster, plain};
use xianglian_tests::county::{County, data_folder};
use xianglian_tests::fill;
use xianglian_tests::night::sync_all;

const UTF8: &str = "suggestions_2017_utf8bom.csv";
const GB18030: &str = "suggestions_2017_gb18030.csv";

/// The figures of a level: (measure, name of the unit) and what stands in the cell.
fn figures(cluster: &Cluster, level: &str) -> anyhow::Result<BTreeMap<(String, String), String>> {
    let measures = ["A1", "A7", "A11_A", "A11_B", "A11_C", "A11_D", "A11_solved", "A11_solved_or_going"]
        .map(str::to_owned);
    let ask = Question {
        measures: measures.to_vec(),
        level: level.to_owned(),
        period: Some("2017".to_owned()),
        as_of: Some("2017-12-31".to_owned()),
        ..Default::default()
    };
    let Answer { units, cells, coverage, .. } = ask.answer(cluster.hub.app()).map_err(plain)?;
    assert_eq!((coverage.reporting, coverage.townships, coverage.held), (19, 19, 0));
    let name = |id: &str| {
        let unit = units.iter().find(|unit| unit.id == id || unit.level == id);
        unit.map_or_else(|| id.to_owned(), |unit| unit.name.clone())
    };
    Ok(cells.iter().map(|cell| ((cell.measure.clone(), name(&cell.unit)), cell.text.clone())).collect())
}

/// Figures that the study of the file has counted: (dimension, key) and count.
fn expected(folder: &Path) -> anyhow::Result<BTreeMap<(String, String), String>> {
    let text = std::fs::read_to_string(folder.join("suggestions_2017_expected.csv"))?;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader
        .records()
        .map(|row| {
            let row = row?;
            Ok(((row[0].to_owned(), row[1].to_owned()), row[2].to_owned()))
        })
        .collect()
}

/// All figures of the hub after the whole way of one file. A file that comes again, in whatever encoding, changes nothing.
async fn whole_way(
    folder: &Path,
    file: &str,
    again: &[&str],
) -> anyhow::Result<Vec<BTreeMap<(String, String), String>>> {
    let root = tempfile::tempdir()?;
    let county = County::from_file(&folder.join("suggestions_2017_districts.csv"))?;
    let cluster = Cluster::start(root.path(), county).await?;
    assert_eq!(fill::import(&cluster, &folder.join(file))?, (284, 0, 0));
    let night = sync_all(&cluster).await?;
    assert_eq!((night.sent >= 284, night.held, night.waiting), (true, 0, 0), "{night:?}");

    let levels = ["township", "district", "county"];
    let found: Vec<_> = levels.iter().map(|level| figures(&cluster, level)).collect::<Result<_, _>>()?;
    for file in again {
        assert_eq!(fill::import(&cluster, &folder.join(file))?, (0, 0, 284), "{file} comes again");
    }
    let quiet = sync_all(&cluster).await?;
    assert_eq!((quiet.sent, quiet.received, quiet.waiting), (0, 0, 0));
    let after: Vec<_> = levels.iter().map(|level| figures(&cluster, level)).collect::<Result<_, _>>()?;
    assert_eq!(after, found);
    assert!(Verify {}.answer(cluster.hub.app()).map_err(plain)?.good);
    cluster.stop().await?;
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_ledger_gives_its_own_figures_at_every_level() -> anyhow::Result<()> {
    let Some(folder) = data_folder() else {
        eprintln!("no ledgers here (XIANGLIAN_LEDGERS is not set): nothing was tested");
        return Ok(());
    };
    let expected = expected(&folder)?;
    let (found, twin) =
        tokio::try_join!(whole_way(&folder, UTF8, &[UTF8, GB18030]), whole_way(&folder, GB18030, &[UTF8]))?;
    assert_eq!(found, twin, "the file in GB18030 gives the same");
    let (townships, districts, county) = (&found[0], &found[1], &found[2]);
    let cell = |table: &BTreeMap<(String, String), String>, measure: &str, unit: &str| {
        table.get(&(measure.to_owned(), unit.to_owned())).cloned().unwrap_or_default()
    };

    let of_townships: Vec<_> = expected.iter().filter(|((what, _), _)| what == "提出乡镇").collect();
    assert_eq!(of_townships.len(), 19);
    for ((_, name), count) in of_townships {
        assert_eq!(&cell(townships, "A1", name), count, "{name}");
    }
    for (name, count) in [("片1", "71"), ("片2", "87"), ("片3", "73"), ("片4", "53")] {
        assert_eq!(cell(districts, "A1", name), count, "{name}");
    }
    for table in &found {
        let whole = |measure: &str| cell(table, measure, "慈溪市");
        assert_eq!((whole("A1"), whole("A7")), ("284".to_owned(), "151".to_owned()));
        for class in ["A", "B", "C", "D"] {
            let count = &expected[&("办理结果类别".to_owned(), class.to_owned())];
            assert_eq!(&whole(&format!("A11_{class}")), count, "{class}");
        }
        assert_eq!(whole("A11_solved").replace(' ', ""), "13.9%");
        assert_eq!(whole("A11_solved_or_going").replace(' ', ""), "77.5%");
    }
    assert_eq!(county.len(), 8);
    Ok(())
}
