//! Evidence that is bound to a credential by its digest.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::asked::{Ask, Checks, bytes};
use super::document::Document;
use crate::did::many;
use crate::gathered::Got;
use crate::keys::multibase;

/// A piece of evidence with a digest: pointer, address, digest.
pub(super) fn bound(document: &Document) -> Vec<(String, &str, &str)> {
    let several = matches!(document.value.get("evidence"), Some(Value::Array(_)));
    many(document.value.get("evidence"))
        .into_iter()
        .enumerate()
        .filter_map(|(i, evidence)| {
            let digest = ["digestSRI", "digestMultibase"].iter().find_map(|key| evidence.get(*key)?.as_str())?;
            let url = evidence.get("id")?.as_str()?;
            Some((if several { format!("/evidence/{i}") } else { "/evidence".into() }, url, digest))
        })
        .collect()
}

/// Compares each piece that was brought with its digest.
pub(super) fn check(document: &Document, ask: Ask, checks: &mut Checks) {
    for (pointer, url, digest) in bound(document) {
        let Some(fetched) = ask.find(url) else {
            checks.inconclusive("evidence-not-fetched", &pointer, format!("The evidence at {url} was not fetched."));
            continue;
        };
        if let Got::Failed(why) = &fetched.got {
            checks.inconclusive(
                "evidence-not-fetched",
                &pointer,
                format!("The evidence at {url} could not be fetched: {why}"),
            );
            continue;
        }
        match bytes(fetched).and_then(|bytes| fits(&bytes, digest)) {
            Ok(true) => {
                checks
                    .passed("evidence-fits", &pointer, "The evidence is the very one that was signed for.")
                    .with_fetched(url, fetched);
            }
            Ok(false) => {
                let says = "The evidence at its address is not the one that was signed for; it has changed since.";
                checks.failed("evidence-changed", &pointer, says).with_fetched(url, fetched);
            }
            Err(says) => {
                checks.inconclusive("evidence-digest-unreadable", &pointer, says);
            }
        }
    }
}

/// Whether bytes have a digest: Subresource Integrity, or a multibase multihash of SHA-256.
fn fits(bytes: &[u8], digest: &str) -> Result<bool, String> {
    for one in digest.split_ascii_whitespace() {
        let Some((name, value)) = one.split_once('-').filter(|(name, _)| name.starts_with("sha")) else { break };
        let ours = match name {
            "sha256" => Sha256::digest(bytes).to_vec(),
            "sha384" => Sha384::digest(bytes).to_vec(),
            "sha512" => Sha512::digest(bytes).to_vec(),
            _ => continue,
        };
        let theirs = STANDARD.decode(value.split('?').next().unwrap_or_default()).unwrap_or_default();
        return Ok(ours == theirs);
    }
    match multibase(digest).as_deref() {
        Ok([0x12, 0x20, theirs @ ..]) => Ok(Sha256::digest(bytes).as_slice() == theirs),
        _ => Err("The digest of the evidence is in a form that is not read yet.".into()),
    }
}
