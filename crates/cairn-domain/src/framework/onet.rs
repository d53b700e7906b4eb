//! O*NET: tables with tabs between their columns, in a folder.
//!
//! Items are the content model's elements, occupations, and the named technologies with their commodities. Occupations
//! are associated with skills and knowledge (importance and level as O*NET gives them) and with technologies.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::table::{Rows, encoded};
use super::{
    Association, Entries, Entry, Framework, Item, Kind, Part, Reading, Told, Unreadable, association, uuid_of,
};

/// The tables that are read, in this order.
pub const FILES: [&str; 8] = [
    "Read Me",
    "Alternate Titles",
    "Content Model Reference",
    "Occupation Data",
    "Skills",
    "Knowledge",
    "Technology Skills",
    "Related Occupations",
];

/// The address of an occupation's page.
pub fn occupation_uri(code: &str) -> String {
    format!("https://www.onetonline.org/link/summary/{}", encoded(code))
}

fn element_uri(id: &str) -> String {
    format!("https://www.onetonline.org/find/descriptor/browse/{}", encoded(id))
}

/// The address of a technology's page, the same as alignments of badges name it.
fn technology_uri(name: &str) -> String {
    format!("https://www.onetonline.org/search/tech/example?e={}", encoded(name).replace("%20", "+"))
}

fn commodity_uri(code: &str) -> String {
    format!("https://www.onetonline.org/search/tech/commodity?c={}", encoded(code))
}

/// Reads O*NET from its tables; those that are not known are passed over.
pub fn read(parts: Vec<Part>, told: &Told) -> Result<Reading, Unreadable> {
    let mut tables: HashMap<&'static str, Part> = HashMap::new();
    for part in parts {
        let stem = part.name.rsplit_once('.').map_or(part.name.as_str(), |(stem, _)| stem);
        if let Some(file) = FILES.iter().find(|file| file.eq_ignore_ascii_case(stem)) {
            tables.insert(file, part);
        }
    }
    let stated = tables.remove("Read Me").and_then(version);
    if tables.is_empty() {
        let says = format!("None of the tables of O*NET is here. They are named {}.", FILES[1..].join(", "));
        return Err(Unreadable::at("folder", says));
    }
    let Some(version) = told.version.clone().or(stated) else {
        return Err(Unreadable::at("folder", "No Read Me says the version of O*NET. Say it: --version 29.2"));
    };
    let framework = told.over(Framework {
        uri: "https://www.onetcenter.org/database.html".into(),
        kind: Kind::Onet,
        title: "O*NET".into(),
        version,
        publisher: Some("U.S. Department of Labor, Employment and Training Administration".into()),
        licence: Some("https://creativecommons.org/licenses/by/4.0/".into()),
        language: Some("en".into()),
        about: Map::new(),
    });
    let mut titles = tables.remove("Alternate Titles").map(alternate_titles).transpose()?.unwrap_or_default();
    let mut take = |name: &str| tables.remove(name);
    let elements = take("Content Model Reference").map(|part| rows(part, &["element id", "element name"], element));
    let occupations = take("Occupation Data")
        .map(|part| rows(part, &["o*net-soc code", "title"], move |rows, row| occupation(rows, row, &mut titles)));
    let skills = take("Skills").map(|part| ratings(part, "ext:skill"));
    let knowledge = take("Knowledge").map(|part| ratings(part, "ext:knowledge"));
    let technologies = take("Technology Skills").map(|part| {
        let mut seen = HashSet::new();
        rows(part, &["o*net-soc code", "example"], move |rows, row| technology(rows, row, &mut seen))
    });
    let related = take("Related Occupations")
        .map(|part| rows(part, &["o*net-soc code", "related o*net-soc code"], related_occupation));
    let all = [elements, occupations, skills, knowledge, technologies, related];
    let entries: Entries = Box::new(all.into_iter().flatten().flatten());
    Ok(Reading { framework, entries })
}

/// `O*NET 29.2 Database` in the file that comes with the tables.
fn version(part: Part) -> Option<String> {
    use std::io::Read;
    let mut text = String::new();
    part.bytes.take(10_000).read_to_string(&mut text).ok()?;
    let after = text.split("O*NET ").nth(1)?;
    let version: String = after.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    (!version.is_empty()).then_some(version)
}

/// What every row of a table gives.
fn rows(
    part: Part,
    columns: &[&str],
    mut one: impl FnMut(&Rows, &csv::StringRecord) -> Result<Vec<Entry>, String> + Send + 'static,
) -> Entries {
    let name = part.name.clone();
    let mut rows = match Rows::new(part).and_then(|rows| rows.need(columns).map(|()| rows)) {
        Ok(rows) => rows,
        Err(unreadable) => return Box::new(std::iter::once(Err(unreadable))),
    };
    let read = std::iter::from_fn(move || {
        let read = rows.next()?;
        Some(read.and_then(|(line, row)| {
            one(&rows, &row).map_err(|says| Unreadable::at(format!("{name}, line {line}"), says))
        }))
    });
    Box::new(read.flat_map(|read| match read {
        Ok(entries) => entries.into_iter().map(Ok).collect(),
        Err(unreadable) => vec![Err(unreadable)],
    }))
}

fn need(rows: &Rows, row: &csv::StringRecord, column: &str) -> Result<String, String> {
    rows.cell(row, column).ok_or_else(|| format!("The column “{column}” is empty."))
}

fn alternate_titles(part: Part) -> Result<HashMap<String, Vec<String>>, Unreadable> {
    let mut rows = Rows::new(part)?;
    rows.need(&["o*net-soc code", "alternate title"])?;
    let mut titles: HashMap<String, Vec<String>> = HashMap::new();
    while let Some(read) = rows.next() {
        let (_, row) = read?;
        if let (Some(code), Some(title)) = (rows.cell(&row, "o*net-soc code"), rows.cell(&row, "alternate title")) {
            titles.entry(code).or_default().push(title);
        }
    }
    Ok(titles)
}

fn element(rows: &Rows, row: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    let (id, name) = (need(rows, row, "element id")?, need(rows, row, "element name")?);
    let uri = element_uri(&id);
    let mut entries = Vec::new();
    if let Some((parent, _)) = id.rsplit_once('.') {
        entries.push(Entry::Association(association("isChildOf", &uri, &element_uri(parent))));
    }
    let about = described(rows, row);
    entries.insert(0, Entry::Item(item(uri, Some(id), name, "element", Vec::new(), about)));
    Ok(entries)
}

fn occupation(
    rows: &Rows,
    row: &csv::StringRecord,
    titles: &mut HashMap<String, Vec<String>>,
) -> Result<Vec<Entry>, String> {
    let (code, title) = (need(rows, row, "o*net-soc code")?, need(rows, row, "title")?);
    let labels = titles.remove(&code).unwrap_or_default();
    let about = described(rows, row);
    Ok(vec![Entry::Item(item(occupation_uri(&code), Some(code), title, "occupation", labels, about))])
}

fn described(rows: &Rows, row: &csv::StringRecord) -> Map<String, Value> {
    rows.cell(row, "description").map(|says| ("description".into(), Value::String(says))).into_iter().collect()
}

fn item(
    uri: String,
    code: Option<String>,
    statement: String,
    kind: &str,
    other_labels: Vec<String>,
    about: Map<String, Value>,
) -> Item {
    Item { id: uuid_of(&uri), uri, code, statement, kind: Some(kind.into()), level: None, other_labels, about }
}

/// A technology and its commodity, where they come for the first time, and that an occupation uses it.
fn technology(rows: &Rows, row: &csv::StringRecord, seen: &mut HashSet<String>) -> Result<Vec<Entry>, String> {
    let (code, name) = (need(rows, row, "o*net-soc code")?, need(rows, row, "example")?);
    let uri = technology_uri(&name);
    let mut entries = Vec::new();
    let commodity = rows.cell(row, "commodity code").zip(rows.cell(row, "commodity title"));
    if seen.insert(uri.clone()) {
        entries.push(Entry::Item(item(uri.clone(), None, name, "technology", Vec::new(), Map::new())));
        if let Some((commodity, title)) = commodity {
            let above = commodity_uri(&commodity);
            entries.push(Entry::Association(association("isChildOf", &uri, &above)));
            if seen.insert(above.clone()) {
                entries.push(Entry::Item(item(above, Some(commodity), title, "commodity", Vec::new(), Map::new())));
            }
        }
    }
    let mut uses = association("ext:technology", &occupation_uri(&code), &uri);
    for (column, name) in [("hot technology", "hot"), ("in demand", "inDemand")] {
        if rows.cell(row, column).as_deref() == Some("Y") {
            uses.about.insert(name.into(), true.into());
        }
    }
    entries.push(Entry::Association(uses));
    Ok(entries)
}

/// Importance and level stand in rows of their own, one after the other: one association of both.
fn ratings(part: Part, kind: &'static str) -> Entries {
    let mut open: Option<Association> = None;
    let columns = ["o*net-soc code", "element id", "scale id", "data value"];
    let name = part.name.clone();
    let mut rows = match Rows::new(part).and_then(|rows| rows.need(&columns).map(|()| rows)) {
        Ok(rows) => rows,
        Err(unreadable) => return Box::new(std::iter::once(Err(unreadable))),
    };
    Box::new(std::iter::from_fn(move || {
        loop {
            let (line, row) = match rows.next() {
                None => return open.take().map(|last| Ok(Entry::Association(last))),
                Some(Err(unreadable)) => return Some(Err(unreadable)),
                Some(Ok(read)) => read,
            };
            match rating(&rows, &row, kind, &mut open) {
                Ok(None) => {}
                Ok(Some(done)) => return Some(Ok(Entry::Association(done))),
                Err(says) => return Some(Err(Unreadable::at(format!("{name}, line {line}"), says))),
            }
        }
    }))
}

/// Adds a row to the association that is open, or opens the next and gives the one before.
fn rating(
    rows: &Rows,
    row: &csv::StringRecord,
    kind: &str,
    open: &mut Option<Association>,
) -> Result<Option<Association>, String> {
    let (code, element) = (need(rows, row, "o*net-soc code")?, need(rows, row, "element id")?);
    let value = need(rows, row, "data value")?;
    let Ok(value) = value.parse::<f64>() else { return Err(format!("“{value}” is no number.")) };
    let scale = match need(rows, row, "scale id")?.as_str() {
        "IM" => "importance",
        "LV" => "level",
        _ => return Ok(None),
    };
    let (origin, destination) = (occupation_uri(&code), element_uri(&element));
    let same = open.as_ref().is_some_and(|one| one.origin == origin && one.destination == destination);
    let before = if same { None } else { open.replace(association(kind, &origin, &destination)) };
    if let Some(one) = open {
        one.about.insert(scale.into(), value.into());
    }
    Ok(before)
}

fn related_occupation(rows: &Rows, row: &csv::StringRecord) -> Result<Vec<Entry>, String> {
    let (code, other) = (need(rows, row, "o*net-soc code")?, need(rows, row, "related o*net-soc code")?);
    Ok(vec![Entry::Association(association("isRelatedTo", &occupation_uri(&code), &occupation_uri(&other)))])
}

#[cfg(test)]
mod tests;
