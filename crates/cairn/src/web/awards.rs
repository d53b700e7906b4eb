//! Awards: looked up, given directly, revoked, corrected, explained.

mod form;

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_domain::access::Act;
use cairn_domain::award::{Event, StatusMove, StatusReason};
use cairn_registrar::awards::{AwardFilter, Awarded, Told, Why};
use serde::Deserialize;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::problem::{Problem, status_of};
use super::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/org/{slug}/awards", get(list))
        .route("/org/{slug}/awards/new", get(form::show).post(form::take))
        .route("/org/{slug}/awards/{id}", get(show))
        .route("/org/{slug}/awards/{id}/status", post(change))
        .route("/org/{slug}/awards/{id}/name", post(correct))
        .route("/org/{slug}/awards/{id}/letter", post(send_letter))
        .route("/org/{slug}/awards/{id}/why", get(why))
}

/// A line of the list.
#[derive(Debug, Clone)]
struct Line {
    id: String,
    recipient: String,
    address: String,
    achievement: String,
    awarded: String,
    state: (&'static str, &'static str),
}

#[derive(Debug, Template)]
#[template(path = "awards-list.html")]
struct ListPage {
    chrome: Chrome,
    slug: String,
    may_award: bool,
    lines: Vec<Line>,
    /// Id and name of each achievement, and whether it is the one that is looked for.
    achievements: Vec<(String, String, bool)>,
    states: Vec<(&'static str, bool)>,
    q: String,
    since: String,
    batch: String,
    searched: bool,
    next: Option<String>,
}

/// What the list is asked with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Search {
    q: String,
    achievement: String,
    status: String,
    batch: String,
    since: String,
    after: Option<String>,
}

/// `GET /org/{slug}/awards`.
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Records).await?;
    let given = |text: &str| Some(text.trim().replace('\0', "")).filter(|text| !text.is_empty());
    let filter = AwardFilter {
        words: given(&search.q),
        achievement_id: given(&search.achievement),
        status: given(&search.status),
        batch_id: given(&search.batch),
        since: form::day(&search.since, form::DAWN).ok().flatten(),
        before: None,
    };
    let found = app.office.list_awards(&caller.actor, &org.id, &filter, search.after.as_deref(), 50).await?;
    let names = names(&app, &caller, &org.id).await?;
    let by_id: HashMap<&str, &str> = names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let lines = found.items.iter().map(|one| line(one, by_id.get(one.achievement_id.as_str()).copied())).collect();
    let page_of = |after: String| {
        let mut query = format!("?after={after}");
        for (name, value) in [
            ("q", &search.q),
            ("achievement", &search.achievement),
            ("status", &search.status),
            ("batch", &search.batch),
            ("since", &search.since),
        ] {
            if !value.is_empty() {
                query += &format!("&{name}={}", escaped(value));
            }
        }
        query
    };
    Ok(page(&ListPage {
        chrome: chrome(&app, &caller, "Awards", &org, "awards"),
        may_award: caller.actor.may(&org.id, Act::Award),
        lines,
        achievements: names.into_iter().map(|(id, name)| (id.clone(), name, id == search.achievement)).collect(),
        states: ["valid", "revoked", "suspended", "superseded"].map(|word| (word, word == search.status)).to_vec(),
        searched: filter != AwardFilter::default(),
        next: found.next.map(page_of),
        slug: org.slug,
        q: search.q,
        since: search.since,
        batch: search.batch,
    }))
}

/// For a query: everything but letters, digits and a few signs as bytes in hex.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The names of an organisation's achievements, by id.
async fn names(app: &App, caller: &Caller, org_id: &str) -> Result<Vec<(String, String)>, Problem> {
    let all = app.office.list_achievements(&caller.actor, org_id, None, 200).await?;
    Ok(all.into_iter().map(|one| (one.id.clone(), one.current().name)).collect())
}

fn line(one: &Awarded, achievement: Option<&str>) -> Line {
    Line {
        id: one.public_id.clone(),
        recipient: recipient(one),
        address: one.recipient_email.clone().unwrap_or_default(),
        achievement: achievement.unwrap_or("Sample data").to_owned(),
        awarded: words::date_of(one.awarded),
        state: state(one),
    }
}

fn recipient(one: &Awarded) -> String {
    match (&one.recipient_name, &one.recipient_email, one.erased) {
        (_, _, Some(_)) => "Erased".into(),
        (Some(name), _, _) => name.clone(),
        (None, Some(_), _) => "No name given".into(),
        (None, None, _) => "Sample learner".into(),
    }
}

/// Class and word of a status.
fn state(one: &Awarded) -> (&'static str, &'static str) {
    match (one.status.as_deref(), one.superseded_by.is_some()) {
        (_, true) => ("warn", "corrected"),
        (Some("revoked"), _) => ("bad", "revoked"),
        (Some("suspended"), _) => ("warn", "suspended"),
        _ => ("good", "valid"),
    }
}

/// A piece of evidence.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub name: String,
    pub what: String,
    pub sha256: String,
    pub address: Option<String>,
    pub words: Option<String>,
    pub wanted: Option<String>,
}

/// Evidence as pages show it.
pub(super) fn pieces(slug: &str, all: &[cairn_registrar::evidence::Evidence]) -> Vec<Piece> {
    let piece = |one: &cairn_registrar::evidence::Evidence| Piece {
        name: one.name.clone(),
        what: match one.kind.as_str() {
            "file" => format!("{}, {}", one.media_type.as_deref().unwrap_or("file"), size(one.bytes)),
            "link" => "link".into(),
            _ => "text".into(),
        },
        sha256: one.sha256.clone(),
        address: match one.kind.as_str() {
            "file" => Some(format!("/org/{slug}/evidence/{}", one.evidence_id)),
            _ => one.url.clone(),
        },
        words: one.words.clone(),
        wanted: one.wanted.clone(),
    };
    all.iter().map(piece).collect()
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} KB", bytes.div_ceil(1_024)),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// What may become of an award: its word, its label, and the reasons to choose from (code and words).
type Move = (&'static str, &'static str, Vec<(&'static str, &'static str)>);

#[derive(Debug, Template)]
#[template(path = "awards-one.html")]
struct OnePage {
    chrome: Chrome,
    slug: String,
    id: String,
    achievement: String,
    version: String,
    recipient: String,
    address: String,
    claimed: bool,
    awarded: String,
    until: Option<String>,
    state: (&'static str, &'static str),
    reason: Option<(String, String)>,
    /// Public ids of what it corrects and of what corrects it.
    supersedes: Option<String>,
    superseded_by: Option<String>,
    evidence: Vec<Piece>,
    public: String,
    batch: Option<(String, String)>,
    request: Option<String>,
    sha256: String,
    /// What can be done, and for which reasons: word, label, reasons.
    moves: Vec<Move>,
    may_correct: bool,
    may_write: bool,
    explained: bool,
    name: String,
    problem: Option<String>,
    done: Option<&'static str>,
}

/// What was just done, to be told.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Done {
    done: String,
}

/// `GET /org/{slug}/awards/{id}`.
async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let mut one = one_page(&app, &caller, &slug, &id).await?;
    one.done = match done.done.as_str() {
        "awarded" => Some("It is awarded and signed. The recipient gets a letter with a link to make it theirs."),
        "status" => Some("Its status is changed. Whoever checks it from now on sees it."),
        "corrected" => Some("The name is corrected: this credential takes the place of the one with the wrong name."),
        "letter" => Some("The letter is on its way once more."),
        _ => None,
    };
    Ok(page(&one))
}

async fn one_page(app: &App, caller: &Caller, slug: &str, id: &str) -> Result<OnePage, Problem> {
    let org = app.office.org_for(&caller.actor, slug, Act::Records).await?;
    let one = app.office.find_award(&caller.actor, &org.id, id).await?;
    let version = app.office.find_version(&org.id, &one.achievement_id, &one.version).await?;
    let evidence = app.office.evidence_of(&one).await?;
    let may = |act| caller.actor.may(&org.id, act);
    let revoked = one.status.as_deref() == Some("revoked");
    let moves: Vec<(StatusMove, &'static str)> = match one.status.as_deref() {
        _ if !may(Act::Revoke) => Vec::new(),
        Some("revoked") => Vec::new(),
        Some(_) => vec![(StatusMove::Reinstate, "Reinstate"), (StatusMove::Revoke, "Revoke for good")],
        None => vec![(StatusMove::Suspend, "Suspend for a time"), (StatusMove::Revoke, "Revoke for good")],
    };
    let reasons = |to: StatusMove| {
        StatusReason::ALL.iter().filter(|reason| reason.fits(to)).map(|reason| (reason.code(), reason.says())).collect()
    };
    let last = |id: &Option<String>| id.as_ref().and_then(|id| Some(id.rsplit('/').next()?.to_owned()));
    let reason = one.status_reason.as_deref().and_then(|code| code.parse::<StatusReason>().ok());
    Ok(OnePage {
        chrome: chrome(app, caller, &format!("Award to {}", recipient(&one)), &org, "awards"),
        id: one.public_id.clone(),
        achievement: version.map_or_else(|| "Sample data".into(), |version| version.definition.name),
        version: one.version.clone(),
        recipient: recipient(&one),
        address: one.recipient_email.clone().unwrap_or_default(),
        claimed: one.person_id.is_some(),
        awarded: words::date_of(one.awarded),
        until: one.valid_until.map(words::date_of),
        state: state(&one),
        reason: reason.zip(one.status_at).map(|(reason, at)| (reason.says().to_owned(), words::moment(at))),
        supersedes: last(&one.supersedes),
        superseded_by: last(&one.superseded_by),
        evidence: pieces(&org.slug, &evidence),
        public: format!("/credentials/{}", one.public_id),
        batch: one.batch_id.clone().zip(one.batch_line.map(|line| line.to_string())),
        request: one.request_id.clone().filter(|_| may(Act::Assess)),
        sha256: one.sha256.clone(),
        moves: moves.into_iter().map(|(to, label)| (to.word(), label, reasons(to))).collect(),
        may_correct: may(Act::Correct) && one.status.is_none() && one.recipient_email.is_some(),
        may_write: may(Act::Award) && !revoked && one.recipient_email.is_some(),
        explained: one.basis.is_some(),
        name: one.recipient_name.clone().unwrap_or_default(),
        problem: None,
        done: None,
        slug: org.slug,
    })
}

/// Shows an award again with what is wrong.
async fn again(app: &App, caller: &Caller, at: (&str, &str), problem: Problem) -> Result<Response, Problem> {
    if problem.status.is_server_error() || matches!(problem.status.as_u16(), 401 | 403 | 404) {
        return Err(problem);
    }
    let one = one_page(app, caller, at.0, at.1).await?;
    Ok((problem.status, page(&OnePage { problem: Some(problem.says), ..one })).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Change {
    change: String,
    reason: String,
}

/// `POST /org/{slug}/awards/{id}/status`.
async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Form(sent): Form<Change>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Revoke).await?;
    let parsed = sent.change.parse::<StatusMove>().and_then(|to| Ok((to, sent.reason.parse::<StatusReason>()?)));
    let result = match parsed {
        Ok((to, reason)) => {
            app.office.change_award(&caller.actor, (&org.id, &id), to, reason).await.map_err(Problem::from)
        }
        Err(says) => Err(Problem { status: status_of("no-reason"), says }),
    };
    match result {
        Ok(_) => Ok(Redirect::to(&format!("/org/{slug}/awards/{id}?done=status")).into_response()),
        Err(problem) => again(&app, &caller, (&slug, &id), problem).await,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Name {
    name: String,
}

/// `POST /org/{slug}/awards/{id}/name`.
async fn correct(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Form(sent): Form<Name>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Correct).await?;
    match app.office.correct_name(&caller.actor, (&org.id, &id), &sent.name).await {
        Ok(new) => Ok(Redirect::to(&format!("/org/{slug}/awards/{}?done=corrected", new.public_id)).into_response()),
        Err(trouble) => again(&app, &caller, (&slug, &id), trouble.into()).await,
    }
}

/// `POST /org/{slug}/awards/{id}/letter`.
async fn send_letter(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    match app.office.send_award_letter(&caller.actor, &org.id, &id).await {
        Ok(()) => Ok(Redirect::to(&format!("/org/{slug}/awards/{id}?done=letter")).into_response()),
        Err(trouble) => again(&app, &caller, (&slug, &id), trouble.into()).await,
    }
}

#[derive(Debug, Template)]
#[template(path = "awards-why.html")]
struct WhyPage {
    chrome: Chrome,
    back: String,
    told: WhyView,
}

/// Why something was awarded, as pages show it.
#[derive(Debug, Clone)]
pub struct WhyView {
    /// Name of the achievement.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Hash of what was published.
    pub sha256: String,
    /// Whether each part holds, and its sentence.
    pub reasons: Vec<(bool, String)>,
    /// When something happened, and what.
    pub events: Vec<(String, String)>,
}

/// Lays out why something was awarded.
pub fn why_view(why: &Why) -> WhyView {
    WhyView {
        name: why.definition.name.clone(),
        version: why.version.clone(),
        sha256: why.definition_sha256.clone(),
        reasons: why.outcome.reasons.iter().map(|reason| (reason.holds, reason.says.clone())).collect(),
        events: events(&why.events),
    }
}

/// What happened, in order, for people.
pub(super) fn events(all: &[Told]) -> Vec<(String, String)> {
    all.iter().map(|told| (words::moment(told.at), event(&told.event))).collect()
}

fn event(event: &Event) -> String {
    let with = |says: &str, words: &str| match words {
        "" => format!("{says}."),
        words => format!("{says}: {words}"),
    };
    match event {
        Event::Asked => "The learner sent the request.".into(),
        Event::EvidenceGiven { form, sha256, .. } => {
            format!("Evidence was given: a {form} with the hash {}…", &short(sha256))
        }
        Event::EvidenceTakenBack { sha256, .. } => {
            format!("Evidence was taken back: the one with the hash {}…", &short(sha256))
        }
        Event::PrerequisiteShown { credential, .. } => with("Something that must be held before was shown", credential),
        Event::PrerequisiteWaived { why, .. } => with("Something that must be held before was waived", why),
        Event::CriterionJudged { criterion, level: Some(level), .. } => {
            format!("“{criterion}” was judged at “{level}”.")
        }
        Event::CriterionJudged { criterion, met, .. } => {
            format!("“{criterion}” was judged {}.", if *met { "met" } else { "not met" })
        }
        Event::Returned { words } => with("It went back to the learner", words),
        Event::Withdrawn => "The learner took the request back.".into(),
        Event::Decided { role, award: true, words } => {
            with(&format!("Somebody who is {role} decided to award it"), words)
        }
        Event::Decided { role, words, .. } => with(&format!("Somebody who is {role} decided not to award it"), words),
        Event::AwardedDirectly { role, why } => with(&format!("Somebody who is {role} awarded it directly"), why),
    }
}

fn short(sha256: &str) -> String {
    sha256.chars().take(12).collect()
}

/// `GET /org/{slug}/awards/{id}/why`.
async fn why(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Records).await?;
    let why = app.office.why(&caller.actor, &org.id, &id).await?;
    Ok(page(&WhyPage {
        chrome: chrome(&app, &caller, "Why was this awarded?", &org, "awards"),
        back: format!("/org/{slug}/awards/{id}"),
        told: why_view(&why),
    }))
}

/// The frame of an organisation's inner page.
pub(super) fn chrome(
    app: &App,
    caller: &Caller,
    title: &str,
    org: &cairn_registrar::access::Organisation,
    here: &'static str,
) -> Chrome {
    Chrome::new(title, Here::Org, app.is_demo()).seen_by(caller).in_org(&org.slug, &org.name, here)
}
