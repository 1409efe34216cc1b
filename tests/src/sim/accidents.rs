//! What happens to office PCs, disks and lines.

use shared::ids::{Epoch, Site, StreamName};
use shared::limits;
use shared::stream::{Frame, FrameFlags, Head, Item};
use shared::sync::message::{Instance, NodeMessage, StreamState};
use shared::sync::note;
use shared::sync::pack;
use shared::sync::pair::enrol;

use super::check::{self, HUB};
use super::machine;
use super::world::{Checked, World};

impl World {
    pub(super) fn break_link(&mut self) -> Checked {
        if self.links.is_empty() {
            return Ok(());
        }
        let at = self.rng.below(self.links.len());
        match self.rng.below(6) {
            0 => self.links[at].silent = true,
            1..4 => {
                let n = self.links[at].machine;
                self.node_loses(at)?;
                // It tries again at once, while what it sent is still on the way.
                if self.rng.chance(700) && !self.active(n) {
                    self.connect(n)?;
                }
            }
            4 => self.hub_loses(at),
            _ => {
                self.node_loses(at)?;
                self.hub_loses(at);
            }
        }
        Ok(())
    }

    /// Minutes to days go by; whoever has waited too long stops waiting.
    pub(super) fn pass_long(&mut self) -> Checked {
        let ms = [60_000, limits::SESSION_SILENCE_MS, 3_600_000, 3 * 86_400_000][self.rng.below(4)];
        self.pass(ms);
        self.expire_all()
    }

    pub(super) fn expire_all(&mut self) -> Checked {
        for at in 0..self.links.len() {
            let n = self.links[at].machine;
            let (now, hub_now) = (self.time_at(n), self.time_at(HUB));
            if let (Some(store), Some(node)) = (self.machines[n].store.clone(), &mut self.links[at].node) {
                match node.expire(now, &store) {
                    Ok(()) => self.after_node(at, &store)?,
                    Err(error) => self.failed(n, error)?,
                }
            }
            if let Some(hub) = &mut self.links[at].hub {
                hub.expire(hub_now);
            }
        }
        Ok(())
    }

    pub(super) fn any_holder(&mut self) -> usize {
        if self.rng.chance(350) { HUB } else { self.rng.below(self.machines.len()) }
    }

    pub(super) fn crash(&mut self) -> Checked {
        let holder = self.any_holder();
        self.power_cut(holder)
    }

    /// Machines that are off are switched on again after a while; the other side of their lines may or may not be told.
    pub(super) fn restart_some(&mut self) -> Checked {
        for holder in (0..self.machines.len()).chain([HUB]) {
            if self.machine(holder).store.is_none() && self.rng.chance(300) {
                self.switch_on(holder)?;
            }
        }
        Ok(())
    }

    pub(super) fn back_up(&mut self) {
        let holder = self.any_holder();
        let machine = self.machine(holder);
        machine.backups.push(machine.files.copy());
        if machine.backups.len() > 3 {
            machine.backups.remove(0);
        }
    }

    pub(super) fn put_back(&mut self) -> Checked {
        let holder = self.any_holder();
        let count = self.machine(holder).backups.len();
        if count == 0 {
            return Ok(());
        }
        let backup = self.rng.below(count);
        self.power_cut(holder)?;
        self.machine(holder).restore(backup);
        self.ledger.forget(holder);
        self.stats.restores += 1;
        if holder == HUB {
            let files = self.hub.files.copy();
            let hub =
                machine::open(&files, [9; 16]).map_err(|error| format!("a backup does not open: {error}"))?;
            self.ledger.hub_went_back(&hub);
        }
        self.switch_on(holder)
    }

    pub(super) fn copy_machine(&mut self) -> Checked {
        if self.machines.len() >= self.config.townships + 2 {
            return Ok(());
        }
        let n = self.rng.below(self.machines.len());
        let with_sidecar = self.rng.chance(600);
        let twin = self.machines[n].clone_folder(with_sidecar);
        self.machines.push(twin);
        self.stats.clones += 1;
        self.switch_on(self.machines.len() - 1)
    }

    pub(super) fn enrol_refused(&mut self) -> Checked {
        let n = self.rng.below(self.machines.len());
        if self.machines[n].refused || self.machines[n].instance.is_none() { self.enrol(n) } else { Ok(()) }
    }

    /// "This is a new office PC": a fresh installation, noted on both sides.
    pub(super) fn enrol(&mut self, n: usize) -> Checked {
        let (Some(store), Some(hub)) = (self.machines[n].store.clone(), self.hub.store.clone()) else {
            return Ok(());
        };
        let instance = Instance(self.rng.bytes());
        let (township, site, fresh) = (self.township(n), self.machines[n].site, Epoch(self.rng.draw()));
        if let Err(error) = enrol(&hub, township, instance) {
            return self.failed(HUB, error);
        }
        if let Err(error) =
            store.write(|tx| note::append(tx, site, fresh, vec![note::node_instance(instance)]))
        {
            return self.failed(n, error);
        }
        self.machines[n].instance = Some(instance);
        self.machines[n].refused = false;
        self.machines[n].write_sidecar();
        self.stats.enrolments += 1;
        Ok(())
    }

    pub(super) fn change_clock(&mut self) {
        let ahead =
            [0, -16 * 365 * 86_400_000, 86_400_000, 10 * 365 * 86_400_000, -3_600_000][self.rng.below(5)];
        let holder = self.any_holder();
        self.machine(holder).clock_ahead_ms = ahead;
    }

    pub(super) fn fail_disk(&mut self) {
        let holder = self.any_holder();
        self.machine(holder).files.fail_syncs(1);
    }

    /// Somebody with a node's certificate speaks for others: another township, the county, the hub's own papers.
    pub(super) fn forge(&mut self) -> Checked {
        let n = self.rng.below(self.machines.len());
        let (Some(store), Some(hub)) = (self.machines[n].store.clone(), self.hub.store.clone()) else {
            return Ok(());
        };
        let other = self.township(self.rng.clone().below(self.config.townships));
        let streams = [
            StreamName::Township(other),
            StreamName::DownAll,
            StreamName::Down(self.township(n)),
            StreamName::Local(Site::Hub),
            StreamName::Meta(Site::Hub),
        ];
        let stream = streams[self.rng.below(streams.len())];
        if stream == self.machines[n].own() {
            return Ok(());
        }
        let name = self.new_name();
        self.ledger.forge(name);
        let after: Head = hub.head(stream);
        let items = vec![Item::Entry(machine::damaged(name))];
        let flags = FrameFlags::default();
        let frame =
            Frame { flags, stream, epoch: after.epoch, first: after.len + 1, prev: after.hash, items };
        self.connect(n)?;
        let Some(mut link) = self.links.pop() else { return Ok(()) };
        let (Some(mut node), Some(mut session)) = (link.node.take(), link.hub.take()) else { return Ok(()) };
        let Ok(Some(NodeMessage::Hello(mut hello))) = node.poll(&store) else { return Ok(()) };
        hello.streams.retain(|state| state.stream != stream);
        hello.streams.push(StreamState { stream, head: frame.head(), forked: false });
        let now = self.time_at(HUB);
        let mut batch = pack(&frame);
        if self.rng.chance(700) {
            batch.proof = self.rng.bytes::<64>().to_vec();
        }
        for message in [NodeMessage::Hello(hello), NodeMessage::Batch(batch)] {
            if let Err(error) = session.handle(now, &hub, message) {
                return self.failed(HUB, error);
            }
            self.ledger.observe(HUB, &hub)?;
            while let Ok(Some(message)) = session.poll(&hub) {
                check::may_reach(&message, self.township(n))?;
            }
        }
        self.ledger.observe(HUB, &hub)
    }
}
