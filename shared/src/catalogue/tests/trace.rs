//! The tables of `shared/README.md` say which ledger serves which duty; every name in them is known to the catalogue.

use crate::catalogue::model::Catalogue;

const README: &str = include_str!("../../../README.md");

#[test]
fn every_name_of_the_essays_trace_is_known() {
    let catalogue = Catalogue::builtin();
    let trace =
        README.split_once("## From the essays to the ledgers").expect("the trace stands in the README").1;
    let rows: Vec<&str> = trace.lines().filter(|line| line.starts_with('|')).collect();
    let mut names = 0;
    let mut unknown = Vec::new();
    for row in &rows {
        for (nth, word) in row.split('`').enumerate().filter(|(nth, _)| nth % 2 == 1) {
            names += 1;
            let known = if let Some((kind, action)) = word.split_once('.') {
                catalogue.kind(kind).is_some_and(|kind| kind.action(action).is_some())
            } else if let Some((kind, field)) = word.split_once('/') {
                catalogue.kind(kind).is_some_and(|kind| kind.field(field).is_some())
            } else {
                catalogue.measure(word).is_some()
                    || catalogue.rates().any(|(_, rate)| rate.id == word)
                    || catalogue.coverages().any(|(_, coverage)| coverage.id == word)
            };
            if !known {
                unknown.push(format!("{word} ({nth})"));
            }
        }
    }
    assert_eq!(unknown, Vec::<String>::new());
    let count = |head: &str| {
        let part = trace.split_once(head).expect("a heading").1;
        let part = part.split("\n### ").next().unwrap_or(part);
        part.lines().filter(|line| line.starts_with('|')).count() - 2
    };
    assert_eq!(count("十一项职责)"), 11);
    assert_eq!(count("六个必须)"), 6);
    assert!(names > 100, "{names} names");
}
