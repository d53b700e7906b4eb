//! Requests of learners: made, shown to assessors, decided on.
