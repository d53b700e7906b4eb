//! The editor: one form that works without a script. Buttons inside it send everything that was typed and get it back.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_domain::access::Act;
use cairn_domain::definition::{Aligned, Composed, KINDS, SHAPES, Wrong, check};
use cairn_registrar::artwork;
use cairn_registrar::pictures::kind_in_words;
use cairn_registrar::refusal::{Refusal, Trouble};

use super::form::{Fields, Typed};
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::pages::{Chrome, Here, page};
use crate::web::problem::{Problem, status_of};

/// The editor.
#[derive(Debug, Template)]
#[template(path = "achievements-edit.html")]
struct EditPage {
    chrome: Chrome,
    slug: String,
    /// Id; absent for a new one.
    id: Option<String>,
    heading: String,
    action: String,
    typed: Typed,
    notice: Option<String>,
    meanwhile: bool,
    kinds: Vec<(String, String)>,
    shapes: [&'static str; 6],
    icons: Vec<(&'static str, &'static str)>,
    /// Address of the picture as it is.
    picture: String,
    sha256: String,
    alt: String,
    advice: Option<String>,
    found: Vec<FoundLine>,
    searched: bool,
    saved: bool,
}

/// Something to align to.
#[derive(Debug)]
struct FoundLine {
    name: String,
    from: String,
    /// The alignment as JSON, for the button that adds it.
    value: String,
}

impl EditPage {
    fn wrong(&self, pointer: &str) -> Option<&str> {
        self.typed.wrong_at(pointer)
    }

    /// What is wrong with a row's member.
    fn wrong_in(&self, list: &str, n: &usize, member: &str) -> Option<&str> {
        self.typed.wrong_under(&format!("/{list}/{n}/{member}"))
    }
}

/// `GET /org/{slug}/achievements/new`.
pub async fn new(State(app): State<Arc<App>>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Problem> {
    let place = place(&app, &caller, &slug, None).await?;
    Ok(page(&edit_page(&app, &caller, &place, Typed::fresh()).await?))
}

/// `GET /org/{slug}/achievements/{id}/edit`.
pub async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    uri: axum::http::Uri,
) -> Result<Response, Problem> {
    let place = place(&app, &caller, &slug, Some(&id)).await?;
    let of = app.office.achievement(&caller.actor, &place.org_id, &id).await?;
    let mut edit = edit_page(&app, &caller, &place, Typed::of(of.current(), of.revision)).await?;
    edit.saved = uri.query() == Some("saved");
    Ok(page(&edit))
}

/// `POST /org/{slug}/achievements/new`.
pub async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(slug): Path<String>,
    form: Multipart,
) -> Result<Response, Problem> {
    let place = place(&app, &caller, &slug, None).await?;
    sent(&app, &caller, &place, form).await
}

/// `POST /org/{slug}/achievements/{id}/edit`.
pub async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    form: Multipart,
) -> Result<Response, Problem> {
    let place = place(&app, &caller, &slug, Some(&id)).await?;
    sent(&app, &caller, &place, form).await
}

/// Which achievement of which organisation.
struct Place {
    org_id: String,
    org: String,
    slug: String,
    id: Option<String>,
}

async fn place(app: &App, caller: &Caller, slug: &str, id: Option<&str>) -> Result<Place, Problem> {
    let org = app.office.org_for(&caller.actor, slug, Act::Define).await?;
    Ok(Place { org_id: org.id, org: org.name, slug: org.slug, id: id.map(str::to_owned) })
}

async fn sent(app: &Arc<App>, caller: &Caller, place: &Place, form: Multipart) -> Result<Response, Problem> {
    let fields = read(form).await?;
    let mut typed = Typed::read(&fields);
    let action = fields.get("action").to_owned();
    if typed.apply(&action) {
        let mut edit = edit_page(app, caller, place, typed).await?;
        edit.searched = action == "search";
        return Ok(page(&edit));
    }
    typed.tidy();
    let (unread, mut wrong) = (std::mem::take(&mut typed.wrong), Vec::new());
    match picture(app, caller, place, &mut typed, fields.file).await {
        Ok(()) => {}
        Err(Trouble::Refusal(refusal)) => wrong.push(Wrong { pointer: "/picture".into(), says: refusal.says }),
        Err(fault) => return Err(fault.into()),
    }
    wrong.extend(check(&typed.definition, false));
    wrong.extend(unread);
    typed.wrong = wrong;
    if !typed.wrong.is_empty() {
        let mut edit = edit_page(app, caller, place, typed).await?;
        edit.notice = Some("Not saved yet: something is wrong below, each beside its field.".into());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&edit)).into_response());
    }
    let over = action == "overwrite";
    match save(app, caller, place, &typed, over).await {
        Ok(id) => {
            let tail = if action == "review" { "review" } else { "edit?saved" };
            Ok(Redirect::to(&format!("/org/{}/achievements/{id}/{tail}", place.slug)).into_response())
        }
        Err(Trouble::Refusal(refusal)) => refused(app, caller, place, typed, refusal).await,
        Err(fault) => Err(fault.into()),
    }
}

async fn refused(
    app: &Arc<App>,
    caller: &Caller,
    place: &Place,
    typed: Typed,
    refusal: Refusal,
) -> Result<Response, Problem> {
    let status = status_of(refusal.code);
    if status == StatusCode::NOT_FOUND || status == StatusCode::FORBIDDEN {
        return Err(refusal.into());
    }
    let mut edit = edit_page(app, caller, place, typed).await?;
    edit.meanwhile = refusal.code == "changed-meanwhile";
    edit.notice = Some(refusal.says);
    Ok((status, page(&edit)).into_response())
}

/// Saves the draft and answers with the achievement's id.
async fn save(app: &App, caller: &Caller, place: &Place, typed: &Typed, over: bool) -> Result<String, Trouble> {
    let definition = typed.definition.clone();
    let Some(id) = &place.id else {
        return Ok(app.office.draft_achievement(&caller.actor, &place.org_id, definition).await?.id);
    };
    let revision = match over {
        true => app.office.achievement(&caller.actor, &place.org_id, id).await?.revision,
        false => typed.revision,
    };
    let key = (place.org_id.as_str(), id.as_str());
    Ok(app.office.change_draft(&caller.actor, key, revision, definition).await?.id)
}

/// Keeps the picture that the form says: composed, uploaded, or the uploaded one of before.
async fn picture(app: &App, caller: &Caller, place: &Place, typed: &mut Typed, file: Vec<u8>) -> Result<(), Trouble> {
    let before = typed.definition.picture.clone().unwrap_or_default();
    let kept = if !typed.upload {
        let alt = if before.alt.is_empty() { told(&typed.composed) } else { before.alt };
        app.office.compose_picture(&caller.actor, &place.org_id, typed.composed.clone(), &alt).await?.picture
    } else if !file.is_empty() {
        app.office.upload_picture(&caller.actor, &place.org_id, file, &before.alt).await?.picture
    } else {
        before
    };
    typed.definition.picture = Some(kept).filter(|picture| !picture.sha256.is_empty());
    Ok(())
}

/// What is on a composed picture, in words.
fn told(composed: &Composed) -> String {
    let icon = artwork::ICONS.iter().find(|icon| icon.0 == composed.icon).map(|icon| icon.1);
    let words =
        Some(composed.words.trim()).filter(|words| !words.is_empty()).map(|words| format!("the words “{words}”"));
    let parts: Vec<String> = icon.map(str::to_owned).into_iter().chain(words).collect();
    match parts.is_empty() {
        true => format!("A {}", composed.shape),
        false => format!("A {} with {}", composed.shape, parts.join(" and ")),
    }
}

async fn read(mut form: Multipart) -> Result<Fields, Problem> {
    let broken = || Problem::broken("The form did not arrive whole. Go back and send it again.");
    let mut fields = Fields::default();
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        if fields.all.len() > 2_000 {
            return Err(Problem::too_large("That form has more fields than an achievement can have."));
        }
        if name == "file" {
            fields.file = field.bytes().await.map_err(|_| broken())?.to_vec();
        } else {
            let value = field.text().await.map_err(|_| broken())?;
            fields.all.push((name, value));
        }
    }
    Ok(fields)
}

async fn edit_page(app: &Arc<App>, caller: &Caller, place: &Place, typed: Typed) -> Result<EditPage, Problem> {
    let base = format!("/org/{}/achievements", place.slug);
    let (heading, action) = match &place.id {
        Some(id) => ("Edit the draft".to_owned(), format!("{base}/{id}/edit")),
        None => ("A new achievement".to_owned(), format!("{base}/new")),
    };
    let found = match typed.q.is_empty() {
        true => Vec::new(),
        false => app.office.search_alignments(&caller.actor, &typed.q, 20).await?,
    };
    let found = found.into_iter().map(|one| {
        let aligned = Aligned {
            url: one.uri,
            name: one.name.clone(),
            code: one.code.clone(),
            framework: Some(one.framework.clone()).filter(|text| !text.is_empty()),
            kind: Some(one.kind).filter(|text| !text.is_empty()),
        };
        FoundLine {
            name: one.name,
            from: [one.code, Some(one.framework)].into_iter().flatten().collect::<Vec<_>>().join(" · "),
            value: serde_json::to_string(&aligned).unwrap_or_default(),
        }
    });
    let found: Vec<FoundLine> = found.collect();
    let kept = typed.definition.picture.clone().unwrap_or_default();
    let picture = match typed.upload && !kept.sha256.is_empty() {
        true => format!("/pictures/{}", kept.sha256),
        false => preview_address(&place.slug, &typed.composed),
    };
    let mut kinds: Vec<(String, String)> = KINDS.iter().map(|kind| ((*kind).to_owned(), kind_in_words(kind))).collect();
    if typed.definition.kind.starts_with("ext:") {
        kinds.push((typed.definition.kind.clone(), kind_in_words(&typed.definition.kind)));
    }
    Ok(EditPage {
        chrome: Chrome::new(heading.clone(), Here::Org, app.is_demo()).seen_by(caller).in_org(
            &place.slug,
            &place.org,
            "achievements",
        ),
        slug: place.slug.clone(),
        id: place.id.clone(),
        heading,
        action,
        notice: None,
        meanwhile: false,
        kinds,
        shapes: SHAPES,
        icons: artwork::ICONS.iter().map(|icon| (icon.0, icon.1)).collect(),
        advice: if typed.upload { None } else { artwork::advice(&typed.composed) },
        picture,
        sha256: kept.sha256,
        alt: kept.alt,
        found,
        searched: false,
        saved: false,
        typed,
    })
}

/// Address of a picture as it would look.
fn preview_address(slug: &str, composed: &Composed) -> String {
    let encoded = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    format!(
        "/org/{slug}/pictures/preview?shape={}&ground={}&accent={}&icon={}&words={}",
        encoded(&composed.shape),
        encoded(&composed.ground),
        encoded(&composed.accent),
        encoded(&composed.icon),
        encoded(&composed.words)
    )
}
