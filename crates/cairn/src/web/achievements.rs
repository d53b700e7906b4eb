//! Achievements: the list, the editor, versions and what changed; and their public pages.

use std::sync::Arc;

use axum::Router;

use super::app::App;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
}
