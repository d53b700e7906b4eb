//! `/api/v1`: Achievements: drafts, versions, pictures.

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
