//! Rosters: files of many awards (CSV, JSON Lines), read row by row with a verdict on each.
//!
//! Nothing is held but the row at hand and a hash of each address and key, so a file may be long. A problem says in
//! which line and column it is and what to do about it.

mod cells;
mod lines;
mod members;
mod row;

use std::io::BufRead;

use jiff::Timestamp;

use crate::definition::Definition;
use cells::Cells;
use lines::Lines;
use row::Checker;

/// Most rows of one file.
pub const MOST_ROWS: u64 = 200_000;
/// Most bytes of one row.
pub const MOST_ROW_BYTES: usize = 64 << 10;
/// Most columns.
pub const MOST_COLUMNS: usize = 200;

/// How a roster is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Cells separated by commas, semicolons or tabs, with a header row (RFC 4180).
    Csv,
    /// A JSON object in each line.
    Jsonl,
}

impl Form {
    /// Its word: `csv` or `jsonl`.
    pub fn word(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Jsonl => "jsonl",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Form> {
        [Form::Csv, Form::Jsonl].into_iter().find(|form| form.word() == word)
    }

    /// By how a file begins: JSON Lines begin with a brace.
    pub fn guess(beginning: &[u8]) -> Form {
        let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
        match beginning.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => Form::Jsonl,
            _ => Form::Csv,
        }
    }
}

/// One award as a roster asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The line in which it begins; the first is 1.
    pub line: u64,
    /// What its author calls it, such as a student number; unique within the file.
    pub key: Option<String>,
    /// The learner's name.
    pub name: Option<String>,
    /// The learner's address, lower case.
    pub email: String,
    /// When it was earned; now when absent.
    pub awarded: Option<Timestamp>,
    /// Until when it is good; as the definition says when absent.
    pub valid_until: Option<Timestamp>,
    /// What the learner did, in words.
    pub narrative: Option<String>,
    /// A link to evidence.
    pub evidence: Option<Link>,
    /// Criterion and level reached.
    pub results: Vec<(String, String)>,
}

/// A link to evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Where it leads.
    pub url: String,
    /// What it is.
    pub name: Option<String>,
}

/// What is wrong with a row, or with the whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line; the first is 1.
    pub line: u64,
    /// In CSV the number of the column, in JSON Lines the place of the character; the first is 1.
    pub column: Option<u64>,
    /// The column's or member's name.
    pub field: Option<String>,
    /// What is wrong and what to do.
    pub says: String,
}

impl Problem {
    fn new(line: u64, says: impl Into<String>) -> Problem {
        Problem { line, column: None, field: None, says: says.into() }
    }

    fn at(line: u64, column: u64, field: &str, says: impl Into<String>) -> Problem {
        let field = (!field.is_empty()).then(|| shown(field));
        Problem { line, column: Some(column), field, says: says.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        if let Some(field) = &self.field {
            write!(f, " ({field})")?;
        }
        write!(f, ": {}", self.says)
    }
}

/// What became of one row.
pub type Verdict = Result<Row, Vec<Problem>>;

/// A roster that is being read.
pub struct Roster<'a, R> {
    source: Source<R>,
    checker: Checker<'a>,
    rows: u64,
    over: bool,
}

enum Source<R> {
    Csv(Cells<R>),
    Jsonl(Lines<R>),
}

impl<'a, R: BufRead> Roster<'a, R> {
    /// Begins to read. `now` is the moment against which dates are held.
    ///
    /// # Errors
    /// What is wrong with the header row, so that no row can be read.
    pub fn open(
        input: R,
        form: Form,
        definition: &'a Definition,
        now: Timestamp,
    ) -> Result<Roster<'a, R>, Vec<Problem>> {
        let lines = Lines::new(input);
        let mut checker = Checker::new(definition, now);
        let source = match form {
            Form::Csv => {
                let (cells, header) = Cells::open(lines).map_err(|problem| vec![problem])?;
                checker.take_header(&header)?;
                Source::Csv(cells)
            }
            Form::Jsonl => Source::Jsonl(lines),
        };
        Ok(Roster { source, checker, rows: 0, over: false })
    }

    /// Whether reading failed (a disk, a connection), so that the rows after it are not known.
    pub fn broke_off(&self) -> bool {
        match &self.source {
            Source::Csv(cells) => cells.broken(),
            Source::Jsonl(lines) => lines.broken,
        }
    }
}

impl<R: BufRead> Iterator for Roster<'_, R> {
    type Item = Verdict;

    fn next(&mut self) -> Option<Verdict> {
        if self.over {
            return None;
        }
        let read = match &mut self.source {
            Source::Csv(cells) => {
                cells.next().map(|read| read.and_then(|record| self.checker.cells(&record).map_err(Stop::Row)))
            }
            Source::Jsonl(lines) => {
                members::next(lines).map(|read| read.and_then(|record| self.checker.members(record).map_err(Stop::Row)))
            }
        };
        let verdict = match read? {
            Ok(row) => Ok(row),
            Err(Stop::Row(problems)) => Err(problems),
            Err(Stop::File(problem)) => {
                self.over = true;
                Err(vec![problem])
            }
        };
        self.rows += 1;
        if self.rows > MOST_ROWS {
            self.over = true;
            let line = verdict.as_ref().map_or_else(|all| all.first().map_or(0, |p| p.line), |row| row.line);
            let says = format!("A file may have {MOST_ROWS} rows; what follows was not read. Split it into several.");
            return Some(Err(vec![Problem::new(line, says)]));
        }
        Some(verdict)
    }
}

/// Why a row could not be read: for what is in it, or so that nothing after it can be read either.
enum Stop {
    Row(Vec<Problem>),
    File(Problem),
}

/// Foreign words as a sentence may show them.
fn shown(words: &str) -> String {
    let mut shown: String = words.chars().filter(|c| !c.is_control()).take(60).collect();
    if words.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}
