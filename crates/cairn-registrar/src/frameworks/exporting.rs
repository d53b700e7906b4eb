//! Frameworks out of the store: whole, as CASE, CTDL-ASN or a table, and for the CASE service.

use std::path::Path;

use cairn_domain::framework::{
    Association, Framework, Item, Kind, Part, Reading, Told, Unreadable, Whole, case, ctdl, esco, onet, table,
};
use cairn_store::{StoredAssociation, StoredFramework, StoredItem};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::importing::LABELS;
use crate::Office;
use crate::access::Actor;
use crate::refusal::{Refusal, Trouble};

/// Items and associations of an export at the most: what is larger is a taxonomy with files of its own.
const MOST_EXPORTED: u64 = 300_000;

impl Office {
    /// A framework that the actor may see, with all that is in it.
    pub async fn whole_framework(&self, actor: &Actor, id: &str) -> Result<(StoredFramework, Whole), Trouble> {
        let stored = self.framework(actor, id).await?;
        let whole = self.all_of(&stored).await?;
        Ok((stored, whole))
    }

    /// A framework with all that is in it.
    pub(super) async fn all_of(&self, stored: &StoredFramework) -> Result<Whole, Trouble> {
        if stored.ready.is_none() {
            return Err(Refusal::new("not-now", "Its import is not complete. Finish the import first.").into());
        }
        if stored.position > MOST_EXPORTED {
            let says =
                format!("It has more than {MOST_EXPORTED} items and associations. Take its publisher's own files.");
            return Err(Refusal::new("too-large", says).into());
        }
        let store = &self.desk.store;
        let mut whole = Whole { framework: framework(stored)?, items: Vec::new(), associations: Vec::new() };
        let mut after = None;
        loop {
            let items = store.list_framework_items(&stored.id, after, 2_000).await?;
            let Some(last) = items.last() else { break };
            after = Some(last.place);
            whole.items.extend(items.into_iter().map(item));
        }
        after = None;
        loop {
            let some = store.list_framework_associations(&stored.id, after, 2_000).await?;
            let Some(last) = some.last() else { break };
            after = Some(last.place);
            whole.associations.extend(some.into_iter().map(association));
        }
        Ok(whole)
    }

    /// A framework as a file: media type and text.
    pub async fn export_framework(
        &self,
        actor: &Actor,
        id: &str,
        form: Kind,
    ) -> Result<(&'static str, String), Trouble> {
        let (stored, whole) = self.whole_framework(actor, id).await?;
        exported(&whole, form, &stored.created.to_string())
    }
}

/// A framework as a file: media type and text. `changed` is the moment for what says none of its own.
pub fn exported(whole: &Whole, form: Kind, changed: &str) -> Result<(&'static str, String), Trouble> {
    match form {
        Kind::Case => Ok(("application/json", pretty(&case::write(whole, changed)))),
        Kind::Ctdl => Ok(("application/ld+json", pretty(&ctdl::write(whole)))),
        Kind::Csv => Ok(("text/csv; charset=utf-8", table::write(whole))),
        Kind::Esco | Kind::Onet => {
            let says = "A framework is exported as case, ctdl or csv; ESCO and O*NET are only read.";
            Err(Refusal::new("unknown-form", says).into())
        }
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// What was stored, as the rules know it.
pub(super) fn framework(stored: &StoredFramework) -> Result<Framework, Trouble> {
    Ok(Framework {
        uri: stored.uri.clone(),
        kind: stored.kind.parse().map_err(Trouble::fault)?,
        title: stored.title.clone(),
        version: stored.version.clone(),
        publisher: stored.publisher.clone(),
        licence: stored.licence.clone(),
        language: stored.language.clone(),
        about: members(stored.about.as_deref()),
    })
}

/// The JSON of a row; a framework says of itself nothing that must be read.
pub(super) fn members(about: Option<&str>) -> Map<String, Value> {
    about.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// A stored item as the rules know it.
pub fn item(stored: StoredItem) -> Item {
    let mut about = members(stored.about.as_deref());
    let other_labels = match about.shift_remove(LABELS) {
        Some(Value::Array(labels)) => labels.into_iter().filter_map(|l| l.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    Item {
        id: stored.id,
        uri: stored.uri,
        code: stored.code,
        statement: stored.statement,
        kind: stored.kind,
        level: stored.level,
        other_labels,
        about,
    }
}

/// A stored association as the rules know it.
pub(super) fn association(stored: StoredAssociation) -> Association {
    Association {
        id: stored.id,
        kind: stored.kind,
        origin: stored.origin,
        destination: stored.destination,
        about: members(stored.about.as_deref()),
    }
}

/// Reads an uploaded file: what it is and its SHA-256. `form` is guessed from its beginning when it is not said.
pub fn read_upload(name: &str, bytes: &[u8], form: Option<Kind>, told: &Told) -> Result<(Reading, String), Refusal> {
    let form = form.unwrap_or_else(|| guess(name, bytes));
    let reading = match form {
        Kind::Case => case::read(bytes),
        Kind::Ctdl => ctdl::read(bytes),
        Kind::Csv => table::read(Part::new(name, std::io::Cursor::new(bytes.to_vec())), told),
        Kind::Esco => esco::read(vec![Part::new(name, std::io::Cursor::new(bytes.to_vec()))], told),
        Kind::Onet => onet::read(vec![Part::new(name, std::io::Cursor::new(bytes.to_vec()))], told),
    };
    let mut reading = reading.map_err(refused)?;
    reading.framework = told.over(reading.framework);
    Ok((reading, hex(&Sha256::digest(bytes))))
}

/// Reads a file or folder of this machine without keeping it in memory, where the form allows.
pub fn read_path(path: &Path, form: Kind, told: &Told) -> Result<(Reading, String), Refusal> {
    let mut files: Vec<(String, std::path::PathBuf)> = Vec::new();
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let fault = |path: &Path, error: std::io::Error| {
        Refusal::new("unreadable", format!("{} cannot be read: {error}.", path.display()))
    };
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(|error| fault(path, error))? {
            let file = entry.map_err(|error| fault(path, error))?.path();
            if file.is_file() {
                files.push((name(&file), file));
            }
        }
        files.sort();
    } else {
        files.push((name(path), path.to_path_buf()));
    }
    if matches!(form, Kind::Case | Kind::Ctdl | Kind::Csv) {
        let [(_, file)] = files.as_slice() else {
            return Err(Refusal::new("unreadable", "This form is one file, not a folder. Name the file."));
        };
        let bytes = std::fs::read(file).map_err(|error| fault(file, error))?;
        return read_upload(&files[0].0, &bytes, Some(form), told);
    }
    let known: &[&str] = if form == Kind::Esco { &esco::FILES } else { &onet::FILES };
    files.retain(|(name, _)| known.iter().any(|known| name.to_lowercase().starts_with(&known.to_lowercase())));
    let mut whole = Sha256::new();
    let mut parts = Vec::new();
    for (name, file) in &files {
        whole.update(name.as_bytes());
        let mut open = std::fs::File::open(file).map_err(|error| fault(file, error))?;
        whole.update(hash_of(&mut open).map_err(|error| fault(file, error))?);
        parts.push(Part::new(name.clone(), std::fs::File::open(file).map_err(|error| fault(file, error))?));
    }
    let reading = if form == Kind::Esco { esco::read(parts, told) } else { onet::read(parts, told) };
    Ok((reading.map_err(refused)?, hex(&whole.finalize())))
}

fn hash_of(file: &mut impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().to_vec()),
            n => hash.update(&buffer[..n]),
        }
    }
}

fn refused(error: Unreadable) -> Refusal {
    Refusal::new("unreadable", error.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The form of a file by its name and beginning.
fn guess(name: &str, bytes: &[u8]) -> Kind {
    let start = &bytes[..bytes.len().min(4096)];
    let has = |word: &str| start.windows(word.len()).any(|window| window == word.as_bytes());
    let json = start.iter().find(|byte| !byte.is_ascii_whitespace() && **byte > 0x20 && **byte < 0x80) == Some(&b'{');
    if !json && !name.to_lowercase().ends_with("json") {
        return Kind::Csv;
    }
    if has("@graph") || has("@context") || has("ceasn:") || has("envelope_") { Kind::Ctdl } else { Kind::Case }
}
