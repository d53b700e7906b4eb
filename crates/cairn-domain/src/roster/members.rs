//! JSON Lines: an object in each line.

use std::fmt;
use std::io::BufRead;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::lines::{Line, Lines, text, too_long};
use super::{Problem, Stop};

/// One object: its line, and its members in order, with those that come twice.
pub struct Object {
    pub line: u64,
    pub members: Vec<(String, Value)>,
}

/// The next line that is not empty; `None` after the last.
pub fn next<R: BufRead>(lines: &mut Lines<R>) -> Option<Result<Object, Stop>> {
    loop {
        let here = lines.line + 1;
        let line = match lines.next() {
            Err(problem) => return Some(Err(Stop::File(problem))),
            Ok(None) => return None,
            Ok(Some(Line::TooLong)) => return Some(Err(Stop::Row(vec![too_long(here)]))),
            Ok(Some(Line::Whole(line))) if line.trim_ascii().is_empty() => continue,
            Ok(Some(Line::Whole(line))) => line,
        };
        return Some(object(here, &line).map_err(|problem| Stop::Row(vec![problem])));
    }
}

fn object(line: u64, bytes: &[u8]) -> Result<Object, Problem> {
    let text = text(bytes).map_err(|says| Problem::new(line, says))?;
    match serde_json::from_str::<Members>(text) {
        Ok(Members(members)) => Ok(Object { line, members }),
        Err(error) if error.is_data() => {
            Err(Problem::new(line, "This line is no JSON object. Write one in each line: {\"email\": \"…\"}."))
        }
        Err(error) => {
            let what = error.to_string();
            let what = what.rsplit_once(" at line ").map_or(what.as_str(), |(before, _)| before);
            Err(Problem::at(line, error.column() as u64, "", format!("This is no JSON: {what}. Mend the line.")))
        }
    }
}

struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}
