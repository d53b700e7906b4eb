//! CASE 1.1 (1EdTech Competencies and Academic Standards Exchange): a CFPackage as JSON; 1.0 is read too.
//!
//! On the wire the key of an object is `identifier`; some software writes the model's name `sourcedId`, which is read
//! and never written. Members that have no field of ours stay as they came and are given back by [`write`].

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::json::{document, need_text, object, take_list, take_text};
use super::{
    ASSOCIATION_TYPES, Association, Entries, Entry, Framework, Item, Kind, Reading, Unreadable, Whole, uuid_of,
};

/// Reads a CFPackage.
pub fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let mut package = document(bytes)?;
    let Some(cf_document) = package.shift_remove("CFDocument") else {
        let says = "There is no `CFDocument`: this is no CFPackage of CASE. Ask the publisher's server for \
                    …/CFPackages/{id}.";
        return Err(Unreadable::at("/", says));
    };
    let framework = framework(object(cf_document, "/CFDocument")?, &mut package)?;
    let items = take_list(&mut package, "CFItems", "")?;
    let associations = take_list(&mut package, "CFAssociations", "")?;
    let read_items = items.into_iter().enumerate().map(|(n, value)| {
        let at = format!("/CFItems/{n}");
        item(object(value, &at)?, &at).map(Entry::Item)
    });
    let read_associations = associations.into_iter().enumerate().map(|(n, value)| {
        let at = format!("/CFAssociations/{n}");
        read_association(object(value, &at)?, &at).map(Entry::Association)
    });
    let entries: Entries = Box::new(read_items.chain(read_associations));
    Ok(Reading { framework, entries })
}

/// Members of a CFDocument that a framework has fields for; all others stay in `about`.
fn framework(mut doc: Map<String, Value>, package: &mut Map<String, Value>) -> Result<Framework, Unreadable> {
    let at = "/CFDocument";
    let identifier = identifier(&mut doc, at)?;
    let uri = need_text(&mut doc, "uri", at)?;
    let title = need_text(&mut doc, "title", at)?;
    let version = take_text(&mut doc, "version", at)?;
    let publisher = take_text(&mut doc, "publisher", at)?;
    let language = take_text(&mut doc, "language", at)?;
    let changed = doc.get("lastChangeDateTime").and_then(Value::as_str).map(str::to_owned);
    let licence = doc.get("licenseURI").and_then(|link| link.get("uri").or(Some(link))?.as_str()).map(str::to_owned);
    doc.insert("identifier".into(), identifier.into());
    if version.is_none() {
        doc.insert("noVersion".into(), true.into());
    }
    for name in ["CFDefinitions", "CFRubrics", "extensions"] {
        if let Some(value) = package.shift_remove(name).filter(|value| !value.is_null()) {
            doc.insert(format!("package:{name}"), value);
        }
    }
    let version = version.or(changed).unwrap_or_else(|| "1".into());
    Ok(Framework { uri, kind: Kind::Case, title, version, publisher, licence, language, about: doc })
}

fn identifier(from: &mut Map<String, Value>, at: &str) -> Result<String, Unreadable> {
    let own = take_text(from, "identifier", at)?;
    let model = take_text(from, "sourcedId", at)?;
    own.or(model).ok_or_else(|| Unreadable::at(at, "The member `identifier` is absent or empty."))
}

fn item(mut from: Map<String, Value>, at: &str) -> Result<Item, Unreadable> {
    let id = uuid_of(&identifier(&mut from, at)?);
    let uri = need_text(&mut from, "uri", at)?;
    let statement = need_text(&mut from, "fullStatement", at)?;
    let code = take_text(&mut from, "humanCodingScheme", at)?;
    let kind = take_text(&mut from, "CFItemType", at)?;
    let level = match from.get_mut("extensions") {
        Some(Value::Object(extensions)) => take_text(extensions, LEVEL, at)?,
        _ => None,
    };
    if from.get("extensions") == Some(&json!({})) && level.is_some() {
        from.shift_remove("extensions");
    }
    let label = |name: &str| from.get(name).and_then(Value::as_str).map(str::to_owned);
    let other_labels = ["alternativeLabel", "abbreviatedStatement"].into_iter().filter_map(label).collect();
    Ok(Item { id, uri, code, statement, kind, level, other_labels, about: from })
}

/// Where an item's level is kept; CASE 1.1 has no member for it.
const LEVEL: &str = "cairn:level";

fn read_association(mut from: Map<String, Value>, at: &str) -> Result<Association, Unreadable> {
    let id = uuid_of(&identifier(&mut from, at)?);
    let kind = need_text(&mut from, "associationType", at)?;
    if !ASSOCIATION_TYPES.contains(&kind.as_str()) && !kind.starts_with("ext:") {
        let says =
            format!("“{kind}” is no associationType of CASE 1.1. It has {} and ext:…", ASSOCIATION_TYPES.join(", "));
        return Err(Unreadable::at(format!("{at}/associationType"), says));
    }
    let origin = node(&mut from, "originNodeURI", at)?;
    let destination = node(&mut from, "destinationNodeURI", at)?;
    Ok(Association { id, kind, origin, destination, about: from })
}

/// The URI of an end of an association; title and identifier of it stay where they were.
fn node(from: &mut Map<String, Value>, name: &str, at: &str) -> Result<String, Unreadable> {
    let place = format!("{at}/{name}");
    match from.get_mut(name) {
        Some(Value::Object(link)) => {
            let uri = take_text(link, "uri", &place)?;
            let identifier = link.get("identifier").or(link.get("sourcedId")).and_then(Value::as_str);
            let uri = uri.or_else(|| identifier.map(|identifier| format!("urn:uuid:{identifier}")));
            uri.ok_or_else(|| Unreadable::at(place, "There is neither `uri` nor `identifier`."))
        }
        Some(Value::String(_)) => need_text(from, name, at),
        _ => Err(Unreadable::at(at, format!("The member `{name}` is absent."))),
    }
}

/// Members of a CFPckgDocument and a CFPckgItem beyond those that are written from fields. CASE 1.1 allows no others.
const DOCUMENT_MEMBERS: [&str; 12] = [
    "frameworkType",
    "officialSourceURL",
    "description",
    "subject",
    "subjectURI",
    "adoptionStatus",
    "statusStartDate",
    "statusEndDate",
    "licenseURI",
    "notes",
    "creator",
    "extensions",
];
const ITEM_MEMBERS: [&str; 15] = [
    "alternativeLabel",
    "listEnumeration",
    "abbreviatedStatement",
    "conceptKeywords",
    "conceptKeywordsURI",
    "notes",
    "subject",
    "subjectURI",
    "language",
    "educationLevel",
    "CFItemTypeURI",
    "licenseURI",
    "statusStartDate",
    "statusEndDate",
    "extensions",
];

/// Writes a CFPackage of CASE 1.1. `changed` is the moment (RFC 3339) for what says none of its own.
pub fn write(whole: &Whole, changed: &str) -> Value {
    let named = names(whole);
    let items: Vec<Value> = whole.items.iter().map(|item| write_item(&whole.framework, item, changed)).collect();
    let mut associations: Vec<Value> =
        whole.associations.iter().map(|one| write_association(one, &named, changed)).collect();
    if whole.framework.kind != Kind::Case {
        // CASE says of every item where it hangs; other forms leave out that the topmost hang on the framework
        let hung: HashSet<&str> = whole
            .associations
            .iter()
            .filter(|one| one.kind == "isChildOf" && named.contains_key(one.destination.as_str()))
            .map(|one| one.origin.as_str())
            .collect();
        let top = whole.items.iter().filter(|item| !hung.contains(item.uri.as_str()));
        associations.extend(top.map(|item| {
            write_association(&super::association("isChildOf", &item.uri, &whole.framework.uri), &named, changed)
        }));
    }
    let mut package = Map::new();
    package.insert("CFDocument".into(), write_document(&whole.framework, changed));
    package.insert("CFItems".into(), items.into());
    package.insert("CFAssociations".into(), associations.into());
    package.insert("CFDefinitions".into(), definitions(whole, changed));
    for name in ["CFRubrics", "extensions"] {
        if let Some(value) = whole.framework.about.get(&format!("package:{name}")) {
            package.insert(name.into(), value.clone());
        }
    }
    Value::Object(package)
}

/// URI to identifier and title of everything that an association can end at.
fn names(whole: &Whole) -> HashMap<&str, (String, String)> {
    let framework = &whole.framework;
    let mut named: HashMap<&str, (String, String)> =
        whole.items.iter().map(|item| (item.uri.as_str(), (item.id.clone(), short(&item.statement)))).collect();
    named.insert(&framework.uri, (document_id(framework), framework.title.clone()));
    named
}

/// The identifier of a framework's CFDocument.
pub fn document_id(framework: &Framework) -> String {
    let own = framework.about.get("identifier").and_then(Value::as_str);
    uuid_of(own.unwrap_or(&framework.uri))
}

fn short(text: &str) -> String {
    text.chars().take(120).collect()
}

/// A CFDocument of CASE 1.1, as in a package.
pub fn write_document(framework: &Framework, changed: &str) -> Value {
    let mut rest = framework.about.clone();
    rest.retain(|name, _| !name.starts_with("package:"));
    let no_version = rest.shift_remove("noVersion").is_some();
    rest.shift_remove("identifier");
    let mut doc = Map::new();
    doc.insert("identifier".into(), document_id(framework).into());
    doc.insert("uri".into(), framework.uri.clone().into());
    let publisher = framework.publisher.clone();
    let creator = rest.shift_remove("creator").filter(Value::is_string);
    let creator = creator.or(publisher.map(Value::String)).unwrap_or_else(|| framework.title.clone().into());
    doc.insert("creator".into(), creator);
    doc.insert("title".into(), framework.title.clone().into());
    let own_changed = rest.shift_remove("lastChangeDateTime").filter(Value::is_string);
    doc.insert("lastChangeDateTime".into(), own_changed.unwrap_or_else(|| changed.into()));
    doc.insert("caseVersion".into(), "1.1".into());
    rest.shift_remove("caseVersion");
    if let Some(publisher) = &framework.publisher {
        doc.insert("publisher".into(), publisher.clone().into());
    }
    if !no_version {
        doc.insert("version".into(), framework.version.clone().into());
    }
    if let Some(language) = &framework.language {
        doc.insert("language".into(), language.clone().into());
    }
    if let Some(licence) = framework.licence.as_ref().filter(|_| !rest.contains_key("licenseURI")) {
        doc.insert("licenseURI".into(), licence_link(licence));
    }
    if framework.kind == Kind::Case {
        doc.extend(rest.into_iter().filter(|(name, _)| DOCUMENT_MEMBERS.contains(&name.as_str())));
    } else if let Some(description) = rest.get("description").and_then(Value::as_str) {
        doc.insert("description".into(), description.into());
    }
    Value::Object(doc)
}

fn licence_link(licence: &str) -> Value {
    let identifier = uuid_of(licence);
    let uri = if licence.contains("://") { licence.to_owned() } else { format!("urn:uuid:{identifier}") };
    json!({"title": short(licence), "identifier": identifier, "uri": uri})
}

/// A CFItem of CASE 1.1, as in a package.
pub fn write_item(framework: &Framework, item: &Item, changed: &str) -> Value {
    let mut rest = if framework.kind == Kind::Case { item.about.clone() } else { Map::new() };
    let mut out = Map::new();
    out.insert("identifier".into(), item.id.clone().into());
    out.insert("fullStatement".into(), item.statement.clone().into());
    out.insert("uri".into(), item.uri.clone().into());
    let own_changed = rest.shift_remove("lastChangeDateTime").filter(Value::is_string);
    out.insert("lastChangeDateTime".into(), own_changed.unwrap_or_else(|| changed.into()));
    if let Some(code) = &item.code {
        out.insert("humanCodingScheme".into(), code.clone().into());
    }
    if let Some(kind) = &item.kind {
        out.insert("CFItemType".into(), kind.clone().into());
        if !rest.contains_key("CFItemTypeURI") && framework.kind != Kind::Case {
            out.insert("CFItemTypeURI".into(), type_link(framework, kind));
        }
    }
    let said = |name: &str| item.about.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if framework.kind != Kind::Case {
        if let Some(label) = item.other_labels.first() {
            out.insert("alternativeLabel".into(), label.clone().into());
        }
        if let Some(notes) = said("description") {
            out.insert("notes".into(), notes.into());
        }
    }
    out.extend(rest.into_iter().filter(|(name, _)| ITEM_MEMBERS.contains(&name.as_str())));
    if let Some(level) = &item.level {
        match out.get_mut("extensions") {
            Some(Value::Object(extensions)) => {
                extensions.insert(LEVEL.into(), level.clone().into());
            }
            _ => {
                out.insert("extensions".into(), json!({ LEVEL: level }));
            }
        }
    }
    Value::Object(out)
}

/// The identifier of a kind of items.
fn type_id(framework: &Framework, kind: &str) -> String {
    uuid_of(&format!("{}\ntype\n{kind}\n", framework.uri))
}

fn type_link(framework: &Framework, kind: &str) -> Value {
    let identifier = type_id(framework, kind);
    json!({"title": kind, "identifier": identifier, "uri": format!("urn:uuid:{identifier}")})
}

/// A CFAssociation of CASE 1.1, as in a package. `named` has identifier and title of what its ends may be.
pub fn write_association(one: &Association, named: &HashMap<&str, (String, String)>, changed: &str) -> Value {
    let mut rest = one.about.clone();
    let mut out = Map::new();
    out.insert("identifier".into(), one.id.clone().into());
    out.insert("associationType".into(), one.kind.clone().into());
    out.insert("uri".into(), rest.shift_remove("uri").unwrap_or_else(|| format!("urn:uuid:{}", one.id).into()));
    let own = |rest: &mut Map<String, Value>, name: &str| rest.shift_remove(name);
    for (name, uri) in [("originNodeURI", &one.origin), ("destinationNodeURI", &one.destination)] {
        let link = own(&mut rest, name);
        let mut link = match link {
            Some(Value::Object(link)) => link,
            _ => Map::new(),
        };
        let known = named.get(uri.as_str());
        let sourced = link.shift_remove("sourcedId");
        if !link.contains_key("title") {
            let title = known.map_or_else(|| short(uri), |(_, title)| title.clone());
            link.insert("title".into(), title.into());
        }
        if !link.contains_key("identifier") {
            let made = || Value::from(known.map_or_else(|| uuid_of(uri), |(id, _)| id.clone()));
            link.insert("identifier".into(), sourced.unwrap_or_else(made));
        }
        link.insert("uri".into(), uri.clone().into());
        out.insert(name.into(), link.into());
    }
    let own_changed = rest.shift_remove("lastChangeDateTime").filter(Value::is_string);
    out.insert("lastChangeDateTime".into(), own_changed.unwrap_or_else(|| changed.into()));
    for name in ["sequenceNumber", "CFAssociationGroupingURI", "notes", "extensions"] {
        if let Some(value) = rest.shift_remove(name) {
            out.insert(name.into(), value);
        }
    }
    Value::Object(out)
}

/// CFDefinitions: as they came, or the kinds and the licence that the framework itself names.
pub fn definitions(whole: &Whole, changed: &str) -> Value {
    let framework = &whole.framework;
    if let Some(own) = framework.about.get("package:CFDefinitions") {
        return own.clone();
    }
    if framework.kind == Kind::Case {
        return json!({});
    }
    let mut kinds: Vec<&str> = whole.items.iter().filter_map(|item| item.kind.as_deref()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let types: Vec<Value> = kinds
        .into_iter()
        .map(|kind| {
            let identifier = type_id(framework, kind);
            json!({
                "identifier": identifier,
                "uri": format!("urn:uuid:{identifier}"),
                "title": kind,
                "description": kind,
                "hierarchyCode": "1",
                "lastChangeDateTime": changed,
            })
        })
        .collect();
    let mut all = Map::new();
    if !types.is_empty() {
        all.insert("CFItemTypes".into(), types.into());
    }
    if let Some(licence) = &framework.licence {
        let mut one = licence_link(licence);
        one["licenseText"] = licence.clone().into();
        one["lastChangeDateTime"] = changed.into();
        all.insert("CFLicenses".into(), json!([one]));
    }
    Value::Object(all)
}

#[cfg(test)]
mod tests;
