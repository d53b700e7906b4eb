//! Everyday names of skills in other forms than the table's: "led cross-functional teams", "analyse delivery data".

use std::collections::HashMap;

use crate::index::{Index, is_article, row_key};
use crate::near::is_agent;
use crate::reading::{Kind, Why};
use crate::spot::Spot;
use crate::tables::Alias;
use crate::words::{Gap, Token, UNKNOWN, tokens};

/// How sure an everyday name is that was met in another form.
pub(crate) const STEMMED: f32 = 0.85;
/// How sure it is with a word between.
const GAPPED: f32 = 0.75;

/// Everyday names by the stems of their words.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    whole: HashMap<u64, Form>,
    /// Names of two words that bear one between.
    gapped: HashMap<u64, Form>,
}

#[derive(Debug)]
struct Form {
    name: &'static str,
    key: String,
    label: String,
}

impl Forms {
    /// Takes in a name of several words, all of them known to the taxonomy.
    pub fn learn(&mut self, index: &Index, alias: &Alias, key: String, label: &str) {
        let words = tokens(alias.name);
        let row: Vec<u32> = words.iter().filter(|t| !is_article(&t.norm)).map(|t| index.stems.find(&t.norm)).collect();
        if row.len() < 2 || row.contains(&UNKNOWN) {
            return;
        }
        let table = if alias.gap { &mut self.gapped } else { &mut self.whole };
        table.entry(row_key(row.into_iter())).or_insert(Form { name: alias.name, key, label: label.to_owned() });
    }

    /// The name that these words are in another form, if any.
    pub fn at(&self, words: &[Token], stems: &[u32], from: usize, to: usize) -> Option<Spot> {
        let content = |n: &usize| !is_article(&words[*n].norm);
        let ends = [from, to - 1];
        // A person by trade and a thing are not the same: "lead teams", "team leader".
        if !ends.iter().all(|n| content(n) && stems[*n] != UNKNOWN) || words[from..to].iter().any(|t| is_agent(&t.norm))
        {
            return None;
        }
        let whole = self.whole.get(&row_key((from..to).filter(content).map(|n| stems[n]))).map(|form| (form, STEMMED));
        let (form, confidence) = whole.or_else(|| self.gapped_at(words, stems, from, to).map(|form| (form, GAPPED)))?;
        Some(Spot {
            kind: Kind::Skill,
            key: form.key.clone(),
            label: form.label.clone(),
            from,
            to,
            confidence,
            why: Why::Named { name: form.name.to_owned() },
        })
    }

    fn gapped_at(&self, words: &[Token], stems: &[u32], from: usize, to: usize) -> Option<&Form> {
        let spaced = words[from + 1..to].iter().all(|t| t.gap == Gap::Space);
        let inner = words[from..to].get(1).filter(|_| to == from + 3 && spaced)?;
        if matches!(inner.norm.as_str(), "and" | "or" | "to" | "in" | "with" | "of") {
            return None;
        }
        self.gapped.get(&row_key([stems[from], stems[to - 1]].into_iter()))
    }
}
