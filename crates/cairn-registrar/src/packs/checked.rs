//! Is a pack sound?

pub use cairn_domain::pack::PackProblem;
use cairn_domain::pack::{self, Pack, PackTaxonomy};
use cairn_skills::Taxonomy;

use super::BUILTIN;

/// A file that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPack {
    /// The file's name as given.
    pub name: String,
    /// What is in it, such as `8 roles, 21 offers`; `None` when it could not be read.
    pub summary: Option<String>,
    /// What is wrong with it; empty when it is sound.
    pub problems: Vec<PackProblem>,
}

/// Checks one pack's text beside `others` (what it refers to may stand there).
pub fn check(text: &str, taxonomy: &Taxonomy, others: &[Pack]) -> Vec<PackProblem> {
    pack::parse(text).map_or_else(|problems| problems, |pack| pack::check(&pack, others, &Names(taxonomy)))
}

/// Checks files (name and text) together and beside the built-in packs; one with a built-in pack's id stands for it.
pub fn check_files(files: &[(String, String)]) -> Vec<CheckedPack> {
    let taxonomy = Taxonomy::builtin();
    let read: Vec<_> = files.iter().map(|(name, text)| (name, pack::parse(text))).collect();
    let given = |but: usize| {
        read.iter().enumerate().filter(move |(at, _)| *at != but).filter_map(|(_, (_, p))| p.as_ref().ok())
    };
    let beside: Vec<Pack> = BUILTIN
        .iter()
        .filter_map(|(_, text)| pack::parse(text).ok())
        .filter(|pack| given(usize::MAX).all(|other| other.id != pack.id))
        .collect();
    let check_one = |(at, (name, pack)): (usize, &(&String, Result<Pack, Vec<PackProblem>>))| match pack {
        Err(problems) => CheckedPack { name: (*name).clone(), summary: None, problems: problems.clone() },
        Ok(pack) => {
            let others: Vec<Pack> = beside.iter().chain(given(at)).cloned().collect();
            let problems = pack::check(pack, &others, &Names(&taxonomy));
            CheckedPack { name: (*name).clone(), summary: Some(summary(pack)), problems }
        }
    };
    read.iter().enumerate().map(check_one).collect()
}

/// What the check asks of the taxonomies.
struct Names<'a>(&'a Taxonomy);

impl PackTaxonomy for Names<'_> {
    fn skill_label(&self, uri: &str) -> Option<String> {
        self.0.find(uri).filter(|skill| skill.uri == uri && !uri.starts_with("onet:")).map(|skill| skill.label)
    }

    fn tool(&self, name: &str) -> bool {
        self.0.find(&format!("onet:{name}")).is_some()
    }
}

fn summary(pack: &Pack) -> String {
    let count = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    [
        count(pack.roles.len(), "role"),
        count(pack.certificates.len(), "certificate"),
        count(pack.offers.len(), "offer"),
        count(pack.ads.len(), "ad"),
        count(pack.learners.len(), "sample learner"),
    ]
    .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_packs_are_sound_and_a_broken_one_says_where() {
        let files: Vec<_> = BUILTIN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        for checked in check_files(&files) {
            assert!(checked.summary.is_some());
            assert_eq!(checked.problems, [], "{}", checked.name);
        }
        let bad = check_files(&[("bad.toml".into(), "id = 3".into())]);
        assert!(bad[0].summary.is_none());
        assert!(bad[0].problems[0].place.contains("line 1"), "{:?}", bad[0].problems);
    }
}
