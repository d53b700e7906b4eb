//! Where the parts of a JSON text stand in it: a credential inside a list must come out byte for byte.
//!
//! These run on texts that serde_json has already accepted; on others they may give less, never panic.

/// How deep a JSON text nests, without building it; strings are skipped.
pub(super) fn depth(text: &str) -> usize {
    let (mut deepest, mut depth, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for byte in text.bytes() {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The elements of an array, each exactly as it stands in the text; empty when it is no array.
pub(super) fn elements(text: &str) -> Vec<&str> {
    inner(text, '[', ']').map(parts).unwrap_or_default()
}

/// The values an object gives for `key`, each exactly as it stands; several when the key is repeated.
pub(super) fn members<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    let Some(inner) = inner(text, '{', '}') else { return Vec::new() };
    all_members(inner).into_iter().filter(|(name, _)| name == key).map(|(_, value)| value).collect()
}

/// The keys of an object, in order, repeated ones repeated.
pub(crate) fn keys(text: &str) -> Vec<String> {
    inner(text, '{', '}')
        .map(|inner| all_members(inner).into_iter().map(|(name, _)| name).collect())
        .unwrap_or_default()
}

/// The first value that an object gives for `key`, exactly as it stands.
pub(crate) fn member<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    members(text, key).into_iter().next()
}

fn all_members(inner: &str) -> Vec<(String, &str)> {
    let pair = |part: &'_ str| -> Option<(String, usize)> {
        let colon = top_level(part, b':').into_iter().next()?;
        let name: String = serde_json::from_str(part[..colon].trim()).ok()?;
        Some((name, colon + 1))
    };
    parts(inner).into_iter().filter_map(|part| pair(part).map(|(name, at)| (name, part[at..].trim()))).collect()
}

fn inner(text: &str, open: char, close: char) -> Option<&str> {
    text.trim().strip_prefix(open)?.strip_suffix(close)
}

fn parts(inner: &str) -> Vec<&str> {
    if inner.trim().is_empty() {
        return Vec::new();
    }
    let mut from = 0;
    let mut all = Vec::new();
    for comma in top_level(inner, b',') {
        all.push(inner[from..comma].trim());
        from = comma + 1;
    }
    all.push(inner[from..].trim());
    all
}

/// Where `wanted` stands outside strings and brackets.
fn top_level(text: &str, wanted: u8) -> Vec<usize> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    let mut places = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            (false, byte) if byte == wanted && depth == 0 => places.push(at),
            _ => {}
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_out_as_they_stand() {
        let text = r#" [ {"a" : [1,2], "b":"x,]\"y"} , "s,t", 3 ] "#;
        assert_eq!(elements(text), [r#"{"a" : [1,2], "b":"x,]\"y"}"#, r#""s,t""#, "3"]);
        assert_eq!(members(elements(text)[0], "b"), [r#""x,]\"y""#]);
        assert_eq!(keys(r#"{"a":1,"b":{"a":2},"a":3}"#), ["a", "b", "a"]);
        assert_eq!(depth(text), 3);
        assert!(elements("[]").is_empty());
    }
}
