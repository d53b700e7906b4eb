//! Signing in, and a person's own account.

use std::sync::Arc;

use axum::Router;

use super::app::App;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
}
