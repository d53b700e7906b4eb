//! Passkeys: the page in a person's account, and the ends that the browser's script calls.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use cairn_registrar::passkeys::Begun;
use cairn_registrar::people::local_path;
use cairn_registrar::refusal::Refusal;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::app::App;
use super::caller::{Caller, session_cookie};
use super::pages::{Chrome, Here, page};
use super::problem::Problem;
use super::rest::Rest;

/// The cookie that finds the first half of an exchange again.
const COOKIE: &str = "cairn-ceremony";

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/account/passkeys", get(list))
        .route("/account/passkeys/begin", post(begin_add))
        .route("/account/passkeys/finish", post(finish_add))
        .route("/account/passkeys/{id}/remove", post(remove))
        .route("/sign-in/passkey/begin", post(begin_sign_in))
        .route("/sign-in/passkey/finish", post(finish_sign_in))
}

/// A person's passkeys.
#[derive(Debug, Template)]
#[template(path = "passkeys.html")]
struct PasskeysPage {
    chrome: Chrome,
    /// Why none can be made here.
    cannot: Option<String>,
    passkeys: Vec<KeyLine>,
}

#[derive(Debug, Clone)]
struct KeyLine {
    id: String,
    label: String,
    told: String,
}

/// What the script sends when the browser has made a passkey.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    label: String,
    credential: Value,
}

/// What the script sends when the browser has signed with one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    credential: Value,
    #[serde(default)]
    next: Option<String>,
}

async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    let passkeys = app.office.list_passkeys(&caller.actor).await?;
    let passkeys = passkeys.into_iter().map(|one| KeyLine {
        id: one.credential_id,
        label: one.label,
        told: match one.used {
            Some(used) => format!("Added {}, last used {}", day(one.created), day(used)),
            None => format!("Added {}, not used yet", day(one.created)),
        },
    });
    Ok(page(&PasskeysPage {
        passkeys: passkeys.collect(),
        cannot: app.office.no_passkeys(),
        chrome: Chrome::new("Passkeys", Here::Account, app.is_demo()).seen_by(&caller),
    }))
}

async fn begin_add(State(app): State<Arc<App>>, caller: Caller) -> Rest<Response> {
    Ok(begun(&app, app.office.begin_passkey(&caller.actor).await?))
}

async fn finish_add(
    State(app): State<Arc<App>>,
    caller: Caller,
    jar: CookieJar,
    Json(made): Json<Made>,
) -> Rest<Response> {
    let token = ceremony(&jar)?;
    app.office.finish_passkey(&caller.actor, &token, &made.label, made.credential).await?;
    Ok((jar.remove(over()), Json(json!({ "next": "/account/passkeys" }))).into_response())
}

async fn remove(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Redirect, Problem> {
    app.office.remove_passkey(&caller.actor, &id).await?;
    Ok(Redirect::to("/account/passkeys"))
}

async fn begin_sign_in(State(app): State<Arc<App>>) -> Rest<Response> {
    Ok(begun(&app, app.office.begin_passkey_sign_in().await?))
}

async fn finish_sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    jar: CookieJar,
    Json(shown): Json<Shown>,
) -> Rest<Response> {
    let token = ceremony(&jar)?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let session = app.office.finish_passkey_sign_in(&token, shown.credential, agent).await?;
    let next = shown.next.as_deref().and_then(local_path).unwrap_or_else(|| "/home".into());
    let jar = jar.remove(over()).add(session_cookie(&app, session));
    Ok((jar, Json(json!({ "next": next }))).into_response())
}

fn begun(app: &App, begun: Begun) -> Response {
    let cookie = Cookie::build((COOKIE, begun.token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.office.base_url.starts_with("https://"))
        .build();
    (CookieJar::new().add(cookie), Json(begun.options)).into_response()
}

fn ceremony(jar: &CookieJar) -> Result<String, Refusal> {
    let over = || Refusal::new("over", "This took too long, or cookies are off. Begin again.");
    jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).ok_or_else(over)
}

fn over() -> Cookie<'static> {
    Cookie::build((COOKIE, "")).path("/").build()
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}
