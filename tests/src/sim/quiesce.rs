//! The quiet time after the accidents: everybody syncs, nobody saves anything new, and nothing may be missing.

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::{Site, StreamName};
use shared::limits;
use shared::store::Store;
use shared::sync::message::RefusalCode;
use shared::sync::note::{self, Progress};
use shared::sync::{Failure, Outcome};
use shared::view::held;

use super::check::HUB;
use super::machine;
use super::world::{Checked, World};

/// Sessions after which a machine must have nothing left to do.
const SESSIONS_MAX: usize = 10;

impl World {
    pub(super) fn quiesce(&mut self) -> Checked {
        self.step = self.config.steps;
        self.calm = true;
        self.pass(limits::SESSION_SILENCE_MS + 1);
        self.expire_all()?;
        if let Some(link) = self.links.iter().find(|link| !link.over()) {
            return Err(format!("{} still waits, long after the line went silent", link.machine));
        }
        self.links.clear();
        for holder in (0..self.machines.len()).chain([HUB]) {
            self.machine(holder).files.fail_syncs(0);
            self.switch_on(holder)?;
        }
        self.twins()?;
        let before = self.everything();
        // One machine of a township after the other becomes the office PC; the last one stays.
        for n in 0..self.machines.len() {
            self.settle(n)?;
            let own = self.township(n);
            let last = (n + 1..self.machines.len()).all(|later| self.township(later) != own);
            self.machines[n].retired = !last;
        }
        for round in 0..2 {
            for n in 0..self.machines.len() {
                if !self.machines[n].retired {
                    self.settle(n).map_err(|what| format!("round {round}: {what}"))?;
                }
            }
        }
        self.compare(&before)?;
        self.notes_are_few()?;
        self.verify_stores()
    }

    /// Every edit on any disk, by stream.
    fn everything(&self) -> BTreeMap<StreamName, BTreeSet<u64>> {
        let mut all: BTreeMap<StreamName, BTreeSet<u64>> = BTreeMap::new();
        for holder in (0..self.machines.len()).chain([HUB]) {
            let store = if holder == HUB { &self.hub.store } else { &self.machines[holder].store };
            for (stream, _) in store.iter().flat_map(Store::streams).filter(|(stream, _)| stream.travels()) {
                all.entry(stream).or_default().extend(self.ledger.names(holder, stream));
            }
        }
        all
    }

    /// Two machines that go by one installation, both at work: the hub finds out. F3.
    fn twins(&mut self) -> Checked {
        let mut pair = None;
        for a in 0..self.machines.len() {
            for b in a + 1..self.machines.len() {
                let same = self.machines[a].instance.is_some()
                    && self.machines[a].instance == self.machines[b].instance;
                if same && !self.machines[a].refused && !self.machines[b].refused {
                    pair = pair.or(Some([a, b]));
                }
            }
        }
        let Some(pair) = pair else { return Ok(()) };
        for _ in 0..4 {
            for n in pair {
                let own = self.machines[n].own();
                self.write(n, own, 1)?;
                if let (Outcome::Failed(failure), _) = self.session(n)? {
                    if self.machines[n].refused {
                        return Ok(());
                    }
                    self.bear(n, &failure)?;
                }
            }
        }
        Err(format!("{} and {} work under one identity, and nobody has noticed", pair[0], pair[1]))
    }

    /// One session on a faultless line.
    fn session(&mut self, n: usize) -> Result<(Outcome, usize), String> {
        self.pass(60_000);
        self.connect(n)?;
        let mut messages = 0;
        let Some(at) = self.links.len().checked_sub(1) else { return Err(format!("{n} cannot connect")) };
        loop {
            let mut moved = false;
            for step in [Self::node_speaks, Self::hub_hears, Self::hub_speaks, Self::node_hears] {
                while step(self, at)? {
                    moved = true;
                    messages += 1;
                }
            }
            if !moved {
                break;
            }
        }
        let outcome = self.links[at].node.as_ref().and_then(|node| node.outcome().cloned());
        self.links.clear();
        outcome
            .map(|outcome| (outcome, messages / 2))
            .ok_or_else(|| format!("{n} stands still in the middle of a session"))
    }

    /// Syncs until there is nothing left to do, being enrolled anew if the hub asks for it. F18.
    fn settle(&mut self, n: usize) -> Checked {
        let mut failures = Vec::new();
        for _ in 0..SESSIONS_MAX {
            if self.machines[n].instance.is_none() {
                self.enrol(n)?;
            }
            match self.session(n)? {
                (Outcome::Done, 2) => return self.settled(n),
                (Outcome::Done, _) => {}
                (Outcome::Failed(failure), _) => {
                    self.bear(n, &failure)?;
                    failures.push(failure);
                }
            }
        }
        Err(format!("{n} is not done after {SESSIONS_MAX} sessions: {failures:?}"))
    }

    /// What may stop a session on a faultless line, and what is then done about it.
    fn bear(&mut self, n: usize, failure: &Failure) -> Checked {
        match failure.code() {
            Some(RefusalCode::Clone | RefusalCode::NewMachine) => self.enrol(n),
            Some(RefusalCode::Restart) => Ok(()),
            _ if matches!(failure, Failure::Store(_)) => self.switch_on(n),
            _ => Err(format!("{n} fails on a faultless line: {failure:?}")),
        }
    }

    fn settled(&self, n: usize) -> Checked {
        let township = self.township(n);
        let Some(store) = &self.machines[n].store else { return Ok(()) };
        let progress = Progress::of(store, township).map_err(|error| error.to_string())?;
        if progress.synced() {
            Ok(())
        } else {
            Err(format!("{n} has synced and does not know it: {progress:?}"))
        }
    }

    fn compare(&self, before: &BTreeMap<StreamName, BTreeSet<u64>>) -> Checked {
        for (stream, names) in before {
            let there = self.ledger.names(HUB, *stream);
            if let Some(lost) = names.difference(&there).next() {
                return Err(format!("edit {lost} of {stream} is lost"));
            }
        }
        let Some(hub) = &self.hub.store else { return Err("the hub is off".to_owned()) };
        self.ledger.hub_holds(hub)?;
        for n in (0..self.machines.len()).filter(|n| !self.machines[*n].retired) {
            let township = self.township(n);
            let Some(store) = &self.machines[n].store else { return Err(format!("{n} is off")) };
            for stream in [StreamName::Township(township), StreamName::DownAll, StreamName::Down(township)] {
                let (here, there) = (store.head(stream), hub.head(stream));
                if (here.len, here.hash) != (there.len, there.hash) {
                    return Err(format!("{stream} is not the same at {n} and at the hub"));
                }
            }
            self.held_list(n, store, hub)?;
        }
        Ok(())
    }

    /// What the hub holds back came to the office with the receipt. F13.
    fn held_list(&self, n: usize, store: &Store, hub: &Store) -> Checked {
        let own = StreamName::Township(self.township(n));
        let there = hub.read(|view| held::count(view, Some(own)));
        let told = store.read(note::last_receipt).map_or(0, |receipt| receipt.held_total);
        if there != told {
            return Err(format!("the hub holds {there} entries of {own}, the office was told of {told}"));
        }
        let names = self.ledger.names(HUB, own);
        let bad = names.iter().filter(|name| self.ledger.damaged.contains(name)).count();
        if (there as usize) < bad {
            return Err(format!("of {bad} entries of {own} that cannot be read {there} are held"));
        }
        Ok(())
    }

    /// Sessions do not fill the disk: a few small notes each, on either side. F10.
    fn notes_are_few(&self) -> Checked {
        let sessions = self.stats.sessions + self.stats.enrolments + 10;
        for (store, site) in [(&self.hub.store, Site::Hub), (&self.machines[0].store, self.machines[0].site)]
        {
            let notes = store.as_ref().map_or(0, |store| store.head(StreamName::Meta(site)).len);
            if notes > 4 * sessions {
                return Err(format!("{notes} notes of {site} after {sessions} sessions"));
            }
        }
        Ok(())
    }

    /// Views are what a rebuild from the journal gives. I4.
    fn verify_stores(&mut self) -> Checked {
        for holder in (0..self.machines.len()).chain([HUB]) {
            let machine = self.machine(holder);
            let (files, Some(store)) = (machine.files.copy(), &machine.store) else { continue };
            let rebuilt =
                machine::open(&files, [8; 16]).map_err(|error| format!("{holder} does not open: {error}"))?;
            let rows = |store: &Store| {
                let mut rows = Vec::new();
                store.read(|view| {
                    for table in 0x10..=0x7f {
                        view.scan(&[table], None, &mut |key, value| {
                            rows.push((key.to_vec(), value.to_vec()));
                            true
                        });
                    }
                });
                rows
            };
            if rows(store) != rows(&rebuilt) {
                return Err(format!("the views of {holder} are not what its journal gives"));
            }
        }
        Ok(())
    }
}
