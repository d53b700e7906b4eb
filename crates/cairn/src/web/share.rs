//! Share: one file, and a page for the employer that says plainly that it proves nothing by itself.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use cairn_credential::bundle::{self, Bundle};
use cairn_credential::intake::{Item, What};
use cairn_registrar::sharing;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::app::{App, Checker};
use super::pages::{Chrome, Here, SharePage, page};
use super::problem::Problem;
use super::{home, view, words};

const FILE_NAME: &str = "proof.cairn.json";
const LONGEST_DAYS: i64 = 366;

/// `POST /desk/share`: the file at once, or a link to it. Several boxes may be ticked, so the pairs are read one by one.
pub async fn make(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let field =
        |name: &str| fields.iter().find(|field| field.0 == name).map(|field| field.1.trim()).unwrap_or_default();
    let desk = home::of_visitor(&app, &jar);
    let Some(checked) = desk.checked.clone() else {
        return Err(Problem::cannot("There is nothing on your desk to share. Drop your badges first."));
    };
    let mut chosen: Vec<usize> =
        fields.iter().filter(|field| field.0 == "chosen").filter_map(|field| field.1.parse().ok()).collect();
    chosen.retain(|n| *n < checked.report.items.len());
    chosen.dedup();
    if chosen.is_empty() {
        return Err(Problem::cannot("No badge was chosen. Tick at least one, then share."));
    }
    let purpose: String = field("purpose").chars().filter(|c| !c.is_control()).take(200).collect();
    let bundle = app.bundle(checked, chosen, (!purpose.is_empty()).then_some(purpose)).await?;
    if field("how") == "file" {
        return Ok(download(&bundle));
    }
    let until = until(&app, field("until"))?;
    let token = app.office.share(&bundle, until).await?;
    let to = format!("/s/{token}");
    Ok(home::remember_share(&app, jar, token, &to))
}

/// The form of [`end`].
#[derive(Debug, Deserialize)]
pub struct EndForm {
    /// The share's token.
    token: String,
}

/// `POST /desk/share/end`: whoever made a share on this desk ends it.
pub async fn end(State(app): State<Arc<App>>, jar: CookieJar, Form(form): Form<EndForm>) -> Result<Response, Problem> {
    if !home::of_visitor(&app, &jar).shared.contains(&form.token) {
        let says = "This link was not made on your desk, or the desk was forgotten since. Only its maker can end it.";
        return Err(Problem::not_found(says));
    }
    app.office.end_share(&form.token).await?;
    Ok(home::forget_share(&app, jar, &form.token))
}

/// The end of the chosen day, in UTC; 30 days from now unless said.
pub(super) fn until(app: &App, text: &str) -> Result<Timestamp, Problem> {
    let today = app.today();
    let day: Date = if text.is_empty() {
        today.saturating_add(jiff::Span::new().days(30))
    } else {
        text.parse().map_err(|_| Problem::cannot("The last day of the link is no date. Write it as 2027-06-30."))?
    };
    if day < today {
        return Err(Problem::cannot("The last day of the link is past. Choose today or later."));
    }
    if day > today.saturating_add(jiff::Span::new().days(LONGEST_DAYS)) {
        return Err(Problem::cannot(
            "A link works for at most a year. Choose an earlier day, or send the file, which does not end.",
        ));
    }
    let end = day.at(23, 59, 59, 0).to_zoned(jiff::tz::TimeZone::UTC);
    end.map(|end| end.timestamp()).map_err(|error| Problem::fault(&error))
}

async fn find(app: &App, token: &str) -> Result<sharing::Share, Problem> {
    let found = app.office.find_share(token).await?;
    found.ok_or_else(|| {
        Problem::not_found(
            "This link does not work, or not any more. Ask whoever sent it for a new one, or for the file.",
        )
    })
}

/// `GET /s/{token}`.
///
/// A program that asks for JSON gets the file itself, so that the link can be given to `cairn verify`.
pub async fn show(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let share = find(&app, &token).await?;
    let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accepted.contains("application/json") && !accepted.contains("text/html") {
        return Ok(download(&share.bundle));
    }
    let mine = home::of_visitor(&app, &jar).shared.contains(&token);
    let bundle = share.bundle;
    let items = vec![Item { name: FILE_NAME.into(), what: What::Bundle(Box::new(bundle.clone())) }];
    // Judged now, not as of its making: what this site asks now, such as its own status list, is of now.
    let checked = app.check(items, &Checker::default()).await;
    let text = bundle::write(&bundle);
    let page = page(&SharePage {
        chrome: Chrome::new("Shared credentials", Here::Elsewhere, app.is_demo()),
        mine,
        token: token.clone(),
        link: format!("{}/s/{token}", app.office.base_url.trim_end_matches('/')),
        count_told: format!("{} to verify", words::count(bundle.credentials.len(), "credential")),
        purpose: bundle.purpose.clone(),
        created: words::moment(bundle.created),
        checked: words::moment(checked.report.at),
        until: words::date_of(share.until),
        file: format!("/s/{token}/{FILE_NAME}"),
        file_name: FILE_NAME.into(),
        size: format!("{} kB", text.len().div_ceil(1000)),
        badges: view::cards(&checked.report, |_| None),
    });
    Ok((private(), page).into_response())
}

/// `GET /s/{token}/proof.cairn.json`.
pub async fn file(State(app): State<Arc<App>>, Path(token): Path<String>) -> Result<Response, Problem> {
    Ok(download(&find(&app, &token).await?.bundle))
}

/// The file of a share.
pub(super) fn download(bundle: &Bundle) -> Response {
    let kind = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"proof.cairn.json\"")),
    ];
    (private(), kind, bundle::write(bundle)).into_response()
}

/// A share's address is its key: it goes to no other site and into no index.
fn private() -> [(HeaderName, HeaderValue); 2] {
    [
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
    ]
}
