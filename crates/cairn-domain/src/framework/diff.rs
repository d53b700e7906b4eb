//! What is new, gone, changed and moved from one version of a framework to the next.

use std::collections::{BTreeSet, HashMap, HashSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Item, Whole};

/// The difference of two versions. Items are the same when their URIs are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Diff {
    /// Items that only the new one has.
    pub added: Vec<Named>,
    /// Items that only the old one has.
    pub removed: Vec<Named>,
    /// Items whose fields differ.
    pub changed: Vec<Changed>,
    /// Items that hang elsewhere.
    pub moved: Vec<Moved>,
    /// Associations that only the new one has, parents left out.
    pub associations_added: Vec<Link>,
    /// Associations that only the old one has, parents left out.
    pub associations_removed: Vec<Link>,
}

/// An item by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// URI.
    pub uri: String,
    /// Code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Statement.
    pub statement: String,
}

/// An item whose fields differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Changed {
    /// The new one.
    pub item: Named,
    /// Field by field.
    pub fields: Vec<Field>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Field {
    /// Its name: `statement`, `code`, `kind`, `level`, `labels`, or a member of the form.
    pub name: String,
    /// What it was; empty when it was not there.
    pub old: String,
    /// What it is; empty when it is not there.
    pub new: String,
}

/// An item that hangs elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Moved {
    /// The new one.
    pub item: Named,
    /// URIs of what it hung on.
    pub from: Vec<String>,
    /// URIs of what it hangs on.
    pub to: Vec<String>,
}

/// An association by its ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Link {
    /// `associationType`.
    pub kind: String,
    /// URI.
    pub origin: String,
    /// URI.
    pub destination: String,
}

impl Diff {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Diff::default()
    }
}

/// Compares two versions.
pub fn diff(old: &Whole, new: &Whole) -> Diff {
    let before: HashMap<&str, &Item> = old.items.iter().map(|item| (item.uri.as_str(), item)).collect();
    let after: HashSet<&str> = new.items.iter().map(|item| item.uri.as_str()).collect();
    let (parents_before, parents_after) = (parents(old), parents(new));
    let mut diff = Diff::default();
    diff.removed.extend(old.items.iter().filter(|item| !after.contains(item.uri.as_str())).map(named));
    for item in &new.items {
        let Some(was) = before.get(item.uri.as_str()) else {
            diff.added.push(named(item));
            continue;
        };
        let fields = fields(was, item);
        if !fields.is_empty() {
            diff.changed.push(Changed { item: named(item), fields });
        }
        let none = BTreeSet::new();
        let from = parents_before.get(item.uri.as_str()).unwrap_or(&none);
        let to = parents_after.get(item.uri.as_str()).unwrap_or(&none);
        if from != to {
            let list = |set: &BTreeSet<&str>| set.iter().map(|uri| (*uri).to_owned()).collect();
            diff.moved.push(Moved { item: named(item), from: list(from), to: list(to) });
        }
    }
    let (links_before, links_after) = (links(old), links(new));
    diff.associations_added = links_after.difference(&links_before).cloned().collect();
    diff.associations_removed = links_before.difference(&links_after).cloned().collect();
    diff
}

fn named(item: &Item) -> Named {
    Named { uri: item.uri.clone(), code: item.code.clone(), statement: item.statement.clone() }
}

fn parents(whole: &Whole) -> HashMap<&str, BTreeSet<&str>> {
    let mut parents: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for one in whole.associations.iter().filter(|one| one.kind == "isChildOf") {
        parents.entry(&one.origin).or_default().insert(&one.destination);
    }
    parents
}

fn links(whole: &Whole) -> BTreeSet<Link> {
    let others = whole.associations.iter().filter(|one| one.kind != "isChildOf");
    others
        .map(|one| Link { kind: one.kind.clone(), origin: one.origin.clone(), destination: one.destination.clone() })
        .collect()
}

fn fields(old: &Item, new: &Item) -> Vec<Field> {
    let of = |item: &Item| {
        let maybe = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            ("statement", item.statement.clone()),
            ("code", maybe(&item.code)),
            ("kind", maybe(&item.kind)),
            ("level", maybe(&item.level)),
            ("labels", item.other_labels.join(" | ")),
        ]
    };
    let mut all: Vec<Field> =
        of(old).into_iter().zip(of(new)).map(|((name, old), (_, new))| Field { name: name.into(), old, new }).collect();
    // when it was last touched is no change; labels are compared above, children with the parents
    let quiet = ["lastChangeDateTime", "alternativeLabel", "abbreviatedStatement", "ceasn:hasChild", "ceasn:isChildOf"];
    let names: BTreeSet<&String> = old.about.keys().chain(new.about.keys()).collect();
    for name in names.into_iter().filter(|name| !quiet.contains(&name.as_str())) {
        let told = |item: &Item| match item.about.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        all.push(Field { name: name.clone(), old: told(old), new: told(new) });
    }
    all.retain(|field| field.old != field.new);
    all
}

#[cfg(test)]
mod tests;
