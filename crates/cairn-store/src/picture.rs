//! Pictures, by the hash of their bytes.
