//! How the two sides of a TLS connection judge each other. TLS 1.3 only, ring only, no resumption.
//!
//! No resumption, because a resumed session skips the look at the certificate: a revoked node would come back for as long
//! as its ticket lives.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    ServerConfig, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use super::ca::SERVER_NAME;
use super::clock::Clock;
use super::keys::PrivateKey;
use super::peer::{CountyId, Peer, Serial, validity_of};
use super::token::Fingerprint;

/// Asked for by a node that joins: the hub then sends its root along, which every other caller has already.
pub(crate) const JOIN_NAME: &str = "join.xianglian.internal";
pub(crate) const PROTOCOL: &[u8] = b"h2";

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn roots(root: &CertificateDer<'static>) -> Result<Arc<RootCertStore>, Error> {
    let mut store = RootCertStore::empty();
    store.add(root.clone())?;
    Ok(Arc::new(store))
}

/// What the hub judges by.
#[derive(Debug)]
pub struct HubTrust {
    pub root: CertificateDer<'static>,
    pub county: CountyId,
    pub revoked: BTreeSet<Serial>,
}

/// The hub's side. A client certificate is optional here and demanded, call by call, by the server; one that is presented
/// must be good.
pub fn hub_config(
    trust: HubTrust,
    certificate: CertificateDer<'static>,
    key: &PrivateKey,
    clock: Clock,
) -> Result<ServerConfig, Error> {
    let provider = provider();
    let chain = WebPkiClientVerifier::builder_with_provider(roots(&trust.root)?, provider.clone())
        .allow_unauthenticated()
        .build()
        .map_err(|why| Error::General(why.to_string()))?;
    let signer = provider.key_provider.load_private_key(key.for_tls())?;
    let usual = Arc::new(CertifiedKey::new(vec![certificate.clone()], signer.clone()));
    usual.keys_match()?;
    let joining = Arc::new(CertifiedKey::new(vec![certificate, trust.root.clone()], signer));
    let verifier = Arc::new(NodeVerifier { chain, trust });
    let mut config = ServerConfig::builder_with_details(provider, Arc::new(clock))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(ByName { usual, joining }));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// The side of an HTTP door: a certificate, and those behind it for whoever trusts only these; no question for one of the
/// caller.
pub fn http_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    clock: Clock,
) -> Result<ServerConfig, Error> {
    let provider = provider();
    let signer = provider.key_provider.load_private_key(key)?;
    let certified = CertifiedKey::new(chain, signer);
    certified.keys_match()?;
    let mut config = ServerConfig::builder_with_details(provider, Arc::new(clock))
        .with_protocol_versions(&[&TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(certified)));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The hub's certificate, with the root behind it for a node that has only the root's fingerprint yet.
#[derive(Debug)]
struct ByName {
    usual: Arc<CertifiedKey>,
    joining: Arc<CertifiedKey>,
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(if hello.server_name() == Some(JOIN_NAME) { self.joining.clone() } else { self.usual.clone() })
    }
}

/// The usual judgement of a client's chain, then: one name, of this county, not revoked.
#[derive(Debug)]
struct NodeVerifier {
    chain: Arc<dyn ClientCertVerifier>,
    trust: HubTrust,
}

impl ClientCertVerifier for NodeVerifier {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    /// None: nodes have one certificate each, and the names would cost a hundred bytes of every handshake.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.chain.verify_client_cert(certificate, intermediates, now)?;
        match Peer::parse(certificate) {
            Ok(peer) if self.trust.revoked.contains(&peer.serial) => Err(CertificateError::Revoked.into()),
            Ok(peer) if peer.county == self.trust.county => Ok(verified),
            Ok(_) | Err(_) => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

/// What a node knows its hub by.
#[derive(Debug, Clone)]
pub enum Trust {
    /// The hub's root, kept since the node joined.
    Root(CertificateDer<'static>),
    /// The root's fingerprint, from the one-time token.
    Pin(Fingerprint),
}

/// Whether validity in time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    ByClock,
    /// Only to ask the hub for its clock, when ours is in doubt; nothing of worth is sent over such a connection.
    Timeless,
}

/// The node's side, with a certificate of its own or without.
pub fn node_config(
    trust: Trust,
    judge: Judge,
    own: Option<(&CertificateDer<'static>, &PrivateKey)>,
    clock: Clock,
) -> Result<ClientConfig, Error> {
    let provider = provider();
    let verifier = Arc::new(HubVerifier { trust, judge, provider: provider.clone() });
    let builder = ClientConfig::builder_with_details(provider, Arc::new(clock))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match own {
        Some((certificate, key)) => {
            builder.with_client_auth_cert(vec![certificate.clone()], key.for_tls())?
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// Judges the hub's certificate: signed by the known root, for the one name that hubs have.
struct HubVerifier {
    trust: Trust,
    judge: Judge,
    provider: Arc<CryptoProvider>,
}

impl fmt::Debug for HubVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HubVerifier({:?}, {:?})", self.trust, self.judge)
    }
}

impl ServerCertVerifier for HubVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let root = match &self.trust {
            Trust::Root(root) => root.clone(),
            Trust::Pin(pin) => {
                let pinned = intermediates.iter().find(|der| Fingerprint::of(der) == *pin);
                pinned.ok_or(CertificateError::UnknownIssuer)?.clone().into_owned()
            }
        };
        let now = match self.judge {
            Judge::ByClock => now,
            Judge::Timeless => {
                let (first, _) = validity_of(certificate).ok_or(CertificateError::BadEncoding)?;
                UnixTime::since_unix_epoch(Duration::from_millis(first.max(0) as u64))
            }
        };
        // The name asked for says only whether the root is wanted along; the certificate has the one name of hubs.
        let name = ServerName::try_from(SERVER_NAME).map_err(|why| Error::General(why.to_string()))?;
        WebPkiServerVerifier::builder_with_provider(roots(&root)?, self.provider.clone())
            .build()
            .map_err(|why| Error::General(why.to_string()))?
            .verify_server_cert(certificate, &[], &name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
