//! Closed patterns: years of experience and degrees here, human languages and licences beside.

use std::sync::LazyLock;

use regex::Regex;

use crate::licences::licences;
use crate::reading::Kind;
use crate::spoken::languages;
use crate::words::is_filler;

/// Something a pattern found, in bytes of the sentence it was given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub kind: Kind,
    pub key: String,
    pub label: String,
    pub start: usize,
    pub end: usize,
    pub level: Option<String>,
    pub confidence: f32,
    /// The pattern's name.
    pub name: &'static str,
}

/// All closed patterns in one sentence; `listed` says that it stands among what is asked for, `terse` that it is a scrap
/// after one that asked for something.
pub(crate) fn patterns(sentence: &str, listed: bool, terse: bool) -> Vec<Found> {
    let mut found = years(sentence, terse || listed);
    found.extend(degrees(sentence));
    found.extend(languages(sentence, listed));
    found.extend(licences(sentence));
    found
}

pub(crate) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that the tests run")
}

static YEARS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:(\d{1,2})|(one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen)(?:\s*\(\d{1,2}\+?\))?)\s*(?:\+|plus|or more)?\s*(?:(?:-|–|—|to)\s*(\d{1,2})\s*\+?\s*)?(?:or more )?(?:years?|yrs?\.?)(?:['’]s?|s['’])?",
    )
});
static NO_EXPERIENCE_YEARS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)(\bold\b|\bof age\b|in business|ago\b|\bcontract\b|warranty|guarantee|of age|history|anniversary|degree|college|program\b|programme\b|period|fixed[- ]term|assignment|duration|diploma)",
    )
});

/// Years that are told, not asked for.
const TOLD: &[&str] = &[
    "for over ",
    "for more than ",
    "our ",
    "over the last ",
    "over the past ",
    "within ",
    "every ",
    "next ",
    "last ",
    "past ",
    "for the ",
    "celebrating ",
    "we have ",
    "first ",
];

fn years(sentence: &str, alone: bool) -> Vec<Found> {
    let mut found = Vec::new();
    for m in YEARS.captures_iter(sentence) {
        let whole = m.get(0).expect("group 0 is the match");
        let apart = |c: char| c.is_whitespace() || ".,;-•*".contains(c);
        // "2 yrs." and nothing else, in a list.
        let alone = alone && sentence.trim_matches(apart) == whole.as_str().trim_matches(apart);
        let number = number_of(&m);
        let before = sentence[..whole.start()].to_lowercase();
        let after = clause_after(sentence, whole.end(), 90);
        let lower = after.to_lowercase();
        let near = first_words(&lower, 10);
        let asked = alone
            || near.contains("experience")
            || near.split(' ').any(|w| w.trim_end_matches(['.', ',']) == "exp")
            || near.contains("background")
            || near.contains("practice")
            || lower.trim_start().starts_with("of ")
            || lower.trim_start().starts_with("in ")
            || lower.trim_start().starts_with("as ")
            || lower.trim_start().starts_with("with ")
            || is_gerund(lower.trim_start())
            || before.trim_end().ends_with("experience:")
            || before.trim_end().ends_with("experience (")
            || before.contains("experience of ");
        // "We count four years of relevant work instead": an offer, no demand.
        let instead =
            lower.contains("instead") || lower.contains("in lieu") || last_words(&before, 4).contains(" count ");
        let other = instead
            || TOLD.iter().any(|t| last_words(&before, 4).contains(t))
            || NO_EXPERIENCE_YEARS.is_match(&first_words(&lower, 3));
        if number == 0 || number > 40 || !asked || other {
            continue;
        }
        let what = what_in(after);
        let end = whole.end() + experience_end(after);
        found.push(Found {
            kind: Kind::Years,
            key: format!("years:{number}"),
            label: match what.as_str() {
                "" => years_label(number),
                what => format!("{} in {what}", years_label(number)),
            },
            start: whole.start(),
            end,
            level: Some(number.to_string()),
            confidence: 0.95,
            name: "years of experience",
        });
    }
    found
}

/// Years that a learner says something lasted: "for six years".
pub(crate) fn years_said(sentence: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for m in YEARS.captures_iter(sentence) {
        let whole = m.get(0).expect("group 0 is the match");
        let number = number_of(&m);
        let before = last_words(&sentence[..whole.start()].to_lowercase(), 4);
        let lasted =
            [" for ", " for over ", " for more than ", " for about ", " for nearly ", " for almost ", " for the last "]
                .iter()
                .any(|said| before.ends_with(said));
        if lasted && (1..=40).contains(&number) {
            found.push(Found {
                kind: Kind::Years,
                key: format!("years:{number}"),
                label: years_label(number),
                start: whole.start(),
                end: whole.end(),
                level: Some(number.to_string()),
                confidence: 0.8,
                name: "years of experience",
            });
        }
    }
    found
}

fn years_label(number: u32) -> String {
    format!("{number} {} of experience", if number == 1 { "year" } else { "years" })
}

/// "2+ years supporting patients".
fn is_gerund(after: &str) -> bool {
    after.split_whitespace().next().is_some_and(|w| w.len() > 5 && w.ends_with("ing") && w != "during")
}

fn number_of(years: &regex::Captures) -> u32 {
    match (years.get(1), years.get(2)) {
        (Some(digits), _) => digits.as_str().parse().unwrap_or(0),
        (_, Some(word)) => number_word(word.as_str()),
        _ => 0,
    }
}

fn number_word(word: &str) -> u32 {
    match word.to_ascii_lowercase().as_str() {
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "twelve" => 12,
        "fifteen" => 15,
        _ => 0,
    }
}

/// How far "of experience" goes, so that the span holds it.
fn experience_end(after: &str) -> usize {
    let lower = after.to_ascii_lowercase();
    for shape in [
        " of professional experience",
        " of relevant experience",
        " of related experience",
        " of work experience",
        " of hands-on experience",
        " of experience",
        " experience",
    ] {
        if lower.starts_with(shape) {
            return shape.len();
        }
    }
    0
}

/// What the experience is in: the words after "of experience in", up to the clause's end.
fn what_in(after: &str) -> String {
    static IN: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)^['’]?\s*(?:of\s+)?(?:(?:proven|relevant|related|professional|hands[- ]on|work|working|full[- ]time|part[- ]time|satisfactory|responsible|increasingly|successful|demonstrated|previous|progressive|direct|prior|practical|solid|strong|recent|clinical|industry|commercial|post[- ]qualification)\s+)*(?:exp(?:erience|\.)?(?:\s+|$))?(?:(?:in|with|of|as|using|working with|working in|working as)\s+)?(?:an?\s+|the\s+)?(.*)$",
        )
    });
    let rest = IN.captures(after).and_then(|c| c.get(1)).map_or("", |m| m.as_str());
    let rest = rest.split([',', ';', '(', ')', '.', ':']).next().unwrap_or_default();
    let all: Vec<&str> = rest.split_whitespace().take(8).collect();
    let lower: Vec<String> = all.iter().map(|w| w.to_ascii_lowercase()).collect();
    let ends = |n: usize| match lower[n].as_str() {
        // "IT or software projects" goes on; "or equivalent" does not.
        "or" => lower.get(n + 1).is_none_or(|w| {
            matches!(
                w.as_str(),
                "a" | "an" | "equivalent" | "similar" | "related" | "comparable" | "other" | "more" | "in"
            )
        }),
        word => matches!(
            word,
            "required"
                | "preferred"
                | "is"
                | "are"
                | "and/or"
                | "plus"
                | "needed"
                | "desired"
                | "experience"
                | "which"
                | "that"
                | "described"
                | "must"
                | "as"
                | "where"
                | "including"
                | "to"
                | "since"
        ),
    };
    let kept = (0..all.len()).find(|n| ends(*n)).unwrap_or(all.len());
    let words = all[..kept].to_vec();
    let mut words = words;
    while words.last().is_some_and(|w| is_filler(&w.to_ascii_lowercase())) {
        words.pop();
    }
    words.join(" ")
}

static DEGREES: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    [
        ("bachelor", r"\b(?:BS|BA|BSc)\s*/\s*(?:BS|BA|MS|MA|MSc)\b(?: degree)?"),
        ("doctorate", r"(?i:\bdoctorate\b|\bdoctoral(?: degree)?\b|\bdoctor of [a-z]+)|\b(?:Ph\.?\s?D\.?|PhD|DNP|EdD)\b"),
        ("master", r"(?i:\bmaster['’]?s?(?:['’])?\s+(?:degree|of\s+(?:science|arts|business administration|public health|education|engineering|finance|social work))\b|\bmaster['’]s\b|\bmasters?\s+in\b|\bmasters\s+(?:or|preferred|required)\b|\b(?:advanced|graduate|postgraduate) degree\b)|\bMBA\b|\bMSc\b|\bM\.\s?Sc?\.|\bMSN\b|\bM\.Ed\.?|\bMS\s+(?:in|degree)\b|\bM\.A\.|\bMA\s+(?:in|degree)\b|\bMEng\b|\bMPH\b|\bMSW\b"),
        ("bachelor", r"(?i:\bbachelor(?:['’]s|s)?(?:['’])?(?:\s+(?:degree|of\s+(?:science|arts|engineering|business administration|commerce|education|nursing))(?:\s+degree)?)?|\bundergraduate degree\b|\b(?:four|4)[- ]year degree\b)|\bBSc\b|\bB\.\s?Sc\.?|\bB\.\s?S\.|\bB\.\s?A\.|\bBSN\b|\bBEng\b|\b(?:BS|BA)(?:\s*/\s*(?:BS|BA|MS|MA|BSc|MSc))*\s+(?:in|degree|or)\b|\bBS\s*/\s*(?:MS|BA)\b|\bBA\s*/\s*BS\b"),
        ("associate", r"(?i:\bassociate['’]?s?(?:['’])?\s+degree\b|\bassociates? of (?:science|arts|applied science)\b|\b(?:two|2)[- ]year degree\b|\bAAS\s+degree\b)|\bADN\b"),
        ("secondary", r"(?i:\bhigh[- ]school (?:diploma|degree|education|graduate)|\bsecondary (?:school|education)\b(?: diploma)?)|\bGED\b"),
        ("any", r"(?i:\b(?:college|university|technical|relevant|related|engineering|nursing|science|computer science|finance|economics|business|stem|accounting|teaching) degree\b|\bdegree in\b|\bdegree-level\b)"),
    ]
    .into_iter()
    .map(|(level, pattern)| (level, regex(pattern)))
    .collect()
});

fn degrees(sentence: &str) -> Vec<Found> {
    let mut hits: Vec<(usize, usize, &str)> = Vec::new();
    for (level, pattern) in DEGREES.iter() {
        for m in pattern.find_iter(sentence) {
            if !hits.iter().any(|(s, e, _)| m.start() < *e && *s < m.end())
                && !not_a_degree(sentence, m.start(), m.end())
            {
                hits.push((m.start(), m.end(), level));
            }
        }
    }
    hits.sort_unstable();
    let mut found: Vec<Found> = Vec::new();
    let mut skip_until = 0;
    for (n, (start, end, level)) in hits.iter().enumerate() {
        if *start < skip_until {
            continue;
        }
        // "Bachelor's or Master's degree": one requirement, met by the lower.
        let (mut end, mut level) = (*end, *level);
        for (other_start, other_end, other) in &hits[n + 1..] {
            let between = sentence[end..(*other_start).max(end)].trim().to_lowercase();
            if matches!(
                between.as_str(),
                "or" | "/" | "or a" | "or an" | "and/or" | "degree or" | ", or" | "degree or a"
            ) || (*other == "any" && between.len() < 4)
            {
                level = lower_of(level, other);
                end = *other_end;
                skip_until = end;
            } else {
                break;
            }
        }
        let (field, field_end) = field(sentence, end);
        let equivalent = clause_after(sentence, end, 120).to_lowercase().contains("equivalent");
        let mut label = degree_name(level).to_owned();
        if !field.is_empty() {
            label.push_str(" in ");
            label.push_str(&field);
        }
        if equivalent {
            label.push_str(" or equivalent");
        }
        found.push(Found {
            kind: Kind::Degree,
            key: format!("degree:{level}"),
            label,
            start: *start,
            end: field_end,
            level: None,
            confidence: 0.95,
            name: "degree",
        });
    }
    found
}

fn not_a_degree(sentence: &str, start: usize, end: usize) -> bool {
    let after = sentence[end..].trim_start().to_lowercase();
    let before = sentence[..start].trim_end().to_lowercase();
    after.starts_with("of ceremonies")
        || after.starts_with("data")
        || after.starts_with("electrician")
        || before.ends_with("scrum")
        || after.starts_with("party")
        || before.ends_with("some") && after.starts_with("angle")
}

fn lower_of<'a>(a: &'a str, b: &'a str) -> &'a str {
    const ORDER: [&str; 6] = ["secondary", "associate", "bachelor", "master", "doctorate", "any"];
    let place = |l: &str| ORDER.iter().position(|o| *o == l).unwrap_or(5);
    if place(a) <= place(b) { a } else { b }
}

fn degree_name(level: &str) -> &'static str {
    match level {
        "doctorate" => "Doctorate",
        "master" => "Master's degree",
        "bachelor" => "Bachelor's degree",
        "associate" => "Associate degree",
        "secondary" => "High-school diploma",
        _ => "Degree",
    }
}

/// The field a degree is in, and where its words end.
fn field(sentence: &str, end: usize) -> (String, usize) {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^(?i:\s*(?:degree\s*)?(?:\(.{1,12}\)\s*)?in\s+|\s+of\s+|\s*,\s*(?:preferably\s+)?in\s+)([A-Za-z][A-Za-z &/'’,-]*)",
        )
    });
    static ENDS: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)\b(?:degree|MS|MA|BS|BA|masters?) in$"));
    static STOP: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"(?i)(\s+(?:or (?:in )?(?:a |an )?(?:related|similar|relevant|equivalent|closely|other|comparable|neighbouring|neighboring|adjacent|subject)|preferably|ideally|such as|including|and (?:at least|\d|a |an |experience)|with|required|preferred|plus|is|from|strongly|or equivalent|desired|highly)\b|,\s*(?-i:[A-Z]{2,6}\b)|,\s*(?:or an?\b|or (?:related|similar|equivalent|neighbouring|comparable)|preferably|ideally|such as|including|and|with|required|preferred|plus|is)\b).*$",
        )
    });
    let already = ENDS.is_match(&sentence[..end]);
    let text = if already { format!(" in{}", &sentence[end..]) } else { sentence[end..].to_owned() };
    let shift = if already { 3 } else { 0 };
    let Some(words) = FIELD.captures(&text).and_then(|c| c.get(1)) else { return (String::new(), end) };
    let kept = STOP.replace(words.as_str(), "");
    let kept = kept.trim_end_matches(|c: char| c.is_whitespace() || ",-/&".contains(c));
    if kept.is_empty() || kept.split_whitespace().count() > 14 {
        return (String::new(), end);
    }
    let at = (end + words.start() + kept.len()).saturating_sub(shift);
    let at = (end..=at.min(sentence.len())).rev().find(|n| sentence.is_char_boundary(*n)).unwrap_or(end);
    (kept.to_owned(), at)
}

fn clause_after(sentence: &str, from: usize, most: usize) -> &str {
    let end = (from..=(from + most).min(sentence.len())).rev().find(|n| sentence.is_char_boundary(*n)).unwrap_or(from);
    sentence[from..end].split([';', '\n']).next().unwrap_or_default()
}

fn first_words(text: &str, n: usize) -> String {
    text.split_whitespace().take(n).collect::<Vec<_>>().join(" ")
}

fn last_words(text: &str, n: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    format!(" {} ", words[words.len().saturating_sub(n)..].join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(sentence: &str, want: Expect) {
        let shown: Vec<String> = patterns(sentence, true, false)
            .iter()
            .map(|f| {
                format!(
                    "{} | {} | {} | {}",
                    f.key,
                    f.label,
                    &sentence[f.start..f.end],
                    f.level.as_deref().unwrap_or("-")
                )
            })
            .collect();
        want.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn years_of_experience() {
        check(
            "5+ years of experience in software development, including two (2) years as a team lead.",
            expect![[r#"
            years:5 | 5 years of experience in software development | 5+ years of experience | 5
            years:2 | 2 years of experience in team lead | two (2) years | 2"#]],
        );
        check(
            "At least 3-5 years' hands-on nursing experience required.",
            expect!["years:3 | 3 years of experience in nursing | 3-5 years' | 3"],
        );
        check("For over 25 years we have served patients. You must be 18 years old. A 2 year contract.", expect![[""]]);
    }

    #[test]
    fn degrees_and_their_fields() {
        check(
            "Bachelor's degree in Computer Science, Mathematics or a related field, or equivalent experience",
            expect![
                "degree:bachelor | Bachelor's degree in Computer Science, Mathematics or equivalent | Bachelor's degree in Computer Science, Mathematics | -"
            ],
        );
        check(
            "BS/MS in Engineering required; MBA preferred",
            expect![[r#"
                degree:bachelor | Bachelor's degree in Engineering | BS/MS in Engineering | -
                degree:master | Master's degree | MBA | -"#]],
        );
        check(
            "Bachelor’s or Master’s degree. High school diploma or GED. PhD a plus",
            expect![[r#"
            degree:bachelor | Bachelor's degree | Bachelor’s or Master’s degree | -
            degree:secondary | High-school diploma | High school diploma or GED | -
            degree:doctorate | Doctorate | PhD | -"#]],
        );
        check("Scrum Master who keeps master data and MS Office files", expect![[""]]);
    }

    #[test]
    fn languages_and_levels() {
        check(
            "Fluent in German (C1) and English; basic Spanish is a plus",
            expect![[r#"
                language:de | German | German | C1
                language:en | English | English | C1
                language:es | Spanish | Spanish | A2"#]],
        );
        check("You know the German market and polish documents", expect![[""]]);
    }

    #[test]
    fn licences_to_practise() {
        check(
            "Active RN license in the state of Texas, valid driver's license; CDL-A; forklift certification",
            expect![[r#"
            licence:cdl | Commercial driving licence | CDL-A | -
            licence:driving | Driving licence | driver's license | -
            licence:rn | Registered nurse licence | RN license | -
            licence:forklift | Forklift licence | forklift certification | -"#]],
        );
    }
}
