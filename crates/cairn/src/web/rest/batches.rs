//! `/api/v1`: Batches of awards.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use cairn_domain::access::Act;
use cairn_domain::roster::Form;
use cairn_registrar::batches::{NewBatch, StoredBatch};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Asked, Page, Paging, Rest, RestProblem, created};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::Describe;

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/orgs/{org}/batches", get(list).post(upload))
        .route("/api/v1/orgs/{org}/batches/{batch}", get(find).delete(discard))
        .route("/api/v1/orgs/{org}/batches/{batch}/problems", get(problems))
        .route("/api/v1/orgs/{org}/batches/{batch}/start", post(start))
        .route("/api/v1/orgs/{org}/batches/{batch}/stop", post(stop))
        .route("/api/v1/orgs/{org}/batches/{batch}/undo", post(undo))
}

/// A batch: a file of awards, and how far it is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BatchShown {
    /// Id.
    pub id: String,
    /// The achievement that is awarded.
    pub achievement: String,
    /// Which version of it.
    pub version: String,
    /// The file's name.
    pub name: String,
    /// `csv` or `jsonl`.
    pub form: String,
    /// Lower-case hex SHA-256 of the file.
    pub sha256: String,
    /// Whether recipients get letters.
    pub letters: bool,
    /// Whether those get it too who hold it already.
    pub again: bool,
    /// `checking`, `checked`, `unreadable`, `running`, `done`, `stopped`, `undoing` or `undone`.
    pub state: String,
    /// Why it stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// How many rows the file has.
    pub rows: u64,
    /// How many of them cannot be awarded.
    pub bad: u64,
    /// How many rows are done with.
    pub position: u64,
    /// How many awards were made.
    pub issued: u64,
    /// When the file came.
    pub created: Timestamp,
    /// When issuing began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<Timestamp>,
    /// Until when it can be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Timestamp>,
    /// When it was undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone: Option<Timestamp>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RowProblem {
    /// The line; the first is 1.
    pub line: u64,
    /// In CSV the number of the column, in JSON Lines the place of the character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Name of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong and what to do.
    pub says: String,
}

/// What an upload says about its file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadAsk {
    achievement: String,
    version: String,
    name: Option<String>,
    #[serde(default)]
    letters: bool,
    #[serde(default)]
    again: bool,
}

fn shown(one: StoredBatch) -> BatchShown {
    BatchShown {
        id: one.id,
        achievement: one.achievement_id,
        version: one.version,
        name: one.name,
        form: one.form,
        sha256: one.sha256,
        letters: one.letters,
        again: one.again,
        state: one.state,
        trouble: one.trouble,
        rows: one.rows,
        bad: one.bad,
        position: one.position,
        issued: one.issued,
        created: one.created,
        started: one.started,
        finished: one.finished,
        undo_until: one.undo_until,
        undone: one.undone,
    }
}

type At = Path<(String, String)>;

async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Rest<Json<Page<BatchShown>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let limit = paging.limit()?;
    let mut all = app.office.list_batches(&caller.actor, &org.id, paging.after.as_deref(), limit + 1).await?;
    let more = all.len() > limit as usize;
    all.truncate(limit as usize);
    let next = all.last().filter(|_| more).map(|last| last.id.clone());
    Ok(Json(Page { items: all.into_iter().map(shown).collect(), next }))
}

async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Asked(ask): Asked<UploadAsk>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let form = match kind.as_str() {
        "text/csv" => Form::Csv,
        "application/jsonl" | "application/x-ndjson" => Form::Jsonl,
        _ => {
            let says = "Send the file itself, and say what it is: Content-Type: text/csv or application/jsonl.";
            return Err(RestProblem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no-roster", says));
        }
    };
    let new = NewBatch {
        org_id: org.id,
        achievement_id: ask.achievement,
        version: ask.version,
        name: ask.name.unwrap_or_else(|| format!("sent by the API.{}", form.word())),
        letters: ask.letters,
        again: ask.again,
    };
    let one = app.office.upload_batch(&caller.actor, new, &bytes).await?;
    Ok(created(&format!("/api/v1/orgs/{slug}/batches/{}", one.id), &shown(one)))
}

async fn find(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Rest<Json<BatchShown>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    Ok(Json(shown(app.office.find_batch(&caller.actor, &org.id, &id).await?)))
}

async fn discard(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Rest<StatusCode> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    app.office.discard_batch(&caller.actor, &org.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn problems(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): At,
    Asked(paging): Asked<Paging>,
) -> Rest<Json<Page<RowProblem>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let after = match paging.after.as_deref() {
        None => 0,
        Some(line) => line.parse::<u32>().map_err(|_| {
            RestProblem::new(StatusCode::BAD_REQUEST, "bad-cursor", "Take the cursor as the page before gave it.")
        })?,
    };
    let limit = paging.limit()? as usize;
    // a line is never parted between two pages: it has at most as many problems as columns
    let all = app.office.batch_problems(&caller.actor, (&org.id, &id), after.into(), 1_000).await?;
    let mut end = all.len();
    if let Some(last) = all.get(limit.saturating_sub(1)).filter(|_| all.len() > limit) {
        end = all.iter().position(|one| one.line > last.line).unwrap_or(all.len());
    }
    let next = all.get(end.saturating_sub(1)).filter(|_| end < all.len()).map(|last| last.line.to_string());
    let item = |one: &cairn_registrar::batches::BatchProblem| RowProblem {
        line: one.line,
        column: one.place,
        field: one.field.clone(),
        says: one.says.clone(),
    };
    Ok(Json(Page { items: all[..end].iter().map(item).collect(), next }))
}

async fn start(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Rest<Json<BatchShown>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    Ok(Json(shown(app.office.start_batch(&caller.actor, &org.id, &id).await?)))
}

async fn stop(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Rest<Json<BatchShown>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    Ok(Json(shown(app.office.stop_batch(&caller.actor, &org.id, &id).await?)))
}

async fn undo(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Rest<Json<BatchShown>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Revoke).await?;
    Ok(Json(shown(app.office.undo_batch(&caller.actor, &org.id, &id).await?)))
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    let (batch, page, rows) =
        (api.schema::<BatchShown>(), api.schema::<Page<BatchShown>>(), api.schema::<Page<RowProblem>>());
    let text = || json!({"type": "string"});
    let all = "/api/v1/orgs/{org}/batches";
    let end = api.end("get", all, "listBatches", "Batches, newest first.").pages();
    api.add_guarded(end.answers("200", "A page of them.", page));
    let end = api.end("post", all, "uploadBatch", "Send a file of awards; it is checked, and nothing is awarded yet.");
    let flag = || json!({"type": "boolean", "default": false});
    let mut end = end
        .takes_type("text/csv", text())
        .takes_type("application/jsonl", text())
        .needs("query", "achievement", "Id of the achievement.", text())
        .needs("query", "version", "The published version that is awarded.", text())
        .asks("query", "name", "What the file is called.", text())
        .asks("query", "letters", "Whether recipients get letters.", flag())
        .asks("query", "again", "Whether those get it too who hold it already.", flag());
    end = end.answers("201", "The batch; the same file for the same version is the same batch.", batch.clone());
    api.add_guarded(end);
    let one = "/api/v1/orgs/{org}/batches/{batch}";
    let end = api.end("get", one, "findBatch", "A batch, and how far it is.");
    api.add_guarded(end.answers("200", "The batch.", batch.clone()));
    let end = api.end("delete", one, "discardBatch", "Forget a batch that was never started.");
    let end = end.answers_nothing("204", "It is forgotten.").refuses(api, "409", "It was started.");
    api.add_guarded(end);
    let end = api.end(
        "get",
        "/api/v1/orgs/{org}/batches/{batch}/problems",
        "listBatchProblems",
        "What is wrong with rows, by line: the first 1,000 problems.",
    );
    api.add_guarded(end.pages().answers("200", "A page of them.", rows));
    let acts = [
        ("/api/v1/orgs/{org}/batches/{batch}/start", "startBatch", "Award what was checked, or go on."),
        ("/api/v1/orgs/{org}/batches/{batch}/stop", "stopBatch", "Stop after the rows that are being worked on."),
        ("/api/v1/orgs/{org}/batches/{batch}/undo", "undoBatch", "Revoke all that it has issued, within 72 hours."),
    ];
    for (path, id, says) in acts {
        let end = api.end("post", path, id, says).answers("200", "The batch.", batch.clone());
        let end = end.refuses(api, "409", "Not as things stand.");
        api.add_guarded(end);
    }
}
