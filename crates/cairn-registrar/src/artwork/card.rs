//! The picture that other sites show beside a link to a page of ours: 1200 by 630 pixels.

use super::{draw, escaped};
use crate::refusal::Trouble;

/// Draws the card of an achievement or award: its picture at the left, what it is at the right.
pub fn card(picture: Option<&[u8]>, above: &str, title: &str, below: &[String]) -> Result<Vec<u8>, Trouble> {
    let (left, wide) = if picture.is_some() { (520.0, 610.0) } else { (90.0, 1020.0) };
    let (size, lines) = draw::fitted(title, "DejaVu Serif", wide, 4, &[68.0, 60.0, 52.0, 46.0, 40.0, 34.0, 30.0]);
    let (above_size, above) = draw::fitted(above, "DejaVu Sans", wide, 2, &[30.0, 26.0, 23.0]);
    let heights =
        [above.len() as f32 * above_size * 1.3, 26.0, lines.len() as f32 * size * 1.2, 30.0, below.len() as f32 * 36.0];
    let mut y = (600.0 - heights.iter().sum::<f32>()) / 2.0;
    let mut text = String::new();
    let mut line = |words: &str, family: &str, (size, weight): (f32, &str), fill: &str, y: f32| {
        text += &format!(
            r#"<text x="{left}" y="{y:.1}" font-family="{family}" font-weight="{weight}" font-size="{size}" fill="{fill}">{}</text>"#,
            escaped(words)
        );
    };
    for words in &above {
        y += above_size * 1.3;
        line(words, "DejaVu Sans", (above_size, "bold"), "#8c3d12", y);
    }
    y += heights[1];
    for words in &lines {
        y += size * 1.2;
        line(words, "DejaVu Serif", (size, "bold"), "#24201b", y - size * 0.2);
    }
    y += heights[3];
    for words in below {
        y += 36.0;
        let short: String = words.chars().take(48).collect();
        line(&short, "DejaVu Sans", (25.0, "normal"), "#5b5247", y);
    }
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630"><rect width="1200" height="630" fill="#f5f1ea"/><path d="M0 630V560q300-50 620-16t580-14v100z" fill="#ece6dc"/><g fill="#b9ac98"><ellipse cx="1110" cy="586" rx="58" ry="20"/><ellipse cx="1106" cy="552" rx="42" ry="17" fill="#8d8171"/><ellipse cx="1112" cy="522" rx="29" ry="14" fill="#cfc4b2"/><ellipse cx="1109" cy="497" rx="18" ry="11" fill="#6b6156"/></g>{text}</svg>"##
    );
    match picture {
        Some(picture) => draw::png_with(&svg, picture, (80.0, 125.0, 380.0)),
        None => draw::png(&svg),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_drawn_with_and_without_a_picture() {
        let below = ["MicroCredential · version 2".to_owned()];
        let without = card(None, "Harbour College", "A very long name of an achievement & what it is about", &below);
        let with = card(without.as_ref().ok().map(Vec::as_slice), "Harbour College", "Short", &below);
        for png in [without.unwrap(), with.unwrap()] {
            assert_eq!(&png[16..24], &[0, 0, 4, 176, 0, 0, 2, 118], "1200 by 630");
        }
    }
}
