//! One machine: a disk, a store on it, a sidecar beside it, a clock.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use shared::catalogue::model::Catalogue;
use shared::ids::{Epoch, RecordId, Site, StreamName};
use shared::record::{Actor, Entry, EntryFlags, Fields, Role, Value};
use shared::store::files::{Fate, SimFiles};
use shared::store::views::MemShelf;
use shared::store::{Options, Store, StoreError};
use shared::sync::message::Instance;
use shared::sync::sidecar::{self, Folder as Judged, Mark, Sidecar};
use shared::sync::{Watermark, note};
use shared::view::{self, Folder};

use super::rng::Rng;

/// Kind of all records here; no catalogue knows it, so entries are folded as a relay would.
const KIND: u32 = 9_000;
/// Tag of the field that names an edit, whatever becomes of its revision.
const NAME: u32 = 1;
const FILLING: u32 = 2;

pub struct Machine {
    pub site: Site,
    pub files: SimFiles,
    pub store: Option<Store>,
    pub sidecar: Option<Sidecar>,
    pub instance: Option<Instance>,
    pub mark: Option<Watermark>,
    /// Its wall clock minus the true time, in ms.
    pub clock_ahead_ms: i64,
    pub backups: Vec<SimFiles>,
    /// Out of use: replaced by another machine of the same township.
    pub retired: bool,
    /// Grows with every restore of its folder.
    pub generation: u32,
    records: BTreeMap<StreamName, Vec<RecordId>>,
    /// The hub has said that this is not the machine that was enrolled.
    pub refused: bool,
}

/// No kinds: everything is folded as unknown.
pub fn rules() -> Arc<Catalogue> {
    static RULES: OnceLock<Arc<Catalogue>> = OnceLock::new();
    let empty = || {
        Arc::new(Catalogue {
            kinds: BTreeMap::new(),
            deadlines: BTreeMap::new(),
            groups: Vec::new(),
            papers: Vec::new(),
            locks: Vec::new(),
            profiles: BTreeMap::new(),
            version: "simulation".to_owned(),
            files: Default::default(),
        })
    };
    RULES.get_or_init(empty).clone()
}

/// Opens a store with new views, folded from the whole journal.
pub fn open(files: &SimFiles, journal_id: [u8; 16]) -> Result<Store, StoreError> {
    let fold = Arc::new(Folder::new(rules()));
    let options = Options { journal_id: Some(journal_id), ..Options::default() };
    Store::open_with(Arc::new(files.clone()), Arc::new(MemShelf::default()), fold, options)
        .map(|(store, _)| store)
}

impl Machine {
    pub fn new(site: Site) -> Self {
        Self {
            site,
            files: SimFiles::new(),
            store: None,
            sidecar: None,
            instance: None,
            mark: None,
            clock_ahead_ms: 0,
            backups: Vec::new(),
            retired: false,
            generation: 0,
            records: BTreeMap::new(),
            refused: false,
        }
    }

    /// A second machine from a copy of this one's folder.
    pub fn clone_folder(&self, with_sidecar: bool) -> Self {
        let sidecar = self.sidecar.filter(|_| with_sidecar);
        let records = self.records.clone();
        Self { files: self.files.copy(), sidecar, records, ..Self::new(self.site) }
    }

    pub fn own(&self) -> StreamName {
        match self.site {
            Site::Township(code) => StreamName::Township(code),
            Site::Hub => StreamName::DownAll,
        }
    }

    /// Switches it on: opens the store, judges the folder.
    pub fn start(&mut self, rng: &mut Rng) -> Result<(), StoreError> {
        let store = open(&self.files, rng.bytes())?;
        if let Site::Township(_) = self.site {
            let own = self.own();
            let enrolled = store.read(note::node_state).instance;
            let judged = sidecar::judge(self.sidecar.as_ref(), enrolled, store.head(own), |seq| {
                store.hash_at(own, seq).ok().flatten()
            });
            match judged {
                Judged::Fresh => {
                    let instance = Instance(rng.bytes());
                    self.sidecar = Some(Sidecar { instance, mark: None, watermark: None });
                    self.instance = Some(instance);
                    let (site, fresh) = (self.site, Epoch(rng.draw()));
                    store.write(|tx| note::append(tx, site, fresh, vec![note::node_instance(instance)]))?;
                }
                Judged::Same => {
                    self.instance = self.sidecar.map(|sidecar| sidecar.instance);
                    self.mark = None;
                }
                Judged::Restored(mark) => {
                    self.instance = self.sidecar.map(|sidecar| sidecar.instance);
                    self.mark = Some(mark);
                }
                Judged::CopiedOrMoved => self.instance = None,
            }
        }
        self.store = Some(store);
        self.write_sidecar();
        Ok(())
    }

    /// As the program does after a commit: the file is small, and may be behind after a power cut.
    pub fn write_sidecar(&mut self) {
        let (Some(store), Some(instance), Site::Township(_)) = (&self.store, self.instance, self.site) else {
            return;
        };
        let own = self.own();
        let mark = Mark { stream: own, head: store.head(own), at: 0 };
        let sidecar = Sidecar { instance, mark: Some(mark), watermark: self.mark };
        self.sidecar = Sidecar::decode(&sidecar.encode()).ok();
    }

    /// Power goes. Of what was not synced some is lost, some is kept, some is torn.
    pub fn crash(&mut self, rng: &mut Rng) {
        // The disk as it is now: what closing the store would still do is not done.
        let files = self.files.crash(|_| match rng.below(4) {
            0 => Fate::Kept,
            1 => Fate::Torn(rng.below(64)),
            _ => Fate::Lost,
        });
        self.store = None;
        self.files = files;
    }

    /// The folder is put back as it was at some backup.
    pub fn restore(&mut self, backup: usize) {
        self.store = None;
        self.files = self.backups[backup].copy();
        self.generation += 1;
    }

    /// The wall clock of this machine.
    pub fn wall(&self, true_ms: i64) -> i64 {
        true_ms.saturating_add(self.clock_ahead_ms)
    }

    /// Bytes of an edit with the given name: a change of a known record or a new one.
    pub fn edit(&mut self, rng: &mut Rng, stream: StreamName, name: u64, at: i64, filling: usize) -> Vec<u8> {
        let records = self.records.entry(stream).or_default();
        let known = records.len();
        let old = (known > 0 && rng.chance(600))
            .then(|| records[rng.below(known.min(8)) + known.saturating_sub(8)]);
        let store = self.store.as_ref();
        let present = old.and_then(|id| store?.read(|view| view::read::record(view, id)));
        let id = old.unwrap_or_else(|| RecordId::mint(at, &rng.bytes()));
        if old.is_none() {
            records.push(id);
        }
        let mut set = Fields::from([(NAME, Value::Text(format!("edit {name}")))]);
        if filling > 0 {
            let mut noise = vec![0; filling];
            fill(name, &mut noise);
            set.insert(FILLING, Value::Blob(noise));
        }
        Entry {
            record: id,
            kind: KIND,
            rev: present.map_or(1, |record| record.rev + 1),
            action: 0,
            status: u32::from(old.is_none()),
            set,
            cleared: Vec::new(),
            deadlines: Vec::new(),
            actor: Actor { staff: "u1".to_owned(), role: Role::TClerk, on_behalf: false },
            at,
            tick: 0,
            flags: EntryFlags::default(),
            reason: String::new(),
        }
        .encode()
    }
}

/// Bytes that do not compress.
fn fill(name: u64, out: &mut [u8]) {
    let mut rng = Rng::new(name);
    out.iter_mut().for_each(|byte| *byte = rng.draw() as u8);
}

/// The name of the edit in an entry, whatever revision it makes; damaged entries carry theirs in plain text.
pub fn name_of(bytes: &[u8]) -> Option<u64> {
    if let Some(rest) = bytes.strip_prefix(b"\xffnot an entry ") {
        return std::str::from_utf8(rest).ok()?.parse().ok();
    }
    match Entry::decode(bytes).ok()?.set.get(&NAME)? {
        Value::Text(text) => text.strip_prefix("edit ")?.parse().ok(),
        _ => None,
    }
}

/// Bytes of an entry that cannot be read.
pub fn damaged(name: u64) -> Vec<u8> {
    let mut bytes = b"\xffnot an entry ".to_vec();
    bytes.extend_from_slice(name.to_string().as_bytes());
    bytes
}
