//! Taking a badge out of a PNG; and a PNG that can be read can be baked, and then gives back what was baked.
#![no_main]

use cairn_credential::bake::{Baked, bake_png, unbake_png};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if unbake_png(bytes).is_ok() {
        let baked = bake_png(bytes, "{}").expect("what can be walked can be baked");
        assert_eq!(unbake_png(&baked), Ok(Baked::Credential("{}".into())));
    }
});
