//! Presentations: somebody shows credentials and signs that with their own key.

use serde_json::Value;

use super::asked::{Ask, Checks, MOST_DEPTH, MOST_NESTED};
use super::document::{Document, read_inside};
use super::genuine::{Answers, judge};
use super::nested;
use crate::did::{Purpose, without_fragment};
use crate::facts;
use crate::proof::Proof;
use crate::verdict::*;

/// The verdict on a presentation: each credential in it is judged on its own, and the answers for the whole are
/// the weakest among them.
pub(super) fn judge_presentation(document: &Document, ask: Ask) -> Verdict {
    let mut checks = Checks::default();
    let holder = holder(document);
    let unsigned = document.jwt.is_none() && document.proofs.is_empty();
    let shown = if unsigned {
        checks.warned(
            "presentation-unsigned",
            "",
            "Nobody signed this presentation, so it does not show whose its credentials are.",
        );
        None
    } else {
        let signed = judge(document, &holder, Purpose::Authentication, ask, &mut checks);
        Some((signed.genuine.clone(), answers(&signed.genuine, &signed.answers, document, ask, &mut checks)))
    };
    let by_key = matches!(&shown, Some((Genuine::Yes, true)));
    let shown_by = if by_key { vec![holder.clone()] } else { Vec::new() };
    let presented = document.presented();
    if presented.is_empty() {
        checks.warned("presentation-empty", "/verifiableCredential", "The presentation holds no credential.");
    }
    if presented.len() > MOST_NESTED {
        let says = format!("The presentation holds {} credentials; the first {MOST_NESTED} are read.", presented.len());
        checks.warned("presentation-too-long", "/verifiableCredential", says);
    }
    let inner = Ask { shown_by: &shown_by, ..ask };
    let verdicts: Vec<Nested> = presented
        .into_iter()
        .take(if ask.depth < MOST_DEPTH { MOST_NESTED } else { 0 })
        .map(|(pointer, value)| match read_inside(value) {
            Ok(document) if document.is_presentation() => {
                let mut nested = nested(pointer, NestedRole::Presented, &Value::Null, inner);
                nested.verdict.summary = "A presentation inside a presentation is not read.".into();
                nested
            }
            _ => nested(pointer, NestedRole::Presented, value, inner),
        })
        .collect();
    whole(document, shown.map(|(genuine, _)| genuine), verdicts, ask, checks)
}

/// Who shows it: the `holder`, or else whoever's key signed.
fn holder(document: &Document) -> String {
    if !document.holder().is_empty() {
        return document.holder().to_owned();
    }
    let claim = |name: &str| document.jwt.as_ref()?.claims.get(name)?.as_str();
    let method = document.proofs.iter().find_map(|proof| match proof {
        Proof::Embedded(proof) => Some(proof.verification_method.as_str()),
        _ => None,
    });
    let kid = document.jwt.as_ref().and_then(|jwt| jwt.kid());
    without_fragment(claim("iss").or(method).or(kid).unwrap_or_default()).to_owned()
}

/// Whether a good proof was made for this very showing.
fn answers(genuine: &Genuine, answers: &Answers, document: &Document, ask: Ask, checks: &mut Checks) -> bool {
    if *genuine != Genuine::Yes {
        return false;
    }
    let wanted = &ask.policy.holder;
    let mut fits = true;
    if let Some(exp) = document.jwt.as_ref().and_then(|jwt| jwt.time("exp")).filter(|exp| *exp <= ask.now) {
        checks.failed("presentation-expired", "/exp", format!("The presentation held only until {exp}."));
        fits = false;
    }
    match (&wanted.challenge, &answers.challenge) {
        (Some(wanted), Some(given)) if wanted == given => {
            checks.passed("challenge-answered", "/proof/challenge", "It answers the challenge that was set.");
        }
        (Some(_), _) => {
            let says = "It does not answer the challenge that was set: it may have been shown to somebody else before.";
            checks.failed("challenge-not-answered", "/proof/challenge", says);
            fits = false;
        }
        (None, _) => {
            let says = "No challenge was set, so somebody else may be showing it again.";
            checks.warned("presentation-may-be-replayed", "/proof", says);
        }
    }
    if let Some(domain) = wanted.domain.as_ref().filter(|domain| !answers.domains.contains(domain)) {
        checks.failed("domain-differs", "/proof/domain", format!("It was not made for {domain}."));
        fits = false;
    }
    fits
}

fn whole(document: &Document, shown: Option<Genuine>, nested: Vec<Nested>, ask: Ask, checks: Checks) -> Verdict {
    let as_of = ask.now;
    let mut genuine =
        weakest(&nested, |verdict| &verdict.genuine, rank_genuine).unwrap_or(AsOf { is: Genuine::CannotTell, as_of });
    if let Some(shown) = shown.filter(|shown| rank_genuine(shown) < rank_genuine(&genuine.is)) {
        genuine = AsOf { is: shown, as_of };
    }
    let current = weakest(
        &nested,
        |verdict| &verdict.current,
        |answer| match answer {
            Current::Revoked { .. } => 0,
            Current::Suspended { .. } => 1,
            Current::NotYet { .. } => 2,
            Current::Expired { .. } => 3,
            Current::CannotTell => 4,
            Current::Yes => 5,
        },
    );
    let whose = weakest(
        &nested,
        |verdict| &verdict.whose,
        |answer| match answer {
            Whose::NobodyShowed => 0,
            Whose::NameOnly => 1,
            Whose::AddressMatches { confirmed: false } => 2,
            Whose::AddressMatches { confirmed: true } => 3,
            Whose::ShownByKey => 4,
        },
    );
    let known = weakest(
        &nested,
        |verdict| &verdict.known,
        |answer| match answer {
            Known::SelfAsserted => 0,
            Known::VouchedFor { .. } => 1,
            Known::OnList { .. } => 2,
        },
    );
    let entitled = weakest(
        &nested,
        |verdict| &verdict.entitled,
        |answer| match answer {
            Entitled::NobodySays => 0,
            Entitled::Delegated { .. } => 1,
            Entitled::DefinedIt => 2,
        },
    );
    let mut verdict = Verdict {
        summary: String::new(),
        genuine,
        current: current.unwrap_or(AsOf { is: Current::CannotTell, as_of }),
        whose: whose.unwrap_or(AsOf { is: Whose::NobodyShowed, as_of }),
        known: known.unwrap_or(AsOf { is: Known::SelfAsserted, as_of }),
        entitled: entitled.unwrap_or(AsOf { is: Entitled::NobodySays, as_of }),
        checks: checks.0,
        facts: Some(facts::read(&document.value, document.secured_by(), document.sha256.clone())),
        nested,
    };
    verdict.summary = summary(&verdict);
    verdict
}

fn rank_genuine(genuine: &Genuine) -> u8 {
    match genuine {
        Genuine::No { .. } => 0,
        Genuine::CannotTell => 1,
        Genuine::Yes => 2,
    }
}

/// The weakest of the answers that the credentials inside got.
fn weakest<T: Clone>(
    nested: &[Nested],
    answer: impl Fn(&Verdict) -> &AsOf<T>,
    rank: impl Fn(&T) -> u8,
) -> Option<AsOf<T>> {
    nested.iter().map(|nested| answer(&nested.verdict)).min_by_key(|answer| rank(&answer.is)).cloned()
}

fn summary(verdict: &Verdict) -> String {
    match verdict.nested.as_slice() {
        [] => "A presentation with nothing in it that could be read.".into(),
        [one] => one.verdict.summary.clone(),
        several => {
            let good = |nested: &&Nested| {
                nested.verdict.genuine.is == Genuine::Yes && nested.verdict.current.is == Current::Yes
            };
            let count = several.iter().filter(good).count();
            format!("{count} of the {} credentials shown are genuine and current.", several.len())
        }
    }
}
