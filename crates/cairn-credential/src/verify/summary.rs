//! One sentence for somebody in a hurry.

use crate::facts::Facts;
use crate::verdict::*;

pub(super) fn summary(verdict: &Verdict) -> String {
    let Some(facts) = &verdict.facts else {
        let why = verdict.checks.last().map(|check| check.says.as_str()).unwrap_or("It could not be read.");
        return format!("Could not be read as a credential: {why}");
    };
    let name = format!("“{}”", facts.name);
    let issuer = issuer_name(facts, &verdict.known.is);
    match &verdict.genuine.is {
        Genuine::No { altered: Altered::At { pointers, .. } } => {
            let place = pointers.first().map(String::as_str).unwrap_or_default();
            return format!("Do not rely on it: {name} is not what its issuer signed; it was altered at {place}.");
        }
        Genuine::No { altered: Altered::SomewhereInTheSignedPart } => {
            return format!("Do not rely on it: {name} is not what its issuer signed.");
        }
        Genuine::No { altered: Altered::TheProof } => {
            return format!("Do not rely on it: {name} carries no good proof by {issuer}.");
        }
        Genuine::CannotTell => {
            let why = verdict.checks.iter().find(|check| check.outcome == Outcome::Inconclusive);
            let why = why.map(|check| format!(" {}", check.says)).unwrap_or_default();
            return format!("Whether {name} is genuine cannot be told.{why}");
        }
        Genuine::Yes => {}
    }
    let day = |moment: &jiff::Timestamp| moment.to_string().chars().take(10).collect::<String>();
    match &verdict.current.is {
        Current::Revoked { .. } => return format!("No longer valid: {name} was revoked by {issuer}."),
        Current::Suspended { .. } => return format!("Not valid at present: {name} is suspended by {issuer}."),
        Current::Expired { since } => {
            return format!("Genuine but expired: {name} by {issuer} ended on {}.", day(since));
        }
        Current::NotYet { from } => {
            return format!("Genuine but not valid yet: {name} by {issuer} begins on {}.", day(from));
        }
        Current::CannotTell => {
            return format!("Genuine: {name} by {issuer}; whether it still holds cannot be told.");
        }
        Current::Yes => {}
    }
    let mut but = Vec::new();
    match &verdict.known.is {
        Known::SelfAsserted => but.push("its issuer is not on any list you chose".to_owned()),
        Known::VouchedFor { by, .. } => but.push(format!("its issuer is known only through {by}")),
        Known::OnList { .. } => {}
    }
    if verdict.entitled.is == Entitled::NobodySays {
        but.push("nobody says its issuer may give this achievement".into());
    }
    let differs = verdict.checks.iter().any(|check| check.code == "address-differs");
    match &verdict.whose.is {
        Whose::NameOnly | Whose::NobodyShowed if differs => {
            but.push("it is made out to another address than those given".into());
        }
        Whose::NameOnly => but.push("it bears only a name".into()),
        Whose::NobodyShowed => but.push("nobody showed whose it is".into()),
        Whose::AddressMatches { confirmed: false } => but.push("the address it is made out to is unconfirmed".into()),
        _ => {}
    }
    match but.is_empty() {
        true => format!("Genuine and current: {name} by {issuer}."),
        false => format!("Genuine and current: {name} by {issuer}; but {}.", but.join(", and ")),
    }
}

/// The name on the checker's list where there is one; a badge may call its issuer anything.
fn issuer_name(facts: &Facts, known: &Known) -> String {
    match (known, &facts.issuer.name) {
        (Known::OnList { name: Some(name), .. }, _) => name.clone(),
        (Known::OnList { .. } | Known::VouchedFor { .. }, Some(name)) => name.clone(),
        (Known::SelfAsserted, Some(name)) => format!("an issuer that calls itself {name}"),
        (_, None) if facts.issuer.id.is_empty() => "nobody named".into(),
        (_, None) => facts.issuer.id.clone(),
    }
}
