//! W3C vectors of Data Integrity EdDSA, did:key and Bitstring Status List, every intermediate file.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod common;

use cairn_credential::canonical::canonical_nquads;
use cairn_credential::keys::PublicKey;
use cairn_credential::policy::Binding;
use cairn_credential::proof::{Proof, proofs};
use cairn_credential::status::Bits;
use cairn_credential::verdict::{Altered, Genuine};
use cairn_credential::{Gathered, Policy, verify};
use common::{at, file, has, json, vectors};
use serde_json::Value;

/// These need a citizenship context that is not among the embedded ones.
const EDDSA_GAPS: &[&str] = &["eddsa-rdfc-2022/employ"];

#[test]
fn eddsa_every_step() {
    let Some(folder) = vectors("vc-di-eddsa") else { return };
    let suites = [
        ("eddsa-rdfc-2022", "DataInt"),
        ("eddsa-rdfc-2022/employ", "DataInt"),
        ("eddsa-jcs-2022", "JCS"),
        ("Ed25519Signature2020", "EdSig"),
    ];
    let mut failed = Vec::new();
    for (name, suffix) in suites {
        let step = |step: &str, ending: &str| file(folder.join(format!("{name}/{step}{suffix}.{ending}")));
        let signed = json(&step("signed", "json"));
        let mut unsigned = signed.clone();
        unsigned.as_object_mut().unwrap().remove("proof");
        let config = json(&step("proofConfig", "json"));
        let canonical = |value: &Value| match suffix {
            "JCS" => serde_json_canonicalizer::to_string(value).unwrap(),
            _ => canonical_nquads(value).unwrap_or_else(|error| error.to_string()),
        };
        let all = || -> bool {
            let [Proof::Embedded(proof)] = &proofs(&signed)[..] else { return false };
            let Ok(bytes) = proof.signed_bytes(&signed) else { return false };
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let signature: String = proof.value.iter().map(|byte| format!("{byte:02x}")).collect();
            let verdict = verify(&signed.to_string(), &Gathered::default(), at("2026-01-01T00:00:00Z"), &proof_only());
            canonical(&unsigned) == step("canonDoc", "txt")
                && canonical(&config) == step("proofCanon", "txt")
                && hex == step("combinedHash", "txt").trim()
                && hex == format!("{}{}", step("proofHash", "txt").trim(), step("docHash", "txt").trim())
                && signature == step("sigHex", "txt").trim()
                && verdict.genuine.is == Genuine::Yes
        };
        if !all() {
            failed.push(name);
        }
    }
    assert_eq!(failed, EDDSA_GAPS);
}

/// Ed25519 signatures are deterministic: signing the vectors' document with their key gives their very proof.
#[test]
fn signing_gives_the_vectors_own_proof() {
    use cairn_credential::sign::{SigningKey, sign_data_integrity, sign_data_integrity_jcs};
    let Some(folder) = vectors("vc-di-eddsa") else { return };
    let pair = json(&file(folder.join("keyPair.json")));
    let secret = bs58::decode(&pair["privateKeyMultibase"].as_str().unwrap()[1..]).into_vec().unwrap();
    let key = SigningKey::did_key(secret[2..].try_into().unwrap());
    assert_eq!(key.public_multibase(), pair["publicKeyMultibase"].as_str().unwrap());
    let created = at("2023-02-24T23:36:38Z");
    let unsigned = json(&file(folder.join("unsigned.json")));
    for (name, text) in [
        ("eddsa-rdfc-2022/signedDataInt.json", sign_data_integrity(&unsigned, &key, created, "assertionMethod")),
        ("eddsa-jcs-2022/signedJCS.json", sign_data_integrity_jcs(&unsigned, &key, created, "assertionMethod")),
    ] {
        let (ours, theirs) = (json(&text.unwrap()), json(&file(folder.join(name))));
        assert_eq!(ours["proof"][0]["proofValue"], theirs["proof"]["proofValue"], "{name}");
    }
}

fn proof_only() -> Policy {
    Policy { binding: Binding::ProofOnly, ..Policy::default() }
}

#[test]
fn proof_sets_and_chains() {
    let Some(folder) = vectors("vc-di-eddsa") else { return };
    let check = |name: &str, policy: &Policy| {
        let text = file(folder.join("proof-set-chain").join(name));
        verify(&text, &Gathered::default(), at("2026-01-01T00:00:00Z"), policy)
    };
    for name in ["signedProofSet1.json", "signedProofSet2.json", "signedProofChain1.json"] {
        assert_eq!(check(name, &proof_only()).genuine.is, Genuine::Yes, "{name}");
    }
    // the first proof of the chain stands on its own, the second is not read yet
    let chain = check("signedProofChain2.json", &proof_only());
    assert!(has(&chain, "proof-not-read-yet"), "{:#?}", chain.checks);
    // the keys are no keys of the https: issuer, and nobody said whose they are
    assert_eq!(check("signedProofSet1.json", &Policy::default()).genuine.is, Genuine::CannotTell);
}

#[test]
fn chained_proofs_are_never_taken_for_good() {
    let Some(folder) = vectors("di-proof-chain") else { return };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.join("eddsa-rdfc-2022")).unwrap() {
        let path = entry.unwrap().path();
        let text = file(&path);
        let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
        for proof in proofs(&value) {
            if let Proof::Embedded(proof) = &proof {
                assert!(value.pointer(&format!("{}/previousProof", proof.pointer)).is_none(), "{path:?}");
            }
        }
        verify(&text, &Gathered::default(), at("2026-01-01T00:00:00Z"), &proof_only());
        seen += 1;
    }
    assert!(seen >= 12, "{seen}");
}

#[test]
fn every_bit_of_a_proof_counts() {
    let Some(folder) = vectors("vc-di-eddsa") else { return };
    for name in ["eddsa-jcs-2022/signedJCS.json", "eddsa-rdfc-2022/signedDataInt.json"] {
        let signed = json(&file(folder.join(name)));
        let value = signed["proof"]["proofValue"].as_str().unwrap();
        let bytes = bs58::decode(&value[1..]).into_vec().unwrap();
        for bit in (0..512).step_by(if name.contains("jcs") { 1 } else { 37 }) {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut copy = signed.clone();
            copy["proof"]["proofValue"] = format!("z{}", bs58::encode(bytes).into_string()).into();
            let verdict = verify(&copy.to_string(), &Gathered::default(), at("2026-01-01T00:00:00Z"), &proof_only());
            assert!(matches!(verdict.genuine.is, Genuine::No { .. }), "{name} bit {bit}");
        }
        let mut short = signed.clone();
        short["proof"]["proofValue"] = value[..value.len() - 4].into();
        let verdict = verify(&short.to_string(), &Gathered::default(), at("2026-01-01T00:00:00Z"), &proof_only());
        assert_eq!(verdict.genuine.is, Genuine::No { altered: Altered::TheProof });
    }
}

/// Kinds of key that no proof read here is made with.
const DID_KEY_GAPS: &[&str] = &["z82L", "zQ3s", "zUC7", "zUC6", "z5Tc", "z6LS", "z2J9"];

#[test]
fn did_keys() {
    let Some(folder) = vectors("did-key") else { return };
    let (mut read, mut compared, mut gaps) = (0, 0, Vec::new());
    let mut try_one = |multikey: &str, document: &Value| match PublicKey::from_multibase(multikey) {
        Err(_) => gaps.push(multikey[..4].to_owned()),
        Ok(key) => {
            read += 1;
            let methods = &document["verificationMethod"];
            let method = if methods.is_array() { &methods[0] } else { methods };
            compared += usize::from(method.is_object());
            let theirs = match (&method["publicKeyJwk"], &method["publicKeyMultibase"], &method["publicKeyBase58"]) {
                (jwk @ Value::Object(_), _, _) => PublicKey::from_jwk(jwk).unwrap(),
                (_, Value::String(multibase), _) => PublicKey::from_multibase(multibase).unwrap(),
                (_, _, Value::String(base58)) => {
                    let bytes = bs58::decode(base58).into_vec().unwrap();
                    match bytes.len() {
                        32 => PublicKey::Ed25519(bytes.try_into().unwrap()),
                        _ => PublicKey::P256(bytes.try_into().unwrap()),
                    }
                }
                _ => key.clone(),
            };
            assert_eq!(key, theirs, "{multikey}");
        }
    };
    for name in ["ed25519-x25519", "nist-curves", "rsa", "secp256k1", "x25519", "bls12381"] {
        let documents = json(&file(folder.join(format!("{name}.json"))));
        for (did, entry) in documents.as_object().unwrap() {
            let document = entry.get("didDocument").unwrap_or(entry);
            if let Some(multikey) = did.strip_prefix("did:key:") {
                try_one(multikey, document);
            }
        }
    }
    let newer = json(&file(folder.join("spec-2025-test-vectors.json")));
    for did in newer["dids"].as_array().unwrap() {
        try_one(did.as_str().unwrap().strip_prefix("did:key:").unwrap(), &Value::Null);
    }
    gaps.sort();
    gaps.dedup();
    assert_eq!((read, compared), (13, 10));
    assert!(gaps.iter().all(|gap| DID_KEY_GAPS.contains(&gap.as_str()) || gap.starts_with("zUC")), "{gaps:?}");
}

#[test]
fn bitstrings() {
    let Some(folder) = vectors("bitstring-status-list") else { return };
    let examples = json(&file(folder.join("spec-examples.json")));
    let encoded = examples[0]["encodedList"].as_str().unwrap();
    let bits = Bits::decode(encoded).unwrap();
    assert_eq!((bits.len(), bits.ones().count()), (16384 * 8, 0));
    let list = folder.parent().unwrap().join("ob30-validator/bit-string-list/testlist");
    let list = json(&file(list));
    let bits = Bits::decode(list["credentialSubject"]["encodedList"].as_str().unwrap()).unwrap();
    assert_eq!(bits.ones().collect::<Vec<_>>(), [23]);
}

/// Credentials and presentations as JWTs (VC-JOSE-COSE): what is read of them, and gaps by number. 2, 5, 7 and 9 are
/// made with P-384 and P-521, which are not read yet; 9 expects a failure and so passes all the same. SD-JWT (17 to
/// 26) and COSE (27 to 35) are not read yet.
const JOSE_GAPS: &[u64] = &[7];

#[test]
fn jose() {
    let Some(folder) = vectors("vc-jose-cose") else { return };
    let methods: Vec<Value> = ["vm-p256", "vm-p384", "vm-p521", "vm-ed25519"]
        .map(|name| json(&file(folder.join(format!("{name}.json")))))
        .into_iter()
        .collect();
    let issuer = "https://example.issuer/vc-jose-cose";
    let document = serde_json::json!({"id": issuer, "assertionMethod": methods, "authentication": methods}).to_string();
    let mut gathered = Gathered::default();
    common::bring(&mut gathered, issuer, &document, cairn_credential::gathered::BroughtBy::Checker);
    let cases = json(&file(folder.join("cases.json")));
    let cases = cases.as_array().or(cases["cases"].as_array()).unwrap();
    let (mut passed, mut failed) = (0, Vec::new());
    for case in
        cases.iter().filter(|case| case["fn"] == "verify" && case["feature"].as_str().unwrap().ends_with("jose"))
    {
        let text = file(folder.join(case["input_file"].as_str().unwrap()));
        let verdict = verify(&text, &gathered, at("2024-12-16T00:00:00Z"), &Policy::default());
        let nested = verdict.nested.iter().all(|nested| nested.verdict.genuine.is == Genuine::Yes);
        if (verdict.genuine.is == Genuine::Yes && nested) == (case["expected_result"] == "success") {
            passed += 1;
        } else {
            println!("{}: {:#?}", case["name"], verdict.checks);
            failed.push(case["number"].as_u64().unwrap());
        }
    }
    assert_eq!(failed, JOSE_GAPS);
    assert_eq!(passed, 10);
}
