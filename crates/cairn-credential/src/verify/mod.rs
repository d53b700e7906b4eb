//! The two calls that server, command line and browser make: [`needs`] until nothing is needed, then [`verify`].

mod altered;
mod asked;
mod current;
mod document;
mod evidence;
mod genuine;
mod keyring;
mod known;
mod needed;
mod presentation;
mod structure;
mod summary;
mod whose;

use jiff::Timestamp;

pub use altered::compare;
use asked::{Ask, Checks, MOST_DEPTH, MOST_NESTED};
use document::{Document, Unread, read, read_inside};

use crate::did::Purpose;
use crate::facts;
use crate::gathered::{Gathered, Need};
use crate::policy::Policy;
use crate::verdict::*;

/// What must still be fetched before `text` (a credential or presentation: JSON or compact JWT) can be judged.
/// Empty when nothing more would help. Call again after fetching: a status list's signer may need a key document too.
pub fn needs(text: &str, gathered: &Gathered) -> Vec<Need> {
    needed::needs(text, gathered)
}

/// Judges `text` (a credential or presentation: JSON or compact JWT) with what was gathered, at `now`, under `policy`.
pub fn verify(text: &str, gathered: &Gathered, now: Timestamp, policy: &Policy) -> Verdict {
    let ask = Ask { gathered, now, policy, shown_by: &[], explain: true, depth: 0 };
    match read(text) {
        Ok(document) if document.is_presentation() => presentation::judge_presentation(&document, ask),
        Ok(document) => judge_credential(&document, ask),
        Err(unread) => unreadable(unread, ask),
    }
}

/// The verdict on one credential.
fn judge_credential(document: &Document, ask: Ask) -> Verdict {
    let mut checks = Checks::default();
    let facts = facts::read(&document.value, document.secured_by(), document.sha256.clone());
    let is_credential = structure::check(document, &mut checks);
    let signed = genuine::judge(document, document.issuer(), Purpose::Assertion, ask, &mut checks);
    let genuine = match is_credential {
        true => AsOf { is: signed.genuine, as_of: signed.as_of },
        // a signature under something that is no credential must not make it one
        false => AsOf { is: no_credential(signed.genuine), as_of: ask.now },
    };
    let nested = endorsements(document, ask);
    let current = current::judge_current(document, &facts, ask, &mut checks);
    evidence::check(document, ask, &mut checks);
    let whose = whose::judge_whose(&facts, ask, &mut checks);
    let known = known::judge_known(&facts, &nested, ask, &mut checks);
    let entitled = known::judge_entitled(&facts, ask, &mut checks);
    let verdict = Verdict {
        summary: String::new(),
        genuine,
        current,
        whose,
        known,
        entitled,
        checks: checks.0,
        facts: Some(facts),
        nested,
    };
    summed_up(without_foundation(verdict))
}

/// Who gave what to whom is not told by what nobody signed: names and addresses in it are anybody's words. (Dates and
/// status lists speak for themselves, and are shown beside the "no".)
fn without_foundation(mut verdict: Verdict) -> Verdict {
    if matches!(verdict.genuine.is, Genuine::No { .. }) {
        verdict.whose.is = Whose::NobodyShowed;
        verdict.known.is = Known::SelfAsserted;
        verdict.entitled.is = Entitled::NobodySays;
    }
    verdict
}

fn no_credential(genuine: Genuine) -> Genuine {
    match genuine {
        Genuine::Yes => Genuine::CannotTell,
        other => other,
    }
}

/// Verdicts on endorsements inside a credential.
fn endorsements(document: &Document, ask: Ask) -> Vec<Nested> {
    if ask.depth >= MOST_DEPTH {
        return Vec::new();
    }
    let inside = document.endorsements().into_iter().take(MOST_NESTED);
    inside
        .map(|(pointer, value)| nested(pointer, NestedRole::Endorsement, value, Ask { shown_by: &[], ..ask }))
        .collect()
}

/// The verdict on a credential inside another document.
fn nested(pointer: String, role: NestedRole, value: &serde_json::Value, ask: Ask) -> Nested {
    let ask = ask.deeper();
    let verdict = match read_inside(value) {
        Ok(document) => judge_credential(&document, ask),
        Err(unread) => unreadable(unread, ask),
    };
    Nested { pointer, role, verdict }
}

fn unreadable(unread: Unread, ask: Ask) -> Verdict {
    let mut checks = Checks::default();
    checks.inconclusive(unread.code, "", unread.says);
    let as_of = ask.now;
    summed_up(Verdict {
        summary: String::new(),
        genuine: AsOf { is: Genuine::CannotTell, as_of },
        current: AsOf { is: Current::CannotTell, as_of },
        whose: AsOf { is: Whose::NobodyShowed, as_of },
        known: AsOf { is: Known::SelfAsserted, as_of },
        entitled: AsOf { is: Entitled::NobodySays, as_of },
        checks: checks.0,
        facts: None,
        nested: Vec::new(),
    })
}

fn summed_up(mut verdict: Verdict) -> Verdict {
    verdict.summary = summary::summary(&verdict);
    verdict
}
