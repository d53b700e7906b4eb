//! What a credential says, in one flat shape, whichever version and form it came in.
//!
//! Facts are read from the signed text and nothing else; whether they may be believed is the verdict's business.

mod reading;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use reading::{moment, read, types};

/// What a credential says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Facts {
    /// The credential's `id`, where it has one.
    pub id: Option<String>,
    /// Its types, as written.
    pub types: Vec<String>,
    /// The data model it follows.
    pub model: Model,
    /// How it was secured, as written: a cryptosuite's or JOSE algorithm's name.
    pub secured_by: Vec<String>,
    /// The credential's own name, else the achievement's.
    pub name: String,
    /// The credential's image: an `https:` or `data:` address.
    pub image: Option<String>,
    /// Who signed it.
    pub issuer: Party,
    /// Whom it is about.
    pub subject: Subject,
    /// What was achieved; `None` for credentials that are not badges (endorsements, status lists).
    pub achievement: Option<Achievement>,
    /// Results per result description (OB 3.0 §B.1.15).
    pub results: Vec<ResultFact>,
    /// Evidence named in the credential.
    pub evidence: Vec<EvidenceFact>,
    /// Start of validity.
    pub valid_from: Option<Timestamp>,
    /// End of validity.
    pub valid_until: Option<Timestamp>,
    /// When it was awarded, where that differs from `valid_from`.
    pub awarded: Option<Timestamp>,
    /// Lower-case hex SHA-256 of the exact text that was read.
    pub sha256: String,
}

/// The data model a credential follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Model {
    /// Verifiable Credentials Data Model 1.1, as older Open Badges 3.0 wrote it.
    #[serde(rename = "vc-1.1")]
    Vc11,
    /// Verifiable Credentials Data Model 2.0.
    #[serde(rename = "vc-2.0")]
    #[default]
    Vc20,
}

/// An issuer, a definer, an endorser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Party {
    /// URI.
    pub id: String,
    /// Its name as the credential gives it, unchecked.
    pub name: Option<String>,
    /// Its web page as the credential gives it, unchecked.
    pub url: Option<String>,
}

/// Whom a credential is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// URI (often a DID), where given.
    pub id: Option<String>,
    /// A name, where one is given in plain text.
    pub name: Option<String>,
    /// Hashed or plain identifiers (OB 3.0 `IdentityObject`).
    pub identifiers: Vec<Identifier>,
}

/// OB 3.0 `IdentityObject`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identifier {
    /// `identityType`, such as `emailAddress`.
    pub kind: String,
    /// `identityHash`: `sha256$` and hex digits, or plain text when not hashed.
    pub value: String,
    /// Whether `value` is a hash.
    pub hashed: bool,
    /// The salt, if any.
    pub salt: Option<String>,
}

/// What was achieved.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Achievement {
    /// URI.
    pub id: String,
    /// Name as written.
    pub name: String,
    /// Description as written.
    pub description: Option<String>,
    /// `achievementType`, such as `Certification`.
    pub kind: Option<String>,
    /// Version, where given.
    pub version: Option<String>,
    /// `criteria.narrative` (Markdown).
    pub criteria: Option<String>,
    /// `criteria.id`.
    pub criteria_url: Option<String>,
    /// Who defined it; the issuer when `creator` is absent.
    pub definer: Party,
    /// What it aligns to.
    pub alignments: Vec<Alignment>,
    /// What its results mean.
    pub result_descriptions: Vec<ResultDescription>,
    /// Tags.
    pub tags: Vec<String>,
    /// Image address.
    pub image: Option<String>,
    /// What is on the image, for whoever does not see it (`image.caption`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_caption: Option<String>,
    /// BCP 47 tag of the language it is written in (`inLanguage`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// `creditsAvailable`, in the unit of whoever defined it; this site writes ECTS credits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<f64>,
    /// `humanCode`: its code in a catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub human_code: Option<String>,
    /// Achievements that it is related to, such as its earlier version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

/// OB 3.0 `Related`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    /// URI of the related achievement.
    pub id: String,
    /// Its version.
    pub version: Option<String>,
}

/// OB 3.0 `Alignment`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alignment {
    /// `targetUrl`; an ESCO skill's URI where it aligns to one.
    pub url: String,
    /// `targetName`.
    pub name: String,
    /// `targetCode`.
    pub code: Option<String>,
    /// `targetFramework`.
    pub framework: Option<String>,
    /// `targetType`, such as `CFItem`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// JSON pointer to it in the credential.
    pub pointer: String,
}

/// OB 3.0 `ResultDescription`, cut to what decides mastery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultDescription {
    /// URI.
    pub id: String,
    /// Name.
    pub name: String,
    /// `resultType`, such as `RubricCriterionLevel`.
    pub kind: String,
    /// `requiredLevel`: URI of a rubric level.
    pub required_level: Option<String>,
    /// `requiredValue`.
    pub required_value: Option<String>,
    /// Rubric levels in order: id and name.
    pub levels: Vec<(String, String)>,
    /// `allowedValue`, in order from worst to best.
    pub allowed_values: Vec<String>,
}

/// OB 3.0 `Result`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultFact {
    /// URI of its result description.
    pub description: Option<String>,
    /// `value`.
    pub value: Option<String>,
    /// `achievedLevel`: URI of a rubric level.
    pub achieved_level: Option<String>,
    /// `status`, such as `Completed`.
    pub status: Option<String>,
    /// Whether it meets what its description requires: `None` when neither requires anything that can be compared.
    pub meets_requirement: Option<bool>,
}

/// Evidence named in a credential.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceFact {
    /// Address.
    pub url: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Narrative.
    pub narrative: Option<String>,
    /// `digestSRI` or `digestMultibase` as written.
    pub digest: Option<String>,
}
