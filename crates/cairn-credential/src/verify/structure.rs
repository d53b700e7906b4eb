//! Whether it has the shape that Open Badges 3.0 and the VC Data Model ask for. A wrong shape warns: what was
//! signed was signed. Only what makes it no credential at all stops the verdict.

use serde_json::Value;

use super::asked::Checks;
use super::document::Document;
use crate::contexts;
use crate::did::many;
use crate::facts::types;
use crate::json::token;
use crate::verdict::Outcome;

/// Checks the shape. False when the document is no credential at all.
pub(super) fn check(document: &Document, checks: &mut Checks) -> bool {
    let before = checks.0.len();
    let value = &document.value;
    let is_credential = base(document, checks);
    badge_type(value, checks);
    if is_badge(value) {
        badge(value, checks);
    }
    evidence(value, checks);
    if is_credential && !checks.0[before..].iter().any(|check| check.outcome != Outcome::Passed) {
        checks.passed("structure-valid", "", "It has the shape its standard asks for.");
    }
    is_credential
}

fn base(document: &Document, checks: &mut Checks) -> bool {
    let value = &document.value;
    let mut good = true;
    let first = many(value.get("@context")).into_iter().next().and_then(Value::as_str);
    match first {
        Some(contexts::VC_V1 | contexts::VC_V2) => {}
        Some(other) => {
            let says = format!("The first context is {other}, not that of verifiable credentials.");
            checks.failed("context-missing", "/@context", says);
            good = false;
        }
        None => {
            checks.failed("context-missing", "/@context", "It names no context, so its terms have no meaning.");
            good = false;
        }
    }
    if !types(value).iter().any(|kind| kind == "VerifiableCredential") {
        checks.failed("type-missing", "/type", "It does not say that it is a VerifiableCredential.");
        good = false;
    }
    if document.issuer().is_empty() {
        checks.failed("issuer-missing", "/issuer", "It does not say who issued it.");
        good = false;
    }
    if many(value.get("credentialSubject")).is_empty() {
        checks.failed("subject-missing", "/credentialSubject", "It says nothing about anybody.");
        good = false;
    }
    if many(value.get("credentialSubject")).len() > 1 {
        let says = "It speaks of several subjects; only the first is shown and compared.";
        checks.warned("subjects-several", "/credentialSubject", says);
    }
    if value.get("id").is_some_and(|id| !id.as_str().is_some_and(|id| id.contains(':'))) {
        checks.warned("id-malformed", "/id", "Its id is no address.");
    }
    if ["validFrom", "issuanceDate"].iter().all(|key| value.get(*key).is_none()) {
        checks.warned("date-missing", "/validFrom", "It does not say from when it is valid.");
    }
    good
}

/// Whether it says that it is an Open Badges 3.0 credential.
fn is_badge(value: &Value) -> bool {
    let badge = ["OpenBadgeCredential", "AchievementCredential"];
    types(value).iter().any(|kind| badge.contains(&kind.as_str()))
        || many(value.get("credentialSubject")).iter().any(|subject| subject.get("achievement").is_some())
}

/// What names the Open Badges context or holds an achievement has to say which of its kinds it is.
fn badge_type(value: &Value, checks: &mut Checks) {
    let kinds = ["OpenBadgeCredential", "AchievementCredential", "EndorsementCredential", "ClrCredential"];
    if (is_badge(value) || names_badges(value)) && !types(value).iter().any(|kind| kinds.contains(&kind.as_str())) {
        let says = "It names the Open Badges context but does not say that it is an OpenBadgeCredential.";
        checks.warned("type-missing", "/type", says);
    }
}

fn names_badges(value: &Value) -> bool {
    many(value.get("@context")).iter().any(|context| context.as_str().is_some_and(contexts::is_open_badges))
}

fn badge(value: &Value, checks: &mut Checks) {
    if !names_badges(value) {
        checks.warned(
            "context-badge-missing",
            "/@context",
            "It says it is a badge but does not name the Open Badges context.",
        );
    }
    if value.get("id").is_none() {
        checks.warned("id-missing", "/id", "It has no id, which Open Badges 3.0 requires.");
    }
    profile(value.get("issuer"), "/issuer", checks);
    each(value, "", "credentialSubject", checks, &|subject, pointer, checks| {
        typed(subject, "AchievementSubject", pointer, checks);
        if subject.get("id").is_none() && many(subject.get("identifier")).is_empty() {
            let says = "Its subject has neither an id nor an identifier, so it cannot be tied to anybody.";
            checks.warned("subject-unnamed", pointer, says);
        }
        each(subject, pointer, "identifier", checks, &|identifier, pointer, checks| {
            typed(identifier, "IdentityObject", pointer, checks);
        });
        profile(subject.get("source"), &format!("{pointer}/source"), checks);
        each(subject, pointer, "result", checks, &|result, pointer, checks| {
            typed(result, "Result", pointer, checks);
        });
        if subject.get("achievement").is_none() {
            checks.warned(
                "achievement-missing",
                &format!("{pointer}/achievement"),
                "It does not say what was achieved.",
            );
        }
        each(subject, pointer, "achievement", checks, &achievement);
    });
}

fn achievement(achievement: &Value, pointer: &str, checks: &mut Checks) {
    typed(achievement, "Achievement", pointer, checks);
    for key in ["id", "name", "description", "criteria"] {
        if achievement.get(key).is_none() {
            let says = format!("The achievement has no {key}, which Open Badges 3.0 requires.");
            checks.warned("achievement-incomplete", &format!("{pointer}/{key}"), says);
        }
    }
    profile(achievement.get("creator"), &format!("{pointer}/creator"), checks);
    each(achievement, pointer, "alignment", checks, &|alignment, pointer, checks| {
        typed(alignment, "Alignment", pointer, checks);
    });
    each(achievement, pointer, "resultDescription", checks, &|description, pointer, checks| {
        typed(description, "ResultDescription", pointer, checks);
    });
}

fn profile(value: Option<&Value>, pointer: &str, checks: &mut Checks) {
    let Some(profile @ Value::Object(_)) = value else { return };
    typed(profile, "Profile", pointer, checks);
    if profile.get("id").is_none() {
        checks.warned("profile-unnamed", pointer, "A profile has no id.");
    }
    each(profile, pointer, "otherIdentifier", checks, &|identifier, pointer, checks| {
        typed(identifier, "IdentifierEntry", pointer, checks);
    });
    self::profile(profile.get("parentOrg"), &format!("{pointer}/parentOrg"), checks);
}

fn evidence(value: &Value, checks: &mut Checks) {
    each(value, "", "evidence", checks, &|evidence, pointer, checks| {
        typed(evidence, "Evidence", pointer, checks);
    });
}

fn each(value: &Value, pointer: &str, key: &str, checks: &mut Checks, then: &dyn Fn(&Value, &str, &mut Checks)) {
    let several = matches!(value.get(key), Some(Value::Array(_)));
    for (i, item) in many(value.get(key)).into_iter().enumerate().filter(|(_, item)| item.is_object()) {
        let place = if several { format!("{pointer}/{}/{i}", token(key)) } else { format!("{pointer}/{}", token(key)) };
        then(item, &place, checks);
    }
}

fn typed(value: &Value, kind: &str, pointer: &str, checks: &mut Checks) {
    if !types(value).iter().any(|theirs| theirs == kind) {
        checks.warned(
            "type-missing",
            &format!("{pointer}/type"),
            format!("This does not say that it is of the type {kind}."),
        );
    }
}
