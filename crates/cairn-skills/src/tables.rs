//! The crate's own readable tables: everyday names, and labels that mislead.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::reading::PassageKind;

const ALIASES: &str = include_str!("../data/aliases.tsv");
const SAME: &str = include_str!("../data/same.tsv");
const STOP: &str = include_str!("../data/stop.tsv");
const HEADINGS: &str = include_str!("../data/headings.tsv");
const BOILERPLATE: &str = include_str!("../data/boilerplate.tsv");

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
    /// One word may stand between its two: "analyse delivery data".
    pub gap: bool,
    /// The target is in neither taxonomy: its name is all there is.
    pub unlisted: bool,
}

/// All everyday names.
pub(crate) fn aliases() -> Vec<Alias> {
    let mut found = Vec::new();
    for line in rows(ALIASES) {
        let mut fields = line.split('\t');
        let (Some(names), Some(target)) = (fields.next(), fields.next()) else { continue };
        let flags = fields.next().unwrap_or_default();
        for name in names.split('|') {
            found.push(Alias {
                name,
                target,
                case: flags.contains("case"),
                tech: flags.contains("tech"),
                gap: flags.contains("gap"),
                unlisted: flags.contains("unlisted"),
            });
        }
    }
    found
}

/// Which names mean the same thing: each name, in small letters, with the number of its row.
pub(crate) fn same() -> &'static HashMap<String, usize> {
    static ALL: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
        rows(SAME).enumerate().flat_map(|(n, row)| row.split('|').map(move |name| (name.to_lowercase(), n))).collect()
    });
    &ALL
}

/// What everyday names of tools stand for: `onet:` and a name, or an ESCO preferred label.
pub(crate) fn targets() -> &'static HashMap<String, &'static str> {
    static ALL: LazyLock<HashMap<String, &'static str>> =
        LazyLock::new(|| aliases().into_iter().map(|a| (a.name.to_lowercase(), a.target)).collect());
    &ALL
}

/// Labels that are not read.
pub(crate) fn stop() -> HashSet<&'static str> {
    rows(STOP).collect()
}

/// Phrases of headings and what they announce.
pub(crate) fn headings() -> &'static [(PassageKind, &'static str)] {
    static ALL: LazyLock<Vec<(PassageKind, &'static str)>> = LazyLock::new(|| {
        let kind = |word: &str| match word {
            "boilerplate" => PassageKind::Boilerplate,
            "preferred" => PassageKind::Preferred,
            "required" => PassageKind::Required,
            _ => PassageKind::Duties,
        };
        rows(HEADINGS).filter_map(|row| row.split_once('\t')).map(|(what, phrase)| (kind(what), phrase)).collect()
    });
    &ALL
}

/// Phrases that make a sentence boilerplate wherever it stands.
pub(crate) fn boilerplate() -> &'static [&'static str] {
    static ALL: LazyLock<Vec<&'static str>> = LazyLock::new(|| rows(BOILERPLATE).collect());
    &ALL
}

fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}
