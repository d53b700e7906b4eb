//! The only way out to the network: `https:` only, no private addresses, limits on time, size and redirects.
//!
//! The site's own addresses never leave the machine: they are answered from its store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_credential::bundle;
use cairn_credential::gathered::{BroughtBy, Fetched, Got, Need, NeedKind};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Certificate, Client, header};
use tokio::task::JoinSet;

use crate::checking::size;
use crate::issuing::Desk;
use crate::outside::Outside;
use crate::refusal::Refusal;
use crate::sharing;

mod addresses;

use addresses::Guarded;
pub use addresses::is_public;

/// Fetches documents. Cheap to clone; clones share cache and connections.
#[derive(Debug, Clone)]
pub struct Gatherer {
    reach: Reach,
    outside: Outside,
    own: Option<Arc<Own>>,
    shared: Arc<Shared>,
}

/// How far it reaches.
#[derive(Debug, Clone)]
enum Reach {
    /// Nothing is fetched.
    Nowhere,
    /// Public addresses.
    World,
    /// Private addresses too, and one more certificate authority is believed.
    Private(Vec<Certificate>),
    /// Private addresses too, and by `http:`.
    Closed,
}

/// The site itself.
#[derive(Debug)]
struct Own {
    origin: String,
    desk: Desk,
}

#[derive(Debug, Default)]
struct Shared {
    client: OnceLock<Result<Client, String>>,
    cache: Mutex<Cache>,
}

/// A request that is more than a fetch: what a protocol sends.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Where to.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// What is posted; a GET without.
    pub body: Option<Vec<u8>>,
}

/// What came back, whatever its status.
#[derive(Debug, Clone)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// Its `Content-Type`; empty when it says none.
    pub media_type: String,
    /// At most [`MOST_BYTES`].
    pub body: Vec<u8>,
}

/// Documents fetched lately.
#[derive(Debug, Default)]
struct Cache {
    by_url: HashMap<String, Fetched>,
    bytes: usize,
}

impl Cache {
    /// Keeps a document; what is too old goes, then the oldest until there is room.
    fn keep(&mut self, url: &str, document: &Fetched, now: Timestamp) {
        if size(document) > MOST_BYTES_KEPT {
            return;
        }
        self.by_url.retain(|kept, old| kept != url && fresh(old, now));
        self.bytes = self.by_url.values().map(size).sum();
        while self.by_url.len() >= MOST_KEPT || self.bytes + size(document) > MOST_BYTES_KEPT {
            let oldest = self.by_url.iter().min_by_key(|(_, old)| old.at).map(|(kept, _)| kept.clone());
            let Some(gone) = oldest.and_then(|oldest| self.by_url.remove(&oldest)) else { break };
            self.bytes -= size(&gone);
        }
        self.bytes += size(document);
        self.by_url.insert(url.to_owned(), document.clone());
    }
}

fn fresh(kept: &Fetched, now: Timestamp) -> bool {
    let limit = if matches!(kept.got, Got::Failed(_)) { FAILURE_KEPT_FOR } else { KEPT_FOR };
    now.duration_since(kept.at) < limit
}

/// One request, from connecting to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// All requests of one round together.
const PATIENCE_FOR_ALL: Duration = Duration::from_secs(30);
/// Largest document read.
const MOST_BYTES: usize = 8 << 20;
const MOST_REDIRECTS: usize = 3;
/// Requests at a time.
const AT_ONCE: usize = 8;
/// Documents kept, and for how long: much less than the age at which a status is too old.
const MOST_KEPT: usize = 512;
const MOST_BYTES_KEPT: usize = 64 << 20;
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(5);
/// Failures are tried again sooner.
const FAILURE_KEPT_FOR: SignedDuration = SignedDuration::from_secs(20);

impl Gatherer {
    /// Fetches nothing.
    pub fn offline() -> Gatherer {
        Gatherer::new(Reach::Nowhere)
    }

    /// Fetches from public addresses.
    pub fn online() -> Gatherer {
        Gatherer::new(Reach::World)
    }

    /// For tests and closed networks: fetches from private addresses too and believes the certificate authorities in
    /// `pem` besides the system's. Never to be used for addresses that strangers give.
    pub fn private(pem: &[u8]) -> Result<Gatherer, Refusal> {
        let certificates = Certificate::from_pem_bundle(pem).unwrap_or_default();
        if certificates.is_empty() {
            let says = "There is no certificate in PEM form (-----BEGIN CERTIFICATE-----) in it.";
            return Err(Refusal::new("ca-unreadable", says));
        }
        Ok(Gatherer::new(Reach::Private(certificates)))
    }

    /// For closed networks: private addresses too, and `http:`. Never to be used for addresses that strangers give.
    pub fn closed_network() -> Gatherer {
        Gatherer::new(Reach::Closed)
    }

    /// Answers addresses below `origin` (such as `http://127.0.0.1:8080`) from the desk's store, `http:` too.
    pub fn with_own_origin(mut self, origin: &str, desk: Desk) -> Gatherer {
        self.outside = desk.outside.clone();
        self.own = Some(Arc::new(Own { origin: origin.trim_end_matches('/').to_owned(), desk }));
        self
    }

    /// Whether nothing is fetched from elsewhere.
    pub fn is_offline(&self) -> bool {
        matches!(self.reach, Reach::Nowhere)
    }

    /// The site's own origin, where it has one.
    pub fn own_origin(&self) -> Option<&str> {
        self.own.as_ref().map(|own| own.origin.as_str())
    }

    /// Whether an address is answered from the store.
    pub fn is_own(&self, url: &str) -> bool {
        self.own_path(url).is_some()
    }

    /// Its clock.
    pub fn now(&self) -> Timestamp {
        self.outside.now()
    }

    /// The document at an address that a person gave: a credential, a share.
    pub async fn fetch_url(&self, url: &str) -> Result<Vec<u8>, Refusal> {
        let not_fetched = |says| Refusal::new("not-fetched", says);
        match self.fetch(url.trim().to_owned(), false).await.1.got {
            Got::Text(text) => Ok(text.into_bytes()),
            Got::Bytes(encoded) => URL_SAFE_NO_PAD
                .decode(encoded)
                .map_err(|_| not_fetched("What was fetched could not be kept whole. Try again.".to_owned())),
            Got::Failed(says) => Err(not_fetched(format!("{} was not fetched. {says}", shown(url)))),
        }
    }

    /// Fetches documents, several at a time, within one limit of time and one of bytes for all. One that failed says
    /// why.
    pub async fn fetch_all(&self, needs: Vec<Need>, bytes: usize) -> Vec<(String, Fetched)> {
        let end = tokio::time::Instant::now() + PATIENCE_FOR_ALL;
        let mut waiting = needs.into_iter();
        let mut running = JoinSet::new();
        let mut all = Vec::new();
        let mut room = bytes;
        loop {
            while running.len() < AT_ONCE
                && let Some(need) = waiting.next()
            {
                let this = self.clone();
                let none_left = room == 0;
                running.spawn(async move {
                    if none_left {
                        let failure = this.failure(TOO_MUCH_TOGETHER.into());
                        return (need.url, failure);
                    }
                    let late = || (need.url.clone(), this.failure("There was no time left to fetch it.".into()));
                    // Evidence can be anything, large too, and is seldom asked for twice.
                    let keep = need.kind != NeedKind::Evidence;
                    let fetch = this.fetch(need.url.clone(), keep);
                    tokio::time::timeout_at(end, fetch).await.unwrap_or_else(|_| late())
                });
            }
            match running.join_next().await {
                Some(Ok((url, document))) => {
                    let size = size(&document);
                    let fits = size <= room;
                    room = if fits { room - size } else { 0 };
                    all.push((url, if fits { document } else { self.failure(TOO_MUCH_TOGETHER.into()) }));
                }
                Some(Err(error)) => tracing::error!("A fetch broke off: {error}"),
                None => return all,
            }
        }
    }

    /// Sends a protocol's request within the same limits. Nothing is kept and no redirect followed.
    pub async fn ask(&self, asked: Asked) -> Result<Answered, Refusal> {
        let answered = self.ask_network(&asked).await;
        answered.map_err(|says| Refusal::new("not-fetched", format!("{} did not answer. {says}", shown(&asked.url))))
    }

    async fn ask_network(&self, asked: &Asked) -> Result<Answered, String> {
        let url = addresses::checked(&asked.url, self.open()?, matches!(self.reach, Reach::Closed))?;
        let mut request = match &asked.body {
            Some(body) => self.client()?.post(url).body(body.clone()),
            None => self.client()?.get(url),
        };
        for (name, value) in &asked.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(|error| why(&error))?;
        let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let media_type = media_type.unwrap_or_default().to_owned();
        let status = response.status().as_u16();
        Ok(Answered { status, media_type, body: whole(response).await? })
    }

    /// Whether private addresses are fetched from; an error when nothing is fetched at all.
    fn open(&self) -> Result<bool, String> {
        match &self.reach {
            Reach::Nowhere => Err("Nothing is fetched offline.".into()),
            Reach::World => Ok(false),
            Reach::Private(_) | Reach::Closed => Ok(true),
        }
    }

    async fn fetch(&self, url: String, keep: bool) -> (String, Fetched) {
        if let Some((desk, path)) = self.own_path(&url) {
            let got = own_document(desk, path).await;
            return (url, Fetched { got, at: self.now(), by: BroughtBy::Checker });
        }
        if let Some(kept) = self.kept(&url) {
            return (url, kept);
        }
        let fetched = match self.fetch_from_network(&url).await {
            Ok(got) => Fetched { got, at: self.now(), by: BroughtBy::Checker },
            Err(says) => {
                tracing::debug!(url = shown(&url), "Not fetched: {says}");
                self.failure(says)
            }
        };
        if keep && !self.is_offline() {
            self.shared.cache.lock().unwrap_or_else(PoisonError::into_inner).keep(&url, &fetched, self.now());
        }
        (url, fetched)
    }

    async fn fetch_from_network(&self, url: &str) -> Result<Got, String> {
        let open = self.open()?;
        let plain = matches!(self.reach, Reach::Closed);
        let mut url = addresses::checked(url, open, plain)?;
        for _ in 0..=MOST_REDIRECTS {
            let request = self.client()?.get(url.clone()).header(header::ACCEPT, ACCEPT);
            let response = request.send().await.map_err(|error| why(&error))?;
            let status = response.status();
            if status.is_redirection() {
                let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
                let to = to.and_then(|to| url.join(to).ok()).ok_or("It redirects to nowhere.")?;
                url = addresses::checked(to.as_str(), open, plain)
                    .map_err(|says| format!("It redirects elsewhere. {says}"))?;
                continue;
            }
            if !status.is_success() {
                return Err(format!("The server answered {status}."));
            }
            return Ok(match String::from_utf8(whole(response).await?) {
                Ok(text) => Got::Text(text),
                Err(error) => Got::Bytes(URL_SAFE_NO_PAD.encode(error.as_bytes())),
            });
        }
        Err(format!("It redirects more than {MOST_REDIRECTS} times."))
    }

    /// Made when first needed: reading the system's certificates takes longer than verifying a badge.
    fn client(&self) -> Result<&Client, String> {
        let made = self.shared.client.get_or_init(|| {
            // another one may be installed already; any will do
            let _ = rustls::crypto::ring::default_provider().install_default();
            let builder = Client::builder()
                .user_agent(concat!("cairn/", env!("CARGO_PKG_VERSION")))
                .https_only(!matches!(self.reach, Reach::Closed))
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(PATIENCE / 2)
                .timeout(PATIENCE);
            let builder = match &self.reach {
                Reach::Private(certificates) => builder.tls_certs_merge(certificates.clone()),
                Reach::Closed => builder,
                Reach::Nowhere | Reach::World => builder.dns_resolver(Guarded),
            };
            builder.build().map_err(|error| why(&error))
        });
        made.as_ref().map_err(|says| format!("No connection can be made from here. {says}"))
    }

    fn own_path<'a>(&'a self, url: &'a str) -> Option<(&'a Desk, &'a str)> {
        let own = self.own.as_deref()?;
        let path = url.strip_prefix(&own.origin)?.strip_prefix('/')?;
        Some((&own.desk, path))
    }

    fn failure(&self, says: String) -> Fetched {
        Fetched { got: Got::Failed(says), at: self.now(), by: BroughtBy::Checker }
    }

    fn kept(&self, url: &str) -> Option<Fetched> {
        let cache = self.shared.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = cache.by_url.get(url)?;
        fresh(kept, self.now()).then(|| kept.clone())
    }

    fn new(reach: Reach) -> Gatherer {
        Gatherer { reach, outside: Outside::system(), own: None, shared: Arc::default() }
    }
}

const TOO_MUCH_TOGETHER: &str = "All documents for one question were too large together, so it was not taken.";
const ACCEPT: &str = "application/json, application/ld+json;q=0.9, application/did+json;q=0.9, */*;q=0.5";

/// A body, within the limit.
async fn whole(mut response: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(format!("It is larger than {} MB.", MOST_BYTES >> 20));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What the site itself serves at a path: a status list (`status/<id>`), an issuer's keys (`issuers/<slug>/did.json`), a
/// share (`s/<token>`).
async fn own_document(desk: &Desk, path: &str) -> Got {
    let found = match path.split_once('/') {
        Some(("status", id)) => desk.status_list(id).await,
        Some(("s", token)) => {
            let token = token.split('/').next().unwrap_or_default();
            let found = sharing::find_share(&desk.store, &desk.outside, token).await;
            found.map(|found| found.map(|share| bundle::write(&share.bundle)))
        }
        Some(("issuers", rest)) => match rest.strip_suffix("/did.json") {
            Some(slug) => desk.did_document(slug).await,
            None => Ok(None),
        },
        Some(("samples", _)) => {
            let says = "The sample badges of this site are files: download this one and give the file itself.";
            return Got::Failed(says.into());
        }
        _ => Ok(None),
    };
    match found {
        Ok(Some(text)) => Got::Text(text),
        Ok(None) => Got::Failed("This site has nothing at that address, or has it no longer.".into()),
        Err(trouble) => {
            tracing::error!("An own document could not be had: {trouble}");
            Got::Failed("This site could not look it up just now.".into())
        }
    }
}

/// The first cause in a person's words.
fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("There was no answer within {} seconds.", PATIENCE.as_secs());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let what = if error.is_connect() { "No connection could be made" } else { "It could not be read" };
    format!("{what}: {}.", cause.to_string().trim_end_matches('.'))
}

/// A foreign address for a sentence: nothing hidden in it, and not endless.
fn shown(url: &str) -> String {
    url.escape_debug().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_may_not_be_fetched_says_why() {
        let gatherer = Gatherer::online();
        for (url, part) in [
            ("http://example.org/", "https"),
            ("https://127.0.0.1/", "private"),
            ("https://localhost/", "private"),
            ("https://[::1]:8443/x", "private"),
            ("https://2130706433/", "private"),
            ("https://0x7f.1/", "private"),
            ("https://user:pass@example.org/", "password"),
            ("file:///etc/passwd", "https"),
            ("not an address", "no address"),
        ] {
            let refusal = gatherer.fetch_url(url).await.unwrap_err();
            assert!(refusal.says.contains(part), "{url}: {}", refusal.says);
        }
        assert!(Gatherer::offline().fetch_url("https://example.org/").await.unwrap_err().says.contains("offline"));
        assert!(Gatherer::private(b"nothing").is_err());
    }

    #[test]
    fn the_cache_has_a_limit_of_bytes_and_drops_what_is_old() {
        let at = |minute: i64| Timestamp::from_second(1_790_000_000 + minute * 60).unwrap();
        let document = |minute, megabytes: usize| Fetched {
            got: Got::Text("x".repeat(megabytes << 20)),
            at: at(minute),
            by: BroughtBy::Checker,
        };
        let mut cache = Cache::default();
        cache.keep("a", &document(0, 30), at(0));
        cache.keep("b", &document(1, 30), at(1));
        cache.keep("c", &document(2, 30), at(2));
        assert!(!cache.by_url.contains_key("a") && cache.by_url.contains_key("b"), "the oldest made room");
        assert_eq!(cache.bytes, 60 << 20);
        cache.keep("c", &document(3, 1), at(3));
        assert_eq!(cache.bytes, 31 << 20, "the same address counts once");
        cache.keep("d", &document(7, 1), at(7));
        assert!(!cache.by_url.contains_key("b") && cache.by_url.contains_key("c"), "b is older than is kept");
        cache.keep("e", &document(7, 65), at(7));
        assert!(!cache.by_url.contains_key("e"));
    }

    #[tokio::test]
    async fn documents_are_fetched_within_a_limit_of_bytes() {
        let gatherer = Gatherer::online();
        let body = Fetched { got: Got::Text("x".repeat(60)), at: gatherer.now(), by: BroughtBy::Checker };
        let need = |n: usize| Need { url: format!("https://a.example/{n}"), kind: NeedKind::StatusList };
        for n in 0..20 {
            gatherer.shared.cache.lock().unwrap().keep(&need(n).url, &body, gatherer.now());
        }
        let all = gatherer.fetch_all((0..20).map(need).collect(), 150).await;
        assert_eq!(all.len(), 20);
        assert_eq!(all.iter().filter(|(_, got)| got.got == body.got).count(), 2);
        assert!(all.iter().any(|(_, got)| got.got == Got::Failed(TOO_MUCH_TOGETHER.into())));
    }
}
