//! What acts answer when they do not do what was asked.

use std::fmt;

use cairn_store::StoreFault;

/// A no that a person can be told: what is wrong, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable kebab-case code, such as `no-target`.
    pub code: &'static str,
    /// One or two sentences.
    pub says: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: &'static str, says: impl Into<String>) -> Refusal {
        Refusal { code, says: says.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Refusal {}

/// A fault that we must mend; people are told that it is ours, logs are told what it was.
#[derive(Debug)]
pub struct Fault(pub Box<dyn std::error::Error + Send + Sync>);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// It may not be done, and a person can be told why.
    #[error("{0}")]
    Refusal(#[from] Refusal),
    /// Something of ours is broken.
    #[error("{0}")]
    Fault(Fault),
}

impl Trouble {
    /// A fault in one sentence.
    pub fn fault(says: impl Into<String>) -> Trouble {
        Trouble::Fault(Fault(says.into().into()))
    }
}

impl From<StoreFault> for Trouble {
    fn from(fault: StoreFault) -> Trouble {
        Trouble::Fault(Fault(Box::new(fault)))
    }
}
