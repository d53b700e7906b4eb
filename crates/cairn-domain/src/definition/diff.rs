//! What changed between two definitions: criterion by criterion, and in everything else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Basis, Credit, Criterion, Definition};

/// What changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diff {
    /// Every criterion of either, in the order of the new one; those that are gone come last.
    pub criteria: Vec<CriterionDiff>,
    /// Other members that changed.
    pub fields: Vec<FieldDiff>,
}

/// What became of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CriterionDiff {
    /// Its short name.
    pub id: String,
    /// What became of it.
    pub change: Change,
    /// As it was; absent when it is new.
    pub old: Option<Criterion>,
    /// As it is; absent when it is gone.
    pub new: Option<Criterion>,
    /// Which of its members changed: `statement`, `levels`, `required`.
    pub members: Vec<String>,
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It stayed as it was.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// A member that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldDiff {
    /// Its name in the definition, such as `description`.
    pub field: String,
    /// As it was, in words; empty when there was none.
    pub old: String,
    /// As it is, in words; empty when there is none.
    pub new: String,
}

impl Diff {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.criteria.iter().all(|one| one.change == Change::Same)
    }

    /// The criteria that are not as they were.
    pub fn changed_criteria(&self) -> impl Iterator<Item = &CriterionDiff> {
        self.criteria.iter().filter(|one| one.change != Change::Same)
    }

    /// In one sentence, such as `1 criterion added, 1 changed; description changed.`
    pub fn says(&self) -> String {
        let count = |change| self.criteria.iter().filter(|one| one.change == change).count();
        let counts = [(Change::Added, "added"), (Change::Changed, "changed"), (Change::Removed, "removed")];
        let mut parts = Vec::new();
        for (change, word) in counts {
            match count(change) {
                0 => {}
                n if parts.is_empty() => {
                    parts.push(format!("{n} {} {word}", if n == 1 { "criterion" } else { "criteria" }))
                }
                n => parts.push(format!("{n} {word}")),
            }
        }
        let mut said = parts.join(", ");
        if !self.fields.is_empty() {
            let fields: Vec<&str> = self.fields.iter().map(|one| in_words(&one.field)).collect();
            let joined = if said.is_empty() { "" } else { "; " };
            said = format!("{said}{joined}{} changed", fields.join(", "));
        }
        if said.is_empty() { "Nothing changed.".into() } else { format!("{said}.") }
    }
}

/// What changed from one definition to another.
pub fn diff(old: &Definition, new: &Definition) -> Diff {
    let mut criteria: Vec<CriterionDiff> = new.criteria.iter().map(|one| criterion(find(old, &one.id), one)).collect();
    for gone in old.criteria.iter().filter(|one| find(new, &one.id).is_none()) {
        criteria.push(CriterionDiff {
            id: gone.id.clone(),
            change: Change::Removed,
            old: Some(gone.clone()),
            new: None,
            members: Vec::new(),
        });
    }
    let mut fields = Vec::new();
    for (field, before, after) in sides(old, new) {
        if before != after {
            fields.push(FieldDiff { field: field.into(), old: before, new: after });
        }
    }
    let shared = |of: &Definition, other: &Definition| -> Vec<String> {
        of.criteria.iter().filter(|one| find(other, &one.id).is_some()).map(|one| one.id.clone()).collect()
    };
    let (before, after) = (shared(old, new), shared(new, old));
    if before != after {
        fields.push(FieldDiff { field: "order".into(), old: before.join(", "), new: after.join(", ") });
    }
    Diff { criteria, fields }
}

fn find<'a>(definition: &'a Definition, id: &str) -> Option<&'a Criterion> {
    definition.criteria.iter().find(|one| one.id == id)
}

fn criterion(old: Option<&Criterion>, new: &Criterion) -> CriterionDiff {
    let Some(before) = old else {
        let new = new.clone();
        return CriterionDiff {
            id: new.id.clone(),
            change: Change::Added,
            old: None,
            new: Some(new),
            members: Vec::new(),
        };
    };
    let members: Vec<String> = [
        ("statement", before.statement != new.statement),
        ("levels", before.levels != new.levels),
        ("required", before.required != new.required),
    ]
    .into_iter()
    .filter(|(_, changed)| *changed)
    .map(|(member, _)| member.into())
    .collect();
    let change = if members.is_empty() { Change::Same } else { Change::Changed };
    CriterionDiff { id: new.id.clone(), change, old: Some(before.clone()), new: Some(new.clone()), members }
}

/// Every member but the criteria, in words. Two definitions that differ in one of these differ in its words.
fn sides(old: &Definition, new: &Definition) -> Vec<(&'static str, String, String)> {
    type Part = (&'static str, fn(&Definition) -> String);
    let text: [Part; 12] = [
        ("name", |of| of.name.clone()),
        ("description", |of| of.description.clone()),
        ("kind", |of| of.kind.clone()),
        ("language", |of| of.language.clone()),
        ("basis", |of| if of.basis == Basis::Mastery { "mastery".into() } else { "participation".into() }),
        ("alignments", |of| lines(&of.alignments, alignment)),
        ("valid_months", |of| of.valid_months.map(|months| format!("{months} months")).unwrap_or_default()),
        ("credit", |of| of.credit.as_ref().map(credit).unwrap_or_default()),
        ("prerequisites", |of| lines(&of.prerequisites, |one| format!("{} ({})", one.name, one.achievement))),
        ("evidence", |of| {
            lines(&of.evidence, |one| {
                let must = if one.required { "required" } else { "if there is any" };
                format!("{}: {} ({must})", one.id, one.says)
            })
        }),
        ("tags", |of| of.tags.join(", ")),
        ("picture", |of| of.picture.as_ref().map(picture).unwrap_or_default()),
    ];
    text.into_iter().map(|(field, words)| (field, words(old), words(new))).collect()
}

fn lines<T>(all: &[T], words: impl Fn(&T) -> String) -> String {
    all.iter().map(words).collect::<Vec<_>>().join("\n")
}

fn alignment(one: &super::Aligned) -> String {
    let mut words = format!("{} ({})", one.name, one.url);
    for (label, value) in [("code", &one.code), ("framework", &one.framework), ("type", &one.kind)] {
        if let Some(value) = value {
            words += &format!(", {label} {value}");
        }
    }
    words
}

fn credit(credit: &Credit) -> String {
    let mut parts = Vec::new();
    if let Some(ects) = credit.ects {
        parts.push(format!("{ects} ECTS"));
    }
    if let Some(level) = credit.eqf {
        parts.push(format!("EQF level {level}"));
    }
    if let Some(hours) = credit.hours {
        parts.push(format!("{hours} hours"));
    }
    parts.join(", ")
}

fn picture(picture: &super::Picture) -> String {
    format!("{} ({})", picture.alt, picture.sha256.get(..12).unwrap_or(&picture.sha256))
}

/// A member's name as a person says it.
pub fn in_words(field: &str) -> &str {
    match field {
        "valid_months" => "validity",
        "order" => "order of the criteria",
        "evidence" => "evidence wanted",
        other => other,
    }
}
