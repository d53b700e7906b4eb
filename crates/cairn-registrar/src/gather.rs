//! Outgoing HTTP, the only place: https, no private addresses, limits on size, time and redirects.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64_text::base64url;
use cairn_credential::Need;
use cairn_credential::gathered::{BroughtBy, Fetched, Got};
use cairn_store::Store;
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Response, StatusCode, Url};

use crate::refusal::Refusal;

mod base64_text;

/// One request, from looking up the name to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest body that is taken, in bytes.
const LARGEST: usize = 8 << 20;
/// Redirects that are followed.
const MOST_REDIRECTS: usize = 3;

/// Fetches what verification needs.
#[derive(Clone)]
pub struct Gatherer {
    reach: Reach,
    own: Option<Own>,
    client: Arc<OnceLock<Result<Client, String>>>,
}

#[derive(Clone)]
enum Reach {
    /// Nothing is fetched.
    Offline,
    /// Public addresses only.
    Public,
    /// Private addresses too, under this certificate authority (PEM).
    Private(Arc<Vec<u8>>),
}

/// The site's own addresses are answered from its store, without a network.
#[derive(Clone)]
struct Own {
    origin: String,
    store: Store,
}

impl Gatherer {
    /// Fetches nothing.
    pub fn offline() -> Gatherer {
        Gatherer::with(Reach::Offline)
    }

    /// Fetches from public addresses.
    pub fn online() -> Gatherer {
        Gatherer::with(Reach::Public)
    }

    /// Fetches from private addresses too and believes this certificate authority (PEM): for tests and closed
    /// networks.
    ///
    /// # Errors
    /// The PEM text holds no certificate.
    pub fn private(ca_pem: &[u8]) -> Result<Gatherer, Refusal> {
        reqwest::Certificate::from_pem(ca_pem)
            .map_err(|error| Refusal::new("ca-unreadable", format!("This holds no PEM certificate: {error}.")))?;
        Ok(Gatherer::with(Reach::Private(Arc::new(ca_pem.to_vec()))))
    }

    fn with(reach: Reach) -> Gatherer {
        Gatherer { reach, own: None, client: Arc::default() }
    }

    /// Answers addresses under `origin` (no slash at the end) from the store.
    pub fn with_own_origin(self, origin: &str, store: Store) -> Gatherer {
        Gatherer { own: Some(Own { origin: origin.trim_end_matches('/').into(), store }), ..self }
    }

    /// Whether nothing is fetched.
    pub fn is_offline(&self) -> bool {
        matches!(self.reach, Reach::Offline)
    }

    /// Fetches one needed thing; a failure is an answer too.
    pub async fn fetch(&self, need: &Need, at: Timestamp) -> Fetched {
        let got = match self.fetch_url(&need.url).await {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Got::Text(text),
                Err(error) => Got::Bytes(base64url(error.as_bytes())),
            },
            Err(refusal) => Got::Failed(refusal.says),
        };
        Fetched { got, at, by: BroughtBy::Checker }
    }

    /// Fetches one address.
    ///
    /// # Errors
    /// Offline; not https; a private address; unreachable, too slow, too large, or answered with an error.
    pub async fn fetch_url(&self, url: &str) -> Result<Vec<u8>, Refusal> {
        if let Some(answer) = self.own_answer(url).await {
            return answer;
        }
        if self.is_offline() {
            return Err(Refusal::new("offline", format!("{url} was not fetched: this check is offline.")));
        }
        match tokio::time::timeout(TIMEOUT, self.follow(url)).await {
            Ok(answer) => answer,
            Err(_) => {
                Err(Refusal::new("fetch-slow", format!("{url} did not answer within {} seconds.", TIMEOUT.as_secs())))
            }
        }
    }

    /// The site's own pages that verification may need.
    async fn own_answer(&self, url: &str) -> Option<Result<Vec<u8>, Refusal>> {
        let own = self.own.as_ref()?;
        let path = url.strip_prefix(&own.origin).filter(|path| path.starts_with('/'))?;
        let id = path.strip_prefix("/status/").unwrap_or_default();
        let answer = match own.store.find_status_list(id).await {
            Ok(Some(list)) => Ok(list.signed.into_bytes()),
            Ok(None) => Err(Refusal::new("fetch-missing", format!("This site has nothing at {path}."))),
            Err(_) => Err(Refusal::new("fetch-failed", format!("This site could not read {path} just now."))),
        };
        Some(answer)
    }

    async fn follow(&self, url: &str) -> Result<Vec<u8>, Refusal> {
        let client = self.client()?;
        let mut url = parse(url)?;
        for _ in 0..=MOST_REDIRECTS {
            self.allow(&url)?;
            let request = client.get(url.clone()).header("accept", "application/json, application/ld+json, */*;q=0.5");
            let response = request.send().await.map_err(|error| unreachable(&url, &error))?;
            if !response.status().is_redirection() {
                return body(&url, response).await;
            }
            let to = response.headers().get("location").and_then(|to| to.to_str().ok());
            let next = to.and_then(|to| url.join(to).ok());
            url = next.ok_or_else(|| Refusal::new("fetch-failed", format!("{url} redirects to nowhere.")))?;
        }
        Err(Refusal::new("fetch-redirects", format!("{url} redirects more than {MOST_REDIRECTS} times.")))
    }

    /// Refuses what must not be asked, before anything is sent. Names are looked at again when they are looked up.
    fn allow(&self, url: &Url) -> Result<(), Refusal> {
        if url.scheme() != "https" {
            return Err(Refusal::new("fetch-not-https", format!("{url} is not an https address.")));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::new("fetch-refused", "An address with a name or password in it is not fetched."));
        }
        let literal = match url.host() {
            Some(url::Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(url::Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(url::Host::Domain(_)) => None,
            None => return Err(Refusal::new("fetch-refused", format!("{url} names no host."))),
        };
        let private = literal.is_some_and(|ip| !is_public(ip));
        if private && !matches!(self.reach, Reach::Private(_)) {
            return Err(Refusal::new("fetch-private", format!("{url} is an address of a private network.")));
        }
        Ok(())
    }

    /// Built on first use: a check that fetches nothing does not pay for it.
    fn client(&self) -> Result<&Client, Refusal> {
        let client = self.client.get_or_init(|| build(&self.reach).map_err(|error| error.to_string()));
        client.as_ref().map_err(|says| Refusal::new("fetch-failed", format!("No secure connection can be made: {says}.")))
    }
}

fn parse(url: &str) -> Result<Url, Refusal> {
    Url::parse(url).map_err(|error| Refusal::new("url-malformed", format!("{url} is no address: {error}.")))
}

fn build(reach: &Reach) -> Result<Client, reqwest::Error> {
    // Several clients may be built in one process; the second installation finds the first, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("cairn/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .https_only(true)
        .connect_timeout(TIMEOUT)
        .timeout(TIMEOUT);
    match reach {
        Reach::Private(pem) => builder.tls_certs_only([reqwest::Certificate::from_pem(pem)?]).build(),
        Reach::Offline | Reach::Public => builder.dns_resolver(PublicOnly).build(),
    }
}

/// Reads a body piece by piece and stops at the limit.
async fn body(url: &Url, mut response: Response) -> Result<Vec<u8>, Refusal> {
    let status = response.status();
    if status == StatusCode::GONE || status == StatusCode::NOT_FOUND {
        return Err(Refusal::new("fetch-missing", format!("{url} answered {status}: there is nothing there.")));
    }
    if !status.is_success() {
        return Err(Refusal::new("fetch-failed", format!("{url} answered {status}.")));
    }
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| unreachable(url, &error))? {
        if bytes.len() + piece.len() > LARGEST {
            let says = format!("{url} is larger than {} MB.", LARGEST >> 20);
            return Err(Refusal::new("fetch-too-large", says));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn unreachable(url: &Url, error: &reqwest::Error) -> Refusal {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Refusal::new("fetch-failed", format!("{url} could not be fetched: {cause}."))
}

/// Looks names up and keeps public addresses only, so that no name leads into the own network.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(format!("{} has no public address", name.as_str()).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address lies in the public internet: not loopback, private, shared, link-local, multicast, reserved,
/// nor any of these in an IPv6 wrapping (RFC 6890 and its registries).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmarking = a == 198 && (b == 18 || b == 19);
    let protocol = a == 192 && b == 0 && c == 0;
    let relay = a == 192 && b == 88 && c == 99;
    !(a == 0
        || a >= 224
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || shared
        || benchmarking
        || protocol
        || relay)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match s {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, second, ..] if second < 0x200 => false,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] | [0x5f00, ..] => false,
        // Only 2000::/3 is handed out for global use.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        let private = [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
            "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.8", "203.0.113.5", "240.0.0.1", "::1",
            "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
            "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "2001::1", "100::1",
            "fec0::1",
        ];
        for ip in private {
            assert!(!is_public(ip.parse().unwrap()), "{ip} is private");
        }
        for ip in ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"] {
            assert!(is_public(ip.parse().unwrap()), "{ip} is public");
        }
    }

    #[tokio::test]
    async fn what_must_not_be_asked_is_refused_before_anything_is_sent() {
        let gatherer = Gatherer::online();
        for (url, code) in [
            ("http://example.org/", "fetch-not-https"),
            ("file:///etc/passwd", "fetch-not-https"),
            ("https://127.0.0.1/", "fetch-private"),
            ("https://[::1]/", "fetch-private"),
            ("https://2130706433/", "fetch-private"),
            ("https://0x7f.1/", "fetch-private"),
            ("https://169.254.169.254/latest/meta-data", "fetch-private"),
            ("https://me:secret@example.org/", "fetch-refused"),
            ("not an address", "url-malformed"),
        ] {
            assert_eq!(gatherer.fetch_url(url).await.unwrap_err().code, code, "{url}");
        }
        // A name that leads home is refused where it is looked up.
        let refusal = gatherer.fetch_url("https://localhost/").await.unwrap_err();
        assert!(refusal.says.contains("no public address"), "{}", refusal.says);
        assert_eq!(Gatherer::offline().fetch_url("https://example.org/").await.unwrap_err().code, "offline");
    }
}
