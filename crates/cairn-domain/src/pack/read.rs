//! Reading a pack's file: TOML in, a pack or sentences out.

use toml::Value;

use crate::pack::{Pack, PackProblem};

/// Most bytes that a pack's file may have.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Reads a pack.
///
/// # Errors
/// What is wrong and where (line and column), as sentences. Only the form is looked at; [`crate::pack::check`] looks at
/// what it says.
pub fn parse(text: &str) -> Result<Pack, Vec<PackProblem>> {
    if text.len() > MOST_BYTES {
        let says = format!("The file has {} bytes; a pack has at most {MOST_BYTES}. Split it in two.", text.len());
        return Err(vec![PackProblem::new("the file", says)]);
    }
    let pack: Pack = toml::from_str(text).map_err(|error| vec![problem(text, &error)])?;
    let strangers = strangers(text);
    if strangers.is_empty() { Ok(pack) } else { Err(strangers) }
}

/// The reader's message as a sentence with its place.
fn problem(text: &str, error: &toml::de::Error) -> PackProblem {
    let place = match error.span() {
        Some(span) => {
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!("line {line}, column {column}")
        }
        None => "the file".to_owned(),
    };
    let message = error.message().trim().replace('\n', "; ");
    let mut letters = message.chars();
    let says = match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => "This is not a pack.".to_owned(),
    };
    PackProblem::new(place, format!("{says} See docs/packs.md for the form."))
}

/// Keys of a role's requirements that nothing reads: these tables are read in two parts, so the reader itself cannot
/// tell that a key belongs to neither.
fn strangers(text: &str) -> Vec<PackProblem> {
    const KNOWN: [&str; 10] =
        ["skill", "tool", "certificate", "licence", "degree", "years", "language", "label", "importance", "weight"];
    let Ok(Value::Table(file)) = toml::from_str::<Value>(text) else { return Vec::new() };
    let mut found = Vec::new();
    for role in file.get("role").and_then(Value::as_array).into_iter().flatten() {
        let id = role.get("id").and_then(Value::as_str).unwrap_or_default();
        let requires = role.get("requires").and_then(Value::as_array).into_iter().flatten();
        for (at, entry) in requires.enumerate() {
            for key in entry.as_table().into_iter().flat_map(|table| table.keys()) {
                if !KNOWN.contains(&key.as_str()) {
                    let says = format!("\"{key}\" is not a key here. Known keys: {}.", KNOWN.join(", "));
                    found.push(PackProblem::new(format!("role \"{id}\", requirement {}", at + 1), says));
                }
            }
        }
    }
    found
}
