//! The one-file offline proof: credentials, and what was gathered for them (`docs/schema/bundle.v1.json`).
//!
//! A bundle carries evidence, never trust: documents come out of it as [`crate::gathered::BroughtBy::Bundle`].

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::gathered::Gathered;

/// The one-file offline proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bundle {
    /// Always `CairnBundle`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Always 1.
    pub version: u32,
    /// When it was put together, by the maker's clock.
    pub created: Timestamp,
    /// For whom or what, in the learner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Exact texts of credentials or presentations.
    pub credentials: Vec<Bundled>,
    /// Documents gathered for them.
    pub gathered: Gathered,
    /// Room for key history (id, from, until, compromised), by issuer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_history: Vec<serde_json::Value>,
    /// Room for transparency-log proofs (C2SP tlog-proof), by credential digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log_proofs: Vec<serde_json::Value>,
}

/// One credential or presentation in a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bundled {
    /// The file name it had.
    pub name: String,
    /// The exact text that was signed.
    pub text: String,
}
