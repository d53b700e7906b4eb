//! Reading JSON that strangers wrote: with limits, and without the two faces a duplicate key gives a document.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Most bytes of one document.
pub(crate) const MOST_BYTES: usize = 8 << 20;
/// Deepest nesting of a document.
pub(crate) const MOST_DEPTH: usize = 64;

/// Parses JSON text. The error is a sentence: what is wrong and where.
///
/// A key that stands twice in one object is refused: two readers could each see another document, and only
/// one of them is what was signed.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    if text.len() > MOST_BYTES {
        return Err(format!("The document has {} bytes; at most {MOST_BYTES} are read.", text.len()));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut path = Vec::new();
    let value = Careful { path: &mut path }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        let said = error.to_string();
        match said.strip_prefix(OURS) {
            // our own sentences already name the place
            Some(sentence) => sentence.split(" at line ").next().unwrap_or(sentence).to_owned(),
            None => format!("This is not JSON: {said}."),
        }
    })
}

/// Marks errors raised here, to tell them from the parser's own.
const OURS: &str = "\u{1}";

/// Escapes one reference token of a JSON pointer (RFC 6901 §3).
pub(crate) fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

struct Careful<'a> {
    path: &'a mut Vec<String>,
}

impl Careful<'_> {
    fn place(&self) -> String {
        self.path.iter().map(|step| format!("/{}", token(step))).collect()
    }

    fn too_deep<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.path.len() < MOST_DEPTH {
            return Ok(());
        }
        let start: String = self.path.iter().take(6).map(|step| format!("/{}", token(step))).collect();
        Err(E::custom(format!("{OURS}The document is nested deeper than {MOST_DEPTH} levels, below {start}.")))
    }
}

impl<'de> DeserializeSeed<'de> for Careful<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Careful<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom(format!("{OURS}The number at {} is not finite.", self.place())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        self.too_deep()?;
        let mut items = Vec::new();
        loop {
            self.path.push(items.len().to_string());
            let next = seq.next_element_seed(Careful { path: &mut *self.path })?;
            self.path.pop();
            match next {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        self.too_deep()?;
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if object.contains_key(&key) {
                let place = match self.place() {
                    place if place.is_empty() => "the outermost object".to_owned(),
                    place => place,
                };
                return Err(A::Error::custom(format!(
                    "{OURS}The key “{key}” stands twice in {place}; keep one, since each reader might take another."
                )));
            }
            self.path.push(key.clone());
            let value = map.next_value_seed(Careful { path: &mut *self.path })?;
            self.path.pop();
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_keys_are_named_with_their_place() {
        let says = parse(r#"{"a":{"b":[{"c":1,"c":2}]}}"#).unwrap_err();
        assert!(says.contains("“c”") && says.contains("/a/b/0"), "{says}");
        assert!(parse(r#"{"a":{"c":1},"c":2}"#).is_ok());
    }

    #[test]
    fn depth_and_garbage_are_refused_in_a_sentence() {
        let deep = "[".repeat(100) + &"]".repeat(100);
        assert!(parse(&deep).unwrap_err().contains("nested deeper"), "{:?}", parse(&deep));
        assert!(parse(&("[".repeat(64) + &"]".repeat(64))).is_ok());
        assert!(parse("{]").unwrap_err().starts_with("This is not JSON"));
        assert!(parse("{} x").unwrap_err().starts_with("This is not JSON"));
        assert!(parse(&" ".repeat(MOST_BYTES + 1)).unwrap_err().contains("at most"));
    }

    #[test]
    fn values_survive() {
        let text = r#"{"b":[1,-2,1.5,1e30,true,null,"x\u0000"],"a":{}}"#;
        assert_eq!(parse(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }
}
