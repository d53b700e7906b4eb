//! Ways to make a badge look better than it is, and where each of them ends.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod common;

use cairn_credential::facts::Party;
use cairn_credential::gathered::{BroughtBy, Fetched, Got, NeedKind};
use cairn_credential::policy::{Address, Holder};
use cairn_credential::sign::*;
use cairn_credential::status::{Bits, Purpose, list_credential, list_entry};
use cairn_credential::trust::{TrustList, TrustedIssuer};
use cairn_credential::verdict::*;
use cairn_credential::{Gathered, Need, Policy, needs, verify};
use common::*;
use serde_json::{Value, json as object};

const WEB: &str = "did:web:issuer.example";
const WEB_DOCUMENT: &str = "https://issuer.example/.well-known/did.json";
const LIST: &str = "https://issuer.example/status/1";

fn web_key() -> SigningKey {
    SigningKey::named(&[3; 32], "did:web:issuer.example#key-1")
}

fn web_badge(status: &[Value]) -> Value {
    let mut facts = facts();
    facts.issuer = Party { id: WEB.into(), name: Some("Known University".into()), url: None };
    facts.achievement.as_mut().unwrap().definer = facts.issuer.clone();
    open_badge(&facts, status)
}

fn sign_at(document: &Value, key: &SigningKey, when: &str) -> String {
    sign_data_integrity(document, key, at(when), "assertionMethod").unwrap()
}

fn trusting(keys: &[&SigningKey]) -> Policy {
    let known = TrustedIssuer {
        id: WEB.into(),
        name: Some("Known University".into()),
        url: None,
        keys: keys.iter().map(|key| key.public_multibase()).collect(),
    };
    Policy { trust_lists: vec![TrustList { name: "mine".into(), issuers: vec![known] }], ..Policy::default() }
}

fn with(document: Value, by: BroughtBy) -> Gathered {
    let mut gathered = Gathered::default();
    bring(&mut gathered, WEB_DOCUMENT, &document.to_string(), by);
    gathered
}

#[test]
fn an_honest_badge_of_a_known_issuer_is_all_green() {
    let text = sign_at(&web_badge(&[]), &web_key(), "2026-01-02T00:00:00Z");
    let nothing = Gathered::default();
    assert_eq!(needs(&text, &nothing), [Need { url: WEB_DOCUMENT.into(), kind: NeedKind::KeyDocument }]);
    let gathered = with(web_key().document(), BroughtBy::Checker);
    assert!(needs(&text, &gathered).is_empty());
    let verdict = verify(&text, &gathered, now(), &trusting(&[]));
    assert_eq!(verdict.genuine.is, Genuine::Yes, "{:#?}", verdict.checks);
    assert_eq!(verdict.genuine.as_of, at("2026-06-01T11:00:00Z"));
    assert!(matches!(&verdict.known.is, Known::OnList { list, .. } if list == "mine"));
    assert_eq!(verdict.entitled.is, Entitled::DefinedIt);
}

#[test]
fn a_planted_key_document_in_a_bundle_makes_nothing_genuine() {
    let forged = SigningKey::named(&[66; 32], "did:web:issuer.example#key-1");
    let text = sign_at(&web_badge(&[]), &forged, "2026-01-02T00:00:00Z");
    let planted = with(forged.document(), BroughtBy::Bundle);
    for policy in [trusting(&[]), trusting(&[&web_key()])] {
        let verdict = verify(&text, &planted, now(), &policy);
        assert_eq!(verdict.genuine.is, Genuine::CannotTell, "{:#?}", verdict.checks);
        assert!(has(&verdict, "key-document-brought-along"));
    }
    // the same document, had the checker fetched it, would do: only the way it came differs
    let fetched = with(forged.document(), BroughtBy::Checker);
    assert_eq!(verify(&text, &fetched, now(), &trusting(&[])).genuine.is, Genuine::Yes);
}

#[test]
fn a_pinned_key_makes_a_bundle_or_no_document_at_all_enough() {
    let text = sign_at(&web_badge(&[]), &web_key(), "2026-01-02T00:00:00Z");
    let brought = with(web_key().document(), BroughtBy::Bundle);
    for gathered in [brought, Gathered::default()] {
        let verdict = verify(&text, &gathered, now(), &trusting(&[&web_key()]));
        assert_eq!(verdict.genuine.is, Genuine::Yes, "{:#?}", verdict.checks);
        assert_eq!(verify(&text, &gathered, now(), &trusting(&[&mallory()])).genuine.is, {
            if gathered.by_url.is_empty() {
                Genuine::No { altered: Altered::SomewhereInTheSignedPart }
            } else {
                Genuine::CannotTell
            }
        });
    }
}

#[test]
fn a_self_made_copy_of_a_famous_badge_is_its_makers_own_word() {
    // mallory's own key, mallory's own identifier, the famous issuer's name
    let mut facts = facts();
    facts.issuer = Party { id: mallory().controller().into(), name: Some("Known University".into()), url: None };
    facts.achievement.as_mut().unwrap().definer =
        Party { id: WEB.into(), name: Some("Known University".into()), url: None };
    let text = sign_at(&open_badge(&facts, &[]), &mallory(), "2026-01-02T00:00:00Z");
    let verdict = verify(&text, &Gathered::default(), now(), &trusting(&[&web_key()]));
    assert_eq!(verdict.genuine.is, Genuine::Yes);
    assert_eq!(verdict.known.is, Known::SelfAsserted);
    assert_eq!(verdict.entitled.is, Entitled::NobodySays);
    assert_eq!(verdict.facts.as_ref().unwrap().achievement.as_ref().unwrap().definer.id, WEB);
    assert!(verdict.summary.contains("calls itself"), "{}", verdict.summary);
    // saying outright that the famous issuer issued it
    let text = sign_at(&web_badge(&[]), &mallory(), "2026-01-02T00:00:00Z");
    let verdict = verify(&text, &with(web_key().document(), BroughtBy::Checker), now(), &trusting(&[]));
    assert_eq!(verdict.genuine.is, Genuine::No { altered: Altered::TheProof });
    assert!(has(&verdict, "key-not-the-issuers"));
}

#[test]
fn a_definition_at_somebody_elses_address_is_not_the_issuers() {
    let mut facts = facts();
    facts.achievement.as_mut().unwrap().id = "https://aws.example/badges/architect".into();
    let verdict = check(&signed(&open_badge(&facts, &[])));
    assert_eq!(verdict.entitled.is, Entitled::NobodySays);
    assert!(has(&verdict, "definition-elsewhere"));
}

#[test]
fn a_key_in_the_fragment_of_an_address_is_no_key() {
    let multikey = mallory().public_multibase();
    for (issuer, method) in [
        ("https://issuer.example/i".to_owned(), format!("https://issuer.example/i#{multikey}")),
        ("https://issuer.example/i".to_owned(), format!("https://evil.example/i#{multikey}")),
        (WEB.to_owned(), format!("{WEB}#{multikey}")),
    ] {
        let mut facts = facts();
        facts.issuer.id = issuer.clone();
        let key = SigningKey::named(&[66; 32], &method);
        let text = sign_at(&open_badge(&facts, &[]), &key, "2026-01-02T00:00:00Z");
        let verdict = check(&text);
        assert_eq!(verdict.genuine.is, Genuine::CannotTell, "{method}");
        // evil.example serves a document for its own key and calls it the issuer's
        let mut gathered = Gathered::default();
        let planted = object!({"id": "https://evil.example/i", "assertionMethod": [{"id": method, "controller": issuer, "publicKeyMultibase": multikey}]});
        bring(&mut gathered, "https://evil.example/i", &planted.to_string(), BroughtBy::Checker);
        assert_eq!(verify(&text, &gathered, now(), &Policy::default()).genuine.is, Genuine::CannotTell);
        assert!(needs(&text, &gathered).iter().all(|need| !need.url.contains("evil")));
    }
}

fn bits(set: &[u64]) -> Bits {
    let mut bits = Bits::zeros(131_072);
    set.iter().for_each(|index| assert!(bits.set(*index, true)));
    bits
}

fn list(key: &SigningKey, issuer: &str, purpose: &Purpose, set: &[u64], when: &str) -> String {
    sign_at(&list_credential(LIST, issuer, purpose, at(when), &bits(set)), key, when)
}

fn entries() -> Vec<Value> {
    vec![list_entry(LIST, &Purpose::Revocation, 7)]
}

fn gathered_with_list(list: &str, fetched: &str, by: BroughtBy) -> Gathered {
    let mut gathered = with(web_key().document(), BroughtBy::Checker);
    gathered.by_url.insert(LIST.into(), Fetched { got: Got::Text(list.into()), at: at(fetched), by });
    gathered
}

#[test]
fn revoked_and_suspended_are_seen() {
    for (purpose, other) in [(Purpose::Revocation, Purpose::Suspension), (Purpose::Suspension, Purpose::Revocation)] {
        let entry = vec![list_entry(LIST, &purpose, 7)];
        let text = sign_at(&web_badge(&entry), &web_key(), "2026-01-02T00:00:00Z");
        let ask = |set: &[u64], purpose: &Purpose| {
            let list = list(&web_key(), WEB, purpose, set, "2026-06-01T06:00:00Z");
            verify(
                &text,
                &gathered_with_list(&list, "2026-06-01T11:00:00Z", BroughtBy::Checker),
                now(),
                &Policy::default(),
            )
        };
        let set = ask(&[7], &purpose);
        match purpose {
            Purpose::Revocation => assert_eq!(set.current.is, Current::Revoked { reason: None }),
            _ => assert_eq!(set.current.is, Current::Suspended { reason: None }),
        }
        assert_eq!(set.current.as_of, at("2026-06-01T11:00:00Z"));
        assert_eq!(ask(&[6, 8], &purpose).current.is, Current::Yes);
        assert_eq!(ask(&[], &other).current.is, Current::CannotTell, "a list for something else says nothing");
    }
}

/// What a set bit means must be understood before an unset one can be good news.
#[test]
fn a_status_for_an_unknown_purpose_cannot_be_told() {
    for word in ["Revocation", "revoked", "", "message", "refresh"] {
        let expected = if ["message", "refresh"].contains(&word) { Current::Yes } else { Current::CannotTell };
        let purpose = Purpose::from_word(word);
        let text = sign_at(&web_badge(&[list_entry(LIST, &purpose, 7)]), &web_key(), "2026-01-02T00:00:00Z");
        let list = list(&web_key(), WEB, &purpose, &[7], "2026-06-01T06:00:00Z");
        let gathered = gathered_with_list(&list, "2026-06-01T11:00:00Z", BroughtBy::Checker);
        let verdict = verify(&text, &gathered, now(), &Policy::default());
        assert_eq!(verdict.current.is, expected, "{word}: {:#?}", verdict.checks);
    }
}

#[test]
fn a_replayed_old_status_list_says_nothing() {
    let text = sign_at(&web_badge(&entries()), &web_key(), "2026-01-02T00:00:00Z");
    // signed before the badge was revoked, brought along with a fresh date that the bearer wrote
    let old = list(&web_key(), WEB, &Purpose::Revocation, &[], "2026-05-01T00:00:00Z");
    let replayed = gathered_with_list(&old, "2026-06-01T11:59:00Z", BroughtBy::Bundle);
    let verdict = verify(&text, &replayed, now(), &Policy::default());
    assert_eq!(verdict.current.is, Current::CannotTell, "{:#?}", verdict.checks);
    assert!(has(&verdict, "status-too-old"));
    let fresh = list(&web_key(), WEB, &Purpose::Revocation, &[], "2026-06-01T06:00:00Z");
    let verdict = verify(
        &text,
        &gathered_with_list(&fresh, "2026-06-01T11:59:00Z", BroughtBy::Bundle),
        now(),
        &Policy::default(),
    );
    assert_eq!(verdict.current.is, Current::Yes, "{:#?}", verdict.checks);
    assert_eq!(verdict.current.as_of, at("2026-06-01T06:00:00Z"));
    // the issuer itself may serve a list it signed long ago: what the checker fetched is as of then
    let verdict =
        verify(&text, &gathered_with_list(&old, "2026-06-01T11:59:00Z", BroughtBy::Checker), now(), &Policy::default());
    assert_eq!(verdict.current.is, Current::Yes);
}

#[test]
fn lists_that_prove_nothing_are_never_valid() {
    let text = sign_at(&web_badge(&entries()), &web_key(), "2026-01-02T00:00:00Z");
    let when = "2026-06-01T06:00:00Z";
    let good = list(&web_key(), WEB, &Purpose::Revocation, &[], when);
    let forged_key = SigningKey::named(&[66; 32], "did:web:issuer.example#key-1");
    let elsewhere = sign_at(
        &list_credential("https://issuer.example/status/2", WEB, &Purpose::Revocation, at(when), &bits(&[])),
        &web_key(),
        when,
    );
    let mut expired = list_credential(LIST, WEB, &Purpose::Revocation, at(when), &bits(&[]));
    expired["validUntil"] = "2026-06-01T07:00:00Z".into();
    let cases = [
        ("status-list-unproved", good.replace("\"encodedList\":\"u", "\"encodedList\":\"uA"), BroughtBy::Checker),
        ("status-list-unproved", list(&forged_key, WEB, &Purpose::Revocation, &[], when), BroughtBy::Checker),
        (
            "status-list-other-issuer",
            list(&mallory(), mallory().controller(), &Purpose::Revocation, &[], when),
            BroughtBy::Bundle,
        ),
        ("status-list-other-address", elsewhere, BroughtBy::Bundle),
        ("status-list-expired", sign_at(&expired, &web_key(), when), BroughtBy::Checker),
        ("status-list-unusable", "<html>Not found</html>".into(), BroughtBy::Checker),
        ("status-list-unproved", "{}".into(), BroughtBy::Checker),
    ];
    for (code, list, by) in cases {
        let verdict = verify(&text, &gathered_with_list(&list, "2026-06-01T11:00:00Z", by), now(), &Policy::default());
        assert_eq!(verdict.current.is, Current::CannotTell, "{code}");
        assert!(has(&verdict, code), "{code}: {:#?}", verdict.checks);
    }
    let mut gathered = with(web_key().document(), BroughtBy::Checker);
    let failed = Fetched { got: Got::Failed("connection refused".into()), at: now(), by: BroughtBy::Checker };
    gathered.by_url.insert(LIST.into(), failed);
    let verdict = verify(&text, &gathered, now(), &Policy::default());
    assert_eq!(verdict.current.is, Current::CannotTell);
    assert!(has(&verdict, "status-unreachable"));
}

#[test]
fn an_unsigned_revocation_list_counts_only_when_the_checker_fetched_it() {
    let entry = object!({"id": LIST, "type": "1EdTechRevocationList"});
    let mut badge = web_badge(&[entry]);
    badge["@context"].as_array_mut().unwrap().push("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json".into());
    let text = sign_at(&badge, &web_key(), "2026-01-02T00:00:00Z");
    let list = object!({"id": LIST, "issuer": WEB, "revokedCredential": []}).to_string();
    let ask = |list: &str, by| {
        verify(&text, &gathered_with_list(list, "2026-06-01T11:00:00Z", by), now(), &Policy::default())
    };
    assert_eq!(ask(&list, BroughtBy::Checker).current.is, Current::Yes);
    assert_eq!(ask(&list, BroughtBy::Bundle).current.is, Current::CannotTell);
    let revoking = list.replace("[]", &format!(r#"[{{"id": {}, "revocationReason": "cheated"}}]"#, badge["id"]));
    assert_eq!(ask(&revoking, BroughtBy::Checker).current.is, Current::Revoked { reason: Some("cheated".into()) });
    assert_eq!(ask("<html>", BroughtBy::Checker).current.is, Current::CannotTell);
}

#[test]
fn a_borrowed_badge_is_not_the_borrowers() {
    let text = signed(&badge());
    let presentation = |key: &SigningKey| {
        let document = object!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": key.controller(),
            "verifiableCredential": [json(&text)],
        });
        sign_presentation(&document, key, now(), "n-1", Some("employer.example")).unwrap()
    };
    let asked = |challenge: Option<&str>| Policy {
        holder: Holder {
            challenge: challenge.map(str::to_owned),
            domain: challenge.map(|_| "employer.example".into()),
            ..Holder::default()
        },
        ..Policy::default()
    };
    let show = |key: &SigningKey, challenge| verify(&presentation(key), &Gathered::default(), now(), &asked(challenge));
    let shown = show(&learner(), Some("n-1"));
    assert_eq!(shown.whose.is, Whose::ShownByKey, "{:#?}", shown.checks);
    assert_eq!(shown.nested[0].verdict.whose.is, Whose::ShownByKey);
    assert_eq!(shown.nested[0].verdict.genuine.is, Genuine::Yes);
    assert_eq!(show(&mallory(), Some("n-1")).whose.is, Whose::NobodyShowed);
    let replayed = show(&learner(), Some("n-2"));
    assert_eq!(replayed.whose.is, Whose::NobodyShowed);
    assert!(has(&replayed, "challenge-not-answered"));
    assert!(has(&show(&learner(), None), "presentation-may-be-replayed"));
    // naming the learner as holder does not make it the learner's signature
    let mut stolen = json(&presentation(&mallory()));
    stolen["holder"] = learner().controller().into();
    let verdict = verify(&stolen.to_string(), &Gathered::default(), now(), &asked(Some("n-1")));
    assert_eq!(verdict.whose.is, Whose::NobodyShowed);
    assert!(matches!(verdict.genuine.is, Genuine::No { .. }));
    // a credential put into a presentation after it was signed
    let mut swapped = json(&presentation(&learner()));
    swapped["verifiableCredential"][0] = json(&signed_jcs(&badge()));
    assert!(matches!(
        verify(&swapped.to_string(), &Gathered::default(), now(), &asked(Some("n-1"))).genuine.is,
        Genuine::No { .. }
    ));
}

#[test]
fn addresses_are_compared_hashed_and_say_whether_they_were_confirmed() {
    use sha2::Digest;
    let mut facts = facts();
    let hash: String = sha2::Sha256::digest(b"maya@example.orgs1").iter().map(|byte| format!("{byte:02x}")).collect();
    facts.subject.identifiers[0].value = format!("sha256${hash}");
    let text = signed(&open_badge(&facts, &[]));
    let ask = |value: &str, confirmed| {
        let holder = Holder { addresses: vec![Address { value: value.into(), confirmed }], ..Holder::default() };
        verify(&text, &Gathered::default(), now(), &Policy { holder, ..Policy::default() })
    };
    assert_eq!(ask(" Maya@Example.org ", true).whose.is, Whose::AddressMatches { confirmed: true });
    assert_eq!(ask("maya@example.org", false).whose.is, Whose::AddressMatches { confirmed: false });
    let other = ask("mallory@example.org", true);
    assert_eq!(other.whose.is, Whose::NobodyShowed);
    assert!(has(&other, "address-differs"));
    let shown = |value: &str, confirmed| {
        let document = serde_json::json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": learner().controller(),
            "verifiableCredential": [json(&text)],
        });
        let text = sign_presentation(&document, &learner(), now(), "n-1", None).unwrap();
        let holder = Holder { addresses: vec![Address { value: value.into(), confirmed }], ..Holder::default() };
        let verdict = verify(&text, &Gathered::default(), now(), &Policy { holder, ..Policy::default() });
        assert_eq!(verdict.nested[0].verdict.whose.is, Whose::ShownByKey);
        has(&verdict.nested[0].verdict, "address-matches")
    };
    assert!(shown("maya@example.org", true));
    assert!(!shown("maya@example.org", false) && !shown("mallory@example.org", true));
}

#[test]
fn only_an_endorsement_of_the_issuer_itself_vouches() {
    let voucher = web_key();
    let endorse = |about: &str, key: &SigningKey, issuer: &str| {
        let endorsement = object!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
            "id": "urn:uuid:3c8a3a0e-0000-4000-8000-000000000001",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Endorsement",
            "issuer": {"id": issuer, "type": ["Profile"], "name": "Known University"},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Good."},
        });
        json(&sign_at(&endorsement, key, "2026-01-02T00:00:00Z"))
    };
    let ask = |endorsement: Value| {
        let mut badge = badge();
        badge["endorsement"] = object!([endorsement]);
        let text = signed(&badge);
        let gathered = Gathered::default();
        assert_eq!(needs(&text, &gathered).len(), 1, "the voucher's document");
        verify(&text, &with(web_key().document(), BroughtBy::Checker), now(), &trusting(&[]))
    };
    let issuer = issuer();
    let good = ask(endorse(issuer.controller(), &voucher, WEB));
    assert_eq!(
        good.known.is,
        Known::VouchedFor { by: "Known University".into(), list: "mine".into() },
        "{:#?}",
        good.nested
    );
    let badge_id = badge()["id"].as_str().unwrap().to_owned();
    assert_eq!(ask(endorse(&badge_id, &voucher, WEB)).known.is, Known::SelfAsserted);
    let mut forged = endorse(issuer.controller(), &voucher, WEB);
    forged["credentialSubject"]["endorsementComment"] = "Excellent.".into();
    assert_eq!(ask(forged).known.is, Known::SelfAsserted);
}

#[test]
fn a_jwt_with_a_foreign_key_in_its_header_or_no_signature_is_refused() {
    use base64::Engine;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let text = signed_jwt(&badge());
    assert_eq!(check(&text).genuine.is, Genuine::Yes);
    let parts: Vec<&str> = text.split('.').collect();
    for alg in ["none", "HS256"] {
        let header = engine.encode(object!({"alg": alg, "kid": issuer().verification_method}).to_string());
        let forged = format!("{header}.{}.{}", parts[1], if alg == "none" { "" } else { parts[2] });
        assert!(matches!(check(&forged).genuine.is, Genuine::No { .. }), "{alg}");
    }
    // mallory signs and puts the own key into the header
    let forged = sign_jwt(&badge(), &SigningKey::named(&[66; 32], &mallory().verification_method)).unwrap();
    let verdict = check(&forged);
    assert_eq!(verdict.genuine.is, Genuine::No { altered: Altered::TheProof }, "{:#?}", verdict.checks);
    // claims that contradict the credential
    let mut badge = badge();
    badge["sub"] = "did:example:other".into();
    let claims = engine.decode(parts[1]).unwrap();
    let mut claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["credentialSubject"]["id"] = mallory().controller().into();
    let forged = format!("{}.{}.{}", parts[0], engine.encode(claims.to_string()), parts[2]);
    assert!(has(&check(&forged), "jwt-claim-contradicts"));
}

#[test]
fn evidence_is_bound_by_its_digest() {
    use sha2::Digest;
    let mut facts = facts();
    let digest = bs58::encode([&[0x12, 0x20][..], &sha2::Sha256::digest(b"my essay")].concat()).into_string();
    let mut badge = open_badge(&facts, &[]);
    badge["evidence"] = object!([{"id": "https://learner.example/essay", "type": ["Evidence"], "digestMultibase": format!("z{digest}")}]);
    let text = signed(&badge);
    facts.evidence.clear();
    let gathered = Gathered::default();
    assert_eq!(needs(&text, &gathered)[0].kind, NeedKind::Evidence);
    for (body, code) in [("my essay", "evidence-fits"), ("another essay", "evidence-changed")] {
        let mut gathered = Gathered::default();
        bring(&mut gathered, "https://learner.example/essay", body, BroughtBy::Checker);
        let verdict = verify(&text, &gathered, now(), &Policy::default());
        assert!(has(&verdict, code), "{:#?}", verdict.checks);
        assert_eq!(verdict.genuine.is, Genuine::Yes);
    }
}

/// A presentation as a JWT: shown with the learner's key, for this checker, in time.
#[test]
fn a_presentation_may_be_a_jwt() {
    use base64::Engine;
    use ed25519_dalek::Signer;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let sign = |seed: u8, claims: Value| {
        let kid = SigningKey::did_key(&[seed; 32]).verification_method;
        let header = object!({"alg": "EdDSA", "typ": "JWT", "kid": kid});
        let text = format!("{}.{}", engine.encode(header.to_string()), engine.encode(claims.to_string()));
        let signature = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]).sign(text.as_bytes());
        format!("{text}.{}", engine.encode(signature.to_bytes()))
    };
    let claims = |exp: i64| {
        object!({
            "iss": learner().controller(), "nonce": "n-1", "aud": "employer.example", "exp": exp,
            "vp": {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["VerifiablePresentation"],
                "verifiableCredential": [signed_jwt(&badge()), json(&signed(&badge()))],
            },
        })
    };
    let holder = Holder { challenge: Some("n-1".into()), domain: Some("employer.example".into()), ..Holder::default() };
    let policy = Policy { holder, ..Policy::default() };
    let ask = |text: &str| verify(text, &Gathered::default(), now(), &policy);
    let soon = now().as_second() + 60;
    let good = ask(&sign(2, claims(soon)));
    assert_eq!((&good.whose.is, &good.genuine.is), (&Whose::ShownByKey, &Genuine::Yes), "{:#?}", good.checks);
    assert_eq!(good.nested.len(), 2);
    assert_eq!(ask(&sign(2, claims(soon - 120))).whose.is, Whose::NobodyShowed);
    assert_eq!(ask(&sign(66, claims(soon))).whose.is, Whose::NobodyShowed);
}

/// Whoever has a stolen key writes any date: once its owner revokes it, nothing by it is believed.
#[test]
fn a_revoked_or_expired_key_proves_nothing() {
    let no = Genuine::No { altered: Altered::TheProof };
    let ask = |member: &str, moment: &str, listed: bool| {
        let mut document = web_key().document();
        document["verificationMethod"][0][member] = moment.into();
        if !listed {
            document["assertionMethod"] = Value::Array(Vec::new());
        }
        let text = sign_at(&web_badge(&[]), &web_key(), "2026-01-02T00:00:00Z");
        verify(&text, &with(document, BroughtBy::Checker), now(), &Policy::default())
    };
    for listed in [true, false] {
        let later = ask("revoked", "2026-05-01T00:00:00Z", listed);
        assert!(has(&later, "key-revoked"));
        assert_eq!(later.genuine.is, Genuine::CannotTell, "any date could have been written");
        for moment in ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"] {
            let before = ask("revoked", moment, listed);
            assert!(has(&before, "key-revoked-before"));
            assert_eq!(before.genuine.is, no);
        }
    }
    assert_eq!(ask("revoked", "2027-05-01T00:00:00Z", true).genuine.is, Genuine::Yes, "it is still to come");
    assert_eq!(ask("revoked", "2027-05-01T00:00:00Z", false).genuine.is, Genuine::CannotTell);
    assert_eq!(ask("expires", "2026-01-01T00:00:00Z", true).genuine.is, no);
    assert_eq!(ask("expires", "2026-02-01T00:00:00Z", true).genuine.is, Genuine::Yes);
    assert!(has(&ask("expires", "2027-02-01T00:00:00Z", false), "key-document-unusable"), "it is not listed");
}

/// A JWT without `iat` does not say when it was signed: its `nbf` may lie after its key's end.
#[test]
fn a_jwt_of_a_retired_key_is_judged_by_when_it_was_signed() {
    let ask = |text: String| {
        let mut document = web_key().document();
        document["verificationMethod"][0]["expires"] = "2025-12-24T00:00:00Z".into();
        verify(&text, &with(document, BroughtBy::Checker), now(), &Policy::default()).genuine.is
    };
    let at =
        |text: &str| cairn_credential::sign::sign_jwt_at(&web_badge(&[]), &web_key(), text.parse().unwrap()).unwrap();
    assert_eq!(ask(at("2025-12-23T00:00:00Z")), Genuine::Yes);
    assert_eq!(ask(at("2025-12-25T00:00:00Z")), Genuine::No { altered: Altered::TheProof });
    assert_eq!(ask(cairn_credential::sign::sign_jwt(&web_badge(&[]), &web_key()).unwrap()), Genuine::CannotTell);
}
