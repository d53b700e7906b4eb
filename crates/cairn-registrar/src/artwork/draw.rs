//! From SVG to pixels, and from strangers' pictures to ones of ours. Fonts are in the program; nothing of the machine
//! is read, and no picture leads to another file or address.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{FilterQuality, Pixmap, PixmapPaint, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, fontdb, roxmltree};

use crate::refusal::{Refusal, Trouble};

/// Side of every picture that the site keeps, in pixels.
pub const SIDE: u32 = 512;
/// Most bytes of an uploaded picture.
pub const MOST_BYTES: usize = 2 << 20;
/// Longest side of an uploaded PNG, in pixels.
const MOST_SIDE: u32 = 4_096;

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for face in [dejavu::sans::regular(), dejavu::sans::bold(), dejavu::serif::regular(), dejavu::serif::bold()] {
        fonts.load_font_data(face.to_vec());
    }
    fonts.set_sans_serif_family("DejaVu Sans");
    fonts.set_serif_family("DejaVu Serif");
    fonts.set_monospace_family("DejaVu Sans");
    fonts.set_cursive_family("DejaVu Serif");
    fonts.set_fantasy_family("DejaVu Serif");
    Arc::new(fonts)
});

fn options() -> Options<'static> {
    Options {
        font_family: "DejaVu Sans".into(),
        fontdb: Arc::clone(&FONTS),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    }
}

/// Draws an SVG of ours at its own size.
pub fn png(svg: &str) -> Result<Vec<u8>, Trouble> {
    let tree =
        Tree::from_str(svg, &options()).map_err(|error| Trouble::fault(format!("a drawing of ours: {error}")))?;
    let size = tree.size().to_int_size();
    let mut canvas = canvas(size.width(), size.height())?;
    resvg::render(&tree, Transform::identity(), &mut canvas.as_mut());
    encoded(&canvas)
}

/// Draws an SVG of ours with a PNG of ours laid on it: left, top and side, in pixels.
pub fn png_with(svg: &str, picture: &[u8], (left, top, side): (f32, f32, f32)) -> Result<Vec<u8>, Trouble> {
    let tree =
        Tree::from_str(svg, &options()).map_err(|error| Trouble::fault(format!("a drawing of ours: {error}")))?;
    let size = tree.size().to_int_size();
    let mut canvas = canvas(size.width(), size.height())?;
    resvg::render(&tree, Transform::identity(), &mut canvas.as_mut());
    if let Ok(picture) = Pixmap::decode_png(picture) {
        lay(&mut canvas, &picture, (left, top, side));
    }
    encoded(&canvas)
}

/// How wide a line of words is, in pixels at this size of letters.
pub fn width(words: &str, family: &str, size: f32) -> f32 {
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><text font-family="{family}" font-weight="bold" font-size="100">{}</text></svg>"#,
        super::escaped(words)
    );
    let tree = Tree::from_str(&svg, &options());
    tree.map(|tree| tree.root().abs_bounding_box().width()).unwrap_or(0.0) * size / 100.0
}

/// Breaks words into at most `lines` lines no wider than `wide`, in the largest of the sizes that fits; in the
/// smallest, cut, when none does.
pub fn fitted(words: &str, family: &str, wide: f32, lines: usize, sizes: &[f32]) -> (f32, Vec<String>) {
    let words: Vec<&str> = words.split_whitespace().collect();
    // a line is as wide as its words and the blanks between them, near enough
    let widths: Vec<f32> = words.iter().map(|word| width(word, family, 100.0)).collect();
    let blank = 36.0;
    let mut last = (sizes.first().copied().unwrap_or(20.0), Vec::new());
    for size in sizes {
        let most = wide * 100.0 / size;
        let mut broken: Vec<(String, f32)> = Vec::new();
        let mut fits = true;
        for (word, width) in words.iter().zip(&widths) {
            fits &= *width <= most;
            match broken.last_mut() {
                Some((line, long)) if *long + blank + width <= most => {
                    line.push(' ');
                    line.push_str(word);
                    *long += blank + width;
                }
                _ => broken.push(((*word).to_owned(), *width)),
            }
        }
        fits &= broken.len() <= lines;
        last = (*size, broken.into_iter().map(|(line, _)| line).collect());
        if fits {
            return last;
        }
    }
    if last.1.len() > lines {
        last.1.truncate(lines);
        if let Some(line) = last.1.last_mut() {
            line.push('…');
        }
    }
    last
}

/// An uploaded picture as one of ours: a PNG of 512 pixels a side. Never the bytes that were sent.
pub fn uploaded(bytes: &[u8]) -> Result<Vec<u8>, Trouble> {
    if bytes.len() > MOST_BYTES {
        let says = format!("A picture has at most {} MiB; this one has more. Make it smaller.", MOST_BYTES >> 20);
        return Err(Refusal::new("too-large", says).into());
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return from_png(bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("<svg") => from_svg(text),
        _ => Err(refused("Send a PNG or an SVG; this file is neither.").into()),
    }
}

fn from_png(bytes: &[u8]) -> Result<Vec<u8>, Trouble> {
    let side = |at: usize| bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
    let (Some(wide), Some(high)) = (side(16), side(20)) else {
        return Err(refused("This PNG is cut off. Send it again.").into());
    };
    if wide == 0 || high == 0 || wide > MOST_SIDE || high > MOST_SIDE {
        let says = format!("A picture is at most {MOST_SIDE} pixels a side; this one is {wide} by {high}.");
        return Err(refused(says).into());
    }
    let picture = Pixmap::decode_png(bytes).map_err(|_| refused("This PNG is damaged. Save it anew and send that."))?;
    let mut canvas = canvas(SIDE, SIDE)?;
    lay(&mut canvas, &picture, (0.0, 0.0, SIDE as f32));
    encoded(&canvas)
}

fn from_svg(text: &str) -> Result<Vec<u8>, Trouble> {
    harmless(text)?;
    let unreadable = |_| refused("This SVG cannot be read. Export it anew as a plain SVG, or send a PNG.");
    let tree = Tree::from_str(text, &options()).map_err(unreadable)?;
    let size = tree.size();
    let scale = SIDE as f32 / size.width().max(size.height());
    if !scale.is_finite() || scale <= 0.0 {
        return Err(refused("This SVG has no size. Give it a width and a height, or a viewBox.").into());
    }
    let mut canvas = canvas(SIDE, SIDE)?;
    let (left, top) = (centred(size.width() * scale), centred(size.height() * scale));
    let place = Transform::from_scale(scale, scale).post_translate(left, top);
    resvg::render(&tree, place, &mut canvas.as_mut());
    if canvas.data().iter().skip(3).step_by(4).all(|alpha| *alpha == 0) {
        return Err(refused("Nothing is to be seen on this SVG. Export it anew as a plain SVG, or send a PNG.").into());
    }
    encoded(&canvas)
}

/// What makes drawing cost more than a picture is worth, or draws from elsewhere, is not taken. Each limit bounds how
/// often a part can be drawn again through others.
fn harmless(text: &str) -> Result<(), Refusal> {
    let options = roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: 8_000, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options).map_err(|_| {
        refused("This SVG is no well-formed XML, has a DTD, or is too large. Export it as a plain SVG.")
    })?;
    let (mut uses, mut clips, mut clipped) = (0, 0, 0);
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        match name {
            "script" | "foreignObject" | "image" | "filter" | "pattern" | "mask" | "marker" | "animate" | "set" => {
                let says = format!(
                    "This SVG uses <{name}>, which is not taken. Export it as plain shapes, or send a PNG of it."
                );
                return Err(refused(says));
            }
            "use" => uses += 1,
            "clipPath" => {
                clips += 1;
                clipped += node.descendants().count();
            }
            _ => {}
        }
        if node.ancestors().count() > 24 {
            return Err(refused("This SVG is nested more than 24 levels deep. Export it as plain shapes, or a PNG."));
        }
    }
    if uses > 12 || clips > 3 || clipped > 80 {
        return Err(refused("This SVG draws its parts again too often. Export it as plain shapes, or send a PNG."));
    }
    Ok(())
}

/// Lays a picture into a square, as large as it fits and in its middle.
fn lay(canvas: &mut Pixmap, picture: &Pixmap, (left, top, side): (f32, f32, f32)) {
    let (wide, high) = (picture.width() as f32, picture.height() as f32);
    let scale = side / wide.max(high);
    let at = Transform::from_scale(scale, scale)
        .post_translate(left + (side - wide * scale) / 2.0, top + (side - high * scale) / 2.0);
    let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    canvas.draw_pixmap(0, 0, picture.as_ref(), &paint, at, None);
}

fn centred(length: f32) -> f32 {
    (SIDE as f32 - length) / 2.0
}

fn canvas(wide: u32, high: u32) -> Result<Pixmap, Trouble> {
    Pixmap::new(wide, high).ok_or_else(|| Trouble::fault("a picture of no size"))
}

fn encoded(canvas: &Pixmap) -> Result<Vec<u8>, Trouble> {
    canvas.encode_png().map_err(|error| Trouble::fault(format!("a picture could not be written: {error}")))
}

fn refused(says: impl Into<String>) -> Refusal {
    Refusal::new("bad-picture", says)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(bytes: &[u8]) -> String {
        uploaded(bytes).unwrap_err().to_string()
    }

    #[test]
    fn a_plain_svg_becomes_a_png() {
        let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20"><rect width="10" height="20" fill="#a00"/></svg>"##;
        let png = uploaded(svg.as_bytes()).unwrap();
        let picture = Pixmap::decode_png(&png).unwrap();
        assert_eq!((picture.width(), picture.height()), (SIDE, SIDE));
        assert_eq!(picture.pixel(256, 256).unwrap().red(), 0xaa);
        assert_eq!(picture.pixel(2, 256).unwrap().alpha(), 0, "it stands in the middle");
        assert_eq!(uploaded(&png).unwrap(), png, "a picture of ours stays as it is");
    }

    #[test]
    fn what_is_no_picture_or_costs_too_much_is_refused_with_a_sentence() {
        let svg = |inside: &str| {
            format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">{inside}</svg>"#
            )
        };
        assert!(says(b"GIF89a").contains("PNG or an SVG"));
        assert!(says(b"\x89PNG\r\n\x1a\n").contains("cut off"));
        assert!(says(svg("").as_bytes()).contains("Nothing is to be seen"));
        for name in ["script", "image", "filter", "foreignObject"] {
            assert!(says(svg(&format!("<{name}/>")).as_bytes()).contains(name));
        }
        assert!(says(svg(&"<use xlink:href=\"#a\"/>".repeat(13)).as_bytes()).contains("too often"));
        assert!(says(svg(&format!("{}{}", "<g>".repeat(30), "</g>".repeat(30))).as_bytes()).contains("nested"));
        let bomb = format!("<!DOCTYPE svg [<!ENTITY a \"b\">]>{}", svg("&a;"));
        assert!(says(bomb.as_bytes()).contains("DTD"));
        let mut wide = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        wide.extend([0, 1, 0, 0, 0, 0, 0, 9]);
        assert!(says(&wide).contains("65536 by 9"));
        assert_eq!(usvg_reads_files(), None, "a picture leads to no file of the machine");
    }

    /// Whether an image in a drawing of ours would be read from a file.
    fn usvg_reads_files() -> Option<()> {
        (options().image_href_resolver.resolve_string)("/etc/hostname", &options()).map(|_| ())
    }
}
