//! What verification still needs from outside, and what was brought.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that must still be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Need {
    /// Absolute `https:` address (for `did:web`, of its document).
    pub url: String,
    /// What it is for.
    pub kind: NeedKind,
}

/// What a fetched document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NeedKind {
    /// A DID document or an issuer profile that holds keys.
    KeyDocument,
    /// A signed BitstringStatusListCredential.
    StatusList,
    /// A 1EdTechRevocationList.
    RevocationList,
    /// Evidence whose digest is in the credential.
    Evidence,
    /// The hosted copy of the credential itself, to compare with.
    HostedCopy,
}

/// Everything that was brought, by address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gathered {
    /// By absolute address.
    pub by_url: BTreeMap<String, Fetched>,
}

/// One document that was brought, or the reason why it was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fetched {
    /// The body, or one sentence why there is none.
    pub got: Got,
    /// When, by the clock of whoever fetched it.
    pub at: Timestamp,
    /// Who brought it.
    pub by: BroughtBy,
}

/// A body, or one sentence why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Got {
    /// The body as text.
    Text(String),
    /// The body as bytes that are no UTF-8, base64url without padding.
    Bytes(String),
    /// One sentence why there is none.
    Failed(String),
}

/// Who brought a document: what the shower brings is never a root of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BroughtBy {
    /// The checker fetched it (or pinned it) themselves.
    Checker,
    /// It came in a bundle. Believed only as far as a key that the checker accepts has signed it.
    Bundle,
}
