//! Where an endpoint may be: on the public internet, and nowhere in the network of whoever runs the server.
//!
//! A caller names the URL and the server calls it, so without this a caller could have it call what only it can reach: the
//! machine's own services, the neighbours', the metadata of a cloud. A URL is looked at when it is registered, and again
//! before each attempt together with every address that its name stands for at that moment; what is connected to is
//! what was looked at.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// Longest URL.
const MAX_LENGTH: usize = 2048;

/// IPv4 addresses that are nobody's on the public internet, by IANA's registry of special purposes.
const PRIVATE_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8), // "This network": the machine itself, to many systems
    (Ipv4Addr::new(10, 0, 0, 0), 8), // private
    (Ipv4Addr::new(100, 64, 0, 0), 10), // shared by carriers (CGNAT)
    (Ipv4Addr::new(127, 0, 0, 0), 8), // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16), // link-local; clouds' metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12), // private
    (Ipv4Addr::new(192, 0, 0, 0), 24), // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24), // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24), // relays to IPv6, no more
    (Ipv4Addr::new(192, 168, 0, 0), 16), // private
    (Ipv4Addr::new(198, 18, 0, 0), 15), // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24), // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4), // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4), // reserved, broadcast
];

/// Of IPv6 only 2000::/3 is given out; these parts of it are not, or stand for IPv4 addresses in ways of their own.
const PRIVATE_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];
const GIVEN_OUT_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// IPv4 addresses as seen from a network that has IPv6 alone.
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Why a URL can be no endpoint's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It is no absolute URL, or has what none should have.
    #[error("an absolute URL of at most 2048 characters, without a user name or a fragment")]
    NotOne,
    /// It has no TLS.
    #[error("an https URL")]
    Scheme,
    /// Its host is no public one.
    #[error("a URL of a public host")]
    Private,
}

/// A name stands for an address that is no public one, or for none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no public address")]
pub struct Forbidden;

/// The URL, if an endpoint may have it. What a name stands for is not looked up here.
///
/// # Errors
/// [`UrlError`].
pub fn check_url(text: &str, allow_private: bool) -> Result<Url, UrlError> {
    // The parser would take blanks and line ends out in silence.
    let odd = |c: char| c.is_control() || c.is_whitespace();
    if text.len() > MAX_LENGTH || text.contains(odd) {
        return Err(UrlError::NotOne);
    }
    let url = Url::parse(text).map_err(|_| UrlError::NotOne)?;
    let named = !url.username().is_empty() || url.password().is_some();
    if named || url.fragment().is_some() {
        return Err(UrlError::NotOne);
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        _ => return Err(UrlError::Scheme),
    }
    let is_public = match url.host().ok_or(UrlError::NotOne)? {
        Host::Ipv4(address) => is_public(address.into()),
        Host::Ipv6(address) => is_public(address.into()),
        Host::Domain(name) => is_public_name(name),
    };
    if is_public || allow_private { Ok(url) } else { Err(UrlError::Private) }
}

/// All of a name's addresses, if each of them is a public one.
///
/// # Errors
/// [`Forbidden`]: one that isn't spoils the others, for which of them is used is not known.
pub fn only_public(addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Forbidden> {
    let public = !addresses.is_empty() && addresses.iter().all(|address| is_public(address.ip()));
    if public { Ok(addresses) } else { Err(Forbidden) }
}

fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    !matches!(last, "localhost" | "local" | "internal")
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !PRIVATE_V4.iter().any(|(net, bits)| within_v4(address, *net, *bits)),
        IpAddr::V6(address) => {
            if let Some(mapped) = address.to_ipv4_mapped() {
                return is_public(mapped.into());
            }
            if within_v6(address, NAT64.0, NAT64.1) {
                let [.., a, b, c, d] = address.octets();
                return is_public(Ipv4Addr::new(a, b, c, d).into());
            }
            within_v6(address, GIVEN_OUT_V6.0, GIVEN_OUT_V6.1)
                && !PRIVATE_V6.iter().any(|(net, bits)| within_v6(address, *net, *bits))
        }
    }
}

fn within_v4(address: Ipv4Addr, net: Ipv4Addr, bits: u32) -> bool {
    (address.to_bits() ^ net.to_bits()) >> (32 - bits) == 0
}

fn within_v6(address: Ipv6Addr, net: Ipv6Addr, bits: u32) -> bool {
    (address.to_bits() ^ net.to_bits()) >> (128 - bits) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_are_no_public_ones() {
        for host in [
            "127.0.0.1",
            "127.255.255.254",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "0",
            "0.0.0.0",
            "10.0.0.1",
            "10.255.255.255",
            "0xa.0.0.1",
            "167772161",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "0251.0376.0251.0376",
            "169.254.43518",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "１２７.0.0.1",
            "①②⑦.0.0.1",
            "127。0。0。1",
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "ｌocalhost",
            "printer.local",
            "vault.internal",
            "metadata.google.internal",
            "[::]",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:10.0.0.1]",
            "[::ffff:169.254.169.254]",
            "[0:0:0:0:0:ffff:a9fe:a9fe]",
            "[::127.0.0.1]",
            "[64:ff9b::127.0.0.1]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::1]",
            "[100::1]",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[2001::1]",
            "[2001:db8::1]",
            "[2002:7f00:1::]",
            "[3fff::1]",
        ] {
            assert_eq!(check_url(&format!("https://{host}/hook"), false), Err(UrlError::Private), "{host}");
        }
    }

    #[test]
    fn hosts_that_are_public() {
        for host in [
            "example.com",
            "hooks.example.com:8443",
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "134744072",
            "[2606:4700:4700::1111]",
            "[2001:4860:4860::8888]",
            "[64:ff9b::808:808]",
            "[::ffff:8.8.8.8]",
            "localhost.example.com",
            "notlocalhost",
            "xn--nxasmq6b.example",
        ] {
            assert!(check_url(&format!("https://{host}/hook"), false).is_ok(), "{host}");
        }
    }

    #[test]
    fn urls_that_are_none_for_an_endpoint() {
        let long = format!("https://example.com/{}", "x".repeat(2048));
        for (text, error) in [
            ("", UrlError::NotOne),
            ("example.com/hook", UrlError::NotOne),
            ("/hook", UrlError::NotOne),
            ("https://", UrlError::NotOne),
            ("https://user@example.com/", UrlError::NotOne),
            ("https://:secret@example.com/", UrlError::NotOne),
            ("https://example.com@127.0.0.1/", UrlError::NotOne),
            ("https://example.com/#part", UrlError::NotOne),
            ("https://example.com/a b", UrlError::NotOne),
            ("https://exam\tple.com/", UrlError::NotOne),
            ("https://example.com/\r\nx-injected: 1", UrlError::NotOne),
            ("https://1.2.3.4.5/", UrlError::NotOne),
            ("https://256.0.0.1/", UrlError::NotOne),
            ("https://[::1%25eth0]/", UrlError::NotOne),
            (&long, UrlError::NotOne),
            ("http://example.com/", UrlError::Scheme),
            ("ftp://example.com/", UrlError::Scheme),
            ("file:///etc/passwd", UrlError::Scheme),
            ("gopher://example.com/", UrlError::Scheme),
            ("javascript:alert(1)", UrlError::Scheme),
        ] {
            assert_eq!(check_url(text, false), Err(error), "{text}");
        }
    }

    #[test]
    fn what_is_private_may_be_allowed() {
        for url in ["http://127.0.0.1:8080/hook", "http://localhost/", "https://[::1]/", "https://10.0.0.1/"]
        {
            assert!(check_url(url, true).is_ok(), "{url}");
        }
        assert_eq!(check_url("ftp://127.0.0.1/", true), Err(UrlError::Scheme));
    }

    #[test]
    fn one_private_address_spoils_the_others() {
        let of = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let public = of(&["1.1.1.1:0", "[2606:4700:4700::1111]:0"]);
        assert_eq!(only_public(public.clone()), Ok(public));
        assert_eq!(only_public(of(&["1.1.1.1:0", "10.0.0.1:0"])), Err(Forbidden));
        assert_eq!(only_public(of(&["[::ffff:127.0.0.1]:0"])), Err(Forbidden));
        assert_eq!(only_public(Vec::new()), Err(Forbidden));
    }
}
