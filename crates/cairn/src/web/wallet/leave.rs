//! Leaving: what goes, what stays, and the button.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum_extra::extract::cookie::CookieJar;
use cairn_registrar::refusal::Trouble;
use serde::Deserialize;

use crate::web::app::App;
use crate::web::caller::{Caller, no_session_cookie};
use crate::web::pages::{Chrome, Here, page};
use crate::web::problem::{Problem, status_of};
use crate::web::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/account/leave", get(show).post(leave))
}

/// What leaving means.
#[derive(Debug, Template)]
#[template(path = "leave.html")]
struct LeavePage {
    chrome: Chrome,
    problem: Option<String>,
    /// How many credentials from here, in words.
    here: String,
    /// How many badges from elsewhere, in words.
    kept: String,
    /// How many links that work, in words.
    shares: String,
    /// Whether they have left.
    gone: bool,
}

async fn show(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    if !caller.is_signed_in() {
        return Ok(Redirect::to("/sign-in?next=/account/leave").into_response());
    }
    Ok(page(&laid_out(&app, &caller, None).await?))
}

/// The form of [`leave`].
#[derive(Debug, Deserialize)]
struct LeaveForm {
    #[serde(default)]
    sure: String,
}

/// `POST /account/leave`.
async fn leave(
    State(app): State<Arc<App>>,
    caller: Caller,
    jar: CookieJar,
    Form(form): Form<LeaveForm>,
) -> Result<Response, Problem> {
    caller.actor.signed_in()?;
    if form.sure != "yes" {
        let says = "Tick the box first: this cannot be undone.".to_owned();
        let again = laid_out(&app, &caller, Some(says)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response());
    }
    match app.office.leave(&caller.actor).await {
        Ok(_) => {
            let gone = LeavePage {
                chrome: Chrome::new("You have left", Here::Account, app.is_demo()),
                problem: None,
                here: String::new(),
                kept: String::new(),
                shares: String::new(),
                gone: true,
            };
            Ok((jar.remove(no_session_cookie()), page(&gone)).into_response())
        }
        Err(Trouble::Refusal(refusal)) => {
            let again = laid_out(&app, &caller, Some(refusal.says)).await?;
            Ok((status_of(refusal.code), page(&again)).into_response())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

async fn laid_out(app: &App, caller: &Caller, problem: Option<String>) -> Result<LeavePage, Problem> {
    let wallet = app.office.wallet(&caller.actor).await?;
    Ok(LeavePage {
        chrome: Chrome::new("Leave", Here::Account, app.is_demo()).seen_by(caller),
        problem,
        here: words::count(wallet.here.len(), "badge"),
        kept: words::count(wallet.kept.len(), "badge"),
        shares: words::count(wallet.shares.len(), "link"),
        gone: false,
    })
}
