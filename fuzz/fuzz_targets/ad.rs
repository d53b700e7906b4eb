//! Any text as a job ad and as a learner's own words.
#![no_main]

use std::sync::{Arc, LazyLock};

use cairn_skills::{Reader, Taxonomy, Vocabulary};
use libfuzzer_sys::fuzz_target;

static READER: LazyLock<Reader> = LazyLock::new(|| Reader::new(Arc::new(Taxonomy::builtin()), &Vocabulary::default()));

fuzz_target!(|text: &str| {
    let reading = READER.read_ad(text);
    assert_eq!(reading.passages.last().map_or(0, |p| p.span.end), text.len());
    for mention in reading.mentions.iter().chain(&READER.read_claims(text).mentions) {
        assert_eq!(&text[mention.span.start..mention.span.end], mention.words);
    }
    READER.rank(text, 5);
});
