//! What the API shows of frameworks. The store's own types do not come here: they are taken through the registrar.

use cairn_domain::framework::Item;
use cairn_registrar::frameworks::{self, ItemShown, Kept};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// A framework.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FrameworkBody {
    /// Id of this version on this site.
    pub id: String,
    /// Its own URI, the same in all its versions.
    pub uri: String,
    /// `case`, `ctdl`, `esco`, `onet`, `csv`: the form in which it came.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Version in its publisher's words.
    pub version: String,
    /// Publisher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How many items are in.
    pub items: u64,
    /// Whether its import is complete.
    pub complete: bool,
    /// Whether everybody may see it.
    pub public: bool,
    /// Whether the CASE service gives it.
    pub case_service: bool,
    /// Lower-case hex SHA-256 of what was imported.
    pub sha256: String,
    /// When the import began.
    pub created: Timestamp,
}

impl From<Kept> for FrameworkBody {
    fn from(one: Kept) -> FrameworkBody {
        FrameworkBody {
            id: one.id,
            uri: one.uri,
            kind: one.kind,
            title: one.title,
            version: one.version,
            publisher: one.publisher,
            licence: one.licence,
            language: one.language,
            items: one.items,
            complete: one.ready.is_some(),
            public: one.public.is_some(),
            case_service: one.served.is_some(),
            sha256: one.sha256,
            created: one.created,
        }
    }
}

/// An item.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemBody {
    /// Id: the last part of its address.
    pub id: String,
    /// URI.
    pub uri: String,
    /// Code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Statement.
    pub statement: String,
    /// Its kind in the framework's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its level in the framework's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Other names of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Members of the form that have no place above.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub about: Map<String, Value>,
}

impl From<frameworks::KeptItem> for ItemBody {
    fn from(stored: frameworks::KeptItem) -> ItemBody {
        let Item { id, uri, code, statement, kind, level, other_labels, about } = frameworks::item(stored);
        ItemBody { id, uri, code, statement, kind, level, labels: other_labels, about }
    }
}

/// An association.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AssociationBody {
    /// CASE 1.1 `associationType`.
    pub kind: String,
    /// URI.
    pub origin: String,
    /// URI.
    pub destination: String,
}

/// A crosswalk.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CrosswalkBody {
    /// URI.
    pub origin: String,
    /// URI.
    pub destination: String,
    /// `exact`, `broader`, `narrower`, `related`: what the destination is to the origin.
    pub relation: String,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Where it comes from.
    pub basis: String,
}

impl From<frameworks::KeptCrosswalk> for CrosswalkBody {
    fn from(one: frameworks::KeptCrosswalk) -> CrosswalkBody {
        CrosswalkBody {
            origin: one.origin,
            destination: one.destination,
            relation: one.kind,
            confidence: one.confidence,
            basis: one.basis,
        }
    }
}

/// An item with what hangs on it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemWhole {
    /// The item.
    pub item: ItemBody,
    /// The framework.
    pub framework: FrameworkBody,
    /// Associations that begin or end at it; at most 200.
    pub associations: Vec<AssociationBody>,
    /// Crosswalks both ways; at most 200.
    pub crosswalks: Vec<CrosswalkBody>,
}

impl From<ItemShown> for ItemWhole {
    fn from(shown: ItemShown) -> ItemWhole {
        let association = |(one, _): (frameworks::KeptAssociation, _)| AssociationBody {
            kind: one.kind,
            origin: one.origin,
            destination: one.destination,
        };
        ItemWhole {
            item: shown.item.into(),
            framework: shown.framework.into(),
            associations: shown.associations.into_iter().map(association).collect(),
            crosswalks: shown.crosswalks.into_iter().map(|(one, _)| one.into()).collect(),
        }
    }
}
