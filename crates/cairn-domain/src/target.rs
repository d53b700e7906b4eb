//! Target: several ads read together, or a role of a pack, as one list of requirements.

use std::collections::BTreeMap;

use crate::level::{self, Degree};
use crate::pack::Role;
use crate::requirement::{Importance, Kind, Requirement, Target};

impl Target {
    /// Reads several ads as one target; `ads` holds each ad's requirements in the ads' order.
    ///
    /// One requirement for each key. It is required if any ad requires it. Its weight is the sum over the ads that ask
    /// for it with that importance (an ad counts once, however often it says so): what two ads require outweighs what
    /// one requires and two would like. `asked_by` counts every ad that asks. The best confidence and the highest
    /// comparable level win, and all mentions are kept, with `ad` set to the ad's place in `ads`.
    ///
    /// Degrees: an ad that names several levels accepts the lowest ("bachelor's or master's"); among ads the highest
    /// stands, since it meets the others too. Years: the highest number stands. A preferred degree or number of years
    /// stays beside a required one only when it is higher.
    pub fn from_ads(name: impl Into<String>, ads: Vec<Vec<Requirement>>) -> Target {
        let count = u32::try_from(ads.len()).unwrap_or(u32::MAX);
        let mut merged: BTreeMap<String, Merging> = BTreeMap::new();
        let mut ladders = Ladders::default();
        for (ad, requirements) in ads.into_iter().enumerate() {
            for (key, requirement) in one_ad(ad, requirements) {
                match requirement.wanted.kind {
                    Kind::Degree | Kind::Years => ladders.push(requirement),
                    _ => merged.entry(key).or_default().add(requirement),
                }
            }
        }
        let mut requirements: Vec<Requirement> = merged.into_values().filter_map(Merging::done).collect();
        requirements.extend(ladders.done());
        Target { name: name.into(), role: None, ads: count, requirements: sorted(requirements) }
    }

    /// A role of a pack as a target: its weights as they stand, confidence 1, asked for by no ad. Entries without
    /// exactly one key are left out; [`crate::pack::check`] names them.
    pub fn from_role(role: &Role) -> Target {
        let requirements = role.requires.iter().filter_map(|entry| {
            Some(Requirement {
                wanted: entry.wanted.wanted()?,
                importance: entry.importance,
                weight: entry.weight,
                level: None,
                asked_by: 0,
                mentions: Vec::new(),
                confidence: 1.0,
            })
        });
        Target {
            name: role.title.clone(),
            role: Some(role.id.clone()),
            ads: 0,
            requirements: sorted(requirements.collect()),
        }
    }
}

/// Required first, then by weight, then by key.
fn sorted(mut requirements: Vec<Requirement>) -> Vec<Requirement> {
    requirements.sort_by(|a, b| {
        (a.importance, std::cmp::Reverse(a.weight), &a.wanted.key).cmp(&(
            b.importance,
            std::cmp::Reverse(b.weight),
            &b.wanted.key,
        ))
    });
    requirements
}

/// What one ad asks, each key once.
fn one_ad(ad: usize, requirements: Vec<Requirement>) -> BTreeMap<String, Requirement> {
    let mut own: BTreeMap<String, Requirement> = BTreeMap::new();
    for mut requirement in requirements {
        for mention in &mut requirement.mentions {
            mention.ad = ad;
        }
        requirement.asked_by = 1;
        match own.get_mut(&requirement.wanted.key) {
            Some(known) => absorb(known, requirement, |a, b| a.max(b)),
            None => {
                own.insert(requirement.wanted.key.clone(), requirement);
            }
        }
    }
    keep_one_rung(&mut own);
    own
}

/// Keeps one degree (the lowest) and one number of years (the highest) of each importance in one ad.
fn keep_one_rung(own: &mut BTreeMap<String, Requirement>) {
    for importance in [Importance::Required, Importance::Preferred] {
        for kind in [Kind::Degree, Kind::Years] {
            let mut keys: Vec<String> = own
                .values()
                .filter(|r| r.importance == importance && r.wanted.kind == kind)
                .map(|r| r.wanted.key.clone())
                .collect();
            keys.sort_by_key(|key| rung(key));
            if kind == Kind::Years {
                keys.reverse();
            }
            let mut keys = keys.into_iter();
            let Some(kept) = keys.next() else { continue };
            for key in keys {
                if let (Some(other), Some(known)) = (own.remove(&key), own.get_mut(&kept)) {
                    // Its words explain the requirement too; its weight does not add, being the same wish.
                    known.mentions.extend(other.mentions);
                    known.confidence = known.confidence.max(other.confidence);
                }
            }
        }
    }
}

/// Adds `more` to `into`: same key, another mention or another ad.
fn absorb(into: &mut Requirement, more: Requirement, weigh: impl Fn(u32, u32) -> u32) {
    into.weight = match (into.importance, more.importance) {
        (a, b) if a == b => weigh(into.weight, more.weight),
        (Importance::Required, _) => into.weight,
        (Importance::Preferred, _) => more.weight,
    };
    into.importance = into.importance.min(more.importance);
    into.confidence = into.confidence.max(more.confidence);
    into.level = level::higher(into.level.take(), more.level);
    into.mentions.extend(more.mentions);
}

/// One key among all ads.
#[derive(Default)]
struct Merging {
    one: Option<Requirement>,
}

impl Merging {
    fn add(&mut self, requirement: Requirement) {
        match &mut self.one {
            None => self.one = Some(requirement),
            Some(known) => {
                known.asked_by += 1;
                absorb(known, requirement, u32::saturating_add);
            }
        }
    }

    fn done(self) -> Option<Requirement> {
        self.one
    }
}

/// Degrees and years of all ads: things of which more meets less.
#[derive(Default)]
struct Ladders {
    all: Vec<Requirement>,
}

impl Ladders {
    fn push(&mut self, requirement: Requirement) {
        self.all.push(requirement);
    }

    fn done(self) -> Vec<Requirement> {
        let mut kept = Vec::new();
        for kind in [Kind::Degree, Kind::Years] {
            let (required, preferred): (Vec<_>, Vec<_>) = self
                .all
                .iter()
                .filter(|r| r.wanted.kind == kind)
                .cloned()
                .partition(|r| r.importance == Importance::Required);
            let required = highest(required);
            let floor = required.as_ref().map(|r| rung(&r.wanted.key));
            let preferred =
                highest(preferred.into_iter().filter(|r| floor.is_none_or(|f| rung(&r.wanted.key) > f)).collect());
            kept.extend(required);
            kept.extend(preferred);
        }
        kept
    }
}

/// How high a `degree:` or `years:` key stands; unknown ones lowest.
fn rung(key: &str) -> u32 {
    Degree::of_key(key).map(|d| d as u32 + 1).or_else(|| level::years(key)).unwrap_or(0)
}

/// The highest of them (one from each ad), with everybody's weight and mentions.
fn highest(all: Vec<Requirement>) -> Option<Requirement> {
    let top = all.iter().max_by_key(|r| rung(&r.wanted.key))?.wanted.clone();
    let mut merging = Merging::default();
    for requirement in all {
        merging.add(requirement);
    }
    merging.done().map(|one| Requirement { wanted: top, ..one })
}
