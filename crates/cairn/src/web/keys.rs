//! The keys of an organisation.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_domain::access::Act;
use cairn_registrar::keys::{KeyShown, Standing};
use cairn_registrar::refusal::Refusal;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::people::{Sent, again, beside, field};
use super::problem::{Problem, status_of};
use super::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/org/{slug}/keys", get(list))
        .route("/org/{slug}/keys/new", post(rotate))
        .route("/org/{slug}/keys/retire", post(retire))
        .route("/org/{slug}/keys/report", post(report))
        .route("/org/{slug}/keys/did-web", post(did_web))
}

/// Width of the drawing, in its own units.
const WIDE: i64 = 1_000;

/// An organisation's keys.
#[derive(Debug, Clone, Template)]
#[template(path = "keys.html")]
pub struct KeysPage {
    /// The frame.
    pub chrome: Chrome,
    /// The organisation's place on the site.
    pub slug: String,
    /// Its DID.
    pub did: String,
    /// Whether the key is the name.
    pub is_key: bool,
    /// The did:web that it could take.
    pub could_take: Option<String>,
    /// Its keys, newest first.
    pub keys: Vec<KeyLine>,
    /// Height of the drawing.
    pub tall: usize,
    /// First and last day of the drawing.
    pub ends: (String, String),
    /// Today, as a form's date.
    pub today: String,
    /// What is wrong: with which key ("" for none), and what.
    pub problem: Option<(String, String)>,
    /// The date as it was typed.
    pub since: String,
    /// The reason as it was typed.
    pub note: String,
}

/// One key.
#[derive(Debug, Clone)]
pub struct KeyLine {
    /// URI of its verification method.
    pub id: String,
    /// `key-2`.
    pub short: String,
    /// The public key.
    pub multibase: String,
    /// `signs`, `retired`, `compromised`.
    pub standing: &'static str,
    /// Tone of that: `good`, `dim`, `bad`.
    pub tone: &'static str,
    /// The same in words.
    pub told: String,
    /// Why it was retired or reported.
    pub note: Option<String>,
    /// How many credentials it signed, in words.
    pub signed: String,
    /// How many since others may have it.
    pub signed_since: u64,
    /// The day since which others may have it, as a date.
    pub since_day: String,
    /// Left edge of its bar.
    pub x: i64,
    /// Width of its bar.
    pub wide: i64,
    /// Where in it the key was lost, and how wide the rest is.
    pub lost: Option<(i64, i64)>,
    /// Top edge.
    pub y: usize,
}

/// `GET /org/{slug}/keys`.
pub async fn list(State(app): State<Arc<App>>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Problem> {
    Ok(page(&keys_page(&app, &caller, &slug).await?))
}

async fn keys_page(app: &App, caller: &Caller, slug: &str) -> Result<KeysPage, Problem> {
    let org = app.office.org_for(&caller.actor, slug, Act::Keys).await?;
    let keys = app.office.keys(&caller.actor, &org).await?;
    let now = app.now();
    let first = keys.iter().map(|key| key.from).min().unwrap_or(now);
    let lines = keys.iter().enumerate().map(|(n, key)| line(n, key, first, now)).collect::<Vec<_>>();
    let chrome = Chrome::new(format!("Keys of {}", org.name), Here::Org, app.is_demo()).seen_by(caller);
    Ok(KeysPage {
        chrome: chrome.in_org(&org.slug, &org.name, "keys"),
        is_key: !org.did.starts_with("did:web:"),
        could_take: app.office.did_web_for(&org),
        tall: lines.len() * 40 + 8,
        ends: (words::date_of(first), "today".into()),
        today: day(now),
        slug: org.slug,
        did: org.did,
        keys: lines,
        problem: None,
        since: String::new(),
        note: String::new(),
    })
}

fn line(n: usize, key: &KeyShown, first: Timestamp, now: Timestamp) -> KeyLine {
    let (start, span) = (first.as_second(), (now.as_second() - first.as_second()).max(1));
    let at = |moment: Timestamp| ((moment.as_second() - start) * WIDE / span).clamp(0, WIDE);
    let x = at(key.from).min(WIDE - 12);
    let end = key.until.map_or(WIDE, &at).max(x + 12);
    let lost = key.compromised.map(|since| {
        let from = at(since).clamp(x, end - 6);
        (from, end - from)
    });
    let (tone, told) = match (key.standing, key.until, key.compromised) {
        (Standing::Signs, _, _) => ("good", format!("Signs since {}", words::date_of(key.from))),
        (Standing::Compromised, _, Some(since)) => {
            ("bad", format!("Others may have it since {}", words::moment(since)))
        }
        (_, Some(until), _) => {
            ("dim", format!("Signed from {} to {}", words::date_of(key.from), words::date_of(until)))
        }
        (_, None, _) => ("dim", format!("Since {}; another one signs", words::date_of(key.from))),
    };
    KeyLine {
        id: key.id.clone(),
        short: key.short().to_owned(),
        multibase: key.multibase.clone().unwrap_or_default(),
        standing: key.standing.word(),
        tone,
        told,
        note: key.note.clone(),
        signed: words::count(usize::try_from(key.signed).unwrap_or(usize::MAX), "valid credential"),
        signed_since: key.signed_since,
        since_day: key.compromised.map(day).unwrap_or_default(),
        x,
        wide: end - x,
        lost,
        y: n * 40 + 8,
    }
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// `POST /org/{slug}/keys/new`.
pub async fn rotate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Keys).await?;
    let done = app.office.rotate_key(&caller.actor, &org.id, Some(field(&sent, "note"))).await;
    after(&app, &caller, &slug, &sent, beside(done.map(|_| ()))?).await
}

/// `POST /org/{slug}/keys/retire`.
pub async fn retire(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Keys).await?;
    let note = Some(field(&sent, "note"));
    let done = app.office.retire_key(&caller.actor, &org.id, field(&sent, "key"), note).await;
    after(&app, &caller, &slug, &sent, beside(done)?).await
}

/// `POST /org/{slug}/keys/report`.
pub async fn report(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Keys).await?;
    let done = match since(field(&sent, "since")) {
        Ok(since) => {
            let note = Some(field(&sent, "note"));
            let done = app.office.report_key(&caller.actor, &org.id, field(&sent, "key"), since, note).await;
            beside(done.map(|_| ()))?
        }
        Err(refusal) => Err(refusal),
    };
    after(&app, &caller, &slug, &sent, done).await
}

/// `POST /org/{slug}/keys/did-web`.
pub async fn did_web(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Keys).await?;
    let done = app.office.take_did_web(&caller.actor, &org.id).await;
    after(&app, &caller, &slug, &sent, beside(done.map(|_| ()))?).await
}

/// The start of a day in UTC: the earliest moment that is meant.
fn since(text: &str) -> Result<Timestamp, Refusal> {
    let bad = || Refusal::new("bad-moment", "Give the day as year, month and day, such as 2026-11-23.");
    let day: Date = text.trim().parse().map_err(|_| bad())?;
    Ok(day.to_zoned(TimeZone::UTC).map_err(|_| bad())?.timestamp())
}

async fn after(
    app: &App,
    caller: &Caller,
    slug: &str,
    sent: &Sent,
    done: Result<(), Refusal>,
) -> Result<Response, Problem> {
    let back = format!("/org/{slug}/keys");
    let refusal = match done {
        Ok(()) => return Ok(Redirect::to(&back).into_response()),
        Err(refusal) if refusal.code == "sign-in-again" => return Ok(again(&back)),
        Err(refusal) => refusal,
    };
    let shown = KeysPage {
        problem: Some((field(sent, "key").into(), refusal.says)),
        since: field(sent, "since").into(),
        note: field(sent, "note").into(),
        ..keys_page(app, caller, slug).await?
    };
    Ok((status_of(refusal.code), page(&shown)).into_response())
}

#[cfg(test)]
mod tests;
