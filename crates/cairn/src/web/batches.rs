//! Bulk: a file of awards, checked, issued, undone.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Multipart, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_domain::access::Act;
use cairn_registrar::batches::{BatchProblem, MOST_FILE_BYTES, NewBatch, StoredBatch};
use cairn_registrar::refusal::Trouble;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::problem::{Problem, status_of};
use super::upload::Sent;
use super::words;

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/org/{slug}/batches", get(list).post(upload))
        .route("/org/{slug}/batches/template.csv", get(template))
        .route("/org/{slug}/batches/{id}", get(show))
        .route("/org/{slug}/batches/{id}/problems.csv", get(problems))
        .route("/org/{slug}/batches/{id}/start", post(start))
        .route("/org/{slug}/batches/{id}/stop", post(stop))
        .route("/org/{slug}/batches/{id}/undo", post(undo))
        .route("/org/{slug}/batches/{id}/discard", post(discard))
}

/// An organisation's batches, and where to send a new file.
#[derive(Debug, Clone, Template)]
#[template(path = "batches.html")]
pub struct BatchesPage {
    /// The frame.
    pub chrome: Chrome,
    /// The organisation's place on the site.
    pub slug: String,
    /// What can be awarded.
    pub choices: Vec<Choice>,
    /// What was chosen.
    pub chosen: String,
    /// Whether letters were wanted.
    pub letters: bool,
    /// Whether those get it too who hold it already.
    pub again: bool,
    /// What is wrong with what was sent.
    pub problem: Option<String>,
    /// Most megabytes of a file.
    pub most: usize,
    /// Columns that a file may have.
    pub columns: Vec<(&'static str, &'static str)>,
    /// Earlier batches, newest first.
    pub batches: Vec<BatchLine>,
    /// The next page.
    pub next: Option<String>,
}

/// A published version to choose.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Id and version, joined by `@`.
    pub value: String,
    /// Name and version in words.
    pub told: String,
}

/// A batch in the list.
#[derive(Debug, Clone)]
pub struct BatchLine {
    /// Id.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// When it came.
    pub when: String,
    /// What became of it.
    pub told: String,
    /// Its tone.
    pub tone: &'static str,
}

/// One batch.
#[derive(Debug, Clone, Template)]
#[template(path = "batch.html")]
pub struct BatchPage {
    /// The frame.
    pub chrome: Chrome,
    /// The organisation's place on the site.
    pub slug: String,
    /// Id.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// What is awarded.
    pub achievement: String,
    /// Address of that.
    pub achievement_at: String,
    /// State.
    pub state: String,
    /// What is said of the state.
    pub says: String,
    /// Its tone.
    pub tone: &'static str,
    /// Why it stopped.
    pub trouble: Option<String>,
    /// Rows, good ones, bad ones, issued, done with.
    pub rows: u64,
    /// Rows that can be awarded.
    pub good: u64,
    /// Rows that cannot.
    pub bad: u64,
    /// Awards made.
    pub issued: u64,
    /// Rows done with.
    pub position: u64,
    /// Whether recipients get letters.
    pub letters: bool,
    /// Until when it can be undone, when it can.
    pub undo_until: Option<String>,
    /// What is wrong with rows.
    pub problems: Vec<ProblemLine>,
    /// Whether there are more problems than are shown.
    pub more: bool,
    /// The file's hash.
    pub sha256: String,
}

/// What is wrong with a row.
#[derive(Debug, Clone)]
pub struct ProblemLine {
    /// The line.
    pub line: u64,
    /// The column, as spreadsheets call it, and its name.
    pub column: String,
    /// What is wrong and what to do.
    pub says: String,
}

/// Problems on the page; all that are kept are in the file.
const SHOWN: u32 = 200;

async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Result<Response, Problem> {
    let after = query.as_deref().and_then(|query| query.strip_prefix("after="));
    let form = batches_page(&app, &caller, &slug, after, Asked::default()).await?;
    Ok(page(&form))
}

#[derive(Default)]
struct Asked {
    chosen: String,
    letters: bool,
    again: bool,
    problem: Option<String>,
}

async fn batches_page(
    app: &App,
    caller: &Caller,
    slug: &str,
    after: Option<&str>,
    asked: Asked,
) -> Result<BatchesPage, Problem> {
    let org = app.office.org_for(&caller.actor, slug, Act::Award).await?;
    let mut choices = Vec::new();
    for one in app.office.list_achievements(&caller.actor, &org.id, None, 500).await? {
        if let Some(newest) = one.newest() {
            choices.push(Choice {
                value: format!("{}@{}", one.id, newest.number),
                told: format!("{}, version {}", newest.definition.name, newest.number),
            });
        }
    }
    let mut batches = app.office.list_batches(&caller.actor, &org.id, after, 26).await?;
    let next = (batches.len() > 25).then(|| batches[24].id.clone());
    batches.truncate(25);
    let chrome = Chrome::new("Many awards from one file", Here::Org, app.is_demo());
    Ok(BatchesPage {
        chrome: chrome.seen_by(caller).in_org(&org.slug, &org.name, "batches"),
        slug: org.slug,
        choices,
        chosen: asked.chosen,
        letters: asked.letters || asked.problem.is_none(),
        again: asked.again,
        problem: asked.problem,
        most: MOST_FILE_BYTES >> 20,
        columns: COLUMNS.to_vec(),
        batches: batches.iter().map(line).collect(),
        next,
    })
}

const COLUMNS: [(&str, &str); 9] = [
    ("email", "Needed. Where the letter goes; the credential carries only a salted hash of it."),
    ("name", "The learner's name, as the credential shall say it."),
    ("awarded", "The day it was earned, like 2026-11-23. Today when it is empty."),
    ("valid_until", "The last day it is good. As the achievement says when it is empty."),
    ("narrative", "What the learner did, in words that everybody may read."),
    ("evidence_url", "A link to the work."),
    ("evidence_name", "What that link is."),
    ("key", "Your own mark for the row, such as a student number."),
    ("result:CRITERION", "The level reached, one column for each criterion; met where a criterion has no levels."),
];

fn line(one: &StoredBatch) -> BatchLine {
    let (tone, _) = said(one);
    let told = match one.state.as_str() {
        "checking" => format!("being checked, {} rows so far", one.rows),
        "checked" => format!("{} of {} rows can be awarded", one.rows - one.bad, one.rows),
        "unreadable" => "could not be read".into(),
        "running" => format!("{} of {} rows are done with", one.position, one.rows),
        "done" => format!("{} awards made", one.issued),
        "stopped" => format!("stopped after {} of {} rows", one.position, one.rows),
        "undoing" => "being undone".into(),
        _ => format!("undone: {} awards revoked", one.issued),
    };
    BatchLine { id: one.id.clone(), name: one.name.clone(), when: words::moment(one.created), told, tone }
}

fn said(one: &StoredBatch) -> (&'static str, &'static str) {
    match one.state.as_str() {
        "checking" => ("warn", "The file is being checked, row by row. Nothing is awarded yet."),
        "checked" if one.bad == 0 => ("good", "Every row can be awarded. Nothing is awarded yet."),
        "checked" => ("warn", "Some rows cannot be awarded. Nothing is awarded yet."),
        "unreadable" => ("bad", "The file could not be read. Mend it and send it again."),
        "running" => ("warn", "Awards are being made. You may leave this page; it goes on."),
        "done" => ("good", "All is done."),
        "stopped" => ("warn", "It was stopped. What was awarded stays awarded; it can go on where it was."),
        "undoing" => ("warn", "Everything that it awarded is being revoked."),
        _ => ("bad", "It was undone: everything that it awarded is revoked, as issued in error."),
    }
}

async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let sent = Sent::read(form).await?;
    let mut asked = Asked {
        chosen: sent.field("achievement").to_owned(),
        letters: sent.field("letters") == "yes",
        again: sent.field("again") == "yes",
        problem: None,
    };
    let made = match (asked.chosen.split_once('@'), sent.files.first()) {
        (None, _) => Err("Choose what is to be awarded.".to_owned()),
        (_, None) => Err("Choose a file: CSV with a header row, or JSON Lines.".to_owned()),
        (Some((id, version)), Some((_, name, bytes))) => {
            let new = NewBatch {
                org_id: org.id.clone(),
                achievement_id: id.into(),
                version: version.into(),
                name: name.clone(),
                letters: asked.letters,
                again: asked.again,
            };
            match app.office.upload_batch(&caller.actor, new, bytes).await {
                Ok(one) => Ok(one),
                Err(Trouble::Refusal(refusal)) if status_of(refusal.code) == StatusCode::UNPROCESSABLE_ENTITY => {
                    Err(refusal.says)
                }
                Err(trouble) => return Err(trouble.into()),
            }
        }
    };
    match made {
        Ok(one) => Ok(Redirect::to(&format!("/org/{slug}/batches/{}", one.id)).into_response()),
        Err(says) => {
            asked.problem = Some(says);
            let again = batches_page(&app, &caller, &slug, None, asked).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response())
        }
    }
}

type At = Path<(String, String)>;

async fn show(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let one = app.office.find_batch(&caller.actor, &org.id, &id).await?;
    let mut problems = app.office.batch_problems(&caller.actor, (&org.id, &id), 0, SHOWN + 1).await?;
    let more = problems.len() > SHOWN as usize;
    problems.truncate(SHOWN as usize);
    let version = app.office.find_version(&org.id, &one.achievement_id, &one.version).await?;
    let achievement = version.map(|one| one.definition.name).unwrap_or_default();
    let (tone, says) = said(&one);
    let mut chrome = Chrome::new(one.name.clone(), Here::Org, app.is_demo());
    if matches!(one.state.as_str(), "checking" | "running" | "undoing") {
        chrome.head = r#"<meta http-equiv="refresh" content="2">"#.into();
    }
    let undoable = matches!(one.state.as_str(), "done" | "stopped") && one.issued > 0;
    let may_undo = undoable && caller.actor.may(&org.id, Act::Revoke);
    Ok(page(&BatchPage {
        chrome: chrome.seen_by(&caller).in_org(&org.slug, &org.name, "batches"),
        slug: org.slug,
        achievement: format!("{achievement}, version {}", one.version),
        achievement_at: format!("/achievements/{}/{}", one.achievement_id, one.version),
        says: says.into(),
        tone,
        good: one.rows.saturating_sub(one.bad),
        undo_until: one.undo_until.filter(|until| may_undo && *until > app.now()).map(words::moment),
        problems: problems.iter().map(problem_line).collect(),
        more,
        id: one.id,
        name: one.name,
        state: one.state,
        trouble: one.trouble,
        rows: one.rows,
        bad: one.bad,
        issued: one.issued,
        position: one.position,
        letters: one.letters,
        sha256: one.sha256,
    }))
}

fn problem_line(one: &BatchProblem) -> ProblemLine {
    let column = match (&one.field, one.place) {
        (Some(field), Some(place)) => format!("{} · {field}", letters_of(place)),
        (Some(field), None) => field.clone(),
        (None, Some(place)) => letters_of(place),
        (None, None) => "the whole row".into(),
    };
    ProblemLine { line: one.line, column, says: one.says.clone() }
}

/// A column as spreadsheets call it: A to Z, AA and on.
fn letters_of(mut place: u64) -> String {
    let mut letters = Vec::new();
    while place > 0 {
        letters.push(char::from(b'A' + ((place - 1) % 26) as u8));
        place = (place - 1) / 26;
    }
    letters.iter().rev().collect()
}

async fn problems(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let mut text = String::from("\u{feff}line,column,field,what to do\r\n");
    for one in app.office.batch_problems(&caller.actor, (&org.id, &id), 0, 1_000).await? {
        let place = one.place.map(|place| place.to_string()).unwrap_or_default();
        let field = one.field.unwrap_or_default();
        text += &format!("{},{place},{},{}\r\n", one.line, cell(&field), cell(&one.says));
    }
    Ok(csv(text, "problems.csv"))
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn csv(text: String, name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], text)
        .into_response()
}

async fn template(State(app): State<Arc<App>>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Problem> {
    app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let text = "\u{feff}email,name,awarded,valid_until,narrative,evidence_url,evidence_name,key\r\n\
                maya@learner.example,Maya Okafor,2026-11-20,,Pulled and dialled in twelve shots.,https://work.example/12,The log,s-1042\r\n";
    Ok(csv(text.into(), "awards.csv"))
}

async fn start(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Result<Redirect, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    app.office.start_batch(&caller.actor, &org.id, &id).await?;
    Ok(Redirect::to(&format!("/org/{slug}/batches/{id}")))
}

async fn stop(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Result<Redirect, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    app.office.stop_batch(&caller.actor, &org.id, &id).await?;
    Ok(Redirect::to(&format!("/org/{slug}/batches/{id}")))
}

async fn undo(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Result<Redirect, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Revoke).await?;
    app.office.undo_batch(&caller.actor, &org.id, &id).await?;
    Ok(Redirect::to(&format!("/org/{slug}/batches/{id}")))
}

async fn discard(State(app): State<Arc<App>>, caller: Caller, Path((slug, id)): At) -> Result<Redirect, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    app.office.discard_batch(&caller.actor, &org.id, &id).await?;
    Ok(Redirect::to(&format!("/org/{slug}/batches")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_as_in_a_spreadsheet() {
        assert_eq!([1, 26, 27, 702, 703].map(letters_of), ["A", "Z", "AA", "ZZ", "AAA"]);
        assert_eq!(cell("=cmd|' /C calc'!A0"), "\"'=cmd|' /C calc'!A0\"");
        assert_eq!(cell("a \"b\""), "\"a \"\"b\"\"\"");
    }
}
