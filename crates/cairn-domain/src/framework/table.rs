//! A framework as a table of one's own: CSV with a heading line, comma, semicolon or tab between its columns.
//!
//! | column | is |
//! |---|---|
//! | `id` or `code` | short name of the row, unique; `code` is what people are shown |
//! | `statement` | what is stated; the one column that must be there |
//! | `parent` | `id` or `code` of the row above it |
//! | `kind`, `level` | in words |
//! | `uri` | the row's address; made of the framework's and the id when it is absent |
//! | `labels` | other names of it, with `|` between them |
//!
//! Other columns are kept and given back by [`write`].

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read};

use csv::StringRecord;
use serde_json::{Map, Value};

use super::{
    Entries, Entry, Framework, Item, Kind, MOST_TEXT, Part, Reading, Told, Unreadable, Whole, association, uuid_of,
};

/// Most rows of a table.
const MOST_ROWS: usize = 200_000;
/// Most bytes of a table.
const MOST_BYTES: u64 = 256 << 20;

/// Reads a table.
pub fn read(part: Part, told: &Told) -> Result<Reading, Unreadable> {
    let stem = part.name.rsplit_once('.').map_or(part.name.as_str(), |(stem, _)| stem).to_owned();
    let title = told.title.clone().unwrap_or(stem);
    let framework = told.over(Framework {
        uri: format!("urn:uuid:{}", uuid_of(&format!("table\n{title}\n"))),
        kind: Kind::Csv,
        title,
        version: "1".into(),
        publisher: None,
        licence: None,
        language: None,
        about: Map::new(),
    });
    let mut rows = Rows::new(part)?;
    if rows.column("statement").is_none() {
        let says = format!("There is no column `statement`. The heading line has: {}.", rows.headings.join(", "));
        return Err(Unreadable::at("line 1", says));
    }
    let mut table =
        Table { uri: framework.uri.clone(), known: HashMap::new(), parents: Vec::new(), uris: HashSet::new() };
    let mut rest: Option<std::vec::IntoIter<Result<Entry, Unreadable>>> = None;
    let entries: Entries = Box::new(std::iter::from_fn(move || {
        if let Some(rest) = &mut rest {
            return rest.next();
        }
        match rows.next() {
            Some(Ok((line, row))) => Some(table.row(&rows, line, &row).map(Entry::Item)),
            Some(Err(unreadable)) => Some(Err(unreadable)),
            None => rest.insert(table.associations().into_iter()).next(),
        }
    }));
    Ok(Reading { framework, entries })
}

/// What is remembered from row to row.
struct Table {
    uri: String,
    /// Ids and codes to URIs.
    known: HashMap<String, String>,
    /// Line, child's URI, name of the parent.
    parents: Vec<(u64, String, String)>,
    uris: HashSet<String>,
}

impl Table {
    fn row(&mut self, rows: &Rows, line: u64, row: &StringRecord) -> Result<Item, Unreadable> {
        let at = || format!("line {line}");
        if self.known.len() > 2 * MOST_ROWS {
            return Err(Unreadable::at(at(), format!("A table may have {MOST_ROWS} rows. Split the framework.")));
        }
        let cell = |name: &str| rows.cell(row, name);
        let Some(statement) = cell("statement") else {
            return Err(Unreadable::at(at(), "The statement is empty."));
        };
        let (id, code) = (cell("id"), cell("code"));
        let name = id.clone().or(code.clone()).or(cell("uri")).unwrap_or_else(|| statement.clone());
        let uri = cell("uri").unwrap_or_else(|| {
            let joint = if self.uri.starts_with("urn:") { ":" } else { "#" };
            format!("{}{joint}{}", self.uri, encoded(&name))
        });
        if !self.uris.insert(uri.clone()) {
            return Err(Unreadable::at(
                at(),
                format!("“{name}” is there already, further up. Give each row its own id."),
            ));
        }
        for name in [id.clone(), code.clone(), Some(uri.clone())].into_iter().flatten() {
            self.known.entry(name).or_insert_with(|| uri.clone());
        }
        if let Some(parent) = cell("parent") {
            self.parents.push((line, uri.clone(), parent));
        }
        let mut about = Map::new();
        for (column, value) in rows.headings.iter().zip(row.iter()) {
            if !COLUMNS.contains(&column.as_str()) && !value.trim().is_empty() {
                about.insert(column.clone(), value.trim().into());
            }
        }
        let labels = cell("labels").unwrap_or_default();
        let other_labels =
            labels.split('|').map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned).collect();
        let (kind, level) = (cell("kind"), cell("level"));
        Ok(Item { id: uuid_of(&uri), uri, code: code.or(id), statement, kind, level, other_labels, about })
    }

    fn associations(&mut self) -> Vec<Result<Entry, Unreadable>> {
        let known = std::mem::take(&mut self.known);
        let one = |(line, child, parent): (u64, String, String)| match known.get(&parent) {
            Some(above) if *above == child => {
                Err(Unreadable::at(format!("line {line}"), "This row is its own parent."))
            }
            Some(above) => Ok(Entry::Association(association("isChildOf", &child, above))),
            None => {
                let says = format!("The parent “{parent}” is the id or code of no row.");
                Err(Unreadable::at(format!("line {line}"), says))
            }
        };
        std::mem::take(&mut self.parents).into_iter().map(one).collect()
    }
}

const COLUMNS: [&str; 8] = ["id", "code", "statement", "parent", "kind", "level", "uri", "labels"];

/// Letters, digits and a few marks stay; everything else is percent-encoded.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// The rows of a table with a heading line, read one after the other.
pub(super) struct Rows {
    reader: csv::Reader<Box<dyn Read + Send>>,
    /// Columns in lower case.
    pub headings: Vec<String>,
    name: String,
    over: bool,
}

impl Rows {
    /// Reads the heading line. The mark between columns is the one that it has most of.
    pub fn new(part: Part) -> Result<Rows, Unreadable> {
        Rows::after(part, 0)
    }

    /// The same after some lines that come before the heading.
    pub fn after(part: Part, lines: usize) -> Result<Rows, Unreadable> {
        let Part { name, bytes } = part;
        let mut bytes = BufReader::with_capacity(64 << 10, bytes.take(MOST_BYTES));
        let fault = |error: std::io::Error| Unreadable::at(&name, format!("It cannot be read: {error}."));
        for _ in 0..lines {
            let mut skipped = Vec::new();
            (&mut bytes).take(1 << 20).read_until(b'\n', &mut skipped).map_err(fault)?;
        }
        let start = bytes.fill_buf().map_err(fault)?;
        let bom = start.starts_with(b"\xef\xbb\xbf");
        let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |mark: u8| first.iter().filter(|byte| **byte == mark).count();
        let mark = [b',', b';', b'\t'].into_iter().max_by_key(|mark| (count(*mark), *mark == b',')).unwrap_or(b',');
        if bom {
            bytes.consume(3);
        }
        let boxed: Box<dyn Read + Send> = Box::new(bytes);
        let mut builder = csv::ReaderBuilder::new();
        // TSV files of O*NET have quotation marks that mean nothing
        builder.delimiter(mark).flexible(true).quoting(mark != b'\t');
        let mut reader = builder.from_reader(boxed);
        let headings = match reader.headers() {
            Ok(headings) => headings.iter().map(|heading| heading.trim().to_lowercase()).collect::<Vec<_>>(),
            Err(error) => return Err(unreadable(&name, &error)),
        };
        if headings.iter().all(String::is_empty) {
            return Err(Unreadable::at(&name, "The file is empty; its first line must name the columns."));
        }
        Ok(Rows { reader, headings, name, over: false })
    }

    /// Where a column stands.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.headings.iter().position(|heading| heading == name)
    }

    /// A refusal unless these columns are there.
    pub fn need(&self, columns: &[&str]) -> Result<(), Unreadable> {
        match columns.iter().find(|column| self.column(column).is_none()) {
            None => Ok(()),
            Some(missing) => {
                let says = format!("The column “{missing}” is absent from the heading line.");
                Err(Unreadable::at(format!("{}, line 1", self.name), says))
            }
        }
    }

    /// The next row that is not empty, with its line; nothing after one that cannot be read.
    pub fn next(&mut self) -> Option<Result<(u64, StringRecord), Unreadable>> {
        let mut row = StringRecord::new();
        while !self.over {
            match self.reader.read_record(&mut row) {
                Ok(true) if row.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(true) => {
                    let line = row.position().map_or(0, csv::Position::line);
                    if row.iter().any(|cell| cell.len() > MOST_TEXT * 5) {
                        self.over = true;
                        let says = format!("A cell has more than {} bytes. Is a quotation mark open?", MOST_TEXT * 5);
                        return Some(Err(Unreadable::at(format!("{}, line {line}", self.name), says)));
                    }
                    return Some(Ok((line, row)));
                }
                Ok(false) => self.over = true,
                Err(error) => {
                    self.over = true;
                    return Some(Err(unreadable(&self.name, &error)));
                }
            }
        }
        None
    }

    /// A cell without white space around it; `None` when it is empty or the column is not there.
    pub fn cell(&self, row: &StringRecord, column: &str) -> Option<String> {
        let cell = row.get(self.column(column)?)?.trim();
        (!cell.is_empty()).then(|| cell.to_owned())
    }
}

fn unreadable(name: &str, error: &csv::Error) -> Unreadable {
    let line = error.position().map_or(1, csv::Position::line);
    let says = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "There are bytes that are no UTF-8. Save the file as “CSV UTF-8”.".into(),
        _ => format!("It cannot be read: {error}."),
    };
    Unreadable::at(format!("{name}, line {line}"), says)
}

/// Writes a table with the columns that [`read`] knows; parents are given by their URI.
pub fn write(whole: &Whole) -> String {
    let own: HashSet<&str> = whole.items.iter().map(|item| item.uri.as_str()).collect();
    let mut parents: HashMap<&str, &str> = HashMap::new();
    for one in &whole.associations {
        if one.kind == "isChildOf" && own.contains(one.destination.as_str()) {
            parents.entry(&one.origin).or_insert(&one.destination);
        }
    }
    let mut more: Vec<&str> = match whole.framework.kind {
        Kind::Csv => whole.items.iter().flat_map(|item| item.about.keys().map(String::as_str)).collect(),
        _ => Vec::new(),
    };
    more.sort_unstable();
    more.dedup();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut rows = || -> Result<(), csv::Error> {
        let headings = ["code", "statement", "parent", "kind", "level", "uri", "labels"];
        writer.write_record(headings.iter().chain(&more))?;
        for item in &whole.items {
            let labels = item.other_labels.join("|");
            let cells = [
                item.code.as_deref().unwrap_or_default(),
                &item.statement,
                parents.get(item.uri.as_str()).copied().unwrap_or_default(),
                item.kind.as_deref().unwrap_or_default(),
                item.level.as_deref().unwrap_or_default(),
                &item.uri,
                &labels,
            ];
            let rest = more.iter().map(|name| item.about.get(*name).and_then(Value::as_str).unwrap_or_default());
            writer.write_record(cells.into_iter().chain(rest))?;
        }
        Ok(())
    };
    // writing to memory cannot fail, and all rows are of one length
    if rows().is_err() {
        return String::new();
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
