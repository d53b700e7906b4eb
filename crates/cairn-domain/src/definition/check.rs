//! What is wrong with a definition, member by member.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Aligned, Basis, Composed, Credit, Criterion, Definition};

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wrong {
    /// JSON pointer to the member (RFC 6901), such as `/criteria/0/statement`.
    pub pointer: String,
    /// What is wrong with it and what to do.
    pub says: String,
}

/// `achievementType` of Open Badges 3.0 §B.2.1; besides these, `ext:` and a word of one's own.
pub const KINDS: [&str; 31] = [
    "Achievement",
    "ApprenticeshipCertificate",
    "Assessment",
    "Assignment",
    "AssociateDegree",
    "Award",
    "Badge",
    "BachelorDegree",
    "Certificate",
    "CertificateOfCompletion",
    "Certification",
    "CommunityService",
    "Competency",
    "Course",
    "CoCurricular",
    "Degree",
    "Diploma",
    "DoctoralDegree",
    "Fieldwork",
    "GeneralEducationDevelopment",
    "JourneymanCertificate",
    "LearningProgram",
    "License",
    "Membership",
    "ProfessionalDoctorate",
    "QualityAssuranceCredential",
    "MasterCertificate",
    "MasterDegree",
    "MicroCredential",
    "ResearchDoctorate",
    "SecondarySchoolDiploma",
];

/// Kinds that are given for passing something; nobody gets them for taking part.
const PASSED: [&str; 17] = [
    "ApprenticeshipCertificate",
    "Assessment",
    "AssociateDegree",
    "BachelorDegree",
    "Certification",
    "Competency",
    "Degree",
    "Diploma",
    "DoctoralDegree",
    "GeneralEducationDevelopment",
    "JourneymanCertificate",
    "License",
    "ProfessionalDoctorate",
    "MasterCertificate",
    "MasterDegree",
    "ResearchDoctorate",
    "SecondarySchoolDiploma",
];

/// `targetType` of Open Badges 3.0 §B.2.3; besides these, `ext:` and a word of one's own.
pub const TARGETS: [&str; 7] = [
    "ceasn:Competency",
    "ceterms:Credential",
    "CFItem",
    "CFRubric",
    "CFRubricCriterion",
    "CFRubricCriterionLevel",
    "CTDL",
];

/// Shapes of a composed picture.
pub const SHAPES: [&str; 6] = ["circle", "hexagon", "shield", "square", "star", "ribbon"];

/// All that is wrong with a definition; nothing when it is fine. A draft may be incomplete, what is published may not.
pub fn check(definition: &Definition, for_publishing: bool) -> Vec<Wrong> {
    let mut checking = Checking { wrong: Vec::new(), complete: for_publishing };
    checking.words("/name", &definition.name, 200, Some("Give it a name."));
    checking.words("/description", &definition.description, 4_000, Some("Say in a few sentences what it is."));
    checking.kind(definition);
    checking.language(&definition.language);
    checking.criteria(definition);
    checking.at_most("/alignments", definition.alignments.len(), 50);
    checking.unique("/alignments", "url", definition.alignments.iter().map(|one| one.url.as_str()));
    for (n, one) in definition.alignments.iter().enumerate() {
        checking.alignment(&format!("/alignments/{n}"), one);
    }
    if definition.valid_months.is_some_and(|months| !(1..=1_200).contains(&months)) {
        checking.say("/valid_months", "Give 1 to 1,200 months, or nothing when it is valid without end.");
    }
    if let Some(credit) = &definition.credit {
        checking.credit(credit, definition.basis);
    }
    checking.prerequisites(definition);
    checking.evidence(definition);
    checking.at_most("/tags", definition.tags.len(), 30);
    for (n, tag) in definition.tags.iter().enumerate() {
        checking.words(&format!("/tags/{n}"), tag, 60, Some("An empty tag says nothing: write it or leave it out."));
    }
    checking.unique("/tags", "", definition.tags.iter().map(String::as_str));
    checking.picture(definition);
    checking.wrong
}

struct Checking {
    wrong: Vec<Wrong>,
    complete: bool,
}

impl Checking {
    fn say(&mut self, pointer: impl Into<String>, says: impl Into<String>) {
        self.wrong.push(Wrong { pointer: pointer.into(), says: says.into() });
    }

    /// What must be there before it is published.
    fn missing(&mut self, pointer: impl Into<String>, says: impl Into<String>) {
        if self.complete {
            self.say(pointer, says);
        }
    }

    /// A text of at most so many characters; where it must be there, `wanted` says so.
    fn words(&mut self, pointer: &str, text: &str, most: usize, wanted: Option<&str>) {
        let long = text.chars().count();
        if long > most {
            self.say(pointer, format!("At most {} characters; these are {}.", grouped(most), grouped(long)));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.say(pointer, "There is a control character in it. Take it out.");
        }
        if let (Some(wanted), true) = (wanted, text.trim().is_empty()) {
            self.missing(pointer, wanted);
        }
    }

    fn at_most(&mut self, pointer: &str, many: usize, most: usize) {
        if many > most {
            self.say(pointer, format!("At most {most}; these are {many}."));
        }
    }

    /// No two of the same name. Empty ones are for others to speak of.
    fn unique<'a>(&mut self, pointer: &str, member: &str, all: impl Iterator<Item = &'a str>) {
        let mut seen = HashSet::new();
        for (n, one) in all.enumerate() {
            if !one.is_empty() && !seen.insert(one) {
                let tail = if member.is_empty() { String::new() } else { format!("/{member}") };
                let says = format!("“{}” stands here twice. Take one of them out.", shortened(one));
                self.say(format!("{pointer}/{n}{tail}"), says);
            }
        }
    }

    fn short_name(&mut self, pointer: String, id: &str) {
        let fine = (1..=40).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !fine {
            self.say(pointer, "A short name is 1 to 40 of a to z, 0 to 9 and hyphens, such as `plans-a-shift`.");
        }
    }

    fn kind(&mut self, definition: &Definition) {
        let kind = definition.kind.as_str();
        if kind.is_empty() {
            return self.missing("/kind", "Say what kind of achievement it is, such as MicroCredential.");
        }
        if !KINDS.contains(&kind) && !is_own_word(kind) {
            let says = format!(
                "“{}” is no achievementType of Open Badges 3.0. Take one such as MicroCredential, Badge or Course, or \
                 a word of your own that begins with `ext:`.",
                shortened(kind)
            );
            self.say("/kind", says);
        }
        if definition.basis == Basis::Participation && PASSED.contains(&kind) {
            let says = format!(
                "A {kind} is given for passing something, and this one is for taking part. Take a kind such as \
                 CertificateOfCompletion, Badge or Membership, or let mastery be shown."
            );
            self.say("/kind", says);
        }
    }

    fn language(&mut self, tag: &str) {
        if tag.is_empty() {
            self.missing("/language", "Say in which language it is written, such as en or de-AT.");
        } else if !is_language(tag) {
            self.say("/language", format!("“{}” is no language tag (BCP 47), such as en or de-AT.", shortened(tag)));
        }
    }

    fn criteria(&mut self, definition: &Definition) {
        self.at_most("/criteria", definition.criteria.len(), 50);
        if definition.criteria.is_empty() {
            self.missing("/criteria", "Say what must be shown: at least one criterion.");
        }
        self.unique("/criteria", "id", definition.criteria.iter().map(|one| one.id.as_str()));
        for (n, criterion) in definition.criteria.iter().enumerate() {
            let at = format!("/criteria/{n}");
            self.short_name(format!("{at}/id"), &criterion.id);
            let wanted = Some("Say in a sentence what must be shown.");
            self.words(&format!("{at}/statement"), &criterion.statement, 1_000, wanted);
            self.levels(&at, criterion);
            let claims = !criterion.levels.is_empty() || criterion.required.is_some();
            if definition.basis == Basis::Participation && claims {
                let says = "Levels claim that mastery was judged, and this is for taking part. Take the levels out, \
                            or let mastery be shown.";
                self.say(format!("{at}/levels"), says);
            }
        }
    }

    fn levels(&mut self, at: &str, criterion: &Criterion) {
        let pointer = format!("{at}/levels");
        self.at_most(&pointer, criterion.levels.len(), 10);
        for (n, level) in criterion.levels.iter().enumerate() {
            self.words(&format!("{pointer}/{n}"), level, 80, Some("Give the level a name, or take it out."));
        }
        self.unique(&pointer, "", criterion.levels.iter().map(String::as_str));
        match (&criterion.required, criterion.levels.len()) {
            (None, 0) => {}
            (_, 1) => {
                self.missing(pointer, "One level is none: give two or more from lowest to highest, or no levels.")
            }
            (Some(required), _) if !criterion.levels.contains(required) => {
                let says = format!("The required level “{}” is not among the levels.", shortened(required));
                self.say(format!("{at}/required"), says);
            }
            (None, _) => self.missing(format!("{at}/required"), "Say which of the levels must be reached."),
            (Some(_), _) => {}
        }
    }

    fn alignment(&mut self, at: &str, one: &Aligned) {
        self.address(&format!("{at}/url"), &one.url);
        let wanted = Some("Give the name of what it aligns to.");
        self.words(&format!("{at}/name"), &one.name, 500, wanted);
        for (member, text, most) in [("code", &one.code, 100), ("framework", &one.framework, 300)] {
            if let Some(text) = text {
                let wanted = Some("Fill it in or leave it out.");
                self.words(&format!("{at}/{member}"), text, most, wanted);
            }
        }
        if let Some(kind) = &one.kind
            && !TARGETS.contains(&kind.as_str())
            && !is_own_word(kind)
        {
            let says = format!(
                "“{}” is no targetType of Open Badges 3.0. It is one of {}, or a word that begins with `ext:`.",
                shortened(kind),
                TARGETS.join(", ")
            );
            self.say(format!("{at}/kind"), says);
        }
    }

    fn address(&mut self, pointer: &str, url: &str) {
        if url.is_empty() {
            return self.missing(pointer, "Give its address.");
        }
        if !is_address(url) {
            let says = format!("“{}” is no address of the web. It begins with https:// or http://.", shortened(url));
            self.say(pointer, says);
        }
    }

    fn credit(&mut self, credit: &Credit, basis: Basis) {
        for (pointer, value, most, what) in
            [("/credit/ects", credit.ects, 600.0, "ECTS credits"), ("/credit/hours", credit.hours, 20_000.0, "hours")]
        {
            if value.is_some_and(|value| !(value.is_finite() && value > 0.0 && value <= most)) {
                self.say(pointer, format!("Give more than 0 and at most {} {what}.", grouped(most as usize)));
            }
        }
        if credit.eqf.is_some_and(|level| !(1..=8).contains(&level)) {
            self.say("/credit/eqf", "The European Qualifications Framework has the levels 1 to 8.");
        }
        if basis == Basis::Participation {
            for (pointer, given) in [("/credit/ects", credit.ects.is_some()), ("/credit/eqf", credit.eqf.is_some())] {
                if given {
                    let says = "Credits and levels are for outcomes that were judged, and this is for taking part. \
                                Leave it out; hours may be given.";
                    self.say(pointer, says);
                }
            }
        }
    }

    fn prerequisites(&mut self, definition: &Definition) {
        self.at_most("/prerequisites", definition.prerequisites.len(), 20);
        self.unique("/prerequisites", "achievement", definition.prerequisites.iter().map(|p| p.achievement.as_str()));
        for (n, one) in definition.prerequisites.iter().enumerate() {
            let at = format!("/prerequisites/{n}");
            self.words(&format!("{at}/name"), &one.name, 200, Some("Give the name of what must be held before."));
            let id = one.achievement.as_str();
            if id.is_empty() {
                self.missing(format!("{at}/achievement"), "Give its address, or its id on this site.");
            } else if !is_address(id) && !is_uri(id) && !is_uuid(id) {
                let says = format!("“{}” is neither an address nor an id of this site.", shortened(id));
                self.say(format!("{at}/achievement"), says);
            }
        }
    }

    fn evidence(&mut self, definition: &Definition) {
        self.at_most("/evidence", definition.evidence.len(), 20);
        self.unique("/evidence", "id", definition.evidence.iter().map(|one| one.id.as_str()));
        for (n, one) in definition.evidence.iter().enumerate() {
            self.short_name(format!("/evidence/{n}/id"), &one.id);
            self.words(&format!("/evidence/{n}/says"), &one.says, 1_000, Some("Say in a sentence what is wanted."));
        }
    }

    fn picture(&mut self, definition: &Definition) {
        let Some(picture) = &definition.picture else {
            return self.missing("/picture", "Compose or upload a picture: every place that shows a badge wants one.");
        };
        let hash = &picture.sha256;
        if hash.is_empty() {
            self.missing("/picture/sha256", "Compose or upload a picture.");
        } else if hash.len() != 64 || !hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            self.say("/picture/sha256", "A picture is named by its SHA-256 in 64 lower-case hexadecimal digits.");
        }
        let wanted = Some("Say what is on the picture, for whoever does not see it.");
        self.words("/picture/alt", &picture.alt, 300, wanted);
        if let Some(composed) = &picture.composed {
            for mut wrong in check_composed(composed) {
                wrong.pointer.insert_str(0, "/picture/composed");
                self.wrong.push(wrong);
            }
        }
    }
}

/// What is wrong with a composed picture. Which icons there are, the one who draws knows.
pub fn check_composed(composed: &Composed) -> Vec<Wrong> {
    let mut checking = Checking { wrong: Vec::new(), complete: true };
    if !SHAPES.contains(&composed.shape.as_str()) {
        checking.say("/shape", format!("There is no such shape. The shapes are {}.", SHAPES.join(", ")));
    }
    for (pointer, colour) in [("/ground", &composed.ground), ("/accent", &composed.accent)] {
        let digits = colour.strip_prefix('#').unwrap_or_default();
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            checking.say(pointer, "A colour is written as # and six hexadecimal digits, such as #1b569f.");
        }
    }
    checking.words("/words", &composed.words, 40, None);
    checking.words("/icon", &composed.icon, 40, None);
    checking.wrong
}

/// `ext:` and a word (Open Badges 3.0: `ext:[a-zA-Z0-9.\-_]+`).
fn is_own_word(text: &str) -> bool {
    let word = text.strip_prefix("ext:").unwrap_or_default();
    (1..=100).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

/// A well-formed language tag (RFC 5646 §2.1, without the grandfathered ones): whether the language exists is not
/// looked up.
pub fn is_language(tag: &str) -> bool {
    if tag.len() > 35 {
        return false;
    }
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    if !matches!(language.len(), 2 | 3) || !language.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let mut after_single = false;
    for part in parts {
        if part.is_empty() || part.len() > 8 || !part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return false;
        }
        let single = part.len() == 1;
        if single && after_single {
            return false;
        }
        after_single = single;
    }
    !after_single
}

fn is_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    !host.is_empty() && is_plain(url)
}

fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
    matches!(scheme, "urn" | "did" | "tag") && text.len() > scheme.len() + 1 && is_plain(text)
}

/// Characters that a URI can have (RFC 3986 §2), and no more than 2,000 of them.
fn is_plain(text: &str) -> bool {
    text.len() <= 2_000 && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// Such as `4,000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
