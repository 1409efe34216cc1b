//! Who is enrolled: the fold of the hub's notes about tokens and certificates, and the rules for adding to them.
//!
//! Pure: every rule looks at the register and gives the notes to be made durable, or says why not. One note, one commit,
//! so a token is never used up without a certificate or the other way round.

mod note;

use std::collections::{BTreeMap, BTreeSet};

pub use note::Note;

use super::ca::Issued;
use super::failure::Deny;
use super::peer::{Serial, Subject};
use super::token::Token;
use crate::ids::TownshipCode;
use crate::limits::INVITATIONS_MAX;

/// A one-time token that has been printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub at: i64,
    pub expires: i64,
    pub used: bool,
}

/// A certificate that is good unless it has expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub serial: Serial,
    pub at: i64,
    pub not_after: i64,
}

/// A township's node or a reader, as far as certificates go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    pub invitations: BTreeMap<[u8; 32], Invitation>,
    /// At most two, oldest first: the one in use and the one it was renewed with.
    pub certificates: Vec<Held>,
    /// The installation that joined last.
    pub instance: Option<[u8; 16]>,
    /// First and latest enrolment.
    pub enrolled: Option<i64>,
    pub revoked: Option<i64>,
    /// What the last join was answered with, and to which token and key.
    answer: Option<Answer>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    token_hash: [u8; 32],
    certificate: Vec<u8>,
}

/// How a member stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A token is open, nobody has joined with it.
    Expected,
    Enrolled,
    /// Had certificates; the last has expired.
    Expired,
    Revoked,
    /// Nothing open: the token has expired or was never made.
    Absent,
}

/// What a node asks when it joins.
#[derive(Debug, Clone)]
pub struct Join<'a> {
    pub token: &'a Token,
    pub instance: [u8; 16],
    /// Public key in the request, as in the certificate; a repeated join is known by it.
    pub issued: &'a Issued,
    pub software: &'a str,
    pub now: i64,
}

/// What a join comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// Make these notes durable, then give out the certificate just issued.
    Fresh(Vec<Note>),
    /// The same node has asked before and the answer was lost: give out this certificate again; nothing is noted.
    Again(Vec<u8>),
}

/// The fold of the notes. Cheap enough to keep in memory for every township of a country.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Register {
    members: BTreeMap<Subject, Member>,
    revoked: BTreeSet<Serial>,
}

impl Register {
    /// Takes in one note. Deterministic; a note met twice changes nothing the second time.
    pub fn apply(&mut self, note: &Note) {
        match note {
            Note::Invited { township, token_hash, at, expires } => {
                let member = self.members.entry(Subject::Township(*township)).or_default();
                let invitation = Invitation { at: *at, expires: *expires, used: false };
                member.invitations.entry(*token_hash).or_insert(invitation);
                while member.invitations.len() > INVITATIONS_MAX {
                    let oldest = member.invitations.iter().min_by_key(|(hash, i)| (i.at, **hash));
                    let Some(oldest) = oldest.map(|(hash, _)| *hash) else { break };
                    member.invitations.remove(&oldest);
                }
            }
            Note::Enrolled { subject, token_hash, serial, at, not_after, instance, certificate, .. } => {
                let member = self.members.entry(subject.clone()).or_default();
                let older = std::mem::take(&mut member.certificates);
                self.revoked.extend(older.iter().map(|held| held.serial).filter(|old| old != serial));
                member.certificates = vec![Held { serial: *serial, at: *at, not_after: *not_after }];
                member.enrolled = Some(*at);
                member.revoked = None;
                member.instance = *instance;
                if let Some(hash) = token_hash {
                    if let Some(invitation) = member.invitations.get_mut(hash) {
                        invitation.used = true;
                    }
                    member.answer = Some(Answer { token_hash: *hash, certificate: certificate.clone() });
                }
            }
            Note::Renewed { subject, asked_with, serial, at, not_after } => {
                let member = self.members.entry(subject.clone()).or_default();
                // Whatever was issued beside the one it was asked with has never been used, or was used before it.
                let (stay, go): (Vec<Held>, Vec<Held>) = std::mem::take(&mut member.certificates)
                    .into_iter()
                    .filter(|held| held.serial != *serial)
                    .partition(|held| held.serial == *asked_with);
                self.revoked.extend(go.iter().map(|held| held.serial));
                member.certificates = stay;
                member.certificates.push(Held { serial: *serial, at: *at, not_after: *not_after });
            }
            Note::Revoked { subject, at, .. } => {
                let member = self.members.entry(subject.clone()).or_default();
                let ended = std::mem::take(&mut member.certificates);
                self.revoked.extend(ended.iter().map(|held| held.serial));
                member.invitations.clear();
                member.answer = None;
                member.revoked = Some(*at);
            }
        }
    }

    pub fn member(&self, subject: &Subject) -> Option<&Member> {
        self.members.get(subject)
    }

    pub fn members(&self) -> impl Iterator<Item = (&Subject, &Member)> {
        self.members.iter()
    }

    /// Serials that must not get in although their certificates have not expired.
    pub fn revoked(&self) -> &BTreeSet<Serial> {
        &self.revoked
    }

    /// The notes of a fresh token.
    pub fn invite(&self, token: &Token, now: i64, life_ms: i64) -> Vec<Note> {
        let (township, token_hash) = (token.township, token.hash());
        vec![Note::Invited { township, token_hash, at: now, expires: now.saturating_add(life_ms) }]
    }

    /// Whether a token is good at this moment, without using it.
    pub fn look(&self, token: &Token, now: i64) -> Result<(), Deny> {
        let member = self.members.get(&Subject::Township(token.township));
        let invitation = member.and_then(|member| member.invitations.get(&token.hash()));
        match invitation {
            None => Err(Deny::TokenUnknown),
            Some(Invitation { used: true, .. }) => Err(Deny::TokenUsed),
            Some(invitation) if invitation.expires <= now => Err(Deny::TokenExpired),
            Some(_) => Ok(()),
        }
    }

    /// A join with a one-time token: uses it, revokes every older certificate of the township, sets the installation.
    ///
    /// The same token with the same key again, while the certificate stands, is the repetition of a lost answer.
    pub fn join(&self, ask: &Join<'_>) -> Result<Joined, Deny> {
        let subject = Subject::Township(ask.token.township);
        if ask.issued.subject != subject {
            return Err(Deny::OtherTownship);
        }
        if let Some(answer) = self.members.get(&subject).and_then(|member| member.answer.as_ref())
            && answer.token_hash == ask.token.hash()
            && super::ca::same_key(&answer.certificate, &ask.issued.certificate)
        {
            return Ok(Joined::Again(answer.certificate.clone()));
        }
        self.look(ask.token, ask.now)?;
        Ok(Joined::Fresh(vec![Note::Enrolled {
            subject,
            token_hash: Some(ask.token.hash()),
            serial: ask.issued.serial,
            at: ask.now,
            not_after: ask.issued.not_after,
            instance: Some(ask.instance),
            certificate: ask.issued.certificate.to_vec(),
            software: ask.software.chars().take(64).collect(),
        }]))
    }

    /// A fresh certificate in place of one that is good. At most two of a member are good at one time.
    pub fn renew(&self, asked_with: Serial, issued: &Issued, now: i64) -> Result<Vec<Note>, Deny> {
        let member = self.members.get(&issued.subject).ok_or(Deny::NotEnrolled)?;
        match member.certificates.iter().find(|held| held.serial == asked_with) {
            None => Err(if self.revoked.contains(&asked_with) { Deny::Revoked } else { Deny::NotEnrolled }),
            Some(held) if held.not_after <= now => Err(Deny::Expired),
            Some(_) => Ok(vec![Note::Renewed {
                subject: issued.subject.clone(),
                asked_with,
                serial: issued.serial,
                at: now,
                not_after: issued.not_after,
            }]),
        }
    }

    /// A reader's certificate, made at the hub; its older ones end.
    pub fn admit_reader(&self, issued: &Issued, now: i64) -> Vec<Note> {
        vec![Note::Enrolled {
            subject: issued.subject.clone(),
            token_hash: None,
            serial: issued.serial,
            at: now,
            not_after: issued.not_after,
            instance: None,
            certificate: Vec::new(),
            software: String::new(),
        }]
    }

    /// Ends every certificate and open token of a member.
    pub fn revoke(&self, subject: &Subject, now: i64, reason: &str) -> Result<Vec<Note>, Deny> {
        if !self.members.contains_key(subject) {
            return Err(Deny::NotEnrolled);
        }
        Ok(vec![Note::Revoked {
            subject: subject.clone(),
            at: now,
            reason: reason.chars().take(64).collect(),
        }])
    }

    /// How a township stands at `now`.
    pub fn standing(&self, township: TownshipCode, now: i64) -> Standing {
        let Some(member) = self.members.get(&Subject::Township(township)) else { return Standing::Absent };
        if member.certificates.iter().any(|held| held.not_after > now) {
            Standing::Enrolled
        } else if member.invitations.values().any(|i| !i.used && i.expires > now) {
            Standing::Expected
        } else if !member.certificates.is_empty() {
            Standing::Expired
        } else if member.revoked.is_some() {
            Standing::Revoked
        } else {
            Standing::Absent
        }
    }
}

#[cfg(test)]
mod tests;
