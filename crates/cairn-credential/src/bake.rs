//! Baking: putting a credential into a badge's picture and taking it out again (OB 3.0 §5.3).
//!
//! Pixels are never decoded: a PNG is walked chunk by chunk, an SVG event by event.

mod png;
mod svg;

pub use png::{bake_png, unbake_png};
pub use svg::{bake_svg, unbake_svg};

/// What was found in a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Baked {
    /// An Open Badges 3.0 credential: JSON text or a compact JWT, as it stands in the picture.
    Credential(String),
    /// An Open Badges 2.0 assertion or its address, as it stands in the picture. Not read yet.
    OpenBadges2(String),
    /// No badge.
    Nothing,
}

/// A compact JWS: three base64url parts. Such a text can stand in an XML attribute unchanged.
pub(crate) fn looks_like_jws(text: &str) -> bool {
    let mut parts = text.split('.');
    let fits = |part: Option<&str>| {
        part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
    };
    text.starts_with("eyJ") && (0..3).all(|_| fits(parts.next())) && parts.next().is_none()
}

fn problem<T>(code: &str, says: impl Into<String>) -> Result<T, crate::intake::Problem> {
    Err(crate::intake::Problem { code: code.into(), says: says.into() })
}
