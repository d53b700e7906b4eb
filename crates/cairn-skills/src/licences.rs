//! Licences to practise or drive that an ad names.

use std::sync::LazyLock;

use regex::Regex;

use crate::patterns::{Found, regex};
use crate::reading::Kind;

static LICENCES: LazyLock<Vec<(&str, &str, Regex)>> = LazyLock::new(|| {
    [
        ("cdl", "Commercial driving licence", r"\bCDL(?:[- ][ABC])?\b|(?i:\bcommercial driver['’]?s['’]? licen[cs]e|\bclass [ABC] (?:CDL|driver['’]?s['’]? licen[cs]e))"),
        ("driving", "Driving licence", r"(?i:\bdriv(?:er['’]?s?['’]?|ing) licen[cs]e\b|\blicen[cs]e to drive\b)"),
        ("aprn", "Advanced practice nurse licence", r"(?i:\b(?:APRN|nurse practitioner) licen[cs](?:e|ure)\b)"),
        ("lpn", "Practical nurse licence", r"(?i:\blicen[cs]ed (?:practical|vocational) nurse\b|\b(?:LPN|LVN)(?:/(?:LPN|LVN))? licen[cs](?:e|ure)\b)"),
        ("rn", "Registered nurse licence", r"(?i:\b(?:registered nurse|RN|nursing) licen[cs](?:e|ure)\b|\blicen[cs]ed (?:as a )?(?:registered nurse|RN)\b|\blicen[cs](?:e|ure) as (?:a |an )?(?:registered nurse|RN)\b|\bRN\b[^.;]{0,25}\blicen[cs](?:e|ure)\b)|\bRN (?:is )?(?:required|preferred)\b|^\W*RN\s*,|,\s*RN\s*(?:,|[.;]?\s*$)"),
        ("cna", "Nursing assistant certificate", r"(?i:\bcertified nurs(?:ing|e) (?:assistant|aide)\b)|\bCNA (?:certif|licen)\w*"),
        ("physician", "Licence to practise medicine", r"(?i:\bmedical licen[cs](?:e|ure)\b|\blicen[cs]e to practi[cs]e medicine\b)"),
        ("pharmacist", "Pharmacist licence", r"(?i:\bpharmac(?:ist|y) licen[cs](?:e|ure)\b|\blicen[cs]ed pharmacist\b)"),
        ("teaching", "Teaching licence", r"(?i:\bteach(?:ing|er['’]?s?) (?:licen[cs](?:e|ure)|certificat(?:e|ion)|credential)\b|\blicen[cs]ed teacher\b|\bqualified teacher status\b)|\bQTS\b"),
        ("bar", "Admission to the bar", r"(?i:\b(?:member of|admi(?:tted|ssion) to) the [a-z ]{0,20}bar\b)"),
        ("pe", "Professional engineer licence", r"(?i:\bprofessional engineer(?:ing)?(?: \(PE\))? licen[cs](?:e|ure)\b|\blicen[cs]ed professional engineer\b|\bPE licen[cs](?:e|ure)\b)"),
        ("electrician", "Electrician licence", r"(?i:\belectrician['’]?s? licen[cs]e\b|\belectrical licen[cs]e\b|\blicen[cs]ed (?:\w+ )?electrician\b)"),
        ("plumber", "Plumber licence", r"(?i:\bplumb(?:er['’]?s?|ing) licen[cs]e\b|\blicen[cs]ed plumber\b)"),
        ("real-estate", "Real-estate licence", r"(?i:\breal[- ]estate (?:broker |salesperson )?licen[cs]e\b)"),
        ("insurance", "Insurance licence", r"(?i:\b(?:insurance|P&C|life and health|property and casualty) (?:producer |agent )?licen[cs]e\b)"),
        ("lcsw", "Clinical social worker licence", r"\bLCSW\b|(?i:\blicen[cs]ed clinical social worker\b)"),
        ("forklift", "Forklift licence", r"(?i:\bfork ?lift (?:operator )?(?:licen[cs]e|certificat(?:e|ion)|certified|ticket)\b)"),
        ("security-clearance", "Security clearance", r"(?i:\b(?:security|secret|TS/SCI|top[- ]secret|public trust) clearance\b)"),
    ]
    .into_iter()
    .map(|(id, label, pattern)| (id, label, regex(pattern)))
    .collect()
});

/// Licences of the built-in list; a vocabulary adds others.
pub(crate) fn licences(sentence: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (id, label, pattern) in LICENCES.iter() {
        for m in pattern.find_iter(sentence) {
            if found.iter().any(|f| m.start() < f.end && f.start < m.end()) {
                continue;
            }
            found.push(Found {
                kind: Kind::Licence,
                key: format!("licence:{id}"),
                label: (*label).to_owned(),
                start: m.start(),
                end: m.end(),
                level: None,
                confidence: 0.95,
                name: "licence",
            });
        }
    }
    found
}
