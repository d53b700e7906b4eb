//! Whatever is changed after signing is seen: every value of a badge, in each form; and what a signature could not
//! see is refused by name.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod common;

use cairn_credential::gathered::{BroughtBy, NeedKind};
use cairn_credential::sign::*;
use cairn_credential::verdict::*;
use cairn_credential::{Gathered, Policy, needs, verify};
use common::*;
use proptest::prelude::*;
use serde_json::{Value, json as object};

/// JSON pointers of every value in the document.
fn places(value: &Value, path: &str, out: &mut Vec<String>) {
    out.push(path.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, item)| places(item, &format!("{path}/{}", key.replace('/', "~1")), out));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| places(item, &format!("{path}/{i}"), out));
        }
        _ => {}
    }
}

fn changed(value: &Value) -> Value {
    match value {
        Value::String(text) if text.contains("T00:00:00Z") => text.replace("T00:00:00Z", "T00:00:01Z").into(),
        Value::String(text) if text.starts_with("https://") || text.contains(':') => format!("{text}x").into(),
        Value::String(text) => format!("{text}x").into(),
        Value::Number(number) => (number.as_f64().unwrap() + 1.0).into(),
        Value::Bool(truth) => (!truth).into(),
        Value::Array(items) => items.iter().skip(1).cloned().collect(),
        Value::Object(fields) => fields.iter().skip(1).map(|(key, item)| (key.clone(), item.clone())).collect(),
        Value::Null => "x".into(),
    }
}

#[test]
fn every_value_is_covered() {
    for text in [signed(&badge()), signed_jcs(&badge())] {
        let document = json(&text);
        let mut all = Vec::new();
        places(&document, "", &mut all);
        assert!(all.len() > 60, "{}", all.len());
        for pointer in all.iter().filter(|pointer| !pointer.is_empty()) {
            let mut copy = document.clone();
            let place = copy.pointer_mut(pointer).unwrap();
            *place = changed(place);
            if copy == document {
                continue;
            }
            let verdict = check(&copy.to_string());
            assert_ne!(verdict.genuine.is, Genuine::Yes, "{pointer} may be changed unseen");
        }
    }
}

#[test]
fn the_order_of_a_list_is_signed_and_named_when_changed() {
    for text in [signed(&badge()), signed_jcs(&badge())] {
        let mut copy = json(&text);
        let values = copy.pointer_mut("/credentialSubject/achievement/resultDescription/0/allowedValue").unwrap();
        values.as_array_mut().unwrap().swap(0, 1);
        let verdict = check(&copy.to_string());
        let Genuine::No { altered: Altered::At { pointers, how } } = &verdict.genuine.is else {
            panic!("{:#?}", verdict.genuine);
        };
        assert_eq!(pointers, &["/credentialSubject/achievement/resultDescription/0/allowedValue"]);
        assert!(how.contains("order"), "{how}");
    }
}

#[test]
fn what_no_context_defines_is_refused_by_name() {
    let cases = [
        ("/totallyUndefined", "totallyUndefined"),
        ("/credentialSubject/secret", "secret"),
        ("/credentialSubject/achievement/alignment/0/weight", "weight"),
        // defined, but not here: a term of results inside the issuer
        ("/issuer/achievedLevel", "achievedLevel"),
    ];
    for (pointer, name) in cases {
        let mut copy = json(&signed(&badge()));
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        copy.pointer_mut(parent).unwrap()[key] = "tampered".into();
        let verdict = check(&copy.to_string());
        let Genuine::No { altered: Altered::At { pointers, how } } = &verdict.genuine.is else {
            panic!("{pointer}: {:#?}", verdict.checks);
        };
        assert!(how.contains(name), "{how}");
        // the first place where the name stands; for a term used rightly elsewhere that place may come first
        assert!(pointers[0].ends_with(name), "{pointers:?}");
        assert!(has(&verdict, "not-covered-by-proof"));
        assert!(sign_data_integrity(&copy, &issuer(), now(), "assertionMethod").unwrap_err().contains(name));
    }
}

#[test]
fn a_date_cannot_be_hidden_under_another_name() {
    let text = signed(&badge());
    let until = "\"validUntil\"";
    let hidden = [
        text.replace(until, "\"https://www.w3.org/2018/credentials#validUntil\""),
        text.replace(until, "\"cred:validUntil\""),
        text.replace(until, "\"end\"").replace(
            "\"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json\"",
            "\"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json\",{\"end\":{\"@id\":\"https://www.w3.org/2018/credentials#validUntil\",\"@type\":\"http://www.w3.org/2001/XMLSchema#dateTime\"}}",
        ),
        text.replace("\"validUntil\":\"2027-01-01T00:00:00Z\"", "\"validUntil\":{\"@value\":\"2027-01-01T00:00:00Z\"}"),
        text.replace("\"validUntil\":\"2027-01-01T00:00:00Z\"", "\"validUntil\":{\"@set\":[\"2027-01-01T00:00:00Z\"]}"),
        text.replace("\"validUntil\":\"2027-01-01T00:00:00Z\"", "\"validUntil\":[\"2027-01-01T00:00:00Z\"]"),
    ];
    let late = at("2028-01-01T00:00:00Z");
    let honest = verify(&text, &Gathered::default(), late, &Policy::default());
    assert!(matches!(honest.current.is, Current::Expired { .. }));
    for copy in hidden {
        assert_ne!(copy, text);
        let verdict = verify(&copy, &Gathered::default(), late, &Policy::default());
        let fooled = verdict.genuine.is == Genuine::Yes && verdict.current.is == Current::Yes;
        assert!(!fooled, "{:#?}\n{copy}", verdict.checks);
    }
}

#[test]
fn a_status_cannot_be_hidden_under_another_name() {
    let entry = cairn_credential::status::list_entry(
        "https://issuer.example/s",
        &cairn_credential::status::Purpose::Revocation,
        1,
    );
    let text = signed(&open_badge(&facts(), &[entry]));
    let fooled = |copy: &str| {
        let verdict = check(copy);
        verdict.genuine.is == Genuine::Yes && verdict.current.is == Current::Yes
    };
    assert!(!fooled(&text));
    for (from, to) in [
        ("\"credentialStatus\"", "\"https://www.w3.org/2018/credentials#credentialStatus\""),
        ("\"credentialStatus\"", "\"@reverse\""),
        ("\"BitstringStatusListEntry\"", "\"https://www.w3.org/ns/credentials/status#BitstringStatusListEntry\""),
    ] {
        let copy = text.replace(from, to);
        assert_ne!(copy, text);
        assert!(!fooled(&copy), "{from} → {to}");
    }
    let mut set = json(&text);
    set["credentialStatus"] = object!({ "@set": [set["credentialStatus"].clone()] });
    assert!(!fooled(&set.to_string()));
}

#[test]
fn common_manglings_are_recognised() {
    type Mangle = fn(&str) -> String;
    let manglings: [(Mangle, &str); 4] = [
        (|text| text.replace("well & gladly", "well &amp; gladly"), "HTML"),
        (|text| text.replace('“', "â€œ").replace('”', "â€\u{9d}"), "character set"),
        (|text| text.replace("Z\"", "+00:00\""), "+00:00"),
        (|text| text.replace('“', "\\\\u201c"), "escapes"),
    ];
    for (mangle, word) in manglings {
        for text in [signed(&badge()), signed_jcs(&badge())] {
            let (head, proof) = text.split_at(text.find("\"proof\"").unwrap());
            let copy = format!("{}{proof}", mangle(head));
            assert_ne!(copy, text);
            let verdict = check(&copy);
            let Genuine::No { altered: Altered::At { pointers, how } } = &verdict.genuine.is else {
                panic!("{word}: {:#?}", verdict.genuine);
            };
            assert!(how.contains(word), "{how}");
            assert!(!pointers.is_empty());
        }
    }
}

/// Each undoing costs as much as a verification, so none is tried on a document that is far too long for a badge.
#[test]
fn long_documents_are_not_searched() {
    for (words, told) in [(1_000, true), (16_000, false)] {
        let mut facts = facts();
        facts.achievement.as_mut().unwrap().criteria = Some("word ".repeat(words));
        let text = signed(&open_badge(&facts, &[]));
        let copy = text.replace("well & gladly", "well &amp; gladly");
        let verdict = check(&copy);
        let at = matches!(&verdict.genuine.is, Genuine::No { altered: Altered::At { .. } });
        assert_eq!(at, told, "{} bytes: {:#?}", copy.len(), verdict.genuine);
        assert!(matches!(verdict.genuine.is, Genuine::No { .. }));
    }
}

#[test]
fn the_hosted_copy_shows_what_was_altered() {
    let mut facts = facts();
    facts.id = Some("https://issuer.example/badges/1".into());
    let text = signed(&open_badge(&facts, &[]));
    assert!(needs(&text, &Gathered::default()).is_empty(), "nobody is told about a badge that is good");
    let altered = text.replace("\"B\"}", "\"A\"}");
    assert_ne!(altered, text);
    let wanted = needs(&altered, &Gathered::default());
    assert_eq!(wanted[0].kind, NeedKind::HostedCopy);
    let mut gathered = Gathered::default();
    bring(&mut gathered, &wanted[0].url, &text, BroughtBy::Checker);
    let verdict = verify(&altered, &gathered, now(), &Policy::default());
    let Genuine::No { altered: Altered::At { pointers, .. } } = &verdict.genuine.is else {
        panic!("{:#?}", verdict.genuine)
    };
    assert_eq!(pointers, &["/credentialSubject/result/0/value"]);
    assert!(needs(&altered, &gathered).is_empty());
}

#[test]
fn an_unknown_context_cannot_be_told() {
    let text = signed(&badge()).replacen(
        "\"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json\"",
        "\"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json\",\"https://elsewhere.example/context\"",
        1,
    );
    let verdict = check(&text);
    assert_eq!(verdict.genuine.is, Genuine::CannotTell);
    let check = verdict.checks.iter().find(|check| check.code == "context-unknown").unwrap();
    assert_eq!(check.outcome, Outcome::Inconclusive);
    assert!(check.says.contains("https://elsewhere.example/context"));
}

#[test]
fn bad_input_gets_a_sentence() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let poison: String = {
        let node = |i: usize| {
            let others: Vec<Value> = (0..10).filter(|j| *j != i).map(|j| object!({"id": format!("_:n{j}")})).collect();
            object!({"id": format!("_:n{i}"), "type": "Profile", "otherIdentifier": others})
        };
        let mut badge = json(&signed(&badge()));
        badge["evidence"] = (0..10).map(node).collect();
        badge.to_string()
    };
    for text in [
        "",
        "{",
        "[]",
        "null",
        "not json",
        "{\"a\":1,\"a\":2}",
        deep.as_str(),
        poison.as_str(),
        "{}",
        "eyJ.e.e",
        "{\"type\":\"VerifiablePresentation\"}",
        "{\"proof\":[[[]]],\"@context\":{}}",
        "{\"@context\":[[null]],\"type\":5}",
        "{\"issuer\":[],\"credentialSubject\":[[]],\"proof\":{\"type\":\"DataIntegrityProof\"}}",
    ] {
        let begun = std::time::Instant::now();
        let verdict = check(text);
        needs(text, &Gathered::default());
        assert_ne!(verdict.genuine.is, Genuine::Yes, "{text}");
        assert!(verdict.summary.len() > 10);
        assert!(begun.elapsed().as_secs() < 10, "{:?} for {}", begun.elapsed(), &text[..text.len().min(60)]);
    }
}

#[test]
fn an_inline_context_may_add_terms_of_its_own() {
    let mut badge = badge();
    badge["@context"].as_array_mut().unwrap().push(object!({"shoeSize": "https://shoes.example/size"}));
    badge["credentialSubject"]["shoeSize"] = 43.into();
    let text = signed(&badge);
    assert_eq!(check(&text).genuine.is, Genuine::Yes, "{:#?}", check(&text).checks);
    assert!(matches!(check(&text.replace("43", "44")).genuine.is, Genuine::No { .. }));
}

#[test]
fn facts_come_back_as_they_were_said() {
    let mut facts = facts();
    let verdict = check(&signed(&badge()));
    let theirs = verdict.facts.unwrap();
    facts.types = theirs.types.clone();
    facts.secured_by = vec!["eddsa-rdfc-2022".into()];
    facts.sha256 = theirs.sha256.clone();
    assert_eq!(theirs, facts);
    assert_eq!(theirs.sha256.len(), 64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whatever_text_is_signed_verifies(name in "\\PC{0,30}", narrative in any::<String>(), tags in prop::collection::vec("[a-z@&<\"\\\\]{1,8}", 0..4)) {
        let mut facts = facts();
        facts.name = name;
        let achievement = facts.achievement.as_mut().unwrap();
        achievement.criteria = Some(narrative);
        achievement.tags = tags;
        let badge = open_badge(&facts, &[]);
        for text in [signed(&badge), signed_jcs(&badge), signed_jwt(&badge)] {
            let verdict = check(&text);
            prop_assert_eq!(verdict.genuine.is, Genuine::Yes, "{:#?}", verdict.checks);
        }
    }

    #[test]
    fn one_flipped_byte_is_never_unseen(at in any::<prop::sample::Index>(), bit in 0u8..7) {
        for text in [signed(&badge()), signed_jcs(&badge()), signed_jwt(&badge())] {
            let mut bytes = text.clone().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let Ok(copy) = String::from_utf8(bytes) else { continue };
            let verdict = check(&copy);
            prop_assert!(verdict.genuine.is != Genuine::Yes || same_meaning(&text, &copy), "byte {}: {}", at, &copy[at.saturating_sub(20)..(at + 20).min(copy.len())]);
        }
    }

    #[test]
    fn garbage_never_panics(text in "\\PC{0,200}", json in "[\\[\\]{}\",:a-z@0-9]{0,120}") {
        for text in [text, json.clone(), format!("{{\"@context\":{json}}}")] {
            check(&text);
            needs(&text, &Gathered::default());
        }
    }
}

/// A flipped bit may turn one blank into another, or one JSON spelling into another: nothing a reader could see.
fn same_meaning(text: &str, copy: &str) -> bool {
    match (serde_json::from_str::<Value>(text), serde_json::from_str::<Value>(copy)) {
        (Ok(text), Ok(copy)) => text == copy,
        _ => text.trim() == copy.trim(),
    }
}

#[test]
fn documents_made_to_take_long_do_not() {
    let many_objects: Vec<Value> =
        (0..50_000).map(|n| object!({"type": ["Evidence"], "name": n.to_string()})).collect();
    let many_contexts: Vec<Value> = (0..2_000)
        .map(|_| object!({"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"], "type": ["Evidence"]}))
        .collect();
    let just_under: Vec<Value> = (0..4_500).map(|n| object!({"type": ["Evidence"], "name": n.to_string()})).collect();
    // one blank node that relates to many that look alike
    let alike: Vec<Value> = (0..12).map(|_| object!({"type": ["Evidence"], "name": "same"})).collect();
    for (evidence, code) in [
        (many_objects, "too-many-objects"),
        (many_contexts, "too-many-objects"),
        (just_under, "signature-mismatch"),
        (alike, "signature-mismatch"),
    ] {
        let mut copy = json(&signed(&badge()));
        copy["evidence"] = evidence.into();
        let begun = std::time::Instant::now();
        let verdict = check(&copy.to_string());
        println!("{code}: {:?}", begun.elapsed());
        assert!(has(&verdict, code), "{code}: {:#?}", verdict.checks);
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    }
}
