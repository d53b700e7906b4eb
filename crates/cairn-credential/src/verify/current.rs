//! Is it within its dates, and not revoked or suspended?
//!
//! When several answers hold at once, the first of these counts: revoked, suspended, not yet, expired, cannot
//! tell, yes. A definite no stays one whatever else could not be found out.

use jiff::Timestamp;
use serde_json::Value;

use super::asked::{Ask, Checks, MOST_DEPTH};
use super::document::{Document, read};
use super::genuine::judge;
use crate::did::Purpose;
use crate::facts::{Facts, moment};
use crate::gathered::{BroughtBy, Fetched};
use crate::status::{self, Purpose as StatusPurpose, StatusEntry};
use crate::verdict::{AsOf, Current, Genuine};

/// Clocks differ: this much of the future is still now.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

pub(super) fn judge_current(document: &Document, facts: &Facts, ask: Ask, checks: &mut Checks) -> AsOf<Current> {
    let mut answers = vec![dates(document, facts, ask, checks)];
    for entry in status::entries(&document.value) {
        answers.push(status_of(&entry, document, ask, checks));
    }
    if answers.len() == 1 {
        checks.passed(
            "status-none",
            "",
            "It names no status list, so its issuer cannot take it back before it expires.",
        );
    }
    let rank = |answer: &Current| match answer {
        Current::Revoked { .. } => 0,
        Current::Suspended { .. } => 1,
        Current::NotYet { .. } => 2,
        Current::Expired { .. } => 3,
        Current::CannotTell => 4,
        Current::Yes => 5,
    };
    let best = answers.iter().map(|(answer, _)| rank(answer)).min().unwrap_or(5);
    let mut chosen = answers.into_iter().filter(|(answer, _)| rank(answer) == best);
    let (is, as_of) = chosen.next().unwrap_or((Current::Yes, ask.now));
    let as_of = chosen.map(|(_, at)| at).fold(as_of, Timestamp::min);
    AsOf { is, as_of }
}

fn dates(document: &Document, facts: &Facts, ask: Ask, checks: &mut Checks) -> (Current, Timestamp) {
    let now = ask.now;
    let mut unreadable = false;
    for key in ["validFrom", "issuanceDate", "validUntil", "expirationDate"] {
        if let Some(value) = document.value.get(key).filter(|value| moment(value).is_none()) {
            let says = format!("“{key}” is {value}, which is no moment such as 2026-01-31T12:00:00Z.");
            checks.failed("date-malformed", &format!("/{key}"), says);
            unreadable = true;
        }
    }
    let (mut from, mut until) = (facts.valid_from, facts.valid_until);
    if let Some(jwt) = &document.jwt {
        for (claim, says) in jwt.other_dates(from, until) {
            checks.warned("jwt-date-differs", &format!("/{claim}"), says);
        }
        from = from.max(jwt.time("nbf"));
        until = [until, jwt.time("exp")].into_iter().flatten().min();
    }
    if let Some(from) = from.filter(|from| *from > now) {
        checks.failed("not-yet-valid", "/validFrom", format!("It is valid only from {from:.0}."));
        return (Current::NotYet { from }, now);
    }
    if let Some(since) = until.filter(|until| *until <= now) {
        checks.failed("expired", "/validUntil", format!("It expired on {since:.0}."));
        return (Current::Expired { since }, now);
    }
    if unreadable {
        return (Current::CannotTell, now);
    }
    let says = match (from, until) {
        (_, Some(until)) => format!("It is within its dates, until {until:.0}."),
        (Some(from), None) => format!("It has been valid since {from:.0} and has no end date."),
        (None, None) => "It has no dates.".into(),
    };
    checks.passed("dates-valid", "", says);
    (Current::Yes, now)
}

fn status_of(entry: &StatusEntry, document: &Document, ask: Ask, checks: &mut Checks) -> (Current, Timestamp) {
    let unknown = (Current::CannotTell, ask.now);
    match entry {
        StatusEntry::Bitstring { pointer, purpose, index, list } => match purpose {
            StatusPurpose::Revocation | StatusPurpose::Suspension => {
                bitstring(pointer, purpose, *index, list, document, ask, checks)
            }
            StatusPurpose::Refresh => {
                checks.passed(
                    "status-refresh-only",
                    pointer,
                    "A status list here only says whether a newer copy can be had.",
                );
                (Current::Yes, ask.now)
            }
            StatusPurpose::Message => {
                let says = "A status list here only carries the issuer's messages, which are not read.";
                checks.warned("status-purpose-not-read", pointer, says);
                (Current::Yes, ask.now)
            }
            // it may well mean that the credential was taken back, in a word of the issuer's own
            StatusPurpose::Other(word) => {
                let says =
                    format!("What a status list for “{word}” means is not known; it may say that this was taken back.");
                checks.inconclusive("status-purpose-not-read", pointer, says);
                unknown
            }
        },
        StatusEntry::RevocationList { pointer, list } => revocation_list(pointer, list, document, ask, checks),
        StatusEntry::Unknown { pointer, kind } => {
            let says = format!("Its status is of the kind “{kind}”, which is not read yet.");
            checks.inconclusive("status-not-read-yet", pointer, says);
            unknown
        }
        StatusEntry::Broken { pointer, problem } => {
            checks.inconclusive("status-entry-damaged", pointer, problem.says.clone()).with("problem", &problem.code);
            unknown
        }
    }
}

fn bitstring(
    pointer: &str,
    purpose: &StatusPurpose,
    index: u64,
    url: &str,
    document: &Document,
    ask: Ask,
    checks: &mut Checks,
) -> (Current, Timestamp) {
    let unknown = (Current::CannotTell, ask.now);
    let (text, fetched) = match ask.text(url) {
        Ok(found) => found,
        Err(says) => {
            checks.inconclusive(
                "status-unreachable",
                pointer,
                format!("Whether it was taken back could not be found out. {says}"),
            );
            return unknown;
        }
    };
    let (list, at) = match proved_list(text, url, pointer, document, fetched, ask, checks) {
        Some(found) => found,
        None => return unknown,
    };
    if !fresh_enough(at, url, pointer, fetched, ask, checks) {
        return (Current::CannotTell, at);
    }
    if list.bits.is_short() {
        let says = "The status list is short, so looking into it can give away whose credential is checked.";
        checks.warned("status-list-short", pointer, says);
    }
    match list.is_set(purpose, index) {
        Err(problem) => {
            checks.inconclusive("status-list-unusable", pointer, problem.says).with("problem", problem.code);
            (Current::CannotTell, at)
        }
        Ok(true) if *purpose == StatusPurpose::Revocation => {
            let says = format!("Its issuer has revoked it, as of {at:.0}.");
            checks.failed("status-revoked", pointer, says).with_fetched(url, fetched).with("index", index);
            (Current::Revoked { reason: None }, at)
        }
        Ok(true) => {
            let says = format!("Its issuer has suspended it, as of {at:.0}.");
            checks.failed("status-suspended", pointer, says).with_fetched(url, fetched).with("index", index);
            (Current::Suspended { reason: None }, at)
        }
        Ok(false) => {
            let word = if *purpose == StatusPurpose::Revocation { "revoked" } else { "suspended" };
            let says = format!("It is not {word}, as of {at:.0}.");
            checks.passed(&format!("status-not-{word}"), pointer, says).with_fetched(url, fetched).with("index", index);
            (Current::Yes, at)
        }
    }
}

/// The list, once its own proof, dates and address hold, and the moment it stands for.
fn proved_list(
    text: &str,
    url: &str,
    pointer: &str,
    document: &Document,
    fetched: &Fetched,
    ask: Ask,
    checks: &mut Checks,
) -> Option<(status::List, Timestamp)> {
    let list_document = match read(text) {
        Ok(list) if ask.depth < MOST_DEPTH => list,
        Ok(_) => return None,
        Err(unread) => {
            checks.inconclusive(
                "status-list-unusable",
                pointer,
                format!("The status list cannot be read. {}", unread.says),
            );
            return None;
        }
    };
    let issuer = list_document.issuer().to_owned();
    let mut inner = Checks::default();
    let signed = judge(&list_document, &issuer, Purpose::Assertion, ask.deeper(), &mut inner);
    if signed.genuine != Genuine::Yes {
        let why = inner.0.last().map(|check| check.says.clone()).unwrap_or_default();
        let says = format!("The status list is not proved to be its issuer's, so it says nothing. {why}");
        checks.inconclusive("status-list-unproved", pointer, says).with_fetched(url, fetched);
        return None;
    }
    let list = match status::read_list(&list_document.value) {
        Ok(list) => list,
        Err(problem) => {
            checks.inconclusive("status-list-unusable", pointer, problem.says).with("problem", problem.code);
            return None;
        }
    };
    let brought = fetched.by == BroughtBy::Bundle;
    if !theirs_and_here(&list, &issuer, url, pointer, document, brought, checks) {
        return None;
    }
    let read = |keys: [&str; 2]| keys.iter().find_map(|key| list_document.value.get(*key)).and_then(moment);
    let claim = |claim: &str| list_document.jwt.as_ref().and_then(|jwt| jwt.time(claim));
    if let Some(until) = read(["validUntil", "expirationDate"]).or(claim("exp")).filter(|until| *until <= ask.now) {
        checks.inconclusive("status-list-expired", pointer, format!("The status list itself expired on {until:.0}."));
        return None;
    }
    let signed_at = signed.at.or(read(["validFrom", "issuanceDate"]));
    match (brought, signed_at) {
        (false, _) => Some((list, fetched.at)),
        (true, Some(at)) => Some((list, at)),
        (true, None) => {
            let says =
                "The status list that was brought along does not say when it was signed, so it could be of any age.";
            checks.inconclusive("status-undated", pointer, says);
            None
        }
    }
}

/// Whether the list is the issuer's own and belongs at its address. What the checker fetched from the very address
/// that the issuer signed may differ in both, with a warning; what was brought along may not.
fn theirs_and_here(
    list: &status::List,
    issuer: &str,
    url: &str,
    pointer: &str,
    document: &Document,
    brought: bool,
    checks: &mut Checks,
) -> bool {
    if issuer != document.issuer() {
        let says = format!("The status list is signed by {issuer}, not by the credential's issuer.");
        if brought {
            checks.inconclusive("status-list-other-issuer", pointer, says);
            return false;
        }
        checks.warned("status-list-other-issuer", pointer, says);
    }
    if list.id.as_deref().is_none_or(|id| id != url) {
        let says = format!("The status list says it is {}, not {url}.", list.id.as_deref().unwrap_or("nobody's"));
        if brought {
            checks.inconclusive("status-list-other-address", pointer, says);
            return false;
        }
        checks.warned("status-list-other-address", pointer, says);
    }
    true
}

fn fresh_enough(at: Timestamp, url: &str, pointer: &str, fetched: &Fetched, ask: Ask, checks: &mut Checks) -> bool {
    let age = ask.now.duration_since(at);
    if age > ask.policy.oldest_status {
        let hours = age.as_hours();
        let says = format!(
            "The status is of {at:.0}, {hours} hours old; at most {} hours are accepted.",
            ask.policy.oldest_status.as_hours()
        );
        checks.inconclusive("status-too-old", pointer, says).with_fetched(url, fetched);
        return false;
    }
    if age < -SKEW {
        let says = format!("The status says it is of {at:.0}, which is still to come.");
        checks.inconclusive("status-from-the-future", pointer, says).with_fetched(url, fetched);
        return false;
    }
    true
}

fn revocation_list(
    pointer: &str,
    url: &str,
    document: &Document,
    ask: Ask,
    checks: &mut Checks,
) -> (Current, Timestamp) {
    let unknown = (Current::CannotTell, ask.now);
    let (value, fetched) = match ask.json(url) {
        Ok(found) => found,
        Err(says) => {
            checks.inconclusive(
                "status-unreachable",
                pointer,
                format!("Whether it was taken back could not be found out. {says}"),
            );
            return unknown;
        }
    };
    if fetched.by == BroughtBy::Bundle {
        let says = "This kind of revocation list is not signed, so one that was brought along says nothing.";
        checks.inconclusive("status-list-unsigned", pointer, says).with_fetched(url, fetched);
        return unknown;
    }
    let revocations = match status::read_revocations(&value) {
        Ok(revocations) => revocations,
        Err(problem) => {
            checks.inconclusive("status-list-unusable", pointer, problem.says).with("problem", problem.code);
            return unknown;
        }
    };
    if !fresh_enough(fetched.at, url, pointer, fetched, ask, checks) {
        return (Current::CannotTell, fetched.at);
    }
    if let Some(theirs) = revocations.issuer.as_deref().filter(|theirs| *theirs != document.issuer()) {
        let says = format!("The revocation list says it is {theirs}'s, not the issuer's.");
        checks.warned("status-list-other-issuer", pointer, says);
    }
    let Some(id) = document.value.get("id").and_then(Value::as_str) else {
        checks.inconclusive(
            "status-entry-damaged",
            "/id",
            "Without an id it cannot be looked up in the revocation list.",
        );
        return unknown;
    };
    match revocations.find(id) {
        Some(revoked) => {
            let because =
                revoked.reason.as_ref().map(|reason| format!(" The reason given: {reason}")).unwrap_or_default();
            let says = format!("Its issuer has revoked it, as of {:.0}.{because}", fetched.at);
            checks.failed("status-revoked", pointer, says).with_fetched(url, fetched);
            (Current::Revoked { reason: revoked.reason.clone() }, fetched.at)
        }
        None => {
            let says = format!("It is not revoked, as of {:.0}.", fetched.at);
            checks.passed("status-not-revoked", pointer, says).with_fetched(url, fetched);
            (Current::Yes, fetched.at)
        }
    }
}
