//! Lines of a file, within a limit, however they end.

use std::io::{BufRead, ErrorKind};

use super::{MOST_ROW_BYTES, Problem};

/// A file, line by line.
pub struct Lines<R> {
    input: R,
    /// How many lines are read.
    pub line: u64,
    /// Whether reading failed, so that the rest is not known.
    pub broken: bool,
    began: bool,
}

/// One line without its end.
pub enum Line {
    /// As it is.
    Whole(Vec<u8>),
    /// Longer than a row may be; it was read past.
    TooLong,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R) -> Lines<R> {
        Lines { input, line: 0, broken: false, began: false }
    }

    /// The next line; `None` after the last.
    pub fn next(&mut self) -> Result<Option<Line>, Problem> {
        let mut line = Vec::new();
        let (mut any, mut too_long) = (false, false);
        loop {
            let here = self.line + 1;
            let bytes = match self.input.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.broken = true;
                    return Err(Problem::new(here, format!("The file could not be read on: {error}.")));
                }
            };
            if bytes.is_empty() {
                break;
            }
            any = true;
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            too_long |= line.len() + part.len() > MOST_ROW_BYTES;
            if !too_long {
                line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            let carriage_return = end.is_some_and(|end| bytes[end] == b'\r');
            self.input.consume(used);
            if carriage_return {
                self.skip_newline(here)?;
            }
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.line += 1;
        if !self.began {
            self.began = true;
            if line.starts_with(b"\xff\xfe") || line.starts_with(b"\xfe\xff") {
                let says = "The file is written in UTF-16. Save it as UTF-8 (in Excel: “CSV UTF-8”) and send it again.";
                return Err(Problem::new(1, says));
            }
            if line.starts_with(b"\xef\xbb\xbf") {
                line.drain(..3);
            }
        }
        Ok(Some(if too_long { Line::TooLong } else { Line::Whole(line) }))
    }

    /// After a carriage return, the line feed that belongs to it.
    fn skip_newline(&mut self, here: u64) -> Result<(), Problem> {
        loop {
            match self.input.fill_buf() {
                Ok(bytes) => {
                    if bytes.first() == Some(&b'\n') {
                        self.input.consume(1);
                    }
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.broken = true;
                    return Err(Problem::new(here, format!("The file could not be read on: {error}.")));
                }
            }
        }
    }
}

/// What is said of a line that is too long.
pub fn too_long(line: u64) -> Problem {
    let says = format!(
        "This line has more than {} KB and was not read. Shorten its narrative, or look for a quote that is not closed.",
        MOST_ROW_BYTES >> 10
    );
    Problem::new(line, says)
}

/// Bytes as text; else where they stop being UTF-8 and what they may be.
pub fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let before = String::from_utf8_lossy(&bytes[..at]);
        let last: String = before.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let guess = match windows_1252(byte) {
            Some(c) => format!(" It looks like Windows-1252, where this byte is “{c}”."),
            None => String::new(),
        };
        format!(
            "After “{}” stands the byte {byte:02X}, which is no UTF-8.{guess} Save the file as UTF-8 (in Excel: “CSV \
             UTF-8”) and send it again.",
            super::shown(&last)
        )
    })
}

/// The letter of a byte in Windows-1252, where it has one that Latin letters need.
fn windows_1252(byte: u8) -> Option<char> {
    match byte {
        0xc0..=0xff => char::from_u32(u32::from(byte)),
        0x8a => Some('Š'),
        0x8e => Some('Ž'),
        0x91 => Some('‘'),
        0x92 => Some('’'),
        0x93 => Some('“'),
        0x94 => Some('”'),
        0x96 => Some('–'),
        0x97 => Some('—'),
        0x9a => Some('š'),
        0x9e => Some('ž'),
        0xa0..=0xbf => char::from_u32(u32::from(byte)),
        _ => None,
    }
}
