//! Frameworks: imported, looked at, compared; and the CASE 1.1 service.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_domain::access::Act;
use cairn_domain::framework::Told;
use cairn_registrar::frameworks::{Import, Kept, read_upload};
use cairn_registrar::refusal::Trouble;
use serde::Deserialize;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::problem::{Problem, status_of};
use super::upload::Sent;

mod compare;
mod show;

#[cfg(test)]
mod tests;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/frameworks", get(list))
        .route("/frameworks/{id}", get(show::framework))
        .route("/frameworks/{id}/items/{item}", get(show::item))
        .route("/frameworks/{id}/compare/{other}", get(compare::compare))
        .route("/frameworks/{id}/export/{form}", get(show::export))
        .route("/org/{slug}/frameworks", get(own).post(upload))
        .route("/org/{slug}/frameworks/{id}/public", post(publish))
}

/// A framework in a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Version.
    pub version: String,
    /// Who publishes it.
    pub publisher: String,
    /// How many items, in words.
    pub told: String,
    /// The form in which it came.
    pub kind: &'static str,
    /// Whether its import is complete.
    pub complete: bool,
    /// Whether everybody may see it.
    pub public: bool,
    /// Whether programs get it.
    pub served: bool,
}

impl From<&Kept> for Line {
    fn from(one: &Kept) -> Line {
        Line {
            id: one.id.clone(),
            title: one.title.clone(),
            version: one.version.clone(),
            publisher: one.publisher.clone().unwrap_or_default(),
            told: if one.items == 1 { "1 item".into() } else { format!("{} items", thousands(one.items)) },
            kind: form(&one.kind),
            complete: one.ready.is_some(),
            public: one.public.is_some(),
            served: one.served.is_some(),
        }
    }
}

/// A form in words.
fn form(kind: &str) -> &'static str {
    match kind {
        "case" => "CASE",
        "ctdl" => "CTDL-ASN",
        "esco" => "ESCO",
        "onet" => "O*NET",
        _ => "Table",
    }
}

/// `13,939`.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// All frameworks that a visitor may see.
#[derive(Debug, Clone, Template)]
#[template(path = "frameworks-list.html")]
pub struct ListPage {
    /// The frame.
    pub chrome: Chrome,
    /// The frameworks.
    pub frameworks: Vec<Line>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// Where in a list.
#[derive(Debug, Default, Deserialize)]
struct After {
    after: Option<String>,
}

/// Frameworks of one page.
const PAGE: u32 = 60;

/// `GET /frameworks`.
async fn list(State(app): State<Arc<App>>, caller: Caller, Query(ask): Query<After>) -> Result<Response, Problem> {
    let some = app.office.list_frameworks(&caller.actor, ask.after.as_deref(), PAGE).await?;
    let next = some.last().filter(|_| some.len() == PAGE as usize).map(|one| one.id.clone());
    let chrome = Chrome::new("Frameworks", Here::Catalogue, app.is_demo()).seen_by(&caller);
    Ok(page(&ListPage { chrome, frameworks: some.iter().map(Line::from).collect(), next }))
}

/// An organisation's frameworks, and the form to import another one.
#[derive(Debug, Clone, Template)]
#[template(path = "frameworks-own.html")]
pub struct OwnPage {
    /// The frame.
    pub chrome: Chrome,
    /// The organisation's place on the site.
    pub slug: String,
    /// Its name.
    pub org: String,
    /// Its frameworks.
    pub frameworks: Vec<Line>,
    /// Whether the visitor may import.
    pub may_import: bool,
    /// Whether the visitor may publish.
    pub may_publish: bool,
    /// The form as it was filled in: title, URI, version.
    pub typed: Typed,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// What was done.
    pub done: Option<String>,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Title.
    pub title: String,
    /// URI.
    pub uri: String,
    /// Version.
    pub version: String,
    /// Whether other content of the version is replaced.
    pub replace: bool,
}

/// What was just imported.
#[derive(Debug, Default, Deserialize)]
struct Just {
    imported: Option<String>,
}

/// `GET /org/{slug}/frameworks`.
async fn own(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(just): Query<Just>,
) -> Result<Response, Problem> {
    let mut shown = own_page(&app, &caller, &slug).await?;
    if let Some(id) = just.imported
        && let Some(line) = shown.frameworks.iter().find(|line| line.id == id)
    {
        shown.done = Some(format!("{} {} is in: {}.", line.title, line.version, line.told));
    }
    Ok(page(&shown))
}

async fn own_page(app: &App, caller: &Caller, slug: &str) -> Result<OwnPage, Problem> {
    let org = app.office.org_for(&caller.actor, slug, Act::Enter).await?;
    let some = app.office.list_org_frameworks(&caller.actor, &org.id, None, 200).await?;
    let chrome = Chrome::new("Frameworks", Here::Org, app.is_demo()).seen_by(caller);
    Ok(OwnPage {
        chrome: chrome.in_org(&org.slug, &org.name, "frameworks"),
        frameworks: some.iter().map(Line::from).collect(),
        may_import: caller.actor.may(&org.id, Act::Define),
        may_publish: caller.actor.may(&org.id, Act::Publish),
        slug: org.slug,
        org: org.name,
        typed: Typed::default(),
        problem: None,
        done: None,
    })
}

/// `POST /org/{slug}/frameworks`.
async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Define).await?;
    let sent = Sent::read(form).await?;
    let typed = Typed {
        title: sent.field("title").into(),
        uri: sent.field("uri").into(),
        version: sent.field("version").into(),
        replace: sent.field("replace") == "yes",
    };
    let refused = match sent.files.into_iter().next() {
        None => "Choose the file of a framework first.".to_owned(),
        Some((_, name, bytes)) => match take(&app, &caller, &org.id, (name, bytes), &typed).await {
            Ok(id) => return Ok(Redirect::to(&format!("/org/{slug}/frameworks?imported={id}")).into_response()),
            Err(Trouble::Refusal(refusal)) if status_of(refusal.code).is_client_error() => refusal.says,
            Err(trouble) => return Err(trouble.into()),
        },
    };
    let shown = OwnPage { typed, problem: Some(refused), ..own_page(&app, &caller, &slug).await? };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)).into_response())
}

/// Reads and imports one file. Its id.
async fn take(
    app: &App,
    caller: &Caller,
    org_id: &str,
    file: (String, Vec<u8>),
    typed: &Typed,
) -> Result<String, Trouble> {
    let said = |text: &String| (!text.is_empty()).then(|| text.clone());
    let told =
        Told { title: said(&typed.title), uri: said(&typed.uri), version: said(&typed.version), ..Told::default() };
    let work = move || read_upload(&file.0, &file.1, None, &told);
    let read = tokio::task::spawn_blocking(work).await.map_err(|error| Trouble::fault(error.to_string()))?;
    let (reading, sha256) = read?;
    let import =
        Import { org_id: org_id.into(), reading, sha256, replace: typed.replace, public: false, served: false };
    Ok(app.office.import_framework(&caller.actor, import, |_| true).await?.framework.id)
}

/// `POST /org/{slug}/frameworks/{id}/public`.
async fn publish(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    axum::Form(form): axum::Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Publish).await?;
    if app.office.framework(&caller.actor, &id).await?.org_id != org.id {
        return Err(Problem::not_found("There is no such framework of this organisation."));
    }
    let public = form.iter().any(|(name, value)| name == "public" && value == "yes");
    app.office.publish_framework(&caller.actor, &id, public).await?;
    Ok(Redirect::to(&format!("/org/{slug}/frameworks")).into_response())
}
