//! The faces of Cairn: command line ([`cli`]), pages and JSON API ([`web`]).
#![warn(missing_docs)]

pub mod cli;
pub mod config;
pub mod web;
