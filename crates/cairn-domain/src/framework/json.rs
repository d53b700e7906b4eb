//! JSON documents, taken apart with a pointer to what is wrong.

use serde_json::{Map, Value};

use super::{MOST_JSON, MOST_TEXT, Unreadable};

/// The object that a document is.
pub(super) fn document(bytes: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    if bytes.len() > MOST_JSON {
        let says = format!("The file has more than {} MB. Split the framework.", MOST_JSON >> 20);
        return Err(Unreadable::at("whole file", says));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Unreadable::at("line 1", "This is JSON, but no object: a framework begins with a brace.")),
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            Err(Unreadable::at(place, format!("This is not strict JSON ({what}). Mend the file there.")))
        }
    }
}

/// Takes a member that is a text out of an object; `None` when it is absent, null or empty.
pub(super) fn take_text(from: &mut Map<String, Value>, name: &str, at: &str) -> Result<Option<String>, Unreadable> {
    match from.shift_remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) if text.len() <= MOST_TEXT => Ok(Some(text)),
        Some(Value::String(_)) => {
            Err(Unreadable::at(format!("{at}/{name}"), format!("This text has more than {MOST_TEXT} bytes.")))
        }
        Some(_) => Err(Unreadable::at(format!("{at}/{name}"), "This must be a text.")),
    }
}

/// The same for a member that must be there.
pub(super) fn need_text(from: &mut Map<String, Value>, name: &str, at: &str) -> Result<String, Unreadable> {
    take_text(from, name, at)?.ok_or_else(|| Unreadable::at(at, format!("The member `{name}` is absent or empty.")))
}

/// Takes a member that is a list out of an object; empty when it is absent or null.
pub(super) fn take_list(from: &mut Map<String, Value>, name: &str, at: &str) -> Result<Vec<Value>, Unreadable> {
    match from.shift_remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Unreadable::at(format!("{at}/{name}"), "This must be a list.")),
    }
}

/// The members of a value that must be an object.
pub(super) fn object(value: Value, at: &str) -> Result<Map<String, Value>, Unreadable> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Unreadable::at(at, "This must be an object.")),
    }
}
