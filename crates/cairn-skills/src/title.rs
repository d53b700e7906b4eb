//! Reads the job title off an ad, and the roles that it fits.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::Vocabulary;
use crate::passages::{Sentence, is_section};
use crate::reading::RoleMatch;
use crate::words::{is_filler, stem, tokens};

/// Roles by the words of their titles.
#[derive(Debug)]
pub(crate) struct Roles {
    titles: Vec<(String, String, Vec<String>)>,
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
        && (1..=12).contains(&words)
        && !line.ends_with(['.', '!', '?', ';', ','])
        && !line.starts_with(['-', '•'])
        && line.len() < 120
    {
        return Some(tidy(line));
    }
    SAID[1..].iter().find_map(|p| p.captures(text)).map(|c| tidy(&c[1])).filter(|t| !t.is_empty())
}

fn tidy(title: &str) -> String {
    title.trim().trim_matches(|c: char| "*#:-–—|".contains(c)).trim().to_owned()
}

impl Roles {
    /// Takes the roles' titles in.
    pub fn new(vocabulary: &Vocabulary) -> Roles {
        let mut titles = Vec::new();
        for role in &vocabulary.roles {
            for name in std::iter::once(&role.name).chain(&role.also) {
                titles.push((role.id.clone(), name.clone(), words(name)));
            }
        }
        Roles { titles }
    }

    /// Roles that the title fits, best first.
    pub fn fit(&self, title: &str) -> Vec<RoleMatch> {
        // What stands after a dash or in brackets is mostly place, grade or team.
        let main = title.split(['(', '|', '–', '—', '@']).next().filter(|t| !t.trim().is_empty()).unwrap_or(title);
        let main = main.split(" - ").next().unwrap_or(main);
        let main = main.split(" at ").next().unwrap_or(main);
        let asked = words(main);
        let mut found: Vec<RoleMatch> = Vec::new();
        for (id, name, wanted) in &self.titles {
            let confidence = overlap(&asked, wanted);
            if confidence < 0.5 {
                continue;
            }
            match found.iter_mut().find(|f| f.id == *id) {
                Some(f) if f.confidence >= confidence => {}
                Some(f) => *f = RoleMatch { id: id.clone(), confidence, words: name.clone() },
                None => found.push(RoleMatch { id: id.clone(), confidence, words: name.clone() }),
            }
        }
        found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.id.cmp(&b.id)));
        found
    }
}

fn words(title: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    tokens(title)
        .iter()
        .filter(|t| !is_filler(&t.norm) && !is_grade(&t.norm))
        .map(|t| stem(&t.norm))
        .filter(|s| seen.insert(s.clone()))
        .collect()
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

/// Twice the shared words over all words, the last word (the trade) counting double.
fn overlap(asked: &[String], wanted: &[String]) -> f32 {
    let (Some(trade), Some(other)) = (wanted.last(), asked.last()) else { return 0.0 };
    let shared = wanted.iter().filter(|w| asked.contains(w)).count() as f32;
    if asked == wanted {
        return 1.0;
    }
    let trade = f32::from(u8::from(asked.contains(trade) || wanted.contains(other)));
    let all = (asked.len() + wanted.len()) as f32;
    (0.95 * (2.0 * shared + trade) / (all + 1.0)).min(0.95)
}
