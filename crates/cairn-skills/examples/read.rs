//! Prints what is read from an ad on standard input, or from each line's `ad` of a JSON-lines file given as argument.

use std::io::Read;
use std::sync::Arc;

use cairn_skills::{Reader, Taxonomy, Vocabulary};

fn main() {
    let reader = Reader::new(Arc::new(Taxonomy::builtin()), &Vocabulary::default());
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("standard input is text");
    for ad in text.split('\u{1e}').filter(|ad| !ad.trim().is_empty()) {
        let reading = reader.read_ad(ad);
        println!("== {:?} {:?} {:?}", reading.title, reading.language.code, reading.notes);
        for m in reading.mentions {
            let line = ad[..m.span.start].matches('\n').count() + 1;
            println!(
                "{line:3} {:?}\t{}\t{}\t{:?}\t{}\t{:.2}\t{:?}\t{}",
                m.kind,
                m.words.replace('\n', " "),
                m.label,
                m.importance,
                m.level.unwrap_or_default(),
                m.confidence,
                m.why,
                m.key
            );
        }
    }
}
