//! Rosters: files of many awards (CSV, JSON Lines), read row by row with a verdict on each.
