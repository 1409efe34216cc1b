//! What runs all day: opens the node, keeps its service going, opens it anew when the county has changed the catalogue,
//! and does what cannot be done while it is open. Pages look at it from outside and live on while the node is shut.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared::code::ErrorCode;
use shared::program::{Clock, Failure, Layers};
use shared::store::{Options, Progress};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::app::{self, Joined, Node};
use crate::config::Config;
use crate::service::{self, Bell};

/// How often it is looked whether the last page has let go of a node that is to be closed.
const LOOK: Duration = Duration::from_millis(20);
/// How long to wait before a folder that another program holds is tried again.
const BUSY_PAUSE: Duration = Duration::from_secs(5);

/// How the node stands.
#[derive(Clone)]
pub enum Standing {
    /// Nobody has said yet which office this is.
    NotSetUp,
    /// Being opened; with how far the views have come, if they are made anew.
    Opening(Option<Progress>),
    Open(Node),
    /// Closed for an errand: joining the county.
    Joining,
    /// Cannot be opened: why, and what to do.
    Shut(Failure),
}

/// Something that is done while the node is closed.
#[derive(Debug, Clone)]
pub enum Errand {
    /// Redeem a token of the county; the hub's address where the token does not hold it.
    Join { token: String, hub: Option<String> },
    /// Open the node (again).
    Open,
}

/// What to do when the node cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// End: nobody could put it right from here.
    End,
    /// Stay, and try again when asked: the pages say what is wrong.
    Stay,
}

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
}

struct Inner {
    data: PathBuf,
    layers: Layers,
    clock: Arc<dyn Clock>,
    bell: Bell,
    standing: watch::Sender<Standing>,
    errand: Mutex<Option<Errand>>,
    sent: Notify,
    joined: Mutex<Option<Result<Joined, Failure>>>,
}

impl Host {
    /// Nothing is opened yet. The settings are read anew at every opening.
    pub fn new(data: &Path, layers: Layers, clock: Arc<dyn Clock>) -> Self {
        let (standing, _) = watch::channel(Standing::Opening(None));
        let inner = Inner {
            data: data.to_owned(),
            layers,
            clock,
            bell: Bell::default(),
            standing,
            errand: Mutex::default(),
            sent: Notify::new(),
            joined: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub fn data(&self) -> &Path {
        &self.inner.data
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    pub fn bell(&self) -> &Bell {
        &self.inner.bell
    }

    /// The settings as they stand in the file now.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn config(&self) -> Result<Config, Failure> {
        Config::load(&self.inner.data, self.inner.layers.clone())
    }

    pub fn standing(&self) -> Standing {
        self.inner.standing.borrow().clone()
    }

    /// Changes whenever the standing does.
    pub fn watch(&self) -> watch::Receiver<Standing> {
        self.inner.standing.subscribe()
    }

    /// Asks for an errand; a later one takes the place of one that has not begun.
    pub fn send(&self, errand: Errand) {
        *self.errand() = Some(errand);
        self.inner.sent.notify_one();
    }

    /// What the last joining since the start came to.
    pub fn joined(&self) -> Option<Result<Joined, Failure>> {
        self.inner.joined.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs until `stop` fires.
    ///
    /// # Errors
    /// The node cannot be opened, and nobody is to put it right.
    pub async fn run(&self, stop: CancellationToken, patience: Patience) -> Result<(), Failure> {
        while !stop.is_cancelled() {
            match self.open().await {
                Ok(Some(node)) => {
                    self.set(Standing::Open(node.clone()));
                    service::run_with(&node, &self.inner.bell, self.interrupted(&stop)).await;
                    self.close(node).await;
                }
                Ok(None) if patience == Patience::Stay => {
                    self.set(Standing::NotSetUp);
                    self.interrupted(&stop).await;
                }
                Ok(None) => return Err(not_set_up(&self.inner.data)),
                Err(failure) if patience == Patience::End => return Err(failure),
                Err(failure) => {
                    tracing::error!(error = %failure, "the node cannot be opened");
                    let busy = failure.code == ErrorCode::Busy;
                    self.set(Standing::Shut(failure));
                    let pause = if busy { BUSY_PAUSE } else { Duration::MAX };
                    let _ = tokio::time::timeout(pause, self.interrupted(&stop)).await;
                }
            }
            let errand = self.errand().take();
            if let Some(Errand::Join { token, hub }) = errand {
                self.join(&token, hub.as_deref(), &stop).await;
            }
        }
        Ok(())
    }

    /// Opens the node; `None` if nobody has said yet which office it is.
    async fn open(&self) -> Result<Option<Node>, Failure> {
        self.set(Standing::Opening(None));
        let host = self.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let config = host.config()?;
            if !app::says_which_office(&config)? {
                return Ok(None);
            }
            let watching = host.clone();
            let progress = move |progress: Progress| watching.set(Standing::Opening(Some(progress)));
            let options = Options { progress: Box::new(progress), ..Options::default() };
            Node::open_with(config, host.inner.clock.clone(), options).map(Some)
        });
        opened.await.unwrap_or_else(|fault| Err(Failure::internal(fault)))
    }

    /// Closes the node once the last page has let go of it; new ones do not get hold of it any more.
    async fn close(&self, node: Node) {
        self.set(Standing::Opening(None));
        while !node.is_last() {
            tokio::time::sleep(LOOK).await;
        }
        // Closing writes to the disk.
        let _ = tokio::task::spawn_blocking(move || drop(node)).await;
    }

    async fn join(&self, token: &str, hub: Option<&str>, stop: &CancellationToken) {
        self.set(Standing::Joining);
        let work = async {
            if !self.inner.data.join(crate::config::FILE).exists() {
                crate::config::write_new(&self.inner.data, &[])?;
            }
            let (_node, joined) = app::join(self.config()?, self.inner.clock.clone(), token, hub).await?;
            Ok(joined)
        };
        let done = tokio::select! {
            done = work => done,
            () = stop.cancelled() => return,
        };
        if let Err(failure) = &done {
            tracing::warn!(error = %failure, "not joined");
        }
        *self.inner.joined.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
    }

    /// Ready when there is an errand, or the end.
    async fn interrupted(&self, stop: &CancellationToken) {
        loop {
            if self.errand().is_some() {
                return;
            }
            tokio::select! {
                () = self.inner.sent.notified() => {}
                () = stop.cancelled() => return,
            }
        }
    }

    fn set(&self, standing: Standing) {
        self.inner.standing.send_replace(standing);
    }

    fn errand(&self) -> MutexGuard<'_, Option<Errand>> {
        self.inner.errand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_set_up(data: &Path) -> Failure {
    Failure::new(
        ErrorCode::Setup,
        format!("{} 还没有设置好：不知道这是哪个乡镇。", data.display()),
        format!("{} is not set up: it is not known which township this is.", data.display()),
    )
    .advise(
        "请先用县里给的加入码运行 join，或用 init --township 代码 --name 名称 开始登记；也可打开网页（web.listen）设置。",
        "Run join with the county's token, or init --township CODE --name NAME; or set it up in the pages (web.listen).",
    )
}
