//! A no that a person can be told, and a fault that we must mend.

use std::fmt;

/// A no that a person can be told: what is wrong, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{says}")]
pub struct Refusal {
    /// Stable kebab-case code.
    pub code: &'static str,
    /// One or two sentences.
    pub says: String,
}

impl Refusal {
    /// A refusal with this code and these sentences.
    pub fn new(code: &'static str, says: impl Into<String>) -> Refusal {
        Refusal { code, says: says.into() }
    }
}

/// A refusal, or a fault of ours.
#[derive(Debug)]
pub enum Trouble {
    /// Tell the person.
    Refusal(Refusal),
    /// Log it, and tell the person that it is our fault.
    Fault(Box<dyn std::error::Error + Send + Sync>),
}

impl Trouble {
    /// A fault of ours.
    pub fn fault(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Trouble {
        Trouble::Fault(error.into())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Refusal(refusal) => refusal.fmt(f),
            Trouble::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for Trouble {}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Trouble {
        Trouble::Refusal(refusal)
    }
}
