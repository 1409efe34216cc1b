//! Whether a caller sits at this machine.

use std::net::SocketAddr;

use http::{HeaderMap, header};

/// Whether the caller sits at this machine and speaks to this door itself.
pub fn straight(from: SocketAddr, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    from.ip().to_canonical().is_loopback()
        && matches!(name, "127.0.0.1" | "localhost" | "[::1]")
        && !forwarded.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_who_comes_straight_needs_no_key() {
        let with = |pairs: &[(&'static str, &'static str)]| {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (header::HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            pairs.iter().map(pair).collect::<HeaderMap>()
        };
        let here: SocketAddr = "127.0.0.1:5".parse().expect("an address");
        let there: SocketAddr = "10.0.0.5:5".parse().expect("an address");
        assert!(straight(here, &with(&[("host", "127.0.0.1:7480")])));
        assert!(straight("[::1]:5".parse().expect("an address"), &with(&[("host", "[::1]:7480")])));
        assert!(!straight(there, &with(&[("host", "127.0.0.1:7480")])));
        assert!(!straight(here, &with(&[("host", "rebound.example.org:7480")])));
        assert!(!straight(here, &with(&[("host", "localhost:7480"), ("x-forwarded-for", "10.0.0.9")])));
    }
}
