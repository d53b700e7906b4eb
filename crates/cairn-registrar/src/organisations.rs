//! Organisations: set up, changed, shown.
