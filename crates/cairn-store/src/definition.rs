//! Achievements: drafts, and the versions published of them.
