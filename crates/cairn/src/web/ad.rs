//! The ad, coloured in place: its text cut into pieces, each plain, dimmed (boilerplate) or a mark.

use std::collections::BTreeMap;

use cairn_domain::gap::Gap;
use cairn_domain::requirement::Importance;
use cairn_registrar::shapes::AdRead;
use cairn_skills::PassageKind;

use super::words;

/// A piece of an ad's text.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The very words.
    pub text: String,
    /// The mark on it, if any.
    pub mark: Option<Mark>,
    /// Whether it asks for nothing.
    pub dim: bool,
}

/// A coloured passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Number of the requirement, from 1.
    pub n: usize,
    /// Class of its state.
    pub state: &'static str,
    /// Word of its state.
    pub word: &'static str,
    /// Whether it is preferred, not required.
    pub preferred: bool,
}

/// Cuts the ad with this number into pieces that together are its exact text.
pub fn pieces(number: usize, ad: &AdRead, gap: &Gap) -> Vec<Piece> {
    let text = ad.text.as_str();
    let mut out = Vec::new();
    let mut at = 0;
    for (start, (end, n)) in marks(number, text, gap) {
        if start < at {
            continue;
        }
        plain(ad, at, start, &mut out);
        let matched = &gap.matches[n];
        let state = words::state(matched.state);
        let preferred = matched.requirement.importance == Importance::Preferred;
        let mark = Some(Mark { n: n + 1, state, word: state, preferred });
        out.push(Piece { text: text[start..end].to_owned(), mark, dim: false });
        at = end;
    }
    plain(ad, at, text.len(), &mut out);
    out
}

/// Mentions that can be shown, by start; of several at one place the longest, then the first requirement.
fn marks(number: usize, text: &str, gap: &Gap) -> BTreeMap<usize, (usize, usize)> {
    let mut marks: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (n, matched) in gap.matches.iter().enumerate() {
        for mention in matched.requirement.mentions.iter().filter(|mention| mention.ad == number) {
            // `get` refuses offsets that are out of bounds or inside a character.
            if mention.start >= mention.end || text.get(mention.start..mention.end).is_none() {
                continue;
            }
            let here = marks.entry(mention.start).or_insert((mention.end, n));
            if mention.end > here.0 {
                *here = (mention.end, n);
            }
        }
    }
    marks
}

/// Adds what lies between two marks, cut where boilerplate begins or ends.
fn plain(ad: &AdRead, from: usize, to: usize, out: &mut Vec<Piece>) {
    let mut at = from;
    let mut push = |start: usize, end: usize, dim: bool| {
        if let Some(text) = ad.text.get(start..end).filter(|text| !text.is_empty()) {
            out.push(Piece { text: text.to_owned(), mark: None, dim });
        }
    };
    for passage in ad.reading.passages.iter().filter(|passage| passage.what == PassageKind::Boilerplate) {
        let (start, end) = (passage.span.start.max(at), passage.span.end.min(to));
        if start >= end || ad.text.get(at..start).is_none() || ad.text.get(start..end).is_none() {
            continue;
        }
        push(at, start, false);
        push(start, end, true);
        at = end;
    }
    push(at, to, false);
}
