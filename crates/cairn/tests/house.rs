//! The house stays the house: arrows between crates and "who alone knows what" (ARCHITECTURE.md), checked on the
//! manifests and sources themselves.

#![allow(clippy::unwrap_used)] // a test fails by panicking, helpers too

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What each crate may depend on, of ours.
const ARROWS: &[(&str, &[&str])] = &[
    ("cairn-credential", &[]),
    ("cairn-skills", &[]),
    ("cairn-domain", &[]),
    ("cairn-store", &["cairn-domain"]),
    ("cairn-registrar", &["cairn-store", "cairn-domain", "cairn-skills", "cairn-credential"]),
    ("cairn", &["cairn-registrar", "cairn-domain", "cairn-skills", "cairn-credential"]),
];

/// Knowledge and the only places that may have it: words that give it away, path prefixes where they may stand.
const ABSENCES: &[(&str, &[&str], &[&str])] = &[
    ("the database driver", &["sqlx"], &["crates/cairn-store/"]),
    ("SQL", &["select * from", "insert into ", "delete from ", "create table "], &["crates/cairn-store/"]),
    ("axum", &["axum::", "axum_extra::", "tower_http::", "askama::"], &["crates/cairn/src/web", "crates/cairn/tests/"]),
    ("clap", &["clap::"], &["crates/cairn/src/cli", "crates/cairn/src/config.rs", "crates/cairn/src/main.rs"]),
    ("exit codes", &["ExitCode"], &["crates/cairn/src/cli", "crates/cairn/src/main.rs"]),
    ("the environment", &["env::var"], &["crates/cairn/src/config.rs"]),
    (
        "the system clock",
        &["SystemTime::now", "Timestamp::now", "Instant::now"],
        &["crates/cairn-registrar/src/outside.rs"],
    ),
    ("randomness", &["getrandom::", "OsRng", "rand::"], &["crates/cairn-registrar/src/outside.rs"]),
    ("the object store", &["object_store::"], &["crates/cairn-registrar/src/evidence.rs"]),
    ("outgoing HTTP", &["reqwest::"], &["crates/cairn-registrar/src/gather"]),
    ("sealing of keys", &["chacha20poly1305::", "argon2::"], &["crates/cairn-registrar/src/keyring"]),
    ("SMTP", &["lettre::"], &["crates/cairn-registrar/src/post/smtp.rs"]),
    ("WebAuthn", &["webauthn_rs::"], &["crates/cairn-registrar/src/passkeys.rs"]),
    ("OpenID Connect", &["openidconnect::"], &["crates/cairn-registrar/src/single_sign_on/"]),
    ("drawing", &["resvg::"], &["crates/cairn-registrar/src/artwork", "crates/cairn-registrar/src/certificate"]),
    ("PDF", &["krilla::", "krilla_svg::", "qrcode::", "ttf_parser::"], &["crates/cairn-registrar/src/certificate"]),
    (
        "JSON-LD and signatures",
        &["oxjsonld::", "rdf_canon::", "ed25519_dalek::", "p256::", "rsa::"],
        &["crates/cairn-credential/"],
    ),
];

#[test]
fn there_are_six_crates_and_each_has_its_floor() {
    let mut found: Vec<String> = std::fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    let mut known: Vec<String> = ARROWS.iter().map(|(name, _)| name.to_string()).collect();
    known.sort();
    assert_eq!(found, known, "a crate came or went: say why in ARCHITECTURE.md, then change ARROWS here");
}

#[test]
fn arrows_point_down() {
    for (name, may) in ARROWS {
        let path = root().join("crates").join(name).join("Cargo.toml");
        let manifest: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(section).and_then(|s| s.as_table()) else { continue };
            for dependency in table.keys().filter(|key| key.starts_with("cairn")) {
                assert!(
                    may.contains(&dependency.as_str()),
                    "{name} must not depend on {dependency} ([{section}] in its Cargo.toml): it may depend on {may:?}"
                );
            }
        }
    }
}

#[test]
fn who_alone_knows_what() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let code = without_comments_and_tests(&text);
        for (what, words, places) in ABSENCES {
            if places.iter().any(|place| path.starts_with(place)) {
                continue;
            }
            for word in words.iter() {
                // SQL is looked for without regard to case, Rust paths exactly.
                let hit = if word.contains(' ') { code.to_lowercase().contains(word) } else { names(&code, word) };
                if hit {
                    wrong.push(format!("{path} knows {what} (`{word}`); only {places:?} may"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn main_is_short_and_pure_crates_are_not_async() {
    let main = std::fs::read_to_string(root().join("crates/cairn/src/main.rs")).unwrap();
    assert!(main.lines().count() < 40, "main.rs has {} lines; it may have 39", main.lines().count());
    for (path, text) in sources() {
        let pure = ["crates/cairn-credential/src", "crates/cairn-skills/src", "crates/cairn-domain/src"];
        if pure.iter().any(|place| path.starts_with(place)) {
            assert!(
                !without_comments_and_tests(&text).contains("async fn"),
                "{path} is in a pure crate and has an async fn"
            );
        }
    }
}

#[test]
fn no_unwrap_outside_tests() {
    let mut counts = BTreeMap::new();
    // A file named tests.rs, or in a folder of that name, is a test module of its own.
    let is_test = |path: &str| path.ends_with("/tests.rs") || path.contains("/tests/");
    for (path, text) in sources().into_iter().filter(|(path, _)| !is_test(path)) {
        let count = without_comments_and_tests(&text).matches(".unwrap()").count();
        if count > 0 {
            counts.insert(path, count);
        }
    }
    assert!(counts.is_empty(), "unwrap() outside tests: {counts:?}");
}

/// Whether `code` names the path `word` (not as the tail of a longer identifier).
fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

/// Every Rust source below crates/*/src, by path from the root.
fn sources() -> Vec<(String, String)> {
    let root = root();
    let mut folders: Vec<PathBuf> = ARROWS.iter().map(|(name, _)| root.join("crates").join(name).join("src")).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 20, "found only {} sources: is the path right?", found.len());
    found
}

/// Code before the first `#[cfg(test)]`, without comment lines.
fn without_comments_and_tests(text: &str) -> String {
    text.lines()
        .take_while(|line| !line.trim_start().starts_with("#[cfg(test)]"))
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}
