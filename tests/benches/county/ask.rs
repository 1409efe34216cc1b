//! Every figure of the catalogue, at every level and in periods of every length, as a page of the county asks for it; beside
//! the year before, opened up to its records, and a year sealed and recounted.

use anyhow::ensure;
use county_hub::app::ask::Ask as _;
use county_hub::app::tally::Question;
use county_hub::app::{App, drill, period};
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
    for level in LEVELS {
        let mut times = Times::default();
        for _ in 0..ROUNDS {
            let compare = Some("year".to_owned());
            let question = Question { compare, ..question(Vec::new(), level, Some("2026")) };
            let begun = now();
            question.answer(&app).map_err(plain)?;
            times.add(begun.elapsed(), level);
        }
        println!("all figures beside the year before, {level:8} {}", times.tell());
    }
    opened(&app, &ids)?;
    println!("asked: {}", memory());
    sealed(&app)
}

/// The first page of the records behind every figure of a year, as long as a page may be.
fn opened(app: &App, ids: &[String]) -> anyhow::Result<()> {
    let first = |level: &str| -> anyhow::Result<String> {
        let answer = question(ids[..1].to_vec(), level, Some("2025")).answer(app).map_err(plain)?;
        Ok(answer.units.first().map(|unit| unit.id.clone()).unwrap_or_default())
    };
    for (level, unit) in
        [("county", String::new()), ("district", first("district")?), ("township", first("township")?)]
    {
        let (mut times, mut items) = (Times::default(), 0);
        for id in ids {
            let period = Some("2025".to_owned());
            let drill =
                drill::Question { measure: id.clone(), unit: unit.clone(), period, ..Default::default() };
            let begun = now();
            items += drill.answer(app).map_err(plain)?.shown.items.len();
            times.add(begun.elapsed(), id);
        }
        println!("opened to records, {level:8} {}; {items} items", times.tell());
    }
    Ok(())
}

/// A year closed, and recounted from the streams alone.
fn sealed(app: &App) -> anyhow::Result<()> {
    let (period, begun) = ("2025".to_owned(), now());
    let line =
        period::Close { period: period.clone(), as_of: None, again: true }.answer(app).map_err(plain)?;
    println!("sealed {} figures: {:.0} ms", line.lines, ms(begun.elapsed()));
    let begun = now();
    let verdict = period::Check { period, number: None }.answer(app).map_err(plain)?;
    ensure!(verdict.good, "the recount differs: {:?}", verdict.findings);
    println!(
        "recounted from {} entries: {:.1} s; {}",
        verdict.entries,
        begun.elapsed().as_secs_f64(),
        memory()
    );
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
