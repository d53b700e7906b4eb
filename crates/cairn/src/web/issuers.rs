//! Issuers as the world sees them: their page, their profile, their did:web document.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cairn_registrar::refusal::Trouble;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::problem::Problem;
use super::{published, words};

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/issuers", get(list))
        .route("/issuers/{slug}", get(one))
        .route("/issuers/{slug}/did.json", get(published::serve))
}

/// All issuers of the site.
#[derive(Debug, Clone, Template)]
#[template(path = "orgs-issuers.html")]
pub struct IssuersPage {
    /// The frame.
    pub chrome: Chrome,
    /// The issuers.
    pub issuers: Vec<IssuerCard>,
}

/// One issuer in the list.
#[derive(Debug, Clone)]
pub struct IssuerCard {
    /// Its place on the site.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Whether it issues no more.
    pub closed: bool,
}

/// One issuer.
#[derive(Debug, Clone, Template)]
#[template(path = "orgs-issuer.html")]
pub struct IssuerPage {
    /// The frame.
    pub chrome: Chrome,
    /// Its place on the site.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Its web page.
    pub url: Option<String>,
    /// Its address.
    pub email: Option<String>,
    /// Address of its picture.
    pub picture: Option<String>,
    /// Its DID.
    pub did: String,
    /// Address of its did:web document.
    pub document: Option<String>,
    /// Keys that sign: id and public key.
    pub keys: Vec<(String, String)>,
    /// Since when it is here.
    pub since: String,
    /// Since when it issues no more.
    pub closed: Option<String>,
    /// What is on offer: address and name.
    pub offers: Vec<(String, String)>,
}

/// `GET /issuers`.
pub async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    let card = |org: cairn_registrar::organisations::Org| IssuerCard {
        slug: org.slug,
        name: org.name,
        description: org.description,
        closed: org.closed.is_some(),
    };
    let issuers = app.office.issuers().await?.into_iter().map(card).collect();
    let chrome = Chrome::new("Issuers", Here::Elsewhere, app.is_demo()).seen_by(&caller);
    Ok(page(&IssuersPage { chrome, issuers }))
}

/// `GET /issuers/{slug}`: a page; to programs that ask for JSON, and at `/issuers/{slug}.json`, an Open Badges profile.
pub async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (slug, json) = match slug.strip_suffix(".json") {
        Some(slug) => (slug, true),
        None => (slug.as_str(), wants_json(&headers)),
    };
    let nobody = |trouble| match trouble {
        Trouble::Refusal(_) => Problem::not_found("There is no such issuer here."),
        fault => fault.into(),
    };
    let org = app.office.org_at(slug).await.map_err(nobody)?;
    if json {
        let kind = HeaderValue::from_static("application/ld+json");
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
            (header::VARY, HeaderValue::from_static("Accept")),
        ];
        return Ok((headers, app.office.profile(&org).to_string()).into_response());
    }
    let base = &app.office.base_url;
    let mut chrome = Chrome::new(org.name.clone(), Here::Elsewhere, app.is_demo()).seen_by(&caller);
    let about = org.description.clone().unwrap_or_else(|| format!("Badges that {} awards.", org.name));
    let picture = org.picture.as_ref().map(|sha256| format!("/pictures/{sha256}"));
    chrome.head = head(
        &org.name,
        &about,
        &format!("{base}/issuers/{}", org.slug),
        picture.as_ref().map(|p| format!("{base}{p}")),
    );
    let keys = app.office.public_keys(&org).await?;
    let offers = app.office.offered(&org.id).await?;
    let shown = IssuerPage {
        chrome,
        keys,
        offers: offers.into_iter().map(|(address, name)| (format!("/achievements/{address}"), name)).collect(),
        document: org.did.starts_with("did:web:").then(|| format!("/issuers/{}/did.json", org.slug)),
        since: words::date_of(org.created),
        closed: org.closed.map(words::date_of),
        slug: org.slug,
        name: org.name,
        description: org.description,
        url: org.url.filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        email: org.email,
        picture,
        did: org.did,
    };
    let mut response = page(&shown);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    Ok(response)
}

/// Whether JSON is asked for and no page.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let asks = |kind: &str| accept.contains(kind);
    (asks("application/json") || asks("application/ld+json")) && !asks("text/html")
}

/// What other sites show of a page that is linked there.
fn head(title: &str, about: &str, url: &str, image: Option<String>) -> String {
    let mut lines: Vec<String> =
        [("og:type", "website"), ("og:title", title), ("og:description", about), ("og:url", url)]
            .into_iter()
            .map(|(name, value)| format!("<meta property=\"{name}\" content=\"{}\">", escaped(value)))
            .collect();
    if let Some(image) = image {
        lines.push(format!("<meta property=\"og:image\" content=\"{}\">", escaped(&image)));
    }
    lines.join("\n")
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
