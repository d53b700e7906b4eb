//! Badges named by the one fault each has: the files in `testkit/`, and what each must come to. The files are made
//! here from fixed keys and dates; `CAIRN_BLESS=1 cargo test --test testkit` writes them anew.
#![allow(clippy::unwrap_used)]
mod common;

use std::path::Path;

use cairn_credential::facts::{Facts, Party};
use cairn_credential::gathered::BroughtBy;
use cairn_credential::sign::*;
use cairn_credential::status::{Bits, Purpose, list_credential, list_entry};
use cairn_credential::{Gathered, Policy, needs, verify};
use common::*;
use serde_json::{Value, json as object};

/// File, its text, and what it must come to: genuine, current, and the check that says why.
type Case = (&'static str, String, &'static str);

fn cases() -> Vec<Case> {
    let good = signed(&badge());
    let with = |change: fn(&mut Facts)| {
        let mut facts = facts();
        change(&mut facts);
        signed(&open_badge(&facts, &[]))
    };
    let edited = |change: fn(&mut Value)| {
        let mut copy = json(&good);
        change(&mut copy);
        copy.to_string()
    };
    let unsigned_edit = |change: fn(&mut Value)| {
        let mut badge = badge();
        change(&mut badge);
        signed(&badge)
    };
    let status = |purpose: &Purpose, index| signed(&open_badge(&facts(), &[list_entry(LIST, purpose, index)]));
    vec![
        ("good.json", good.clone(), "yes yes signature-valid"),
        ("good-jcs.json", signed_jcs(&badge()), "yes yes signature-valid"),
        ("good.jwt", signed_jwt(&badge()), "yes yes signature-valid"),
        ("good-with-status.json", status(&Purpose::Revocation, 1), "yes yes status-not-revoked"),
        ("expired.json", with(|facts| facts.valid_until = Some(at("2026-05-31T00:00:00Z"))), "yes expired expired"),
        (
            "not-yet-valid.json",
            with(|facts| facts.valid_from = Some(at("2026-07-01T00:00:00Z"))),
            "yes not-yet not-yet-valid",
        ),
        ("revoked.json", status(&Purpose::Revocation, 7), "yes revoked status-revoked"),
        ("suspended.json", status(&Purpose::Suspension, 7), "yes suspended status-suspended"),
        (
            "status-unreachable.json",
            signed(&open_badge(&facts(), &[list_entry("https://gone.example/s", &Purpose::Revocation, 1)])),
            "yes cannot-tell status-unreachable",
        ),
        ("altered-name.json", edited(|copy| copy["name"] = "Leadership Badge".into()), "no yes signature-mismatch"),
        (
            "altered-end.json",
            edited(|copy| copy["validUntil"] = "2037-01-01T00:00:00Z".into()),
            "no yes signature-mismatch",
        ),
        (
            "altered-list-order.json",
            edited(|copy| {
                let description = &mut copy["credentialSubject"]["achievement"]["resultDescription"][0];
                description["allowedValue"].as_array_mut().unwrap().reverse();
            }),
            "no yes signature-mismatch",
        ),
        ("added-undefined-term.json", edited(|copy| copy["honours"] = true.into()), "no yes not-covered-by-proof"),
        (
            "re-encoded-characters.json",
            edited(|copy| {
                let text =
                    copy["credentialSubject"]["achievement"]["description"].as_str().unwrap().replace('&', "&amp;");
                copy["credentialSubject"]["achievement"]["description"] = text.into();
            }),
            "no yes signature-mismatch",
        ),
        ("proof-cut-short.json", edited(|copy| copy["proof"][0]["proofValue"] = "z2a".into()), "no yes proof-damaged"),
        (
            "proof-missing.json",
            edited(|copy| drop(copy.as_object_mut().unwrap().remove("proof"))),
            "no yes proof-missing",
        ),
        (
            "proof-for-something-else.json",
            sign_data_integrity(&badge(), &issuer(), at("2026-01-01T00:00:00Z"), "authentication").unwrap(),
            "no yes proof-purpose",
        ),
        (
            "proof-by-somebody-else.json",
            sign_data_integrity(&badge(), &mallory(), at("2026-01-01T00:00:00Z"), "assertionMethod").unwrap(),
            "no yes key-not-the-issuers",
        ),
        (
            "proof-not-read-yet.json",
            edited(|copy| copy["proof"][0]["cryptosuite"] = "ecdsa-sd-2023".into()),
            "cannot-tell yes proof-not-read-yet",
        ),
        (
            "context-unknown.json",
            edited(|copy| copy["@context"].as_array_mut().unwrap().push("https://elsewhere.example/c".into())),
            "cannot-tell yes context-unknown",
        ),
        (
            "definer-other.json",
            with(|facts| {
                facts.achievement.as_mut().unwrap().definer =
                    Party { id: "https://famous.example".into(), name: Some("Famous".into()), url: None };
            }),
            "yes yes definer-other",
        ),
        ("self-issued.json", with(|facts| facts.subject.id = Some(facts.issuer.id.clone())), "yes yes self-issued"),
        (
            "subject-unnamed.json",
            with(|facts| (facts.subject.id, facts.subject.identifiers) = (None, Vec::new())),
            "yes yes subject-unnamed",
        ),
        (
            "type-missing.json",
            unsigned_edit(|badge| badge["type"] = object!(["VerifiableCredential"])),
            "yes yes type-missing",
        ),
        (
            "duplicate-key.json",
            good.replacen("{\"@context\"", "{\"name\":\"Other\",\"@context\"", 1),
            "cannot-tell cannot-tell unreadable",
        ),
        ("cut-off.json", good[..good.len() / 2].to_owned(), "cannot-tell cannot-tell unreadable"),
    ]
}

const LIST: &str = "https://issuer.example/status/1";

/// The lists that the issuer serves: bit 7 is set in each.
fn served(purpose: Purpose) -> Gathered {
    let mut bits = Bits::zeros(131_072);
    assert!(bits.set(7, true));
    let when = at("2026-06-01T10:00:00Z");
    let list = list_credential(LIST, issuer().controller(), &purpose, when, &bits);
    let list = sign_data_integrity(&list, &issuer(), when, "assertionMethod").unwrap();
    let mut gathered = Gathered::default();
    bring(&mut gathered, LIST, &list, BroughtBy::Checker);
    gathered
}

#[test]
fn each_file_comes_to_what_its_name_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testkit");
    for (name, text, expected) in cases() {
        let path = folder.join(name);
        if std::env::var_os("CAIRN_BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(file(&path), text, "{name} is not what is made today");
        let gathered = served(if name == "suspended.json" { Purpose::Suspension } else { Purpose::Revocation });
        assert!(needs(&text, &gathered).len() <= 1, "{name}");
        let verdict = verify(&text, &gathered, now(), &Policy::default());
        let answer = |value: Value| value["answer"].as_str().unwrap().to_owned();
        let genuine = answer(serde_json::to_value(&verdict.genuine).unwrap());
        let current = answer(serde_json::to_value(&verdict.current).unwrap());
        let mut words = expected.split(' ');
        let (expected_genuine, expected_current) = (words.next().unwrap(), words.next().unwrap());
        assert_eq!(
            (genuine.as_str(), current.as_str()),
            (expected_genuine, expected_current),
            "{name}: {:#?}",
            verdict.checks
        );
        let code = words.next().unwrap();
        assert!(has(&verdict, code), "{name}: {code} in {:#?}", verdict.checks);
        println!("{name}: {}", verdict.summary);
    }
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, cases().len(), "a file in testkit/ that no case names");
}
