//! One hub and its nodes in this process: real sockets, mutual TLS, a data folder each.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use county_hub::app::ask::Ask;
use county_hub::app::{App, district, township};
use county_hub::{Hub, config as hub_config};
use shared::program::{Clock as _, Failure, Layers};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use township_node::app::Node;
use township_node::config::{self as node_config, Config};

use crate::clock::StoryClock;
use crate::county::{County, Town};

/// A failure in English, for programs and tests that are read by engineers.
pub fn plain(failure: Failure) -> anyhow::Error {
    anyhow!("{failure}")
}

/// A running county.
pub struct Cluster {
    pub root: PathBuf,
    pub county: County,
    pub clock: Arc<StoryClock>,
    pub hub: Hub,
    pub address: SocketAddr,
    pub nodes: Vec<(Town, Node)>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Cluster {
    /// Makes a hub and its nodes under `root`, starts the hub and enrols every node.
    ///
    /// # Errors
    /// What a program says.
    pub async fn start(root: &Path, county: County) -> anyhow::Result<Self> {
        Self::start_by(Arc::new(StoryClock::default()), root, county).await
    }

    /// As [`Cluster::start`], by a clock that may be set already: certificates are valid from its day on.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub async fn start_by(clock: Arc<StoryClock>, root: &Path, county: County) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let data = root.join("hub");
        let given = [
            ("county.code", county.code().to_string()),
            ("county.name", county.name.clone()),
            ("county.profile", county.profile.to_owned()),
            ("net.listen", address.to_string()),
            ("net.address", address.to_string()),
            // Stories say themselves when the work of the day is done; a clock that jumps must not find the hub halfway in it.
            ("daily.at", "23:59".to_owned()),
        ];
        App::init(&data, &given, &*clock).map_err(plain)?;
        let hub = open_hub(&data, &clock)?;
        let (stop, serving) = serve(&hub, listener);
        let mut cluster =
            Self { root: root.to_owned(), county, clock, hub, address, nodes: Vec::new(), stop, serving };
        cluster.draw_districts()?;
        for town in cluster.county.towns.clone() {
            let node = cluster.enrol(&town, &format!("nodes/{}", town.code)).await?;
            cluster.nodes.push((town, node));
        }
        Ok(cluster)
    }

    fn draw_districts(&self) -> anyhow::Result<()> {
        let app = self.hub.app();
        let districts = if self.county.drawn { self.county.districts() } else { Vec::new() };
        for (index, name) in districts.into_iter().enumerate() {
            let from = Some("2017-01-01".to_owned());
            district::Add { name, order: Some(index as i64 + 1), from }.answer(app).map_err(plain)?;
        }
        for town in &self.county.towns {
            let ask = township::Add {
                code: town.code,
                name: town.name.clone(),
                kind: town.kind.code().to_owned(),
                district: self.county.drawn.then(|| town.district.clone()),
                from: Some("2017-01-01".to_owned()),
            };
            ask.answer(app).map_err(plain)?;
        }
        Ok(())
    }

    /// A fresh one-time token, and a node that joins with it. The node's folder is `folder` under the root.
    ///
    /// # Errors
    /// What a program says.
    pub async fn enrol(&self, town: &Town, folder: &str) -> anyhow::Result<Node> {
        let token = township::Reenrol { code: town.code }.answer(self.hub.app()).map_err(plain)?.token;
        let data = self.root.join(folder);
        let given = [
            ("state.dir", self.root.join("state").display().to_string()),
            ("office.staff", "u1".to_owned()),
            ("township.code", town.code.to_string()),
            ("township.name", town.name.clone()),
            ("township.kind", town.kind.code().to_owned()),
        ];
        std::fs::create_dir_all(&data)?;
        let file = data.join(node_config::FILE);
        if !file.exists() {
            std::fs::write(&file, node_config::file(&given))?;
        }
        let config = Config::load(&data, Layers::default()).map_err(plain)?;
        let joined = township_node::app::join(config, self.clock.clone(), &token, None).await;
        joined.map(|(node, _)| node).map_err(plain).with_context(|| format!("{} joins", town.name))
    }

    /// Opens the node of a folder under the root.
    ///
    /// # Errors
    /// What the node says.
    pub fn open_node(&self, folder: &str) -> anyhow::Result<Node> {
        let config = Config::load(&self.root.join(folder), Layers::default()).map_err(plain)?;
        Node::open(config, self.clock.clone()).map_err(plain)
    }

    /// Stops the hub, runs `meanwhile` on its closed folder and starts it again at the same address.
    ///
    /// # Errors
    /// What the hub or `meanwhile` says.
    pub async fn restart_hub(
        self,
        meanwhile: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let Self { root, county, clock, hub, address, nodes, stop, serving } = self;
        stop.cancel();
        serving.await?;
        drop(hub);
        let data = root.join("hub");
        meanwhile(&data)?;
        let listener = TcpListener::bind(address).await?;
        let hub = open_hub(&data, &clock)?;
        let (stop, serving) = serve(&hub, listener);
        Ok(Self { root, county, clock, hub, address, nodes, stop, serving })
    }

    /// The node of a township.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    pub fn node(&self, name: &str) -> &Node {
        let found = self.nodes.iter().find(|(town, _)| town.name == name);
        &found.unwrap_or_else(|| panic!("no township {name}")).1
    }

    /// Takes a node out of the cluster and closes it; gives its folder.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    pub fn close_node(&mut self, name: &str) -> PathBuf {
        let at = self.nodes.iter().position(|(town, _)| town.name == name);
        let (_, node) = self.nodes.remove(at.unwrap_or_else(|| panic!("no township {name}")));
        node.config().data.clone()
    }

    /// Puts a node into the cluster.
    ///
    /// # Panics
    /// The county has no such township.
    #[track_caller]
    pub fn put_node(&mut self, name: &str, node: Node) {
        self.nodes.push((self.town(name), node));
    }

    /// A township of the county.
    ///
    /// # Panics
    /// There is none.
    #[track_caller]
    pub fn town(&self, name: &str) -> Town {
        let found = self.county.towns.iter().find(|town| town.name == name);
        found.unwrap_or_else(|| panic!("no township {name}")).clone()
    }

    /// Ends the hub in good order.
    ///
    /// # Errors
    /// The hub's task failed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        Ok(self.serving.await?)
    }

    /// This moment by the cluster's clock, ms.
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }
}

fn open_hub(data: &Path, clock: &Arc<StoryClock>) -> anyhow::Result<Hub> {
    let settings = hub_config::settle(data, Vec::new()).map_err(plain)?;
    let config = hub_config::Config::new(data, &settings).map_err(plain)?;
    Hub::open(config, clock.clone()).map_err(plain)
}

fn serve(hub: &Hub, listener: TcpListener) -> (CancellationToken, JoinHandle<()>) {
    let stop = CancellationToken::new();
    let (serving, until) = (hub.clone(), stop.clone());
    let task = tokio::spawn(async move {
        if let Err(error) = serving.serve(listener, until).await {
            tracing::error!(%error, "the hub stopped");
        }
    });
    (stop, task)
}

/// Copies a folder with all that is in it, except sockets and the like.
///
/// # Errors
/// What the disk says.
pub fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Puts a copy made earlier in the place of a folder.
///
/// # Errors
/// What the disk says.
pub fn restore_folder(copy: &Path, folder: &Path) -> std::io::Result<()> {
    std::fs::remove_dir_all(folder)?;
    copy_folder(copy, folder)
}
