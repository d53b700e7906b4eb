//! The verdict: five answers, never one, and under them the list of checks.
//!
//! A credential that fails is a [`Verdict`], not an error. Every enum here is closed; the JSON form
//! (`docs/schema/verify.v1.json`) is part of Cairn's public contract.

mod codes;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use codes::CODES;

use crate::facts::Facts;

/// What one credential is worth, as of a moment, under one checker's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// One sentence for somebody in a hurry.
    pub summary: String,
    /// Is it exactly what the issuer signed?
    pub genuine: AsOf<Genuine>,
    /// Is it within its dates, and not revoked or suspended?
    pub current: AsOf<Current>,
    /// Is it this person's?
    pub whose: AsOf<Whose>,
    /// Does the checker know this issuer?
    pub known: AsOf<Known>,
    /// May this issuer give this achievement?
    pub entitled: AsOf<Entitled>,
    /// Every test that was made, in the order in which it was made.
    pub checks: Vec<Check>,
    /// What the credential says, for display and matching; `None` when it could not be read.
    pub facts: Option<Facts>,
    /// Verdicts on credentials inside this one (endorsements, credentials in a presentation).
    pub nested: Vec<Nested>,
}

/// An answer and the moment for which it holds: the oldest piece of evidence it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AsOf<T> {
    /// The answer.
    #[serde(flatten)]
    pub is: T,
    /// The moment for which the answer holds.
    pub as_of: Timestamp,
}

/// Is it exactly what the issuer signed?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Genuine {
    /// A proof by the issuer's own key covers every byte or statement.
    Yes,
    /// The signed part is not what was signed.
    No {
        /// Which part was altered, as far as can be told.
        altered: Altered,
    },
    /// The key, a context or the proof form could not be had or read.
    CannotTell,
}

/// Which part was altered, as far as can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "part", rename_all = "kebab-case")]
pub enum Altered {
    /// The signature does not fit; nothing to compare with says where.
    SomewhereInTheSignedPart,
    /// Comparing with a genuine copy, or undoing a common mangling, shows these places.
    At {
        /// JSON pointers (RFC 6901) into the credential.
        pointers: Vec<String>,
        /// One sentence: what differs, and against what it was compared.
        how: String,
    },
    /// The proof itself (its value, its options or its key) is damaged, or it was never the issuer's.
    TheProof,
}

/// Is it within its dates, and not revoked or suspended?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Current {
    /// Within its dates; not revoked or suspended by any list it names.
    Yes,
    /// Past its `validUntil` (`expirationDate` in VC 1.1).
    Expired {
        /// When it expired.
        since: Timestamp,
    },
    /// Before its `validFrom` (`issuanceDate` in VC 1.1).
    NotYet {
        /// When it begins.
        from: Timestamp,
    },
    /// Taken back by its issuer for good.
    Revoked {
        /// The issuer's reason, where one is public.
        reason: Option<String>,
    },
    /// Taken back by its issuer for a time.
    Suspended {
        /// The issuer's reason, where one is public.
        reason: Option<String>,
    },
    /// The status list was unreachable, unproved, or older than the policy accepts.
    CannotTell,
}

/// Is it this person's?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Whose {
    /// A presentation was signed by the key that the badge names as its subject.
    ShownByKey,
    /// The recipient's (hashed) address equals one that was given.
    AddressMatches {
        /// Whether the checker has confirmed that the address is this person's.
        confirmed: bool,
    },
    /// The badge bears a name, and nothing that could be checked against this person.
    NameOnly,
    /// Nobody showed anything that ties the badge to a person.
    NobodyShowed,
}

/// Does the checker know this issuer?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Known {
    /// On a list that the checker chose.
    OnList {
        /// The list's name.
        list: String,
        /// The issuer's name on that list, which may differ from the one in the badge.
        name: Option<String>,
    },
    /// An issuer on a list of the checker's vouches for it by a signed endorsement.
    VouchedFor {
        /// Who vouches.
        by: String,
        /// The list on which the voucher stands.
        list: String,
    },
    /// Only its own word. Amber, never red.
    SelfAsserted,
}

/// May this issuer give this achievement?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Entitled {
    /// The issuer defined the achievement. A copy of a famous name is its own definer's: show the definer.
    DefinedIt,
    /// It holds a signed delegation from the definer.
    Delegated {
        /// The definer who delegated.
        by: String,
    },
    /// Somebody else defined it, and nobody says that this issuer may give it.
    NobodySays,
}

/// One named test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// A stable kebab-case code, such as `status-revoked`.
    pub code: String,
    /// How it went.
    pub outcome: Outcome,
    /// One plain sentence.
    pub says: String,
    /// JSON pointer (RFC 6901) to the place in the credential it is about; empty for the whole.
    pub pointer: String,
    /// What it rests on: addresses, times, digests, key ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceLine>,
}

/// One line of what a check rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceLine {
    /// What it is, such as `fetched`, `key`, `sha256`.
    pub what: String,
    /// Its value.
    pub value: String,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should be.
    Passed,
    /// Not as it should be, and an answer depends on it.
    Failed,
    /// Worth knowing; no answer depends on it alone.
    Warned,
    /// Could not be found out. Never the same as passed.
    Inconclusive,
}

/// A verdict on a credential inside another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Nested {
    /// JSON pointer (RFC 6901) to where it sits.
    pub pointer: String,
    /// What it is there for.
    pub role: NestedRole,
    /// The verdict on it, under the same policy.
    pub verdict: Verdict,
}

/// What a nested credential is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NestedRole {
    /// Somebody vouches for the credential, the achievement or the issuer.
    Endorsement,
    /// A credential inside a presentation.
    Presented,
    /// The status list that was asked.
    StatusList,
}
