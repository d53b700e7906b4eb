//! Words to skills: a taxonomy index, a reader of job ads, a ranker. Pure: text in, skills with spans,
//! confidence and reasons out.
#![warn(missing_docs)]

mod company;
mod employer;
mod forms;
mod index;
mod language;
mod licences;
mod near;
mod passages;
mod patterns;
mod rank;
mod reader;
mod reading;
mod spoken;
mod spot;
mod tables;
mod taxonomy;
mod title;
mod tone;
mod vocabulary;
mod words;

pub use rank::Ranked;
pub use reader::Reader;
pub use reading::*;
pub use taxonomy::{Kinship, Skill, Taxonomy};
pub use vocabulary::{Named, Vocabulary};
