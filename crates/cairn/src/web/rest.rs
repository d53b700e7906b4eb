//! What all of the JSON API has in common: problems (RFC 9457), pages with a cursor, entity tags.

pub mod achievements;
pub mod awards;
pub mod batches;
pub mod body;
pub mod door;
pub mod frameworks;
pub mod orgs;
pub mod requests;
pub mod shape;
pub mod staff;
pub mod tokens;
pub mod wallet;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_registrar::refusal::{Refusal, Trouble};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem;

pub use body::{Asked, Body};

/// A problem as RFC 9457 writes it (`application/problem+json`).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProblemBody {
    /// `about:blank`, or a page of this site that says more.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong, where, what to do.
    pub detail: String,
    /// Stable kebab-case code.
    pub code: String,
    /// What is wrong with single members of what was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MemberProblem>,
}

/// What is wrong with one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MemberProblem {
    /// JSON pointer to it (RFC 6901).
    pub pointer: String,
    /// What is wrong with it and what to do.
    pub detail: String,
}

/// A no of the API.
#[derive(Debug, Clone)]
pub struct RestProblem {
    /// HTTP status.
    pub status: StatusCode,
    /// Code.
    pub code: String,
    /// What is wrong, where, what to do.
    pub says: String,
    /// Members that are wrong.
    pub errors: Vec<MemberProblem>,
}

/// What an end of the API answers.
pub type Rest<T> = Result<T, RestProblem>;

impl RestProblem {
    /// A problem.
    pub fn new(status: StatusCode, code: &str, says: impl Into<String>) -> RestProblem {
        RestProblem { status, code: code.into(), says: says.into(), errors: Vec::new() }
    }

    /// There is no such thing, or none that the caller may see.
    pub fn not_found() -> RestProblem {
        RestProblem::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here that you may see.")
    }
}

impl From<Refusal> for RestProblem {
    fn from(refusal: Refusal) -> RestProblem {
        RestProblem::new(problem::status_of(refusal.code), refusal.code, refusal.says)
    }
}

impl From<Trouble> for RestProblem {
    fn from(trouble: Trouble) -> RestProblem {
        match trouble {
            Trouble::Refusal(refusal) => refusal.into(),
            Trouble::Fault(fault) => {
                tracing::error!(fault = %fault, "A request failed: {fault}");
                let says = "Something broke on our side, not on yours. Nothing was changed. Try again; if it happens \
                            again, tell whoever runs this site what you did.";
                RestProblem::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", says)
            }
        }
    }
}

impl IntoResponse for RestProblem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: "about:blank".into(),
            title: self.status.canonical_reason().unwrap_or("Problem").into(),
            status: self.status.as_u16(),
            detail: self.says,
            code: self.code,
            errors: self.errors,
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A page of a list: what is on it, and by which cursor the next one is asked for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The next page is asked for with `?after=` and this; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What a list is asked with.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Paging {
    /// The cursor of the page before.
    pub after: Option<String>,
    /// How many items, 1 to 200; 50 when it is not said.
    pub limit: Option<u32>,
}

impl Paging {
    /// How many items are wanted.
    pub fn limit(&self) -> Rest<u32> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=200 => Ok(limit),
            _ => Err(RestProblem::new(
                StatusCode::BAD_REQUEST,
                "bad-limit",
                "A page holds 1 to 200 items; ask for a limit between them.",
            )),
        }
    }
}

/// A strong entity tag of a revision or hash, quoted as in a header (RFC 9110 §8.8.3).
pub fn entity_tag(of: impl std::fmt::Display) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{of}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// What `If-Match` says, without its quotes; `None` when it is not there or says `*`.
pub fn if_match(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::IF_MATCH)?.to_str().ok()?.trim();
    (value != "*").then(|| value.trim_start_matches("W/").trim_matches('"').to_owned())
}

/// A refusal (412) when `If-Match` names another state than this one; no `If-Match`, or `*`, is always fine.
pub fn must_match(headers: &HeaderMap, tag: impl std::fmt::Display) -> Rest<()> {
    match if_match(headers) {
        Some(wanted) if wanted != tag.to_string() => Err(RestProblem::new(
            StatusCode::PRECONDITION_FAILED,
            "changed-meanwhile",
            "It was changed meanwhile. Read it again, look at what is different, and send your change with its new ETag.",
        )),
        _ => Ok(()),
    }
}

/// JSON with an `ETag`; 304 without a body when `If-None-Match` names that state.
pub fn tagged<T: Serialize>(headers: &HeaderMap, tag: impl std::fmt::Display, value: &T) -> Response {
    let tag = entity_tag(tag);
    let seen = headers.get(header::IF_NONE_MATCH).and_then(|seen| seen.to_str().ok()).unwrap_or_default();
    let known = seen.split(',').any(|one| one.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes());
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { Json(value).into_response() };
    response.headers_mut().insert(header::ETAG, tag);
    response
}

/// 201 with where the new thing is.
pub fn created<T: Serialize>(location: &str, value: &T) -> Response {
    let mut response = (StatusCode::CREATED, Json(value)).into_response();
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// What `Idempotency-Key` says: 1 to 200 characters.
pub fn idempotency_key(headers: &HeaderMap) -> Rest<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=200).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Some(key.to_owned()))
        }
        _ => Err(RestProblem::new(
            StatusCode::BAD_REQUEST,
            "bad-idempotency-key",
            "An Idempotency-Key has 1 to 200 visible characters.",
        )),
    }
}
