//! What goes out comes back: over made-up work of every kind that can be imported.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::sync::Arc;

use super::*;
use crate::calendar::{Calendar, Legal};
use crate::catalogue::model::{Catalogue, Kind, Owner, Shape};
use crate::command::Place;
use crate::exchange::{self, Counts, ImportPlan, Mode, Outcome, Townships};
use crate::ids::{Epoch, RecordId};
use crate::program::{Clock, ManualClock};
use crate::record::{Actor, Day, Entry, Fields, Role, Value};
use crate::sample::{Amounts, Known, Story, county};
use crate::store::{Store, StoreError};
use crate::view::condition::filled;
use crate::view::{Folder, read};

/// The office: one of the made-up county.
const TOWN: usize = 3;

struct Moment(i64, [u8; 10]);

impl Clock for Moment {
    fn now_ms(&self) -> i64 {
        self.0
    }
    fn random(&self, bytes: &mut [u8]) {
        for (to, from) in bytes.iter_mut().zip(self.1.iter().cycle()) {
            *to = *from;
        }
    }
}

struct Office {
    store: Store,
    catalogue: Arc<Catalogue>,
    townships: Townships,
}

impl Office {
    fn empty(catalogue: &Arc<Catalogue>) -> Self {
        let store = Store::memory(Arc::new(Folder::new(Arc::clone(catalogue))));
        let townships = Townships::new(county::TOWNSHIPS.iter().map(|t| (t.id(), t.name.to_owned())));
        Self { store, catalogue: Arc::clone(catalogue), townships }
    }

    /// With the work of a year.
    fn at_work(catalogue: &Arc<Catalogue>, seed: u64, amounts: Amounts) -> Self {
        let office = Self::empty(catalogue);
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let (from, to) = (day("2025-12-01"), day("2026-11-30"));
        let story = Story::of_township(catalogue, seed, from, to, &county::TOWNSHIPS[TOWN], amounts);
        let mut known = Known::default();
        for step in &story.steps {
            let command = step.command(&known).expect("the records that it speaks of exist");
            let moment = Moment(step.at_ms, step.random());
            let decision = office.by(&moment, |ledger| ledger.commit(&command, &step.actor));
            known.learn(step, &decision.unwrap_or_else(|failure| panic!("{failure}")));
        }
        office
    }

    fn by<T>(&self, clock: &dyn Clock, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let legal = Legal::new(Calendar::builtin(), Arc::new(self.catalogue.profiles["zhejiang"].clone()));
        let town = &county::TOWNSHIPS[TOWN];
        work(&Ledger {
            store: &self.store,
            catalogue: &self.catalogue,
            deadlines: &legal,
            clock,
            place: Place { site: Site::Township(town.id()), node: Some(town.kind), abbr: town.abbr },
            townships: &self.townships,
            staff: &|role| format!("u{}", role.number()),
        })
    }

    /// On the last day.
    fn with<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        self.by(&ManualClock::new(1_796_000_000_000, 7), work)
    }

    /// Kinds of which this office has ledgers that can be imported.
    fn kinds(&self) -> Vec<&Kind> {
        let node = county::TOWNSHIPS[TOWN].kind;
        let ours = |kind: &&Kind| {
            kind.import.is_some() && kind.owner == Owner::Township && kind.nodes.contains(&node)
        };
        self.catalogue.kinds.values().filter(ours).collect()
    }

    fn exported(&self, ask: &Export) -> (Exported, Vec<u8>) {
        let mut file = Cursor::new(Vec::new());
        let done = self.with(|ledger| ledger.export(ask, None, &mut file));
        (done.unwrap_or_else(|failure| panic!("{}: {failure}", ask.list.kind)), file.into_inner())
    }

    fn read(&self, kind: &Kind, bytes: &[u8]) -> exchange::Ledger {
        let book = exchange::read(bytes).unwrap_or_else(|error| panic!("{}: {error}", kind.id));
        self.with(|ledger| {
            self.store.read(|views| {
                let names = ledger.names(views);
                exchange::Ledger::read(&book, None, kind, &names)
                    .unwrap_or_else(|e| panic!("{}: {e}", kind.id))
            })
        })
    }

    fn plan(&self, ledger: &exchange::Ledger) -> ImportPlan {
        let actor = Actor { staff: "u1".into(), role: Role::TClerk, on_behalf: false };
        self.with(|desk| {
            self.store.read(|views| {
                desk.deciding(views, |context| exchange::plan(context, ledger, &actor, &self.townships))
            })
        })
    }

    /// What stands in a record that a table can hold.
    fn values(&self, kind: &Kind, id: RecordId) -> Fields {
        let (record, local) = self.store.read(|views| (read::record(views, id), read::local(views, id)));
        let record = record.expect("the record is there");
        let all = record.fields.into_iter().chain(local);
        let shown = |(tag, value): &(u32, Value)| {
            let shape = kind.fields.get(tag).map(|field| &field.shape);
            !matches!(shape, None | Some(Shape::Blob | Shape::Rows(_))) && filled(value)
        };
        all.filter(shown).collect()
    }

    fn append(&self, entries: Vec<(crate::ids::StreamName, Entry)>) {
        let written = self.store.write(|tx| {
            for (stream, entry) in entries {
                let head = tx.head(stream);
                let epoch = if head.len == 0 { Epoch(1) } else { head.epoch };
                tx.append(stream, epoch, vec![entry.encode()])?;
            }
            Ok::<_, StoreError>(())
        });
        written.expect("the store takes it");
    }
}

fn whole(kind: &Kind, form: Form, lang: Lang) -> Export {
    let list = List { kind: kind.id.clone(), ..List::default() };
    Export { list, all_columns: true, form, lang, ..Export::default() }
}

fn amounts() -> Amounts {
    Amounts { deputies: 20, proposals: 25, petitions: 20, publicity: 15, visits: 0, others: 40 }
}

/// Every row of every kind, in every form and language, reads back as the record that it was written from, and importing
/// it would change nothing.
#[test]
fn a_ledger_that_comes_back_changes_nothing() {
    let catalogue = Catalogue::builtin();
    for seed in [1, 2] {
        let office = Office::at_work(&catalogue, seed, amounts());
        let (mut rows, mut kinds) = (0, 0);
        for kind in office.kinds() {
            for (form, lang) in [(Form::Xlsx, Lang::Zh), (Form::Csv, Lang::Zh), (Form::Xlsx, Lang::En)] {
                let ask = Export { void: true, ..whole(kind, form, lang) };
                let (done, bytes) = office.exported(&ask);
                if done.rows == 0 {
                    continue;
                }
                let ledger = office.read(kind, &bytes);
                let ignored: Vec<&str> = ledger.mapping.ignored.iter().map(|i| i.heading.as_str()).collect();
                let status = |heading: &&str| {
                    ["状态", "办理状态", "记录状态", "status", "standing", "status of the record"]
                        .contains(heading)
                };
                assert!(ignored.len() == 1 && ignored.iter().all(status), "{} {ignored:?}", kind.id);
                assert_eq!(ledger.rows.len(), done.rows, "{}", kind.id);
                for row in &ledger.rows {
                    let problems: Vec<String> = row.problems.iter().map(|p| p.label().zh).collect();
                    assert_eq!(problems, Vec::<String>::new(), "{} {form:?}", kind.id);
                    let id = row.record.expect("every row says its record");
                    same(kind, &office.values(kind, id), &row.fields);
                }
                let plan = office.plan(&ledger);
                let all = Counts { unchanged: done.rows, ..Counts::default() };
                assert_eq!(plan.counts, all, "{} {form:?} {lang:?}", kind.id);
                (rows, kinds) = (rows + done.rows, kinds + usize::from(form == Form::Csv));
            }
        }
        eprintln!("seed {seed}: {rows} rows of {kinds} kinds came back");
        assert!(kinds >= 30 && rows > 900, "the made-up work has {kinds} kinds and {rows} rows");
    }
}

/// Decimals are equal by value: 2.50 comes back as 2.5.
#[track_caller]
fn same(kind: &Kind, have: &Fields, read: &Fields) {
    let plain = |fields: &Fields| -> Fields {
        let plain = |value: &Value| match value {
            Value::Decimal(decimal) => Value::Number(decimal.thousandths()),
            other => other.clone(),
        };
        fields.iter().map(|(tag, value)| (*tag, plain(value))).collect()
    };
    assert_eq!(plain(read), plain(have), "{}", kind.id);
}

/// A value as it is in the other office, in which some records have other ids. Decimals are equal by value.
fn there(value: &Value, ids: &BTreeMap<RecordId, RecordId>) -> Value {
    match value {
        Value::Link(id) => Value::Link(ids.get(id).copied().unwrap_or(*id)),
        Value::List(values) => Value::List(values.iter().map(|value| there(value, ids)).collect()),
        Value::Decimal(decimal) => Value::Number(decimal.thousandths()),
        other => other.clone(),
    }
}

/// An office that has lost its ledgers and kept what no table brings gets the same values back; what it cannot get is
/// named, and why.
#[test]
fn an_empty_office_gets_the_same_values() {
    let catalogue = Catalogue::builtin();
    let office = Office::at_work(&catalogue, 1, amounts());
    let empty = Office::empty(&catalogue);
    let kinds = office.kinds();
    let by_table: BTreeSet<u32> = kinds.iter().map(|kind| kind.tag).collect();
    empty.append(other_entries(&office, &by_table));
    let files: BTreeMap<u32, Vec<u8>> =
        kinds.iter().map(|kind| (kind.tag, office.exported(&whole(kind, Form::Xlsx, Lang::Zh)).1)).collect();

    // Kinds name each other, so it takes several rounds until all that can come has come.
    let mut refused: BTreeMap<u32, Vec<exchange::PlanRow>> = BTreeMap::new();
    loop {
        let mut came = 0;
        for kind in &kinds {
            let plan = empty.plan(&empty.read(kind, &files[&kind.tag]));
            assert_eq!(plan.counts.elsewhere, 0);
            came += plan.counts.new + plan.counts.changed;
            let left = plan.rows.iter().filter(|row| row.outcome == Outcome::Refused).cloned().collect();
            refused.insert(kind.tag, left);
            empty.append(plan.entries(Mode::GoodRows).unwrap_or_default());
        }
        if came == 0 {
            break;
        }
    }
    // Which record became which.
    let mut ids: BTreeMap<RecordId, RecordId> = BTreeMap::new();
    let mut pairs = Vec::new();
    for kind in &kinds {
        let ledger = empty.read(kind, &files[&kind.tag]);
        let plan = empty.plan(&ledger);
        assert_eq!(plan.counts.unchanged + plan.counts.refused, ledger.rows.len(), "{}", kind.id);
        for (row, judged) in ledger.rows.iter().zip(&plan.rows) {
            if let (Outcome::Unchanged, Some(had), Some(has)) = (judged.outcome, row.record, judged.record) {
                ids.insert(had, has);
                pairs.push((*kind, had, has));
            }
        }
    }
    let mut wrong = Vec::new();
    for (kind, had, has) in &pairs {
        let (had, has) = (office.values(kind, *had), empty.values(kind, *has));
        for tag in had.keys().chain(has.keys()) {
            let (before, after) =
                (had.get(tag).map(|v| there(v, &ids)), has.get(tag).map(|v| there(v, &ids)));
            if before != after {
                wrong.push(format!("{} {}: {before:?} is {after:?}", kind.id, kind.fields[tag].id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // What has not come names a record that has not come either, or that no ledger has: never anything else.
    let left: Vec<String> = refused
        .iter()
        .flat_map(|(tag, rows)| rows.iter().map(move |row| (tag, row)))
        .flat_map(|(tag, row)| row.problems.iter().map(move |problem| (tag, problem)))
        .map(|(tag, problem)| format!("{}: {}", catalogue.kinds[tag].id, problem.label().zh))
        .collect();
    let rows: usize = refused.values().map(Vec::len).sum();
    eprintln!("{} rows came into an empty office, {rows} could not: {left:#?}", pairs.len());
    assert!(left.iter().all(|problem| problem.contains("没有找到")), "{left:#?}");
    // Records that name each other in a circle cannot come at all, nor what names them: about one in six of this work.
    assert!(pairs.len() > 4 * rows, "{rows} of {} rows could not come", pairs.len() + rows);
}

/// The entries of kinds that no table brings.
fn other_entries(office: &Office, by_table: &BTreeSet<u32>) -> Vec<(crate::ids::StreamName, Entry)> {
    let mut entries = Vec::new();
    for (stream, head) in office.store.streams() {
        let mut seq = 1;
        while seq <= head.len {
            let last = seq + 63;
            let run = office.store.run(stream, seq..=last, 65_536, 65_536).expect("readable");
            for item in run.map(|frame| frame.items).unwrap_or_default() {
                seq += 1;
                if let crate::stream::Item::Entry(bytes) = item
                    && let Ok(entry) = Entry::decode(&bytes)
                    && !by_table.contains(&entry.kind)
                {
                    entries.push((stream, entry));
                }
            }
        }
    }
    entries
}
