//! Why something is awarded: a published definition and what happened, in order, give the outcome and its reasons.
//!
//! Pure, so that "why was this awarded?" can be answered years later by replaying the same events.

mod status;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use status::{StatusMove, StatusReason};

use crate::access::{Act, Role, allows};
use crate::definition::{Basis, Criterion, Definition};

/// Something that happened on the way to an award or a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// A learner asked for it, or asked again after a return.
    Asked,
    /// A piece of evidence was given.
    EvidenceGiven {
        /// Which of the wanted pieces it is.
        wanted: Option<String>,
        /// `file`, `link` or `text`.
        form: String,
        /// Lower-case hex SHA-256 of what was given.
        sha256: String,
    },
    /// A piece of evidence was taken back.
    EvidenceTakenBack {
        /// Which of the wanted pieces it was.
        wanted: Option<String>,
        /// Its hash.
        sha256: String,
    },
    /// Something that must be held before was shown.
    PrerequisiteShown {
        /// As the definition names it.
        achievement: String,
        /// By which credential.
        credential: String,
    },
    /// It was waived.
    PrerequisiteWaived {
        /// As the definition names it.
        achievement: String,
        /// Why.
        why: String,
    },
    /// A criterion was judged; a later judgement of the same criterion replaces it.
    CriterionJudged {
        /// The criterion.
        criterion: String,
        /// The level that was reached, where the criterion has levels.
        level: Option<String>,
        /// Whether it is met; what counts where the criterion has no levels.
        met: bool,
    },
    /// It went back to the learner: what was judged before is judged anew.
    Returned {
        /// What to add or change.
        words: String,
    },
    /// The learner took the request back.
    Withdrawn,
    /// Somebody decided.
    Decided {
        /// As what they decided.
        role: Role,
        /// Whether it shall be awarded.
        award: bool,
        /// Words to the learner.
        words: String,
    },
    /// Somebody who may awarded it without a request, and answers for it.
    AwardedDirectly {
        /// As what they awarded it.
        role: Role,
        /// Why.
        why: String,
    },
}

impl Event {
    /// Its word, such as `criterion-judged`.
    pub fn word(&self) -> &'static str {
        match self {
            Event::Asked => "asked",
            Event::EvidenceGiven { .. } => "evidence-given",
            Event::EvidenceTakenBack { .. } => "evidence-taken-back",
            Event::PrerequisiteShown { .. } => "prerequisite-shown",
            Event::PrerequisiteWaived { .. } => "prerequisite-waived",
            Event::CriterionJudged { .. } => "criterion-judged",
            Event::Returned { .. } => "returned",
            Event::Withdrawn => "withdrawn",
            Event::Decided { .. } => "decided",
            Event::AwardedDirectly { .. } => "awarded-directly",
        }
    }
}

/// What the rule and the events come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// Whether it is awarded.
    pub awarded: bool,
    /// What the award shows.
    pub basis: Basis,
    /// Why, part by part; it is awarded when every part holds.
    pub reasons: Vec<Reason>,
}

/// One part of why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// Stable code, such as `criterion-met`.
    pub code: String,
    /// The criterion, piece of evidence or prerequisite that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Whether this part holds.
    pub holds: bool,
    /// In a sentence.
    pub says: String,
}

/// What the events come to under a definition. The same events give the same outcome, in whatever order independent
/// ones arrived.
pub fn decide(rule: &Definition, events: &[Event]) -> Outcome {
    let seen = Seen::of(events);
    let mut reasons = Vec::new();
    match &seen.direct {
        Some((role, why)) => direct(rule, &seen, (*role, why), &mut reasons),
        None => asked(rule, &seen, &mut reasons),
    }
    Outcome { awarded: reasons.iter().all(|reason| reason.holds), basis: rule.basis, reasons }
}

/// Whether a level is the required one or a higher one; `None` when the criterion has no such level.
pub fn level_reaches(criterion: &Criterion, level: &str) -> Option<bool> {
    let place = |name: &str| criterion.levels.iter().position(|level| level == name);
    let reached = place(level)?;
    Some(criterion.required.as_deref().and_then(place).is_none_or(|required| reached >= required))
}

/// What the events say, each thing as it stands at the end.
#[derive(Default)]
struct Seen<'a> {
    asked: bool,
    withdrawn: bool,
    evidence: BTreeMap<(Option<&'a str>, &'a str), i64>,
    shown: BTreeSet<&'a str>,
    waived: BTreeMap<&'a str, &'a str>,
    judged: BTreeMap<&'a str, (Option<&'a str>, bool)>,
    decided: Option<(Role, bool)>,
    direct: Option<(Role, &'a str)>,
}

impl<'a> Seen<'a> {
    fn of(events: &'a [Event]) -> Seen<'a> {
        let mut seen = Seen::default();
        for event in events {
            match event {
                Event::Asked => seen.asked = true,
                Event::EvidenceGiven { wanted, sha256, .. } => {
                    *seen.evidence.entry((wanted.as_deref(), sha256)).or_default() += 1;
                }
                Event::EvidenceTakenBack { wanted, sha256 } => {
                    *seen.evidence.entry((wanted.as_deref(), sha256)).or_default() -= 1;
                }
                Event::PrerequisiteShown { achievement, .. } => {
                    seen.shown.insert(achievement);
                }
                Event::PrerequisiteWaived { achievement, why } => {
                    seen.waived.insert(achievement, why);
                }
                Event::CriterionJudged { criterion, level, met } => {
                    seen.judged.insert(criterion, (level.as_deref(), *met));
                }
                Event::Returned { .. } => {
                    seen.judged.clear();
                    seen.decided = None;
                }
                Event::Withdrawn => seen.withdrawn = true,
                Event::Decided { role, award, .. } => seen.decided = Some((*role, *award)),
                Event::AwardedDirectly { role, why } => seen.direct = Some((*role, why)),
            }
        }
        seen
    }

    fn has_evidence(&self, wanted: &str) -> bool {
        self.evidence.iter().any(|((of, _), times)| *of == Some(wanted) && *times > 0)
    }
}

/// Awarded without a request: whoever did it answers for what was not judged part by part.
fn direct(rule: &Definition, seen: &Seen<'_>, (role, why): (Role, &str), reasons: &mut Vec<Reason>) {
    let may = allows(role, Act::Award);
    let stands = if may { "may award directly" } else { "may not award directly" };
    reasons.push(reason(
        "awarded-directly",
        None,
        may,
        format!("Somebody who is {role} here, and so {stands}, did: {why}"),
    ));
    for criterion in &rule.criteria {
        reasons.push(match seen.judged.get(criterion.id.as_str()) {
            Some(judged) => judgement(criterion, *judged),
            None => {
                let says = format!("“{}”: whoever awarded it states that this is met.", criterion.statement);
                reason("criterion-stated", Some(&criterion.id), true, says)
            }
        });
    }
    if rule.basis == Basis::Participation {
        reasons.push(participation());
    }
}

/// Asked for by a learner: evidence, prerequisites, every criterion, and a decision.
fn asked(rule: &Definition, seen: &Seen<'_>, reasons: &mut Vec<Reason>) {
    let says = if seen.asked { "The learner asked for it." } else { "Nobody asked for it." };
    reasons.push(reason("asked", None, seen.asked, says));
    if seen.withdrawn {
        reasons.push(reason("withdrawn", None, false, "The learner took the request back."));
    }
    for wanted in rule.evidence.iter().filter(|wanted| wanted.required) {
        let there = seen.has_evidence(&wanted.id);
        let (code, is) = if there { ("evidence-there", "is there") } else { ("evidence-missing", "is missing") };
        reasons.push(reason(code, Some(&wanted.id), there, format!("The evidence “{}” {is}.", wanted.says)));
    }
    for wanted in &rule.prerequisites {
        let id = wanted.achievement.as_str();
        let about = Some(id);
        reasons.push(match (seen.shown.contains(id), seen.waived.get(id)) {
            (true, _) => reason("prerequisite-shown", about, true, format!("“{}” was shown to be held.", wanted.name)),
            (false, Some(why)) if !why.trim().is_empty() => {
                reason("prerequisite-waived", about, true, format!("“{}” was waived: {why}", wanted.name))
            }
            (false, _) => reason("prerequisite-missing", about, false, format!("“{}” was not shown.", wanted.name)),
        });
    }
    match rule.basis {
        Basis::Participation => reasons.push(participation()),
        Basis::Mastery => {
            for criterion in &rule.criteria {
                reasons.push(match seen.judged.get(criterion.id.as_str()) {
                    Some(judged) => judgement(criterion, *judged),
                    None => {
                        let says = format!("“{}” was not judged.", criterion.statement);
                        reason("criterion-not-judged", Some(&criterion.id), false, says)
                    }
                });
            }
        }
    }
    reasons.push(match seen.decided {
        Some((role, true)) if allows(role, Act::Assess) => {
            reason("decided", None, true, format!("Somebody who is {role} here decided to award it."))
        }
        Some((role, true)) => reason(
            "not-theirs-to-decide",
            None,
            false,
            format!("It was decided by a {role}, whose it is not to decide."),
        ),
        Some((_, false)) => reason("refused", None, false, "It was decided not to award it."),
        None => reason("not-decided", None, false, "Nobody has decided yet."),
    });
}

fn judgement(criterion: &Criterion, (level, met): (Option<&str>, bool)) -> Reason {
    let (holds, at) = match level.filter(|_| !criterion.levels.is_empty()) {
        Some(level) => (level_reaches(criterion, level).unwrap_or(false), format!(" at “{level}”")),
        None if criterion.levels.is_empty() => (met, String::new()),
        None => (false, " at no level".into()),
    };
    let wanted = criterion.required.as_ref().map(|level| format!("; “{level}” is required")).unwrap_or_default();
    let (code, is) = if holds { ("criterion-met", "met") } else { ("criterion-not-met", "not met") };
    reason(code, Some(&criterion.id), holds, format!("“{}” was judged {is}{at}{wanted}.", criterion.statement))
}

fn participation() -> Reason {
    let says = "It is for taking part: nothing was assessed, and it proves no mastery.";
    reason("participation", None, true, says)
}

fn reason(code: &str, about: Option<&str>, holds: bool, says: impl Into<String>) -> Reason {
    Reason { code: code.into(), about: about.map(str::to_owned), holds, says: says.into() }
}
