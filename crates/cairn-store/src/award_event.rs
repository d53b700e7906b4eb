//! What happened on the way to an award.
