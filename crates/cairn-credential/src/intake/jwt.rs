//! Compact JWTs: what they hold is decided by decoding their payload, without any belief in it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{Container, Limits, What, json, unread};

/// Whether a text (spaces around it, line breaks in it as mail programs put them) can be a compact JWT.
pub(super) fn looks_like(text: &str) -> bool {
    text.trim_start().starts_with("eyJ")
        && text.contains('.')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_~=".contains(&b) || b.is_ascii_whitespace())
}

/// Opens a text that [`looks_like`] one.
pub(super) fn open(text: &str, limits: Limits) -> What {
    // White space is not part of a compact JWT; wrapped lines are put together again.
    let text: String = text.split_ascii_whitespace().collect();
    if text.contains('~') {
        return unread("sd-jwt-not-read-yet", "This is a selective-disclosure JWT (SD-JWT), which is not read yet.");
    }
    let parts: Vec<&str> = text.split('.').collect();
    match parts.as_slice() {
        [_, payload, signature] => {
            if signature.is_empty() {
                return unread(
                    "jwt-unsigned",
                    "This JWT bears no signature: its third part is empty. Anybody can have written it.",
                );
            }
            let payload = match decode(payload, limits) {
                Ok(payload) => payload,
                Err(what) => return *what,
            };
            classify(text, &payload)
        }
        [_, _, _, _, _] => {
            unread("jwt-encrypted", "This JWT is encrypted; only its addressee can open it. Give the opened one.")
        }
        other => unread(
            "jwt-truncated",
            format!("This looks like a JWT but has {} parts instead of three. Copy the whole text again.", other.len()),
        ),
    }
}

fn classify(text: String, payload: &Value) -> What {
    let types = json::types(payload);
    if payload.get("vp").is_some() || types.contains(&"VerifiablePresentation") {
        return What::Presentation { text };
    }
    if payload.get("vc").is_some()
        || types.contains(&"VerifiableCredential")
        || payload.get("credentialSubject").is_some()
    {
        return What::Credential { text, container: Container::Jwt };
    }
    if json::is_open_badges_2(payload, &types) {
        return json::open_badges_2();
    }
    unread(
        "jwt-not-a-credential",
        "This JWT holds no credential and no presentation; it may be a sign-in token. Keep it to yourself.",
    )
}

fn decode(payload: &str, limits: Limits) -> Result<Value, Box<What>> {
    let not = |why: &str| {
        let says = format!("This looks like a JWT, but its middle part {why}. Copy the whole text again.");
        Box::new(unread("jwt-broken", says))
    };
    let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|_| not("is not base64url"))?;
    let text = String::from_utf8(bytes).map_err(|_| not("is not UTF-8"))?;
    json::parse(&text, limits).map_err(|problem| {
        if problem.code == "json-too-deep" { Box::new(What::Unread(problem)) } else { not("is not JSON") }
    })
}
