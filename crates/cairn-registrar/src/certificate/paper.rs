//! The sheet: an A4 page in landscape, everything on it tagged in reading order. What is put down is remembered and
//! drawn at the end.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, TextDirection};
use krilla::{Document, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::usvg;

use super::lettering::{Hand, Lettered};
use super::{Attached, Picture};

/// A colour.
pub type Colour = [u8; 3];
/// Of the words.
pub const INK: Colour = [0x24, 0x20, 0x1b];
/// Of labels.
pub const SOFT: Colour = [0x5b, 0x52, 0x47];
/// Of rules.
pub const LINE: Colour = [0xd8, 0xcf, 0xc2];
/// Of what was achieved.
pub const ACCENT: Colour = [0x8c, 0x3d, 0x12];
const GROUND: Colour = [0xff, 0xfd, 0xf9];
const SIDE: Colour = [0xf3, 0xed, 0xe3];

/// A4 in landscape, in points.
const SHEET: (f32, f32) = (841.89, 595.28);

/// What a text is, for those who hear the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The page's heading.
    Heading,
    /// A paragraph.
    P,
}

enum Mark {
    Area(Path, Colour),
    Text { text: Lettered, places: Vec<[f32; 2]>, colour: Colour, kind: Kind, to: Option<(String, Rect)> },
    Picture { picture: Box<Drawn>, place: [f32; 3], alt: String },
    Code { modules: Path, ground: Path, alt: String },
}

enum Drawn {
    Image(Image),
    Svg(Box<usvg::Tree>),
}

/// The sheet.
#[derive(Default)]
pub struct Paper {
    marks: Vec<Mark>,
}

impl Paper {
    /// An empty sheet.
    pub fn begin() -> Paper {
        Paper::default()
    }

    /// The ground, the band at its side and the frame.
    pub fn background(&mut self) {
        let (w, h) = SHEET;
        for (area, colour) in [
            ([0.0, 0.0, w, h], GROUND),
            ([28.0, 28.0, 250.0, h - 56.0], SIDE),
            ([20.0, 20.0, w - 40.0, 1.2], ACCENT),
            ([20.0, h - 21.2, w - 40.0, 1.2], ACCENT),
            ([20.0, 20.0, 1.2, h - 40.0], ACCENT),
            ([w - 21.2, 20.0, 1.2, h - 40.0], ACCENT),
            ([25.0, 25.0, w - 50.0, 0.5], LINE),
            ([25.0, h - 25.5, w - 50.0, 0.5], LINE),
            ([25.0, 25.0, 0.5, h - 50.0], LINE),
            ([w - 25.5, 25.0, 0.5, h - 50.0], LINE),
        ] {
            self.area(area, colour);
        }
    }

    /// A rule from a point to the right.
    pub fn rule(&mut self, [x, y]: [f32; 2], width: f32, colour: Colour) {
        self.area([x, y, width, 0.8], colour);
    }

    fn area(&mut self, area: [f32; 4], colour: Colour) {
        self.marks.extend(rectangles([area]).map(|path| Mark::Area(path, colour)));
    }

    /// Puts a text down with its upper left corner at a point; answers with where it ends below.
    pub fn text(&mut self, text: &Lettered, [x, y]: [f32; 2], colour: Colour, kind: Kind) -> f32 {
        self.lines(text, y, colour, kind, None, |_| x)
    }

    /// Puts a text down with the middle of its upper edge at a point; answers with where it ends below.
    pub fn centred(&mut self, text: &Lettered, [x, y]: [f32; 2], colour: Colour, kind: Kind) -> f32 {
        self.lines(text, y, colour, kind, None, |width| x - width / 2.0)
    }

    /// The same with an address behind it.
    pub fn linked(&mut self, text: &Lettered, [x, y]: [f32; 2], address: &str) {
        self.lines(text, y, ACCENT, Kind::P, Some(address), |width| x - width / 2.0);
    }

    fn lines(
        &mut self,
        text: &Lettered,
        y: f32,
        colour: Colour,
        kind: Kind,
        to: Option<&str>,
        x: impl Fn(f32) -> f32,
    ) -> f32 {
        let step = text.size * if text.size > 13.0 { 1.2 } else { 1.42 };
        let width = |line: &String| text.hand.width(line, text.size);
        let places: Vec<[f32; 2]> = text
            .lines
            .iter()
            .enumerate()
            .map(|(n, line)| [x(width(line)), y + n as f32 * step + text.size * 0.93])
            .collect();
        let below = y + text.lines.len() as f32 * step;
        let widest = text.lines.iter().map(width).fold(1.0, f32::max);
        let to = to.and_then(|to| Some((to.to_owned(), Rect::from_ltrb(x(widest), y, x(widest) + widest, below)?)));
        if !places.is_empty() {
            self.marks.push(Mark::Text { text: text.clone(), places, colour, kind, to });
        }
        below
    }

    /// Puts a picture into a square: left, top, side.
    pub fn picture(&mut self, picture: &Picture, place: [f32; 3], alt: &str) -> Result<(), String> {
        let drawn = match picture {
            Picture::Png(bytes) => Drawn::Image(Image::from_png(bytes.clone().into(), false)?),
            Picture::Svg(text) if text.is_empty() => return Ok(()),
            Picture::Svg(text) => Drawn::Svg(Box::new(tree(text)?)),
        };
        self.marks.push(Mark::Picture { picture: Box::new(drawn), place, alt: alt.into() });
        Ok(())
    }

    /// Puts a QR code for an address into a square: left, top, side.
    pub fn code(&mut self, address: &str, [x, y, side]: [f32; 3], alt: &str) -> Result<(), String> {
        let code = qrcode::QrCode::new(address).map_err(|error| format!("no code for this address: {error}"))?;
        let quiet = 3.0;
        let module = side / (code.width() as f32 + 2.0 * quiet);
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, colour)| *colour == qrcode::Color::Dark);
        let squares = dark.map(|(n, _)| {
            let (column, row) = ((n % code.width()) as f32, (n / code.width()) as f32);
            // a hair wider than the grid, so that no light shines between neighbours
            [x + (column + quiet) * module, y + (row + quiet) * module, module + 0.02, module + 0.02]
        });
        let paths = rectangles(squares).zip(rectangles([[x, y, side, side]]));
        self.marks.extend(paths.map(|(modules, ground)| Mark::Code { modules, ground, alt: alt.into() }));
        Ok(())
    }

    /// The file: titled, tagged, with the credential attached.
    pub fn finish(self, title: &str, author: &str, attached: &Attached, made: Timestamp) -> Result<Vec<u8>, String> {
        let settings = SerializeSettings { configuration: standards()?, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        let size = PageSettings::from_wh(SHEET.0, SHEET.1).ok_or("a page of no size")?;
        let mut page = document.start_page_with(size);
        let mut tree = TagTree::new().with_lang(Some("en".into()));
        let mut links = Vec::new();
        let mut groups = Vec::new();
        let mut surface = page.surface();
        for mark in self.marks {
            groups.extend(draw(&mut surface, mark, title, &mut links));
        }
        surface.finish();
        for (group, link) in groups {
            match link {
                None => tree.push(group),
                Some(n) => {
                    let (address, rect): &(String, Rect) = &links[n];
                    let action = Action::Link(LinkAction::new(address.clone()));
                    let link = LinkAnnotation::new(*rect, Target::Action(action));
                    let id = page.add_tagged_annotation(Annotation::new_link(link, Some(address.clone())));
                    let mut link = TagGroup::new(Tag::Link);
                    link.push(group);
                    link.push(id);
                    tree.push(link);
                }
            }
        }
        page.finish();
        document.set_tag_tree(tree);
        let mut outline = Outline::new();
        let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(shortened(title), top));
        document.set_outline(outline);
        let when = date(made);
        document.set_metadata(
            Metadata::new()
                .title(shortened(title))
                .authors(vec![shortened(author)])
                .language("en".into())
                .creator("Cairn".into())
                .creation_date(when),
        );
        document.embed_file(EmbeddedFile {
            path: attached.name.into(),
            mime_type: MimeType::new(attached.media_type),
            description: Some("The signed credential, exactly as it was signed".into()),
            association_kind: AssociationKind::Source,
            data: attached.text.clone().into_bytes().into(),
            modification_date: Some(when),
            compress: None,
            location: None,
        });
        document.finish().map_err(|error| format!("{error:?}"))
    }
}

/// PDF/A-3a for files that are kept with something attached, PDF/UA-1 for those who hear them.
fn standards() -> Result<Configuration, String> {
    let both = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1);
    both.finish().map_err(|error| format!("{error:?}"))
}

type Links = Vec<(String, Rect)>;

/// Draws one mark; answers with its place in the reading order, and which link stands behind it.
fn draw(surface: &mut Surface, mark: Mark, title: &str, links: &mut Links) -> Option<(TagGroup, Option<usize>)> {
    match mark {
        Mark::Area(path, colour) => {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            filled(surface, &path, colour);
            surface.end_tagged();
            None
        }
        Mark::Text { text, places, colour, kind, to } => {
            let actual = text.actual.as_deref();
            let id = surface.start_tagged(ContentTag::Span(SpanTag::empty().with_actual_text(actual)));
            surface.set_fill(Some(fill(colour)));
            for (line, [x, y]) in text.lines.iter().zip(&places) {
                // the blank at a line's end keeps its last word apart from the next line's first
                let last = text.lines.last() == Some(line);
                let line = if last { line.clone() } else { format!("{line} ") };
                let at = Point::from_xy(*x, *y);
                surface.draw_text(at, font(text.hand), text.size, &line, false, TextDirection::Auto);
            }
            surface.end_tagged();
            let group = match kind {
                Kind::Heading => {
                    let level = std::num::NonZeroU16::MIN;
                    let mut group = TagGroup::new(Tag::Hn(level, Some(shortened(title))));
                    group.push(id);
                    group
                }
                Kind::P => with(TagGroup::new(Tag::P), id),
            };
            let link = to.map(|to| {
                links.push(to);
                links.len() - 1
            });
            Some((group, link))
        }
        Mark::Picture { picture, place: [x, y, side], alt } => {
            let id = surface.start_tagged(ContentTag::Other);
            surface.push_transform(&Transform::from_translate(x, y));
            if let Some(size) = Size::from_wh(side, side) {
                match *picture {
                    Drawn::Image(image) => surface.draw_image(image, size),
                    Drawn::Svg(tree) => {
                        let settings = SvgSettings { embed_text: false, ..SvgSettings::default() };
                        surface.draw_svg(&tree, size, settings);
                    }
                }
            }
            surface.pop();
            surface.end_tagged();
            Some((with(TagGroup::new(Tag::Figure(Some(shortened(&alt)))), id), None))
        }
        Mark::Code { modules, ground, alt } => {
            let id = surface.start_tagged(ContentTag::Other);
            filled(surface, &ground, [255; 3]);
            filled(surface, &modules, INK);
            surface.end_tagged();
            Some((with(TagGroup::new(Tag::Figure(Some(shortened(&alt)))), id), None))
        }
    }
}

fn with(mut group: TagGroup, id: Identifier) -> TagGroup {
    group.push(Node::Leaf(id));
    group
}

fn filled(surface: &mut Surface, path: &Path, colour: Colour) {
    surface.set_fill(Some(fill(colour)));
    surface.draw_path(path);
}

fn fill([r, g, b]: Colour) -> Fill {
    Fill { paint: rgb::Color::new(r, g, b).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

/// One path of rectangles: left, top, width, height. Nothing when there are none.
fn rectangles(all: impl IntoIterator<Item = [f32; 4]>) -> impl Iterator<Item = Path> {
    let mut path = PathBuilder::new();
    for [x, y, w, h] in all {
        if let Some(rect) = Rect::from_xywh(x, y, w, h) {
            path.push_rect(rect);
        }
    }
    path.finish().into_iter()
}

fn font(hand: Hand) -> Font {
    static FONTS: [OnceLock<Font>; 4] = [const { OnceLock::new() }; 4];
    let made = || Font::new(hand.bytes().into(), 0).expect("a font in the program is whole");
    FONTS[hand as usize].get_or_init(made).clone()
}

/// An SVG, read. Pictures that it names elsewhere are not loaded.
pub fn tree(svg: &str) -> Result<usvg::Tree, String> {
    usvg::Tree::from_str(svg, &options()).map_err(|error| format!("this SVG cannot be drawn: {error}"))
}

fn options() -> usvg::Options<'static> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut all = usvg::fontdb::Database::new();
        for hand in [Hand::Serif, Hand::SerifBold, Hand::Sans, Hand::SansBold] {
            all.load_font_data(hand.bytes().to_vec());
        }
        all.set_serif_family("DejaVu Serif");
        all.set_sans_serif_family("DejaVu Sans");
        Arc::new(all)
    });
    let elsewhere = usvg::ImageHrefResolver {
        resolve_data: usvg::ImageHrefResolver::default_data_resolver(),
        resolve_string: Box::new(|_, _| None),
    };
    usvg::Options { fontdb: Arc::clone(fonts), image_href_resolver: elsewhere, ..usvg::Options::default() }
}

/// Strings in a PDF have an end.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(500).collect()
}

fn date(at: Timestamp) -> DateTime {
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |n: i8| n.unsigned_abs();
    DateTime::new(at.year().unsigned_abs())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
