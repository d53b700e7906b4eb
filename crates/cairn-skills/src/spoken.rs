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
    ("Amharic", "am"),
    ("Tigrinya", "ti"),
    ("Nepali", "ne"),
    ("Gujarati", "gu"),
    ("Marathi", "mr"),
    ("Telugu", "te"),
    ("Malayalam", "ml"),
    ("Kannada", "kn"),
    ("Sinhala", "si"),
    ("Burmese", "my"),
    ("Khmer", "km"),
    ("Lao", "lo"),
    ("Hmong", "hmn"),
    ("Yoruba", "yo"),
    ("Igbo", "ig"),
    ("Hausa", "ha"),
    ("Zulu", "zu"),
    ("Afrikaans", "af"),
    ("Albanian", "sq"),
    ("Bosnian", "bs"),
    ("Macedonian", "mk"),
    ("Icelandic", "is"),
    ("Filipino", "tl"),
    ("Pashto", "ps"),
    ("Dari", "prs"),
    ("Kurdish", "ku"),
    ("Armenian", "hy"),
    ("Georgian", "ka"),
    ("Mongolian", "mn"),
    ("Kazakh", "kk"),
    ("Uzbek", "uz"),
    ("Maltese", "mt"),
    ("Galician", "gl"),
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

static LEARNT: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?i)\b(?:learn\w*|teach\w*|taught|study\w*|studied|classes in|courses in|lessons in)\s+$")
});
static AS_SECOND: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?i)^\s+(?:as an? (?:second|foreign|additional)|(?:for|to) speakers of other|second language)")
});

/// Languages named as languages, not as markets or cuisines. In a list of what is asked for (`listed`) a name alone will do.
pub(crate) fn languages(sentence: &str, listed: bool) -> Vec<Found> {
    let hits: Vec<(usize, usize)> = LANGUAGE.find_iter(sentence).map(|m| (m.start(), m.end())).collect();
    let mut found: Vec<Found> = Vec::new();
    let mut before: Option<(usize, Option<String>)> = None;
    for (n, (start, end)) in hits.iter().copied().enumerate() {
        let name = &sentence[start..end];
        let (from, to) = around(sentence, start, end, 60);
        let spoken = SPEAKS.is_match(&sentence[from..to]) || listed && is_list(sentence, &hits, n);
        let learnt = LEARNT.is_match(&sentence[..start]) || AS_SECOND.is_match(&sentence[end..]);
        if !spoken || learnt || NOT_SPOKEN.is_match(&sentence[end..]) {
            continue;
        }
        let Some((name, code)) = LANGUAGES.iter().find(|(known, _)| *known == name) else { continue };
        // "Fluent in German and English": one word for both; "fluent English and good Spanish": each has its own.
        let since = before.as_ref().map_or(from, |(at, _)| from.max(*at));
        let next = hits.get(n + 1).map_or(to, |(next, _)| to.min(*next));
        let own = language_level(&sentence[since..start], &sentence[end..next]);
        let joined = before.as_ref().filter(|(at, _)| is_joint(&sentence[*at..start]));
        let level = own.or_else(|| joined.and_then(|(_, level)| level.clone()));
        before = Some((end, level.clone()));
        found.push(Found {
            kind: Kind::Language,
            key: format!("language:{code}"),
            label: (*name).to_owned(),
            start,
            end,
            level,
            confidence: if listed { 0.9 } else { 0.85 },
            name: "language",
        });
    }
    found
}

/// Nothing but "and", commas and the like.
fn is_joint(between: &str) -> bool {
    static BRACKETS: LazyLock<Regex> = LazyLock::new(|| regex(r"\([^()]*\)"));
    let bare = BRACKETS.replace_all(between, " ");
    bare.split(|c: char| !c.is_alphanumeric()).all(|w| matches!(w, "" | "and" | "or" | "as" | "well" | "both"))
}

/// "Amharic, French or Spanish", "Mandarin is a plus", "some Welsh": the name opens an item of a list and ends it, or a
/// word of welcome follows. Polish also shines shoes, and a list may end in "Thai food".
fn is_list(sentence: &str, hits: &[(usize, usize)], n: usize) -> bool {
    static OPENS: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)(?:^|[,;:(/]|\bor\b|\band\b)\W*(?:(?:or|and|also|some|good|very|excellent|strong|basic|solid|a little)\s+)*$",
        )
    });
    static ENDS: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)^\s*(?:$|[,.;:()/]|(?:or|and|is|are|as|both|would|will|welcome|preferred|desirable|desired|required|skills?|a plus|an advantage|also|at|level)\b)",
        )
    });
    let (mut first, mut last) = (n, n);
    while first > 0 && is_joint(&sentence[hits[first - 1].1..hits[first].0]) {
        first -= 1;
    }
    while last + 1 < hits.len() && is_joint(&sentence[hits[last].1..hits[last + 1].0]) {
        last += 1;
    }
    OPENS.is_match(&sentence[..hits[first].0])
        && ENDS.is_match(&sentence[hits[last].1..])
        && !NOT_SPOKEN.is_match(&sentence[hits[last].1..])
        && !hits[first..=last].iter().any(|(s, e)| &sentence[*s..*e] == "Polish" && first == last)
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
            r"(?i)\b(native|mother tongue|bilingual|fluen\w*|business|proficien\w*|working knowledge|conversational|intermediate|basic|excellent|very good|good|some)\b",
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
        "excellent" => "C1",
        "business" | "very good" => "B2",
        "working knowledge" | "conversational" | "intermediate" | "good" => "B1",
        "basic" | "some" => "A2",
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
