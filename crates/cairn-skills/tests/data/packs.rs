//! The vocabulary of the packs that come with the program, read from their files.

use cairn_skills::{Named, Vocabulary};

/// Certificates, roles and tools of all packs; `None`, said on standard error, where the files are absent.
#[allow(clippy::unwrap_used, reason = "a pack that does not read fails the test that asks")]
pub fn vocabulary() -> Option<Vocabulary> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs");
    let mut all = Vocabulary::default();
    for name in ["technology", "healthcare", "finance", "education", "manufacturing"] {
        let path = format!("{folder}/{name}.toml");
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("SKIPPED 1: {path} is absent");
            return None;
        };
        let pack: toml::Table = text.parse().unwrap();
        all.certificates.extend(named(&pack, "certificate", "name", ""));
        all.roles.extend(named(&pack, "role", "title", ""));
        all.tools.extend(named(&pack, "tool", "name", "onet:"));
    }
    Some(all)
}

/// One list of a pack; tools have no id but their name.
fn named(pack: &toml::Table, list: &str, name: &str, prefix: &str) -> Vec<Named> {
    let text = |one: &toml::Value, field: &str| one.get(field).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    let rows = pack.get(list).and_then(|v| v.as_array()).into_iter().flatten();
    rows.map(|one| Named {
        id: if prefix.is_empty() { text(one, "id") } else { format!("{prefix}{}", text(one, name)) },
        name: text(one, name),
        also: one
            .get("also")
            .and_then(|v| v.as_array())
            .into_iter()
            .flatten()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect(),
    })
    .collect()
}
