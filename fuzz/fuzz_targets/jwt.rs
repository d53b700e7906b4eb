//! Any header and any claims as a compact JWT.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_credential::verdict::Genuine;
use cairn_credential::{Gathered, Policy, needs, verify};
use libfuzzer_sys::fuzz_target;

// the JSON-LD processor's panics are caught where it is called; only one that gets past that is a finding
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |parts: (&str, &str, &[u8])| {
    let (header, claims, signature) = parts;
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let text = format!("{}.{}.{}", part(header.as_bytes()), part(claims.as_bytes()), part(signature));
    let gathered = Gathered::default();
    needs(&text, &gathered);
    let verdict = verify(&text, &gathered, jiff::Timestamp::UNIX_EPOCH, &Policy::default());
    assert_ne!(verdict.genuine.is, Genuine::Yes);
});
