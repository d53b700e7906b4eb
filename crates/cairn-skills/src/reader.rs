//! Reads texts against a taxonomy and a vocabulary: the whole way from words to mentions.

use std::collections::HashSet;
use std::sync::Arc;

use crate::company::Company;
use crate::employer::{employers, tells_of_employer};
use crate::index::Index;
use crate::language::language;
use crate::passages::{Sentence, passages, sentences};
use crate::patterns::{patterns, years_said};
use crate::rank::{Ranked, rank};
use crate::reading::{Importance, Kind, Language, Mention, Passage, PassageKind, Reading, Span, Why};
use crate::spoken::is_language;
use crate::spot::{Spot, Spotter};
use crate::title::{Roles, title};
use crate::tone::{Said, Tone};
use crate::words::{Token, tokens};
use crate::{Taxonomy, Vocabulary};

/// Longest text read, in bytes; what follows is left with a note.
const LONGEST: usize = 200_000;

/// Reads texts against a taxonomy and a vocabulary.
#[derive(Debug)]
pub struct Reader {
    index: Index,
    spotter: Spotter,
    roles: Roles,
}

impl Reader {
    /// Builds the index.
    pub fn new(taxonomy: Arc<Taxonomy>, vocabulary: &Vocabulary) -> Reader {
        let index = Index::new(taxonomy);
        let spotter = Spotter::new(&index, vocabulary);
        Reader { index, spotter, roles: Roles::new(vocabulary) }
    }

    /// The taxonomy it reads against.
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.index.taxonomy
    }

    /// Reads a job ad: requirements of every kind.
    pub fn read_ad(&self, text: &str) -> Reading {
        let mut reading = self.begun(text, "ad");
        let kept = within_limit(text);
        let mut cut = sentences(kept);
        for sentence in cut.iter_mut().filter(|s| s.what == PassageKind::Other && !s.heading) {
            if tells_of_employer(&kept[sentence.start..sentence.end]) {
                sentence.what = PassageKind::Boilerplate;
            }
        }
        reading.title = title(kept, &cut);
        reading.roles = reading.title.as_deref().map(|t| self.roles.fit(t)).unwrap_or_default();
        let near = reads_words(&reading.language);
        let is_title = |s: &Sentence| reading.title.as_deref().is_some_and(|t| kept[s.start..s.end].trim() == t);
        let mut shown = cut.iter().filter(|s| !kept[s.start..s.end].trim().is_empty());
        // The first line is the title and asks for nothing, unless it is all there is.
        let first = shown.next().filter(|s| is_title(s) && shown.next().is_some()).map(|s| s.start);
        let employers = employers(kept);
        let (mut read, mut terse) = (Vec::new(), false);
        for sentence in
            cut.iter().filter(|s| s.what != PassageKind::Boilerplate && !s.heading && first != Some(s.start))
        {
            let fallback = match sentence.what {
                PassageKind::Preferred => Importance::Preferred,
                _ => Importance::Required,
            };
            let trust = if sentence.what == PassageKind::Other { 0.85 } else { 1.0 };
            let around = Around { fallback, trust, near, employers: &employers, terse };
            let found = self.sentence(kept, sentence, &around);
            let words = kept[sentence.start..sentence.end].split_whitespace().count();
            terse = words <= TERSE && (terse || found.iter().any(|(m, _)| m.kind != Kind::Skill));
            read.extend(found);
        }
        reading.mentions = not_denied(read);
        reading.passages = whole(passages(&cut), text.len());
        reading
    }

    /// Reads a learner's own words: every mention is a self-claim.
    pub fn read_claims(&self, text: &str) -> Reading {
        let mut reading = self.begun(text, "text");
        let kept = within_limit(text);
        let near = reads_words(&reading.language);
        let around = Around { fallback: Importance::Required, trust: 1.0, near, employers: &[], terse: false };
        for sentence in sentences(kept) {
            let read = self.sentence(kept, &sentence, &around);
            let mut found: Vec<Mention> = read.into_iter().filter(|(_, s)| *s != Stand::Denied).map(|r| r.0).collect();
            for_years(&kept[sentence.start..sentence.end], sentence.start, &mut found);
            reading.mentions.extend(found);
        }
        if !text.is_empty() {
            reading.passages = vec![Passage { span: Span { start: 0, end: text.len() }, what: PassageKind::Other }];
        }
        reading
    }

    /// Ranks ESCO skills for one sentence over the whole taxonomy, best first.
    pub fn rank(&self, sentence: &str, n: usize) -> Vec<Ranked> {
        rank(&self.index, sentence, n)
    }

    fn begun(&self, text: &str, thing: &str) -> Reading {
        let mut notes = Vec::new();
        let language = language(within_limit(text));
        if text.trim().is_empty() {
            notes.push(format!("The {thing} is empty: paste its words."));
        } else if text.len() > LONGEST {
            notes.push(format!(
                "The {thing} is {} kB long; only the first {} kB were read.",
                text.len() / 1000,
                LONGEST / 1000
            ));
        }
        if !reads_words(&language) {
            notes.push(format!(
                "This {thing} seems to be in {}. Cairn reads English; only names of tools, certificates and the like were looked for.",
                language.name
            ));
        }
        Reading { language, title: None, roles: Vec::new(), mentions: Vec::new(), passages: Vec::new(), notes }
    }

    fn sentence(&self, text: &str, sentence: &Sentence, around: &Around) -> Vec<(Mention, Stand)> {
        let shown = &text[sentence.start..sentence.end];
        let mut tone = Tone::of(shown);
        let words = tokens(shown);
        let mut found = from_patterns(shown, sentence.what, around);
        let spots = self.spotter.spots(&self.index, shown, &words, Company { near: around.near, terse: around.terse });
        for spot in spots.iter().filter(|s| matches!(s.kind, Kind::Certificate | Kind::Licence)) {
            tone.forget_levels(words[spot.from].start, words[spot.to - 1].end);
        }
        for spot in spots {
            let span = shown_span(shown, &words, &spot);
            // A named certificate is surer than a pattern; a pattern surer than a skill.
            let named = matches!(spot.kind, Kind::Certificate | Kind::Licence);
            if named {
                found.retain(|m| m.kind == Kind::Years || m.kind == Kind::Language || !overlap(&m.span, &span));
            } else if found.iter().any(|m| m.kind != Kind::Certificate && overlap(&m.span, &span)) {
                continue;
            }
            // Languages are the patterns' business: "Dutch logistics" asks for none.
            if spot.kind == Kind::Skill && is_language(&shown[span.start..span.end]) {
                continue;
            }
            // A certificate is held or not; "Basic Life Support" is nothing basic.
            let level = if matches!(spot.kind, Kind::Certificate | Kind::Licence) {
                None
            } else {
                years_before(shown, &words, &spot, &found)
                    .or_else(|| tone.level(span.start, span.end).map(str::to_owned))
            };
            found.push(Mention {
                kind: spot.kind,
                key: spot.key,
                label: spot.label,
                span,
                words: String::new(),
                importance: around.fallback,
                level,
                confidence: spot.confidence,
                why: spot.why,
            });
        }
        let place = |span: &Span| Span { start: span.start + sentence.start, end: span.end + sentence.start };
        found.retain(|m| !around.employers.iter().any(|e| overlap(e, &place(&m.span))));
        let mut kept: Vec<(Mention, Stand)> =
            found.into_iter().map(|m| placed(m, &tone, text, sentence.start, around.trust)).collect();
        kept.sort_by_key(|(m, _)| (m.span.start, m.span.end));
        kept
    }
}

/// What is known around a sentence.
struct Around<'a> {
    fallback: Importance,
    trust: f32,
    near: bool,
    /// Where the employer's name stands.
    employers: &'a [Span],
    /// Whether it goes on in scraps after one that asked for something: "RN, BLS. Epic. 2 yrs."
    terse: bool,
}

/// Most words of a scrap.
const TERSE: usize = 6;

/// How a sentence stands to what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// Says plainly whether it is required or preferred.
    Plain,
    /// Names it only.
    Passing,
    /// Says that it is not needed.
    Denied,
}

/// What is said not to be needed is not asked for by being named elsewhere.
fn not_denied(read: Vec<(Mention, Stand)>) -> Vec<Mention> {
    let denied: HashSet<String> = read.iter().filter(|r| r.1 == Stand::Denied).map(|r| r.0.key.clone()).collect();
    let holds = |(mention, stand): &(Mention, Stand)| match stand {
        Stand::Plain => true,
        Stand::Passing => !denied.contains(&mention.key),
        Stand::Denied => false,
    };
    read.into_iter().filter(holds).map(|r| r.0).collect()
}

/// What the closed patterns find.
fn from_patterns(shown: &str, what: PassageKind, around: &Around) -> Vec<Mention> {
    let listed = matches!(what, PassageKind::Required | PassageKind::Preferred);
    patterns(shown, listed, around.terse)
        .into_iter()
        .map(|f| Mention {
            kind: f.kind,
            key: f.key,
            label: f.label,
            span: Span { start: f.start, end: f.end },
            words: String::new(),
            importance: around.fallback,
            level: f.level,
            confidence: f.confidence,
            why: Why::Named { name: f.name.to_owned() },
        })
        .collect()
}

/// Where a spot stands in its sentence: "Certified Fraud Examiner (CFE" takes the bracket that closes.
fn shown_span(shown: &str, words: &[Token], spot: &Spot) -> Span {
    let (start, end) = (words[spot.from].start, words[spot.to - 1].end);
    let inside = &shown[start..end];
    let open = inside.matches('(').count() > inside.matches(')').count() && shown[end..].starts_with(')');
    Span { start, end: end + usize::from(open) }
}

/// "No PHP", "no degree": the word stands straight before.
fn straight_after_no(before: &str) -> bool {
    before.split_whitespace().next_back().is_some_and(|w| w.eq_ignore_ascii_case("no"))
        && before.ends_with(char::is_whitespace)
}

/// Gives a mention its importance, its place in the whole text and its words.
fn placed(mut mention: Mention, tone: &Tone, text: &str, shift: usize, trust: f32) -> (Mention, Stand) {
    let stand = match tone.said(mention.span.start, mention.span.end) {
        _ if straight_after_no(&text[shift..shift + mention.span.start]) => Stand::Denied,
        Said::NotNeeded => Stand::Denied,
        Said::Plainly(importance) => {
            mention.importance = importance;
            Stand::Plain
        }
        Said::Nothing => Stand::Passing,
    };
    mention.span = Span { start: mention.span.start + shift, end: mention.span.end + shift };
    mention.words = text[mention.span.start..mention.span.end].to_owned();
    mention.confidence *= trust;
    (mention, stand)
}

/// "3+ years of Python": the years just before a skill, with no comma or stop between, are its level.
fn years_before(shown: &str, words: &[Token], spot: &Spot, found: &[Mention]) -> Option<String> {
    let start = words[spot.from].start;
    let years = found.iter().filter(|m| m.kind == Kind::Years && m.span.end <= start).max_by_key(|m| m.span.end)?;
    let between = &shown[years.span.end..start];
    // "Two years of coding, strong knowledge of anatomy": a comma and more than a word begin another matter.
    let other = between.rsplit_once(',').is_some_and(|(_, rest)| rest.split_whitespace().count() > 1);
    (between.len() < 60 && !other && !between.contains([';', '.'])).then(|| years.level.clone())?
}

/// "I wrote Python for six years": what is claimed last before has that many years.
fn for_years(shown: &str, shift: usize, found: &mut Vec<Mention>) {
    for years in years_said(shown) {
        let (start, end) = (years.start + shift, years.end + shift);
        if found.iter().any(|m| m.kind == Kind::Years && overlap(&m.span, &Span { start, end })) {
            continue;
        }
        let told = |m: &&mut Mention| matches!(m.kind, Kind::Skill | Kind::Tool) && m.span.end <= start;
        let last = found.iter_mut().filter(told).max_by_key(|m| m.span.end);
        let what = last.filter(|m| {
            let between = &shown[m.span.end - shift..years.start];
            between.len() < 40 && !between.contains([',', ';', '.'])
        });
        let mut label = years.label;
        if let Some(skill) = what {
            label = format!("{label} in {}", skill.words);
            skill.level = years.level.clone();
            let mut reached = skill.span.start;
            // "Excel and SQL for six years": both.
            for other in found.iter_mut().rev().filter(|m| matches!(m.kind, Kind::Skill | Kind::Tool)) {
                let between = shown.get(other.span.end.saturating_sub(shift)..reached - shift).unwrap_or("-");
                if other.span.end <= reached && matches!(between.trim(), "and" | "," | ", and") {
                    other.level = years.level.clone();
                    reached = other.span.start;
                }
            }
        }
        found.push(Mention {
            kind: Kind::Years,
            key: years.key,
            label,
            span: Span { start, end },
            words: shown[years.start..years.end].to_owned(),
            importance: Importance::Required,
            level: years.level,
            confidence: 0.8,
            why: Why::Named { name: years.name.to_owned() },
        });
    }
    found.sort_by_key(|m| (m.span.start, m.span.end));
}

fn overlap(a: &Span, b: &Span) -> bool {
    a.start < b.end && b.start < a.end
}

fn within_limit(text: &str) -> &str {
    let end = (0..=text.len().min(LONGEST)).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0);
    &text[..end]
}

/// What lies past the limit was not read: it belongs to the passages all the same.
fn whole(mut passages: Vec<Passage>, length: usize) -> Vec<Passage> {
    let end = passages.last().map_or(0, |p| p.span.end);
    if end < length {
        passages.push(Passage { span: Span { start: end, end: length }, what: PassageKind::Boilerplate });
    }
    passages
}

fn reads_words(language: &Language) -> bool {
    matches!(language.code.as_str(), "en" | "und")
}
