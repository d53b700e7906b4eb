//! Pictures for badges: a plaque with a small pile of stones, its colours and shape from the badge's words. The same
//! words always give the same picture. Beside it, what an issuer composes or uploads.

mod card;
mod compose;
mod draw;
mod icons;

use sha2::{Digest, Sha256};

pub use card::card;
pub use compose::{Drawn, advice, compose, contrast};
pub use draw::{MOST_BYTES, SIDE as PICTURE_SIDE, uploaded};
pub use icons::ICONS;

/// What a picture is made from.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    /// Corners of the plaque; 0 for a circle.
    corners: u32,
    /// Colour at the top, at the bottom, of the ring.
    colours: [[u8; 3]; 3],
    /// How many stones lie on each other.
    stones: u32,
}

const SIDE: u32 = 320;

/// An SVG picture for a badge of this name, by this issuer. Both are shown as text for screen readers only.
pub fn svg(name: &str, issuer: &str) -> String {
    let look = Look::of(name, issuer);
    let hex = |[r, g, b]: [u8; 3]| format!("#{r:02x}{g:02x}{b:02x}");
    let [top, bottom, ring] = look.colours.map(hex);
    let title = escaped(name);
    let desc = escaped(&format!("Badge by {issuer}"));
    let plaque = look.plaque(150.0);
    let inner = look.plaque(134.0);
    let stones: String = look
        .stones()
        .map(|[x, y, w, h]| format!(r##"<ellipse cx="{x:.1}" cy="{y:.1}" rx="{w:.1}" ry="{h:.1}" fill="#fff"/>"##))
        .collect();
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}" role="img"><title>{title}</title><desc>{desc}</desc><defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{top}"/><stop offset="1" stop-color="{bottom}"/></linearGradient></defs>{plaque_ring}{plaque_face}<g opacity=".95">{stones}</g></svg>
"##,
        plaque_ring = shape(&plaque, &format!(r#"fill="{ring}""#)),
        plaque_face = shape(&inner, r#"fill="url(#g)""#),
    )
}

/// A PNG picture for a badge, 320 pixels a side, with a transparent ground.
pub fn png(name: &str, issuer: &str) -> Vec<u8> {
    let look = Look::of(name, issuer);
    let mut pixels = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in 0..SIDE {
        for x in 0..SIDE {
            pixels.extend(look.pixel(x as f32 + 0.5, y as f32 + 0.5));
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIDE, SIDE);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
    written.expect("a picture of known size in memory");
    bytes
}

impl Look {
    fn of(name: &str, issuer: &str) -> Look {
        let by_name = Sha256::digest(name.as_bytes());
        let by_issuer = Sha256::digest(issuer.as_bytes());
        // an issuer keeps its colour and shape, its badges differ in shade and stones
        let hue = f32::from(by_issuer[0]) / 256.0 * 360.0;
        let turn = (f32::from(by_name[0]) / 256.0 - 0.5) * 50.0;
        Look {
            corners: [0, 6, 8, 12][usize::from(by_issuer[1] % 4)],
            colours: [colour(hue + turn, 0.55, 0.46), colour(hue + turn + 25.0, 0.65, 0.27), colour(hue, 0.35, 0.82)],
            stones: 3 + u32::from(by_name[1] % 3),
        }
    }

    /// The plaque's outline at a distance from the middle; empty for a circle.
    fn plaque(&self, radius: f32) -> Outline {
        let middle = SIDE as f32 / 2.0;
        let corner = |n: u32| {
            let angle = (n as f32 + 0.5) / self.corners as f32 * std::f32::consts::TAU;
            [middle + radius * angle.sin(), middle - radius * angle.cos()]
        };
        match self.corners {
            0 => Outline::Circle(radius),
            corners => Outline::Corners((0..corners).map(corner).collect()),
        }
    }

    /// Stones from the ground up: middle and half axes of each.
    fn stones(&self) -> impl Iterator<Item = [f32; 4]> {
        let step = 130.0 / self.stones as f32;
        let count = self.stones;
        (0..count).map(move |n| {
            let width = 62.0 - 42.0 * n as f32 / (count - 1) as f32;
            let lean = if n % 2 == 0 { -3.0 } else { 4.0 };
            [160.0 + lean, 222.0 - step * n as f32, width, step * 0.46]
        })
    }

    fn pixel(&self, x: f32, y: f32) -> [u8; 4] {
        let [top, bottom, ring] = self.colours;
        let ground = coverage(-self.plaque(150.0).distance(x, y));
        let face = coverage(-self.plaque(134.0).distance(x, y));
        let share = (y / SIDE as f32).clamp(0.0, 1.0);
        let shade = mixed(top, bottom, share);
        let stone = self.stones().map(|[cx, cy, w, h]| {
            let from = ((x - cx) / w).hypot((y - cy) / h);
            coverage((1.0 - from) * w.min(h))
        });
        let stone = stone.fold(0.0, f32::max) * 0.95;
        let [r, g, b] = mixed(mixed(ring, shade, face), [255; 3], stone);
        [r, g, b, (ground * 255.0).round() as u8]
    }
}

enum Outline {
    Circle(f32),
    Corners(Vec<[f32; 2]>),
}

impl Outline {
    /// How far outside a point is (below zero: inside).
    fn distance(&self, x: f32, y: f32) -> f32 {
        let middle = SIDE as f32 / 2.0;
        match self {
            Outline::Circle(radius) => (x - middle).hypot(y - middle) - radius,
            Outline::Corners(corners) => {
                let sides = corners.iter().zip(corners.iter().cycle().skip(1));
                let beyond = sides.map(|(a, b)| {
                    let (along, up) = (b[0] - a[0], b[1] - a[1]);
                    ((x - a[0]) * up - (y - a[1]) * along) / along.hypot(up)
                });
                beyond.fold(f32::MIN, f32::max)
            }
        }
    }
}

fn shape(outline: &Outline, fill: &str) -> String {
    match outline {
        Outline::Circle(radius) => format!(r#"<circle cx="160" cy="160" r="{radius:.1}" {fill}/>"#),
        Outline::Corners(corners) => {
            let points: Vec<String> = corners.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
            format!(r#"<polygon points="{}" {fill} stroke-linejoin="round"/>"#, points.join(" "))
        }
    }
}

/// How much of a pixel lies inside, from its middle's distance to the edge.
fn coverage(inside: f32) -> f32 {
    (inside + 0.5).clamp(0.0, 1.0)
}

fn mixed(a: [u8; 3], b: [u8; 3], share: f32) -> [u8; 3] {
    let one = |n: usize| (f32::from(a[n]) * (1.0 - share) + f32::from(b[n]) * share).round() as u8;
    [one(0), one(1), one(2)]
}

/// From hue (degrees), saturation and lightness.
fn colour(hue: f32, saturation: f32, lightness: f32) -> [u8; 3] {
    let strength = saturation * lightness.min(1.0 - lightness);
    let one = |n: f32| {
        let k = (n + hue.rem_euclid(360.0) / 30.0) % 12.0;
        ((lightness - strength * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)) * 255.0).round() as u8
    };
    [one(0.0), one(8.0), one(4.0)]
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_the_same_every_time_and_differ_by_name() {
        assert_eq!(png("A", "B"), png("A", "B"));
        assert_ne!(png("A", "B"), png("C", "B"));
        let picture = svg("Wounds & <dressings>", "Harbour");
        assert!(picture.contains("Wounds &amp; &lt;dressings&gt;"), "{picture}");
        assert_ne!(picture, svg("Other", "Harbour"));
    }

    #[test]
    fn the_middle_is_painted_and_the_corner_is_not() {
        for name in ["A", "B", "C", "D", "E"] {
            let look = Look::of(name, name);
            assert_eq!(look.pixel(160.0, 100.0)[3], 255, "{name}");
            assert_eq!(look.pixel(2.0, 2.0)[3], 0, "{name}");
        }
    }
}
