//! The built-in packs, and what is made of them.

use std::sync::LazyLock;

use cairn_domain::offer::Offer;
use cairn_domain::pack::{Pack, PackCertificate, Role};
use cairn_skills::{Named, Vocabulary};

mod checked;

pub use checked::{CheckedPack, PackProblem, check, check_files};

/// Packs that are used together.
#[derive(Debug)]
pub struct Packs {
    /// One for each industry.
    pub packs: Vec<Pack>,
    offers: Vec<Offer>,
}

/// The files, by name.
pub(crate) const BUILTIN: [(&str, &str); 5] = [
    ("packs/technology.toml", include_str!("../../../packs/technology.toml")),
    ("packs/healthcare.toml", include_str!("../../../packs/healthcare.toml")),
    ("packs/finance.toml", include_str!("../../../packs/finance.toml")),
    ("packs/education.toml", include_str!("../../../packs/education.toml")),
    ("packs/manufacturing.toml", include_str!("../../../packs/manufacturing.toml")),
];

impl Packs {
    /// The packs that come with the program; read once.
    pub fn builtin() -> &'static Packs {
        static PACKS: LazyLock<Packs> = LazyLock::new(|| {
            let read = |(name, text): (&str, &str)| {
                toml::from_str(text)
                    .unwrap_or_else(|error| panic!("{name} came with the program and a test reads it: {error}"))
            };
            Packs::new(BUILTIN.into_iter().map(read).collect())
        });
        &PACKS
    }

    /// These packs.
    pub fn new(packs: Vec<Pack>) -> Packs {
        let offers = packs.iter().flat_map(Pack::to_offers).collect();
        Packs { packs, offers }
    }

    /// All offers, in the order of the packs.
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// The offer with this id.
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// The role with this id.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles().find(|role| role.id == id)
    }

    /// All roles, in the order of the packs.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.packs.iter().flat_map(|pack| &pack.roles)
    }

    /// The certificate with this id or `cert:` key.
    pub fn certificate(&self, id: &str) -> Option<&PackCertificate> {
        let id = id.strip_prefix("cert:").unwrap_or(id);
        self.packs.iter().flat_map(|pack| &pack.certificates).find(|certificate| certificate.id == id)
    }

    /// Their names, for the reader of ads.
    pub fn vocabulary(&self) -> Vocabulary {
        let packs = || self.packs.iter();
        Vocabulary {
            certificates: packs()
                .flat_map(|pack| &pack.certificates)
                .map(|one| Named { id: one.id.clone(), name: one.name.clone(), also: one.also.clone() })
                .collect(),
            licences: Vec::new(),
            roles: self
                .roles()
                .map(|role| Named { id: role.id.clone(), name: role.title.clone(), also: role.also.clone() })
                .collect(),
            tools: packs()
                .flat_map(|pack| &pack.tools)
                .map(|tool| Named {
                    id: format!("onet:{}", tool.name),
                    name: tool.name.clone(),
                    also: tool.also.clone(),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_packs_read_and_hold_what_the_front_page_needs() {
        let packs = Packs::builtin();
        assert_eq!(packs.packs.len(), 5);
        for pack in &packs.packs {
            assert!(pack.ads.len() >= 3 && !pack.roles.is_empty(), "{}", pack.id);
        }
        assert!(packs.offers().len() >= 75, "{}", packs.offers().len());
        assert!(packs.packs.iter().flat_map(|pack| &pack.learners).any(|learner| learner.id == "maya"));
    }
}
