//! Requests of learners, and their evidence.
