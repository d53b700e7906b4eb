//! Reading what was dropped: a JSON document or a compact JWT, a credential or a presentation.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::did::many;
use crate::facts::types;
use crate::json;
use crate::jwt::{self, Jwt};
use crate::keys::hex;
use crate::proof::{Proof, proofs};

/// A document with what secures it.
pub(super) struct Document {
    /// The credential or presentation.
    pub value: Value,
    /// The JWT it came in.
    pub jwt: Option<Jwt>,
    /// Proofs inside it.
    pub proofs: Vec<Proof>,
    /// Hex SHA-256 of the exact text.
    pub sha256: String,
}

/// Why a text could not be read.
pub(super) struct Unread {
    pub code: &'static str,
    pub says: String,
}

/// Reads a JSON document or a compact JWT.
pub(super) fn read(text: &str) -> Result<Document, Unread> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let sha256 = hex(&Sha256::digest(text.as_bytes()));
    if text.starts_with('{') {
        let value = json::parse(text).map_err(|says| Unread { code: "unreadable", says })?;
        return from_value(value, sha256);
    }
    if jwt::looks_like_jwt(text) {
        let jwt = jwt::parse(text).map_err(|says| Unread { code: "unreadable", says })?;
        let value = jwt.document();
        return Ok(Document { value, jwt: Some(jwt), proofs: Vec::new(), sha256 });
    }
    if text.starts_with("ey") && text.contains('~') {
        let says = "This is an SD-JWT; credentials in that form are not read yet.".into();
        return Err(Unread { code: "not-read-yet", says });
    }
    let says = if text.is_empty() {
        "There is nothing in it."
    } else {
        "This is neither a JSON document nor a JWT, so it is no credential."
    };
    Err(Unread { code: "unreadable", says: says.into() })
}

/// The same for a document inside another.
pub(super) fn read_inside(value: &Value) -> Result<Document, Unread> {
    match value {
        Value::String(text) => read(text),
        object => from_value(object.clone(), hex(&Sha256::digest(object.to_string().as_bytes()))),
    }
}

fn from_value(value: Value, sha256: String) -> Result<Document, Unread> {
    if !value.is_object() {
        return Err(Unread { code: "unreadable", says: "The document is no JSON object.".into() });
    }
    let kinds = types(&value);
    if kinds.iter().any(|kind| kind.starts_with("Enveloped")) {
        return enveloped(&value);
    }
    let proofs = proofs(&value);
    Ok(Document { value, jwt: None, proofs, sha256 })
}

/// An `EnvelopedVerifiableCredential` or `EnvelopedVerifiablePresentation` (VC Data Model 2.0 §4.12, §4.13.1).
fn enveloped(value: &Value) -> Result<Document, Unread> {
    let unread = |says: &str| Unread { code: "not-read-yet", says: says.into() };
    let url = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let (kind, data) = url
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(','))
        .ok_or_else(|| unread("The envelope holds no data: address."))?;
    let text = if kind.ends_with(";base64") {
        let bytes = STANDARD.decode(data).or_else(|_| URL_SAFE_NO_PAD.decode(data)).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    } else {
        data.to_owned()
    };
    match jwt::looks_like_jwt(&text) {
        true => read(&text),
        false => Err(unread("The envelope holds no JWT; other kinds are not read yet.")),
    }
}

impl Document {
    pub(super) fn is_presentation(&self) -> bool {
        types(&self.value).iter().any(|kind| kind == "VerifiablePresentation")
            || self.jwt.as_ref().is_some_and(|jwt| jwt.claims.contains_key("vp"))
    }

    /// Suites and algorithms as written.
    pub(super) fn secured_by(&self) -> Vec<String> {
        let proofs = self.proofs.iter().map(|proof| match proof {
            Proof::Embedded(embedded) => embedded.suite.name().to_owned(),
            Proof::NotReadYet { name, .. } => name.clone(),
            Proof::Broken { .. } => "damaged proof".into(),
        });
        self.jwt.iter().map(Jwt::alg_name).chain(proofs).collect()
    }

    /// The issuer's identifier, empty when there is none.
    pub(super) fn issuer(&self) -> &str {
        id_of(self.value.get("issuer"))
    }

    /// Who shows a presentation, empty when it does not say.
    pub(super) fn holder(&self) -> &str {
        id_of(self.value.get("holder"))
    }

    /// Credentials inside a presentation: pointer and value.
    pub(super) fn presented(&self) -> Vec<(String, &Value)> {
        listed(&self.value, "", "verifiableCredential")
    }

    /// Endorsements inside a credential: pointer and value (OB 3.0 `endorsement`, `endorsementJwt`).
    pub(super) fn endorsements(&self) -> Vec<(String, &Value)> {
        let mut places = vec![(String::new(), &self.value)];
        if let Some(issuer @ Value::Object(_)) = self.value.get("issuer") {
            places.push(("/issuer".into(), issuer));
        }
        for (pointer, subject) in listed(&self.value, "", "credentialSubject") {
            for (pointer, achievement) in listed(subject, &pointer, "achievement") {
                if let Some(creator @ Value::Object(_)) = achievement.get("creator") {
                    places.push((format!("{pointer}/creator"), creator));
                }
                places.push((pointer, achievement));
            }
        }
        places
            .into_iter()
            .flat_map(|(pointer, place)| {
                [listed(place, &pointer, "endorsement"), listed(place, &pointer, "endorsementJwt")].concat()
            })
            .collect()
    }
}

fn id_of(value: Option<&Value>) -> &str {
    match value {
        Some(Value::String(id)) => id,
        Some(object) => object.get("id").and_then(Value::as_str).unwrap_or_default(),
        None => "",
    }
}

fn listed<'a>(value: &'a Value, pointer: &str, key: &str) -> Vec<(String, &'a Value)> {
    let several = matches!(value.get(key), Some(Value::Array(_)));
    many(value.get(key))
        .into_iter()
        .enumerate()
        .map(|(i, item)| (if several { format!("{pointer}/{key}/{i}") } else { format!("{pointer}/{key}") }, item))
        .collect()
}
