//! Enrolment: a one-time token becomes a certificate, a certificate is renewed, a certificate is ended.
//!
//! The hub's side is [`Office`]: it decides by the [`Register`], has the notes made durable in one commit through the
//! [`EnrolmentBook`] of the hub's program, and only then gives a certificate out or shuts one out at the gate. The node's
//! side is [`join`] and [`renew`].

mod node;
mod service;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use node::{Joining, join, renew};
pub use service::EnrolmentService;

use super::ca::Issued;
use super::failure::Deny;
use super::gate::{Gate, GateError};
use super::keys::{KeyError, PrivateKey};
use super::peer::{Peer, ReaderName, Subject};
use super::register::{Join, Joined, Member, Note, Register, Standing};
use super::token::Token;
use crate::ids::TownshipCode;

/// What the hub tells a township that joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub name: String,
    /// Legal profile in force.
    pub profile: String,
    /// `TOWN`, `TOWNSHIP`, `ETHNIC_TOWNSHIP` or `SUBDISTRICT`.
    pub node_kind: String,
}

/// Where the notes are kept; implemented by the hub's program on its store.
pub trait EnrolmentBook: Send + Sync + 'static {
    /// Appends the notes as one commit, durable on return. May block.
    ///
    /// # Errors
    /// [`Deny::StoreFull`] or [`Deny::Fault`]; nothing was appended.
    fn append(&self, notes: &[Note]) -> Result<(), Deny>;

    /// What is known of a township; `None` for one that is not of this county.
    fn facts(&self, township: TownshipCode) -> Option<Facts>;
}

#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    #[error("{}", .0.en())]
    Denied(Deny),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Gate(#[from] GateError),
}

impl From<Deny> for OfficeError {
    fn from(deny: Deny) -> Self {
        Self::Denied(deny)
    }
}

/// The hub's enrolment office. Its methods block; call them beside the asynchronous threads.
pub struct Office {
    gate: Arc<Gate>,
    book: Box<dyn EnrolmentBook>,
    register: Mutex<Register>,
}

impl Office {
    /// `notes` are all notes of the book so far, in order.
    pub fn new(
        gate: Arc<Gate>,
        book: Box<dyn EnrolmentBook>,
        notes: impl IntoIterator<Item = Note>,
    ) -> Result<Arc<Self>, GateError> {
        let mut register = Register::default();
        notes.into_iter().for_each(|note| register.apply(&note));
        gate.set_revoked(register.revoked().clone())?;
        Ok(Arc::new(Self { gate, book, register: Mutex::new(register) }))
    }

    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// A fresh one-time token for a township of this county. `address` is printed into it as `host:port`.
    pub fn invite(
        &self,
        township: TownshipCode,
        address: Option<&str>,
        life_ms: i64,
    ) -> Result<Token, OfficeError> {
        self.book.facts(township).ok_or(Deny::NotEnrolled)?;
        let token = Token::mint(township, self.gate.ca().fingerprint(), address)?;
        let mut register = self.register();
        let notes = register.invite(&token, self.gate.clock().now(), life_ms);
        self.commit(&mut register, &notes)?;
        Ok(token)
    }

    /// Redeems a token: the certificate (DER) and what the township is told.
    pub fn join(
        &self,
        token: &Token,
        request: &[u8],
        instance: [u8; 16],
        software: &str,
    ) -> Result<(Vec<u8>, Facts), Deny> {
        let now = self.gate.clock().now();
        let facts = self.book.facts(token.township).ok_or(Deny::TokenUnknown)?;
        let mut register = self.register();
        match register.look(token, now) {
            // A used token may be the repetition of a lost answer; the register will tell by the key.
            Ok(()) | Err(Deny::TokenUsed) => {}
            Err(deny) => return Err(deny),
        }
        let issued = self.gate.ca().issue(Subject::Township(token.township), request, now);
        let issued = issued.map_err(|_| Deny::RequestBad)?;
        match register.join(&Join { token, instance, issued: &issued, software, now })? {
            Joined::Again(certificate) => Ok((certificate, facts)),
            Joined::Fresh(notes) => {
                self.commit(&mut register, &notes)?;
                tracing::info!(township.id = %token.township, certificate.serial = %issued.serial, "township joined");
                Ok((issued.certificate.to_vec(), facts))
            }
        }
    }

    /// A fresh certificate for the holder of a good one.
    pub fn renew(&self, peer: &Peer, request: &[u8]) -> Result<(Vec<u8>, Facts), Deny> {
        let now = self.gate.clock().now();
        let facts =
            peer.township().and_then(|township| self.book.facts(township)).ok_or(Deny::NotEnrolled)?;
        let issued =
            self.gate.ca().issue(peer.subject.clone(), request, now).map_err(|_| Deny::RequestBad)?;
        let mut register = self.register();
        let notes = register.renew(peer.serial, &issued, now)?;
        self.commit(&mut register, &notes)?;
        tracing::info!(peer = %peer.subject, certificate.serial = %issued.serial, "certificate renewed");
        Ok((issued.certificate.to_vec(), facts))
    }

    /// A certificate with its key for a program that reads reports; an older one of the same name ends.
    pub fn admit_reader(&self, name: ReaderName) -> Result<(Issued, PrivateKey), OfficeError> {
        let now = self.gate.clock().now();
        let made = self.gate.ca().issue_reader(Subject::Reader(name), now);
        let (issued, key) = made.map_err(GateError::Ca)?;
        let mut register = self.register();
        let notes = register.admit_reader(&issued, now);
        self.commit(&mut register, &notes)?;
        Ok((issued, key))
    }

    /// Ends every certificate and open token of a member, and its open connections, before it returns.
    pub fn revoke(&self, subject: &Subject, reason: &str) -> Result<(), OfficeError> {
        let mut register = self.register();
        let notes = register.revoke(subject, self.gate.clock().now(), reason)?;
        self.commit(&mut register, &notes)?;
        tracing::info!(peer = %subject, "certificates revoked");
        Ok(())
    }

    /// How a township stands now.
    pub fn standing(&self, township: TownshipCode) -> Standing {
        self.register().standing(township, self.gate.clock().now())
    }

    /// A member as it stands now.
    pub fn member(&self, subject: &Subject) -> Option<Member> {
        self.register().member(subject).cloned()
    }

    /// Every member as it stands now.
    pub fn members(&self) -> Vec<(Subject, Member)> {
        self.register().members().map(|(subject, member)| (subject.clone(), member.clone())).collect()
    }

    /// Durable first, then in force.
    fn commit(&self, register: &mut Register, notes: &[Note]) -> Result<(), Deny> {
        self.book.append(notes)?;
        let before = register.revoked().len();
        notes.iter().for_each(|note| register.apply(note));
        if register.revoked().len() != before {
            self.gate.set_revoked(register.revoked().clone()).map_err(|why| {
                tracing::error!(error = %why, "the revoked certificates are not in force yet");
                Deny::Fault
            })?;
        }
        Ok(())
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Office {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Office({:?})", self.gate)
    }
}
