//! The one seam between a JSON-LD document and the bytes that are signed: [`canonical_hash`].
//!
//! JSON-LD 1.1 to RDF, RDFC-1.0 to canonical N-Quads, SHA-256. Over it lies a safe mode of our own, because the
//! processor drops silently what no context defines, and what is dropped no signature covers:
//!
//! - the document is expanded under a vocabulary and a base of our own, so that an undefined term or a relative
//!   address shows up in the result by name instead of vanishing;
//! - keys are plain terms. A full address or a keyword as key says the same to a signature and something else
//!   to a reader (`validUntil` under its full address would hide an expiry), so it is refused;
//! - a context inside the document may add terms; it may not give new names to what the standards define.

mod dataset;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::{GraphName, NamedOrBlankNode, Quad, Term};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

pub use dataset::{canonical_names, rdfc};

use crate::contexts;
use crate::did::many;
use crate::json::token;

/// Undefined terms expand to this; nobody else's address begins so.
const UNDEFINED: &str = "cairn-undefined:";
/// Relative addresses resolve to this.
const RELATIVE: &str = "cairn-relative:";
const RELATIVE_BASE: &str = "cairn-relative://base/";

/// Most quads of one document.
const MOST_QUADS: usize = 20_000;
/// Most objects of one document: each may bring its type's context into play.
const MOST_OBJECTS: usize = 5_000;
/// Most `@context`s inside one document: each is read anew.
const MOST_CONTEXTS: usize = 200;

/// Vocabularies that only embedded contexts may give names to.
const RESERVED: &[&str] = &[
    "https://www.w3.org/2018/credentials#",
    "https://www.w3.org/ns/credentials",
    "https://w3id.org/security#",
    "https://purl.imsglobal.org/spec/vc/ob/vocab.html#",
    "https://purl.imsglobal.org/spec/vc/clr/vocab.html#",
];

/// Why a document has no canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uncanonical {
    /// A context that is not in the embedded set.
    UnknownContext {
        /// Its address.
        url: String,
    },
    /// Part of the document that no signature can cover.
    Uncovered {
        /// JSON pointer to it.
        pointer: String,
        /// One sentence.
        says: String,
    },
    /// The document's graph would take unreasonable work, or is no JSON-LD.
    Refused {
        /// Stable kebab-case code.
        code: &'static str,
        /// One sentence.
        says: String,
    },
}

impl std::fmt::Display for Uncanonical {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Uncanonical::UnknownContext { url } => {
                write!(f, "The context {url} is not one of those built in, so what its terms mean cannot be told.")
            }
            Uncanonical::Uncovered { says, .. } | Uncanonical::Refused { says, .. } => f.write_str(says),
        }
    }
}

/// SHA-256 of the canonical N-Quads of a JSON-LD document (RDFC-1.0), under the embedded contexts and safe mode.
pub fn canonical_hash(document: &Value) -> Result<[u8; 32], Uncanonical> {
    Ok(Sha256::digest(canonical_nquads(document)?.as_bytes()).into())
}

/// The canonical N-Quads themselves.
pub fn canonical_nquads(document: &Value) -> Result<String, Uncanonical> {
    let Value::Object(object) = document else {
        return Err(Uncanonical::Refused { code: "not-an-object", says: "The document is no JSON object.".into() });
    };
    let mut seen = Seen::default();
    check_keys(object, &mut String::new(), &mut seen)?;
    let quads = marked_quads(&marked(document))?;
    check_quads(document, &quads)?;
    if seen.inline {
        check_inline(document, &quads)?;
    }
    rdfc(&quads)
}

/// Quads of the document under our vocabulary and base.
fn marked_quads(document: &Value) -> Result<Vec<Quad>, Uncanonical> {
    quads_of(&document.to_string(), RELATIVE_BASE, |url| {
        let text = contexts::find(url)?;
        // a context may clear everything before it (Verifiable Credentials 2.0 does, inside presentations):
        // our vocabulary has to come back after that
        Some(text.replace(r#""@context": null"#, &format!(r#""@context": [null, {{"@vocab": "{UNDEFINED}"}}]"#)))
    })
}

/// JSON-LD text to quads, contexts from `load` alone.
pub fn quads_of(
    text: &str,
    base: &str,
    load: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
) -> Result<Vec<Quad>, Uncanonical> {
    let load = AssertUnwindSafe(load);
    let refused = |says: String| Uncanonical::Refused { code: "not-json-ld", says };
    let run = || {
        // lenient keeps addresses that are no valid IRIs instead of dropping them; check_quads refuses them by name
        let parser = JsonLdParser::new()
            .lenient()
            .with_base_iri(base)
            .map_err(|_| refused("The base address is no IRI.".into()))?
            .for_slice(text)
            .with_load_document_callback(move |url, _| match (*load)(url) {
                Some(document) => {
                    Ok(JsonLdRemoteDocument { document: document.into_bytes(), document_url: url.to_owned() })
                }
                None => Err(format!("{UNKNOWN_CONTEXT}{url}\u{1}").into()),
            });
        let mut quads = Vec::new();
        for quad in parser {
            quads.push(quad.map_err(|error| refused(error.to_string()))?);
            if quads.len() > MOST_QUADS {
                let says = format!("The document makes more than {MOST_QUADS} statements; it is not read.");
                return Err(Uncanonical::Refused { code: "too-many-statements", says });
            }
        }
        Ok(quads)
    };
    // the processor states some of its assumptions as panics; a stranger's document must not end the program
    let result = catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(refused("The JSON-LD processor could not follow this document.".into())));
    result.map_err(|error| match error {
        Uncanonical::Refused { code: "not-json-ld", says } => match says.split_once(UNKNOWN_CONTEXT) {
            Some((_, url)) => Uncanonical::UnknownContext { url: url.split('\u{1}').next().unwrap_or(url).into() },
            None => Uncanonical::Refused { code: "not-json-ld", says: format!("This is not sound JSON-LD: {says}") },
        },
        other => other,
    })
}

const UNKNOWN_CONTEXT: &str = "\u{1}unknown context ";

/// A copy of the document whose every context begins with our vocabulary.
fn marked(document: &Value) -> Value {
    let mut copy = document.clone();
    if let Value::Object(object) = &mut copy {
        let own = object.shift_remove("@context").unwrap_or(Value::Null);
        let mut contexts = vec![json!({ "@vocab": UNDEFINED })];
        match own {
            Value::Array(several) => contexts.extend(several),
            Value::Null => {}
            one => contexts.push(one),
        }
        object.insert("@context".into(), Value::Array(contexts));
    }
    copy
}

/// What a walk over the document came across.
#[derive(Default)]
struct Seen {
    /// A context that is no address.
    inline: bool,
    objects: usize,
    contexts: usize,
}

impl Seen {
    fn object(&mut self, object: &Map<String, Value>) -> Result<(), Uncanonical> {
        self.objects += 1;
        self.contexts += many(object.get("@context")).len();
        if self.objects <= MOST_OBJECTS && self.contexts <= MOST_CONTEXTS {
            return Ok(());
        }
        let says = format!(
            "The document has more than {MOST_OBJECTS} objects or names more than {MOST_CONTEXTS} contexts; it is not read."
        );
        Err(Uncanonical::Refused { code: "too-many-objects", says })
    }
}

/// Refuses keys that hide what they say from a reader, and contexts that could undo safe mode.
fn check_keys(object: &Map<String, Value>, path: &mut String, seen: &mut Seen) -> Result<(), Uncanonical> {
    seen.object(object)?;
    for (key, value) in object {
        let length = path.len();
        path.push('/');
        path.push_str(&token(key));
        match key.as_str() {
            "@context" => check_context(value, path, seen)?,
            "@value" | "@language" => {}
            _ if key.starts_with('@') || key.contains(':') => {
                let says =
                    format!("The key “{key}” is no plain term: a signature would read it and a reader would not.");
                return Err(Uncanonical::Uncovered { pointer: path.clone(), says });
            }
            _ => check_value(value, path, seen)?,
        }
        path.truncate(length);
    }
    Ok(())
}

fn check_value(value: &Value, path: &mut String, seen: &mut Seen) -> Result<(), Uncanonical> {
    match value {
        Value::Object(object) => check_keys(object, path, seen),
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                let length = path.len();
                path.push_str(&format!("/{i}"));
                check_value(item, path, seen)?;
                path.truncate(length);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Keywords that an inline context may use; the others could drop or rename what is signed.
const INLINE_KEYWORDS: &[&str] = &[
    "@id",
    "@type",
    "@container",
    "@context",
    "@vocab",
    "@version",
    "@protected",
    "@set",
    "@list",
    "@json",
    "@language",
];

fn check_context(context: &Value, path: &str, seen: &mut Seen) -> Result<(), Uncanonical> {
    let uncovered = |says: String| Err(Uncanonical::Uncovered { pointer: path.to_owned(), says });
    match context {
        Value::String(_) => Ok(()),
        Value::Array(items) => items.iter().try_for_each(|item| check_context(item, path, seen)),
        Value::Object(_) => {
            seen.inline = true;
            match forbidden_in_context(context) {
                Some(word) => uncovered(format!(
                    "The context inside the document uses {word}, which could hide part of it from the signature."
                )),
                None => Ok(()),
            }
        }
        _ => uncovered("A context is neither an address nor an object.".into()),
    }
}

fn forbidden_in_context(value: &Value) -> Option<String> {
    let word = |text: &str| {
        (text.starts_with('@') && !INLINE_KEYWORDS.contains(&text) || text.starts_with("_:"))
            .then(|| format!("“{text}”"))
    };
    match value {
        Value::Null => Some("null".into()),
        Value::String(text) => word(text),
        Value::Array(items) => items.iter().find_map(forbidden_in_context),
        Value::Object(object) => {
            object.iter().find_map(|(key, value)| word(key).or_else(|| forbidden_in_context(value)))
        }
        _ => None,
    }
}

/// Refuses quads that show an undefined term, a relative or a malformed address.
fn check_quads(document: &Value, quads: &[Quad]) -> Result<(), Uncanonical> {
    let mut said = std::collections::HashSet::new();
    for quad in quads {
        let mut iris = vec![quad.predicate.as_str()];
        if let NamedOrBlankNode::NamedNode(node) = &quad.subject {
            iris.push(node.as_str());
        }
        if let GraphName::NamedNode(node) = &quad.graph_name {
            iris.push(node.as_str());
        }
        match &quad.object {
            Term::NamedNode(node) => iris.push(node.as_str()),
            Term::Literal(literal) => {
                iris.push(literal.datatype().as_str());
                if literal.value().starts_with('@') {
                    said.insert(literal.value().to_owned());
                }
                if literal.language().is_some_and(|tag| !tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')) {
                    let says = "A text's language tag is malformed.".to_owned();
                    return Err(Uncanonical::Uncovered { pointer: String::new(), says });
                }
            }
            _ => {}
        }
        iris.into_iter().try_for_each(|iri| check_iri(document, iri))?;
    }
    check_keyword_values(document, &mut String::new(), &said)
}

fn check_iri(document: &Value, iri: &str) -> Result<(), Uncanonical> {
    let bad = |name: &str, says: String| {
        let pointer = find_place(document, name).unwrap_or_default();
        let says = if pointer.is_empty() { says } else { format!("{says} It stands at {pointer}.") };
        Err(Uncanonical::Uncovered { pointer, says })
    };
    if let Some(term) = iri.strip_prefix(UNDEFINED) {
        return bad(term, format!("No context defines “{term}”, so no signature covers it."));
    }
    if let Some(rest) = iri.strip_prefix(RELATIVE) {
        let name = rest.strip_prefix("//base/").unwrap_or(rest);
        return bad(name, format!("“{name}” is used as an address but is not a whole one, so no signature covers it."));
    }
    let odd = |c: char| c <= ' ' || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\');
    if iri.starts_with("_:") || !iri.contains(':') || iri.chars().any(odd) {
        return bad(iri, format!("“{}” is used as an address but is none.", iri.escape_debug()));
    }
    Ok(())
}

/// A string such as `@twitter` where an address belongs is dropped as an unknown keyword.
fn check_keyword_values(
    value: &Value,
    path: &mut String,
    said: &std::collections::HashSet<String>,
) -> Result<(), Uncanonical> {
    let mut each = |step: String, item: &Value| {
        let length = path.len();
        path.push_str(&step);
        let result = check_keyword_values(item, path, said);
        path.truncate(length);
        result
    };
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(key, _)| !key.starts_with('@'))
            .try_for_each(|(key, item)| each(format!("/{}", token(key)), item)),
        Value::Array(items) => items.iter().enumerate().try_for_each(|(i, item)| each(format!("/{i}"), item)),
        Value::String(text) if looks_like_keyword(text) && !said.contains(text) => Err(Uncanonical::Uncovered {
            says: format!("“{text}” at {path} has the form of a keyword, so no signature covers it."),
            pointer: path.clone(),
        }),
        _ => Ok(()),
    }
}

fn looks_like_keyword(text: &str) -> bool {
    text.strip_prefix('@').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// First place where `name` is a key, or else a value.
fn find_place(value: &Value, name: &str) -> Option<String> {
    fn walk(value: &Value, name: &str, keys: bool, path: &mut String) -> bool {
        let length = path.len();
        match value {
            Value::Object(object) => {
                for (key, item) in object.iter().filter(|(key, _)| *key != "@context") {
                    path.push('/');
                    path.push_str(&token(key));
                    if keys && key == name || walk(item, name, keys, path) {
                        return true;
                    }
                    path.truncate(length);
                }
                false
            }
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    path.push_str(&format!("/{i}"));
                    if walk(item, name, keys, path) {
                        return true;
                    }
                    path.truncate(length);
                }
                false
            }
            Value::String(text) => !keys && text == name,
            _ => false,
        }
    }
    let mut path = String::new();
    [true, false].into_iter().find_map(|keys| walk(value, name, keys, &mut path).then(|| path.clone()))
}

/// What the standards define must read the same without the document's own contexts.
fn check_inline(document: &Value, quads: &[Quad]) -> Result<(), Uncanonical> {
    let without = marked_quads(&marked(&without_inline(document)))?;
    let tally = |quads: &[Quad]| {
        let mut tally = BTreeMap::<String, usize>::new();
        for quad in quads {
            let mut count = |iri: &str| {
                if RESERVED.iter().any(|space| iri.starts_with(space)) {
                    *tally.entry(iri.to_owned()).or_default() += 1;
                }
            };
            count(quad.predicate.as_str());
            if let Term::NamedNode(node) = &quad.object {
                count(node.as_str());
            }
        }
        tally
    };
    if tally(quads) == tally(&without) {
        return Ok(());
    }
    let says = "The context inside the document gives other names to terms of the standards.".into();
    Err(Uncanonical::Uncovered { pointer: "/@context".into(), says })
}

fn without_inline(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| match (key.as_str(), value) {
                ("@context", Value::Array(items)) => {
                    (key.clone(), Value::Array(items.iter().filter(|item| item.is_string()).cloned().collect()))
                }
                ("@context", Value::Object(_)) => (key.clone(), json!([])),
                _ => (key.clone(), without_inline(value)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(without_inline).collect(),
        other => other.clone(),
    }
}
