//! What the office publishes under its own address: status lists, served as they were signed.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::app::App;
use super::problem::Problem;

/// The addresses under which the office publishes.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/status/{*rest}", get(serve))
}

/// Whatever the office publishes at an address.
pub async fn serve(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let Some(published) = app.office.published(uri.path()).await? else {
        return Err(Problem::not_found("Nothing is published at this address."));
    };
    let kind = HeaderValue::from_str(&published.media_type).map_err(|error| Problem::fault(&error))?;
    // Anyone may check a badge, from anywhere; and a list that is fetched rarely tells least about who checks whom.
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    Ok((headers, published.text).into_response())
}
