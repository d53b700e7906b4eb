//! What stands before every request: size, origin, rate, time; and what goes onto every answer.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::Options;
use super::api::ApiProblem;
use super::app::App;
use super::problem::Problem;

/// Most bytes of one request.
pub const MOST_BODY: usize = 32 << 20;
/// Most bytes of a refused request that are read and thrown away.
const MOST_DRAINED: usize = 128 << 20;
/// POSTs that are worked on at the same time.
const AT_ONCE: usize = 16;
/// Bodies that one address may be sending at the same time.
const BODIES_AT_ONCE: u32 = 8;
/// Bytes of all bodies that are held at the same time.
const MOST_HELD: usize = 384 << 20;
/// How long sending a body may take.
const LONGEST_BODY: Duration = Duration::from_secs(20);
/// How long a request that has arrived waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How long one request may take.
const LONGEST: Duration = Duration::from_secs(60);
/// Addresses that are remembered for the rate.
const MOST_ADDRESSES: usize = 20_000;
/// Requests of any kind a minute with one API token.
const TOKEN_A_MINUTE: u32 = 600;
/// Seconds that whoever comes too often or at a busy moment is asked to wait, where no better number is known.
const SOME_SECONDS: u64 = 5;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Counts and limits that all requests share.
#[derive(Debug)]
pub struct Guard {
    at_once: Semaphore,
    buckets: Mutex<HashMap<Counted, Bucket>>,
    a_minute: u32,
    trusted_proxy: bool,
    sending: Mutex<HashMap<IpAddr, u32>>,
    held: AtomicUsize,
}

/// Whose requests are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counted {
    Address(IpAddr),
    Token(String),
}

/// A body that is being sent or held; counted until it is dropped.
#[derive(Debug)]
struct Held<'a> {
    guard: &'a Guard,
    bytes: usize,
}

impl Held<'_> {
    /// Whether so many bytes more may be held.
    fn grow(&mut self, bytes: usize) -> bool {
        self.bytes += bytes;
        self.guard.held.fetch_add(bytes, Ordering::Relaxed) + bytes <= MOST_HELD
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.guard.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// One address sends one body; counted until it is dropped.
#[derive(Debug)]
struct Sending<'a> {
    guard: &'a Guard,
    address: IpAddr,
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        let mut sending = self.guard.sending.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = sending.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                sending.remove(&self.address);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Guard {
    /// A guard with the limits that the options set.
    pub fn new(options: &Options) -> Guard {
        Guard {
            at_once: Semaphore::new(AT_ONCE),
            buckets: Mutex::default(),
            a_minute: options.posts_a_minute,
            trusted_proxy: options.trusted_proxy,
            sending: Mutex::default(),
            held: AtomicUsize::new(0),
        }
    }

    fn send(&self, address: IpAddr) -> Option<Sending<'_>> {
        let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        let count = sending.entry(address).or_insert(0);
        if *count >= BODIES_AT_ONCE {
            return None;
        }
        *count += 1;
        Some(Sending { guard: self, address })
    }

    /// Whether one more request with this API token is within its rate; else after how many seconds one is.
    pub fn token_within_rate(&self, token_id: &str, now: Timestamp) -> Result<(), u64> {
        let a_minute = if self.a_minute == 0 { 0 } else { TOKEN_A_MINUTE };
        self.within_rate(Counted::Token(token_id.into()), a_minute, now)
    }

    /// Whether one more request is within the rate (a token bucket); else after how many seconds one is.
    fn within_rate(&self, counted: Counted, a_minute: u32, now: Timestamp) -> Result<(), u64> {
        if a_minute == 0 {
            return Ok(());
        }
        let full = f64::from(a_minute);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = |bucket: &Bucket| {
            let seconds = now.duration_since(bucket.at).as_secs_f64().max(0.0);
            (bucket.left + seconds * full / 60.0).min(full)
        };
        if buckets.len() >= MOST_ADDRESSES {
            buckets.retain(|_, bucket| filled(bucket) < full);
            if buckets.len() >= MOST_ADDRESSES {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(counted).or_insert(Bucket { left: full, at: now });
        let left = filled(bucket);
        let enough = left >= 1.0;
        *bucket = Bucket { left: if enough { left - 1.0 } else { left }, at: now };
        // at most a minute: a bucket of any size is full again by then
        if enough { Ok(()) } else { Err((((1.0 - left) * 60.0 / full).ceil() as u64).clamp(1, 60)) }
    }
}

/// Answers a request, or refuses it with a sentence.
pub async fn watch(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let for_machine = request.uri().path().starts_with("/api/");
    let refuse = |problem: Problem| {
        let waits = matches!(problem.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        let mut response =
            if for_machine { ApiProblem::from(problem).into_response() } else { problem.into_response() };
        if waits {
            wait(&mut response, SOME_SECONDS);
        }
        response
    };
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) {
        return match tokio::time::timeout(LONGEST, next.run(request)).await {
            Ok(response) => response,
            Err(_) => refuse(too_slow()),
        };
    }
    let address = address_of(request.headers(), request.extensions(), app.guard.trusted_proxy);
    if let Err(seconds) = app.guard.within_rate(Counted::Address(address), app.guard.a_minute, app.now()) {
        let mut response = refuse(Problem {
            status: StatusCode::TOO_MANY_REQUESTS,
            says: "That were very many requests from your address in a minute. Wait a little, then try again.".into(),
        });
        wait(&mut response, seconds);
        return response;
    }
    if let Err(problem) = may_post(&request) {
        let too_large = problem.status == StatusCode::PAYLOAD_TOO_LARGE;
        let answer = refuse(problem);
        if too_large {
            drain(request.into_body()).await;
        }
        return answer;
    }
    let mut held = Held { guard: &app.guard, bytes: 0 };
    let (parts, body) = request.into_parts();
    let Some(sending) = app.guard.send(address) else {
        return refuse(Problem {
            status: StatusCode::TOO_MANY_REQUESTS,
            says: "Your address is sending several uploads already. Wait until they have arrived, then try again."
                .into(),
        });
    };
    let body = match tokio::time::timeout(LONGEST_BODY, whole(body, &mut held)).await {
        Ok(Ok(body)) => body,
        Ok(Err(problem)) => return refuse(problem),
        Err(_) => {
            return refuse(Problem {
                status: StatusCode::REQUEST_TIMEOUT,
                says: "The upload did not arrive within 20 seconds, so it was stopped. Send fewer or smaller files at once."
                    .into(),
            });
        }
    };
    drop(sending);
    // Whoever sends slowly keeps nobody from being worked for: a place is taken only now that all is here.
    let Ok(Ok(_place)) = tokio::time::timeout(LONGEST_WAIT, app.guard.at_once.acquire()).await else {
        return refuse(busy());
    };
    match tokio::time::timeout(LONGEST, next.run(Request::from_parts(parts, Body::from(body)))).await {
        Ok(response) => {
            // what was done may have put letters into the outbox
            app.office.post.wake();
            response
        }
        Err(_) => refuse(too_slow()),
    }
}

/// Says after how many seconds to come again (RFC 9110 §10.2.3).
pub fn wait(response: &mut Response, seconds: u64) {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}

/// Reads a whole body, within the limits.
async fn whole(body: Body, held: &mut Held<'_>) -> Result<Vec<u8>, Problem> {
    let mut body = std::pin::pin!(body);
    let mut read = Vec::new();
    while let Some(frame) = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let frame = frame.map_err(|_| Problem::broken("The upload broke off. Send it again."))?;
        let Some(data) = frame.data_ref() else { continue };
        if read.len() + data.len() > MOST_BODY {
            return Err(too_large());
        }
        if !held.grow(data.len()) {
            return Err(busy());
        }
        read.extend_from_slice(data);
    }
    Ok(read)
}

fn busy() -> Problem {
    Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        says: "Many people are checking badges at this moment. Try again in a few seconds; nothing is lost.".into(),
    }
}

fn too_large() -> Problem {
    Problem::too_large(format!(
        "All files together may have {} MB. Send fewer at once, or check them on your own machine with cairn verify.",
        MOST_BODY >> 20
    ))
}

fn too_slow() -> Problem {
    Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        says: "This took longer than a minute and was stopped. Try with fewer files.".into(),
    }
}

fn may_post(request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    if !same_origin(headers) {
        return Err(Problem {
            status: StatusCode::FORBIDDEN,
            says: "This form was sent from another site, so it was not acted on. Open this site and send it from here."
                .into(),
        });
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MOST_BODY as u64) {
        return Err(too_large());
    }
    Ok(())
}

/// Reads a refused upload away for a while, so that a browser gets to see why: most do not look before they have sent.
async fn drain(body: Body) {
    let read_on = async {
        let mut body = std::pin::pin!(body);
        let mut read = 0;
        while read < MOST_DRAINED {
            match std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
                Some(Ok(frame)) => read += frame.data_ref().map_or(0, |data| data.len()),
                _ => break,
            }
        }
    };
    // Whoever sends more, or more slowly, sees a closed connection: that is said nowhere, and nothing is lost by it.
    let _ = tokio::time::timeout(Duration::from_secs(20), read_on).await;
}

/// Whether a POST comes from a page of this site (or from no page at all, such as a program).
fn same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
}

/// The address a request comes from; an IPv6 subscriber has a whole /64, so that counts as one. Behind a trusted proxy
/// it is the last one that was forwarded: those before it were written by whoever asked.
fn address_of(headers: &HeaderMap, extensions: &Extensions, trusted_proxy: bool) -> IpAddr {
    let forwarded = || {
        let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
        last.parse::<IpAddr>().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|address| address.ip()))
    };
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = trusted_proxy.then(forwarded).flatten().or(peer).unwrap_or(IpAddr::from([127, 0, 0, 1]));
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

/// Puts on every answer what a browser needs to be told.
pub async fn dress(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(header::CACHE_CONTROL, "no-store");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn only_this_site_may_post() {
        assert!(same_origin(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(same_origin(&headers(&[("origin", "http://127.0.0.1:80"), ("host", "127.0.0.1:80")])));
        assert!(!same_origin(&headers(&[("origin", "https://evil.example"), ("host", "127.0.0.1:80")])));
        assert!(!same_origin(&headers(&[("origin", "null"), ("host", "127.0.0.1:80")])));
        assert!(same_origin(&headers(&[("host", "127.0.0.1:80")])), "a program, not a page");
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let guard = Guard::new(&Options { posts_a_minute: 3, ..Options::default() });
        let within = |last: u8, now| guard.within_rate(Counted::Address(IpAddr::from([192, 0, 2, last])), 3, now);
        let at = |second: i64| Timestamp::from_second(1_790_000_000 + second).unwrap();
        assert!((0..3).all(|_| within(1, at(0)).is_ok()));
        assert_eq!(within(1, at(0)), Err(20), "three a minute: the next after twenty seconds");
        assert_eq!(within(2, at(0)), Ok(()), "another address has its own");
        assert_eq!(within(1, at(21)), Ok(()));
        assert!(within(1, at(21)).is_err());
        assert!((0..TOKEN_A_MINUTE).all(|_| guard.token_within_rate("t", at(0)).is_ok()));
        assert!(guard.token_within_rate("t", at(0)).is_err());
        assert!(guard.token_within_rate("u", at(0)).is_ok(), "another token has its own");
    }

    #[test]
    fn an_address_sends_a_few_bodies_at_a_time() {
        let guard = Guard::new(&Options::default());
        let address = IpAddr::from([192, 0, 2, 1]);
        let mut sending: Vec<_> = (0..BODIES_AT_ONCE).map(|_| guard.send(address).unwrap()).collect();
        assert!(guard.send(address).is_none());
        assert!(guard.send(IpAddr::from([192, 0, 2, 2])).is_some());
        sending.pop();
        assert!(guard.send(address).is_some());
        drop(sending);
        assert!(guard.sending.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_body_is_held_until_it_is_answered() {
        let guard = Guard::new(&Options::default());
        let mut held = Held { guard: &guard, bytes: 0 };
        assert_eq!(whole(Body::from("abc"), &mut held).await.unwrap(), b"abc");
        assert_eq!(guard.held.load(Ordering::Relaxed), 3);
        assert!(!held.grow(MOST_HELD));
        drop(held);
        assert_eq!(guard.held.load(Ordering::Relaxed), 0);
        let mut held = Held { guard: &guard, bytes: 0 };
        let refused = whole(Body::from(vec![0; MOST_BODY + 1]), &mut held).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[test]
    fn only_a_trusted_proxy_says_who_asks() {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 9], 1))));
        let sent = headers(&[("x-forwarded-for", "198.51.100.7, 203.0.113.5")]);
        assert_eq!(address_of(&sent, &extensions, false), IpAddr::from([192, 0, 2, 9]));
        assert_eq!(address_of(&sent, &extensions, true), IpAddr::from([203, 0, 113, 5]), "the proxy's own word");
        let sent = headers(&[("x-forwarded-for", "nobody")]);
        assert_eq!(address_of(&sent, &extensions, true), IpAddr::from([192, 0, 2, 9]));
    }
}
