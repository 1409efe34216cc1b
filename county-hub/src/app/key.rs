//! Access keys (钥匙): with one of them a program or a person reads over HTTP. The secret is told once, when the key is
//! made; kept is its digest alone, as a note that is durable before the secret is told.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use prost::Message as _;
use serde::{Deserialize, Serialize};
use shared::code::ErrorCode;
use shared::ids::{Epoch, RecordId, Site, StreamName, TownshipCode};
use shared::program::{Failure, rfc3339};
use shared::record::Day;
use shared::store::View;
use shared::sync::note;
use shared::view::tables;
use xianglian_proto::v1;
use xianglian_proto::v1::note::Kind;

use super::ask::Ask;
use super::viewer::Viewer;
use super::{App, district};
use crate::limits;

/// What every secret begins with, so that one is known for what it is where it should not be.
const PREFIX: &str = "xlk_";
const SECRET_BYTES: usize = 32;

/// A key for a program or a person; an older one of the same name ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Add {
    pub name: String,
    /// Sees what this township sees.
    pub township: Option<TownshipCode>,
    /// Name or id: sees what belongs to its townships. Neither: the county.
    pub district: Option<String>,
    /// `calendar` or `metrics`: opens that door alone.
    pub only: Option<String>,
    /// 1 to [`limits::KEY_DAYS_MAX`]; [`limits::KEY_DAYS`] if it is not given.
    pub days: Option<u32>,
}

/// Ends a key, at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Revoke {
    pub name: String,
}

/// Every key that there ever was a name for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct List {}

/// A key just made. The secret is nowhere else.
#[derive(Clone, Serialize, Deserialize)]
pub struct Issued {
    pub secret: String,
    pub line: Line,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issued({}, secret not shown)", self.line.name)
    }
}

/// A key in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub name: String,
    /// `county`, `district` or `township`.
    pub scope: String,
    /// Id of the district, code of the township; empty for the county.
    pub of: String,
    pub of_name: String,
    pub only: Option<String>,
    /// RFC 3339.
    pub made: String,
    pub expires: String,
    pub revoked: Option<String>,
    pub good: bool,
}

/// Which answers a request is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Api,
    Calendar,
    Metrics,
}

impl Door {
    /// Those that a key can be made for alone.
    pub const LONE: [Self; 2] = [Self::Calendar, Self::Metrics];

    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Calendar => "calendar",
            Self::Metrics => "metrics",
        }
    }
}

#[derive(Debug, Clone)]
struct Key {
    digest: [u8; 32],
    scope: Viewer,
    only: Option<Door>,
    at: i64,
    not_after: i64,
    revoked_at: Option<i64>,
}

impl Key {
    fn good(&self, now: i64) -> bool {
        self.revoked_at.is_none() && now < self.not_after
    }

    fn note(&self, name: &str) -> v1::HubKey {
        let (township, district) = match self.scope {
            Viewer::County => (String::new(), Vec::new()),
            Viewer::District(id) => (String::new(), id.as_bytes().to_vec()),
            Viewer::Township(code) => (code.to_string(), Vec::new()),
        };
        v1::HubKey {
            name: name.to_owned(),
            digest: self.digest.to_vec(),
            township,
            district,
            only: self.only.map_or_else(String::new, |door| door.name().to_owned()),
            at: self.at,
            not_after: self.not_after,
            revoked_at: self.revoked_at.unwrap_or(0),
        }
    }

    /// `None` for a key that this version cannot understand whole: it opens nothing.
    fn read(note: &v1::HubKey) -> Option<Self> {
        let scope = match (note.township.as_str(), note.district.as_slice()) {
            ("", []) => Viewer::County,
            ("", district) => Viewer::District(RecordId::from_bytes(district.try_into().ok()?)),
            (code, []) => Viewer::Township(code.parse().ok()?),
            _ => return None,
        };
        let only = match note.only.as_str() {
            "" => None,
            name => Some(Door::LONE.into_iter().find(|door| door.name() == name)?),
        };
        Some(Self {
            digest: note.digest.as_slice().try_into().ok()?,
            scope,
            only,
            at: note.at,
            not_after: note.not_after,
            revoked_at: (note.revoked_at != 0).then_some(note.revoked_at),
        })
    }
}

/// Every key by its name.
#[derive(Debug, Clone, Default)]
pub struct Keys(BTreeMap<String, Key>);

impl Keys {
    /// The fold of the hub's notes, in the order in which they were written.
    pub(super) fn read(views: &dyn View) -> Self {
        let mut keys = Self::default();
        let prefix = tables::Key::new(tables::NOTE).stream(StreamName::Meta(Site::Hub)).done();
        views.scan(&prefix, None, &mut |_, bytes| {
            if let Ok(v1::Note { kind: Some(Kind::Key(note)) }) = v1::Note::decode(bytes) {
                match Key::read(&note) {
                    Some(key) => keys.0.insert(note.name, key),
                    None => keys.0.remove(&note.name),
                };
            }
            true
        });
        keys
    }
}

impl App {
    /// Who may see what with this secret at this door.
    ///
    /// # Errors
    /// `Unauthenticated`: there is no such key, it has expired or was revoked; `Forbidden`: it is for another door.
    pub fn unlock(&self, secret: &str, door: Door) -> Result<Viewer, Failure> {
        let digest = digest(secret);
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.0.values().find(|key| key.digest == digest).ok_or_else(|| {
            let (zh, en) = ("钥匙无效。", "The key is not one of this hub's.");
            Failure::new(ErrorCode::Unauthenticated, zh, en)
        })?;
        let no = |code, zh: &str, en: &str| Err(Failure::new(code, zh, en));
        if key.revoked_at.is_some() {
            return no(ErrorCode::Unauthenticated, "钥匙已吊销。", "The key was revoked.");
        }
        if !key.good(self.now()) {
            return no(ErrorCode::Unauthenticated, "钥匙已过期。", "The key has expired.");
        }
        if key.only.is_some_and(|only| only != door) {
            return no(ErrorCode::Forbidden, "这把钥匙不能用在这里。", "The key is for another purpose.");
        }
        Ok(key.scope)
    }

    /// Notes a key, as it follows from the one that has the name; durable on return. Nobody else changes a key meanwhile.
    fn keep_key(
        &self,
        name: &str,
        make: impl FnOnce(Option<&Key>) -> Result<Key, Failure>,
    ) -> Result<Key, Failure> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let key = make(keys.0.get(name))?;
        if keys.0.len() >= limits::KEYS_MAX && !keys.0.contains_key(name) {
            let most = limits::KEYS_MAX;
            let (zh, en) = (format!("钥匙已满 {most} 把。"), format!("There are {most} keys already."));
            return Err(Failure::new(ErrorCode::Refused, zh, en).advise(
                "请用已有的名称新建，旧钥匙随即失效。",
                "Make it under a name that there is; the older key of that name ends.",
            ));
        }
        let mut fresh = [0; 8];
        self.clock.random(&mut fresh);
        let epoch = Epoch(u64::from_le_bytes(fresh));
        let note = Kind::Key(key.note(name));
        self.store.write(|tx| note::append(tx, Site::Hub, epoch, vec![note]))?;
        keys.0.insert(name.to_owned(), key.clone());
        Ok(key)
    }

    fn key_line(&self, name: &str, key: &Key) -> Line {
        let (scope, of, of_name) = match key.scope {
            Viewer::County => ("county", String::new(), self.config.name.clone()),
            Viewer::Township(code) => ("township", code.to_string(), self.towns().name(code)),
            Viewer::District(id) => {
                let found = district::all(self).into_iter().find(|district| district.id == id);
                ("district", id.to_string(), found.map(|district| district.name).unwrap_or_default())
            }
        };
        Line {
            name: name.to_owned(),
            scope: scope.to_owned(),
            of,
            of_name,
            only: key.only.map(|door| door.name().to_owned()),
            made: rfc3339(key.at),
            expires: rfc3339(key.not_after),
            revoked: key.revoked_at.map(rfc3339),
            good: key.good(self.now()),
        }
    }
}

impl Ask for Add {
    type Answer = Issued;

    fn answer(self, app: &App) -> Result<Issued, Failure> {
        let name = checked_name(&self.name)?;
        let scope = match (self.township, self.district.as_deref()) {
            (None, None) => Viewer::County,
            (Some(code), None) => Viewer::Township(app.towns().find(code)?.code),
            (None, Some(name)) => Viewer::District(district::find(app, name)?),
            (Some(_), Some(_)) => {
                let (zh, en) =
                    ("一把钥匙只能属于一个乡镇或一个片。", "A key is of one township or of one district.");
                return Err(Failure::invalid(zh, en));
            }
        };
        let days = self.days.unwrap_or(limits::KEY_DAYS);
        if !(1..=limits::KEY_DAYS_MAX).contains(&days) {
            let most = limits::KEY_DAYS_MAX;
            let (zh, en) = (format!("天数应为 1 至 {most}。"), format!("Days are 1 to {most}."));
            return Err(Failure::invalid(zh, en));
        }
        let only = self.only.as_deref().map(lone_door).transpose()?;
        let mut bytes = [0; SECRET_BYTES];
        app.clock.random(&mut bytes);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let secret = format!("{PREFIX}{hex}");
        let at = app.now();
        let not_after = at.saturating_add(i64::from(days) * Day::MS);
        let key = Key { digest: digest(&secret), scope, only, at, not_after, revoked_at: None };
        let key = app.keep_key(&name, |_| Ok(key))?;
        // Its name may be that of a person.
        tracing::info!(key.days = days, "key made");
        Ok(Issued { secret, line: app.key_line(&name, &key) })
    }
}

impl Ask for Revoke {
    type Answer = Line;

    fn answer(self, app: &App) -> Result<Line, Failure> {
        let name = self.name.trim();
        let key = app.keep_key(name, |key| {
            let key = key.cloned().ok_or_else(|| {
                let (zh, en) = (format!("没有叫“{name}”的钥匙。"), format!("There is no key \"{name}\"."));
                Failure::not_found(zh, en).advise("用 county-hub key list 查看。", "See county-hub key list.")
            })?;
            Ok(Key { revoked_at: key.revoked_at.or(Some(app.now())), ..key })
        })?;
        tracing::info!("key revoked");
        Ok(app.key_line(name, &key))
    }
}

impl Ask for List {
    type Answer = Vec<Line>;

    fn answer(self, app: &App) -> Result<Vec<Line>, Failure> {
        let keys = app.keys.read().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(keys.0.iter().map(|(name, key)| app.key_line(name, key)).collect())
    }
}

fn digest(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}

fn lone_door(name: &str) -> Result<Door, Failure> {
    Door::LONE.into_iter().find(|door| door.name() == name).ok_or_else(|| {
        Failure::invalid(
            format!("用途应为 calendar 或 metrics，不是“{name}”。"),
            format!("A key may be for calendar or metrics alone, not for \"{name}\"."),
        )
    })
}

fn checked_name(name: &str) -> Result<String, Failure> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > limits::KEY_NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let most = limits::KEY_NAME_CHARS_MAX;
        return Err(Failure::invalid(
            format!("钥匙的名称应为 1 至 {most} 个字。"),
            format!("The name of a key has 1 to {most} characters."),
        ));
    }
    Ok(name.to_owned())
}
