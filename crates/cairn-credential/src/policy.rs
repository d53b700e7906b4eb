//! What the checker accepts. Nothing inside a credential, presentation or bundle can widen it.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::trust::TrustList;

/// What the checker accepts: an argument of [`crate::verify`].
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Trust lists that the checker chose, in order of preference.
    pub trust_lists: Vec<TrustList>,
    /// How old a status may be; older gives "cannot tell".
    pub oldest_status: SignedDuration,
    /// Whether the issuer must control the key.
    pub binding: Binding,
    /// Who shows the credential, as far as the checker knows.
    pub holder: Holder,
}

impl Default for Policy {
    /// No lists, a status of at most 24 hours, issuer bound to key, nobody known.
    fn default() -> Self {
        Policy {
            trust_lists: Vec::new(),
            oldest_status: SignedDuration::from_hours(24),
            binding: Binding::Production,
            holder: Holder::default(),
        }
    }
}

/// Whether the issuer must control the key that signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// The issuer must be the key's controller.
    Production,
    /// Only the proof is checked: for conformance suites and published vectors.
    ProofOnly,
}

/// Who shows the credential, as far as the checker knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// Addresses the person gave.
    pub addresses: Vec<Address>,
    /// The challenge a presentation must carry, when the checker set one.
    pub challenge: Option<String>,
    /// The domain a presentation must name, when the checker set one.
    pub domain: Option<String>,
}

/// An address the person gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Address {
    /// Such as an e-mail address; compared trimmed, then as given and in lower case.
    pub value: String,
    /// Whether the checker has confirmed that it is this person's.
    pub confirmed: bool,
}
