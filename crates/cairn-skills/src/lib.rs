//! cairn-skills
