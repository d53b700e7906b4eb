//! Human languages that an ad asks for, with their level.

use std::sync::LazyLock;

use regex::Regex;

use crate::patterns::{Found, regex};
use crate::reading::Kind;

/// Languages that ads ask for, with their ISO 639-1 codes.
const LANGUAGES: &[(&str, &str)] = &[
    ("English", "en"),
    ("Spanish", "es"),
    ("German", "de"),
    ("French", "fr"),
    ("Italian", "it"),
    ("Portuguese", "pt"),
    ("Dutch", "nl"),
    ("Polish", "pl"),
    ("Russian", "ru"),
    ("Ukrainian", "uk"),
    ("Czech", "cs"),
    ("Slovak", "sk"),
    ("Hungarian", "hu"),
    ("Romanian", "ro"),
    ("Bulgarian", "bg"),
    ("Greek", "el"),
    ("Turkish", "tr"),
    ("Arabic", "ar"),
    ("Hebrew", "he"),
    ("Hindi", "hi"),
    ("Urdu", "ur"),
    ("Bengali", "bn"),
    ("Punjabi", "pa"),
    ("Tamil", "ta"),
    ("Chinese", "zh"),
    ("Mandarin", "zh"),
    ("Cantonese", "zh"),
    ("Japanese", "ja"),
    ("Korean", "ko"),
    ("Vietnamese", "vi"),
    ("Thai", "th"),
    ("Indonesian", "id"),
    ("Malay", "ms"),
    ("Tagalog", "tl"),
    ("Swedish", "sv"),
    ("Norwegian", "no"),
    ("Danish", "da"),
    ("Finnish", "fi"),
    ("Estonian", "et"),
    ("Latvian", "lv"),
    ("Lithuanian", "lt"),
    ("Croatian", "hr"),
    ("Serbian", "sr"),
    ("Slovenian", "sl"),
    ("Catalan", "ca"),
    ("Basque", "eu"),
    ("Welsh", "cy"),
    ("Irish", "ga"),
    ("Persian", "fa"),
    ("Farsi", "fa"),
    ("Swahili", "sw"),
    ("Somali", "so"),
    ("Haitian Creole", "ht"),
    ("American Sign Language", "ase"),
    ("ASL", "ase"),
];

static LANGUAGE: LazyLock<Regex> = LazyLock::new(|| {
    let names: Vec<&str> = LANGUAGES.iter().map(|(name, _)| *name).collect();
    regex(&format!(r"\b({})\b", names.join("|")))
});
static SPEAKS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(fluen\w*|proficien\w*|native|bilingual|multilingual|trilingual|speak\w*|spoken|written|verbal|oral|languages?|conversational|command of|mother tongue|business[- ](?:level|fluent)|[ABC][12]\b|read and write|communicat\w*)",
    )
});
static NOT_SPOKEN: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^\W{0,2}\s*(markets?|offices?|teams?|law|compan(?:y|ies)|clients?|customers?|government|tax|gaap|literature|department|teachers?|history|cuisine|food|learners|language arts|federal|army|national|regulat\w*|subsidiar\w*|headquarter\w*)\b",
    )
});

/// Languages named as languages, not as markets or cuisines.
pub(crate) fn languages(sentence: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for m in LANGUAGE.find_iter(sentence) {
        let (from, to) = around(sentence, m.start(), m.end(), 60);
        let near = &sentence[from..to];
        if !SPEAKS.is_match(near) || NOT_SPOKEN.is_match(&sentence[m.end()..]) {
            continue;
        }
        let Some((name, code)) = LANGUAGES.iter().find(|(name, _)| *name == m.as_str()) else { continue };
        found.push(Found {
            kind: Kind::Language,
            key: format!("language:{code}"),
            label: (*name).to_owned(),
            start: m.start(),
            end: m.end(),
            level: language_level(&sentence[from..m.start()], &sentence[m.end()..to]),
            confidence: 0.9,
            name: "language",
        });
    }
    found
}

/// The code of a language named alone, as in a list: "French or German welcome". Polish also shines shoes.
pub(crate) fn language_code(sentence: &str, start: usize, end: usize) -> Option<&'static str> {
    let name = sentence.get(start..end)?;
    let spoken = name != "Polish" && !NOT_SPOKEN.is_match(&sentence[end..]);
    LANGUAGES.iter().find(|(known, _)| spoken && *known == name).map(|(_, code)| *code)
}

/// Whether this is the name of a human language.
pub(crate) fn is_language(name: &str) -> bool {
    LANGUAGES.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// The level said nearest: right behind in brackets or as a code, else the last word before.
fn language_level(before: &str, after: &str) -> Option<String> {
    static CEFR: LazyLock<Regex> = LazyLock::new(|| regex(r"\b([ABC][12])\b"));
    static WORD: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)\b(native|mother tongue|bilingual|fluen\w*|business|proficien\w*|working knowledge|conversational|intermediate|basic)",
        )
    });
    let after = after.split([',', ';', '.']).next().unwrap_or_default();
    let after = after.split(" and ").next().unwrap_or_default();
    if let Some(c) = CEFR.captures(after) {
        return Some(c[1].to_owned());
    }
    let before = before.rsplit([';', '.']).next().unwrap_or_default();
    let code = CEFR.find_iter(before).last();
    let word = WORD.find_iter(before).last();
    if let Some(code) = code.filter(|c| word.is_none_or(|w| w.start() < c.start())) {
        return Some(code.as_str().to_owned());
    }
    let said = word.or_else(|| WORD.find(after))?;
    let lower = said.as_str().to_lowercase();
    let level = match lower.as_str() {
        "native" | "mother tongue" => "C2",
        "bilingual" => "C1",
        "business" => "B2",
        "working knowledge" | "conversational" | "intermediate" => "B1",
        "basic" => "A2",
        word if word.starts_with("fluen") => "C1",
        _ => "B2",
    };
    Some(level.to_owned())
}

/// Borders up to `most` bytes to both sides.
fn around(sentence: &str, start: usize, end: usize, most: usize) -> (usize, usize) {
    let from = (start.saturating_sub(most)..=start).find(|n| sentence.is_char_boundary(*n)).unwrap_or(start);
    let to = (end..=(end + most).min(sentence.len())).rev().find(|n| sentence.is_char_boundary(*n)).unwrap_or(end);
    (from, to)
}
