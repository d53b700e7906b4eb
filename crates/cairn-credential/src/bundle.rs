//! The one-file offline proof: credentials, and what was gathered for them (`docs/schema/bundle.v1.json`).
//!
//! A bundle carries evidence, never trust: documents come out of it as [`BroughtBy::Bundle`], whatever it says itself,
//! and a member that the format does not know (a policy, say) is refused rather than overlooked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::gathered::{BroughtBy, Gathered, Got};
use crate::intake::{Limits, Problem, json};

/// The one-file offline proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
pub struct Bundled {
    /// The file name it had.
    pub name: String,
    /// The exact text that was signed.
    pub text: String,
}

const KIND: &str = "CairnBundle";
const VERSION: u32 = 1;

impl Bundle {
    /// A bundle of `credentials` (in this order) and what was gathered for them, put together at `created`.
    /// Its documents are marked as brought by a bundle, which is what they are to whoever opens it.
    pub fn new(created: Timestamp, purpose: Option<String>, credentials: Vec<Bundled>, gathered: Gathered) -> Bundle {
        Bundle {
            kind: KIND.into(),
            version: VERSION,
            created,
            purpose,
            credentials,
            gathered: brought(gathered),
            key_history: Vec::new(),
            log_proofs: Vec::new(),
        }
    }
}

/// Writes a bundle as JSON text. The same bundle always gives the same bytes.
pub fn write(bundle: &Bundle) -> String {
    let mut text = serde_json::to_string_pretty(bundle).expect("a bundle is plain data with text keys");
    text.push('\n');
    text
}

/// Reads a bundle within `limits` (`entries` bounds credentials, documents and each of the other lists).
///
/// Problems: those of broken JSON, `bundle-type`, `bundle-version`, `bundle-shape`, `bundle-too-large`,
/// `bundle-empty`, `bundle-address`.
pub fn read(text: &str, limits: Limits) -> Result<Bundle, Problem> {
    if text.len() > limits.unpacked {
        return problem("bundle-too-large", format!("This bundle is larger than {} MB.", limits.unpacked >> 20));
    }
    let value = json::parse(text, limits)?;
    if value.get("type").and_then(|t| t.as_str()) != Some(KIND) {
        return problem("bundle-type", "This is not a Cairn bundle: its `type` is not `CairnBundle` (/type).");
    }
    let version = value.get("version").and_then(serde_json::Value::as_u64);
    if version != Some(u64::from(VERSION)) {
        let says = "This bundle is of another version than 1 (/version). A newer Cairn may be needed to read it.";
        return problem("bundle-version", says);
    }
    known_members(&value)?;
    // From the text and not from the value, so that a repeated member is noticed and the place is named.
    let mut bundle: Bundle = serde_json::from_str(text).map_err(|error| Problem {
        code: "bundle-shape".into(),
        says: format!("This bundle cannot be read: {error}. Ask whoever made it to make it again."),
    })?;
    within(&bundle, limits)?;
    for (address, document) in &bundle.gathered.by_url {
        let absolute = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
        if !absolute || address.contains(|c: char| c.is_control() || c == ' ') {
            let says = format!("`{}` is not an address (/gathered/by_url).", address.escape_debug());
            return problem("bundle-address", says);
        }
        if let Got::Bytes(bytes) = &document.got
            && URL_SAFE_NO_PAD.decode(bytes).is_err()
        {
            return problem("bundle-shape", format!("The bytes of {address} are not base64url (/gathered/by_url)."));
        }
    }
    bundle.gathered = brought(bundle.gathered);
    Ok(bundle)
}

/// Documents out of a bundle are a bundle's, whatever they say of themselves.
fn brought(mut gathered: Gathered) -> Gathered {
    for document in gathered.by_url.values_mut() {
        document.by = BroughtBy::Bundle;
    }
    gathered
}

fn within(bundle: &Bundle, limits: Limits) -> Result<(), Problem> {
    let counts = [
        ("credentials", bundle.credentials.len()),
        ("documents", bundle.gathered.by_url.len()),
        ("key histories", bundle.key_history.len()),
        ("log proofs", bundle.log_proofs.len()),
    ];
    for (what, count) in counts {
        if count > limits.entries {
            let says = format!("This bundle holds {count} {what}; at most {} are read.", limits.entries);
            return problem("bundle-too-large", says);
        }
    }
    if bundle.credentials.is_empty() {
        return problem("bundle-empty", "There is no credential in this bundle (/credentials).");
    }
    Ok(())
}

/// `gathered` and what is in it belong to types that other readers share, so their members are checked here.
fn known_members(value: &serde_json::Value) -> Result<(), Problem> {
    let only = |value: &serde_json::Value, known: &[&str], place: &str| -> Result<(), Problem> {
        let stranger = value.as_object().and_then(|o| o.keys().find(|key| !known.contains(&key.as_str())));
        match stranger {
            Some(key) => problem(
                "bundle-shape",
                format!(
                    "This bundle has a member `{}` that bundles do not have ({place}). It is not read, so that nothing \
                     in it is believed unseen.",
                    key.escape_debug()
                ),
            ),
            None => Ok(()),
        }
    };
    let Some(gathered) = value.get("gathered") else { return Ok(()) };
    only(gathered, &["by_url"], "/gathered")?;
    for document in gathered.get("by_url").and_then(|u| u.as_object()).into_iter().flat_map(|u| u.values()) {
        only(document, &["got", "at", "by"], "/gathered/by_url")?;
    }
    Ok(())
}

fn problem<T>(code: &str, says: impl Into<String>) -> Result<T, Problem> {
    Err(Problem { code: code.into(), says: says.into() })
}
