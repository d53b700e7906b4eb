//! Which addresses may be fetched from: nothing on this machine or in a private network, whatever it is called.
//!
//! Names are resolved here and the connection goes to the addresses that were looked at, so that a name cannot answer
//! differently the second time.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// An address that may be fetched. `open`: on private networks too; `plain`: by `http:` too.
pub(super) fn checked(url: &str, open: bool, plain: bool) -> Result<Url, String> {
    if url.len() > 2048 {
        return Err("The address is longer than 2048 characters.".into());
    }
    let url = Url::parse(url).map_err(|error| format!("It is no address that can be read: {error}."))?;
    if url.scheme() != "https" && !(plain && url.scheme() == "http") {
        return Err("Only https: addresses are fetched.".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("An address with a user name or password in it is not fetched.".into());
    }
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    if open {
        return Ok(url);
    }
    let literal: Option<IpAddr> = bare.parse().ok();
    let local = ["localhost", "local", "internal", "home.arpa"]
        .iter()
        .any(|name| bare.eq_ignore_ascii_case(name) || bare.to_ascii_lowercase().ends_with(&format!(".{name}")));
    if local || literal.is_some_and(|address| !is_public(address)) {
        return Err(PRIVATE.into());
    }
    Ok(url)
}

const PRIVATE: &str = "It lies on this machine or in a private network, and such addresses are not fetched.";

/// Resolves names and drops what is not public.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guarded;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found.into_iter().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(PRIVATE.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is reachable for everybody (IANA special-purpose registries for IPv4 and IPv6).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, ..) // this network, private, loopback
            | (100, 64..=127, _) // carrier-grade NAT
            | (169, 254, _) // link-local, where clouds keep their metadata
            | (172, 16..=31, _) // private
            | (192, 0, 0 | 2) // protocol assignments, documentation
            | (192, 31, 196) | (192, 52, 193) | (192, 88, 99) | (192, 175, 48) // AS112, AMT, 6to4 relays
            | (192, 168, _) // private
            | (198, 18 | 19, _) // benchmarks
            | (198, 51, 100) | (203, 0, 113) // documentation
            | (224..=255, ..) // multicast, reserved, broadcast
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        (0, 0) => (c, d, e, f) == (0, 0, 0, 0xffff) && inner(g, h), // mapped; loopback, unspecified and compatible are not
        (0x64, 0xff9b) => (c, d, e, f) == (0, 0, 0, 0) && inner(g, h), // NAT64; its local form is private
        (0x2001, 0..=0x1ff) => false, // Teredo, benchmarks, ORCHID and other protocol assignments
        (0x2001, 0xdb8) | (0x3fff, 0..=0xfff) => false, // documentation
        (0x2002, _) => inner(b, c),   // 6to4
        (0x2000..=0x3fff, _) => true, // all that is given out for everybody
        _ => false,                   // unique local, link-local, site-local, multicast, discard-only, the rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_everybody_can_reach_is_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "2001:4860:4860::8888",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "127.0.0.1",
            "127.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "5f00::1",
            "4000::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_for_this_machine_is_not_resolved() {
        let name: Name = "localhost".parse().unwrap();
        let Err(error) = Guarded.resolve(name).await else { panic!("localhost was let through") };
        assert_eq!(error.to_string(), PRIVATE);
    }
}
