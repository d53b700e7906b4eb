//! Status lists, their entries and revocation lists from any JSON; the bits from any text.
#![no_main]

use cairn_credential::status::{Bits, entries, read_list, read_revocations};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(bits) = Bits::decode(text) {
        assert_eq!(Bits::decode(&bits.encode()), Ok(bits));
    }
    if let Ok(value) = serde_json::from_str(text) {
        let _ = (entries(&value), read_list(&value), read_revocations(&value));
    }
});
