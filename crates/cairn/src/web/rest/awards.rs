//! `/api/v1`: Awards: made, found, revoked, superseded.

use std::sync::Arc;

use axum::Router;

use crate::web::app::App;
use crate::web::openapi::Describe;

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
}

/// What OpenAPI says of them.
pub fn describe(_api: &mut Describe) {}
