//! Verify, for anyone: files, a paste or an address in, five answers each out. Nothing is kept.

use std::sync::Arc;

use axum::extract::{Multipart, State};
use axum::response::Response;
use cairn_credential::intake::{Item, Problem as Unreadable, What};
use cairn_credential::policy::Address;
use cairn_credential::trust::{self, TrustList};
use cairn_registrar::shapes::{Became, VerifyReport};

use super::app::{App, Checker};
use super::pages::{Chrome, Here, VerifyPage, page};
use super::problem::Problem;
use super::upload::{self, Opener, Sent};
use super::{view, words};

/// `GET /verify`.
pub async fn form(State(app): State<Arc<App>>) -> Response {
    page(&VerifyPage {
        chrome: Chrome::new("Verify a badge", Here::Verify, app.is_demo()),
        headline: String::new(),
        at: String::new(),
        lists: String::new(),
        notice: None,
        results: Vec::new(),
    })
}

/// `POST /verify`.
pub async fn check(State(app): State<Arc<App>>, form: Multipart) -> Result<Response, Problem> {
    let mut sent = Sent::read(form).await?;
    let mut opener = Opener::default();
    let (own_lists, mut items) = lists_and_items(&mut sent, &mut opener).await?;
    let text = sent.field("text");
    items.extend(pasted(&app, text, &mut opener).await?);
    if items.is_empty() {
        return Err(Problem::cannot(
            "Nothing was sent. Choose at least one file, or paste a badge or its https address.",
        ));
    }
    let address = sent.field("address");
    let checker = Checker {
        lists: (!own_lists.is_empty()).then_some(own_lists),
        addresses: if address.is_empty() {
            Vec::new()
        } else {
            vec![Address { value: address.chars().take(320).collect(), confirmed: false }]
        },
        ..Checker::default()
    };
    let checked = app.check(items, &checker).await;
    Ok(page(&results(&app, &checked.report)))
}

/// A trust list, or a sentence on what is wrong with it.
pub fn read_list(name: &str, bytes: &[u8]) -> Result<TrustList, Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Problem::cannot(format!("The trust list {name} is no text. Send it as JSON.")))?;
    trust::read(text).map_err(|says| Problem::cannot(format!("{name}: {says}")))
}

/// Trust lists of the checker's own, and what is in the other files of a form.
pub async fn lists_and_items(sent: &mut Sent, opener: &mut Opener) -> Result<(Vec<TrustList>, Vec<Item>), Problem> {
    let mut lists = Vec::new();
    let mut files = Vec::new();
    for (field, name, bytes) in std::mem::take(&mut sent.files) {
        if field == "trust" {
            lists.push(read_list(&name, &bytes)?);
        } else {
            files.push((name, bytes));
        }
    }
    let opened = opener.open_all(files).await?;
    Ok((lists, opened.into_iter().flat_map(|opened| opened.0).collect()))
}

/// What was pasted: addresses to fetch, or a badge. An address that cannot be fetched is an item that says why.
pub async fn pasted(app: &App, text: &str, opener: &mut Opener) -> Result<Vec<Item>, Problem> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let Some(addresses) = upload::addresses(text) else {
        return Ok(opener.open(upload::name_of_pasted(text), text.as_bytes().to_vec()).await?.0);
    };
    let mut items = Vec::new();
    for address in addresses.into_iter().take(20) {
        match app.fetch(address).await {
            Ok(bytes) => items.extend(opener.open(address, bytes).await?.0),
            Err(refusal) => items.push(Item {
                name: address.chars().take(300).collect(),
                what: What::Unread(Unreadable { code: refusal.code.into(), says: refusal.says }),
            }),
        }
    }
    Ok(items)
}

fn results(app: &App, report: &VerifyReport) -> VerifyPage {
    let open = report.items.len() == 1;
    VerifyPage {
        chrome: Chrome::new("Verified", Here::Verify, app.is_demo()),
        headline: headline(report),
        at: words::moment(report.at),
        lists: match report.policy.trust_lists.as_slice() {
            [] => "no list of issuers".into(),
            lists => words::listed(&lists.iter().map(|list| format!("“{list}”")).collect::<Vec<_>>()),
        },
        notice: None,
        results: report.items.iter().map(|item| view::item(item, None, open)).collect(),
    }
}

fn headline(report: &VerifyReport) -> String {
    let (mut credentials, mut sound) = (0, 0);
    for item in &report.items {
        if let Became::Credential { ok, .. } = &item.became {
            credentials += 1;
            sound += usize::from(*ok);
        }
    }
    match (credentials, sound) {
        (0, _) => "No credential that can be checked".into(),
        (1, 1) => "Genuine and current".into(),
        (1, _) => "Not as it should be".into(),
        (all, all_sound) if all == all_sound => format!("All {all} are genuine and current"),
        (all, sound) => format!("{sound} of {all} are genuine and current"),
    }
}
