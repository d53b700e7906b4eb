//! Status lists: the published vectors, every fault by its name, and writing what is read.
#![allow(clippy::unwrap_used, reason = "a failed helper is a failed test")]

use std::io::Write;
use std::path::PathBuf;

use cairn_credential::status::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn shared(path: &str) -> Option<Value> {
    let root = std::env::var("CAIRN_SHARED")
        .map_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let path = root.join("vectors").join(path);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            eprintln!("SKIPPED 1: {} ({error}); set CAIRN_SHARED", path.display());
            None
        }
    }
}

fn gzip(bytes: &[u8]) -> String {
    use base64::Engine;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).unwrap();
    format!("u{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(gzip.finish().unwrap()))
}

#[test]
fn the_specifications_example_is_16384_zero_bytes() {
    let Some(examples) = shared("bitstring-status-list/spec-examples.json") else { return };
    let bits = Bits::decode(examples[0]["encodedList"].as_str().unwrap()).unwrap();
    assert_eq!((bits.len(), bits.ones().count(), bits.is_short()), (131_072, 0, false));
    // Written again it reads the same, whatever the gzip's own bytes are.
    assert_eq!(Bits::decode(&bits.encode()).unwrap(), bits);
}

#[test]
fn the_validators_list_has_bit_23() {
    let Some(list) = shared("ob30-validator/bit-string-list/testlist") else { return };
    let list = read_list(&list).unwrap();
    assert_eq!(list.bits.ones().collect::<Vec<_>>(), [23]);
    assert_eq!(list.is_set(&Purpose::Revocation, 23), Ok(true));
    assert_eq!(list.is_set(&Purpose::Revocation, 22), Ok(false));
    assert_eq!(list.is_set(&Purpose::Suspension, 23).unwrap_err().code, "status-list-purpose");
    assert_eq!(list.is_set(&Purpose::Revocation, 131_072).unwrap_err().code, "status-list-range");
    assert_eq!(list.id.as_deref(), Some("https://example.com/credentials/status/3"));
}

#[test]
fn the_validators_badges_name_their_lists() {
    let Some(badge) = shared("ob30-validator/bit-string-list/credential-status-revoked.json") else { return };
    let entries = entries(&badge);
    let [StatusEntry::Bitstring { index: 23, purpose: Purpose::Revocation, list, pointer }] = entries.as_slice() else {
        panic!("{entries:?}")
    };
    assert!(list.ends_with("/testlist") && pointer == "/credentialStatus");
    let Some(badge) = shared("ob30-validator/credential-status-revoked.json") else { return };
    assert!(
        matches!(cairn_credential::status::entries(&badge).as_slice(), [StatusEntry::RevocationList { list, .. }] if list.contains("/api/revocations/"))
    );
}

#[test]
fn bit_0_is_the_most_significant() {
    let mut bits = Bits::zeros(0);
    assert!(bits.set(5, true) && !bits.set(131_072, true));
    let packed = bits.encode();
    let bytes = Bits::decode(&packed).unwrap();
    assert_eq!(bytes.ones().collect::<Vec<_>>(), [5]);
    assert_eq!(Bits::decode(&gzip(&[0b0000_0100])).unwrap().ones().collect::<Vec<_>>(), [5]);
    assert_eq!(Bits::decode(&gzip(&[0b0000_0100])).unwrap().get(8), None);
    assert!(Bits::decode(&gzip(&[0])).unwrap().is_short());
}

#[test]
fn faults_of_an_encoded_list() {
    let good = Bits::zeros(0).encode();
    assert!(Bits::decode(&good[1..]).is_ok(), "early drafts had no prefix");
    let padding = "=".repeat((4 - (good.len() - 1) % 4) % 4);
    assert!(Bits::decode(&format!("{good}{padding}")).is_ok(), "some writers pad");
    let bomb = gzip(&vec![0; (16 << 20) + 1]);
    for (encoded, says) in [
        ("", "multibase"),
        ("z6Mk", "multibase"),
        ("u!!", "base64url"),
        ("uAAAA", "gzip"),
        (&good[..good.len() / 8 * 4 + 1], "gzip"),
        (&bomb, "16 MB"),
        (&gzip(&[]), "nothing"),
    ] {
        let problem = Bits::decode(encoded).unwrap_err();
        assert_eq!(problem.code, "status-list-encoding");
        assert!(problem.says.contains(says), "{encoded:.10}: {}", problem.says);
    }
    // Exactly at the limit it is read.
    assert_eq!(Bits::decode(&gzip(&vec![0; 16 << 20])).unwrap().len(), 134_217_728);
}

#[test]
fn faults_of_a_list_credential() {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let good = list_credential("https://a.test/s/1", "did:web:a.test", &Purpose::Revocation, at, &Bits::zeros(0));
    assert_eq!(read_list(&good).unwrap().purposes, [Purpose::Revocation]);
    for (pointer, value, code) in [
        ("/type", json!(["VerifiableCredential"]), "status-list-type"),
        ("/credentialSubject", json!([]), "status-list-type"),
        ("/credentialSubject", json!("https://x"), "status-list-type"),
        ("/credentialSubject/type", json!("StatusList2021"), "status-list-type"),
        ("/credentialSubject/statusPurpose", json!(7), "status-list-purpose"),
        ("/credentialSubject/encodedList", json!(7), "status-list-encoding"),
        ("/credentialSubject/encodedList", json!("u"), "status-list-encoding"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert_eq!(read_list(&bad).unwrap_err().code, code, "{pointer}");
    }
    let mut several = good;
    several["credentialSubject"]["statusPurpose"] = json!(["revocation", "suspension"]);
    several["credentialSubject"]["ttl"] = json!(60_000);
    let list = read_list(&several).unwrap();
    assert_eq!(list.is_set(&Purpose::Suspension, 0), Ok(false));
    assert_eq!(list.ttl, Some(60_000));
    assert_eq!(read_list(&json!(null)).unwrap_err().code, "status-list-type");
}

#[test]
fn an_entry_that_is_not_understood_is_never_no_entry() {
    let one = |status: Value| {
        let found = entries(&json!({ "credentialStatus": status }));
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    };
    let good = list_entry("https://a.test/s/1", &Purpose::Suspension, 7);
    assert!(matches!(one(good.clone()), StatusEntry::Bitstring { index: 7, purpose: Purpose::Suspension, .. }));
    assert!(
        matches!(one(json!({"type": "StatusList2021Entry"})), StatusEntry::Unknown { kind, .. } if kind == "StatusList2021Entry")
    );
    assert!(matches!(one(json!({})), StatusEntry::Unknown { kind, .. } if kind.is_empty()));
    for broken in [json!(null), json!("x"), json!(3), json!({"type": "1EdTechRevocationList"})] {
        assert!(matches!(one(broken), StatusEntry::Broken { .. }));
    }
    for (field, value) in [
        ("statusListIndex", json!("-1")),
        ("statusListIndex", json!("")),
        ("statusListIndex", json!("7x")),
        ("statusListIndex", json!("99999999999999999999")),
        ("statusListIndex", json!(1.5)),
        ("statusListCredential", json!(null)),
        ("statusPurpose", json!(["revocation"])),
        ("statusSize", json!(2)),
        ("statusSize", json!("1")),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let StatusEntry::Broken { problem, .. } = one(bad) else { panic!("{field}") };
        assert!(problem.says.contains(field), "{}", problem.says);
    }
    let pair =
        entries(&json!({ "credentialStatus": [good, {"type": ["1EdTechRevocationList"], "id": "https://a.test/r"}] }));
    assert!(matches!(&pair[1], StatusEntry::RevocationList { pointer, .. } if pointer == "/credentialStatus/1"));
    assert!(entries(&json!({})).is_empty());
}

#[test]
fn an_error_page_is_not_an_empty_revocation_list() {
    let read = |value: Value| read_revocations(&value).map_err(|problem| problem.code);
    let shape = Err("revocation-list-shape".to_owned());
    for page in [
        json!({"error": "not found"}),
        json!([]),
        json!({"id": "https://a.test/r", "issuer": "did:web:a.test", "revokedCredential": null}),
        json!({"revokedCredential": [{"revoked": true}]}),
        json!({"revokedCredential": [{"id": "x", "revoked": "no"}]}),
    ] {
        assert_eq!(read(page.clone()), shape, "{page}");
    }
    let list = read(json!({
        "id": "https://a.test/r", "issuer": {"id": "did:web:a.test"},
        "revokedCredential": [{"id": "urn:1"}, {"id": "urn:2", "revoked": false}, {"id": "urn:3", "revoked": true, "revocationReason": "Mistake"}],
    }))
    .unwrap();
    assert_eq!(list.issuer.as_deref(), Some("did:web:a.test"));
    assert!(list.find("urn:1").is_some() && list.find("urn:2").is_none());
    assert_eq!(list.find("urn:3").unwrap().reason.as_deref(), Some("Mistake"));
    assert_eq!(read(json!({"id": "https://a.test/r", "issuer": "did:web:a.test"})).unwrap().revoked, []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_set_is_read(indexes in proptest::collection::btree_set(0u64..200_000, 0..50)) {
        let mut bits = Bits::zeros(200_000);
        for index in &indexes {
            prop_assert!(bits.set(*index, true));
        }
        let read = Bits::decode(&bits.encode()).unwrap();
        prop_assert_eq!(read.ones().collect::<Vec<_>>(), indexes.iter().copied().collect::<Vec<_>>());
        for index in indexes {
            prop_assert_eq!(read.get(index), Some(true));
        }
    }

    #[test]
    fn random_lists_never_panic(encoded in "(u|H4sI|uH4sI)?[A-Za-z0-9_=-]{0,80}") {
        let _ = Bits::decode(&encoded);
    }
}
