//! The page behind a claim link: the badge, and how to make it one's own.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use cairn_registrar::claims::{ClaimStands, OpenClaim};
use cairn_registrar::refusal::Trouble;
use serde::Deserialize;

use super::app::App;
use super::caller::{Caller, session_cookie};
use super::pages::{Chrome, Here, page};
use super::problem::{Problem, status_of};

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/claim/{token}", get(look).post(claim)).route("/claim/{token}/open", post(open))
}

/// A badge that waits to be claimed.
#[derive(Debug, Template)]
#[template(path = "claim.html")]
struct ClaimPage {
    chrome: Chrome,
    /// The link's token.
    token: String,
    /// Last part of the address of the credential's page.
    id: String,
    name: String,
    issuer: String,
    /// The address to which the letter went.
    email: String,
    /// `open`, `new`, `sign-in`, `yours`, `other`.
    stands: &'static str,
    /// Who is signed in.
    who: String,
    /// The name as it was typed, or as the credential has it.
    typed: String,
    /// What is wrong with it.
    problem: Option<String>,
}

async fn look(State(app): State<Arc<App>>, caller: Caller, Path(token): Path<String>) -> Result<Response, Problem> {
    let open = app.office.look_at_claim(&caller.actor, &token).await?;
    let typed = open.credential.recipient_name.clone().unwrap_or_default();
    Ok((private(), page(&laid_out(&app, &caller, token, open, typed).await?)).into_response())
}

/// `POST /claim/{token}`: whoever is signed in makes it theirs.
async fn claim(State(app): State<Arc<App>>, caller: Caller, Path(token): Path<String>) -> Result<Response, Problem> {
    app.office.claim(&caller.actor, &token).await?;
    Ok(Redirect::to("/home").into_response())
}

/// The form of [`open`].
#[derive(Debug, Deserialize)]
struct OpenForm {
    #[serde(default)]
    name: String,
}

/// `POST /claim/{token}/open`: whoever holds the letter opens an account with the address to which it went.
async fn open(
    State(app): State<Arc<App>>,
    caller: Caller,
    jar: CookieJar,
    headers: HeaderMap,
    (Path(token), Form(form)): (Path<String>, Form<OpenForm>),
) -> Result<Response, Problem> {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    match app.office.claim_with_new_account(&caller.actor, &token, &form.name, agent).await {
        Ok((_, session)) => Ok((jar.add(session_cookie(&app, session)), Redirect::to("/home")).into_response()),
        Err(Trouble::Refusal(refusal)) if refusal.code != "not-found" => {
            let open = app.office.look_at_claim(&caller.actor, &token).await?;
            let mut page_again = laid_out(&app, &caller, token, open, form.name).await?;
            page_again.problem = Some(refusal.says);
            let status = match status_of(refusal.code) {
                StatusCode::CONFLICT => StatusCode::CONFLICT,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            Ok((status, private(), page(&page_again)).into_response())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

async fn laid_out(
    app: &App,
    caller: &Caller,
    token: String,
    open: OpenClaim,
    typed: String,
) -> Result<ClaimPage, Problem> {
    let shown = app.office.show_credential(&open.credential).await?;
    let issuer = shown.facts.issuer.name.clone().unwrap_or(open.org.name);
    Ok(ClaimPage {
        chrome: Chrome::new(format!("A badge for you: {}", shown.facts.name), Here::Elsewhere, app.is_demo())
            .seen_by(caller),
        token,
        id: open.credential.public_id,
        name: shown.facts.name,
        issuer,
        email: open.credential.recipient_email.unwrap_or_default(),
        stands: match open.stands {
            ClaimStands::Open => "open",
            ClaimStands::CanOpenAccount => "new",
            ClaimStands::MustSignIn => "sign-in",
            ClaimStands::Yours => "yours",
            ClaimStands::SomebodyElses => "other",
        },
        who: caller.name.clone().unwrap_or_default(),
        typed,
        problem: None,
    })
}

/// A claim link's address is its key.
fn private() -> [(HeaderName, HeaderValue); 2] {
    [
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
    ]
}
