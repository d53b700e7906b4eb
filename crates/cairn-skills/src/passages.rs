//! Cuts an ad into sentences and passages: what one would do, must bring, may bring, and what is none of a reader's business.

use crate::reading::{Passage, PassageKind, Span};
use crate::tables::{boilerplate, headings};

/// A sentence, line or bullet, and what the passage around it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sentence {
    pub start: usize,
    pub end: usize,
    pub what: PassageKind,
    /// A heading itself: it is coloured with its passage but nothing is read from it.
    pub heading: bool,
}

/// Cuts the text into sentences that cover it, each with its kind.
pub(crate) fn sentences(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut section = PassageKind::Other;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        match heading(line) {
            Some(Heading { what, ends }) => {
                section = what;
                found.push(Sentence { start, end: start + ends, what, heading: true });
                cut_line(text, start + ends, end, section, &mut found);
            }
            None => cut_line(text, start, end, section, &mut found),
        }
        start = end;
    }
    found.retain(|s| s.end > s.start);
    head(text, &mut found);
    found
}

/// Title, employer and place stand above the first heading or paragraph in short lines: they ask for nothing.
fn head(text: &str, sentences: &mut [Sentence]) {
    if !sentences.iter().any(|s| s.heading) {
        return;
    }
    for sentence in sentences.iter_mut().take_while(|s| !s.heading) {
        let line = text[sentence.start..sentence.end].trim();
        let short = line.split_whitespace().count() <= 10 && !line.ends_with(['.', '!', '?']);
        if !short || line.starts_with(['-', '•', '*']) {
            return;
        }
        sentence.heading = true;
    }
}

/// Whether a line on its own opens a section.
pub(crate) fn is_section(line: &str) -> bool {
    heading(line).is_some()
}

/// Joins neighbouring sentences of one kind.
pub(crate) fn passages(sentences: &[Sentence]) -> Vec<Passage> {
    let mut found: Vec<Passage> = Vec::new();
    for s in sentences {
        match found.last_mut().filter(|last| last.what == s.what) {
            Some(last) => last.span.end = s.end,
            None => found.push(Passage { span: Span { start: s.start, end: s.end }, what: s.what }),
        }
    }
    found
}

fn cut_line(text: &str, start: usize, end: usize, section: PassageKind, found: &mut Vec<Sentence>) {
    let mut from = start;
    for (at, c) in text[start..end].char_indices() {
        let at = start + at;
        let next = at + c.len_utf8();
        let stop = matches!(c, '.' | '!' | '?') && ends_sentence(text, at, next);
        let long = c == ';' && next - from > 200;
        if next < end && (stop || long) {
            push(text, from, next, section, found);
            from = next;
        }
    }
    push(text, from, end, section, found);
}

fn ends_sentence(text: &str, at: usize, next: usize) -> bool {
    let mut after = text[next..].chars();
    if !after.next().is_some_and(char::is_whitespace) {
        return false;
    }
    if after.find(|c| !c.is_whitespace()).is_some_and(char::is_lowercase) {
        return false;
    }
    let word =
        text[..at].rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().to_ascii_lowercase();
    let abbreviation = matches!(
        word.as_str(),
        "e.g"
            | "i.e"
            | "etc"
            | "inc"
            | "ltd"
            | "co"
            | "sr"
            | "jr"
            | "dr"
            | "mr"
            | "ms"
            | "mrs"
            | "vs"
            | "approx"
            | "min"
            | "no"
            | "u.s"
            | "b.s"
            | "m.s"
            | "b.a"
            | "st"
    );
    !abbreviation || word == "etc" || word == "inc"
}

fn push(text: &str, start: usize, end: usize, section: PassageKind, found: &mut Vec<Sentence>) {
    if end > start {
        let what = sentence_kind(&text[start..end], section);
        found.push(Sentence { start, end, what, heading: false });
    }
}

struct Heading {
    what: PassageKind,
    /// Where the heading ends within its line; what follows a colon is text.
    ends: usize,
}

fn heading(line: &str) -> Option<Heading> {
    let shown = line.trim_matches(|c: char| c.is_whitespace() || "#*_=-•".contains(c));
    if shown.is_empty() {
        return None;
    }
    // "Requirements: five years …": a known heading, a colon, and text on the same line.
    if let Some(colon) = line.find(':') {
        let before = line[..colon].trim_matches(|c: char| c.is_whitespace() || "#*_=-•".contains(c));
        if before.split_whitespace().count() <= 7
            && let Some(what) = heading_kind(before)
        {
            let rest = line[colon + 1..].trim_matches(|c: char| c.is_whitespace() || c == '*');
            let ends = if rest.is_empty() { line.len() } else { colon + 1 };
            return Some(Heading { what, ends });
        }
    }
    let words = shown.split_whitespace().count();
    let bullet = line.trim_start().starts_with(['-', '•', '*', '·']) && !line.trim_start().starts_with("**");
    let sentence = shown.ends_with(['.', ';', ',']);
    if words > 9 || sentence || is_demand(shown) || (bullet && !line.trim_end().ends_with(':')) {
        return None;
    }
    let what = heading_kind(shown.trim_end_matches([':', '?', '!', '…']))?;
    Some(Heading { what, ends: line.len() })
}

/// Words that headings about demands are made of.
const GENERAL: &str = "skill skills experience experiences qualification qualifications education requirement \
    requirements knowledge attribute attributes competency competencies competences ability \
    abilities training certification certifications certificates licenses licences work technical \
    professional additional other minimum basic key what is are s but not and or the also your you \
    we highly strongly background candidate credentials criteria traits expertise previous prior job \
    general physical special specific core soft hard required preferred degree degrees documents \
    tools";

/// "Excel required", "CPA preferred, Excel required": a demand of something; "Experience required": a heading.
fn is_demand(line: &str) -> bool {
    line.trim_end_matches([':', '?', '!', '…']).split(',').any(|part| {
        let lower = part.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let Some((last, before)) = words.split_last() else { return false };
        matches!(*last, "required" | "preferred" | "mandatory" | "essential" | "desirable")
            && before.iter().any(|w| !GENERAL.split_whitespace().any(|general| general == *w))
    })
}

fn heading_kind(heading: &str) -> Option<PassageKind> {
    let lower = heading.to_lowercase().replace('’', "'").replace('&', "and");
    let lower = lower.trim_matches(|c: char| !c.is_alphanumeric());
    // The word must make up a good part of the heading: "Experience" is one, "Experience Designer at Acme Studios" is not.
    // "About Northwind": the employer; "about you", "about the role": not.
    if let Some(whom) = lower.strip_prefix("about ") {
        let words: Vec<&str> = whom.split_whitespace().collect();
        let us = words.len() <= 4 && !words.iter().any(|w| matches!(*w, "you" | "role" | "job" | "position" | "work"));
        if us {
            return Some(PassageKind::Boilerplate);
        }
    }
    // "Preferred qualifications", "Skills that would help": the wish rules the noun.
    if matches!(lower, "plus" | "pluses" | "a plus") {
        return Some(PassageKind::Preferred);
    }
    let wish =
        headings().iter().any(|(what, word)| *what == PassageKind::Preferred && find_words(lower, word).is_some());
    if wish && lower.split_whitespace().count() <= 9 {
        return Some(PassageKind::Preferred);
    }
    let mut best: Option<(usize, PassageKind)> = None;
    for (what, word) in headings() {
        let share = word.len() * 100 / lower.len().max(1);
        if share < 30 || find_words(lower, word).is_none() {
            continue;
        }
        // Boilerplate stands first in the table and yields only to a clearly longer phrase.
        let margin = if *what == PassageKind::Duties { 8 } else { 3 };
        if best.is_none_or(|(length, _)| word.len() > length + margin) {
            best = Some((word.len(), *what));
        }
    }
    best.map(|(_, what)| what)
}

fn find_words(text: &str, words: &str) -> Option<usize> {
    text.match_indices(words).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let after = text[at + words.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        before && after
    })
}

fn sentence_kind(sentence: &str, section: PassageKind) -> PassageKind {
    let lower = sentence.to_lowercase().replace('’', "'");
    if boilerplate().iter().any(|phrase| find_words(&lower, phrase).is_some()) && !asks(&lower) {
        return PassageKind::Boilerplate;
    }
    match section {
        PassageKind::Other => cue_kind(&lower),
        PassageKind::Boilerplate => PassageKind::Boilerplate,
        other => other,
    }
}

/// Whether the sentence plainly asks for something, whatever else it says.
fn asks(lower: &str) -> bool {
    [
        "experience with",
        "experience in",
        "years of",
        "years'",
        "proficien",
        "must have",
        "you have",
        "knowledge of",
        "degree in",
        "certification",
        "license required",
        "familiar",
    ]
    .iter()
    .any(|cue| lower.contains(cue))
        && ![
            "we are committed",
            "without regard",
            "regardless of",
            "we offer",
            "founded in",
            "for over",
            "tuition",
            "years in business",
            "is a leading",
            "leading provider",
            "reasonable accommodation",
            "learning budget",
            "training budget",
        ]
        .iter()
        .any(|cue| lower.contains(cue))
}

/// The employer speaks of itself.
const OF_US: &[&str] = &[
    "we are a ",
    "we're a ",
    "our team",
    "our office",
    "our platform",
    "our product",
    "our patients",
    "our students",
    "our customers",
    "our clients",
];

fn cue_kind(lower: &str) -> PassageKind {
    let any = |cues: &[&str]| cues.iter().any(|cue| lower.contains(cue));
    if any(&[
        "must have",
        "you have",
        "required",
        "require",
        "years of",
        "years' ",
        "experience with",
        "experience in",
        "proficien",
        "knowledge of",
        "degree",
        "you bring",
        "we are looking for",
        "we're looking for",
        "should have",
        "need to have",
        "familiar",
        "essential",
        "certif",
        "ability to",
    ]) {
        PassageKind::Required
    } else if any(&[
        "nice to have",
        "a plus",
        "is a bonus",
        "preferred",
        "desirable",
        "ideally",
        "an advantage",
        "an asset",
        "bonus points",
    ]) {
        PassageKind::Preferred
    } else if any(&[
        "you will",
        "you'll",
        "responsible for",
        "your tasks",
        "in this role",
        "the role involves",
        "duties include",
    ]) {
        PassageKind::Duties
    } else if any(OF_US) {
        PassageKind::Boilerplate
    } else {
        PassageKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, want: Expect) {
        let shown: Vec<String> = passages(&sentences(text))
            .iter()
            .map(|p| format!("{:?}: {}", p.what, text[p.span.start..p.span.end].trim().replace('\n', " / ")))
            .collect();
        want.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn headings_rule_what_follows() {
        check(
            "Welder\n\nAbout us\nWe build bridges.\n\nWhat you'll do\n- weld\n\nRequirements:\n- MIG\n\n**Nice to have**\n- TIG\n\nBenefits\nDental.\n",
            expect![[r#"
                Other: Welder
                Boilerplate: About us / We build bridges.
                Duties: What you'll do / - weld
                Required: Requirements: / - MIG
                Preferred: **Nice to have** / - TIG
                Boilerplate: Benefits / Dental."#]],
        );
    }

    #[test]
    fn sentences_without_headings_speak_for_themselves() {
        check(
            "Acme is a leading maker of pumps. You will repair pumps. You must have a forklift licence. German is a plus. We are an equal opportunity employer.",
            expect![[r#"
                Boilerplate: Acme is a leading maker of pumps.
                Duties: You will repair pumps.
                Required: You must have a forklift licence.
                Preferred: German is a plus.
                Boilerplate: We are an equal opportunity employer."#]],
        );
    }

    #[test]
    fn a_heading_may_share_its_line() {
        check(
            "Requirements: SQL, Python. Preferred: dbt.\nNice to have: Rust\nExperience Designer at Acme Studios",
            expect![[r#"
            Required: Requirements: SQL, Python. Preferred: dbt.
            Preferred: Nice to have: Rust / Experience Designer at Acme Studios"#]],
        );
    }

    #[test]
    fn a_wish_rules_the_noun_of_its_heading() {
        check(
            "Preferred qualifications\nTIG\nWho you are\nWelder\nIt would be good if you also had\nSMAW\nMinimum qualifications\nMIG",
            expect![[r#"
                Preferred: Preferred qualifications / TIG
                Required: Who you are / Welder
                Preferred: It would be good if you also had / SMAW
                Required: Minimum qualifications / MIG"#]],
        );
    }
}
