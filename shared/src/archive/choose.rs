//! Which pieces go into a package.

use std::collections::BTreeSet;

use crate::catalogue::model::{ArchiveMark, Catalogue, Kind};
use crate::code::ErrorCode;
use crate::ids::{RecordId, Site};
use crate::ledger::{Names, find_record};
use crate::program::Failure;
use crate::record::{EntryFlags, Fields, Record, Value};
use crate::store::View;
use crate::view::read;

/// Pieces that were chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// In the order of their numbers.
    pub items: Vec<RecordId>,
    /// What was asked for, as the package is called.
    pub title: String,
    /// Pieces of the year that are not far enough to be packed.
    pub unready: usize,
}

/// Where pieces are looked for.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    pub views: &'a dyn View,
    pub catalogue: &'a Catalogue,
    pub site: Site,
    pub names: &'a Names<'a>,
}

/// The kind whose records are pieces, and what it says of them.
///
/// # Errors
/// `NotFound`: the catalogue has none.
pub(super) fn pieces(catalogue: &Catalogue) -> Result<(&Kind, &ArchiveMark), Failure> {
    let mut marked = catalogue.kinds.values().filter_map(|kind| Some((kind, kind.archive.as_ref()?)));
    marked.next().ok_or_else(|| {
        Failure::not_found(
            "台账目录里没有归档文件这类台账（[archive]）。",
            "No kind of the catalogue keeps pieces of the archive ([archive]).",
        )
    })
}

/// The pieces that words name: one year, or numbers, titles and short ids of pieces.
///
/// # Errors
/// `NotFound`: there is no such piece, or none of the year; `Refused`: a piece that is not far enough, or void.
pub fn choose(ask: Choice<'_>, words: &[String]) -> Result<Chosen, Failure> {
    let (kind, mark) = pieces(ask.catalogue)?;
    let year = match words {
        [word] if word.len() == 4 => word.parse::<i64>().ok(),
        _ => None,
    };
    let (mut found, unready) = match year {
        Some(year) => of_year(ask, kind, mark, year)?,
        None => (named(ask, kind, mark, words)?, 0),
    };
    let number = |record: &Record| match value(ask.views, record, mark.number) {
        Some(Value::Text(number)) => number,
        _ => String::new(),
    };
    found.sort_by_cached_key(|record| (number(record), record.id));
    let numbers = || found.iter().map(number).collect::<Vec<_>>().join("、");
    let title = year.map_or_else(numbers, |year| year.to_string());
    Ok(Chosen { title, items: found.iter().map(|record| record.id).collect(), unready })
}

fn of_year(
    ask: Choice<'_>,
    kind: &Kind,
    mark: &ArchiveMark,
    year: i64,
) -> Result<(Vec<Record>, usize), Failure> {
    let (mut found, mut unready) = (Vec::new(), 0);
    read::list(ask.views, kind.tag, ask.site, None, &mut |line| {
        let record = read::record(ask.views, line.id).filter(|r| !r.flags.has(EntryFlags::VOIDED));
        if let Some(record) = record
            && value(ask.views, &record, mark.year) == Some(Value::Number(year))
        {
            if mark.statuses.contains(&record.status) {
                found.push(record);
            } else {
                unready += 1;
            }
        }
        true
    });
    if found.is_empty() {
        return Err(Failure::not_found(
            format!("归档年度 {year} 没有已编号的{}。", kind.label.zh),
            format!("There are no numbered pieces of the year {year}."),
        )
        .advise(
            format!("请先收集、整理并编号；用 record list {} 查看。", kind.id),
            format!("Collect, arrange and number them first; see record list {}.", kind.id),
        ));
    }
    Ok((found, unready))
}

fn named(ask: Choice<'_>, kind: &Kind, mark: &ArchiveMark, words: &[String]) -> Result<Vec<Record>, Failure> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for word in words {
        let record = find_record(ask.names, Some(kind), word)?;
        let ready = mark.statuses.contains(&record.status) && !record.flags.has(EntryFlags::VOIDED);
        if !ready {
            let status = kind.statuses.get(&record.status).map(|status| &status.label);
            let (zh, en) = status.map_or(("?", "?"), |label| (&label.zh, &label.en));
            return Err(Failure::new(
                ErrorCode::Refused,
                format!("“{word}”现为“{zh}”，还不能装包。"),
                format!("\"{word}\" is \"{en}\" and cannot be packed."),
            )
            .advise("请先编号；作废的不装包。", "Number it first; what is void is not packed."));
        }
        if seen.insert(record.id) {
            found.push(record);
        }
    }
    Ok(found)
}

/// A value, whether or not it leaves the office.
pub(super) fn value(views: &dyn View, record: &Record, tag: u32) -> Option<Value> {
    let local = || -> Fields { read::local(views, record.id) };
    record.fields.get(&tag).cloned().or_else(|| local().remove(&tag))
}
