//! The office: every act, written once. Holds the store, the keyring, and what lies outside (clock, entropy, HTTP).
#![warn(missing_docs)]

pub mod access;
pub mod account;
pub mod achievements;
pub mod advisor;
pub mod answers;
pub mod artwork;
pub mod audit;
pub mod awards;
pub mod backup;
pub mod batches;
pub mod certificate;
pub mod checking;
pub mod claims;
mod copies;
pub mod demo;
pub mod evidence;
pub mod frameworks;
pub mod gather;
mod holding;
pub mod issuing;
pub mod keyring;
pub mod keys;
pub mod log;
mod office;
pub mod organisations;
pub mod outputs;
pub mod outside;
pub mod packs;
pub mod passkeys;
pub mod people;
pub mod pictures;
pub mod post;
pub mod refusal;
pub mod requests;
pub mod sealing;
pub mod shapes;
pub mod sharing;
pub mod single_sign_on;
pub mod site;
pub mod staff;
pub mod tokens;
pub mod wallet;

pub use office::{Office, Published, Settings};
