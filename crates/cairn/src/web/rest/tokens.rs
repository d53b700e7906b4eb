//! `/api/v1`: API tokens.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get};
use axum::{Json, Router};
use cairn_domain::access::{Act, Scope};
use cairn_registrar::tokens::{ApiToken, NewToken};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::{Asked, Body};
use super::door::ToldOnce;
use super::staff::paged;
use super::{Page, Paging, Rest, created};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::openapi::Describe;

/// The ends of the API in this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/api/v1/orgs/{org}/tokens", get(list).post(make))
        .route("/api/v1/orgs/{org}/tokens/{token}", delete(revoke))
}

/// An API token, without what is told once.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Token")]
pub struct TokenBody {
    /// Id.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Id of the person who made it.
    pub made_by: String,
    /// When it was made (RFC 3339).
    pub created: String,
    /// When it ends (RFC 3339).
    pub expires: String,
    /// When it was last used, to within some minutes (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
    /// When it was revoked (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
}

/// A token that was just made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MadeToken {
    /// The token itself, told this once.
    pub secret: String,
    /// What is kept of it.
    pub token: TokenBody,
}

/// A token that is to be made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenAsk {
    /// What it is for: 1 to 80 characters.
    #[schemars(length(min = 1, max = 80))]
    pub label: String,
    /// What it may be used for.
    #[schemars(length(min = 1))]
    pub scopes: Vec<Scope>,
    /// Days until it ends.
    #[schemars(range(min = 1, max = 366))]
    pub days: u32,
}

impl From<ApiToken> for TokenBody {
    fn from(one: ApiToken) -> TokenBody {
        TokenBody {
            id: one.id,
            label: one.label,
            scopes: one.scopes,
            made_by: one.person_id,
            created: one.created.to_string(),
            expires: one.expires.to_string(),
            used: one.used.map(|at| at.to_string()),
            revoked: one.revoked.map(|at| at.to_string()),
        }
    }
}

async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Rest<Json<Page<TokenBody>>> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Tokens).await?;
    let all = app.office.tokens(&caller.actor, &org.id).await?.into_iter().map(TokenBody::from).collect();
    paged(all, &paging, |one: &TokenBody| &one.id)
}

async fn make(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(ask): Body<TokenAsk>,
) -> Rest<Response> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Tokens).await?;
    let wanted = NewToken { label: ask.label, scopes: ask.scopes.into_iter().collect(), days: ask.days };
    let (token, secret) = app.office.make_token(&caller.actor, &org.id, wanted).await?;
    let location = format!("/api/v1/orgs/{slug}/tokens/{}", token.id);
    let mut response = created(&location, &MadeToken { secret, token: token.into() });
    response.extensions_mut().insert(ToldOnce);
    Ok(response)
}

async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Rest<StatusCode> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Tokens).await?;
    app.office.revoke_token(&caller.actor, &org.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What OpenAPI says of them.
pub fn describe(api: &mut Describe) {
    let at = "/api/v1/orgs/{org}/tokens";
    let page = api.schema::<Page<TokenBody>>();
    let end = api.end("get", at, "listTokens", "API tokens, those that are over too.");
    api.add_guarded(end.pages().answers("200", "Tokens, newest first.", page));
    let (ask, made) = (api.schema::<TokenAsk>(), api.schema::<MadeToken>());
    let end =
        api.end("post", at, "makeToken", "Make an API token. A person does, in a session: a token makes no tokens.");
    let end = end.takes(ask).answers("201", "The token; its secret is told this once.", made);
    let end = end.refuses(api, "422", "Its label, scopes or days are not good, or there are too many tokens.");
    api.add_guarded(end);
    let end = api.end("delete", "/api/v1/orgs/{org}/tokens/{token}", "revokeToken", "Revoke an API token.");
    let end = end.answers_nothing("204", "It is good for nothing from now on.");
    let end = end.refuses(api, "409", "It was revoked before.");
    api.add_guarded(end);
}
