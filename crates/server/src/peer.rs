//! Who is at the other end, and by which name it calls us.
//!
//! What a request says of itself is believed from proxies that were named at the start and from nobody else. And a
//! program on this computer may be a browser with a hostile page in it: a page whose own name was made to point here
//! ("DNS rebinding") counts as ours to that browser, which then lets it read our answers. Its requests still carry its
//! name as their `Host`, so on loopback none but known names are answered.

use crate::error::ApiError;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The other end of the connection that a request came by.
#[derive(Clone, Copy, Debug)]
pub struct Remote(pub SocketAddr);

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address that the request came from, as far as can be known.
    pub address: IpAddr,
    /// Whether it came from this computer, and through no proxy that we were told of.
    pub is_here: bool,
    /// Whether a proxy that we were told of says that it took it over TLS.
    pub took_tls: bool,
}

/// Whom we were told of at the start.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpNet>,
    /// Names by which programs on this computer may call us, beside `localhost` and addresses.
    pub hosts: Vec<String>,
}

impl Neighbours {
    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(&address.to_canonical()))
    }

    /// Of a chain of proxies each adds whom it heard; so the last that is no proxy of ours is who asks. All before it may
    /// be made up.
    fn who(&self, remote: IpAddr, headers: &HeaderMap) -> Peer {
        let remote = remote.to_canonical();
        if !self.is_proxy(remote) {
            return Peer { address: remote, is_here: remote.is_loopback(), took_tls: false };
        }
        let mut address = remote;
        let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        for part in values.collect::<Vec<_>>().join(",").rsplit(',') {
            let Some(before) = address_in(part.trim()) else { break };
            address = before;
            if !self.is_proxy(before) {
                break;
            }
        }
        let proto = headers.get(FORWARDED_PROTO).and_then(|value| value.to_str().ok());
        Peer { address, is_here: false, took_tls: proto.is_some_and(began_with_tls) }
    }

    /// An address can't be made to point elsewhere, so it is as good as a name of ours. Who names no host is no browser.
    fn may_call_us(&self, host: Option<&str>) -> bool {
        let Some(host) = host else { return true };
        let Ok(authority) = host.parse::<Authority>() else { return false };
        let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok()
            || name == "localhost"
            || name.ends_with(".localhost")
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(&name))
    }
}

/// Of a chain of proxies the first stands where the client's connection ends.
fn began_with_tls(proto: &str) -> bool {
    proto.split(',').next().is_some_and(|first| first.trim().eq_ignore_ascii_case("https"))
}

/// An address as proxies write it: bare, or with a port.
fn address_in(text: &str) -> Option<IpAddr> {
    let bare = text.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    bare.map(|address: IpAddr| address.to_canonical())
}

/// Finds out who asks.
///
/// # Errors
/// [`ApiError::Host`] for who calls us by a strange name.
pub fn meet(neighbours: &Neighbours, request: &Request) -> Result<Peer, ApiError> {
    let remote = request.extensions().get().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Remote(at)| at.ip());
    let peer = neighbours.who(remote, request.headers());
    let in_line = request.uri().authority().map(Authority::as_str);
    let host = in_line.or_else(|| Some(request.headers().get(HOST)?.to_str().unwrap_or("?")));
    if peer.is_here && !neighbours.may_call_us(host) {
        return Err(ApiError::Host);
    }
    Ok(peer)
}

/// The network of an address, as whoever has one IPv6 address has a whole one: its first `ipv6_bits`. Of IPv4 the address.
#[must_use]
pub fn network_of(address: IpAddr, ipv6_bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - ipv6_bits).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

/// Who asks, of a request that [`meet`] has met.
#[must_use]
pub fn peer_of(extensions: &Extensions) -> Peer {
    let nobody = Peer { address: Ipv4Addr::UNSPECIFIED.into(), is_here: false, took_tls: false };
    extensions.get().copied().unwrap_or(nobody)
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(peer_of(&parts.extensions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbours() -> Neighbours {
        let proxies = ["10.0.0.0/8", "127.0.0.2/32", "2001:db8::/32"].map(|network| network.parse().unwrap());
        Neighbours { proxies: proxies.to_vec(), hosts: vec!["tasks.example".to_owned()] }
    }

    fn who(remote: &str, forwarded: &[&str]) -> (String, bool) {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let peer = neighbours().who(remote.parse().unwrap(), &headers);
        (peer.address.to_string(), peer.is_here)
    }

    #[test]
    fn networks() {
        for (address, bits, network) in [
            ("2001:db8:1:2:3:4:5:6", 64, "2001:db8:1:2::"),
            ("2001:db8:1:2:3:4:5:6", 48, "2001:db8:1::"),
            ("192.0.2.7", 48, "192.0.2.7"),
            ("::ffff:192.0.2.7", 48, "192.0.2.7"),
        ] {
            let ip = |text: &str| text.parse::<IpAddr>().unwrap();
            assert_eq!(network_of(ip(address), bits), ip(network));
        }
    }

    #[test]
    fn only_named_proxies_are_believed() {
        for (remote, forwarded, address, is_here) in [
            ("127.0.0.1", &[][..], "127.0.0.1", true),
            ("::ffff:127.0.0.1", &[], "127.0.0.1", true),
            ("::1", &[], "::1", true),
            ("192.0.2.7", &["127.0.0.1"], "192.0.2.7", false),
            ("127.0.0.1", &["192.0.2.7"], "127.0.0.1", true),
            ("10.1.2.3", &["192.0.2.7"], "192.0.2.7", false),
            ("::ffff:10.1.2.3", &["192.0.2.7:4711"], "192.0.2.7", false),
            ("2001:db8::9", &["[2001:dead::1]:80"], "2001:dead::1", false),
            // Whatever the client made up stands before what our proxies heard.
            ("10.1.2.3", &["127.0.0.1, 192.0.2.7, 10.9.9.9"], "192.0.2.7", false),
            ("10.1.2.3", &["127.0.0.1", "192.0.2.7", "10.9.9.9"], "192.0.2.7", false),
            ("10.1.2.3", &["192.0.2.7, unknown"], "10.1.2.3", false),
            ("127.0.0.2", &[], "127.0.0.2", false),
            ("127.0.0.2", &["127.0.0.1"], "127.0.0.1", false),
        ] {
            assert_eq!(who(remote, forwarded), (address.to_owned(), is_here), "{remote} {forwarded:?}");
        }
    }

    #[test]
    fn tls_is_taken_from_the_word_of_a_named_proxy_alone() {
        for (remote, proto, expected) in [
            ("10.1.2.3", Some("https"), true),
            ("10.1.2.3", Some(" HTTPS, http"), true),
            ("10.1.2.3", Some("http, https"), false),
            ("10.1.2.3", Some("http"), false),
            ("10.1.2.3", None, false),
            ("192.0.2.7", Some("https"), false),
            ("127.0.0.1", Some("https"), false),
        ] {
            let mut headers = HeaderMap::new();
            proto.map(|proto| headers.insert(FORWARDED_PROTO, proto.parse().unwrap()));
            let peer = neighbours().who(remote.parse().unwrap(), &headers);
            assert_eq!(peer.took_tls, expected, "{remote} {proto:?}");
        }
    }

    #[test]
    fn a_name_that_was_made_to_point_here_is_none_of_ours() {
        let ours = neighbours();
        for host in [
            "localhost",
            "LOCALHOST:8787",
            "a.localhost.",
            "127.0.0.1:8787",
            "[::1]:1",
            "192.0.2.7",
            "Tasks.example:443",
        ] {
            assert!(ours.may_call_us(Some(host)), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8787",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "",
            "?",
            "a b",
            "127.0.0.1@evil.example",
        ] {
            assert!(!ours.may_call_us(Some(host)), "{host}");
        }
        assert!(ours.may_call_us(None));
    }
}
