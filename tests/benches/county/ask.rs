//! Every figure of the catalogue, at every level and in periods of every length, as a page of the county asks for it.

use county_hub::app::App;
use county_hub::app::ask::Ask as _;
use county_hub::app::tally::Question;
use shared::ids::StreamName;
use xianglian_tests::cluster::plain;

use super::Work;
use super::meter::{Times, memory, ms, now};

const LEVELS: [&str; 3] = ["county", "district", "township"];
/// A month, a quarter, a year, a term, and all time.
const PERIODS: [(&str, Option<&str>); 5] = [
    ("month", Some("2026-10")),
    ("quarter", Some("2026Q3")),
    ("year", Some("2025")),
    ("term", Some("2021-11-01..2026-10-31")),
    ("all time", None),
];
/// Times that a question for everything is asked.
const ROUNDS: usize = 5;

pub fn run(work: &Work) -> anyhow::Result<()> {
    let begun = now();
    let app = work.open_hub()?;
    println!("open: {:.0} ms; {}", ms(begun.elapsed()), memory());
    let entries: u64 = app.store().streams().iter().map(|(_, head)| head.len).sum();
    let townships =
        app.store().streams().iter().filter(|(name, _)| matches!(name, StreamName::Township(_))).count();
    let catalogue = app.catalogue();
    let ids: Vec<String> = catalogue
        .kinds
        .values()
        .flat_map(|kind| {
            let measures = kind.measures.iter().map(|measure| measure.id.clone());
            let rates = kind.rates.iter().map(|rate| rate.id.clone());
            measures.chain(rates).chain(kind.coverages.iter().map(|coverage| coverage.id.clone()))
        })
        .collect();
    let lists: Vec<String> = catalogue.coverages().map(|(_, coverage)| coverage.id.clone()).collect();
    println!(
        "{entries} entries of {townships} townships; {} figures, {} of them coverages",
        ids.len(),
        lists.len()
    );

    for round in ["first time", "again"] {
        let mut all = Times::default();
        for level in LEVELS {
            for (name, period) in PERIODS {
                let mut times = Times::default();
                for id in &ids {
                    ask(&app, vec![id.clone()], level, period, &mut times)?;
                }
                println!("one figure, {round}, {level:8} {name:8} {}", times.tell());
                all.extend(&times);
            }
        }
        println!("one figure, {round}, all: {}; {}", all.tell(), memory());
    }
    let mut pages = Times::default();
    for level in LEVELS {
        for (name, period) in PERIODS {
            let mut times = Times::default();
            for _ in 0..ROUNDS {
                ask(&app, Vec::new(), level, period, &mut times)?;
            }
            println!("all figures, {level:8} {name:8} {}", times.tell());
            pages.extend(&times);
        }
    }
    println!("all figures: {}; {}", pages.tell(), memory());
    for (name, period) in PERIODS {
        let mut times = Times::default();
        for _ in 0..ROUNDS {
            let question = Question { list: true, ..question(lists.clone(), "township", period) };
            let begun = now();
            question.answer(&app).map_err(plain)?;
            times.add(begun.elapsed(), "coverages");
        }
        println!("coverage matrix with names, {name:8} {}", times.tell());
    }
    println!("asked: {}", memory());
    Ok(())
}

fn question(measures: Vec<String>, level: &str, period: Option<&str>) -> Question {
    Question {
        measures,
        level: level.to_owned(),
        period: period.map(str::to_owned),
        as_of: None,
        list: false,
        ..Question::default()
    }
}

fn ask(
    app: &App,
    ids: Vec<String>,
    level: &str,
    period: Option<&str>,
    times: &mut Times,
) -> anyhow::Result<()> {
    let name = ids.first().map_or_else(|| level.to_owned(), |id| format!("{id} {level}"));
    let question = question(ids, level, period);
    let begun = now();
    question.answer(app).map_err(plain)?;
    times.add(begun.elapsed(), &name);
    Ok(())
}
