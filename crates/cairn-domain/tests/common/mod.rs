//! Makers of sample values for the tests.
#![allow(dead_code, reason = "each test file uses some of them")]

use cairn_domain::gap::{Counts, Gap, Match, State};
use cairn_domain::money::{Basis, Figure, Money};
use cairn_domain::offer::{AssessedBy, Assessment, Challenge, Offer, OfferKind, Provider};
use cairn_domain::plan::Budget;
use cairn_domain::requirement::{Importance, Kind, Requirement, Target, Wanted};

pub fn estimate<T>(value: T) -> Figure<T> {
    Figure { value, basis: Basis::Estimate { how: "made up".into() } }
}

pub fn usd(minor: i64) -> Money {
    Money { minor, currency: "USD".into() }
}

/// A skill, or a certificate when the key says so.
pub fn skill(key: &str) -> Wanted {
    let kind = if key.starts_with("cert:") { Kind::Certificate } else { Kind::Skill };
    Wanted { kind, key: key.into(), label: key.into() }
}

pub fn wanted(kind: Kind, key: &str, label: &str) -> Wanted {
    Wanted { kind, key: key.into(), label: label.into() }
}

pub fn requirement(wanted: Wanted, importance: Importance, weight: u32) -> Requirement {
    Requirement { wanted, importance, weight, level: None, asked_by: 1, mentions: Vec::new(), confidence: 1.0 }
}

pub fn target(requirements: Vec<Requirement>) -> Target {
    Target { name: "Sample".into(), role: None, ads: 1, requirements }
}

/// A gap with the given states and nothing behind them.
pub fn gap_of(parts: Vec<(Requirement, State)>) -> Gap {
    let requirements = parts.iter().map(|(requirement, _)| requirement.clone()).collect();
    let matches =
        parts.into_iter().map(|(requirement, state)| Match { requirement, state, because: Vec::new() }).collect();
    Gap { target: target(requirements), matches, counts: Counts::default() }
}

pub fn offer(id: &str, proves: &[&str], minor: i64, hours: u32) -> Offer {
    Offer {
        id: id.into(),
        name: id.to_uppercase(),
        provider: Provider { name: "Sample".into(), url: "https://sample.example".into() },
        kind: OfferKind::Certification,
        url: "https://sample.example/offer".into(),
        industry: "sample".into(),
        proves: proves.iter().map(|key| skill(key)).collect(),
        hours: estimate(hours),
        price: estimate(usd(minor)),
        prerequisites: Vec::new(),
        assessment: Assessment { how: AssessedBy::Exam, supervised: true, mastery: true },
        challenge: None,
        valid_months: None,
    }
}

pub fn after(mut offer: Offer, prerequisites: &[&str]) -> Offer {
    offer.prerequisites = prerequisites.iter().map(|&p| p.to_owned()).collect();
    offer
}

pub fn challenge(mut offer: Offer, minor: i64, hours: u32) -> Offer {
    offer.challenge = Some(Challenge { hours: estimate(hours), price: estimate(usd(minor)) });
    offer
}

pub fn attendance(mut offer: Offer) -> Offer {
    offer.assessment = Assessment { how: AssessedBy::Attendance, supervised: false, mastery: false };
    offer
}

pub fn budget(minor: Option<i64>, hours: Option<u32>) -> Budget {
    Budget { hours, money: minor.map(usd), by: None, weekly_hours: 8, rates: Vec::new() }
}
