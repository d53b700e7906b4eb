//! Signing in by a link in a letter, and out.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use cairn_registrar::people::{OpenLink, local_path};
use cairn_registrar::refusal::{Refusal, Trouble};
use serde::Deserialize;

use super::app::App;
use super::caller::{Caller, no_session_cookie, session_cookie};
use super::pages::{Chrome, Here, page};
use super::problem::{Problem, status_of};
use super::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/sign-in", get(form).post(ask))
        .route("/sign-in/demo", post(demo))
        .route("/sign-in/{token}", get(look).post(sign_in))
        .route("/sign-out", post(sign_out))
}

/// Fields of a form, by name, as they were sent.
pub type Sent = Form<Vec<(String, String)>>;

/// A field of a form; empty when it was not sent.
pub fn field<'a>(sent: &'a Sent, name: &str) -> &'a str {
    sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

/// The browser's own words for itself.
pub fn agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT)?.to_str().ok()
}

/// The form to sign in.
#[derive(Debug, Clone, Template)]
#[template(path = "people-sign-in.html")]
pub struct SignInPage {
    /// The frame.
    pub chrome: Chrome,
    /// The address as it was typed.
    pub email: String,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Where to go afterwards.
    pub next: String,
    /// Whether letters leave this site.
    pub sends_letters: bool,
    /// The name of whoever is signed in already.
    pub already: Option<String>,
    /// People to sign in as, on a demo.
    pub people: Vec<DemoCard>,
}

/// Somebody to sign in as.
#[derive(Debug, Clone)]
pub struct DemoCard {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What they are here.
    pub part: String,
}

/// A letter is on its way.
#[derive(Debug, Clone, Template)]
#[template(path = "people-sent.html")]
pub struct SentPage {
    /// The frame.
    pub chrome: Chrome,
    /// The address as it was typed.
    pub email: String,
    /// Whether letters leave this site.
    pub sends_letters: bool,
    /// Where to try again.
    pub back: &'static str,
    /// What the letter is for.
    pub what: &'static str,
}

/// The button behind a link.
#[derive(Debug, Clone, Template)]
#[template(path = "people-confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub chrome: Chrome,
    /// The link's own address.
    pub action: String,
    /// The address to which the letter went.
    pub email: String,
    /// The name of whoever has it; `None` for somebody new, who is asked for theirs.
    pub known: Option<String>,
    /// The name as it was typed.
    pub name: String,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Until when the link is good.
    pub until: String,
}

/// What `/sign-in` may be asked with.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    next: Option<String>,
}

/// `GET /sign-in`.
pub async fn form(State(app): State<Arc<App>>, caller: Caller, Query(wanted): Query<Wanted>) -> Response {
    let next = wanted.next.as_deref().and_then(local_path).unwrap_or_default();
    page(&SignInPage { next, ..sign_in_page(&app, &caller) })
}

fn sign_in_page(app: &App, caller: &Caller) -> SignInPage {
    let people = app.office.demo.as_ref().map(|demo| demo.people.as_slice()).unwrap_or_default();
    SignInPage {
        chrome: Chrome::new("Sign in", Here::Account, app.is_demo()).seen_by(caller),
        sends_letters: app.office.sends_letters(),
        already: caller.name.clone(),
        people: people
            .iter()
            .map(|one| DemoCard { id: one.id.clone(), name: one.name.clone(), part: one.part.clone() })
            .collect(),
        email: String::new(),
        problem: None,
        next: String::new(),
    }
}

/// `POST /sign-in`: the same answer whether or not the address has an account.
pub async fn ask(State(app): State<Arc<App>>, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    let email = field(&sent, "email");
    let next = local_path(field(&sent, "next"));
    match app.office.ask_to_sign_in(email, next.as_deref()).await {
        Ok(()) => Ok(page(&SentPage {
            chrome: Chrome::new("Look into your letters", Here::Account, app.is_demo()).seen_by(&caller),
            email: email.trim().into(),
            sends_letters: app.office.sends_letters(),
            back: "/sign-in",
            what: "sign in",
        })),
        Err(Trouble::Refusal(refusal)) => {
            let status = status_of(refusal.code);
            let again = SignInPage {
                email: email.into(),
                problem: Some(refusal.says),
                next: next.unwrap_or_default(),
                ..sign_in_page(&app, &caller)
            };
            Ok((status, page(&again)).into_response())
        }
        Err(fault) => Err(fault.into()),
    }
}

/// `GET /sign-in/{token}`: a button. Mail programs look at links by themselves, so looking uses nothing up.
pub async fn look(State(app): State<Arc<App>>, caller: Caller, Path(token): Path<String>) -> Result<Response, Problem> {
    let link = app.office.look_at_link(&token).await?;
    Ok(page(&confirm_page(&app, &caller, &token, link)))
}

fn confirm_page(app: &App, caller: &Caller, token: &str, link: OpenLink) -> ConfirmPage {
    ConfirmPage {
        chrome: Chrome::new("Sign in", Here::Account, app.is_demo()).seen_by(caller),
        action: format!("/sign-in/{token}"),
        email: link.email,
        known: link.name,
        name: String::new(),
        problem: None,
        until: words::moment(link.expires),
    }
}

/// `POST /sign-in/{token}`: uses the link up.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(token): Path<String>,
    jar: CookieJar,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Problem> {
    let name = field(&sent, "name");
    match app.office.sign_in_by_link(&caller.actor, &token, Some(name), agent(&headers)).await {
        Ok(signed_in) => {
            let next = signed_in.next.unwrap_or_else(|| "/account".into());
            Ok((jar.add(session_cookie(&app, signed_in.token)), Redirect::to(&next)).into_response())
        }
        Err(Trouble::Refusal(refusal)) if matches!(refusal.code, "no-name" | "bad-name") => {
            let link = app.office.look_at_link(&token).await?;
            let again = confirm_page(&app, &caller, &token, link);
            let again = ConfirmPage { name: name.into(), problem: Some(refusal.says), ..again };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// `POST /sign-in/demo`: as one of the sample people, on a demo only.
pub async fn demo(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Problem> {
    let wanted = field(&sent, "person");
    let people = app.office.demo.as_ref().map(|demo| demo.people.as_slice()).unwrap_or_default();
    let Some(one) = people.iter().find(|one| one.id == wanted) else {
        return Err(Problem::not_found("There is nobody here to sign in as."));
    };
    let token = app.office.begin_session(&one.person_id, "demo", agent(&headers)).await?;
    let next = local_path(field(&sent, "next")).unwrap_or_else(|| "/account".into());
    Ok((jar.add(session_cookie(&app, token)), Redirect::to(&next)).into_response())
}

/// `POST /sign-out`.
pub async fn sign_out(State(app): State<Arc<App>>, caller: Caller, jar: CookieJar) -> Result<Response, Problem> {
    app.office.sign_out(&caller.actor).await?;
    Ok((jar.add(no_session_cookie()), Redirect::to("/")).into_response())
}

/// Whoever opens a page that needs somebody signed in is asked to sign in, and comes back to it afterwards.
pub async fn to_sign_in(request: Request, next: Next) -> Response {
    let page = request.method() == Method::GET && !request.uri().path().starts_with("/api/");
    let wanted = request.uri().path_and_query().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    match wanted {
        Some(wanted) if page && response.status() == StatusCode::UNAUTHORIZED => {
            Redirect::to(&format!("/sign-in?next={}", encoded(&wanted))).into_response()
        }
        _ => response,
    }
}

/// A path as the value of a query (RFC 3986 §2.1).
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

/// Back to a page; when the session was proved too long ago, by way of signing in again.
pub fn done_or_again(done: Result<(), Trouble>, back: &str) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(Redirect::to(back).into_response()),
        Err(Trouble::Refusal(refusal)) if refusal.code == "sign-in-again" => Ok(again(back)),
        Err(trouble) => Err(trouble.into()),
    }
}

/// To the form to sign in, and then back.
pub fn again(back: &str) -> Response {
    Redirect::to(&format!("/sign-in?next={}", encoded(back))).into_response()
}

/// The refusal, where it is one that belongs beside a form; everything else goes on.
pub fn beside<T>(done: Result<T, Trouble>) -> Result<Result<T, Refusal>, Problem> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(Trouble::Refusal(refusal))
            if !matches!(refusal.code, "sign-in" | "not-found" | "not-allowed" | "bad-token") =>
        {
            Ok(Err(refusal))
        }
        Err(trouble) => Err(trouble.into()),
    }
}

#[cfg(test)]
mod tests;
