//! Definitions and what changed between them, as pages show them.

use cairn_domain::definition::{Basis, Change, Criterion, Definition, Diff, in_words};
use cairn_registrar::pictures::kind_in_words;

use crate::web::words;

/// A definition in words.
#[derive(Debug, Clone)]
pub struct DefinitionView {
    /// Its paragraphs.
    pub description: Vec<String>,
    /// Kind in words.
    pub kind: String,
    /// Whether mastery is shown.
    pub mastery: bool,
    /// Its criteria.
    pub criteria: Vec<CriterionView>,
    /// Facts beside it: label and words.
    pub facts: Vec<(&'static str, String)>,
    /// What it aligns to.
    pub alignments: Vec<AlignmentView>,
    /// What must be held before: name, and an address where it has one that can be followed.
    pub prerequisites: Vec<(String, Option<String>)>,
    /// Evidence that is wanted: sentence, and whether it must be there.
    pub evidence: Vec<(String, bool)>,
    /// Tags.
    pub tags: Vec<String>,
    /// Address of its picture.
    pub picture: Option<String>,
    /// What is on it.
    pub alt: String,
    /// Language tag.
    pub language: String,
}

/// One criterion.
#[derive(Debug, Clone)]
pub struct CriterionView {
    /// Short name.
    pub id: String,
    /// Statement.
    pub statement: String,
    /// Levels from lowest to highest: name, and where it stands to the required one: `below`, `required`, `above`.
    pub levels: Vec<(String, &'static str)>,
}

/// One alignment.
#[derive(Debug, Clone)]
pub struct AlignmentView {
    /// Name.
    pub name: String,
    /// Address, where it can be followed.
    pub url: Option<String>,
    /// Code and framework.
    pub from: String,
}

impl DefinitionView {
    /// A definition in words.
    pub fn of(of: &Definition) -> DefinitionView {
        let mut facts = vec![("Kind", kind_in_words(&of.kind))];
        let credit = of.credit.clone().unwrap_or_default();
        facts.extend(credit.ects.map(|ects| ("Credit", format!("{ects} ECTS"))));
        facts.extend(credit.eqf.map(|level| ("Level", format!("EQF {level}"))));
        facts.extend(credit.hours.map(|hours| ("Work", format!("{hours} hours"))));
        facts.push(("Valid", of.valid_months.map_or("without end".into(), months)));
        DefinitionView {
            description: paragraphs(&of.description),
            kind: kind_in_words(&of.kind),
            mastery: of.basis == Basis::Mastery,
            criteria: of.criteria.iter().map(criterion).collect(),
            facts,
            alignments: of
                .alignments
                .iter()
                .map(|one| AlignmentView {
                    name: one.name.clone(),
                    url: words::web_address(&one.url),
                    from: [one.code.clone(), one.framework.clone()]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(" · "),
                })
                .collect(),
            prerequisites: of
                .prerequisites
                .iter()
                .map(|one| {
                    let here = !one.achievement.contains(':') && !one.achievement.is_empty();
                    let url = match here {
                        true => Some(format!("/achievements/{}", one.achievement)),
                        false => words::web_address(&one.achievement),
                    };
                    (one.name.clone(), url)
                })
                .collect(),
            evidence: of.evidence.iter().map(|one| (one.says.clone(), one.required)).collect(),
            tags: of.tags.clone(),
            picture: of
                .picture
                .as_ref()
                .filter(|picture| !picture.sha256.is_empty())
                .map(|picture| format!("/pictures/{}", picture.sha256)),
            alt: of.picture.as_ref().map(|picture| picture.alt.clone()).unwrap_or_default(),
            language: of.language.clone(),
        }
    }
}

fn criterion(of: &Criterion) -> CriterionView {
    let at = of.required.as_ref().and_then(|required| of.levels.iter().position(|level| level == required));
    let stands = |n: usize| match at {
        Some(at) if n == at => "required",
        Some(at) if n > at => "above",
        _ => "below",
    };
    CriterionView {
        id: of.id.clone(),
        statement: of.statement.clone(),
        levels: of.levels.iter().enumerate().map(|(n, level)| (level.clone(), stands(n))).collect(),
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn months(months: u32) -> String {
    match (months / 12, months % 12) {
        (1, 0) => "for one year".into(),
        (years, 0) => format!("for {years} years"),
        (0, 1) => "for one month".into(),
        _ => format!("for {months} months"),
    }
}

/// What changed, as a page shows it.
#[derive(Debug, Clone)]
pub struct DiffView {
    /// In one sentence.
    pub says: String,
    /// Criteria of either.
    pub criteria: Vec<CriterionDiffView>,
    /// Other members: label, as it was, as it is.
    pub fields: Vec<(String, String, String)>,
}

/// What became of one criterion.
#[derive(Debug, Clone)]
pub struct CriterionDiffView {
    /// Class: `same`, `added`, `removed`, `changed`.
    pub class: &'static str,
    /// In a word.
    pub word: &'static str,
    /// Its statement when it stayed as it was.
    pub statement: String,
    /// As it was and as it is: label, old, new; old or new may be empty.
    pub changes: Vec<(&'static str, String, String)>,
}

impl DiffView {
    /// What changed, as a page shows it.
    pub fn of(diff: &Diff) -> DiffView {
        DiffView {
            says: diff.says(),
            criteria: diff.criteria.iter().map(criterion_diff).collect(),
            fields: diff
                .fields
                .iter()
                .map(|one| (capital(in_words(&one.field)), one.old.clone(), one.new.clone()))
                .collect(),
        }
    }
}

fn criterion_diff(of: &cairn_domain::definition::CriterionDiff) -> CriterionDiffView {
    let (class, word) = match of.change {
        Change::Same => ("same", "as it was"),
        Change::Added => ("added", "added"),
        Change::Removed => ("removed", "removed"),
        Change::Changed => ("changed", "changed"),
    };
    let side = |one: &Option<Criterion>, of: fn(&Criterion) -> String| one.as_ref().map(of).unwrap_or_default();
    type Part = (&'static str, fn(&Criterion) -> String);
    let parts: [Part; 3] = [
        ("What must be shown", |one| one.statement.clone()),
        ("Levels", |one| one.levels.join(" → ")),
        ("Level required", |one| one.required.clone().unwrap_or_default()),
    ];
    let changes = parts
        .into_iter()
        .map(|(label, words)| (label, side(&of.old, words), side(&of.new, words)))
        .filter(|(_, old, new)| old != new)
        .collect();
    let statement = side(&of.new.clone().or_else(|| of.old.clone()), |one| one.statement.clone());
    CriterionDiffView { class, word, statement, changes }
}

/// A JSON pointer as a person says it: `/criteria/0/statement` is `Criterion 1, statement`.
pub fn place(pointer: &str) -> String {
    let mut parts = pointer.split('/').skip(1);
    let member = parts.next().unwrap_or_default();
    let (number, rest) = (parts.next(), parts.next());
    let singular = match member {
        "criteria" => "criterion",
        "alignments" => "alignment",
        "prerequisites" => "prerequisite",
        "tags" => "tag",
        other => in_words(other),
    };
    let words = match (number.and_then(|n| n.parse::<usize>().ok()), number, rest) {
        (Some(n), _, Some(rest)) => format!("{singular} {}, {rest}", n + 1),
        (Some(n), _, None) => format!("{singular} {}", n + 1),
        (None, Some(part), _) => format!("{}, {part}", in_words(member)),
        (None, None, _) => in_words(member).to_owned(),
    };
    capital(&words)
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
