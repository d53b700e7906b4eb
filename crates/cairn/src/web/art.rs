//! Artwork: a badge's own picture when it came as bytes, else a drawn one. Foreign addresses are never loaded.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What stands where a badge's picture goes.
#[derive(Debug, Clone)]
pub enum Art {
    /// An address on this site.
    Picture(String),
    /// A drawn SVG, made of numbers only.
    Drawn(String),
}

/// A picture that this site may hand out itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `image/png` or `image/svg+xml`.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Largest picture that is kept, in bytes.
const LARGEST: usize = 1 << 20;

/// A picture out of a `data:` address, when it is a PNG or SVG and not too large.
pub fn from_data(address: &str) -> Option<Picture> {
    if address.len() > LARGEST * 4 / 3 + 100 {
        return None;
    }
    let (kind, encoded) = address.strip_prefix("data:")?.split_once(";base64,")?;
    let kind = kind.split(';').next()?;
    from_bytes(&STANDARD.decode(encoded).ok()?).filter(|picture| picture.media_type == kind)
}

/// A picture out of a file's bytes, when it is a PNG or SVG and not too large.
pub fn from_bytes(bytes: &[u8]) -> Option<Picture> {
    if bytes.len() > LARGEST {
        return None;
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Picture { media_type: "image/png", bytes: bytes.to_vec() });
    }
    let head = std::str::from_utf8(&bytes[..bytes.len().min(512)]).unwrap_or_default();
    (std::str::from_utf8(bytes).is_ok() && head.contains("<svg"))
        .then(|| Picture { media_type: "image/svg+xml", bytes: bytes.to_vec() })
}

/// Draws a small cairn whose stones follow from `seed`, so that the same achievement always looks the same.
pub fn drawn(seed: &str) -> String {
    let mut state = seed
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let hue = [18, 32, 46, 150, 172, 200, 214, 268, 340][next(9) as usize];
    let stones = 3 + next(3);
    let mut svg = format!(
        "<svg viewBox=\"0 0 68 68\"><rect width=\"68\" height=\"68\" fill=\"hsl({hue} 32% 86%)\"/>\
         <circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"hsl({hue} 45% 78%)\"/>",
        12 + next(44),
        14 + next(16),
        7 + next(6)
    );
    let height = 44.0 / stones as f64;
    for at in 0..stones {
        let width = 25.0 - at as f64 * (17.0 / stones as f64) - next(3) as f64;
        let x = 34.0 + next(7) as f64 - 3.0;
        let y = 60.0 - height * (at as f64 + 0.5);
        let light = 30 + at * 9;
        let _ = write!(
            svg,
            "<ellipse cx=\"{x:.1}\" cy=\"{y:.1}\" rx=\"{width:.1}\" ry=\"{:.1}\" fill=\"hsl({hue} 26% {light}%)\" \
             transform=\"rotate({} {x:.1} {y:.1})\"/>",
            height * 0.52,
            next(9) as i64 - 4
        );
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_png_and_svg_are_handed_out() {
        assert!(from_data("data:image/png;base64,iVBORw0KGgoAAAA=").is_some());
        assert!(from_data("data:image/svg+xml;base64,PHN2Zy8+").is_some());
        assert!(from_data("data:text/html;base64,PHN2Zy8+").is_none(), "declared and real kind differ");
        assert!(from_data("https://elsewhere.example/a.png").is_none());
        assert!(from_data("data:image/png,plain").is_none());
    }

    #[test]
    fn the_same_seed_gives_the_same_picture() {
        assert_eq!(drawn("a"), drawn("a"));
        assert_ne!(drawn("a"), drawn("b"));
    }
}
