//! Cuts text into words that keep their place in it, and brings spellings and endings together.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rust_stemmers::{Algorithm, Stemmer};

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Blanks only, or nothing.
    Space,
    /// A hyphen or dash without blanks, as in `full-time`.
    Hyphen,
    /// A slash, as in `AWS/Azure`.
    Slash,
    /// A comma.
    Comma,
    /// A bracket or quotation mark.
    Bracket,
    /// The end of a sentence or clause: full stop, colon, semicolon, spaced dash, bullet, new line.
    Stop,
}

/// A word and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Lower case, without accents, one spelling for British and American.
    pub norm: String,
    /// What stands before it.
    pub gap: Gap,
}

impl Token {
    /// The very word in its text.
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }
}

/// Cuts a text into words. `C++`, `C#`, `.NET`, `Node.js`, `A+` and `don't` stay whole; other hyphens and slashes part words.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut gap_start = 0;
    for (start, end) in spans(text) {
        let norm = normal(&text[start..end]);
        if !norm.is_empty() {
            found.push(Token { start, end, norm, gap: gap(&text[gap_start..start]) });
            gap_start = end;
        }
    }
    found
}

/// Where the words of a text stand, in bytes.
pub(crate) fn spans(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let c = text[at..].chars().next()?;
            let start = at;
            at += c.len_utf8();
            if begins_word(text, start, c) {
                at = word_end(text, at);
                return Some((start, at));
            }
        }
    })
}

fn begins_word(text: &str, at: usize, c: char) -> bool {
    if c.is_alphanumeric() || c == '&' {
        return true;
    }
    // `.NET`: a full stop that follows a blank and goes straight into a letter.
    c == '.'
        && text[..at].chars().next_back().is_none_or(|p| p.is_whitespace() || "(/,".contains(p))
        && text[at + 1..].chars().next().is_some_and(|n| n.is_ascii_alphabetic())
}

fn word_end(text: &str, from: usize) -> usize {
    if text[..from].ends_with('&') {
        return from;
    }
    let mut at = from;
    while let Some(c) = text[at..].chars().next() {
        let next = text[at + c.len_utf8()..].chars().next();
        let joins = c.is_alphanumeric() || is_silent(c);
        let inner = matches!(c, '.' | '\'' | '’') && next.is_some_and(char::is_alphanumeric);
        // Sentences glued together ("skills.Experience") part at the capital letter.
        let glued = c == '.'
            && next.is_some_and(char::is_uppercase)
            && text[..at].chars().next_back().is_some_and(char::is_lowercase)
            && text[at + 1..].chars().nth(1).is_some_and(char::is_lowercase);
        let tail = matches!(c, '+' | '#') && next.is_none_or(|n| !n.is_alphanumeric());
        if !(joins || (inner && !glued) || tail) {
            break;
        }
        at += c.len_utf8();
    }
    at
}

/// Characters that do not show or only mark the one before.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}')
}

fn gap(between: &str) -> Gap {
    let mut kind =
        if between.contains(is_dash) && !between.contains(char::is_whitespace) { Gap::Hyphen } else { Gap::Space };
    for c in between.chars() {
        match c {
            '.' | '!' | '?' | ':' | ';' | '\n' | '\r' | '|' | '•' | '·' | '*' | '▪' | '●' | '◦' | '‣' => {
                return Gap::Stop;
            }
            c if is_dash(c) && between.contains(char::is_whitespace) => return Gap::Stop,
            ',' => kind = Gap::Comma,
            '/' if kind != Gap::Comma => kind = Gap::Slash,
            '(' | ')' | '[' | ']' | '"' | '“' | '”' if kind == Gap::Space => kind = Gap::Bracket,
            _ => {}
        }
    }
    kind
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '–' | '—')
}

/// Lower case without accents and silent characters; `'s` and closing marks gone; one spelling.
pub(crate) fn normal(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'A'..='Z' => out.push(c.to_ascii_lowercase()),
            'a'..='z' | '0'..='9' | '+' | '#' | '.' => out.push(c),
            '&' => out.push_str("and"),
            '’' => out.push('\''),
            c if is_silent(c) => {}
            c => c.to_lowercase().for_each(|l| out.push_str(&plain(l))),
        }
    }
    if let Some(stripped) = out.strip_suffix("'s") {
        out.truncate(stripped.len());
    }
    out.retain(|c| c != '\'');
    spelling(out)
}

fn plain(c: char) -> String {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a".into(),
        'ç' => "c".into(),
        'è' | 'é' | 'ê' | 'ë' => "e".into(),
        'ì' | 'í' | 'î' | 'ï' => "i".into(),
        'ñ' => "n".into(),
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o".into(),
        'ù' | 'ú' | 'û' | 'ü' => "u".into(),
        _ => c.to_string(),
    }
}

/// Pieces of words that are spelled in two ways; the second is kept.
const SPELLINGS: &[(&str, &str)] = &[
    ("iz", "is"),
    ("yz", "ys"),
    ("colour", "color"),
    ("behaviour", "behavior"),
    ("labour", "labor"),
    ("mould", "mold"),
    ("programme", "program"),
    ("centre", "center"),
    ("fibre", "fiber"),
    ("defence", "defense"),
    ("licence", "license"),
    ("anaesthe", "anesthe"),
    ("paediatr", "pediatr"),
    ("haem", "hem"),
    ("orthopaed", "orthoped"),
    ("modell", "model"),
    ("labell", "label"),
    ("travell", "travel"),
    ("counsell", "counsel"),
    ("catalogue", "catalog"),
    ("dialogue", "dialog"),
    ("aluminium", "aluminum"),
    ("tyre", "tire"),
];

fn spelling(mut word: String) -> String {
    if word.len() < 5 {
        return word;
    }
    for (from, to) in SPELLINGS {
        // "programmer" is no programme.
        let keeps =
            (*from == "programme" && word.starts_with("programmer")) || (from.len() == 2 && word.starts_with(from));
        if !keeps && word.contains(from) {
            word = word.replace(from, to);
        }
    }
    word
}

/// Words that carry no subject.
pub(crate) fn is_filler(norm: &str) -> bool {
    matches!(
        norm,
        "a" | "an"
            | "the"
            | "of"
            | "and"
            | "or"
            | "in"
            | "on"
            | "at"
            | "to"
            | "for"
            | "with"
            | "by"
            | "from"
            | "as"
            | "into"
            | "is"
            | "are"
            | "be"
            | "its"
            | "their"
            | "your"
            | "our"
            | "his"
            | "her"
            | "this"
            | "that"
            | "these"
            | "those"
            | "such"
            | "other"
            | "any"
            | "all"
            | "etc"
            | "per"
            | "via"
            | "within"
            | "across"
            | "through"
            | "related"
            | "various"
            | "out"
            | "up"
            | "you"
            | "we"
            | "it"
            | "will"
            | "who"
            | "which"
            | "has"
            | "have"
            | "able"
            | "both"
    )
}

/// Verbs that say only that something is done; ads leave them out or take another.
pub(crate) fn is_light(stem: &str) -> bool {
    matches!(
        stem,
        "use"
            | "util"
            | "utilis"
            | "perform"
            | "appli"
            | "carri"
            | "conduct"
            | "provid"
            | "ensur"
            | "undertak"
            | "make"
            | "do"
            | "execut"
            | "work"
            | "handl"
            | "practic"
            | "practis"
            | "possess"
            | "demonstr"
            | "exercis"
            | "employ"
            | "show"
            | "deliv"
            | "deliveri"
            | "knowledg"
            | "understand"
            | "skill"
            | "techniqu"
            | "principl"
            | "method"
            | "task"
            | "activ"
            | "complet"
    )
}

/// Gives each word the number of its stem. Words are looked up as written, so that each is taken apart only once.
#[derive(Debug, Default)]
pub(crate) struct Stems {
    words: HashMap<Box<str>, u32, Quick>,
    stems: HashMap<Box<str>, u32, Quick>,
    fillers: Vec<bool>,
    lights: Vec<bool>,
}

/// Hashes the words of the built-in table: they are known beforehand, so nobody can choose them to collide.
type Quick = BuildHasherDefault<Mixing>;

/// Takes eight bytes at a time.
#[derive(Debug, Default)]
pub(crate) struct Mixing(u64);

impl Hasher for Mixing {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(8) {
            let mut word = [0u8; 8];
            word[..piece.len()].copy_from_slice(piece);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// The number of a word that no label holds.
pub(crate) const UNKNOWN: u32 = u32::MAX;

impl Stems {
    /// The number of a label's word, given one if it is new.
    pub fn learn(&mut self, word: &str) -> u32 {
        if let Some(found) = self.words.get(word) {
            return *found;
        }
        let norm = normal(word);
        let stem = stem(&norm);
        let next = self.stems.len() as u32;
        let (filler, light) = (is_filler(&norm), is_light(&stem));
        let id = *self.stems.entry(stem.into()).or_insert(next);
        if id == next {
            self.fillers.push(filler);
            self.lights.push(light);
        }
        self.words.insert(word.into(), id);
        id
    }

    /// The number of a normal word, or [`UNKNOWN`].
    pub fn find(&self, norm: &str) -> u32 {
        match self.words.get(norm) {
            Some(found) => *found,
            None => self.stems.get(stem(norm).as_str()).copied().unwrap_or(UNKNOWN),
        }
    }

    /// Whether this stem carries no subject.
    pub fn is_filler(&self, id: u32) -> bool {
        self.fillers.get(id as usize).copied().unwrap_or(false)
    }

    /// Whether this stem says only that something is done.
    pub fn is_light(&self, id: u32) -> bool {
        self.lights.get(id as usize).copied().unwrap_or(false)
    }

    /// How many stems there are.
    pub fn len(&self) -> usize {
        self.stems.len()
    }
}

/// The Snowball stem, with families that it leaves apart brought together.
pub(crate) fn stem(norm: &str) -> String {
    if norm.len() < 4 || norm.contains(|c: char| !c.is_ascii_lowercase()) {
        return match norm {
            "led" => "lead".into(),
            _ => norm.into(),
        };
    }
    let stem = Stemmer::create(Algorithm::English).stem(norm).into_owned();
    match stem.as_str() {
        "analysi" | "analyt" | "analyst" => "analys".into(),
        "leadership" | "leader" => "lead".into(),
        "made" => "make".into(),
        "written" | "wrote" => "write".into(),
        "taught" => "teach".into(),
        "multicultur" | "intercultur" => "intercultur".into(),
        "programm" => "program".into(),
        "strateg" => "strategi".into(),
        "maintain" | "mainten" => "mainten".into(),
        "diagnos" | "diagnosi" | "diagnost" => "diagnos".into(),
        "statist" => "statist".into(),
        "sold" | "sale" => "sell".into(),
        "busi" if norm == "busy" => "busy".into(),
        "bought" => "buy".into(),
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, want: Expect) {
        let shown: Vec<String> = tokens(text).iter().map(|t| format!("{:?} {}", t.gap, t.norm)).collect();
        want.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn names_of_technologies_stay_whole() {
        check(
            "C++, C#, .NET/Node.js (A+) and R&D.Next",
            expect![[r#"
                Space c++
                Comma c#
                Comma .net
                Slash node.js
                Bracket a+
                Bracket and
                Space r
                Space and
                Space d.next"#]],
        );
    }

    #[test]
    fn spellings_meet() {
        for (a, b) in [
            ("organise", "organize"),
            ("Programmes", "programs"),
            ("modelling", "modeling"),
            ("paediatric", "pediatric"),
        ] {
            assert_eq!(stem(&normal(a)), stem(&normal(b)), "{a} {b}");
        }
        assert_eq!(normal("Bachelor’s"), "bachelor");
        assert_eq!(normal("re\u{301}sume\u{301}"), "resume");
        assert_eq!(normal("izard"), "izard");
    }

    #[test]
    fn families_meet() {
        for (a, b) in [
            ("manage", "management"),
            ("analysis", "analyse"),
            ("leadership", "lead"),
            ("communicating", "communication"),
        ] {
            assert_eq!(stem(&normal(a)), stem(&normal(b)), "{a} {b}");
        }
    }
}
