//! Trust lists in both forms, and every fault with its place.
#![allow(clippy::unwrap_used, reason = "a failed helper is a failed test")]

use cairn_credential::trust::{TrustList, TrustListFile, TrustedIssuer, read, write};

const KEY: &str = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

fn ours(issuers: &str) -> String {
    format!(
        r#"{{"type":"CairnTrustList","version":1,"name":"Ours","issued":"2026-11-01T00:00:00Z","issuers":{issuers}}}"#
    )
}

#[track_caller]
fn refused(text: &str, says: &str) {
    let error = read(text).unwrap_err();
    assert!(error.contains(says), "wanted `{says}`, got: {error}");
    assert!(error.ends_with('.') && !error.contains('\n'), "{error}");
}

#[test]
fn our_form() {
    let text = ours(&format!(
        r#"[{{"id":"did:web:a.test","name":"A","url":"https://a.test","keys":["{KEY}"]}},{{"id":"https://b.test/i"}}]"#
    ));
    let list = read(&text).unwrap();
    assert_eq!(list.name, "Ours");
    assert_eq!(list.issuers[0].keys, [KEY]);
    assert_eq!(list.issuers[1], TrustedIssuer { id: "https://b.test/i".into(), name: None, url: None, keys: vec![] });
    let written = write(&list, Some("2026-11-01T00:00:00Z".parse().unwrap()));
    assert_eq!(read(&written).unwrap(), list);
    assert_eq!(read(&format!("\u{feff}{written}")).unwrap(), list);
}

#[test]
fn the_registry_form() {
    let text = r#"{"meta":{"created":"2020-12-02T02:32:16+0000","updated":"2021-09-20T01:01:11+0000"},
        "registry":{"did:key:z6MkpLDL3RoAoMRTwTgo3rs39ZwssfaPKtGdZw7AGRN7CK4W":{"name":"My University","location":"Cambridge, MA, USA","url":"https://example.edu"}}}"#;
    let list = read(text).unwrap();
    assert_eq!(list.name, "Issuer registry of 2021-09-20T01:01:11+0000");
    assert_eq!(list.issuers[0].name.as_deref(), Some("My University"));
    assert_eq!(list.issuers[0].url.as_deref(), Some("https://example.edu"));
    assert_eq!(read(r#"{"registry":{}}"#).unwrap(), TrustList { name: "Issuer registry".into(), issuers: vec![] });
}

#[test]
fn faults() {
    refused("", "stops in the middle");
    refused("{\"type\": CairnTrustList}", "line 1, column");
    refused("{}", "neither");
    refused("[]", "neither");
    refused(r#"{"registry":[]}"#, "neither");
    refused(&ours("[]").replace("\"version\":1", "\"version\":2"), "another version");
    refused(&ours("[]").replace("Ours", " "), "no name");
    refused(&ours("[]").replace("\"issued\"", "\"policy\":1,\"issued\""), "unknown field `policy`");
    refused(&ours("[]").replace("\"issuers\":[]", "\"name\":\"x\""), "duplicate field `name`");
    refused(&ours(r#"[{"id":"did:web:a.test","key":["z"]}]"#), "unknown field `key`");
    refused(&ours(r#"[{"id":"Acme"}]"#), "`Acme` is not an issuer's URI");
    refused(&ours(r#"[{"id":"did:web:a.test "}]"#), "is not an issuer's URI");
    refused(&ours(r#"[{"id":"did:a:b"},{"id":"did:a:b"}]"#), "listed twice");
    refused(r#"{"registry":{"did:a:b":{"name":"x"},"did:a:b":{"name":"y"}}}"#, "listed twice");
    refused(r#"{"registry":{"did:a:b":{}},"registry":{}}"#, "two registries");
    refused(r#"{"registry":{"did:a:b":"x"}}"#, "not an object");
    for key in ["", "z", "u6Mk", &KEY[..40], &format!("{KEY}x"), "z6Mk0OIl"] {
        refused(&ours(&format!(r#"[{{"id":"did:web:a.test","keys":["{key}"]}}]"#)), "not a public key");
    }
    refused(&"[".repeat(100_000), "levels deep");
    refused(&" ".repeat((16 << 20) + 1), "16 MB");
}

/// The schema that is published says what the reader accepts.
#[test]
fn the_file_form_has_a_schema() {
    let schema = serde_json::to_value(schemars::schema_for!(TrustListFile)).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], serde_json::json!(["type", "version", "name", "issuers"]));
}
