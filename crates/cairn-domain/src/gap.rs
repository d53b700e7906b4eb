//! Gap: each requirement, how far it is met, and why. `docs/schema/gap.v1.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::requirement::{Importance, Requirement, Target};
use crate::standing::{Claim, Held};

pub(crate) mod matching;

/// Judges each requirement of `target` by what the learner holds and says.
///
/// A requirement's state is the best that any one credential or claim gives; `because` lists all that bear on it, best
/// first. The rules are in [`State`] and [`Lacking`]; how two things are tied is in [`Tie`].
pub fn gap(target: Target, held: &[Held], claims: &[Claim], kin: &dyn Kin) -> Gap {
    let mut counts = Counts::default();
    let mut matches = Vec::with_capacity(target.requirements.len());
    for requirement in &target.requirements {
        let because = reasons(requirement, held, claims, kin);
        let state = because.first().map_or(State::Missing, |reason| reason.state);
        let tally = match requirement.importance {
            Importance::Required => &mut counts.required,
            Importance::Preferred => &mut counts.preferred,
        };
        tally.add(state);
        matches.push(Match { requirement: requirement.clone(), state, because });
    }
    Gap { target, matches, counts }
}

/// All that bears on one requirement: best state first, then the closest tie, then what lacks least, then the order in
/// which things were dropped.
fn reasons(requirement: &Requirement, held: &[Held], claims: &[Claim], kin: &dyn Kin) -> Vec<Reason> {
    let mut because: Vec<Reason> = held
        .iter()
        .filter_map(|held| matching::credential(held, requirement, kin))
        .chain(claims.iter().filter_map(|claim| matching::claim(claim, requirement, kin)))
        .collect();
    because.sort_by_key(|reason| {
        (reason.state, matching::closeness(&reason.tie), reason.lacking.len(), reason.item.unwrap_or(usize::MAX))
    });
    because
}

/// What the caller's taxonomy and packs know; the rules here know no taxonomy.
pub trait Kin {
    /// How the thing at `held` (an alignment's address) stands to the one wanted: `Narrower` when `held` is narrower.
    fn kinship(&self, held: &str, wanted_key: &str) -> Option<Kinship>;
    /// The key whose label (preferred or alternative) `name` exactly is, letter case aside.
    fn label_key(&self, name: &str) -> Option<String>;
    /// URIs under which the definer of the certificate `cert:…` issues or defines it.
    fn certificate_ids(&self, cert_key: &str) -> Vec<String>;
    /// Its usual name and the other names it goes by.
    fn certificate_names(&self, cert_key: &str) -> Vec<String>;
}

/// How one skill stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinship {
    /// The same under two addresses.
    Same,
    /// The held one is narrower than the one wanted.
    Narrower,
    /// The held one is broader than the one wanted.
    Broader,
    /// Related otherwise.
    Related,
}

/// Knows nothing: only the same URI or the same label ties.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKin;

impl Kin for NoKin {
    fn kinship(&self, _held: &str, _wanted_key: &str) -> Option<Kinship> {
        None
    }
    fn label_key(&self, _name: &str) -> Option<String> {
        None
    }
    fn certificate_ids(&self, _cert_key: &str) -> Vec<String> {
        Vec::new()
    }
    fn certificate_names(&self, _cert_key: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Whether two names are the same: letter case and white space aside.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    let words = |name: &str| name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let (a, b) = (words(a), words(b));
    !a.is_empty() && a == b
}

/// The five states, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Genuine, current, the learner's own, by an accepted issuer, for mastery of this very thing.
    Proven,
    /// Genuine and current, but something of that is lacking.
    Attested,
    /// Was proven; has expired or been superseded. (Expired and lacking something else, it never was: claimed.)
    Stale,
    /// The learner says so; also a credential that is not genuine, not current or somebody else's, or for which that
    /// cannot be told.
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
    /// An address or a key ties it to this person, and nobody has confirmed that: the address is only what they say, or
    /// the presentation was made for nobody in particular and may be somebody else's.
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

impl Tally {
    fn add(&mut self, state: State) {
        let count = match state {
            State::Proven => &mut self.proven,
            State::Attested => &mut self.attested,
            State::Stale => &mut self.stale,
            State::Claimed => &mut self.claimed,
            State::Missing => &mut self.missing,
        };
        *count += 1;
    }
}
