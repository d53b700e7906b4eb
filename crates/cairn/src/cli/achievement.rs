//! `cairn achievement check`: can a definition be published?

use cairn_domain::definition::{Definition, Wrong, check};
use clap::{Args, Subcommand};

use super::{FALLS_SHORT, FINE, UNREADABLE, input, words};

#[derive(Debug, Subcommand)]
pub enum AchievementCommand {
    /// Check definitions of achievements: every limit and rule, each with its line
    Check(CheckArgs),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn achievement check ward-hygiene.json\n\nExit codes: 0 ready to be published, 1 something is wrong or missing, 2 unreadable."
)]
pub struct CheckArgs {
    /// Definitions as JSON (docs/schema/definition.v1.json)
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// Check as a draft, which may be incomplete
    #[arg(long)]
    pub draft: bool,
}

/// Runs it.
pub fn run(command: AchievementCommand) -> anyhow::Result<u8> {
    let AchievementCommand::Check(args) = command;
    let mut code = FINE;
    for name in &args.files {
        let text = input::read_text(name, 256 << 10)?;
        let definition: Definition = match serde_json::from_str(&text) {
            Ok(definition) => definition,
            Err(error) => {
                println!("{name}: unreadable: {}", words::safe(&error.to_string()));
                code = UNREADABLE;
                continue;
            }
        };
        let wrong = check(&definition, !args.draft);
        if wrong.is_empty() {
            println!("{name}: fine");
            continue;
        }
        println!("{name}: {} problem(s)", wrong.len());
        for Wrong { pointer, says } in &wrong {
            let line = line_of(&text, pointer);
            println!("  line {line}: {}: {}", words::safe(pointer), words::safe(says));
        }
        code = code.max(FALLS_SHORT);
    }
    Ok(code)
}

/// The line on which the member at a pointer begins, or the nearest one around it that is there. The text is JSON.
fn line_of(text: &str, pointer: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = blanks(bytes, 0);
    'parts: for part in pointer.split('/').skip(1) {
        let object = bytes.get(at) == Some(&b'{');
        if !object && bytes.get(at) != Some(&b'[') {
            break;
        }
        let mut inside = blanks(bytes, at + 1);
        let mut n = 0;
        while let Some(byte) = bytes.get(inside).filter(|byte| !matches!(byte, b'}' | b']')) {
            let mut value = inside;
            let mut found = !object && part == n.to_string();
            if object && *byte == b'"' {
                let end = skip(bytes, inside);
                let key: Option<String> = serde_json::from_str(text.get(inside..end).unwrap_or_default()).ok();
                found = key.as_deref() == Some(part);
                value = blanks(bytes, blanks(bytes, end) + 1);
            }
            if found {
                at = value;
                continue 'parts;
            }
            let after = blanks(bytes, skip(bytes, value));
            inside = if bytes.get(after) == Some(&b',') { blanks(bytes, after + 1) } else { after };
            if inside <= value {
                break;
            }
            n += 1;
        }
        break;
    }
    1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count()
}

fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// Where a value ends that begins here.
fn skip(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut deep, mut quoted) = (from, 0_usize, false);
    while let Some(byte) = bytes.get(at) {
        match (quoted, byte) {
            (true, b'\\') => at += 1,
            (true, b'"') => quoted = false,
            (true, _) => {}
            (false, b'"') => quoted = true,
            (false, b'{' | b'[') => deep += 1,
            (false, b'}' | b']' | b',') if deep == 0 => return at,
            (false, b':') if deep == 0 => return at,
            (false, b'}' | b']') => deep -= 1,
            _ => {}
        }
        at += 1;
        if !quoted && deep == 0 && matches!(bytes.get(at - 1), Some(b'"' | b'}' | b']')) {
            return at;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_has_its_line() {
        let text = "{\n \"name\": \"a \\\" }\",\n \"criteria\": [\n  {\"id\": \"x\"},\n  {\"id\": \"y\",\n   \"levels\": [\"1\",\n \"2\"]}\n ]\n}";
        for (pointer, line) in [
            ("/name", 2),
            ("/criteria", 3),
            ("/criteria/0/id", 4),
            ("/criteria/1", 5),
            ("/criteria/1/levels/1", 7),
            ("/criteria/1/statement", 5),
            ("/picture", 1),
            ("", 1),
        ] {
            assert_eq!(line_of(text, pointer), line, "{pointer}");
        }
    }
}
