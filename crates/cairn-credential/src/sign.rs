//! Signing: Open Badges 3.0 with `eddsa-rdfc-2022` and VC-JWT (EdDSA). Time and keys are arguments.

mod badge;
mod document;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use badge::{achievement, open_badge};
pub use document::{ListedKey, controller_document, did_web_below};

use crate::canonical::canonical_hash;
use crate::did::many;
use crate::facts::moment;
use crate::keys::PublicKey;
use crate::proof::{InPart, Suite, signed_bytes};

/// An Ed25519 key that can sign, and the name verifiers will look it up by.
#[derive(Clone)]
pub struct SigningKey {
    /// The verification method's URI: `did:key:z6Mk…#z6Mk…` or `did:web:…#key-1`.
    pub verification_method: String,
    pub(crate) key: ed25519_dalek::SigningKey,
}

/// Never shows the key itself.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("verification_method", &self.verification_method).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// From a 32-byte seed, named as a `did:key`.
    pub fn did_key(seed: &[u8; 32]) -> SigningKey {
        let mut key = SigningKey::named(seed, "");
        let multibase = key.public_multibase();
        key.verification_method = format!("did:key:{multibase}#{multibase}");
        key
    }

    /// From a 32-byte seed, named by a verification method of the issuer's own (`did:web:…#key-1`).
    pub fn named(seed: &[u8; 32], verification_method: &str) -> SigningKey {
        SigningKey { verification_method: verification_method.into(), key: ed25519_dalek::SigningKey::from_bytes(seed) }
    }

    /// The issuer id: the verification method without its fragment.
    pub fn controller(&self) -> &str {
        self.verification_method.split('#').next().unwrap_or_default()
    }

    /// The public key as a multibase Multikey (`z6Mk…`).
    pub fn public_multibase(&self) -> String {
        PublicKey::Ed25519(self.key.verifying_key().to_bytes()).to_multibase().expect("Ed25519 has a Multikey form")
    }

    /// The controller's document (DID Core, Controlled Identifiers) that lists this key for assertion and
    /// authentication: what a `did:web` issuer serves at its address.
    pub fn document(&self) -> Value {
        let key = ListedKey {
            id: self.verification_method.clone(),
            multibase: self.public_multibase(),
            expires: None,
            revoked: None,
        };
        controller_document(self.controller(), &[key])
    }
}

/// Adds an `eddsa-rdfc-2022` proof (as an array, as the strict 1EdTech schema wants) to an unsigned credential
/// or presentation. `purpose` is `assertionMethod` or `authentication`. The error is a sentence: an undefined
/// term, an unknown context.
pub fn sign_data_integrity(
    document: &Value,
    key: &SigningKey,
    created: Timestamp,
    purpose: &str,
) -> Result<String, String> {
    sign_with(Suite::EddsaRdfc2022, document, key, options(Suite::EddsaRdfc2022, key, created, purpose))
}

/// The same with `eddsa-jcs-2022`, which covers every byte and asks nothing of contexts.
pub fn sign_data_integrity_jcs(
    document: &Value,
    key: &SigningKey,
    created: Timestamp,
    purpose: &str,
) -> Result<String, String> {
    let mut options = options(Suite::EddsaJcs2022, key, created, purpose);
    if let Some(context) = document.get("@context") {
        options.insert("@context".into(), context.clone());
    }
    sign_with(Suite::EddsaJcs2022, document, key, options)
}

/// Signs a presentation with `eddsa-rdfc-2022` for one showing: the checker's challenge and, if set, domain.
pub fn sign_presentation(
    document: &Value,
    key: &SigningKey,
    created: Timestamp,
    challenge: &str,
    domain: Option<&str>,
) -> Result<String, String> {
    let mut options = options(Suite::EddsaRdfc2022, key, created, "authentication");
    options.insert("challenge".into(), json!(challenge));
    if let Some(domain) = domain {
        options.insert("domain".into(), json!(domain));
    }
    sign_with(Suite::EddsaRdfc2022, document, key, options)
}

fn options(suite: Suite, key: &SigningKey, created: Timestamp, purpose: &str) -> Map<String, Value> {
    let created = Timestamp::from_second(created.as_second()).unwrap_or(created);
    let options = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": suite.name(),
        "created": created.to_string(),
        "verificationMethod": key.verification_method,
        "proofPurpose": purpose,
    });
    options.as_object().cloned().unwrap_or_default()
}

fn sign_with(suite: Suite, document: &Value, key: &SigningKey, options: Map<String, Value>) -> Result<String, String> {
    let mut secured = document.as_object().cloned().ok_or("What is to be signed is no JSON object.")?;
    let mut proofs: Vec<Value> = many(secured.get("proof")).into_iter().cloned().collect();
    secured.shift_remove("proof");
    let bytes = signed_bytes(suite, secured.clone(), options.clone()).map_err(|error| match error {
        InPart::Document(error) | InPart::Options(error) => error.to_string(),
    })?;
    let signature = key.key.sign(&bytes).to_bytes();
    let mut proof = options;
    proof.insert("proofValue".into(), json!(format!("z{}", bs58::encode(signature).into_string())));
    proofs.push(Value::Object(proof));
    secured.insert("proof".into(), Value::Array(proofs));
    Ok(Value::Object(secured).to_string())
}

/// Signs a credential as a compact VC-JWT (EdDSA), claims at top level with `iss`, `jti`, `nbf`, `sub` and `exp` (OB 3.0 §8.2.4).
pub fn sign_jwt(document: &Value, key: &SigningKey) -> Result<String, String> {
    jwt(document, key, None)
}

/// The same, saying in `iat` when it was signed: by that a key's history is held against it.
pub fn sign_jwt_at(document: &Value, key: &SigningKey, signed: Timestamp) -> Result<String, String> {
    jwt(document, key, Some(signed))
}

fn jwt(document: &Value, key: &SigningKey, signed: Option<Timestamp>) -> Result<String, String> {
    let mut claims = document.as_object().cloned().ok_or("What is to be signed is no JSON object.")?;
    claims.shift_remove("proof");
    // a JWT covers every byte, but a term that no context defines still means nothing to anybody
    canonical_hash(&Value::Object(claims.clone())).map_err(|error| error.to_string())?;
    let id = |value: Option<&Value>| match value {
        Some(Value::String(id)) => Some(id.clone()),
        Some(object) => object.get("id").and_then(Value::as_str).map(str::to_owned),
        None => None,
    };
    let issuer = id(claims.get("issuer")).ok_or("The credential names no issuer.")?;
    let seconds = |names: [&str; 2]| {
        names.iter().find_map(|name| claims.get(*name)).and_then(moment).map(|time| json!(time.as_second()))
    };
    let from = seconds(["validFrom", "issuanceDate"]).ok_or("The credential does not say from when it is valid.")?;
    let until = seconds(["validUntil", "expirationDate"]);
    let subject = many(claims.get("credentialSubject")).first().and_then(|subject| id(Some(subject)));
    let jti = id(claims.get("id"));
    claims.insert("iss".into(), json!(issuer));
    claims.insert("nbf".into(), from);
    if let Some(signed) = signed {
        claims.insert("iat".into(), json!(signed.as_second()));
    }
    for (claim, value) in [("jti", jti.map(Value::from)), ("sub", subject.map(Value::from)), ("exp", until)] {
        if let Some(value) = value {
            claims.insert(claim.into(), value);
        }
    }
    let header = json!({"alg": "EdDSA", "kid": key.verification_method, "typ": "JWT"});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&Value::Object(claims)));
    let signature = key.key.sign(signed.as_bytes()).to_bytes();
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
