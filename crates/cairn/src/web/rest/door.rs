//! The door of the JSON API: before an end of it is reached, the token is looked at, its rate, and whether the same
//! request was answered before; afterwards, whatever was refused is a problem as RFC 9457 writes it.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cairn_registrar::access::Who;
use cairn_registrar::answers::{Answer, Begun};
use sha2::{Digest, Sha256};

use super::{Rest, RestProblem, idempotency_key};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::guard::{MOST_BODY, wait};

/// Most bytes of an answer that is kept to be given again.
const MOST_KEPT: usize = 4 << 20;
/// Says that an answer is one that was given before.
const REPLAY: HeaderName = HeaderName::from_static("idempotent-replay");

/// Put into the extensions of a response that holds a secret: it is told once, and not kept for the same
/// `Idempotency-Key`.
#[derive(Debug, Clone, Copy)]
pub struct ToldOnce;

/// What stands before `/api/v1`; every other request goes through untouched.
pub async fn door(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    match enter(&app, request, next).await {
        Ok(response) => as_problem(response).await,
        Err(problem) => problem.into_response(),
    }
}

async fn enter(app: &Arc<App>, request: Request, next: Next) -> Rest<Response> {
    let (mut parts, body) = request.into_parts();
    let Ok(caller) = Caller::from_request_parts(&mut parts, app).await;
    if let Some(says) = &caller.token_problem {
        return Err(RestProblem::new(StatusCode::UNAUTHORIZED, "bad-token", says.clone()));
    }
    if let Who::Token { token_id, .. } = &caller.actor.who
        && let Err(seconds) = app.guard.token_within_rate(token_id, app.now())
    {
        let says = "That were very many requests with this token in a minute. Wait as long as Retry-After says.";
        let mut response = RestProblem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", says).into_response();
        wait(&mut response, seconds);
        return Ok(response);
    }
    let principal = principal(&caller);
    parts.extensions.insert(caller);
    let key = match (&principal, parts.method == Method::POST) {
        (Some(_), true) => idempotency_key(&parts.headers)?,
        _ => None,
    };
    match (principal, key) {
        (Some(principal), Some(key)) => once(app, &principal, &key, Request::from_parts(parts, body), next).await,
        _ => Ok(next.run(Request::from_parts(parts, body)).await),
    }
}

/// Whose keys these are: two callers may use the same key for different things.
fn principal(caller: &Caller) -> Option<String> {
    match &caller.actor.who {
        Who::Person { person, .. } => Some(format!("person:{}", person.id)),
        Who::Token { token_id, .. } => Some(format!("token:{token_id}")),
        Who::Nobody | Who::Site => None,
    }
}

/// Answers a request with an `Idempotency-Key` once; the same request later gets the same answer.
async fn once(app: &App, principal: &str, key: &str, request: Request, next: Next) -> Rest<Response> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MOST_BODY).await.map_err(|_| {
        RestProblem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large, or it broke off.")
    })?;
    let mut hash = Sha256::new();
    hash.update(parts.method.as_str());
    hash.update([0]);
    hash.update(parts.uri.to_string());
    hash.update([0]);
    hash.update(&bytes);
    let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    match app.office.begin_answer(principal, key, &hash).await? {
        Begun::Fresh => {}
        Begun::Given(answer) => return Ok(again(answer)),
        Begun::UnderWay => {
            let says = "The first request with this Idempotency-Key is still under way. Ask again in some seconds.";
            return Err(RestProblem::new(StatusCode::CONFLICT, "still-under-way", says));
        }
        Begun::Other => {
            let says = "This Idempotency-Key was used for another request. Take a new one for a new request.";
            return Err(RestProblem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", says));
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    let (kept, response) = taken_down(response).await;
    // When the answer cannot be kept, it is still given: what was done is done.
    if let Err(trouble) = app.office.keep_answer(principal, key, kept).await {
        tracing::error!(fault = %trouble, "An answer could not be kept for its Idempotency-Key: {trouble}");
    }
    Ok(response)
}

/// The answer to be kept, if it is one: refusals are not, so that a request may be mended and sent with the same key.
async fn taken_down(response: Response) -> (Option<Answer>, Response) {
    if !response.status().is_success() {
        return (None, response);
    }
    let status = response.status().as_u16();
    let (parts, body) = response.into_parts();
    let header = |name: HeaderName| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let mut answer = Answer {
        status,
        media_type: header(header::CONTENT_TYPE),
        location: header(header::LOCATION),
        tag: header(header::ETAG),
        body: None,
    };
    let told_once = parts.extensions.get::<ToldOnce>().is_some();
    let Ok(bytes) = to_bytes(body, MOST_BODY).await else {
        return (
            None,
            RestProblem::from(cairn_registrar::refusal::Trouble::fault("an answer broke off")).into_response(),
        );
    };
    if !told_once && bytes.len() <= MOST_KEPT {
        answer.body = String::from_utf8(bytes.to_vec()).ok();
    }
    (Some(answer), Response::from_parts(parts, Body::from(bytes)))
}

fn again(answer: Answer) -> Response {
    let Some(body) = answer.body else {
        let says = "This was done already, by a request with the same Idempotency-Key; its answer is told only once.";
        return RestProblem::new(StatusCode::CONFLICT, "already-done", says).into_response();
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    let kept =
        [(header::CONTENT_TYPE, answer.media_type), (header::LOCATION, answer.location), (header::ETAG, answer.tag)];
    for (name, value) in kept {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAY, HeaderValue::from_static("true"));
    response
}

/// What the framework itself refuses in plain words becomes a problem too.
async fn as_problem(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !(status.is_client_error() || status.is_server_error()) || kind.contains("json") {
        return response;
    }
    let (parts, body) = response.into_parts();
    let words = to_bytes(body, 4_000).await.ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    let words = words.filter(|words| !words.trim().is_empty() && !words.contains('<'));
    let says = words.unwrap_or_else(|| "This request cannot be answered as it is.".into());
    let code = match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported-media-type",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::UNPROCESSABLE_ENTITY => "cannot",
        _ => "bad-request",
    };
    let mut problem = RestProblem::new(status, code, says).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem
}
