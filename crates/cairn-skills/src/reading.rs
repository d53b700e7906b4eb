//! What reading a text gives: mentions with span, confidence and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was found in one text (a job ad, or a learner's own words).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// Language it seems to be written in.
    pub language: Language,
    /// The job title, where one could be read off.
    pub title: Option<String>,
    /// Roles of the vocabulary that the title fits, best first.
    pub roles: Vec<RoleMatch>,
    /// What it asks for, in text order. Several mentions may have the same key.
    pub mentions: Vec<Mention>,
    /// The text cut into passages, in order, covering it without gaps.
    pub passages: Vec<Passage>,
    /// Sentences for the reader: "this ad seems to be in German", "the ad is empty".
    pub notes: Vec<String>,
}

/// Language a text seems to be written in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Language {
    /// ISO 639-1 code, such as `en`; `und` when it cannot be told.
    pub code: String,
    /// English name, such as `English`.
    pub name: String,
    /// 0 to 1.
    pub confidence: f32,
}

/// A role that the title fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoleMatch {
    /// The role's id in the vocabulary.
    pub id: String,
    /// 0 to 1.
    pub confidence: f32,
    /// The words that matched.
    pub words: String,
}

/// One thing that a text asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mention {
    /// What kind of thing.
    pub kind: Kind,
    /// Its identity: an ESCO URI, `onet:` and a technology name, `cert:` and a certificate's id,
    /// `licence:…`, `degree:bachelor`, `years:5`, `language:de`.
    pub key: String,
    /// Its preferred label.
    pub label: String,
    /// Byte offsets into the text.
    pub span: Span,
    /// The very words.
    pub words: String,
    /// Required or preferred.
    pub importance: Importance,
    /// Level where stated: `basic`, `intermediate`, `advanced`, `expert`, a CEFR level, or years as a number.
    pub level: Option<String>,
    /// 0 to 1.
    pub confidence: f32,
    /// Why it was taken so.
    pub why: Why,
}

/// What kind of thing a text asks for.
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

/// Byte offsets into a text, end exclusive, on character borders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Why a mention was taken so. Data, not text: pages lay it out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Why {
    /// The words are the label.
    PreferredLabel,
    /// The words are an alternative label.
    AlternativeLabel {
        /// That label.
        label: String,
    },
    /// The words are near a label after stemming and dropping filler words.
    NearLabel {
        /// That label.
        label: String,
        /// 0 to 1.
        score: f32,
    },
    /// A name from the vocabulary (certificate, tool) or a closed pattern (years, degrees, languages).
    Named {
        /// The name or pattern that matched.
        name: String,
    },
}

/// A part of the text and what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Passage {
    /// Where.
    pub span: Span,
    /// What.
    pub what: PassageKind,
}

/// What a part of an ad is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PassageKind {
    /// What one would do.
    Duties,
    /// What one must bring.
    Required,
    /// What would be welcome.
    Preferred,
    /// Who we are, benefits, equal opportunity, how to apply: nothing is read from it.
    Boilerplate,
    /// Anything else; read with lower confidence.
    Other,
}
