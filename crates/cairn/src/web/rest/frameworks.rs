//! `/api/v1`: Frameworks, search, and CASE 1.1.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use cairn_registrar::frameworks::Found;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Rest, RestProblem};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::Describe;

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/api/v1/search", get(search))
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    let found = api.schema::<FoundList>();
    let says = "What an achievement can be aligned to, as you type: items of public frameworks, of your own \
                organisations' too when you are signed in, and the built-in skills and technologies.";
    let search = api
        .end("get", "/api/v1/search", "search", says)
        .asks("query", "q", "Words; the last may be half typed.", json!({"type": "string", "maxLength": 200}))
        .asks("query", "limit", "How many.", json!({"type": "integer", "minimum": 1, "maximum": 50, "default": 10}))
        .answers("200", "What was found, best first.", found);
    api.add(search);
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
async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    query: Result<Query<Search>, axum::extract::rejection::QueryRejection>,
) -> Rest<Json<FoundList>> {
    let Query(ask) = query.map_err(|error| bad("bad-query", error.to_string()))?;
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
