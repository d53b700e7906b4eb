//! A person's own account: name, addresses, where they are signed in.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_domain::access::Role;
use cairn_registrar::refusal::Refusal;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::people::{Sent, SentPage, again, beside, done_or_again, field};
use super::problem::{Problem, status_of};
use super::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/account", get(account))
        .route("/account/name", post(rename))
        .route("/account/addresses", post(ask_address))
        .route("/account/addresses/main", post(main_address))
        .route("/account/addresses/remove", post(remove_address))
        .route("/account/addresses/confirm/{token}", get(look_address).post(add_address))
        .route("/account/sessions/end", post(end_session))
        .route("/account/sessions/end-others", post(end_others))
        .route("/account/organisations", post(found))
}

/// A person's account.
#[derive(Debug, Clone, Template)]
#[template(path = "people-account.html")]
pub struct AccountPage {
    /// The frame.
    pub chrome: Chrome,
    /// Their name, or as it was typed.
    pub name: String,
    /// Addresses, the main one first.
    pub addresses: Vec<AddressLine>,
    /// An address as it was typed.
    pub email: String,
    /// Where they are signed in.
    pub sessions: Vec<SessionLine>,
    /// Their organisations, each with their roles.
    pub orgs: Vec<OrgLine>,
    /// Whether they may found another.
    pub may_found: bool,
    /// The name of a new organisation as it was typed.
    pub org_name: String,
    /// Its web page as it was typed.
    pub org_url: String,
    /// What is wrong, and in which form: `name`, `address`, `org`.
    pub problem: Option<(&'static str, String)>,
}

impl AccountPage {
    fn wrong(&self, form: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(of, _)| *of == form).map(|(_, says)| says.as_str())
    }
}

/// One address.
#[derive(Debug, Clone)]
pub struct AddressLine {
    /// In lower case.
    pub email: String,
    /// As its owner writes it.
    pub shown: String,
    /// Since when.
    pub since: String,
    /// Whether letters go to it.
    pub main: bool,
}

/// One session.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// Id.
    pub id: String,
    /// Such as “Firefox on Linux”.
    pub device: String,
    /// How it began, in words.
    pub how: &'static str,
    /// When it began.
    pub since: String,
    /// When it was last used.
    pub seen: String,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// One organisation.
#[derive(Debug, Clone)]
pub struct OrgLine {
    /// Its place on the site.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The person's roles in it.
    pub roles: String,
}

/// The question whether to add an address.
#[derive(Debug, Clone, Template)]
#[template(path = "people-address.html")]
pub struct AddressPage {
    /// The frame.
    pub chrome: Chrome,
    /// The link's own address.
    pub action: String,
    /// The address to add.
    pub email: String,
    /// To whose account.
    pub name: String,
}

/// `GET /account`.
pub async fn account(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    Ok(page(&account_page(&app, &caller).await?))
}

async fn account_page(app: &App, caller: &Caller) -> Result<AccountPage, Problem> {
    let account = app.office.account(&caller.actor).await?;
    let (_, session) = caller.actor.signed_in()?;
    let main = account.addresses.first().map(|one| one.email.clone());
    let mut orgs = Vec::new();
    for link in &caller.orgs {
        let org = app.office.org_at(&link.slug).await?;
        let roles: Vec<String> = caller.actor.roles_in(&org.id).map(|role| role.word().to_owned()).collect();
        orgs.push(OrgLine { slug: org.slug, name: org.name, roles: words::listed(&roles) });
    }
    Ok(AccountPage {
        chrome: Chrome::new("Your account", Here::Account, app.is_demo()).seen_by(caller),
        name: account.name,
        addresses: account
            .addresses
            .into_iter()
            .map(|one| AddressLine {
                main: Some(&one.email) == main.as_ref(),
                since: words::date_of(one.verified),
                email: one.email,
                shown: one.shown,
            })
            .collect(),
        email: String::new(),
        sessions: account
            .sessions
            .into_iter()
            .map(|one| SessionLine {
                this: one.id == session.id,
                device: device(one.agent.as_deref().unwrap_or_default()),
                how: how(&one.how),
                since: words::date_of(one.created),
                seen: words::moment(one.seen),
                id: one.id,
            })
            .collect(),
        orgs,
        may_found: caller.actor.roles.iter().any(|member| member.role == Role::Owner),
        org_name: String::new(),
        org_url: String::new(),
        problem: None,
    })
}

/// The account again, with the sentence beside the form from which the refused request came.
async fn with_problem(
    app: &App,
    caller: &Caller,
    form: &'static str,
    refusal: Refusal,
    typed: impl FnOnce(&mut AccountPage),
) -> Result<Response, Problem> {
    if refusal.code == "sign-in-again" {
        return Ok(again("/account"));
    }
    let mut shown = account_page(app, caller).await?;
    typed(&mut shown);
    shown.problem = Some((form, refusal.says));
    Ok((status_of(refusal.code), page(&shown)).into_response())
}

/// `POST /account/name`.
pub async fn rename(State(app): State<Arc<App>>, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    let name = field(&sent, "name");
    match beside(app.office.rename(&caller.actor, name).await)? {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        Err(refusal) => with_problem(&app, &caller, "name", refusal, |page| page.name = name.into()).await,
    }
}

/// `POST /account/addresses`: writes a letter to the address.
pub async fn ask_address(State(app): State<Arc<App>>, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    let email = field(&sent, "email");
    match beside(app.office.ask_to_add_address(&caller.actor, email).await)? {
        Ok(()) => Ok(page(&SentPage {
            chrome: Chrome::new("Look into your letters", Here::Account, app.is_demo()).seen_by(&caller),
            email: email.trim().into(),
            sends_letters: app.office.sends_letters(),
            back: "/account",
            what: "add this address",
        })),
        Err(refusal) => with_problem(&app, &caller, "address", refusal, |page| page.email = email.into()).await,
    }
}

/// `GET /account/addresses/confirm/{token}`.
pub async fn look_address(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let email = app.office.look_at_address_link(&caller.actor, &token).await?;
    Ok(page(&AddressPage {
        chrome: Chrome::new("Add an address", Here::Account, app.is_demo()).seen_by(&caller),
        action: format!("/account/addresses/confirm/{token}"),
        email,
        name: caller.name.clone().unwrap_or_default(),
    }))
}

/// `POST /account/addresses/confirm/{token}`.
pub async fn add_address(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    app.office.add_address(&caller.actor, &token).await?;
    Ok(Redirect::to("/account").into_response())
}

/// `POST /account/addresses/main`.
pub async fn main_address(State(app): State<Arc<App>>, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    done_or_again(app.office.make_main_address(&caller.actor, field(&sent, "email")).await, "/account")
}

/// `POST /account/addresses/remove`.
pub async fn remove_address(State(app): State<Arc<App>>, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    match beside(app.office.remove_address(&caller.actor, field(&sent, "email")).await)? {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        Err(refusal) => with_problem(&app, &caller, "address", refusal, |_| ()).await,
    }
}

/// `POST /account/sessions/end`.
pub async fn end_session(State(app): State<Arc<App>>, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    app.office.end_session(&caller.actor, field(&sent, "session")).await?;
    Ok(Redirect::to("/account").into_response())
}

/// `POST /account/sessions/end-others`.
pub async fn end_others(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    app.office.end_other_sessions(&caller.actor).await?;
    Ok(Redirect::to("/account").into_response())
}

/// `POST /account/organisations`: founds one.
pub async fn found(State(app): State<Arc<App>>, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    let (name, url) = (field(&sent, "name"), field(&sent, "url"));
    match beside(app.office.found_organisation(&caller.actor, name, Some(url)).await)? {
        Ok(org) => Ok(Redirect::to(&format!("/org/{}", org.slug)).into_response()),
        Err(refusal) => {
            let typed = |page: &mut AccountPage| (page.org_name, page.org_url) = (name.into(), url.into());
            with_problem(&app, &caller, "org", refusal, typed).await
        }
    }
}

fn how(how: &str) -> &'static str {
    match how {
        "passkey" => "with a passkey",
        "sso" => "by single sign-on",
        "demo" => "with the demo's button",
        _ => "by a link in a letter",
    }
}

/// What device a browser's own words speak of, as far as they can be believed.
fn device(agent: &str) -> String {
    let first = |table: &[(&str, &'static str)]| table.iter().find(|(word, _)| agent.contains(word)).map(|(_, is)| *is);
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrom", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ]);
    let system = first(&[
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "a Mac"),
        ("CrOS", "a Chromebook"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "A device that does not say what it is".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn devices_are_named_in_words() {
        assert_eq!(
            device("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Linux"
        );
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604.1";
        assert_eq!(device(phone), "Safari on an iPhone");
        assert_eq!(device("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140"), "Edge on Windows");
        assert_eq!(device(""), "A device that does not say what it is");
    }
}
