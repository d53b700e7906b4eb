//! Single sign-on of organisations, and who came by it.
