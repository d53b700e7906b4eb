//! The strict shape of an Open Badges 3.0 credential: ours, written from the specification. It takes the sound samples
//! of the public validator, refuses the structural faults each at its place, and everything that is issued here fits.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_credential::intake::What;
use cairn_domain::definition::{Aligned, Composed, Credit, Criterion, Definition};
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::awards::{Grant, Recipient};
use cairn_registrar::gather::Gatherer;
use cairn_registrar::issuing::Secured;
use cairn_registrar::outside::Outside;
use serde_json::Value;

fn validator() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/ob30-strict.v1.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Pointers of what is wrong.
fn wrong(validator: &jsonschema::Validator, credential: &Value) -> Vec<String> {
    validator.iter_errors(credential).map(|error| error.instance_path().to_string()).collect()
}

fn samples() -> Option<PathBuf> {
    let shared = std::env::var("CAIRN_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let folder = shared.join("vectors/ob30-validator");
    if !folder.exists() {
        eprintln!("SKIPPED 29: {} is not there", folder.display());
        return None;
    }
    Some(folder)
}

/// Sound in structure, whatever else is wrong with some of them.
const FITS: [&str; 12] = [
    "simple.json",
    "complete.json",
    "simple-context-alias.json",
    "simple-context-version.json",
    "simple-did-key-method.json",
    "simple-multiple-proofs.json",
    "simple-err-expired.json",
    "simple-err-proof-value.json",
    "simple-err-proof-method-no-scheme.json",
    "simple-err-proof-method-unknown-did-method.json",
    "simple-err-proof-method-unknown-scheme.json",
    "sd/derivedcredential.json",
];

/// Structural faults, and where each is seen.
const FALLS_SHORT: [(&str, &str); 17] = [
    ("simple-did-web-method.json", "/proof"),
    ("simple-err-type.json", "/type"),
    ("simple-err-context.json", "/@context/0"),
    ("simple-err-issuer.json", ""),
    ("simple-err-issuer-type.json", "/issuer"),
    ("simple-err-issuer-parentorg-type.json", "/issuer"),
    ("simple-err-issuer-otheridentifier-type.json", "/issuer"),
    ("simple-err-issued.json", "/proof"),
    ("simple-err-evidence-type.json", "/evidence/1/type"),
    ("simple-err-credential-subject-type.json", "/credentialSubject/type"),
    ("simple-err-credential-subject-profile-type.json", "/credentialSubject/source/type"),
    ("simple-err-credential-subject-identifier-type.json", "/credentialSubject/identifier/0/type"),
    ("simple-err-credential-subject-result-type.json", "/credentialSubject/result/1/type"),
    (
        "simple-err-credential-subject-achievement-result-description-type.json",
        "/credentialSubject/achievement/resultDescription",
    ),
    ("endorsement-valid.json", "/credentialSubject"),
    ("simple_v1.json", "/@context/0"),
    ("complete_v1.json", ""),
];

#[test]
fn sound_samples_fit_and_structural_faults_do_not() {
    let Some(folder) = samples() else { return };
    let validator = validator();
    let read =
        |name: &str| -> Value { serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap() };
    for name in FITS {
        assert_eq!(wrong(&validator, &read(name)), Vec::<String>::new(), "{name}");
    }
    for (name, at) in FALLS_SHORT {
        let found = wrong(&validator, &read(name));
        let seen = found.iter().any(|pointer| pointer == at || (at.len() > 20 && pointer.starts_with(at)));
        assert!(seen, "{name}: nothing at {at:?} but {found:?}");
    }
}

fn definition(picture: cairn_domain::definition::Picture) -> Definition {
    Definition {
        name: "Ward hygiene".into(),
        description: "Keeps a ward safe.".into(),
        kind: "MicroCredential".into(),
        language: "en".into(),
        criteria: vec![
            Criterion {
                id: "hands".into(),
                statement: "Disinfects hands.".into(),
                levels: vec!["seen".into(), "safe".into()],
                required: Some("safe".into()),
            },
            Criterion { id: "rooms".into(), statement: "Cleans a room.".into(), ..Criterion::default() },
        ],
        alignments: vec![Aligned {
            url: "http://data.europa.eu/esco/skill/1".into(),
            name: "maintain hygiene".into(),
            code: Some("S1".into()),
            framework: Some("ESCO".into()),
            kind: Some("CFItem".into()),
        }],
        valid_months: Some(24),
        credit: Some(Credit { ects: Some(3.0), eqf: Some(5), hours: Some(75.0) }),
        tags: vec!["health".into()],
        picture: Some(picture),
        ..Definition::default()
    }
}

/// The credential inside a compact JWT, or the JSON itself.
fn credential(text: &str) -> Value {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).unwrap();
    }
    let payload = text.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims.get("vc").cloned().unwrap_or(claims)
}

#[tokio::test]
async fn everything_that_is_issued_here_fits() {
    let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().unwrap(), 3);
    let office =
        Office::seeded("sqlite::memory:", "https://badges.example", outside, Gatherer::offline()).await.unwrap();
    let (site, org) = (Actor::site(), office.desk.set_up_issuer("Harbour College", None).await.unwrap().org);
    let composed = Composed {
        shape: "circle".into(),
        ground: "#1b3a5c".into(),
        accent: "#f4e3d6".into(),
        icon: "heart".into(),
        words: String::new(),
    };
    let picture = office.compose_picture(&site, &org.id, composed, "A heart").await.unwrap().picture;
    let made = office.draft_achievement(&site, &org.id, definition(picture)).await.unwrap();
    for number in 1..=2 {
        let revision = office.achievement(&site, &org.id, &made.id).await.unwrap().revision;
        let mut next = office.publish_achievement(&site, &org.id, &made.id, revision).await.unwrap().definition;
        next.description = format!("Keeps a ward safe, edition {number}.");
        office.change_draft(&site, (&org.id, &made.id), revision + 1, next).await.unwrap();
    }
    let validator = validator();
    let mut checked = 0;
    for (n, secured) in [Secured::DataIntegrity, Secured::Jwt].into_iter().enumerate() {
        let grant = Grant {
            org_id: org.id.clone(),
            achievement_id: made.id.clone(),
            version: "2".into(),
            recipient: Recipient { name: Some("Ada".into()), email: "ada@learner.example".into() },
            awarded: None,
            valid_until: None,
            results: vec![("hands".into(), "safe".into())],
            narrative: Some("Observed on the ward.".into()),
            evidence_ids: Vec::new(),
            request_id: None,
            batch: None,
            supersedes: None,
            idempotency_key: format!("award-{n}"),
            secured,
            letter: false,
            why: Some("Observed.".into()),
        };
        let issued = credential(&office.award(&site, grant).await.unwrap().signed_text);
        assert_eq!(wrong(&validator, &issued), Vec::<String>::new(), "{issued:#}");
        checked += 1;
        // and what would be wrong is seen
        let mut broken = issued.clone();
        broken["credentialSubject"]["achievement"]["tag"] = serde_json::json!("health");
        assert_eq!(wrong(&validator, &broken), ["/credentialSubject/achievement/tag"]);
    }
    for learner in &office.demo.as_ref().unwrap().learners {
        for item in learner.files.iter().flat_map(|file| office.open_file(&file.name, &file.bytes)) {
            let What::Credential { text, .. } = item.what else { continue };
            let issued = credential(&text);
            assert_eq!(wrong(&validator, &issued), Vec::<String>::new(), "{}: {issued:#}", item.name);
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked} credentials");
}
