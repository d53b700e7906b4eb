//! `/api/v1`: Requests of learners, as assessors see and judge them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use cairn_domain::access::Act;
use cairn_registrar::awards::Told;
use cairn_registrar::evidence::Evidence;
use cairn_registrar::requests::{Judged, Ruling, WholeRequest};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Asked, Body, Page, Paging, Rest, must_match, tagged};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::Describe;

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/orgs/{org}/requests", get(list))
        .route("/api/v1/orgs/{org}/requests/{request}", get(find))
        .route("/api/v1/orgs/{org}/requests/{request}/ruling", post(judge))
}

/// A request in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RequestInList")]
struct RequestLine {
    /// Id.
    id: String,
    /// Id of the achievement.
    achievement: String,
    /// The version by which it is judged.
    version: String,
    /// Who asks, as the credential shall say it.
    name: String,
    /// Their address.
    email: String,
    /// `open`, `returned`, `awarded`, `refused` or `withdrawn`.
    state: String,
    /// Grows with every change: the entity tag.
    revision: u64,
    /// When it was begun.
    created: Timestamp,
    /// When it was last changed.
    updated: Timestamp,
}

/// A request with what was shown.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Request")]
struct RequestBody {
    /// The request.
    #[serde(flatten)]
    request: RequestLine,
    /// What the learner says to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    /// What was shown.
    evidence: Vec<EvidenceBody>,
    /// What happened, in order.
    events: Vec<Told>,
    /// Id of the award that it led to.
    #[serde(skip_serializing_if = "Option::is_none")]
    award: Option<String>,
}

/// A piece of evidence.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Evidence")]
struct EvidenceBody {
    /// Id.
    id: String,
    /// Which of the wanted pieces it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<String>,
    /// `file`, `link` or `text`.
    kind: String,
    /// Its name.
    name: String,
    /// Lower-case hex SHA-256.
    sha256: String,
    /// Size in bytes.
    bytes: u64,
    /// Where it is: a file's address on this site, or the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
}

/// What is decided.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RulingAsk {
    /// The revision that was looked at.
    revision: u64,
    /// What is done.
    ruling: RulingWord,
    /// Words to the learner; wanted for all but an award.
    #[serde(default)]
    words: String,
    /// Judgements, per criterion.
    #[serde(default)]
    criteria: Vec<CriterionAsk>,
    /// Prerequisites that were shown.
    #[serde(default)]
    shown: Vec<ShownAsk>,
    /// Prerequisites that are waived.
    #[serde(default)]
    waived: Vec<WaivedAsk>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum RulingWord {
    Award,
    Return,
    Refuse,
}

/// A judgement.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CriterionAsk {
    /// Id of the criterion.
    criterion: String,
    /// The level, where it has levels.
    level: Option<String>,
    /// Whether it is met, where it has none.
    #[serde(default)]
    met: bool,
}

/// A prerequisite that was shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ShownAsk {
    /// As the definition names it.
    achievement: String,
    /// By which credential.
    credential: String,
}

/// A prerequisite that is waived.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WaivedAsk {
    /// As the definition names it.
    achievement: String,
    /// Why.
    why: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    state: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

fn line(one: &cairn_registrar::requests::Request) -> RequestLine {
    RequestLine {
        id: one.request_id.clone(),
        achievement: one.achievement_id.clone(),
        version: one.version.clone(),
        name: one.name.clone(),
        email: one.email.clone(),
        state: one.state.clone(),
        revision: one.revision,
        created: one.created,
        updated: one.updated,
    }
}

fn shown(slug: &str, whole: WholeRequest) -> RequestBody {
    let evidence = |one: &Evidence| EvidenceBody {
        id: one.evidence_id.clone(),
        wanted: one.wanted.clone(),
        kind: one.kind.clone(),
        name: one.name.clone(),
        sha256: one.sha256.clone(),
        bytes: one.bytes,
        url: match one.kind.as_str() {
            "file" => Some(format!("/org/{slug}/evidence/{}", one.evidence_id)),
            _ => one.url.clone(),
        },
        words: one.words.clone(),
    };
    RequestBody {
        request: line(&whole.request),
        words: whole.request.words.clone(),
        evidence: whole.evidence.iter().map(evidence).collect(),
        events: whole.events,
        award: whole.public_id,
    }
}

type At = Path<(String, String)>;

async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Asked(search): Asked<Search>,
) -> Rest<Json<Page<RequestLine>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Assess).await?;
    let limit = Paging { after: None, limit: search.limit }.limit()?;
    let clean = |text: Option<String>| text.map(|text| text.replace('\0', ""));
    let state = clean(search.state).unwrap_or_else(|| "open".into());
    let after = clean(search.after);
    let mut all = app.office.list_requests(&caller.actor, &org.id, &state, after.as_deref(), limit + 1).await?;
    let more = all.len() > limit as usize;
    all.truncate(limit as usize);
    let next = all.last().filter(|_| more).map(|last| last.request_id.clone());
    Ok(Json(Page { items: all.iter().map(line).collect(), next }))
}

async fn find(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At, headers: HeaderMap) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Assess).await?;
    let whole = app.office.find_request(&caller.actor, &org.id, &id).await?;
    let revision = whole.request.revision;
    Ok(tagged(&headers, revision, &shown(&slug, whole)))
}

async fn judge(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): At,
    headers: HeaderMap,
    Body(ask): Body<RulingAsk>,
) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Assess).await?;
    let before = app.office.find_request(&caller.actor, &org.id, &id).await?;
    must_match(&headers, before.request.revision)?;
    let judged = Judged {
        revision: ask.revision,
        ruling: match ask.ruling {
            RulingWord::Award => Ruling::Award,
            RulingWord::Return => Ruling::Return,
            RulingWord::Refuse => Ruling::Refuse,
        },
        words: ask.words,
        criteria: ask.criteria.into_iter().map(|one| (one.criterion, one.level, one.met)).collect(),
        shown: ask.shown.into_iter().map(|one| (one.achievement, one.credential)).collect(),
        waived: ask.waived.into_iter().map(|one| (one.achievement, one.why)).collect(),
    };
    let whole = app.office.judge_request(&caller.actor, (&org.id, &id), judged).await?;
    let revision = whole.request.revision;
    Ok(tagged(&HeaderMap::new(), revision, &shown(&slug, whole)))
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    let (page, one, ask) = (api.schema::<Page<RequestLine>>(), api.schema::<RequestBody>(), api.schema::<RulingAsk>());
    let text = || json!({"type": "string"});
    let says = "Requests of learners in a state, oldest first.";
    let end = api.end("get", "/api/v1/orgs/{org}/requests", "listRequests", says).pages();
    let end = end.asks("query", "state", "open (when it is not said), returned, awarded, refused, withdrawn.", text());
    api.add_guarded(end.answers("200", "A page of them.", page));
    let at = "/api/v1/orgs/{org}/requests/{request}";
    let end = api.end("get", at, "findRequest", "A request with its evidence.");
    let end = end.asks("header", "If-None-Match", "An entity tag that is known already.", text());
    let end = end.answers("200", "The request.", one.clone()).answers_nothing("304", "It is as it was.");
    api.add_guarded(end);
    let says = "Award, return or refuse what was asked for.";
    let end = api.end("post", "/api/v1/orgs/{org}/requests/{request}/ruling", "judgeRequest", says).takes(ask);
    let end = end.asks("header", "If-Match", "The entity tag that was looked at.", text());
    let end = end
        .answers("200", "As it is now.", one)
        .refuses(api, "409", "There is nothing to decide now.")
        .refuses(api, "412", "Somebody has changed it meanwhile.")
        .refuses(api, "413", "Too large.")
        .refuses(api, "415", "The body is no JSON.")
        .refuses(api, "422", "Understood, but it cannot be done; the detail says why.");
    api.add_guarded(end);
}
