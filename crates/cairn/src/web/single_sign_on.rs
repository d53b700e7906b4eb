//! Single sign-on of an organisation: its owners' page, and the way through it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use cairn_domain::access::{Act, Role};
use cairn_registrar::refusal::{Refusal, Trouble};
use cairn_registrar::single_sign_on::{Came, SignOnSettings};
use serde::Deserialize;

use super::app::App;
use super::caller::{Caller, session_cookie};
use super::pages::{Chrome, Here, page};
use super::people::again;
use super::problem::Problem;

/// The cookie that finds the first half of a sign-in again. Lax: the provider sends the browser back here.
const COOKIE: &str = "cairn-sso";

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/org/{slug}/single-sign-on", get(settings).post(set))
        .route("/org/{slug}/single-sign-on/end", post(end))
        .route("/sign-in/sso", get(find))
        .route("/sign-in/sso/{slug}", get(begin))
        .route("/sign-in/sso/callback", get(callback))
        .route("/sign-in/sso/confirm/{token}", get(look).post(confirm))
}

/// An organisation's provider.
#[derive(Debug, Template)]
#[template(path = "sso-settings.html")]
struct SettingsPage {
    chrome: Chrome,
    slug: String,
    callback: String,
    /// Whether there is one.
    set: bool,
    has_secret: bool,
    form: Settings,
    roles: Vec<&'static str>,
    /// What is wrong: the refusal's code and its sentence.
    wrong: Option<(&'static str, String)>,
    saved: bool,
}

impl SettingsPage {
    /// What is wrong with a field, by the codes that speak of it.
    fn wrong(&self, code: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(of, _)| *of == code).map(|(_, says)| says.as_str())
    }

    /// What is wrong with the whole.
    fn wrong_as_a_whole(&self) -> Option<&str> {
        let fields = ["no-provider", "bad-client-id", "bad-domains", "bad-role"];
        self.wrong.as_ref().filter(|(of, _)| !fields.contains(of)).map(|(_, says)| says.as_str())
    }
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
struct Settings {
    issuer_url: String,
    client_id: String,
    #[serde(default)]
    secret: String,
    domains: String,
    #[serde(default)]
    role: String,
}

/// Through whom to sign in.
#[derive(Debug, Template)]
#[template(path = "sso-find.html")]
struct FindPage {
    chrome: Chrome,
    who: String,
    next: String,
    found: Option<(String, String)>,
    asked: bool,
}

/// A letter is on its way, or its link was opened.
#[derive(Debug, Template)]
#[template(path = "sso-confirm.html")]
struct ConfirmPage {
    chrome: Chrome,
    /// Where the letter went.
    email: Option<String>,
    token: String,
    sends_letters: bool,
}

#[derive(Debug, Deserialize)]
struct Saved {
    saved: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Who {
    who: Option<String>,
    next: Option<String>,
}

/// What the provider sends back (RFC 6749 §4.1.2).
#[derive(Debug, Deserialize)]
struct Back {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

async fn settings(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(query): Query<Saved>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Settle).await?;
    let found = app.office.find_sign_on(&caller.actor, &org.id).await?;
    let form = found.as_ref().map(|one| Settings {
        issuer_url: one.issuer_url.clone(),
        client_id: one.client_id.clone(),
        secret: String::new(),
        domains: one.domains.join(" "),
        role: one.role.clone().unwrap_or_default(),
    });
    let mut shown = settings_page(&app, &caller, (&org.slug, &org.name), form.unwrap_or_default());
    shown.set = found.is_some();
    shown.has_secret = found.is_some_and(|one| one.has_secret);
    shown.saved = query.saved.is_some();
    Ok(page(&shown))
}

async fn set(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Form(form): Form<Settings>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Settle).await?;
    let wanted = SignOnSettings {
        issuer_url: form.issuer_url.clone(),
        client_id: form.client_id.clone(),
        secret: form.secret.clone(),
        domains: form.domains.clone(),
        role: form.role.clone(),
    };
    let place = format!("/org/{}/single-sign-on", org.slug);
    match app.office.set_sign_on(&caller.actor, &org.id, &wanted).await {
        Ok(()) => Ok(Redirect::to(&format!("{place}?saved=1")).into_response()),
        Err(Trouble::Refusal(refusal)) if refusal.code == "sign-in-again" => Ok(again(&place)),
        Err(Trouble::Refusal(refusal)) => {
            let mut shown = settings_page(&app, &caller, (&org.slug, &org.name), form);
            shown.wrong = Some((refusal.code, refusal.says));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)).into_response())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

async fn end(State(app): State<Arc<App>>, caller: Caller, Path(slug): Path<String>) -> Result<Redirect, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Settle).await?;
    app.office.end_sign_on(&caller.actor, &org.id).await?;
    Ok(Redirect::to(&format!("/org/{}/single-sign-on", org.slug)))
}

fn settings_page(app: &App, caller: &Caller, (slug, name): (&str, &str), form: Settings) -> SettingsPage {
    let roles = Role::ALL.into_iter().filter(|role| *role != Role::Owner).map(Role::word).collect();
    SettingsPage {
        chrome: Chrome::new("Single sign-on", Here::Org, app.is_demo()).seen_by(caller).in_org(slug, name, "settings"),
        slug: slug.into(),
        callback: app.office.sign_on_callback(),
        set: false,
        has_secret: false,
        form: Settings { secret: String::new(), ..form },
        roles,
        wrong: None,
        saved: false,
    }
}

async fn find(State(app): State<Arc<App>>, caller: Caller, Query(query): Query<Who>) -> Result<Response, Problem> {
    let who = query.who.unwrap_or_default();
    let found = if who.trim().is_empty() { None } else { app.office.sign_on_for(&who).await? };
    Ok(page(&FindPage {
        chrome: Chrome::new("Sign in through your organisation", Here::Account, app.is_demo()).seen_by(&caller),
        asked: !who.trim().is_empty(),
        who,
        next: query.next.unwrap_or_default(),
        found,
    }))
}

async fn begin(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    Query(query): Query<Who>,
) -> Result<Response, Problem> {
    let away = app.office.begin_sign_on(&slug, query.next.as_deref()).await?;
    Ok((CookieJar::new().add(cookie(&app, away.token)), Redirect::to(&away.url)).into_response())
}

async fn callback(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    jar: CookieJar,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    if let Some(error) = back.error {
        let error: String = error.chars().filter(char::is_ascii_graphic).take(60).collect();
        let says =
            format!("Your organisation's sign-in did not let you in ({error}). Try again, or ask whoever runs it.");
        return Err(Refusal::new("sso-refused", says).into());
    }
    let lost = || {
        let says = "This browser has no sign-in under way. Perhaps it took too long, or cookies are off. Begin again.";
        Refusal::new("over", says)
    };
    let token = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).ok_or_else(lost)?;
    let (code, state) = back.code.zip(back.state).ok_or_else(lost)?;
    match app.office.finish_sign_on(&token, &code, &state, agent(&headers)).await? {
        Came::In(session, next) => Ok(let_in(&app, jar, session, &next)),
        Came::MustConfirm(email, half) => {
            let shown = ConfirmPage {
                chrome: Chrome::new("Confirm your address", Here::Account, app.is_demo()).seen_by(&caller),
                email: Some(email),
                token: String::new(),
                sends_letters: app.office.sends_letters(),
            };
            Ok((jar.add(cookie(&app, half)), page(&shown)).into_response())
        }
    }
}

async fn look(State(app): State<Arc<App>>, caller: Caller, Path(token): Path<String>) -> Response {
    page(&ConfirmPage {
        chrome: Chrome::new("Confirm your address", Here::Account, app.is_demo()).seen_by(&caller),
        email: None,
        token,
        sends_letters: true,
    })
}

async fn confirm(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    jar: CookieJar,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let half = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    match app.office.confirm_sign_on(&token, &half, agent(&headers)).await? {
        Came::In(session, next) => Ok(let_in(&app, jar, session, &next)),
        Came::MustConfirm(..) => Err(Problem::broken("This link is none to confirm an address with.")),
    }
}

fn let_in(app: &App, jar: CookieJar, session: String, next: &str) -> Response {
    let jar = jar.remove(Cookie::build((COOKIE, "")).path("/")).add(session_cookie(app, session));
    (jar, Redirect::to(next)).into_response()
}

fn cookie(app: &App, token: String) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.office.base_url.starts_with("https://"))
        .build()
}

fn agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok())
}
