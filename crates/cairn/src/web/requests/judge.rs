//! The assessors' queue, and a request with evidence beside criteria.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_domain::access::Act;
use cairn_registrar::refusal::Trouble;
use cairn_registrar::requests::{Judged, Ruling, WholeRequest};
use serde::Deserialize;

use super::state;
use crate::web::app::App;
use crate::web::awards::{Piece, chrome, events, pieces};
use crate::web::caller::Caller;
use crate::web::pages::{Chrome, page};
use crate::web::problem::{Problem, status_of};
use crate::web::words;

/// A line of the queue.
#[derive(Debug, Clone)]
struct Line {
    id: String,
    name: String,
    achievement: String,
    asked: String,
    own: bool,
}

#[derive(Debug, Template)]
#[template(path = "requests-queue.html")]
struct QueuePage {
    chrome: Chrome,
    slug: String,
    states: Vec<(&'static str, &'static str, bool)>,
    lines: Vec<Line>,
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    state: String,
    after: Option<String>,
}

const STATES: [&str; 5] = ["open", "returned", "awarded", "refused", "withdrawn"];

/// `GET /org/{slug}/requests`.
pub async fn queue(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Assess).await?;
    let wanted = STATES.into_iter().find(|word| *word == search.state).unwrap_or("open");
    let after = search.after.as_deref().map(|after| after.replace('\0', ""));
    let mut found = app.office.list_requests(&caller.actor, &org.id, wanted, after.as_deref(), 51).await?;
    let more = found.len() > 50;
    found.truncate(50);
    let next = found.last().filter(|_| more).map(|last| format!("?state={wanted}&after={}", last.request_id));
    let mut lines = Vec::new();
    for one in found {
        let version = app.office.find_version(&org.id, &one.achievement_id, &one.version).await?;
        lines.push(Line {
            own: caller.actor.person_id() == Some(one.person_id.as_str()),
            achievement: version.map(|version| version.definition.name).unwrap_or_default(),
            asked: words::moment(one.updated),
            id: one.request_id,
            name: one.name,
        });
    }
    Ok(page(&QueuePage {
        chrome: chrome(&app, &caller, "Requests", &org, "requests"),
        slug: org.slug,
        states: STATES.map(|word| (word, state(word).1, word == wanted)).to_vec(),
        lines,
        next,
    }))
}

/// A criterion to be judged.
#[derive(Debug, Clone)]
struct Field {
    id: String,
    statement: String,
    /// Level, whether it is chosen, whether it is the required one.
    levels: Vec<(String, bool, bool)>,
    /// Whether it was said to be met, or not.
    met: Option<bool>,
}

#[derive(Debug, Template)]
#[template(path = "requests-one.html")]
struct JudgePage {
    chrome: Chrome,
    slug: String,
    id: String,
    revision: u64,
    achievement: String,
    name: String,
    email: String,
    words: Option<String>,
    state: (&'static str, &'static str),
    open: bool,
    own: bool,
    wants: Vec<(String, bool)>,
    evidence: Vec<Piece>,
    criteria: Vec<Field>,
    participation: bool,
    /// Name, what was shown, why it is waived.
    before: Vec<(String, String, String)>,
    answer: String,
    answered: Option<String>,
    events: Vec<(String, String)>,
    public_id: Option<String>,
    problem: Option<String>,
}

type Typed = Vec<(String, String)>;

fn typed<'a>(sent: &'a Typed, name: &str) -> &'a str {
    sent.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

fn judge_page(app: &App, caller: &Caller, whole: &WholeRequest, sent: &Typed) -> JudgePage {
    let request = &whole.request;
    let criteria = whole.definition.criteria.iter().map(|one| {
        let chosen = typed(sent, &format!("level-{}", one.id));
        Field {
            id: one.id.clone(),
            statement: one.statement.clone(),
            levels: one
                .levels
                .iter()
                .map(|level| (level.clone(), level == chosen, one.required.as_ref() == Some(level)))
                .collect(),
            met: match chosen {
                "met" => Some(true),
                "not-met" => Some(false),
                _ => None,
            },
        }
    });
    let there = |id: &str| whole.evidence.iter().any(|one| one.wanted.as_deref() == Some(id));
    let before = whole.definition.prerequisites.iter().enumerate().map(|(n, one)| {
        let of = |what: &str| typed(sent, &format!("{what}-{n}")).to_owned();
        (one.name.clone(), of("shown"), of("waived"))
    });
    JudgePage {
        chrome: chrome(app, caller, &format!("Request of {}", request.name), &whole.org, "requests"),
        slug: whole.org.slug.clone(),
        id: request.request_id.clone(),
        revision: request.revision,
        achievement: whole.definition.name.clone(),
        name: request.name.clone(),
        email: request.email.clone(),
        words: request.words.clone(),
        state: state(&request.state),
        open: request.state == "open",
        own: caller.actor.person_id() == Some(request.person_id.as_str()),
        wants: whole.definition.evidence.iter().map(|one| (one.says.clone(), there(&one.id))).collect(),
        evidence: pieces(&whole.org.slug, &whole.evidence),
        criteria: criteria.collect(),
        participation: whole.definition.basis == cairn_domain::definition::Basis::Participation,
        before: before.collect(),
        answer: typed(sent, "words").to_owned(),
        answered: whole.answer().filter(|words| !words.is_empty()).map(str::to_owned),
        events: events(&whole.events),
        public_id: whole.public_id.clone(),
        problem: None,
    }
}

/// `GET /org/{slug}/requests/{id}`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Assess).await?;
    let whole = app.office.find_request(&caller.actor, &org.id, &id).await?;
    Ok(page(&judge_page(&app, &caller, &whole, &Typed::new())))
}

/// `POST /org/{slug}/requests/{id}`: awards, returns, refuses.
pub async fn take(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Form(sent): Form<Typed>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Assess).await?;
    let whole = app.office.find_request(&caller.actor, &org.id, &id).await?;
    let ruling = match typed(&sent, "do") {
        "award" => Ruling::Award,
        "return" => Ruling::Return,
        "refuse" => Ruling::Refuse,
        _ => return Err(Problem::broken("Press one of the buttons: award, return or refuse.")),
    };
    let judged = Judged {
        revision: typed(&sent, "revision").parse().unwrap_or_default(),
        ruling,
        words: typed(&sent, "words").to_owned(),
        criteria: criteria(&whole, &sent),
        shown: before(&whole, &sent, "shown"),
        waived: before(&whole, &sent, "waived"),
    };
    match app.office.judge_request(&caller.actor, (&org.id, &id), judged).await {
        Ok(_) => Ok(Redirect::to(&format!("/org/{slug}/requests/{id}")).into_response()),
        Err(Trouble::Refusal(refusal)) => {
            let now = app.office.find_request(&caller.actor, &org.id, &id).await?;
            let mut again = judge_page(&app, &caller, &now, &sent);
            again.problem = Some(refusal.says);
            Ok((status_of(refusal.code), page(&again)).into_response())
        }
        Err(fault) => Err(fault.into()),
    }
}

fn criteria(whole: &WholeRequest, sent: &Typed) -> Vec<(String, Option<String>, bool)> {
    let one = |one: &cairn_domain::definition::Criterion| {
        let chosen = typed(sent, &format!("level-{}", one.id));
        match (chosen, one.levels.is_empty()) {
            ("", _) => None,
            (word, true) => Some((one.id.clone(), None, word == "met")),
            (level, false) => Some((one.id.clone(), Some(level.to_owned()), true)),
        }
    };
    whole.definition.criteria.iter().filter_map(one).collect()
}

fn before(whole: &WholeRequest, sent: &Typed, what: &str) -> Vec<(String, String)> {
    let all = whole.definition.prerequisites.iter().enumerate();
    all.map(|(n, one)| (one.achievement.clone(), typed(sent, &format!("{what}-{n}")).to_owned()))
        .filter(|(_, words)| !words.is_empty())
        .collect()
}
