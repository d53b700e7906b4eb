//! The public page of a credential, and the forms it is handed over in.
//!
//! Its address is the key: nobody guesses it, and no index is told of it. The credential's `id` is this address, so a
//! program that asks it for JSON gets exactly what was signed.

mod meta;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cairn_domain::award::StatusReason;
use cairn_registrar::access::Who;
use cairn_registrar::certificate::Picture;
use cairn_registrar::outputs::{Shown, is_jwt};

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::problem::Problem;
use super::view::{CheckView, Linked};
use super::words::{self, Answer};

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/credentials/{id}", get(show)).route("/credentials/{id}/{form}", get(form))
}

/// A credential's public page.
#[derive(Debug, Template)]
#[template(path = "credential.html")]
struct CredentialPage {
    chrome: Chrome,
    /// Last part of its address.
    id: String,
    /// Its address.
    address: String,
    /// What was achieved.
    name: String,
    description: Option<String>,
    /// To whom.
    recipient: Option<String>,
    issuer: String,
    /// Place of the issuer's page.
    issuer_slug: String,
    /// The page of the achievement's version, where this site has one.
    achievement: Option<String>,
    awarded: String,
    until: Option<String>,
    /// Class of the picture over the page: `good`, `warn` or `bad`.
    tone: &'static str,
    /// Whether it stands, in a word.
    state: String,
    /// The same in a sentence.
    says: String,
    answers: Vec<Answer>,
    /// When it was checked.
    checked: String,
    checks_told: String,
    checks: Vec<CheckView>,
    criteria: Option<String>,
    criteria_url: Option<String>,
    results: Vec<String>,
    aligned: Vec<Linked>,
    /// Names of the evidence; what it holds is nobody's but the learner's and the issuer's.
    evidence: Vec<String>,
    /// The newer credential that took its place.
    newer: Option<String>,
    /// The older one whose place it took.
    older: Option<String>,
    /// Whether it is signed as JSON.
    as_json: bool,
    /// Whether forms to show are handed over: not of one that was taken back.
    stands: bool,
    linkedin: Option<String>,
    /// Whether whoever looks has it in their own collection.
    mine: bool,
}

/// What became of a credential that was erased.
#[derive(Debug, Template)]
#[template(path = "credential-gone.html")]
struct GonePage {
    chrome: Chrome,
    issuer: String,
    on: String,
}

async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    if let Some((id, ending)) = id.rsplit_once('.') {
        return form(State(app), Path((id.to_owned(), ending.to_owned()))).await;
    }
    let found = app.office.find_by_public_id(&id).await?.ok_or_else(nothing)?;
    if let Some(at) = found.erased {
        let org = app.office.find_org(&found.org_id).await?;
        let gone = GonePage {
            chrome: Chrome::new("Erased", Here::Elsewhere, app.is_demo()).seen_by(&caller),
            issuer: org.map(|org| org.name).unwrap_or_default(),
            on: words::date_of(at),
        };
        return Ok((StatusCode::GONE, private(), page(&gone)).into_response());
    }
    if wants_document(&headers) {
        return form(State(app), Path((id, "signed".into()))).await;
    }
    let shown = app.office.show_credential(&found).await?;
    let laid_out = lay_out(&app, &caller, &shown).await?;
    Ok((private(), [(header::VARY, HeaderValue::from_static("accept"))], page(&laid_out)).into_response())
}

/// Whether a program asks for the document itself, not a person for the page.
fn wants_document(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let asks = |kind: &str| accepted.split(',').any(|one| one.trim().split(';').next() == Some(kind));
    !asks("text/html")
        && ["application/vc", "application/vc+jwt", "application/json", "application/ld+json", "application/vc+ld+json"]
            .into_iter()
            .any(asks)
}

/// `GET /credentials/{id}.json` and the other forms.
async fn form(State(app): State<Arc<App>>, Path((id, form)): Path<(String, String)>) -> Result<Response, Problem> {
    let found = app.office.find_by_public_id(&id).await?.ok_or_else(nothing)?;
    if found.erased.is_some() {
        let says = "This credential was erased here at its holder's wish. Copies of it still verify.";
        return Err(Problem { status: StatusCode::GONE, says: says.into() });
    }
    let name = file_name(&found.public_id);
    let (kind, ending, bytes): (&'static str, &str, Vec<u8>) = match form.as_str() {
        "signed" => {
            let signed = app.office.signed_form(&found)?;
            (signed.media_type, "", signed.text.into_bytes())
        }
        "json" if is_jwt(&found.signed_text) => {
            return Err(Problem::not_found("This credential was signed as a JWT. Take it as .jwt."));
        }
        "json" => ("application/json", "json", app.office.signed_form(&found)?.text.into_bytes()),
        "jwt" => ("application/jwt", "jwt", app.office.jwt(&found).await?.text.into_bytes()),
        "badge.png" => ("image/png", "png", app.office.badge_png(&found).await?),
        "badge.svg" => ("image/svg+xml", "svg", app.office.badge_svg(&found).await?.into_bytes()),
        "certificate.pdf" => ("application/pdf", "pdf", app.office.certificate_pdf(&found).await?),
        "og.png" => ("image/png", "", app.office.card_png(&found).await?),
        "qr.svg" => ("image/svg+xml", "", app.office.code_svg(&found)?.into_bytes()),
        "picture" => match app.office.picture_for(&found).await? {
            Picture::Png(bytes) => ("image/png", "", bytes),
            Picture::Svg(text) => ("image/svg+xml", "", text.into_bytes()),
        },
        _ => return Err(nothing()),
    };
    let shown = match ending {
        "" => "inline".to_owned(),
        ending => format!("attachment; filename=\"{name}.{ending}\""),
    };
    let disposition = HeaderValue::from_str(&shown).map_err(|error| Problem::fault(&error))?;
    // an SVG that is opened by itself could run scripts; in this sandbox it cannot
    let fence = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, fence),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::VARY, HeaderValue::from_static("accept")),
    ];
    Ok((private(), headers, bytes).into_response())
}

async fn lay_out(app: &App, caller: &Caller, shown: &Shown) -> Result<CredentialPage, Problem> {
    let credential = &shown.credential;
    let facts = &shown.facts;
    let achievement = facts.achievement.as_ref();
    let (tone, state, says) = state(shown);
    let id = credential.public_id.clone();
    let name = facts.name.clone();
    let issuer = facts.issuer.name.clone().unwrap_or_else(|| shown.org.name.clone());
    let taken_back = credential.status.is_some();
    let published = format!("{}/achievements/", app.office.base_url);
    let mut chrome = Chrome::new(format!("{name} by {issuer}"), Here::Elsewhere, app.is_demo()).seen_by(caller);
    chrome.head = meta::head(app, shown);
    let mine =
        matches!(&caller.actor.who, Who::Person { person, .. } if credential.person_id.as_deref() == Some(&person.id));
    Ok(CredentialPage {
        chrome,
        address: app.office.page_of(credential),
        description: achievement.and_then(|a| a.description.clone()).filter(|text| *text != name),
        recipient: shown.recipient(),
        issuer_slug: shown.org.slug.clone(),
        achievement: achievement.and_then(|a| Some(format!("/achievements/{}", a.id.strip_prefix(&published)?))),
        awarded: words::date_of(credential.awarded),
        until: facts.valid_until.map(words::date_of),
        tone,
        state,
        says,
        answers: words::answers(&shown.verdict),
        checked: words::moment(app.now()),
        checks_told: words::count(shown.verdict.checks.len(), "check"),
        checks: shown.verdict.checks.iter().map(super::view::check).collect(),
        criteria: achievement.and_then(|a| a.criteria.as_deref()).map(words::plain),
        criteria_url: achievement.and_then(|a| a.criteria_url.as_deref()).and_then(words::web_address),
        results: super::view::results(facts),
        aligned: achievement.map(|a| a.alignments.iter().map(super::view::aligned).collect()).unwrap_or_default(),
        evidence: facts
            .evidence
            .iter()
            .map(|one| one.name.clone().unwrap_or_else(|| "A piece of evidence".into()))
            .collect(),
        newer: other(app, credential.org_id.as_str(), credential.superseded_by.as_deref()).await?,
        older: other(app, credential.org_id.as_str(), credential.supersedes.as_deref()).await?,
        as_json: !is_jwt(&credential.signed_text),
        stands: !taken_back,
        linkedin: (!taken_back).then(|| meta::linkedin(app, shown)),
        mine,
        id,
        name,
        issuer,
    })
}

/// The page of another credential of the same issuer, which is named by its id.
async fn other(app: &App, org_id: &str, id: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let found = app.office.find_credential(org_id, id).await?;
    Ok(found.filter(|other| other.erased.is_none()).map(|other| format!("/credentials/{}", other.public_id)))
}

/// Whether it stands: a tone, a word, a sentence.
fn state(shown: &Shown) -> (&'static str, String, String) {
    let credential = &shown.credential;
    let on = credential.status_at.map(|at| format!(" on {}", words::date_of(at))).unwrap_or_default();
    let why = credential.status_reason.as_deref().map(|code| format!(" {}", reason(code))).unwrap_or_default();
    let issuer = shown.facts.issuer.name.as_deref().unwrap_or(&shown.org.name);
    let answers = words::answers(&shown.verdict);
    let current = answers.iter().find(|answer| answer.short == "current");
    match credential.status.as_deref() {
        Some("revoked") if credential.superseded_by.is_some() => {
            let says = format!("{issuer} corrected it{on}: a newer credential has taken its place.");
            ("bad", "Superseded".into(), says)
        }
        Some("revoked") => ("bad", "Revoked".into(), format!("{issuer} took it back for good{on}.{why}")),
        Some("suspended") => ("warn", "Suspended".into(), format!("{issuer} took it back for a time{on}.{why}")),
        _ => match (shown.verdict.summary.clone(), current) {
            (says, Some(current)) if current.tone != "good" => (current.tone, current.word.clone(), says),
            (says, _) if answers.first().is_some_and(|genuine| genuine.tone != "good") => {
                ("bad", "Not genuine".into(), says)
            }
            _ => {
                let says = format!("Exactly what {issuer} signed, within its dates, and not taken back.");
                ("good", "Valid".into(), says)
            }
        },
    }
}

/// A public reason in words.
fn reason(code: &str) -> &'static str {
    code.parse::<StatusReason>().map(StatusReason::says).unwrap_or_default()
}

fn nothing() -> Problem {
    Problem::not_found("There is no credential at this address. Perhaps a character is missing at its end.")
}

/// Its address is its key: it goes to no other site and into no index.
fn private() -> [(HeaderName, HeaderValue); 2] {
    [
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
    ]
}

/// The public id as a file's name: letters, digits and hyphens only.
fn file_name(public_id: &str) -> String {
    let safe: String = public_id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(60).collect();
    format!("badge-{safe}")
}
