//! Frameworks, their items and associations, and crosswalks between them.
