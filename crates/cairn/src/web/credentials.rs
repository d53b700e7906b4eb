//! The public page of a credential, and the forms it is handed over in.

use std::sync::Arc;

use axum::Router;

use super::app::App;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
}
