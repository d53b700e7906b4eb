//! Standing: what a learner's verified credentials and own words show.
//!
//! The caller turns each verdict into a [`Held`]; this crate knows nothing of signatures.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A credential in hand, as the rules of learning see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// Which of the dropped things it is: index into the caller's list.
    pub item: usize,
    /// The credential's id or digest, for people to refer to.
    pub id: String,
    /// Name of the achievement.
    pub name: String,
    /// URI of the achievement.
    pub achievement: Option<String>,
    /// Issuer URI.
    pub issuer: String,
    /// Issuer's name, as on the trust list where there is one, else as in the credential.
    pub issuer_name: Option<String>,
    /// Definer URI.
    pub definer: Option<String>,
    /// Whether it is exactly what was signed; `None` when it cannot be told.
    pub genuine: Option<bool>,
    /// Whether it is current.
    pub currency: Currency,
    /// Whether it is this person's, better than by name only and confirmed.
    pub own: Ownership,
    /// Whether the checker's policy accepts the issuer (on a list, or vouched for by one on it).
    pub accepted_issuer: bool,
    /// Whether the issuer issued it to itself.
    pub self_issued: bool,
    /// Whether the issuer may give it (defined it, or delegated).
    pub entitled: bool,
    /// What the achievement requires.
    pub mastery: Mastery,
    /// What it is aligned to.
    pub alignments: Vec<Alignment>,
    /// `achievementType`.
    pub kind: Option<String>,
    /// The criterion in the definer's words, for the explanation.
    pub criterion: Option<String>,
    /// Results in words, for the explanation, such as `Level: advanced`.
    pub results: Vec<String>,
    /// Level that it states, where it does.
    pub level: Option<String>,
    /// Evidence addresses or names, for the explanation.
    pub evidence: Vec<String>,
}

/// Whether a held credential is current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Currency {
    /// Within its dates, not taken back.
    Current,
    /// Was valid, has expired.
    Expired {
        /// When.
        since: Timestamp,
    },
    /// A newer version of the achievement has replaced it.
    Superseded,
    /// Not valid yet.
    NotYet,
    /// Taken back.
    Revoked,
    /// Taken back for a time.
    Suspended,
    /// Cannot be told.
    Unknown,
}

/// Whether a credential is this person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ownership {
    /// Shown by the subject's key, or a confirmed address matches.
    Shown,
    /// An address matches that nobody has confirmed.
    Unconfirmed,
    /// Name only, or nothing.
    NameOnly,
    /// It names somebody else: an address was given and is not the one in the badge.
    SomebodyElse,
}

/// What an achievement requires of whoever earns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mastery {
    /// Mastery in an assessment.
    Assessed,
    /// Attendance or completion only.
    AttendanceOnly,
    /// It does not say.
    Unsaid,
}

/// What a credential is aligned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alignment {
    /// Target URL; an ESCO URI where it is one.
    pub url: String,
    /// Target name as written.
    pub name: String,
    /// JSON pointer to it in the credential.
    pub pointer: String,
}

/// Something the learner says, with nothing verifiable behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// Key as in [`crate::requirement::Wanted`].
    pub key: String,
    /// The words.
    pub words: String,
    /// Where they stand: a file name, `your own words`.
    pub from: String,
}

pub use crate::mastery::mastery;
