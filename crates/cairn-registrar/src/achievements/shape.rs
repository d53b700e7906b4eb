//! What credentials carry of a definition: its Open Badges 3.0 Achievement.
//!
//! What the standard has a member for goes there; workload, validity and what must be held before have none and are
//! sentences of `criteria.narrative`, where everybody reads them and the signature covers them. An EQF level is an
//! alignment to the level's URI, as the European vocabularies name it.

use cairn_credential::facts::{Achievement, Alignment, Party, Related, ResultDescription, ResultFact};
use cairn_domain::definition::{Basis, Criterion, Definition};

/// The address of a version: its page, and the id of its Achievement in credentials.
pub fn achievement_url(base_url: &str, achievement_id: &str, version: impl std::fmt::Display) -> String {
    format!("{base_url}/achievements/{achievement_id}/{version}")
}

/// URI of a criterion's result description.
pub fn result_id(achievement_url: &str, criterion: &str) -> String {
    format!("{achievement_url}#result-{criterion}")
}

/// URI of a level of a criterion, by its place from 1.
pub fn level_id(achievement_url: &str, criterion: &str, place: usize) -> String {
    format!("{achievement_url}#level-{criterion}-{place}")
}

/// What a credential says of the level that was reached (or, without levels, that the criterion was met). `None` when
/// the definition has no such criterion or level, or needs a level and none is given.
pub fn result_of(
    definition: &Definition,
    achievement_url: &str,
    criterion: &str,
    level: Option<&str>,
) -> Option<ResultFact> {
    let one = definition.criteria.iter().find(|one| one.id == criterion)?;
    let achieved_level = match (level, one.levels.is_empty()) {
        (Some(level), false) => {
            let place = one.levels.iter().position(|name| name == level)? + 1;
            Some(level_id(achievement_url, criterion, place))
        }
        (None, true) => None,
        _ => return None,
    };
    Some(ResultFact {
        description: Some(result_id(achievement_url, criterion)),
        value: level.map(str::to_owned),
        achieved_level,
        status: Some("Completed".into()),
        meets_requirement: None,
    })
}

/// The Achievement of a version.
pub fn facts_of(
    definition: &Definition,
    base_url: &str,
    achievement_id: &str,
    number: u32,
    definer: Party,
) -> Achievement {
    let id = achievement_url(base_url, achievement_id, number);
    let credit = definition.credit.clone().unwrap_or_default();
    let judged = definition.basis == Basis::Mastery;
    let descriptions = definition.criteria.iter().filter(|_| judged).map(|one| result_description(&id, one));
    Achievement {
        name: definition.name.clone(),
        description: Some(definition.description.clone()),
        kind: Some(definition.kind.clone()),
        version: Some(number.to_string()),
        criteria: Some(narrative(definition)),
        criteria_url: Some(format!("{id}#criteria")),
        definer,
        alignments: alignments(definition, credit.eqf),
        result_descriptions: descriptions.collect(),
        tags: definition.tags.clone(),
        image: definition.picture.as_ref().map(|picture| format!("{base_url}/pictures/{}", picture.sha256)),
        image_caption: definition.picture.as_ref().map(|picture| picture.alt.clone()),
        language: Some(definition.language.clone()),
        credits: credit.ects,
        human_code: None,
        related: (number > 1)
            .then(|| Related {
                id: achievement_url(base_url, achievement_id, number - 1),
                version: Some((number - 1).to_string()),
            })
            .into_iter()
            .collect(),
        id,
    }
}

/// A criterion with levels is a `RubricCriterionLevel` with its required level; one without is met or not, which is
/// what `Status` says (Open Badges 3.0 §B.2.4).
fn result_description(achievement: &str, criterion: &Criterion) -> ResultDescription {
    let level = |place: usize| level_id(achievement, &criterion.id, place + 1);
    let required = criterion.required.as_ref();
    let place = required.and_then(|required| criterion.levels.iter().position(|level| level == required));
    let kind = if criterion.levels.is_empty() { "Status" } else { "RubricCriterionLevel" };
    ResultDescription {
        id: result_id(achievement, &criterion.id),
        name: one_line(&criterion.statement),
        kind: kind.into(),
        required_level: place.map(level),
        levels: criterion.levels.iter().enumerate().map(|(n, name)| (level(n), name.clone())).collect(),
        ..ResultDescription::default()
    }
}

fn alignments(definition: &Definition, eqf: Option<u8>) -> Vec<Alignment> {
    let given = definition.alignments.iter().map(|one| Alignment {
        url: one.url.clone(),
        name: one.name.clone(),
        code: one.code.clone(),
        framework: one.framework.clone(),
        kind: one.kind.clone(),
        pointer: String::new(),
    });
    let level = eqf.map(|level| Alignment {
        url: format!("http://data.europa.eu/snb/eqf/{level}"),
        name: format!("EQF level {level}"),
        code: Some(level.to_string()),
        framework: Some("European Qualifications Framework".into()),
        kind: None,
        pointer: String::new(),
    });
    let eqf_url = level.as_ref().map(|level| level.url.clone());
    given.filter(|one| Some(&one.url) != eqf_url.as_ref()).chain(level).collect()
}

/// The criteria in Markdown, and what else is promised that has no member of its own.
fn narrative(definition: &Definition) -> String {
    let mut text = String::from(match definition.basis {
        Basis::Mastery => "All of these are shown:\n\n",
        Basis::Participation => "For taking part; nothing was assessed.\n\n",
    });
    for criterion in &definition.criteria {
        text += &format!("- {}", one_line(&criterion.statement));
        if let Some(required) = &criterion.required {
            let levels = criterion.levels.join(", ");
            text += &format!(" Level required: {required} (levels: {levels}).");
        }
        text.push('\n');
    }
    let mut more = Vec::new();
    if let Some(hours) = definition.credit.as_ref().and_then(|credit| credit.hours) {
        more.push(format!("Workload: {hours} hours."));
    }
    if let Some(months) = definition.valid_months {
        more.push(format!("Valid for {months} months."));
    }
    if !definition.prerequisites.is_empty() {
        let names: Vec<String> = definition.prerequisites.iter().map(|one| one_line(&one.name)).collect();
        more.push(format!("To be held before: {}.", names.join("; ")));
    }
    if !more.is_empty() {
        text += &format!("\n{}\n", more.join(" "));
    }
    text
}

/// Without line breaks, so that it stays one item of a list.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
