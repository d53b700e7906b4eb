//! Names of technology that are plain words too count only in technical company.

use crate::reading::Why;
use crate::spot::Spot;
use crate::words::{Gap, Token};

pub(crate) fn is_technical(label: &str) -> bool {
    label.contains("(computer programming)")
        || label.contains("SQL")
        || matches!(
            label,
            "JavaScript"
                | "TypeScript"
                | "C++"
                | "C#"
                | "PHP"
                | "MATLAB"
                | "Angular"
                | "CSS"
                | "DevOps"
                | "machine learning"
                | "cloud technologies"
        )
}

/// What is known around the words of a sentence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Company {
    /// Whether English words are read, not names only.
    pub near: bool,
    /// Whether the sentence is a scrap after one that asked for something.
    pub terse: bool,
}

/// "Go or Rust": the second in the middle of a sentence, where its capital letter is telling.
pub(crate) fn joined_by_word(words: &[Token], a: &Spot, b: &Spot) -> bool {
    b.from == a.to + 1
        && matches!(words[a.to].norm.as_str(), "or" | "and")
        && words[a.to].gap == Gap::Space
        && words[b.from].gap == Gap::Space
}

pub(crate) fn is_capital(text: &str, words: &[Token], spot: &Spot) -> bool {
    words[spot.from].of(text).starts_with(char::is_uppercase)
}

/// "Excel at sales", "Go to market", "Access to a car", "Outlook on life", "R&D", "Spring 2027": a plain word after all.
pub(crate) fn in_no_phrase(text: &str, words: &[Token], spot: &Spot) -> bool {
    let shown = &text[words[spot.from].start..words[spot.to - 1].end];
    let follows = words.get(spot.to).filter(|t| matches!(t.gap, Gap::Space | Gap::Hyphen));
    let next = follows.map(|t| t.norm.as_str()).unwrap_or_default();
    if matches!(next, "at" | "to" | "on" | "d" | "beyond" | "further" | "above" | "of" | "semester" | "term" | "season")
        || next.starts_with("20")
        || words[spot.from].norm == "rust"
            && matches!(next, "removal" | "prevention" | "proofing" | "belt" | "inhibitor" | "repair")
    {
        return false;
    }
    let letter = shown.len() == 1;
    let tied = words.get(spot.to).is_some_and(|t| t.gap == Gap::Hyphen || t.of(text) == "&" || t.of(text) == "suite")
        || spot.from > 0
            && (words[spot.from].gap == Gap::Hyphen
                || words[spot.from - 1].of(text) == "&"
                || matches!(
                    words[spot.from - 1].norm.as_str(),
                    "vitamin" | "level" | "grade" | "class" | "hepatitis" | "type"
                ));
    !(letter && tied)
}

/// Beside other technology, after a word such as "using", or before a word such as "developer".
pub(crate) fn in_technical_company(text: &str, words: &[Token], spot: &Spot, tech: &[usize], company: Company) -> bool {
    if !in_no_phrase(text, words, spot) {
        return false;
    }
    // A bullet of its own: "- Go".
    let capital = is_capital(text, words, spot);
    if spot.to - spot.from == words.len()
        && (company.terse && capital || !text.trim_end().ends_with(['.', '!', '?', ':']))
    {
        return true;
    }
    let next = words.get(spot.to).filter(|t| t.gap != Gap::Stop).map(|t| t.norm.as_str()).unwrap_or_default();
    let asked = capital
        && matches!(next, "skills" | "skill" | "experience" | "knowledge" | "proficiency" | "expertise" | "user");
    // A name that is written small is no plain word at the start of a sentence: pandas, dbt.
    let small = matches!(&spot.why, Why::Named { name } if name.starts_with(char::is_lowercase) && !name.contains(' '));
    if asked
        || capital && (is_demanded(words, spot) || is_needed(words, spot))
        || TECH_AFTER.contains(&next)
        || small
            && close_before(words, spot).iter().any(|w| TECH_BEFORE.contains(&w.as_str()) || *w == "with" || *w == "in")
        || tech.iter().any(|at| at.abs_diff(spot.from) <= 4 && *at != spot.from)
    {
        return true;
    }
    let before: Vec<&str> = words[spot.from.saturating_sub(4)..spot.from].iter().map(|t| t.norm.as_str()).collect();
    let close = &before[before.len().saturating_sub(2)..];
    // In the middle of a sentence a capital letter is telling: "document visits in Epic".
    let amid = spot.from > 0
        && words[spot.from].gap == Gap::Space
        && matches!(words[spot.from - 1].norm.as_str(), "in" | "with" | "of" | "and" | "or" | "on");
    let season = is_everyday(words, spot) && !matches!(close.last(), Some(&"in" | &"with"));
    let verb = words[spot.from].norm == "spring";
    capital
        && (close.iter().any(|w| TECH_BEFORE.contains(w))
            || amid && !season && !verb
            || before.iter().any(|w| matches!(*w, "as" | "like" | "including"))
                && tech.iter().any(|at| at.abs_diff(spot.from) <= 10))
}

/// "Excel required", "Excel is a must": what follows says that it is asked for.
fn is_demanded(words: &[Token], spot: &Spot) -> bool {
    let after: Vec<&str> = words[spot.to..]
        .iter()
        .take(4)
        .take_while(|t| matches!(t.gap, Gap::Space | Gap::Bracket))
        .map(|t| t.norm.as_str())
        .collect();
    const DEMANDS: &[&str] =
        &["required", "preferred", "desired", "desirable", "essential", "mandatory", "needed", "proficient"];
    match &after[..] {
        [said, rest @ ..] if DEMANDS.contains(said) => rest.first() != Some(&"to"),
        ["strongly" | "highly", said, ..] => DEMANDS.contains(said),
        ["a", "must" | "plus" | "bonus", ..] => true,
        ["is" | "are", "a", "must" | "plus" | "bonus", ..] => true,
        // "Access is required at all hours."
        ["is", said, rest @ ..] => DEMANDS.contains(said) && rest.is_empty() && !is_everyday(words, spot),
        _ => false,
    }
}

/// "We need Excel": a capital letter amid a sentence after a word that asks.
fn is_needed(words: &[Token], spot: &Spot) -> bool {
    spot.from > 0
        && words[spot.from].gap == Gap::Space
        && matches!(
            words[spot.from - 1].norm.as_str(),
            "need"
                | "needs"
                | "require"
                | "requires"
                | "have"
                | "bring"
                | "required"
                | "preferred"
                | "strong"
                | "solid"
                | "good"
        )
}

/// Words that mean something else even with a capital letter.
fn is_everyday(words: &[Token], spot: &Spot) -> bool {
    matches!(
        words[spot.from].norm.as_str(),
        "spring" | "go" | "access" | "teams" | "office" | "square" | "word" | "rust" | "c" | "r"
    )
}

/// The two words before.
fn close_before<'w>(words: &'w [Token], spot: &Spot) -> Vec<&'w String> {
    words[spot.from.saturating_sub(2)..spot.from].iter().map(|t| &t.norm).collect()
}

const TECH_BEFORE: &[&str] = &[
    "using",
    "proficient",
    "proficiency",
    "knowledge",
    "microsoft",
    "ms",
    "language",
    "languages",
    "tools",
    "framework",
    "software",
    "know",
    "programming",
    "coding",
    "familiar",
    "familiarity",
    "skills",
    "advanced",
    "experience",
    "experienced",
    "fluent",
    "expert",
    "via",
    "application",
    "applications",
    "use",
    "write",
];

const TECH_AFTER: &[&str] = &[
    "programming",
    "developer",
    "developers",
    "code",
    "scripts",
    "scripting",
    "spreadsheet",
    "spreadsheets",
    "certified",
    "certification",
    "ehr",
    "emr",
    "microservices",
    "formulas",
    "macros",
    "dashboards",
    "lms",
    "programmer",
    "queries",
    "pivot",
    "workbooks",
    "charting",
    "codebase",
];

/// "Captivate people", "Ignition of engines": at the head of a sentence the capital letter says nothing.
pub(crate) fn opens_plainly(words: &[Token], at: usize) -> bool {
    let head = at == 0 || words[at].gap == Gap::Stop;
    let next = words.get(at + 1).filter(|t| t.gap == Gap::Space).map(|t| t.norm.as_str()).unwrap_or_default();
    let object = matches!(
        next,
        "of" | "the"
            | "our"
            | "your"
            | "their"
            | "us"
            | "people"
            | "students"
            | "learners"
            | "customers"
            | "audiences"
            | "children"
    );
    head && object
}

/// Reads like a word of the language rather than like an abbreviation.
pub(crate) fn is_word(name: &str) -> bool {
    name.chars().skip(1).all(char::is_lowercase)
}

/// A technology name that is also a plain word when it begins a sentence: capital, then small letters only, no digit.
pub(crate) fn is_plain_word(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "Tableau",
        "Python",
        "Docker",
        "Kubernetes",
        "Linux",
        "Java",
        "Django",
        "Terraform",
        "Jenkins",
        "Ansible",
        "Figma",
        "Drupal",
        "Moodle",
        "Splunk",
        "Redis",
        "Stata",
        "Cisco",
        "Haskell",
        "Cobol",
        "Fortran",
        "Kotlin",
        "Groovy",
    ];
    !NAMES.contains(&name)
        && name.chars().all(char::is_alphabetic)
        && (is_word(name) || name.chars().all(char::is_uppercase) && name.len() <= 5)
}
