//! Achievements: the list, the editor, versions and what changed; and their public pages.

mod editor;
mod form;
mod public;
#[cfg(test)]
mod tests;
mod views;

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_domain::access::Act;
use cairn_domain::definition::{Composed, diff};
use cairn_registrar::achievements::Achievement;
use cairn_registrar::pictures::kind_in_words;
use serde::Deserialize;

use super::app::App;
use super::caller::Caller;
use super::pages::{Chrome, Here, page};
use super::problem::Problem;
use super::words;
use views::{DefinitionView, DiffView};

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/org/{slug}/achievements", get(list))
        .route("/org/{slug}/achievements/new", get(editor::new).post(editor::begin))
        .route("/org/{slug}/achievements/{id}", get(overview))
        .route("/org/{slug}/achievements/{id}/edit", get(editor::edit).post(editor::change))
        .route("/org/{slug}/achievements/{id}/review", get(review))
        .route("/org/{slug}/achievements/{id}/publish", post(publish))
        .route("/org/{slug}/achievements/{id}/discard", post(discard))
        .route("/org/{slug}/achievements/{id}/open", post(open))
        .route("/org/{slug}/achievements/{id}/retire", post(retire))
        .route("/org/{slug}/achievements/{id}/compare/{a}/{b}", get(compare))
        .route("/org/{slug}/pictures/preview", get(preview))
        .merge(public::routes())
}

/// How many achievements one page shows.
const A_PAGE: u32 = 60;

/// An organisation's achievements.
#[derive(Debug, Template)]
#[template(path = "achievements-list.html")]
struct ListPage {
    chrome: Chrome,
    slug: String,
    org: String,
    may_define: bool,
    cards: Vec<Card>,
    next: Option<String>,
}

/// One achievement in the list.
#[derive(Debug)]
struct Card {
    id: String,
    name: String,
    kind: String,
    picture: Option<String>,
    states: Vec<(&'static str, String)>,
    awards: String,
    criteria: String,
}

#[derive(Debug, Default, Deserialize)]
struct After {
    after: Option<String>,
}

async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(after): Query<After>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Enter).await?;
    let mut all = app.office.list_achievements(&caller.actor, &org.id, after.after.as_deref(), A_PAGE + 1).await?;
    let next = (all.len() > A_PAGE as usize).then(|| {
        all.truncate(A_PAGE as usize);
        all.last().map(|one| one.id.clone()).unwrap_or_default()
    });
    let mut counts: HashMap<String, u64> = HashMap::new();
    for (id, _, count) in app.office.award_counts(&caller.actor, &org.id).await? {
        *counts.entry(id).or_default() += count;
    }
    let cards = all.iter().map(|one| card(one, counts.get(&one.id).copied().unwrap_or(0))).collect();
    Ok(page(&ListPage {
        chrome: Chrome::new(format!("Achievements of {}", org.name), Here::Org, app.is_demo()).seen_by(&caller).in_org(
            &org.slug,
            &org.name,
            "achievements",
        ),
        may_define: caller.actor.may(&org.id, Act::Define),
        slug: org.slug,
        org: org.name,
        cards,
        next,
    }))
}

fn card(of: &Achievement, awards: u64) -> Card {
    let current = of.current();
    let name = if current.name.trim().is_empty() { "Without a name yet".into() } else { current.name.clone() };
    Card {
        id: of.id.clone(),
        name,
        kind: kind_in_words(&current.kind),
        picture: current.picture.as_ref().filter(|p| !p.sha256.is_empty()).map(|p| format!("/pictures/{}", p.sha256)),
        states: states(of),
        awards: match awards {
            0 => "not awarded yet".into(),
            1 => "1 award".into(),
            n => format!("{n} awards"),
        },
        criteria: words::count(current.criteria.len(), "criterion").replace("criterions", "criteria"),
    }
}

/// Where it stands, as chips: class and words.
fn states(of: &Achievement) -> Vec<(&'static str, String)> {
    let mut states = Vec::new();
    if of.retired.is_some() {
        states.push(("warn", "retired".to_owned()));
    }
    if let Some(newest) = of.newest() {
        states.push(("good", format!("version {}", newest.number)));
    }
    if of.draft.is_some() {
        let words = if of.versions.is_empty() { "draft" } else { "changes in draft" };
        states.push(("", words.to_owned()));
    }
    if of.is_open() {
        states.push(("", "open for requests".to_owned()));
    }
    states
}

/// One achievement as members see it.
#[derive(Debug, Template)]
#[template(path = "achievements-one.html")]
struct OnePage {
    chrome: Chrome,
    slug: String,
    id: String,
    name: String,
    states: Vec<(&'static str, String)>,
    may_define: bool,
    may_publish: bool,
    may_award: bool,
    has_draft: bool,
    published: Option<u32>,
    retired: bool,
    open: bool,
    ask: String,
    public: String,
    view: DefinitionView,
    versions: Vec<VersionLine>,
}

/// One version in the list of them.
#[derive(Debug)]
struct VersionLine {
    number: u32,
    when: String,
    superseded: Option<String>,
    says: String,
    awards: String,
    sha256: String,
    before: Option<u32>,
}

async fn overview(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Enter).await?;
    let of = app.office.achievement(&caller.actor, &org.id, &id).await?;
    let counts = app.office.award_counts(&caller.actor, &org.id).await?;
    let count = |number: u32| {
        let number = number.to_string();
        counts.iter().find(|one| one.0 == id && one.1 == number).map_or(0, |one| one.2)
    };
    let mut versions: Vec<VersionLine> = of
        .versions
        .iter()
        .enumerate()
        .map(|(n, one)| {
            let before = n.checked_sub(1).and_then(|n| of.versions.get(n));
            VersionLine {
                number: one.number,
                when: words::date_of(one.created),
                superseded: one.superseded.map(words::date_of),
                says: before.map_or("The first version.".into(), |old| diff(&old.definition, &one.definition).says()),
                awards: match count(one.number) {
                    1 => "1 award".into(),
                    n => format!("{n} awards"),
                },
                sha256: one.sha256.chars().take(12).collect(),
                before: before.map(|one| one.number),
            }
        })
        .collect();
    versions.reverse();
    let current = of.newest().map(|one| one.definition.clone()).unwrap_or_else(|| of.current());
    let name = if current.name.trim().is_empty() { "Without a name yet".to_owned() } else { current.name.clone() };
    let may = |act| caller.actor.may(&org.id, act);
    Ok(page(&OnePage {
        chrome: Chrome::new(name.clone(), Here::Org, app.is_demo()).seen_by(&caller).in_org(
            &org.slug,
            &org.name,
            "achievements",
        ),
        may_define: may(Act::Define),
        may_publish: may(Act::Publish),
        may_award: may(Act::Award),
        states: states(&of),
        has_draft: of.draft.is_some(),
        published: of.newest().map(|one| one.number),
        retired: of.retired.is_some(),
        open: of.is_open(),
        ask: app.office.ask_page(&of.id),
        public: format!("/achievements/{}", of.id),
        view: DefinitionView::of(&current),
        slug: org.slug,
        id: of.id,
        name,
        versions,
    }))
}

/// What stands between a draft and its publication.
#[derive(Debug, Template)]
#[template(path = "achievements-review.html")]
struct ReviewPage {
    chrome: Chrome,
    slug: String,
    id: String,
    name: String,
    number: u32,
    revision: u64,
    may_publish: bool,
    /// What is wrong: where in words, and the sentence.
    wrong: Vec<(String, String)>,
    advice: Option<String>,
    diff: Option<DiffView>,
    before: Option<u32>,
    view: DefinitionView,
}

async fn review(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Define).await?;
    let of = app.office.achievement(&caller.actor, &org.id, &id).await?;
    let (Some(draft), Some(review)) = (&of.draft, app.office.review_draft(&of).await?) else {
        return Ok(Redirect::to(&format!("/org/{slug}/achievements/{id}")).into_response());
    };
    let composed = draft.picture.as_ref().and_then(|picture| picture.composed.as_ref());
    Ok(page(&ReviewPage {
        chrome: Chrome::new(format!("Review: {}", draft.name), Here::Org, app.is_demo()).seen_by(&caller).in_org(
            &org.slug,
            &org.name,
            "achievements",
        ),
        name: draft.name.clone(),
        number: review.number,
        revision: of.revision,
        may_publish: caller.actor.may(&org.id, Act::Publish),
        wrong: review.wrong.into_iter().map(|wrong| (views::place(&wrong.pointer), wrong.says)).collect(),
        advice: composed.and_then(cairn_registrar::artwork::advice),
        diff: review.diff.as_ref().map(DiffView::of),
        before: of.newest().map(|one| one.number),
        view: DefinitionView::of(draft),
        slug: org.slug,
        id: of.id.clone(),
    }))
}

#[derive(Debug, Deserialize)]
struct Seen {
    revision: u64,
}

async fn publish(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Form(seen): Form<Seen>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Publish).await?;
    app.office.publish_achievement(&caller.actor, &org.id, &id, seen.revision).await?;
    Ok(Redirect::to(&format!("/org/{slug}/achievements/{id}")).into_response())
}

async fn discard(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Form(seen): Form<Seen>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Define).await?;
    let gone = app.office.discard_draft(&caller.actor, (&org.id, &id), seen.revision).await?;
    let back = if gone { String::new() } else { format!("/{id}") };
    Ok(Redirect::to(&format!("/org/{slug}/achievements{back}")).into_response())
}

#[derive(Debug, Deserialize)]
struct To {
    to: String,
}

async fn open(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Form(to): Form<To>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Publish).await?;
    app.office.open_achievement(&caller.actor, (&org.id, &id), to.to == "open").await?;
    Ok(Redirect::to(&format!("/org/{slug}/achievements/{id}")).into_response())
}

async fn retire(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Form(to): Form<To>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Publish).await?;
    app.office.retire_achievement(&caller.actor, (&org.id, &id), to.to == "retired").await?;
    Ok(Redirect::to(&format!("/org/{slug}/achievements/{id}")).into_response())
}

/// Two versions beside each other.
#[derive(Debug, Template)]
#[template(path = "achievements-compare.html")]
struct ComparePage {
    chrome: Chrome,
    slug: String,
    id: String,
    name: String,
    a: u32,
    b: u32,
    diff: DiffView,
    others: Vec<u32>,
}

async fn compare(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id, a, b)): Path<(String, String, u32, u32)>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Enter).await?;
    let of = app.office.achievement(&caller.actor, &org.id, &id).await?;
    let (Some(old), Some(new)) = (of.version(a), of.version(b)) else {
        return Err(Problem::not_found("There are no two such versions of this achievement."));
    };
    Ok(page(&ComparePage {
        chrome: Chrome::new(format!("Version {a} and {b}: {}", new.definition.name), Here::Org, app.is_demo())
            .seen_by(&caller)
            .in_org(&org.slug, &org.name, "achievements"),
        name: new.definition.name.clone(),
        diff: DiffView::of(&diff(&old.definition, &new.definition)),
        others: of.versions.iter().map(|one| one.number).collect(),
        slug: org.slug,
        id: of.id.clone(),
        a,
        b,
    }))
}

/// A composed picture as it would look, drawn and not kept.
async fn preview(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(composed): Query<Composed>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Define).await?;
    let drawn = app.office.preview_picture(&caller.actor, &org.id, composed).await?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, max-age=300")];
    Ok((headers, drawn.png).into_response())
}
