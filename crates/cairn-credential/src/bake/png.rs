//! PNG: one uncompressed `iTXt` chunk with the keyword `openbadgecredential` (OB 3.0 §5.3.1).

use std::io::Read;

use flate2::Crc;
use flate2::read::ZlibDecoder;

use super::{Baked, problem};
use crate::intake::Problem;

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
const KEYWORD: &[u8] = b"openbadgecredential";
const KEYWORD_2: &[u8] = b"openbadges";

/// Most bytes that a compressed text may unpack to: 4 MB.
const MOST_TEXT: u64 = 4 << 20;

/// Takes the credential out of a PNG.
///
/// The standard's form is an uncompressed `iTXt`; a compressed one, `tEXt` and `zTXt` with the same keyword are read
/// too. Problems: `png-signature`, `png-truncated`, `png-damaged`, `png-two-credentials`, `png-text`.
pub fn unbake_png(png: &[u8]) -> Result<Baked, Problem> {
    let mut found: Option<String> = None;
    let mut older: Option<String> = None;
    let mut walk = Walk::begin(png)?;
    while let Some(chunk) = walk.next_chunk()? {
        let Some((keyword, rest)) = chunk.keyword() else { continue };
        if keyword == KEYWORD {
            let text = chunk.text(rest)?;
            if found.replace(text).is_some() {
                return problem(
                    "png-two-credentials",
                    format!(
                        "This PNG carries more than one credential (the second at byte {}); Open Badges allows one. \
                         Ask the issuer for a picture with one.",
                        chunk.at
                    ),
                );
            }
        } else if keyword == KEYWORD_2 && older.is_none() {
            older = Some(chunk.text(rest)?);
        }
    }
    Ok(match (found, older) {
        (Some(text), _) => Baked::Credential(text),
        (None, Some(text)) => Baked::OpenBadges2(text),
        (None, None) => Baked::Nothing,
    })
}

/// Puts `text` into a PNG as its one credential, in place of any that was there. Everything else is kept byte for byte
/// up to the end of the picture. Problems as in [`unbake_png`], and `text-not-bakeable`.
pub fn bake_png(png: &[u8], text: &str) -> Result<Vec<u8>, Problem> {
    if text.is_empty() || text.contains('\0') {
        return problem("text-not-bakeable", "A PNG cannot carry an empty text or one with a zero character in it.");
    }
    let mut data = KEYWORD.to_vec();
    // Keyword end, no compression, method 0, no language, no translated keyword.
    data.extend_from_slice(&[0, 0, 0, 0, 0]);
    data.extend_from_slice(text.as_bytes());
    if data.len() > i32::MAX as usize {
        return problem("text-not-bakeable", "The credential is longer than a PNG chunk can be (2 GB).");
    }
    let mut out = Vec::with_capacity(png.len() + data.len() + 12);
    out.extend_from_slice(SIGNATURE);
    let mut walk = Walk::begin(png)?;
    while let Some(chunk) = walk.next_chunk()? {
        if chunk.kind == *b"IEND" {
            write_chunk(&mut out, b"iTXt", &data);
        }
        if chunk.keyword().is_none_or(|(keyword, _)| keyword != KEYWORD) {
            out.extend_from_slice(chunk.whole);
        }
    }
    Ok(out)
}

fn write_chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("checked against i32::MAX by the caller");
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(kind);
    out.extend_from_slice(data);
    out.extend_from_slice(&crc(kind, data).to_be_bytes());
}

fn crc(kind: &[u8], data: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    crc.sum()
}

/// One chunk, and where in the file it begins.
struct Chunk<'a> {
    at: usize,
    kind: [u8; 4],
    data: &'a [u8],
    whole: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// The keyword of a text chunk, and what follows its end.
    fn keyword(&self) -> Option<(&'a [u8], &'a [u8])> {
        if !matches!(&self.kind, b"iTXt" | b"tEXt" | b"zTXt") {
            return None;
        }
        // A keyword has at most 79 bytes (PNG §11.3.3).
        let end = self.data.iter().take(80).position(|byte| *byte == 0)?;
        Some((&self.data[..end], &self.data[end + 1..]))
    }

    /// The text behind the keyword.
    fn text(&self, rest: &'a [u8]) -> Result<String, Problem> {
        let bytes = match &self.kind {
            b"tEXt" => rest.to_vec(),
            b"zTXt" => match rest.split_first() {
                Some((0, packed)) => self.unpack(packed)?,
                _ => return self.unreadable("its compression is not known"),
            },
            _ => self.international(rest)?,
        };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(_) => self.unreadable("it is not UTF-8"),
        }
    }

    /// `iTXt`: compression flag, method, language, translated keyword, text (PNG §11.3.3.4).
    fn international(&self, rest: &[u8]) -> Result<Vec<u8>, Problem> {
        let [flag, method, rest @ ..] = rest else { return self.unreadable("it is cut short") };
        let mut parts = rest.splitn(3, |byte| *byte == 0);
        let (Some(_language), Some(_translated), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return self.unreadable("it is cut short");
        };
        match (flag, method) {
            (0, _) => Ok(text.to_vec()),
            (1, 0) => self.unpack(text),
            _ => self.unreadable("its compression is not known"),
        }
    }

    fn unpack(&self, packed: &[u8]) -> Result<Vec<u8>, Problem> {
        let mut text = Vec::new();
        match ZlibDecoder::new(packed).take(MOST_TEXT + 1).read_to_end(&mut text) {
            Err(_) => self.unreadable("it does not unpack"),
            Ok(_) if text.len() as u64 > MOST_TEXT => self.unreadable("it unpacks to more than 4 MB"),
            Ok(_) => Ok(text),
        }
    }

    fn unreadable<T>(&self, why: &str) -> Result<T, Problem> {
        problem(
            "png-text",
            format!("The badge in this PNG (at byte {}) cannot be read: {why}. Download the picture again.", self.at),
        )
    }
}

/// A walk along the chunks: `IHDR` first, `IEND` last, each with its length and checksum proved.
struct Walk<'a> {
    png: &'a [u8],
    at: usize,
    over: bool,
}

impl<'a> Walk<'a> {
    fn begin(png: &'a [u8]) -> Result<Walk<'a>, Problem> {
        if png.starts_with(SIGNATURE) {
            return Ok(Walk { png, at: SIGNATURE.len(), over: false });
        }
        if !png.is_empty() && SIGNATURE.starts_with(png) {
            return truncated(png.len());
        }
        problem("png-signature", "This is not a PNG picture: its first eight bytes are not a PNG's.")
    }

    fn next_chunk(&mut self) -> Result<Option<Chunk<'a>>, Problem> {
        if self.over {
            return Ok(None);
        }
        let at = self.at;
        let rest = &self.png[at..];
        let Some((head, body)) = rest.split_at_checked(8) else { return truncated(self.png.len()) };
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = [head[4], head[5], head[6], head[7]];
        if !kind.iter().all(u8::is_ascii_alphabetic) || length > i32::MAX as usize {
            return damaged(at, "what stands there is not a chunk");
        }
        if (at == SIGNATURE.len()) != (kind == *b"IHDR") {
            return damaged(at, "its header is not the first chunk");
        }
        let Some((data, tail)) = body.split_at_checked(length) else { return truncated(self.png.len()) };
        let Some((sum, _)) = tail.split_at_checked(4) else { return truncated(self.png.len()) };
        if sum != crc(&kind, data).to_be_bytes() {
            return damaged(at, "the checksum of the chunk does not fit");
        }
        self.at = at + length + 12;
        self.over = kind == *b"IEND";
        Ok(Some(Chunk { at, kind, data, whole: &rest[..length + 12] }))
    }
}

fn truncated<T>(length: usize) -> Result<T, Problem> {
    problem(
        "png-truncated",
        format!("This PNG stops in the middle, after {length} bytes. Download or copy the picture again."),
    )
}

fn damaged<T>(at: usize, what: &str) -> Result<T, Problem> {
    problem(
        "png-damaged",
        format!("This PNG is damaged at byte {at}: {what}. Download the picture again, from the issuer if need be."),
    )
}
