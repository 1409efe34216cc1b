//! Where a request comes from: this server's own pages, called by a name of its own.
//!
//! A page of somebody else's that the clerk has open must not be able to post here (forged requests), nor to read here by a
//! name that was led to this machine (rebinding). The `Host` must be an address, `localhost` or a name from the settings;
//! what changes something must come from a page of the same origin, as the browser says, and its form must hold the token
//! of the session.

use http::{HeaderMap, header};

use super::house::House;

/// Why a request is turned away before anything of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stranger {
    /// The name by which it was called is not ours.
    Host,
    /// It was sent by a page of somebody else's, or by something that is no browser.
    Origin,
}

/// Judges the name by which the pages were called.
///
/// # Errors
/// [`Stranger::Host`].
pub(super) fn host(house: &House, headers: &HeaderMap) -> Result<(), Stranger> {
    let host = one(headers, header::HOST).ok_or(Stranger::Host)?;
    let name = without_port(host);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>().is_ok();
    let named = name.eq_ignore_ascii_case("localhost")
        || house.names().iter().any(|own| own.eq_ignore_ascii_case(name));
    if address || named { Ok(()) } else { Err(Stranger::Host) }
}

/// Judges where something that changes things was sent from.
///
/// # Errors
/// [`Stranger::Origin`].
pub(super) fn origin(house: &House, headers: &HeaderMap) -> Result<(), Stranger> {
    let scheme = if house.is_own() { "http" } else { "https" };
    let host = one(headers, header::HOST).ok_or(Stranger::Origin)?;
    let own =
        |origin: &str| origin.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://")) == Some(host);
    match (one(headers, header::ORIGIN), headers.get("sec-fetch-site")) {
        (Some(origin), _) if !own(origin) => Err(Stranger::Origin),
        (_, Some(site)) if site != "same-origin" => Err(Stranger::Origin),
        (None, None) => Err(Stranger::Origin),
        _ => Ok(()),
    }
}

/// The one value of a header; none where it is missing, twice, or not plain.
fn one(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if !name.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') =>
        {
            name
        }
        _ => host,
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::HeaderValue;
    use shared::program::{Layers, ManualClock};

    use super::*;
    use crate::config::Config;
    use crate::host::Host;

    fn house() -> House {
        let folder = tempfile::tempdir().unwrap();
        let layers = Layers { flags: vec![("web.names", "rendaban.lan".to_owned())], ..Layers::default() };
        let config = Config::load(folder.path(), layers.clone()).unwrap();
        let host = Host::new(folder.path(), layers, Arc::new(ManualClock::new(0, 1)));
        House::new(host, &config, "127.0.0.1:7070".parse().unwrap(), Arc::new(|| 0))
    }

    fn with(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (header::HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let mut map = HeaderMap::new();
        pairs.iter().map(pair).for_each(|(name, value)| {
            map.append(name, value);
        });
        map
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let house = house();
        for good in
            ["127.0.0.1:7070", "localhost:7070", "LOCALHOST", "[::1]:7070", "10.0.0.5", "rendaban.lan:7070"]
        {
            assert_eq!(host(&house, &with(&[("host", good)])), Ok(()), "{good}");
        }
        for bad in [
            "evil.example",
            "127.0.0.1.evil.example:7070",
            "localhost.evil.example",
            "",
            ":7070",
            "rendaban.lan.x",
        ] {
            assert_eq!(host(&house, &with(&[("host", bad)])), Err(Stranger::Host), "{bad}");
        }
        assert_eq!(host(&house, &with(&[])), Err(Stranger::Host));
        assert_eq!(
            host(&house, &with(&[("host", "localhost"), ("host", "evil.example")])),
            Err(Stranger::Host)
        );
    }

    #[test]
    fn only_our_own_pages_change_things() {
        let house = house();
        let ours = ("host", "127.0.0.1:7070");
        for good in [
            vec![ours, ("origin", "http://127.0.0.1:7070")],
            vec![ours, ("sec-fetch-site", "same-origin")],
            vec![ours, ("origin", "http://127.0.0.1:7070"), ("sec-fetch-site", "same-origin")],
        ] {
            assert_eq!(origin(&house, &with(&good)), Ok(()), "{good:?}");
        }
        for bad in [
            vec![ours],
            vec![ours, ("origin", "null")],
            vec![ours, ("origin", "null"), ("sec-fetch-site", "cross-site")],
            vec![ours, ("origin", "http://127.0.0.1:7071")],
            vec![ours, ("origin", "https://127.0.0.1:7070")],
            vec![ours, ("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")],
            vec![ours, ("sec-fetch-site", "same-site")],
            vec![ours, ("sec-fetch-site", "none")],
            vec![ours, ("origin", "http://127.0.0.1:7070"), ("origin", "http://evil.example")],
        ] {
            assert_eq!(origin(&house, &with(&bad)), Err(Stranger::Origin), "{bad:?}");
        }
    }
}
