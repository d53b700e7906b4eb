//! Zip archives: every file in one gets its own item. Bounded in entries, in size and in how far it swells.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Item, Limits, Problem, What, open_inside, shown, unread};

/// A file that swells more than this many times, and past 1 MB, is a bomb.
const SWELLS: u64 = 200;

/// Opens an archive. Names are for showing only and never used as paths.
pub(super) fn open(name: &str, bytes: &[u8], limits: Limits) -> Vec<Item> {
    let alone = |what| vec![Item { name: name.into(), what }];
    let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(_) => {
            let says = "This zip archive is damaged or was cut short. Copy it again, or give the files one by one.";
            return alone(unread("zip-damaged", says));
        }
    };
    if is_office(&archive) {
        let says =
            "This is an office document (DOCX, ODT and the like), which is not read. Save it as plain text or PDF.";
        return alone(unread("office-document", says));
    }
    let mut items = Vec::new();
    let mut left = limits.unpacked as u64;
    let mut files = 0;
    for at in 0..archive.len() {
        let inside = archive.name_for_index(at).and_then(Result::ok).map(|n| shown(&n)).unwrap_or_default();
        if is_litter(&inside) {
            continue;
        }
        let item_name = format!("{name}!/{inside}");
        files += 1;
        if files > limits.entries {
            let says = format!("Only the first {} files of this archive were read. Split it up.", limits.entries);
            items.push(Item { name: name.into(), what: unread("zip-too-many-entries", says) });
            break;
        }
        match unpack(&mut archive, at, limits, left) {
            Ok(bytes) => {
                left = left.saturating_sub(bytes.len() as u64);
                items.extend(open_inside(&item_name, &bytes, limits));
            }
            Err(problem) => {
                let stop = problem.code == "zip-bomb";
                items.push(Item { name: item_name, what: What::Unread(problem) });
                if stop {
                    break;
                }
            }
        }
    }
    if items.is_empty() {
        return alone(unread("zip-empty", "There is no file in this zip archive."));
    }
    items
}

fn unpack(archive: &mut ZipArchive<Cursor<&[u8]>>, at: usize, limits: Limits, left: u64) -> Result<Vec<u8>, Problem> {
    let file = archive.by_index(at).map_err(|error| refusal(&error))?;
    let packed = file.compressed_size();
    // What the archive says of its sizes is not believed: reading stops at what is allowed.
    let allowed = (limits.file as u64).min(left);
    let mut bytes = Vec::new();
    let read = file.take(allowed + 1).read_to_end(&mut bytes);
    let got = bytes.len() as u64;
    if got > 1 << 20 && got > packed.saturating_mul(SWELLS) {
        let says =
            format!("This archive swells more than {SWELLS} times when unpacked; nothing after this file was read.");
        return Err(Problem { code: "zip-bomb".into(), says });
    }
    if got > allowed {
        return Err(too_large(limits, left));
    }
    match read {
        Ok(_) => Ok(bytes),
        Err(_) => {
            let says =
                "This file in the archive is damaged: it does not unpack to what the archive says. Zip it again.";
            Err(Problem { code: "zip-damaged".into(), says: says.into() })
        }
    }
}

fn too_large(limits: Limits, left: u64) -> Problem {
    if left < limits.file as u64 {
        let most = limits.unpacked >> 20;
        let says = format!("The archive unpacks to more than {most} MB; this file was not read. Split the archive up.");
        return Problem { code: "zip-too-large".into(), says };
    }
    super::too_large(limits.file)
}

fn refusal(error: &ZipError) -> Problem {
    let (code, says) = match error {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => (
            "zip-encrypted",
            "This file in the archive is protected by a password. Unpack it and give the file itself.",
        ),
        ZipError::UnsupportedArchive(_) => (
            "zip-compression",
            "This file in the archive is compressed in a way that is not read. Zip it again with the usual method.",
        ),
        _ => ("zip-damaged", "This file in the archive is damaged. Zip it again, or give the file itself."),
    };
    Problem { code: code.into(), says: says.into() }
}

fn is_office(archive: &ZipArchive<Cursor<&[u8]>>) -> bool {
    archive.index_for_name("[Content_Types].xml").is_some()
        || (archive.index_for_name("mimetype").is_some() && archive.index_for_name("content.xml").is_some())
}

/// Folders, and what systems leave in archives unasked.
fn is_litter(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    name.ends_with('/')
        || name.split('/').any(|part| part == "__MACOSX")
        || last == ".DS_Store"
        || last.starts_with("._")
        || last.eq_ignore_ascii_case("thumbs.db")
        || last.eq_ignore_ascii_case("desktop.ini")
}
