//! One thing, one object. To a signature over statements, two objects with the same `id` are one node; a reader takes
//! them one by one. Moving `result` out of the first `credentialSubject` into a second one with the same id leaves every
//! statement and so the signature as it was, and hides a failed result from whoever reads the first.
//!
//! So a document whose reader and signature could differ in this way is not read. Ids of blank nodes are refused, and so
//! are objects with one id that differ and either stand in one list or share a type: without the type, the terms of the
//! other have no meaning in it. Profiles and images may be repeated more or less fully elsewhere, as issuers do; nothing
//! but their looks is read from a repetition.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::canonical::Uncanonical;
use crate::json::token;

/// Members whose values are graphs of their own (VC Data Model 2.0 and Open Badges 3.0 contexts).
const GRAPHS: [&str; 4] = ["proof", "verifiableCredential", "endorsement", "@context"];

/// Refuses a document in which an object's statements stand in several places.
pub(crate) fn check(document: &Map<String, Value>) -> Result<(), Uncanonical> {
    let mut seen = BTreeMap::new();
    node(document, "", None, &mut seen)
}

/// The objects seen so far in this graph, by id.
type Seen<'a> = BTreeMap<&'a str, Vec<Place<'a>>>;

struct Place<'a> {
    object: &'a Map<String, Value>,
    list: Option<String>,
}

fn node<'a>(
    object: &'a Map<String, Value>,
    path: &str,
    list: Option<&str>,
    seen: &mut Seen<'a>,
) -> Result<(), Uncanonical> {
    if let Some(id) = object.get("id").and_then(Value::as_str) {
        if id.starts_with("_:") {
            let says = format!(
                "The id at {path}/id is that of a blank node, which is no name: it could tie together things that stand apart."
            );
            return Err(refused(says));
        }
        let says_more = object.keys().any(|key| !matches!(key.as_str(), "id" | "type"));
        if says_more {
            let others = seen.entry(id).or_default();
            if others.iter().any(|other| {
                other.object != object
                    && (list.is_some() && list == other.list.as_deref() || share_type(other.object, object))
            }) {
                let says = format!(
                    "Two objects have the id {id}, the second at {path}, and say different things of it; a signature reads them as one."
                );
                return Err(refused(says));
            }
            others.push(Place { object, list: list.map(str::to_owned) });
        }
    }
    for (key, member) in object {
        let path = format!("{path}/{}", token(key));
        if key == "@context" {
            aliases(member, &path)?;
        }
        if GRAPHS.contains(&key.as_str()) {
            for one in crate::did::many(Some(member)).into_iter().filter(|_| key != "@context" && key != "proof") {
                value(one, &path, None, &mut Seen::new())?;
            }
        } else {
            value(member, &path, None, seen)?;
        }
    }
    Ok(())
}

fn value<'a>(value: &'a Value, path: &str, list: Option<&str>, seen: &mut Seen<'a>) -> Result<(), Uncanonical> {
    match value {
        Value::Object(object) => node(object, path, list, seen),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(at, item)| self::value(item, &format!("{path}/{at}"), Some(path), seen)),
        _ => Ok(()),
    }
}

/// Refuses other words for keywords: a context inside the document is not signed, and `{"who": "@id"}` would let an id
/// stand where no reader looks for it.
fn aliases(context: &Value, path: &str) -> Result<(), Uncanonical> {
    match context {
        Value::Array(items) => items.iter().try_for_each(|item| aliases(item, path)),
        Value::Object(terms) => {
            terms.iter().filter(|(term, _)| !term.starts_with('@')).try_for_each(|(term, meaning)| {
                let target = meaning.as_str().or_else(|| meaning.get("@id").and_then(Value::as_str));
                if target.is_some_and(|target| target.starts_with('@')) && !matches!(term.as_str(), "id" | "type") {
                    return Err(refused(format!("The context at {path} makes “{term}” another word for a keyword.")));
                }
                meaning.get("@context").map_or(Ok(()), |scoped| aliases(scoped, path))
            })
        }
        _ => Ok(()),
    }
}

/// Whether two objects share a type, other than those that may be repeated.
fn share_type(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    let types = crate::did::many(b.get("type"));
    let telling = |kind: &&Value| !matches!(kind.as_str(), Some("Profile" | "Image"));
    crate::did::many(a.get("type")).into_iter().filter(telling).any(|kind| types.contains(&kind))
}

fn refused(says: String) -> Uncanonical {
    Uncanonical::Refused { code: "node-in-several-places", says }
}
