//! The site itself: set up once, with its owner.
