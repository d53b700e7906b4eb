//! The office: every act, written once. Holds the store, the keyring, and what lies outside (clock, entropy, HTTP).
#![warn(missing_docs)]

pub mod advisor;
pub mod checking;
pub mod gather;
mod holding;
pub mod outside;
pub mod packs;
pub mod refusal;
pub mod shapes;
pub mod sharing;
