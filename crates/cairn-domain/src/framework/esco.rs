//! The ESCO classification as the Commission publishes it: CSV files of one language, in a folder or one by one.
//!
//! Read one after the other and row by row; of what was read, nothing is kept. The crosswalk to O*NET gives crosswalks.

use serde_json::{Map, Value};

use super::onet::occupation_uri;
use super::table::Rows;
use super::{
    Crosswalk, Entries, Entry, Framework, Item, Kind, Part, Reading, Relation, Told, Unreadable, association, uuid_of,
};

/// The files that are read, in this order, by the beginning of their names.
pub const FILES: [&str; 10] = [
    "skillGroups_",
    "skills_",
    "ISCOGroups_",
    "occupations_",
    "skillsHierarchy_",
    "broaderRelationsSkillPillar",
    "broaderRelationsOccPillar",
    "occupationSkillRelations",
    "skillSkillRelations",
    "crosswalk_esco_onet",
];

/// Reads ESCO from its files; those that are not known are passed over.
pub fn read(parts: Vec<Part>, told: &Told) -> Result<Reading, Unreadable> {
    let mut known: Vec<(usize, Part)> = Vec::new();
    for part in parts {
        let name = part.name.to_lowercase();
        if let Some(at) = FILES.iter().position(|file| name.starts_with(&file.to_lowercase())) {
            known.push((at, part));
        }
    }
    if known.is_empty() {
        let says = format!("None of the files of ESCO is here. They are named {}….csv.", FILES.join("….csv, "));
        return Err(Unreadable::at("folder", says));
    }
    known.sort_by_key(|(at, _)| *at);
    let language =
        known.iter().find_map(|(_, part)| Some(part.name.rsplit_once('.')?.0.rsplit_once('_')?.1.to_owned()));
    let Some(version) = told.version.clone() else {
        return Err(Unreadable::at("folder", "The files of ESCO do not say their version. Say it: --version 1.2.0"));
    };
    let framework = told.over(Framework {
        uri: "http://data.europa.eu/esco/model".into(),
        kind: Kind::Esco,
        title: "ESCO".into(),
        version,
        publisher: Some("European Commission".into()),
        licence: Some(
            "Reuse with attribution: This service uses the ESCO classification of the European Commission.".into(),
        ),
        language: language.filter(|language| language.len() == 2),
        about: Map::new(),
    });
    // the hierarchy is told twice; the file of relations is the complete one
    let has_relations = known.iter().any(|(at, _)| FILES[*at] == "broaderRelationsSkillPillar");
    let known = known.into_iter().filter(move |(at, _)| !(has_relations && FILES[*at] == "skillsHierarchy_"));
    let entries: Entries = Box::new(known.flat_map(|(at, part)| file(FILES[at], part)));
    Ok(Reading { framework, entries })
}

/// What a row gives.
type Row = fn(&Rows, &csv::StringRecord) -> Result<Vec<Entry>, String>;

fn file(which: &'static str, part: Part) -> Entries {
    let lines = if which.starts_with("crosswalk") { PREAMBLE } else { 0 };
    let (columns, row): (&[&str], Row) = match which {
        "skillGroups_" | "ISCOGroups_" => (&["concepturi", "preferredlabel", "code"], group),
        "skills_" => (&["concepturi", "preferredlabel", "skilltype"], skill),
        "occupations_" => (&["concepturi", "preferredlabel", "code"], occupation),
        "skillsHierarchy_" => (&["level 0 uri", "level 1 uri"], hierarchy),
        "occupationSkillRelations" => (&["occupationuri", "relationtype", "skilluri"], occupation_skill),
        "skillSkillRelations" => (&["originalskilluri", "relationtype", "relatedskilluri"], skill_skill),
        "crosswalk_esco_onet" => (&["o*net id", "esco or isco uri", "type of match"], crosswalk),
        _ => (&["concepturi", "broaderuri"], broader),
    };
    let mut rows = match Rows::after(part, lines).and_then(|rows| rows.need(columns).map(|()| rows)) {
        Ok(rows) => rows,
        Err(unreadable) => return Box::new(std::iter::once(Err(unreadable))),
    };
    Box::new(
        std::iter::from_fn(move || {
            rows.next().map(|read| (read, &rows)).map(|(read, rows)| {
                let (line, record) = read?;
                row(rows, &record).map_err(|says| Unreadable::at(format!("{which}….csv, line {line}"), says))
            })
        })
        .flat_map(|read| match read {
            Ok(entries) => entries.into_iter().map(Ok).collect(),
            Err(unreadable) => vec![Err(unreadable)],
        }),
    )
}

/// Lines of the crosswalk's file before its heading: what the project is called, versions, two empty ones.
const PREAMBLE: usize = 16;

fn need(rows: &Rows, record: &csv::StringRecord, column: &str) -> Result<String, String> {
    rows.cell(record, column).ok_or_else(|| format!("The column “{column}” is empty."))
}

fn concept(rows: &Rows, record: &csv::StringRecord, kind: Option<String>, kept: &[&str]) -> Result<Vec<Entry>, String> {
    let uri = need(rows, record, "concepturi")?;
    let statement = need(rows, record, "preferredlabel")?;
    let labels = [rows.cell(record, "altlabels"), rows.cell(record, "hiddenlabels")];
    let mut other_labels: Vec<String> = Vec::new();
    for label in labels.iter().flatten().flat_map(|labels| labels.split(['\n', '|'])) {
        let label = label.trim();
        if !label.is_empty() && label != statement && !other_labels.iter().any(|other| other == label) {
            other_labels.push(label.to_owned());
        }
    }
    let mut about = Map::new();
    for column in kept {
        if let Some(cell) = rows.cell(record, column) {
            about.insert((*column).into(), Value::String(cell));
        }
    }
    let code = rows.cell(record, "code");
    Ok(vec![Entry::Item(Item { id: uuid_of(&uri), uri, code, statement, kind, level: None, other_labels, about })])
}

fn skill(rows: &Rows, record: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    let kind = rows.cell(record, "skilltype");
    concept(rows, record, kind, &["description", "reuselevel", "status", "scopenote", "definition"])
}

fn group(rows: &Rows, record: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    let isco = rows.cell(record, "concepttype").is_some_and(|concept| concept == "ISCOGroup");
    let kind = if isco { "ISCO group" } else { "skill group" };
    concept(rows, record, Some(kind.into()), &["description", "status", "scopenote"])
}

fn occupation(rows: &Rows, record: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    concept(rows, record, Some("occupation".into()), &["description", "iscogroup", "status", "scopenote", "definition"])
}

fn broader(rows: &Rows, record: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    let (child, parent) = (need(rows, record, "concepturi")?, need(rows, record, "broaderuri")?);
    Ok(vec![Entry::Association(association("isChildOf", &child, &parent))])
}

/// A row names a path from the top; its last two stand one under the other.
fn hierarchy(rows: &Rows, record: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    let path: Vec<String> = (0..4).filter_map(|level| rows.cell(record, &format!("level {level} uri"))).collect();
    let [.., parent, child] = path.as_slice() else { return Ok(Vec::new()) };
    Ok(vec![Entry::Association(association("isChildOf", child, parent))])
}

fn occupation_skill(rows: &Rows, record: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    let (occupation, skill) = (need(rows, record, "occupationuri")?, need(rows, record, "skilluri")?);
    let kind = relation_kind(&need(rows, record, "relationtype")?)?;
    Ok(vec![Entry::Association(association(kind, &occupation, &skill))])
}

fn skill_skill(rows: &Rows, record: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    let (skill, related) = (need(rows, record, "originalskilluri")?, need(rows, record, "relatedskilluri")?);
    let kind = relation_kind(&need(rows, record, "relationtype")?)?;
    Ok(vec![Entry::Association(association(kind, &skill, &related))])
}

fn relation_kind(word: &str) -> Result<&'static str, String> {
    match word {
        "essential" => Ok("ext:essentialSkill"),
        "optional" => Ok("ext:optionalSkill"),
        other => Err(format!("“{other}” is neither essential nor optional.")),
    }
}

/// The file says what the O*NET occupation is to the ESCO one: `broadMatch` when it is broader.
fn crosswalk(rows: &Rows, record: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    let (onet, esco) = (need(rows, record, "o*net id")?, need(rows, record, "esco or isco uri")?);
    let relation = match need(rows, record, "type of match")?.as_str() {
        "exactMatch" | "exactISCO" => Relation::Exact,
        "broadMatch" => Relation::Broader,
        "narrowMatch" => Relation::Narrower,
        "closeMatch" => Relation::Related,
        other => return Err(format!("“{other}” is no type of match.")),
    };
    let basis = "ESCO–O*NET crosswalk of the ESCO Secretariat and the U.S. Department of Labor".into();
    let destination = occupation_uri(&onet);
    Ok(vec![Entry::Crosswalk(Crosswalk { origin: esco, destination, relation, confidence: None, basis })])
}

#[cfg(test)]
mod tests;
