//! Finds the employer's name in an ad: "Acme Robotics is hiring a baker" asks for no robotics.

use std::sync::LazyLock;

use regex::Regex;

use crate::patterns::regex;
use crate::reading::Span;

/// A run of capitalised words, and what it does that only an employer does.
static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"\b([A-Z][\w&'’+#-]*(?:\.\w+)*(?:[ \t]+(?:(?:of|and|&|for)[ \t]+)?[A-Z][\w&'’+#-]*(?:\.\w+)*){0,6})",
        r"(?:,?[ \t]+(?:Inc|LLC|Ltd|Corp|Co)\b\.?|,?[ \t]+GmbH\b)?,?[ \t]+",
        r"(?:(?:is|are)[ \t]+(?:now |currently |also |always |actively |urgently )?(?:hiring|looking for|looking to|seeking|searching for|recruiting|growing|expanding|an? (?:[\w-]+ ){0,3}(?:company|employer|maker|provider|leader|start-?up|firm|non-?profit|charity|hospital|school|bank|manufacturer|agency|organi[sz]ation|team|business|supplier|retailer|brand)|the (?:[\w-]+ ){0,3}(?:company|employer|maker|provider|leader|leading)|one of|based in|located in|headquartered|proud|committed|part of|owned)",
        r"|(?:was|were)[ \t]+(?:founded|established|started|set up|created|born)",
        r"|has (?:been|grown|offices|over|more than)",
        r"|(?:builds|makes|sponsors|seeks|hires|recruits|offers|provides|serves|develops|designs|produces|manufactures|operates|runs|sells|delivers|employs|invites|welcomes|helps|supplies|ships|publishes|wants|needs|cares|believes|exists)\b)",
    ))
});

/// Whom one joins or works at: "At Acme Robotics, we", "Join Acme Robotics".
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    const RUN: &str = r"[A-Z][\w&'’+#-]*(?:[ \t]+(?:(?:of|and|&)[ \t]+)?[A-Z][\w&'’+#-]*){1,6}";
    regex(&format!(r"\b(?:At[ \t]+({RUN}),|(?:Join|join|joining)[ \t]+({RUN}))"))
});

/// Words that begin a sentence and no name.
const NO_NAME: &[&str] =
    &["We", "You", "Our", "Your", "This", "It", "They", "He", "She", "Who", "What", "That", "Experience", "Knowledge"];

/// Most names taken in, and most places of each: an ad has one or two.
const MOST: usize = 60;

/// Where the employer's name stands, anywhere in the ad.
pub(crate) fn employers(text: &str) -> Vec<Span> {
    let subjects = SUBJECT.captures_iter(text).filter_map(|c| c.get(1));
    let places = PLACE.captures_iter(text).filter_map(|c| c.get(1).or(c.get(2)));
    let mut found = Vec::new();
    for name in subjects.chain(places).take(MOST).filter(|name| !serves_us(text, name.end())) {
        let shown = name.as_str();
        let shown = shown.strip_prefix("The ").or(shown.strip_prefix("At ")).unwrap_or(shown);
        let first = shown.split_whitespace().next().unwrap_or_default();
        if NO_NAME.contains(&first) {
            continue;
        }
        found.push(Span { start: name.end() - shown.len(), end: name.end() });
        // A name of several words is the employer's wherever it stands.
        if shown.contains(char::is_whitespace) && !found.iter().rev().skip(1).any(|s| &text[s.start..s.end] == shown) {
            found.extend(text.match_indices(shown).take(MOST).map(|(at, m)| Span { start: at, end: at + m.len() }));
        }
    }
    found
}

/// "Terraform runs our cloud": a tool of the employer's, not the employer.
fn serves_us(text: &str, end: usize) -> bool {
    static OURS: LazyLock<Regex> = LazyLock::new(|| regex(r"^[ \t]+\w+[ \t]+(?:our|all our|my|your|most of our)\b"));
    OURS.is_match(&text[end..])
}

/// Whether a sentence tells what the employer does, and asks for nobody: its words are no skills that are asked for.
pub(crate) fn tells_of_employer(sentence: &str) -> bool {
    static ASKS: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)\b(?:hir\w+|look\w* for|seek\w*|search\w* for|recruit\w*|needs?|wants?|invites?|welcomes?|who|with|you)\b",
        )
    });
    let shown = sentence.trim_start();
    let from = if shown.starts_with("The ") { 4 } else { 0 };
    SUBJECT.captures(shown).and_then(|c| c.get(1)).is_some_and(|name| {
        name.start() <= from && !ASKS.is_match(shown) && employers(shown).first().is_some_and(|e| e.start <= 4)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &[&str]) {
        let mut found: Vec<&str> = employers(text).into_iter().map(|s| &text[s.start..s.end]).collect();
        found.dedup();
        assert_eq!(found, want, "{text}");
    }

    #[test]
    fn names_of_employers() {
        check("Acme Robotics builds warehouse robots.", &["Acme Robotics"]);
        check("The Python Software Foundation sponsors us.", &["Python Software Foundation"]);
        check("Baker\nBank of Wales, Inc. is hiring a baker.", &["Bank of Wales"]);
        check("At Delta Analytics, we care.", &["Delta Analytics"]);
        check("Tableau was founded in 2003.", &["Tableau"]);
    }

    #[test]
    fn what_is_asked_for_is_no_employer() {
        check("Python is required. You build robots with Apache Spark and run SQL.", &[]);
        check("Kubernetes runs our services. Terraform builds our cloud.", &[]);
        check("Our Kubernetes platform serves millions. Kubernetes is a plus.", &[]);
    }
}
