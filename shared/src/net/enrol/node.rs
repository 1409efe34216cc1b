//! The node's side of enrolment.

use std::path::Path;

use rustls_pki_types::CertificateDer;
use xianglian_proto::v1;
use xianglian_proto::v1::enrolment_client::EnrolmentClient;

use crate::net::dial::{Caller, Link, Road};
use crate::net::failure::Failure;
use crate::net::identity::{Enrolled, Identity, IdentityError, pending_key};
use crate::net::keys::{KeyError, PrivateKey};
use crate::net::token::{Fingerprint, Token};

/// What a node joins with.
#[derive(Debug, Clone)]
pub struct Joining<'a> {
    pub token: &'a Token,
    /// The folder that will hold the identity.
    pub folder: &'a Path,
    /// Sixteen random bytes of this installation.
    pub instance: [u8; 16],
    pub software: &'a str,
}

impl From<IdentityError> for Failure {
    fn from(why: IdentityError) -> Self {
        Self::Local { why: why.to_string() }
    }
}

impl From<KeyError> for Failure {
    fn from(why: KeyError) -> Self {
        Self::Local { why: why.to_string() }
    }
}

/// Redeems the token at the hub that `road` leads to and keeps the identity in the folder, durable on return; gives it with
/// the hub's clock minus ours in milliseconds. May be repeated when it was cut off: the same token gives the same
/// certificate to the same folder.
pub async fn join(road: &Road, ask: Joining<'_>) -> Result<(Identity, i64), Failure> {
    let key = pending_key(ask.folder)?;
    let link = road.connect(Caller::Joining(ask.token.hub)).await?;
    let request = v1::JoinRequest {
        token: ask.token.to_string(),
        csr: key.request()?,
        instance: ask.instance.to_vec(),
        software: ask.software.to_owned(),
    };
    let reply = link.call(client(&link).join(request)).await?;
    let identity = accept(&reply, road.address.clone(), ask.token.hub, key)?;
    identity.save(ask.folder)?;
    Ok((identity, reply.clock - road.clock.now()))
}

/// Replaces the identity in `folder` by one with a fresh key and certificate, durable on return. Open connections keep
/// the old one; the next uses the new one.
pub async fn renew(road: &Road, identity: &Identity, folder: &Path) -> Result<Identity, Failure> {
    let key = pending_key(folder)?;
    let link = road.connect(Caller::Member(identity)).await?;
    let request = v1::RenewRequest { csr: key.request()? };
    let reply = link.call(client(&link).renew(request)).await?;
    let fresh = accept(&reply, identity.address.clone(), Fingerprint::of(&identity.root), key)?;
    if fresh.peer.subject != identity.peer.subject {
        return Err(Failure::Local { why: "the hub renewed the certificate for another township".into() });
    }
    fresh.save(folder)?;
    Ok(fresh)
}

fn client(link: &Link<'_>) -> EnrolmentClient<tonic::transport::Channel> {
    EnrolmentClient::new(link.channel.clone())
}

/// The hub's answer is checked like anybody's: its root is the pinned one, the certificate is of our key.
fn accept(
    reply: &v1::JoinReply,
    address: String,
    hub: Fingerprint,
    key: PrivateKey,
) -> Result<Identity, Failure> {
    let bad = |why: &str| Failure::Local { why: format!("the hub's answer is not as it should be: {why}") };
    let root = reply.chain.last().ok_or_else(|| bad("no root"))?;
    if Fingerprint::of(root) != hub {
        return Err(Failure::WrongHub { address });
    }
    let enrolled = Enrolled {
        township: reply.township.parse().map_err(|_| bad("no township code"))?,
        name: reply.name.clone(),
        county: reply.county.clone(),
        profile: reply.profile.clone(),
        node_kind: reply.node_kind.clone(),
        receipt_key: reply.receipt_key.clone(),
        receipt_certificate: reply.receipt_certificate.clone(),
    };
    let certificate = CertificateDer::from(reply.certificate.clone());
    Ok(Identity::new(address, enrolled, certificate, CertificateDer::from(root.clone()), key)?)
}
