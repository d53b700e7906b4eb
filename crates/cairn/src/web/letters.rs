//! Turning letters off; and, on the demonstration, the outbox.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::problem::Problem;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/letters/unsubscribe/{token}", get(ask).post(act)).route("/demo/letters", get(outbox))
}

/// Turning letters off.
#[derive(Debug, Template)]
#[template(path = "letters-off.html")]
struct OffPage {
    chrome: Chrome,
    token: String,
    kind: String,
    done: bool,
}

/// The outbox of a demonstration.
#[derive(Debug, Template)]
#[template(path = "letters-demo.html")]
struct OutboxPage {
    chrome: Chrome,
    letters: Vec<LetterCard>,
}

/// A letter as it is shown.
#[derive(Debug, Clone)]
struct LetterCard {
    to: String,
    subject: String,
    when: String,
    state: String,
    lines: Vec<Line>,
}

/// One line of a letter.
#[derive(Debug, Clone)]
struct Line {
    /// What stands before an address.
    words: String,
    /// The address, where there is one; as a path of this site.
    link: String,
}

/// What is chosen; a mail program sends `List-Unsubscribe=One-Click` alone (RFC 8058 §3.2).
#[derive(Debug, Deserialize)]
struct Choice {
    what: Option<String>,
}

async fn ask(State(app): State<Arc<App>>, caller: Caller, Path(token): Path<String>) -> Result<Response, Problem> {
    off(&app, &caller, token).await
}

async fn act(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(token): Path<String>,
    choice: Result<Form<Choice>, FormRejection>,
) -> Result<Response, Problem> {
    // a mail program may send its word as multipart too; that it posts at all is its word
    let what = choice.ok().and_then(|Form(choice)| choice.what);
    match what.as_deref() {
        Some("on") => app.office.opt_in(&token).await?,
        Some("all") => app.office.opt_out(&token, true).await?,
        _ => app.office.opt_out(&token, false).await?,
    }
    match what {
        Some(_) => Ok(Redirect::to(&format!("/letters/unsubscribe/{token}")).into_response()),
        None => off(&app, &caller, token).await,
    }
}

async fn off(app: &App, caller: &Caller, token: String) -> Result<Response, Problem> {
    let found = app.office.find_opt_out(&token).await?;
    Ok(page(&OffPage {
        chrome: Chrome::new("Letters", Here::Elsewhere, app.is_demo()).seen_by(caller),
        token,
        kind: found.kind.replace('-', " "),
        done: found.done,
    }))
}

async fn outbox(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    let Some(letters) = app.office.demo_letters(100).await? else {
        return Err(Problem::not_found("There is no page at this address."));
    };
    let base = app.office.base_url.as_str();
    let letters = letters.into_iter().map(|one| LetterCard {
        to: one.letter.to,
        subject: one.letter.subject,
        when: one.letter.created.strftime("%H:%M:%S UTC").to_string(),
        state: match (one.sent, one.given_up) {
            (Some(_), _) => "sent".into(),
            (None, Some(_)) => "given up".into(),
            (None, None) => "waits here: a demonstration sends nothing".into(),
        },
        lines: one.letter.words.lines().map(|line| read(line, base)).collect(),
    });
    let letters = letters.collect();
    let chrome = Chrome::new("Letters", Here::Elsewhere, true).seen_by(&caller);
    Ok(page(&OutboxPage { chrome, letters }))
}

/// A line, its end pressed into a link where it is an address of this site.
fn read(line: &str, base: &str) -> Line {
    let path = line.find(base).map(|at| (at, &line[at + base.len()..]));
    match path {
        Some((at, path)) if path.starts_with('/') && !path.starts_with("//") && !path.contains(char::is_whitespace) => {
            Line { words: line[..at].into(), link: path.into() }
        }
        _ => Line { words: line.into(), link: String::new() },
    }
}
