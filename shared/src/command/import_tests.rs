//! Every kind of the catalogue that takes imports, asked with rows that have everything a status wants.

use super::*;
use crate::catalogue::model::{Catalogue, Condition, Field, Kind, NodeKind, Owner, Shape};
use crate::ids::{RecordId, Site};
use crate::record::{Day, Decimal, Fields, Role, Value};
use crate::view::sample::{Office, Plain, actor, township};

/// A plain value of a shape.
fn value(field: &Field) -> Option<Value> {
    Some(match &field.shape {
        Shape::Text { .. } => Value::Text("甲".to_owned()),
        Shape::Number { min, max } => Value::Number((*min).max(1).min(*max)),
        Shape::Decimal { min, max, .. } => {
            Value::Decimal(Decimal { units: (*min).max(1).min(*max), scale: 0 })
        }
        Shape::Flag => Value::Flag(true),
        Shape::Date => Value::Date(day()),
        Shape::Time => Value::Time(1_490_000_000_000),
        Shape::Choice(choices) => Value::Choice(choices.first()?.id),
        Shape::Choices(choices) => Value::List(vec![Value::Choice(choices.first()?.id)]),
        Shape::Texts { .. } => Value::List(vec![Value::Text("乙".to_owned())]),
        Shape::Link(_) => Value::Link(RecordId::from_bytes([3; 16])),
        Shape::Links(_) => Value::List(vec![Value::Link(RecordId::from_bytes([3; 16]))]),
        Shape::Township => Value::Number(330_282_003),
        Shape::Townships => Value::List(vec![Value::Number(330_282_003)]),
        Shape::Blob => return None,
        Shape::Rows(columns) => {
            let row = columns.values().filter_map(|column| Some((column.tag, value(column)?)));
            Value::List(vec![Value::Group(row.collect())])
        }
    })
}

fn day() -> Day {
    "2017-04-14".parse().expect("a day")
}

fn bring(kind: &Kind, fields: &Fields) -> Result<(u32, usize), Refusal> {
    let office = Office::with(Site::Township(township(3)), Catalogue::builtin());
    let ctx = Context {
        catalogue: office.folder.catalogue(),
        deadlines: &Plain,
        lookup: &ViewLookup { views: &office.views, catalogue: office.folder.catalogue() },
        place: Place { site: office.site, node: Some(NodeKind::Town), abbr: "坎墩" },
        now_ms: office.clock,
        today: office.today,
        fresh: RecordId::mint(1, &[1; 10]),
    };
    let record = import_id(office.site, kind, fields).unwrap_or(ctx.fresh);
    let row = ImportRow { kind: kind.tag, record, fields, source: "导入 第2行" };
    match import_row(&ctx, &row, &actor(Role::TClerk))? {
        Imported::New { entries, .. } => {
            let status = entries.iter().map(|(_, entry)| entry.status).find(|status| *status != 0);
            let sourced = entries.iter().filter(|(_, entry)| entry.reason == "导入 第2行").count();
            Ok((status.unwrap_or(0), sourced))
        }
        other => panic!("{other:?}"),
    }
}

/// What a row that has nothing but what it must have, and what a status asks for, comes to.
fn row(kind: &Kind, status: u32) -> Fields {
    let key = kind.import.as_ref().and_then(|import| import.key);
    let asked = |field: &&Field| {
        field.required_in.contains(&status)
            || [Some(kind.title), Some(kind.date), key].contains(&Some(field.tag))
    };
    kind.fields.values().filter(asked).filter_map(|field| Some((field.tag, value(field)?))).collect()
}

#[test]
fn every_kind_of_the_townships_takes_imports_or_says_why_not() {
    let catalogue = Catalogue::builtin();
    let mut refused = Vec::new();
    for kind in catalogue.kinds.values() {
        match (kind.owner, &kind.import, &kind.no_import) {
            (Owner::Township, Some(_), None) => {}
            (Owner::Township, None, Some(reason)) => {
                assert!(!reason.zh.is_empty() && !reason.en.is_empty(), "{}", kind.id);
                refused.push(kind.id.as_str());
            }
            (Owner::County, None, None) => {}
            _ => panic!("{} neither takes imports nor says why", kind.id),
        }
    }
    // Answers to what the county sends: they are made by its arrival.
    for id in &refused {
        let kind = catalogue.kind(id).expect("a kind");
        let answers = kind.fields.values().any(|field| {
            let Shape::Link(kinds) = &field.shape else { return false };
            field.required_in.contains(kind.statuses.keys().next().expect("a status"))
                && kinds
                    .iter()
                    .all(|tag| catalogue.kinds.get(tag).is_some_and(|kind| kind.owner == Owner::County))
        });
        assert!(answers || *id == "correction", "{id} answers no record of the county");
    }
    assert_eq!(refused.len(), 14, "{refused:?}");
}

/// The whole catalogue: a row with what a status asks for is taken, into that status or one that asks for less, and keeps
/// where it came from.
#[test]
fn a_row_of_every_kind_is_taken_into_a_status_that_it_has_everything_for() {
    let catalogue = Catalogue::builtin();
    for kind in catalogue.kinds.values().filter(|kind| kind.import.is_some()) {
        let import = kind.import.as_ref().expect("it takes imports");
        assert_eq!(
            import.status.last().map(|(last, _)| last),
            Some(&Condition::All(Vec::new())),
            "{}",
            kind.id
        );
        for status in kind.statuses.keys() {
            let (reached, sourced) = bring(kind, &row(kind, *status))
                .unwrap_or_else(|refusal| panic!("{} {status}: {}", kind.id, refusal.zh()));
            assert!(kind.statuses.contains_key(&reached), "{} {status}", kind.id);
            assert!(sourced > 0, "{} {status}: where it came from is kept", kind.id);
        }
    }
}

/// What follows from a file that says nothing of imports.
#[test]
fn the_status_is_the_furthest_that_a_row_has_everything_for() {
    let catalogue = Catalogue::builtin();
    let comes_to = |id: &str, of: &str| {
        let kind = catalogue.kind(id).expect("a kind");
        let (reached, _) = bring(kind, &row(kind, kind.status(of).expect("a status").tag)).expect("taken");
        kind.statuses[&reached].id.clone()
    };
    for (kind, of, reached) in [
        ("delegation", "in_force", "in_force"),
        ("delegation", "ended", "ended"),
        ("staff", "on_post", "on_post"),
        ("staff", "left", "left"),
        ("election_project", "preparing", "preparing"),
        ("election_project", "nominated", "voted"),
        ("election_project", "completed", "completed"),
        // It asks for nothing more than the one before, so nothing says that it is reached.
        ("election_project", "archived", "completed"),
    ] {
        assert_eq!(comes_to(kind, of), reached, "{kind} {of}");
    }
    let key = |id: &str| catalogue.kind(id).and_then(|kind| kind.import.as_ref()).map(|import| import.key);
    assert_eq!(key("staff"), Some(None), "a name is no number, and stays in the office");
}
