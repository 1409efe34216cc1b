//! Private keys on disk, and the key that the hub signs receipts with.
//!
//! A private key file is readable by its owner alone; one that others may read is refused when it is loaded, because
//! whoever could read it may have. Files are replaced whole: written beside, made durable, renamed.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{self, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::sync::receipt::{Sign, Verify};

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{}: {why}", path.display())]
    File { path: PathBuf, why: String },
    #[error("{} may be read by others (mode {mode:o}); it must be 600", path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("the key cannot be made or read: {0}")]
    Key(String),
}

impl KeyError {
    fn file(path: &Path, why: impl fmt::Display) -> Self {
        Self::File { path: path.to_owned(), why: why.to_string() }
    }
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| KeyError::Key("no randomness from the system".into()))?;
    Ok(bytes)
}

/// Replaces `path` by `text`, durable on return, readable by its owner alone.
pub fn write_private(path: &Path, text: &str) -> Result<(), KeyError> {
    write_file(path, text, 0o600)
}

/// Replaces `path` by `text`, durable on return.
pub fn write_public(path: &Path, text: &str) -> Result<(), KeyError> {
    write_file(path, text, 0o644)
}

fn write_file(path: &Path, text: &str, mode: u32) -> Result<(), KeyError> {
    let wrong = |why: std::io::Error| KeyError::file(path, why);
    let beside = path.with_extension("new");
    // A leftover of an interrupted write may have another mode; the mode below holds for new files only.
    let _ = fs::remove_file(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(&beside).map_err(wrong)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(wrong)?;
    fs::rename(&beside, path).map_err(wrong)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(wrong)?;
    }
    Ok(())
}

/// The text of a private file.
///
/// # Errors
/// It is missing, unreadable, or others than its owner may read it.
pub fn read_private(path: &Path) -> Result<String, KeyError> {
    let file = File::open(path).map_err(|why| KeyError::file(path, why))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().map_err(|why| KeyError::file(path, why))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Open { path: path.to_owned(), mode });
        }
    }
    std::io::read_to_string(file).map_err(|why| KeyError::file(path, why))
}

/// A private key of a certificate: P-256, PKCS#8. Never printed.
pub struct PrivateKey(PrivatePkcs8KeyDer<'static>);

impl PrivateKey {
    pub fn generate() -> Result<Self, KeyError> {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256);
        let pair = pair.map_err(|why| KeyError::Key(why.to_string()))?;
        Ok(Self(PrivatePkcs8KeyDer::from(pair.serialize_der())))
    }

    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes());
        let key = Self(der.map_err(|why| KeyError::Key(why.to_string()))?);
        key.pair().map(|_| key)
    }

    pub fn to_pem(&self) -> Result<String, KeyError> {
        Ok(self.pair()?.serialize_pem())
    }

    /// A request for a certificate, DER. Only the public key in it will be used by the hub.
    pub fn request(&self) -> Result<Vec<u8>, KeyError> {
        let request = rcgen::CertificateParams::default().serialize_request(&self.pair()?);
        request.map(|csr| csr.der().to_vec()).map_err(|why| KeyError::Key(why.to_string()))
    }

    /// The signature of a certificate's holder: ECDSA on P-256 with SHA-256, 64 bytes (r ‖ s).
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        ReceiptKey::from_private(self)?.sign(message)
    }

    pub(crate) fn pair(&self) -> Result<rcgen::KeyPair, KeyError> {
        rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&self.0, &rcgen::PKCS_ECDSA_P256_SHA256)
            .map_err(|why| KeyError::Key(why.to_string()))
    }

    pub(crate) fn for_tls(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.0.clone_key())
    }
}

impl Clone for PrivateKey {
    fn clone(&self) -> Self {
        Self(self.0.clone_key())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(not shown)")
    }
}

/// The hub's key for receipts: ECDSA on P-256 with SHA-256, signatures of 64 bytes (r ‖ s).
pub struct ReceiptKey(EcdsaKeyPair, SystemRandom);

impl ReceiptKey {
    pub fn from_private(key: &PrivateKey) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, key.0.secret_pkcs8_der(), &random);
        Ok(Self(pair.map_err(|why| KeyError::Key(why.to_string()))?, random))
    }

    /// The public key as an uncompressed SEC1 point of 65 bytes.
    pub fn public(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    /// 64 bytes.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signed = self.0.sign(&self.1, message);
        signed.map(|s| s.as_ref().to_vec()).map_err(|_| KeyError::Key("signing failed".into()))
    }
}

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptKey(not shown)")
    }
}

impl Verify for ReceiptKey {
    fn verify(&self, bytes: &[u8], signature: &[u8]) -> bool {
        verify_receipt(self.0.public_key().as_ref(), bytes, signature)
    }
}

impl Sign for ReceiptKey {
    /// Empty when the operating system gives no randomness; no node takes that for a signature.
    fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        Self::sign(self, bytes).unwrap_or_default()
    }
}

/// The hub's public key, as a node keeps it: SEC1 point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubKey(pub Vec<u8>);

impl Verify for HubKey {
    fn verify(&self, bytes: &[u8], signature: &[u8]) -> bool {
        verify_receipt(&self.0, bytes, signature)
    }
}

/// True if `signature` over `message` was made with the private half of `public`.
pub fn verify_receipt(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, public).verify(message, signature).is_ok()
}
