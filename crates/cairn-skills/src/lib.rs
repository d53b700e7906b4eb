//! Words to skills: a taxonomy index, a reader of job ads, a ranker. Pure: text in, skills with spans,
//! confidence and reasons out.
#![warn(missing_docs)]

mod reading;
mod vocabulary;

pub use reading::*;
pub use vocabulary::{Named, Vocabulary};

/// The built-in taxonomy: ESCO 1.2 skills and O*NET technology names.
#[derive(Debug)]
pub struct Taxonomy {}

/// A skill of the taxonomy.
#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    /// ESCO URI, or `onet:` and the technology's name.
    pub uri: String,
    /// Preferred label.
    pub label: String,
    /// Alternative labels.
    pub also: Vec<String>,
    /// Group codes (ESCO) or commodity code (O*NET).
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
    /// In the same smallest group.
    Related,
}

impl Taxonomy {
    /// Decodes the embedded table.
    pub fn builtin() -> Taxonomy {
        Taxonomy {}
    }

    /// Name and version of the taxonomies, such as `ESCO 1.2.0 + O*NET 30.2`.
    pub fn version(&self) -> &'static str {
        ""
    }

    /// The skill with this key.
    pub fn find(&self, key: &str) -> Option<Skill> {
        let _ = key;
        None
    }

    /// The skill whose preferred or alternative label is exactly this, ignoring case and white space.
    pub fn find_label(&self, label: &str) -> Option<Skill> {
        let _ = label;
        None
    }

    /// How `a` stands to `b`; `None` when they are unrelated or unknown.
    pub fn kinship(&self, a: &str, b: &str) -> Option<Kinship> {
        let _ = (a, b);
        None
    }

    /// Search as you type: best `n` skills and tools for a few words.
    pub fn search(&self, words: &str, n: usize) -> Vec<Skill> {
        let _ = (words, n);
        Vec::new()
    }
}

/// Reads texts against a taxonomy and a vocabulary.
#[derive(Debug)]
pub struct Reader {
    taxonomy: std::sync::Arc<Taxonomy>,
}

impl Reader {
    /// Builds the index.
    pub fn new(taxonomy: std::sync::Arc<Taxonomy>, vocabulary: &Vocabulary) -> Reader {
        let _ = vocabulary;
        Reader { taxonomy }
    }

    /// The taxonomy it reads against.
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.taxonomy
    }

    /// Reads a job ad: requirements of every kind.
    pub fn read_ad(&self, text: &str) -> Reading {
        let _ = text;
        unimplemented!()
    }

    /// Reads a learner's own words: every mention is a self-claim.
    pub fn read_claims(&self, text: &str) -> Reading {
        let _ = text;
        unimplemented!()
    }

    /// Ranks ESCO skills for one sentence over the whole taxonomy, best first.
    pub fn rank(&self, sentence: &str, n: usize) -> Vec<Ranked> {
        let _ = (sentence, n);
        Vec::new()
    }
}

/// One ranked skill.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Ranked {
    /// ESCO URI.
    pub uri: String,
    /// ESCO 1.2 preferred label.
    pub label: String,
    /// Higher is better; comparable within one sentence only.
    pub score: f32,
}
