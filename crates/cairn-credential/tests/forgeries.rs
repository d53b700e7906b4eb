//! Documents built to be read one way and signed another, and statements used for what they do not say.
#![allow(clippy::unwrap_used, reason = "a failed helper is a failed test")]

mod common;

use cairn_credential::facts::Party;
use cairn_credential::sign::{SigningKey, open_badge, sign_data_integrity, sign_jwt};
use cairn_credential::trust::{TrustList, TrustedIssuer};
use cairn_credential::verdict::*;
use cairn_credential::{Gathered, Policy, verify};
use common::*;
use serde_json::{Map, Value, json};

fn by(key: &SigningKey, badge: &Value) -> String {
    sign_data_integrity(badge, key, at("2026-01-01T00:00:00Z"), "assertionMethod").unwrap()
}

/// A badge that Mallory issues to herself.
fn mallorys() -> Value {
    let mut facts = facts();
    facts.issuer = Party { id: mallory().controller().into(), name: Some("Example Corp".into()), url: None };
    facts.subject.id = Some(mallory().controller().into());
    facts.subject.identifiers.clear();
    if let Some(achievement) = &mut facts.achievement {
        achievement.definer = facts.issuer.clone();
    }
    open_badge(&facts, &[])
}

/// The object at a pointer whose arrays of one may be left out.
fn at_path<'a>(document: &'a mut Value, path: &[&str]) -> &'a mut Value {
    path.iter().fold(document, |place, key| if place.is_array() { &mut place[0][*key] } else { &mut place[*key] })
}

/// Having earned a badge of a trusted issuer does not make one an issuer: a badge is no endorsement.
#[test]
fn a_badge_of_ones_own_is_no_endorsement() {
    let mut earned = facts();
    earned.subject.id = Some(mallory().controller().into());
    let earned = open_badge(&earned, &[]);
    let listed = TrustedIssuer { id: issuer().controller().into(), name: None, url: None, keys: vec![] };
    let lists = vec![TrustList { name: "ours".into(), issuers: vec![listed] }];
    let policy = Policy { trust_lists: lists, ..Policy::default() };
    for (key, inside) in [("endorsement", json(&signed(&earned))), ("endorsementJwt", json!(signed_jwt(&earned)))] {
        let mut badge = mallorys();
        badge[key] = json!([inside]);
        for text in [by(&mallory(), &badge), sign_jwt(&badge, &mallory()).unwrap()] {
            let verdict = verify(&text, &Gathered::default(), now(), &policy);
            assert_eq!(verdict.genuine.is, Genuine::Yes);
            assert_eq!(verdict.known.is, Known::SelfAsserted, "{key}: {:?}", verdict.checks);
        }
    }
}

/// The same address in other letters is the same address.
#[test]
fn a_famous_definition_in_capital_letters() {
    for id in
        ["https://famous.example/c", "HTTPS://famous.example/c", "DID:web:famous.example", "did:web:famous.example"]
    {
        let mut badge = mallorys();
        let achievement = at_path(&mut badge, &["credentialSubject", "achievement"]);
        let achievement = if achievement.is_array() { &mut achievement[0] } else { achievement };
        achievement["id"] = json!(id);
        achievement.as_object_mut().unwrap().shift_remove("creator");
        assert_eq!(check(&sign_jwt(&badge, &mallory()).unwrap()).entitled.is, Entitled::NobodySays, "{id}");
    }
}

/// Cuts the object at `path` in two objects of one id, `keys` moved into the second.
fn cut(text: &str, path: &[&str], keys: &[&str]) -> String {
    let mut document = json(text);
    let place = at_path(&mut document, path);
    let node = if place.is_array() { place[0].clone() } else { place.clone() };
    let mut first = node.as_object().unwrap().clone();
    first.entry("id").or_insert(json!("_:b"));
    let mut second: Map<String, Value> = [("id", &first["id"]), ("type", &first["type"])]
        .map(|(key, value)| (key.to_owned(), value.clone()))
        .into_iter()
        .collect();
    for key in keys {
        second.insert((*key).into(), first.shift_remove(*key).expect("the key to move is there"));
    }
    *place = json!([first, second]);
    document.to_string()
}

/// Two objects with one id are one node to a signature over statements; a reader that takes the first must not be led
/// by what was moved into the second.
#[test]
fn a_node_cannot_be_cut_in_two() {
    let mut facts = facts();
    facts.results[0].status = Some("Failed".into());
    let text = signed(&open_badge(&facts, &[]));
    let honest = check(&text);
    assert_eq!(honest.genuine.is, Genuine::Yes);
    let whole = honest.facts.unwrap();
    for text in [
        cut(&text, &["credentialSubject"], &["result"]),
        cut(&text, &["credentialSubject", "achievement"], &["achievementType"]),
        cut(&text, &["credentialSubject", "achievement"], &["resultDescription"]),
        cut(&text, &["credentialSubject", "achievement", "resultDescription"], &["requiredValue"]),
        cut(&text, &["credentialSubject", "result"], &["status"]),
        cut(&text, &["credentialSubject", "result"], &["value"]),
    ] {
        let verdict = check(&text);
        let read = verdict.facts.as_ref().map(|facts| (&facts.results, &facts.achievement));
        let same = read == Some((&whole.results, &whole.achievement));
        assert!(verdict.genuine.is != Genuine::Yes || same, "{text}");
    }
}

/// What a result only refers to may not carry a part of it.
#[test]
fn a_requirement_cannot_be_moved_out_of_sight() {
    let text = signed(&badge());
    let mut document = json(&text);
    let description = at_path(&mut document, &["credentialSubject", "achievement", "resultDescription"]);
    let description = if description.is_array() { &mut description[0] } else { description };
    let moved = json!({
        "id": description["id"], "type": description["type"],
        "requiredValue": description.as_object_mut().unwrap().shift_remove("requiredValue").unwrap(),
    });
    *at_path(&mut document, &["credentialSubject", "result", "resultDescription"]) = moved;
    assert!(check(&document.to_string()).genuine.is != Genuine::Yes);
}

/// Issuers with one id for the credential and its subject exist; the expiry must not be movable from one to the other.
#[test]
fn an_expiry_cannot_be_moved_into_a_subject_of_the_same_id() {
    let mut badge = badge();
    badge["validUntil"] = json!("2026-02-01T00:00:00Z");
    let id = badge["id"].clone();
    *at_path(&mut badge, &["credentialSubject", "id"]) = id;
    let mut document = json(&signed(&badge));
    assert!(matches!(check(&document.to_string()).current.is, Current::Expired { .. }));
    let until = document.as_object_mut().unwrap().shift_remove("validUntil").unwrap();
    *at_path(&mut document, &["credentialSubject", "validUntil"]) = until;
    *at_path(&mut document, &["credentialSubject", "type"]) = json!(["AchievementSubject", "VerifiableCredential"]);
    assert!(check(&document.to_string()).genuine.is != Genuine::Yes);
}

/// An expiry under its full address, inside a keyword or in another dress is the same to a signature.
#[test]
fn nothing_can_be_hidden_behind_another_name() {
    let mut badge = badge();
    badge["validUntil"] = json!("2026-02-01T00:00:00Z");
    let text = signed(&badge);
    assert!(matches!(check(&text).current.is, Current::Expired { .. }));
    let again = json!([{"id": badge["id"], "type": badge["type"], "validUntil": "2026-02-01T00:00:00Z"}]);
    let typed = json!({"@value": "2026-02-01T00:00:00Z", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"});
    for (key, value) in [
        ("https://www.w3.org/2018/credentials#validUntil", typed),
        ("@nest", json!({"validUntil": "2026-02-01T00:00:00Z"})),
        ("@included", again.clone()),
        ("@graph", again),
        ("validUntil", json!(["2026-02-01T00:00:00Z"])),
        ("validUntil", json!({"@value": "2026-02-01T00:00:00Z"})),
        ("validUntil", json!(null)),
    ] {
        let mut document = json(&text);
        document.as_object_mut().unwrap().shift_remove("validUntil");
        document[key] = value;
        let verdict = check(&document.to_string());
        assert!(verdict.genuine.is != Genuine::Yes || verdict.current.is != Current::Yes, "{key}: {verdict:?}");
    }
}

/// A context added inside the document is not signed; it may not rename what readers look for.
#[test]
fn an_added_context_cannot_rename() {
    let text = signed(&badge());
    for (context, from, to) in [
        (json!({"who": "@id"}), "id", "who"),
        (json!({"who": {"@id": "@id"}}), "id", "who"),
        (json!({"kind": "@type"}), "type", "kind"),
        (json!({"results": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#result"}), "result", "results"),
    ] {
        let mut document = json(&text);
        document["@context"].as_array_mut().unwrap().push(context.clone());
        let place = document.pointer_mut("/credentialSubject").unwrap();
        let place = if place.is_array() { &mut place[0] } else { place };
        let object = place.as_object_mut().unwrap();
        let moved = object.shift_remove(from).expect("the term to rename is there");
        object.insert(to.into(), moved);
        let verdict = check(&document.to_string());
        assert!(verdict.genuine.is != Genuine::Yes, "{context}");
    }
}
