//! Prints how well `rank` finds the labelled skills: R-precision@5, @10 and MRR over sentences that have a label.
//!
//! `cargo run --release -p cairn-skills --example eval -- FILE.csv…` where a file has the columns sentence and label.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use cairn_skills::{Reader, Taxonomy, Vocabulary};

fn main() {
    let (taxonomy, decode) = timed(Taxonomy::builtin);
    let (reader, build) = timed(|| Reader::new(Arc::new(taxonomy), &Vocabulary::default()));
    eprintln!("decode {decode:?}, index {build:?}");
    println!("{:40} {:>9} {:>6} {:>6} {:>6} {:>12}", "file", "sentences", "RP@5", "RP@10", "MRR", "sentences/s");
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let wanted = labelled(&text);
        let (scores, took) =
            timed(|| wanted.iter().map(|(sentence, labels)| score(&reader, sentence, labels)).collect::<Vec<_>>());
        let mean =
            |pick: fn(&[f64; 3]) -> f64| scores.iter().map(pick).sum::<f64>() / scores.len().max(1) as f64 * 100.0;
        let name = path.rsplit('/').next().unwrap_or(&path);
        let speed = scores.len() as f64 / took.as_secs_f64();
        println!(
            "{name:40} {:>9} {:>6.1} {:>6.1} {:>6.1} {speed:>12.0}",
            scores.len(),
            mean(|s| s[0]),
            mean(|s| s[1]),
            mean(|s| s[2])
        );
    }
}

fn score(reader: &Reader, sentence: &str, wanted: &BTreeSet<String>) -> [f64; 3] {
    let ranked: Vec<bool> =
        reader.rank(sentence, 100).iter().map(|r| wanted.contains(&r.label.to_lowercase())).collect();
    if std::env::var_os("EVAL_SHOW").is_some() {
        let top: Vec<String> = reader
            .rank(sentence, 8)
            .into_iter()
            .map(|r| format!("{}{}", if wanted.contains(&r.label.to_lowercase()) { "*" } else { "" }, r.label))
            .collect();
        eprintln!("{sentence}\n   want {wanted:?}\n   got {top:?}");
    }
    let at = |k: usize| ranked.iter().take(k).filter(|hit| **hit).count() as f64 / wanted.len().min(k) as f64;
    let first = ranked.iter().position(|hit| *hit).map_or(0.0, |p| 1.0 / (p as f64 + 1.0));
    [at(5), at(10), first]
}

fn labelled(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut rows = rows(text).into_iter();
    let header = rows.next().unwrap_or_default();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name}"));
    let (sentence, label) = (column("sentence"), column("label"));
    for row in rows.filter(|r| r.len() == header.len()) {
        if !["LABEL NOT PRESENT", "UNDERSPECIFIED", ""].contains(&row[label].as_str()) {
            found.entry(row[sentence].clone()).or_default().insert(row[label].to_lowercase());
        }
    }
    found
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    if !cell.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

#[allow(clippy::disallowed_methods, reason = "measuring is this example's purpose")]
fn timed<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let start = std::time::Instant::now();
    let value = act();
    (value, start.elapsed())
}
