//! Copies of the site, made while it serves, and brought back.
