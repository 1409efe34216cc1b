//! Sessions, one message at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use shared::ids::{Epoch, StreamName, TownshipCode};
use shared::store::Store;
use shared::sync::message::{RefusalCode, Token};
use shared::sync::note::{self, Progress};
use shared::sync::pair::HashKey;
use shared::sync::{ByRules, Failure, HeldInViews, HubSession, HubSetup, NodeSession, NodeSetup, Outcome};

use super::check::{self, HUB};
use super::link::{self, Link};
use super::machine::{self};
use super::world::{Checked, World};

impl World {
    pub(super) fn active(&self, machine: usize) -> bool {
        self.links.iter().any(|link| {
            link.machine == machine && link.node.as_ref().is_some_and(|node| node.outcome().is_none())
        })
    }

    pub(super) fn begin_session(&mut self) -> Checked {
        let n = self.rng.below(self.machines.len());
        if self.machines[n].retired || self.active(n) || self.links.len() >= 12 {
            return Ok(());
        }
        self.connect(n)
    }

    /// Opens a connection for a machine; without a hub it fails at once.
    pub(super) fn connect(&mut self, n: usize) -> Checked {
        let Some(store) = self.machines[n].store.clone() else { return Ok(()) };
        let (township, now) = (self.township(n), self.time_at(n));
        let keys = Arc::new(HashKey([3; 32]));
        let setup = NodeSetup {
            township,
            software: "simulated".to_owned(),
            catalogue: "0".to_owned(),
            capabilities: Vec::new(),
            instance: self.machines[n].instance,
            epoch: Epoch(self.rng.draw()),
            mark: self.machines[n].mark,
            keys: keys.clone(),
            reappend: Arc::new(ByRules(machine::rules())),
        };
        let mut node = match NodeSession::start(now, &store, setup) {
            Ok(node) => node,
            Err(error) => return self.failed(n, error),
        };
        self.stats.sessions += 1;
        if self.hub.store.is_none() {
            return match node.cut(now, &store) {
                Ok(()) => self.ledger.observe(n, &store),
                Err(error) => self.failed(n, error),
            };
        }
        let token = Token(self.rng.bytes());
        let setup = HubSetup {
            township,
            software: "simulated".to_owned(),
            catalogue: "0".to_owned(),
            capabilities: Vec::new(),
            entry_bytes_max: self.config.entry_bytes_max,
            token,
            epoch: Epoch(self.rng.draw()),
            keys,
            held: Arc::new(HeldInViews),
        };
        self.links.push(Link {
            machine: n,
            hub_generation: self.hub.generation,
            node: Some(node),
            hub: Some(HubSession::start(self.time_at(HUB), setup)),
            token,
            to_hub: VecDeque::new(),
            to_node: VecDeque::new(),
            silent: false,
        });
        Ok(())
    }

    pub(super) fn traffic(&mut self) -> Checked {
        self.links.retain(|link| !link.over());
        if self.links.is_empty() {
            return Ok(());
        }
        let at = self.rng.below(self.links.len());
        match self.rng.below(4) {
            0 => self.node_speaks(at).map(drop),
            1 => self.hub_speaks(at).map(drop),
            2 => self.hub_hears(at).map(drop),
            _ => self.node_hears(at).map(drop),
        }
    }

    /// One message from the node onto the line. True if there was one.
    pub(super) fn node_speaks(&mut self, at: usize) -> Result<bool, String> {
        let n = self.links[at].machine;
        let (Some(store), Some(node)) = (self.machines[n].store.clone(), &mut self.links[at].node) else {
            return Ok(false);
        };
        match node.poll(&store) {
            Ok(Some(message)) => {
                check::may_leave_node(&message)?;
                self.links[at].to_hub.push_back(link::node_bytes(message));
                self.after_node(at, &store)?;
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(error) => self.failed(n, error).map(|()| false),
        }
    }

    pub(super) fn hub_speaks(&mut self, at: usize) -> Result<bool, String> {
        let township = self.township(self.links[at].machine);
        let (Some(store), Some(hub)) = (self.hub.store.clone(), &mut self.links[at].hub) else {
            return Ok(false);
        };
        match hub.poll(&store) {
            Ok(Some(message)) => {
                check::may_reach(&message, township)?;
                self.links[at].to_node.push_back(link::hub_bytes(message));
                Ok(true)
            }
            Ok(None) => self.ledger.observe(HUB, &store).map(|()| false),
            Err(error) => self.failed(HUB, error).map(|()| false),
        }
    }

    pub(super) fn hub_hears(&mut self, at: usize) -> Result<bool, String> {
        let township = self.township(self.links[at].machine);
        let now = self.time_at(HUB);
        let twice = !self.calm && self.rng.chance(10);
        let link = &mut self.links[at];
        let (Some(store), Some(hub)) = (self.hub.store.clone(), &mut link.hub) else { return Ok(false) };
        if link.silent {
            return Ok(false);
        }
        let Some(bytes) = (if twice { link.to_hub.front().cloned() } else { link.to_hub.pop_front() }) else {
            return Ok(false);
        };
        let Some(message) = link::node_message(&bytes) else {
            return Err("a message does not parse".to_owned());
        };
        let own = StreamName::Township(township);
        let before = store.head(own);
        let heard = hub.handle(now, &store, message);
        let live = store.read(|view| note::township_state(view, township)).live;
        if store.head(own) != before && live != Some(self.links[at].token) {
            return Err(format!("a session of {township} that a newer one has replaced stored entries"));
        }
        self.ledger.observe(HUB, &store)?;
        match heard {
            Ok(()) => Ok(true),
            Err(error) => self.failed(HUB, error).map(|()| false),
        }
    }

    pub(super) fn node_hears(&mut self, at: usize) -> Result<bool, String> {
        let n = self.links[at].machine;
        let now = self.time_at(n);
        let twice = !self.calm && self.rng.chance(10);
        let link = &mut self.links[at];
        let (Some(store), Some(node)) = (self.machines[n].store.clone(), &mut link.node) else {
            return Ok(false);
        };
        if link.silent {
            return Ok(false);
        }
        let Some(bytes) = (if twice { link.to_node.front().cloned() } else { link.to_node.pop_front() })
        else {
            return Ok(false);
        };
        let Some(message) = link::hub_message(&bytes) else {
            return Err("a message does not parse".to_owned());
        };
        match node.handle(now, &store, message) {
            Ok(()) => self.after_node(at, &store).map(|()| true),
            // It could not write down what it has heard, and is off before it can say anything.
            Err(error) => self.failed(n, error).map(|()| false),
        }
    }

    /// After a node has done something: its disk, its acknowledgements, the end of its session.
    pub(super) fn after_node(&mut self, at: usize, store: &Store) -> Checked {
        let n = self.links[at].machine;
        let township = self.township(n);
        self.ledger.observe(n, store)?;
        let greeted = self.links[at].node.as_ref().is_some_and(|node| !node.summary().software.is_empty());
        if greeted && self.links[at].hub_generation == self.hub.generation {
            self.check_acked(n, store, township)?;
        }
        let Some(node) = &self.links[at].node else { return Ok(()) };
        let Some(outcome) = node.outcome() else { return Ok(()) };
        if node.summary().mark_settled {
            self.machines[n].mark = None;
        }
        if *outcome == Outcome::Done {
            self.stats.receipts += 1;
            self.stats.recoveries += u64::from(node.summary().recovered.is_some());
        }
        if let Outcome::Failed(Failure::Refused(refusal)) = outcome
            && matches!(refusal.code, RefusalCode::Clone | RefusalCode::NewMachine)
        {
            self.machines[n].refused = true;
        }
        self.machines[n].write_sidecar();
        Ok(())
    }

    /// What a node counts as acknowledged after it has heard a hub that nobody has put back since is there. I12.
    fn check_acked(&mut self, n: usize, store: &Store, township: TownshipCode) -> Checked {
        let progress = Progress::of(store, township).map_err(|error| error.to_string())?;
        let Some(acked) = store.read(note::node_state).acked else { return Ok(()) };
        if progress.acked != acked.head.len {
            return Ok(());
        }
        if let Some(hub) = &self.hub.store {
            let there = hub.hash_at(StreamName::Township(township), acked.head.len);
            if there.map_err(|error| error.to_string())? != Some(acked.head.hash) {
                let len = acked.head.len;
                return Err(format!("{n} says that {len} entries are in the county; they are not"));
            }
        }
        self.ledger.acknowledged(township, acked.head);
        Ok(())
    }

    /// The node is told that the line broke; what it has sent may still arrive.
    pub(super) fn node_loses(&mut self, at: usize) -> Checked {
        let n = self.links[at].machine;
        let now = self.time_at(n);
        let (Some(store), Some(node)) = (self.machines[n].store.clone(), &mut self.links[at].node) else {
            return Ok(());
        };
        match node.cut(now, &store) {
            Ok(()) => self.after_node(at, &store),
            Err(error) => self.failed(n, error),
        }
    }

    pub(super) fn hub_loses(&mut self, at: usize) {
        if let Some(hub) = &mut self.links[at].hub {
            hub.cut();
        }
    }
}
