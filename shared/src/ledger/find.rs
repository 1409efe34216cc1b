//! From what a person calls them to kinds, fields, actions, statuses, periods and records.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::catalogue::model::{Action, Catalogue, Field, Kind, Owner};
use crate::command::Act;
use crate::exchange::cell::{Directory, Townships};
use crate::exchange::fold::folded;
use crate::ids::RecordId;
use crate::program::Failure;
use crate::record::{Fields, Record, Role, Value};
use crate::store::View;
use crate::tally::{Period, PeriodName};
use crate::view::read;

/// A kind by its id, its label in either language, its code in the study (R07), its tag, or a short form of its Chinese
/// label that fits no other kind: 信访 for 来信来访.
///
/// # Errors
/// `NotFound`, with the kinds that there are.
pub fn find_kind<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Kind, Failure> {
    let plain = folded(name);
    let known = |kind: &&Kind| {
        let names = [&kind.id, &kind.label.zh, &kind.label.en, &kind.code];
        names.iter().any(|s| folded(s) == plain) || name == kind.tag.to_string()
    };
    let part = |kind: &&Kind| !plain.is_empty() && shortens(&plain, &folded(&kind.label.zh));
    let only = |ledgers: &dyn Fn(&&Kind) -> bool| {
        let mut parts = catalogue.kinds.values().filter(part).filter(|kind| ledgers(kind));
        parts.next().filter(|_| parts.next().is_none())
    };
    // Who shortens a name means the office's ledger rather than what the county makes of it.
    let short = || only(&|_| true).or_else(|| only(&|kind| kind.owner == Owner::Township));
    catalogue.kinds.values().find(known).or_else(short).ok_or_else(|| {
        let (zh, en): (Vec<_>, Vec<_>) =
            catalogue.kinds.values().map(|k| (format!("{}（{}）", k.label.zh, k.id), k.id.clone())).unzip();
        Failure::not_found(
            format!("没有“{name}”这种台账。"),
            format!("There is no kind of record \"{name}\"."),
        )
        .advise(format!("可用：{}", zh.join("、")), format!("Known: {}.", en.join(", ")))
    })
}

/// Whether the characters of `short` stand in `long`, in their order.
fn shortens(short: &str, long: &str) -> bool {
    let mut left = long.chars();
    short.chars().all(|wanted| left.any(|c| c == wanted))
}

/// A field of a kind by its id, its label in either language, or a heading of office files.
///
/// # Errors
/// `NotFound`, with the fields that there are.
pub fn find_field<'a>(kind: &'a Kind, name: &str) -> Result<&'a Field, Failure> {
    pick(&kind.fields, name).ok_or_else(|| {
        let fields = kind.fields.values().filter(|field| !field.derived);
        let (zh, en): (Vec<_>, Vec<_>) = fields.map(|f| (f.label.zh.clone(), f.id.clone())).unzip();
        Failure::not_found(
            format!("{}没有“{name}”这个字段。", kind.label.zh),
            format!("{} has no field \"{name}\".", kind.label.en),
        )
        .advise(format!("可用的字段：{}", zh.join("、")), format!("Its fields: {}.", en.join(", ")))
    })
}

/// By id before all else: the label of one field may read like the id of another.
pub(super) fn pick<'a>(fields: &'a BTreeMap<u32, Field>, name: &str) -> Option<&'a Field> {
    let plain = folded(name);
    let label = |f: &&Field| [&f.id, &f.label.zh, &f.label.en].iter().any(|s| folded(s) == plain);
    let other = |f: &&Field| f.headings.iter().any(|s| folded(s) == plain);
    let find = |is: &dyn Fn(&&Field) -> bool| fields.values().find(is);
    find(&|field| field.id == name).or_else(|| find(&label)).or_else(|| find(&other))
}

/// What may be done with a record of a kind, by the action's id or label; `edit`, `void` and `restate` exist for every kind.
///
/// # Errors
/// `NotFound`, with the actions that there are.
pub fn find_act(kind: &Kind, name: &str) -> Result<Act, Failure> {
    let plain = folded(name);
    let known = |action: &&Action| [&action.label.zh, &action.label.en].iter().any(|s| folded(s) == plain);
    let general = match name {
        "修改" => Some(Act::Edit),
        "作废" => Some(Act::Void),
        "重报" => Some(Act::Restate),
        _ => Act::named(kind, name),
    };
    let labelled =
        || kind.actions.values().filter(|a| a.id != "edit").find(known).map(|action| Act::Take(action.tag));
    general.or_else(labelled).ok_or_else(|| {
        let offered = kind.actions.values().filter(|action| action.roles != [Role::System]);
        let actions = offered.map(|a| (format!("{}（{}）", a.label.zh, a.id), a.id.clone()));
        let (zh, en): (Vec<_>, Vec<_>) = actions.unzip();
        Failure::not_found(
            format!("{}没有“{name}”这个步骤。", kind.label.zh),
            format!("{} has no action \"{name}\".", kind.label.en),
        )
        .advise(format!("可用的步骤：{}", zh.join("、")), format!("Its actions: {}.", en.join(", ")))
    })
}

/// What texts may refer to, looked up in the views. Numbers and titles of a kind are collected at the first question
/// about it.
pub struct Names<'a> {
    views: &'a dyn View,
    catalogue: &'a Catalogue,
    townships: &'a Townships,
    known: RefCell<BTreeMap<u32, BTreeMap<String, Vec<RecordId>>>>,
}

impl<'a> Names<'a> {
    pub fn new(views: &'a dyn View, catalogue: &'a Catalogue, townships: &'a Townships) -> Self {
        Self { views, catalogue, townships, known: RefCell::default() }
    }

    /// Records of a kind by their number or title.
    fn collect(&self, kind: u32) -> BTreeMap<String, Vec<RecordId>> {
        let mut found: BTreeMap<String, Vec<RecordId>> = BTreeMap::new();
        let Some(model) = self.catalogue.kinds.get(&kind) else { return found };
        let tags = model
            .numbering
            .iter()
            .map(|n| n.field)
            .chain(model.import.iter().filter_map(|import| import.key))
            .chain([model.title]);
        let tags: Vec<u32> = tags.collect();
        let private = tags.iter().any(|tag| model.is_local(*tag));
        read::list_all(self.views, kind, &mut |line| {
            found.entry(short_key(&short(line.id))).or_default().push(line.id);
            if let Some(record) = read::record(self.views, line.id) {
                let local = if private { read::local(self.views, line.id) } else { Fields::new() };
                let value = |tag: &u32| record.fields.get(tag).or_else(|| local.get(tag)).and_then(plain);
                for text in tags.iter().filter_map(value) {
                    let ids = found.entry(folded(&text)).or_default();
                    if !ids.contains(&line.id) {
                        ids.push(line.id);
                    }
                }
            }
            true
        });
        found
    }

    /// Records of these kinds that a text means: an id, the short end of an id, a number, a title.
    fn find(&self, kinds: &[u32], text: &str) -> Vec<RecordId> {
        let text = text.trim();
        if let Ok(id) = text.parse::<RecordId>() {
            return read::record(self.views, id)
                .filter(|r| kinds.contains(&r.kind))
                .map(|r| r.id)
                .into_iter()
                .collect();
        }
        let (mut ids, mut short_ones) = (Vec::new(), Vec::new());
        for kind in kinds {
            let mut known = self.known.borrow_mut();
            let names = known.entry(*kind).or_insert_with(|| self.collect(*kind));
            ids.extend(names.get(&folded(text)).into_iter().flatten().copied());
            short_ones.extend(names.get(&short_key(text)).into_iter().flatten().copied());
        }
        if ids.is_empty() { short_ones } else { ids }
    }
}

impl Directory for Names<'_> {
    fn townships(&self) -> &Townships {
        self.townships
    }

    fn records(&self, kinds: &[u32], text: &str) -> Vec<RecordId> {
        self.find(kinds, text)
    }
}

/// The last eight digits of a record's id, by which a person may call it.
pub fn short(id: RecordId) -> String {
    let text = id.to_string();
    text[text.len() - 8..].to_owned()
}

/// Under which a short id stands among numbers and titles; folded texts have no such mark.
fn short_key(short: &str) -> String {
    format!("#{}", short.to_ascii_lowercase())
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// One record by what a person calls it; `kind` limits the search.
///
/// # Errors
/// `NotFound`, or `Invalid` when several are meant.
pub fn find_record(names: &Names<'_>, kind: Option<&Kind>, text: &str) -> Result<Record, Failure> {
    // The whole id needs no search, and finds records of kinds that this program does not know.
    if let Ok(id) = text.trim().parse::<RecordId>()
        && let Some(record) = read::record(names.views, id)
    {
        return Ok(record);
    }
    let kinds: Vec<u32> =
        kind.map_or_else(|| names.catalogue.kinds.keys().copied().collect(), |kind| vec![kind.tag]);
    let ids = names.find(&kinds, text);
    match ids.as_slice() {
        [one] => read::record(names.views, *one).ok_or_else(|| {
            Failure::not_found(format!("没有找到“{text}”。"), format!("There is no record \"{text}\"."))
        }),
        [] => {
            Err(Failure::not_found(format!("没有找到“{text}”。"), format!("There is no record \"{text}\"."))
                .advise(
                    "可以写记录号（8 位短号或全长）、编号或标题；用 record list 查看。",
                    "Give its id (short or whole), number or title; see record list.",
                ))
        }
        several => {
            let start = Failure::invalid(
                format!("“{text}”不止一条，请改用短号："),
                format!("\"{text}\" is more than one record; use the short id:"),
            );
            let line = |id: &RecordId| {
                let title = read::record(names.views, *id).and_then(|record| {
                    let kind = names.catalogue.kinds.get(&record.kind)?;
                    record.fields.get(&kind.title).and_then(plain)
                });
                format!("{} {}", short(*id), title.unwrap_or_default())
            };
            Err(several.iter().take(10).fold(start, |failure, id| failure.detail(line(id), line(id))))
        }
    }
}

/// The tag of a status of a kind, by its id or its label in either language.
///
/// # Errors
/// `NotFound`, with the statuses that there are.
pub(super) fn find_status(kind: &Kind, name: &str) -> Result<u32, Failure> {
    let known = kind.statuses.values().find(|s| s.id == name || s.label.zh == name || s.label.en == name);
    known.map(|status| status.tag).ok_or_else(|| {
        let (zh, en): (Vec<_>, Vec<_>) =
            kind.statuses.values().map(|s| (s.label.zh.clone(), s.id.clone())).unzip();
        Failure::not_found(
            format!("{}没有“{name}”这个状态。", kind.label.zh),
            format!("{} has no status \"{name}\".", kind.label.en),
        )
        .advise(format!("可用的状态：{}", zh.join("、")), format!("Its statuses: {}.", en.join(", ")))
    })
}

/// A period as it is written on the command line: calendar days, which are the same for all.
///
/// # Errors
/// `Invalid`, with the forms that there are.
pub fn period_named(name: &str) -> Result<Period, Failure> {
    name.parse().map_err(|e| {
        Failure::invalid(
            format!("“{name}”不是期间，应写成 2026、2026-11、2026Q3、2026H1 或 2026-01-01..2026-06-30。"),
            format!(
                "\"{name}\" is not a period; write 2026, 2026-11, 2026Q3, 2026H1 or 2026-01-01..2026-06-30."
            ),
        )
        .because(e)
    })
}

/// A period of figures as it is written on the command line: calendar days, or a session or term of the congress.
///
/// # Errors
/// `Invalid`, with the forms that there are.
pub fn figures_period(name: &str) -> Result<PeriodName, Failure> {
    name.parse().map_err(|e| {
        Failure::invalid(
            format!(
                "“{name}”不是期间，应写成 2026、2026-11、2026Q3、2026H1、2026-01-01..2026-06-30，或 2026S1（当年第一次人代会起）、18S3（十八届三次）、session（本次）、T18（第十八届）、term（本届）。"
            ),
            format!(
                "\"{name}\" is not a period; write 2026, 2026-11, 2026Q3, 2026H1, 2026-01-01..2026-06-30, or 2026S1 (from the first session of the year), 18S3 (third session of the 18th congress), session (the present one), T18 (the 18th term), term (the present one)."
            ),
        )
        .because(e)
    })
}
