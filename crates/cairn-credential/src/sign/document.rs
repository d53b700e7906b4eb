//! The document in which a did:web issuer lists its keys, with their history (Controlled Identifiers §2.2, did:web).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A key as its owner's document lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// URI of the verification method, such as `did:web:example.org#key-1`.
    pub id: String,
    /// The public key as a multibase Multikey (`z6Mk…`).
    pub multibase: String,
    /// Until when it signs, where it has been retired: what it signed before stays good.
    pub expires: Option<Timestamp>,
    /// Since when others may have it, where that is so: it is listed, and asserts nothing any more.
    pub revoked: Option<Timestamp>,
}

/// The document of `controller` (its DID): every key that it ever had stands among its verification methods; those
/// that others may have are not among those that assert.
pub fn controller_document(controller: &str, keys: &[ListedKey]) -> Value {
    let method = |key: &ListedKey| {
        let mut method = Map::new();
        method.insert("id".into(), json!(key.id));
        method.insert("type".into(), json!("Multikey"));
        method.insert("controller".into(), json!(controller));
        method.insert("publicKeyMultibase".into(), json!(key.multibase));
        for (name, at) in [("expires", key.expires), ("revoked", key.revoked)] {
            if let Some(at) = at {
                method.insert(name.into(), json!(whole_seconds(at).to_string()));
            }
        }
        Value::Object(method)
    };
    let good = |key: &&ListedKey| key.revoked.is_none();
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": controller,
        "verificationMethod": keys.iter().map(method).collect::<Vec<Value>>(),
        "assertionMethod": keys.iter().filter(good).map(|key| key.id.as_str()).collect::<Vec<&str>>(),
        "authentication": keys
            .iter()
            .filter(good)
            .filter(|key| key.expires.is_none())
            .map(|key| key.id.as_str())
            .collect::<Vec<&str>>(),
    })
}

/// The did:web that is served below `base` at these path segments (did:web §3.2); `None` when `base` is not `https:`,
/// or its host is no name of the world's: an address in numbers, `localhost`, a name without a dot.
pub fn did_web_below(base: &str, segments: &[&str]) -> Option<String> {
    let rest = base.strip_prefix("https://")?;
    let mut parts = rest.trim_end_matches('/').split('/');
    let authority = parts.next()?.to_ascii_lowercase();
    let (host, port) = authority.split_once(':').map_or((authority.as_str(), None), |(host, port)| (host, Some(port)));
    let last = host.rsplit('.').next()?;
    let named = host.contains('.')
        && host
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        && last.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !matches!(last, "localhost" | "local" | "internal");
    let port_is_good = port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let path: Vec<&str> = parts.chain(segments.iter().copied()).collect();
    if !named || !port_is_good || !path.iter().all(|part| plain(part)) {
        return None;
    }
    let authority = authority.replace(':', "%3A");
    Some(format!("did:web:{authority}{}", path.iter().map(|part| format!(":{part}")).collect::<String>()))
}

/// Documents carry whole seconds, as proofs do.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_did_web_needs_https_and_a_name_of_the_world() {
        let at = |base: &str| did_web_below(base, &["issuers", "iron-works"]);
        assert_eq!(at("https://badges.example").as_deref(), Some("did:web:badges.example:issuers:iron-works"));
        assert_eq!(
            at("https://Badges.Example:8443/").as_deref(),
            Some("did:web:badges.example%3A8443:issuers:iron-works")
        );
        assert_eq!(at("https://a.example/x").as_deref(), Some("did:web:a.example:x:issuers:iron-works"));
        for bad in [
            "http://badges.example",
            "https://127.0.0.1",
            "https://localhost",
            "https://[::1]",
            "https://cairn",
            "https://a..b",
            "https://u@a.example",
            "https://a.example:x",
            "https://box.local",
        ] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_key_that_others_may_have_is_listed_and_asserts_nothing() {
        let at: Timestamp = "2026-11-23T12:00:00.9Z".parse().unwrap();
        let key = |n: u32, expires, revoked| ListedKey {
            id: format!("did:web:a.example#key-{n}"),
            multibase: format!("z6Mk{n}"),
            expires,
            revoked,
        };
        let all = [key(1, Some(at), None), key(2, None, Some(at)), key(3, None, None)];
        let document = controller_document("did:web:a.example", &all);
        assert_eq!(document["assertionMethod"], json!(["did:web:a.example#key-1", "did:web:a.example#key-3"]));
        assert_eq!(document["authentication"], json!(["did:web:a.example#key-3"]));
        assert_eq!(document["verificationMethod"][0]["expires"], "2026-11-23T12:00:00Z");
        assert_eq!(document["verificationMethod"][1]["revoked"], "2026-11-23T12:00:00Z");
        assert_eq!(document["verificationMethod"][2].get("expires"), None);
    }
}
