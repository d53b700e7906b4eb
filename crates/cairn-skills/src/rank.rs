//! Ranks the whole taxonomy for one sentence by the words of its labels.

use std::cell::RefCell;

use crate::index::{Index, is_article};
use crate::words::{UNKNOWN, tokens};

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

/// How much of a label must be met for it to count fully: the power its covered share is raised to.
const COVERAGE: f32 = 1.6;
/// What the skill's second best label adds.
const SECOND: f32 = 0.1;
/// What each pair of neighbours in both label and sentence adds, as a share.
const NEIGHBOURS: f32 = 0.35;
/// A preferred label counts this much more than an alternative one.
const PREFERRED: f32 = 1.08;

/// Best `n` ESCO skills for a sentence, best first.
pub(crate) fn rank(index: &Index, sentence: &str, n: usize) -> Vec<Ranked> {
    let asked: Vec<u32> =
        tokens(sentence).iter().filter(|t| !is_article(&t.norm)).map(|t| index.stems.find(&t.norm)).collect();
    let mut scored = SCRATCH.with_borrow_mut(|scratch| scores(index, &asked, scratch));
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let taxonomy = &index.taxonomy;
    scored
        .into_iter()
        .take(n)
        .map(|(entry, score)| Ranked { uri: taxonomy.key(entry), label: taxonomy.label(entry).to_owned(), score })
        .collect()
}

thread_local! {
    /// Kept between sentences: clearing what was touched is cheaper than asking for memory anew.
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch { met: Vec::new(), touched: Vec::new() }) };
}

struct Scratch {
    /// Sum of idf met, per label.
    met: Vec<f32>,
    touched: Vec<u32>,
}

fn scores(index: &Index, asked: &[u32], scratch: &mut Scratch) -> Vec<(u32, f32)> {
    scratch.met.resize(index.len(), 0.0);
    let mut different: Vec<u32> =
        asked.iter().copied().filter(|s| *s != UNKNOWN && !index.stems.is_filler(*s)).collect();
    different.sort_unstable();
    different.dedup();
    for stem in &different {
        let idf = index.idf[*stem as usize];
        for label in index.with(*stem) {
            let met = &mut scratch.met[*label as usize];
            if *met == 0.0 {
                scratch.touched.push(*label);
            }
            *met += idf;
        }
    }
    let mut per_label: Vec<(u32, f32)> = Vec::with_capacity(scratch.touched.len());
    for number in scratch.touched.drain(..) {
        let met = std::mem::take(&mut scratch.met[number as usize]);
        let label = index.label(number);
        let coverage = met / label.weight;
        if coverage < 0.3 {
            continue;
        }
        let mut score = met * coverage.powf(COVERAGE);
        if coverage > 0.5 && label.length > 1 {
            score *= 1.0 + NEIGHBOURS * neighbours(index.row(label), asked);
        }
        if label.which == 0 {
            score *= PREFERRED;
        }
        per_label.push((label.entry, score));
    }
    per_entry(per_label)
}

/// Share of the label's neighbouring pairs that are neighbours in the sentence too.
fn neighbours(row: &[u32], asked: &[u32]) -> f32 {
    let pairs = row.len() - 1;
    let met = row.windows(2).filter(|pair| asked.windows(2).any(|other| other == *pair)).count();
    met as f32 / pairs as f32
}

fn per_entry(mut labels: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    labels.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let mut entries: Vec<(u32, f32)> = Vec::with_capacity(labels.len() / 2);
    let mut rank_within = 0;
    for (entry, score) in labels {
        match entries.last_mut().filter(|last| last.0 == entry) {
            Some(last) => {
                rank_within += 1;
                if rank_within == 1 {
                    last.1 += SECOND * score;
                }
            }
            None => {
                rank_within = 0;
                entries.push((entry, score));
            }
        }
    }
    entries
}
