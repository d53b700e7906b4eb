//! The certificate: one page to print and frame (PDF/A-3a, PDF/UA-1), with the signed credential attached to it.

pub mod card;
mod lettering;
mod paper;

use jiff::Timestamp;

use self::lettering::{Hand, Lettered, Room, fit};
use self::paper::{ACCENT, INK, Kind, LINE, Paper, SOFT};

/// What a certificate says.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// To whom it was awarded, where that may be said.
    pub recipient: Option<String>,
    /// What was achieved.
    pub achievement: String,
    /// What that is, in a sentence or two.
    pub description: Option<String>,
    /// Who awarded it.
    pub issuer: String,
    /// The day of the award, in words.
    pub awarded: String,
    /// The last day of its validity, in words.
    pub until: Option<String>,
    /// What had to be shown.
    pub criteria: Option<String>,
    /// Results in words.
    pub results: Vec<String>,
    /// Address of the credential's page.
    pub address: String,
    /// The achievement's picture.
    pub picture: Picture,
}

/// A picture to be put on paper.
#[derive(Debug, Clone)]
pub enum Picture {
    /// A PNG.
    Png(Vec<u8>),
    /// An SVG, made or cleaned by this site.
    Svg(String),
}

impl Default for Picture {
    fn default() -> Self {
        Picture::Svg(String::new())
    }
}

/// The signed credential that is attached.
#[derive(Debug, Clone)]
pub struct Attached {
    /// File name.
    pub name: &'static str,
    /// Media type.
    pub media_type: &'static str,
    /// Exactly what was signed.
    pub text: String,
}

/// The certificate as a PDF. `made` is when the credential was awarded, so that the same credential always gives the
/// same file. The error is a sentence for the log.
pub fn pdf(words: &Words, attached: &Attached, made: Timestamp) -> Result<Vec<u8>, String> {
    let mut paper = Paper::begin();
    let mut page = Page { paper: &mut paper, lacking: false };
    page.paper.background();
    page.side(words)?;
    page.main(words);
    page.foot(words, attached);
    let title = match &words.recipient {
        Some(recipient) => format!("{}: {recipient}", words.achievement),
        None => words.achievement.clone(),
    };
    paper.finish(&title, &words.issuer, attached, made)
}

/// A QR code for an address as an SVG of its own.
pub fn code_svg(address: &str) -> Result<String, String> {
    let code = qrcode::QrCode::new(address).map_err(|error| format!("no code for this address: {error}"))?;
    let dark = qrcode::render::svg::Color("#24201b");
    let light = qrcode::render::svg::Color("#ffffff");
    Ok(code.render().min_dimensions(320, 320).dark_color(dark).light_color(light).build())
}

/// Left and right edge of the main column.
const LEFT: f32 = 306.0;
const WIDTH: f32 = 484.0;

struct Page<'a> {
    paper: &'a mut Paper,
    /// Whether some text has characters that the fonts lack.
    lacking: bool,
}

impl Page<'_> {
    /// The picture, who awarded it, and the code that leads to its page.
    fn side(&mut self, words: &Words) -> Result<(), String> {
        let middle = 153.0;
        let alt = format!("The badge {}", words.achievement);
        self.paper.picture(&words.picture, [middle - 80.0, 74.0, 160.0], &alt)?;
        let room = Room { width: 196.0, lines: 3, largest: 14.0, smallest: 10.0 };
        let issuer = self.fit(&words.issuer, Hand::SerifBold, room);
        let mut y = 268.0;
        y = self.paper.centred(&small("Awarded by"), [middle, y], SOFT, Kind::P) + 7.0;
        self.paper.centred(&issuer, [middle, y], INK, Kind::P);
        let code = format!("A square code that leads to {}", words.address);
        self.paper.code(&words.address, [middle - 51.0, 386.0, 102.0], &code)?;
        let check = fit("Check it, now and later", Hand::SansBold, one_line(9.0));
        self.paper.centred(&check, [middle, 502.0], INK, Kind::P);
        let shown = words.address.trim_start_matches("https://").trim_start_matches("http://");
        let room = Room { width: 210.0, lines: 1, largest: 7.5, smallest: 5.5 };
        let mut address = fit(shown, Hand::Sans, room);
        if address.actual.is_some() {
            address = fit(shown, Hand::Sans, Room { lines: 3, ..room });
        }
        self.paper.linked(&address, [middle, 516.0], &words.address);
        Ok(())
    }

    /// Who, what, and what for.
    fn main(&mut self, words: &Words) {
        let mut y = 84.0;
        let heading = fit("Certificate", Hand::Serif, one_line(15.0));
        y = self.paper.text(&heading, [LEFT, y], ACCENT, Kind::P) + 16.0;
        if let Some(recipient) = &words.recipient {
            let name =
                self.fit(recipient, Hand::SerifBold, Room { width: WIDTH, lines: 2, largest: 36.0, smallest: 17.0 });
            y = self.paper.text(&name, [LEFT, y], INK, Kind::P) + 9.0;
            self.paper.rule([LEFT, y], WIDTH, LINE);
            y += 16.0;
            y = self.paper.text(&fit("has earned", Hand::Sans, one_line(11.0)), [LEFT, y], SOFT, Kind::P) + 9.0;
        }
        let room = Room { width: WIDTH, lines: 3, largest: 25.0, smallest: 14.0 };
        let achievement = self.fit(&words.achievement, Hand::SerifBold, room);
        y = self.paper.text(&achievement, [LEFT, y], ACCENT, Kind::Heading) + 10.0;
        if let Some(description) = &words.description {
            let room = Room { width: WIDTH, lines: 3, largest: 10.5, smallest: 9.5 };
            let description = self.fit(description, Hand::Sans, room);
            y = self.paper.text(&description, [LEFT, y], INK, Kind::P) + 14.0;
        }
        // dates stand at 474; what is left above them goes to the criteria and the results
        let results = words.results.len().min(4);
        let room = ((452.0 - y) / 13.6) as usize;
        let lines = room.saturating_sub(if results > 0 { results + 2 } else { 1 });
        if let Some(criteria) = words.criteria.as_ref().filter(|_| lines > 0) {
            y = self.paper.text(&small("What had to be shown"), [LEFT, y], SOFT, Kind::P) + 5.0;
            let room = Room { width: WIDTH, lines: lines.min(7), largest: 9.5, smallest: 9.0 };
            let criteria = self.fit(&plain(criteria), Hand::Sans, room);
            y = self.paper.text(&criteria, [LEFT, y], INK, Kind::P) + 12.0;
        }
        if results > 0 && y < 440.0 {
            y = self.paper.text(&small("Results"), [LEFT, y], SOFT, Kind::P) + 5.0;
            for result in words.results.iter().take(results) {
                if y > 456.0 {
                    break;
                }
                let line = self.fit(result, Hand::Sans, Room { width: WIDTH, lines: 1, largest: 9.5, smallest: 8.5 });
                y = self.paper.text(&line, [LEFT, y], INK, Kind::P) + 1.0;
            }
        }
    }

    /// Dates, and what the file carries.
    fn foot(&mut self, words: &Words, attached: &Attached) {
        self.paper.rule([LEFT, 472.0], WIDTH, LINE);
        let until = words.until.clone().unwrap_or_else(|| "no end".into());
        for (n, (label, value)) in [("Awarded on", &words.awarded), ("Valid until", &until)].into_iter().enumerate() {
            let x = LEFT + n as f32 * 180.0;
            let y = self.paper.text(&small(label), [x, 484.0], SOFT, Kind::P) + 4.0;
            let room = Room { width: 170.0, lines: 1, largest: 12.0, smallest: 8.0 };
            let value = self.fit(value, Hand::SerifBold, room);
            self.paper.text(&value, [x, y], INK, Kind::P);
        }
        let mut note = format!(
            "This sheet is a picture of a signed statement. The statement itself is attached to this file as {}; any \
             verifier of Open Badges 3.0 checks it, and its page says whether it still stands.",
            attached.name
        );
        if self.lacking {
            note +=
                " Characters that the fonts of this sheet lack are shown as □; they stand in full in what is attached.";
        }
        let note = fit(&note, Hand::Sans, Room { width: WIDTH, lines: 3, largest: 7.5, smallest: 6.5 });
        self.paper.text(&note, [LEFT, 522.0], SOFT, Kind::P);
    }

    fn fit(&mut self, text: &str, hand: Hand, room: Room) -> Lettered {
        let put = fit(text, hand, room);
        self.lacking |= put.lacking;
        put
    }
}

fn one_line(size: f32) -> Room {
    Room { width: WIDTH, lines: 1, largest: size, smallest: size }
}

fn small(label: &str) -> Lettered {
    fit(label, Hand::Sans, one_line(8.0))
}

/// Markdown as running text: marks of headings, lists and emphasis go.
pub fn plain(markdown: &str) -> String {
    let line = |line: &str| line.trim().trim_start_matches(['#', '-', '*', '+', '>', ' ']).replace(['*', '`'], "");
    let lines: Vec<String> = markdown.lines().map(line).filter(|line| !line.is_empty()).collect();
    let mut text = String::new();
    for line in lines {
        if !text.is_empty() {
            text.push_str(if text.ends_with(['.', '!', '?', ':', ';', ',']) { " " } else { "; " });
        }
        text.push_str(&line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(recipient: Option<&str>) -> Words {
        Words {
            recipient: recipient.map(str::to_owned),
            achievement: "Wound care in the community".into(),
            description: Some("Plans and gives wound care at home and in practice, and knows when to refer.".into()),
            issuer: "Harbour School of Nursing".into(),
            awarded: "23 November 2026".into(),
            until: Some("22 November 2029".into()),
            criteria: Some("- Assess a wound\n- Choose a dressing\n- Write it down".into()),
            results: vec!["Assessing: proficient (meets what is required)".into()],
            address: "https://badges.example/credentials/5w2m-8kqx-7d1f".into(),
            picture: Picture::Svg(crate::artwork::svg("Wound care", "Harbour")),
        }
    }

    fn attached() -> Attached {
        Attached { name: "credential.json", media_type: "application/json", text: "{\"signed\": \"Łucja\"}".into() }
    }

    fn at() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn it_is_valid_archival_and_accessible_and_the_same_every_time() {
        let one = pdf(&words(Some("Łucja Nowak-Žižková")), &attached(), at()).unwrap();
        assert!(one.starts_with(b"%PDF-1.7"));
        let text = String::from_utf8_lossy(&one);
        for mark in ["pdfaid:part", "pdfuaid:part", "/AFRelationship", "/StructTreeRoot", "credential.json"] {
            assert!(text.contains(mark), "{mark}");
        }
        assert_eq!(one, pdf(&words(Some("Łucja Nowak-Žižková")), &attached(), at()).unwrap());
    }

    #[test]
    fn no_words_break_it() {
        let long = "Wolfeschlegelsteinhausenbergerdorff ".repeat(30);
        for name in ["", "王小明", "ليلى حداد", "שרה", "नीता", "😀 \u{e000}\u{fffe}", "a\u{202e}b", long.as_str()]
        {
            let all = Words {
                achievement: name.into(),
                description: Some(name.into()),
                issuer: name.into(),
                criteria: Some(name.repeat(40)),
                results: vec![name.into(); 9],
                ..words(Some(name))
            };
            pdf(&all, &attached(), at()).unwrap_or_else(|why| panic!("{name}: {why}"));
        }
        pdf(&words(None), &attached(), at()).unwrap();
    }

    #[test]
    fn marks_of_markdown_are_not_put_down() {
        assert_eq!(plain("# Do\n- one *thing*\n- `two`.\nthree"), "Do; one thing; two. three");
    }
}
