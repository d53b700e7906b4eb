//! The built-in table: ESCO 1.2 skills and O*NET technology names. Facts only; scripts/taxonomy.py rebuilds it.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::io::Read;
use std::ops::Range;
use std::sync::OnceLock;

use flate2::read::GzDecoder;

use crate::index::Already;
use crate::tables::{same, targets};
use crate::words::{is_filler, is_light, normal, stem, tokens};

const TABLE: &[u8] = include_bytes!("../data/taxonomy.tsv.gz");
const ESCO: &str = "http://data.europa.eu/esco/skill/";
const ONET: &str = "onet:";

/// The built-in taxonomy: ESCO 1.2 skills and O*NET technology names.
#[derive(Debug)]
pub struct Taxonomy {
    text: String,
    entries: Vec<Entry>,
    by_key: ByHash,
    by_label: ByHash,
    /// Made when an alternative label is first asked for.
    also_by_label: OnceLock<ByHash>,
}

/// Numbers of entries by a hash.
type ByHash = HashMap<u64, u32, BuildHasherDefault<Already>>;

/// Where an entry's fields stand in the table.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub what: What,
    key: Range<u32>,
    label: Range<u32>,
    also: Range<u32>,
    groups: Range<u32>,
}

/// Which list an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// ESCO skill or competence.
    Competence,
    /// ESCO knowledge.
    Knowledge,
    /// O*NET technology name.
    Tool,
}

/// A skill of the taxonomy.
#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    /// ESCO URI, or `onet:` and the technology's name.
    pub uri: String,
    /// Preferred label.
    pub label: String,
    /// Alternative labels.
    pub also: Vec<String>,
    /// Group codes (ESCO 1.1.1, where known) or commodity codes (O*NET).
    pub groups: Vec<String>,
}

/// How one skill of the taxonomy stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinship {
    /// The same.
    Same,
    /// `a` is narrower than `b`.
    Narrower,
    /// `a` is broader than `b`.
    Broader,
    /// ESCO skills of the same smallest group with a telling word in common.
    Related,
}

impl Taxonomy {
    /// Decodes the embedded table.
    pub fn builtin() -> Taxonomy {
        let mut text = String::new();
        GzDecoder::new(TABLE)
            .read_to_string(&mut text)
            .expect("the embedded table is UTF-8 and whole; a test reads it");
        Taxonomy::parsed(text)
    }

    /// Name and version of the taxonomies.
    pub fn version(&self) -> &'static str {
        "ESCO 1.2.0 + O*NET 30.2"
    }

    /// How many skills and tools there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the table is empty; the built-in one never is.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The skill with this key.
    pub fn find(&self, key: &str) -> Option<Skill> {
        self.number(key).map(|n| self.skill(n))
    }

    /// The skill whose preferred or alternative label is exactly this, ignoring case and white space.
    pub fn find_label(&self, label: &str) -> Option<Skill> {
        self.number_of_label(label).map(|n| self.skill(n))
    }

    /// How `a` stands to `b`; `None` when they are unrelated or unknown.
    ///
    /// Names that mean the same are the same in ESCO, in O*NET and in everyday use, whichever is given. The packages carry
    /// no broader relation between single skills, so narrower and broader are read off labels: one that adds words to the
    /// other's, in the same group. Related are ESCO skills of one smallest group with a telling word in common; technology
    /// names never are, since a commodity holds hundreds of strangers.
    pub fn kinship(&self, a: &str, b: &str) -> Option<Kinship> {
        if a == b {
            return Some(Kinship::Same);
        }
        let (first, second) = (self.meant(a), self.meant(b));
        if let (Some(x), Some(y)) = (self.named(a, first), self.named(b, second))
            && (first.is_some() && first == second
                || label_key(bare(x)) == label_key(bare(y))
                || row_of(x).is_some_and(|n| row_of(y) == Some(n)))
        {
            return Some(Kinship::Same);
        }
        let (a, b) = (first?, second?);
        if !self.groups(a).any(|g| self.groups(b).any(|h| g == h)) {
            return None;
        }
        let (short, long) = (subject(self.label(a)), subject(self.label(b)));
        let within = |inner: &[String], outer: &[String]| {
            !inner.is_empty() && inner.len() < outer.len() && inner.iter().all(|w| outer.contains(w))
        };
        if within(&short, &long) {
            Some(Kinship::Broader)
        } else if within(&long, &short) {
            Some(Kinship::Narrower)
        } else {
            self.related(a, b, &short, &long).then_some(Kinship::Related)
        }
    }

    fn related(&self, a: u32, b: u32, short: &[String], long: &[String]) -> bool {
        let tool = |n: u32| self.entries[n as usize].what == What::Tool;
        // Groups of three digits and less ("K06") hold hundreds of things: that is no kinship.
        let smallest = || self.groups(a).any(|g| is_smallest(g) && self.groups(b).any(|h| g == h));
        let telling = |words: &[String]| words.iter().filter(|w| is_telling(w)).count();
        let shared = short.iter().filter(|w| is_telling(w) && long.contains(w)).count();
        !tool(a) && !tool(b) && shared > 0 && 2 * shared >= telling(short).min(telling(long)) && smallest()
    }

    /// The entry that a key means: its own, or what an everyday name of a tool stands for.
    fn meant(&self, key: &str) -> Option<u32> {
        self.number(key).or_else(|| {
            let target = *targets().get(&key.strip_prefix(ONET)?.to_lowercase())?;
            if target.starts_with(ONET) { self.number(target) } else { self.number_of_label(target) }
        })
    }

    /// What a key is called: the label of its entry, or the name of a tool that is in no list.
    fn named<'a>(&'a self, key: &'a str, number: Option<u32>) -> Option<&'a str> {
        number.map(|n| self.label(n)).or_else(|| key.strip_prefix(ONET))
    }

    /// Search as you type: best `n` skills and tools for a few words.
    pub fn search(&self, words: &str, n: usize) -> Vec<Skill> {
        let wanted: Vec<String> = tokens(words).into_iter().map(|t| t.norm).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut scored: Vec<(u32, usize, u32)> = (0..self.entries.len() as u32)
            .filter_map(|number| {
                let label = self.label(number);
                let best = search_score(label, &wanted).map(|s| s + 2);
                let also = self.also(number).filter_map(|l| search_score(l, &wanted)).max();
                best.max(also).map(|s| (s, label.len(), number))
            })
            .collect();
        scored.sort_by_key(|(score, length, number)| (std::cmp::Reverse(*score), *length, *number));
        scored.into_iter().take(n).map(|(_, _, number)| self.skill(number)).collect()
    }

    fn parsed(text: String) -> Taxonomy {
        let mut entries: Vec<Entry> = Vec::with_capacity(24_000);
        let mut at = 0u32;
        for line in text.split('\n') {
            let next = at + line.len() as u32 + 1;
            if let Some(entry) = entry(line, at) {
                entries.push(entry);
            }
            at = next;
        }
        let mut taxonomy = Taxonomy {
            text,
            entries,
            by_key: ByHash::default(),
            by_label: ByHash::default(),
            also_by_label: OnceLock::new(),
        };
        taxonomy.index();
        taxonomy
    }

    fn index(&mut self) {
        let sized = |most| ByHash::with_capacity_and_hasher(most, BuildHasherDefault::default());
        let (mut keys, mut labels) = (sized(24_000), sized(24_000));
        for number in 0..self.entries.len() as u32 {
            keys.insert(hash(self.key_part(number).bytes()), number);
            labels.entry(label_key(self.label(number))).or_insert(number);
        }
        (self.by_key, self.by_label) = (keys, labels);
    }

    fn alternatives(&self) -> ByHash {
        let mut also = ByHash::with_capacity_and_hasher(100_000, BuildHasherDefault::default());
        for number in 0..self.entries.len() as u32 {
            for label in self.also(number) {
                also.entry(label_key(label)).or_insert(number);
            }
        }
        also
    }

    pub(crate) fn number(&self, key: &str) -> Option<u32> {
        let part = key.strip_prefix(ESCO).or_else(|| key.strip_prefix(ONET))?;
        let number = *self.by_key.get(&hash(part.bytes()))?;
        (self.key(number) == key).then_some(number)
    }

    pub(crate) fn number_of_label(&self, label: &str) -> Option<u32> {
        let key = label_key(label);
        let preferred = self.by_label.get(&key).filter(|n| label_key(self.label(**n)) == key);
        preferred.or_else(|| self.also_by_label.get_or_init(|| self.alternatives()).get(&key)).copied()
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn key(&self, number: u32) -> String {
        let part = self.key_part(number);
        match self.entries[number as usize].what {
            What::Tool => format!("{ONET}{part}"),
            _ => format!("{ESCO}{part}"),
        }
    }

    pub(crate) fn label(&self, number: u32) -> &str {
        self.part(&self.entries[number as usize].label)
    }

    pub(crate) fn also(&self, number: u32) -> impl Iterator<Item = &str> {
        self.part(&self.entries[number as usize].also).split('|').filter(|l| !l.is_empty())
    }

    pub(crate) fn groups(&self, number: u32) -> impl Iterator<Item = &str> {
        self.part(&self.entries[number as usize].groups).split(' ').filter(|g| !g.is_empty())
    }

    fn key_part(&self, number: u32) -> &str {
        self.part(&self.entries[number as usize].key)
    }

    fn part(&self, range: &Range<u32>) -> &str {
        &self.text[range.start as usize..range.end as usize]
    }

    fn skill(&self, number: u32) -> Skill {
        Skill {
            uri: self.key(number),
            label: self.label(number).to_owned(),
            also: self.also(number).map(str::to_owned).collect(),
            groups: self.groups(number).map(str::to_owned).collect(),
        }
    }
}

fn entry(line: &str, at: u32) -> Option<Entry> {
    let mut fields = [(0u32, 0u32); 6];
    let mut start = at;
    let mut count = 0;
    for (field, slot) in line.split('\t').zip(fields.iter_mut()) {
        *slot = (start, start + field.len() as u32);
        start += field.len() as u32 + 1;
        count += 1;
    }
    let range = |n: usize| fields[n].0..fields[n].1;
    let empty = at..at;
    match (line.as_bytes().first()?, count) {
        (b'S', 6) => {
            let knowledge = line[(fields[2].0 - at) as usize..].starts_with('k');
            let what = if knowledge { What::Knowledge } else { What::Competence };
            Some(Entry { what, key: range(1), label: range(3), also: range(4), groups: range(5) })
        }
        (b'T', 3) => Some(Entry { what: What::Tool, key: range(1), label: range(1), also: empty, groups: range(2) }),
        _ => None,
    }
}

/// A label without its bracketed explanation: `Python (computer programming)` is `Python`.
pub(crate) fn bare(label: &str) -> &str {
    if !label.ends_with(')') {
        return label;
    }
    label.find(" (").map_or(label, |at| &label[..at])
}

/// The row of names that mean the same, where this is one of them.
fn row_of(name: &str) -> Option<usize> {
    same().get(&name.to_lowercase()).copied()
}

/// Stems that say what is done or to what kind of thing.
const COMMON: &[&str] = &[
    "manag",
    "develop",
    "monitor",
    "prepar",
    "oper",
    "mainten",
    "creat",
    "design",
    "system",
    "servic",
    "process",
    "analys",
    "plan",
    "assess",
    "evalu",
    "ensur",
    "implement",
    "identifi",
    "advis",
    "coordin",
    "supervis",
    "control",
    "report",
    "product",
    "equip",
    "softwar",
    "comput",
    "program",
    "inform",
    "organis",
    "activ",
    "standard",
    "procedur",
    "client",
    "custom",
    "group",
    "general",
    "cultur",
    "support",
    "assist",
    "test",
    "write",
    "work",
    "team",
    "market",
    "project",
    "technolog",
    "tool",
    "machin",
    "materi",
    "method",
    "model",
    "qualiti",
    "data",
    "ict",
    "lead",
    "learn",
    "teach",
    "financi",
    "law",
    "legisl",
    "record",
    "care",
    "educ",
    "health",
    "train",
    "strategi",
    "environ",
    "condit",
    "basic",
];

/// Whether a stem says what a skill is about, not only what is done or to how much.
fn is_telling(stem: &str) -> bool {
    stem.len() > 2 && !is_filler(stem) && !is_light(stem) && !COMMON.contains(&stem)
}

fn is_smallest(group: &str) -> bool {
    group.len() >= 5
}

fn subject(label: &str) -> Vec<String> {
    tokens(bare(label)).iter().map(|t| stem(&t.norm)).collect()
}

fn search_score(label: &str, wanted: &[String]) -> Option<u32> {
    // The last word may be half typed.
    let first = label.as_bytes().first().map(u8::to_ascii_lowercase);
    let (last, whole) = wanted.split_last()?;
    if whole.is_empty() && label.len() < last.len() {
        return None;
    }
    let have: Vec<String> =
        label.split(|c: char| c.is_whitespace() || "()/-,".contains(c)).filter(|w| !w.is_empty()).map(normal).collect();
    if !whole.iter().all(|w| have.iter().any(|h| h == w)) {
        return None;
    }
    let ends = if have.iter().any(|h| h == last) {
        4
    } else if have.iter().any(|h| h.starts_with(last.as_str())) {
        1
    } else {
        return None;
    };
    let begins = if first.is_some() && wanted.first().is_some_and(|w| have.first() == Some(w)) { 2 } else { 0 };
    let all = if have.len() == wanted.len() { 8 } else { 0 };
    Some(ends + begins + all)
}

/// Case and white space do not count.
fn label_key(label: &str) -> u64 {
    let lower = label.split_whitespace().flat_map(|w| w.bytes().chain([b' '])).map(|b| b.to_ascii_lowercase());
    hash(lower)
}

/// FNV-1a with 64 bits: 110,000 labels collide with probability under one in a billion, and a test counts them.
pub(crate) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}
