//! Bundles carry evidence and nothing else.
#![allow(clippy::unwrap_used, reason = "a failed helper is a failed test")]

use cairn_credential::bundle::{Bundle, Bundled, read, write};
use cairn_credential::gathered::{BroughtBy, Fetched, Gathered, Got};
use cairn_credential::intake::{Limits, What, open};
use serde_json::{Value, json};

fn fetched(by: BroughtBy) -> Fetched {
    Fetched { got: Got::Text("{\"id\":\"did:web:a.test\"}".into()), at: "2026-11-01T10:00:00Z".parse().unwrap(), by }
}

fn bundle() -> Bundle {
    let mut gathered = Gathered::default();
    gathered.by_url.insert("https://b.test/list".into(), fetched(BroughtBy::Checker));
    gathered.by_url.insert("https://a.test/.well-known/did.json".into(), fetched(BroughtBy::Checker));
    let credentials = vec![Bundled { name: "aws.json".into(), text: "{\"type\": [\"VerifiableCredential\"]}".into() }];
    Bundle::new("2026-11-02T00:00:00Z".parse().unwrap(), Some("Application at Acme".into()), credentials, gathered)
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Value), code: &str, says: &str) {
    let mut value: Value = serde_json::from_str(&write(&bundle())).unwrap();
    change(&mut value);
    let problem = read(&value.to_string(), Limits::default()).unwrap_err();
    assert_eq!(problem.code, code, "{}", problem.says);
    assert!(problem.says.contains(says), "wanted `{says}`, got: {}", problem.says);
}

#[test]
fn round_trip_is_deterministic() {
    let text = write(&bundle());
    assert_eq!(read(&text, Limits::default()).unwrap(), bundle());
    assert_eq!(write(&read(&text, Limits::default()).unwrap()), text);
    let items = open("proof.json", text.as_bytes(), Limits::default());
    assert!(matches!(&items[0].what, What::Bundle(found) if **found == bundle()), "{items:?}");
}

/// A planted document cannot say that the checker fetched it.
#[test]
fn what_a_bundle_brings_is_marked_as_brought() {
    let text = write(&bundle()).replace("\"by\": \"bundle\"", "\"by\": \"checker\"");
    assert!(text.contains("checker"));
    let read = read(&text, Limits::default()).unwrap();
    assert!(read.gathered.by_url.values().all(|document| document.by == BroughtBy::Bundle));
}

#[test]
fn faults() {
    refused(|b| b["type"] = json!("Bundle"), "bundle-type", "CairnBundle");
    refused(|b| b["version"] = json!(2), "bundle-version", "another version");
    refused(|b| b["version"] = json!("1"), "bundle-version", "another version");
    refused(|b| b["policy"] = json!({"trust_lists": []}), "bundle-shape", "unknown field `policy`");
    refused(|b| b["credentials"][0]["trusted"] = json!(true), "bundle-shape", "unknown field `trusted`");
    refused(|b| b["gathered"]["trust"] = json!([]), "bundle-shape", "`trust`");
    refused(|b| b["gathered"]["by_url"]["https://b.test/list"]["pinned"] = json!(true), "bundle-shape", "`pinned`");
    refused(|b| b["credentials"] = json!([]), "bundle-empty", "no credential");
    refused(|b| b["credentials"] = json!("x"), "bundle-shape", "line");
    refused(|b| b["created"] = json!("yesterday"), "bundle-shape", "line");
    refused(
        |b| b["gathered"]["by_url"]["did.json"] = b["gathered"]["by_url"]["https://b.test/list"].clone(),
        "bundle-address",
        "did.json",
    );
    refused(
        |b| b["gathered"]["by_url"]["https://b.test/list"]["got"] = json!({"bytes": "+/"}),
        "bundle-shape",
        "base64url",
    );
    refused(|b| b["log_proofs"] = json!(vec![1; 501]), "bundle-too-large", "501 log proofs");
    refused(
        |b| b["credentials"] = json!(vec![json!({"name": "", "text": ""}); 501]),
        "bundle-too-large",
        "501 credentials",
    );
    let twice = write(&bundle()).replacen("\"version\": 1,", "\"version\": 1,\n\"version\": 1,", 1);
    assert!(read(&twice, Limits::default()).unwrap_err().says.contains("duplicate field"));
    assert_eq!(read("{", Limits::default()).unwrap_err().code, "json-truncated");
    // In a folder of files, a bad bundle is an item that says so.
    let items = open("proof.json", twice.as_bytes(), Limits::default());
    assert!(matches!(&items[0].what, What::Unread(problem) if problem.code == "bundle-shape"));
}
