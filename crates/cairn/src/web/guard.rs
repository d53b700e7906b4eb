//! What stands before every request: size, origin, rate, time; and what goes onto every answer.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::api::ApiProblem;
use super::app::App;
use super::problem::Problem;

/// Most bytes of one request.
pub const MOST_BODY: usize = 32 << 20;
/// Most bytes of a refused request that are read and thrown away.
const MOST_DRAINED: usize = 128 << 20;
/// POSTs that are worked on at the same time.
const AT_ONCE: usize = 16;
/// How long one request may take.
const LONGEST: Duration = Duration::from_secs(60);
/// Addresses that are remembered for the rate.
const MOST_ADDRESSES: usize = 20_000;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Counts and limits that all requests share.
#[derive(Debug)]
pub struct Guard {
    at_once: Semaphore,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
    a_minute: u32,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Guard {
    /// A guard that lets through so many POSTs a minute from one address; 0 for no limit.
    pub fn new(a_minute: u32) -> Guard {
        Guard { at_once: Semaphore::new(AT_ONCE), buckets: Mutex::default(), a_minute }
    }

    /// Whether one more POST from this address is within the rate (a token bucket).
    fn within_rate(&self, address: IpAddr, now: Timestamp) -> bool {
        if self.a_minute == 0 {
            return true;
        }
        let full = f64::from(self.a_minute);
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
        let bucket = buckets.entry(address).or_insert(Bucket { left: full, at: now });
        let left = filled(bucket);
        let enough = left >= 1.0;
        *bucket = Bucket { left: if enough { left - 1.0 } else { left }, at: now };
        enough
    }
}

/// Answers a request, or refuses it with a sentence.
pub async fn watch(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let for_machine = request.uri().path().starts_with("/api/");
    let refuse = |problem: Problem| {
        if for_machine { ApiProblem::from(problem).into_response() } else { problem.into_response() }
    };
    if request.method() != Method::POST {
        return match tokio::time::timeout(LONGEST, next.run(request)).await {
            Ok(response) => response,
            Err(_) => refuse(too_slow()),
        };
    }
    if let Err(problem) = may_post(&app, &request) {
        let too_large = problem.status == StatusCode::PAYLOAD_TOO_LARGE;
        let answer = refuse(problem);
        if too_large {
            drain(request.into_body()).await;
        }
        return answer;
    }
    let Ok(_place) = app.guard.at_once.try_acquire() else {
        return refuse(Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            says: "Many people are checking badges at this moment. Try again in a few seconds; nothing is lost.".into(),
        });
    };
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(too_slow()),
    }
}

fn too_slow() -> Problem {
    Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        says: "This took longer than a minute and was stopped. Try with fewer files.".into(),
    }
}

fn may_post(app: &App, request: &Request) -> Result<(), Problem> {
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
        return Err(Problem::too_large(format!(
            "All files together may have {} MB. Send fewer at once, or check them on your own machine with cairn verify.",
            MOST_BODY >> 20
        )));
    }
    if !app.guard.within_rate(address_of(request), app.now()) {
        return Err(Problem {
            status: StatusCode::TOO_MANY_REQUESTS,
            says: "That were very many requests from your address in a minute. Wait a little, then try again.".into(),
        });
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

/// The address a request comes from; an IPv6 subscriber has a whole /64, so that counts as one.
fn address_of(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    match peer.unwrap_or(IpAddr::from([127, 0, 0, 1])) {
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
        let guard = Guard::new(3);
        let address = IpAddr::from([192, 0, 2, 1]);
        let at = |second: i64| Timestamp::from_second(1_790_000_000 + second).unwrap();
        assert!((0..3).all(|_| guard.within_rate(address, at(0))));
        assert!(!guard.within_rate(address, at(0)));
        assert!(guard.within_rate(IpAddr::from([192, 0, 2, 2]), at(0)), "another address has its own");
        assert!(guard.within_rate(address, at(21)));
        assert!(!guard.within_rate(address, at(21)));
    }
}
