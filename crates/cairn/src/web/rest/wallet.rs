//! `/api/v1`: A learner's own things, in their own session: tokens are organisations'.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::Describe;
use crate::web::rest::{Page, Rest};

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/api/v1/me/badges", get(badges)).route("/api/v1/me/shares", get(shares))
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    let schema = api.schema::<Page<MyBadge>>();
    let end = api.end("get", "/api/v1/me/badges", "listMyBadges", "All badges of the person whose session it is.");
    api.add_guarded(end.answers("200", "The badges; all on one page.", schema));
    let schema = api.schema::<Page<MyShare>>();
    let end = api.end("get", "/api/v1/me/shares", "listMyShares", "What that person shares and has not ended.");
    api.add_guarded(end.answers("200", "The shares; all on one page.", schema));
}

/// One of a learner's badges.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MyBadge {
    /// Where it is from.
    pub from: From,
    /// Its page, when it was awarded here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Who awarded it, when that was here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Its name as it was given, when it is from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was awarded here, or kept here.
    pub since: Timestamp,
    /// Until when it is valid, where it was awarded here and has an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// `revoked` or `suspended`, where it was awarded here and taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Exactly what was signed: JSON text or a compact JWT.
    pub text: String,
    /// Lower-case hex SHA-256 of the text.
    pub sha256: String,
}

/// Where a badge is from.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum From {
    /// Awarded by an organisation of this site.
    Here,
    /// Kept here from elsewhere.
    Elsewhere,
}

/// A share that works.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MyShare {
    /// For whom or what.
    pub purpose: Option<String>,
    /// When it was made.
    pub made: Timestamp,
    /// Until when it works.
    pub until: Timestamp,
    /// How often it was opened.
    pub opened: u64,
}

async fn badges(State(app): State<Arc<App>>, caller: Caller) -> Rest<Json<Page<MyBadge>>> {
    let wallet = app.office.wallet(&caller.actor).await?;
    let here = wallet.here.into_iter().map(|(one, org)| MyBadge {
        from: From::Here,
        page: Some(app.office.page_of(&one)),
        issuer: Some(org.name),
        name: None,
        since: one.awarded,
        valid_until: one.valid_until,
        status: one.status,
        text: one.signed_text,
        sha256: one.sha256,
    });
    let kept = wallet.kept.into_iter().map(|one| MyBadge {
        from: From::Elsewhere,
        page: None,
        issuer: None,
        name: Some(one.name),
        since: one.created,
        valid_until: None,
        status: None,
        text: one.text,
        sha256: one.sha256,
    });
    Ok(Json(Page { items: here.chain(kept).collect(), next: None }))
}

async fn shares(State(app): State<Arc<App>>, caller: Caller) -> Rest<Json<Page<MyShare>>> {
    let wallet = app.office.wallet(&caller.actor).await?;
    let items = wallet.shares.into_iter().map(|one| MyShare {
        purpose: one.purpose,
        made: one.created,
        until: one.until,
        opened: one.opened,
    });
    Ok(Json(Page { items: items.collect(), next: None }))
}
