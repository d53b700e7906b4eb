//! Trust lists in both forms: what can be read can be written and read again.
#![no_main]

use cairn_credential::trust::{read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(list) = read(text) {
        assert_eq!(read(&write(&list, None)), Ok(list));
    }
});
