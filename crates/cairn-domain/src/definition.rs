//! What an achievement is: the definition that is drafted, published and awarded.
//!
//! JSON of it is what the editor edits, what the API takes and gives, and what a published version keeps for good.

mod check;
mod diff;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use check::{KINDS, SHAPES, TARGETS, Wrong, check, check_composed, is_language};
pub use diff::{Change, CriterionDiff, Diff, FieldDiff, diff, in_words};

/// A definition, whether still a draft or published.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Definition {
    /// Name, at most 200 characters.
    pub name: String,
    /// What it is, in a few sentences; at most 4,000 characters.
    pub description: String,
    /// `achievementType` of Open Badges 3.0 §B.2.1, such as `MicroCredential`.
    pub kind: String,
    /// BCP 47 tag of the language it is written in.
    pub language: String,
    /// What must be shown, part by part; at least one when it is published.
    pub criteria: Vec<Criterion>,
    /// What it aligns to: competencies of frameworks, skills of ESCO.
    pub alignments: Vec<Aligned>,
    /// For how many months an award is valid; without end when absent.
    pub valid_months: Option<u32>,
    /// What it is worth.
    pub credit: Option<Credit>,
    /// What must be held before it can be awarded.
    pub prerequisites: Vec<Prerequisite>,
    /// What a learner must show with a request.
    pub evidence: Vec<EvidenceWanted>,
    /// How it is shown that the criteria are met.
    pub basis: Basis,
    /// Tags.
    pub tags: Vec<String>,
    /// Its picture.
    pub picture: Option<Picture>,
}

/// One part of what must be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Criterion {
    /// Short name, unique within the definition and stable over versions: `[a-z0-9-]{1,40}`.
    pub id: String,
    /// What must be shown, in a sentence; at most 1,000 characters.
    pub statement: String,
    /// Levels from lowest to highest; may be empty.
    pub levels: Vec<String>,
    /// The level that must be reached: one of `levels`; given when there are levels.
    pub required: Option<String>,
}

/// An alignment (Open Badges 3.0 `Alignment`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Aligned {
    /// `targetUrl`.
    pub url: String,
    /// `targetName`.
    pub name: String,
    /// `targetCode`.
    pub code: Option<String>,
    /// `targetFramework`.
    pub framework: Option<String>,
    /// `targetType` of Open Badges 3.0 §B.2.3, such as `CFItem` or `ceasn:Competency`.
    pub kind: Option<String>,
}

/// What it is worth.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Credit {
    /// ECTS credits, such as 2.5.
    pub ects: Option<f64>,
    /// Level of the European Qualifications Framework, 1 to 8.
    pub eqf: Option<u8>,
    /// Hours of a learner's work.
    pub hours: Option<f64>,
}

/// Something that must be held before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Prerequisite {
    /// URI of an achievement, or its id on this site.
    pub achievement: String,
    /// Its name.
    pub name: String,
}

/// A piece of evidence that is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceWanted {
    /// Short name, unique within the definition: `[a-z0-9-]{1,40}`.
    pub id: String,
    /// What is wanted, in a sentence.
    pub says: String,
    /// Whether a request without it is incomplete.
    pub required: bool,
}

/// How it is shown that the criteria are met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Mastery of the criteria is shown.
    #[default]
    Mastery,
    /// Somebody took part; nothing was assessed. Never proves mastery of a skill.
    Participation,
}

/// A picture that the site keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Picture {
    /// Lower-case hex SHA-256 of its bytes; its address is `/pictures/{sha256}`.
    pub sha256: String,
    /// What is on it, for whoever does not see it.
    pub alt: String,
    /// How it was composed, where it was: so that it can be changed.
    pub composed: Option<Composed>,
}

/// A badge picture composed of shape, colours, icon and words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Composed {
    /// `circle`, `hexagon`, `shield`, `square`, `star`, `ribbon`.
    pub shape: String,
    /// `#rrggbb`.
    pub ground: String,
    /// `#rrggbb`.
    pub accent: String,
    /// One of the site's icons, or empty.
    pub icon: String,
    /// Words on it, at most 40 characters.
    pub words: String,
}
