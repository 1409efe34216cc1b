//! Joining the county: a one-time token becomes this node's certificate.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use shared::code::ErrorCode;
use shared::ids::StreamName;
use shared::ledger::Stop;
use shared::net::clock::Clock as NetClock;
use shared::net::dial::Road;
use shared::net::enrol::{self, Joining};
use shared::net::identity::Identity;
use shared::net::link::Tcp;
use shared::net::token::Token;
use shared::program::{Clock, Failure};
use shared::stream::Head;
use shared::sync::message::Instance;
use shared::sync::note;
use xianglian_proto::v1 as pb;

use super::Node;
use super::error::net;
use super::keeper::Keeper;
use super::office::Office;
use super::open::identity_in;
use crate::config::Config;

/// What joining brought.
#[derive(Debug, Clone, Serialize)]
pub struct Joined {
    pub township: String,
    pub name: String,
    pub county: String,
    pub hub: String,
    pub profile: String,
    /// The hub's clock minus ours, ms.
    pub clock_offset_ms: i64,
    pub certificate_days: i64,
    /// The node had a certificate before, which is now void.
    pub again: bool,
}

/// How this program names itself to the other side.
pub(super) fn software() -> String {
    format!("township-node {}", env!("CARGO_PKG_VERSION"))
}

pub(super) fn net_clock(clock: &Arc<dyn Clock>) -> NetClock {
    let clock = Arc::clone(clock);
    NetClock::new(move || clock.now_ms())
}

/// Redeems a token: gets the certificate, then makes this installation the township's.
///
/// It may be repeated when it was cut off: the instance follows from token and folder, so the hub sees the same request.
/// Entries written before joining, or by an earlier installation, stay and are sent with the next exchange.
///
/// # Errors
/// The token is mistyped, used or expired, the hub cannot be reached or is not the one that made it, or the folder
/// belongs to another township.
pub async fn join(
    config: Config,
    clock: Arc<dyn Clock>,
    token: &str,
    address: Option<&str>,
) -> Result<(Node, Joined), Failure> {
    let token: Token = token.trim().parse().map_err(|e| net(&shared::net::failure::Failure::Token(e)))?;
    let address = address.map(str::to_owned).or_else(|| token.address.clone()).or_else(|| config.hub.clone());
    let address = address.ok_or_else(|| {
        Failure::invalid("加入码里没有县级节点的地址。", "The token does not hold the hub's address.").advise(
            "请用 --hub 写明地址，如 --hub hub.example.gov.cn:7420。",
            "Give it with --hub host:port.",
        )
    })?;
    if let Some(township) = &config.township
        && township.code != token.township
    {
        return Err(other_township(township.code, token.township));
    }
    let before = identity_in(&config.data)?;
    if let Some(before) = &before
        && before.enrolled.township != token.township
    {
        return Err(other_township(before.enrolled.township, token.township));
    }
    let instance = instance_of(&token, &config.data);
    // A node that is known already is opened first: another program in the folder must be noticed before the token is used.
    let mut node = match (&before, &config.township) {
        (None, None) => None,
        _ => Some(Node::open(config.clone(), Arc::clone(&clock))?),
    };
    if before.is_none() {
        // Known to the sidecar before the hub knows it: if we are cut off in between, both still mean the same.
        let head = Head::empty(StreamName::Township(token.township));
        let now = clock.now_ms();
        match &node {
            Some(node) => node.keeper().adopt(Instance(instance), node.store().head(node.stream()), now)?,
            None => Keeper::load(&config.state, &config.data, token.township)?.adopt(
                Instance(instance),
                head,
                now,
            )?,
        }
    }
    let road = Road { dial: Arc::new(Tcp), clock: net_clock(&clock), address: address.clone() };
    let software = software();
    let ask = Joining { token: &token, folder: &config.data, instance, software: &software };
    let (identity, clock_offset_ms) = enrol::join(&road, ask).await.map_err(|failure| net(&failure))?;

    let now = clock.now_ms();
    let node = match node.take() {
        Some(node) => node,
        None => Node::open(config, clock)?,
    };
    node.become_instance(Instance(instance), &identity)?;
    let enrolled = &identity.enrolled;
    tracing::info!(township.id = %enrolled.township, "joined");
    let joined = Joined {
        township: enrolled.township.to_string(),
        name: enrolled.name.clone(),
        county: enrolled.county.clone(),
        hub: address,
        profile: enrolled.profile.clone(),
        clock_offset_ms,
        certificate_days: identity.days_left(now),
        again: before.is_some(),
    };
    Ok((node, joined))
}

impl Node {
    /// This installation is the township's from now on: noted in the journal and in the sidecar.
    fn become_instance(&self, instance: Instance, identity: &Identity) -> Result<(), Failure> {
        let site = self.office().site();
        let fresh = self.fresh_epoch();
        let notes = vec![pb::note::Kind::Instance(pb::NodeInstance { instance: instance.0.to_vec() })];
        self.write(|tx| note::append(tx, site, fresh, notes).map_err(Stop::Store))?;
        let head = self.store().head(StreamName::Township(identity.enrolled.township));
        self.keeper().adopt(instance, head, self.clock().now_ms())?;
        self.set_office(Office::of(self.config(), Some(identity.clone()))?);
        Ok(())
    }
}

/// The same for a repeated request, another for every token and every folder.
fn instance_of(token: &Token, data: &Path) -> [u8; 16] {
    let absolute = std::fs::canonicalize(data).unwrap_or_else(|_| data.to_owned());
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"xianglian instance 1\n");
    hasher.update(token.to_string().as_bytes());
    hasher.update(absolute.to_string_lossy().as_bytes());
    let mut instance = [0; 16];
    hasher.finalize_xof().fill(&mut instance);
    instance
}

fn other_township(ours: shared::ids::TownshipCode, theirs: shared::ids::TownshipCode) -> Failure {
    Failure::new(
        ErrorCode::Conflict,
        format!("这个数据文件夹属于乡镇 {ours}，加入码是给 {theirs} 的。"),
        format!("This data folder is township {ours}'s; the token is for {theirs}."),
    )
    .advise(
        "请核对加入码，或用 --data 指定另一个文件夹。",
        "Check the token, or name another folder with --data.",
    )
}
