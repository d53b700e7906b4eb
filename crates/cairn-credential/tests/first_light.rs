//! A badge that was signed here verifies here; the same with one word changed does not.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod common;

use cairn_credential::verdict::{Current, Genuine};
use common::*;

#[test]
fn signed_badges_verify_in_all_three_forms() {
    for text in [signed(&badge()), signed_jcs(&badge()), signed_jwt(&badge())] {
        let verdict = check(&text);
        assert_eq!(verdict.genuine.is, Genuine::Yes, "{:#?}", verdict.checks);
        assert_eq!(verdict.current.is, Current::Yes, "{:#?}", verdict.checks);
        println!("{}", verdict.summary);
    }
}

#[test]
fn a_changed_word_is_found() {
    for text in [signed(&badge()), signed_jcs(&badge())] {
        let verdict = check(&text.replace("Teamwork", "Leadership"));
        assert!(matches!(verdict.genuine.is, Genuine::No { .. }), "{:#?}", verdict.checks);
    }
}
