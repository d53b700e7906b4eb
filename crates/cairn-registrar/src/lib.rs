//! The office: every act, written once. Holds the store, the keyring, and what lies outside (clock, entropy, HTTP).
#![warn(missing_docs)]

pub mod advisor;
pub mod artwork;
pub mod checking;
mod copies;
pub mod demo;
pub mod gather;
mod holding;
pub mod issuing;
pub mod keyring;
mod office;
pub mod outside;
pub mod packs;
pub mod refusal;
pub mod shapes;
pub mod sharing;

pub use office::{Office, Published};
