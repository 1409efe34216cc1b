//! Reacting to what the other side wrote: looking through what has arrived since the last look, and doing what the
//! catalogue's reactions say, through the command gate, as the program.
//!
//! What has arrived is taken record by record, as each stands now, in the order in which it came; each once in a look. A
//! look is made of bounded commits; how far it came is noted in the same commit as what it did. Three things make each
//! reaction happen once, whatever is cut off, comes twice or is looked through again (another branch of a stream after a
//! recovery, a newer catalogue): a record that is made has an id that follows from the arrived one; an action is not taken
//! again for the same state of the same arrived record; and one that its record's status does not allow is passed over.
//!
//! A record may wait for another: its condition looks at a record that it links to, or ours that links to it comes into
//! being later. So what we write ourselves is looked through too, for what our records link to and what links to them.
//!
//! Entries that the fold holds back do not react: they have not changed any record. They do once they are let in.
//!
//! Not here: which commands follow ([`crate::command::replies`]), and when to look (the programs).

mod lanes;
mod refusals;
mod rules;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use xianglian_proto::v1 as pb;

use super::{Ledger, Stop};
use crate::command::{self, Code, Context, Does, Refusal, Reply};
use crate::ids::RecordId;
use crate::limits;
use crate::program::Failure;
use crate::record::{Actor, Record};
use crate::store::Tx;
use crate::sync::note;
use crate::view::reacted::{self, Refused};
use crate::view::read;
use lanes::Lane;
pub use refusals::{RefusedReaction, RefusedReactions};
use rules::Rules;

/// What came of one look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reacted {
    /// Arrived records that were looked at.
    pub records: usize,
    /// Records of ours that were made, brought into step, and moved on by an action.
    pub made: usize,
    pub aligned: usize,
    pub taken: usize,
    /// What the rules said no to; nothing was changed by it.
    pub refused: usize,
}

impl Reacted {
    /// Changes of our own records.
    pub fn done(&self) -> usize {
        self.made + self.aligned + self.taken
    }

    pub(super) fn add(&mut self, more: Self) {
        self.records += more.records;
        self.made += more.made;
        self.aligned += more.aligned;
        self.taken += more.taken;
        self.refused += more.refused;
    }
}

impl Ledger<'_> {
    /// Does what the catalogue says is to be done about what the other side wrote since the last look. Durable on return;
    /// without anything new it writes nothing. Looks that overlap do no harm, only the same work twice.
    ///
    /// # Errors
    /// The store fails; what was committed before stays, and the next look goes on from there.
    pub fn react(&self) -> Result<Reacted, Failure> {
        let rules = Rules::of(self.catalogue, &self.place);
        if rules.is_empty() {
            return Ok(Reacted::default());
        }
        let lanes = Lane::all(self.store, &self.place, &self.catalogue.version)?;
        let mut look = Look {
            ledger: self,
            rules,
            lanes,
            waiting: Vec::new(),
            seen: BTreeSet::new(),
            unnoted: 0,
            changed: false,
            done: Reacted::default(),
        };
        for nth in 0..look.lanes.len() {
            look.through(nth)?;
        }
        look.react()?;
        let Reacted { records, made, aligned, taken, refused } = look.done;
        if look.done.done() + refused > 0 {
            tracing::info!(records, made, aligned, taken, refused, "reacted to what has arrived");
        }
        Ok(look.done)
    }

    /// Reacts to one arrived record as it stands in the commit so far; what is to be noted of it goes into `note`.
    fn react_in(
        &self,
        rules: &Rules<'_>,
        tx: &mut Tx<'_>,
        id: RecordId,
        note: &mut pb::Reacted,
    ) -> Result<Reacted, Stop> {
        let mut done = Reacted::default();
        let arrived = read::record(tx.view(), id)
            .filter(|record| record.stream.travels() && record.stream.writer() != self.place.site);
        let Some(arrived) = arrived else { return Ok(done) };
        done.records += 1;
        let stood = reacted::refused_by(tx.view(), id);
        let mut refused: Vec<Refused> = Vec::new();
        for (kind, reaction) in rules.on(arrived.kind) {
            let replies =
                self.deciding(tx.view(), |context| command::replies(context, kind, reaction, &arrived));
            for reply in replies {
                if reply.does == Does::Take && taken(tx, note, &reply, &arrived) {
                    continue;
                }
                match self.reply(tx, &reply)? {
                    Ok(()) => match reply.does {
                        Does::Make => done.made += 1,
                        Does::Align => done.aligned += 1,
                        Does::Take => {
                            done.taken += 1;
                            note.taken.push(taken_note(&reply, &arrived));
                        }
                    },
                    Err(refusal) if refusal.has(Code::Unchanged) => {}
                    Err(refusal) => {
                        done.refused += 1;
                        let (kind, Reply { action, ours, .. }) = (kind.tag, reply);
                        let codes = refusal.problems.iter().map(|p| p.code.text().to_owned()).collect();
                        refused.push(Refused {
                            arrived: id,
                            kind,
                            action,
                            ours,
                            codes,
                            at: self.clock.now_ms(),
                        });
                    }
                }
            }
        }
        let same = |a: &Refused, b: &Refused| Refused { at: b.at, ..a.clone() } == *b;
        let fresh = refused.iter().filter(|refused| !stood.iter().any(|before| same(before, refused)));
        for Refused { arrived, kind, action, ours, codes, .. } in fresh {
            tracing::warn!(record.id = %ours, record.kind = kind, action, arrived.id = %arrived, ?codes, "reaction refused");
        }
        let still = stood.len() == refused.len() && refused.iter().all(|r| stood.iter().any(|s| same(s, r)));
        if !still {
            note.settled.extend((!stood.is_empty()).then(|| id.as_bytes().to_vec()));
            note.refused.extend(refused.iter().map(Refused::note));
        }
        Ok(done)
    }

    fn reply(&self, tx: &mut Tx<'_>, reply: &Reply) -> Result<Result<(), Refusal>, Stop> {
        let decision = self.deciding(tx.view(), |context| {
            let context = Context { fresh: reply.ours, ..*context };
            command::decide(&context, &reply.command, &Actor::program())
        });
        match decision {
            Ok(decision) => Ok(Ok(self.append(tx, &decision.entries)?)),
            Err(refusal) => Ok(Err(refusal)),
        }
    }
}

/// Whether the action was taken for this very state of the arrived record.
fn taken(tx: &Tx<'_>, note: &pb::Reacted, reply: &Reply, arrived: &Record) -> bool {
    let now = taken_note(reply, arrived);
    note.taken.contains(&now)
        || reacted::taken(tx.view(), reply.ours, reply.action, arrived.id) == Some(arrived.last)
}

fn taken_note(reply: &Reply, arrived: &Record) -> pb::ReactionTaken {
    pb::ReactionTaken {
        ours: reply.ours.as_bytes().to_vec(),
        action: reply.action,
        arrived: arrived.id.as_bytes().to_vec(),
        state: arrived.last.to_vec(),
    }
}

/// One look on its way.
struct Look<'l, 'a> {
    ledger: &'l Ledger<'a>,
    rules: Rules<'a>,
    lanes: Vec<Lane>,
    /// Arrived records that are to be looked at, in order.
    waiting: Vec<RecordId>,
    seen: BTreeSet<RecordId>,
    /// Entries looked through since it was last noted how far.
    unnoted: u64,
    /// Something was done since then.
    changed: bool,
    done: Reacted,
}

impl Look<'_, '_> {
    /// Looks through the rest of one stream.
    fn through(&mut self, nth: usize) -> Result<(), Failure> {
        let store = self.ledger.store;
        while let Some(frame) = self.lanes[nth].next(store)? {
            let ours = self.lanes[nth].ours;
            let found = store.read(|views| self.rules.touched(views, &frame, ours));
            if self.seen.len() > limits::REACT_SEEN_MAX {
                self.seen.clear();
            }
            let fresh: Vec<RecordId> = found.into_iter().filter(|id| self.seen.insert(*id)).collect();
            self.waiting.extend(fresh);
            self.unnoted += frame.items.len() as u64;
            self.lanes[nth].at = frame.head();
            if self.waiting.len() >= limits::REACT_RECORDS_MAX {
                self.react()?;
            }
        }
        Ok(())
    }

    /// Reacts to what waits, some records in a commit; the last one notes how far the look has come, if it is worth it.
    fn react(&mut self) -> Result<(), Failure> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut parts: Vec<&[RecordId]> = waiting.chunks(limits::REACT_RECORDS_MAX).collect();
        if parts.is_empty() {
            parts.push(&[]);
        }
        let last = parts.len() - 1;
        for (nth, part) in parts.into_iter().enumerate() {
            if nth == last && part.is_empty() && !self.changed && self.unnoted < limits::REACT_LAG_ENTRIES {
                return Ok(());
            }
            self.commit(part, nth == last)?;
        }
        Ok(())
    }

    fn commit(&mut self, part: &[RecordId], last: bool) -> Result<(), Failure> {
        let ledger = self.ledger;
        let lag = self.unnoted >= limits::REACT_LAG_ENTRIES;
        let (done, changed, looked) = ledger.store.write(|tx| -> Result<(Reacted, bool, bool), Stop> {
            let mut note = pb::Reacted::default();
            let mut done = Reacted::default();
            for id in part {
                done.add(ledger.react_in(&self.rules, tx, *id, &mut note)?);
            }
            let said = !(note.taken.is_empty() && note.refused.is_empty() && note.settled.is_empty());
            let changed = said || done.done() > 0;
            let looked = last && (changed || self.changed || lag);
            if looked {
                note.looked = self.lanes.iter().filter(|lane| lane.moved()).map(Lane::note).collect();
            }
            if said || looked {
                note.rules.clone_from(&ledger.catalogue.version);
                let kind = pb::note::Kind::Reacted(note);
                note::append(tx, ledger.place.site, ledger.fresh_epoch(), vec![kind])?;
            }
            Ok((done, changed, looked))
        })?;
        self.done.add(done);
        self.changed |= changed;
        if looked {
            (self.unnoted, self.changed) = (0, false);
            self.lanes.iter_mut().for_each(|lane| lane.noted = lane.at);
        }
        Ok(())
    }
}
