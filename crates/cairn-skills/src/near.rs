//! When words that are not a label's own still mean it: close together, of the same subject, in the same sense.

use crate::index::{Index, Label};
use crate::taxonomy::bare;
use crate::words::{Gap, Token, UNKNOWN, normal, spans, tokens};

/// The closest words about `at` that hold all these stems within a clause, with how well they fit.
pub(crate) fn window(
    index: &Index,
    words: &[Token],
    stems: &[u32],
    at: usize,
    (wanted, row): (&[u32], &[u32]),
) -> Option<(f32, usize, usize)> {
    let reach = wanted.len() + 2;
    let mut low = at;
    while low > 0 && at - low < reach && words[low].gap != Gap::Stop {
        low -= 1;
    }
    let mut high = at;
    while high + 1 < words.len() && high - at < reach && words[high + 1].gap != Gap::Stop {
        high += 1;
    }
    let (mut from, mut to) = (at, at);
    let mut covered = 0.0;
    let mut all = 0.0;
    for stem in wanted {
        let idf = index.idf[*stem as usize];
        all += idf;
        let nearest = (low..=high).filter(|n| stems[*n] == *stem).min_by_key(|n| n.abs_diff(at));
        match nearest {
            Some(n) => {
                from = from.min(n);
                to = to.max(n);
                covered += idf;
            }
            // "Using databases" is met by "databases": the light verb that opens a label may be missing, not its noun:
            // "monitor system performance" is more than monitoring a system.
            None if index.stems.is_light(*stem) && row.first() == Some(stem) => covered += 0.5 * idf,
            None => return None,
        }
    }
    let apart = (from + 1..=to)
        .any(|n| !matches!(words[n].gap, Gap::Space | Gap::Hyphen) || matches!(words[n].norm.as_str(), "and" | "or"));
    let filler = |n: usize| index.stems.is_filler(stems[n]) || is_amount(&words[n].norm);
    let extra = (from..=to).filter(|n| !wanted.contains(&stems[*n]) && !filler(*n)).count();
    let span = to + 1 - from;
    // One word between is borne only where three others say what is meant: "manage the very large budgets".
    if apart || span > wanted.len() + 2 || extra > usize::from(wanted.len() >= 3) {
        return None;
    }
    let score = covered / all - 0.12 * extra as f32 - 0.02 * (span - wanted.len().min(span)) as f32;
    (score >= 0.8).then_some((score, from, to + 1))
}

/// The smaller share of weight that a label and the preferred label of its entry have in common: alternative labels wander.
pub(crate) fn kin(index: &Index, label: &Label) -> f32 {
    if label.which == 0 {
        return 1.0;
    }
    let text = bare(index.taxonomy.label(label.entry));
    let mut preferred: Vec<u32> = spans(text)
        .map(|(s, e)| index.stems.find(&normal(&text[s..e])))
        .filter(|s| *s != UNKNOWN && !index.stems.is_filler(*s))
        .collect();
    preferred.sort_unstable();
    preferred.dedup();
    let mut different = Vec::new();
    index.distinct(label, &mut different);
    let weight = |stem: &u32| if index.stems.is_light(*stem) { 0.0 } else { index.idf[*stem as usize] };
    let all = |stems: &[u32]| stems.iter().map(weight).sum::<f32>().max(0.001);
    let shared: f32 = different.iter().filter(|s| preferred.contains(s)).map(weight).sum();
    shared / all(&different).max(all(&preferred))
}

/// "Staff development" is developing staff, a "development team" does not say that teams are developed.
pub(crate) fn in_sense(words: &[Token], stems: &[u32], (from, to): (usize, usize), row: &[u32]) -> bool {
    let noun = |n: usize| {
        ["ment", "ments", "tion", "tions", "sion", "sions", "ance", "sis", "ing", "ings"]
            .iter()
            .any(|end| words[n].norm.ends_with(end))
    };
    if from + 1 == to {
        return true;
    }
    // "Engineering in the automotive industry" is not automotive engineering unless the label says "in" as well.
    let placed = |n: &usize| {
        matches!(words[*n].norm.as_str(), "at" | "in" | "with" | "to" | "for" | "from" | "across" | "by" | "on")
    };
    if (from..to).filter(placed).any(|n| !row.contains(&stems[n])) {
        return false;
    }
    let joined = words[from..to].iter().any(|t| {
        is_amount(&t.norm) || matches!(t.norm.as_str(), "of" | "for" | "with" | "to" | "in" | "the" | "a" | "an")
    });
    // Turned round, only "of" says the same: "management at the customer" is not customer management.
    let of = words[from..to].iter().any(|t| t.norm == "of");
    let in_order = row.first() == Some(&stems[from]);
    if in_order {
        joined || words[from].norm.ends_with("ing") || !noun(from) || to - from > 2
    } else {
        of && noun(from) || noun(to - 1) && !joined
    }
}

/// "Manage multiple complex projects" is managing projects.
fn is_amount(norm: &str) -> bool {
    matches!(
        norm,
        "multiple"
            | "several"
            | "complex"
            | "large"
            | "small"
            | "many"
            | "different"
            | "new"
            | "existing"
            | "simultaneous"
            | "concurrent"
            | "competing"
            | "annual"
            | "daily"
            | "effective"
            | "strong"
            | "high"
            | "quality"
    )
}

/// How many words name a person by a trade: a project manager is not project management.
pub(crate) fn agents(text: &str) -> usize {
    tokens(text).iter().filter(|t| is_agent(&t.norm)).count()
}

pub(crate) fn is_agent(norm: &str) -> bool {
    let one = norm.strip_suffix('s').unwrap_or(norm);
    const TRADES: &[&str] = &[
        "manager",
        "engineer",
        "analyst",
        "developer",
        "leader",
        "programer",
        "programmer",
        "designer",
        "planner",
        "supervisor",
        "inspector",
        "director",
        "examiner",
        "officer",
        "administrator",
        "scientist",
        "architect",
        "technician",
        "accountant",
        "auditor",
        "consultant",
        "coordinator",
        "operator",
        "researcher",
        "teacher",
        "trainer",
        "worker",
        "builder",
        "tester",
        "buyer",
        "seller",
        "writer",
        "editor",
        "investigator",
        "advisor",
        "adviser",
        "contractor",
        "owner",
        "lawyer",
        "nurse",
        "therapist",
        "welder",
        "trader",
        "recruiter",
        "instructor",
        "educator",
        "specialist",
        "executive",
        "department",
        "bureau",
        "division",
    ];
    TRADES.contains(&one)
}
