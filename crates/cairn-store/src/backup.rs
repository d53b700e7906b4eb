//! Copies of the database while it serves.
