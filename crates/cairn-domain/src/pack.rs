//! Packs: an industry's roles, named certificates, offers, job ads and sample learners, as plain TOML that an
//! outsider can edit. Format described in `docs/packs.md`; [`parse`] reads one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::money::{Figure, Money};
use crate::offer::{Assessment, Challenge, OfferKind, Provider};
use crate::requirement::Importance;

mod check;
mod convert;
mod read;

pub use check::check;
pub use read::parse;

/// What is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackProblem {
    /// Where: a line and column, or such as `offer "x", proves 2`.
    pub place: String,
    /// What is wrong and what to do, in a sentence or two.
    pub says: String,
}

impl PackProblem {
    pub(crate) fn new(place: impl Into<String>, says: impl Into<String>) -> Self {
        PackProblem { place: place.into(), says: says.into() }
    }
}

impl std::fmt::Display for PackProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.says)
    }
}

/// What [`check`] must know of the taxonomies.
pub trait PackTaxonomy {
    /// ESCO's preferred label of a skill, when the URI is one.
    fn skill_label(&self, uri: &str) -> Option<String>;
    /// Whether O*NET knows a technology of this name.
    fn tool(&self, name: &str) -> bool;
}

/// One industry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Kebab-case id, the file's name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Version, such as `2026-11`.
    pub version: String,
    /// One or two sentences.
    pub summary: String,
    /// Certificates that ads ask for by name.
    #[serde(default, rename = "certificate")]
    pub certificates: Vec<PackCertificate>,
    /// Tools beyond O*NET's names or with names that ads use.
    #[serde(default, rename = "tool")]
    pub tools: Vec<PackTool>,
    /// Roles.
    #[serde(default, rename = "role")]
    pub roles: Vec<Role>,
    /// Real credentials that exist there.
    #[serde(default, rename = "offer")]
    pub offers: Vec<PackOffer>,
    /// Job ads written for this project, as samples.
    #[serde(default, rename = "ad")]
    pub ads: Vec<SampleAd>,
    /// Fictional issuers of the sample learners' badges.
    #[serde(default, rename = "issuer")]
    pub issuers: Vec<SampleIssuer>,
    /// Sample learners.
    #[serde(default, rename = "learner")]
    pub learners: Vec<SampleLearner>,
}

/// A certificate that ads ask for by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackCertificate {
    /// Kebab-case id; requirements name it `cert:<id>`.
    pub id: String,
    /// Usual name.
    pub name: String,
    /// Other names and abbreviations that ads use.
    #[serde(default)]
    pub also: Vec<String>,
    /// Who defines it.
    pub definer: String,
    /// URIs under which its definer issues or defines it (issuer ids, achievement id prefixes), where known.
    #[serde(default)]
    pub ids: Vec<String>,
}

/// A tool and the names that ads use for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackTool {
    /// O*NET's name of the technology where it has one.
    pub name: String,
    /// Other names that ads use.
    #[serde(default)]
    pub also: Vec<String>,
}

/// One wanted thing in a pack: exactly one of the keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackWanted {
    /// ESCO URI of a skill; `label` is checked against the taxonomy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<String>,
    /// O*NET name of a technology (or a `[[tool]]` of a pack).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Id of a `[[certificate]]` of any pack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// A licence, by kebab-case id such as `registered-nurse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// `associate`, `bachelor`, `master`, `doctorate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degree: Option<String>,
    /// Years of experience.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<u32>,
    /// ISO 639-1 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The label, for people; for skills ESCO's preferred label.
    pub label: String,
}

/// A role of an industry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Kebab-case id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Other titles that ads use.
    #[serde(default)]
    pub also: Vec<String>,
    /// One sentence.
    pub summary: String,
    /// ESCO occupation URI, where there is one.
    #[serde(default)]
    pub esco: Option<String>,
    /// O*NET-SOC code.
    #[serde(default)]
    pub onet: Option<String>,
    /// Typical yearly pay.
    pub pay: Pay,
    /// What it asks for.
    pub requires: Vec<RoleRequirement>,
}

/// Typical yearly pay of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pay {
    /// Whom it is for, such as `United States, median`.
    pub what: String,
    /// The figure, a year.
    pub figure: Figure<Money>,
}

/// One thing that a role asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoleRequirement {
    /// What.
    #[serde(flatten)]
    pub wanted: PackWanted,
    /// Required or preferred.
    pub importance: Importance,
    /// 1 to 5.
    pub weight: u32,
}

/// A real credential, as written in a pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackOffer {
    /// Kebab-case id, unique among all packs.
    pub id: String,
    /// Name as the provider writes it.
    pub name: String,
    /// Who gives it.
    pub provider: Provider,
    /// What it is.
    pub kind: OfferKind,
    /// The provider's page.
    pub url: String,
    /// What it proves.
    pub proves: Vec<PackWanted>,
    /// Hours of study and assessment.
    pub hours: Figure<u32>,
    /// Price.
    pub price: Figure<Money>,
    /// Ids of offers or `cert:` keys.
    #[serde(default)]
    pub prerequisites: Vec<String>,
    /// How it is assessed.
    pub assessment: Assessment,
    /// The way by assessment alone.
    #[serde(default)]
    pub challenge: Option<Challenge>,
    /// Months of validity.
    #[serde(default)]
    pub valid_months: Option<u32>,
}

/// A job ad written for this project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleAd {
    /// Kebab-case id.
    pub id: String,
    /// Title.
    pub title: String,
    /// A fictional employer.
    pub employer: String,
    /// The role it is for.
    pub role: String,
    /// The whole ad.
    pub text: String,
}

/// A fictional issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleIssuer {
    /// Kebab-case id, unique among all packs.
    pub id: String,
    /// Name, fictional.
    pub name: String,
    /// Page under a reserved name, such as `https://harbour-college.example`.
    pub url: String,
    /// Whether the demo's sample trust list has it.
    pub trusted: bool,
}

/// A sample learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleLearner {
    /// Kebab-case id.
    pub id: String,
    /// Name, fictional.
    pub name: String,
    /// Address under a reserved name, such as `maya@learner.example`.
    pub address: String,
    /// One or two sentences on who they are.
    pub story: String,
    /// Their own words, read as claims.
    #[serde(default)]
    pub claims: String,
    /// Their badges.
    #[serde(default, rename = "badge")]
    pub badges: Vec<SampleBadge>,
}

/// A badge that the demo signs at start for a sample learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleBadge {
    /// Kebab-case id; the file's stem.
    pub id: String,
    /// Name of the achievement.
    pub name: String,
    /// Description.
    pub description: String,
    /// Criteria (Markdown).
    pub criteria: String,
    /// OB `achievementType`, such as `MicroCredential`, `Certification`, `CertificateOfCompletion`.
    pub achievement_type: String,
    /// Id of a `[[issuer]]`; ignored when `state` is `self-issued`.
    pub issuer: String,
    /// What it is aligned to.
    pub aligned: Vec<PackWanted>,
    /// Rubric result that is signed into it; without one no mastery is shown.
    #[serde(default)]
    pub result: Option<SampleResult>,
    /// In which state it is made.
    pub state: SampleState,
    /// In which form it is handed out.
    pub form: SampleForm,
    /// Date of award, `YYYY-MM-DD`.
    pub awarded: String,
    /// End of validity, `YYYY-MM-DD`.
    #[serde(default)]
    pub until: Option<String>,
    /// Evidence in words.
    #[serde(default)]
    pub evidence: Option<String>,
}

/// A rubric result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleResult {
    /// What was judged.
    pub criterion: String,
    /// Levels from lowest to highest.
    pub levels: Vec<String>,
    /// The level required.
    pub required: String,
    /// The level achieved.
    pub achieved: String,
}

/// In which state a sample badge is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SampleState {
    /// Sound.
    Valid,
    /// Its `until` is past.
    Expired,
    /// Revoked on its issuer's status list.
    Revoked,
    /// Suspended on its issuer's status list.
    Suspended,
    /// Changed after signing.
    Tampered,
    /// Sound, by an issuer on no list.
    UnknownIssuer,
    /// Signed by the learner's own key.
    SelfIssued,
    /// Sound, for attendance only.
    AttendanceOnly,
}

/// In which form a sample badge is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SampleForm {
    /// A JSON file with a Data Integrity proof.
    Json,
    /// A VC-JWT.
    Jwt,
    /// A baked PNG.
    Png,
    /// A baked SVG.
    Svg,
}
