//! Claims: a letter's link makes a credential the recipient's own.

use std::sync::Arc;

use axum::Router;

use super::app::App;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
}
