//! Achievements: drafted, published, superseded, retired.
