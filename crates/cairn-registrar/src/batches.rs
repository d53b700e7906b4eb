//! Batches: many awards from one file, checked first, resumed after a kill, undone in time.
