//! `/api/v1`: Awards: made, found, revoked, superseded, explained.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use cairn_domain::access::Act;
use cairn_domain::award::{StatusMove, StatusReason};
use cairn_registrar::awards::{AwardFilter, Awarded, Grant, Recipient, Why};
use cairn_registrar::issuing::Secured;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Asked, Body, Page, Paging, Rest, created, idempotency_key};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::{Describe, End};

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/orgs/{org}/awards", get(list).post(award))
        .route("/api/v1/orgs/{org}/awards/{award}", get(find))
        .route("/api/v1/orgs/{org}/awards/{award}/status", post(change))
        .route("/api/v1/orgs/{org}/awards/{award}/name", post(correct))
        .route("/api/v1/orgs/{org}/awards/{award}/letter", post(send_letter))
        .route("/api/v1/orgs/{org}/awards/{award}/why", get(why))
}

/// An award as its issuer sees it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Award")]
struct AwardBody {
    /// Last part of the credential's address.
    id: String,
    /// The credential's `id` and the address of its public page.
    credential: String,
    /// Id of the achievement.
    achievement: String,
    /// Its version.
    version: String,
    /// The recipient's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The recipient's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// When it was awarded.
    awarded: Timestamp,
    /// Until when it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
    /// `valid`, `revoked` or `suspended`.
    status: String,
    /// Public code of the reason for the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// When the status was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_changed: Option<Timestamp>,
    /// Whether somebody's account has it.
    claimed: bool,
    /// `id` of the credential that this one corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    supersedes: Option<String>,
    /// `id` of the credential that corrects this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<String>,
    /// Id of the batch that it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<String>,
    /// Id of the learner's request that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    /// Lower-case hex SHA-256 of the signed text.
    sha256: String,
    /// Exactly what was signed; where one award is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<String>,
}

/// What is to be awarded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AwardAsk {
    /// Id of the achievement.
    achievement: String,
    /// Its published version, such as `1`.
    version: String,
    /// The recipient's address; the credential carries only a salted hash of it.
    email: String,
    /// The recipient's name as it shall stand in the credential.
    name: Option<String>,
    /// When it was earned; now when absent.
    awarded: Option<Timestamp>,
    /// Until when it is valid; what the definition says when absent.
    valid_until: Option<Timestamp>,
    /// Levels that were reached, per criterion.
    #[serde(default)]
    results: Vec<ResultAsk>,
    /// What the credential tells of how it was earned.
    narrative: Option<String>,
    /// Why it is awarded, for the records.
    why: Option<String>,
    /// `data-integrity` (JSON) or `jwt`.
    #[serde(default)]
    form: Form,
    /// Whether the recipient gets a letter.
    #[serde(default)]
    letter: bool,
}

/// A level that was reached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ResultAsk {
    /// Id of the criterion.
    criterion: String,
    /// One of its levels; absent where it has none.
    #[serde(default)]
    level: String,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Form {
    #[default]
    DataIntegrity,
    Jwt,
}

/// A change of status.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StatusAsk {
    /// What is done.
    change: StatusMove,
    /// Why, in public.
    reason: StatusReason,
}

/// The right name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NameAsk {
    /// As it shall stand in the credential.
    name: String,
}

/// Which awards.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    q: Option<String>,
    achievement: Option<String>,
    status: Option<String>,
    batch: Option<String>,
    since: Option<Timestamp>,
    before: Option<Timestamp>,
    after: Option<String>,
    limit: Option<u32>,
}

fn shown(one: Awarded, whole: bool) -> AwardBody {
    AwardBody {
        id: one.public_id,
        credential: one.credential_id,
        achievement: one.achievement_id,
        version: one.version,
        name: one.recipient_name,
        email: one.recipient_email,
        awarded: one.awarded,
        valid_until: one.valid_until,
        status: one.status.unwrap_or_else(|| "valid".into()),
        reason: one.status_reason,
        status_changed: one.status_at,
        claimed: one.person_id.is_some(),
        supersedes: one.supersedes,
        superseded_by: one.superseded_by,
        batch: one.batch_id,
        request: one.request_id,
        sha256: one.sha256,
        signed: whole.then_some(one.signed_text),
    }
}

type At = Path<(String, String)>;

async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Asked(search): Asked<Search>,
) -> Rest<Json<Page<AwardBody>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Records).await?;
    let limit = Paging { after: None, limit: search.limit }.limit()?;
    let clean = |text: Option<String>| text.map(|text| text.replace('\0', "")).filter(|text| !text.is_empty());
    let filter = AwardFilter {
        words: clean(search.q),
        achievement_id: clean(search.achievement),
        status: clean(search.status),
        batch_id: clean(search.batch),
        since: search.since,
        before: search.before,
    };
    let found = app.office.list_awards(&caller.actor, &org.id, &filter, search.after.as_deref(), limit).await?;
    Ok(Json(Page { items: found.items.into_iter().map(|one| shown(one, false)).collect(), next: found.next }))
}

async fn award(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Body(ask): Body<AwardAsk>,
) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let key = match idempotency_key(&headers)? {
        Some(key) => format!("api:{key}"),
        None => format!("api:{}", app.token()),
    };
    let grant = Grant {
        org_id: org.id.clone(),
        achievement_id: ask.achievement.replace('\0', ""),
        version: ask.version.replace('\0', ""),
        recipient: Recipient { name: ask.name, email: ask.email },
        awarded: ask.awarded,
        valid_until: ask.valid_until,
        results: ask.results.into_iter().map(|one| (one.criterion, one.level)).collect(),
        narrative: ask.narrative,
        idempotency_key: key,
        secured: match ask.form {
            Form::DataIntegrity => Secured::DataIntegrity,
            Form::Jwt => Secured::Jwt,
        },
        letter: ask.letter,
        why: ask.why,
        ..Grant::default()
    };
    let made = app.office.award(&caller.actor, grant).await?;
    Ok(created(&format!("/api/v1/orgs/{slug}/awards/{}", made.public_id), &shown(made, true)))
}

async fn find(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Rest<Json<AwardBody>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Records).await?;
    Ok(Json(shown(app.office.find_award(&caller.actor, &org.id, &id).await?, true)))
}

async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): At,
    Body(ask): Body<StatusAsk>,
) -> Rest<Json<AwardBody>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Revoke).await?;
    let made = app.office.change_award(&caller.actor, (&org.id, &id), ask.change, ask.reason).await?;
    Ok(Json(shown(made, true)))
}

async fn correct(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): At,
    Body(ask): Body<NameAsk>,
) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Correct).await?;
    let made = app.office.correct_name(&caller.actor, (&org.id, &id), &ask.name).await?;
    Ok(created(&format!("/api/v1/orgs/{slug}/awards/{}", made.public_id), &shown(made, true)))
}

async fn send_letter(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): At,
) -> Rest<axum::http::StatusCode> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    app.office.send_award_letter(&caller.actor, &org.id, &id).await?;
    Ok(axum::http::StatusCode::ACCEPTED)
}

async fn why(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Rest<Json<Why>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Records).await?;
    Ok(Json(app.office.why(&caller.actor, &org.id, &id).await?))
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    let (one, page, told) = (api.schema::<AwardBody>(), api.schema::<Page<AwardBody>>(), api.schema::<Why>());
    let (ask, status, name) = (api.schema::<AwardAsk>(), api.schema::<StatusAsk>(), api.schema::<NameAsk>());
    let all = "/api/v1/orgs/{org}/awards";
    let text = || json!({"type": "string"});
    let time = || json!({"type": "string", "format": "date-time"});
    let end = api
        .end("get", all, "listAwards", "Awards, newest first.")
        .pages()
        .asks("query", "q", "Part of a recipient's name or address.", text())
        .asks("query", "achievement", "Id of the achievement.", text())
        .asks("query", "status", "valid, revoked, suspended or superseded.", text())
        .asks("query", "batch", "Id of the batch.", text())
        .asks("query", "since", "Awarded then or later.", time())
        .asks("query", "before", "Awarded before.", time())
        .answers("200", "A page of them.", page);
    let end = end.refuses(api, "422", "The cursor is not one of this list.");
    api.add_guarded(end);
    let says = "Award directly. The same Idempotency-Key gives the same award again.";
    let end = api.end("post", all, "award", says).takes(ask);
    let end = end.answers("201", "It is awarded and signed.", one.clone());
    let end = refused(api, end);
    api.add_guarded(end);
    let at = "/api/v1/orgs/{org}/awards/{award}";
    let end = api.end("get", at, "findAward", "An award, with exactly what was signed.");
    api.add_guarded(end.answers("200", "The award.", one.clone()));
    let says = "Revoke, suspend or reinstate, for a public reason.";
    let end = api.end("post", "/api/v1/orgs/{org}/awards/{award}/status", "changeAward", says).takes(status);
    let end = end.answers("200", "As it is now.", one.clone());
    let end = refused(api, end);
    api.add_guarded(end);
    let says = "Correct the name: a new credential takes the place of this one, which is revoked as superseded.";
    let end = api.end("post", "/api/v1/orgs/{org}/awards/{award}/name", "correctName", says).takes(name);
    let end = end.answers("201", "The credential that took its place.", one);
    let end = refused(api, end).refuses(api, "412", "Somebody has just changed it.");
    api.add_guarded(end);
    let says = "Send the recipient the letter with a link to claim it once more.";
    let end = api.end("post", "/api/v1/orgs/{org}/awards/{award}/letter", "sendAwardLetter", says);
    let end = end.answers_nothing("202", "It is on its way.");
    let end = refused(api, end);
    api.add_guarded(end);
    let says = "Why it was awarded: the rule, what happened, and the outcome, replayed.";
    let end = api.end("get", "/api/v1/orgs/{org}/awards/{award}/why", "whyAwarded", says);
    api.add_guarded(end.answers("200", "Why.", told));
}

fn refused(api: &mut Describe, end: End) -> End {
    end.refuses(api, "409", "Not as things stand.")
        .refuses(api, "413", "Too large.")
        .refuses(api, "415", "The body is no JSON.")
        .refuses(api, "422", "Understood, but it cannot be done; the detail says why.")
}
