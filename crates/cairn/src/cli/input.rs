//! What was named on the command line: files, folders, addresses, standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use cairn_credential::intake::{self, Item, Limits, Problem, What};
use cairn_registrar::gather::Gatherer;

/// Files that one command reads at the most.
const MOST_FILES: usize = 2_000;

/// Opens everything that was named. What cannot be read is an item that says so; the others still get their verdict.
pub async fn open_all(names: &[String], gatherer: &Gatherer) -> anyhow::Result<Vec<Item>> {
    let mut items = Vec::new();
    for name in names {
        if name == "-" {
            items.extend(open_bytes("standard input", &read_limited(std::io::stdin().lock())?));
        } else if name.starts_with("https://") || name.starts_with("http://") {
            items.extend(open_url(name, gatherer).await);
        } else {
            open_path(Path::new(name), &mut items)?;
        }
    }
    if items.is_empty() {
        bail!("nothing to read: {} holds no files", names.join(", "));
    }
    Ok(items)
}

async fn open_url(url: &str, gatherer: &Gatherer) -> Vec<Item> {
    match gatherer.fetch_url(url).await {
        Ok(bytes) => open_bytes(url, &bytes),
        Err(refusal) => vec![unread(url, refusal.code, refusal.says)],
    }
}

fn open_path(path: &Path, items: &mut Vec<Item>) -> anyhow::Result<()> {
    let name = path.display().to_string();
    if path.is_dir() {
        for file in files_below(path)? {
            items.extend(open_file(&file));
        }
    } else if path.exists() {
        items.extend(open_file(path));
    } else {
        items.push(unread(&name, "no-such-file", format!("There is no file or folder {name}. Check the path.")));
    }
    Ok(())
}

fn open_file(path: &Path) -> Vec<Item> {
    let name = path.display().to_string();
    let read = std::fs::File::open(path).and_then(read_limited);
    match read {
        Ok(bytes) => open_bytes(&name, &bytes),
        Err(error) => vec![unread(&name, "file-unreadable", format!("{name} could not be read: {error}."))],
    }
}

fn open_bytes(name: &str, bytes: &[u8]) -> Vec<Item> {
    intake::open(name, bytes, Limits::default())
}

/// Reads one byte more than the limit, so that the intake sees that it is too much and says so.
fn read_limited(mut from: impl Read) -> std::io::Result<Vec<u8>> {
    let most = Limits::default().unpacked as u64 + 1;
    let mut bytes = Vec::new();
    from.by_ref().take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unread(name: &str, code: &str, says: String) -> Item {
    Item { name: name.into(), what: What::Unread(Problem { code: code.into(), says }) }
}

/// All files below a folder, in order of their names; hidden ones are passed over.
fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut folders = vec![folder.to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("{} could not be listed", folder.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("{} could not be listed", folder.display()))?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // Links are not followed: a folder that links to itself would never end.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
            if files.len() > MOST_FILES {
                bail!("{} holds more than {MOST_FILES} files. Name a smaller folder.", folder.display());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Text of a file or of standard input (`-`), at most `most` bytes.
pub fn read_text(name: &str, most: usize) -> anyhow::Result<String> {
    let bytes = if name == "-" {
        read_limited(std::io::stdin().lock())?
    } else {
        let file = std::fs::File::open(name).with_context(|| format!("{name} could not be opened"))?;
        read_limited(file).with_context(|| format!("{name} could not be read"))?
    };
    if bytes.len() > most {
        bail!("{name} has more than {} kB. Give the text of one ad or résumé.", most / 1000);
    }
    String::from_utf8(bytes).map_err(|error| {
        anyhow::anyhow!(
            "{name} is not UTF-8 text (byte {}). Save it as plain text, UTF-8.",
            error.utf8_error().valid_up_to()
        )
    })
}
