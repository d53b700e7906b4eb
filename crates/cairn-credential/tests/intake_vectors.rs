//! The 1EdTech validator's samples come out of their containers as what they are.
#![allow(clippy::unwrap_used, reason = "a failed helper is a failed test")]

use std::path::PathBuf;

use cairn_credential::intake::{Container, Limits, What, open};

fn vectors(folder: &str) -> Option<PathBuf> {
    let root = std::env::var("CAIRN_SHARED")
        .map_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let folder = root.join("vectors").join(folder);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED 1: no vectors at {}; set CAIRN_SHARED", folder.display());
    None
}

fn only(name: &str, bytes: &[u8]) -> What {
    let mut items = open(name, bytes, Limits::default());
    assert_eq!(items.len(), 1, "{name}: {items:?}");
    items.remove(0).what
}

fn code(what: &What) -> &str {
    match what {
        What::Unread(problem) => &problem.code,
        other => panic!("expected a problem, got {other:?}"),
    }
}

#[test]
fn open_badges_3_samples() {
    let Some(folder) = vectors("ob30-validator") else { return };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    for (name, wanted) in [
        ("simple.json", Container::Json),
        ("simple.1ob", Container::Json),
        ("complete.json", Container::Json),
        ("simple-noproof.json", Container::Json),
        ("endorsement-valid.json", Container::Json),
        ("simple.jwt", Container::Jwt),
        ("velocity.jwt", Container::Jwt),
        ("simple-json.png", Container::Png),
        ("simple-jwt.png", Container::Png),
        ("simple-jwt_v1.png", Container::Png),
        ("simple-json.svg", Container::Svg),
        ("simple-jwt.svg", Container::Svg),
        ("simple-jwt_v1.svg", Container::Svg),
    ] {
        let What::Credential { text, container } = only(name, &read(name)) else { panic!("{name}") };
        assert_eq!(container, wanted, "{name}");
        match name.contains("jwt") {
            true => assert!(text.starts_with("eyJ") && text.split('.').count() == 3, "{name}"),
            false => assert!(text.trim_start().starts_with('{'), "{name}"),
        }
    }
    let exact = String::from_utf8(read("simple.json")).unwrap();
    assert_eq!(only("simple.json", exact.as_bytes()), What::Credential { text: exact, container: Container::Json });
}

#[test]
fn open_badges_2_samples_are_named() {
    let Some(folder) = vectors("ob20-validator") else { return };
    for name in ["basic-assertion.json", "simple-badge.png", "simple.jwt", "badge-class-with-language.json"] {
        let what = only(name, &std::fs::read(folder.join(name)).unwrap());
        assert_eq!(code(&what), "open-badges-2-not-read-yet", "{name}");
    }
}

#[test]
fn every_sample_gets_an_answer() {
    let mut seen = 0;
    for folder in ["ob30-validator", "ob20-validator", "clr20-validator", "vc-di-eddsa", "vcdm2-inputs", "json-ld-api"]
    {
        let Some(folder) = vectors(folder) else { return };
        for entry in std::fs::read_dir(folder).unwrap().filter_map(Result::ok) {
            if entry.path().is_file() {
                assert!(!open("x", &std::fs::read(entry.path()).unwrap(), Limits::default()).is_empty());
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen}");
}
