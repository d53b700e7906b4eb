//! The site itself.
