//! What can happen to a credential after its award, and the closed list of public reasons for it.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be done to a credential's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatusMove {
    /// Taken back for good.
    Revoke,
    /// Taken back for a time.
    Suspend,
    /// Given back after a suspension.
    Reinstate,
}

impl StatusMove {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            StatusMove::Revoke => "revoke",
            StatusMove::Suspend => "suspend",
            StatusMove::Reinstate => "reinstate",
        }
    }
}

impl FromStr for StatusMove {
    type Err = String;

    fn from_str(word: &str) -> Result<StatusMove, String> {
        [StatusMove::Revoke, StatusMove::Suspend, StatusMove::Reinstate]
            .into_iter()
            .find(|change| change.word() == word)
            .ok_or_else(|| format!("“{}” is none of revoke, suspend and reinstate.", shortened(word)))
    }
}

/// Why a status was changed. Everybody can see it, so it says nothing about the person beyond its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatusReason {
    /// The wrong person, the wrong achievement, twice.
    IssuedInError,
    /// It turned out that the requirements were not met.
    RequirementsNotMet,
    /// Work that was not the learner's own, or the like.
    Misconduct,
    /// A corrected credential took its place.
    Superseded,
    /// The learner asked for it.
    WithdrawnAtHoldersRequest,
    /// The key it was signed with is no longer the issuer's alone.
    KeyCompromise,
    /// It is being looked into.
    UnderReview,
    /// It was looked into and stands.
    ReviewPassed,
}

impl StatusReason {
    /// All reasons.
    pub const ALL: [StatusReason; 8] = [
        StatusReason::IssuedInError,
        StatusReason::RequirementsNotMet,
        StatusReason::Misconduct,
        StatusReason::Superseded,
        StatusReason::WithdrawnAtHoldersRequest,
        StatusReason::KeyCompromise,
        StatusReason::UnderReview,
        StatusReason::ReviewPassed,
    ];

    /// Its code, such as `issued-in-error`.
    pub fn code(self) -> &'static str {
        match self {
            StatusReason::IssuedInError => "issued-in-error",
            StatusReason::RequirementsNotMet => "requirements-not-met",
            StatusReason::Misconduct => "misconduct",
            StatusReason::Superseded => "superseded",
            StatusReason::WithdrawnAtHoldersRequest => "withdrawn-at-holders-request",
            StatusReason::KeyCompromise => "key-compromise",
            StatusReason::UnderReview => "under-review",
            StatusReason::ReviewPassed => "review-passed",
        }
    }

    /// In words for people.
    pub fn says(self) -> &'static str {
        match self {
            StatusReason::IssuedInError => "It was issued in error.",
            StatusReason::RequirementsNotMet => "It turned out that the requirements had not been met.",
            StatusReason::Misconduct => "The issuer found misconduct in how it was earned.",
            StatusReason::Superseded => "A corrected credential has taken its place.",
            StatusReason::WithdrawnAtHoldersRequest => "Its holder asked for it to be withdrawn.",
            StatusReason::KeyCompromise => "The key it was signed with can no longer be relied on.",
            StatusReason::UnderReview => "The issuer is looking into it.",
            StatusReason::ReviewPassed => "The issuer has looked into it, and it stands.",
        }
    }

    /// Whether it is a reason for this change that somebody may choose. `superseded` is never chosen: it comes with a
    /// correction.
    pub fn fits(self, change: StatusMove) -> bool {
        match change {
            StatusMove::Revoke => {
                !matches!(self, StatusReason::Superseded | StatusReason::UnderReview | StatusReason::ReviewPassed)
            }
            StatusMove::Suspend => matches!(self, StatusReason::UnderReview | StatusReason::KeyCompromise),
            StatusMove::Reinstate => self == StatusReason::ReviewPassed,
        }
    }
}

impl FromStr for StatusReason {
    type Err = String;

    fn from_str(code: &str) -> Result<StatusReason, String> {
        StatusReason::ALL.into_iter().find(|reason| reason.code() == code).ok_or_else(|| {
            let codes: Vec<&str> = StatusReason::ALL.iter().map(|reason| reason.code()).collect();
            format!("“{}” is no reason. The reasons are {}.", shortened(code), codes.join(", "))
        })
    }
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_and_every_change_has_a_reason() {
        for reason in StatusReason::ALL {
            assert_eq!(reason.code().parse::<StatusReason>(), Ok(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
        }
        for change in [StatusMove::Revoke, StatusMove::Suspend, StatusMove::Reinstate] {
            assert_eq!(change.word().parse::<StatusMove>(), Ok(change));
            assert!(StatusReason::ALL.iter().any(|reason| reason.fits(change)));
            assert!(!StatusReason::Superseded.fits(change));
        }
        assert!("because".parse::<StatusReason>().is_err());
    }
}
