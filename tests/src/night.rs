//! A night: every node exchanges with the hub, all at once; then both sides have done what follows from it.

use std::time::Duration;

use anyhow::Context;
use tokio_util::sync::CancellationToken;
use township_node::app::Synced;

use crate::cluster::{Cluster, plain};

/// What a night came to, over all nodes.
#[derive(Debug, Clone, Default)]
pub struct Night {
    pub sent: u64,
    pub received: u64,
    pub held: u64,
    pub waiting: u64,
    /// At the nodes' sockets: TLS, HTTP/2 and all, both ways.
    pub bytes: u64,
    pub took: Duration,
    pub sessions: Vec<(String, Synced)>,
}

/// # Errors
/// An exchange failed.
pub async fn sync_all(cluster: &Cluster) -> anyhow::Result<Night> {
    let begun = tokio::time::Instant::now();
    let running: Vec<_> = cluster
        .nodes
        .iter()
        .map(|(town, node)| {
            let node = node.clone();
            (
                town.name.clone(),
                tokio::spawn(async move { node.sync(|_| {}, &CancellationToken::new()).await }),
            )
        })
        .collect();
    let mut night = Night::default();
    for (name, task) in running {
        let synced = task.await?.map_err(plain).with_context(|| name.clone())?;
        night.sent += synced.sent;
        night.received += synced.received;
        night.held += synced.held;
        night.waiting += synced.waiting;
        night.bytes += synced.bytes_out + synced.bytes_in;
        night.sessions.push((name, synced));
    }
    night.took = begun.elapsed();
    // The hub has begun of itself, on a task of its own; when this returns, it has ended.
    let hub = cluster.hub.clone();
    tokio::task::spawn_blocking(move || hub.app().react()).await?.map_err(plain)?;
    Ok(night)
}
