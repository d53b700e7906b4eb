//! From a verdict to what the rules of learning work on.

use cairn_credential::facts::{Achievement, Facts, ResultDescription, ResultFact};
use cairn_credential::verdict::{Current, Entitled, Genuine, Known, NestedRole, Verdict, Whose};
use cairn_domain::mastery::{mastery, tells_of_presence};
use cairn_domain::standing::{Alignment, Currency, Held, Ownership};

use crate::shapes::{Became, CheckedItem};

/// What all checked things show. A presentation gives one for each credential in it.
pub fn held(items: &[CheckedItem]) -> Vec<Held> {
    let mut all = Vec::new();
    for (item, checked) in items.iter().enumerate() {
        if let Became::Credential { verdict, .. } = &checked.became {
            collect(item, &checked.name, verdict, false, &mut all);
        }
    }
    all
}

/// Collects what one verdict shows. `replayable` says that it was presented to nobody in particular.
fn collect(item: usize, name: &str, verdict: &Verdict, replayable: bool, all: &mut Vec<Held>) {
    let replayable = replayable || has(verdict, "presentation-may-be-replayed");
    let presented: Vec<&Verdict> =
        verdict.nested.iter().filter(|n| n.role == NestedRole::Presented).map(|n| &n.verdict).collect();
    if presented.is_empty() {
        let facts = verdict.facts.as_ref().filter(|facts| facts.achievement.is_some());
        all.extend(facts.map(|facts| one(item, name, verdict, facts, ownership(verdict, replayable))));
    }
    for inner in presented {
        collect(item, name, inner, replayable, all);
    }
}

fn one(item: usize, file: &str, verdict: &Verdict, facts: &Facts, own: Ownership) -> Held {
    let achievement = facts.achievement.as_ref();
    let kind = achievement.and_then(|a| a.kind.clone());
    let criterion = achievement.and_then(|a| a.criteria.clone().or_else(|| a.criteria_url.clone()));
    let described = |result: &ResultFact| described(achievement, result);
    // an address may well have "exam" in it
    let narrative = achievement.and_then(|a| a.criteria.as_deref());
    let mastery = mastery(kind.as_deref(), all_meet(achievement, &facts.results), narrative);
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
        own,
        accepted_issuer: matches!(verdict.known.is, Known::OnList { .. } | Known::VouchedFor { .. }),
        self_issued: facts.subject.id.as_deref() == Some(facts.issuer.id.as_str()),
        entitled: matches!(verdict.entitled.is, Entitled::DefinedIt | Entitled::Delegated { .. }),
        mastery,
        alignments: achievement.map(|a| a.alignments.iter().map(alignment).collect()).unwrap_or_default(),
        kind,
        criterion,
        results,
        level: facts.results.iter().find_map(|result| achieved(result, described(result))),
        evidence: facts
            .evidence
            .iter()
            .filter_map(|e| {
                let words = e.narrative.clone().or(e.name.clone());
                match (words, &e.url) {
                    (Some(words), Some(url)) => Some(format!("{words} ({url})")),
                    (words, url) => words.or(url.clone()),
                }
            })
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

/// A presentation made for nobody in particular may be somebody else's, shown again: it says whose key it was, and
/// only a confirmed address then says that the person here is its holder.
fn ownership(verdict: &Verdict, replayable: bool) -> Ownership {
    match verdict.whose.is {
        Whose::ShownByKey if replayable && !has(verdict, "address-matches") => Ownership::Unconfirmed,
        Whose::ShownByKey | Whose::AddressMatches { confirmed: true } => Ownership::Shown,
        Whose::AddressMatches { confirmed: false } => Ownership::Unconfirmed,
        // an address was given and the badge is made out to another one
        Whose::NameOnly | Whose::NobodyShowed if has(verdict, "address-differs") => Ownership::SomebodyElse,
        Whose::NameOnly | Whose::NobodyShowed => Ownership::NameOnly,
    }
}

fn has(verdict: &Verdict, code: &str) -> bool {
    verdict.checks.iter().any(|check| check.code == code)
}

/// Whether every result that says so meets what is required; `None` when none says. Hours attended, met, say nothing.
fn all_meet(of: Option<&Achievement>, results: &[ResultFact]) -> Option<bool> {
    let hours = |result: &ResultFact| described(of, result).is_some_and(|of| tells_of_presence(&of.name));
    let telling = results.iter().filter_map(|result| result.meets_requirement.filter(|meets| !meets || !hours(result)));
    telling.reduce(|a, b| a && b)
}

/// What a result is a result of.
fn described<'a>(of: Option<&'a Achievement>, result: &ResultFact) -> Option<&'a ResultDescription> {
    let id = result.description.as_ref()?;
    of?.result_descriptions.iter().find(|description| description.id == *id)
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

#[cfg(test)]
mod tests {
    use cairn_credential::facts::{Identifier, Party, Subject};
    use cairn_credential::gathered::Gathered;
    use cairn_credential::intake::Container;
    use cairn_credential::policy::{Address, Holder, Policy};
    use cairn_credential::sign::{SigningKey, open_badge, sign_data_integrity, sign_presentation};
    use cairn_credential::verify;
    use cairn_domain::standing::Mastery;
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;

    fn now() -> Timestamp {
        "2026-06-01T12:00:00Z".parse().unwrap()
    }

    /// A certification made out to the learner's key and address.
    fn facts() -> Facts {
        let issuer = Party { id: SigningKey::did_key(&[1; 32]).controller().into(), name: None, url: None };
        Facts {
            id: Some("urn:uuid:2c8a3a0e-0000-4000-8000-000000000001".into()),
            name: "Welding".into(),
            issuer: issuer.clone(),
            subject: Subject {
                id: Some(SigningKey::did_key(&[2; 32]).controller().into()),
                name: None,
                identifiers: vec![Identifier {
                    kind: "emailAddress".into(),
                    value: "maya@learner.example".into(),
                    hashed: false,
                    salt: None,
                }],
            },
            achievement: Some(Achievement {
                id: "urn:uuid:2c8a3a0e-0000-4000-8000-000000000002".into(),
                name: "Welding".into(),
                description: Some("Welds.".into()),
                kind: Some("MicroCredential".into()),
                criteria: Some("Weld a plate.".into()),
                definer: issuer,
                ..Achievement::default()
            }),
            valid_from: Some("2026-01-01T00:00:00Z".parse().unwrap()),
            ..Facts::default()
        }
    }

    fn signed(facts: &Facts) -> String {
        sign_data_integrity(&open_badge(facts, &[]), &SigningKey::did_key(&[1; 32]), now(), "assertionMethod").unwrap()
    }

    fn held_of(text: &str, holder: Holder) -> Held {
        let verdict = verify(text, &Gathered::default(), now(), &Policy { holder, ..Policy::default() });
        let became = Became::Credential {
            container: Container::Json,
            verdict: Box::new(verdict),
            ok: true,
            falls_short: Vec::new(),
        };
        held(&[CheckedItem { name: "welding.json".into(), became }]).remove(0)
    }

    #[test]
    fn a_showing_that_may_be_replayed_needs_a_confirmed_address() {
        let credential: Value = serde_json::from_str(&signed(&facts())).unwrap();
        let key = SigningKey::did_key(&[2; 32]);
        let presentation = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": key.controller(),
            "verifiableCredential": [credential],
        });
        let text = sign_presentation(&presentation, &key, now(), "n-1", None).unwrap();
        let own = |challenge: Option<&str>, address: Option<(&str, bool)>| {
            let address = address.map(|(value, confirmed)| Address { value: value.into(), confirmed });
            let addresses = address.into_iter().collect();
            held_of(&text, Holder { addresses, challenge: challenge.map(str::to_owned), domain: None }).own
        };
        assert_eq!(own(Some("n-1"), None), Ownership::Shown);
        assert_eq!(own(None, None), Ownership::Unconfirmed);
        assert_eq!(own(None, Some(("maya@learner.example", true))), Ownership::Shown);
        assert_eq!(own(None, Some(("maya@learner.example", false))), Ownership::Unconfirmed);
        assert_eq!(own(None, Some(("mallory@learner.example", true))), Ownership::Unconfirmed);
    }

    #[test]
    fn hours_and_addresses_are_no_assessment() {
        let mastery = |name: &str, kind: &str, criteria: Option<&str>, url: Option<&str>| {
            let mut facts = facts();
            let achievement = facts.achievement.as_mut().unwrap();
            achievement.criteria = criteria.map(str::to_owned);
            achievement.criteria_url = url.map(str::to_owned);
            achievement.result_descriptions = vec![ResultDescription {
                id: "urn:uuid:2c8a3a0e-0000-4000-8000-000000000003".into(),
                name: name.into(),
                kind: kind.into(),
                required_value: Some("80".into()),
                ..ResultDescription::default()
            }];
            facts.results = vec![ResultFact {
                description: Some("urn:uuid:2c8a3a0e-0000-4000-8000-000000000003".into()),
                value: Some("100".into()),
                ..ResultFact::default()
            }];
            if name.is_empty() {
                facts.results.clear();
            }
            held_of(&signed(&facts), Holder::default()).mastery
        };
        assert_eq!(mastery("Final exam", "Percent", Some("Weld."), None), Mastery::Assessed);
        assert_eq!(mastery("Attendance", "Percent", Some("Weld."), None), Mastery::Unsaid);
        assert_eq!(mastery("", "Percent", None, Some("https://exam.example/test")), Mastery::Unsaid);
    }
}
