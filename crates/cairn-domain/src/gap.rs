//! Gap: each requirement, how far it is met, and why. `docs/schema/gap.v1.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::requirement::{Requirement, Target};

/// The five states, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Genuine, current, the learner's own, by an accepted issuer, for mastery of this very thing.
    Proven,
    /// Genuine and current, but something of that is lacking.
    Attested,
    /// Was proven; has expired or been superseded.
    Stale,
    /// The learner says so.
    Claimed,
    /// Nothing.
    Missing,
}

/// One requirement and how far it is met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Match {
    /// What is asked for.
    pub requirement: Requirement,
    /// How far it is met.
    pub state: State,
    /// What it rests on, best first; empty when missing.
    pub because: Vec<Reason>,
}

/// One credential or claim, and how it bears on a requirement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// State that this alone would give.
    pub state: State,
    /// Index of the dropped thing, for credentials.
    pub item: Option<usize>,
    /// Name of the credential, or the words of the claim.
    pub name: String,
    /// Issuer's name or URI, for credentials.
    pub issuer: Option<String>,
    /// Definer's URI when it is not the issuer.
    pub definer: Option<String>,
    /// How the credential's content was tied to the requirement.
    pub tie: Tie,
    /// What is lacking for "proven"; empty when proven.
    pub lacking: Vec<Lacking>,
    /// The criterion, in the definer's words.
    pub criterion: Option<String>,
    /// Results, in words.
    pub results: Vec<String>,
    /// Evidence.
    pub evidence: Vec<String>,
}

/// How a credential's content was tied to a requirement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Tie {
    /// The same URI.
    SameUri {
        /// JSON pointer to the alignment.
        pointer: String,
    },
    /// Another URL whose name is exactly a label of the skill.
    SameLabel {
        /// The name in the credential.
        name: String,
        /// JSON pointer to the alignment.
        pointer: String,
    },
    /// The credential is the named certificate, by its definer's identity.
    NamedCertificate {
        /// How it was recognised: achievement id or issuer id.
        by_id: String,
    },
    /// Only the credential's name equals the certificate's; its definer is not the known one.
    NameOnly {
        /// The name in the credential.
        name: String,
    },
    /// The credential is about a narrower skill.
    Narrower {
        /// That skill's label.
        name: String,
        /// JSON pointer to the alignment.
        pointer: String,
    },
    /// The credential is about a broader skill.
    Broader {
        /// That skill's label.
        name: String,
        /// JSON pointer to the alignment.
        pointer: String,
    },
    /// The credential is about a related skill.
    Related {
        /// That skill's label.
        name: String,
        /// JSON pointer to the alignment.
        pointer: String,
    },
    /// The learner's words.
    Claim {
        /// Where they stand.
        from: String,
    },
}

/// What is lacking for "proven", in the order in which it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "lacks", rename_all = "kebab-case")]
pub enum Lacking {
    /// It cannot be told whether it is genuine.
    GenuineUnknown,
    /// It was altered or never signed by its issuer: counts for nothing but a claim.
    NotGenuine,
    /// Expired or superseded.
    Expired {
        /// RFC 3339 date, where known.
        since: Option<String>,
    },
    /// Revoked.
    Revoked,
    /// Suspended.
    Suspended,
    /// Not valid yet.
    NotYet,
    /// Its status cannot be told.
    CurrentUnknown,
    /// The checker does not know the issuer.
    IssuerUnknown,
    /// The issuer gave it to itself.
    SelfIssued,
    /// Nobody says that the issuer may give it.
    NotEntitled,
    /// Only a name ties it to this person.
    NotShown,
    /// The address that ties it to this person is not confirmed.
    AddressUnconfirmed,
    /// It names somebody else.
    SomebodyElses,
    /// Attendance or completion only.
    AttendanceOnly,
    /// It does not say that anything was assessed.
    AssessmentUnsaid,
    /// About a narrower skill.
    NarrowerSkill,
    /// About a broader skill.
    BroaderSkill,
    /// About a related skill.
    RelatedSkill,
    /// Tied by a label only, not by an identifier.
    LabelOnly,
    /// Another's certificate of the same name.
    OtherDefiner {
        /// Whose it is.
        definer: String,
    },
    /// A level below the one asked.
    LevelBelow {
        /// Level held.
        held: String,
        /// Level asked.
        asked: String,
    },
}

/// The gap between a standing and a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// What is aimed at (its requirements are in `matches`, in the same order).
    pub target: Target,
    /// One for each requirement.
    pub matches: Vec<Match>,
    /// How many in each state, required and preferred.
    pub counts: Counts,
}

/// How many requirements are in each state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Of the required ones.
    pub required: Tally,
    /// Of the preferred ones.
    pub preferred: Tally,
}

/// How many in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)]
pub struct Tally {
    pub proven: u32,
    pub attested: u32,
    pub stale: u32,
    pub claimed: u32,
    pub missing: u32,
}
