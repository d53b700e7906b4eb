//! A badge's picture from a shape, two colours, an icon and words.

use cairn_domain::definition::{Composed, check_composed};

use super::{draw, escaped, icons};
use crate::refusal::{Refusal, Trouble};

/// A composed picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// PNG, 512 pixels a side.
    pub png: Vec<u8>,
    /// How strongly the accent stands out from the ground, 1 to 21 (WCAG 2.2 contrast ratio).
    pub contrast: f64,
    /// What to do when that is too little to be read.
    pub advice: Option<String>,
}

/// Draws a composed picture.
pub fn compose(composed: &Composed) -> Result<Drawn, Trouble> {
    let svg = svg(composed)?;
    let contrast = contrast(&composed.ground, &composed.accent);
    Ok(Drawn { png: draw::png(&svg)?, contrast, advice: advice(composed) })
}

/// Its SVG, 512 pixels a side.
pub fn svg(composed: &Composed) -> Result<String, Refusal> {
    let refused = |wrong: String| Refusal::new("bad-picture", wrong);
    if let Some(wrong) = check_composed(composed).into_iter().next() {
        return Err(refused(format!("{}: {}", wrong.pointer, wrong.says)));
    }
    let icon = match composed.icon.as_str() {
        "" => None,
        name => {
            let names: Vec<&str> = icons::ICONS.iter().map(|icon| icon.0).collect();
            let says = format!("/icon: There is no such icon. The icons are {}.", names.join(", "));
            Some(icons::find(name).ok_or_else(|| refused(says))?.0)
        }
    };
    let (ground, accent) = (&composed.ground, &composed.accent);
    let room = Room::of(&composed.shape);
    let outer = outline(&composed.shape, 1.0);
    let inner = outline(&composed.shape, 0.9);
    let tails = match composed.shape.as_str() {
        "ribbon" => format!(
            r#"<path d="M170 340l-52 150 62-18 40 40 44-150zM342 340l52 150-62-18-40 40-44-150z" fill="{accent}"/><path d="M182 350l-40 116 46-14 28 30 34-110zM330 350l40 116-46-14-28 30-34-110z" fill="{ground}"/>"#
        ),
        _ => String::new(),
    };
    let (picture, words) = contents(composed, icon, &room);
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512"><defs><linearGradient id="light" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".16"/><stop offset=".55" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".14"/></linearGradient></defs>{tails}<path d="{outer}" fill="{ground}"/><path d="{outer}" fill="url(#light)"/><path d="{inner}" fill="none" stroke="{accent}" stroke-width="7" stroke-linejoin="round"/>{picture}{words}</svg>"##
    ))
}

/// Where there is room in a shape: its middle, and how wide its words may be.
struct Room {
    middle: f32,
    wide: f32,
}

impl Room {
    fn of(shape: &str) -> Room {
        match shape {
            "shield" => Room { middle: 232.0, wide: 320.0 },
            "square" => Room { middle: 256.0, wide: 370.0 },
            "star" => Room { middle: 256.0, wide: 290.0 },
            "ribbon" => Room { middle: 204.0, wide: 270.0 },
            "hexagon" => Room { middle: 256.0, wide: 340.0 },
            _ => Room { middle: 256.0, wide: 330.0 },
        }
    }
}

/// Icon and words, together in the middle.
fn contents(composed: &Composed, icon: Option<&str>, room: &Room) -> (String, String) {
    let accent = &composed.accent;
    let said = composed.words.split_whitespace().next().is_some();
    let lines_most = if icon.is_some() { 2 } else { 3 };
    let sizes: &[f32] =
        if icon.is_some() { &[44.0, 38.0, 33.0, 29.0, 25.0] } else { &[72.0, 60.0, 50.0, 42.0, 36.0, 30.0, 26.0] };
    let (size, lines) = match said {
        true => draw::fitted(&composed.words, "DejaVu Sans", room.wide, lines_most, sizes),
        false => (0.0, Vec::new()),
    };
    let line_high = size * 1.16;
    let words_high = line_high * lines.len() as f32;
    let icon_side = match (icon.is_some(), said) {
        (false, _) => 0.0,
        (true, false) => 230.0,
        (true, true) => 158.0,
    };
    let gap = if icon.is_some() && said { 20.0 } else { 0.0 };
    let top = room.middle - (icon_side + gap + words_high) / 2.0;
    let picture = icon.map(|path| {
        let (left, scale) = (256.0 - icon_side / 2.0, icon_side / 24.0);
        format!(
            r#"<g transform="translate({left:.1} {top:.1}) scale({scale:.3})"><path d="{path}" fill="none" stroke="{accent}" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/></g>"#
        )
    });
    let words: String = lines
        .iter()
        .enumerate()
        .map(|(n, line)| {
            let y = top + icon_side + gap + line_high * n as f32 + size * 0.92;
            format!(
                r#"<text x="256" y="{y:.1}" text-anchor="middle" font-family="DejaVu Sans" font-weight="bold" font-size="{size}" fill="{accent}">{}</text>"#,
                escaped(line)
            )
        })
        .collect();
    (picture.unwrap_or_default(), words)
}

/// The outline of a shape, around its middle, at a share of its size.
fn outline(shape: &str, share: f32) -> String {
    let (x, y) = (256.0_f32, 256.0_f32);
    let polygon = |corners: &[(f32, f32)]| {
        let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        format!("M{}z", points.join("L"))
    };
    let around = |n: usize, far: &dyn Fn(usize) -> f32, turn: f32| -> Vec<(f32, f32)> {
        (0..n)
            .map(|i| {
                let angle = (i as f32 / n as f32 + turn) * std::f32::consts::TAU;
                (x + far(i) * angle.sin(), y - far(i) * angle.cos())
            })
            .collect()
    };
    let circle = |x: f32, y: f32, r: f32| {
        format!("M{:.1} {y:.1}a{r:.1} {r:.1} 0 1 0 {:.1} 0a{r:.1} {r:.1} 0 1 0 -{:.1} 0z", x - r, 2.0 * r, 2.0 * r)
    };
    match shape {
        "hexagon" => polygon(&around(6, &|_| 250.0 * share, 0.0)),
        "square" => {
            let (half, round) = (232.0 * share, 56.0 * share);
            let side = 2.0 * (half - round);
            format!(
                "M{:.1} {:.1}h{side:.1}a{round:.1} {round:.1} 0 0 1 {round:.1} {round:.1}v{side:.1}a{round:.1} {round:.1} 0 0 1 -{round:.1} {round:.1}h-{side:.1}a{round:.1} {round:.1} 0 0 1 -{round:.1} -{round:.1}v-{side:.1}a{round:.1} {round:.1} 0 0 1 {round:.1} -{round:.1}z",
                x - half + round,
                y - half
            )
        }
        "star" => polygon(&around(24, &|i| share * if i % 2 == 0 { 250.0 } else { 218.0 }, 0.0)),
        "shield" => {
            let at = |dx: f32, dy: f32| format!("{:.1} {:.1}", x + dx * share, y + (dy - 0.0) * share);
            format!(
                "M{}C{} {} {}L{}C{} {} {}C{} {} {}L{}C{} {} {}z",
                at(0.0, -246.0),
                at(-60.0, -205.0),
                at(-130.0, -190.0),
                at(-206.0, -188.0),
                at(-206.0, 6.0),
                at(-206.0, 130.0),
                at(-120.0, 204.0),
                at(0.0, 246.0),
                at(120.0, 204.0),
                at(206.0, 130.0),
                at(206.0, 6.0),
                at(206.0, -188.0),
                at(130.0, -190.0),
                at(60.0, -205.0),
                at(0.0, -246.0),
            )
        }
        "ribbon" => circle(256.0, 204.0, 196.0 * share),
        _ => circle(x, y, 246.0 * share),
    }
}

/// WCAG 2.2 contrast ratio of two colours, 1 to 21; 1 for what is no colour.
pub fn contrast(one: &str, other: &str) -> f64 {
    let (Some(one), Some(other)) = (luminance(one), luminance(other)) else { return 1.0 };
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#')?;
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?) / 255.0;
        Some(if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * part(0)? + 0.7152 * part(2)? + 0.0722 * part(4)?)
}

/// What to do when the two colours cannot be told apart. Icons and large letters need 3 to 1 (WCAG 2.2, 1.4.3 and
/// 1.4.11); small pictures are read from afar, so words are asked for 4.5.
pub fn advice(composed: &Composed) -> Option<String> {
    let contrast = contrast(&composed.ground, &composed.accent);
    let (what, wanted) = if composed.words.trim().is_empty() { ("An icon", 3.0) } else { ("Words", 4.5) };
    (contrast < wanted).then(|| {
        // rounded down, so that what is refused never looks like what is wanted
        let shown = (contrast * 10.0).floor() / 10.0;
        format!(
            "The two colours stand {shown} to 1 apart. {what} can be told from the ground by everybody from {wanted} to \
             1: take a darker ground or a lighter second colour."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_domain::definition::SHAPES;

    fn composed(shape: &str, icon: &str, words: &str) -> Composed {
        Composed {
            shape: shape.into(),
            ground: "#1b3a5c".into(),
            accent: "#f4e3d6".into(),
            icon: icon.into(),
            words: words.into(),
        }
    }

    #[test]
    fn every_shape_and_icon_is_drawn() {
        for (n, icon) in icons::ICONS.iter().enumerate() {
            let shape = SHAPES[n % SHAPES.len()];
            let drawn = compose(&composed(shape, icon.0, "Ward hygiene <2>")).unwrap();
            assert!(drawn.png.len() > 4_000, "{shape} {}", icon.0);
            assert_eq!(drawn.advice, None);
            let blank = compose(&composed(shape, "", "")).unwrap();
            let with = compose(&composed(shape, icon.0, "")).unwrap();
            assert_ne!(blank.png, with.png, "{} leaves a mark", icon.0);
        }
    }

    #[test]
    fn words_are_broken_and_fitted() {
        let (size, lines) =
            draw::fitted("Safe handling of medical gases", "DejaVu Sans", 330.0, 2, &[44.0, 38.0, 33.0, 29.0, 25.0]);
        assert!((25.0..=38.0).contains(&size), "{size}");
        assert_eq!(lines.join(" "), "Safe handling of medical gases");
        assert!(lines.len() <= 2);
        for line in &lines {
            assert!(draw::width(line, "DejaVu Sans", size) <= 336.0, "{line}");
        }
    }

    #[test]
    fn colours_that_cannot_be_told_apart_get_a_sentence() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        assert!((contrast("#777777", "#ffffff") - 4.48).abs() < 0.01);
        let pale = Composed { accent: "#24486c".into(), ..composed("circle", "book", "Pale") };
        let says = compose(&pale).unwrap().advice.unwrap();
        assert!(says.contains("to 1 apart"), "{says}");
    }

    #[test]
    fn what_is_not_there_is_refused() {
        for (wrong, says) in [
            (composed("blob", "book", ""), "no such shape"),
            (composed("circle", "unicorn", ""), "no such icon"),
            (Composed { ground: "red".into(), ..composed("circle", "", "") }, "/ground"),
        ] {
            let refused = compose(&wrong).unwrap_err().to_string();
            assert!(refused.contains(says), "{refused}");
        }
    }
}
