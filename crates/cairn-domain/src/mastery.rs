//! Mastery: what an achievement requires of whoever earns it, read from three facts.

use crate::standing::Mastery;

/// Words in a criterion that tell of being there.
const PRESENCE: [&str; 9] = [
    "attend",
    "attended",
    "attending",
    "attendance",
    "participat",
    "completion of the course",
    "completing all lessons",
    "watched",
    "was present",
];

/// Words in a criterion that tell of a judgement.
const JUDGEMENT: [&str; 22] = [
    "assess",
    "exam",
    "test",
    "quiz",
    "rubric",
    "graded",
    "grade of",
    "score",
    "scoring",
    "evaluat",
    "judged",
    "reviewed",
    "project",
    "portfolio",
    "demonstrat",
    "capstone",
    "practical",
    "assignment",
    "thesis",
    "observed",
    "passed",
    "passing",
];

/// What an achievement requires, from its Open Badges 3.0 `achievementType`, from whether any signed result meets the
/// level or value that its description requires, and from the criterion's words. The first rule that applies decides:
///
/// 1. A result that meets what is required: assessed. A result that falls short: it says so itself, so not assessed
///    (unsaid, or attendance only where the words or type say that).
/// 2. The criterion speaks of attending or taking part and of no judgement: attendance only, whatever the type.
/// 3. `CertificateOfCompletion`, `Membership`, `CommunityService`, `CoCurricular`, `Fieldwork`: attendance only, unless
///    the criterion speaks of a judgement, which leaves it unsaid.
/// 4. `Assessment`, `Certification`, `License`, `Competency`, degrees, and the trades' `JourneymanCertificate` and
///    `MasterCertificate`: assessed, since these names are given for passing something.
/// 5. `Certificate`, `MicroCredential`, `Course`, `Diploma`, `ApprenticeshipCertificate`, `LearningProgram`,
///    `Assignment`, `SecondarySchoolDiploma`, `GeneralEducationDevelopment`, with a criterion that speaks of a
///    judgement: assessed.
/// 6. Anything else (`Badge`, `Achievement`, `Award`, unknown, none): unsaid.
pub fn mastery(kind: Option<&str>, any_result_meets: Option<bool>, criterion: Option<&str>) -> Mastery {
    let words = criterion.unwrap_or_default().to_lowercase();
    let present = starts_a_word(&words, &PRESENCE);
    let judged = starts_a_word(&words, &JUDGEMENT) && !denied(&words);
    let family = Family::of(kind);
    match any_result_meets {
        Some(true) => return Mastery::Assessed,
        Some(false) if (present && !judged) || family == Family::Presence => return Mastery::AttendanceOnly,
        Some(false) => return Mastery::Unsaid,
        None => {}
    }
    match family {
        _ if present && !judged => Mastery::AttendanceOnly,
        Family::Presence if judged => Mastery::Unsaid,
        Family::Presence => Mastery::AttendanceOnly,
        Family::Passed => Mastery::Assessed,
        Family::Course if judged => Mastery::Assessed,
        Family::Course | Family::Other => Mastery::Unsaid,
    }
}

/// What the name of an `achievementType` promises.
#[derive(PartialEq, Clone, Copy)]
enum Family {
    Passed,
    Course,
    Presence,
    Other,
}

impl Family {
    fn of(kind: Option<&str>) -> Family {
        match kind.unwrap_or_default() {
            "Assessment"
            | "Certification"
            | "License"
            | "Competency"
            | "Degree"
            | "AssociateDegree"
            | "BachelorDegree"
            | "MasterDegree"
            | "DoctoralDegree"
            | "ResearchDoctorate"
            | "ProfessionalDoctorate"
            | "JourneymanCertificate"
            | "MasterCertificate" => Family::Passed,
            "Certificate"
            | "MicroCredential"
            | "Course"
            | "Diploma"
            | "ApprenticeshipCertificate"
            | "LearningProgram"
            | "Assignment"
            | "SecondarySchoolDiploma"
            | "GeneralEducationDevelopment" => Family::Course,
            "CertificateOfCompletion" | "Membership" | "CommunityService" | "CoCurricular" | "Fieldwork" => {
                Family::Presence
            }
            _ => Family::Other,
        }
    }
}

/// Whether any of `stems` begins a word of `text`: "participat" is in "for participating", "test" not in "latest".
fn starts_a_word(text: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| {
        text.match_indices(stem).any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
    })
}

/// Whether the text says outright that nothing was judged.
fn denied(text: &str) -> bool {
    const DENIALS: [&str; 10] = [
        "no assessment",
        "no exam",
        "no test",
        "no quiz",
        "not assessed",
        "not graded",
        "without assessment",
        "without an exam",
        "without any assessment",
        "without exam",
    ];
    starts_a_word(text, &DENIALS)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(kind: &str, meets: Option<bool>, criterion: &str, expected: Expect) {
        let kind = (!kind.is_empty()).then_some(kind);
        expected.assert_eq(&format!("{:?}", mastery(kind, meets, Some(criterion))));
    }

    #[test]
    fn a_result_decides_first() {
        check("Badge", Some(true), "", expect!["Assessed"]);
        check("CertificateOfCompletion", Some(true), "Attend all sessions", expect!["Assessed"]);
        check("Certification", Some(false), "Pass the exam", expect!["Unsaid"]);
        check("Certification", Some(false), "Attend the day", expect!["AttendanceOnly"]);
    }

    #[test]
    fn attendance_words_win_over_the_type() {
        check("Certification", None, "Awarded for attending the two-day workshop.", expect!["AttendanceOnly"]);
        check("Certification", None, "Participated in the webinar; no assessment.", expect!["AttendanceOnly"]);
        check("Badge", None, "Attend the summit", expect!["AttendanceOnly"]);
        check("Certification", None, "Attend the course and pass the exam.", expect!["Assessed"]);
    }

    #[test]
    fn types_that_promise_a_pass() {
        for kind in ["Assessment", "Certification", "License", "Competency", "BachelorDegree", "ResearchDoctorate"] {
            check(kind, None, "", expect!["Assessed"]);
        }
        check("CertificateOfCompletion", None, "", expect!["AttendanceOnly"]);
        check("CertificateOfCompletion", None, "A graded project", expect!["Unsaid"]);
        check("Membership", None, "", expect!["AttendanceOnly"]);
    }

    #[test]
    fn other_types_need_words_of_judgement() {
        check("MicroCredential", None, "A project judged against a rubric", expect!["Assessed"]);
        check("MicroCredential", None, "Learn the latest about clouds", expect!["Unsaid"]);
        check("Badge", None, "A project judged against a rubric", expect!["Unsaid"]);
        check("", None, "", expect!["Unsaid"]);
    }
}
