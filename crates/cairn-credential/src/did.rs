//! Which keys speak for an issuer, and where to look for them (DID Core, did:key, did:jwk, did:web, Controlled
//! Identifiers; OB 3.0 issuer profiles at an `https:` address).
//!
//! The issuer's own document decides. A key named by a fragment of any other address is no key of the issuer's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

use crate::keys::PublicKey;

/// Where the keys of an identifier are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Home {
    /// The identifier is its own key (did:key, did:jwk).
    Itself(Box<NamedKey>),
    /// A document at this `https:` address.
    At(String),
    /// Nowhere that is read; one sentence.
    Nowhere(String),
}

/// A key and the URI of its verification method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedKey {
    pub id: String,
    /// The name that a JSON Web Key gives itself (RFC 7517 §4.5), by which some JWTs call it.
    pub kid: Option<String>,
    pub key: PublicKey,
    /// Until when it signs, where its document says so (Controlled Identifiers §2.2).
    pub expires: Option<Timestamp>,
    /// From when nothing it signs is to be believed, where its document says so.
    pub revoked: Option<Timestamp>,
    /// Whether the purpose's relationship lists it. One that is not listed and says since when it is revoked is known
    /// only so that a checker can be told what became of it; it proves nothing.
    pub listed: bool,
}

impl NamedKey {
    fn lasting(id: String, key: PublicKey) -> NamedKey {
        NamedKey { id, kid: None, key, expires: None, revoked: None, listed: true }
    }
}

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To assert: credentials, status lists, endorsements.
    Assertion,
    /// To show: presentations.
    Authentication,
}

impl Purpose {
    /// The relationship's name in documents and proofs.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Purpose::Assertion => "assertionMethod",
            Purpose::Authentication => "authentication",
        }
    }
}

/// Where the keys of an issuer (or holder) are.
pub(crate) fn home(id: &str) -> Home {
    if let Some(multikey) = id.strip_prefix("did:key:") {
        return match PublicKey::from_multibase(multikey) {
            Ok(key) => Home::Itself(Box::new(NamedKey::lasting(format!("{id}#{multikey}"), key))),
            Err(says) => Home::Nowhere(says),
        };
    }
    if let Some(encoded) = id.strip_prefix("did:jwk:") {
        let jwk = URL_SAFE_NO_PAD.decode(encoded).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        return match jwk.as_ref().map(PublicKey::from_jwk) {
            Some(Ok(key)) => Home::Itself(Box::new(NamedKey::lasting(format!("{id}#0"), key))),
            Some(Err(says)) => Home::Nowhere(says),
            None => Home::Nowhere("The did:jwk holds no JSON Web Key.".into()),
        };
    }
    if let Some(rest) = id.strip_prefix("did:web:") {
        return did_web(rest).map_or_else(|| Home::Nowhere(format!("{id} is no well-formed did:web.")), Home::At);
    }
    if let Some(rest) = id.strip_prefix("did:") {
        let method = rest.split(':').next().unwrap_or_default();
        return Home::Nowhere(format!("Identifiers of the method did:{method} are not read yet."));
    }
    if is_https(id) {
        return Home::At(without_fragment(id).to_owned());
    }
    if id.starts_with("http://") {
        return Home::Nowhere("A key that comes over http: could be anybody's; it has to be https:.".into());
    }
    Home::Nowhere(format!("“{id}” is no address at which a key could be looked up."))
}

/// The address of a did:web document (did:web §3.2): `%3A` is a port, `:` separates path segments.
fn did_web(rest: &str) -> Option<String> {
    let mut segments = rest.split(':');
    let host = segments.next()?.replace("%3A", ":").replace("%3a", ":");
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'))
    };
    let (name, port) = host.split_once(':').map_or((host.as_str(), None), |(name, port)| (name, Some(port)));
    if !plain(name) || port.is_some_and(|port| port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let path: Vec<&str> = segments.collect();
    let encoded = |text: &&str| plain(&text.replace('%', "")) && *text != ".." && *text != ".";
    if !path.iter().all(encoded) {
        return None;
    }
    Some(match path.is_empty() {
        true => format!("https://{host}/.well-known/did.json"),
        false => format!("https://{host}/{}/did.json", path.join("/")),
    })
}

/// Whether this is an absolute `https:` address with a host.
pub(crate) fn is_https(url: &str) -> bool {
    url.strip_prefix("https://")
        .is_some_and(|rest| rest.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'['))
        && !url.chars().any(|c| c <= ' ' || c == '\\')
}

pub(crate) fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or_default()
}

/// The web origin an identifier lives at: `host[:port]` of a did:web or `https:` address, in lower case.
pub(crate) fn origin(id: &str) -> Option<String> {
    let url = match id.strip_prefix("did:web:") {
        Some(rest) => did_web(rest)?,
        None if id.starts_with("https://") || id.starts_with("http://") => id.to_owned(),
        None => return None,
    };
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?.to_ascii_lowercase();
    let host = host.strip_suffix(":443").unwrap_or(&host).to_owned();
    (!host.is_empty()).then_some(host)
}

/// Keys that a document gives its own subject for `purpose`. The error is a sentence.
///
/// The document's `id` has to be the issuer's. A key counts when the purpose's relationship lists it; a profile
/// that has no relationships at all (OB 3.0 profiles with `publicKey`) gives all its keys. Keys that it says are
/// revoked come along unlisted.
pub(crate) fn document_keys(document: &Value, issuer: &str, purpose: Purpose) -> Result<Vec<NamedKey>, String> {
    match document.get("id").and_then(Value::as_str) {
        Some(id) if id == issuer => {}
        Some(id) => return Err(format!("The key document says that it is {id}'s, not {issuer}'s.")),
        None => return Err("The key document does not say whose it is (“id”).".into()),
    }
    let has_relationships =
        ["assertionMethod", "authentication", "capabilityInvocation"].iter().any(|name| document.get(name).is_some());
    let strict = has_relationships || issuer.starts_with("did:");
    let listed: Vec<&Value> = many(document.get(purpose.word()));
    let methods: Vec<&Value> =
        ["verificationMethod", "publicKey"].into_iter().flat_map(|name| many(document.get(name))).collect();
    let mut keys = Vec::new();
    let chosen: Vec<&Value> = if strict {
        let by_reference = |reference: &str| {
            let wanted = absolute(reference, issuer);
            methods.iter().copied().find(|method| method_id(method, issuer).as_deref() == Some(wanted.as_str()))
        };
        listed
            .iter()
            .filter_map(|entry| match entry {
                Value::String(reference) => by_reference(reference).or(Some(entry)),
                object => Some(object),
            })
            .collect()
    } else {
        methods.clone()
    };
    let mut troubles = Vec::new();
    for method in chosen {
        match method_key(method, issuer) {
            Ok(key) => keys.push(key),
            Err(says) => troubles.push(says),
        }
    }
    // what its owner took out of use and says so
    let chosen_already = |id: &str, keys: &[NamedKey]| keys.iter().any(|key| key.id == id);
    for method in methods.into_iter().filter(|method| strict && method.get("revoked").is_some()) {
        if let Ok(key) = method_key(method, issuer)
            && !chosen_already(&key.id, &keys)
        {
            keys.push(NamedKey { listed: false, ..key });
        }
    }
    match (keys.is_empty(), troubles.into_iter().next()) {
        (false, _) => Ok(keys),
        (true, Some(says)) => Err(says),
        (true, None) => Err(format!("The key document lists no key for {}.", purpose.word())),
    }
}

/// One verification method as a key; a bare did:key or did:jwk reference stands for itself.
fn method_key(method: &Value, issuer: &str) -> Result<NamedKey, String> {
    if let Value::String(reference) = method {
        return match home(without_fragment(reference)) {
            Home::Itself(key) if key.id == *reference => Ok(*key),
            _ => Err(format!("The key document names {reference} but does not hold it.")),
        };
    }
    let id = method_id(method, issuer).ok_or("A key in the key document has no id.")?;
    let controller = ["controller", "owner"].iter().find_map(|name| method.get(name)).and_then(Value::as_str);
    if controller.is_some_and(|controller| controller != issuer) {
        return Err(format!("The key {id} belongs to {}, not to the issuer.", controller.unwrap_or_default()));
    }
    let moment = |name: &str| match method.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_str()
            .and_then(|text| text.parse().ok())
            .map(Some)
            .ok_or_else(|| format!("“{name}” of the key {id} is no moment.")),
    };
    let (expires, revoked) = (moment("expires")?, moment("revoked")?);
    let key = if let Some(text) = method.get("publicKeyMultibase").and_then(Value::as_str) {
        PublicKey::from_multibase(text)
    } else if let Some(jwk) = method.get("publicKeyJwk") {
        PublicKey::from_jwk(jwk)
    } else if let (Some("Ed25519VerificationKey2018"), Some(text)) =
        (method.get("type").and_then(Value::as_str), method.get("publicKeyBase58").and_then(Value::as_str))
    {
        let bytes = bs58::decode(text).into_vec().unwrap_or_default();
        bytes.try_into().map(PublicKey::Ed25519).map_err(|_| "The base58 key has not 32 bytes.".into())
    } else if method.get("kty").is_some() {
        PublicKey::from_jwk(method)
    } else {
        Err(format!("The key {id} is in a form that is not read yet."))
    };
    let kid = method.pointer("/publicKeyJwk/kid").and_then(Value::as_str).map(str::to_owned);
    Ok(NamedKey { id, kid, key: key?, expires, revoked, listed: true })
}

fn method_id(method: &Value, issuer: &str) -> Option<String> {
    match method {
        Value::String(reference) => Some(absolute(reference, issuer)),
        object => object.get("id").and_then(Value::as_str).map(|id| absolute(id, issuer)),
    }
}

/// A relative `#key-1` is the issuer's own.
fn absolute(reference: &str, issuer: &str) -> String {
    match reference.starts_with('#') {
        true => format!("{issuer}{reference}"),
        false => reference.to_owned(),
    }
}

/// A value that may stand alone or in an array.
pub(crate) fn many(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KEY: &str = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

    #[test]
    fn did_web_addresses() {
        let at = |id: &str| match home(id) {
            Home::At(url) => url,
            other => format!("{other:?}"),
        };
        assert_eq!(at("did:web:example.org"), "https://example.org/.well-known/did.json");
        assert_eq!(at("did:web:example.org:issuers:7"), "https://example.org/issuers/7/did.json");
        assert_eq!(at("did:web:localhost%3A8443:i"), "https://localhost:8443/i/did.json");
        for bad in ["did:web:", "did:web:a/b", "did:web:a%2Fb", "did:web:a:..", "did:web:a%3Ax", "did:web:u@h"] {
            assert!(matches!(home(bad), Home::Nowhere(_)), "{bad}");
        }
        assert!(matches!(home("http://example.org/i"), Home::Nowhere(_)));
        assert!(matches!(home("did:ion:abc"), Home::Nowhere(_)));
    }

    #[test]
    fn a_key_counts_only_when_its_owner_lists_it_for_the_purpose() {
        let issuer = "did:web:example.org";
        let method = json!({"id": "#k", "type": "Multikey", "controller": issuer, "publicKeyMultibase": KEY});
        let document =
            |assertion: Value| json!({"id": issuer, "verificationMethod": [method], "assertionMethod": assertion});
        let keys = document_keys(&document(json!(["did:web:example.org#k"])), issuer, Purpose::Assertion).unwrap();
        assert_eq!(keys[0].id, "did:web:example.org#k");
        assert!(document_keys(&document(json!([])), issuer, Purpose::Assertion).is_err());
        assert!(document_keys(&document(json!(["#other"])), issuer, Purpose::Assertion).is_err());
        assert!(document_keys(&document(json!(["#k"])), issuer, Purpose::Authentication).is_err());
        assert!(document_keys(&document(json!(["#k"])), "did:web:example.com", Purpose::Assertion).is_err());
        let foreign = json!({"id": issuer, "assertionMethod": [{"id": "#k", "controller": "did:web:evil.example", "publicKeyMultibase": KEY}]});
        assert!(document_keys(&foreign, issuer, Purpose::Assertion).is_err());
    }

    #[test]
    fn origins() {
        assert_eq!(origin("https://Example.org:443/a#b").as_deref(), Some("example.org"));
        assert_eq!(origin("did:web:example.org%3A8443:x").as_deref(), Some("example.org:8443"));
        assert_eq!(origin("https://example.org@evil.example/").as_deref(), Some("evil.example"));
        assert_eq!(origin("urn:uuid:1"), None);
    }
}
