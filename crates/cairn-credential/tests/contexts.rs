//! The embedded contexts are the publishers' own, and none of them can undo safe mode.
#![allow(clippy::unwrap_used)]
mod common;

use std::collections::BTreeMap;

use cairn_credential::contexts::{find, urls};
use common::{file, json, vectors};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Vector file, address, and whether the bytes are the same too: packages carry some contexts in other bytes that
/// mean the same.
const COPIES: &[(&str, &str, bool)] = &[
    ("jsonld-contexts/credentials-v2.jsonld", "https://www.w3.org/ns/credentials/v2", true),
    ("jsonld-contexts/2018-credentials-v1.jsonld", "https://www.w3.org/2018/credentials/v1", false),
    ("jsonld-contexts/ob-v3p0.json", "https://purl.imsglobal.org/spec/ob/v3p0/context.json", false),
    ("jsonld-contexts/ob-v3p0-3.0.1.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", false),
    ("jsonld-contexts/ob-v3p0-3.0.2.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", false),
    ("jsonld-contexts/ob-v3p0-3.0.3.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", true),
    ("jsonld-contexts/ob-v3p0-extensions.json", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", false),
    ("jsonld-contexts/clr-v2p0-2.0.1.json", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", true),
    ("jsonld-contexts/data-integrity-v1.jsonld", "https://w3id.org/security/data-integrity/v1", false),
    ("jsonld-contexts/suites-ed25519-2020.jsonld", "https://w3id.org/security/suites/ed25519-2020/v1", true),
    ("jsonld-contexts/did-v1.jsonld", "https://www.w3.org/ns/did/v1", false),
    ("jsonld-contexts/security-v1.jsonld", "https://w3id.org/security/v1", true),
    ("jsonld-contexts/security-v2.jsonld", "https://w3id.org/security/v2", true),
    ("bitstring-status-list/contexts/v1.jsonld", "https://www.w3.org/ns/credentials/status/v1", false),
];

#[test]
fn they_are_the_publishers_own() {
    let Some(folder) = vectors("") else { return };
    for (path, url, same_bytes) in COPIES {
        let theirs = file(folder.join(path));
        let ours = find(url).unwrap();
        assert_eq!(json(ours), json(&theirs), "{url}");
        assert_eq!(ours == theirs, *same_bytes, "{url}: whether the bytes are the same");
    }
}

#[test]
fn the_credentials_context_has_the_digest_that_its_standard_prints() {
    let digest: String = Sha256::digest(find("https://www.w3.org/ns/credentials/v2").unwrap().as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(digest, "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734");
}

/// Safe mode brings its vocabulary back after the one null there is, and reads keys as plain terms.
#[test]
fn none_can_undo_safe_mode() {
    for url in urls() {
        let text = find(url).unwrap();
        let nulls = text.matches("null").count();
        assert_eq!(nulls, text.matches("\"@context\": null").count(), "{url}");
        for keyword in ["@index", "@nest", "@included", "@reverse", "@direction", "@base", "@import", "@none"] {
            assert!(!text.contains(&format!("\"{keyword}\"")), "{url} uses {keyword}");
        }
        assert_eq!(text.contains("\"@vocab\":"), url.ends_with("examples/v2"), "{url}");
    }
}

/// Two names for one thing, in whatever contexts a document may name: with them a reader could be made to miss what
/// a signature covers.
#[test]
fn dates_and_status_have_one_name_each() {
    let mut names = BTreeMap::<String, Vec<String>>::new();
    for url in urls() {
        collect(&json(find(url).unwrap()), &mut names);
    }
    for name in [
        "validUntil",
        "validFrom",
        "expirationDate",
        "issuanceDate",
        "credentialStatus",
        "issuer",
        "credentialSubject",
        "holder",
    ] {
        let iri = format!("https://www.w3.org/2018/credentials#{name}");
        let mut theirs = names[&iri].clone();
        theirs.sort();
        theirs.dedup();
        assert_eq!(theirs, [name], "{iri}");
    }
}

fn collect(value: &Value, names: &mut BTreeMap<String, Vec<String>>) {
    let Value::Object(object) = value else { return };
    for (name, definition) in object {
        let id = definition.as_str().or_else(|| definition.get("@id").and_then(Value::as_str)).unwrap_or_default();
        let id = id.replace("cred:", "https://www.w3.org/2018/credentials#");
        if !name.starts_with('@') {
            names.entry(id).or_default().push(name.clone());
        }
        collect(definition, names);
    }
}
