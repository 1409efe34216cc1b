//! A route: where it is, who may ask, what may be said in the address, what comes back. One table of these is the door:
//! requests are led by it, and the description is written from it.

use serde::Serialize;
use serde_json::Value as Json;
use shared::program::Failure;

use super::key::Caller;
use super::query::{Param, Query};
use super::schema::{Defs, Described};
use crate::app::App;
use crate::app::key::Door;

pub(super) const JSON: &str = "application/json";

/// One route. Every route is read with GET or HEAD.
pub(super) struct Route {
    /// Name of the operation, and in counts.
    pub(super) id: &'static str,
    /// With `{name}` for what stands in the path.
    pub(super) path: &'static str,
    /// Which keys open it; `None`: it is open to everybody.
    pub(super) door: Option<Door>,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    pub(super) params: &'static [Param],
    pub(super) gives: Gives,
    pub(super) keeping: Keeping,
    /// Whether something that is asked for by name may not be there.
    pub(super) missing: bool,
    pub(super) answer: fn(&Asked<'_>) -> Result<Reply, Failure>,
}

/// What a route gives.
#[derive(Clone, Copy)]
pub(super) enum Gives {
    /// JSON of this schema.
    Json(fn(&mut Defs) -> Json),
    /// A document of this media type, with parameters.
    Document(&'static str),
}

impl Gives {
    pub(super) const fn json<T: Described>() -> Self {
        Self::Json(T::schema)
    }

    /// The media type without its parameters.
    pub(super) fn media(self) -> &'static str {
        match self {
            Self::Json(_) => JSON,
            Self::Document(media) => media.split(';').next().unwrap_or(media),
        }
    }
}

/// Whether the caller may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeping {
    /// No: it says how things stand at this moment.
    No,
    /// He may ask whether it is still the same (ETag).
    Tagged,
}

/// A request that has passed the door.
pub(super) struct Asked<'a> {
    pub(super) app: &'a App,
    pub(super) caller: Caller,
    pub(super) query: &'a Query,
}

/// An answer.
pub(super) struct Reply {
    pub(super) media: &'static str,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn json<T: Serialize>(answer: &T) -> Result<Self, Failure> {
        Ok(Self { media: JSON, body: serde_json::to_vec(answer).map_err(Failure::internal)? })
    }
}
