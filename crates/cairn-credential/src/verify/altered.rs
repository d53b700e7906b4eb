//! Which part was altered, as far as can be told: by undoing what software commonly does to a document on its
//! way, and by comparing with the copy that the issuer hosts. A bounded number of tries.

use serde_json::{Map, Value};

use super::asked::{Ask, Checks, MOST_DEPTH};
use super::document::{Document, read};
use super::genuine::judge;
use crate::did::Purpose;
use crate::json::token;
use crate::keys::PublicKey;
use crate::proof::{Embedded, Suite};
use crate::verdict::{Altered, Genuine};

/// Most pointers that are listed.
const MOST_POINTERS: usize = 20;
/// Longest document, in bytes, on which the undoings are tried: far more than a badge has, and each costs as much as a
/// verification.
const MOST_BYTES_TO_UNDO: usize = 64 << 10;
/// Longest document, in bytes, for which other orders are tried: each try costs as much as a verification.
const MOST_BYTES: usize = 32 << 10;
/// Most orders of arrays that are tried.
const MOST_ORDERS: usize = 32;

/// Where two documents differ, as JSON pointers, at most twenty; their proofs are left aside.
pub fn compare(ours: &Value, theirs: &Value) -> Vec<String> {
    let mut pointers = Vec::new();
    differ(ours, theirs, &mut String::new(), &mut pointers);
    pointers
}

fn differ(a: &Value, b: &Value, path: &mut String, pointers: &mut Vec<String>) {
    if a == b || pointers.len() >= MOST_POINTERS {
        return;
    }
    let length = path.len();
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            for key in keys.filter(|key| length > 0 || *key != "proof") {
                path.push_str(&format!("/{}", token(key)));
                differ(a.get(key).unwrap_or(&ABSENT), b.get(key).unwrap_or(&ABSENT), path, pointers);
                path.truncate(length);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                path.push_str(&format!("/{i}"));
                differ(a, b, path, pointers);
                path.truncate(length);
            }
        }
        _ => pointers.push(path.clone()),
    }
}

static ABSENT: Value = Value::Null;

/// What was altered in a document whose proof, over `bytes`, does not fit any of `keys`.
pub(super) fn find(proof: &Embedded, bytes: &[u8], document: &Document, keys: &[&PublicKey], ask: Ask) -> Altered {
    if !ask.explain {
        return Altered::SomewhereInTheSignedPart;
    }
    let fits = |candidate: &Value| {
        *candidate != document.value
            && proof
                .signed_bytes_like(bytes, candidate)
                .is_ok_and(|bytes| keys.iter().any(|key| proof.verifies(key, &bytes)))
    };
    let length = document.value.to_string().len();
    let undoings = if length <= MOST_BYTES_TO_UNDO { UNDOINGS } else { &[] };
    for (undo, what) in undoings {
        let candidate = each_string(&document.value, undo);
        if fits(&candidate) {
            let pointers = compare(&document.value, &candidate);
            return Altered::At { pointers, how: format!("{what} With that undone it is what was signed.") };
        }
    }
    let mut tries = if length <= MOST_BYTES { MOST_ORDERS } else { 0 };
    if let Some((pointer, what)) = rearranged(proof, &document.value, &mut tries, &fits) {
        return Altered::At { pointers: vec![pointer], how: what };
    }
    against_hosted_copy(document, ask).unwrap_or(Altered::SomewhereInTheSignedPart)
}

/// Compares with the copy at the credential's own address, when that was fetched and is genuine.
pub(super) fn against_hosted_copy(document: &Document, ask: Ask) -> Option<Altered> {
    let url = document.value.get("id")?.as_str()?;
    let (text, fetched) = ask.text(url).ok()?;
    let hosted = read(text).ok()?;
    if ask.depth >= MOST_DEPTH || hosted.value == document.value || hosted.issuer() != document.issuer() {
        return None;
    }
    let judged = judge(&hosted, hosted.issuer(), Purpose::Assertion, ask.deeper(), &mut Checks::default());
    let pointers = compare(&document.value, &hosted.value);
    if judged.genuine != Genuine::Yes || pointers.is_empty() {
        return None;
    }
    let how = format!("It differs from the genuine copy at {url}, fetched {:.0}.", fetched.at);
    Some(Altered::At { pointers, how })
}

type Undo = fn(&str) -> Option<String>;

/// Each undoing gives `None` for a text it would leave as it is.
const UNDOINGS: &[(Undo, &str)] = &[
    (unescape_html, "Characters were turned into HTML entities."),
    (escape_html, "HTML entities were turned into characters."),
    (unescape_unicode, "Characters were turned into \\u escapes."),
    (undo_mojibake, "Text was read in the wrong character set."),
    (make_mojibake, "Wrongly coded text was repaired."),
    (straighten, "Straight quotes were turned into curly ones."),
    (|text| text.contains("\r\n").then(|| text.replace("\r\n", "\n")), "Line ends were changed."),
    (
        |text| (text.contains('\n') && !text.contains('\r')).then(|| text.replace('\n', "\r\n")),
        "Line ends were changed.",
    ),
    (|text| (text != text.trim()).then(|| text.trim().to_owned()), "Blanks were added around text."),
    (|text| moment(text, "+00:00", "Z"), "“Z” in dates was written as “+00:00”."),
    (|text| moment(text, "Z", "+00:00"), "“+00:00” in dates was written as “Z”."),
    (|text| moment(text, ".000Z", "Z"), "“.000” was added to dates."),
    (|text| moment(text, "Z", ".000Z"), "“.000” was cut from dates."),
];

fn unescape_html(text: &str) -> Option<String> {
    if !text.contains('&') {
        return None;
    }
    let plain = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#039;", "'")
        .replace("&#x27;", "'")
        .replace("&apos;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&");
    (plain != text).then_some(plain)
}

fn escape_html(text: &str) -> Option<String> {
    text.contains(['&', '<', '>']).then(|| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

fn unescape_unicode(text: &str) -> Option<String> {
    let mut units = Vec::new();
    let mut rest = text;
    let mut found = false;
    while !rest.is_empty() {
        let escape = rest.strip_prefix("\\u").and_then(|rest| rest.split_at_checked(4));
        if let Some((unit, after)) = escape.and_then(|(hex, after)| Some((u16::from_str_radix(hex, 16).ok()?, after))) {
            units.push(unit);
            rest = after;
            found = true;
        } else {
            let first = rest.chars().next()?;
            units.extend_from_slice(first.encode_utf16(&mut [0; 2]));
            rest = &rest[first.len_utf8()..];
        }
    }
    found.then(|| String::from_utf16(&units).ok())?
}

/// The characters that Windows-1252 puts at 0x80 to 0x9f; 0 where it has none.
const CP1252: [u32; 32] = [
    0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0, 0,
    0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0, 0x17e, 0x178,
];

fn undo_mojibake(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let byte = |c: char| match u32::from(c) {
        code @ 0..=0xff => u8::try_from(code).ok(),
        code => CP1252.iter().position(|known| *known == code).and_then(|at| u8::try_from(at + 0x80).ok()),
    };
    let bytes: Option<Vec<u8>> = text.chars().map(byte).collect();
    String::from_utf8(bytes?).ok().filter(|repaired| repaired != text)
}

fn make_mojibake(text: &str) -> Option<String> {
    let letter = |byte: u8| match byte {
        0x80..=0x9f => char::from_u32(CP1252[usize::from(byte - 0x80)]).filter(|c| *c != '\0').unwrap_or(byte as char),
        _ => byte as char,
    };
    (!text.is_ascii()).then(|| text.bytes().map(letter).collect())
}

fn straighten(text: &str) -> Option<String> {
    let straight = text.replace(['\u{201c}', '\u{201d}'], "\"").replace(['\u{2018}', '\u{2019}'], "'");
    (straight != text).then_some(straight)
}

fn moment(text: &str, from: &str, to: &str) -> Option<String> {
    let head = text.strip_suffix(from)?;
    (text.len() < 40
        && text.contains('T')
        && text.parse::<jiff::Timestamp>().is_ok()
        && !(from == "Z" && head.contains('.')))
    .then(|| format!("{head}{to}"))
}

/// A copy with every string changed that `undo` changes; contexts and proofs stay.
fn each_string(value: &Value, undo: &Undo) -> Value {
    match value {
        Value::String(text) => undo(text).map_or_else(|| value.clone(), Value::String),
        Value::Array(items) => items.iter().map(|item| each_string(item, undo)).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, item)| match key.as_str() {
                "@context" | "proof" => (key.clone(), item.clone()),
                _ => (key.clone(), each_string(item, undo)),
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// Tries other orders of each array, and other spellings of each number.
fn rearranged(
    proof: &Embedded,
    document: &Value,
    tries: &mut usize,
    fits: &dyn Fn(&Value) -> bool,
) -> Option<(String, String)> {
    let mut places = Vec::new();
    collect_places(document, &mut String::new(), &mut places);
    for (pointer, value) in places {
        let (candidates, what): (Vec<Value>, _) = match value {
            Value::Array(items) => (orders(items, proof.suite), "The order of this array was changed."),
            Value::Number(number) => (vec![Value::String(number.to_string())], "A text was turned into a number."),
            Value::String(text) => match text.parse::<serde_json::Number>() {
                Ok(number) => (vec![Value::Number(number)], "A number was turned into a text."),
                Err(_) => continue,
            },
            _ => continue,
        };
        for candidate in candidates {
            if *tries == 0 {
                return None;
            }
            *tries -= 1;
            let mut copy = document.clone();
            *copy.pointer_mut(&pointer)? = candidate;
            if fits(&copy) {
                return Some((pointer, format!("{what} With that undone it is what was signed.")));
            }
        }
    }
    None
}

/// Other orders worth trying: reversed, sorted, and every swap of neighbours.
fn orders(items: &[Value], suite: Suite) -> Vec<Value> {
    // a proof over statements covers the order of texts in lists only, hardly ever that of objects
    if items.len() < 2 || suite != Suite::EddsaJcs2022 && items.iter().any(Value::is_object) {
        return Vec::new();
    }
    let mut found: Vec<Vec<Value>> = vec![items.iter().rev().cloned().collect()];
    let mut sorted = items.to_vec();
    sorted.sort_by_key(Value::to_string);
    found.push(sorted);
    for at in 0..items.len().min(8) - 1 {
        let mut swapped = items.to_vec();
        swapped.swap(at, at + 1);
        found.push(swapped);
    }
    let mut unlike: Vec<Value> = found.into_iter().filter(|order| order != items).map(Value::Array).collect();
    unlike.dedup();
    unlike
}

fn collect_places<'a>(value: &'a Value, path: &mut String, places: &mut Vec<(String, &'a Value)>) {
    let length = path.len();
    match value {
        Value::Object(object) => {
            for (key, item) in object.iter().filter(|(key, _)| !matches!(key.as_str(), "@context" | "proof")) {
                path.push_str(&format!("/{}", token(key)));
                collect_places(item, path, places);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            places.push((path.clone(), value));
            for (i, item) in items.iter().enumerate() {
                path.push_str(&format!("/{i}"));
                collect_places(item, path, places);
                path.truncate(length);
            }
        }
        Value::Number(_) | Value::String(_) => places.push((path.clone(), value)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_pointed_at() {
        let ours = json!({"a": {"b/c": 1, "d": [1, 2]}, "proof": 1, "x": 1});
        let theirs = json!({"a": {"b/c": 2, "d": [1, 3]}, "proof": 2, "y": 1});
        assert_eq!(compare(&ours, &theirs), ["/a/b~1c", "/a/d/1", "/x", "/y"]);
        assert!(compare(&ours, &ours).is_empty());
    }

    #[test]
    fn undoings_leave_ordinary_text_alone() {
        assert_eq!(unescape_html("R&amp;D &quot;x&quot;").as_deref(), Some("R&D \"x\""));
        assert_eq!(unescape_html("R&D"), None);
        assert_eq!(unescape_unicode("caf\\u00e9 \\ud83d\\ude00").as_deref(), Some("café 😀"));
        assert_eq!(unescape_unicode("c:\\users"), None);
        assert_eq!(undo_mojibake("cafÃ©").as_deref(), Some("café"));
        assert_eq!(undo_mojibake("donâ€™t").as_deref(), Some("don’t"));
        assert_eq!(undo_mojibake("café"), None);
        assert_eq!(make_mojibake("café").as_deref(), Some("cafÃ©"));
        assert_eq!(moment("2026-01-01T00:00:00+00:00", "+00:00", "Z").as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(moment("no date Z", "Z", ".000Z"), None);
    }
}
