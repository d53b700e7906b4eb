//! Frameworks: published sets of competencies, read from and written to the forms in which they travel.
//!
//! Readers give a [`Reading`]: what the framework is, and its entries one after the other, always in the same order,
//! so that an import that was interrupted can go on where it stopped. The CSV and TSV readers keep next to nothing in
//! memory; CASE and CTDL-ASN are JSON documents and are read whole.

pub mod case;
pub mod ctdl;
pub mod diff;
pub mod esco;
mod json;
pub mod onet;
pub mod table;

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The form in which a framework came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 1EdTech CASE 1.1 or 1.0: a CFPackage as JSON.
    Case,
    /// Credential Engine's CTDL-ASN as JSON-LD.
    Ctdl,
    /// The ESCO CSV files.
    Esco,
    /// The O*NET tables.
    Onet,
    /// A table of one's own.
    Csv,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 5] = [Kind::Case, Kind::Ctdl, Kind::Esco, Kind::Onet, Kind::Csv];

    /// Its word, such as `case`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Case => "case",
            Kind::Ctdl => "ctdl",
            Kind::Esco => "esco",
            Kind::Onet => "onet",
            Kind::Csv => "csv",
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Kind, String> {
        let found = Kind::ALL.into_iter().find(|kind| kind.word() == word);
        found.ok_or_else(|| format!("“{word}” is no form of frameworks. They are case, ctdl, esco, onet and csv."))
    }
}

/// A framework without what is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Framework {
    /// Its own URI, the same in all its versions.
    pub uri: String,
    /// The form in which it came.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// Version in its publisher's words.
    pub version: String,
    /// Publisher.
    pub publisher: Option<String>,
    /// Licence, as an address or in words.
    pub licence: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// Members of the form that have no field here.
    pub about: Map<String, Value>,
}

/// One statement of a framework: a competency, a skill, an occupation, a heading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// UUID, lower case: the form's own, or one made of its URI.
    pub id: String,
    /// URI.
    pub uri: String,
    /// Code for people.
    pub code: Option<String>,
    /// The statement.
    pub statement: String,
    /// Its kind in the framework's words.
    pub kind: Option<String>,
    /// Its level in the framework's words.
    pub level: Option<String>,
    /// Other names of it.
    pub other_labels: Vec<String>,
    /// Members of the form that have no field here.
    pub about: Map<String, Value>,
}

/// How two items stand to each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Association {
    /// UUID, lower case.
    pub id: String,
    /// CASE 1.1 `associationType`: one of [`ASSOCIATION_TYPES`], or `ext:` and a word.
    pub kind: String,
    /// URI.
    pub origin: String,
    /// URI.
    pub destination: String,
    /// Members of the form that have no field here.
    pub about: Map<String, Value>,
}

/// `associationType` of CASE 1.1.
pub const ASSOCIATION_TYPES: [&str; 10] = [
    "isChildOf",
    "isPeerOf",
    "isPartOf",
    "exactMatchOf",
    "precedes",
    "isRelatedTo",
    "replacedBy",
    "exemplar",
    "hasSkillLevel",
    "isTranslationOf",
];

/// What the destination of a crosswalk is to its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The same.
    Exact,
    /// Broader than it.
    Broader,
    /// Narrower than it.
    Narrower,
    /// Something near it.
    Related,
}

impl Relation {
    /// All of them.
    pub const ALL: [Relation; 4] = [Relation::Exact, Relation::Broader, Relation::Narrower, Relation::Related];

    /// Its word, such as `exact`.
    pub fn word(self) -> &'static str {
        match self {
            Relation::Exact => "exact",
            Relation::Broader => "broader",
            Relation::Narrower => "narrower",
            Relation::Related => "related",
        }
    }

    /// The same statement made from the other end.
    pub fn turned(self) -> Relation {
        match self {
            Relation::Broader => Relation::Narrower,
            Relation::Narrower => Relation::Broader,
            same => same,
        }
    }
}

impl FromStr for Relation {
    type Err = String;

    fn from_str(word: &str) -> Result<Relation, String> {
        let found = Relation::ALL.into_iter().find(|relation| relation.word() == word);
        found.ok_or_else(|| format!("“{word}” is no relation. They are exact, broader, narrower and related."))
    }
}

/// That an item of one framework stands in a relation to an item of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Crosswalk {
    /// URI.
    pub origin: String,
    /// URI.
    pub destination: String,
    /// What the destination is to the origin.
    pub relation: Relation,
    /// 0 to 1.
    pub confidence: Option<f64>,
    /// Where it comes from.
    pub basis: String,
}

/// One thing of a framework, in the order of its file.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// An item.
    Item(Item),
    /// An association.
    Association(Association),
    /// A crosswalk to another framework.
    Crosswalk(Crosswalk),
}

/// Entries one after the other, until the end or the first that cannot be read.
pub type Entries = Box<dyn Iterator<Item = Result<Entry, Unreadable>> + Send>;

/// What a reader gives.
pub struct Reading {
    /// What it is.
    pub framework: Framework,
    /// What is in it.
    pub entries: Entries,
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("framework", &self.framework).finish_non_exhaustive()
    }
}

/// One of the files that make up a framework.
pub struct Part {
    /// Its name without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Box<dyn Read + Send>,
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Part {
    /// A file.
    pub fn new(name: impl Into<String>, bytes: impl Read + Send + 'static) -> Part {
        Part { name: name.into(), bytes: Box::new(bytes) }
    }
}

/// What whoever imports says of a framework; it goes before what the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Its URI.
    pub uri: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its publisher.
    pub publisher: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
}

impl Told {
    /// The framework with what was told put over it.
    pub fn over(&self, mut framework: Framework) -> Framework {
        let put = |to: &mut String, told: &Option<String>| {
            if let Some(told) = told.as_ref().filter(|told| !told.trim().is_empty()) {
                *to = told.trim().to_owned();
            }
        };
        put(&mut framework.uri, &self.uri);
        put(&mut framework.title, &self.title);
        put(&mut framework.version, &self.version);
        framework.publisher = self.publisher.clone().or(framework.publisher);
        framework.licence = self.licence.clone().or(framework.licence);
        framework.language = self.language.clone().or(framework.language);
        framework
    }
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {says}")]
pub struct Unreadable {
    /// Line or JSON pointer.
    pub place: String,
    /// What is wrong there and what to do.
    pub says: String,
}

impl Unreadable {
    /// What is wrong at a place.
    pub fn at(place: impl Into<String>, says: impl Into<String>) -> Unreadable {
        Unreadable { place: place.into(), says: says.into() }
    }
}

/// Most bytes of a JSON document.
pub const MOST_JSON: usize = 64 << 20;
/// Most items and associations of one framework.
pub const MOST_ENTRIES: u64 = 3_000_000;
/// Most characters of a statement or URI.
pub const MOST_TEXT: usize = 20_000;

/// The UUID in a text, where it is one or ends in one; otherwise one made of the text (RFC 9562 §5.8), always the same.
pub fn uuid_of(text: &str) -> String {
    let tail = text.get(text.len().saturating_sub(36)..).unwrap_or_default();
    if is_uuid(tail) {
        return tail.to_ascii_lowercase();
    }
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
    // CTIDs must look random (version 4); nothing here reads the version
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Whether a text is a UUID in its usual form.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The id of an association that has none of its own.
pub fn association_id(kind: &str, origin: &str, destination: &str) -> String {
    uuid_of(&format!("{kind}\n{origin}\n{destination}\n"))
}

/// An association without more about it.
pub fn association(kind: &str, origin: &str, destination: &str) -> Association {
    Association {
        id: association_id(kind, origin, destination),
        kind: kind.into(),
        origin: origin.into(),
        destination: destination.into(),
        about: Map::new(),
    }
}

/// Code, statement and other labels in lower case: what a search looks through.
pub fn folded(item: &Item) -> String {
    let mut all = String::new();
    let labels = item.other_labels.iter().map(String::as_str);
    for part in item.code.as_deref().into_iter().chain([item.statement.as_str()]).chain(labels) {
        if !all.is_empty() {
            all.push('\n');
        }
        all.push_str(&part.to_lowercase());
    }
    all
}

/// A framework with all that is in it: for exports and comparisons.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// What it is.
    pub framework: Framework,
    /// Its items in order.
    pub items: Vec<Item>,
    /// Its associations in order.
    pub associations: Vec<Association>,
}

impl Whole {
    /// Reads to the end.
    pub fn of(reading: Reading) -> Result<Whole, Unreadable> {
        let mut whole = Whole { framework: reading.framework, items: Vec::new(), associations: Vec::new() };
        for entry in reading.entries {
            match entry? {
                Entry::Item(item) => whole.items.push(item),
                Entry::Association(association) => whole.associations.push(association),
                Entry::Crosswalk(_) => {}
            }
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_kept_and_anything_else_always_becomes_the_same_one() {
        let uri = "http://data.europa.eu/esco/skill/0005C151-5b5a-4a66-8aac-60e734beb1ab";
        assert_eq!(uuid_of(uri), "0005c151-5b5a-4a66-8aac-60e734beb1ab");
        let made = uuid_of("http://data.europa.eu/esco/isced-f/00");
        assert!(is_uuid(&made), "{made}");
        assert_eq!(made, uuid_of("http://data.europa.eu/esco/isced-f/00"));
        assert_ne!(made, uuid_of("http://data.europa.eu/esco/isced-f/000"));
        assert!(is_uuid(&uuid_of("ünï-cödé that is long enough to be cut in a letter é")));
    }

    #[test]
    fn every_word_reads_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.word().parse(), Ok(kind));
        }
        for relation in Relation::ALL {
            assert_eq!(relation.word().parse(), Ok(relation));
            assert_eq!(relation.turned().turned(), relation);
        }
        assert!("xml".parse::<Kind>().is_err() && "same".parse::<Relation>().is_err());
    }
}
