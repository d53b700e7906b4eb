//! What nobody signed answers no question about who gave it: an altered badge of a listed issuer is not "known".

use cairn_credential::policy::{Address, Holder};
use cairn_credential::sign::{SigningKey, sign_data_integrity};
use cairn_credential::trust::{TrustList, TrustedIssuer};
use cairn_credential::verdict::{Entitled, Genuine, Known, Whose};
use cairn_credential::{Gathered, Policy, verify};
use jiff::Timestamp;
use serde_json::json;

#[test]
fn an_altered_badge_borrows_no_name() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let key = SigningKey::did_key(&[7; 32]);
    let badge = json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
        ],
        "id": "urn:uuid:4e0f3b30-93a5-4f7f-9a8e-0d7f3a1b2c3d",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": key.controller(), "type": ["Profile"], "name": "Famous College"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": "IdentityObject", "hashed": false, "identityHash": "maya@learner.example",
                "identityType": "emailAddress"
            }],
            "achievement": {
                "id": "urn:uuid:5e0f3b30-93a5-4f7f-9a8e-0d7f3a1b2c3d", "type": ["Achievement"], "name": "First Aid",
                "description": "First aid", "criteria": {"narrative": "Passed the examination."}
            }
        }
    });
    let signed = sign_data_integrity(&badge, &key, now, "assertionMethod").unwrap();
    let issuer = TrustedIssuer { id: key.controller().into(), name: None, url: None, keys: Vec::new() };
    let address = Address { value: "maya@learner.example".into(), confirmed: true };
    let policy = Policy {
        trust_lists: vec![TrustList { name: "Mine".into(), issuers: vec![issuer] }],
        holder: Holder { addresses: vec![address], ..Holder::default() },
        ..Policy::default()
    };
    let good = verify(&signed, &Gathered::default(), now, &policy);
    assert_eq!(good.genuine.is, Genuine::Yes, "{:#?}", good.checks);
    assert!(matches!(good.known.is, Known::OnList { .. }));
    assert_eq!(good.whose.is, Whose::AddressMatches { confirmed: true });
    assert_eq!(good.entitled.is, Entitled::DefinedIt);
    let forged = signed.replace("First Aid", "Brain Surgery");
    let bad = verify(&forged, &Gathered::default(), now, &policy);
    assert!(matches!(bad.genuine.is, Genuine::No { .. }));
    assert_eq!(bad.known.is, Known::SelfAsserted);
    assert_eq!(bad.whose.is, Whose::NobodyShowed);
    assert_eq!(bad.entitled.is, Entitled::NobodySays);
    assert!(!bad.summary.contains("Famous College") || bad.summary.contains("calls itself"), "{}", bad.summary);
}
