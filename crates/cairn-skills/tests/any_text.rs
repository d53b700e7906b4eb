//! Whatever the text, reading it neither panics nor loses its place.

use std::sync::{Arc, LazyLock};

use cairn_skills::{Reader, Reading, Taxonomy, Vocabulary};
use proptest::prelude::*;

static READER: LazyLock<Reader> = LazyLock::new(|| Reader::new(Arc::new(Taxonomy::builtin()), &Vocabulary::default()));

fn holds(text: &str, reading: &Reading) {
    let mut at = 0;
    for passage in &reading.passages {
        assert_eq!(passage.span.start, at, "passages leave no gap");
        assert!(passage.span.end > at && text.is_char_boundary(passage.span.end));
        at = passage.span.end;
    }
    assert_eq!(at, text.len(), "passages cover the text");
    let mut last = 0;
    for mention in &reading.mentions {
        assert_eq!(text.get(mention.span.start..mention.span.end), Some(mention.words.as_str()));
        assert!(!mention.words.is_empty() && (0.0..=1.0).contains(&mention.confidence));
        assert!(mention.span.start >= last, "in text order");
        last = mention.span.start;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_characters(text in "(?s).{0,400}") {
        holds(&text, &READER.read_ad(&text));
        holds(&text, &READER.read_claims(&text));
        READER.rank(&text, 5);
    }

    #[test]
    fn ad_words_mangled(parts in prop::collection::vec(prop::sample::select(vec![
        "Requirements:", "\n", "- ", "Python", "C++", "(", ")", "5+ years of experience in ", "Bachelor’s degree in ", "e\u{301}", "\u{200b}", "👩‍⚕️", "שלום", "preferred", "not required", "No ", ", ", "/", "Excel", "R", ".NET", "&",
        "fluent German (C1)", "RN license", "; ", ". ", "project management", "ß", "ﬁ", "\u{feff}", "%", "'s", "\r\n", "•\t", "years", "B.S.", "in", "of", "İ", "K",
    ]), 0..60)) {
        let text = parts.concat();
        holds(&text, &READER.read_ad(&text));
        holds(&text, &READER.read_claims(&text));
    }
}

#[test]
fn a_long_text_is_cut_with_a_note() {
    let text = "Python ä ".repeat(30_000);
    let reading = READER.read_ad(&text);
    holds(&text, &reading);
    assert!(reading.notes[0].contains("300 kB long; only the first 200 kB"), "{:?}", reading.notes);
}

#[test]
fn one_endless_line_ends() {
    for piece in ["a", "years ", "((((", "no ", "Bachelor's or ", "+", "C++/", "\u{301}"] {
        let text = piece.repeat(20_000 / piece.len());
        holds(&text, &READER.read_ad(&text));
    }
}
