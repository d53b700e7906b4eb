//! What the tests share: a fixed clock, keys from seeds, a badge.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::PathBuf;

use cairn_credential::facts::*;
use cairn_credential::gathered::{BroughtBy, Fetched, Got};
use cairn_credential::sign::*;
use cairn_credential::{Gathered, Policy, Verdict, verify};
use jiff::Timestamp;
use serde_json::Value;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn now() -> Timestamp {
    at("2026-06-01T12:00:00Z")
}

/// The issuer's key; its identifier is the key itself.
pub fn issuer() -> SigningKey {
    SigningKey::did_key(&[1; 32])
}

/// The learner's key.
pub fn learner() -> SigningKey {
    SigningKey::did_key(&[2; 32])
}

/// Somebody who has no business here.
pub fn mallory() -> SigningKey {
    SigningKey::did_key(&[66; 32])
}

pub fn facts() -> Facts {
    let issuer = Party { id: issuer().controller().into(), name: Some("Example Corp".into()), url: None };
    Facts {
        id: Some("urn:uuid:2c8a3a0e-0000-4000-8000-000000000001".into()),
        name: "Teamwork Badge".into(),
        issuer: issuer.clone(),
        subject: Subject {
            id: Some(learner().controller().into()),
            name: None,
            identifiers: vec![Identifier {
                kind: "emailAddress".into(),
                value: "sha256$6f6d8a6b2c1c9d1f3a2b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091".into(),
                hashed: true,
                salt: Some("s1".into()),
            }],
        },
        achievement: Some(Achievement {
            id: "urn:uuid:2c8a3a0e-0000-4000-8000-000000000002".into(),
            name: "Teamwork".into(),
            description: Some("Works well & gladly with “others”.".into()),
            kind: Some("Certification".into()),
            criteria: Some("Peers nominate.".into()),
            definer: issuer,
            alignments: vec![Alignment {
                url: "http://data.europa.eu/esco/skill/60c78287-22eb-4103-9c8c-28deaa460da0".into(),
                name: "work in teams".into(),
                pointer: "/credentialSubject/achievement/alignment/0".into(),
                ..Alignment::default()
            }],
            result_descriptions: vec![ResultDescription {
                id: "urn:uuid:2c8a3a0e-0000-4000-8000-000000000003".into(),
                name: "Grade".into(),
                kind: "LetterGrade".into(),
                required_value: Some("C".into()),
                allowed_values: ["D", "C", "B", "A"].map(String::from).to_vec(),
                ..ResultDescription::default()
            }],
            tags: vec!["soft".into(), "team".into()],
            ..Achievement::default()
        }),
        results: vec![ResultFact {
            description: Some("urn:uuid:2c8a3a0e-0000-4000-8000-000000000003".into()),
            value: Some("B".into()),
            meets_requirement: Some(true),
            ..ResultFact::default()
        }],
        valid_from: Some(at("2026-01-01T00:00:00Z")),
        valid_until: Some(at("2027-01-01T00:00:00Z")),
        ..Facts::default()
    }
}

pub fn badge() -> Value {
    open_badge(&facts(), &[])
}

pub fn signed(badge: &Value) -> String {
    sign_data_integrity(badge, &issuer(), at("2026-01-01T00:00:00Z"), "assertionMethod").unwrap()
}

pub fn signed_jcs(badge: &Value) -> String {
    sign_data_integrity_jcs(badge, &issuer(), at("2026-01-01T00:00:00Z"), "assertionMethod").unwrap()
}

pub fn signed_jwt(badge: &Value) -> String {
    sign_jwt(badge, &issuer()).unwrap()
}

pub fn check(text: &str) -> Verdict {
    verify(text, &Gathered::default(), now(), &Policy::default())
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Puts a document among what was gathered, fetched an hour ago.
pub fn bring(gathered: &mut Gathered, url: &str, text: &str, by: BroughtBy) {
    let fetched = Fetched { got: Got::Text(text.into()), at: at("2026-06-01T11:00:00Z"), by };
    gathered.by_url.insert(url.into(), fetched);
}

pub fn has(verdict: &Verdict, code: &str) -> bool {
    verdict.checks.iter().any(|check| check.code == code)
}

/// The folder of test vectors, or `None` with a line that says so.
pub fn vectors(folder: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("CAIRN_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")));
    let path = shared.join("vectors").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED {folder}: no test vectors at {}", path.display());
    None
}

pub fn file(path: impl AsRef<std::path::Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
