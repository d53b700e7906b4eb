//! Requests: a learner asks and shows evidence; assessors decide.

mod files;
mod judge;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_registrar::achievements::Achievement;
use cairn_registrar::evidence::{Given, GivenWhat, Incoming, LARGEST_FILE};
use cairn_registrar::refusal::{Refusal, Trouble};
use cairn_registrar::requests::{WholeRequest, Written};
use serde::Deserialize;

use super::app::App;
use super::awards::{Piece, events};
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::problem::{Problem, status_of};
use super::upload::Sent;
use super::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/ask/{achievement}", get(ask).post(begin))
        .route("/ask/{achievement}/qr.svg", get(code))
        .route("/home/requests", get(own))
        .route("/home/requests/{id}", get(one).post(write))
        .route("/home/requests/{id}/evidence", post(add))
        .route("/home/requests/{id}/evidence/{piece}", get(files::own).post(remove))
        .route("/home/requests/{id}/withdraw", post(withdraw))
        .route("/org/{slug}/requests", get(judge::queue))
        .route("/org/{slug}/requests/{id}", get(judge::show).post(judge::take))
        .route("/org/{slug}/evidence/{piece}", get(files::member))
}

/// What is wanted, and whether it is required and there.
#[derive(Debug, Clone)]
pub struct Want {
    id: String,
    says: String,
    required: bool,
    there: bool,
}

#[derive(Debug, Template)]
#[template(path = "requests-ask.html")]
struct AskPage {
    chrome: Chrome,
    id: String,
    org: String,
    name: String,
    description: String,
    criteria: Vec<(String, Option<String>)>,
    wants: Vec<Want>,
    before: Vec<String>,
    signed_in: bool,
}

/// `GET /ask/{achievement}`: what it takes.
async fn ask(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let achievement = open(&app, &id).await?;
    let definition = achievement.newest().ok_or_else(closed)?.definition.clone();
    let org = app.office.find_org(&achievement.org_id).await?.ok_or_else(closed)?;
    Ok(page(&AskPage {
        chrome: Chrome::new(format!("Ask for “{}”", definition.name), Here::Wallet, app.is_demo()).seen_by(&caller),
        id,
        org: org.name,
        name: definition.name,
        description: definition.description,
        criteria: definition.criteria.into_iter().map(|one| (one.statement, one.required)).collect(),
        wants: definition
            .evidence
            .into_iter()
            .map(|one| Want { id: one.id, says: one.says, required: one.required, there: false })
            .collect(),
        before: definition.prerequisites.into_iter().map(|one| one.name).collect(),
        signed_in: caller.is_signed_in(),
    }))
}

/// `GET /ask/{achievement}/qr.svg`: a code that leads there.
async fn code(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let svg = app.office.ask_code_svg(&open(&app, &id).await?.id)?;
    // an SVG that is opened by itself could run scripts; in this sandbox it cannot
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, svg).into_response())
}

/// The achievement, where learners may ask for it.
async fn open(app: &App, id: &str) -> Result<Achievement, Problem> {
    let found = app.office.public_achievement(id).await?.filter(|one| one.is_open());
    found.ok_or_else(closed)
}

fn closed() -> Problem {
    Problem::not_found("There is no achievement here that learners may ask for.")
}

/// `POST /ask/{achievement}`: begins.
async fn begin(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let request = app.office.begin_request(&caller.actor, &id).await?;
    Ok(Redirect::to(&format!("/home/requests/{}", request.request_id)).into_response())
}

/// A line of one's own list.
#[derive(Debug, Clone)]
struct OwnLine {
    id: String,
    name: String,
    org: String,
    updated: String,
    state: (&'static str, &'static str),
}

#[derive(Debug, Template)]
#[template(path = "requests-own.html")]
struct OwnPage {
    chrome: Chrome,
    lines: Vec<OwnLine>,
}

/// `GET /home/requests`.
async fn own(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    let all = app.office.own_requests(&caller.actor).await?;
    let line = |whole: &WholeRequest| OwnLine {
        id: whole.request.request_id.clone(),
        name: whole.definition.name.clone(),
        org: whole.org.name.clone(),
        updated: words::date_of(whole.request.updated),
        state: state(&whole.request.state),
    };
    Ok(page(&OwnPage {
        chrome: Chrome::new("Your requests", Here::Wallet, app.is_demo()).seen_by(&caller),
        lines: all.iter().map(line).collect(),
    }))
}

/// Class and words of a state.
fn state(word: &str) -> (&'static str, &'static str) {
    match word {
        "draft" => ("warn", "not sent yet"),
        "open" => ("warn", "with the assessors"),
        "returned" => ("warn", "back to the learner"),
        "awarded" => ("good", "awarded"),
        "refused" => ("bad", "refused"),
        _ => ("bad", "withdrawn"),
    }
}

#[derive(Debug, Template)]
#[template(path = "requests-mine.html")]
struct MinePage {
    chrome: Chrome,
    id: String,
    revision: u64,
    org: String,
    name_of: String,
    criteria: Vec<(String, Option<String>)>,
    wants: Vec<Want>,
    evidence: Vec<(String, Piece)>,
    name: String,
    email: String,
    words: String,
    state: (&'static str, &'static str),
    mine: bool,
    open: bool,
    returned: bool,
    answer: Option<String>,
    events: Vec<(String, String)>,
    public_id: Option<String>,
    problem: Option<String>,
}

fn mine(app: &App, caller: &Caller, whole: &WholeRequest) -> MinePage {
    let request = &whole.request;
    let there = |id: &str| whole.evidence.iter().any(|one| one.wanted.as_deref() == Some(id));
    let evidence = super::awards::pieces("", &whole.evidence).into_iter().zip(&whole.evidence).map(|(piece, one)| {
        let address = match one.kind.as_str() {
            "file" => Some(format!("/home/requests/{}/evidence/{}", request.request_id, one.evidence_id)),
            _ => piece.address.clone(),
        };
        (one.evidence_id.clone(), Piece { address, ..piece })
    });
    MinePage {
        chrome: Chrome::new(format!("Request for “{}”", whole.definition.name), Here::Wallet, app.is_demo())
            .seen_by(caller),
        id: request.request_id.clone(),
        revision: request.revision,
        org: whole.org.name.clone(),
        name_of: whole.definition.name.clone(),
        criteria: whole.definition.criteria.iter().map(|one| (one.statement.clone(), one.required.clone())).collect(),
        wants: whole
            .definition
            .evidence
            .iter()
            .map(|one| Want {
                id: one.id.clone(),
                says: one.says.clone(),
                required: one.required,
                there: there(&one.id),
            })
            .collect(),
        evidence: evidence.collect(),
        name: request.name.clone(),
        email: request.email.clone(),
        words: request.words.clone().unwrap_or_default(),
        state: state(&request.state),
        mine: whole.is_learners(),
        open: request.state == "open",
        returned: request.state == "returned",
        answer: whole.answer().filter(|words| !words.is_empty()).map(str::to_owned),
        events: events(&whole.events),
        public_id: whole.public_id.clone(),
        problem: None,
    }
}

/// `GET /home/requests/{id}`.
async fn one(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let whole = app.office.own_request(&caller.actor, &id).await?;
    Ok(page(&mine(&app, &caller, &whole)))
}

/// Goes back to the request, or shows it with what is wrong.
async fn back(
    app: &App,
    caller: &Caller,
    id: &str,
    result: Result<(), Trouble>,
    typed: Option<(String, String)>,
) -> Result<Response, Problem> {
    match result {
        Ok(()) => Ok(Redirect::to(&format!("/home/requests/{id}")).into_response()),
        Err(Trouble::Refusal(refusal)) if !matches!(refusal.code, "sign-in" | "not-found") => {
            let whole = app.office.own_request(&caller.actor, id).await?;
            let mut again = mine(app, caller, &whole);
            if let Some((name, words)) = typed {
                (again.name, again.words) = (name, words);
            }
            again.problem = Some(refusal.says);
            Ok((status_of(refusal.code), page(&again)).into_response())
        }
        Err(trouble) => Err(trouble.into()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    revision: u64,
    name: String,
    words: String,
    r#do: String,
}

/// `POST /home/requests/{id}`: keeps what was written, and sends it.
async fn write(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Form(sent): Form<Typed>,
) -> Result<Response, Problem> {
    let written = Written {
        revision: sent.revision,
        name: sent.name.clone(),
        words: sent.words.clone(),
        send: sent.r#do == "send",
    };
    let result = app.office.write_request(&caller.actor, &id, written).await.map(drop);
    back(&app, &caller, &id, result, Some((sent.name, sent.words))).await
}

/// `POST /home/requests/{id}/evidence`.
async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    // who may not add anything is told before anything is read
    app.office.own_request(&caller.actor, &id).await?;
    let sent = Sent::read(form).await?;
    let result = add_all(&app, &caller, &id, sent).await;
    back(&app, &caller, &id, result, None).await
}

async fn add_all(app: &App, caller: &Caller, id: &str, mut sent: Sent) -> Result<(), Trouble> {
    let wanted = Some(sent.field("wanted").to_owned()).filter(|wanted| !wanted.is_empty());
    let (link, text) = (sent.field("link").to_owned(), sent.field("text").to_owned());
    let mut given = Vec::new();
    for (_, name, bytes) in std::mem::take(&mut sent.files) {
        given.push(GivenWhat::File { name, incoming: Incoming::whole(bytes, LARGEST_FILE)? });
    }
    if !link.is_empty() {
        given.push(GivenWhat::Link(link));
    }
    if !text.is_empty() {
        given.push(GivenWhat::Text(text));
    }
    if given.is_empty() {
        return Err(Refusal::new("no-evidence", "Choose a file, or give a link or words.").into());
    }
    for what in given {
        app.office.add_request_evidence(&caller.actor, id, Given { wanted: wanted.clone(), what }).await?;
    }
    Ok(())
}

/// `POST /home/requests/{id}/evidence/{piece}`: takes it away.
async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, piece)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let result = app.office.remove_request_evidence(&caller.actor, &id, &piece).await;
    back(&app, &caller, &id, result, None).await
}

/// `POST /home/requests/{id}/withdraw`.
async fn withdraw(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let result = app.office.withdraw_request(&caller.actor, &id).await;
    back(&app, &caller, &id, result, None).await
}
