//! `/api/v1`: Frameworks, search, and CASE 1.1.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use cairn_domain::access::Act;
use cairn_domain::framework::diff::Diff;
use cairn_domain::framework::{Crosswalk, Kind, Relation, Told};
use cairn_registrar::frameworks::{Found, Import, Wanted, read_upload};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Asked, Body, Page, Paging, Rest, RestProblem, created};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::Describe;

mod shapes;

use shapes::{CrosswalkBody, FrameworkBody, ItemBody, ItemWhole};

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/search", get(search))
        .route("/api/v1/frameworks", get(list))
        .route("/api/v1/frameworks/{framework}", get(one))
        .route("/api/v1/frameworks/{framework}/items", get(items))
        .route("/api/v1/frameworks/{framework}/items/{item}", get(item))
        .route("/api/v1/frameworks/{framework}/export", get(export))
        .route("/api/v1/frameworks/{framework}/compare/{other}", get(compare))
        .route("/api/v1/crosswalks", get(crosswalks))
        .route("/api/v1/orgs/{org}/frameworks", get(list_own).post(import))
        .route("/api/v1/orgs/{org}/frameworks/{framework}", delete(remove))
        .route("/api/v1/orgs/{org}/frameworks/{framework}/public", put(publish))
        .route("/api/v1/orgs/{org}/crosswalks", post(add_crosswalk))
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    describe_reading(api);
    describe_own(api);
}

fn describe_reading(api: &mut Describe) {
    let gone = "No such framework, or none that you may see.";
    let found = api.schema::<FoundList>();
    let says = "What an achievement can be aligned to, as you type: items of public frameworks, of your own \
                organisations' too when you are signed in, and the built-in skills and technologies.";
    let search = api
        .end("get", "/api/v1/search", "search", says)
        .asks("query", "q", "Words; the last may be half typed.", json!({"type": "string", "maxLength": 200}))
        .asks("query", "limit", "How many.", json!({"type": "integer", "minimum": 1, "maximum": 50, "default": 10}))
        .answers("200", "What was found, best first.", found);
    api.add(search);
    let schema = api.schema::<Page<FrameworkBody>>();
    let end = api.end("get", "/api/v1/frameworks", "listFrameworks", "Frameworks that you may see.").pages();
    api.add(end.answers("200", "A page of them, oldest import first.", schema));
    let schema = api.schema::<FrameworkBody>();
    let end = api.end("get", "/api/v1/frameworks/{framework}", "getFramework", "One framework.");
    let end = end.answers("200", "The framework.", schema).refuses(api, "404", gone);
    api.add(end);
    let schema = api.schema::<Page<ItemBody>>();
    let end = api
        .end("get", "/api/v1/frameworks/{framework}/items", "listFrameworkItems", "Items of a framework in order.")
        .pages()
        .asks(
            "query",
            "under",
            "Children of this item; `top` for those that have no parent.",
            json!({"type": "string"}),
        )
        .asks("query", "q", "Only those with all of these words; one page.", json!({"type": "string"}))
        .answers("200", "A page of them.", schema)
        .refuses(api, "404", gone);
    api.add(end);
    let schema = api.schema::<ItemWhole>();
    let end = api
        .end("get", "/api/v1/frameworks/{framework}/items/{item}", "getFrameworkItem", "An item with what hangs on it.")
        .answers("200", "The item, its associations and crosswalks.", schema)
        .refuses(api, "404", gone);
    api.add(end);
    let any = json!({"type": "string"});
    let end = api
        .end("get", "/api/v1/frameworks/{framework}/export", "exportFramework", "A framework as a file.")
        .asks("query", "as", "The form.", json!({"type": "string", "enum": ["case", "ctdl", "csv"], "default": "case"}))
        .answers("200", "CASE 1.1 CFPackage.", json!({"type": "object"}))
        .answers_type(
            "200",
            "CASE 1.1 CFPackage, CTDL-ASN graph or CSV.",
            "application/ld+json",
            json!({"type": "object"}),
        )
        .answers_type("200", "CASE 1.1 CFPackage, CTDL-ASN graph or CSV.", "text/csv", any)
        .refuses(api, "404", gone)
        .refuses(api, "409", "Its import is not complete.")
        .refuses(api, "413", "Too large to be exported.");
    api.add(end);
    let schema = api.schema::<Diff>();
    let says = "What is new, gone, changed and moved in `framework` against `other`.";
    let end = api
        .end("get", "/api/v1/frameworks/{framework}/compare/{other}", "compareFrameworks", says)
        .answers("200", "The difference.", schema)
        .refuses(api, "404", gone)
        .refuses(api, "409", "An import is not complete.")
        .refuses(api, "413", "Too large to be compared.");
    api.add(end);
    let schema = api.schema::<CrosswalkList>();
    let end = api
        .end("get", "/api/v1/crosswalks", "listCrosswalks", "Crosswalks that begin or end at an item.")
        .asks("query", "uri", "The item's URI.", json!({"type": "string"}))
        .answers("200", "The crosswalks.", schema);
    api.add(end);
}

fn describe_own(api: &mut Describe) {
    let schema = api.schema::<Page<FrameworkBody>>();
    let says = "An organisation's frameworks, incomplete imports too.";
    let end = api.end("get", "/api/v1/orgs/{org}/frameworks", "listOrgFrameworks", says).pages();
    api.add_guarded(end.answers("200", "A page of them.", schema));
    let (framework, any) = (api.schema::<FrameworkBody>(), json!({"type": "string"}));
    let words = json!({"type": "string"});
    let mut end = api
        .end("post", "/api/v1/orgs/{org}/frameworks", "importFramework", "Imports a framework; the body is the file.")
        .takes(json!({"type": "object"}))
        .takes_type("application/ld+json", json!({"type": "object"}))
        .takes_type("text/csv", any)
        .asks(
            "query",
            "as",
            "Its form; guessed without it.",
            json!({"type": "string", "enum": ["case", "ctdl", "csv"]}),
        )
        .asks(
            "query",
            "replace",
            "Whether other content of this version is deleted first.",
            json!({"type": "boolean"}),
        );
    for name in ["title", "uri", "version"] {
        end = end.asks("query", name, "Goes before what the file says.", words.clone());
    }
    let end = end
        .answers("200", "It was there already, the same to the last byte.", framework.clone())
        .answers("201", "It is in.", framework.clone())
        .refuses(api, "409", "This version is there with other content.")
        .refuses(api, "413", "Too large.")
        .refuses(api, "422", "The file cannot be read; it says where.");
    api.add_guarded(end);
    let says = "Deletes a framework; achievements that align to it keep what they say.";
    let end = api.end("delete", "/api/v1/orgs/{org}/frameworks/{framework}", "deleteFramework", says);
    api.add_guarded(end.answers_nothing("204", "It is gone."));
    let public = api.schema::<PublicBody>();
    let end = api
        .end(
            "put",
            "/api/v1/orgs/{org}/frameworks/{framework}/public",
            "publishFramework",
            "Shows it to everybody, or not.",
        )
        .takes(public)
        .answers("200", "The framework.", framework)
        .refuses(api, "409", "Its import is not complete.")
        .refuses(api, "413", "Too large.")
        .refuses(api, "415", "No JSON.")
        .refuses(api, "422", "A member is wrong.");
    api.add_guarded(end);
    let crosswalk = api.schema::<CrosswalkBody>();
    let ask = api.schema::<CrosswalkAsk>();
    let end = api
        .end("post", "/api/v1/orgs/{org}/crosswalks", "addCrosswalk", "Adds a crosswalk between two items.")
        .takes(ask)
        .answers("201", "The crosswalk.", crosswalk)
        .refuses(api, "413", "Too large.")
        .refuses(api, "415", "No JSON.")
        .refuses(api, "422", "A member is wrong.");
    api.add_guarded(end);
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
struct FoundList {
    /// Best first.
    items: Vec<Found>,
}

/// What a search asks.
#[derive(Debug, Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    limit: Option<usize>,
}

/// `GET /api/v1/search`.
async fn search(State(app): State<Arc<App>>, caller: Caller, Asked(ask): Asked<Search>) -> Rest<Json<FoundList>> {
    if ask.q.chars().count() > 200 {
        return Err(bad("bad-query", "A search has at most 200 characters."));
    }
    let limit = match ask.limit.unwrap_or(10) {
        limit @ 1..=50 => limit,
        _ => return Err(bad("bad-limit", "A search gives 1 to 50 results; ask for a limit between them.")),
    };
    Ok(Json(FoundList { items: app.office.search_alignments(&caller.actor, &ask.q, limit).await? }))
}

fn bad(code: &str, says: impl Into<String>) -> RestProblem {
    RestProblem::new(StatusCode::BAD_REQUEST, code, says)
}

/// `GET /api/v1/frameworks`.
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(paging): Asked<Paging>,
) -> Rest<Json<Page<FrameworkBody>>> {
    let limit = paging.limit()?;
    let some = app.office.list_frameworks(&caller.actor, paging.after.as_deref(), limit).await?;
    Ok(Json(page(some.into_iter().map(FrameworkBody::from).collect(), limit, |one: &FrameworkBody| one.id.clone())))
}

/// `GET /api/v1/orgs/{org}/frameworks`.
async fn list_own(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(org): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Rest<Json<Page<FrameworkBody>>> {
    let org = app.office.org_for(&caller.actor, &org, Act::Enter).await?;
    let limit = paging.limit()?;
    let some = app.office.list_org_frameworks(&caller.actor, &org.id, paging.after.as_deref(), limit).await?;
    Ok(Json(page(some.into_iter().map(FrameworkBody::from).collect(), limit, |one: &FrameworkBody| one.id.clone())))
}

/// A page; a full one may have another after it.
fn page<T>(items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Page<T> {
    let full = items.len() >= limit as usize;
    let next = items.last().filter(|_| full).map(cursor);
    Page { items, next }
}

/// `GET /api/v1/frameworks/{framework}`.
async fn one(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Rest<Json<FrameworkBody>> {
    Ok(Json(app.office.framework(&caller.actor, &id).await?.into()))
}

/// Which items are asked for.
#[derive(Debug, Deserialize)]
struct ItemsAsk {
    under: Option<String>,
    q: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /api/v1/frameworks/{framework}/items`.
async fn items(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(ask): Asked<ItemsAsk>,
) -> Rest<Json<Page<ItemBody>>> {
    let limit = Paging { after: None, limit: ask.limit }.limit()?;
    let after = match ask.after.as_deref().map(str::parse::<u64>) {
        None => None,
        Some(Ok(after)) if i64::try_from(after).is_ok() => Some(after),
        Some(_) => return Err(bad("bad-cursor", "This is no cursor of this list; take `next` of the page before.")),
    };
    let words = ask.q.is_some();
    let wanted = match (ask.q, ask.under.as_deref()) {
        (Some(q), _) => Wanted::Words(q),
        (None, Some("top")) => Wanted::Top,
        (None, Some(item)) => Wanted::Under(item.into()),
        (None, None) => Wanted::All,
    };
    let some = app.office.framework_items(&caller.actor, &id, &wanted, after, limit).await?;
    let last = some.last().map(|item| item.place.to_string());
    let mut page = page(some.into_iter().map(ItemBody::from).collect(), limit, |_| last.clone().unwrap_or_default());
    if words {
        page.next = None;
    }
    Ok(Json(page))
}

/// `GET /api/v1/frameworks/{framework}/items/{item}`.
async fn item(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, item)): Path<(String, String)>,
) -> Rest<Json<ItemWhole>> {
    Ok(Json(app.office.framework_item(&caller.actor, &id, &item).await?.into()))
}

/// In which form.
#[derive(Debug, Deserialize)]
struct ExportAsk {
    #[serde(rename = "as")]
    form: Option<String>,
}

/// `GET /api/v1/frameworks/{framework}/export`.
async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(ask): Asked<ExportAsk>,
) -> Rest<Response> {
    let form = form(ask.form.as_deref())?.unwrap_or(Kind::Case);
    let (media_type, text) = app.office.export_framework(&caller.actor, &id, form).await?;
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}

/// The forms that the API takes and gives.
fn form(word: Option<&str>) -> Rest<Option<Kind>> {
    match word {
        None => Ok(None),
        Some("case") => Ok(Some(Kind::Case)),
        Some("ctdl") => Ok(Some(Kind::Ctdl)),
        Some("csv") => Ok(Some(Kind::Csv)),
        Some(_) => Err(bad("unknown-form", "`as` is case, ctdl or csv.")),
    }
}

/// `GET /api/v1/frameworks/{framework}/compare/{other}`.
async fn compare(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, other)): Path<(String, String)>,
) -> Rest<Json<Diff>> {
    Ok(Json(app.office.compare_frameworks(&caller.actor, &other, &id).await?))
}

/// Of which item.
#[derive(Debug, Deserialize)]
struct CrosswalksAsk {
    #[serde(default)]
    uri: String,
}

/// Crosswalks.
#[derive(Debug, Serialize, JsonSchema)]
struct CrosswalkList {
    /// By origin.
    items: Vec<CrosswalkBody>,
}

/// `GET /api/v1/crosswalks`.
async fn crosswalks(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(ask): Asked<CrosswalksAsk>,
) -> Rest<Json<CrosswalkList>> {
    let all = app.office.list_crosswalks(&caller.actor, &ask.uri).await?;
    Ok(Json(CrosswalkList { items: all.into_iter().map(CrosswalkBody::from).collect() }))
}

/// What is said of an upload.
#[derive(Debug, Default, Deserialize)]
struct ImportAsk {
    #[serde(rename = "as")]
    form: Option<String>,
    title: Option<String>,
    uri: Option<String>,
    version: Option<String>,
    #[serde(default)]
    replace: bool,
}

/// `POST /api/v1/orgs/{org}/frameworks`.
async fn import(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(org): Path<String>,
    Asked(ask): Asked<ImportAsk>,
    bytes: Result<Bytes, BytesRejection>,
) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &org, Act::Define).await?;
    let form = form(ask.form.as_deref())?;
    let bytes = bytes.map_err(|_| {
        RestProblem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The file is too large to be uploaded.")
    })?;
    let told = Told { title: ask.title, uri: ask.uri, version: ask.version, ..Told::default() };
    let work = move || read_upload("framework", &bytes, form, &told);
    let read = tokio::task::spawn_blocking(work).await;
    let (reading, sha256) = read.map_err(|_| {
        RestProblem::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "The file could not be read. That was us.")
    })??;
    let import = Import { org_id: org.id, reading, sha256, replace: ask.replace, public: false, served: false };
    let imported = app.office.import_framework(&caller.actor, import, |_| true).await?;
    let body = FrameworkBody::from(imported.framework);
    if imported.already {
        return Ok(Json(body).into_response());
    }
    Ok(created(&format!("/api/v1/frameworks/{}", body.id), &body))
}

/// `DELETE /api/v1/orgs/{org}/frameworks/{framework}`.
async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((org, id)): Path<(String, String)>,
) -> Rest<StatusCode> {
    own(&app, &caller, &org, &id, Act::Define).await?;
    app.office.delete_framework(&caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether everybody may see a framework.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PublicBody {
    /// True to show it to everybody and give it by the CASE service.
    public: bool,
}

/// `PUT /api/v1/orgs/{org}/frameworks/{framework}/public`.
async fn publish(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((org, id)): Path<(String, String)>,
    Body(ask): Body<PublicBody>,
) -> Rest<Json<FrameworkBody>> {
    own(&app, &caller, &org, &id, Act::Publish).await?;
    Ok(Json(app.office.publish_framework(&caller.actor, &id, ask.public).await?.into()))
}

/// A refusal unless the framework is this organisation's and the caller may do this there.
async fn own(app: &App, caller: &Caller, org: &str, id: &str, act: Act) -> Rest<()> {
    let org = app.office.org_for(&caller.actor, org, act).await?;
    let framework = app.office.framework(&caller.actor, id).await?;
    if framework.org_id == org.id { Ok(()) } else { Err(RestProblem::not_found()) }
}

/// A crosswalk to be added.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CrosswalkAsk {
    /// URI.
    origin: String,
    /// URI.
    destination: String,
    /// What the destination is to the origin.
    relation: Relation,
    /// 0 to 1.
    confidence: Option<f64>,
    /// Who compared the two, and how.
    basis: String,
}

/// `POST /api/v1/orgs/{org}/crosswalks`.
async fn add_crosswalk(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(org): Path<String>,
    Body(ask): Body<CrosswalkAsk>,
) -> Rest<(StatusCode, Json<CrosswalkBody>)> {
    let org = app.office.org_for(&caller.actor, &org, Act::Define).await?;
    let CrosswalkAsk { origin, destination, relation, confidence, basis } = ask;
    let crosswalk = Crosswalk { origin, destination, relation, confidence, basis };
    let stored = app.office.add_crosswalk(&caller.actor, &org.id, crosswalk).await?;
    Ok((StatusCode::CREATED, Json(stored.into())))
}
