//! The rules of learning as functions on values: standing, gap, plan, packs. Pure: no clock, no network, no
//! database, no signatures.
#![warn(missing_docs)]

pub mod access;
pub mod address;
pub mod award;
pub mod definition;
pub mod framework;
pub mod gap;
pub mod level;
pub mod mastery;
pub mod money;
pub mod offer;
pub mod pack;
pub mod plan;
pub mod requirement;
pub mod roster;
pub mod standing;
mod target;
