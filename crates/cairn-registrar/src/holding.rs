//! From a verdict to what the rules of learning work on.

use cairn_credential::facts::{Facts, ResultDescription, ResultFact};
use cairn_credential::verdict::{Current, Entitled, Genuine, Known, NestedRole, Verdict, Whose};
use cairn_domain::mastery::mastery;
use cairn_domain::standing::{Alignment, Currency, Held, Ownership};

use crate::shapes::{Became, CheckedItem};

/// What all checked things show. A presentation gives one for each credential in it.
pub fn held(items: &[CheckedItem]) -> Vec<Held> {
    let mut all = Vec::new();
    for (item, checked) in items.iter().enumerate() {
        if let Became::Credential { verdict, .. } = &checked.became {
            collect(item, &checked.name, verdict, &mut all);
        }
    }
    all
}

fn collect(item: usize, name: &str, verdict: &Verdict, all: &mut Vec<Held>) {
    let presented: Vec<&Verdict> =
        verdict.nested.iter().filter(|n| n.role == NestedRole::Presented).map(|n| &n.verdict).collect();
    if presented.is_empty() {
        all.extend(
            verdict
                .facts
                .as_ref()
                .filter(|facts| facts.achievement.is_some())
                .map(|facts| one(item, name, verdict, facts)),
        );
    }
    for inner in presented {
        collect(item, name, inner, all);
    }
}

fn one(item: usize, file: &str, verdict: &Verdict, facts: &Facts) -> Held {
    let achievement = facts.achievement.as_ref();
    let kind = achievement.and_then(|a| a.kind.clone());
    let criterion = achievement.and_then(|a| a.criteria.clone().or_else(|| a.criteria_url.clone()));
    let described = |result: &ResultFact| {
        let of = result.description.as_ref()?;
        achievement?.result_descriptions.iter().find(|description| description.id == *of)
    };
    let results: Vec<String> = facts.results.iter().filter_map(|result| in_words(result, described(result))).collect();
    Held {
        item,
        id: facts.id.clone().unwrap_or_else(|| format!("sha256:{}", facts.sha256)),
        name: achievement.map(|a| a.name.clone()).filter(|n| !n.is_empty()).unwrap_or_else(|| file.to_owned()),
        achievement: achievement.map(|a| a.id.clone()).filter(|id| !id.is_empty()),
        issuer: facts.issuer.id.clone(),
        issuer_name: listed_name(&verdict.known.is).or_else(|| facts.issuer.name.clone()),
        definer: achievement.map(|a| a.definer.id.clone()).filter(|id| !id.is_empty()),
        genuine: match verdict.genuine.is {
            Genuine::Yes => Some(true),
            Genuine::No { .. } => Some(false),
            Genuine::CannotTell => None,
        },
        currency: currency(&verdict.current.is),
        own: ownership(verdict),
        accepted_issuer: matches!(verdict.known.is, Known::OnList { .. } | Known::VouchedFor { .. }),
        self_issued: facts.subject.id.as_deref() == Some(facts.issuer.id.as_str()),
        entitled: matches!(verdict.entitled.is, Entitled::DefinedIt | Entitled::Delegated { .. }),
        mastery: mastery(kind.as_deref(), all_meet(&facts.results), criterion.as_deref()),
        alignments: achievement.map(|a| a.alignments.iter().map(alignment).collect()).unwrap_or_default(),
        kind,
        criterion,
        results,
        level: facts.results.iter().find_map(|result| achieved(result, described(result))),
        evidence: facts
            .evidence
            .iter()
            .filter_map(|e| e.url.clone().or(e.name.clone()).or(e.narrative.clone()))
            .collect(),
    }
}

fn alignment(of: &cairn_credential::facts::Alignment) -> Alignment {
    Alignment { url: of.url.clone(), name: of.name.clone(), pointer: of.pointer.clone() }
}

fn listed_name(known: &Known) -> Option<String> {
    match known {
        Known::OnList { name, .. } => name.clone(),
        Known::VouchedFor { .. } | Known::SelfAsserted => None,
    }
}

fn currency(current: &Current) -> Currency {
    match current {
        Current::Yes => Currency::Current,
        Current::Expired { since } => Currency::Expired { since: *since },
        Current::NotYet { .. } => Currency::NotYet,
        Current::Revoked { .. } => Currency::Revoked,
        Current::Suspended { .. } => Currency::Suspended,
        Current::CannotTell => Currency::Unknown,
    }
}

fn ownership(verdict: &Verdict) -> Ownership {
    match verdict.whose.is {
        Whose::ShownByKey | Whose::AddressMatches { confirmed: true } => Ownership::Shown,
        Whose::AddressMatches { confirmed: false } => Ownership::Unconfirmed,
        Whose::NameOnly | Whose::NobodyShowed => {
            // an address was given and the badge is made out to another one
            let other = verdict.checks.iter().any(|check| check.code == "address-differs");
            if other { Ownership::SomebodyElse } else { Ownership::NameOnly }
        }
    }
}

/// Whether every result that says so meets what is required; `None` when none says.
fn all_meet(results: &[ResultFact]) -> Option<bool> {
    results.iter().filter_map(|result| result.meets_requirement).reduce(|a, b| a && b)
}

/// The level or value achieved, by name where its description has one.
fn achieved(result: &ResultFact, of: Option<&ResultDescription>) -> Option<String> {
    match &result.achieved_level {
        Some(level) => Some(level_name(level, of)),
        None => result.value.clone(),
    }
}

fn level_name(level: &str, of: Option<&ResultDescription>) -> String {
    let named = of.and_then(|of| of.levels.iter().find(|(id, _)| id == level));
    named.map_or_else(|| level.to_owned(), |(_, name)| name.clone())
}

/// Such as `Secures an account: expert (proficient required)`.
fn in_words(result: &ResultFact, of: Option<&ResultDescription>) -> Option<String> {
    let got = achieved(result, of).or_else(|| result.status.clone())?;
    let what = of.map_or("Result", |of| of.name.as_str());
    let level = of.and_then(|of| of.required_level.as_deref());
    let required = level.map(|level| level_name(level, of)).or_else(|| of?.required_value.clone());
    Some(match required {
        Some(required) => format!("{what}: {got} ({required} required)"),
        None => format!("{what}: {got}"),
    })
}
