//! The catalogue: roles and credentials by industry, searched in memory.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use cairn_domain::offer::Offer;
use cairn_domain::pack::{Pack, PackWanted, Role};
use cairn_domain::requirement::{Kind, Wanted};
use cairn_registrar::packs::Packs;
use serde::Deserialize;

use super::app::App;
use super::gap;
use super::pages::{
    CataloguePage, ChallengeView, Chrome, Here, OfferCard, OfferPage, RoleCard, RoleLine, RolePage, page,
};
use super::problem::Problem;
use super::view::Linked;
use super::words;

const ROLES: &str = "role";
const SHOWN: usize = 4;

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Search {
    q: String,
    industry: String,
    kind: String,
}

/// `GET /catalogue?q=&industry=&kind=`.
pub async fn list(State(app): State<Arc<App>>, Query(search): Query<Search>) -> Response {
    page(&catalogue(app.packs(), app.is_demo(), search))
}

fn catalogue(packs: &Packs, sample: bool, search: Search) -> CataloguePage {
    let wanted: Vec<String> =
        search.q.chars().take(200).collect::<String>().split_whitespace().map(str::to_lowercase).collect();
    let found = |words: &str| wanted.iter().all(|word| words.contains(word.as_str()));
    let in_industry = |id: &str| search.industry.is_empty() || search.industry == id;
    let mut roles = Vec::new();
    if search.kind.is_empty() || search.kind == ROLES {
        for pack in packs.packs.iter().filter(|pack| in_industry(&pack.id)) {
            roles.extend(pack.roles.iter().map(|role| role_card(pack, role)).filter(|card| found(&card.words)));
        }
    }
    let offers: Vec<OfferCard> = packs
        .offers()
        .iter()
        .filter(|offer| in_industry(&offer.industry))
        .filter(|offer| search.kind.is_empty() || words::offer_kind(offer.kind).0 == search.kind)
        .map(|offer| offer_card(packs, offer))
        .filter(|card| found(&card.words))
        .collect();
    let told = match roles.len() + offers.len() {
        0 => "Nothing found. Try fewer or other words.".into(),
        _ => format!("{} and {}", words::count(roles.len(), "role"), words::count(offers.len(), "credential")),
    };
    let mut kinds = vec![(ROLES, "Roles")];
    kinds.extend(words::OFFER_KINDS.iter().map(|kind| words::offer_kind(*kind)));
    CataloguePage {
        chrome: Chrome::new("Catalogue", Here::Catalogue, sample),
        industries: packs.packs.iter().map(|pack| (pack.id.clone(), pack.name.clone())).collect(),
        kinds,
        told,
        roles,
        offers,
        q: search.q,
        industry: search.industry,
        kind: search.kind,
    }
}

fn industry(packs: &Packs, id: &str) -> String {
    packs.packs.iter().find(|pack| pack.id == id).map_or_else(|| id.to_owned(), |pack| pack.name.clone())
}

fn role_card(pack: &Pack, role: &Role) -> RoleCard {
    let asked: Vec<&str> = role.requires.iter().map(|r| r.wanted.label.as_str()).collect();
    RoleCard {
        id: role.id.clone(),
        title: role.title.clone(),
        industry: pack.name.clone(),
        summary: role.summary.clone(),
        pay: words::money(&role.pay.figure.value),
        pay_what: role.pay.what.clone(),
        words: format!("{} {} {} {}", role.title, role.also.join(" "), role.summary, asked.join(" ")).to_lowercase(),
    }
}

fn offer_card(packs: &Packs, offer: &Offer) -> OfferCard {
    let labels: Vec<String> = offer.proves.iter().map(|wanted| wanted.label.clone()).collect();
    OfferCard {
        id: offer.id.clone(),
        name: offer.name.clone(),
        provider: offer.provider.name.clone(),
        industry: industry(packs, &offer.industry),
        kind: words::offer_kind(offer.kind).1,
        price: words::money(&offer.price.value),
        hours: words::hours(offer.hours.value),
        words: format!("{} {} {}", offer.name, offer.provider.name, labels.join(" ")).to_lowercase(),
        more: labels.len().saturating_sub(SHOWN),
        proves: labels.into_iter().take(SHOWN).collect(),
        covers: String::new(),
    }
}

/// `GET /catalogue/offers/{id}`.
pub async fn offer(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let offers = app.packs().offers();
    let Some(offer) = offers.iter().find(|offer| offer.id == id) else {
        return Err(Problem::not_found("There is no such credential in the catalogue."));
    };
    Ok(page(&offer_page(app.packs(), offers, offer, app.is_demo())))
}

fn offer_page(packs: &Packs, offers: &[Offer], offer: &Offer, sample: bool) -> OfferPage {
    let before = |id: &String| match offers.iter().find(|offer| offer.id == *id) {
        Some(offer) => (offer.name.clone(), Some(offer.id.clone())),
        None => (certificate_name(packs, id), None),
    };
    OfferPage {
        chrome: Chrome::new(offer.name.clone(), Here::Catalogue, sample),
        name: offer.name.clone(),
        industry: industry(packs, &offer.industry),
        kind: words::offer_kind(offer.kind).1,
        provider: offer.provider.name.clone(),
        provider_url: words::web_address(&offer.provider.url),
        url: words::web_address(&offer.url),
        proves: offer.proves.iter().map(linked).collect(),
        roles: roles_for(packs, offer),
        price: words::money(&offer.price.value),
        price_basis: words::basis(&offer.price.basis),
        hours: words::hours(offer.hours.value),
        hours_basis: words::basis(&offer.hours.basis),
        challenge: offer.challenge.as_ref().map(|challenge| ChallengeView {
            hours: words::hours(challenge.hours.value),
            price: words::money(&challenge.price.value),
            basis: words::basis(&challenge.price.basis),
        }),
        assessed: format!("Assessed by {}.", words::assessed(&offer.assessment)),
        validity: match offer.valid_months {
            Some(months) => format!("Valid for {}.", words::count(months as usize, "month")),
            None => "It does not expire.".into(),
        },
        prerequisites: offer.prerequisites.iter().map(before).collect(),
    }
}

fn certificate_name(packs: &Packs, id: &str) -> String {
    let certificate = id.strip_prefix("cert:").and_then(|id| packs.certificate(id));
    certificate.map_or_else(|| id.to_owned(), |certificate| certificate.name.clone())
}

fn linked(wanted: &Wanted) -> Linked {
    Linked { name: wanted.label.clone(), url: words::web_address(&wanted.key), kind: words::kind(wanted.kind) }
}

/// The key under which a pack's wanted thing is known to the rules of learning.
fn key(wanted: &PackWanted) -> (Kind, String) {
    let w = wanted;
    let named = |kind, prefix: &str, value: &str| (kind, format!("{prefix}{value}"));
    match (&w.skill, &w.tool, &w.certificate, &w.licence, &w.degree, &w.years, &w.language) {
        (Some(uri), ..) => (Kind::Skill, uri.clone()),
        (_, Some(tool), ..) => named(Kind::Tool, "onet:", tool),
        (_, _, Some(id), ..) => named(Kind::Certificate, "cert:", id),
        (_, _, _, Some(id), ..) => named(Kind::Licence, "licence:", id),
        (_, _, _, _, Some(level), ..) => named(Kind::Degree, "degree:", level),
        (_, _, _, _, _, Some(years), _) => named(Kind::Years, "years:", &years.to_string()),
        (.., Some(code)) => named(Kind::Language, "language:", code),
        _ => (Kind::Skill, w.label.clone()),
    }
}

fn roles_for(packs: &Packs, offer: &Offer) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for role in packs.packs.iter().flat_map(|pack| &pack.roles) {
        let labels: Vec<String> = role
            .requires
            .iter()
            .filter(|r| offer.proves.iter().any(|wanted| wanted.key == key(&r.wanted).1))
            .map(|r| r.wanted.label.clone())
            .collect();
        if !labels.is_empty() {
            found.push((role.id.clone(), role.title.clone(), words::listed(&labels)));
        }
    }
    found
}

/// A role and the pack it is in.
pub fn find_role<'a>(packs: &'a Packs, id: &str) -> Option<(&'a Pack, &'a Role)> {
    packs.packs.iter().find_map(|pack| pack.roles.iter().find(|role| role.id == id).map(|role| (pack, role)))
}

/// `GET /catalogue/roles/{id}`.
pub async fn role(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let Some((pack, role)) = find_role(app.packs(), &id) else {
        return Err(Problem::not_found("There is no such role in the catalogue."));
    };
    Ok(page(&role_page(app.packs(), pack, role, app.is_demo())))
}

fn role_page(packs: &Packs, pack: &Pack, role: &Role, sample: bool) -> RolePage {
    let requires = role.requires.iter().map(|r| {
        let (kind, key) = key(&r.wanted);
        RoleLine {
            label: r.wanted.label.clone(),
            url: words::web_address(&key),
            kind: words::kind(kind),
            importance: words::importance(r.importance),
            weight: r.weight,
        }
    });
    RolePage {
        chrome: Chrome::new(role.title.clone(), Here::Catalogue, sample),
        id: role.id.clone(),
        title: role.title.clone(),
        industry: pack.name.clone(),
        summary: role.summary.clone(),
        onet: role.onet.clone(),
        pay: gap::pay(&role.pay),
        requires: requires.collect(),
        offers: offers_for(packs, role),
    }
}

/// Offers that prove something the role asks for, those that prove most of its weight first.
fn offers_for(packs: &Packs, role: &Role) -> Vec<OfferCard> {
    let keys: Vec<(String, &str, u32)> =
        role.requires.iter().map(|r| (key(&r.wanted).1, r.wanted.label.as_str(), r.weight)).collect();
    let mut found: Vec<(u32, OfferCard)> = Vec::new();
    for offer in packs.offers() {
        let hits: Vec<&(String, &str, u32)> =
            keys.iter().filter(|k| offer.proves.iter().any(|wanted| wanted.key == k.0)).collect();
        if !hits.is_empty() {
            let covers = words::listed(&hits.iter().map(|hit| hit.1.to_owned()).collect::<Vec<_>>());
            found.push((hits.iter().map(|hit| hit.2).sum(), OfferCard { covers, ..offer_card(packs, offer) }));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    found.into_iter().map(|(_, card)| card).collect()
}
