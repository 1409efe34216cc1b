//! The gRPC service `Enrolment`: reads, calls the office, answers.

use std::sync::Arc;

use tonic::{Request, Response, Status};
use xianglian_proto::v1;
use xianglian_proto::v1::enrolment_server::Enrolment;

use super::{Facts, Office};
use crate::net::failure::Deny;
use crate::net::gate::Connection;
use crate::net::token::Token;

/// Serves `Enrolment` from the office.
#[derive(Debug, Clone)]
pub struct EnrolmentService(pub Arc<Office>);

impl EnrolmentService {
    /// Signing and the commit block, so they run beside the asynchronous threads; a caller who goes away does not stop
    /// a commit half way.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Office) -> Result<T, Deny> + Send + 'static,
    ) -> Result<T, Status> {
        let office = self.0.clone();
        let done = tokio::task::spawn_blocking(move || work(&office)).await;
        done.unwrap_or(Err(Deny::Fault)).map_err(|deny| self.deny(deny))
    }

    fn deny(&self, deny: Deny) -> Status {
        deny.status(self.0.gate().clock().now())
    }

    fn reply(&self, township: String, certificate: Vec<u8>, facts: Facts) -> Response<v1::JoinReply> {
        let ca = self.0.gate().ca();
        Response::new(v1::JoinReply {
            certificate,
            chain: vec![ca.root().to_vec()],
            township,
            name: facts.name,
            clock: self.0.gate().clock().now(),
            receipt_key: ca.receipt_key().public(),
            county: ca.county().to_string(),
            profile: facts.profile,
            node_kind: facts.node_kind,
            receipt_certificate: ca.receipt_certificate().to_vec(),
        })
    }
}

#[tonic::async_trait]
impl Enrolment for EnrolmentService {
    async fn join(&self, request: Request<v1::JoinRequest>) -> Result<Response<v1::JoinReply>, Status> {
        let from = request.extensions().get::<Arc<Connection>>().map(|connection| connection.from);
        let ask = request.into_inner();
        let token: Token = ask.token.parse().map_err(|_| self.deny(Deny::TokenBad))?;
        let instance = ask.instance.as_slice().try_into().map_err(|_| self.deny(Deny::RequestBad))?;
        let township = token.township;
        let joined = self.run(move |office| office.join(&token, &ask.csr, instance, &ask.software)).await;
        match joined {
            Ok((certificate, facts)) => Ok(self.reply(township.to_string(), certificate, facts)),
            Err(status) => {
                tracing::warn!(township.id = %township, caller.address = ?from, reason = status.message(), "join refused");
                Err(status)
            }
        }
    }

    async fn renew(&self, request: Request<v1::RenewRequest>) -> Result<Response<v1::JoinReply>, Status> {
        let connection = request.extensions().get::<Arc<Connection>>().cloned();
        let peer = connection.and_then(|connection| connection.peer.clone());
        let peer = peer.ok_or_else(|| self.deny(Deny::NoCertificate))?;
        let township = peer.township().ok_or_else(|| self.deny(Deny::TownshipsOnly))?;
        let csr = request.into_inner().csr;
        let (certificate, facts) = self.run(move |office| office.renew(&peer, &csr)).await?;
        Ok(self.reply(township.to_string(), certificate, facts))
    }
}
