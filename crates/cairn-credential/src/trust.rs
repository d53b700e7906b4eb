//! Trust lists: which issuers a checker knows. Read from our JSON form (`docs/schema/trust-list.v1.json`)
//! and from the DCC registry form; see [`read`].

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::intake::{Limits, json, spans};

/// A list of issuers that a checker chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrustList {
    /// The list's name, shown in verdicts.
    pub name: String,
    /// Who is on it.
    pub issuers: Vec<TrustedIssuer>,
}

/// One issuer on a trust list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustedIssuer {
    /// The issuer's URI, as credentials name it.
    pub id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its web page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Keys pinned for it, as multibase Multikey values (`z6Mk…`); with them a `did:web` issuer can be checked offline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}

/// The file form of a trust list (`docs/schema/trust-list.v1.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustListFile {
    /// Always `CairnTrustList`.
    #[serde(rename = "type")]
    pub kind: TrustListKind,
    /// Always 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// The list's name, shown in verdicts.
    pub name: String,
    /// When it was last looked over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Timestamp>,
    /// Who is on it.
    pub issuers: Vec<TrustedIssuer>,
}

/// The one value of a trust list's `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TrustListKind {
    /// A trust list.
    CairnTrustList,
}

/// Most characters of a trust list.
const MOST_TEXT: usize = 16 << 20;

/// Most issuers on a trust list.
const MOST_ISSUERS: usize = 100_000;

/// Reads a trust list in either form; the error is a sentence that says what is wrong and where.
///
/// Ours is [`TrustListFile`]; the other is the Digital Credentials Consortium's registry:
/// `{"meta": {…}, "registry": {"did:key:…": {"name", "location", "url"}}}`.
pub fn read(text: &str) -> Result<TrustList, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MOST_TEXT {
        return Err("This trust list is larger than 16 MB; split it up.".into());
    }
    let value = json::parse(text, Limits::default()).map_err(|problem| problem.says)?;
    let list = if value.get("type").and_then(Value::as_str) == Some("CairnTrustList") {
        read_ours(text, &value)?
    } else if value.get("registry").is_some_and(Value::is_object) {
        read_registry(text, &value)?
    } else {
        return Err("This is not a trust list: it has neither `\"type\": \"CairnTrustList\"` nor a `registry`.".into());
    };
    checked(list)
}

/// Writes a trust list in our form, always the same bytes for the same list.
pub fn write(list: &TrustList, issued: Option<Timestamp>) -> String {
    let file = TrustListFile {
        kind: TrustListKind::CairnTrustList,
        version: 1,
        name: list.name.clone(),
        issued,
        issuers: list.issuers.clone(),
    };
    let mut text = serde_json::to_string_pretty(&file).expect("a trust list is plain data");
    text.push('\n');
    text
}

fn read_ours(text: &str, value: &Value) -> Result<TrustList, String> {
    if value.get("version").and_then(Value::as_u64) != Some(1) {
        return Err("This trust list is of another version than 1 (/version); a newer Cairn may be needed.".into());
    }
    let file: TrustListFile =
        serde_json::from_str(text).map_err(|error| format!("This trust list cannot be read: {error}."))?;
    Ok(TrustList { name: file.name, issuers: file.issuers })
}

fn read_registry(text: &str, value: &Value) -> Result<TrustList, String> {
    let Some(registry) = value.get("registry").and_then(Value::as_object) else {
        return Err("The registry of this trust list is not an object (/registry).".into());
    };
    // A JSON value keeps one of two equal keys; the text still has both.
    let keys = spans::member(text, "registry").map(spans::keys).unwrap_or_default();
    if spans::keys(text).iter().filter(|key| *key == "registry").count() > 1 {
        return Err("This trust list has two registries (/registry).".into());
    }
    if let Some(twice) = first_twice(keys.iter().map(String::as_str)) {
        return Err(format!("`{}` is listed twice (/registry).", shown(twice)));
    }
    let words = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut issuers = Vec::new();
    for (id, entry) in registry {
        if !entry.is_object() {
            return Err(format!("What the registry says of `{}` is not an object (/registry).", shown(id)));
        }
        let (name, url) = (words(entry, "name"), words(entry, "url"));
        issuers.push(TrustedIssuer { id: id.clone(), name, url, keys: Vec::new() });
    }
    let meta = value.get("meta");
    let name = match meta.and_then(|meta| words(meta, "name").or_else(|| words(meta, "title"))) {
        Some(name) => name,
        None => match meta.and_then(|meta| words(meta, "updated").or_else(|| words(meta, "created"))) {
            Some(date) => format!("Issuer registry of {date}"),
            None => "Issuer registry".to_owned(),
        },
    };
    Ok(TrustList { name, issuers })
}

fn checked(list: TrustList) -> Result<TrustList, String> {
    if list.name.trim().is_empty() {
        return Err("This trust list has no name (/name); verdicts name the list they rest on.".into());
    }
    if list.issuers.len() > MOST_ISSUERS {
        return Err(format!("This trust list names {} issuers; at most {MOST_ISSUERS} are read.", list.issuers.len()));
    }
    for (at, issuer) in list.issuers.iter().enumerate() {
        if !is_uri(&issuer.id) {
            return Err(format!(
                "`{}` is not an issuer's URI such as did:key:… or https://… (issuer {at}).",
                shown(&issuer.id)
            ));
        }
        if let Some(key) = issuer.keys.iter().find(|key| !is_multikey(key)) {
            return Err(format!(
                "`{}` is not a public key in multibase form, such as z6Mk… (issuer {at}, {}).",
                shown(key),
                shown(&issuer.id)
            ));
        }
    }
    match first_twice(list.issuers.iter().map(|issuer| issuer.id.as_str())) {
        Some(twice) => Err(format!("`{}` is listed twice. Put its keys into one entry.", shown(twice))),
        None => Ok(list),
    }
}

fn first_twice<'a>(ids: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    let mut ids = ids;
    ids.find(|id| !seen.insert(*id))
}

/// A scheme, a colon, something, and no spaces (RFC 3986 §3).
fn is_uri(id: &str) -> bool {
    let Some((scheme, rest)) = id.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !rest.is_empty()
        && !id.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Base58 Bitcoin after `z`, with the two bytes that name Ed25519, P-256 or P-384 and a key of its length (Multikey §2).
fn is_multikey(key: &str) -> bool {
    let Some(digits) = key.strip_prefix('z').filter(|digits| digits.len() < 100) else { return false };
    match bs58::decode(digits).into_vec().as_deref() {
        Ok([0xed, 0x01, key @ ..]) => key.len() == 32,
        Ok([0x80, 0x24, key @ ..]) => key.len() == 33,
        Ok([0x81, 0x24, key @ ..]) => key.len() == 49,
        _ => false,
    }
}

/// A foreign word for a sentence: nothing hidden in it, and not endless.
fn shown(word: &str) -> String {
    word.escape_debug().take(120).collect()
}
