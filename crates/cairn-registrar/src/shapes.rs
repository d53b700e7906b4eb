//! The public shapes: one type for command line, JSON API and pages, one versioned JSON Schema each
//! (`docs/schema/*.v1.json`, made from these types).

use cairn_credential::intake::{Container, Problem};
use cairn_credential::policy::Address;
use cairn_credential::verdict::Verdict;
use cairn_domain::gap::Gap;
use cairn_domain::plan::Plan;
use cairn_domain::standing::{Claim, Held};
use cairn_skills::Reading;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What `cairn verify --json` and `POST /api/v1/verify` answer: `verify.v1.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VerifyReport {
    /// Always `cairn/verify/1`.
    pub shape: String,
    /// The moment for which it was judged.
    pub at: Timestamp,
    /// What the checker accepted.
    pub policy: PolicyShown,
    /// One for each thing that was found, in order.
    pub items: Vec<CheckedItem>,
    /// True when every item is a credential that meets the policy.
    pub ok: bool,
}

/// What the checker accepted, told back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyShown {
    /// Names of the trust lists.
    pub trust_lists: Vec<String>,
    /// How old a status may be, in hours.
    pub oldest_status_hours: i64,
    /// Whether nothing was fetched.
    pub offline: bool,
    /// Addresses that were given.
    pub addresses: Vec<Address>,
    /// Which answers must be good, besides genuine and current.
    pub require: Vec<Require>,
}

/// An answer that a checker may insist on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Require {
    /// Exactly what was signed. Always insisted on.
    Genuine,
    /// Within its dates, not taken back. Always insisted on.
    Current,
    /// By an issuer on a list, or vouched for by one.
    Known,
    /// By its definer or a delegate.
    Entitled,
    /// Shown by the subject's key, or a confirmed address matches.
    Whose,
}

/// One dropped thing and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckedItem {
    /// Its name, with the path inside an archive behind `!/`.
    pub name: String,
    /// What became of it.
    #[serde(flatten)]
    pub became: Became,
}

/// What became of a dropped thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Became {
    /// A credential (or presentation), and its verdict.
    Credential {
        /// What it was wrapped in.
        container: Container,
        /// The five answers.
        verdict: Box<Verdict>,
        /// Whether it meets the policy.
        ok: bool,
        /// Which answers fall short of the policy.
        falls_short: Vec<Require>,
    },
    /// The learner's own word.
    Claim {
        /// Why it is only a claim.
        why: String,
        /// Text that the skill reader reads.
        text: String,
    },
    /// Could not be read.
    Unread {
        /// What is wrong, where, what to do.
        problem: Problem,
    },
}

/// What `cairn gap --json` and `POST /api/v1/gap` answer: `gap.v1.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GapReport {
    /// Always `cairn/gap/1`.
    pub shape: String,
    /// Taxonomies and their versions: what the keys of skills and tools mean.
    pub taxonomy: String,
    /// The moment for which it was judged.
    pub at: Timestamp,
    /// The ads, as read.
    pub ads: Vec<AdRead>,
    /// The dropped things, as checked.
    pub credentials: VerifyReport,
    /// What the credentials show, as the rules of learning see it.
    pub held: Vec<Held>,
    /// What the learner says.
    pub claims: Vec<Claim>,
    /// Each requirement, how far it is met, and why.
    pub gap: Gap,
    /// Typical pay of the role, where a pack knows the role.
    pub pay: Option<cairn_domain::pack::Pay>,
    /// Sentences for the reader.
    pub notes: Vec<String>,
}

/// One ad, as read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AdRead {
    /// Its name: a file's, or `ad 1`.
    pub name: String,
    /// The exact text; spans are byte offsets into it.
    pub text: String,
    /// What was found in it.
    pub reading: Reading,
}

/// What `cairn plan --json` and `POST /api/v1/plan` answer: `plan.v1.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanReport {
    /// Always `cairn/plan/1`.
    pub shape: String,
    /// The gap it closes.
    pub gap: GapReport,
    /// The way.
    pub plan: Plan,
}

/// What `cairn skills extract --json` answers: `extract.v1.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExtractReport {
    /// Always `cairn/extract/1`.
    pub shape: String,
    /// Taxonomies and their versions.
    pub taxonomy: String,
    /// What was found.
    pub reading: Reading,
}
