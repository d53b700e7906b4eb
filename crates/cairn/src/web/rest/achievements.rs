//! `/api/v1`: Achievements: drafts, versions, what changed, pictures.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use cairn_domain::access::Act;
use cairn_domain::definition::{Composed, Definition, Diff, Picture, check, diff};
use cairn_registrar::achievements::{Achievement, PublishedVersion};
use cairn_registrar::pictures::Kept;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::body::read;
use super::{Asked, Body, MemberProblem, Page, Paging, Rest, RestProblem, entity_tag, if_match};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::{Describe, End};

const LIST: &str = "/api/v1/orgs/{org}/achievements";
const ONE: &str = "/api/v1/orgs/{org}/achievements/{achievement}";
const DRAFT: &str = "/api/v1/orgs/{org}/achievements/{achievement}/draft";
const PUBLISH: &str = "/api/v1/orgs/{org}/achievements/{achievement}/publish";
const RETIRED: &str = "/api/v1/orgs/{org}/achievements/{achievement}/retired";
const OPEN: &str = "/api/v1/orgs/{org}/achievements/{achievement}/open";
const VERSIONS: &str = "/api/v1/orgs/{org}/achievements/{achievement}/versions";
const VERSION: &str = "/api/v1/orgs/{org}/achievements/{achievement}/versions/{version}";
const DIFF: &str = "/api/v1/orgs/{org}/achievements/{achievement}/diff";
const PICTURES: &str = "/api/v1/orgs/{org}/pictures";

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(LIST, get(list).post(begin))
        .route(ONE, get(one))
        .route(DRAFT, get(draft).put(change).delete(discard))
        .route(PUBLISH, post(publish))
        .route(RETIRED, put(retire).delete(unretire))
        .route(OPEN, put(open).delete(close))
        .route(VERSIONS, get(versions))
        .route(VERSION, get(version))
        .route(DIFF, get(compare))
        .route(PICTURES, put(picture))
}

/// An achievement.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Achievement")]
struct AchievementBody {
    /// Its id.
    id: String,
    /// The address of its public page.
    url: String,
    /// Name, as drafted or else as published.
    name: String,
    /// The draft's revision: the entity tag of the draft.
    revision: u64,
    /// Whether something is being written.
    has_draft: bool,
    /// Number of the newest published version.
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<u32>,
    /// When it was begun.
    created: Timestamp,
    /// When its draft was last changed.
    updated: Timestamp,
    /// Since when it is awarded no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    retired: Option<Timestamp>,
    /// Since when learners may ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<Timestamp>,
}

/// A published version.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AchievementVersion")]
struct VersionBody {
    /// Id of the achievement.
    achievement: String,
    /// Its number, from 1.
    version: u32,
    /// Its page, which is the id of its Achievement in credentials.
    url: String,
    /// SHA-256 in lower-case hexadecimal of what credentials carry of it.
    sha256: String,
    /// When it was published.
    published: Timestamp,
    /// Since when a later version stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded: Option<Timestamp>,
    /// What was published.
    definition: Definition,
}

/// What a picture is composed of.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PictureAsk {
    /// Shape, colours, icon, words.
    composed: Composed,
    /// What is on it, for whoever does not see it.
    #[serde(default)]
    alt: String,
}

/// A kept picture, as a definition names it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "KeptPicture")]
struct PictureBody {
    /// To be put into a definition.
    picture: Picture,
    /// Where it is served.
    url: String,
    /// What to do when its colours cannot be told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

/// Which two versions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Between {
    from: u32,
    to: Option<u32>,
}

type Places = Path<(String, String)>;

async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Rest<Json<Page<AchievementBody>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Enter).await?;
    let limit = paging.limit()?;
    let mut all = app.office.list_achievements(&caller.actor, &org.id, paging.after.as_deref(), limit + 1).await?;
    let more = all.len() > limit as usize;
    all.truncate(limit as usize);
    let next = all.last().filter(|_| more).map(|one| one.id.clone());
    Ok(Json(Page { items: all.iter().map(|one| body(&app, one)).collect(), next }))
}

async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(definition): Body<Definition>,
) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Define).await?;
    fine(&definition)?;
    let made = app.office.draft_achievement(&caller.actor, &org.id, definition).await?;
    let at = format!("/api/v1/orgs/{slug}/achievements/{}", made.id);
    let location = HeaderValue::from_str(&at).map_err(|_| RestProblem::not_found())?;
    let headers = [(header::LOCATION, location), (header::ETAG, entity_tag(made.revision))];
    Ok((StatusCode::CREATED, headers, Json(body(&app, &made))).into_response())
}

async fn one(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): Places) -> Rest<Response> {
    let of = seen(&app, &caller, &slug, &id, Act::Enter).await?;
    Ok(told(&app, &of))
}

async fn draft(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): Places) -> Rest<Response> {
    let of = seen(&app, &caller, &slug, &id, Act::Enter).await?;
    let draft = of.draft.ok_or_else(|| {
        let says = "There is no draft: the newest version says all that has been written. PUT one to begin.";
        RestProblem::new(StatusCode::NOT_FOUND, "no-draft", says)
    })?;
    Ok(([(header::ETAG, entity_tag(of.revision))], Json(draft)).into_response())
}

async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Places,
    headers: HeaderMap,
    Body(definition): Body<Definition>,
) -> Rest<Response> {
    let of = seen(&app, &caller, &slug, &id, Act::Define).await?;
    let revision = revision(&headers, &of)?;
    fine(&definition)?;
    let of = app.office.change_draft(&caller.actor, (&of.org_id, &id), revision, definition).await?;
    Ok(told(&app, &of))
}

async fn discard(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Places,
    headers: HeaderMap,
) -> Rest<StatusCode> {
    let of = seen(&app, &caller, &slug, &id, Act::Define).await?;
    let revision = revision(&headers, &of)?;
    app.office.discard_draft(&caller.actor, (&of.org_id, &id), revision).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn publish(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Places,
    headers: HeaderMap,
) -> Rest<Response> {
    let of = seen(&app, &caller, &slug, &id, Act::Publish).await?;
    let revision = revision(&headers, &of)?;
    if let Some(review) = app.office.review_draft(&of).await? {
        refuse(review.wrong)?;
    }
    let made = app.office.publish_achievement(&caller.actor, &of.org_id, &id, revision).await?;
    Ok((StatusCode::CREATED, Json(version_body(&made))).into_response())
}

async fn retire(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): Places) -> Rest<Response> {
    let of = seen(&app, &caller, &slug, &id, Act::Publish).await?;
    Ok(told(&app, &app.office.retire_achievement(&caller.actor, (&of.org_id, &id), true).await?))
}

async fn unretire(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): Places) -> Rest<Response> {
    let of = seen(&app, &caller, &slug, &id, Act::Publish).await?;
    Ok(told(&app, &app.office.retire_achievement(&caller.actor, (&of.org_id, &id), false).await?))
}

async fn open(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): Places) -> Rest<Response> {
    let of = seen(&app, &caller, &slug, &id, Act::Publish).await?;
    Ok(told(&app, &app.office.open_achievement(&caller.actor, (&of.org_id, &id), true).await?))
}

async fn close(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): Places) -> Rest<Response> {
    let of = seen(&app, &caller, &slug, &id, Act::Publish).await?;
    Ok(told(&app, &app.office.open_achievement(&caller.actor, (&of.org_id, &id), false).await?))
}

async fn versions(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Places,
) -> Rest<Json<Page<VersionBody>>> {
    let of = seen(&app, &caller, &slug, &id, Act::Enter).await?;
    Ok(Json(Page { items: of.versions.iter().rev().map(version_body).collect(), next: None }))
}

async fn version(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id, number)): Path<(String, String, String)>,
) -> Rest<Response> {
    let of = seen(&app, &caller, &slug, &id, Act::Enter).await?;
    let found = number.parse().ok().and_then(|number| of.version(number)).ok_or_else(RestProblem::not_found)?;
    Ok(([(header::ETAG, entity_tag(&found.sha256))], Json(version_body(found))).into_response())
}

async fn compare(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Places,
    Asked(between): Asked<Between>,
) -> Rest<Json<Diff>> {
    let of = seen(&app, &caller, &slug, &id, Act::Enter).await?;
    let old = of.version(between.from).ok_or_else(RestProblem::not_found)?;
    let new = match between.to {
        Some(number) => of.version(number).map(|one| &one.definition),
        None => of.draft.as_ref(),
    };
    Ok(Json(diff(&old.definition, new.ok_or_else(RestProblem::not_found)?)))
}

/// Composes a picture (JSON) or takes one (PNG, SVG). The same picture twice is one: a PUT.
async fn picture(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Rest<Json<PictureBody>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Define).await?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kept: Kept = match kind.split(';').next().unwrap_or_default().trim() {
        "application/json" => {
            let ask: PictureAsk = read(&bytes)?;
            app.office.compose_picture(&caller.actor, &org.id, ask.composed, &ask.alt).await?
        }
        "image/png" | "image/svg+xml" => app.office.upload_picture(&caller.actor, &org.id, bytes.to_vec(), "").await?,
        _ => {
            let says = "Send application/json to compose one, or image/png or image/svg+xml to upload one.";
            return Err(RestProblem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", says));
        }
    };
    let url = format!("{}/pictures/{}", app.office.base_url, kept.picture.sha256);
    Ok(Json(PictureBody { picture: kept.picture, url, advice: kept.advice }))
}

async fn seen(app: &App, caller: &Caller, slug: &str, id: &str, act: Act) -> Rest<Achievement> {
    let org = app.office.org_for(&caller.actor, slug, act).await?;
    Ok(app.office.achievement(&caller.actor, &org.id, id).await?)
}

fn told(app: &App, of: &Achievement) -> Response {
    ([(header::ETAG, entity_tag(of.revision))], Json(body(app, of))).into_response()
}

fn body(app: &App, of: &Achievement) -> AchievementBody {
    AchievementBody {
        id: of.id.clone(),
        url: format!("{}/achievements/{}", app.office.base_url, of.id),
        name: of.current().name,
        revision: of.revision,
        has_draft: of.draft.is_some(),
        newest: of.newest().map(|one| one.number),
        created: of.created,
        updated: of.updated,
        retired: of.retired,
        open: of.open,
    }
}

fn version_body(of: &PublishedVersion) -> VersionBody {
    VersionBody {
        achievement: of.achievement_id.clone(),
        version: of.number,
        url: of.facts.id.clone(),
        sha256: of.sha256.clone(),
        published: of.created,
        superseded: of.superseded,
        definition: of.definition.clone(),
    }
}

/// The revision that the caller has seen. Whoever changes something says so, else they would undo others' work.
fn revision(headers: &HeaderMap, of: &Achievement) -> Rest<u64> {
    if !headers.contains_key(header::IF_MATCH) {
        let says = "Say which revision you have seen: send If-Match with the ETag that the draft was given with.";
        return Err(RestProblem::new(StatusCode::PRECONDITION_REQUIRED, "if-match-missing", says));
    }
    let Some(tag) = if_match(headers) else { return Ok(of.revision) };
    // a tag that is no number was never given: nothing matches it
    Ok(tag.parse().unwrap_or(u64::MAX))
}

/// All that is wrong with what was sent, member by member.
fn fine(definition: &Definition) -> Rest<()> {
    refuse(check(definition, false))
}

fn refuse(wrong: Vec<cairn_domain::definition::Wrong>) -> Rest<()> {
    if wrong.is_empty() {
        return Ok(());
    }
    let says = "The definition is not as it must be; see errors for each member.";
    let mut problem = RestProblem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-definition", says);
    problem.errors =
        wrong.into_iter().map(|wrong| MemberProblem { pointer: wrong.pointer, detail: wrong.says }).collect();
    Err(problem)
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    let (achievement, version) = (api.schema::<AchievementBody>(), api.schema::<VersionBody>());
    let definition = api.schema::<Definition>();
    describe_list(api, &achievement, &definition);
    let end = api.end("get", ONE, "achievement", "One achievement.");
    api.add_guarded(end.answers("200", "It.", achievement.clone()));
    let end = api.end("get", DRAFT, "achievementDraft", "Its draft.");
    api.add_guarded(end.answers("200", "The draft; its ETag is the revision.", definition.clone()));
    let end = api.end("put", DRAFT, "changeAchievementDraft", "Change its draft, or begin a new one.");
    let end = matched(end).takes(definition).answers("200", "As it is now.", achievement.clone());
    let end = body_problems(api, end).refuses(api, "409", "It is retired.");
    let end = match_problems(api, end);
    api.add_guarded(end);
    let end = api.end("delete", DRAFT, "discardAchievementDraft", "Throw its draft away.");
    let end = matched(end).answers_nothing("204", "It is gone.").refuses(api, "409", "There is no draft.");
    let end = match_problems(api, end);
    api.add_guarded(end);
    let end = api.end("post", PUBLISH, "publishAchievement", "Publish the draft as the next version.");
    let end = matched(end).answers("201", "The version.", version.clone());
    let end = end.refuses(api, "409", "There is no draft, or it is retired.");
    let end = end.refuses(api, "422", "It is not ready, or the Idempotency-Key was used for another request.");
    let end = match_problems(api, keyed(end));
    api.add_guarded(end);
    for (path, on, off) in [
        (RETIRED, ("retireAchievement", "Award it no more."), ("unretireAchievement", "Award it again.")),
        (OPEN, ("openAchievement", "Let learners ask for it."), ("closeAchievement", "Take no more requests.")),
    ] {
        for (method, (id, says)) in [("put", on), ("delete", off)] {
            let end = api.end(method, path, id, says).answers("200", "As it is now.", achievement.clone());
            let end = end.refuses(api, "409", "Not as things stand: nothing is published, or it is retired.");
            api.add_guarded(end);
        }
    }
    let page = api.schema::<Page<VersionBody>>();
    let end = api.end("get", VERSIONS, "achievementVersions", "Its published versions, newest first.");
    api.add_guarded(end.answers("200", "All of them.", page));
    let end = api.end("get", VERSION, "achievementVersion", "One published version.");
    api.add_guarded(end.answers("200", "It; it never changes.", version));
    let changes = api.schema::<Diff>();
    let number = json!({"type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32});
    let end = api.end("get", DIFF, "achievementDiff", "What changed between two versions, criterion by criterion.");
    let end = end.needs("query", "from", "The earlier version.", number.clone());
    let end = end.asks("query", "to", "The later version; the draft when it is not said.", number);
    api.add_guarded(end.answers("200", "What changed.", changes));
    describe_picture(api);
}

fn describe_list(api: &mut Describe, achievement: &serde_json::Value, definition: &serde_json::Value) {
    let page = api.schema::<Page<AchievementBody>>();
    let end = api.end("get", LIST, "achievements", "Achievements in the order in which they were begun.").pages();
    api.add_guarded(end.answers("200", "A page of them.", page));
    let end = api.end("post", LIST, "draftAchievement", "Begin an achievement with a draft, which may be incomplete.");
    let end = keyed(end).takes(definition.clone()).answers("201", "It.", achievement.clone());
    let end = body_problems(api, end).refuses(api, "409", "The same request is under way.");
    api.add_guarded(end);
}

fn describe_picture(api: &mut Describe) {
    let (ask, kept) = (api.schema::<PictureAsk>(), api.schema::<PictureBody>());
    let binary = json!({"type": "string", "contentMediaType": "application/octet-stream"});
    let end = api.end("put", PICTURES, "putPicture", "Compose a picture, or upload one; it is kept by its hash.");
    let end = end.takes(ask).takes_type("image/png", binary.clone()).takes_type("image/svg+xml", binary);
    let end = end.answers("200", "It is kept.", kept);
    let end = body_problems(api, end);
    api.add_guarded(end);
}

fn keyed(end: End) -> End {
    let key = json!({"type": "string", "minLength": 1, "maxLength": 200});
    end.asks("header", "Idempotency-Key", "The same key gives the same answer.", key)
}

fn matched(end: End) -> End {
    end.asks("header", "If-Match", "The ETag that was seen, or *.", json!({"type": "string"}))
}

fn match_problems(api: &mut Describe, end: End) -> End {
    let end = end.refuses(api, "412", "It has been changed meanwhile.");
    end.refuses(api, "428", "If-Match is missing.")
}

fn body_problems(api: &mut Describe, end: End) -> End {
    let end = end.refuses(api, "413", "Too large.").refuses(api, "415", "Another media type.");
    end.refuses(api, "422", "Understood, but not as it must be; see errors.")
}
