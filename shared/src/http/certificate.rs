//! The certificate of a door that other machines reach: one from settings, or one of the program's own making, whose
//! fingerprint people compare when their browser asks.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose, SanType};
use ring::digest;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::limits::CERTIFICATE_BACKDATE_MS;
use crate::net::clock::{Clock, to_time};
use crate::net::keys::{PrivateKey, read_private, write_private};
use crate::net::peer::validity_of;
use crate::net::tls::http_config;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Browsers take no certificate that lives longer, once somebody has made it trusted.
const DAYS: i64 = 397;
/// A fresh one is made when fewer are left.
const RENEW_DAYS: i64 = 30;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoCertificate(String);

impl NoCertificate {
    fn of(why: impl std::fmt::Display) -> Self {
        Self(why.to_string())
    }
}

/// A certificate with its key, ready to be used.
#[derive(Clone)]
pub struct Certificate {
    pub config: Arc<ServerConfig>,
    /// SHA-256 as browsers show it: `AB:CD:…`.
    pub fingerprint: String,
}

impl Certificate {
    /// From files that somebody else has made: the chain, its own certificate first, and the key. PEM.
    ///
    /// # Errors
    /// A file is missing or no PEM, others than its owner may read the key, or the two do not belong together.
    pub fn load(chain: &Path, key: &Path, clock: Clock) -> Result<Self, NoCertificate> {
        let named =
            |path: &Path, why: &dyn std::fmt::Display| NoCertificate(format!("{}: {why}", path.display()));
        let certificates = CertificateDer::pem_file_iter(chain).map_err(|why| named(chain, &why))?;
        let certificates: Result<Vec<_>, _> = certificates.collect();
        let certificates = certificates.map_err(|why| named(chain, &why))?;
        let text = read_private(key).map_err(NoCertificate::of)?;
        let secret = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|why| named(key, &why))?;
        Self::new(certificates, secret, clock).map_err(|why| named(chain, &why))
    }

    /// One of our own making, kept in `file` with its key. It is made once, and again when it is about to expire or does
    /// not hold one of the names.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn own(file: &Path, names: &[String], clock: Clock) -> Result<Self, NoCertificate> {
        let kept = file.exists().then(|| read_private(file)).transpose().map_err(NoCertificate::of)?;
        let usable = kept.filter(|text| is_usable(text, names, clock.now()));
        let text = match usable {
            Some(text) => text,
            None => {
                let text = make(names, clock.now()).map_err(NoCertificate::of)?;
                write_private(file, &text).map_err(NoCertificate::of)?;
                text
            }
        };
        let certificate = CertificateDer::from_pem_slice(text.as_bytes()).map_err(NoCertificate::of)?;
        let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(NoCertificate::of)?;
        Self::new(vec![certificate], key, clock)
    }

    fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        clock: Clock,
    ) -> Result<Self, NoCertificate> {
        let first = chain.first().ok_or_else(|| NoCertificate("there is no certificate in it".to_owned()))?;
        let hash = digest::digest(&digest::SHA256, first);
        let pairs: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        let config = http_config(chain, key, clock).map_err(NoCertificate::of)?;
        Ok(Self { config: Arc::new(config), fingerprint: pairs.join(":") })
    }
}

/// The first line of the file says which names the certificate holds.
fn heading(names: &[String]) -> String {
    format!("# {}\n", names.join(" "))
}

fn is_usable(text: &str, names: &[String], now: i64) -> bool {
    let certificate = CertificateDer::from_pem_slice(text.as_bytes());
    let validity = certificate.ok().and_then(|certificate| validity_of(&certificate));
    let lives = validity.is_some_and(|(_, until)| until - now > RENEW_DAYS * DAY_MS);
    lives && text.starts_with(&heading(names)) && PrivateKey::from_pem(text).is_ok()
}

fn make(names: &[String], now: i64) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let key = PrivateKey::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Xianglian");
    for name in names {
        params.subject_alt_names.push(match name.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(name.as_str().try_into()?),
        });
    }
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = to_time(now - CERTIFICATE_BACKDATE_MS);
    params.not_after = to_time(now + DAYS * DAY_MS);
    let certificate = params.self_signed(&key.pair()?)?;
    Ok(format!("{}{}{}", heading(names), certificate.pem(), key.to_pem()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(now: i64) -> Clock {
        Clock::new(move || now)
    }

    #[test]
    fn it_is_made_once_until_it_is_old_or_the_names_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pages.pem");
        let names = ["10.0.0.5".to_owned(), "rendaban.lan".to_owned()];
        let now = 1_800_000_000_000;
        let first = Certificate::own(&file, &names, at(now)).unwrap().fingerprint;
        assert_eq!(first.len(), 32 * 3 - 1);
        assert_eq!(Certificate::own(&file, &names, at(now + 300 * DAY_MS)).unwrap().fingerprint, first);
        let renewed = Certificate::own(&file, &names, at(now + 370 * DAY_MS)).unwrap().fingerprint;
        assert_ne!(renewed, first);
        assert_ne!(
            Certificate::own(&file, &names[..1], at(now + 370 * DAY_MS)).unwrap().fingerprint,
            renewed
        );
        std::fs::write(&file, "no certificate").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        assert!(Certificate::own(&file, &names, at(now)).is_ok(), "what is damaged is made anew");
    }

    #[test]
    fn files_of_others_are_taken_if_they_belong_together() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        Certificate::own(&path("a.pem"), &["a.lan".to_owned()], at(0)).unwrap();
        Certificate::own(&path("b.pem"), &["b.lan".to_owned()], at(0)).unwrap();
        assert!(Certificate::load(&path("a.pem"), &path("a.pem"), at(0)).is_ok());
        assert!(Certificate::load(&path("a.pem"), &path("b.pem"), at(0)).is_err());
        assert!(Certificate::load(&path("c.pem"), &path("a.pem"), at(0)).is_err());
    }
}
