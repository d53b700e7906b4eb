//! From what a pack's file says to what the rules work on.

use crate::offer::Offer;
use crate::pack::{Pack, PackOffer, PackWanted};
use crate::requirement::{Kind, Wanted};

impl PackWanted {
    /// The kinds that are set and the key that each gives. Sound entries have exactly one.
    pub(crate) fn keys(&self) -> Vec<(Kind, String)> {
        let prefixed = |kind, prefix: &str, id: &Option<String>| id.as_ref().map(|id| (kind, format!("{prefix}{id}")));
        [
            prefixed(Kind::Skill, "", &self.skill),
            prefixed(Kind::Tool, "onet:", &self.tool),
            prefixed(Kind::Certificate, "cert:", &self.certificate),
            prefixed(Kind::Licence, "licence:", &self.licence),
            prefixed(Kind::Degree, "degree:", &self.degree),
            prefixed(Kind::Years, "years:", &self.years.map(|years| years.to_string())),
            prefixed(Kind::Language, "language:", &self.language),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// As the rules know it; `None` unless exactly one key is set.
    pub fn wanted(&self) -> Option<Wanted> {
        let keys = self.keys();
        let [(kind, key)] = keys.as_slice() else { return None };
        Some(Wanted { kind: *kind, key: key.clone(), label: self.label.clone() })
    }
}

impl PackOffer {
    /// As the rules know it, of the given industry (a pack's id). What it proves without exactly one key is left out.
    pub fn offer(&self, industry: &str) -> Offer {
        Offer {
            id: self.id.clone(),
            name: self.name.clone(),
            provider: self.provider.clone(),
            kind: self.kind,
            url: self.url.clone(),
            industry: industry.to_owned(),
            proves: self.proves.iter().filter_map(PackWanted::wanted).collect(),
            hours: self.hours.clone(),
            price: self.price.clone(),
            prerequisites: self.prerequisites.clone(),
            assessment: self.assessment.clone(),
            challenge: self.challenge.clone(),
            valid_months: self.valid_months,
        }
    }
}

impl Pack {
    /// Its offers as the rules know them.
    pub fn to_offers(&self) -> Vec<Offer> {
        self.offers.iter().map(|offer| offer.offer(&self.id)).collect()
    }
}
