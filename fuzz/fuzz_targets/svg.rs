//! Taking a badge out of an SVG; and an SVG that can be read can be baked, and then gives back what was baked.
#![no_main]

use cairn_credential::bake::{Baked, bake_svg, unbake_svg};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if unbake_svg(text).is_ok() {
        let baked = bake_svg(text, "{\"a\":\"]]>\"}").expect("what can be read can be baked");
        assert_eq!(unbake_svg(&baked), Ok(Baked::Credential("{\"a\":\"]]>\"}".into())), "{baked}");
    }
});
