//! Programs that read reports: each has a certificate of its own.

use serde::{Deserialize, Serialize};
use shared::net::ca::certificate_pem;
use shared::net::peer::{ReaderName, Subject};
use shared::program::{Failure, rfc3339};

use super::App;
use super::ask::Ask;
use super::township::failure;

/// A certificate for a program; an older one of the same name ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Add {
    pub name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Revoke {
    pub name: String,
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct List {}

/// What a program needs to read; made once, kept nowhere else.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pass {
    pub name: String,
    pub ca_pem: String,
    pub certificate_pem: String,
    pub key_pem: String,
    /// RFC 3339.
    pub expires: String,
}

impl std::fmt::Debug for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pass({}, key not shown)", self.name)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    pub name: String,
    /// RFC 3339; none once it is revoked.
    pub expires: Option<String>,
}

impl Ask for Add {
    type Answer = Pass;

    fn answer(self, app: &App) -> Result<Pass, Failure> {
        let name: ReaderName = self.name.parse()?;
        let (issued, key) = app.office.admit_reader(name).map_err(failure)?;
        Ok(Pass {
            name: self.name,
            ca_pem: certificate_pem(app.office.gate().ca().root()),
            certificate_pem: certificate_pem(&issued.certificate),
            key_pem: key.to_pem().map_err(Failure::internal)?,
            expires: rfc3339(issued.not_after),
        })
    }
}

impl Ask for Revoke {
    type Answer = Line;

    fn answer(self, app: &App) -> Result<Line, Failure> {
        let name: ReaderName = self.name.parse()?;
        app.office.revoke(&Subject::Reader(name), &self.reason).map_err(failure)?;
        Ok(Line { name: self.name, expires: None })
    }
}

impl Ask for List {
    type Answer = Vec<Line>;

    fn answer(self, app: &App) -> Result<Vec<Line>, Failure> {
        let line = |(subject, member): (Subject, shared::net::register::Member)| match subject {
            Subject::Reader(name) => {
                let expires = member.certificates.iter().map(|held| held.not_after).max().map(rfc3339);
                Some(Line { name: name.to_string(), expires })
            }
            Subject::Township(_) => None,
        };
        Ok(app.office.members().into_iter().filter_map(line).collect())
    }
}
