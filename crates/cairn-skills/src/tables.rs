//! The crate's own readable tables: everyday names, and labels that mislead.

use std::collections::HashSet;

const ALIASES: &str = include_str!("../data/aliases.tsv");
const STOP: &str = include_str!("../data/stop.tsv");

/// An everyday name and what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alias {
    pub name: &'static str,
    /// `onet:` and a name, or an ESCO preferred label.
    pub target: &'static str,
    /// Counts only as written.
    pub case: bool,
    /// Counts only in technical company.
    pub tech: bool,
}

/// All everyday names.
pub(crate) fn aliases() -> Vec<Alias> {
    let mut found = Vec::new();
    for line in rows(ALIASES) {
        let mut fields = line.split('\t');
        let (Some(names), Some(target)) = (fields.next(), fields.next()) else { continue };
        let flags = fields.next().unwrap_or_default();
        for name in names.split('|') {
            found.push(Alias { name, target, case: flags.contains("case"), tech: flags.contains("tech") });
        }
    }
    found
}

/// Labels that are not read.
pub(crate) fn stop() -> HashSet<&'static str> {
    rows(STOP).collect()
}

fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}
