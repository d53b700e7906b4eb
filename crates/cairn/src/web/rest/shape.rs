//! Whether JSON has objects where objects are wanted. The derived readers take a list of the members' values for an
//! object too; the API's description does not say so, and whoever sends one has made a mistake.

use schemars::JsonSchema;
use serde_json::Value;

/// JSON pointer to a list that stands where an object is wanted, if there is one. `bytes` are JSON that is read already.
pub fn misplaced_list<T: JsonSchema>(bytes: &[u8]) -> Option<String> {
    if !bytes.contains(&b'[') {
        return None;
    }
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let root = schemars::schema_for!(T).to_value();
    fits(&root, &root, &value, String::new()).err()
}

fn fits(root: &Value, schema: &Value, value: &Value, at: String) -> Result<(), String> {
    if let Some(to) = schema["$ref"].as_str().and_then(|to| root.pointer(to.strip_prefix('#')?)) {
        return fits(root, to, value, at);
    }
    let choices = schema["anyOf"].as_array().or(schema["oneOf"].as_array());
    if let Some(choices) = choices {
        let fitting = choices.iter().any(|one| fits(root, one, value, at.clone()).is_ok());
        return if fitting { Ok(()) } else { Err(at) };
    }
    let wanted = |kind: &str| match &schema["type"] {
        Value::String(one) => one == kind,
        Value::Array(some) => some.iter().any(|one| one == kind),
        _ => true,
    };
    match value {
        Value::Array(_) if !wanted("array") => Err(at),
        Value::Object(_) if !wanted("object") => Err(at),
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(n, item)| fits(root, &schema["items"], item, format!("{at}/{n}")))
        }
        Value::Object(members) => members.iter().try_for_each(|(name, member)| {
            let part = name.replace('~', "~0").replace('/', "~1");
            fits(root, &schema["properties"][name], member, format!("{at}/{part}"))
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use cairn_domain::definition::Definition;

    use super::misplaced_list;

    #[test]
    fn a_list_is_no_object() {
        let at = |text: &str| misplaced_list::<Definition>(text.as_bytes());
        assert_eq!(at(r#"{"name":"x","tags":["a"],"criteria":[{"id":"a","levels":["b"]}],"credit":null}"#), None);
        assert_eq!(at(r#"["x","y"]"#).as_deref(), Some(""));
        assert_eq!(at(r#"{"credit":[null,null]}"#).as_deref(), Some("/credit"));
        assert_eq!(at(r#"{"criteria":[{"id":"a"},["b"]]}"#).as_deref(), Some("/criteria/1"));
    }
}
