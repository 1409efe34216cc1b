//! Who asks: the key that a request shows. `Authorization: Bearer …` at every door; `?key=…` where the caller cannot set
//! headers, at the calendar and the metrics alone, for an address is written down in more places than a header.
//!
//! Metrics are open without a key to a caller on the hub's own machine who comes straight: not through a proxy, and not
//! by a name that a browser was led to.

use std::net::SocketAddr;

use http::{HeaderMap, header};
use shared::code::ErrorCode;
use shared::http::straight;
use shared::program::Failure;

use crate::app::App;
use crate::app::key::Door;
use crate::app::viewer::Viewer;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// Nobody in particular: for what is open to everybody.
    Anybody,
    Known(Viewer),
}

impl Caller {
    /// # Errors
    /// `Unauthenticated`.
    pub(super) fn viewer(self) -> Result<Viewer, Failure> {
        match self {
            Self::Known(viewer) => Ok(viewer),
            Self::Anybody => Err(needed()),
        }
    }
}

/// Name of the key in an address.
pub(super) const IN_QUERY: &str = "key";

/// Judges a request at a door; takes the key out of the query where it may stand there.
///
/// # Errors
/// `Unauthenticated`, `Forbidden`; `Invalid`: the key stands where it may not, or twice.
pub(super) fn caller(
    app: &App,
    door: Option<Door>,
    from: Option<SocketAddr>,
    headers: &HeaderMap,
    pairs: &mut Vec<(String, String)>,
) -> Result<Caller, Failure> {
    let Some(door) = door else { return Ok(Caller::Anybody) };
    let mut secrets: Vec<String> = Vec::new();
    pairs.retain(|(name, value)| {
        let key = name == IN_QUERY;
        if key {
            secrets.push(value.clone());
        }
        !key
    });
    if door == Door::Api && !secrets.is_empty() {
        let (zh, en) = (
            "钥匙不能写在地址里，请放在 Authorization 头中。",
            "A key does not belong in an address; send it in the header Authorization.",
        );
        return Err(Failure::invalid(zh, en));
    }
    for value in headers.get_all(header::AUTHORIZATION) {
        secrets.push(bearer(value.to_str().unwrap_or_default()).ok_or_else(needed)?.to_owned());
    }
    let viewer = match secrets.as_slice() {
        [] if door == Door::Metrics && from.is_some_and(|from| straight(from, headers)) => Viewer::County,
        [] => return Err(needed()),
        [secret] => app.unlock(secret, door)?,
        _ => return Err(Failure::invalid("只能给一把钥匙。", "One key is enough, and no more than one.")),
    };
    if door == Door::Metrics && viewer != Viewer::County {
        let (zh, en) = ("监控数据需要全县的钥匙。", "Metrics are for a key of the county.");
        return Err(Failure::new(ErrorCode::Forbidden, zh, en));
    }
    Ok(Caller::Known(viewer))
}

fn needed() -> Failure {
    Failure::new(ErrorCode::Unauthenticated, "需要访问钥匙。", "An access key is needed.").advise(
        "在县级枢纽上用 county-hub key add 新建，并用 Authorization: Bearer 发送。",
        "Make one with county-hub key add, and send it as Authorization: Bearer.",
    )
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, secret) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty()).then_some(secret.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_is_read_in_any_case() {
        assert_eq!(bearer("Bearer x"), Some("x"));
        assert_eq!(bearer("bearer  x "), Some("x"));
        for bad in ["", "x", "Basic x", "Bearer "] {
            assert_eq!(bearer(bad), None, "{bad}");
        }
    }
}
