//! Walks over the built-in catalogue: every step from every status by every role, and random histories.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::catalogue::model::{Catalogue, Choice, Field, Kind, Owner, Pattern, Privacy, Shape};
use crate::ids::{Site, TownshipCode};
use crate::limits;
use crate::record::{Day, Decimal, EntryFlags, Role, Value};
use crate::tally;
use crate::view::sample::{self, Office, Plain, TODAY, township};
use crate::view::{held, phrase, read};

const CANARY: &str = "金丝雀不得外传";

/// A value of the field; local texts carry the canary.
fn value(field: &Field, n: u32, links: &BTreeMap<u32, RecordId>) -> Option<Value> {
    let pick =
        |choices: &[Choice]| choices.get(n as usize % choices.len().max(1)).map(|c| Value::Choice(c.id));
    let local = field.privacy == Privacy::Local;
    let word = |max: usize| {
        let word = if local { CANARY.to_owned() } else { format!("文字{}", n % 7) };
        Value::Text(word.chars().take(max).collect())
    };
    Some(match &field.shape {
        Shape::Text { pattern: Some(Pattern::IdCard), .. } => Value::Text("11010519491231002X".to_owned()),
        Shape::Text { pattern: Some(Pattern::Phone), .. } => Value::Text("0574-88888888".to_owned()),
        Shape::Text { max, .. } => word(*max),
        Shape::Texts { max } => Value::List(vec![word(*max)]),
        Shape::Number { min, max } => Value::Number((min + i64::from(n % 4)).min(*max)),
        Shape::Decimal { min, max, scale } => {
            let whole = (min + i64::from(n % 3)).min(*max);
            Value::Decimal(Decimal { units: whole * 10i64.pow(u32::from(*scale)), scale: *scale })
        }
        Shape::Flag => Value::Flag(n.is_multiple_of(2)),
        Shape::Date => Value::Date(TODAY.plus(-((n % 40) as i32))),
        Shape::Time => Value::Time(1_790_000_000_000),
        Shape::Choice(choices) => pick(choices)?,
        Shape::Choices(choices) => Value::List(vec![pick(choices)?]),
        Shape::Link(kinds) => Value::Link(*kinds.iter().find_map(|kind| links.get(kind))?),
        Shape::Links(kinds) => {
            Value::List(vec![Value::Link(*kinds.iter().find_map(|kind| links.get(kind))?)])
        }
        Shape::Township => Value::Number(i64::from(township(1 + n % 3).number())),
        Shape::Townships => Value::List(vec![Value::Number(i64::from(township(1).number()))]),
        Shape::Blob => Value::Blob(vec![1, 2, 3]),
        Shape::Rows(columns) => {
            let row =
                columns.values().filter_map(|column| Some((column.tag, value(column, n, links)?))).collect();
            Value::List(vec![Value::Group(row)])
        }
    })
}

fn site(owner: Owner) -> Site {
    match owner {
        Owner::Township => Site::Township(township(1)),
        Owner::County => Site::Hub,
    }
}

/// Every status × action × role of every kind: who may not is refused by role, what does not start here by status;
/// what is decided is folded without a hold and ends in the status that the catalogue names.
#[test]
fn every_action_from_every_status_by_every_role() {
    let catalogue = Catalogue::builtin();
    let (mut asked, mut decided) = (0, 0);
    for kind in catalogue.kinds.values() {
        let mut office = Office::with(site(kind.owner), catalogue.clone());
        office.place_records();
        let links = office.links();
        let id = RecordId::from_bytes([200; 16]);
        let stream = office.home();
        for status in kind.statuses.keys() {
            let mut office = office.clone();
            office.state(id, kind, *status, stream, &links);
            for action in
                kind.actions.values().filter(|action| !action.from.is_empty() && action.id != "edit")
            {
                for role in Role::all().filter(|role| *role != Role::System) {
                    // Only a step that may be taken changes anything.
                    let mut copy = None;
                    let may = action.roles.contains(&role) || action.behalf.contains(&role);
                    let taken = may && action.from.contains(status);
                    let office = if taken { copy.insert(office.clone()) } else { &mut office };
                    let wanted = action.requires.iter().chain(&action.accepts).collect::<BTreeSet<_>>();
                    let fields = wanted
                        .into_iter()
                        .filter_map(|tag| kind.fields.get(tag))
                        .filter(|field| !field.derived);
                    let set =
                        fields.filter_map(|field| Some((field.tag, value(field, 1, &links)?))).collect();
                    let command = Command {
                        reason: "因故".into(),
                        ..Command::new(kind.tag, Some(id), Act::Take(action.tag), set)
                    };
                    let place =
                        format!("{} {} {} {}", kind.id, kind.statuses[status].id, action.id, role.code());
                    asked += 1;
                    let answer = office.try_do(&command, role);
                    if let Err(refusal) = &answer {
                        assert!(!refusal.zh().is_empty() && !refusal.en().is_empty(), "{place}");
                    }
                    match answer {
                        Err(refusal) if !may => {
                            assert_eq!(refusal.code(), Some(Code::Role), "{place}")
                        }
                        Err(refusal) if !action.from.contains(status) => {
                            assert_eq!(refusal.code(), Some(Code::Status), "{place}")
                        }
                        Err(refusal) => {
                            let fine = [
                                Code::Guard,
                                Code::Pause,
                                Code::Numbered,
                                Code::Partial,
                                Code::Required,
                                Code::Link,
                                Code::Date,
                                Code::Extension,
                                Code::Deadline,
                                Code::Address,
                                Code::Local,
                            ];
                            assert!(
                                refusal.problems.iter().all(|p| fine.contains(&p.code)),
                                "{place}: {}",
                                refusal.en()
                            );
                        }
                        Ok(_) => {
                            decided += 1;
                            assert!(may && action.from.contains(status), "{place}");
                            let held = held::list(&office.views, None, 3);
                            assert!(held.is_empty(), "{place}: {held:?}");
                            assert_eq!(office.record(id).status, action.to.unwrap_or(*status), "{place}");
                        }
                    }
                }
            }
        }
    }
    println!("{asked} steps asked for, {decided} taken");
    assert!(decided > 500, "only {decided} of {asked} steps could be taken");
}

#[derive(Debug, Clone)]
struct Move {
    pub kind: prop::sample::Index,
    pub record: prop::sample::Index,
    pub action: prop::sample::Index,
    pub n: u32,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    use prop::sample::Index;
    let one = (any::<Index>(), any::<Index>(), any::<Index>(), any::<u32>());
    prop::collection::vec(one.prop_map(|(kind, record, action, n)| Move { kind, record, action, n }), 1..60)
}

/// Takes a random step that the catalogue allows; the fields are plausible, the rest is left to the gate.
fn step(office: &mut Office, made: &mut Vec<(u32, RecordId)>, step: &Move) {
    let catalogue = office.folder.catalogue().clone();
    let owner = if office.site == Site::Hub { Owner::County } else { Owner::Township };
    let kinds: Vec<_> = catalogue.kinds.values().filter(|kind| kind.owner == owner).collect();
    if kinds.is_empty() {
        return;
    }
    let links = office.links();
    let create = made.len() < 2 || step.n.is_multiple_of(4);
    let (kind, record) = if create {
        (*step.kind.get(&kinds), None)
    } else {
        let (tag, id) = *step.record.get(made);
        (&catalogue.kinds[&tag], Some(id))
    };
    let status = record.map(|id| office.record(id).status);
    let actions: Vec<_> = kind
        .actions
        .values()
        .filter(|action| {
            status.map_or(action.from.is_empty(), |s| action.from.contains(&s)) && action.id != "edit"
        })
        .collect();
    let edit = record.is_some() && step.n.is_multiple_of(5);
    let (act, role, tags): (_, _, Vec<u32>) = if edit || actions.is_empty() {
        if record.is_none() {
            return;
        }
        let role = kind
            .action("edit")
            .and_then(|a| a.roles.first())
            .or(kind.creations().find_map(|a| a.roles.first()));
        let tags =
            kind.fields.keys().copied().filter(|tag| tag.wrapping_add(step.n).is_multiple_of(5)).collect();
        let act = [Act::Edit, Act::Edit, Act::Edit, Act::Restate, Act::Void][step.n as usize / 5 % 5];
        (act, if act == Act::Void { Role::TChair } else { *role.expect("somebody edits") }, tags)
    } else {
        let action = *step.action.get(&actions);
        let free = action.from.is_empty();
        let tags = kind
            .fields
            .keys()
            .copied()
            .filter(|t| free || action.requires.contains(t) || action.accepts.contains(t))
            .collect();
        (Act::Take(action.tag), action.roles[0], tags)
    };
    let fields = tags.iter().filter_map(|tag| kind.fields.get(tag)).filter(|field| !field.derived);
    let set =
        fields.filter_map(|field| Some((field.tag, value(field, step.n / 7 + field.tag, &links)?))).collect();
    let set = if matches!(act, Act::Void | Act::Restate) { Fields::new() } else { set };
    let command = Command { reason: "因故".into(), ..Command::new(kind.tag, record, act, set) };
    if let Ok(decision) = office.try_do(&command, role)
        && record.is_none()
    {
        made.push((kind.tag, decision.record));
    }
}

fn contains(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// Numbers of an office stand without gaps and without twins, void records included.
fn gapless(office: &Office) {
    let catalogue = office.folder.catalogue();
    for kind in catalogue.kinds.values() {
        let Some(numbering) = &kind.numbering else { continue };
        let mut rows: BTreeMap<_, Vec<u32>> = BTreeMap::new();
        read::list_all(&office.views, kind.tag, &mut |line| {
            let record = office.record(line.id);
            let given = record.fields.get(&numbering.field);
            if let Some(n) = given.and_then(|v| phrase::number_in(kind, numbering, &record.fields, v)) {
                let row = (phrase::year(numbering, &record.fields), phrase::scope(numbering, &record.fields));
                rows.entry(row).or_default().push(n);
            }
            true
        });
        for (row, mut numbers) in rows {
            numbers.sort_unstable();
            let expected: Vec<u32> = (1..=numbers.len() as u32).collect();
            assert_eq!(numbers, expected, "{} in row {row:?}", kind.id);
        }
    }
}

fn check(office: &Office) {
    gapless(office);
    let catalogue = office.folder.catalogue();
    assert_eq!(held::list(&office.views, None, 3), [], "the gate writes nothing that the fold would hold");
    assert!(office.rebuilt() == office.views, "a rebuild gives the same bytes");
    assert_eq!(tally::kept(&office.views, catalogue), tally::recompute(&office.views, catalogue));
    // What the other side sees: it holds nothing, has the same records, and never meets a value that stays.
    let mut other = Office::with(Site::Hub, catalogue.clone());
    for (stream, item) in office.log.iter().filter(|(stream, _)| stream.travels()) {
        if let crate::stream::Item::Entry(bytes) = item {
            assert!(!contains(bytes, CANARY));
            assert!(bytes.len() <= limits::ENTRY_BYTES_MAX);
        }
        other.item(*stream, item.clone());
    }
    assert_eq!(held::list(&other.views, None, 3), []);
    assert!(other.views.0.values().all(|value| !contains(value, CANARY)));
}

fn history(site: Site, moves: &[Move]) -> (Office, usize) {
    let mut office = Office::with(site, Catalogue::builtin());
    office.place_records();
    let mut made = Vec::new();
    for one in moves {
        step(&mut office, &mut made, one);
    }
    let count = made.len();
    (office, count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn random_work_of_a_township_keeps_every_promise(moves in moves()) {
        let (office, _) = history(Site::Township(township(1)), &moves);
        check(&office);
    }

    #[test]
    fn random_work_of_the_county_keeps_every_promise(moves in moves()) {
        let (office, _) = history(Site::Hub, &moves);
        check(&office);
    }

    /// Entries in any order, doubled, of any kind: the fold never panics, and rebuilds to the same bytes.
    #[test]
    fn any_entries_fold_to_the_same_views(moves in moves(), order in prop::collection::vec(any::<prop::sample::Index>(), 0..80)) {
        let (office, _) = history(Site::Township(township(1)), &moves);
        let mut other = Office::with(Site::Hub, office.folder.catalogue().clone());
        for index in order {
            if office.log.is_empty() {
                break;
            }
            let (stream, item) = index.get(&office.log).clone();
            other.item(stream, item);
        }
        prop_assert!(other.rebuilt() == other.views);
        let catalogue = other.folder.catalogue();
        prop_assert_eq!(tally::kept(&other.views, catalogue), tally::recompute(&other.views, catalogue));
    }
}

impl Office {
    /// The stream of the office's own records.
    fn home(&self) -> StreamName {
        match self.site {
            Site::Township(code) => StreamName::Township(code),
            Site::Hub => StreamName::DownAll,
        }
    }

    /// One record of every kind, for links, each in a stream of its owner.
    fn place_records(&mut self) {
        let catalogue = self.folder.catalogue().clone();
        for kind in catalogue.kinds.values() {
            let stream = match kind.owner {
                Owner::Township => {
                    StreamName::Township(TownshipCode::from_number(330_282_001).expect("nine digits"))
                }
                Owner::County => StreamName::DownAll,
            };
            let id = RecordId::from_bytes([kind.tag as u8; 16]);
            let status = kind.statuses.keys().next().copied().unwrap_or(1);
            let fields = kind.fields.values().filter(|field| {
                [kind.title, kind.date].contains(&field.tag) && field.privacy == Privacy::Sync
            });
            let set =
                fields.filter_map(|field| Some((field.tag, value(field, 5, &BTreeMap::new())?))).collect();
            // What says nothing of itself may be a record that stays.
            let stays = checks::stays(kind, status, &set);
            let stream = if stays { StreamName::Local(stream.writer()) } else { stream };
            let mut entry = sample::entry(id, kind.tag, 1, 0, status, set);
            entry.flags = EntryFlags::IMPORTED;
            self.append(stream, entry.encode());
        }
    }

    fn links(&self) -> BTreeMap<u32, RecordId> {
        self.folder
            .catalogue()
            .kinds
            .keys()
            .map(|tag| (*tag, RecordId::from_bytes([*tag as u8; 16])))
            .collect()
    }

    /// Puts a record into a status by an entry that carries it whole.
    fn state(
        &mut self,
        id: RecordId,
        kind: &Kind,
        status: u32,
        stream: StreamName,
        links: &BTreeMap<u32, RecordId>,
    ) {
        // Some values would make the record one that stays; the first that do not are taken.
        let mut last = Vec::new();
        for n in 2..9 {
            let synced = kind.fields.values().filter(|field| field.privacy == Privacy::Sync);
            let set = synced.filter_map(|field| Some((field.tag, value(field, n, links)?))).collect();
            let mut entry = sample::entry(id, kind.tag, 1, 0, status, set);
            entry.flags = EntryFlags::RESTATED;
            let numbers = self.folder.catalogue().deadlines.keys();
            entry.deadlines = numbers.filter_map(|d| Plain.start(*d, Day(20_770), false)).collect();
            let mut tried = self.clone();
            tried.append(stream, entry.encode());
            last = held::list(&tried.views, None, 3);
            if last.is_empty() {
                *self = tried;
                return;
            }
        }
        panic!("no values bring a record of {} into status {status}: {last:?}", kind.id);
    }
}
