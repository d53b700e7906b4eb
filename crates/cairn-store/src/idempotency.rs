//! Answers to requests that may come again.
