//! The front page: the main job in four steps, all of which work as plain forms.

use std::sync::Arc;

use axum::extract::{Form, Multipart, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use cairn_credential::intake::{Item, What};
use cairn_credential::policy::Address;
use cairn_registrar::shapes::{Became, VerifyReport};
use serde::Deserialize;

use super::app::{App, Checker};
use super::art::{self, Picture};
use super::budget::{self, BudgetFields};
use super::catalogue::find_role;
use super::desk::{Desk, MOST_AD_BYTES, MOST_ADS, MOST_BYTES, MOST_ITEMS};
use super::pages::{AdLine, BadgePage, Chrome, Group, Here, HomePage, LearnerCard, Notice, page};
use super::problem::Problem;
use super::upload::{self, Opened, Opener, Sent};
use super::{gap, plan, view, words};

const COOKIE: &str = "cairn-desk";

/// The desk's token, if the visitor has one.
fn token(jar: &CookieJar) -> Option<String> {
    let token = jar.get(COOKIE)?.value();
    (token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit())).then(|| token.to_owned())
}

/// To look at.
fn look(app: &App, jar: &CookieJar) -> Arc<Desk> {
    token(jar).and_then(|token| app.desks.find(&token, app.now())).unwrap_or_default()
}

/// To change: a copy, with the notices that nobody has seen yet.
fn desk(app: &App, jar: &CookieJar) -> Desk {
    let mut desk = Arc::unwrap_or_clone(look(app, jar));
    desk.notices = token(jar).map(|token| app.desks.take_notices(&token)).unwrap_or_default();
    desk
}

/// Puts the desk back, sets its cookie, and goes on to `to`.
fn put(app: &App, jar: CookieJar, desk: Desk, to: &str) -> Response {
    let token = token(&jar).unwrap_or_else(|| app.token());
    app.desks.put(&token, desk, app.now());
    let cookie = Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.office.base_url.starts_with("https:"));
    (jar.add(cookie), Redirect::to(to)).into_response()
}

/// `GET /`.
pub async fn home(State(app): State<Arc<App>>, jar: CookieJar) -> Response {
    let token = token(&jar);
    let found = token.as_deref().and_then(|token| app.desks.find(token, app.now()));
    let notices = token.map(|token| app.desks.take_notices(&token)).unwrap_or_default();
    page(&home_page(&app, found.as_deref(), notices))
}

fn home_page(app: &App, found: Option<&Desk>, notices: Vec<(&'static str, String)>) -> HomePage {
    let nobody = Desk::default();
    let desk = found.unwrap_or(&nobody);
    let learners = learners(app);
    let learner = desk.learner.as_ref().and_then(|id| learners.iter().find(|l| l.id == *id));
    let first = learners.first().cloned();
    let badges = desk.checked.as_ref().map(|c| view::cards(&c.report, |n| picture_address(desk, &c.report, n)));
    let badges = badges.unwrap_or_default();
    let gap = desk.gap.as_ref().map(|gap| gap::view(gap, app.packs(), learner.map(|l| first_name(&l.name))));
    let refused = desk.plan_refused.clone();
    HomePage {
        chrome: Chrome::new("What you can prove for a job", Here::Home, app.is_demo()),
        notices: notices.into_iter().map(|(tone, says)| Notice { tone, says }).collect(),
        has_desk: found.is_some(),
        kept_told: "This desk is in memory only, and forgotten after 60 minutes without a visit.".into(),
        first_learner_id: first.as_ref().map(|l| l.id.clone()).unwrap_or_default(),
        first_learner_name: first.as_ref().map(|l| first_name(&l.name).to_owned()).unwrap_or_default(),
        badges_told: badges_told(learner, &badges),
        claims: (!desk.claims.is_empty()).then(|| desk.claims.iter().map(|c| c.1.trim()).collect::<Vec<_>>().join(" ")),
        claims_whose: learner.map_or("your".into(), |l| format!("{}'s", first_name(&l.name))),
        address: if learner.is_some() {
            String::new()
        } else {
            desk.addresses.first().map(|a| a.value.clone()).unwrap_or_default()
        },
        ads: ad_lines(desk),
        sample_ads: sample_ads(app),
        roles: roles(app),
        budget: budget::form(desk.budget.as_ref(), refused.as_deref()),
        plan: desk.plan.as_ref().map(|report| plan::view(report, app.packs())),
        plan_refused: refused,
        shareable: badges.iter().filter(|b| !b.answers.is_empty()).cloned().collect(),
        purpose: gap.as_ref().map(|_| purpose(desk)).unwrap_or_default(),
        until: app.today().checked_add(jiff::Span::new().days(30)).map(|d| d.to_string()).unwrap_or_default(),
        learners,
        badges,
        gap,
    }
}

fn purpose(desk: &Desk) -> String {
    let target = desk.gap.as_ref().map(|gap| gap.gap.target.name.clone()).filter(|name| !name.is_empty());
    target.map(|name| format!("Application: {name}").chars().take(200).collect()).unwrap_or_default()
}

fn badges_told(learner: Option<&LearnerCard>, badges: &[view::BadgeCard]) -> String {
    let whose = match learner {
        Some(learner) => format!("{}. {}", learner.name, learner.story),
        None => "Choose a badge to see its checks.".into(),
    };
    format!("{} on the desk. {whose}", words::count(badges.len(), "thing"))
}

fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

fn learners(app: &App) -> Vec<LearnerCard> {
    let packs = app.packs();
    let card = |learner: &cairn_registrar::demo::DemoLearner| LearnerCard {
        id: learner.id.clone(),
        name: learner.name.clone(),
        industry: packs
            .packs
            .iter()
            .find(|pack| pack.learners.iter().any(|l| l.id == learner.id))
            .map(|pack| pack.name.clone())
            .unwrap_or_default(),
        story: learner.story.clone(),
        badges: learner.files.len(),
    };
    app.learners().iter().map(card).collect()
}

fn ad_lines(desk: &Desk) -> Vec<AdLine> {
    let line = |(n, ad): (usize, &(String, String))| {
        let words = words::count(ad.1.split_whitespace().count(), "word");
        AdLine { n, name: ad.0.clone(), told: words }
    };
    desk.ads.iter().enumerate().map(line).collect()
}

fn sample_ads(app: &App) -> Vec<Group> {
    let group = |pack: &cairn_domain::pack::Pack| Group {
        industry: pack.name.clone(),
        ads: pack.ads.iter().map(|ad| (ad.id.clone(), format!("{}, {}", ad.title, ad.employer))).collect(),
    };
    app.packs().packs.iter().map(group).filter(|group| !group.ads.is_empty()).collect()
}

fn roles(app: &App) -> Vec<Group> {
    let group = |pack: &cairn_domain::pack::Pack| Group {
        industry: pack.name.clone(),
        ads: pack.roles.iter().map(|role| (role.id.clone(), role.title.clone())).collect(),
    };
    app.packs().packs.iter().map(group).filter(|group| !group.ads.is_empty()).collect()
}

/// `POST /desk/sample`: a learner's things, an ad of their industry and a budget; the whole result at once.
pub async fn sample(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    Form(form): Form<SampleForm>,
) -> Result<Response, Problem> {
    let Some(learner) = app.learners().iter().find(|learner| learner.id == form.learner) else {
        return Err(Problem::not_found("There is no such sample learner on this site."));
    };
    let mut desk = Desk { learner: Some(learner.id.clone()), ..Desk::default() };
    let files: Vec<_> = learner.files.iter().map(|file| (file.name.clone(), file.bytes.clone())).collect();
    for opened in Opener::default().open_all(files).await? {
        lay_down(&mut desk, opened);
    }
    // The demonstration made this address itself, so it knows whose it is.
    desk.addresses = vec![Address { value: learner.address.clone(), confirmed: true }];
    if !learner.claims.trim().is_empty() {
        desk.claims.push(("their own words".into(), learner.claims.clone()));
    }
    let pack = app.packs().packs.iter().find(|pack| pack.learners.iter().any(|l| l.id == learner.id));
    if let Some(ad) = pack.and_then(|pack| pack.ads.first()) {
        desk.ads.push((format!("{}, {}", ad.title, ad.employer), ad.text.clone()));
    }
    desk.budget = Some(budget::sample());
    work_out(&app, &mut desk, true).await?;
    Ok(put(&app, jar, desk, "/"))
}

/// The form of [`sample`].
#[derive(Debug, Deserialize)]
pub struct SampleForm {
    /// Learner's id.
    learner: String,
}

/// `POST /desk/badges`: files, a folder, pasted badges, words or addresses.
pub async fn badges(State(app): State<Arc<App>>, jar: CookieJar, form: Multipart) -> Result<Response, Problem> {
    let mut sent = Sent::read(form).await?;
    let mut desk = desk(&app, &jar);
    if desk.learner.take().is_some() {
        // Somebody else's things and the visitor's own do not mix.
        desk = Desk { ads: desk.ads, role: desk.role, budget: desk.budget, ..Desk::default() };
    }
    let files: Vec<_> = std::mem::take(&mut sent.files).into_iter().map(|(_, name, bytes)| (name, bytes)).collect();
    let no_files = files.is_empty();
    let mut opener = Opener::default();
    for opened in opener.open_all(files).await? {
        lay_down(&mut desk, opened);
    }
    let text = sent.field("text");
    let mut fetched = 0;
    match upload::addresses(text) {
        Some(addresses) => {
            for address in addresses.into_iter().take(20) {
                fetched += 1;
                match app.fetch(address).await {
                    Ok(bytes) => lay_down(&mut desk, opener.open(address, bytes).await?),
                    Err(refusal) => desk.notices.push(("warn", format!("{address}: {}", refusal.says))),
                }
            }
        }
        None if !text.is_empty() => {
            lay_down(&mut desk, opener.open(upload::name_of_pasted(text), text.as_bytes().to_vec()).await?);
        }
        None => {}
    }
    let address = sent.field("address");
    if !address.is_empty() {
        if address.len() > 320 || !address.contains('@') {
            return Err(Problem::cannot("The address to compare with is no e-mail address, such as name@example.org."));
        }
        desk.addresses = vec![Address { value: address.to_owned(), confirmed: sent.field("mine") == "yes" }];
    }
    if no_files && text.is_empty() && address.is_empty() {
        return Err(Problem::cannot(
            "Nothing was sent. Choose at least one file, or paste a badge, its address or your own words.",
        ));
    }
    desk.checked = None;
    within_limits(&desk)?;
    if desk.items.is_empty() && fetched == 0 && address.is_empty() {
        desk.notices.push(("warn", "Nothing readable was in there.".into()));
    }
    work_out(&app, &mut desk, true).await?;
    Ok(put(&app, jar, desk, "/#badges"))
}

fn within_limits(desk: &Desk) -> Result<(), Problem> {
    if desk.items.len() <= MOST_ITEMS && desk.weight() <= MOST_BYTES {
        return Ok(());
    }
    Err(Problem::too_large(format!(
        "One desk holds at most {MOST_ITEMS} things of {} MB together. Check more with cairn verify on your own machine.",
        MOST_BYTES >> 20
    )))
}

/// Lays what is in a file on the desk.
fn lay_down(desk: &mut Desk, (items, picture): Opened) {
    for item in items {
        let name = desk.free_name(&item.name);
        if let Some(picture) = &picture {
            desk.pictures.insert(name.clone(), picture.clone());
        }
        desk.items.push(Item { name, ..item });
    }
}

/// Checks what is on the desk (again when it has changed), holds it against the target, and looks for the way.
async fn work_out(app: &Arc<App>, desk: &mut Desk, changed: bool) -> Result<(), Problem> {
    if changed || desk.checked.is_none() {
        let checker = Checker { addresses: desk.addresses.clone(), ..Checker::default() };
        desk.checked = Some(Arc::new(app.check(desk.items.clone(), &checker).await));
        // What was fetched for them lies there too.
        within_limits(desk)?;
    }
    desk.gap = None;
    desk.plan = None;
    desk.plan_refused = None;
    if desk.ads.is_empty() && desk.role.is_none() {
        return Ok(());
    }
    let report: VerifyReport = desk.checked.as_ref().expect("it was checked above").report.clone();
    let gap = app.gap(desk.ads.clone(), desk.role.clone(), report, desk.claims.clone()).await?;
    if let Some(budget) = &desk.budget {
        match app.plan(gap.clone(), budget.clone()).await? {
            Ok(report) => desk.plan = Some(Arc::new(report)),
            Err(refusal) => desk.plan_refused = Some(refusal.says),
        }
    }
    desk.gap = Some(Arc::new(gap));
    Ok(())
}

/// The form of [`remove_badge`] and [`remove_ad`].
#[derive(Debug, Deserialize)]
pub struct Nth {
    /// Place, from 0.
    n: usize,
}

/// `POST /desk/badges/remove`.
pub async fn remove_badge(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    Form(form): Form<Nth>,
) -> Result<Response, Problem> {
    let mut desk = desk(&app, &jar);
    let name = desk.checked.as_ref().and_then(|c| c.report.items.get(form.n)).map(|item| item.name.clone());
    let Some(name) = name else { return Err(Problem::not_found("That is not on the desk any more.")) };
    // A bundle gives several entries, whose names begin with its own; they go together.
    desk.items.retain(|item| item.name != name && !(is_bundle(item) && name.starts_with(&item.name)));
    desk.pictures.remove(&name);
    work_out(&app, &mut desk, true).await?;
    Ok(put(&app, jar, desk, "/#badges"))
}

fn is_bundle(item: &Item) -> bool {
    matches!(item.what, What::Bundle(_))
}

/// The form of [`ad`].
#[derive(Debug, Deserialize)]
pub struct AdForm {
    /// The ad's words.
    #[serde(default)]
    text: String,
    /// A sample ad's id.
    sample: Option<String>,
    /// A role's id.
    role: Option<String>,
    /// `add`, `replace` or `role`.
    #[serde(default)]
    how: String,
}

/// `POST /desk/ad`: reads an ad, besides the others or instead of them; or aims at a role.
pub async fn ad(State(app): State<Arc<App>>, jar: CookieJar, Form(form): Form<AdForm>) -> Result<Response, Problem> {
    let mut desk = desk(&app, &jar);
    if form.how == "role" {
        let id = form.role.unwrap_or_default();
        if find_role(app.packs(), &id).is_none() {
            return Err(Problem::not_found("There is no such role in the catalogue."));
        }
        desk.ads.clear();
        desk.role = Some(id);
    } else {
        let (name, text) = match &form.sample {
            Some(id) => {
                let mut all = app.packs().packs.iter().flat_map(|pack| &pack.ads);
                let Some(ad) = all.find(|ad| ad.id == *id) else {
                    return Err(Problem::not_found("There is no such sample ad."));
                };
                (format!("{}, {}", ad.title, ad.employer), ad.text.clone())
            }
            None => pasted_ad(&form.text)?,
        };
        if form.how == "replace" {
            desk.ads.clear();
        }
        if desk.ads.len() >= MOST_ADS {
            return Err(Problem::cannot(format!("At most {MOST_ADS} ads are read together. Take one away first.")));
        }
        desk.role = None;
        let taken = |name: &str| desk.ads.iter().any(|ad| ad.0 == name);
        let name = if taken(&name) { format!("{name} ({})", desk.ads.len() + 1) } else { name };
        desk.ads.push((name, text));
    }
    if desk.budget.is_none() && desk.learner.is_some() {
        desk.budget = Some(budget::sample());
    }
    work_out(&app, &mut desk, false).await?;
    Ok(put(&app, jar, desk, "/"))
}

/// Name and text of a pasted ad: the first line is a good name when it is short.
fn pasted_ad(text: &str) -> Result<(String, String), Problem> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::cannot("The ad is empty. Paste the whole text of the job ad, then read it."));
    }
    if text.len() > MOST_AD_BYTES {
        return Err(Problem::too_large(format!(
            "This ad has {} characters; at most {MOST_AD_BYTES} are read. Paste one ad at a time, without the page around it.",
            text.chars().count()
        )));
    }
    let first = text.lines().next().unwrap_or_default().trim();
    let name = if first.chars().count() <= 80 { first.to_owned() } else { "Your ad".into() };
    Ok((name, text.to_owned()))
}

/// `POST /desk/ad/remove`.
pub async fn remove_ad(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    Form(form): Form<Nth>,
) -> Result<Response, Problem> {
    let mut desk = desk(&app, &jar);
    if form.n >= desk.ads.len() {
        return Err(Problem::not_found("That ad is not on the desk any more."));
    }
    desk.ads.remove(form.n);
    work_out(&app, &mut desk, false).await?;
    Ok(put(&app, jar, desk, "/"))
}

/// `POST /desk/budget`.
pub async fn set_budget(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    Form(form): Form<BudgetFields>,
) -> Result<Response, Problem> {
    let mut desk = desk(&app, &jar);
    desk.budget = Some(form.read()?);
    if desk.ads.is_empty() && desk.role.is_none() {
        desk.notices
            .push(("warn", "The budget is noted. Paste a job ad or choose a role, and the plan appears.".into()));
    }
    work_out(&app, &mut desk, false).await?;
    Ok(put(&app, jar, desk, "/#plan"))
}

/// `POST /desk/forget`.
pub async fn forget(State(app): State<Arc<App>>, jar: CookieJar) -> Response {
    if let Some(token) = token(&jar) {
        app.desks.forget(&token);
    }
    (jar.remove(Cookie::build(COOKIE).path("/")), Redirect::to("/")).into_response()
}

/// `GET /desk/badges/{n}`: one badge with its verdict.
pub async fn badge(State(app): State<Arc<App>>, jar: CookieJar, Path(n): Path<usize>) -> Result<Response, Problem> {
    let desk = look(&app, &jar);
    let report = desk.checked.as_ref().map(|checked| &checked.report);
    let Some((report, item)) = report.and_then(|report| Some((report, report.items.get(n)?))) else {
        return Err(Problem::not_found(
            "That badge is not on your desk; desks are forgotten after an hour. Drop it again.",
        ));
    };
    let item = view::item(item, picture_address(&desk, report, n), true);
    let title = item.verdict.as_ref().map_or_else(|| item.name.clone(), |verdict| verdict.name.clone());
    Ok(page(&BadgePage { chrome: Chrome::new(title, Here::Home, app.is_demo()), item }))
}

/// `GET /desk/badges/{n}/picture`: the badge's own picture, fenced in.
pub async fn picture(State(app): State<Arc<App>>, jar: CookieJar, Path(n): Path<usize>) -> Result<Response, Problem> {
    let desk = look(&app, &jar);
    let found = desk.checked.as_ref().and_then(|checked| picture_of(&desk, &checked.report, n));
    let Some(picture) = found else { return Err(Problem::not_found("This badge has no picture of its own.")) };
    // An SVG opened by itself could run scripts; in this sandbox it cannot.
    let fence = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox");
    let headers = [
        (header::CONTENT_SECURITY_POLICY, fence),
        (header::CONTENT_TYPE, HeaderValue::from_static(picture.media_type)),
    ];
    Ok((headers, picture.bytes).into_response())
}

fn picture_address(desk: &Desk, report: &VerifyReport, n: usize) -> Option<String> {
    picture_of(desk, report, n).map(|_| format!("/desk/badges/{n}/picture"))
}

/// The file's own picture, else one that the badge carries as a `data:` address.
fn picture_of(desk: &Desk, report: &VerifyReport, n: usize) -> Option<Picture> {
    let item = report.items.get(n)?;
    if let Some(picture) = desk.pictures.get(&item.name) {
        return Some(picture.clone());
    }
    let Became::Credential { verdict, .. } = &item.became else { return None };
    let facts = verdict.facts.as_ref()?;
    let achievement = facts.achievement.as_ref().and_then(|achievement| achievement.image.as_deref());
    [facts.image.as_deref(), achievement].into_iter().flatten().find_map(art::from_data)
}

/// Lays somebody's own badges on the desk in place of what lies there; the job that was asked for stays.
pub(super) async fn lay_out_own(
    app: &Arc<App>,
    jar: CookieJar,
    items: Vec<Item>,
    pictures: Vec<(String, Picture)>,
    addresses: Vec<Address>,
) -> Result<Response, Problem> {
    let old = desk(app, &jar);
    let (budget, shared) = (old.budget, old.shared);
    let mut desk = Desk { ads: old.ads, role: old.role, budget, shared, addresses, ..Desk::default() };
    desk.items = items;
    desk.pictures = pictures.into_iter().collect();
    within_limits(&desk)?;
    work_out(app, &mut desk, true).await?;
    Ok(put(app, jar, desk, "/"))
}

/// What a share needs of the desk.
pub(super) fn of_visitor(app: &App, jar: &CookieJar) -> Arc<Desk> {
    look(app, jar)
}

/// Notes on the desk which share the visitor just made, so that its page greets its maker, who can end it.
pub(super) fn remember_share(app: &App, jar: CookieJar, share: String, to: &str) -> Response {
    let mut desk = desk(app, &jar);
    desk.shared.push(share);
    put(app, jar, desk, to)
}

/// Takes a share that is over off the desk.
pub(super) fn forget_share(app: &App, jar: CookieJar, share: &str) -> Response {
    let mut desk = desk(app, &jar);
    desk.shared.retain(|kept| kept != share);
    desk.notices
        .push(("good", "The link has ended: whoever opens it finds nothing, and what it held is deleted.".into()));
    put(app, jar, desk, "/")
}
