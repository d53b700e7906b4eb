//! Finds skills, tools and named certificates in the words of one sentence.

use std::collections::{HashMap, HashSet};

use crate::Vocabulary;
use crate::company::{
    Company, in_no_phrase, in_technical_company, is_capital, is_plain_word, is_technical, is_word, joined_by_word,
    opens_plainly,
};
use crate::forms::{Forms, STEMMED};
use crate::index::{Index, Label, is_article};
use crate::near::{agents, in_sense, is_agent, kin, window};
use crate::reading::{Kind, Why};
use crate::tables::{Alias, aliases, stop};
use crate::taxonomy::{What, bare};
use crate::words::{Gap, Token, UNKNOWN, tokens};

/// Longest name looked for, in words.
const LONGEST: usize = 9;

/// A thing found, in words of the sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spot {
    pub kind: Kind,
    pub key: String,
    pub label: String,
    /// First word.
    pub from: usize,
    /// One past the last word.
    pub to: usize,
    pub confidence: f32,
    pub why: Why,
}

/// Names and labels to look for.
#[derive(Debug)]
pub(crate) struct Spotter {
    names: HashMap<String, Vec<Name>>,
    forms: Forms,
    stop: HashSet<&'static str>,
}

/// A name other than a taxonomy's label.
#[derive(Debug, Clone)]
struct Name {
    /// As written, for names that count only so.
    written: String,
    kind: Kind,
    key: String,
    label: String,
    case: bool,
    tech: bool,
    /// A short name that needs a word such as "certified" about.
    certified: bool,
}

impl Spotter {
    /// Takes in the crate's own names and the vocabulary's.
    pub fn new(index: &Index, vocabulary: &Vocabulary) -> Spotter {
        let mut spotter = Spotter { names: HashMap::new(), forms: Forms::default(), stop: stop() };
        for alias in aliases() {
            spotter.alias(index, &alias);
        }
        for tool in &vocabulary.tools {
            for name in std::iter::once(&tool.name).chain(&tool.also) {
                // A single word is a name only as written: "the cornerstone of our school", "to captivate people".
                let single = !name.contains(' ');
                spotter.name(
                    name,
                    Kind::Tool,
                    tool.id.clone(),
                    &tool.name,
                    single,
                    is_short(name) && is_word(name),
                    false,
                );
            }
        }
        for (named, kind, prefix) in vocabulary
            .certificates
            .iter()
            .map(|c| (c, Kind::Certificate, "cert"))
            .chain(vocabulary.licences.iter().map(|l| (l, Kind::Licence, "licence")))
        {
            for name in std::iter::once(&named.name).chain(&named.also) {
                let short = is_short(name);
                let risky = name.chars().count() <= 2 || (short && is_word(name));
                spotter.name(name, kind, format!("{prefix}:{}", named.id), &named.name, short, false, risky);
            }
        }
        spotter
    }

    fn alias(&mut self, index: &Index, alias: &Alias) {
        let taxonomy = &index.taxonomy;
        let number = if alias.target.starts_with("onet:") {
            taxonomy.number(alias.target)
        } else {
            taxonomy.number_of_label(alias.target)
        };
        let Some(number) = number else {
            if let Some(label) = alias.target.strip_prefix("onet:").filter(|_| alias.unlisted) {
                self.name(alias.name, Kind::Tool, alias.target.to_owned(), label, alias.case, alias.tech, false);
            }
            return;
        };
        let kind = kind_of(taxonomy.entries()[number as usize].what);
        if kind == Kind::Skill && !alias.case && !alias.tech {
            self.forms.learn(index, alias, taxonomy.key(number), taxonomy.label(number));
        }
        if !alias.gap {
            self.name(alias.name, kind, taxonomy.key(number), taxonomy.label(number), alias.case, alias.tech, false);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one row of a table, named by its columns")]
    fn name(&mut self, written: &str, kind: Kind, key: String, label: &str, case: bool, tech: bool, certified: bool) {
        let joined = joined(&tokens(written));
        if joined.is_empty() {
            return;
        }
        let name = Name { written: squeezed(written), kind, key, label: label.to_owned(), case, tech, certified };
        self.names.entry(joined).or_default().push(name);
    }

    /// Everything in one sentence that may be meant, overlaps settled: longest and surest first.
    pub fn spots(&self, index: &Index, text: &str, words: &[Token], company: Company) -> Vec<Spot> {
        let near = company.near;
        let mut found = Vec::new();
        let mut doubtful = Vec::new();
        let stems: Vec<u32> = words.iter().map(|t| index.stems.find(&t.norm)).collect();
        let certified = words
            .iter()
            .any(|t| ["certif", "licens", "credential", "exam", "comptia"].iter().any(|c| t.norm.starts_with(c)));
        for from in 0..words.len() {
            for to in from + 1..=(from + LONGEST).min(words.len()) {
                if to > from + 1 && matches!(words[to - 1].gap, Gap::Stop) {
                    break;
                }
                self.names_at(text, words, from, to, certified, &mut found, &mut doubtful);
                if near && !words[from + 1..to].iter().any(|t| matches!(t.gap, Gap::Comma | Gap::Bracket)) {
                    found.extend(self.forms.at(words, &stems, from, to));
                    self.labels_at(index, text, words, &stems, from, to, &mut found, &mut doubtful);
                }
            }
        }
        let mut tech: Vec<usize> =
            found.iter().filter(|s| s.kind == Kind::Tool || is_technical(&s.label)).map(|s| s.from).collect();
        // One that is let in stands by the next: "Excel, Word, Access".
        while let Some(at) = doubtful.iter().position(|spot| in_technical_company(text, words, spot, &tech, company)) {
            let spot = doubtful.swap_remove(at);
            if !tech.contains(&spot.from) {
                tech.push(spot.from);
            }
            found.push(spot);
        }
        // "Excel, Word", "Go or Rust".
        let listed = |a: &Spot, b: &Spot| {
            let beside = b.from == a.to && matches!(words[b.from].gap, Gap::Comma | Gap::Slash);
            beside || joined_by_word(words, a, b) && !a.key.eq(&b.key)
        };
        let pairs: Vec<usize> = (0..doubtful.len())
            .filter(|n| {
                doubtful
                    .iter()
                    .any(|d| (listed(d, &doubtful[*n]) || listed(&doubtful[*n], d)) && is_capital(text, words, d))
            })
            .collect();
        found.extend(
            pairs
                .into_iter()
                .filter(|n| is_capital(text, words, &doubtful[*n]) && in_no_phrase(text, words, &doubtful[*n]))
                .map(|n| doubtful[n].clone()),
        );
        if near {
            self.near(index, words, &stems, &mut found);
        }
        settle(found)
    }

    #[allow(clippy::too_many_arguments, reason = "the window and where its finds go")]
    fn names_at(
        &self,
        text: &str,
        words: &[Token],
        from: usize,
        to: usize,
        certified: bool,
        found: &mut Vec<Spot>,
        doubtful: &mut Vec<Spot>,
    ) {
        let Some(names) = self.names.get(&joined(&words[from..to])) else { return };
        let shown = squeezed(&text[words[from].start..words[to - 1].end]);
        for name in names {
            // "ICH-GCP" is no GCP.
            let bound = name.case && words[from].gap == Gap::Hyphen;
            let opens = to == from + 1 && is_word(&name.written) && opens_plainly(words, from);
            if bound || opens || name.case && !same_as_written(&name.written, &shown) || name.certified && !certified {
                continue;
            }
            let spot = Spot {
                kind: name.kind,
                key: name.key.clone(),
                label: name.label.clone(),
                from,
                to,
                confidence: if name.tech { 0.8 } else { 0.95 },
                why: Why::Named { name: name.written.clone() },
            };
            let to_list = if name.tech { &mut *doubtful } else { &mut *found };
            to_list.push(spot);
            if !name.tech {
                return;
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the window and where its finds go")]
    fn labels_at(
        &self,
        index: &Index,
        text: &str,
        words: &[Token],
        stems: &[u32],
        from: usize,
        to: usize,
        found: &mut Vec<Spot>,
        doubtful: &mut Vec<Spot>,
    ) {
        let row = (from..to).filter(|n| !is_article(&words[*n].norm)).map(|n| stems[n]);
        if stems[from] == UNKNOWN
            || stems[to - 1] == UNKNOWN
            || is_article(&words[from].norm)
            || is_article(&words[to - 1].norm)
        {
            return;
        }
        let shown = &text[words[from].start..words[to - 1].end];
        if to == from + 1 && is_of_something(words, from) {
            return;
        }
        let mut best: Option<(u32, Spot, bool)> = None;
        for label in index.whole(row) {
            let said = is_said_to_be_known(words, from);
            let Some((worth, spot, doubt)) = self.label_spot(index, label, shown, (from, to), said) else { continue };
            if matches!(spot.why, Why::NearLabel { .. }) && !in_sense(words, stems, (from, to), index.row(label)) {
                continue;
            }
            if best.as_ref().is_none_or(|(most, _, _)| worth > *most) {
                best = Some((worth, spot, doubt));
            }
        }
        if let Some((_, spot, doubt)) = best {
            if doubt { doubtful.push(spot) } else { found.push(spot) }
        }
    }

    /// What a label that these words spell is worth, and whether it needs technical company.
    fn label_spot(
        &self,
        index: &Index,
        label: &Label,
        shown: &str,
        (from, to): (usize, usize),
        said: bool,
    ) -> Option<(u32, Spot, bool)> {
        let taxonomy = &index.taxonomy;
        let what = taxonomy.entries()[label.entry as usize].what;
        let own = bare(index.words(label));
        let lower = own.to_lowercase();
        let known = said && label.which == 0 && what == What::Knowledge;
        if !known && (self.stop.contains(lower.as_str()) || self.stop.contains(shown.to_lowercase().as_str())) {
            return None;
        }
        let same = squeezed(own).eq_ignore_ascii_case(&squeezed(shown));
        let single = to == from + 1;
        if what != What::Tool && (!same && agents(shown) != agents(own) || label.which != 0 && kin(index, label) < 0.4)
        {
            return None;
        }
        if what == What::Tool {
            // Names are names: as written, and a plain word only in company.
            let doubt = single && (own.len() <= 3 || is_plain_word(own));
            if !same_as_written(&squeezed(own), &squeezed(shown)) {
                return None;
            }
            let spot = self.spot(index, label, Kind::Tool, from, to, 0.9, Why::PreferredLabel);
            return Some((5, spot, doubt));
        }
        if single {
            let acronym = own.len() <= 5 && own.chars().all(|c| !c.is_lowercase());
            let verb = what == What::Competence;
            if label.which != 0 || verb || !same || (acronym && own != shown) || own.len() < 3 {
                return None;
            }
        }
        let (worth, confidence, why) = match (label.which, same) {
            (0, true) => (10, 0.95, Why::PreferredLabel),
            (0, false) => (8, 0.85, Why::NearLabel { label: own.to_owned(), score: 0.95 }),
            (_, true) => (6, 0.8, Why::AlternativeLabel { label: own.to_owned() }),
            (_, false) => (4, 0.7, Why::NearLabel { label: own.to_owned(), score: 0.9 }),
        };
        let knowledge = u32::from(what == What::Knowledge);
        let small = shown.chars().all(|c| !c.is_uppercase());
        let doubt = single && is_name(taxonomy.label(label.entry)) && (small || is_plain_word(own));
        Some((worth + knowledge, self.spot(index, label, Kind::Skill, from, to, confidence, why), doubt))
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of a spot")]
    fn spot(
        &self,
        index: &Index,
        label: &Label,
        kind: Kind,
        from: usize,
        to: usize,
        confidence: f32,
        why: Why,
    ) -> Spot {
        let taxonomy = &index.taxonomy;
        Spot {
            kind,
            key: taxonomy.key(label.entry),
            label: taxonomy.label(label.entry).to_owned(),
            from,
            to,
            confidence,
            why,
        }
    }

    /// Labels whose words stand close together in another order or with other words between.
    fn near(&self, index: &Index, words: &[Token], stems: &[u32], found: &mut Vec<Spot>) {
        let mut different = Vec::new();
        for (at, stem) in stems.iter().enumerate() {
            if *stem == UNKNOWN
                || index.stems.is_filler(*stem)
                || index.idf.get(*stem as usize).is_none_or(|i| *i < 4.0)
            {
                continue;
            }
            let mut best: Option<(f32, usize, usize, Label)> = None;
            for label in index.with_rarest(*stem) {
                index.distinct(label, &mut different);
                let telling = different.iter().filter(|s| !index.stems.is_light(**s)).count();
                if !(2..=5).contains(&telling) || different.len() > 5 {
                    continue;
                }
                let Some((score, from, to)) = window(index, words, stems, at, (&different, index.row(label))) else {
                    continue;
                };
                if kin(index, label) < 0.75 || !in_sense(words, stems, (from, to), index.row(label)) {
                    continue;
                }
                let agent = words[from..to].iter().any(|t| is_agent(&t.norm));
                if agent && agents(index.words(label)) == 0 {
                    continue;
                }
                let score = if label.which == 0 { score + 0.02 } else { score };
                if best.as_ref().is_none_or(|(most, ..)| score > *most) {
                    best = Some((score, from, to, *label));
                }
            }
            if let Some((score, from, to, label)) = best {
                let own = bare(index.words(&label));
                let preferred = index.taxonomy.label(label.entry).to_lowercase();
                if !self.stop.contains(own.to_lowercase().as_str()) && !self.stop.contains(preferred.as_str()) {
                    let why = Why::NearLabel { label: own.to_owned(), score: score.min(1.0) };
                    found.push(self.spot(index, &label, Kind::Skill, from, to, 0.3 + 0.35 * score.min(1.0), why));
                }
            }
        }
    }
}

/// "Knowledge of financial markets": a word that mostly means something else is plainly a subject here.
fn is_said_to_be_known(words: &[Token], from: usize) -> bool {
    let (Some(of), Some(said)) = (from.checked_sub(1), from.checked_sub(2)) else { return false };
    words[of].norm == "of" && matches!(words[said].norm.as_str(), "knowledge" | "understanding")
}

/// "The ethics committee", "our logistics company", "our ethics": no subject that is asked for.
fn is_of_something(words: &[Token], at: usize) -> bool {
    let next = words.get(at + 1).filter(|t| t.gap == Gap::Space).map(|t| t.norm.as_str()).unwrap_or_default();
    let body = matches!(
        next,
        "committee"
            | "committees"
            | "board"
            | "department"
            | "departments"
            | "team"
            | "teams"
            | "company"
            | "companies"
            | "firm"
            | "firms"
            | "office"
            | "offices"
            | "industry"
            | "sector"
            | "club"
            | "students"
            | "customers"
            | "clients"
            | "managers"
            | "manager"
            | "unit"
            | "ward"
    );
    let owned = at > 0
        && words[at].gap == Gap::Space
        && matches!(words[at - 1].norm.as_str(), "our" | "their" | "its" | "whose");
    body || owned
}

/// Keeps what does not overlap: more words first, then surer, then earlier.
fn settle(mut found: Vec<Spot>) -> Vec<Spot> {
    let named = |s: &Spot| matches!(s.why, Why::Named { .. }) && s.confidence != STEMMED;
    // A near label beats at most a single word that it holds: exact finds are surer than wide ones.
    let length = |s: &Spot| match &s.why {
        Why::NearLabel { score, .. } if *score < 0.89 || s.confidence < 0.7 => 1.5,
        Why::NearLabel { .. } => (s.to - s.from) as f32 * 0.6,
        _ => (s.to - s.from) as f32,
    };
    found.sort_by(|a, b| {
        length(b)
            .total_cmp(&length(a))
            .then(named(b).cmp(&named(a)))
            .then(b.confidence.total_cmp(&a.confidence))
            .then(a.from.cmp(&b.from))
            .then(a.key.cmp(&b.key))
    });
    let mut kept: Vec<Spot> = Vec::new();
    for spot in found {
        if !kept.iter().any(|k| spot.from < k.to && k.from < spot.to) {
            kept.push(spot);
        }
    }
    kept.sort_by_key(|s| s.from);
    kept
}

pub(crate) fn kind_of(what: What) -> Kind {
    match what {
        What::Tool => Kind::Tool,
        _ => Kind::Skill,
    }
}

fn joined(words: &[Token]) -> String {
    let mut all = String::new();
    for word in words {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(&word.norm);
    }
    all
}

/// Hyphens, slashes and blanks are one blank.
fn squeezed(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '‑' | '–'))
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn same_as_written(name: &str, shown: &str) -> bool {
    name == shown || (name.len() > 4 && name.to_uppercase() == shown)
}

fn is_short(name: &str) -> bool {
    !name.contains(' ') && name.chars().count() <= 6
}

fn is_name(label: &str) -> bool {
    label.ends_with(')') || label.chars().next().is_some_and(char::is_uppercase)
}
