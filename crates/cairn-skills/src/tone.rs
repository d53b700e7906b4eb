//! What a sentence says about the things in it: asked for, welcome, or not needed; and how well one must know them.

use std::sync::LazyLock;

use regex::Regex;

use crate::reading::Importance;

/// Cues of one sentence, found once.
#[derive(Debug)]
pub(crate) struct Tone {
    /// Cues that speak of what stands before them.
    trailing: Vec<(usize, usize, Cue)>,
    /// Cues that speak of what follows.
    leading: Vec<(usize, usize, Cue)>,
    /// Where clauses end.
    stops: Vec<usize>,
    levels: Vec<(usize, usize, &'static str)>,
    /// Where a list's last item begins after "…, and": "preferably A or B, and five years of C" wishes for no years.
    lists: Vec<usize>,
    /// Where brackets open and close: "experience (PMP preferred)" says nothing of the experience.
    brackets: Vec<(usize, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    Required,
    Preferred,
    Not,
}

/// What is said of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing: the passage decides.
    Nothing,
    /// Plainly.
    Plainly(Importance),
    /// That it is not needed.
    NotNeeded,
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that the tests run")
}

static TRAILING: LazyLock<Vec<(Cue, Regex)>> = LazyLock::new(|| {
    vec![
        (
            Cue::Preferred,
            regex(
                r"(?i)\b(?:not (?:strictly )?(?:required|necessary|essential|needed|a must)[, ]+but (?:is |are |would be )?(?:a plus|preferred|welcome|helpful|desirable|an advantage|nice|appreciated|a bonus))",
            ),
        ),
        (
            Cue::Not,
            regex(
                r"(?i)(?:\b(?:is|are|are|being)?\s*not (?:strictly )?(?:required|necessary|needed|essential|mandatory|a must|a requirement|expected|a prerequisite)|\b(?:isn|aren)['’]t (?:required|necessary|needed|essential|a must|a requirement|expected)|\bunnecessary\b|\bnot part of this (?:role|job)\b)",
            ),
        ),
        (
            Cue::Preferred,
            regex(
                r"(?i)\b(?:(?:strongly |highly |is |are )?(?:preferred|desirable|desired|advantageous|beneficial|welcome|welcomed|appreciated|helpful)|(?:an?|is a|are a|would be an?|as an?|a (?:big|huge|strong|definite)) (?:plus|bonus|advantage|asset|nice[- ]to[- ]have)|nice[- ]to[- ]have|would be (?:great|nice|ideal|helpful|useful)|optional)\b",
            ),
        ),
        (
            Cue::Required,
            regex(
                r"(?i)\b(?:(?:is |are )?(?:strictly |absolutely )?(?:required|mandatory|essential|necessary|a must|compulsory|non-negotiable|needed))\b",
            ),
        ),
    ]
});

static LEADING: LazyLock<Vec<(Cue, Regex)>> = LazyLock::new(|| {
    vec![
        (
            Cue::Not,
            regex(
                r"(?i)\b(?:no need for|no more|don['’]?t need|do not need|need not|doesn['’]?t (?:need|require|use|involve)|does not (?:need|require|use|involve)|don['’]?t (?:use|require|expect|ask for|do)|do not (?:use|require|expect|ask for|do)|not looking for|never use|without (?:any |a |prior |previous )?(?:need|requir\w+|using|experience|knowledge|degree)|rather than|instead of|moved? away from|replac(?:ed|ing)|migrat(?:ed|ing) (?:away )?from|no longer use|not an?)\b",
            ),
        ),
        (
            Cue::Not,
            regex(
                r"(?i)\bno (?:(?:prior|previous|formal|specific|particular|special|college|university|professional|work|coding|programming|technical|medical|nursing|sales|teaching)\s+)*(?:[\w+#.]+\s+){0,4}?(?:experience|knowledge|degree|qualifications?|certificat\w+|licen[cs]e|skills?|background|training|coding|programming)\b",
            ),
        ),
        (
            Cue::Preferred,
            regex(
                r"(?i:\b(?:nice[- ]to[- ]haves?|ideally|preferabl[ye]|bonus(?: points)?(?: (?:for|if))?|it would be (?:great|nice)|pluses|plus points|extra points|we['’]d love|advantage if|even better if|optionally)\b)|(?i:^\W*preferred\b)|(?i:\b(?:preferred|desirable)(?: \w+)?:)",
            ),
        ),
        (
            Cue::Required,
            regex(
                r"(?i)\b(?:must[- ]haves?|must|required|requires|requirements?|essential|mandatory|you (?:need|have to)|need to)\b",
            ),
        ),
    ]
});

static LEVELS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    vec![
        (
            "expert",
            regex(
                r"(?i)\b(?:expert(?:ise|[- ]level)?|mastery|master of|deep (?:knowledge|understanding|experience|expertise)|in[- ]depth (?:knowledge|understanding|experience)|extensive (?:knowledge|experience))\b",
            ),
        ),
        (
            "advanced",
            regex(
                r"(?i)\b(?:advanced|strong (?:knowledge|understanding|command|proficiency|skills|background|experience)|highly proficient|excellent|thorough (?:knowledge|understanding)|very good|solid (?:knowledge|understanding|experience|background|grasp))\b",
            ),
        ),
        (
            "intermediate",
            regex(
                r"(?i)\b(?:intermediate|proficien\w+|good (?:knowledge|understanding|command)|working knowledge|hands[- ]on|practical (?:knowledge|experience)|competen(?:t|cy) (?:in|with))\b",
            ),
        ),
        (
            "basic",
            regex(
                r"(?i)\b(?:basic|beginner|entry[- ]level|fundamental|familiarity|familiar|some (?:knowledge|experience|exposure)|exposure to|awareness of|foundational|elementary|working familiarity)\b",
            ),
        ),
    ]
});

impl Tone {
    /// Finds the cues of a sentence.
    pub fn of(sentence: &str) -> Tone {
        let all = |table: &[(Cue, Regex)]| {
            let mut found: Vec<(usize, usize, Cue)> = Vec::new();
            for (cue, pattern) in table {
                for m in pattern.find_iter(sentence) {
                    if !found.iter().any(|(s, e, _)| m.start() < *e && *s < m.end())
                        && !is_other_sense(sentence, m.start(), m.end())
                    {
                        found.push((m.start(), m.end(), *cue));
                    }
                }
            }
            found.sort_unstable_by_key(|f| f.0);
            found
        };
        let trailing = all(&TRAILING);
        let leading = all(&LEADING);
        static BREAK: LazyLock<Regex> =
            LazyLock::new(|| regex(r"(?i)[;.!?](?:\s|$)|\s[–—-]\s|\bbut\b|\bhowever\b|\bwhile\b|\balthough\b"));
        let stops = BREAK.find_iter(sentence).map(|m| m.start()).collect();
        let mut levels: Vec<(usize, usize, &'static str)> = Vec::new();
        for (level, pattern) in LEVELS.iter() {
            for m in pattern.find_iter(sentence) {
                if !levels.iter().any(|(s, e, _)| m.start() < *e && *s < m.end()) {
                    levels.push((m.start(), m.end(), *level));
                }
            }
        }
        levels.sort_unstable_by_key(|l| l.0);
        static BRACKETS: LazyLock<Regex> = LazyLock::new(|| regex(r"\([^()]*\)"));
        let brackets = BRACKETS.find_iter(sentence).map(|m| (m.start(), m.end())).collect();
        static LIST: LazyLock<Regex> =
            LazyLock::new(|| regex(r"(?i),\s+(?:and|with|plus)\s|\sand\s+(?:at least\s+)?\d"));
        let lists = LIST.find_iter(sentence).map(|m| m.start()).collect();
        Tone { trailing, leading, stops, lists, levels, brackets }
    }

    /// What the sentence says of the thing at these bytes.
    pub fn said(&self, start: usize, end: usize) -> Said {
        // A trailing cue right of the thing, in its clause, speaks first: "X preferred".
        let after = self
            .trailing
            .iter()
            .find(|(s, _, _)| *s >= end && !self.stop_between(end, *s) && !self.bracketed_off(start, *s));
        let inside = self.leading.iter().rev().find(|(s, e, cue)| {
            *e <= start
                && !self.stop_between(*e, start)
                && !self.bracketed_off(start, *s)
                && !self.list_ends(*cue, *s, start)
                || *cue == Cue::Not && *s <= start && end <= *e
        });
        if let Some((_, _, Cue::Not)) = inside {
            // "not a requirement, but nice to have" was read as one cue already.
            return match after {
                Some((_, _, Cue::Preferred)) => Said::Plainly(Importance::Preferred),
                _ => Said::NotNeeded,
            };
        }
        match after.map(|a| a.2).or(inside.map(|i| i.2)) {
            Some(Cue::Not) => Said::NotNeeded,
            Some(Cue::Preferred) => Said::Plainly(Importance::Preferred),
            Some(Cue::Required) => Said::Plainly(Importance::Required),
            None => match self.after_heading(start) {
                Some(importance) => Said::Plainly(importance),
                None => Said::Nothing,
            },
        }
    }

    /// "Nice to have: A; B. C": the cue that opens the sentence reaches over semicolons.
    fn after_heading(&self, start: usize) -> Option<Importance> {
        let (_, _, cue) = self.leading.iter().find(|(s, e, _)| *s < 4 && *e <= start)?;
        match cue {
            Cue::Preferred => Some(Importance::Preferred),
            Cue::Required => Some(Importance::Required),
            Cue::Not => None,
        }
    }

    /// The level word that speaks of the thing: the last before it in its clause, close by.
    pub fn level(&self, start: usize, end: usize) -> Option<&'static str> {
        if let Some((_, _, level)) = self.levels.iter().find(|(s, e, _)| start <= *s && *e <= end) {
            return Some(level);
        }
        let before =
            self.levels.iter().rev().find(|(_, e, _)| *e <= start && start - e < 60 && !self.stop_between(*e, start));
        let after = self.levels.iter().find(|(s, _, _)| *s >= end && s - end < 4);
        before.or(after).map(|l| l.2)
    }

    /// Leaves out what is part of a name: "Basic Life Support" is nothing basic.
    pub fn forget_levels(&mut self, start: usize, end: usize) {
        self.levels.retain(|(s, e, _)| *e <= start || end <= *s);
    }

    fn bracketed_off(&self, thing: usize, cue: usize) -> bool {
        self.brackets.iter().any(|(s, e)| {
            let inside = (*s + 1..e.saturating_sub(1)).contains(&cue);
            inside && !(*s..*e).contains(&thing) && e - s > 12 && !(*s + 1..*s + 3).contains(&cue)
        })
    }

    /// A wish amid a sentence reaches to the end of its list; one that opens the sentence reaches all of it.
    fn list_ends(&self, cue: Cue, at: usize, thing: usize) -> bool {
        cue == Cue::Preferred && at > 3 && self.lists.iter().any(|end| (at..thing).contains(end))
    }

    fn stop_between(&self, from: usize, to: usize) -> bool {
        self.stops.iter().any(|stop| (from..to).contains(stop))
    }
}

/// "as required", "required to travel": no requirement. "must not": another matter.
fn is_other_sense(sentence: &str, start: usize, end: usize) -> bool {
    let before = sentence[..start].trim_end().to_ascii_lowercase();
    let after = sentence[end..].trim_start().to_ascii_lowercase();
    let word = sentence[start..end].to_ascii_lowercase();
    let required = word.ends_with("required") || word.ends_with("necessary") || word.ends_with("needed");
    (required
        && (before.ends_with(" as")
            || before.ends_with("where")
            || before.ends_with("when")
            || after.starts_with("to ")))
        || (word == "no" && after.starts_with("later"))
        || (word.ends_with("welcome") && (after.starts_with("to ") || before.ends_with("are")))
        || (word == "not a" && before.ends_with("if"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sentence: &str, thing: &str, want: Said) {
        let start = sentence.find(thing).expect("the thing is in the sentence");
        assert_eq!(Tone::of(sentence).said(start, start + thing.len()), want, "{thing} in {sentence}");
    }

    const PREFERRED: Said = Said::Plainly(Importance::Preferred);
    const REQUIRED: Said = Said::Plainly(Importance::Required);

    #[test]
    fn welcome_or_asked_for() {
        check("Python required, Rust preferred.", "Python", REQUIRED);
        check("Python required, Rust preferred.", "Rust", PREFERRED);
        check("Experience with Kafka is a plus", "Kafka", PREFERRED);
        check("Nice to have: Kafka; Spark", "Spark", PREFERRED);
        check("You must have SQL", "SQL", REQUIRED);
        check("Ideally you know Go", "Go", PREFERRED);
        check("You write SQL as required", "SQL", Said::Nothing);
        check("Bonus points for Rust", "Rust", PREFERRED);
        check("Project management experience (PMP preferred)", "Project management", Said::Nothing);
        check("Project management experience (PMP preferred)", "PMP", PREFERRED);
        check("Kubernetes (preferred)", "Kubernetes", PREFERRED);
        check("A degree, preferably in law or economics, and SQL", "SQL", Said::Nothing);
    }

    #[test]
    fn not_needed() {
        check("No Java experience required", "Java", Said::NotNeeded);
        check("A degree is not required", "degree", Said::NotNeeded);
        check("No degree necessary", "degree", Said::NotNeeded);
        check("We do not use PHP, but Python", "PHP", Said::NotNeeded);
        check("We do not use PHP, but Python", "Python", Said::Nothing);
        check("Rust is not required but a plus", "Rust", PREFERRED);
        check("We are not looking for Java people", "Java", Said::NotNeeded);
        check("We moved away from Oracle to Postgres", "Oracle", Said::NotNeeded);
    }
}
