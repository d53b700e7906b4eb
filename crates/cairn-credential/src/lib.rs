//! Signed statements and their proofs: bytes in, verdict out.
//!
//! Pure: no clock, no network, no randomness, no async. The caller brings what must be fetched
//! ([`needs`]), then asks for the [`verify`] verdict.
//!
//! Everything that knows canonical bytes, signatures and JSON-LD lives here and nowhere else:
//!
//! - coming in: [`intake`] opens what people drop ([`bake`]d pictures, archives, [`bundle`]s), [`facts`] is what a
//!   credential says;
//! - judging: [`verify`] under a [`policy`] (with its [`trust`] lists) and with what was [`gathered`] gives a
//!   [`verdict`]; [`proof`], [`keys`], [`status`] are its parts, [`canonical`] the one way from a document to the
//!   bytes that are signed, under a closed set of [`contexts`];
//! - going out: [`sign`].
#![warn(missing_docs)]

pub mod bake;
pub mod bundle;
pub mod canonical;
pub mod contexts;
mod did;
pub mod facts;
pub mod gathered;
pub mod intake;
mod json;
mod jwt;
pub mod keys;
mod one_node;
pub mod policy;
pub mod proof;
pub mod sign;
pub mod status;
pub mod trust;
pub mod verdict;
mod verify;

pub use gathered::{Gathered, Need};
pub use policy::Policy;
pub use verdict::Verdict;
pub use verify::{compare, needs, verify};
