//! The form for a direct award: filled in, looked at, awarded.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_domain::access::Act;
use cairn_domain::definition::Basis;
use cairn_registrar::access::Organisation;
use cairn_registrar::achievements::PublishedVersion;
use cairn_registrar::awards::{Grant, Recipient};
use cairn_registrar::evidence::{Given, GivenWhat, Incoming, LARGEST_FILE};
use cairn_registrar::refusal::{Refusal, Trouble};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{Piece, chrome, pieces};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::pages::{Chrome, page};
use crate::web::problem::{Problem, status_of};
use crate::web::upload::Sent;
use crate::web::words;

/// A criterion to be judged.
#[derive(Debug, Clone)]
pub struct CriterionField {
    /// Its id.
    pub id: String,
    /// What must be shown.
    pub statement: String,
    /// Level, whether it is chosen, whether it is the required one.
    pub levels: Vec<(String, bool, bool)>,
}

/// An achievement to choose.
#[derive(Debug, Clone)]
struct Choice {
    id: String,
    name: String,
    version: String,
}

#[derive(Debug, Template)]
#[template(path = "awards-new.html")]
struct NewPage {
    chrome: Chrome,
    slug: String,
    /// What can be awarded, when nothing is chosen yet.
    choices: Vec<Choice>,
    chosen: Option<Choice>,
    criteria: Vec<CriterionField>,
    participation: bool,
    validity: String,
    today: String,
    key: String,
    name: String,
    email: String,
    awarded: String,
    until: String,
    narrative: String,
    link: String,
    text: String,
    why: String,
    jwt: bool,
    evidence: Vec<(String, Piece)>,
    /// Which field is wrong, and how.
    wrong: Option<(&'static str, String)>,
    preview: bool,
}

impl NewPage {
    /// What is wrong with a field.
    fn wrong_at(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(at, _)| *at == field).map(|(_, says)| says.as_str())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    achievement: String,
}

/// The beginning of a day.
pub const DAWN: Time = Time::constant(0, 0, 0, 0);
const NOON: Time = Time::constant(12, 0, 0, 0);
const DUSK: Time = Time::constant(23, 59, 59, 0);

/// `GET /org/{slug}/awards/new`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let chosen = newest(&app, &caller, &org, &wanted.achievement).await?;
    let mut new = empty(&app, &caller, &org, chosen.as_ref());
    if chosen.is_none() {
        for one in app.office.list_achievements(&caller.actor, &org.id, None, 200).await? {
            if let (Some(version), None) = (one.newest(), one.retired) {
                new.choices.push(choice(version));
            }
        }
    }
    Ok(page(&new))
}

/// `POST /org/{slug}/awards/new`: a look at it, or the award.
pub async fn take(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    let org = app.office.org_for(&caller.actor, &slug, Act::Award).await?;
    let mut sent = Sent::read(form).await?;
    let chosen = newest(&app, &caller, &org, sent.field("achievement")).await?;
    let Some(version) = chosen else {
        return Err(Problem::cannot("Choose first what is to be awarded."));
    };
    let mut new = empty(&app, &caller, &org, Some(&version));
    fill(&mut new, &sent);
    if let Err(trouble) = keep(&app, &caller, &org, &mut new, &mut sent).await {
        return wrong(new, trouble);
    }
    if sent.field("do") != "award" {
        new.preview = true;
        return Ok(page(&new));
    }
    let grant = match grant(&new, &org, &version) {
        Ok(grant) => grant,
        Err(refusal) => return wrong(new, refusal.into()),
    };
    match app.office.award(&caller.actor, grant).await {
        Ok(made) => Ok(Redirect::to(&format!("/org/{slug}/awards/{}?done=awarded", made.public_id)).into_response()),
        Err(trouble) => wrong(new, trouble),
    }
}

fn wrong(mut new: NewPage, trouble: Trouble) -> Result<Response, Problem> {
    let Trouble::Refusal(refusal) = trouble else { return Err(trouble.into()) };
    let status = status_of(refusal.code);
    if matches!(status.as_u16(), 401 | 403 | 404) {
        return Err(refusal.into());
    }
    new.wrong = Some((field_of(refusal.code), refusal.says));
    Ok((status, page(&new)).into_response())
}

/// The field that a refusal is about.
fn field_of(code: &str) -> &'static str {
    match code {
        "bad-address" => "email",
        "bad-name" => "name",
        "in-the-future" | "bad-awarded" => "awarded",
        "ends-before-it-begins" | "bad-until" => "until",
        "requirements-not-met" | "no-such-level" | "no-such-criterion" => "criteria",
        "bad-link" => "link",
        "bad-text" => "text",
        "too-large" | "empty-file" | "files-unwritable" => "files",
        "too-long" => "narrative",
        "why-wanted" => "why",
        _ => "form",
    }
}

async fn newest(app: &App, caller: &Caller, org: &Organisation, id: &str) -> Result<Option<PublishedVersion>, Problem> {
    if id.is_empty() {
        return Ok(None);
    }
    let one = app.office.achievement(&caller.actor, &org.id, id).await?;
    Ok(one.newest().cloned().filter(|_| one.retired.is_none()))
}

fn choice(version: &PublishedVersion) -> Choice {
    Choice {
        id: version.achievement_id.clone(),
        name: version.definition.name.clone(),
        version: version.number.to_string(),
    }
}

fn empty(app: &App, caller: &Caller, org: &Organisation, version: Option<&PublishedVersion>) -> NewPage {
    let criteria = version.iter().flat_map(|version| &version.definition.criteria).map(|one| CriterionField {
        id: one.id.clone(),
        statement: one.statement.clone(),
        levels: one
            .levels
            .iter()
            .map(|level| {
                let required = one.required.as_ref() == Some(level);
                (level.clone(), required, required)
            })
            .collect(),
    });
    NewPage {
        chrome: chrome(app, caller, "Award", org, "awards"),
        slug: org.slug.clone(),
        choices: Vec::new(),
        chosen: version.map(choice),
        criteria: criteria.collect(),
        participation: version.is_some_and(|version| version.definition.basis == Basis::Participation),
        validity: match version.and_then(|version| version.definition.valid_months) {
            Some(months) => format!("Left empty, it is valid for {}.", words::count(months as usize, "month")),
            None => "Left empty, it is valid without end.".into(),
        },
        today: app.today().to_string(),
        key: app.token(),
        name: String::new(),
        email: String::new(),
        awarded: app.today().to_string(),
        until: String::new(),
        narrative: String::new(),
        link: String::new(),
        text: String::new(),
        why: String::new(),
        jwt: false,
        evidence: Vec::new(),
        wrong: None,
        preview: false,
    }
}

/// Everything that was typed is kept.
fn fill(new: &mut NewPage, sent: &Sent) {
    let text = |name: &str| sent.field(name).to_owned();
    let key = text("key");
    if (8..=128).contains(&key.len()) && key.chars().all(|c| c.is_ascii_alphanumeric()) {
        new.key = key;
    }
    new.name = text("name");
    new.email = text("email");
    new.awarded = text("awarded");
    new.until = text("until");
    new.narrative = text("narrative");
    new.why = text("why");
    new.jwt = sent.field("form") == "jwt";
    for criterion in &mut new.criteria {
        let chosen = text(&format!("level-{}", criterion.id));
        for level in &mut criterion.levels {
            level.1 = level.0 == chosen;
        }
    }
}

/// Keeps what evidence came with this sending, and finds what came before.
async fn keep(
    app: &App,
    caller: &Caller,
    org: &Organisation,
    new: &mut NewPage,
    sent: &mut Sent,
) -> Result<(), Trouble> {
    for id in sent.fields.iter().filter(|(name, _)| name == "evidence").map(|(_, id)| id.clone()) {
        if let Some(one) = app.office.loose_evidence(&caller.actor, &org.id, &id).await? {
            new.evidence
                .extend(pieces(&org.slug, std::slice::from_ref(&one)).into_iter().map(|piece| (id.clone(), piece)));
        }
    }
    new.link = sent.field("link").to_owned();
    new.text = sent.field("text").to_owned();
    let mut given = Vec::new();
    for (_, name, bytes) in std::mem::take(&mut sent.files) {
        given.push(GivenWhat::File { name, incoming: Incoming::whole(bytes, LARGEST_FILE)? });
    }
    if !new.link.is_empty() {
        given.push(GivenWhat::Link(new.link.clone()));
    }
    if !new.text.is_empty() {
        given.push(GivenWhat::Text(new.text.clone()));
    }
    for what in given {
        let one = app.office.add_evidence(&caller.actor, &org.id, Given { wanted: None, what }).await?;
        new.evidence
            .extend(pieces(&org.slug, std::slice::from_ref(&one)).into_iter().map(|p| (one.evidence_id.clone(), p)));
    }
    // what is kept is listed; its fields are empty again
    new.link.clear();
    new.text.clear();
    Ok(())
}

/// A day of a form as a moment; `None` when nothing was given.
pub fn day(text: &str, time: Time) -> Result<Option<Timestamp>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let date: Option<Date> = text.parse().ok();
    let moment = date.and_then(|date| date.to_datetime(time).to_zoned(TimeZone::UTC).ok());
    let says = "Write a day like 2026-11-23.";
    moment.map(|zoned| Some(zoned.timestamp())).ok_or_else(|| Refusal::new("bad-awarded", says))
}

fn grant(new: &NewPage, org: &Organisation, version: &PublishedVersion) -> Result<Grant, Refusal> {
    if new.why.trim().is_empty() {
        return Err(Refusal::new("why-wanted", "Say why: it is kept with the award, for whoever asks later."));
    }
    let awarded = match new.awarded == new.today {
        true => None,
        false => day(&new.awarded, NOON)?,
    };
    let until = day(&new.until, DUSK).map_err(|refusal| Refusal::new("bad-until", refusal.says))?;
    let level = |one: &CriterionField| {
        let chosen = one.levels.iter().find(|level| level.1)?;
        Some((one.id.clone(), chosen.0.clone()))
    };
    let plain = new.criteria.iter().filter(|one| one.levels.is_empty() && !new.participation);
    let results = new.criteria.iter().filter_map(level).chain(plain.map(|one| (one.id.clone(), String::new())));
    Ok(Grant {
        org_id: org.id.clone(),
        achievement_id: version.achievement_id.clone(),
        version: version.number.to_string(),
        recipient: Recipient { name: Some(new.name.clone()), email: new.email.clone() },
        awarded,
        valid_until: until,
        results: results.collect(),
        narrative: Some(new.narrative.clone()),
        evidence_ids: new.evidence.iter().map(|(id, _)| id.clone()).collect(),
        idempotency_key: format!("form:{}", new.key),
        secured: if new.jwt { cairn_registrar::issuing::Secured::Jwt } else { Default::default() },
        letter: true,
        why: Some(new.why.clone()),
        ..Grant::default()
    })
}
