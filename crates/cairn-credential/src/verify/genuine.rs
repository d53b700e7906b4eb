//! Is it exactly what the issuer signed?

use jiff::Timestamp;
use serde_json::Value;

use super::altered;
use super::asked::{Ask, Checks};
use super::document::Document;
use super::keyring::{Keyring, Root, keyring_for};
use crate::canonical::Uncanonical;
use crate::did::{Purpose, without_fragment};
use crate::jwt::{Alg, Jwt};
use crate::keys::PublicKey;
use crate::policy::Binding;
use crate::proof::{Embedded, Proof};
use crate::verdict::{Altered, Genuine};

/// What the proofs say.
pub(super) struct Signed {
    pub genuine: Genuine,
    pub as_of: Timestamp,
    /// When the good proof says it was made.
    pub at: Option<Timestamp>,
    /// The challenge and domains that the good proof answers.
    pub answers: Answers,
}

/// What a presentation's proof was made for.
#[derive(Default, Clone)]
pub(super) struct Answers {
    pub challenge: Option<String>,
    pub domains: Vec<String>,
}

/// Judges all proofs of a document: any good one by `issuer` makes it genuine.
pub(super) fn judge(document: &Document, issuer: &str, purpose: Purpose, ask: Ask, checks: &mut Checks) -> Signed {
    let mut found: Vec<Signed> = Vec::new();
    if let Some(jwt) = &document.jwt {
        found.push(judge_jwt(jwt, document, issuer, purpose, ask, checks));
    }
    for proof in &document.proofs {
        found.push(match proof {
            Proof::Embedded(proof) => judge_embedded(proof, document, issuer, purpose, ask, checks),
            Proof::NotReadYet { pointer, name } => {
                checks.inconclusive(
                    "proof-not-read-yet",
                    pointer,
                    format!("Proofs of the kind {name} are not read yet."),
                );
                cannot_tell(ask)
            }
            Proof::Broken { pointer, says } => {
                checks.failed("proof-damaged", pointer, says.clone());
                no(Altered::TheProof, ask)
            }
        });
    }
    if found.is_empty() {
        checks.failed("proof-missing", "/proof", "Nobody signed this: it carries no proof.");
        return no(Altered::TheProof, ask);
    }
    // yes, then no, then cannot tell; among several noes the one that says most
    found.sort_by_key(|signed| match &signed.genuine {
        Genuine::Yes => 0,
        Genuine::No { altered: Altered::At { .. } } => 1,
        Genuine::No { altered: Altered::SomewhereInTheSignedPart } => 2,
        Genuine::No { altered: Altered::TheProof } => 3,
        Genuine::CannotTell => 4,
    });
    found.swap_remove(0)
}

fn no(altered: Altered, ask: Ask) -> Signed {
    Signed { genuine: Genuine::No { altered }, as_of: ask.now, at: None, answers: Answers::default() }
}

fn cannot_tell(ask: Ask) -> Signed {
    Signed { genuine: Genuine::CannotTell, as_of: ask.now, at: None, answers: Answers::default() }
}

fn judge_embedded(
    proof: &Embedded,
    document: &Document,
    issuer: &str,
    purpose: Purpose,
    ask: Ask,
    checks: &mut Checks,
) -> Signed {
    let pointer = proof.pointer.as_str();
    if proof.purpose != purpose.word() {
        let says = format!("The proof was made for “{}”, not for {}.", proof.purpose, purpose.word());
        checks.failed("proof-purpose", &format!("{pointer}/proofPurpose"), says);
        return no(Altered::TheProof, ask);
    }
    if let Some(expires) = proof.expires.filter(|expires| *expires < ask.now) {
        checks.failed(
            "proof-expired",
            &format!("{pointer}/expires"),
            format!("The proof itself held only until {expires}."),
        );
        return no(Altered::TheProof, ask);
    }
    let bytes = match proof.signed_bytes(&document.value) {
        Ok(bytes) => bytes,
        Err(error) => return uncanonical(error, pointer, ask, checks),
    };
    let method = proof.verification_method.as_str();
    let ring = match ring(issuer, method, purpose, &format!("{pointer}/verificationMethod"), ask, checks) {
        Ok(ring) => ring,
        Err(signed) => return *signed,
    };
    let keys = ring.named(method, issuer);
    if keys.is_empty() {
        return not_theirs(&ring, issuer, method, &format!("{pointer}/verificationMethod"), ask, checks);
    }
    let Some(key) = keys.iter().find(|key| proof.verifies(key, &bytes)) else {
        let altered = altered::find(proof, &bytes, document, &keys, ask);
        let says = match &altered {
            Altered::At { how, .. } => format!("The signature does not fit: {how}"),
            _ => "The signature does not fit: the document or its proof is not what the issuer signed.".into(),
        };
        checks.failed("signature-mismatch", pointer, says);
        return no(altered, ask);
    };
    if let Some(created) = proof.created.filter(|created| *created > ask.now) {
        let says = format!("The proof says it was made at {created}, which is still to come.");
        checks.warned("proof-from-the-future", &format!("{pointer}/created"), says);
    }
    if !method.contains('#') && keys.len() == 1 {
        let says = "The proof names its key by the identifier alone, which other programs may refuse.";
        checks.warned("key-named-loosely", &format!("{pointer}/verificationMethod"), says);
    }
    let answers = Answers { challenge: proof.challenge.clone(), domains: proof.domains.clone() };
    let (at, made) = (proof.created, proof.created);
    let good = Good { key, pointer, suite: proof.suite.name(), at, made, answers };
    rooted(&ring, good, ask, checks)
}

fn judge_jwt(jwt: &Jwt, document: &Document, issuer: &str, purpose: Purpose, ask: Ask, checks: &mut Checks) -> Signed {
    let algorithm = match jwt.alg() {
        Alg::Read(algorithm) => algorithm,
        Alg::NotReadYet(name) => {
            checks.inconclusive("proof-not-read-yet", "", format!("JWTs signed with {name} are not read yet."));
            return cannot_tell(ask);
        }
        Alg::Refused(says) => {
            checks.failed("jwt-algorithm-refused", "", says);
            return no(Altered::TheProof, ask);
        }
    };
    if let Some(says) = jwt.wrong_type() {
        checks.failed("jwt-type-refused", "", says);
        return no(Altered::TheProof, ask);
    }
    let contradictions = jwt.contradictions(&document.value);
    if let Some((claim, says)) = contradictions.into_iter().next() {
        checks.failed("jwt-claim-contradicts", &format!("/{claim}"), says);
        return no(Altered::TheProof, ask);
    }
    let kid = jwt.kid().unwrap_or_default();
    let method = match kid {
        "" => String::new(),
        kid if kid.contains(':') => kid.to_owned(),
        kid => format!("{issuer}#{}", kid.trim_start_matches('#')),
    };
    let ring = match ring(issuer, &method, purpose, "", ask, checks) {
        Ok(ring) => ring,
        Err(signed) => return *signed,
    };
    let mut keys = ring.named(&method, issuer);
    if keys.is_empty() {
        keys = ring.called(kid);
    }
    if keys.is_empty() {
        // a key in the header, or no name at all: only the issuer's own keys come into question
        keys = match jwt.jwk() {
            Some(Ok(jwk)) => ring.all().into_iter().filter(|key| **key == jwk).collect(),
            Some(Err(says)) => {
                checks.failed("jwt-key-refused", "", says);
                return no(Altered::TheProof, ask);
            }
            None if kid.is_empty() || without_fragment(&method) == method => ring.all(),
            None => Vec::new(),
        };
        if keys.is_empty() {
            let name = if method.is_empty() { "The key in the JWT's header" } else { method.as_str() };
            return not_theirs(&ring, issuer, name, "", ask, checks);
        }
    }
    let Some(key) = keys.iter().find(|key| jwt.verifies(algorithm, key)) else {
        checks.failed("signature-mismatch", "", "The signature does not fit: the JWT is not what the issuer signed.");
        return no(altered::against_hosted_copy(document, ask).unwrap_or(Altered::SomewhereInTheSignedPart), ask);
    };
    let text = |claim: &str| jwt.claims.get(claim).and_then(Value::as_str).map(str::to_owned);
    let answers = Answers { challenge: text("nonce"), domains: text("aud").into_iter().collect() };
    let (at, made) = (jwt.signed_at(), jwt.made_at());
    let good = Good { key, pointer: "", suite: &jwt.alg_name(), at, made, answers };
    rooted(&ring, good, ask, checks)
}

fn ring<'a>(
    issuer: &str,
    method: &str,
    purpose: Purpose,
    pointer: &str,
    ask: Ask<'a>,
    checks: &mut Checks,
) -> Result<Keyring<'a>, Box<Signed>> {
    keyring_for(issuer, method, purpose, ask).map_err(|trouble| {
        checks.inconclusive(trouble.code, pointer, trouble.says).with("key", method);
        Box::new(cannot_tell(ask))
    })
}

fn not_theirs(ring: &Keyring, issuer: &str, method: &str, pointer: &str, ask: Ask, checks: &mut Checks) -> Signed {
    if !ring.is_authoritative() {
        let says = format!("{method} is not among the keys in the document that was brought along for {issuer}.");
        checks.inconclusive("key-document-brought-along", pointer, says);
        return cannot_tell(ask);
    }
    let says = format!("{method} is not a key of the issuer, {issuer}.");
    checks.failed("key-not-the-issuers", pointer, says);
    no(Altered::TheProof, ask)
}

/// A proof that fits a key.
struct Good<'k> {
    key: &'k PublicKey,
    pointer: &'k str,
    suite: &'k str,
    at: Option<Timestamp>,
    /// When the proof itself says it was made; `at` may be no more than from when the credential holds.
    made: Option<Timestamp>,
    answers: Answers,
}

/// A proof that fits is worth as much as what says that its key is the issuer's.
fn rooted(ring: &Keyring, good: Good, ask: Ask, checks: &mut Checks) -> Signed {
    let Good { key, pointer, suite, at, made, answers } = good;
    let root = ring.root(key);
    let as_of = root.as_of(ask.now);
    if let Some(against) = ring.against(key, made, at, ask.now) {
        if against.surely {
            checks.failed(against.code, pointer, against.says).with("key", key.fingerprint());
            return no(Altered::TheProof, ask);
        }
        checks.inconclusive(against.code, pointer, against.says).with("key", key.fingerprint());
        return cannot_tell(ask);
    }
    let yes = Signed { genuine: Genuine::Yes, as_of, at, answers };
    match &root {
        Root::Itself => {
            let says = "The signature fits, by the key that the issuer's identifier itself is.";
            checks.passed("signature-valid", pointer, says);
        }
        Root::Fetched { url, fetched } => {
            let says = "The signature fits, by a key in the issuer's own document.";
            checks.passed("signature-valid", pointer, says).with_fetched(url, fetched);
        }
        Root::Pinned { list } => {
            let says = format!("The signature fits, by a key that the list “{list}” pins for this issuer.");
            checks.passed("signature-valid", pointer, says).with("list", list);
        }
        Root::BroughtAlong { url, fetched } if ask.policy.binding == Binding::Production => {
            let says = "The signature fits the key that was brought along, but whoever shows a credential could bring \
                        any key: fetch the issuer's document, or use a trust list that pins its key.";
            checks
                .inconclusive("key-document-brought-along", pointer, says)
                .with_fetched(url, fetched)
                .with("key", key.fingerprint());
            return Signed { genuine: Genuine::CannotTell, ..yes };
        }
        Root::BroughtAlong { url, fetched } => {
            checks.passed("signature-valid", pointer, "The signature fits the key given.").with_fetched(url, fetched);
        }
    }
    if let Some(check) = checks.0.last_mut() {
        check.with("suite", suite).with("key", key.fingerprint());
    }
    yes
}

fn uncanonical(error: Uncanonical, pointer: &str, ask: Ask, checks: &mut Checks) -> Signed {
    let says = error.to_string();
    match error {
        Uncanonical::UnknownContext { url } => {
            checks.inconclusive("context-unknown", "/@context", says).with("context", url);
            cannot_tell(ask)
        }
        Uncanonical::Uncovered { pointer, says } => {
            checks.failed("not-covered-by-proof", &pointer, says.clone());
            let altered = match pointer.starts_with("/proof") || pointer.is_empty() {
                true => Altered::TheProof,
                false => Altered::At { pointers: vec![pointer], how: says },
            };
            no(altered, ask)
        }
        Uncanonical::Refused { code, .. } => {
            checks.inconclusive(code, pointer, says);
            cannot_tell(ask)
        }
    }
}
