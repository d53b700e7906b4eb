//! `rank` on labelled sentences, with floors below the figures seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use cairn_skills::{Reader, Taxonomy, Vocabulary};

#[test]
fn labelled_sentences_find_their_skills() {
    let folder = std::env::var("CAIRN_SHARED")
        .map_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let reader = Reader::new(Arc::new(Taxonomy::builtin()), &Vocabulary::default());
    for (name, floor) in [("house", 38.0), ("tech", 59.0)] {
        let path = folder.join(format!("data/esco-extraction-validation/{name}_validation_annotations.csv"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("SKIPPED 1: {} is absent", path.display());
            continue;
        };
        let mut wanted: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        // Sentences with quoted commas are few; the plain ones do for a floor.
        for cells in text.lines().skip(1).map(|l| l.split(',').collect::<Vec<_>>()).filter(|c| c.len() == 4) {
            if !["LABEL NOT PRESENT", "UNDERSPECIFIED"].contains(&cells[3]) {
                wanted.entry(cells[0]).or_default().insert(cells[3].to_lowercase());
            }
        }
        let score = |sentence: &str, labels: &BTreeSet<String>| {
            let hits = reader.rank(sentence, 5).iter().filter(|r| labels.contains(&r.label.to_lowercase())).count();
            hits as f64 / labels.len().min(5) as f64
        };
        let mean = wanted.iter().map(|(s, l)| score(s, l)).sum::<f64>() / wanted.len() as f64 * 100.0;
        println!("{name}: {} sentences, R-precision@5 {mean:.1}", wanted.len());
        assert!(mean >= floor, "{name}: R-precision@5 {mean:.1} is under {floor}");
    }
}
