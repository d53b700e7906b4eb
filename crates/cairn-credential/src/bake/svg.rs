//! SVG: one `openbadges:credential` element right after `<svg>` (OB 3.0 §5.3.2).

use std::ops::Range;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::{Baked, looks_like_jws, problem};
use crate::intake::Problem;

const NAMESPACE: &str = "https://purl.imsglobal.org/ob/v3p0";
const NAMESPACE_2: &str = "http://openbadges.org";

/// Deepest nesting of elements that is followed.
const DEEPEST: usize = 256;

/// Takes the credential out of an SVG: the `verify` attribute, else the element's text or CDATA.
/// Problems: `svg-broken`, `not-an-svg`, `svg-two-credentials`, `svg-empty-credential`.
pub fn unbake_svg(svg: &str) -> Result<Baked, Problem> {
    let seen = look(svg)?;
    match seen.credentials.as_slice() {
        [] => Ok(seen.older.map_or(Baked::Nothing, Baked::OpenBadges2)),
        [one] if one.text.is_empty() => {
            problem("svg-empty-credential", "The badge in this SVG is empty. Ask the issuer for the picture again.")
        }
        [one] => Ok(Baked::Credential(one.text.clone())),
        several => problem(
            "svg-two-credentials",
            format!(
                "This SVG carries {} credentials; Open Badges allows one. Ask the issuer for a picture with one.",
                several.len()
            ),
        ),
    }
}

/// Puts `text` into an SVG as its one credential, in place of any that were there: a compact JWS as the `verify`
/// attribute, anything else as CDATA. The rest is kept as it was. Problems: `svg-broken`, `not-an-svg`,
/// `text-not-bakeable` (characters that XML cannot carry).
pub fn bake_svg(svg: &str, text: &str) -> Result<String, Problem> {
    if text.trim().is_empty() || !text.chars().all(is_xml_char) {
        return problem(
            "text-not-bakeable",
            "An SVG cannot carry an empty text or one with control characters in it. Bake into a PNG instead.",
        );
    }
    let seen = look(svg)?;
    let root = &seen.root;
    let (on_root, on_element) = match root.openbadges_prefix.as_deref() {
        Some(NAMESPACE) => (String::new(), String::new()),
        None => (format!(" xmlns:openbadges=\"{NAMESPACE}\""), String::new()),
        // An older badge's declaration stays; ours goes where it cannot disturb it.
        Some(_) => (String::new(), format!(" xmlns:openbadges=\"{NAMESPACE}\"")),
    };
    let element = if looks_like_jws(text) {
        format!("<openbadges:credential{on_element} verify=\"{text}\"/>")
    } else {
        // `]]>` would end the section early: it is split over two, which read as one text.
        let safe = text.replace("]]>", "]]]]><![CDATA[>");
        format!("<openbadges:credential{on_element}><![CDATA[{safe}]]></openbadges:credential>")
    };
    let mut out = String::with_capacity(svg.len() + element.len() + 64);
    out.push_str(&svg[..root.name_end]);
    out.push_str(&on_root);
    let mut at = root.tag.end;
    if root.empty {
        out.push_str(svg[root.name_end..at].trim_end_matches('>').trim_end_matches('/'));
        out.push_str(&format!(">{element}</{}>", root.name));
    } else {
        out.push_str(&svg[root.name_end..at]);
        out.push_str(&element);
    }
    for old in &seen.credentials {
        out.push_str(&svg[at..old.place.start]);
        at = old.place.end;
    }
    out.push_str(&svg[at..]);
    Ok(out)
}

/// What a pass over the document has seen.
struct Seen {
    root: Root,
    credentials: Vec<Found>,
    older: Option<String>,
}

struct Root {
    name: String,
    tag: Range<usize>,
    name_end: usize,
    empty: bool,
    openbadges_prefix: Option<String>,
}

struct Found {
    place: Range<usize>,
    text: String,
}

/// Whose element it is.
#[derive(Clone, Copy, PartialEq)]
enum Whose {
    OpenBadges3,
    OpenBadges2,
    Other,
}

/// An open element that holds a badge.
struct Inside {
    whose: Whose,
    from: usize,
    depth: usize,
    verify: Option<String>,
    text: String,
}

fn look(svg: &str) -> Result<Seen, Problem> {
    let mut reader = NsReader::from_str(svg);
    let (mut root, mut credentials, mut older) = (None, Vec::new(), None);
    let mut inside: Option<Inside> = None;
    let mut depth = 0usize;
    loop {
        let from = position(&reader);
        let event = reader.read_event().map_err(|e| broken(svg, position(&reader), &e.to_string()))?;
        let here = from..position(&reader);
        match event {
            Event::Start(tag) => {
                open_root(&reader, &mut root, &tag, &here, false)?;
                depth += 1;
                if depth > DEEPEST {
                    return Err(broken(svg, from, "elements are nested more than 256 deep"));
                }
                let whose = whose(&reader, &tag);
                if inside.is_none() && whose != Whose::Other {
                    let verify = verify_of(svg, from, &tag)?;
                    inside = Some(Inside { whose, from, depth, verify, text: String::new() });
                }
            }
            Event::Empty(tag) => {
                open_root(&reader, &mut root, &tag, &here, true)?;
                let whose = whose(&reader, &tag);
                if inside.is_none() && whose != Whose::Other {
                    let text = verify_of(svg, from, &tag)?.unwrap_or_default();
                    keep(whose, here, text, &mut credentials, &mut older);
                }
            }
            Event::End(_) => {
                if let Some(done) = inside.take_if(|open| open.depth == depth) {
                    let text = done.verify.unwrap_or_else(|| done.text.trim().to_owned());
                    keep(done.whose, done.from..here.end, text, &mut credentials, &mut older);
                }
                depth = depth.saturating_sub(1);
            }
            Event::Eof if depth > 0 => return Err(broken(svg, here.end, "it stops before its elements are closed")),
            Event::Eof => break,
            other => {
                if let Some(open) = &mut inside {
                    gather(svg, from, other, &mut open.text)?;
                }
            }
        }
    }
    match root {
        Some(root) => Ok(Seen { root, credentials, older }),
        None => not_svg(),
    }
}

fn keep(whose: Whose, place: Range<usize>, text: String, credentials: &mut Vec<Found>, older: &mut Option<String>) {
    match whose {
        Whose::OpenBadges3 => credentials.push(Found { place, text }),
        Whose::OpenBadges2 => *older = Some(text),
        Whose::Other => {}
    }
}

/// Takes note of the first element, which must be `svg`.
fn open_root(
    reader: &NsReader<&[u8]>,
    root: &mut Option<Root>,
    tag: &BytesStart<'_>,
    here: &Range<usize>,
    empty: bool,
) -> Result<(), Problem> {
    if root.is_some() {
        return Ok(());
    }
    let name = tag.name().as_ref().to_owned();
    if tag.local_name().as_ref() != "svg" {
        return not_svg();
    }
    let openbadges_prefix = reader.resolver().bindings().find_map(|(prefix, bound)| match prefix {
        quick_xml::name::PrefixDeclaration::Named("openbadges") => Some(bound.as_ref().to_owned()),
        _ => None,
    });
    let name_end = here.start + 1 + name.len();
    *root = Some(Root { name_end, name, tag: here.clone(), empty, openbadges_prefix });
    Ok(())
}

fn whose(reader: &NsReader<&[u8]>, tag: &BytesStart<'_>) -> Whose {
    let (bound, local) = reader.resolver().resolve_element(tag.name());
    match (bound, local.as_ref()) {
        (ResolveResult::Bound(Namespace(NAMESPACE)), "credential") => Whose::OpenBadges3,
        // The usual prefix without its declaration: what it means is plain, and baking would declare it.
        (ResolveResult::Unknown(prefix), "credential") if prefix == "openbadges" => Whose::OpenBadges3,
        (ResolveResult::Bound(Namespace(NAMESPACE_2)), "assertion") => Whose::OpenBadges2,
        _ => Whose::Other,
    }
}

fn verify_of(svg: &str, at: usize, tag: &BytesStart<'_>) -> Result<Option<String>, Problem> {
    let sentence = |e: String| broken(svg, at, &e);
    let Some(attribute) = tag.try_get_attribute("verify").map_err(|e| sentence(e.to_string()))? else {
        return Ok(None);
    };
    let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|e| sentence(e.to_string()))?;
    Ok(Some(value.trim().to_owned()))
}

/// Adds what a text-like event says. Entities that a document defines itself are not followed.
fn gather(svg: &str, at: usize, event: Event<'_>, into: &mut String) -> Result<(), Problem> {
    match event {
        Event::Text(text) => into.push_str(&text.into_inner()),
        Event::CData(text) => into.push_str(&text.into_inner()),
        Event::GeneralRef(name) => {
            let character = name.resolve_char_ref().map_err(|e| broken(svg, at, &e.to_string()))?;
            match (character, quick_xml::escape::resolve_predefined_entity(&name)) {
                (Some(character), _) => into.push(character),
                (None, Some(known)) => into.push_str(known),
                (None, None) => return Err(broken(svg, at, "the badge uses an entity of the document's own")),
            }
        }
        _ => {}
    }
    Ok(())
}

fn position(reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// XML 1.0 §2.2, production `Char`.
fn is_xml_char(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

fn broken(svg: &str, at: usize, what: &str) -> Problem {
    let line = svg.as_bytes()[..at.min(svg.len())].iter().filter(|byte| **byte == b'\n').count() + 1;
    Problem {
        code: "svg-broken".into(),
        says: format!("This SVG cannot be read; on line {line}: {what}. Download the picture again."),
    }
}

fn not_svg<T>() -> Result<T, Problem> {
    problem("not-an-svg", "This XML is not an SVG picture: its outermost element is not <svg>.")
}
