//! Every label as a row of stems: looked up whole, by its rarest stem, or by any.

use std::hash::Hasher;
use std::sync::{Arc, OnceLock};

use crate::taxonomy::{Taxonomy, What, bare};
use crate::words::{Stems, spans};

/// All labels of a taxonomy, ready to be met in a text.
#[derive(Debug)]
pub(crate) struct Index {
    pub taxonomy: Arc<Taxonomy>,
    pub stems: Stems,
    labels: Vec<Label>,
    /// Stems of all labels, end to end.
    rows: Vec<u32>,
    /// Hash of a label's row and its number, sorted.
    whole: Vec<(u64, u32)>,
    /// How telling a stem is: the logarithm of one over its share of labels.
    pub idf: Vec<f32>,
    /// Labels by each of their telling stems, ESCO only; only ranking asks for them.
    by_stem: OnceLock<Rows>,
    /// ESCO labels by their rarest stem.
    by_rarest: Rows,
}

/// One label of one entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Label {
    /// The entry's number in the taxonomy.
    pub entry: u32,
    /// 0 for the preferred label, otherwise which alternative one, counted from 1.
    pub which: u16,
    /// How many stems, articles left out.
    pub length: u16,
    first: u32,
    /// Sum of idf over its different telling stems.
    pub weight: f32,
}

/// Lists end to end.
#[derive(Debug, Default)]
struct Rows {
    ends: Vec<u32>,
    items: Vec<u32>,
}

impl Rows {
    fn row(&self, n: u32) -> &[u32] {
        let n = n as usize;
        let Some(end) = self.ends.get(n) else { return &[] };
        let start = if n == 0 { 0 } else { self.ends[n - 1] };
        &self.items[start as usize..*end as usize]
    }

    fn built(rows: usize, pairs: &[(u32, u32)]) -> Rows {
        let mut ends = vec![0u32; rows];
        pairs.iter().for_each(|(row, _)| ends[*row as usize] += 1);
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut fill: Vec<u32> = std::iter::once(0).chain(ends.iter().copied()).take(rows).collect();
        let mut items = vec![0; pairs.len()];
        for (row, item) in pairs {
            let at = &mut fill[*row as usize];
            items[*at as usize] = *item;
            *at += 1;
        }
        Rows { ends, items }
    }
}

impl Index {
    /// Takes every label apart.
    pub fn new(taxonomy: Arc<Taxonomy>) -> Index {
        let mut index = Index {
            stems: Stems::default(),
            labels: Vec::with_capacity(120_000),
            rows: Vec::with_capacity(500_000),
            whole: Vec::with_capacity(120_000),
            idf: Vec::new(),
            by_stem: OnceLock::new(),
            by_rarest: Rows::default(),
            taxonomy,
        };
        let taxonomy = Arc::clone(&index.taxonomy);
        for entry in 0..taxonomy.len() as u32 {
            index.learn(entry, 0, taxonomy.label(entry));
            for (n, label) in taxonomy.also(entry).enumerate() {
                index.learn(entry, n as u16 + 1, label);
            }
        }
        index.weigh();
        index
    }

    fn learn(&mut self, entry: u32, which: u16, label: &str) {
        let text = bare(label);
        let first = self.rows.len() as u32;
        let mut push = |word: &str| {
            if !is_article(word) {
                self.rows.push(self.stems.learn(word));
            }
        };
        // Nine labels of ten are plain words and blanks, which need no cutting by the rules.
        if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ') {
            text.split(' ').filter(|word| !word.is_empty()).for_each(&mut push);
        } else {
            spans(text).for_each(|(start, end)| push(&text[start..end]));
        }
        let length = (self.rows.len() as u32 - first) as u16;
        if length > 0 {
            self.labels.push(Label { entry, which, length, first, weight: 0.0 });
        }
    }

    fn weigh(&mut self) {
        let mut share = vec![0u32; self.stems.len()];
        let mut different = Vec::new();
        for label in &self.labels {
            if self.taxonomy.entries()[label.entry as usize].what == What::Tool {
                continue;
            }
            self.distinct(label, &mut different);
            for stem in &different {
                share[*stem as usize] += 1;
            }
        }
        let all = self.labels.len() as f32;
        self.idf = share.iter().map(|s| ((all + 1.0) / (*s as f32 + 0.5)).ln().max(0.1)).collect();
        for (stem, idf) in self.idf.iter_mut().enumerate() {
            if self.stems.is_light(stem as u32) {
                *idf *= 0.35;
            }
        }
        let mut rarest: Vec<(u32, u32)> = Vec::with_capacity(self.labels.len());
        for n in 0..self.labels.len() {
            let label = self.labels[n];
            self.distinct(&label, &mut different);
            self.labels[n].weight = different.iter().map(|s| self.idf[*s as usize]).sum();
            let tool = self.taxonomy.entries()[label.entry as usize].what == What::Tool;
            let top = different.iter().max_by(|a, b| self.idf[**a as usize].total_cmp(&self.idf[**b as usize]));
            if let (Some(top), false) = (top, tool) {
                rarest.push((*top, n as u32));
            }
            let key = row_key(self.row(&label).iter().copied());
            self.whole.push((key, n as u32));
        }
        self.whole.sort_unstable();
        self.by_rarest = Rows::built(self.stems.len(), &rarest);
    }

    /// A label's different stems without fillers.
    pub fn distinct(&self, label: &Label, into: &mut Vec<u32>) {
        into.clear();
        for stem in self.row(label) {
            if !self.stems.is_filler(*stem) && !into.contains(stem) {
                into.push(*stem);
            }
        }
    }

    /// A label's stems in order, articles left out.
    pub fn row(&self, label: &Label) -> &[u32] {
        &self.rows[label.first as usize..label.first as usize + label.length as usize]
    }

    /// Labels that are exactly this row of stems.
    pub fn whole(&self, stems: impl Iterator<Item = u32>) -> impl Iterator<Item = &Label> {
        let key = row_key(stems);
        let from = self.whole.partition_point(|(k, _)| *k < key);
        self.whole[from..].iter().take_while(move |(k, _)| *k == key).map(|(_, n)| &self.labels[*n as usize])
    }

    /// ESCO labels whose rarest stem is this.
    pub fn with_rarest(&self, stem: u32) -> impl Iterator<Item = &Label> {
        self.by_rarest.row(stem).iter().map(|n| &self.labels[*n as usize])
    }

    /// Numbers of the ESCO labels that hold this stem.
    pub fn with(&self, stem: u32) -> &[u32] {
        self.by_stem.get_or_init(|| self.held()).row(stem)
    }

    fn held(&self) -> Rows {
        let mut telling: Vec<(u32, u32)> = Vec::with_capacity(self.rows.len());
        let mut different = Vec::new();
        for (n, label) in self.labels.iter().enumerate() {
            if self.taxonomy.entries()[label.entry as usize].what != What::Tool {
                self.distinct(label, &mut different);
                telling.extend(different.iter().map(|stem| (*stem, n as u32)));
            }
        }
        Rows::built(self.stems.len(), &telling)
    }

    /// How many labels there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The label with this number.
    pub fn label(&self, number: u32) -> &Label {
        &self.labels[number as usize]
    }

    /// A label's own words.
    pub fn words(&self, label: &Label) -> &str {
        match label.which {
            0 => self.taxonomy.label(label.entry),
            n => self.taxonomy.also(label.entry).nth(n as usize - 1).unwrap_or_default(),
        }
    }
}

pub(crate) fn is_article(word: &str) -> bool {
    matches!(word, "a" | "an" | "the" | "A" | "An" | "The")
}

pub(crate) fn row_key(stems: impl Iterator<Item = u32>) -> u64 {
    stems.fold(0xcbf2_9ce4_8422_2325, |h, s| {
        (h ^ (u64::from(s) + 1)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    })
}

/// A hasher for keys that are hashes already.
#[derive(Debug, Default)]
pub(crate) struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.0 = self.0.rotate_left(8) ^ u64::from(*b));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
