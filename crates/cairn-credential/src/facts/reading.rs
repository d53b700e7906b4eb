//! From a credential's JSON to [`Facts`].

use jiff::Timestamp;
use serde_json::Value;

use super::*;
use crate::contexts;
use crate::did::many;
use crate::json::token;

/// Reads what a credential says. What is missing or of a wrong kind is left out; the structure checks say so.
pub(crate) fn read(credential: &Value, secured_by: Vec<String>, sha256: String) -> Facts {
    let subject_value = first(credential.get("credentialSubject"));
    let issuer = party(credential.get("issuer"));
    let achievement = subject_value
        .and_then(|subject| Some((subject, first(subject.get("achievement"))?)))
        .map(|(_, achievement)| read_achievement(achievement, &issuer, &achievement_pointer(credential)));
    let order = Order::of(credential, &secured_by);
    let results = subject_value
        .map(|subject| many(subject.get("result")))
        .unwrap_or_default()
        .into_iter()
        .map(|result| read_result(result, achievement.as_ref(), order))
        .collect();
    let name = text(credential.get("name"))
        .or_else(|| achievement.as_ref().map(|achievement| achievement.name.clone()))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "(no name)".into());
    Facts {
        id: string(credential.get("id")),
        types: types(credential),
        model: model(credential),
        secured_by,
        name,
        image: image(credential.get("image"))
            .or_else(|| subject_value.and_then(|subject| image(subject.get("image"))))
            .or_else(|| achievement.as_ref().and_then(|achievement| achievement.image.clone())),
        issuer,
        subject: subject_value.map(read_subject).unwrap_or(Subject { id: None, name: None, identifiers: Vec::new() }),
        achievement,
        results,
        evidence: read_evidence(credential),
        // VC 1.1 knows both names; where a credential uses both, the stricter one counts
        valid_from: dates(credential, &["validFrom", "issuanceDate"]).max(),
        valid_until: dates(credential, &["validUntil", "expirationDate"]).min(),
        awarded: dates(credential, &["awardedDate"]).next(),
        sha256,
    }
}

/// `type` as a list.
pub(crate) fn types(value: &Value) -> Vec<String> {
    many(value.get("type")).into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// An issuer, creator or endorser: an address alone or a profile.
pub(crate) fn party(value: Option<&Value>) -> Party {
    match value {
        Some(Value::String(id)) => Party { id: id.clone(), name: None, url: None },
        Some(object @ Value::Object(_)) => Party {
            id: string(object.get("id")).unwrap_or_default(),
            name: text(object.get("name")),
            url: string(object.get("url")),
        },
        _ => Party { id: String::new(), name: None, url: None },
    }
}

/// An XML Schema dateTimeStamp (with its offset).
pub(crate) fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn dates(credential: &Value, names: &[&str]) -> impl Iterator<Item = Timestamp> {
    names.iter().filter_map(|name| credential.get(*name)).filter_map(moment)
}

fn model(credential: &Value) -> Model {
    let first = many(credential.get("@context")).into_iter().next().and_then(Value::as_str);
    match first {
        Some(contexts::VC_V1) => Model::Vc11,
        Some(_) => Model::Vc20,
        None if credential.get("issuanceDate").is_some() => Model::Vc11,
        None => Model::Vc20,
    }
}

fn achievement_pointer(credential: &Value) -> String {
    let subject = match credential.get("credentialSubject") {
        Some(Value::Array(_)) => "/credentialSubject/0",
        _ => "/credentialSubject",
    };
    match first(credential.get("credentialSubject")).and_then(|subject| subject.get("achievement")) {
        Some(Value::Array(_)) => format!("{subject}/achievement/0"),
        _ => format!("{subject}/achievement"),
    }
}

/// Which orders are part of what was signed. A proof over statements covers the order of an array only where the
/// context makes it a list; a proof over bytes covers all of them.
#[derive(Clone, Copy)]
struct Order {
    allowed_values: bool,
    levels: bool,
}

impl Order {
    fn of(credential: &Value, secured_by: &[String]) -> Order {
        let statements = secured_by.iter().any(|suite| suite != "eddsa-jcs-2022" && suite.contains("20"));
        let lists = |term: &str| {
            let mut badges = many(credential.get("@context"))
                .into_iter()
                .filter_map(Value::as_str)
                .filter(|url| contexts::is_open_badges(url));
            !statements || badges.all(|url| contexts::find(url).is_some_and(|context| is_a_list(context, term)))
        };
        Order { allowed_values: lists("allowedValue"), levels: lists("rubricCriterionLevel") }
    }
}

fn is_a_list(context: &str, term: &str) -> bool {
    let definition = context.split_once(&format!("\"{term}\"")).and_then(|(_, rest)| rest.split_once('}'));
    definition.is_some_and(|(definition, _)| definition.contains("@list"))
}

fn read_subject(subject: &Value) -> Subject {
    let identifiers: Vec<Identifier> = many(subject.get("identifier"))
        .into_iter()
        .filter(|identifier| identifier.is_object())
        .map(|identifier| Identifier {
            kind: string(identifier.get("identityType")).unwrap_or_default(),
            value: string(identifier.get("identityHash")).unwrap_or_default(),
            hashed: match identifier.get("hashed") {
                Some(Value::Bool(hashed)) => *hashed,
                Some(Value::String(hashed)) => hashed == "true",
                _ => false,
            },
            salt: string(identifier.get("salt")),
        })
        .collect();
    let named = identifiers.iter().find(|identifier| !identifier.hashed && identifier.kind == "name");
    Subject {
        id: string(subject.get("id")),
        name: text(subject.get("name")).or_else(|| named.map(|identifier| identifier.value.clone())),
        identifiers,
    }
}

fn read_achievement(achievement: &Value, issuer: &Party, pointer: &str) -> Achievement {
    let criteria = first(achievement.get("criteria"));
    Achievement {
        id: string(achievement.get("id")).unwrap_or_default(),
        name: text(achievement.get("name")).unwrap_or_default(),
        description: text(achievement.get("description")),
        kind: first(achievement.get("achievementType")).and_then(Value::as_str).map(str::to_owned),
        version: string(achievement.get("version")),
        criteria: criteria.and_then(|criteria| text(criteria.get("narrative"))),
        criteria_url: criteria.and_then(|criteria| match criteria {
            Value::String(url) => Some(url.clone()),
            object => string(object.get("id")),
        }),
        definer: match achievement.get("creator") {
            None | Some(Value::Null) => issuer.clone(),
            creator => party(creator),
        },
        alignments: alignments(achievement, pointer),
        result_descriptions: many(achievement.get("resultDescription"))
            .into_iter()
            .map(read_result_description)
            .collect(),
        tags: many(achievement.get("tag")).into_iter().filter_map(|tag| text(Some(tag))).collect(),
        image: image(achievement.get("image")),
        image_caption: first(achievement.get("image")).and_then(|image| text(image.get("caption"))),
        language: string(achievement.get("inLanguage")),
        credits: achievement.get("creditsAvailable").and_then(Value::as_f64),
        human_code: string(achievement.get("humanCode")),
        related: many(achievement.get("related"))
            .into_iter()
            .filter_map(|one| Some(Related { id: string(one.get("id"))?, version: string(one.get("version")) }))
            .collect(),
    }
}

fn alignments(achievement: &Value, pointer: &str) -> Vec<Alignment> {
    // VC 1.1 badges write `alignment` too; some early ones `alignments`
    let key = if achievement.get("alignment").is_some() { "alignment" } else { "alignments" };
    let several = matches!(achievement.get(key), Some(Value::Array(_)));
    many(achievement.get(key))
        .into_iter()
        .enumerate()
        .filter_map(|(i, alignment)| {
            Some(Alignment {
                url: string(alignment.get("targetUrl"))?,
                name: text(alignment.get("targetName")).unwrap_or_default(),
                code: string(alignment.get("targetCode")),
                framework: text(alignment.get("targetFramework")),
                kind: string(alignment.get("targetType")),
                pointer: if several {
                    format!("{pointer}/{}/{i}", token(key))
                } else {
                    format!("{pointer}/{}", token(key))
                },
            })
        })
        .collect()
}

fn read_result_description(description: &Value) -> ResultDescription {
    ResultDescription {
        id: string(description.get("id")).unwrap_or_default(),
        name: text(description.get("name")).unwrap_or_default(),
        kind: string(description.get("resultType")).unwrap_or_default(),
        required_level: string(description.get("requiredLevel")),
        required_value: scalar(description.get("requiredValue")),
        levels: many(description.get("rubricCriterionLevel"))
            .into_iter()
            .map(|level| (string(level.get("id")).unwrap_or_default(), text(level.get("name")).unwrap_or_default()))
            .collect(),
        allowed_values: many(description.get("allowedValue"))
            .into_iter()
            .filter_map(|value| scalar(Some(value)))
            .collect(),
    }
}

fn read_result(result: &Value, achievement: Option<&Achievement>, order: Order) -> ResultFact {
    let mut fact = ResultFact {
        description: string(result.get("resultDescription")),
        value: scalar(result.get("value")),
        achieved_level: string(result.get("achievedLevel")),
        status: string(result.get("status")),
        meets_requirement: None,
    };
    let description = achievement.and_then(|achievement| {
        let mut found = achievement.result_descriptions.iter().filter(|one| Some(&one.id) == fact.description.as_ref());
        found.next().filter(|_| found.next().is_none())
    });
    // whatever is required, nothing is met by what is not completed (OB 3.0 §B.1.16, ResultStatusType)
    let unfinished = many(result.get("status")).into_iter().any(|status| !status.is_null() && status != "Completed");
    fact.meets_requirement =
        if unfinished { Some(false) } else { description.and_then(|description| meets(&fact, description, order)) };
    fact
}

/// Whether a result meets what its description requires. A level or value meets the required one when it stands
/// at the same place or later in the description's order, or, for numbers, is at least as great.
fn meets(result: &ResultFact, description: &ResultDescription, order: Order) -> Option<bool> {
    if let Some(required) = &description.required_level {
        let achieved = result.achieved_level.as_ref()?;
        if achieved == required {
            return Some(true);
        }
        let place = |level: &String| description.levels.iter().position(|(id, _)| id == level);
        let known = place(achieved).zip(place(required));
        return known.filter(|_| order.levels).map(|(achieved, required)| achieved >= required);
    }
    let required = description.required_value.as_ref()?;
    let achieved = result.value.as_ref()?;
    if achieved == required {
        return Some(true);
    }
    if !description.allowed_values.is_empty() {
        let place = |value: &String| description.allowed_values.iter().position(|allowed| allowed == value);
        let known = place(achieved).zip(place(required));
        return known.filter(|_| order.allowed_values).map(|(achieved, required)| achieved >= required);
    }
    let number = |text: &str| text.trim().trim_end_matches('%').trim().parse::<f64>().ok().filter(|n| n.is_finite());
    number(achieved).zip(number(required)).map(|(achieved, required)| achieved >= required)
}

fn read_evidence(credential: &Value) -> Vec<EvidenceFact> {
    many(credential.get("evidence"))
        .into_iter()
        .map(|evidence| match evidence {
            Value::String(url) => EvidenceFact { url: Some(url.clone()), name: None, narrative: None, digest: None },
            object => EvidenceFact {
                url: string(object.get("id")),
                name: text(object.get("name")),
                narrative: text(object.get("narrative")),
                digest: string(object.get("digestSRI")).or_else(|| string(object.get("digestMultibase"))),
            },
        })
        .collect()
}

fn image(value: Option<&Value>) -> Option<String> {
    let url = match first(value)? {
        Value::String(url) => url.clone(),
        object => string(object.get("id"))?,
    };
    (url.starts_with("https://") || url.starts_with("data:image/")).then_some(url)
}

fn first(value: Option<&Value>) -> Option<&Value> {
    many(value).into_iter().next()
}

fn string(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

/// A text that may be given in languages: plain, `{"@value": …}`, or several of these (English preferred).
fn text(value: Option<&Value>) -> Option<String> {
    let value = value?;
    let items = many(Some(value));
    let language = |item: &&&Value| {
        item.get("@language").and_then(Value::as_str).is_some_and(|tag| tag.to_ascii_lowercase().starts_with("en"))
    };
    let chosen = items.iter().find(language).or(items.first())?;
    match chosen {
        Value::String(text) => Some(text.clone()),
        object => string(object.get("@value")),
    }
}

/// A text, number or truth value as text.
fn scalar(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn badge(context: &str, description: Value, result: Value) -> Facts {
        let credential = json!({
            "@context": [contexts::VC_V2, context],
            "credentialSubject": {
                "achievement": {"id": "urn:a", "name": "A", "resultDescription": [description]},
                "result": [result],
            },
        });
        read(&credential, vec!["eddsa-rdfc-2022".into()], String::new())
    }

    #[test]
    fn results_are_compared_only_where_an_order_is_signed() {
        let grades = json!({"id": "urn:r", "allowedValue": ["D", "C", "B", "A"], "requiredValue": "C"});
        let result = |value: &str| json!({"resultDescription": "urn:r", "value": value});
        let newer = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
        let older = "https://purl.imsglobal.org/spec/ob/v3p0/context.json";
        assert_eq!(badge(newer, grades.clone(), result("B")).results[0].meets_requirement, Some(true));
        assert_eq!(badge(newer, grades.clone(), result("D")).results[0].meets_requirement, Some(false));
        assert_eq!(badge(newer, grades.clone(), result("Z")).results[0].meets_requirement, None);
        assert_eq!(badge(older, grades.clone(), result("B")).results[0].meets_requirement, None);
        assert_eq!(badge(older, grades, result("C")).results[0].meets_requirement, Some(true));
        let percent = json!({"id": "urn:r", "requiredValue": "70"});
        assert_eq!(badge(newer, percent.clone(), result("9")).results[0].meets_requirement, Some(false));
        assert_eq!(badge(newer, percent, result("85%")).results[0].meets_requirement, Some(true));
    }

    #[test]
    fn a_result_that_is_not_completed_meets_nothing() {
        let newer = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
        let percent = json!({"id": "urn:r", "requiredValue": "70"});
        for status in ["Failed", "InProgress", "Enrolled", "OnHold", "Withdrew", "Provisional", "failed", "x"] {
            for description in ["urn:r", "urn:elsewhere"] {
                let result = json!({"resultDescription": description, "value": "90", "status": status});
                let facts = badge(newer, percent.clone(), result);
                assert_eq!(facts.results[0].meets_requirement, Some(false), "{status} {description}");
            }
            let alone = badge(newer, percent.clone(), json!({"status": status}));
            assert_eq!(alone.results[0].meets_requirement, Some(false), "{status}");
        }
        let completed = json!({"resultDescription": "urn:r", "value": "90", "status": "Completed"});
        assert_eq!(badge(newer, percent.clone(), completed).results[0].meets_requirement, Some(true));
        assert_eq!(badge(newer, percent, json!({"status": "Completed"})).results[0].meets_requirement, None);
    }

    #[test]
    fn the_definer_is_the_issuer_unless_somebody_else_is_named() {
        let credential = json!({
            "issuer": {"id": "did:x:1", "name": "Issuer"},
            "credentialSubject": {"achievement": {"creator": {"id": "did:x:2", "name": "Definer"}}},
        });
        let facts = read(&credential, Vec::new(), String::new());
        assert_eq!(facts.achievement.unwrap().definer.id, "did:x:2");
    }
}
