//! The closed set of JSON-LD contexts. Nothing is ever fetched: a context decides what a signature means, so
//! one that could change under a signed document is no context for us.
//!
//! `scripts/contexts.py` rebuilds the files from public packages and checks their SHA-256; ATTRIBUTION.md names
//! source, version and publisher of each.

/// Address and text of every embedded context.
const EMBEDDED: &[(&str, &str)] = &[
    ("https://www.w3.org/ns/credentials/v2", include_str!("contexts/credentials-v2.json")),
    ("https://www.w3.org/2018/credentials/v1", include_str!("contexts/credentials-v1.json")),
    // the unversioned address is 3.0 at its publisher; some packages bundle 3.0.3 under it, which differs in meaning
    ("https://purl.imsglobal.org/spec/ob/v3p0/context.json", include_str!("contexts/ob-3.0.json")),
    ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.json", include_str!("contexts/ob-3.0.json")),
    ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", include_str!("contexts/ob-3.0.1.json")),
    ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", include_str!("contexts/ob-3.0.2.json")),
    ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", include_str!("contexts/ob-3.0.3.json")),
    ("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", include_str!("contexts/ob-extensions.json")),
    ("https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", include_str!("contexts/clr-2.0.1.json")),
    ("https://w3id.org/security/data-integrity/v1", include_str!("contexts/data-integrity-v1.json")),
    ("https://w3id.org/security/data-integrity/v2", include_str!("contexts/data-integrity-v2.json")),
    ("https://w3id.org/security/multikey/v1", include_str!("contexts/multikey-v1.json")),
    ("https://w3id.org/security/suites/ed25519-2020/v1", include_str!("contexts/ed25519-2020-v1.json")),
    ("https://www.w3.org/ns/did/v1", include_str!("contexts/did-v1.json")),
    ("https://w3id.org/security/v1", include_str!("contexts/security-v1.json")),
    ("https://w3id.org/security/v2", include_str!("contexts/security-v2.json")),
    ("https://www.w3.org/ns/credentials/examples/v2", include_str!("contexts/examples-v2.json")),
    // its entries are not read yet, but badges that name it can still be told to be genuine
    ("https://w3id.org/vc/status-list/2021/v1", include_str!("contexts/status-list-2021-v1.json")),
    ("https://www.w3.org/ns/credentials/status/v1", include_str!("contexts/bitstring-status-list-v1.json")),
];

/// First context of Verifiable Credentials 2.0.
pub(crate) const VC_V2: &str = "https://www.w3.org/ns/credentials/v2";
/// First context of Verifiable Credentials 1.1.
pub(crate) const VC_V1: &str = "https://www.w3.org/2018/credentials/v1";
/// Context of the legacy `Ed25519Signature2020` suite.
pub(crate) const ED25519_2020: &str = "https://w3id.org/security/suites/ed25519-2020/v1";

/// The text of an embedded context; `None` for every other address.
pub fn find(url: &str) -> Option<&'static str> {
    EMBEDDED.iter().find(|(known, _)| *known == url).map(|(_, text)| *text)
}

/// Addresses of all embedded contexts.
pub fn urls() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|(url, _)| *url)
}

/// The Open Badges 3.0 contexts, which say that a document is a badge.
pub(crate) fn is_open_badges(url: &str) -> bool {
    url.starts_with("https://purl.imsglobal.org/spec/ob/v3p0/context") && url.ends_with(".json")
}
