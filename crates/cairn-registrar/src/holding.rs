//! From verdicts to what the rules of learning see.

use cairn_credential::facts::Facts;
use cairn_credential::verdict::{Current, Entitled, Genuine, Known, NestedRole, Verdict, Whose};
use cairn_domain::mastery::mastery;
use cairn_domain::standing::{Alignment, Currency, Held, Ownership};

use crate::shapes::{Became, VerifyReport};

/// Every credential of a report that could be read; those inside a presentation each on their own.
pub fn held(report: &VerifyReport) -> Vec<Held> {
    let mut held = Vec::new();
    for (item, checked) in report.items.iter().enumerate() {
        if let Became::Credential { verdict, .. } = &checked.became {
            collect(item, verdict, &mut held);
        }
    }
    held
}

fn collect(item: usize, verdict: &Verdict, held: &mut Vec<Held>) {
    if let Some(facts) = verdict.facts.as_ref().filter(|facts| facts.achievement.is_some()) {
        held.push(one(item, verdict, facts));
    }
    for nested in verdict.nested.iter().filter(|nested| nested.role == NestedRole::Presented) {
        collect(item, &nested.verdict, held);
    }
}

fn one(item: usize, verdict: &Verdict, facts: &Facts) -> Held {
    let achievement = facts.achievement.as_ref();
    let meets = facts.results.iter().filter_map(|result| result.meets_requirement).reduce(|all, one| all && one);
    let kind = achievement.and_then(|a| a.kind.clone());
    let criterion = achievement.and_then(|a| a.criteria.clone());
    Held {
        item,
        id: facts.id.clone().unwrap_or_else(|| format!("sha256:{}", facts.sha256)),
        name: achievement.map_or_else(|| facts.name.clone(), |a| a.name.clone()),
        achievement: achievement.map(|a| a.id.clone()),
        issuer: facts.issuer.id.clone(),
        issuer_name: listed_name(verdict).or_else(|| facts.issuer.name.clone()),
        definer: achievement.map(|a| a.definer.id.clone()),
        genuine: match verdict.genuine.is {
            Genuine::Yes => Some(true),
            Genuine::No { .. } => Some(false),
            Genuine::CannotTell => None,
        },
        currency: currency(&verdict.current.is),
        own: ownership(verdict),
        accepted_issuer: matches!(verdict.known.is, Known::OnList { .. } | Known::VouchedFor { .. }),
        self_issued: has_check(verdict, "self-issued"),
        entitled: matches!(verdict.entitled.is, Entitled::DefinedIt | Entitled::Delegated { .. }),
        mastery: mastery(kind.as_deref(), meets, criterion.as_deref()),
        alignments: achievement.map(alignments).unwrap_or_default(),
        kind,
        criterion,
        results: facts.results.iter().filter_map(|result| result_in_words(facts, result)).collect(),
        level: facts.results.iter().find_map(|result| level_name(facts, result)),
        evidence: facts
            .evidence
            .iter()
            .filter_map(|e| e.url.clone().or_else(|| e.name.clone()).or_else(|| e.narrative.clone()))
            .collect(),
    }
}

fn listed_name(verdict: &Verdict) -> Option<String> {
    match &verdict.known.is {
        Known::OnList { name, .. } => name.clone(),
        _ => None,
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
        Whose::NameOnly | Whose::NobodyShowed if has_check(verdict, "address-differs") => Ownership::SomebodyElse,
        Whose::NameOnly | Whose::NobodyShowed => Ownership::NameOnly,
    }
}

fn has_check(verdict: &Verdict, code: &str) -> bool {
    verdict.checks.iter().any(|check| check.code == code)
}

fn alignments(achievement: &cairn_credential::facts::Achievement) -> Vec<Alignment> {
    achievement
        .alignments
        .iter()
        .map(|a| Alignment { url: a.url.clone(), name: a.name.clone(), pointer: a.pointer.clone() })
        .collect()
}

/// The name of the rubric level that a result reached.
fn level_name(facts: &Facts, result: &cairn_credential::facts::ResultFact) -> Option<String> {
    let level = result.achieved_level.as_ref()?;
    let descriptions = &facts.achievement.as_ref()?.result_descriptions;
    descriptions.iter().flat_map(|d| &d.levels).find(|(id, _)| id == level).map(|(_, name)| name.clone())
}

/// `Explains a design: proficient`.
fn result_in_words(facts: &Facts, result: &cairn_credential::facts::ResultFact) -> Option<String> {
    let value = level_name(facts, result).or_else(|| result.value.clone()).or_else(|| result.status.clone())?;
    let descriptions = facts.achievement.as_ref().map(|a| a.result_descriptions.as_slice()).unwrap_or_default();
    let name = result.description.as_ref().and_then(|id| descriptions.iter().find(|d| d.id == *id)).map(|d| &d.name);
    Some(match name {
        Some(name) => format!("{name}: {value}"),
        None => value,
    })
}
