//! JSON: credentials, presentations, bundles, and lists of them.

use serde_json::Value;

use super::{Container, Item, Limits, Problem, What, jwt, spans, unread};
use crate::bundle;

/// Reads a JSON text. What is in a list gets an item of its own, named by its JSON pointer behind `#`.
pub(super) fn open(name: &str, text: &str, limits: Limits) -> Vec<Item> {
    let alone = |what| vec![Item { name: name.into(), what }];
    let value = match parse(text, limits) {
        Ok(value) => value,
        Err(problem) => return alone(What::Unread(problem)),
    };
    let lists = lists(text, &value);
    if lists.is_empty() {
        return alone(one(text, &value, limits, 0));
    }
    let mut items = Vec::new();
    for (at, list) in &lists {
        for (n, element) in list.iter().enumerate() {
            if items.len() == limits.entries {
                let says = format!("Only the first {} entries of this list were read; split it up.", limits.entries);
                items.push(Item { name: name.into(), what: unread("too-many-entries", says) });
                return items;
            }
            let what = match parse(element, limits) {
                Ok(value) => one(element, &value, limits, 0),
                Err(problem) => What::Unread(problem),
            };
            items.push(Item { name: format!("{name}#{at}/{n}"), what });
        }
    }
    if items.is_empty() {
        return alone(unread("empty-list", "This JSON is an empty list: there is no credential in it."));
    }
    items
}

/// Parses within the limits. Problems: `json-too-deep`, `json-truncated`, `json-broken`.
pub(crate) fn parse(text: &str, limits: Limits) -> Result<Value, Problem> {
    let depth = spans::depth(text);
    // serde_json itself stops at 128.
    let most = limits.depth.min(127);
    if depth > most {
        let says =
            format!("This JSON is nested {depth} levels deep; at most {most} are read. No credential needs more.");
        return Err(Problem { code: "json-too-deep".into(), says });
    }
    serde_json::from_str(text).map_err(|error| broken(&error))
}

/// A sentence for text that is not JSON.
pub(crate) fn broken(error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_eof() {
        let says = format!("This JSON stops in the middle, at {place}. Copy or download the whole file again.");
        return Problem { code: "json-truncated".into(), says };
    }
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or_default();
    let says = format!("This is not proper JSON, at {place}: {what}. Download it again rather than retyping it.");
    Problem { code: "json-broken".into(), says }
}

/// The lists of credentials that a text holds: itself, or known members of a wrapper that is nothing by itself.
fn lists<'a>(text: &'a str, value: &Value) -> Vec<(String, Vec<&'a str>)> {
    if value.is_array() {
        return vec![(String::new(), spans::elements(text))];
    }
    // `credential` and `compactJwsString` are what an Open Badges 3.0 host answers (`GetOpenBadgeCredentialsResponse`).
    const WRAPPERS: [&str; 6] = [
        "verifiableCredential",
        "verifiableCredentials",
        "credential",
        "credentials",
        "compactJwsString",
        "compactJwsStrings",
    ];
    let Some(object) = value.as_object() else { return Vec::new() };
    if object.contains_key("type") || object.contains_key("@type") || object.contains_key("credentialSubject") {
        return Vec::new();
    }
    let mut lists = Vec::new();
    for key in WRAPPERS {
        for member in spans::members(text, key) {
            let list = if member.starts_with('[') { spans::elements(member) } else { vec![member] };
            lists.push((format!("/{key}"), list));
        }
    }
    lists
}

/// What one JSON value is.
fn one(text: &str, value: &Value, limits: Limits, unwrapped: usize) -> What {
    match value {
        Value::Object(_) => object(text, value, limits),
        // A JWT in quotes; or a JSON document that somebody quoted once more.
        Value::String(inner) if jwt::looks_like(inner) => jwt::open(inner.trim(), limits),
        Value::String(inner) if inner.trim_start().starts_with('{') && unwrapped == 0 => match parse(inner, limits) {
            Ok(value) => one(inner, &value, limits, unwrapped + 1),
            Err(problem) => What::Unread(problem),
        },
        Value::Array(_) => {
            unread("list-in-list", "A list inside a list is not read. Give the credentials as one list.")
        }
        _ => not_a_credential(),
    }
}

fn object(text: &str, value: &Value, limits: Limits) -> What {
    let types = types(value);
    let has = |wanted: &str| types.contains(&wanted);
    if has("CairnBundle") {
        return match bundle::read(text, limits) {
            Ok(bundle) => What::Bundle(Box::new(bundle)),
            Err(problem) => What::Unread(problem),
        };
    }
    if has("CairnTrustList") {
        let says =
            "This is a trust list, not a credential. Which lists to believe is set by whoever checks (`--trust`).";
        return unread("trust-list", says);
    }
    if has("EnvelopedVerifiableCredential") || has("EnvelopedVerifiablePresentation") {
        return enveloped(value, limits);
    }
    if has("VerifiablePresentation") {
        return What::Presentation { text: text.into() };
    }
    if is_open_badges_2(value, &types) {
        return open_badges_2();
    }
    let badge = ["VerifiableCredential", "OpenBadgeCredential", "AchievementCredential", "EndorsementCredential"];
    if types.iter().any(|t| badge.contains(t)) || value.get("credentialSubject").is_some() {
        return What::Credential { text: text.into(), container: Container::Json };
    }
    if value.get("payload").is_some() && (value.get("signatures").is_some() || value.get("signature").is_some()) {
        let says = "This is a signature in the JOSE JSON form, which is not read yet. Ask for the compact form (eyJ…).";
        return unread("jws-json-not-read-yet", says);
    }
    not_a_credential()
}

/// `EnvelopedVerifiableCredential`: its `id` is a `data:` address that holds the signed text (VCDM 2.0 §4.13).
fn enveloped(value: &Value, limits: Limits) -> What {
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let Some((kind, body)) = id.strip_prefix("data:").and_then(|rest| rest.split_once(',')) else {
        return unread("envelope-empty", "This envelope holds no credential: its `id` is not a data: address (/id).");
    };
    let kind = kind.split(';').next().unwrap_or_default();
    match kind {
        "application/vc+jwt"
        | "application/vp+jwt"
        | "application/jwt"
        | "application/vc+ld+json+jwt"
        | "application/vp+ld+json+jwt"
            if jwt::looks_like(body) =>
        {
            jwt::open(body, limits)
        }
        other => {
            let shown = super::shown(other);
            unread("envelope-not-read-yet", format!("This envelope holds `{shown}`, which is not read yet (/id)."))
        }
    }
}

/// Open Badges 2.0 and older, by context or by shape.
pub(super) fn is_open_badges_2(value: &Value, types: &[&str]) -> bool {
    let old = |c: &Value| {
        c.as_str().is_some_and(|c| c.contains("w3id.org/openbadges/v") || c.contains("openbadgespec.org/v1"))
    };
    let context = match value.get("@context") {
        Some(Value::Array(several)) => several.iter().any(old),
        Some(one) => old(one),
        None => false,
    };
    let shape = value.get("recipient").is_some() && value.get("badge").is_some();
    let signed = types.contains(&"Assertion") && value.get("credentialSubject").is_none();
    context || shape || signed
}

pub(super) fn open_badges_2() -> What {
    let says = "This is an Open Badges 2.0 badge, which is not read yet. \
                Ask the issuer whether they also give it as Open Badges 3.0.";
    unread("open-badges-2-not-read-yet", says)
}

/// `type` (or `@type`): a string, or the strings of an array.
pub(super) fn types(value: &Value) -> Vec<&str> {
    match value.get("type").or_else(|| value.get("@type")) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn not_a_credential() -> What {
    let says = "This is JSON, but no credential: it has neither a credential's type nor a credentialSubject. \
                Look for a download named like `credential.json` or `badge.png` where you got it.";
    unread("json-not-a-credential", says)
}
