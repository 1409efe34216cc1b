//! Work of every kind of the catalogue, without a script: records come about over the year and go their ways.
//!
//! What is done is decided on a bench, with what the scripts of the same office tell, in the order of time; so whatever
//! comes of it is legal, and who repeats it elsewhere gets the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::attempt::{Outcome, appeals};
use super::bench::{Bench, Moment, Seat};
use super::guess::Writer;
use super::plan::{Measure, owner};
use super::random::Random;
use super::step::{Handle, Known, Meant, Step};
use super::trial::Trial;
use super::ways::{self, Way, Ways};
use crate::catalogue::model::{Action, Catalogue, Field, Kind};
use crate::command::{Act, Decision};
use crate::ids::{RecordId, Site};
use crate::limits;
use crate::record::{Actor, Day, EntryFlags, Fields, Record, Role, Value};

/// Creations that are put off because something is missing, at most.
const TRIES_MAX: u8 = 8;
/// Times that a record is looked at in vain before it is left as it is.
const PATIENCE: u8 = 14;
/// Times after which what does not get on is sent back, or given up.
const GIVEN_UP_AFTER: u8 = 6;
/// Times that a record is put right so that a step can be taken.
const CORRECTIONS_MAX: u8 = 4;
/// Different actions that are tried at one sitting.
const ACTIONS_TRIED: usize = 5;

pub(super) enum Event {
    /// A step of a script, by its place.
    Told(usize),
    Create {
        kind: u32,
        tries: u8,
    },
    /// Somebody looks whether there are still as many of what lasts as there should be.
    Restock {
        kind: u32,
        target: u32,
    },
    /// Somebody takes up a record, perhaps for an action that had to wait.
    Move {
        record: RecordId,
        intent: Option<u32>,
    },
}

#[derive(Default)]
pub(super) struct Life {
    taken: BTreeMap<u32, u32>,
    pub steps: u32,
    vain: u8,
    corrected: u8,
}

pub(super) struct Roam<'a> {
    pub catalogue: &'a Arc<Catalogue>,
    pub bench: Bench,
    pub random: Random,
    villages: &'a [&'static str],
    town: &'a str,
    pub from: Day,
    pub to: Day,
    pub now_ms: i64,
    pub order: u64,
    pub queue: BTreeMap<(i64, u64), Event>,
    pub ways: BTreeMap<u32, Ways>,
    /// Kinds that new records of other kinds must link to.
    pub needed: BTreeSet<u32>,
    pub lives: BTreeMap<RecordId, Life>,
    names: BTreeMap<RecordId, Handle>,
    known: Known,
    handles: u64,
    steps: Vec<Step>,
    /// Steps of scripts that the rules refuse, in words.
    pub refused: BTreeSet<String>,
}

/// The office that roams, and when.
pub(super) struct Office<'a> {
    pub seat: Seat,
    pub villages: &'a [&'static str],
    pub town: &'a str,
    pub from: Day,
    pub to: Day,
    /// First handle that is free.
    pub handles: u64,
}

impl<'a> Roam<'a> {
    pub(super) fn new(catalogue: &'a Arc<Catalogue>, random: Random, office: Office<'a>) -> Option<Self> {
        let owner = owner(office.seat.site);
        let kinds = catalogue.kinds.values().filter(|kind| kind.owner == owner);
        let node = office.seat.node;
        let kept = kinds.filter(|kind| node.is_none_or(|node| kind.nodes.contains(&node)));
        Some(Self {
            ways: kept.map(|kind| (kind.tag, Ways::new(kind))).collect(),
            needed: catalogue.kinds.values().flat_map(ways::needs).collect(),
            catalogue,
            bench: Bench::new(catalogue, office.seat)?,
            random,
            villages: office.villages,
            town: office.town,
            from: office.from,
            to: office.to,
            now_ms: i64::MIN,
            order: 0,
            queue: BTreeMap::new(),
            lives: BTreeMap::new(),
            names: BTreeMap::new(),
            known: Known::default(),
            handles: office.handles,
            steps: Vec::new(),
            refused: BTreeSet::new(),
        })
    }

    /// All that happens, in order of time: the script's steps that the rules allow, and what is added to them.
    pub(super) fn run(mut self, told: Vec<Step>, measure: &Measure) -> (Vec<Step>, BTreeSet<String>) {
        for (nth, step) in told.iter().enumerate() {
            self.order += 1;
            self.queue.insert((step.at_ms, self.order), Event::Told(nth));
        }
        self.plan(measure);
        let mut told: Vec<Option<Step>> = told.into_iter().map(Some).collect();
        while let Some(((at_ms, _), event)) = self.queue.pop_first() {
            self.now_ms = self.now_ms.max(at_ms);
            match event {
                Event::Told(nth) => {
                    if let Some(step) = told.get_mut(nth).and_then(Option::take) {
                        self.repeat(step);
                    }
                }
                Event::Create { kind, tries } => self.create(at_ms, kind, tries),
                Event::Restock { kind, target } => self.restock(at_ms, kind, target),
                Event::Move { record, intent } => self.take_up(at_ms, record, intent),
            }
            if self.steps.len() >= limits::SAMPLE_STEPS_MAX {
                break;
            }
        }
        (self.steps, self.refused)
    }

    /// A step of a script. What the rules ask beyond it is filled in; what they refuse all the same is left out.
    fn repeat(&mut self, mut step: Step) {
        let Some(command) = step.command(&self.known) else { return };
        let moment = Moment { at_ms: step.at_ms, day: step.day, fresh: step.fresh() };
        let refusal = match self.bench.decide(&command, &step.actor, moment) {
            Ok(decision) => return self.keep_told(step, &decision),
            Err(refusal) => refusal,
        };
        let Some(kind) = self.catalogue.kinds.get(&step.kind) else { return };
        let action = match step.act {
            Act::Take(tag) => kind.actions.get(&tag),
            _ => kind.action("edit"),
        };
        let Some(action) = action else { return };
        let this = command.record.unwrap_or(moment.fresh);
        let standing = self.standing(kind, command.record);
        let mut trial = Trial::new((kind, action), this, standing, step.actor.clone(), step.day);
        for (tag, value) in command.set {
            trial.give(tag, value);
        }
        trial.reason = command.reason;
        match self.writer().again(&mut trial, moment) {
            Outcome::Done(decision) => {
                step.set = self.meant(trial.set());
                step.clear = trial.clear().to_vec();
                step.reason = trial.reason;
                self.keep_told(step, &decision);
            }
            Outcome::Wait(_) | Outcome::No => {
                self.refused.insert(format!("{}: {}: {}", kind.id, action.id, refusal.en()));
            }
        }
    }

    fn writer(&mut self) -> Writer<'_> {
        let (villages, town) = (self.villages, self.town);
        Writer { bench: &self.bench, random: &mut self.random, villages, town }
    }

    /// The record, and what stands in it: at first what the kind takes for granted.
    fn standing(&self, kind: &Kind, record: Option<RecordId>) -> (Option<Record>, Fields) {
        match record.and_then(|record| self.bench.whole(record)) {
            Some((record, fields)) => (Some(record), fields),
            None => (None, defaults(kind)),
        }
    }

    fn meant(&self, set: &Fields) -> Vec<(u32, Meant)> {
        set.iter().map(|(tag, value)| (*tag, Meant::Value(self.renamed(value)))).collect()
    }

    /// What a script of the county makes goes to townships and waits for their answers: nobody else takes it up.
    fn keep_told(&mut self, step: Step, decision: &Decision) {
        let made = self.noted(step, decision);
        if self.bench.site() != Site::Hub {
            made.into_iter().for_each(|id| self.again(id));
        }
    }

    fn keep(&mut self, step: Step, decision: &Decision) {
        let made = self.noted(step, decision);
        made.into_iter().for_each(|id| self.again(id));
    }

    /// Notes a step that was taken; gives what the program has made with it.
    fn noted(&mut self, mut step: Step, decision: &Decision) -> Vec<RecordId> {
        self.bench.keep(decision);
        step.made = made_besides(decision).iter().map(|_| self.handle()).collect();
        self.known.learn(&step, decision);
        self.names.insert(decision.record, step.handle);
        let made = made_besides(decision);
        for (id, handle) in made.iter().zip(&step.made) {
            self.names.insert(*id, *handle);
        }
        self.steps.push(step);
        made
    }

    fn handle(&mut self) -> Handle {
        self.handles += 1;
        Handle(self.handles - 1)
    }

    fn create(&mut self, at_ms: i64, tag: u32, tries: u8) {
        let Some(kind) = self.catalogue.kinds.get(&tag) else { return };
        let Some(ways) = self.ways.get(&tag) else { return };
        let mut actions: Vec<&Action> =
            kind.creations().filter(|action| ways.of(action.tag) == Way::Create).collect();
        if let Some(mark) = &kind.term
            && self.bench.newest(tag, 1).is_empty()
        {
            // The term in which the office is: it has begun, and nothing is known of its end.
            let needed = |action: &Action| {
                let asks = |field: &&Field| action.to.is_some_and(|to| field.required_in.contains(&to));
                let fields = kind.fields.values().filter(asks).map(|field| field.tag);
                fields.chain(action.requires.iter().copied()).collect::<BTreeSet<u32>>()
            };
            actions.retain(|action| needed(action).contains(&mark.start));
            actions.sort_by_key(|action| needed(action).len());
            actions.truncate(1);
        }
        if actions.is_empty() {
            return;
        }
        let weights: Vec<u32> = (0..actions.len()).map(|nth| 30 / (nth as u32 + 1) + 4).collect();
        let mut wait = None;
        for _ in 0..3 {
            let action = actions[self.random.weighted(&weights)];
            match self.attempt(at_ms, kind, action, None) {
                Outcome::Done(decision) => return self.again(decision.record),
                Outcome::Wait(day) => wait = Some(day),
                Outcome::No => {}
            }
        }
        if tries < TRIES_MAX {
            let day = Day::beijing(at_ms);
            let after = self.random.between(6, 24);
            let day = wait.unwrap_or(day.plus(after));
            self.later(day, 4, Event::Create { kind: tag, tries: tries + 1 });
        }
    }

    fn take_up(&mut self, at_ms: i64, record: RecordId, intent: Option<u32>) {
        let Some((found, _)) = self.bench.whole(record) else { return };
        let Some(kind) = self.catalogue.kinds.get(&found.kind) else { return };
        let Some(ways) = self.ways.get(&kind.tag).filter(|_| !found.flags.has(EntryFlags::VOIDED)) else {
            return;
        };
        let life = self.lives.entry(record).or_default();
        let taken = |action: u32| life.taken.get(&action).copied().unwrap_or(0);
        let mut actions = appeals(kind, ways, kind.actions_from(found.status), taken);
        let stuck = life.vain >= GIVEN_UP_AFTER;
        let young = self.young(kind, record).filter(|day| *day > Day::beijing(at_ms));
        if young.is_some() {
            actions.retain(|(_, action)| action.to.is_none_or(|to| kind.is_open(to)));
        }
        let rare = actions.iter().map(|(_, action)| action.tag);
        let rare: BTreeSet<u32> = rare.filter(|tag| ways.of(*tag) == Way::Rare).collect();
        let mut wait = None;
        for turn in 0..ACTIONS_TRIED {
            if actions.is_empty() {
                break;
            }
            let meant = actions.iter().position(|(_, action)| turn == 0 && Some(action.tag) == intent);
            let weights: Vec<u32> = actions.iter().map(|(appeal, _)| *appeal).collect();
            let nth = meant.unwrap_or_else(|| self.random.weighted(&weights));
            let (_, action) = actions.remove(nth);
            match self.attempt(at_ms, kind, action, Some(record)) {
                Outcome::Done(_) => {
                    let life = self.lives.entry(record).or_default();
                    *life.taken.entry(action.tag).or_default() += 1;
                    life.steps += 1;
                    life.vain = 0;
                    return self.again(record);
                }
                Outcome::Wait(day) => wait = wait.or(Some((day, action.tag))),
                Outcome::No if !rare.contains(&action.tag) && self.put_right(at_ms, kind, action, record) => {
                    let day = Day::beijing(at_ms).plus(self.random.between(0, 2));
                    let intent = Some(action.tag);
                    return self.later(day, 0, Event::Move { record, intent });
                }
                Outcome::No => {}
            }
            // Nobody gives a matter up because a form was filled in wrongly; what cannot go on for long is given up.
            if !stuck {
                actions.retain(|(_, action)| !rare.contains(&action.tag));
            }
        }
        if let Some(day) = young {
            return self.later(day, 0, Event::Move { record, intent });
        }
        let life = self.lives.entry(record).or_default();
        life.vain += 1;
        if life.vain <= PATIENCE {
            let after = self.random.between(6, 30);
            let (day, intent) = match wait {
                Some((day, action)) => (day, Some(action)),
                None => (Day::beijing(at_ms).plus(after), None),
            };
            self.later(day, 0, Event::Move { record, intent });
        }
    }

    /// Edits the record so that the action can be taken; true if that was done.
    fn put_right(&mut self, at_ms: i64, kind: &'a Kind, action: &'a Action, record: RecordId) -> bool {
        let (Some(edit), Some(handle)) = (kind.action("edit"), self.names.get(&record).copied()) else {
            return false;
        };
        let life = self.lives.entry(record).or_default();
        if life.corrected >= CORRECTIONS_MAX {
            return false;
        }
        life.corrected += 1;
        let mut trial = self.trial(at_ms, kind, edit, Some(record), record);
        let moment = Moment { at_ms, day: trial.day, fresh: record };
        let Outcome::Done(decision) = self.writer().put_right(&mut trial, action, moment) else {
            return false;
        };
        let step = self.step(&trial, handle, at_ms);
        self.keep(step, &decision);
        true
    }

    fn trial(
        &mut self,
        at_ms: i64,
        kind: &'a Kind,
        action: &'a Action,
        record: Option<RecordId>,
        this: RecordId,
    ) -> Trial<'a> {
        let standing = self.standing(kind, record);
        let actor = actor(&mut self.random, action);
        Trial::new((kind, action), this, standing, actor, Day::beijing(at_ms))
    }

    fn attempt(
        &mut self,
        at_ms: i64,
        kind: &'a Kind,
        action: &'a Action,
        record: Option<RecordId>,
    ) -> Outcome {
        let handle = match record {
            Some(record) => match self.names.get(&record) {
                Some(handle) => *handle,
                None => return Outcome::No,
            },
            None => Handle(self.handles),
        };
        let fresh = handle.mint(at_ms);
        let mut trial = self.trial(at_ms, kind, action, record, record.unwrap_or(fresh));
        let moment = Moment { at_ms, day: trial.day, fresh };
        let Some(ways) = self.ways.get(&kind.tag) else { return Outcome::No };
        let mut writer =
            Writer { bench: &self.bench, random: &mut self.random, villages: self.villages, town: self.town };
        let outcome = writer.attempt(&mut trial, ways, moment);
        if let Outcome::Done(decision) = &outcome {
            if record.is_none() {
                self.handles += 1;
            }
            let step = self.step(&trial, handle, at_ms);
            self.keep(step, decision);
        }
        outcome
    }

    fn step(&self, trial: &Trial<'_>, handle: Handle, at_ms: i64) -> Step {
        Step {
            day: trial.day,
            at_ms,
            site: self.bench.site(),
            round: 0,
            handle,
            creates: trial.before.is_none(),
            kind: trial.kind.tag,
            act: if trial.action.id == "edit" { Act::Edit } else { Act::Take(trial.action.tag) },
            reason: trial.reason.clone(),
            actor: trial.actor.clone(),
            set: self.meant(trial.set()),
            clear: trial.clear().to_vec(),
            made: Vec::new(),
        }
    }

    /// The value with handles for records, whose ids are given anew wherever the step is taken.
    fn renamed(&self, value: &Value) -> Value {
        match value {
            Value::Link(id) => Value::Link(self.names.get(id).map_or(*id, |handle| handle.standing_in())),
            Value::List(list) => Value::List(list.iter().map(|value| self.renamed(value)).collect()),
            Value::Group(row) => {
                Value::Group(row.iter().map(|(tag, value)| (*tag, self.renamed(value))).collect())
            }
            other => other.clone(),
        }
    }
}

/// Records that the decision makes beside its own, in the order in which they come about.
pub(super) fn made_besides(decision: &Decision) -> Vec<RecordId> {
    let mut made = Vec::new();
    for (_, entry) in &decision.entries {
        let first = entry.rev == 1 && !entry.flags.has(EntryFlags::PRIVATE);
        if first && entry.record != decision.record && !made.contains(&entry.record) {
            made.push(entry.record);
        }
    }
    made
}

fn defaults(kind: &Kind) -> Fields {
    kind.fields.values().filter_map(|field| Some((field.tag, field.default.clone()?))).collect()
}

/// One of those who may; where people bring paper, mostly the clerk enters it for them.
fn actor(random: &mut Random, action: &Action) -> Actor {
    let of = |roles: &[Role]| roles.iter().copied().filter(|role| *role != Role::System).collect::<Vec<_>>();
    let (own, behalf) = (of(&action.roles), of(&action.behalf));
    let for_others = !behalf.is_empty() && (own.is_empty() || random.chance(75));
    let roles = if for_others { behalf } else { own };
    let role = roles.get(random.weighted(&[80, 20])).or(roles.first()).copied().unwrap_or(Role::System);
    Actor { staff: role.code().to_lowercase(), role, on_behalf: for_others }
}
