//! From what is to be said to the JSON that says it.

use serde_json::{Map, Value, json};

use crate::contexts;
use crate::facts::{Achievement, Facts, Identifier, Party, ResultDescription};

/// An unsigned Open Badges 3.0 credential (VC 2.0) that says `facts`: the inverse of reading them. Sets are arrays
/// even with one member and nothing is empty, as the strict 1EdTech schema wants. `status` are
/// `credentialStatus` entries. What facts say about proofs, types and digests is left aside.
pub fn open_badge(facts: &Facts, status: &[Value]) -> Value {
    let mut badge = Object::default();
    badge.put("@context", json!([contexts::VC_V2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]));
    badge.text("id", &facts.id);
    badge.put("type", json!(["VerifiableCredential", "OpenBadgeCredential"]));
    badge.put("name", json!(facts.name));
    badge.image(&facts.image);
    badge.put("issuer", profile(&facts.issuer));
    for (key, time) in
        [("validFrom", facts.valid_from), ("validUntil", facts.valid_until), ("awardedDate", facts.awarded)]
    {
        badge.text(key, &time.map(|time| time.to_string()));
    }
    badge.put("credentialSubject", subject(facts));
    badge.list("evidence", &facts.evidence, |evidence| {
        let mut object = Object::default();
        object.text("id", &evidence.url);
        object.put("type", json!(["Evidence"]));
        object.text("name", &evidence.name);
        object.text("narrative", &evidence.narrative);
        let digest = evidence.digest.clone();
        let key = if digest.as_deref().is_some_and(|digest| digest.starts_with("sha")) {
            "digestSRI"
        } else {
            "digestMultibase"
        };
        object.text(key, &digest);
        object.done()
    });
    match status {
        [] => {}
        [one] => badge.put("credentialStatus", one.clone()),
        several => badge.put("credentialStatus", json!(several)),
    }
    badge.done()
}

fn subject(facts: &Facts) -> Value {
    let mut subject = Object::default();
    subject.text("id", &facts.subject.id);
    subject.put("type", json!(["AchievementSubject"]));
    subject.list("identifier", &facts.subject.identifiers, identifier);
    if let Some(of) = &facts.achievement {
        subject.put("achievement", achievement(of, &facts.issuer));
    }
    subject.list("result", &facts.results, |result| {
        let mut object = Object::default();
        object.put("type", json!(["Result"]));
        object.text("resultDescription", &result.description);
        object.text("value", &result.value);
        object.text("achievedLevel", &result.achieved_level);
        object.text("status", &result.status);
        object.done()
    });
    subject.done()
}

fn identifier(identifier: &Identifier) -> Value {
    let mut object = Object::default();
    object.put("type", json!("IdentityObject"));
    object.put("hashed", json!(identifier.hashed));
    object.put("identityHash", json!(identifier.value));
    object.put("identityType", json!(identifier.kind));
    object.text("salt", &identifier.salt);
    object.done()
}

/// The Open Badges 3.0 Achievement object, exactly as it stands in credentials. Its creator is named where that is
/// somebody other than the issuer.
pub fn achievement(achievement: &Achievement, issuer: &Party) -> Value {
    let mut object = Object::default();
    object.put("id", json!(achievement.id));
    object.put("type", json!(["Achievement"]));
    object.text("achievementType", &achievement.kind);
    object.put("name", json!(achievement.name));
    object.text("version", &achievement.version);
    object.put("description", json!(achievement.description.as_ref().unwrap_or(&achievement.name)));
    let mut criteria = Object::default();
    criteria.text("id", &achievement.criteria_url);
    criteria.text("narrative", &achievement.criteria);
    object.put("criteria", criteria.done());
    if achievement.definer.id != issuer.id && !achievement.definer.id.is_empty() {
        object.put("creator", profile(&achievement.definer));
    }
    object.text("inLanguage", &achievement.language);
    object.text("humanCode", &achievement.human_code);
    if let Some(credits) = achievement.credits {
        object.put("creditsAvailable", number(credits));
    }
    object.image(&achievement.image);
    if let (Some(caption), Some(image)) = (&achievement.image_caption, object.0.get_mut("image")) {
        image["caption"] = json!(caption);
    }
    object.list("alignment", &achievement.alignments, |alignment| {
        let mut object = Object::default();
        object.put("type", json!(["Alignment"]));
        object.put("targetName", json!(alignment.name));
        object.put("targetUrl", json!(alignment.url));
        object.text("targetCode", &alignment.code);
        object.text("targetFramework", &alignment.framework);
        object.text("targetType", &alignment.kind);
        object.done()
    });
    object.list("related", &achievement.related, |related| {
        let mut object = Object::default();
        object.put("id", json!(related.id));
        object.put("type", json!(["Related"]));
        object.text("version", &related.version);
        object.done()
    });
    object.list("resultDescription", &achievement.result_descriptions, result_description);
    object.list("tag", &achievement.tags, |tag| json!(tag));
    object.done()
}

/// A number as JSON writes it for everybody: whole ones without a fraction, since readers differ on `3.0`.
fn number(value: f64) -> Value {
    let whole = value.fract() == 0.0 && value.abs() < 1e15;
    if whole { json!(value as i64) } else { json!(value) }
}

fn result_description(description: &ResultDescription) -> Value {
    let mut object = Object::default();
    object.put("id", json!(description.id));
    object.put("type", json!(["ResultDescription"]));
    object.put("name", json!(description.name));
    object.put("resultType", json!(description.kind));
    object.text("requiredLevel", &description.required_level);
    object.text("requiredValue", &description.required_value);
    object.list("allowedValue", &description.allowed_values, |value| json!(value));
    object.list(
        "rubricCriterionLevel",
        &description.levels,
        |(id, name)| json!({"id": id, "type": ["RubricCriterionLevel"], "name": name}),
    );
    object.done()
}

fn profile(party: &Party) -> Value {
    let mut object = Object::default();
    object.put("id", json!(party.id));
    object.put("type", json!(["Profile"]));
    object.text("name", &party.name);
    object.text("url", &party.url);
    object.done()
}

/// A JSON object that leaves out what is absent.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key.into(), value);
    }

    fn text(&mut self, key: &str, value: &Option<String>) {
        if let Some(value) = value {
            self.put(key, json!(value));
        }
    }

    fn image(&mut self, url: &Option<String>) {
        if let Some(url) = url {
            self.put("image", json!({"id": url, "type": "Image"}));
        }
    }

    fn list<T>(&mut self, key: &str, items: &[T], each: impl Fn(&T) -> Value) {
        if !items.is_empty() {
            self.put(key, items.iter().map(each).collect());
        }
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}
