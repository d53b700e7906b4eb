//! Proofs inside a document (Data Integrity 1.0, and the legacy `Ed25519Signature2020`): read, hashed, checked.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::canonical::{Uncanonical, canonical_hash};
use crate::contexts;
use crate::did::many;
use crate::keys::{Algorithm, PublicKey, multibase};

/// What secures a document. A closed set, always a list: any one good proof by the issuer will do.
#[derive(Debug, Clone, PartialEq)]
pub enum Proof {
    /// Made by a suite that is read.
    Embedded(Box<Embedded>),
    /// A kind that is known to exist, or not known at all, and not read yet.
    NotReadYet {
        /// JSON pointer to it.
        pointer: String,
        /// Its suite or type, as written.
        name: String,
    },
    /// A kind that is read, with something missing or malformed.
    Broken {
        /// JSON pointer to it.
        pointer: String,
        /// What is wrong, in one sentence.
        says: String,
    },
}

/// A proof by one of the suites that are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedded {
    /// JSON pointer to it.
    pub pointer: String,
    /// How it was made.
    pub suite: Suite,
    /// URI of the key it names.
    pub verification_method: String,
    /// What it was made for, such as `assertionMethod`.
    pub purpose: String,
    /// When it says it was made.
    pub created: Option<Timestamp>,
    /// Until when it holds, where it says so.
    pub expires: Option<Timestamp>,
    /// The challenge it answers.
    pub challenge: Option<String>,
    /// The domains it was made for.
    pub domains: Vec<String>,
    /// The signature, 64 bytes.
    pub value: Vec<u8>,
    /// Everything in it but its value.
    options: Map<String, Value>,
}

/// How a proof was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Data Integrity EdDSA Cryptosuites 1.0 §3.2.
    EddsaRdfc2022,
    /// Data Integrity EdDSA Cryptosuites 1.0 §3.3.
    EddsaJcs2022,
    /// Ed25519Signature2020, its appendix.
    Ed25519Signature2020,
}

impl Suite {
    /// The name as documents write it.
    pub fn name(self) -> &'static str {
        match self {
            Suite::EddsaRdfc2022 => "eddsa-rdfc-2022",
            Suite::EddsaJcs2022 => "eddsa-jcs-2022",
            Suite::Ed25519Signature2020 => "Ed25519Signature2020",
        }
    }
}

/// All proofs of a document, in order.
pub fn proofs(document: &Value) -> Vec<Proof> {
    let several = matches!(document.get("proof"), Some(Value::Array(_)));
    many(document.get("proof"))
        .into_iter()
        .enumerate()
        .map(|(i, proof)| read(proof, if several { format!("/proof/{i}") } else { "/proof".into() }))
        .collect()
}

fn read(proof: &Value, pointer: String) -> Proof {
    let text = |name: &str| proof.get(name).and_then(Value::as_str);
    let suite = match (text("type"), text("cryptosuite")) {
        (Some("DataIntegrityProof"), Some("eddsa-rdfc-2022")) => Suite::EddsaRdfc2022,
        (Some("DataIntegrityProof"), Some("eddsa-jcs-2022")) => Suite::EddsaJcs2022,
        (Some("Ed25519Signature2020"), _) => Suite::Ed25519Signature2020,
        (Some("DataIntegrityProof"), Some(other)) => return Proof::NotReadYet { pointer, name: other.into() },
        (Some(other), _) if other != "DataIntegrityProof" => {
            return Proof::NotReadYet { pointer, name: other.into() };
        }
        _ => return Proof::Broken { pointer, says: "The proof does not say how it was made.".into() },
    };
    if proof.get("previousProof").is_some() {
        return Proof::NotReadYet { pointer, name: format!("{} in a chain of proofs", suite.name()) };
    }
    match embedded(proof, suite, &pointer) {
        Ok(embedded) => Proof::Embedded(Box::new(embedded)),
        Err(says) => Proof::Broken { pointer, says },
    }
}

fn embedded(proof: &Value, suite: Suite, pointer: &str) -> Result<Embedded, String> {
    let text = |name: &str| proof.get(name).and_then(Value::as_str);
    let time = |name: &str| -> Result<Option<Timestamp>, String> {
        match proof.get(name) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .and_then(|text| text.parse().ok())
                .map(Some)
                .ok_or_else(|| format!("The proof's “{name}” is no moment such as 2026-01-31T12:00:00Z.")),
        }
    };
    let method = match proof.get("verificationMethod") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Object(object)) => object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    if method.is_empty() {
        return Err("The proof names no key (“verificationMethod”).".into());
    }
    if !method.contains(':') {
        return Err(format!("The proof's key “{method}” is no whole address, so nobody can look it up."));
    }
    let value = multibase(text("proofValue").ok_or("The proof has no “proofValue”.")?)
        .map_err(|says| format!("The proof's value is damaged. {says}"))?;
    if value.len() != 64 {
        return Err(format!("The proof's value has {} bytes instead of 64; it is damaged.", value.len()));
    }
    let mut options = proof.as_object().cloned().unwrap_or_default();
    options.shift_remove("proofValue");
    Ok(Embedded {
        pointer: pointer.to_owned(),
        suite,
        verification_method: method,
        purpose: text("proofPurpose").unwrap_or_default().to_owned(),
        created: time("created")?,
        expires: time("expires")?,
        challenge: text("challenge").map(str::to_owned),
        domains: many(proof.get("domain")).into_iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        value,
        options,
    })
}

impl Embedded {
    /// The bytes that were signed: SHA-256 of the options, then of the document without its proofs.
    pub fn signed_bytes(&self, document: &Value) -> Result<Vec<u8>, Uncanonical> {
        let mut unsecured = document.as_object().cloned().unwrap_or_default();
        unsecured.shift_remove("proof");
        signed_bytes(self.suite, unsecured, self.options.clone()).map_err(|error| match error {
            InPart::Document(error) => error,
            InPart::Options(Uncanonical::Uncovered { pointer, says }) => {
                Uncanonical::Uncovered { pointer: format!("{}{pointer}", self.pointer), says }
            }
            InPart::Options(error) => error,
        })
    }

    /// The same for another document under the same contexts, given the bytes for the first: its options stay hashed.
    pub(crate) fn signed_bytes_like(&self, first: &[u8], document: &Value) -> Result<Vec<u8>, Uncanonical> {
        let mut unsecured = document.as_object().cloned().unwrap_or_default();
        unsecured.shift_remove("proof");
        let hash = document_hash(self.suite, unsecured, self.options.get("@context"))?;
        Ok([first.get(..32).unwrap_or_default(), &hash].concat())
    }

    /// Whether `key` made this proof over `bytes` (see [`Embedded::signed_bytes`]).
    pub fn verifies(&self, key: &PublicKey, bytes: &[u8]) -> bool {
        key.verifies(Algorithm::EdDsa, bytes, &self.value)
    }
}

pub(crate) enum InPart {
    Document(Uncanonical),
    Options(Uncanonical),
}

/// Hashes a document without proofs and a proof's options without its value, as `suite` says.
pub(crate) fn signed_bytes(
    suite: Suite,
    document: Map<String, Value>,
    mut options: Map<String, Value>,
) -> Result<Vec<u8>, InPart> {
    let own = options.get("@context").cloned();
    let context = document.get("@context").cloned().unwrap_or(Value::Null);
    let document_hash = document_hash(suite, document, own.as_ref()).map_err(InPart::Document)?;
    let options_hash = match suite {
        Suite::EddsaJcs2022 => jcs_hash(&options),
        Suite::EddsaRdfc2022 => {
            options.insert("@context".into(), context);
            canonical_hash(&Value::Object(options))
        }
        Suite::Ed25519Signature2020 => {
            options.insert("@context".into(), with_suite_context(context));
            canonical_hash(&Value::Object(options))
        }
    };
    Ok([options_hash.map_err(InPart::Options)?, document_hash].concat())
}

/// Hashes a document without proofs; `own` are the contexts that the proof names.
fn document_hash(suite: Suite, mut document: Map<String, Value>, own: Option<&Value>) -> Result<[u8; 32], Uncanonical> {
    match (suite, own) {
        (Suite::EddsaJcs2022, Some(own)) => {
            own_context(&document, own)?;
            document.insert("@context".into(), own.clone());
            jcs_hash(&document)
        }
        (Suite::EddsaJcs2022, None) => jcs_hash(&document),
        _ => {
            crate::one_node::check(&document)?;
            canonical_hash(&Value::Object(document))
        }
    }
}

/// The document's contexts have to begin with the proof's (Data Integrity EdDSA Cryptosuites §3.3.2).
fn own_context(document: &Map<String, Value>, own: &Value) -> Result<(), Uncanonical> {
    let theirs = many(document.get("@context"));
    if theirs.starts_with(&many(Some(own))) {
        return Ok(());
    }
    let says = "The document's contexts do not begin with those that the proof names.".into();
    Err(Uncanonical::Uncovered { pointer: "/@context".into(), says })
}

/// Many older issuers left the suite's context out of the document; its signer added it to the proof's options.
fn with_suite_context(context: Value) -> Value {
    let known = |item: &Value| item.as_str() == Some(contexts::ED25519_2020);
    let mut items: Vec<Value> = many(Some(&context)).into_iter().cloned().collect();
    if !items.iter().any(known) {
        items.push(json!(contexts::ED25519_2020));
    }
    Value::Array(items)
}

fn jcs_hash(object: &Map<String, Value>) -> Result<[u8; 32], Uncanonical> {
    let bytes = serde_json_canonicalizer::to_vec(object).map_err(|error| Uncanonical::Refused {
        code: "not-canonical-json",
        says: format!("The document cannot be put into canonical JSON: {error}."),
    })?;
    Ok(Sha256::digest(&bytes).into())
}
