//! What is wanted: requirements, and a target read from one or several ads.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of thing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An ESCO skill.
    Skill,
    /// A tool or technology by its O*NET name.
    Tool,
    /// A certificate by its name.
    Certificate,
    /// A licence to practise or drive.
    Licence,
    /// An academic degree.
    Degree,
    /// Years of experience.
    Years,
    /// A human language.
    Language,
}

/// Required or preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Importance {
    /// Without it no.
    Required,
    /// Better with it.
    Preferred,
}

/// What can be proved or wanted: a skill by URI, a tool, a named certificate… never a label alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Wanted {
    /// What kind of thing.
    pub kind: Kind,
    /// Its identity: an ESCO URI, `onet:<name>`, `cert:<id>`, `licence:<id>`, `degree:<level>`, `years:<n>`, `language:<iso>`.
    pub key: String,
    /// Its preferred label, for people.
    pub label: String,
}

/// One thing an ad, several ads or a role asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Requirement {
    /// What is wanted.
    #[serde(flatten)]
    pub wanted: Wanted,
    /// Required if any ad requires it.
    pub importance: Importance,
    /// How much it counts among its kind of importance: 1 for once in one ad; packs give 1 to 5.
    pub weight: u32,
    /// Level where stated.
    pub level: Option<String>,
    /// How many of the ads ask for it.
    pub asked_by: u32,
    /// Where the ads say so.
    pub mentions: Vec<AdMention>,
    /// 0 to 1: the best of its mentions; 1 when it comes from a role.
    pub confidence: f32,
}

/// Where an ad says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AdMention {
    /// Which ad, from 0.
    pub ad: usize,
    /// First byte in the ad's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The very words.
    pub words: String,
    /// Why it was read so, as data.
    pub why: serde_json::Value,
}

/// What is aimed at: the requirements of one or several ads, or of a role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// A name for people: the ad's title or the role's.
    pub name: String,
    /// The role of a pack it was taken for, if any.
    pub role: Option<String>,
    /// How many ads were read together; 0 for a role.
    pub ads: u32,
    /// What is asked for, required first, then by weight.
    pub requirements: Vec<Requirement>,
}
