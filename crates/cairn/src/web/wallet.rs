//! A learner's home: all their badges, checked as of now; what they share; taking everything along; leaving.

mod leave;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Multipart, Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_credential::intake::{Item, What};
use cairn_credential::policy::Address;
use cairn_credential::verdict::{Current, Genuine};
use cairn_registrar::checking::Checked;
use cairn_registrar::outputs::is_jwt;
use cairn_registrar::shapes::Became;
use cairn_registrar::wallet::{NewBadge, Wallet};
use jiff::SignedDuration;
use serde::Deserialize;

use super::app::{App, Checker};
use super::art::{self, Art, Picture};
use super::caller::Caller;
use super::pages::{BadgePage, Chrome, Here, page};
use super::problem::Problem;
use super::upload::{Opener, Sent};
use super::{home, share, view, words};

/// The pages of this file.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/home", get(show))
        .route("/home/badges", post(keep))
        .route("/home/badges/remove", post(remove))
        .route("/home/badges/{id}", get(one))
        .route("/home/badges/{id}/picture", get(picture))
        .route("/home/share", post(choose))
        .route("/home/share/end", post(end))
        .route("/home/export", get(export))
        .merge(leave::routes())
}

/// A learner's home.
#[derive(Debug, Template)]
#[template(path = "wallet.html")]
struct WalletPage {
    chrome: Chrome,
    notice: Option<(&'static str, String)>,
    badges: Vec<OwnBadge>,
    /// How many there are, in words.
    told: String,
    /// Whether there are none at all, whatever was searched for.
    empty: bool,
    q: String,
    shares: Vec<OwnShare>,
    /// A day to begin with.
    until: String,
    /// Main address.
    address: String,
}

/// A badge on the wall.
#[derive(Debug, Clone)]
struct OwnBadge {
    /// What it is chosen by.
    key: String,
    name: String,
    issuer: String,
    summary: String,
    art: Art,
    /// Where it is looked at.
    page: String,
    /// Class and word of its state.
    tone: &'static str,
    state: String,
    /// Whether it came from elsewhere; then its id.
    kept: Option<String>,
}

/// A share.
#[derive(Debug, Clone)]
struct OwnShare {
    hash: String,
    purpose: String,
    made: String,
    until: String,
    opened: String,
}

/// What is said once, after something was done.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    done: String,
}

async fn show(State(app): State<Arc<App>>, caller: Caller, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    if !caller.is_signed_in() {
        return Ok(Redirect::to("/sign-in?next=/home").into_response());
    }
    let wallet = app.office.wallet(&caller.actor).await?;
    let (badges, _) = checked(&app, &wallet).await;
    let notice = match asked.done.as_str() {
        "kept" => Some(("good", "It is among your badges now.".to_owned())),
        "known" => Some(("warn", "You had that already.".to_owned())),
        "removed" => Some(("good", "Thrown away.".to_owned())),
        "ended" => Some(("good", "The link has ended, and what it held is deleted.".to_owned())),
        _ => None,
    };
    Ok(page(&wallet_page(&app, &caller, &wallet, badges, (asked.q, notice))).into_response())
}

fn wallet_page(
    app: &App,
    caller: &Caller,
    wallet: &Wallet,
    mut badges: Vec<OwnBadge>,
    (q, notice): (String, Option<(&'static str, String)>),
) -> WalletPage {
    let empty = badges.is_empty();
    let wanted: Vec<String> = q.to_lowercase().split_whitespace().map(str::to_owned).collect();
    badges.retain(|badge| {
        let all = format!("{} {} {}", badge.name, badge.issuer, badge.state).to_lowercase();
        wanted.iter().all(|word| all.contains(word))
    });
    WalletPage {
        chrome: Chrome::new("My badges", Here::Wallet, app.is_demo()).seen_by(caller),
        notice,
        told: words::count(badges.len(), "badge"),
        empty,
        q: q.chars().take(100).collect(),
        badges,
        shares: wallet
            .shares
            .iter()
            .map(|one| OwnShare {
                hash: one.token_hash.clone(),
                purpose: one.purpose.clone().unwrap_or_else(|| "no purpose said".into()),
                made: words::date_of(one.created),
                until: words::date_of(one.until),
                opened: match one.opened {
                    0 => "not opened yet".into(),
                    1 => "opened once".into(),
                    n => format!("opened {n} times"),
                },
            })
            .collect(),
        until: app.today().checked_add(jiff::Span::new().days(30)).map(|d| d.to_string()).unwrap_or_default(),
        address: wallet.addresses.first().map(|one| one.shown.clone()).unwrap_or_default(),
    }
}

/// Every badge with its own key as its name, as what checks them takes them.
fn items(app: &App, wallet: &Wallet) -> Vec<Item> {
    let here = wallet.here.iter().map(|(one, _)| (here_key(&one.public_id), one.signed_text.as_str()));
    let kept = wallet.kept.iter().map(|one| (kept_key(&one.id), one.text.as_str()));
    here.chain(kept).filter_map(|(key, text)| app.office.open_file(&key, text.as_bytes()).into_iter().next()).collect()
}

fn here_key(public_id: &str) -> String {
    format!("here-{public_id}")
}

fn kept_key(id: &str) -> String {
    format!("kept-{id}")
}

fn addresses(wallet: &Wallet) -> Vec<Address> {
    wallet.addresses.iter().map(|one| Address { value: one.email.clone(), confirmed: true }).collect()
}

async fn checked(app: &App, wallet: &Wallet) -> (Vec<OwnBadge>, Arc<Checked>) {
    let checker = Checker { addresses: addresses(wallet), ..Checker::default() };
    let checked = app.check(items(app, wallet), &checker).await;
    let pictures: Vec<Option<String>> =
        checked.report.items.iter().map(|item| picture_of(wallet, &item.name)).collect();
    let cards = view::cards(&checked.report, |n| pictures.get(n).cloned().flatten());
    let badges = cards
        .into_iter()
        .zip(&checked.report.items)
        .map(|(card, item)| {
            let kept = item.name.strip_prefix("kept-").map(str::to_owned);
            let (tone, state) = state(app, &item.became);
            OwnBadge {
                key: item.name.clone(),
                page: match (&kept, item.name.strip_prefix("here-")) {
                    (None, Some(id)) => format!("/credentials/{id}"),
                    (id, _) => format!("/home/badges/{}", id.as_deref().unwrap_or_default()),
                },
                name: card.name,
                issuer: card.issuer,
                summary: card.summary,
                art: card.art,
                tone,
                state,
                kept,
            }
        })
        .collect();
    (badges, Arc::new(checked))
}

fn picture_of(wallet: &Wallet, key: &str) -> Option<String> {
    if let Some(id) = key.strip_prefix("here-") {
        return Some(format!("/credentials/{id}/picture"));
    }
    let id = key.strip_prefix("kept-")?;
    wallet.kept.iter().find(|one| one.id == id)?.picture.as_ref().map(|_| format!("/home/badges/{id}/picture"))
}

/// Class and word of what a badge is worth now.
fn state(app: &App, became: &Became) -> (&'static str, String) {
    let Became::Credential { verdict, .. } = became else { return ("dim", "Unread".into()) };
    if let Genuine::No { .. } = verdict.genuine.is {
        return ("bad", "Not genuine".into());
    }
    let until = verdict.facts.as_ref().and_then(|facts| facts.valid_until);
    match &verdict.current.is {
        Current::Revoked { .. } => ("bad", "Revoked".into()),
        Current::Suspended { .. } => ("warn", "Suspended".into()),
        Current::Expired { .. } => ("warn", "Expired".into()),
        Current::NotYet { .. } => ("dim", "Not yet valid".into()),
        Current::CannotTell => ("dim", "Cannot tell".into()),
        Current::Yes if verdict.genuine.is != Genuine::Yes => ("dim", "Cannot tell".into()),
        Current::Yes => match until {
            Some(until) if until < app.now() + SignedDuration::from_hours(24 * 60) => {
                ("warn", format!("Ends {}", words::date_of(until)))
            }
            _ => ("good", "Valid".into()),
        },
    }
}

/// `POST /home/badges`: files from elsewhere, or a pasted badge.
async fn keep(State(app): State<Arc<App>>, caller: Caller, form: Multipart) -> Result<Response, Problem> {
    caller.actor.signed_in()?;
    let mut sent = Sent::read(form).await?;
    let pasted = sent.field("text").to_owned();
    let mut files: Vec<(String, Vec<u8>)> =
        std::mem::take(&mut sent.files).into_iter().map(|(_, name, bytes)| (name, bytes)).collect();
    if !pasted.is_empty() {
        files.push(("pasted badge".into(), pasted.into_bytes()));
    }
    if files.is_empty() {
        return refused(&app, &caller, "Nothing was sent. Choose a badge file, or paste a badge.".into()).await;
    }
    let mut badges = Vec::new();
    let mut unread = None;
    for (items, picture) in Opener::default().open_all(files).await? {
        for item in items {
            match new_badges(item, picture.as_ref()) {
                Ok(some) => badges.extend(some),
                Err(why) => unread = Some(why),
            }
        }
    }
    if let Some(why) = unread.filter(|_| badges.is_empty()) {
        return refused(&app, &caller, why).await;
    }
    let kept = app.office.keep_badges(&caller.actor, badges).await?;
    let done = if kept.new > 0 { "kept" } else { "known" };
    Ok(Redirect::to(&format!("/home?done={done}")).into_response())
}

/// What is in an item; why nothing is.
fn new_badges(item: Item, picture: Option<&Picture>) -> Result<Vec<NewBadge>, String> {
    let data = picture.map(|picture| format!("data:{};base64,{}", picture.media_type, STANDARD.encode(&picture.bytes)));
    let one = |name: String, text: String| NewBadge {
        name,
        media_type: match &picture {
            Some(picture) => picture.media_type.into(),
            None if is_jwt(&text) => "application/vc+jwt".into(),
            None => "application/vc".into(),
        },
        text,
        picture: data.clone(),
    };
    match item.what {
        What::Credential { text, .. } | What::Presentation { text } => Ok(vec![one(item.name, text)]),
        What::Bundle(bundle) => Ok(bundle.credentials.into_iter().map(|each| one(each.name, each.text)).collect()),
        What::Claim { .. } => Err(format!("{}: there is no signed badge in this, only words.", item.name)),
        What::Unread(problem) => Err(format!("{}: {}", item.name, problem.says)),
    }
}

/// The page again with a sentence above it.
async fn refused(app: &App, caller: &Caller, says: String) -> Result<Response, Problem> {
    let wallet = app.office.wallet(&caller.actor).await?;
    let (badges, _) = checked(app, &wallet).await;
    let again = wallet_page(app, caller, &wallet, badges, (String::new(), Some(("bad", says))));
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page(&again)).into_response())
}

/// The form of [`remove`].
#[derive(Debug, Deserialize)]
struct RemoveForm {
    id: String,
}

/// `POST /home/badges/remove`: a badge from elsewhere is thrown away.
async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<RemoveForm>,
) -> Result<Response, Problem> {
    app.office.throw_away(&caller.actor, &form.id).await?;
    Ok(Redirect::to("/home?done=removed").into_response())
}

/// `GET /home/badges/{id}`: a badge from elsewhere with its verdict.
async fn one(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let kept = app.office.kept_badge(&caller.actor, &id).await?;
    let wallet = app.office.wallet(&caller.actor).await?;
    let items = app.office.open_file(&kept.name, kept.text.as_bytes());
    let checked = app.check(items, &Checker { addresses: addresses(&wallet), ..Checker::default() }).await;
    let Some(found) = checked.report.items.first() else { return Err(Problem::not_found("You keep no such badge.")) };
    let picture = kept.picture.as_ref().map(|_| format!("/home/badges/{id}/picture"));
    let item = view::item(found, picture, true);
    Ok(page(&BadgePage { chrome: Chrome::new(kept.name, Here::Wallet, app.is_demo()).seen_by(&caller), item }))
}

/// `GET /home/badges/{id}/picture`: its own picture, fenced in.
async fn picture(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let kept = app.office.kept_badge(&caller.actor, &id).await?;
    let Some(picture) = kept.picture.as_deref().and_then(art::from_data) else {
        return Err(Problem::not_found("This badge has no picture of its own."));
    };
    let fence = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox");
    let headers = [
        (header::CONTENT_SECURITY_POLICY, fence),
        (header::CONTENT_TYPE, HeaderValue::from_static(picture.media_type)),
    ];
    Ok((headers, picture.bytes).into_response())
}

/// `POST /home/share`: the chosen badges behind a link, as a file, or on the desk beside a job ad.
async fn choose(
    State(app): State<Arc<App>>,
    caller: Caller,
    jar: CookieJar,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let field = |name: &str| fields.iter().find(|one| one.0 == name).map(|one| one.1.trim()).unwrap_or_default();
    let wallet = app.office.wallet(&caller.actor).await?;
    let keys: Vec<&str> = fields.iter().filter(|one| one.0 == "chosen").map(|one| one.1.as_str()).collect();
    if field("how") == "desk" {
        let mut chosen = items(&app, &wallet);
        chosen.retain(|item| keys.is_empty() || keys.contains(&item.name.as_str()));
        if chosen.is_empty() {
            return refused(&app, &caller, "You have no badges here yet to hold against a job.".into()).await;
        }
        let pictures = wallet
            .kept
            .iter()
            .filter_map(|one| Some((kept_key(&one.id), one.picture.as_deref().and_then(art::from_data)?)));
        let pictures = pictures.collect();
        return home::lay_out_own(&app, jar, chosen, pictures, addresses(&wallet)).await;
    }
    let (_, checked) = checked(&app, &wallet).await;
    let mut chosen = Vec::new();
    for (n, item) in checked.report.items.iter().enumerate() {
        if keys.contains(&item.name.as_str()) {
            chosen.push(n);
        }
    }
    if chosen.is_empty() {
        return refused(&app, &caller, "No badge was chosen. Tick at least one, then share.".into()).await;
    }
    let purpose: String = field("purpose").chars().filter(|c| !c.is_control()).take(200).collect();
    let bundle = app.bundle(checked, chosen, (!purpose.is_empty()).then_some(purpose)).await?;
    if field("how") == "file" {
        return Ok(share::download(&bundle));
    }
    let until = share::until(&app, field("until"))?;
    let token = app.office.share_own(&caller.actor, &bundle, until).await?;
    let to = format!("/s/{token}");
    Ok(home::remember_share(&app, jar, token, &to))
}

/// The form of [`end`].
#[derive(Debug, Deserialize)]
struct EndForm {
    share: String,
}

/// `POST /home/share/end`.
async fn end(State(app): State<Arc<App>>, caller: Caller, Form(form): Form<EndForm>) -> Result<Response, Problem> {
    app.office.end_own_share(&caller.actor, &form.share).await?;
    Ok(Redirect::to("/home?done=ended").into_response())
}

/// `GET /home/export`: everything, as one file.
async fn export(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    let wallet = app.office.wallet(&caller.actor).await?;
    let (_, checked) = checked(&app, &wallet).await;
    let all: Vec<usize> = (0..checked.report.items.len()).collect();
    let bundle = app.bundle(checked, all, None).await?;
    let bundle = Some(&bundle).filter(|bundle| !bundle.credentials.is_empty());
    let export = app.office.export(&caller.actor, bundle).await?;
    let text = serde_json::to_string_pretty(&export).map_err(|error| Problem::fault(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"cairn-export.json\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, text).into_response())
}
