//! Reads the job title off an ad, and the roles that it fits.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::Vocabulary;
use crate::passages::{Sentence, is_section};
use crate::reading::RoleMatch;
use crate::words::{Gap, is_filler, stem, tokens};

/// Roles by the words of their titles.
#[derive(Debug)]
pub(crate) struct Roles {
    names: Vec<Name>,
}

/// One title of a role.
#[derive(Debug)]
struct Name {
    role: String,
    shown: String,
    words: Vec<String>,
    /// The words of all names of the role.
    kin: HashSet<String>,
    /// What sharing all of it is worth: words such as "engineer" say little.
    weight: f32,
    /// Whether a word says more than the kind of trade.
    tells: bool,
}

/// The job title, where one can be read off.
pub(crate) fn title(text: &str, sentences: &[Sentence]) -> Option<String> {
    static SAID: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            r"(?im)^\W*(?:job title|position title|position|role|title|vacancy|job)\s*:\s*(.{3,80}?)\s*$",
            r"(?i)\b(?:looking for|seeking|hiring|recruiting|searching for|join us as|join our team as|hire|need)\s+(?:an?\s+|our next\s+|a new\s+|the next\s+)(?:\w+ing\s+|experienced\s+|skilled\s+|talented\s+|motivated\s+|passionate\s+|dedicated\s+|enthusiastic\s+|full[- ]time\s+|part[- ]time\s+)*([A-Za-z+#./&-]+(?:\s[A-Za-z+#/&-]+){0,5}?)(?:\s+(?:to|who|with|for|at|in|on|that|and you|and help)\b|[,.;:!(]|$)",
            r"(?i)^\W*as (?:an?|our) ([A-Za-z+#./&-]+(?:\s[A-Za-z+#/&-]+){0,5}?)(?:\s+(?:at|you)\b|,)",
        ]
        .iter()
        .map(|p| Regex::new(p).expect("the pattern is a constant that the tests run"))
        .collect()
    });
    if let Some(c) = SAID[0].captures(text) {
        return Some(tidy(&c[1]));
    }
    let first = sentences.iter().find(|s| !text[s.start..s.end].trim().is_empty())?;
    let line = text[first.start..first.end].trim().trim_matches(|c: char| "#*_=".contains(c)).trim();
    let words = line.split_whitespace().count();
    if !is_section(line)
        && !asks(line)
        && (1..=12).contains(&words)
        && !line.ends_with(['.', '!', '?', ';', ','])
        && !line.starts_with(['-', '•'])
        && line.len() < 120
    {
        return Some(tidy(line));
    }
    SAID[1..].iter().find_map(|p| p.captures(text)).map(|c| tidy(&c[1])).filter(|t| !t.is_empty())
}

/// "CPA preferred, Excel required": a demand, no title.
fn asks(line: &str) -> bool {
    static ASKS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:required|preferred|a plus|a must)\b|^\W*(?:we|you)\b")
            .expect("the pattern is a constant that the tests run")
    });
    ASKS.is_match(line)
}

fn tidy(title: &str) -> String {
    title.trim().trim_matches(|c: char| "*#:-–—|".contains(c)).trim().trim_end_matches(['.', ',']).to_owned()
}

impl Roles {
    /// Takes the roles' titles in.
    pub fn new(vocabulary: &Vocabulary) -> Roles {
        let mut names = Vec::new();
        for role in &vocabulary.roles {
            let all_names = || std::iter::once(&role.name).chain(&role.also);
            let kin: HashSet<String> = all_names().flat_map(|name| words(name)).map(|w| w.stem).collect();
            for shown in all_names() {
                let all = words(shown.split('(').next().unwrap_or(shown));
                // "Head of school" is more than "school", "staff nurse" more than "nurse".
                let trimmed = without_grades(&all);
                let kept = if trimmed.len() > 1 { trimmed } else { &all };
                names.push(Name {
                    role: role.id.clone(),
                    shown: shown.clone(),
                    kin: kin.clone(),
                    weight: kept.iter().map(|w| if w.trade { 0.4 } else { 1.0 }).sum(),
                    tells: kept.iter().any(|w| !w.trade),
                    words: kept.iter().map(|w| w.stem.clone()).collect(),
                });
            }
        }
        Roles { names }
    }

    /// Roles that the title fits, best first. A name of the role must stand in the title whole, together with the
    /// title's trade; where two roles fit equally well, none is given.
    pub fn fit(&self, title: &str) -> Vec<RoleMatch> {
        // What stands after a dash or in brackets is mostly place, grade or team.
        let main = title.split(['(', '|', '–', '—', '@']).next().filter(|t| !t.trim().is_empty()).unwrap_or(title);
        let main = main.split(" - ").next().unwrap_or(main);
        let main = main.split(" at ").next().unwrap_or(main);
        let asked = words(main);
        let mut found: Vec<RoleMatch> = Vec::new();
        for name in &self.names {
            let confidence = name.within(&asked);
            if confidence < 0.5 {
                continue;
            }
            let role = RoleMatch { id: name.role.clone(), confidence, words: name.shown.clone() };
            match found.iter_mut().find(|f| f.id == name.role) {
                Some(f) if f.confidence >= confidence => {}
                Some(f) => *f = role,
                None => found.push(role),
            }
        }
        found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.id.cmp(&b.id)));
        if let [first, second, ..] = &found[..]
            && first.confidence - second.confidence < 0.01
        {
            found.clear();
        }
        found
    }
}

impl Name {
    /// How well a title fits that holds this name: 1 when it says no more, less for every other word, 0 when it is
    /// another trade ("data center engineer", "registered nurse manager", "test automation engineer").
    fn within(&self, asked: &[Word]) -> f32 {
        let Some(held) = self.held(asked) else { return 0.0 };
        let others = || asked.iter().enumerate().filter(|(n, w)| !held.contains(n) && !w.grade).map(|(_, w)| w);
        if others().next().is_none() {
            return 1.0;
        }
        let elsewhere = others().any(|w| w.trade && !w.object) || asked[held[0]].object;
        if elsewhere || !self.tells || others().any(|w| OTHER_FIELDS.contains(&w.stem.as_str())) {
            return 0.0;
        }
        // Team and place after a comma, and words of the role's other names, make it no other role.
        let more = others().filter(|w| !w.aside && !self.kin.contains(&w.stem)).count();
        0.95 * 2.0 * self.weight / (2.0 * self.weight + more as f32)
    }

    /// Where the name's words stand, in order; between them only words of the role's other names.
    fn held(&self, asked: &[Word]) -> Option<Vec<usize>> {
        (0..asked.len()).find_map(|start| {
            let mut held = Vec::new();
            for (n, word) in asked.iter().enumerate().skip(start) {
                if self.words.get(held.len()) == Some(&word.stem) {
                    held.push(n);
                } else if held.is_empty() || word.trade || !self.kin.contains(&word.stem) {
                    return None;
                }
                if held.len() == self.words.len() {
                    return Some(held);
                }
            }
            None
        })
    }
}

/// Words before a trade that make it another one.
const OTHER_FIELDS: &[&str] = &["softwar", "test", "sell", "game", "presal"];

/// A word of a title.
#[derive(Debug)]
struct Word {
    stem: String,
    grade: bool,
    /// Says only what kind of trade: engineer, nurse, specialist.
    trade: bool,
    /// Stands after "of", "for" or "to": the director of nursing is no nurse.
    object: bool,
    /// Stands after a comma: team, place, hours.
    aside: bool,
}

fn words(title: &str) -> Vec<Word> {
    let (mut object, mut aside) = (false, false);
    let mut found: Vec<Word> = Vec::new();
    for token in tokens(title) {
        // "IT" is no "it".
        let it = token.of(title) == "IT";
        aside |= token.gap == Gap::Comma;
        object |= matches!(token.norm.as_str(), "of" | "for" | "to");
        if is_filler(&token.norm) && !it {
            continue;
        }
        let stem = if it { "IT".to_owned() } else { stem(&token.norm) };
        found.push(Word { stem, grade: is_grade(&token.norm), trade: is_trade(&token.norm), object, aside });
    }
    // A project lead manages projects; a "cloud engineer lead" is an engineer still.
    let end = found.iter().position(|w| w.aside).unwrap_or(found.len());
    if let [.., before, last] = &mut found[..end]
        && last.stem == "lead"
        && !before.trade
        && !before.grade
    {
        (last.stem, last.trade, last.grade) = ("manag".to_owned(), true, false);
    }
    found
}

/// Grades at both ends fall away; amid a title they are part of it: "data entry analyst".
fn without_grades(words: &[Word]) -> &[Word] {
    let start = words.iter().position(|w| !w.grade).unwrap_or(words.len());
    let end = words.iter().rposition(|w| !w.grade).map_or(start, |n| n + 1);
    &words[start..end]
}

/// Nouns that many trades share.
fn is_trade(norm: &str) -> bool {
    const TRADES: &[&str] = &[
        "engineer",
        "manager",
        "analyst",
        "nurse",
        "specialist",
        "technician",
        "tech",
        "developer",
        "coordinator",
        "administrator",
        "designer",
        "assistant",
        "teacher",
        "officer",
        "consultant",
        "director",
        "architect",
        "scientist",
        "planner",
        "operator",
        "programmer",
        "mechanic",
        "supervisor",
        "worker",
        "trainer",
        "instructor",
        "adviser",
        "advisor",
        "auditor",
        "representative",
        "rep",
        "executive",
        "clerk",
        "aide",
        "technologist",
        "practitioner",
        "educator",
        "professor",
        "recruiter",
        "owner",
        "buyer",
        "writer",
        "editor",
        "inspector",
        "therapist",
        "agent",
        "scheduler",
        "tester",
        "tutor",
        "counselor",
        "strategist",
        "president",
        "leader",
    ];
    TRADES.contains(&norm.strip_suffix('s').unwrap_or(norm))
}

/// Words that say how senior or where, not what.
fn is_grade(word: &str) -> bool {
    matches!(
        word,
        "senior"
            | "sr"
            | "sr."
            | "junior"
            | "jr"
            | "jr."
            | "lead"
            | "principal"
            | "staff"
            | "i"
            | "ii"
            | "iii"
            | "iv"
            | "entry"
            | "level"
            | "mid"
            | "remote"
            | "hybrid"
            | "onsite"
            | "full"
            | "part"
            | "time"
            | "m"
            | "f"
            | "d"
            | "w"
            | "x"
            | "temporary"
            | "contract"
            | "permanent"
            | "associate"
            | "graduate"
            | "trainee"
            | "intern"
            | "head"
            | "chief"
            | "wanted"
            | "needed"
            | "position"
            | "job"
            | "night"
            | "day"
            | "shift"
    )
}
