//! Is a pack sound?

use cairn_domain::pack::Pack;
use cairn_skills::Taxonomy;

use super::BUILTIN;

/// What is wrong with a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackProblem {
    /// Where: a line, or a table and its id such as `offer comptia-security-plus-exam`.
    pub place: String,
    /// What is wrong and what to do, in a sentence.
    pub says: String,
}

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
pub fn check(text: &str, name: &str, taxonomy: &Taxonomy, others: &[Pack]) -> Vec<PackProblem> {
    match read(text, name) {
        Ok(pack) => problems(&pack, taxonomy, others),
        Err(problem) => vec![problem],
    }
}

/// Checks files (name and text) together and beside the built-in packs; one with a built-in pack's id stands for it.
pub fn check_files(files: &[(String, String)]) -> Vec<CheckedPack> {
    let taxonomy = Taxonomy::builtin();
    let read: Vec<_> = files.iter().map(|(name, text)| (name, read(text, name))).collect();
    let given: Vec<Pack> = read.iter().filter_map(|(_, pack)| pack.as_ref().ok().cloned()).collect();
    let builtin = BUILTIN.iter().filter_map(|(_, text)| toml::from_str::<Pack>(text).ok());
    let beside: Vec<Pack> = builtin.filter(|pack| given.iter().all(|other| other.id != pack.id)).collect();
    let check_one = |(at, (name, pack)): (usize, &(&String, Result<Pack, PackProblem>))| match pack {
        Err(problem) => CheckedPack { name: (*name).clone(), summary: None, problems: vec![problem.clone()] },
        Ok(pack) => {
            let before = read[..at].iter().chain(&read[at + 1..]);
            let mut others = beside.clone();
            others.extend(before.filter_map(|(_, other)| other.as_ref().ok().cloned()));
            let problems = problems(pack, &taxonomy, &others);
            CheckedPack { name: (*name).clone(), summary: Some(summary(pack)), problems }
        }
    };
    read.iter().enumerate().map(check_one).collect()
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

fn read(text: &str, name: &str) -> Result<Pack, PackProblem> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let place = line.map_or_else(|| name.to_owned(), |line| format!("line {line}"));
        PackProblem { place, says: format!("{}. docs/packs.md describes the form.", error.message()) }
    })
}

fn problems(pack: &Pack, taxonomy: &Taxonomy, _others: &[Pack]) -> Vec<PackProblem> {
    let wanted =
        pack.offers.iter().flat_map(|offer| offer.proves.iter().map(move |w| (format!("offer {}", offer.id), w)));
    wanted
        .filter_map(|(place, wanted)| {
            let uri = wanted.skill.as_ref()?;
            match taxonomy.find(uri) {
                None => Some(PackProblem { place, says: format!("The taxonomy has no skill {uri}.") }),
                Some(skill) if skill.label != wanted.label => {
                    let says = format!("The skill {uri} is called “{}”, not “{}”.", skill.label, wanted.label);
                    Some(PackProblem { place, says })
                }
                Some(_) => None,
            }
        })
        .collect()
}
