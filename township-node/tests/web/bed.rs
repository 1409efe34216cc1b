//! An office with its pages open.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use shared::program::{Layers, ManualClock, SystemClock};
use shared::record::Role;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use township_node::accounts::{Account, Book, Draft, hash};
use township_node::app::{Node, Sample};
use township_node::config::{self, Config};
use township_node::host::{Host, Patience, Standing};
use township_node::web::Pages;

use crate::browser::Browser;

pub const PASSWORD: &str = "correct horse";
/// How long a node may take to open.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Bed {
    pub folder: Arc<TempDir>,
    pub host: Host,
    /// By which idle sessions are counted.
    pub ticks: Arc<AtomicI64>,
    pub code: String,
    pub address: std::net::SocketAddr,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

fn layers(folder: &Path) -> Layers {
    let state = folder.join("state").display().to_string();
    Layers {
        flags: vec![("web.listen", "127.0.0.1:0".to_owned()), ("state.dir", state)],
        ..Layers::default()
    }
}

impl Bed {
    /// Nothing there yet: the first start.
    pub async fn bare() -> Self {
        Self::on(Arc::new(tempfile::tempdir().expect("a temporary folder"))).await
    }

    /// An office that knows who it is, with an account for each of these names: `clerk` T_CLERK, and so on.
    pub async fn office() -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        found(&folder.path().join("data"));
        for role in
            [Role::TClerk, Role::TVice, Role::TChair, Role::TUnit, Role::TDeputy, Role::TAdmin, Role::Auditor]
        {
            account(&folder.path().join("data"), name(role), &[role]);
        }
        let bed = Self::on(folder).await;
        bed.opened().await;
        bed
    }

    /// An office with a ledger of 120 made-up suggestions.
    pub async fn with_work() -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let data = folder.path().join("data");
        found(&data);
        account(&data, "clerk", &[Role::TClerk]);
        {
            let config = Config::load(&data, layers(folder.path())).expect("settings");
            let node = Node::open(config, Arc::new(SystemClock)).expect("a node");
            let sample = Sample { kind: Some("proposal"), count: Some(120), years: 1, seed: 7, sure: true };
            node.sample(sample, &shared::program::Progress::silent()).expect("made-up work");
        }
        let bed = Self::on(folder).await;
        bed.opened().await;
        bed
    }

    /// Opens the pages on a folder that may have been used before.
    pub async fn on(folder: Arc<TempDir>) -> Self {
        let data = folder.path().join("data");
        let host = Host::new(&data, layers(folder.path()), Arc::new(SystemClock));
        let ticks = Arc::new(AtomicI64::new(0));
        let counted = ticks.clone();
        let config = host.config().expect("settings");
        let pages = Pages::bind_by(&host, &config, Arc::new(move || counted.load(Ordering::SeqCst)));
        let pages = pages.await.expect("an address").expect("pages");
        let (address, code) = (pages.address(), pages.set_up_code().to_owned());
        let stop = CancellationToken::new();
        let (serving, hosting, stopping) = (stop.clone(), host.clone(), stop.clone());
        let running = tokio::spawn(async move {
            let (_, ended) = tokio::join!(pages.serve(serving), hosting.run(stopping, Patience::Stay));
            ended.expect("the host goes on");
        });
        Self { folder, host, ticks, code, address, stop, running }
    }

    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// A browser that has logged in.
    pub async fn logged_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.log_in(login, PASSWORD).await.expect(303);
        let _ = browser.follow(answer.location()).await;
        let _ = browser.get("/me").await;
        browser
    }

    /// Waits until the node is open.
    pub async fn opened(&self) -> Node {
        self.stands(|standing| match standing {
            Standing::Open(node) => Some(node.clone()),
            _ => None,
        })
        .await
    }

    pub async fn stands<T>(&self, wanted: impl Fn(&Standing) -> Option<T>) -> T {
        let mut watch = self.host.watch();
        let waiting = async {
            loop {
                if let Some(found) = wanted(&watch.borrow_and_update()) {
                    return found;
                }
                watch.changed().await.expect("the host lives");
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the node stands so in time")
    }

    /// Ends the program; the folder stays.
    pub async fn close(self) -> Arc<TempDir> {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.running).await.expect("it ends in time").expect("it ends well");
        self.folder
    }
}

/// Login name of the account that has a role.
pub fn name(role: Role) -> &'static str {
    match role {
        Role::TClerk => "clerk",
        Role::TVice => "vice",
        Role::TChair => "chair",
        Role::TUnit => "unit",
        Role::TDeputy => "deputy",
        Role::TAdmin => "admin",
        Role::Auditor => "auditor",
        other => panic!("nobody logs in as {other:?}"),
    }
}

/// A data folder of a town.
pub fn found(data: &Path) {
    let given = [("township.code", "330282107".to_owned()), ("township.name", "周巷镇".to_owned())];
    config::write_new(data, &given).expect("a data folder");
}

pub fn account(data: &Path, login: &str, roles: &[Role]) {
    let clock = ManualClock::new(1, u64::from(login.as_bytes()[0]));
    let draft = Draft {
        name: format!("某{login}"),
        staff: format!("s-{login}"),
        roles: roles.to_vec(),
        ..Draft::default()
    };
    let account = Account::new(login, &draft, hash(&clock, PASSWORD).expect("a hash")).expect("an account");
    Book::of(data).change(|content| content.add(account)).expect("the account is written");
}
