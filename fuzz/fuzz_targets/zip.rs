//! Opening whatever is dropped, archives above all: always an answer, and within the limits.
#![no_main]

use cairn_credential::intake::{Limits, open};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { file: 1 << 20, unpacked: 4 << 20, entries: 20, depth: 64 };
    let items = open("f", bytes, limits);
    assert!(!items.is_empty());
});
