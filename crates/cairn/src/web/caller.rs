//! Who asks: a person by the session in a cookie, a program by the token in its header.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use cairn_registrar::access::{Actor, Who};
use cairn_registrar::refusal::Trouble;

use super::app::App;
use super::pages::OrgLink;
use super::problem::Problem;
use super::rest::RestProblem;

/// The session's cookie.
const COOKIE: &str = "cairn-session";

/// Whoever asks. Never refuses: acts and pages ask the actor what they may.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// As whom they act.
    pub actor: Actor,
    /// Why a token that was shown is not good, where one was.
    pub token_problem: Option<String>,
    /// Their name, when signed in.
    pub name: Option<String>,
    /// Their organisations.
    pub orgs: Vec<OrgLink>,
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Caller, Infallible> {
        // the door of the API has looked already
        if let Some(caller) = parts.extensions.get::<Caller>() {
            return Ok(caller.clone());
        }
        if let Some(token) = bearer(&parts.headers) {
            return Ok(match app.office.actor_by_token(token).await {
                Ok(actor) => Caller { actor, ..Caller::default() },
                Err(trouble) => Caller { token_problem: Some(trouble.to_string()), ..Caller::default() },
            });
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(cookie) = jar.get(COOKIE) else { return Ok(Caller::default()) };
        let actor = match app.office.actor_by_session(cookie.value()).await {
            Ok(actor) => actor,
            Err(trouble) => {
                tracing::error!(fault = %trouble, "A session could not be looked up: {trouble}");
                Actor::default()
            }
        };
        let name = actor.person().map(|person| person.name.clone());
        let orgs = app.orgs_of(&actor).await;
        Ok(Caller { actor, token_problem: None, name, orgs })
    }
}

impl Caller {
    /// Whether somebody is signed in with a browser.
    pub fn is_signed_in(&self) -> bool {
        matches!(self.actor.who, Who::Person { .. })
    }
}

/// Pages of a person's own.
const OWN: [&str; 2] = ["/account", "/home"];

/// Before all of an organisation's inner pages and its ends of the API, and before a person's own pages: whoever has no
/// role there gets the same answer whether or not there is anything, and before a body is read. Each act asks again what a member may.
pub async fn members_only(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let api = path.starts_with("/api/");
    let inner = path.strip_prefix("/org/").or_else(|| path.strip_prefix("/api/v1/orgs/"));
    let slug = inner.and_then(|rest| rest.split('/').next()).map(str::to_owned);
    let own = OWN.iter().any(|own| path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if slug.is_none() && !own {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(caller) = Caller::from_request_parts(&mut parts, &app).await;
    let may = match slug {
        Some(slug) => app.office.org_of_member(&caller.actor, &slug).await.map(|_| ()),
        None => caller.actor.signed_in().map(|_| ()).map_err(Trouble::from),
    };
    if let Err(trouble) = may {
        return match api {
            true => RestProblem::from(trouble).into_response(),
            false => Problem::from(trouble).into_response(),
        };
    }
    parts.extensions.insert(caller);
    next.run(Request::from_parts(parts, body)).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (kind, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    kind.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The cookie that carries a new session's token. `Secure` wherever the site is reached by https. The browser keeps it
/// for long; it is the store that says when a session is over.
pub fn session_cookie(app: &App, token: String) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.office.base_url.starts_with("https://"))
        .permanent()
        .build()
}

/// The cookie to take away when a session ends.
pub fn no_session_cookie() -> Cookie<'static> {
    Cookie::build((COOKIE, "")).path("/").removal().build()
}
