//! `/api/v1`: an organisation, its keys, its audit.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use cairn_domain::access::Act;
use cairn_registrar::audit::{self, AuditEntry};
use cairn_registrar::keys::KeyShown;
use cairn_registrar::organisations::{Described, Org};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::body::{Asked, Body};
use super::{Page, Rest, RestProblem, must_match, tagged};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::Describe;

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/orgs/{org}", get(show).patch(change))
        .route("/api/v1/orgs/{org}/keys", get(keys).post(rotate))
        .route("/api/v1/orgs/{org}/keys/compromise", post(compromise))
        .route("/api/v1/orgs/{org}/audit", get(entries))
}

/// An organisation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Organisation")]
pub struct OrgBody {
    /// Its place on the site.
    pub slug: String,
    /// Its DID.
    pub did: String,
    /// Its name.
    pub name: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its web page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A public address of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Its number at LinkedIn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linkedin_id: Option<String>,
    /// SHA-256 of its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Since when it is here (RFC 3339).
    pub created: String,
    /// Since when it awards nothing any more (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
}

/// What is to be changed; absent members stay as they are, an empty text takes one away.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrgChange {
    /// Its name: 1 to 120 characters.
    pub name: Option<String>,
    /// What it is: at most 1000 characters.
    pub description: Option<String>,
    /// Its web page.
    pub url: Option<String>,
    /// A public address of it.
    pub email: Option<String>,
    /// Its number at LinkedIn.
    pub linkedin_id: Option<String>,
    /// SHA-256 of a picture that is here.
    pub picture: Option<String>,
}

/// A key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "SigningKey")]
pub struct KeyBody {
    /// URI of its verification method.
    pub id: String,
    /// The public key as a Multikey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multibase: Option<String>,
    /// `signs`, `retired` or `compromised`.
    pub standing: String,
    /// Since when it may sign (RFC 3339).
    pub from: String,
    /// Until when it did (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Since when others may have it (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compromised: Option<String>,
    /// Credentials that it signed and that are not revoked.
    pub signed: u64,
    /// Of these, signed since others may have it.
    pub signed_since: u64,
}

/// Why a new key is made.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RotateAsk {
    /// At most 300 characters.
    pub note: Option<String>,
}

/// Which key others may have.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompromiseAsk {
    /// Its id.
    pub key: String,
    /// The first moment at which they may have had it (RFC 3339).
    pub since: String,
    /// What happened: at most 300 characters.
    #[serde(default)]
    pub note: Option<String>,
}

/// Which key signs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SignsNow {
    /// Id of the new key; absent when none was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// What a list of the audit is asked with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AuditAsk {
    after: Option<String>,
    limit: Option<u32>,
    act: String,
    object: String,
    day: Option<String>,
}

/// An entry of the audit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
pub struct EntryBody {
    /// UUIDv7.
    pub id: String,
    /// When (RFC 3339).
    pub at: String,
    /// `person`, `token` or `site`.
    pub actor_kind: String,
    /// Id of the person or token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<String>,
    /// What was done, such as `credential.revoke`.
    pub act: String,
    /// Kind of the object.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Value>,
}

impl From<Org> for OrgBody {
    fn from(org: Org) -> OrgBody {
        OrgBody {
            slug: org.slug,
            did: org.did,
            name: org.name,
            description: org.description,
            url: org.url,
            email: org.email,
            linkedin_id: org.linkedin_id,
            picture: org.picture,
            created: org.created.to_string(),
            closed: org.closed.map(|at| at.to_string()),
        }
    }
}

impl From<KeyShown> for KeyBody {
    fn from(key: KeyShown) -> KeyBody {
        KeyBody {
            id: key.id,
            multibase: key.multibase,
            standing: key.standing.word().into(),
            from: key.from.to_string(),
            until: key.until.map(|at| at.to_string()),
            compromised: key.compromised.map(|at| at.to_string()),
            signed: key.signed,
            signed_since: key.signed_since,
        }
    }
}

impl From<AuditEntry> for EntryBody {
    fn from(entry: AuditEntry) -> EntryBody {
        EntryBody {
            detail: entry.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok()),
            id: entry.id,
            at: entry.at.to_string(),
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id,
            act: entry.act,
            object_kind: entry.object_kind,
            object_id: entry.object_id,
        }
    }
}

/// What changes with every change of an organisation.
fn tag(body: &OrgBody) -> String {
    let text = serde_json::to_string(body).unwrap_or_default();
    Sha256::digest(text).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Rest<Response> {
    let body = OrgBody::from(app.office.org_for(&caller.actor, &slug, Act::Enter).await?);
    Ok(tagged(&headers, tag(&body), &body))
}

async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Body(change): Body<OrgChange>,
) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Settle).await?;
    must_match(&headers, tag(&OrgBody::from(org.clone())))?;
    let or = |new: Option<String>, old: &Option<String>| new.unwrap_or_else(|| old.clone().unwrap_or_default());
    let said = Described {
        name: change.name.unwrap_or_else(|| org.name.clone()),
        description: or(change.description, &org.description),
        url: or(change.url, &org.url),
        email: or(change.email, &org.email),
        linkedin_id: or(change.linkedin_id, &org.linkedin_id),
        picture: change.picture,
    };
    let body = OrgBody::from(app.office.describe_org(&caller.actor, &org.id, said).await?);
    Ok(tagged(&HeaderMap::new(), tag(&body), &body))
}

async fn keys(State(app): State<Arc<App>>, caller: Caller, Path(slug): Path<String>) -> Rest<Json<Page<KeyBody>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Keys).await?;
    let items = app.office.keys(&caller.actor, &org).await?.into_iter().map(KeyBody::from).collect();
    Ok(Json(Page { items, next: None }))
}

async fn rotate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(ask): Body<RotateAsk>,
) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Keys).await?;
    let key = app.office.rotate_key(&caller.actor, &org.id, ask.note.as_deref()).await?;
    let mut response = (StatusCode::CREATED, Json(SignsNow { key: Some(key) })).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/orgs/{slug}/keys")) {
        response.headers_mut().insert(axum::http::header::LOCATION, location);
    }
    Ok(response)
}

async fn compromise(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(ask): Body<CompromiseAsk>,
) -> Rest<Json<SignsNow>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Keys).await?;
    let since: Timestamp = ask.since.parse().map_err(|_| {
        let says = "`since` is no moment. Write it like 2026-11-20T00:00:00Z.";
        RestProblem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-moment", says)
    })?;
    let key = app.office.report_key(&caller.actor, &org.id, &ask.key, since, ask.note.as_deref()).await?;
    Ok(Json(SignsNow { key }))
}

async fn entries(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Asked(ask): Asked<AuditAsk>,
) -> Rest<Json<Page<EntryBody>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Audit).await?;
    let limit = super::Paging { after: None, limit: ask.limit }.limit()?;
    // a page's form may leave the day empty; a program that says `day=` has lost it on the way
    if ask.day.as_ref().is_some_and(|day| day.trim().is_empty()) {
        let says = "Give the day as year, month and day, such as 2026-11-23, or leave `day` out.";
        return Err(RestProblem::new(StatusCode::BAD_REQUEST, "bad-day", says));
    }
    let asked = audit::Asked::read(&ask.act, &ask.object, ask.day.as_deref().unwrap_or_default())
        .map_err(|refusal| RestProblem::new(StatusCode::BAD_REQUEST, refusal.code, refusal.says))?;
    let mut found = app.office.audit(&caller.actor, &org.id, &asked, ask.after.as_deref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| last.id.clone());
    Ok(Json(Page { items: found.into_iter().map(EntryBody::from).collect(), next }))
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    let org = api.schema::<OrgBody>();
    let end = api.end("get", "/api/v1/orgs/{org}", "getOrganisation", "An organisation.");
    let end = end.answers("200", "The organisation; its ETag names this state.", org.clone());
    api.add_guarded(end.answers_nothing("304", "It is as If-None-Match names it."));
    let change = api.schema::<OrgChange>();
    let says = "Change what an organisation says of itself.";
    let end = api.end("patch", "/api/v1/orgs/{org}", "changeOrganisation", says).takes(change);
    let end = end.asks("header", "If-Match", "The ETag of the state that is to be changed.", json!({"type": "string"}));
    let end = end.answers("200", "As it is now.", org).refuses(api, "412", "It was changed meanwhile.");
    api.add_guarded(end);

    let page = api.schema::<Page<KeyBody>>();
    let end = api.end("get", "/api/v1/orgs/{org}/keys", "listKeys", "The keys of an organisation, newest first.");
    api.add_guarded(end.answers("200", "All of them.", page));
    let (ask, now) = (api.schema::<RotateAsk>(), api.schema::<SignsNow>());
    let says = "Make a new key that signs from now on. For a person who has signed in lately.";
    let end = api.end("post", "/api/v1/orgs/{org}/keys", "rotateKey", says).takes(ask);
    api.add_guarded(end.answers("201", "It is made.", now.clone()));
    let ask = api.schema::<CompromiseAsk>();
    let says = "Say that others may have a key. For a person who has signed in lately.";
    let end = api.end("post", "/api/v1/orgs/{org}/keys/compromise", "reportKey", says).takes(ask);
    api.add_guarded(end.answers("200", "It is said.", now));

    let page = api.schema::<Page<EntryBody>>();
    let end = api.end("get", "/api/v1/orgs/{org}/audit", "listAudit", "Who did what when, newest first.").pages();
    let text = json!({"type": "string"});
    let end = end.asks("query", "act", "An act, or its family such as `key`.", text.clone());
    let end = end.asks("query", "object", "Id of the object.", text);
    let end = end.asks("query", "day", "A day in UTC.", json!({"type": "string", "format": "date"}));
    api.add_guarded(end.answers("200", "A page of them.", page));
}
