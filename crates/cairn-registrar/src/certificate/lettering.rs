//! Lettering: which of the fonts in the program shows a text, how wide it is, where its lines break.

use std::sync::OnceLock;

use ttf_parser::Face;

/// A font in the program (DejaVu 2.37).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// DejaVu Serif.
    Serif,
    /// DejaVu Serif Bold.
    SerifBold,
    /// DejaVu Sans.
    Sans,
    /// DejaVu Sans Bold.
    SansBold,
}

/// What stands for a character that no font in the program has.
const STAND_IN: char = '□';

/// Strings in a PDF have an end (PDF/A: 32,767 bytes).
const LONGEST: usize = 5_000;

/// A text that is ready to be put down.
#[derive(Debug, Clone, PartialEq)]
pub struct Lettered {
    /// The font.
    pub hand: Hand,
    /// Its size, in points.
    pub size: f32,
    /// The lines.
    pub lines: Vec<String>,
    /// The text itself, where the lines show it with stand-ins or cut short.
    pub actual: Option<String>,
    /// Whether characters are missing from the fonts.
    pub lacking: bool,
}

/// The room that a text may take.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Width in points.
    pub width: f32,
    /// At most so many lines.
    pub lines: usize,
    /// The largest size.
    pub largest: f32,
    /// The smallest size; what does not fit then is cut short.
    pub smallest: f32,
}

impl Hand {
    /// The font's file.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Hand::Serif => dejavu::serif::regular(),
            Hand::SerifBold => dejavu::serif::bold(),
            Hand::Sans => dejavu::sans::regular(),
            Hand::SansBold => dejavu::sans::bold(),
        }
    }

    fn face(self) -> &'static Face<'static> {
        static FACES: [OnceLock<Face<'static>>; 4] = [const { OnceLock::new() }; 4];
        FACES[self as usize].get_or_init(|| Face::parse(self.bytes(), 0).expect("a font in the program is whole"))
    }

    fn has(self, c: char) -> bool {
        self.face().glyph_index(c).is_some_and(|glyph| glyph.0 != 0)
    }

    /// The width of a text in one line, in points.
    pub fn width(self, text: &str, size: f32) -> f32 {
        let face = self.face();
        let units: u32 = text
            .chars()
            .map(|c| face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)).map_or(600, u32::from))
            .sum();
        units as f32 * size / f32::from(face.units_per_em())
    }

    /// The font of the same weight that has all of a text: itself, else the sans, which has more scripts.
    fn for_text(self, text: &str) -> Hand {
        let other = match self {
            Hand::Serif | Hand::Sans => Hand::Sans,
            Hand::SerifBold | Hand::SansBold => Hand::SansBold,
        };
        let missing = |hand: Hand| text.chars().filter(|c| !hand.has(*c)).count();
        // the bold sans has fewer scripts than the regular one
        [self, other, Hand::Sans].into_iter().min_by_key(|hand| missing(*hand)).unwrap_or(self)
    }
}

/// Fits a text into a room: as large as goes, wrapped, cut short with an ellipsis when even the smallest is too large.
pub fn fit(text: &str, hand: Hand, room: Room) -> Lettered {
    let text = tidy(text);
    let hand = hand.for_text(&text);
    let shown: String = text.chars().map(|c| if hand.has(c) && !is_private(c) { c } else { STAND_IN }).collect();
    let lacking = shown != text;
    let mut size = room.largest;
    let mut lines = wrapped(&shown, hand, size, room.width);
    while lines.len() > room.lines && size > room.smallest {
        size = (size - 1.0).max(room.smallest);
        lines = wrapped(&shown, hand, size, room.width);
    }
    let cut = lines.len() > room.lines;
    if cut {
        lines.truncate(room.lines);
        if let Some(last) = lines.last_mut() {
            shorten(last, hand, size, room.width);
        }
    }
    let actual = (lacking || cut).then(|| text.chars().take(LONGEST).collect());
    Lettered { hand, size, lines, actual, lacking }
}

/// One line's worth of blanks between words; nothing that cannot be seen or that turns the text around.
fn tidy(text: &str) -> String {
    let seen = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{fffe}' | '\u{ffff}' | '\u{ad}')
    };
    let words: Vec<String> = text.split_whitespace().map(|word| word.chars().filter(seen).collect()).collect();
    words.into_iter().filter(|word: &String| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

fn wrapped(text: &str, hand: Hand, size: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if hand.width(&longer, size) <= width {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        // a word that is wider than the room is broken
        for c in word.chars() {
            line.push(c);
            if hand.width(&line, size) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(c);
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

fn shorten(line: &mut String, hand: Hand, size: f32, width: f32) {
    while hand.width(&format!("{line}…"), size) > width && line.pop().is_some() {}
    *line = format!("{}…", line.trim_end_matches([' ', ',', '.', ';', ':']));
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room = Room { width: 200.0, lines: 2, largest: 30.0, smallest: 12.0 };

    #[test]
    fn what_is_long_gets_smaller_then_wraps_then_is_cut_and_stays_inside() {
        for text in ["Ada", "Ada Lovelace", &"Wolfeschlegelsteinhausen".repeat(4), &"many short words ".repeat(30)] {
            let put = fit(text, Hand::SerifBold, ROOM);
            assert!(put.lines.len() <= 2 && !put.lines.is_empty(), "{put:?}");
            for line in &put.lines {
                assert!(put.hand.width(line, put.size) <= 200.5, "{line}");
            }
        }
        assert_eq!(fit("Ada", Hand::SerifBold, ROOM).size, 30.0);
        let cut = fit(&"many short words ".repeat(30), Hand::Sans, ROOM);
        assert!(cut.lines[1].ends_with('…') && cut.actual.is_some());
    }

    #[test]
    fn scripts_that_no_font_has_are_said_to_be_lacking() {
        assert!(!fit("Łucja Žižková Ωμέγα Владимир", Hand::SerifBold, ROOM).lacking);
        let arabic = fit("ليلى", Hand::SerifBold, ROOM);
        assert!(!arabic.lacking && arabic.hand != Hand::SerifBold, "{arabic:?}");
        let chinese = fit("王小明", Hand::SerifBold, ROOM);
        assert!(chinese.lacking);
        assert_eq!((chinese.lines[0].as_str(), chinese.actual.as_deref()), ("□□□", Some("王小明")));
    }

    #[test]
    fn nothing_unseen_is_put_down() {
        assert_eq!(fit("Ada\u{202e}\n\u{0}  Love\u{200b}lace", Hand::Sans, ROOM).lines.join(" "), "Ada Lovelace");
        assert_eq!(fit("", Hand::Sans, ROOM).lines, Vec::<String>::new());
    }
}
