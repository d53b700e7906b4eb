//! The built-in industry packs, and the checking of anybody's.

use std::sync::OnceLock;

use cairn_domain::offer::Offer;
use cairn_domain::pack::{self, Pack, PackCertificate, PackProblem, PackTaxonomy, Role};
use cairn_skills::{Named, Taxonomy, Vocabulary};

/// The packs that come with Cairn, as written.
const BUILTIN: [(&str, &str); 5] = [
    ("technology.toml", include_str!("../../../packs/technology.toml")),
    ("healthcare.toml", include_str!("../../../packs/healthcare.toml")),
    ("finance.toml", include_str!("../../../packs/finance.toml")),
    ("education.toml", include_str!("../../../packs/education.toml")),
    ("manufacturing.toml", include_str!("../../../packs/manufacturing.toml")),
];

/// A set of packs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Packs {
    /// In the order of the industries.
    pub packs: Vec<Pack>,
}

impl Packs {
    /// The packs that come with Cairn. A test keeps them sound, so one that could not be read is left out here.
    pub fn builtin() -> &'static Packs {
        static PACKS: OnceLock<Packs> = OnceLock::new();
        PACKS.get_or_init(|| Packs { packs: BUILTIN.iter().filter_map(|(_, text)| pack::parse(text).ok()).collect() })
    }

    /// Every offer of every pack.
    pub fn offers(&self) -> Vec<Offer> {
        self.packs.iter().flat_map(Pack::to_offers).collect()
    }

    /// A role and its pack.
    pub fn role(&self, id: &str) -> Option<(&Pack, &Role)> {
        self.packs.iter().find_map(|pack| pack.roles.iter().find(|role| role.id == id).map(|role| (pack, role)))
    }

    /// A named certificate, by its id without `cert:`.
    pub fn certificate(&self, id: &str) -> Option<&PackCertificate> {
        self.packs.iter().flat_map(|pack| &pack.certificates).find(|certificate| certificate.id == id)
    }

    /// Names for the reader: certificates, roles, tools.
    pub fn vocabulary(&self) -> Vocabulary {
        let certificates = self.packs.iter().flat_map(|pack| &pack.certificates);
        let roles = self.packs.iter().flat_map(|pack| &pack.roles);
        let tools = self.packs.iter().flat_map(|pack| &pack.tools);
        Vocabulary {
            certificates: certificates.map(|c| named(&c.id, &c.name, &c.also)).collect(),
            licences: Vec::new(),
            roles: roles.map(|r| named(&r.id, &r.title, &r.also)).collect(),
            tools: tools.map(|t| named(&format!("onet:{}", t.name), &t.name, &t.also)).collect(),
        }
    }
}

fn named(id: &str, name: &str, also: &[String]) -> Named {
    Named { id: id.into(), name: name.into(), also: also.to_vec() }
}

/// What checking one pack file found.
#[derive(Debug, Clone, PartialEq)]
pub struct FileChecked {
    /// The file's name.
    pub name: String,
    /// What is wrong with it; empty when it is sound.
    pub problems: Vec<PackProblem>,
    /// How much is in it, when it could be read.
    pub summary: Option<String>,
}

/// Checks pack files (name and text) together and with the built-in packs; a file with the id of a built-in pack
/// takes its place.
pub fn check_files(files: &[(String, String)]) -> Vec<FileChecked> {
    let taxonomy = Names(Taxonomy::builtin());
    let parsed: Vec<Result<Pack, Vec<PackProblem>>> = files.iter().map(|(_, text)| pack::parse(text)).collect();
    let given: Vec<&Pack> = parsed.iter().filter_map(|one| one.as_ref().ok()).collect();
    let mut checked = Vec::with_capacity(files.len());
    for ((name, _), one) in files.iter().zip(&parsed) {
        checked.push(match one {
            Err(problems) => FileChecked { name: name.clone(), problems: problems.clone(), summary: None },
            Ok(pack) => {
                let others: Vec<Pack> = others(pack, &given);
                let problems = pack::check(pack, &others, &taxonomy);
                FileChecked { name: name.clone(), problems, summary: Some(summary(pack)) }
            }
        });
    }
    checked
}

/// The other packs that count when `pack` is checked: those given with it, and the built-in ones they do not replace.
fn others(pack: &Pack, given: &[&Pack]) -> Vec<Pack> {
    let beside = given.iter().copied().filter(|other| !std::ptr::eq(*other, pack)).cloned();
    let builtin = Packs::builtin().packs.iter().filter(|b| given.iter().all(|g| g.id != b.id)).cloned();
    beside.chain(builtin).collect()
}

fn summary(pack: &Pack) -> String {
    format!(
        "{} roles, {} offers, {} named certificates, {} ads, {} learners",
        pack.roles.len(),
        pack.offers.len(),
        pack.certificates.len(),
        pack.ads.len(),
        pack.learners.len()
    )
}

/// The skill table as packs are checked against it.
struct Names(Taxonomy);

impl PackTaxonomy for Names {
    fn skill_label(&self, uri: &str) -> Option<String> {
        self.0.find(uri).map(|skill| skill.label)
    }

    fn tool(&self, name: &str) -> bool {
        self.0.find(&format!("onet:{name}")).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packs_that_come_with_cairn_are_sound() {
        let files: Vec<(String, String)> = BUILTIN.iter().map(|(n, t)| (n.to_string(), t.to_string())).collect();
        let mut wrong = Vec::new();
        for checked in check_files(&files) {
            wrong.extend(checked.problems.iter().map(|p| format!("{}: {}: {}", checked.name, p.place, p.says)));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(Packs::builtin().packs.len(), BUILTIN.len());
        for pack in &Packs::builtin().packs {
            assert!(pack.roles.len() >= 6, "{} has {} roles", pack.id, pack.roles.len());
            assert!(pack.offers.len() >= 15, "{} has {} offers", pack.id, pack.offers.len());
            assert!(pack.ads.len() >= 3 && !pack.learners.is_empty(), "{}", pack.id);
        }
    }

    #[test]
    fn an_unknown_skill_is_named() {
        let text = BUILTIN[0].1.replacen("http://data.europa.eu/esco/skill/", "http://data.europa.eu/esco/skill/0000", 1);
        let checked = check_files(&[("mine.toml".into(), text)]);
        assert!(checked[0].problems.iter().any(|p| p.says.contains("0000")), "{:?}", checked[0].problems);
    }
}
