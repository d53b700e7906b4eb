//! Any text as a credential or presentation: what it needs, and the verdict.
#![no_main]

use cairn_credential::verdict::Current;
use cairn_credential::{Gathered, Policy, needs, verify};
use libfuzzer_sys::fuzz_target;

// the JSON-LD processor's panics are caught where it is called; only one that gets past that is a finding
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |text: &str| {
    let gathered = Gathered::default();
    needs(text, &gathered);
    let verdict = verify(text, &gathered, jiff::Timestamp::UNIX_EPOCH, &Policy::default());
    assert!(!verdict.summary.is_empty() && !verdict.checks.is_empty());
    // nothing was fetched, so a status list cannot have been asked
    assert!(!matches!(verdict.current.is, Current::Revoked { .. } | Current::Suspended { .. }));
});
