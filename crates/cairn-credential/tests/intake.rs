//! A testkit of files, each with one fault or one peculiarity, and what [`open`] makes of it.
#![allow(clippy::unwrap_used, reason = "a failed helper is a failed test")]

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_credential::intake::{Container, Item, Limits, What, open};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

const VC: &str =
    r#"{ "type": ["VerifiableCredential", "OpenBadgeCredential"], "credentialSubject": {"id": "did:a:b"} }"#;
const VP: &str = r#"{"type": "VerifiablePresentation", "verifiableCredential": []}"#;
const OB2: &str =
    r#"{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","recipient":{},"badge":"https://x"}"#;

fn jwt(payload: &str) -> String {
    format!("eyJhbGciOiJFZERTQSJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn all(bytes: impl AsRef<[u8]>) -> Vec<Item> {
    open("f", bytes.as_ref(), Limits::default())
}

/// One word for what came out: the container, `presentation`, `bundle`, `claim`, or the problem's code.
fn word(what: &What) -> String {
    match what {
        What::Credential { container, .. } => format!("{container:?}").to_lowercase(),
        What::Presentation { .. } => "presentation".into(),
        What::Bundle(_) => "bundle".into(),
        What::Claim { why, .. } => {
            assert!(why.ends_with('.'), "{why}");
            "claim".into()
        }
        What::Unread(problem) => {
            assert!(problem.says.ends_with('.') && problem.says.len() > 20, "{}", problem.says);
            problem.code.clone()
        }
    }
}

#[track_caller]
fn check(bytes: impl AsRef<[u8]>, expect: &str) {
    let items = all(bytes);
    let words: Vec<String> = items.iter().map(|item| word(&item.what)).collect();
    assert_eq!(words.join(" "), expect, "{:.300}", format!("{items:?}"));
}

#[test]
fn json_and_jwt() {
    check(VC, "json");
    check(format!("\u{feff}{VC}"), "json");
    check(VP, "presentation");
    check(OB2, "open-badges-2-not-read-yet");
    check(r#"{"uid":"1","recipient":"sha256$","badge":{},"verify":{}}"#, "open-badges-2-not-read-yet");
    check(r#"{"name": "package.json"}"#, "json-not-a-credential");
    check(r#"{"type":"CairnTrustList","version":1}"#, "trust-list");
    check(r#"{"payload":"","signatures":[]}"#, "jws-json-not-read-yet");
    check(jwt(VC), "jwt");
    check(jwt(r#"{"vc":{}}"#), "jwt");
    check(jwt(r#"{"vp":{}}"#), "presentation");
    check(jwt(VP), "presentation");
    check(jwt(OB2), "open-badges-2-not-read-yet");
    check(jwt(r#"{"sub":"me"}"#), "jwt-not-a-credential");
    check(jwt("not json"), "jwt-broken");
    check(jwt(&format!("{}{}", "[".repeat(65), "]".repeat(65))), "json-too-deep");
    check("eyJhbGciOiJub25lIn0.e30.", "jwt-unsigned");
    check("eyJhbGciOiJub25lIn0.e30", "jwt-truncated");
    check("eyJ.a.b.c.d", "jwt-encrypted");
    check("eyJ.a.b~c~", "sd-jwt-not-read-yet");
    check(serde_json::to_string(&jwt(VC)).unwrap(), "jwt");
    check(serde_json::to_string(VC).unwrap(), "json");
}

#[test]
fn a_wrapped_jwt_is_put_together() {
    let whole = jwt(VC);
    let (a, b) = whole.split_at(30);
    assert_eq!(all(format!("  {a}\r\n {b}\n"))[0].what, What::Credential { text: whole, container: Container::Jwt });
}

#[test]
fn utf16_is_read() {
    let le: Vec<u8> = VC.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = VC.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [[b"\xff\xfe".as_slice(), &le].concat(), [b"\xfe\xff".as_slice(), &be].concat(), le, be] {
        assert_eq!(all(bytes)[0].what, What::Credential { text: VC.into(), container: Container::Json });
    }
}

#[test]
fn lists_give_an_item_each_byte_for_byte() {
    let odd = VC.replace(": ", " :  ");
    let items = all(format!("[ {VC},\n{odd} , {OB2}, \"{}\", 3, [{VC}] ]", jwt(VC)));
    let words: Vec<String> = items.iter().map(|item| word(&item.what)).collect();
    assert_eq!(words, ["json", "json", "open-badges-2-not-read-yet", "jwt", "json-not-a-credential", "list-in-list"]);
    assert_eq!(items[1].what, What::Credential { text: odd, container: Container::Json });
    assert_eq!(items[1].name, "f#/1");
    check(format!(r#"{{"verifiableCredential": [{VC}, {VC}]}}"#), "json json");
    check(format!(r#"{{"verifiableCredential": {VC}}}"#), "json");
    check(format!(r#"{{"credential": [{VC}], "compactJwsString": ["{}"]}}"#, jwt(VC)), "json jwt");
    check("[]", "empty-list");
    let many = format!("[{}1]", "1,".repeat(600));
    let items = all(many);
    assert_eq!((items.len(), word(&items[500].what)), (501, "too-many-entries".into()));
}

#[test]
fn envelopes() {
    let envelope = |kind: &str, body: &str| format!(r#"{{"@context":[],"type":"{kind}","id":"data:{body}"}}"#);
    check(envelope("EnvelopedVerifiableCredential", &format!("application/vc+jwt,{}", jwt(VC))), "jwt");
    check(envelope("EnvelopedVerifiablePresentation", &format!("application/vp+jwt,{}", jwt(VP))), "presentation");
    check(envelope("EnvelopedVerifiableCredential", "application/vc+sd-jwt,eyJ.a.b~"), "envelope-not-read-yet");
    check(envelope("EnvelopedVerifiableCredential", "application/vc+jwt,nothing"), "envelope-not-read-yet");
    check(envelope("EnvelopedVerifiableCredential", ""), "envelope-empty");
}

#[test]
fn broken_json_says_where() {
    check(&VC[..VC.len() - 3], "json-truncated");
    check(VC.replace("},", "}"), "json");
    check(VC.replace(',', ";"), "json-broken");
    check("{}{}", "json-broken");
    check("[{\"a\":1},]", "json-broken");
    check("[".repeat(100_000), "json-too-deep");
    check("{\"a\":".repeat(100_000), "json-too-deep");
    let What::Unread(problem) = all("{\n  \"a\": 1,\n  oops }").remove(0).what else { panic!() };
    assert!(problem.says.contains("line 3, column 3"), "{}", problem.says);
}

#[test]
fn what_is_no_credential() {
    check("", "empty-file");
    check(" \n ", "empty-file");
    check("\u{feff} ", "empty-file");
    check("I ran the on-call rota for two years.", "claim");
    check("# About me\n\n* Rust", "claim");
    check("[my page](https://example.org) and more", "claim");
    check("{name}, hello", "claim");
    check("\"Best hire ever\" says my last boss", "claim");
    check("https://example.org/badge/7", "claim");
    check("%PDF-1.7\n%\u{e2}", "claim");
    check([b"\0\x01junk%PDF-".as_slice(), &[0; 90]].concat(), "claim");
    check("<!doctype html><html><body><svg/></body></html>", "markup-not-read");
    check("<?xml version=\"1.0\"?><rss/>", "markup-not-read");
    check("<svg/>", "no-badge-in-image");
    check("<svg><g>", "svg-broken");
    check(b"\xff\xd8\xff\xe0", "no-badge-in-image");
    check(b"GIF89a", "no-badge-in-image");
    check(b"RIFF....WEBP", "no-badge-in-image");
    check(b"\x1f\x8b\x08", "file-not-readable");
    check(b"\xd0\xcf\x11\xe0\xa1", "file-not-readable");
    check([0u8, 1, 2, 3], "file-not-readable");
    check(b"caf\xe9", "file-not-readable");
    check(b"\x89PNG", "png-truncated");
    check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png-truncated");
}

#[test]
fn baked_pictures_hold_one_credential() {
    let svg = |text: &str| cairn_credential::bake::bake_svg("<svg/>", text).unwrap();
    check(svg(VC), "svg");
    check(svg(&jwt(VC)), "svg");
    check(svg("hello"), "baked-not-a-credential");
    check(svg(VP), "baked-not-a-credential");
    check(svg(&format!("[{VC},{VC}]")), "baked-not-a-credential");
    check(svg(&VC[..20]), "json-truncated");
    check(svg(OB2), "open-badges-2-not-read-yet");
    check(svg(&svg(VC)), "svg");
}

#[test]
fn a_zip_gives_every_file_its_own_answer() {
    let nested = zip(&[("a.json", VC.as_bytes())]);
    let bytes = zip(&[
        ("badges/aws.json", VC.as_bytes()),
        ("badges\\..\\../etc/\u{202e}gpj.txt", b"I know Rust"),
        ("__MACOSX/._aws.json", b"x"),
        (".DS_Store", b"x"),
        ("broken.json", b"{"),
        ("more.zip", &nested),
        ("two.json", format!("[{VC},{VC}]").as_bytes()),
    ]);
    let found: Vec<String> = open("b.zip", &bytes, Limits::default())
        .iter()
        .map(|item| format!("{} {}", item.name, word(&item.what)))
        .collect();
    assert_eq!(
        found,
        [
            "b.zip!/badges/aws.json json",
            "b.zip!/badges/etc/gpj.txt claim",
            "b.zip!/broken.json json-truncated",
            "b.zip!/more.zip zip-in-zip",
            "b.zip!/two.json#/0 json",
            "b.zip!/two.json#/1 json",
        ]
    );
}

#[test]
fn bad_zips() {
    let good = zip(&[("a.json", VC.as_bytes()), ("b.json", VC.as_bytes())]);
    check(&good[..good.len() / 2], "zip-damaged");
    check(b"PK\x03\x04", "zip-damaged");
    check(zip(&[]), "zip-empty");
    check(zip(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]), "office-document");
    let mut flipped = good.clone();
    flipped[45] ^= 0xff;
    let words: Vec<String> = all(&flipped).iter().map(|item| word(&item.what)).collect();
    assert_eq!(words, ["zip-damaged", "json"]);
    // A bomb ends the reading; what came before it keeps its answer.
    let zeros = vec![b' '; 20 << 20];
    check(zip(&[("a.json", VC.as_bytes()), ("bomb", &zeros), ("b.json", VC.as_bytes())]), "json zip-bomb");
    let names: Vec<String> = (0..501).map(|n| format!("{n}.txt")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    let items = all(zip(&many));
    assert_eq!((items.len(), word(&items[500].what)), (501, "zip-too-many-entries".into()));
}

#[test]
fn sizes() {
    let limits = Limits { file: 1 << 20, unpacked: 2 << 20, ..Limits::default() };
    let word_of = |bytes: &[u8]| word(&open("f", bytes, limits)[0].what);
    assert_eq!(word_of(&vec![b'x'; (1 << 20) + 1]), "file-too-large");
    assert_eq!(word_of(&vec![b'x'; 1 << 20]), "claim");
    // Noise does not compress, so that sizes and not the swelling decide.
    let mut seed = 1u64;
    let mut noise = |size: usize| -> Vec<u8> {
        let next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            b'a' + ((seed >> 33) % 26) as u8
        };
        std::iter::repeat_with(next).take(size).collect()
    };
    let (a, b, c) = (noise(900 << 10), noise(900 << 10), noise(900 << 10));
    let bytes = zip(&[("a", &a), ("b", &b), ("c", &c), ("d.json", VC.as_bytes())]);
    let words: Vec<String> = open("z", &bytes, limits).iter().map(|item| word(&item.what)).collect();
    assert_eq!(words, ["claim", "claim", "zip-too-large", "json"]);
    let large = noise((1 << 20) + 1);
    assert_eq!(word_of(&zip(&[("a", &large)])), "file-too-large");
}

/// The uploader's name is shown; it must not be able to hide or to break lines.
#[test]
fn names_are_fit_to_be_shown() {
    let name = |given: &str| open(given, b"x", Limits::default())[0].name.clone();
    assert_eq!(name("../badges/a.json"), "../badges/a.json");
    assert_eq!(name("a\n\u{202e}b\u{0}.json"), "ab.json");
    assert_eq!(name(&"é".repeat(1000)).chars().count(), 241);
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!all(&bytes).is_empty());
    }

    #[test]
    fn random_files_of_a_known_kind_never_panic(
        head in proptest::sample::select(vec![
            b"\x89PNG\r\n\x1a\n".as_slice(), b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"<svg>", b"{\"type\":", b"[", b"\"",
            b"eyJ", b"eyJ.e30.", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf{",
        ]),
        tail in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(!all([head, &tail].concat()).is_empty());
    }

    #[test]
    fn damaged_zips_never_panic(at in 0usize..400, with in any::<u8>()) {
        let mut bytes = zip(&[("a.json", VC.as_bytes()), ("b/c.svg", b"<svg/>")]);
        let len = bytes.len();
        bytes[at % len] = with;
        prop_assert!(!all(&bytes).is_empty());
    }

    #[test]
    fn json_soup_never_panics(soup in "[\\[\\]{}\",:0-9a-z\\\\ \u{e9}]{0,60}") {
        prop_assert!(!all(&soup).is_empty());
    }
}
