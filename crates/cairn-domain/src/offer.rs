//! Offers: something that can be earned. One type for packs, the site's own and imported ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::money::{Figure, Money};
use crate::requirement::Wanted;

/// Something that can be earned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Offer {
    /// Unique among all packs, kebab-case.
    pub id: String,
    /// Name as the provider writes it.
    pub name: String,
    /// Who gives it.
    pub provider: Provider,
    /// What it is.
    pub kind: OfferKind,
    /// The provider's page.
    pub url: String,
    /// The pack it comes from.
    pub industry: String,
    /// What it proves.
    pub proves: Vec<Wanted>,
    /// Hours of study and assessment.
    pub hours: Figure<u32>,
    /// Price.
    pub price: Figure<Money>,
    /// Ids of offers, or keys (`cert:…`), that must be held or earned before.
    pub prerequisites: Vec<String>,
    /// How it is assessed.
    pub assessment: Assessment,
    /// The way by assessment alone, without the course, where the provider offers one.
    pub challenge: Option<Challenge>,
    /// Months for which it is valid; none when it does not expire.
    pub valid_months: Option<u32>,
}

/// Who gives an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Provider {
    /// Name.
    pub name: String,
    /// Page.
    pub url: String,
}

/// What an offer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OfferKind {
    /// A digital badge.
    Badge,
    /// A professional certificate (a series of courses).
    ProfessionalCertificate,
    /// A nanodegree.
    Nanodegree,
    /// A MicroMasters or micro-bachelors programme and the like.
    Micromasters,
    /// A bootcamp.
    Bootcamp,
    /// A certification by examination.
    Certification,
    /// A single course with an assessment.
    Course,
    /// A licence.
    Licence,
}

/// How an offer is assessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assessment {
    /// In which way.
    pub how: AssessedBy,
    /// Whether somebody watches.
    pub supervised: bool,
    /// Whether mastery is required (attendance alone is not enough).
    pub mastery: bool,
}

/// In which way an offer is assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssessedBy {
    /// An examination.
    Exam,
    /// A hands-on examination.
    PracticalExam,
    /// Quizzes and graded tasks along the course.
    Coursework,
    /// A project that is reviewed.
    Project,
    /// A portfolio that is reviewed.
    Portfolio,
    /// Observation at work.
    Observation,
    /// Being there.
    Attendance,
}

/// The way by assessment alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Challenge {
    /// Hours to prepare and sit it, for somebody who can do it already.
    pub hours: Figure<u32>,
    /// Price.
    pub price: Figure<Money>,
}
