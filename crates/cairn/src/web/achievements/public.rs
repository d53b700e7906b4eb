//! What the world sees: a page per published version, its JSON as in credentials, its picture, its card.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use cairn_credential::sign;
use cairn_domain::definition::diff;
use cairn_registrar::achievements::{Achievement, PublishedVersion};
use cairn_registrar::pictures::kind_in_words;
use serde_json::{Value, json};

use super::views::{DefinitionView, DiffView};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::pages::{Chrome, Here, page};
use crate::web::problem::Problem;
use crate::web::words;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/pictures/{sha256}", get(picture))
        .route("/achievements/{id}", get(newest))
        .route("/achievements/{id}/{version}", get(version))
        .route("/achievements/{id}/{version}/og.png", get(card))
}

/// A published version as the world sees it.
#[derive(Debug, Template)]
#[template(path = "achievements-public.html")]
struct PublicPage {
    chrome: Chrome,
    name: String,
    number: u32,
    when: String,
    issuer: String,
    issuer_slug: Option<String>,
    issuer_url: Option<String>,
    sha256: String,
    json: String,
    retired: bool,
    newest: u32,
    superseded: Option<String>,
    ask: Option<String>,
    view: DefinitionView,
    history: Vec<HistoryLine>,
    id: String,
}

/// One version in the history.
#[derive(Debug)]
struct HistoryLine {
    number: u32,
    when: String,
    here: bool,
    diff: Option<DiffView>,
}

async fn newest(State(app): State<Arc<App>>, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, Problem> {
    let (id, as_json) = match id.strip_suffix(".json") {
        Some(id) => (id.to_owned(), true),
        None => (id, false),
    };
    let of = found(&app, &id).await?;
    let number = of.newest().map_or(1, |one| one.number);
    let tail = if as_json || wants_json(&headers) { ".json" } else { "" };
    Ok(Redirect::temporary(&format!("/achievements/{id}/{number}{tail}")).into_response())
}

async fn version(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (number, as_json) = match version.strip_suffix(".json") {
        Some(number) => (number, true),
        None => (version.as_str(), wants_json(&headers)),
    };
    let of = found(&app, &id).await?;
    let one = numbered(&of, number)?;
    match as_json {
        true => Ok(open_badges_json(one)),
        false => page_of(&app, &caller, &of, one).await,
    }
}

async fn found(app: &App, id: &str) -> Result<Achievement, Problem> {
    let found = app.office.public_achievement(id).await?;
    found.ok_or_else(|| Problem::not_found("There is no achievement at this address, or it is not published."))
}

fn numbered<'a>(of: &'a Achievement, number: &str) -> Result<&'a PublishedVersion, Problem> {
    // `01` would be a second address of the same page
    let plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
    let found = number.parse().ok().filter(|_| plain).and_then(|number| of.version(number));
    found.ok_or_else(|| Problem::not_found("There is no such version of this achievement."))
}

/// Whether a program asks: it names JSON and does not name HTML.
fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.contains("json") && !accepted.contains("text/html")
}

/// The Achievement exactly as credentials carry it. A version never changes, so it may be kept.
fn open_badges_json(one: &PublishedVersion) -> Response {
    let body = sign::achievement(&one.facts, &one.facts.definer).to_string();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::VARY, "accept"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, body).into_response()
}

async fn page_of(app: &App, caller: &Caller, of: &Achievement, one: &PublishedVersion) -> Result<Response, Problem> {
    let org = app.office.find_org(&of.org_id).await?;
    let issuer = one.facts.definer.name.clone().unwrap_or_default();
    let mut chrome = Chrome::new(one.definition.name.clone(), Here::Elsewhere, app.is_demo()).seen_by(caller);
    chrome.head = head(one, &issuer);
    let mut history: Vec<HistoryLine> = of
        .versions
        .iter()
        .enumerate()
        .map(|(n, other)| HistoryLine {
            number: other.number,
            when: words::date_of(other.created),
            here: other.number == one.number,
            diff: n
                .checked_sub(1)
                .and_then(|n| of.versions.get(n))
                .map(|before| DiffView::of(&diff(&before.definition, &other.definition))),
        })
        .collect();
    history.reverse();
    let newest = of.newest().map_or(one.number, |newest| newest.number);
    let mut response = page(&PublicPage {
        chrome,
        name: one.definition.name.clone(),
        number: one.number,
        when: words::date_of(one.created),
        issuer,
        issuer_slug: org.map(|org| org.slug),
        issuer_url: one.facts.definer.url.as_deref().and_then(words::web_address),
        sha256: one.sha256.clone(),
        json: format!("/achievements/{}/{}.json", of.id, one.number),
        retired: of.retired.is_some(),
        newest,
        superseded: one.superseded.map(words::date_of),
        ask: (of.is_open() && newest == one.number).then(|| format!("/ask/{}", of.id)),
        view: DefinitionView::of(&one.definition),
        history,
        id: of.id.clone(),
    });
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// Open Graph tags, and schema.org's words for it as JSON-LD. A block of data is not run, so the policy lets it stand;
/// `<` is written so that no text ends it.
fn head(one: &PublishedVersion, issuer: &str) -> String {
    let of = &one.definition;
    let url = &one.facts.id;
    let short: String = of.description.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(280).collect();
    let data = schema_org(one, issuer).to_string().replace('<', "\\u003c");
    let tag = |name: &str, value: &str| format!("<meta property=\"og:{name}\" content=\"{}\">\n", escaped(value));
    [
        format!("<link rel=\"canonical\" href=\"{}\">\n", escaped(url)),
        format!("<link rel=\"alternate\" type=\"application/json\" href=\"{}.json\">\n", escaped(url)),
        tag("type", "website"),
        tag("title", &of.name),
        tag("description", &short),
        tag("url", url),
        tag("site_name", issuer),
        tag("image", &format!("{url}/og.png")),
        tag("image:width", "1200"),
        tag("image:height", "630"),
        tag("image:alt", &format!("{} by {issuer}", of.name)),
        "<meta name=\"twitter:card\" content=\"summary_large_image\">\n".into(),
        format!("<script type=\"application/ld+json\">{data}</script>"),
    ]
    .concat()
}

/// schema.org `EducationalOccupationalCredential`, with a `DefinedTerm` for each competency.
fn schema_org(one: &PublishedVersion, issuer: &str) -> Value {
    let of = &one.definition;
    let term = |name: &str, url: &str, code: &Option<String>, set: &Option<String>| {
        let mut term = json!({"@type": "DefinedTerm", "name": name, "url": url});
        if let Some(code) = code {
            term["termCode"] = json!(code);
        }
        if let Some(set) = set {
            term["inDefinedTermSet"] = json!({"@type": "DefinedTermSet", "name": set});
        }
        term
    };
    let level =
        of.credit.as_ref().and_then(|credit| credit.eqf).map(|level| format!("http://data.europa.eu/snb/eqf/{level}"));
    let (levels, competencies): (Vec<_>, Vec<_>) =
        one.facts.alignments.iter().partition(|alignment| Some(&alignment.url) == level.as_ref());
    let mut organisation = json!({"@type": "Organization", "name": issuer});
    if let Some(url) = &one.facts.definer.url {
        organisation["url"] = json!(url);
    }
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "@id": one.facts.id,
        "url": one.facts.id,
        "name": of.name,
        "description": of.description,
        "inLanguage": of.language,
        "version": one.number.to_string(),
        "datePublished": one.created.strftime("%Y-%m-%d").to_string(),
        "credentialCategory": {"@type": "DefinedTerm", "name": kind_in_words(&of.kind), "termCode": of.kind},
        "recognizedBy": organisation,
    });
    if let Some(image) = &one.facts.image {
        data["image"] = json!(image);
    }
    if let Some(months) = of.valid_months {
        data["validFor"] = json!(format!("P{months}M"));
    }
    if !of.tags.is_empty() {
        data["keywords"] = json!(of.tags);
    }
    if !competencies.is_empty() {
        data["competencyRequired"] =
            competencies.iter().map(|one| term(&one.name, &one.url, &one.code, &one.framework)).collect();
    }
    if let Some(level) = levels.first() {
        data["educationalLevel"] = term(&level.name, &level.url, &level.code, &level.framework);
    }
    data
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A picture never changes: its address is the hash of its bytes.
async fn picture(State(app): State<Arc<App>>, Path(sha256): Path<String>) -> Result<Response, Problem> {
    let Some((kind, bytes)) = app.office.picture(&sha256).await? else {
        return Err(Problem::not_found("There is no picture at this address."));
    };
    let kind = HeaderValue::from_str(&kind).map_err(|error| Problem::fault(&error))?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    Ok((headers, bytes).into_response())
}

async fn card(State(app): State<Arc<App>>, Path((id, version)): Path<(String, String)>) -> Result<Response, Problem> {
    let of = found(&app, &id).await?;
    let png = app.office.achievement_card(numbered(&of, &version)?).await?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")];
    Ok((headers, png).into_response())
}
