//! The card that social networks show for a credential's page (Open Graph): 1200 by 630 pixels.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use resvg::tiny_skia::{Pixmap, Transform};

use super::lettering::{Hand, Room, fit};
use super::{Picture, Words, paper};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;

/// The card as a PNG. The error is a sentence for the log.
pub fn png(words: &Words) -> Result<Vec<u8>, String> {
    rendered(&svg(words), WIDTH, HEIGHT)
}

/// An SVG as a PNG of a size in pixels.
pub fn rendered(svg: &str, width: u32, height: u32) -> Result<Vec<u8>, String> {
    let tree = paper::tree(svg)?;
    let mut pixels = Pixmap::new(width, height).ok_or("a picture of no size")?;
    let size = tree.size();
    let scale = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
    resvg::render(&tree, scale, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

/// A PNG in an SVG of its own.
pub fn framed(png: &[u8]) -> String {
    let data = STANDARD.encode(png);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512"><image width="512" height="512" href="data:image/png;base64,{data}"/></svg>"#
    )
}

fn svg(words: &Words) -> String {
    let picture = match &words.picture {
        Picture::Png(bytes) => format!("data:image/png;base64,{}", STANDARD.encode(bytes)),
        Picture::Svg(text) => format!("data:image/svg+xml;base64,{}", STANDARD.encode(text)),
    };
    let mut texts = String::new();
    let mut y = 120.0;
    let mut put = |text: &str, hand: Hand, (largest, smallest, lines): (f32, f32, usize), colour: &str| {
        let room = Room { width: 640.0, lines, largest, smallest };
        let fitted = fit(text, hand, room);
        let (family, weight) = match fitted.hand {
            Hand::Serif => ("DejaVu Serif", 400),
            Hand::SerifBold => ("DejaVu Serif", 700),
            Hand::Sans => ("DejaVu Sans", 400),
            Hand::SansBold => ("DejaVu Sans", 700),
        };
        for line in &fitted.lines {
            y += fitted.size * 1.18;
            texts += &format!(
                r#"<text x="500" y="{y:.1}" font-family="{family}" font-weight="{weight}" font-size="{:.1}" fill="{colour}">{}</text>"#,
                fitted.size,
                escaped(line)
            );
        }
        y += 22.0;
    };
    put(&words.achievement, Hand::SerifBold, (62.0, 34.0, 3), "#24201b");
    if let Some(recipient) = &words.recipient {
        put(&format!("earned by {recipient}"), Hand::Sans, (32.0, 22.0, 2), "#5b5247");
    }
    put(&words.issuer, Hand::SansBold, (30.0, 20.0, 2), "#8c3d12");
    put(&words.awarded, Hand::Sans, (24.0, 20.0, 1), "#5b5247");
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fffdf9"/><rect width="430" height="{HEIGHT}" fill="#f3ede3"/><rect y="{edge}" width="{WIDTH}" height="12" fill="#8c3d12"/><image x="45" y="135" width="340" height="340" xlink:href="{picture}"/>{texts}</svg>"##,
        edge = HEIGHT - 12,
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_picture_of_the_size_that_is_asked_for() {
        let words = Words {
            recipient: Some("Łucja <b>Nowak</b> & 王".into()),
            achievement: "Wound care ".repeat(30),
            issuer: "Harbour School".into(),
            picture: Picture::Svg(crate::artwork::svg("Wound care", "Harbour")),
            ..Words::default()
        };
        let bytes = png(&words).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (WIDTH, HEIGHT));
        // the band, the picture in its middle, and words
        assert_ne!(png(&Words { achievement: "Another".into(), ..words.clone() }).unwrap(), bytes);
    }
}
