//! Comma-separated values (RFC 4180), with the delimiters and quotes that spreadsheets write.

use std::io::BufRead;

use super::lines::{Line, Lines, text, too_long};
use super::{MOST_COLUMNS, MOST_ROW_BYTES, Problem, Stop};

/// A file of cells.
pub struct Cells<R> {
    lines: Lines<R>,
    delimiter: u8,
}

/// One row: the line in which it begins, and its cells.
pub struct Record {
    pub line: u64,
    pub cells: Vec<Vec<u8>>,
}

impl<R: BufRead> Cells<R> {
    /// Reads the header row.
    pub fn open(mut lines: Lines<R>) -> Result<(Cells<R>, Vec<String>), Problem> {
        let mut delimiter = None;
        let first = loop {
            let here = lines.line + 1;
            match lines.next()? {
                None => {
                    return Err(Problem::new(
                        1,
                        "The file is empty. Its first row names the columns, such as email,name.",
                    ));
                }
                Some(Line::TooLong) => return Err(too_long(here)),
                // Excel writes this for itself
                Some(Line::Whole(line)) if line.len() == 5 && line.to_ascii_lowercase().starts_with(b"sep=") => {
                    delimiter = line.last().copied();
                }
                Some(Line::Whole(line)) if line.trim_ascii().is_empty() => {}
                Some(Line::Whole(line)) => break line,
            }
        };
        let delimiter = delimiter.unwrap_or_else(|| delimiter_of(&first));
        let mut cells = Cells { lines, delimiter };
        let here = cells.lines.line;
        let record = match cells.record(here, first) {
            Ok(record) => record,
            Err(Stop::File(problem)) => return Err(problem),
            Err(Stop::Row(mut problems)) => return Err(problems.swap_remove(0)),
        };
        if record.cells.len() > MOST_COLUMNS {
            return Err(Problem::new(here, format!("The header row names more than {MOST_COLUMNS} columns.")));
        }
        let mut header = Vec::new();
        for (n, cell) in record.cells.iter().enumerate() {
            let name = text(cell).map_err(|says| Problem::at(here, n as u64 + 1, "", says))?;
            header.push(name.trim().to_owned());
        }
        // spreadsheets leave empty columns at the end
        while header.last().is_some_and(|name| name.is_empty()) {
            header.pop();
        }
        Ok((cells, header))
    }

    /// Whether reading failed.
    pub fn broken(&self) -> bool {
        self.lines.broken
    }

    /// The next row that is not empty; `None` after the last.
    pub fn next(&mut self) -> Option<Result<Record, Stop>> {
        loop {
            let here = self.lines.line + 1;
            let line = match self.lines.next() {
                Err(problem) => return Some(Err(Stop::File(problem))),
                Ok(None) => return None,
                Ok(Some(Line::TooLong)) => return Some(Err(Stop::Row(vec![too_long(here)]))),
                Ok(Some(Line::Whole(line))) => line,
            };
            match self.record(here, line) {
                Ok(record) if record.cells.iter().all(|cell| cell.trim_ascii().is_empty()) => {}
                other => return Some(other),
            }
        }
    }

    /// The row that begins with this line; reads on while a quote is open.
    fn record(&mut self, here: u64, first: Vec<u8>) -> Result<Record, Stop> {
        let mut cells = Vec::new();
        let mut cell = Vec::new();
        let mut state = State::Begin;
        let mut wrong = None;
        let (mut line, mut bytes) = (first, 0);
        loop {
            for &byte in &line {
                let column = cells.len() as u64 + 1;
                state = match (state, byte) {
                    (State::Begin, b'"') => State::Quoted,
                    (State::Quoted, b'"') => State::Closing,
                    (State::Quoted, byte) => {
                        cell.push(byte);
                        State::Quoted
                    }
                    (State::Closing, b'"') => {
                        cell.push(b'"');
                        State::Quoted
                    }
                    (_, byte) if byte == self.delimiter => {
                        cells.push(std::mem::take(&mut cell));
                        State::Begin
                    }
                    (State::Closing, byte) if !byte.is_ascii_whitespace() => {
                        wrong.get_or_insert(column);
                        cell.push(byte);
                        State::Plain
                    }
                    (State::Closing, _) => State::Closing,
                    (_, byte) => {
                        cell.push(byte);
                        State::Plain
                    }
                };
            }
            if state != State::Quoted {
                break;
            }
            bytes += line.len() + 1;
            let column = cells.len() as u64 + 1;
            if bytes > MOST_ROW_BYTES {
                return Err(Stop::File(unclosed(here, column)));
            }
            cell.push(b'\n');
            line = match self.lines.next().map_err(Stop::File)? {
                Some(Line::Whole(line)) => line,
                Some(Line::TooLong) | None => return Err(Stop::File(unclosed(here, column))),
            };
        }
        cells.push(cell);
        if let Some(column) = wrong {
            let says = "After a closing quote comes more text. Write a quote inside a quoted cell twice: \"\".";
            return Err(Stop::Row(vec![Problem::at(here, column, "", says)]));
        }
        Ok(Record { line: here, cells })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    Plain,
    Quoted,
    Closing,
}

fn unclosed(line: u64, column: u64) -> Problem {
    let says = "The quote that opens in this cell is not closed, so nothing after it could be read. Close it, or write \
                a quote that belongs to the text twice: \"\".";
    Problem::at(line, column, "", says)
}

/// What separates the cells of a header row: the one of comma, semicolon and tab that stands most often outside quotes.
fn delimiter_of(line: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in line {
        quoted ^= *byte == b'"';
        if !quoted && let Some(count) = counts.iter_mut().find(|count| count.0 == *byte) {
            count.1 += 1;
        }
    }
    // on a draw the first of them: max_by_key would take the last
    counts.into_iter().rev().max_by_key(|count| count.1).map_or(b',', |count| count.0)
}
