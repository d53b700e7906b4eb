//! Bundles: what can be read is written the same way twice, and never claims to be the checker's.
#![no_main]

use cairn_credential::bundle::{read, write};
use cairn_credential::gathered::BroughtBy;
use cairn_credential::intake::Limits;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(bundle) = read(text, Limits::default()) {
        assert!(bundle.gathered.by_url.values().all(|document| document.by == BroughtBy::Bundle));
        assert_eq!(read(&write(&bundle), Limits::default()), Ok(bundle));
    }
});
