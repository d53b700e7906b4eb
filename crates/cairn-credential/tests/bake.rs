//! What is baked comes out again, byte for byte, and bad pictures get a sentence.
#![allow(clippy::unwrap_used, reason = "a failed helper is a failed test")]

use cairn_credential::bake::{Baked, bake_png, bake_svg, unbake_png, unbake_svg};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;
use std::io::Write;

const SVG: &str = "<?xml version=\"1.0\"?>\n<!-- a badge -->\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox='0 0 1 1'>\n  <g><path d=\"M0 0\"/></g>\n</svg>\n";
const JWT: &str = "eyJhbGciOiJFZERTQSJ9.eyJ2YyI6e319.c2ln";

/// A picture of one pixel, made by the png crate.
fn png() -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&[1, 2, 3]).unwrap();
    out
}

/// The picture with one more chunk before its end.
fn png_with(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let png = png();
    let (head, end) = png.split_at(png.len() - 12);
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    let length = (data.len() as u32).to_be_bytes();
    [head, &length, kind, data, &crc.sum().to_be_bytes(), end].concat()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(bytes).unwrap();
    zlib.finish().unwrap()
}

fn png_code(png: &[u8]) -> String {
    unbake_png(png).unwrap_err().code
}

fn svg_code(svg: &str) -> String {
    unbake_svg(svg).unwrap_err().code
}

#[test]
fn another_reader_sees_one_uncompressed_itxt() {
    let baked = bake_png(&bake_png(&png(), "old").unwrap(), "{\"name\":\"Zoë\"}").unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&baked)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    reader.finish().unwrap();
    assert_eq!(pixels, [1, 2, 3]);
    let texts = &reader.info().utf8_text;
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0].keyword, "openbadgecredential");
    assert!(!texts[0].compressed);
    assert_eq!(texts[0].get_text().unwrap(), "{\"name\":\"Zoë\"}");
}

#[test]
fn other_writers_forms_are_read() {
    let packed = zlib(JWT.as_bytes());
    let itxt = [b"openbadgecredential\0\x01\0en\0badge\0".as_slice(), &packed].concat();
    let ztxt = [b"openbadgecredential\0\0".as_slice(), &packed].concat();
    let text = [b"openbadgecredential\0".as_slice(), JWT.as_bytes()].concat();
    for (kind, data) in [(b"iTXt", itxt), (b"zTXt", ztxt), (b"tEXt", text)] {
        assert_eq!(unbake_png(&png_with(kind, &data)).unwrap(), Baked::Credential(JWT.into()));
    }
    let older = png_with(b"iTXt", b"openbadges\0\0\0\0\0https://example.org/a.json");
    assert_eq!(unbake_png(&older).unwrap(), Baked::OpenBadges2("https://example.org/a.json".into()));
    assert_eq!(unbake_png(&png_with(b"tEXt", b"Title\0x")).unwrap(), Baked::Nothing);
}

#[test]
fn bad_pngs_get_a_sentence() {
    let good = bake_png(&png(), JWT).unwrap();
    for cut in 1..good.len() {
        let problem = unbake_png(&good[..cut]).unwrap_err();
        assert_eq!(problem.code, "png-truncated", "cut at {cut}: {}", problem.says);
    }
    assert_eq!(png_code(b"GIF89a.."), "png-signature");
    let mut flipped = good.clone();
    let at = flipped.len() - 20;
    flipped[at] ^= 1;
    assert_eq!(png_code(&flipped), "png-damaged");
    let twice = [b"openbadgecredential\0\0\0\0\0".as_slice(), JWT.as_bytes()].concat();
    let (head, end) = good.split_at(good.len() - 12);
    let second = &png_with(b"iTXt", &twice)[png().len() - 12..];
    let two = [head, &second[..second.len() - 12], end].concat();
    assert_eq!(png_code(&two), "png-two-credentials");
    assert_eq!(png_code(&png_with(b"iTXt", b"openbadgecredential\0\0\0\0\0\xff")), "png-text");
    assert_eq!(png_code(&png_with(b"iTXt", b"openbadgecredential\0\x01")), "png-text");
    assert_eq!(png_code(&png_with(b"zTXt", b"openbadgecredential\0\0no zlib")), "png-text");
    let bomb = [b"openbadgecredential\0\x01\0\0\0".as_slice(), &zlib(&vec![b' '; 40 << 20])].concat();
    let problem = unbake_png(&png_with(b"iTXt", &bomb)).unwrap_err();
    assert!(problem.code == "png-text" && problem.says.contains("4 MB"), "{}", problem.says);
    // A header that promises 65,535 × 65,535 pixels costs nothing, since pixels are not decoded.
    let mut huge = png();
    huge[16..24].copy_from_slice(&[0, 0, 255, 255, 0, 0, 255, 255]);
    assert_eq!(png_code(&huge), "png-damaged");
    assert_eq!(bake_png(&png(), "").unwrap_err().code, "text-not-bakeable");
    assert_eq!(bake_png(&png(), "a\0b").unwrap_err().code, "text-not-bakeable");
}

#[test]
fn an_svg_carries_a_jws_as_attribute_and_json_as_cdata() {
    let baked = bake_svg(SVG, JWT).unwrap();
    let wanted = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox='0 0 1 1'><openbadges:credential verify=\"{JWT}\"/>\n  <g>"
    );
    assert!(baked.replace(" xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\"", "").contains(&wanted), "{baked}");
    assert_eq!(unbake_svg(&baked).unwrap(), Baked::Credential(JWT.into()));
    // Replacing one kind by the other leaves one; baking the same again changes nothing.
    let again = bake_svg(&baked, "{\"a\":\"]]>\"}").unwrap();
    assert_eq!(again.matches("<openbadges:credential").count(), 1);
    assert_eq!(unbake_svg(&again).unwrap(), Baked::Credential("{\"a\":\"]]>\"}".into()));
    assert_eq!(bake_svg(&again, "{\"a\":\"]]>\"}").unwrap(), again);
    assert_eq!(bake_svg(&again, JWT).unwrap(), baked);
}

#[test]
fn unusual_svgs_are_baked() {
    for svg in [
        "<svg/>",
        "<svg />",
        "<s:svg xmlns:s=\"http://www.w3.org/2000/svg\" a=\"x>y/\"/>",
        "<svg xmlns:openbadges=\"http://openbadges.org\"><openbadges:assertion verify=\"x\"/></svg>",
        "<svg><g><openbadges:credential verify=\"undeclared\"/></g></svg>",
        "<svg xmlns:ob=\"https://purl.imsglobal.org/ob/v3p0\"><ob:credential>old</ob:credential></svg>",
    ] {
        for text in [JWT, "{\"a\": 1}"] {
            let baked = bake_svg(svg, text).unwrap();
            assert_eq!(unbake_svg(&baked).unwrap(), Baked::Credential(text.into()), "{baked}");
        }
    }
}

#[test]
fn other_writers_svgs_are_read() {
    let wrap = |inside: &str| format!("<svg xmlns:b=\"https://purl.imsglobal.org/ob/v3p0\">{inside}</svg>");
    let escaped = wrap("<b:credential>{&quot;a&quot;:&#34;&lt;&#x41;&amp;&quot;}</b:credential>");
    assert_eq!(unbake_svg(&escaped).unwrap(), Baked::Credential("{\"a\":\"<A&\"}".into()));
    let older = "<svg xmlns:openbadges=\"http://openbadges.org\"><openbadges:assertion verify=\"x\"/></svg>";
    assert_eq!(unbake_svg(older).unwrap(), Baked::OpenBadges2("x".into()));
    // The right word in another's namespace is no badge.
    assert_eq!(unbake_svg("<svg><credential verify=\"x\"/></svg>").unwrap(), Baked::Nothing);
    assert_eq!(svg_code(&wrap("<b:credential/>")), "svg-empty-credential");
    assert_eq!(svg_code(&wrap("<b:credential verify=\"x\"/><b:credential verify=\"x\"/>")), "svg-two-credentials");
    assert_eq!(svg_code(&wrap("<g>")), "svg-broken");
    assert_eq!(svg_code("<svg><g></svg>"), "svg-broken");
    assert_eq!(svg_code("<svg>"), "svg-broken");
    assert_eq!(svg_code("<html/>"), "not-an-svg");
    assert_eq!(svg_code("<!-- nothing -->"), "not-an-svg");
    assert_eq!(svg_code(&"<svg>".repeat(300)), "svg-broken");
    let laughs = "<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>";
    assert_eq!(svg_code(&format!("{laughs}{}", wrap("<b:credential>&b;</b:credential>"))), "svg-broken");
    assert_eq!(bake_svg(SVG, "a\u{1}b").unwrap_err().code, "text-not-bakeable");
    assert_eq!(bake_svg(SVG, " ").unwrap_err().code, "text-not-bakeable");
}

/// Text as a credential may have it: no blank ends, no control characters.
fn text() -> impl Strategy<Value = String> {
    let hostile = prop_oneof![
        Just("]]>".to_owned()),
        Just("<![CDATA[".to_owned()),
        Just("&lt;".to_owned()),
        Just("\"'<>&".to_owned()),
        "[ -~]{0,8}",
        "\\PC{0,8}",
    ];
    proptest::collection::vec(hostile, 1..12)
        .prop_map(|parts| parts.concat().trim().replace(['\u{fffe}', '\u{ffff}'], ""))
        .prop_filter("empty", |text| !text.trim().is_empty())
}

proptest! {
    #[test]
    fn png_round_trip(text in text()) {
        prop_assert_eq!(unbake_png(&bake_png(&png(), &text).unwrap()).unwrap(), Baked::Credential(text));
    }

    #[test]
    fn svg_round_trip(text in text()) {
        let baked = bake_svg(SVG, &text).unwrap();
        prop_assert_eq!(unbake_svg(&baked).unwrap(), Baked::Credential(text.trim().to_owned()));
    }

    #[test]
    fn svg_soup_never_panics(soup in "(<|>|/|svg|b:credential|xmlns:b=\"https://purl.imsglobal.org/ob/v3p0\"| verify=|\"|&|;|<!\\[CDATA\\[|\\]\\]>|<!--|-->|<\\?|é|x){0,40}") {
        let _ = unbake_svg(&soup);
        if let Ok(baked) = bake_svg(&soup, JWT) {
            prop_assert_eq!(unbake_svg(&baked).unwrap(), Baked::Credential(JWT.into()));
        }
    }

    #[test]
    fn png_tails_never_panic(tail in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = unbake_png(&[b"\x89PNG\r\n\x1a\n".as_slice(), &tail].concat());
    }
}
