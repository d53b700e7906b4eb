//! The office: every act, written once. Holds the store, the keyring, and what lies outside (clock, entropy, HTTP).
#![warn(missing_docs)]

pub mod shapes;
