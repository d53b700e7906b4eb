//! An organisation's first page and its settings.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_domain::access::Act;
use cairn_registrar::organisations::{Described, Org, Overview};
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
        .route("/org/{slug}", get(home))
        .route("/org/{slug}/settings", get(settings).post(save))
        .route("/org/{slug}/close", post(close))
}

/// A key that has signed for longer than this might be replaced.
const KEY_IS_OLD: SignedDuration = SignedDuration::from_hours(24 * 365);
/// Size of the drawing, in its own units.
const TALL: u64 = 120;

/// An organisation's first page.
#[derive(Debug, Clone, Template)]
#[template(path = "orgs-home.html")]
pub struct OrgPage {
    /// The frame.
    pub chrome: Chrome,
    /// Its place on the site.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Since when it is closed.
    pub closed: Option<String>,
    /// Numbers: what, how many, where to look.
    pub numbers: Vec<(&'static str, String, String)>,
    /// Awards by month.
    pub bars: Vec<Bar>,
    /// Awards of these months together, in words.
    pub told: String,
    /// What wants doing: words and where.
    pub todo: Vec<(String, String)>,
    /// First steps of a new organisation.
    pub steps: Vec<Step>,
}

/// One month in the drawing.
#[derive(Debug, Clone)]
pub struct Bar {
    /// `Nov 2026`.
    pub month: String,
    /// `N`.
    pub letter: String,
    /// How many.
    pub awards: u64,
    /// Left edge.
    pub x: usize,
    /// Top edge.
    pub y: u64,
    /// Height.
    pub tall: u64,
    /// Middle.
    pub middle: usize,
}

/// A first step.
#[derive(Debug, Clone)]
pub struct Step {
    /// What.
    pub words: &'static str,
    /// Why or how.
    pub says: &'static str,
    /// Where.
    pub to: String,
    /// Whether it is done.
    pub done: bool,
}

/// An organisation's settings.
#[derive(Debug, Clone, Template)]
#[template(path = "orgs-settings.html")]
pub struct SettingsPage {
    /// The frame.
    pub chrome: Chrome,
    /// Its place on the site.
    pub slug: String,
    /// Its DID.
    pub did: String,
    /// What it says of itself, as typed.
    pub said: Described,
    /// Since when it is closed.
    pub closed: Option<String>,
    /// What is wrong, and with which field.
    pub problem: Option<(&'static str, String)>,
}

impl SettingsPage {
    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<&String> {
        self.problem.as_ref().filter(|(of, _)| *of == field).map(|(_, says)| says)
    }
}

/// `GET /org/{slug}`.
pub async fn home(State(app): State<Arc<App>>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Enter).await?;
    let overview = app.office.overview(&caller.actor, &org).await?;
    let chrome = Chrome::new(org.name.clone(), Here::Org, app.is_demo()).seen_by(&caller);
    let chrome = chrome.in_org(&org.slug, &org.name, "home");
    let is_owner = caller.actor.may(&org.id, Act::Keys);
    Ok(page(&OrgPage {
        chrome,
        numbers: numbers(&org, &overview),
        bars: bars(&overview),
        told: format!(
            "{} in the last twelve months",
            words::count(usize::try_from(overview.months.iter().map(|m| m.awards).sum::<u64>()).unwrap_or(0), "award")
        ),
        todo: todo(&app, &org, &overview, is_owner),
        steps: steps(&org, &overview, is_owner),
        closed: org.closed.map(words::date_of),
        slug: org.slug,
        name: org.name,
    }))
}

fn numbers(org: &Org, overview: &Overview) -> Vec<(&'static str, String, String)> {
    let figures = &overview.figures;
    let at = |place: &str| format!("/org/{}/{place}", org.slug);
    let told = |n: u64| words::thousands(n);
    vec![
        ("Awards", told(figures.awards), at("awards")),
        ("Open requests", told(figures.open_requests), at("requests")),
        ("Achievements published", told(figures.published), at("achievements")),
        ("Drafts", told(figures.drafts), at("achievements")),
        ("People", told(figures.people), at("people")),
    ]
}

fn bars(overview: &Overview) -> Vec<Bar> {
    let most = overview.months.iter().map(|month| month.awards).max().unwrap_or(0).max(1);
    overview
        .months
        .iter()
        .enumerate()
        .map(|(n, month)| {
            let tall = if month.awards == 0 { 2 } else { (month.awards * TALL / most).max(4) };
            let name = month.first.strftime("%b %Y").to_string();
            Bar {
                letter: name.chars().take(3).collect(),
                month: name,
                awards: month.awards,
                x: n * 50 + 7,
                y: TALL + 20 - tall,
                tall,
                middle: n * 50 + 25,
            }
        })
        .collect()
}

fn todo(app: &App, org: &Org, overview: &Overview, is_owner: bool) -> Vec<(String, String)> {
    let figures = &overview.figures;
    let mut all = Vec::new();
    let count = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let at = |place: &str| format!("/org/{}/{place}", org.slug);
    if figures.open_requests > 0 {
        let n = words::count(count(figures.open_requests), "request");
        all.push((format!("{n} waiting for a decision"), at("requests")));
    }
    if figures.drafts > 0 {
        let n = words::count(count(figures.drafts), "draft");
        all.push((format!("{n} not published yet"), at("achievements")));
    }
    if is_owner && !overview.can_sign {
        all.push(("No key may sign: nothing can be awarded until there is a new one".into(), at("keys")));
    }
    if is_owner && overview.key_since.is_some_and(|since| app.now().duration_since(since) > KEY_IS_OLD) {
        all.push(("The signing key is more than a year old; make a new one".into(), at("keys")));
    }
    if is_owner && figures.ending_tokens > 0 {
        let n = words::count(count(figures.ending_tokens), "API token");
        all.push((format!("{n} ending within 30 days"), at("tokens")));
    }
    all
}

fn steps(org: &Org, overview: &Overview, is_owner: bool) -> Vec<Step> {
    let figures = &overview.figures;
    let at = |place: &str| format!("/org/{}/{place}", org.slug);
    let step = |words, says, place: &str, done| Step { words, says, to: at(place), done };
    if !is_owner || figures.awards > 0 {
        return Vec::new();
    }
    vec![
        step(
            "Say who you are",
            "A sentence and a web page that recipients see.",
            "settings",
            org.description.is_some(),
        ),
        step("Invite somebody", "So that not all hangs on one person.", "people", figures.people > 1),
        step(
            "Define an achievement",
            "What is achieved, and by which criteria.",
            "achievements/new",
            figures.drafts + figures.published > 0,
        ),
        step(
            "Publish it",
            "From then on it never changes; a new version can follow.",
            "achievements",
            figures.published > 0,
        ),
        step("Award it", "Directly, by request, or many at once.", "awards/new", false),
    ]
}

/// `GET /org/{slug}/settings`.
pub async fn settings(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Settle).await?;
    let said = Described {
        name: org.name.clone(),
        description: org.description.clone().unwrap_or_default(),
        url: org.url.clone().unwrap_or_default(),
        email: org.email.clone().unwrap_or_default(),
        linkedin_id: org.linkedin_id.clone().unwrap_or_default(),
        picture: None,
    };
    Ok(page(&settings_page(&app, &caller, org, said, None)))
}

fn settings_page(
    app: &App,
    caller: &Caller,
    org: Org,
    said: Described,
    problem: Option<(&'static str, String)>,
) -> SettingsPage {
    let chrome = Chrome::new(format!("Settings of {}", org.name), Here::Org, app.is_demo()).seen_by(caller);
    SettingsPage {
        chrome: chrome.in_org(&org.slug, &org.name, "settings"),
        closed: org.closed.map(words::date_of),
        slug: org.slug,
        did: org.did,
        said,
        problem,
    }
}

/// `POST /org/{slug}/settings`.
pub async fn save(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Settle).await?;
    let said = Described {
        name: field(&sent, "name").into(),
        description: field(&sent, "description").into(),
        url: field(&sent, "url").into(),
        email: field(&sent, "email").into(),
        linkedin_id: field(&sent, "linkedin").into(),
        picture: None,
    };
    let refusal = match beside(app.office.describe_org(&caller.actor, &org.id, said.clone()).await)? {
        Ok(_) => return Ok(Redirect::to(&format!("/org/{slug}/settings")).into_response()),
        Err(refusal) => refusal,
    };
    let of = match refusal.code {
        "bad-name" => "name",
        "bad-description" => "description",
        "bad-url" => "url",
        "bad-address" => "email",
        "bad-linkedin" => "linkedin",
        _ => "",
    };
    let shown = settings_page(&app, &caller, org, said, Some((of, refusal.says)));
    Ok((status_of(refusal.code), page(&shown)).into_response())
}

/// `POST /org/{slug}/close`.
pub async fn close(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Settle).await?;
    let closed = field(&sent, "closed") == "yes";
    let back = format!("/org/{slug}/settings");
    match beside(app.office.close_org(&caller.actor, &org.id, closed).await)? {
        Ok(_) => Ok(Redirect::to(&back).into_response()),
        Err(refusal) if refusal.code == "sign-in-again" => Ok(again(&back)),
        Err(refusal) => Err(Problem { status: StatusCode::UNPROCESSABLE_ENTITY, says: refusal.says }),
    }
}
