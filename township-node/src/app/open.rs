//! Opening a node: folder, office, store, sidecar.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use shared::calendar::{Calendar, Legal};
use shared::catalogue::model::{Catalogue, Kind, Label, LegalProfile};
use shared::code::ErrorCode;
use shared::exchange::Townships;
use shared::ids::{Epoch, StreamName};
use shared::net::identity::Identity;
use shared::program::{Clock, CountyFiles, Failure, InForce};
use shared::search::Search;
use shared::store::{OpenReport, Options, Store, View};
use shared::stream::Hash;
use shared::sync::message::Instance;
use shared::sync::note;
use shared::sync::sidecar::{self, Folder};

use super::fold::NodeFold;
use super::keeper::Keeper;
use super::office::Office;
use crate::config::Config;

/// Folder of the store, under the data folder.
const STORE: &str = "store";

/// An open node. Cheap to clone; all clones are one node, closed when the last is dropped.
#[derive(Clone)]
pub struct Node {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    catalogue: Arc<Catalogue>,
    calendar: Arc<Calendar>,
    store: Store,
    opening: Opening,
    office: RwLock<Office>,
    keeper: Mutex<Keeper>,
    /// As of which head of what the county tells everybody.
    neighbours: Mutex<Option<(Hash, Arc<Townships>)>>,
    search: Mutex<Search>,
}

/// What was found when the node was opened.
#[derive(Debug, Clone)]
pub struct Opening {
    pub store: OpenReport,
    pub folder: Folder,
    /// Why the county's files are not part of the catalogue, though they are there.
    pub without: Option<Failure>,
}

impl Node {
    /// Opens the node in the configuration's data folder. The folder is locked while the node is open.
    ///
    /// # Errors
    /// `Setup` for a folder that is not a node's, `Busy`, `Damaged`, or what the disk says.
    pub fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        Self::open_with(config, clock, Options::default())
    }

    /// As [`Node::open`]; the options say what is done about the views, and who hears how far it has come.
    ///
    /// # Errors
    /// As [`Node::open`].
    pub fn open_with(config: Config, clock: Arc<dyn Clock>, options: Options) -> Result<Self, Failure> {
        if !config.initialised() {
            return Err(Failure::new(
                ErrorCode::Setup,
                format!("{} 还不是乡联的数据文件夹。", config.data.display()),
                format!("{} is not a data folder of Xianglian yet.", config.data.display()),
            )
            .advise(
                "请先运行 init，或用 --data 指定文件夹。",
                "Run init first, or name the folder with --data.",
            ));
        }
        let identity = identity_in(&config.data)?;
        let office = Office::of(&config, identity)?;
        let InForce { catalogue, calendar, without } =
            CountyFiles::of(&config.data).load(config.catalogue.as_deref())?;
        if let Some(why) = &without {
            tracing::warn!(error = %why, "the county's catalogue files cannot be used by this version");
        }
        let mut journal_id = [0; 16];
        clock.random(&mut journal_id);
        let options = Options { journal_id: Some(journal_id), background: true, ..options };
        let fold = Arc::new(NodeFold::new(Arc::clone(&catalogue)));
        let (store, report) = Store::open(&config.data.join(STORE), fold, options)?;

        let stream = StreamName::Township(office.code());
        let mut keeper = Keeper::load(&config.state, &config.data, office.code())?;
        let head = store.head(stream);
        let enrolled = store.read(note::node_state).instance;
        let hash_at = |seq| store.hash_at(stream, seq).ok().flatten();
        let folder = sidecar::judge(keeper.sidecar(), enrolled, head, hash_at);
        let now = clock.now_ms();
        match folder {
            Folder::Fresh => {
                let mut instance = [0; 16];
                clock.random(&mut instance);
                keeper.adopt(Instance(instance), head, now)?;
            }
            Folder::Same => keeper.note(head, now),
            Folder::Restored(watermark) => {
                tracing::warn!(
                    stream.kept = watermark.kept,
                    stream.was = watermark.len,
                    "data folder was restored"
                );
                keeper.restored(watermark, head, now)?;
            }
            Folder::CopiedOrMoved => {
                tracing::warn!("data folder was copied or moved");
                keeper.disown();
            }
        }
        let opening = Opening { store: report, folder, without };
        Ok(Self {
            inner: Arc::new(Inner {
                config,
                clock,
                catalogue,
                calendar,
                store,
                opening,
                office: RwLock::new(office),
                keeper: Mutex::new(keeper),
                neighbours: Mutex::default(),
                search: Mutex::default(),
            }),
        })
    }

    /// Whether nobody else holds the node: it closes when this one is dropped.
    pub fn is_last(&self) -> bool {
        Arc::strong_count(&self.inner) == 1
    }

    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.inner.catalogue
    }

    /// Which days are worked, as far as it is known.
    pub fn calendar(&self) -> &Calendar {
        &self.inner.calendar
    }

    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    pub fn opening(&self) -> &Opening {
        &self.inner.opening
    }

    /// Who this office is.
    pub fn office(&self) -> Office {
        self.office_now().clone()
    }

    fn office_now(&self) -> RwLockReadGuard<'_, Office> {
        self.inner.office.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_office(&self, office: Office) {
        *self.inner.office.write().unwrap_or_else(PoisonError::into_inner) = office;
    }

    pub(super) fn keeper(&self) -> MutexGuard<'_, Keeper> {
        self.inner.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn known_neighbours(&self) -> MutexGuard<'_, Option<(Hash, Arc<Townships>)>> {
        self.inner.neighbours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The node's own stream.
    pub fn stream(&self) -> StreamName {
        StreamName::Township(self.office_now().code())
    }

    /// Reads the views as of one commit.
    pub fn read<T>(&self, f: impl FnOnce(&dyn View) -> T) -> T {
        self.inner.store.read(f)
    }

    pub(super) fn search_state(&self) -> &Mutex<Search> {
        &self.inner.search
    }

    /// A kind by its number.
    ///
    /// # Errors
    /// `NotFound` for a kind that this program does not know.
    pub fn kind_of(&self, tag: u32) -> Result<&Kind, Failure> {
        self.inner.catalogue.kinds.get(&tag).ok_or_else(|| {
            Failure::not_found(
                format!("本程序不认识种类 {tag}，可能需要升级。"),
                format!("This program does not know the kind {tag}; it may need an update."),
            )
        })
    }

    /// Tells the sidecar where the own stream stands now.
    pub(super) fn note_head(&self) {
        let head = self.inner.store.head(self.stream());
        self.keeper().note(head, self.inner.clock.now_ms());
    }

    pub(super) fn fresh_epoch(&self) -> Epoch {
        let mut random = [0; 8];
        self.inner.clock.random(&mut random);
        Epoch(u64::from_le_bytes(random))
    }

    /// How deadlines are counted for this office.
    pub(super) fn deadlines(&self, office: &Office) -> Legal {
        let profile = self.inner.catalogue.profile(&office.township.profile);
        // Every catalogue has the national profile: the loader refuses one without it.
        let profile = profile.cloned().unwrap_or_else(|| LegalProfile {
            id: "none".to_owned(),
            version: String::new(),
            label: Label { zh: "无".to_owned(), en: "none".to_owned() },
            roll_forward: false,
            lengths: Default::default(),
        });
        Legal::new(Arc::clone(&self.inner.calendar), Arc::new(profile))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let now = self.clock.now_ms();
        let office = self.office.get_mut().unwrap_or_else(PoisonError::into_inner);
        let head = self.store.head(StreamName::Township(office.code()));
        let keeper = self.keeper.get_mut().unwrap_or_else(PoisonError::into_inner);
        keeper.note(head, now);
        keeper.flush(now);
    }
}

/// The identity in a data folder, if the node has joined.
pub(super) fn identity_in(data: &Path) -> Result<Option<Identity>, Failure> {
    Identity::load(data).map_err(|e| {
        Failure::new(ErrorCode::Setup, "本机的证书文件无法使用。", "This node's certificate cannot be used.")
            .because(e)
            .advise(
                "请向县里要新的加入码，重新运行 join；数据不会丢失。",
                "Ask the county for a fresh token and join again; no data is lost.",
            )
    })
}
