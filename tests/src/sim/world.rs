//! The county and what happens to it.

use shared::ids::{Epoch, Site, StreamName, TownshipCode};
use shared::store::StoreError;
use shared::sync::Now;

use super::check::{HUB, Ledger, Violation};
use super::link::Link;
use super::machine::{self, Machine};
use super::rng::Rng;

/// How a county is set up.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    pub townships: usize,
    pub steps: usize,
    /// Longer entries do not fit the hub.
    pub entry_bytes_max: u32,
    /// The county now and then sends down more than a window holds.
    pub bulk: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { townships: 3, steps: 400, entry_bytes_max: 600, bulk: false }
    }
}

/// What a run saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    pub edits: u64,
    pub sessions: u64,
    pub receipts: u64,
    pub crashes: u64,
    pub restores: u64,
    pub clones: u64,
    pub enrolments: u64,
    pub recoveries: u64,
}

impl Stats {
    pub fn add(&mut self, other: Self) {
        self.edits += other.edits;
        self.sessions += other.sessions;
        self.receipts += other.receipts;
        self.crashes += other.crashes;
        self.restores += other.restores;
        self.clones += other.clones;
        self.enrolments += other.enrolments;
        self.recoveries += other.recoveries;
    }
}

/// The county.
pub struct World {
    pub(super) seed: u64,
    pub(super) step: usize,
    pub(super) config: Config,
    pub(super) rng: Rng,
    pub(super) hub: Machine,
    pub(super) machines: Vec<Machine>,
    pub(super) links: Vec<Link>,
    pub(super) ledger: Ledger,
    pub(super) stats: Stats,
    /// The true time.
    pub(super) now: Now,
    names: u64,
    /// The accidents are over.
    pub(super) calm: bool,
}

/// A broken promise, before its place in the run is known.
pub(super) type Checked = Result<(), String>;

impl World {
    /// A county of one machine a township.
    pub fn new(seed: u64, config: Config) -> Self {
        let township = |n: usize| TownshipCode::from_number(330_282_001 + n as u32).expect("nine digits");
        let machines = (0..config.townships).map(|n| Machine::new(Site::Township(township(n)))).collect();
        Self {
            seed,
            step: 0,
            config,
            rng: Rng::new(seed),
            hub: Machine::new(Site::Hub),
            machines,
            links: Vec::new(),
            ledger: Ledger::default(),
            stats: Stats::default(),
            now: Now { unix_ms: 1_795_000_000_000, ticks_ms: 0 },
            names: 0,
            calm: false,
        }
    }

    /// Lives through all steps, then through the quiet time after them.
    ///
    /// # Errors
    /// The first promise that was broken.
    pub fn run(mut self) -> Result<Stats, Violation> {
        let result = self.live().and_then(|()| self.quiesce());
        let (seed, step) = (self.seed, self.step);
        result.map(|()| self.stats).map_err(|what| Violation { seed, step, what })
    }

    fn live(&mut self) -> Checked {
        for n in 0..self.machines.len() {
            self.switch_on(n)?;
        }
        self.switch_on(HUB)?;
        for step in 0..self.config.steps {
            self.step = step;
            self.pass(self.rng.clone().below(3_000) as i64);
            match self.rng.below(1000) {
                0..120 => self.node_edits()?,
                120..170 => self.hub_edits()?,
                170..260 => self.begin_session()?,
                260..880 => self.traffic()?,
                880..900 => self.break_link()?,
                900..910 => self.pass_long()?,
                910..930 => self.crash()?,
                930..945 => self.back_up(),
                945..955 => self.put_back()?,
                955..960 => self.copy_machine()?,
                960..970 => self.enrol_refused()?,
                970..980 => self.change_clock(),
                980..990 => self.forge()?,
                _ => self.fail_disk(),
            }
            self.restart_some()?;
        }
        Ok(())
    }

    pub(super) fn pass(&mut self, ms: i64) {
        self.rng.draw();
        self.now.unix_ms += ms;
        self.now.ticks_ms += ms;
    }

    pub(super) fn machine(&mut self, holder: usize) -> &mut Machine {
        if holder == HUB { &mut self.hub } else { &mut self.machines[holder] }
    }

    pub(super) fn time_at(&self, holder: usize) -> Now {
        let machine = if holder == HUB { &self.hub } else { &self.machines[holder] };
        Now { unix_ms: machine.wall(self.now.unix_ms), ..self.now }
    }

    pub(super) fn township(&self, machine: usize) -> TownshipCode {
        match self.machines[machine].site {
            Site::Township(code) => code,
            Site::Hub => unreachable!("the hub is not among the machines"),
        }
    }

    pub(super) fn switch_on(&mut self, holder: usize) -> Checked {
        let mut rng = Rng::new(self.rng.draw());
        let machine = self.machine(holder);
        if machine.store.is_some() {
            return Ok(());
        }
        match machine.start(&mut rng) {
            Ok(()) => {}
            // The disk failed while the store was opened: it stays off until somebody tries again.
            Err(StoreError::Io { .. } | StoreError::Closed(_)) => return self.power_cut(holder),
            Err(error) => return Err(format!("{holder} does not open: {error}")),
        }
        let Some(store) = machine.store.clone() else { return Ok(()) };
        self.ledger.observe(holder, &store)?;
        if holder == HUB { self.ledger.hub_holds(&store) } else { Ok(()) }
    }

    /// The store of a machine failed: it is switched off as by a power cut.
    pub(super) fn failed(&mut self, holder: usize, _: StoreError) -> Checked {
        self.power_cut(holder)
    }

    pub(super) fn power_cut(&mut self, holder: usize) -> Checked {
        let mut rng = Rng::new(self.rng.draw());
        for link in &mut self.links {
            if holder == HUB {
                link.hub = None;
            } else if link.machine == holder {
                link.node = None;
            }
        }
        self.machine(holder).crash(&mut rng);
        self.stats.crashes += 1;
        Ok(())
    }

    pub(super) fn new_name(&mut self) -> u64 {
        self.names += 1;
        self.names
    }

    /// Writes edits to one stream of a machine; durable when this returns.
    pub(super) fn write(&mut self, holder: usize, stream: StreamName, count: usize) -> Checked {
        let at = self.time_at(holder).unix_ms;
        let mut entries = Vec::new();
        for _ in 0..count {
            let name = self.new_name();
            let mut rng = Rng::new(self.rng.draw());
            let kind = rng.below(100);
            entries.push(match kind {
                0..4 if stream == self.machine(holder).own() => {
                    self.ledger.damaged.insert(name);
                    machine::damaged(name)
                }
                4..8 if holder != HUB => {
                    self.ledger.large.insert(name);
                    self.machine(holder).edit(&mut rng, stream, name, at, 700)
                }
                _ => self.machine(holder).edit(&mut rng, stream, name, at, 0),
            });
        }
        self.stats.edits += count as u64;
        self.append(holder, stream, entries)
    }

    pub(super) fn append(&mut self, holder: usize, stream: StreamName, entries: Vec<Vec<u8>>) -> Checked {
        let fresh = Epoch(self.rng.draw());
        let Some(store) = self.machine(holder).store.clone() else { return Ok(()) };
        let result = store.write(|tx| {
            let head = tx.head(stream);
            tx.append(stream, if head.len == 0 { fresh } else { head.epoch }, entries)
        });
        match result {
            Ok(_) => {
                self.ledger.observe(holder, &store)?;
                if self.rng.chance(800) {
                    self.machine(holder).write_sidecar();
                }
                Ok(())
            }
            Err(error) => self.failed(holder, error),
        }
    }

    fn node_edits(&mut self) -> Checked {
        let n = self.rng.below(self.machines.len());
        let count = 1 + self.rng.below(4);
        let (own, site) = (self.machines[n].own(), self.machines[n].site);
        if self.rng.chance(150) {
            self.write(n, StreamName::Local(site), 1)?;
        }
        self.write(n, own, count)
    }

    fn hub_edits(&mut self) -> Checked {
        let n = self.rng.below(self.config.townships);
        let stream = match self.rng.below(5) {
            0 => StreamName::Local(Site::Hub),
            1 | 2 => StreamName::DownAll,
            _ => StreamName::Down(self.township(n)),
        };
        if self.config.bulk && self.rng.chance(200) {
            return self.write_bulk(stream);
        }
        let count = 1 + self.rng.below(3);
        self.write(HUB, stream, count)
    }

    /// Six batches of a quarter of a megabyte.
    fn write_bulk(&mut self, stream: StreamName) -> Checked {
        let at = self.time_at(HUB).unix_ms;
        let mut entries = Vec::new();
        for _ in 0..24 {
            let name = self.new_name();
            let mut rng = Rng::new(self.rng.draw());
            entries.push(self.hub.edit(&mut rng, stream, name, at, 60_000));
        }
        self.stats.edits += 24;
        self.append(HUB, stream, entries)
    }
}
