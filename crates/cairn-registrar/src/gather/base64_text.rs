//! Bodies that are no text travel in bundles as base64url.

use base64::Engine;

/// base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
