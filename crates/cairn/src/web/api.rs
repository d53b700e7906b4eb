//! The JSON API: the shapes of the office, exactly. Nothing sent is kept.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, body};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cairn_credential::intake::Item;
use cairn_credential::policy::Address;
use cairn_domain::money::{Money, Rate};
use cairn_domain::plan::Budget;
use cairn_registrar::shapes::{GapReport, Require, VerifyReport};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::app::{App, Checker};
use super::catalogue::find_role;
use super::desk::{MOST_AD_BYTES, MOST_ADS, MOST_ITEMS};
use super::guard::MOST_BODY;
use super::problem::Problem;
use super::rest::RestProblem;
use super::upload::{Opener, Sent};
use super::{budget, verify};

/// A no of these three ends.
pub type ApiProblem = RestProblem;

impl From<Problem> for RestProblem {
    fn from(problem: Problem) -> RestProblem {
        let code = match problem.status {
            StatusCode::BAD_REQUEST => "bad-request",
            StatusCode::UNAUTHORIZED => "sign-in",
            StatusCode::FORBIDDEN => "other-origin",
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::METHOD_NOT_ALLOWED => "method-not-allowed",
            StatusCode::PAYLOAD_TOO_LARGE => "too-large",
            StatusCode::TOO_MANY_REQUESTS => "too-many-requests",
            StatusCode::REQUEST_TIMEOUT => "too-slow",
            StatusCode::SERVICE_UNAVAILABLE => "busy",
            StatusCode::INTERNAL_SERVER_ERROR => "fault",
            _ => "cannot",
        };
        RestProblem::new(problem.status, code, problem.says)
    }
}

/// One file: its bytes as text or in base64.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSent {
    /// Its name, only shown.
    #[serde(default)]
    name: Option<String>,
    /// Its content, for JSON, JWT, SVG and plain text.
    #[serde(default)]
    text: Option<String>,
    /// Its content in base64 (either alphabet), for anything.
    #[serde(default)]
    base64: Option<String>,
}

/// An address: plain, or with the checker's word on whether it is this person's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AddressSent {
    /// Unconfirmed.
    Plain(String),
    /// As said.
    Said(Address),
}

/// Who shows the badges.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HolderSent {
    /// Their addresses.
    #[serde(default)]
    addresses: Vec<AddressSent>,
}

/// What `POST /api/v1/verify` takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VerifyAsk {
    /// Badges in any form.
    files: Vec<FileSent>,
    /// `https:` addresses of badges.
    urls: Vec<String>,
    /// Who shows them.
    holder: HolderSent,
    /// Trust lists instead of this site's.
    trust: Vec<serde_json::Value>,
    /// The moment for which to judge.
    at: Option<Timestamp>,
    /// How old a status may be, in hours.
    oldest_status_hours: Option<u32>,
    /// Answers that must be good besides genuine and current.
    require: Vec<Require>,
}

/// A text, or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Texts {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// An ad: its text, or with a name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AdSent {
    /// Its text.
    Text(String),
    /// Name and text.
    Named {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
    },
}

/// What `POST /api/v1/gap` takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GapAsk {
    /// Job ads, read together as one target.
    ads: Vec<AdSent>,
    /// A role's id.
    role: Option<String>,
    /// The learner's own words.
    claims: Option<Texts>,
    /// Badges in any form.
    files: Vec<FileSent>,
    /// `https:` addresses of badges.
    urls: Vec<String>,
    /// Who shows them.
    holder: HolderSent,
    /// Trust lists instead of this site's.
    trust: Vec<serde_json::Value>,
    /// The moment for which to judge.
    at: Option<Timestamp>,
    /// How old a status may be, in hours.
    oldest_status_hours: Option<u32>,
    /// Answers that must be good besides genuine and current.
    require: Vec<Require>,
    /// What may be spent; for `plan` only.
    budget: BudgetSent,
}

/// Money as typed, or in minor units.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MoneySent {
    /// Minor units and currency.
    Exact(Money),
    /// Whole units.
    Whole(u32),
    /// As typed, such as `"400"` or `"1,200.50"`.
    Typed(String),
}

/// What may be spent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetSent {
    /// Hours in all.
    hours: Option<u32>,
    /// Money in all.
    money: Option<MoneySent>,
    /// ISO 4217 code for money as typed; `USD` unless said.
    currency: Option<String>,
    /// The last day.
    by: Option<Date>,
    /// Hours a week; 8 unless said.
    weekly_hours: Option<u32>,
    /// Dated rates for offers in other currencies.
    rates: Vec<Rate>,
}

impl BudgetSent {
    fn read(self) -> Result<Budget, Problem> {
        let currency = self.currency.unwrap_or_else(|| "USD".into()).to_ascii_uppercase();
        let money = match self.money {
            None => None,
            Some(MoneySent::Exact(money)) => Some(money),
            Some(MoneySent::Whole(whole)) => budget::amount(&whole.to_string(), &currency)?,
            Some(MoneySent::Typed(text)) => budget::amount(&text, &currency)?,
        };
        if money.as_ref().is_some_and(|money| money.minor < 0 || money.currency.len() != 3) {
            return Err(Problem::cannot(
                "budget.money is below nothing, or its currency is not three letters such as EUR.",
            ));
        }
        let weekly_hours = self.weekly_hours.unwrap_or(8);
        if !(1..=168).contains(&weekly_hours) {
            return Err(Problem::cannot("budget.weekly_hours is not between 1 and 168."));
        }
        Ok(Budget { hours: self.hours, money, by: self.by, weekly_hours, rates: self.rates })
    }
}

/// `POST /api/v1/verify`, as JSON or as a multipart form.
pub async fn verify(State(app): State<Arc<App>>, request: Request) -> Result<Json<VerifyReport>, ApiProblem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let (items, checker) = if kind.starts_with("multipart/form-data") {
        let form = Multipart::from_request(request, &()).await;
        from_form(&app, form.map_err(|_| Problem::broken("The form could not be read. Send it again."))?).await?
    } else {
        let ask: VerifyAsk = json(request).await?;
        ask.open(&app).await?
    };
    if items.is_empty() {
        return Err(Problem::cannot("Nothing to verify was sent: files and urls are both empty.").into());
    }
    Ok(Json(app.check(items, &checker).await.report))
}

async fn from_form(app: &App, form: Multipart) -> Result<(Vec<Item>, Checker), Problem> {
    let mut sent = Sent::read(form).await?;
    let mut opener = Opener::default();
    let (lists, mut items) = verify::lists_and_items(&mut sent, &mut opener).await?;
    items.extend(verify::pasted(app, sent.field("text"), &mut opener).await?);
    let address = sent.field("address");
    let addresses = (!address.is_empty()).then(|| Address { value: address.to_owned(), confirmed: false });
    let lists = (!lists.is_empty()).then_some(lists);
    Ok((items, Checker { lists, addresses: addresses.into_iter().collect(), ..Checker::default() }))
}

impl VerifyAsk {
    async fn open(self, app: &App) -> Result<(Vec<Item>, Checker), Problem> {
        if self.files.len() + self.urls.len() > MOST_ITEMS {
            return Err(Problem::cannot(format!("At most {MOST_ITEMS} files and urls are taken at once.")));
        }
        let mut files = Vec::new();
        for (n, file) in self.files.into_iter().enumerate() {
            let name = file.name.unwrap_or_else(|| format!("file {}", n + 1));
            let bytes = match (file.text, file.base64) {
                (Some(text), None) => text.into_bytes(),
                (None, Some(text)) => decoded(&text).ok_or_else(|| {
                    Problem::cannot(format!("files[{n}].base64 is not base64. Encode the file's bytes."))
                })?,
                _ => return Err(Problem::cannot(format!("files[{n}] needs either text or base64, and not both."))),
            };
            files.push((name, bytes));
        }
        let mut opener = Opener::default();
        let opened = opener.open_all(files).await?;
        let mut items: Vec<Item> = opened.into_iter().flat_map(|opened| opened.0).collect();
        for url in &self.urls {
            if url.contains(char::is_whitespace) || !url.contains("://") {
                return Err(Problem::cannot("urls holds something that is no address, such as https://…"));
            }
            items.extend(verify::pasted(app, url, &mut opener).await?);
        }
        let mut lists = Vec::new();
        for (n, list) in self.trust.iter().enumerate() {
            lists.push(verify::read_list(&format!("trust[{n}]"), list.to_string().as_bytes())?);
        }
        let address = |sent| match sent {
            AddressSent::Plain(value) => Address { value, confirmed: false },
            AddressSent::Said(address) => address,
        };
        let checker = Checker {
            lists: (!lists.is_empty()).then_some(lists),
            addresses: self.holder.addresses.into_iter().map(address).collect(),
            require: self.require,
            at: self.at,
            oldest_status: self.oldest_status_hours.map(|hours| SignedDuration::from_hours(i64::from(hours))),
        };
        Ok((items, checker))
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(&text).or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='))).ok()
}

impl GapAsk {
    async fn work_out(self, app: &Arc<App>) -> Result<(GapReport, BudgetSent), Problem> {
        let ads = ads(self.ads)?;
        if ads.is_empty() && self.role.is_none() {
            return Err(Problem::cannot("Nothing to aim at was sent: give ads, or the id of a role."));
        }
        if self.role.as_deref().is_some_and(|id| find_role(app.packs(), id).is_none()) {
            return Err(Problem::cannot("role is not the id of a role of the catalogue, such as cloud-engineer."));
        }
        let claims = match self.claims {
            None => Vec::new(),
            Some(Texts::One(text)) => vec![text],
            Some(Texts::Several(texts)) => texts,
        };
        let claims = claims.into_iter().map(|text| ("your own words".to_owned(), text)).collect();
        let ask = VerifyAsk {
            files: self.files,
            urls: self.urls,
            holder: self.holder,
            trust: self.trust,
            at: self.at,
            oldest_status_hours: self.oldest_status_hours,
            require: self.require,
        };
        let (items, checker) = ask.open(app).await?;
        let checked = app.check(items, &checker).await;
        Ok((app.gap(ads, self.role, checked.report, claims).await?, self.budget))
    }
}

fn ads(sent: Vec<AdSent>) -> Result<Vec<(String, String)>, Problem> {
    if sent.len() > MOST_ADS {
        return Err(Problem::cannot(format!("At most {MOST_ADS} ads are read together.")));
    }
    let named = |(n, ad)| match ad {
        AdSent::Text(text) => (format!("ad {}", n + 1), text),
        AdSent::Named { name, text } => (name, text),
    };
    let ads: Vec<(String, String)> = sent.into_iter().enumerate().map(named).collect();
    for (n, (_, text)) in ads.iter().enumerate() {
        if text.trim().is_empty() {
            return Err(Problem::cannot(format!("ads[{n}] is empty. Send the whole text of the ad.")));
        }
        if text.len() > MOST_AD_BYTES {
            return Err(Problem::too_large(format!(
                "ads[{n}] has {} bytes; at most {MOST_AD_BYTES} are read.",
                text.len()
            )));
        }
    }
    Ok(ads)
}

/// `POST /api/v1/gap`.
pub async fn gap(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiProblem> {
    let ask: GapAsk = json(request).await?;
    let (report, _) = ask.work_out(&app).await?;
    Ok(Json(report).into_response())
}

/// `POST /api/v1/plan`.
pub async fn plan(State(app): State<Arc<App>>, request: Request) -> Result<Response, ApiProblem> {
    let ask: GapAsk = json(request).await?;
    let (report, budget) = ask.work_out(&app).await?;
    match app.plan(report, budget.read()?).await? {
        Ok(report) => Ok(Json(report).into_response()),
        Err(refusal) => Err(RestProblem::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.code, refusal.says)),
    }
}

/// Reads a JSON body; the sentence says where it is wrong.
async fn json<T: DeserializeOwned>(request: Request) -> Result<T, ApiProblem> {
    let bytes: Bytes = body::to_bytes(request.into_body(), MOST_BODY)
        .await
        .map_err(|_| Problem::too_large(format!("A request may have {} MB.", MOST_BODY >> 20)))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let what = if error.is_data() { "The JSON has another shape than this asks for" } else { "This is not JSON" };
        let docs = "See /docs/api for the members.";
        Problem::broken(format!("{what}: {error}. {docs}")).into()
    })
}
