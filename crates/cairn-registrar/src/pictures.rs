//! Pictures: composed or uploaded, kept by the hash of their bytes.
