//! What a row says, held against the definition that it is to be awarded by.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::cells::Record;
use super::lines::text;
use super::members::Object;
use super::{Problem, Row, shown};
use crate::address;
use crate::definition::{Criterion, Definition};

const MOST_NAME: usize = 200;
const MOST_KEY: usize = 100;
const MOST_NARRATIVE: usize = 4_000;
const MOST_URL: usize = 2_000;
/// A clock may be wrong by this much.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// What a column or member is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Key,
    Name,
    Email,
    Awarded,
    ValidUntil,
    Narrative,
    EvidenceUrl,
    EvidenceName,
    /// Place of a criterion in the definition.
    Result(usize),
}

const PLAIN: [(&str, Field); 8] = [
    ("email", Field::Email),
    ("name", Field::Name),
    ("awarded", Field::Awarded),
    ("valid_until", Field::ValidUntil),
    ("narrative", Field::Narrative),
    ("evidence_url", Field::EvidenceUrl),
    ("evidence_name", Field::EvidenceName),
    ("key", Field::Key),
];

/// One value of a row.
struct Given {
    field: Field,
    called: String,
    column: Option<u64>,
    value: String,
}

/// What rows are held against.
pub struct Checker<'a> {
    definition: &'a Definition,
    now: Timestamp,
    columns: Vec<(Field, String)>,
    /// Hashes of what came before, and in which line: addresses themselves are not held.
    emails: HashMap<u128, u64>,
    keys: HashMap<u128, u64>,
}

impl<'a> Checker<'a> {
    pub fn new(definition: &'a Definition, now: Timestamp) -> Checker<'a> {
        Checker { definition, now, columns: Vec::new(), emails: HashMap::new(), keys: HashMap::new() }
    }

    /// Finds out what each column is about.
    pub fn take_header(&mut self, header: &[String]) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        for (n, called) in header.iter().enumerate() {
            let column = n as u64 + 1;
            let found = self.field(called);
            let twice = found.as_ref().is_ok_and(|field| self.columns.iter().any(|(known, _)| known == field));
            match found {
                Ok(_) if twice => {
                    problems.push(Problem::at(1, column, called, "This column is there twice. Delete one of them."));
                }
                Ok(field) => self.columns.push((field, called.clone())),
                Err(says) => problems.push(Problem::at(1, column, called, says)),
            }
        }
        if problems.is_empty() && !self.columns.iter().any(|(field, _)| *field == Field::Email) {
            problems
                .push(Problem::new(1, "No column is called email. The first row names the columns; email is needed."));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// What a column or member is about, by its name; a sentence when there is none of that name.
    fn field(&self, called: &str) -> Result<Field, String> {
        let name = called.trim().to_lowercase();
        if let Some((_, field)) = PLAIN.iter().find(|(plain, _)| *plain == name) {
            return Ok(*field);
        }
        if let Some(id) = name.strip_prefix("result:") {
            return self.criterion(id.trim());
        }
        let folded: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        let meant = match folded.as_str() {
            "email" | "mail" | "emailaddress" | "address" => Some("email"),
            "fullname" | "learner" | "recipient" | "student" => Some("name"),
            "date" | "awardedon" | "awarddate" | "issued" => Some("awarded"),
            "validuntil" | "expires" | "expiry" | "expirationdate" => Some("valid_until"),
            "evidence" | "evidenceurl" | "url" | "link" => Some("evidence_url"),
            "id" | "studentid" | "reference" => Some("key"),
            _ => None,
        };
        let plain: Vec<&str> = PLAIN.iter().map(|(plain, _)| *plain).collect();
        Err(match (meant, name.is_empty()) {
            (Some(meant), _) => format!("“{}” is no column that is known here. Call it {meant}.", shown(called)),
            (None, true) => "This column has no name. Name it, or delete it.".into(),
            (None, false) => format!(
                "“{}” is no column that is known here. Delete it, or call it one of {}, result:CRITERION.",
                shown(called),
                plain.join(", ")
            ),
        })
    }

    fn criterion(&self, id: &str) -> Result<Field, String> {
        let all = &self.definition.criteria;
        all.iter().position(|criterion| criterion.id.eq_ignore_ascii_case(id)).map(Field::Result).ok_or_else(|| {
            let ids: Vec<&str> = all.iter().map(|criterion| criterion.id.as_str()).collect();
            if ids.is_empty() {
                return format!("The achievement has no criterion “{}”; it has none at all.", shown(id));
            }
            format!("The achievement has no criterion “{}”. It has: {}.", shown(id), ids.join(", "))
        })
    }

    /// A row of cells.
    pub fn cells(&mut self, record: &Record) -> Result<Row, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut given = Vec::new();
        let beyond = record.cells.iter().skip(self.columns.len()).any(|cell| !cell.trim_ascii().is_empty());
        if beyond || record.cells.len() < self.columns.len() {
            let says = format!(
                "This row has {} cells, the header row names {} columns. Look for a delimiter that is missing, or too \
                 many: a cell with a comma in it stands in quotes.",
                record.cells.len(),
                self.columns.len()
            );
            return Err(vec![Problem::new(record.line, says)]);
        }
        for (n, ((field, called), cell)) in self.columns.iter().zip(&record.cells).enumerate() {
            let column = n as u64 + 1;
            match text(cell) {
                Ok(value) => given.push(Given {
                    field: *field,
                    called: called.clone(),
                    column: Some(column),
                    value: value.trim().to_owned(),
                }),
                Err(says) => problems.push(Problem::at(record.line, column, called, says)),
            }
        }
        self.row(record.line, given, problems)
    }

    /// A row of members.
    pub fn members(&mut self, object: Object) -> Result<Row, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut given: Vec<Given> = Vec::new();
        let mut flat = Vec::new();
        for (called, value) in object.members {
            match value {
                Value::Object(results) if called == "results" => {
                    flat.extend(results.into_iter().map(|(id, level)| (format!("result:{id}"), level)));
                }
                value => flat.push((called, value)),
            }
        }
        let problem =
            |called: &str, says: String| Problem { field: Some(shown(called)), ..Problem::new(object.line, says) };
        for (called, value) in flat {
            let field = match self.field(&called) {
                Ok(field) => field,
                Err(says) => {
                    problems.push(problem(&called, says.replace("column", "member")));
                    continue;
                }
            };
            let value = match value {
                Value::Null => continue,
                Value::String(value) => value.trim().to_owned(),
                Value::Number(number) if field == Field::Key => number.to_string(),
                Value::Bool(true) if matches!(field, Field::Result(_)) => "met".into(),
                Value::Bool(false) if matches!(field, Field::Result(_)) => "not met".into(),
                _ => {
                    problems.push(problem(&called, "This member is no text. Write it in quotes.".into()));
                    continue;
                }
            };
            if given.iter().any(|known| known.field == field) {
                problems.push(problem(&called, "This member is there twice. Delete one of them.".into()));
                continue;
            }
            given.push(Given { field, called, column: None, value });
        }
        self.row(object.line, given, problems)
    }

    fn row(&mut self, line: u64, given: Vec<Given>, mut problems: Vec<Problem>) -> Result<Row, Vec<Problem>> {
        let mut row = Row { line, ..Row::default() };
        for one in given.iter().filter(|one| !one.value.is_empty()) {
            if let Err(says) = self.take(&mut row, one) {
                problems.push(place(line, one, says));
            }
        }
        let of = |field: Field| given.iter().find(|one| one.field == field);
        let mut say = |field: Field, says: &str| {
            problems.push(match of(field) {
                Some(one) => place(line, one, says.into()),
                None => Problem { field: name_of(field).map(str::to_owned), ..Problem::new(line, says) },
            });
        };
        if of(Field::Email).is_none_or(|one| one.value.is_empty()) {
            say(Field::Email, "The address is missing: without it nobody gets this. Write it like name@example.org.");
        }
        if of(Field::EvidenceName).is_some_and(|one| !one.value.is_empty())
            && of(Field::EvidenceUrl).is_none_or(|one| one.value.is_empty())
        {
            say(
                Field::EvidenceName,
                "The evidence has a name and no evidence_url. Give its address, or leave both empty.",
            );
        }
        if let Some(until) = row.valid_until
            && until <= row.awarded.unwrap_or(self.now)
        {
            say(Field::ValidUntil, "The award would be over before it begins. Give a later day, or leave it empty.");
        }
        problems.sort_by_key(|problem| problem.column);
        if problems.is_empty() { Ok(row) } else { Err(problems) }
    }

    /// Puts one value into the row.
    fn take(&mut self, row: &mut Row, one: &Given) -> Result<(), String> {
        let value = one.value.as_str();
        match one.field {
            Field::Email => {
                row.email = address::read(value).ok_or_else(|| {
                    format!("“{}” is no e-mail address. Write it like name@example.org.", shown(value))
                })?;
                let before = self.emails.insert(hash(&row.email), row.line);
                twice(before, "address")?;
            }
            Field::Key => {
                within(value, MOST_KEY)?;
                row.key = Some(value.to_owned());
                let before = self.keys.insert(hash(value), row.line);
                twice(before, "key")?;
            }
            Field::Name => {
                within(value, MOST_NAME)?;
                row.name = Some(value.to_owned());
            }
            Field::Narrative => {
                within_lines(value, MOST_NARRATIVE)?;
                row.narrative = Some(value.to_owned());
            }
            Field::Awarded => row.awarded = Some(self.awarded(value)?),
            Field::ValidUntil => row.valid_until = Some(moment(value, true)?),
            Field::EvidenceUrl => {
                within(value, MOST_URL)?;
                row.evidence.get_or_insert_default().url = web_address(value)?.to_owned();
            }
            Field::EvidenceName => {
                within(value, MOST_NAME)?;
                row.evidence.get_or_insert_default().name = Some(value.to_owned());
            }
            Field::Result(n) => {
                let criterion = &self.definition.criteria[n];
                row.results.push((criterion.id.clone(), level(criterion, value)?));
            }
        }
        Ok(())
    }

    fn awarded(&self, value: &str) -> Result<Timestamp, String> {
        let moment = moment(value, false)?;
        if moment > self.now + CLOCKS_DIFFER {
            return Err(format!("{} lies in the future. Give the day on which it was earned.", shown(value)));
        }
        Ok(moment.min(self.now))
    }
}

fn name_of(field: Field) -> Option<&'static str> {
    PLAIN.iter().find(|(_, known)| *known == field).map(|(name, _)| *name)
}

fn place(line: u64, one: &Given, says: String) -> Problem {
    Problem { line, column: one.column, field: Some(shown(&one.called)), says }
}

fn twice(before: Option<u64>, what: &str) -> Result<(), String> {
    match before {
        None => Ok(()),
        Some(line) => Err(format!("The same {what} stands in line {line} already. Keep one of the two.")),
    }
}

/// 128 bits of a hash: two different ones meet once in more files than will ever be read.
fn hash(text: &str) -> u128 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

fn within(value: &str, most: usize) -> Result<(), String> {
    if value.chars().any(char::is_control) {
        return Err("There is a line break or another control character in this cell. Take it out.".into());
    }
    within_lines(value, most)
}

fn within_lines(value: &str, most: usize) -> Result<(), String> {
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err("There is a control character in this cell. Take it out.".into());
    }
    match value.chars().count() {
        count if count > most => Err(format!("This has {count} characters; {most} are allowed. Shorten it.")),
        _ => Ok(()),
    }
}

fn web_address(value: &str) -> Result<&str, String> {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') && !value.contains(char::is_whitespace) => Ok(value),
        _ => Err(format!("“{}” is no address of the web. Write it like https://example.org/work.", shown(value))),
    }
}

/// The level as the definition writes it.
fn level(criterion: &Criterion, value: &str) -> Result<String, String> {
    if criterion.levels.is_empty() {
        return match value.to_lowercase().as_str() {
            "met" | "yes" | "x" | "true" | "1" | "passed" => Ok(String::new()),
            _ => Err(format!(
                "The criterion {} has no levels: write met. Whoever has not met it is not awarded; delete the row.",
                criterion.id
            )),
        };
    }
    let place = |word: &str| criterion.levels.iter().position(|level| level.to_lowercase() == word.to_lowercase());
    let Some(reached) = place(value) else {
        return Err(format!(
            "“{}” is no level of {}. Its levels are: {}.",
            shown(value),
            criterion.id,
            criterion.levels.join(", ")
        ));
    };
    if let Some(required) = criterion.required.as_deref().and_then(|required| Some((required, place(required)?)))
        && reached < required.1
    {
        return Err(format!(
            "{} asks for {}; {} is below it. Whoever has not reached it is not awarded; delete the row.",
            criterion.id, required.0, criterion.levels[reached]
        ));
    }
    Ok(criterion.levels[reached].clone())
}

/// A day (`2026-11-23`) or a moment (`2026-11-23T10:00:00Z`). A day is its end for validity and its begin else, in UTC.
fn moment(value: &str, end: bool) -> Result<Timestamp, String> {
    let no_day = || format!("“{}” is no day. Write it like 2026-11-23.", shown(value));
    if value.contains(['T', 't']) && value.starts_with(|c: char| c.is_ascii_digit()) {
        return value.parse().map_err(|_| {
            format!("“{}” is no moment. Write it like 2026-11-23T10:00:00Z, or only the day.", shown(value))
        });
    }
    let parts: Vec<&str> = value.split(['-', '/', '.']).map(str::trim).collect();
    let numbers: Option<Vec<i16>> = parts.iter().map(|part| number(part)).collect();
    let (Some(numbers), 3) = (numbers, parts.len()) else {
        if number(value).is_some_and(|serial| serial > 20_000) {
            return Err(format!(
                "{value} is a spreadsheet's own number for a day. Format the column as text, and write 2026-11-23."
            ));
        }
        return Err(no_day());
    };
    let date = |y, m, d| Date::new(y, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok();
    let [a, b, c] = numbers[..] else { return Err(no_day()) };
    if parts[0].len() == 4 {
        let date = date(a, b, c).filter(|date| (1900..9000).contains(&date.year())).ok_or_else(no_day)?;
        if parts[1].len() != 2 || parts[2].len() != 2 || value.contains(['/', '.', ' ']) {
            return Err(format!("“{}” is not written as asked. Write {date}.", shown(value)));
        }
        let start = date.to_zoned(TimeZone::UTC).map_err(|_| no_day())?.timestamp();
        return Ok(if end { start + SignedDuration::from_secs(86_399) } else { start });
    }
    let readings = [date(c, b, a), date(c, a, b)];
    match readings {
        [Some(one), Some(other)] if one != other && parts[2].len() == 4 => {
            Err(format!("“{}” could be {one} or {other}. Write which: year, month, day.", shown(value)))
        }
        [Some(one), _] | [None, Some(one)] if parts[2].len() == 4 => {
            Err(format!("“{}” is not written as asked. Write {one}.", shown(value)))
        }
        _ => Err(no_day()),
    }
}

/// Digits as a number; days beyond what a number holds are none.
fn number(part: &str) -> Option<i16> {
    if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(part.parse().unwrap_or(i16::MAX))
}
