//! Batches: many awards from one file.
