//! API tokens of an organisation.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_domain::access::{Act, Scope};
use cairn_registrar::refusal::Refusal;
use cairn_registrar::tokens::NewToken;
use jiff::SignedDuration;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::people::{Sent, again, beside, field};
use super::problem::{Problem, status_of};
use super::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/org/{slug}/tokens", get(list).post(make))
        .route("/org/{slug}/tokens/{id}/revoke", post(revoke))
}

/// An organisation's API tokens.
#[derive(Debug, Clone, Template)]
#[template(path = "people-tokens.html")]
pub struct TokensPage {
    /// The frame.
    pub chrome: Chrome,
    /// The organisation's place on the site.
    pub slug: String,
    /// Address of the site.
    pub base_url: String,
    /// A token that was just made, shown this once.
    pub told: Option<String>,
    /// Tokens that are good.
    pub good: Vec<TokenLine>,
    /// Tokens that are over.
    pub over: Vec<TokenLine>,
    /// All scopes.
    pub scopes: Vec<ScopeChoice>,
    /// A label as it was typed.
    pub label: String,
    /// Days as they were typed.
    pub days: String,
    /// What is wrong.
    pub problem: Option<String>,
}

/// One token.
#[derive(Debug, Clone)]
pub struct TokenLine {
    /// Id.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// What it may be used for.
    pub scopes: Vec<&'static str>,
    /// Who made it, when.
    pub made: String,
    /// When it was last used, in words.
    pub used: String,
    /// When it ends or ended, in words.
    pub end: String,
    /// Whether it ends within 14 days.
    pub soon: bool,
}

/// One scope to choose.
#[derive(Debug, Clone)]
pub struct ScopeChoice {
    /// Its word.
    pub word: &'static str,
    /// What it allows.
    pub says: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// `GET /org/{slug}/tokens`.
pub async fn list(State(app): State<Arc<App>>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Problem> {
    Ok(page(&tokens_page(&app, &caller, &slug).await?))
}

async fn tokens_page(app: &App, caller: &Caller, slug: &str) -> Result<TokensPage, Problem> {
    let org = app.office.org_for(&caller.actor, slug, Act::Tokens).await?;
    let now = app.now();
    let (mut good, mut over) = (Vec::new(), Vec::new());
    for token in app.office.tokens(&caller.actor, &org.id).await? {
        let maker = app.office.name_of(&token.person_id).await?.unwrap_or_else(|| "somebody who has left".into());
        let (is_good, end) = match token.revoked {
            Some(at) => (false, format!("revoked on {}", words::date_of(at))),
            None if token.expires <= now => (false, format!("ended on {}", words::date_of(token.expires))),
            None => (true, format!("ends on {}", words::date_of(token.expires))),
        };
        let line = TokenLine {
            id: token.id,
            label: token.label,
            scopes: token.scopes.iter().map(|scope| scope.word()).collect(),
            made: format!("made by {maker} on {}", words::date_of(token.created)),
            used: token.used.map_or("never used".into(), |at| format!("last used {}", words::moment(at))),
            end,
            soon: is_good && token.expires.duration_since(now) < SignedDuration::from_hours(24 * 14),
        };
        if is_good { good.push(line) } else { over.push(line) }
    }
    Ok(TokensPage {
        chrome: Chrome::new(format!("API tokens of {}", org.name), Here::Org, app.is_demo())
            .seen_by(caller)
            .in_org(&org.slug, &org.name, "tokens"),
        slug: org.slug,
        base_url: app.office.base_url.clone(),
        told: None,
        good,
        over,
        scopes: Scope::ALL
            .into_iter()
            .map(|scope| ScopeChoice { word: scope.word(), says: says(scope), chosen: scope == Scope::Read })
            .collect(),
        label: String::new(),
        days: "90".into(),
        problem: None,
    })
}

fn says(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "Read the organisation, its achievements and frameworks.",
        Scope::Define => "Write drafts, import frameworks, publish.",
        Scope::Award => "Award directly and in bulk, decide on requests.",
        Scope::Revoke => "Revoke, suspend, reinstate, correct a name.",
        Scope::Records => "Read who was awarded what, requests and evidence.",
        Scope::Admin => "People, keys, settings, the audit.",
    }
}

/// `POST /org/{slug}/tokens`: the one answer that shows the token. It is not kept in an address, nor by a browser.
pub async fn make(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Tokens).await?;
    let made = match wanted(&sent) {
        Ok(wanted) => beside(app.office.make_token(&caller.actor, &org.id, wanted).await)?,
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok((_, told)) => {
            let shown = TokensPage { told: Some(told), ..tokens_page(&app, &caller, &slug).await? };
            Ok((StatusCode::CREATED, page(&shown)).into_response())
        }
        Err(refusal) if refusal.code == "sign-in-again" => Ok(again(&format!("/org/{slug}/tokens"))),
        Err(refusal) => {
            let mut shown = tokens_page(&app, &caller, &slug).await?;
            for choice in &mut shown.scopes {
                choice.chosen = sent.iter().any(|(name, value)| name == "scope" && value == choice.word);
            }
            (shown.label, shown.days) = (field(&sent, "label").into(), field(&sent, "days").into());
            shown.problem = Some(refusal.says);
            Ok((status_of(refusal.code), page(&shown)).into_response())
        }
    }
}

fn wanted(sent: &Sent) -> Result<NewToken, Refusal> {
    let scopes = sent.iter().filter(|(name, _)| name == "scope").map(|(_, value)| value.parse());
    let scopes = scopes.collect::<Result<_, String>>().map_err(|says| Refusal::new("bad-scope", says))?;
    let days = field(sent, "days").trim().parse().unwrap_or(0);
    Ok(NewToken { label: field(sent, "label").into(), scopes, days })
}

/// `POST /org/{slug}/tokens/{id}/revoke`.
pub async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Tokens).await?;
    app.office.revoke_token(&caller.actor, &org.id, &id).await?;
    Ok(Redirect::to(&format!("/org/{slug}/tokens")).into_response())
}
