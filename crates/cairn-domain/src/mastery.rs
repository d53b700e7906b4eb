//! Mastery: what an achievement requires of whoever earns it, read from three facts.

use crate::standing::Mastery;

/// Words in a criterion that tell of being there, or of being made ready. A blank at the end stands for the end of a
/// word; everything else may go on.
const PRESENCE: [&str; 23] = [
    "attend ",
    "attends ",
    "attended ",
    "attending ",
    "attendance",
    "attendee",
    "participat",
    "take part",
    "takes part",
    "took part",
    "taken part",
    "taking part",
    "completion of the course",
    "completing all lessons",
    "watched ",
    "be present ",
    "being present ",
    "is present ",
    "was present ",
    "were present ",
    "exam prep",
    "examination prep",
    "test prep",
];

/// Words in a criterion that tell of a judgement.
const JUDGEMENT: [&str; 19] = [
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
    "portfolio",
    "capstone",
    "assignment",
    "thesis",
    "observed",
    "passed",
    "passing",
];

/// What an achievement requires, from its Open Badges 3.0 `achievementType`, from whether any signed result meets the
/// level or value that its description requires, and from the criterion's words. The first rule that applies decides:
///
/// 1. A result that falls short says so itself, so not assessed (unsaid, or attendance only where the words or type
///    say that).
/// 2. The criterion speaks of attending or taking part: attendance only where it has no word of a judgement, whatever
///    the type and the result; unsaid where it has one but nobody is said to have met that judgement ("attended the
///    exam preparation day"). Where it says so ("and pass the exam"), the next rules decide.
/// 3. `CertificateOfCompletion`, `Membership`, `CommunityService`, `CoCurricular`, `Fieldwork`: attendance only, unless
///    the criterion speaks of a judgement, which leaves it unsaid. A result changes nothing here.
/// 4. A result that meets what is required: assessed.
/// 5. `Assessment`, `Certification`, `License`, `Competency`, degrees, and the trades' `JourneymanCertificate` and
///    `MasterCertificate`: assessed, since these names are given for passing something, unless the criterion says that
///    nothing was judged.
/// 6. `Certificate`, `MicroCredential`, `Course`, `Diploma`, `ApprenticeshipCertificate`, `LearningProgram`,
///    `Assignment`, `SecondarySchoolDiploma`, `GeneralEducationDevelopment`, with a criterion that speaks of a
///    judgement: assessed.
/// 7. Anything else (`Badge`, `Achievement`, `Award`, unknown, none): unsaid.
pub fn mastery(kind: Option<&str>, any_result_meets: Option<bool>, criterion: Option<&str>) -> Mastery {
    let sentences = sentences(criterion.unwrap_or_default());
    let any = |stems: &[&str]| sentences.iter().any(|sentence| has(sentence, stems));
    let denied = any(&DENIALS);
    let named = !denied && any(&JUDGEMENT);
    let present = any(&PRESENCE);
    let judged = if present { !denied && sentences.iter().any(|sentence| judgement_met(sentence)) } else { named };
    let family = Family::of(kind);
    if present && !judged {
        let no_more = !named || family == Family::Presence;
        return if no_more { Mastery::AttendanceOnly } else { Mastery::Unsaid };
    }
    match (family, any_result_meets) {
        (Family::Presence, None | Some(true)) if judged => Mastery::Unsaid,
        (Family::Presence, _) => Mastery::AttendanceOnly,
        (_, Some(true)) => Mastery::Assessed,
        (_, Some(false)) => Mastery::Unsaid,
        (Family::Passed, None) if !denied => Mastery::Assessed,
        (Family::Course, None) if judged => Mastery::Assessed,
        (Family::Passed | Family::Course | Family::Other, None) => Mastery::Unsaid,
    }
}

/// Whether words tell of being there and of no judgement: a result so named counts hours, not mastery.
pub fn tells_of_presence(words: &str) -> bool {
    let sentences = sentences(words);
    let any = |stems: &[&str]| sentences.iter().any(|sentence| has(sentence, stems));
    any(&PRESENCE) && !any(&JUDGEMENT)
}

/// Whether a sentence says that the learner met a judgement, and not that they might, or learned how to.
fn judgement_met(sentence: &str) -> bool {
    let met = has(sentence, &PASSED) && has(sentence, &WHAT) || has(sentence, &JUDGED);
    met && !has(sentence, &ONLY_MAYBE)
}

/// What one does to a judgement…
const PASSED: [&str; 6] = ["pass ", "passes ", "passed ", "passing ", "met ", "meet"];

/// …and what is judged, both in one sentence.
const WHAT: [&str; 14] = [
    "assess",
    "exam",
    "test ",
    "tests ",
    "quiz",
    "rubric",
    "criteri",
    "capstone",
    "assignment",
    "project",
    "thesis",
    "grade",
    "score",
    "review",
];

/// Words that say by themselves that a judgement took place.
const JUDGED: [&str; 25] = [
    "was assessed",
    "were assessed",
    "is assessed",
    "are assessed",
    "be assessed",
    "been assessed",
    "assessed by",
    "assessed against",
    "graded ",
    "judged against",
    "judged by",
    "examined by",
    "examined on",
    "marked by",
    "marked against",
    "evaluated by",
    "evaluated against",
    "reviewed against",
    "scored at least",
    "score at least",
    "scores at least",
    "scoring at least",
    "score of at least",
    "scored above",
    "a grade of",
];

/// Words that make of it something that might be, was learned about, or was not.
const ONLY_MAYBE: [&str; 31] = [
    "not ",
    "no ",
    "never ",
    "without ",
    "nor ",
    "neither ",
    "don t ",
    "didn t ",
    "needn t ",
    "isn t ",
    "wasn t ",
    "optional",
    "voluntar",
    "whether or not ",
    "help",
    "how ",
    "want",
    "wish",
    "hope",
    "able to ",
    "ready ",
    "tips ",
    "may ",
    "can ",
    "could ",
    "might ",
    "aim",
    "to prepare",
    "prepares ",
    "preparing ",
    "preparation",
];

/// Words that say outright that nothing was judged.
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

/// The sentences of a text: words in small letters with a blank on either side.
fn sentences(text: &str) -> Vec<String> {
    let padded = |sentence: &str| {
        let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        format!(" {} ", words.join(" "))
    };
    text.to_lowercase().split(['.', '!', '?', ';', '\n']).map(padded).collect()
}

/// Whether any of `stems` begins a word of a sentence: "participat" is in "for participating", "test" not in "latest".
fn has(sentence: &str, stems: &[&str]) -> bool {
    stems.iter().any(|stem| sentence.match_indices(stem).any(|(at, _)| sentence[..at].ends_with(' ')))
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
        check("MicroCredential", Some(true), "Attend all sessions and pass the exam", expect!["Assessed"]);
        check("Certification", Some(false), "Pass the exam", expect!["Unsaid"]);
        check("Certification", Some(false), "Attend the day", expect!["AttendanceOnly"]);
    }

    #[test]
    fn a_result_makes_no_mastery_of_attendance() {
        check("CertificateOfCompletion", Some(true), "Attended.", expect!["AttendanceOnly"]);
        check("CertificateOfCompletion", Some(true), "Pass a quiz", expect!["Unsaid"]);
        check("CertificateOfCompletion", Some(true), "", expect!["AttendanceOnly"]);
        check("Certification", Some(true), "Attend all sessions", expect!["AttendanceOnly"]);
        check("Certification", Some(true), "Attend the exam preparation day", expect!["Unsaid"]);
    }

    #[test]
    fn a_word_of_judgement_beside_attendance_is_no_judgement() {
        for (kind, criterion, expected) in [
            (
                "Certification",
                "Awarded for attending the two-day project management workshop.",
                expect!["AttendanceOnly"],
            ),
            ("Certification", "Everybody who attended the exam preparation day", expect!["Unsaid"]),
            ("MicroCredential", "All who attended the product demonstration", expect!["AttendanceOnly"]),
            ("MicroCredential", "Took part in a seminar on software testing", expect!["Unsaid"]),
            ("Certification", "Be present for the whole day.", expect!["AttendanceOnly"]),
            ("Certification", "Attend the day that helps you pass the exam.", expect!["Unsaid"]),
            ("Certification", "Attend the course; you need not pass the exam.", expect!["Unsaid"]),
            ("Certification", "Attend the day. It is on how work is graded.", expect!["Unsaid"]),
            ("MicroCredential", "Complete the exam preparation course", expect!["Unsaid"]),
            ("Certification", "No exam is needed.", expect!["Unsaid"]),
            ("Membership", "Attended the exam preparation day", expect!["AttendanceOnly"]),
        ] {
            check(kind, None, criterion, expected);
        }
    }

    #[test]
    fn a_judgement_that_was_met_counts_beside_attendance() {
        for criterion in [
            "Attend all sessions and pass an exam.",
            "Attended ten labs. Passed the final practical test.",
            "Participants were assessed by two assessors.",
            "Take part in the course; the report is graded.",
            "Attend, and present work that is judged against a rubric.",
            "Attendance at six lessons and a score of at least 80 in the final quiz",
            "Attended the course and scored at least 70 percent.",
            "Attend the week; every criterion of the rubric was met.",
            "Took part and was examined by a board.",
        ] {
            check("MicroCredential", None, criterion, expect!["Assessed"]);
        }
        check("Certification", None, "Pass the flight attendant examination", expect!["Assessed"]);
        check("Certification", None, "Certified flight attendant", expect!["Assessed"]);
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
        check("MicroCredential", None, "Learn practical project work", expect!["Unsaid"]);
        check("Badge", None, "A project judged against a rubric", expect!["Unsaid"]);
        check("", None, "", expect!["Unsaid"]);
    }
}
