//! What every part of a verification shares: what was asked, what was found.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;

use crate::gathered::{BroughtBy, Fetched, Gathered, Got};
use crate::json;
use crate::policy::Policy;
use crate::verdict::{Check, EvidenceLine, Outcome};

/// What was asked.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub gathered: &'a Gathered,
    pub now: Timestamp,
    pub policy: &'a Policy,
    /// Identifiers whose keys signed a presentation around this credential.
    pub shown_by: &'a [String],
    /// Whether to look for the place where a document was altered, which costs many verifications.
    pub explain: bool,
    /// How deep inside others this credential sits.
    pub depth: usize,
}

/// How deep credentials inside credentials are followed.
pub(super) const MOST_DEPTH: usize = 3;
/// How many credentials inside one are followed.
pub(super) const MOST_NESTED: usize = 50;

impl<'a> Ask<'a> {
    pub(super) fn deeper(self) -> Ask<'a> {
        Ask { depth: self.depth + 1, ..self }
    }

    /// What was brought for an address.
    pub(super) fn find(&self, url: &str) -> Option<&'a Fetched> {
        self.gathered.by_url.get(url)
    }

    /// A JSON document that was brought, or one sentence why there is none.
    pub(super) fn json(&self, url: &str) -> Result<(Value, &'a Fetched), String> {
        let (text, fetched) = self.text(url)?;
        let value = json::parse(text).map_err(|says| format!("What came from {url} cannot be read. {says}"))?;
        Ok((value, fetched))
    }

    /// A text that was brought, or one sentence why there is none.
    pub(super) fn text(&self, url: &str) -> Result<(&'a str, &'a Fetched), String> {
        let fetched = self.find(url).ok_or_else(|| format!("{url} was not fetched."))?;
        match &fetched.got {
            Got::Text(text) => Ok((text, fetched)),
            Got::Bytes(_) => Err(format!("What came from {url} is no text.")),
            Got::Failed(why) => Err(format!("{url} could not be fetched: {}", sentence(why))),
        }
    }
}

/// The bytes that were brought.
pub(super) fn bytes(fetched: &Fetched) -> Result<Vec<u8>, String> {
    match &fetched.got {
        Got::Text(text) => Ok(text.clone().into_bytes()),
        Got::Bytes(encoded) => URL_SAFE_NO_PAD.decode(encoded).map_err(|_| "What was brought is no base64url.".into()),
        Got::Failed(why) => Err(sentence(why)),
    }
}

fn sentence(why: &str) -> String {
    let why = why.trim();
    if why.ends_with(['.', '!', '?']) { why.to_owned() } else { format!("{why}.") }
}

/// Checks in the order in which they were made.
#[derive(Default)]
pub(super) struct Checks(pub Vec<Check>);

impl Checks {
    fn push(&mut self, outcome: Outcome, code: &str, pointer: &str, says: impl Into<String>) -> &mut Check {
        self.0.push(Check {
            code: code.into(),
            outcome,
            says: says.into(),
            pointer: pointer.into(),
            evidence: Vec::new(),
        });
        self.0.last_mut().expect("one was pushed just now")
    }

    pub(super) fn passed(&mut self, code: &str, pointer: &str, says: impl Into<String>) -> &mut Check {
        self.push(Outcome::Passed, code, pointer, says)
    }

    pub(super) fn failed(&mut self, code: &str, pointer: &str, says: impl Into<String>) -> &mut Check {
        self.push(Outcome::Failed, code, pointer, says)
    }

    pub(super) fn warned(&mut self, code: &str, pointer: &str, says: impl Into<String>) -> &mut Check {
        self.push(Outcome::Warned, code, pointer, says)
    }

    pub(super) fn inconclusive(&mut self, code: &str, pointer: &str, says: impl Into<String>) -> &mut Check {
        self.push(Outcome::Inconclusive, code, pointer, says)
    }
}

impl Check {
    pub(super) fn with(&mut self, what: &str, value: impl ToString) -> &mut Check {
        self.evidence.push(EvidenceLine { what: what.into(), value: value.to_string() });
        self
    }

    pub(super) fn with_fetched(&mut self, url: &str, fetched: &Fetched) -> &mut Check {
        let by = match fetched.by {
            BroughtBy::Checker => "fetched",
            BroughtBy::Bundle => "brought along",
        };
        self.with(by, format!("{url} at {:.0}", fetched.at))
    }
}
