//! Prints what is read from texts on standard input, parted by the character U+001E; with the argument `claims` they are
//! read as learners' own words.

use std::io::Read;
use std::sync::Arc;

use cairn_skills::{Reader, Taxonomy};

#[path = "../tests/data/packs.rs"]
mod packs;

fn main() {
    let claims = std::env::args().nth(1).is_some_and(|a| a == "claims");
    let reader = Reader::new(Arc::new(Taxonomy::builtin()), &packs::vocabulary().unwrap_or_default());
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("standard input is text");
    for ad in text.split('\u{1e}').filter(|ad| !ad.trim().is_empty()) {
        let reading = if claims { reader.read_claims(ad) } else { reader.read_ad(ad) };
        println!("== {:?} {:?} {:?}", reading.title, reading.language.code, reading.notes);
        for role in &reading.roles {
            println!("    {} {:.2} {}", role.id, role.confidence, role.words);
        }
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
