//! What people drop on us: files of any kind in, credentials, claims and refusals out.
//!
//! One bad file never takes the others with it: every entry of a folder or zip gets an [`Item`] of its own.

mod archive;
pub(crate) mod json;
mod jwt;
pub(crate) mod spans;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bake::{self, Baked};

/// One thing that was found in what was dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// File name, with the path inside an archive behind `!/`, such as `badges.zip!/aws.png`.
    pub name: String,
    /// What it turned out to be.
    pub what: What,
}

/// What a dropped thing turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A credential, exactly as it was signed: JSON text or a compact JWT.
    Credential {
        /// The exact text.
        text: String,
        /// What it was wrapped in.
        container: Container,
    },
    /// A presentation: JSON text or a compact JWT. Its credentials are verified inside it.
    Presentation {
        /// The exact text.
        text: String,
    },
    /// A bundle: credentials and what was gathered for them.
    Bundle(Box<crate::bundle::Bundle>),
    /// Something that counts as the learner's own word: plain text, a PDF certificate.
    Claim {
        /// Text the skill reader may read; empty when none can be had (a PDF).
        text: String,
        /// One sentence saying why it is only a claim.
        why: String,
    },
    /// Could not be read, or cannot be read yet.
    Unread(Problem),
}

/// What a credential was wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// A JSON file.
    Json,
    /// A compact JWT as text.
    Jwt,
    /// A baked PNG.
    Png,
    /// A baked SVG.
    Svg,
    /// Inside a Cairn bundle.
    Bundle,
}

/// Why a thing could not be read: what is wrong, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Stable kebab-case code, such as `png-truncated`, `not-read-yet`.
    pub code: String,
    /// One or two sentences.
    pub says: String,
}

/// Limits on what is taken in. Sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One file.
    pub file: usize,
    /// All that an archive unpacks to, together.
    pub unpacked: usize,
    /// Entries of an archive.
    pub entries: usize,
    /// Nesting of a JSON document.
    pub depth: usize,
}

impl Default for Limits {
    /// 8 MB a file, 64 MB unpacked, 500 entries, 64 levels.
    fn default() -> Self {
        Limits { file: 8 << 20, unpacked: 64 << 20, entries: 500, depth: 64 }
    }
}

/// Opens one dropped file. Never fails as a whole: what cannot be read is an item that says so.
///
/// What it is, is decided by its content; its name is only shown.
pub fn open(name: &str, bytes: &[u8], limits: Limits) -> Vec<Item> {
    let name = clean(name);
    if !is_zip(bytes) {
        return open_inside(&name, bytes, limits);
    }
    if bytes.len() > limits.unpacked {
        return vec![Item { name, what: What::Unread(too_large(limits.unpacked)) }];
    }
    archive::open(&name, bytes, limits)
}

/// Opens what is not an archive.
fn open_inside(name: &str, bytes: &[u8], limits: Limits) -> Vec<Item> {
    if bytes.len() > limits.file {
        return vec![Item { name: name.into(), what: What::Unread(too_large(limits.file)) }];
    }
    let what = match Kind::of(bytes) {
        Kind::Empty => unread("empty-file", "This file is empty. Download or copy it again."),
        Kind::Png => baked(bake::unbake_png(bytes), Container::Png, limits),
        Kind::Zip => unread("zip-in-zip", "An archive inside an archive is not opened. Unpack it and give its files."),
        Kind::Pdf => What::Claim { text: String::new(), why: PDF.into() },
        Kind::Picture => no_badge(),
        Kind::Binary(what) => {
            unread("file-not-readable", format!("This is {what}, which holds no credential that can be read."))
        }
        Kind::Text(text) => return open_text(name, &text, limits),
    };
    vec![Item { name: name.into(), what }]
}

const PDF: &str = "A PDF certificate counts as your own word: nothing in it can be checked here, and credentials attached to \
                   PDFs are not read yet. Ask the issuer for the badge as a file (JSON, PNG or SVG).";

/// What the bytes are, by their first ones.
enum Kind {
    Empty,
    Png,
    Zip,
    Pdf,
    Picture,
    Binary(&'static str),
    Text(String),
}

impl Kind {
    fn of(bytes: &[u8]) -> Kind {
        let begins = |with: &[u8]| bytes.starts_with(with);
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Kind::Empty;
        }
        if begins(b"\x89PNG") || (bytes.len() < 8 && begins(b"\x89P")) {
            return Kind::Png;
        }
        if is_zip(bytes) {
            return Kind::Zip;
        }
        if bytes.windows(5).take(1024).any(|five| five == b"%PDF-") && !begins(b"{") {
            return Kind::Pdf;
        }
        if begins(b"\xff\xd8\xff") || begins(b"GIF8") || (begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")) {
            return Kind::Picture;
        }
        if begins(b"\x1f\x8b") {
            return Kind::Binary("a gzip file");
        }
        if begins(b"\xd0\xcf\x11\xe0") {
            return Kind::Binary("an old office document");
        }
        match decode_text(bytes) {
            Some(text) => Kind::Text(text),
            None => Kind::Binary("neither text nor a picture or archive of a known kind"),
        }
    }
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// UTF-8 with or without its mark; UTF-16 with its mark, or without when every other byte of the start is zero.
fn decode_text(bytes: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|two| unit(*two)).collect();
        String::from_utf16(&units).ok()
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [1..=255, 0, 1..=255, 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, 1..=255, 0, 1..=255, ..] => utf16(bytes, u16::from_be_bytes),
        _ => {
            let text = std::str::from_utf8(bytes).ok()?;
            let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c' | '\u{1b}');
            (!text.chars().any(odd)).then(|| text.to_owned())
        }
    }
}

fn open_text(name: &str, text: &str, limits: Limits) -> Vec<Item> {
    let trimmed = text.trim();
    let alone = |what| vec![Item { name: name.into(), what }];
    if trimmed.is_empty() {
        return alone(unread("empty-file", "This file is empty. Download or copy it again."));
    }
    if jwt::looks_like(trimmed) {
        return alone(jwt::open(trimmed, limits));
    }
    if looks_like_json(trimmed) {
        return json::open(name, text, limits);
    }
    if trimmed.starts_with('<') {
        return alone(open_markup(trimmed, limits));
    }
    alone(What::Claim { text: text.into(), why: why_claim(trimmed).into() })
}

/// An object, a list of objects or strings, or a credential in quotes. `[note]` at the start of a text is Markdown, and
/// a text in quotation marks is a text.
fn looks_like_json(text: &str) -> bool {
    let begins = |rest: &str, with: &str| rest.trim_start().chars().next().is_none_or(|c| with.contains(c));
    let parses = || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    match text.as_bytes().first() {
        Some(b'{') => begins(&text[1..], "\"}'") || parses(),
        Some(b'[') => begins(text.trim_start_matches(|c: char| c == '[' || c.is_whitespace()), "{\"]") || parses(),
        Some(b'"') => serde_json::from_str(text)
            .is_ok_and(|inner: String| jwt::looks_like(&inner) || inner.trim_start().starts_with('{')),
        _ => false,
    }
}

fn why_claim(text: &str) -> &'static str {
    let one_line = !text.contains(char::is_whitespace);
    if one_line && (text.starts_with("https://") || text.starts_with("http://")) {
        return "An address in a file is not followed and proves nothing by itself. Give the address where addresses are asked for.";
    }
    "A text counts as your own word: nothing in it is signed."
}

/// SVG pictures, web pages, other XML.
fn open_markup(text: &str, limits: Limits) -> What {
    match bake::unbake_svg(text) {
        Err(problem) if problem.code == "not-an-svg" || !has_svg_tag(text) => unread(
            "markup-not-read",
            "This is a web page or an XML file that is no SVG picture. Download the badge itself, or give the page's address.",
        ),
        other => baked(other, Container::Svg, limits),
    }
}

fn has_svg_tag(text: &str) -> bool {
    let html = text.as_bytes().windows(5).take(512).any(|five| five.eq_ignore_ascii_case(b"<html"));
    !html && text.contains("svg")
}

/// A picture's badge: its text is opened like a file of its own, and must be one credential.
fn baked(found: Result<Baked, Problem>, container: Container, limits: Limits) -> What {
    match found {
        Err(problem) => What::Unread(problem),
        Ok(Baked::Nothing) => no_badge(),
        Ok(Baked::OpenBadges2(_)) => json::open_badges_2(),
        Ok(Baked::Credential(text)) if text.len() > limits.file => What::Unread(too_large(limits.file)),
        Ok(Baked::Credential(text)) => {
            let mut items = open_text("", &text, limits);
            match (items.pop().map(|item| item.what), items.is_empty()) {
                (Some(What::Credential { text, .. }), true) => What::Credential { text, container },
                (Some(What::Unread(problem)), true) => What::Unread(problem),
                _ => unread(
                    "baked-not-a-credential",
                    "The picture carries a text where its badge should be, but that is not one credential. \
                     Ask the issuer for the picture again.",
                ),
            }
        }
    }
}

fn no_badge() -> What {
    unread(
        "no-badge-in-image",
        "There is no badge inside this picture. Screenshots, and pictures that a site has made smaller, lose it: \
         download the badge from where it was issued.",
    )
}

fn too_large(most: usize) -> Problem {
    let says =
        format!("This file is larger than {} MB, the most that is read. A badge is seldom over 1 MB.", most >> 20);
    Problem { code: "file-too-large".into(), says }
}

fn unread(code: &str, says: impl Into<String>) -> What {
    What::Unread(Problem { code: code.into(), says: says.into() })
}

/// A path from an archive fit to be shown: forward slashes, no way up, nothing hidden, not endless.
fn shown(path: &str) -> String {
    let plain = clean(&path.replace('\\', "/"));
    let folder = if plain.ends_with('/') { "/" } else { "" };
    let parts: Vec<&str> = plain.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    parts.join("/") + folder
}

/// Without control and direction-changing characters, and not endless.
fn clean(name: &str) -> String {
    let hidden = |c: &char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut kept: String = name.chars().filter(|c| !hidden(c)).take(241).collect();
    if let Some((cut, _)) = kept.char_indices().nth(240) {
        kept.truncate(cut);
        kept.push('…');
    }
    kept
}
