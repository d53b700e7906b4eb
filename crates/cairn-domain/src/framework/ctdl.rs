//! CTDL-ASN (Credential Engine): a `ceasn:CompetencyFramework` and its competencies as JSON-LD.
//!
//! Graphs are read as the registry and its samples write them: a document with `@graph`, a registry envelope around
//! one, a single list. Terms are taken by their usual names; a document that renames them is not understood.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::json::document;
use super::{
    Association, Entries, Entry, Framework, Item, Kind, MOST_TEXT, Reading, Unreadable, Whole, association, uuid_of,
};

/// Reads a graph that holds one framework.
pub fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let nodes = nodes(document(bytes)?)?;
    let mut frameworks = Vec::new();
    let mut competencies = Vec::new();
    let mut others = HashSet::new();
    for (at, node) in nodes {
        if is(&node, "ceasn:CompetencyFramework") {
            frameworks.push((at, node));
        } else if is(&node, "ceasn:Competency") {
            competencies.push((at, node));
        } else {
            others.extend(types(&node).map(str::to_owned));
        }
    }
    if frameworks.len() > 1 {
        let says = format!("There are {} frameworks in this file. Import them one by one.", frameworks.len());
        return Err(Unreadable::at("/@graph", says));
    }
    let Some((at, node)) = frameworks.pop() else {
        let mut others: Vec<String> = others.into_iter().take(5).collect();
        others.sort();
        let holds = if others.is_empty() { "nothing with a type".into() } else { others.join(", ") };
        let says = format!("There is no ceasn:CompetencyFramework in this file; it holds {holds}.");
        return Err(Unreadable::at("/@graph", says));
    };
    let framework = framework(node, &at)?;
    let mut items = Vec::with_capacity(competencies.len());
    let mut links = Links::default();
    let tops = framework.about.get("ceasn:hasTopChild").map(ids).unwrap_or_default();
    for (at, node) in competencies {
        let item = competency(node, &at, &framework)?;
        links.read(&item, &framework.uri);
        items.push(Ok(Entry::Item(item)));
    }
    tops.iter().for_each(|top| links.add("isChildOf", top, &framework.uri));
    let associations = links.all.into_iter().map(|one| Ok(Entry::Association(one)));
    let entries: Entries = Box::new(items.into_iter().chain(associations));
    Ok(Reading { framework, entries })
}

/// Most nodes of a graph.
const MOST_NODES: usize = 500_000;

/// A node with the pointer to it.
type Node = (String, Map<String, Value>);

/// All nodes of a document, each with its pointer.
fn nodes(mut doc: Map<String, Value>) -> Result<Vec<Node>, Unreadable> {
    let mut base = String::new();
    for name in ["decoded_resource", "CompetencyFramework"] {
        if let Some(Value::Object(_)) = doc.get(name)
            && let Some(Value::Object(inner)) = doc.shift_remove(name)
        {
            (doc, base) = (inner, format!("/{name}"));
            break;
        }
    }
    let graph = match doc.shift_remove("@graph") {
        Some(Value::Array(graph)) => graph,
        Some(single @ Value::Object(_)) => vec![single],
        Some(_) => return Err(Unreadable::at(format!("{base}/@graph"), "This must be a list.")),
        None => return Ok(vec![(if base.is_empty() { "/".into() } else { base }, doc)]),
    };
    if graph.len() > MOST_NODES {
        return Err(Unreadable::at(format!("{base}/@graph"), format!("A graph may hold {MOST_NODES} nodes.")));
    }
    let one = |(n, value)| match value {
        Value::Object(node) => Ok((format!("{base}/@graph/{n}"), node)),
        _ => Err(Unreadable::at(format!("{base}/@graph/{n}"), "This must be an object.")),
    };
    graph.into_iter().enumerate().map(one).collect()
}

fn types(node: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let list = match node.get("@type") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    list.iter().filter_map(Value::as_str)
}

fn is(node: &Map<String, Value>, kind: &str) -> bool {
    let full = kind.replace("ceasn:", "http://purl.org/ctdlasn/terms/");
    let https = full.replace("http:", "https:");
    types(node).any(|one| one == kind || one == full || one == https)
}

/// A text, whether plain, in a language map, as a JSON-LD value, or the first of several.
fn text(value: &Value) -> Option<String> {
    let found = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => return list.iter().find_map(text),
        Value::Object(members) => {
            let english = |name: &String| name.to_lowercase().starts_with("en");
            let best = members.get("@value").or_else(|| members.iter().find(|(name, _)| english(name)).map(|m| m.1));
            return text(best.or_else(|| members.values().next())?);
        }
        _ => return None,
    };
    (!found.trim().is_empty()).then_some(found)
}

/// Addresses, whether bare or as nodes with `@id`.
fn ids(value: &Value) -> Vec<String> {
    match value {
        Value::String(id) => vec![id.clone()],
        Value::Array(list) => list.iter().flat_map(ids).collect(),
        Value::Object(node) => node.get("@id").and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn take(node: &mut Map<String, Value>, name: &str) -> Option<String> {
    let found = text(node.get(name)?)?;
    node.shift_remove(name);
    Some(found)
}

fn id_of(node: &mut Map<String, Value>, at: &str) -> Result<String, Unreadable> {
    match node.shift_remove("@id") {
        Some(Value::String(id)) if !id.is_empty() && id.len() <= MOST_TEXT => Ok(id),
        Some(_) => Err(Unreadable::at(format!("{at}/@id"), "This must be an address.")),
        None => Err(Unreadable::at(at, "The member `@id` is absent.")),
    }
}

fn framework(mut node: Map<String, Value>, at: &str) -> Result<Framework, Unreadable> {
    let uri = id_of(&mut node, at)?;
    node.shift_remove("@type");
    let language = language(&node);
    let Some(title) = take(&mut node, "ceasn:name") else {
        return Err(Unreadable::at(at, "The framework has no `ceasn:name`."));
    };
    let said = |node: &Map<String, Value>, names: &[&str]| names.iter().find_map(|name| text(node.get(*name)?));
    let version = said(&node, &["ceasn:dateModified", "ceasn:dateCreated", "ceasn:dateCopyright"]);
    let publisher = said(&node, &["ceasn:publisherName", "ceasn:publisher", "ceasn:creator"]);
    let licence = said(&node, &["ceasn:license", "ceasn:rights"]);
    Ok(Framework {
        uri,
        kind: Kind::Ctdl,
        title,
        version: version.unwrap_or_else(|| "1".into()),
        publisher,
        licence,
        language,
        about: node,
    })
}

/// `ceasn:inLanguage`, or the language in which the name is given.
fn language(node: &Map<String, Value>) -> Option<String> {
    let said = node.get("ceasn:inLanguage").and_then(text);
    said.or_else(|| match node.get("ceasn:name")? {
        Value::Object(map) => map.keys().next().filter(|name| !name.starts_with('@')).cloned(),
        _ => None,
    })
}

fn competency(mut node: Map<String, Value>, at: &str, framework: &Framework) -> Result<Item, Unreadable> {
    let uri = id_of(&mut node, at)?;
    node.shift_remove("@type");
    let label = take(&mut node, "ceasn:competencyLabel").or_else(|| take(&mut node, "ceasn:CompetencyLabel"));
    let statement = take(&mut node, "ceasn:competencyText").or_else(|| label.clone());
    let Some(statement) = statement else {
        return Err(Unreadable::at(at, "The competency has no `ceasn:competencyText`."));
    };
    if statement.len() > MOST_TEXT {
        return Err(Unreadable::at(at, format!("The statement has more than {MOST_TEXT} bytes.")));
    }
    let code = take(&mut node, "ceasn:codedNotation").or_else(|| take(&mut node, "ceasn:listID"));
    let kind = take(&mut node, "ceasn:competencyCategory");
    let level = node.get("ceasn:educationLevelType").map(|levels| words_of(&ids(levels))).filter(|l| !l.is_empty());
    let id = match node.get("ceterms:ctid").and_then(Value::as_str) {
        Some(ctid) => uuid_of(ctid),
        None => uuid_of(&uri),
    };
    if node.get("ceasn:isPartOf").map(ids).is_some_and(|of| of == [framework.uri.clone()]) {
        node.shift_remove("ceasn:isPartOf");
    }
    let other_labels = label.into_iter().filter(|label| *label != statement).collect();
    Ok(Item { id, uri, code, statement, kind, level, other_labels, about: node })
}

/// The last parts of concepts' addresses: `audLevel:BachelorDegreeLevel` is `BachelorDegreeLevel`.
fn words_of(concepts: &[String]) -> String {
    let word = |concept: &String| concept.rsplit(['/', ':', '#']).next().unwrap_or_default().to_owned();
    concepts.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Alignments between competencies and what they are here, both ways.
const ALIGNMENTS: [(&str, &str); 6] = [
    ("ceasn:exactAlignment", "exactMatchOf"),
    ("ceasn:broadAlignment", "ext:broadAlignment"),
    ("ceasn:narrowAlignment", "ext:narrowAlignment"),
    ("ceasn:majorAlignment", "ext:majorAlignment"),
    ("ceasn:minorAlignment", "ext:minorAlignment"),
    ("ceasn:prerequisiteAlignment", "precedes"),
];

/// Associations without repetition: a parent and its child both say that they belong together.
#[derive(Default)]
struct Links {
    all: Vec<Association>,
    seen: HashSet<String>,
}

impl Links {
    fn add(&mut self, kind: &str, origin: &str, destination: &str) {
        let one = association(kind, origin, destination);
        if self.seen.insert(one.id.clone()) {
            self.all.push(one);
        }
    }

    fn read(&mut self, item: &Item, framework: &str) {
        let of = |name: &str| item.about.get(name).map(ids).unwrap_or_default();
        of("ceasn:isChildOf").iter().for_each(|parent| self.add("isChildOf", &item.uri, parent));
        of("ceasn:hasChild").iter().for_each(|child| self.add("isChildOf", child, &item.uri));
        if !of("ceasn:isTopChildOf").is_empty() {
            self.add("isChildOf", &item.uri, framework);
        }
        for (name, kind) in ALIGNMENTS {
            for other in of(name) {
                match kind {
                    "precedes" => self.add(kind, &other, &item.uri),
                    _ => self.add(kind, &item.uri, &other),
                }
            }
        }
    }
}

/// Where the registry keeps its resources.
const RESOURCES: &str = "https://credentialengineregistry.org/resources/ce-";

/// Writes a graph for the registry. Every node gets a CTID: the item's own id.
pub fn write(whole: &Whole) -> Value {
    let language = whole.framework.language.clone().unwrap_or_else(|| "en".into());
    let framework_id = registry_id(&whole.framework.uri, &super::case::document_id(&whole.framework));
    let own: HashMap<&str, String> =
        whole.items.iter().map(|item| (item.uri.as_str(), registry_id(&item.uri, &item.id))).collect();
    let mut parents: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut aligned: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
    for one in &whole.associations {
        let (origin, destination) = (one.origin.as_str(), one.destination.as_str());
        if one.kind == "isChildOf" && own.contains_key(origin) && own.contains_key(destination) {
            parents.entry(origin).or_default().push(destination);
            children.entry(destination).or_default().push(origin);
        } else if let Some((name, kind)) = ALIGNMENTS.iter().find(|(_, kind)| *kind == one.kind) {
            let (at, to) = if *kind == "precedes" { (destination, origin) } else { (origin, destination) };
            aligned.entry(at).or_default().push((name, to));
        }
    }
    let tops: Vec<&str> = whole
        .items
        .iter()
        .filter(|item| !parents.contains_key(item.uri.as_str()))
        .map(|i| own[i.uri.as_str()].as_str())
        .collect();
    let addresses = |uris: &[&str]| -> Vec<String> {
        uris.iter().map(|uri| own.get(uri).cloned().unwrap_or_else(|| (*uri).to_owned())).collect()
    };
    let mut graph = vec![write_framework(&whole.framework, &framework_id, &tops, &language)];
    for item in &whole.items {
        let uri = item.uri.as_str();
        let mut node = write_competency(item, &own[uri], &language);
        node.insert("ceasn:isPartOf".into(), framework_id.clone().into());
        match parents.get(uri) {
            Some(parents) => node.insert("ceasn:isChildOf".into(), addresses(parents).into()),
            None => node.insert("ceasn:isTopChildOf".into(), framework_id.clone().into()),
        };
        if let Some(children) = children.get(uri) {
            node.insert("ceasn:hasChild".into(), addresses(children).into());
        }
        for (name, to) in aligned.get(uri).into_iter().flatten() {
            let list = node.entry(*name).or_insert_with(|| json!([]));
            if let (Value::Array(list), [to]) = (list, addresses(&[to]).as_slice()) {
                list.push(to.clone().into());
            }
        }
        graph.push(Value::Object(node));
    }
    json!({
        "@context": "https://credreg.net/ctdlasn/schema/context/json",
        "@id": framework_id.replace("/resources/", "/graph/"),
        "@graph": graph,
    })
}

/// An address of the registry stays; anything else gets one made of the id.
fn registry_id(uri: &str, id: &str) -> String {
    if uri.strip_prefix(RESOURCES).is_some_and(super::is_uuid) {
        uri.to_lowercase()
    } else {
        format!("{RESOURCES}{id}")
    }
}

fn ctid(registry_id: &str) -> String {
    registry_id.rsplit('/').next().unwrap_or_default().to_owned()
}

fn write_framework(framework: &Framework, id: &str, tops: &[&str], language: &str) -> Value {
    let mut node = Map::new();
    node.insert("@id".into(), id.into());
    node.insert("@type".into(), "ceasn:CompetencyFramework".into());
    node.insert("ceterms:ctid".into(), ctid(id).into());
    node.insert("ceasn:name".into(), json!({ language: framework.title }));
    let description = framework.about.get("ceasn:description").or(framework.about.get("description"));
    if let Some(description) = description.and_then(text) {
        node.insert("ceasn:description".into(), json!({ language: description }));
    }
    node.insert("ceasn:inLanguage".into(), json!([language]));
    node.insert("ceasn:publicationStatusType".into(), "publicationStatus:Published".into());
    if let Some(publisher) = &framework.publisher {
        if publisher.starts_with("http") {
            node.insert("ceasn:publisher".into(), json!([publisher]));
        } else {
            node.insert("ceasn:publisherName".into(), json!({ language: [publisher] }));
        }
    }
    if let Some(licence) = framework.licence.as_ref() {
        match licence.starts_with("http") {
            true => node.insert("ceasn:license".into(), licence.clone().into()),
            false => node.insert("ceasn:rights".into(), json!({ language: licence })),
        };
    }
    if !framework.uri.starts_with(RESOURCES) && framework.uri.starts_with("http") {
        node.insert("ceasn:source".into(), json!([framework.uri]));
    }
    for name in ["ceasn:dateCreated", "ceasn:dateModified"] {
        if let Some(date) = framework.about.get(name) {
            node.insert(name.into(), date.clone());
        }
    }
    if !tops.is_empty() {
        node.insert("ceasn:hasTopChild".into(), json!(tops));
    }
    Value::Object(node)
}

fn write_competency(item: &Item, id: &str, language: &str) -> Map<String, Value> {
    let mut node = Map::new();
    node.insert("@id".into(), id.into());
    node.insert("@type".into(), "ceasn:Competency".into());
    node.insert("ceterms:ctid".into(), ctid(id).into());
    node.insert("ceasn:competencyText".into(), json!({ language: item.statement }));
    if let Some(code) = &item.code {
        node.insert("ceasn:codedNotation".into(), code.clone().into());
    }
    if let Some(label) = item.other_labels.first() {
        node.insert("ceasn:competencyLabel".into(), json!({ language: label }));
    }
    if let Some(kind) = &item.kind {
        node.insert("ceasn:competencyCategory".into(), json!({ language: kind }));
    }
    if item.uri != id && item.uri.starts_with("http") {
        node.insert("ceasn:exactAlignment".into(), json!([item.uri]));
    }
    node
}

#[cfg(test)]
mod tests;
