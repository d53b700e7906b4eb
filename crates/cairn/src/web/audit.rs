//! The audit of an organisation.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cairn_domain::access::Act;
use cairn_registrar::audit::{Asked, Form};
use serde::Deserialize;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::problem::Problem;
use super::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/org/{slug}/audit", get(list))
        .route("/org/{slug}/audit.csv", get(csv))
        .route("/org/{slug}/audit.jsonl", get(jsonl))
}

/// Entries on a page.
const A_PAGE: u32 = 50;

/// An organisation's audit.
#[derive(Debug, Clone, Template)]
#[template(path = "orgs-audit.html")]
pub struct AuditPage {
    /// The frame.
    pub chrome: Chrome,
    /// The organisation's place on the site.
    pub slug: String,
    /// The acts that stand in it.
    pub acts: Vec<String>,
    /// What was asked for.
    pub act: String,
    /// What was asked for.
    pub object: String,
    /// What was asked for.
    pub day: String,
    /// Entries.
    pub entries: Vec<AuditLine>,
    /// Query of the next page.
    pub next: Option<String>,
    /// What is wrong with what was asked.
    pub problem: Option<String>,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct AuditLine {
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// What.
    pub act: String,
    /// On what.
    pub kind: String,
    /// Its id.
    pub object: String,
    /// More, in words.
    pub detail: String,
}

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    act: String,
    object: String,
    day: String,
    after: String,
}

/// `GET /org/{slug}/audit?act=&object=&day=&after=`.
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Audit).await?;
    let (asked, problem) = match Asked::read(&wanted.act, &wanted.object, &wanted.day) {
        Ok(asked) => (asked, None),
        Err(refusal) => (Asked::default(), Some(refusal.says)),
    };
    let after = Some(wanted.after.as_str()).filter(|after| !after.is_empty());
    let found = app.office.audit(&caller.actor, &org.id, &asked, after, A_PAGE + 1).await?;
    let more = found.len() > A_PAGE as usize;
    let shown = &found[..found.len().min(A_PAGE as usize)];
    let mut names = HashMap::new();
    let mut entries = Vec::new();
    for entry in shown {
        let who = match (entry.actor_kind.as_str(), &entry.actor_id) {
            ("site", _) => "whoever runs the site".to_owned(),
            (kind, Some(id)) => {
                if !names.contains_key(id) {
                    let name = app.office.actor_name(kind, &org.id, id).await?;
                    names.insert(id.clone(), name);
                }
                names[id].clone()
            }
            (_, None) => "somebody not signed in".to_owned(),
        };
        entries.push(AuditLine {
            at: entry.at.strftime("%-d %b %Y, %H:%M:%S").to_string(),
            who,
            act: entry.act.clone(),
            kind: entry.object_kind.clone(),
            object: entry.object_id.clone(),
            detail: entry.detail.as_deref().map(told).unwrap_or_default(),
        });
    }
    let next = shown.last().filter(|_| more).map(|last| {
        let part = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let (act, object, day) = (part(&wanted.act), part(&wanted.object), part(&wanted.day));
        format!("act={act}&object={object}&day={day}&after={}", last.id)
    });
    let chrome = Chrome::new(format!("Audit of {}", org.name), Here::Org, app.is_demo()).seen_by(&caller);
    Ok(page(&AuditPage {
        chrome: chrome.in_org(&org.slug, &org.name, "audit"),
        acts: app.office.audit_acts(&caller.actor, &org.id).await?,
        slug: org.slug,
        act: wanted.act,
        object: wanted.object,
        day: wanted.day,
        entries,
        next,
        problem,
    }))
}

/// `{"since": "2026"}` as `since: 2026`.
fn told(detail: &str) -> String {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_str(detail) else { return detail.to_owned() };
    let word = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            let all: Vec<String> =
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
            words::listed(&all)
        }
        other => other.to_string(),
    };
    members.iter().map(|(name, value)| format!("{name}: {}", word(value))).collect::<Vec<_>>().join(" · ")
}

/// `GET /org/{slug}/audit.csv`.
pub async fn csv(State(app): State<Arc<App>>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Problem> {
    export(&app, &caller, &slug, Form::Csv, "text/csv; charset=utf-8").await
}

/// `GET /org/{slug}/audit.jsonl`.
pub async fn jsonl(State(app): State<Arc<App>>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Problem> {
    export(&app, &caller, &slug, Form::JsonLines, "application/jsonl").await
}

async fn export(
    app: &App,
    caller: &Caller,
    slug: &str,
    form: Form,
    media_type: &'static str,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, slug, Act::Audit).await?;
    let text = app.office.export_audit(&caller.actor, &org.id, form).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, text).into_response())
}
