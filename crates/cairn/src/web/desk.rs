//! Desks: what a visitor has laid out, in memory only, under a random token in a cookie.
//!
//! Forgotten after an hour without a visit, and when desks become too many or too heavy the longest unvisited go first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cairn_credential::intake::{Item, What};
use cairn_credential::policy::Address;
use cairn_domain::plan::Budget;
use cairn_registrar::checking::Checked;
use cairn_registrar::shapes::{GapReport, PlanReport};
use jiff::{SignedDuration, Timestamp};

use super::art::Picture;

/// How long a desk outlives its last visit.
pub const IDLE: SignedDuration = SignedDuration::from_mins(60);
/// Most things on one desk.
pub const MOST_ITEMS: usize = 500;
/// Most ads on one desk.
pub const MOST_ADS: usize = 10;
/// Most bytes of one ad.
pub const MOST_AD_BYTES: usize = 200_000;
/// Most bytes on one desk.
pub const MOST_BYTES: usize = 48 << 20;
const MOST_DESKS: usize = 1_000;
const MOST_BYTES_IN_ALL: usize = 256 << 20;

/// What one visitor has laid out.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// Id of the sample learner whose things these are.
    pub learner: Option<String>,
    /// What was dropped, opened.
    pub items: Vec<Item>,
    /// Pictures of baked badges, by item name.
    pub pictures: HashMap<String, Picture>,
    /// Addresses that the visitor gave.
    pub addresses: Vec<Address>,
    /// Own words that came with a sample learner: where from, and the text.
    pub claims: Vec<(String, String)>,
    /// Ads: name and text.
    pub ads: Vec<(String, String)>,
    /// A role aimed at instead of ads.
    pub role: Option<String>,
    /// The budget, and the form's own words for it.
    pub budget: Option<Budget>,
    /// The checked things.
    pub checked: Option<Arc<Checked>>,
    /// How far the requirements are met.
    pub gap: Option<Arc<GapReport>>,
    /// The way.
    pub plan: Option<Arc<PlanReport>>,
    /// Why there is no plan.
    pub plan_refused: Option<String>,
    /// Said once, on the next page: tone and sentence.
    pub notices: Vec<(&'static str, String)>,
    /// Token of the share that this visitor just made.
    pub shared: Option<String>,
}

impl Desk {
    /// About how many bytes it holds.
    pub fn weight(&self) -> usize {
        let items: usize = self
            .items
            .iter()
            .map(|item| match &item.what {
                // A verdict repeats what the text says.
                What::Credential { text, .. } | What::Presentation { text } => text.len() * 3,
                What::Claim { text, .. } => text.len() * 2,
                What::Bundle(bundle) => bundle.credentials.iter().map(|c| c.text.len() * 3).sum::<usize>() + 65_536,
                What::Unread(_) => 512,
            })
            .sum();
        let pictures: usize = self.pictures.values().map(|picture| picture.bytes.len()).sum();
        let ads: usize = self.ads.iter().map(|ad| ad.1.len() * 8).sum();
        4_096 + items + pictures + ads
    }

    /// A name that no item on the desk has yet.
    pub fn free_name(&self, name: &str) -> String {
        let taken = |name: &str| self.items.iter().any(|item| item.name == name);
        if !taken(name) {
            return name.to_owned();
        }
        (2..).map(|n| format!("{name} ({n})")).find(|name| !taken(name)).expect("the numbers do not run out")
    }
}

/// All desks.
#[derive(Debug, Default)]
pub struct Desks {
    desks: Mutex<HashMap<String, Kept>>,
}

#[derive(Debug)]
struct Kept {
    desk: Desk,
    weight: usize,
    last: Timestamp,
}

impl Desks {
    /// The desk under this token, unless it was forgotten. Visiting keeps it.
    pub fn find(&self, token: &str, now: Timestamp) -> Option<Desk> {
        let mut desks = self.lock();
        forget_idle(&mut desks, now);
        let kept = desks.get_mut(token)?;
        kept.last = now;
        let notices = std::mem::take(&mut kept.desk.notices);
        Some(Desk { notices, ..kept.desk.clone() })
    }

    /// Puts a desk under a token.
    pub fn put(&self, token: &str, desk: Desk, now: Timestamp) {
        let mut desks = self.lock();
        forget_idle(&mut desks, now);
        let weight = desk.weight();
        desks.insert(token.to_owned(), Kept { desk, weight, last: now });
        while desks.len() > MOST_DESKS || desks.values().map(|kept| kept.weight).sum::<usize>() > MOST_BYTES_IN_ALL {
            let oldest = desks.iter().filter(|(key, _)| *key != token).min_by_key(|(_, kept)| kept.last);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            desks.remove(&oldest);
        }
    }

    /// Throws a desk away.
    pub fn forget(&self, token: &str) {
        self.lock().remove(token);
    }

    // A panic while holding the lock leaves a map of whole desks behind: nothing in it is half written.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_idle(desks: &mut HashMap<String, Kept>, now: Timestamp) {
    desks.retain(|_, kept| now.duration_since(kept.last) < IDLE);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
    }

    #[test]
    fn a_desk_is_forgotten_after_an_hour_without_a_visit() {
        let desks = Desks::default();
        desks.put("a", Desk::default(), at(0));
        assert!(desks.find("a", at(59)).is_some());
        assert!(desks.find("a", at(118)).is_some(), "the visit at minute 59 kept it");
        assert!(desks.find("a", at(179)).is_none());
    }

    #[test]
    fn too_many_desks_push_out_the_longest_unvisited() {
        let desks = Desks::default();
        for n in 0..=MOST_DESKS {
            desks.put(
                &n.to_string(),
                Desk::default(),
                at(0).checked_add(SignedDuration::from_millis(n as i64)).unwrap(),
            );
        }
        assert!(desks.find("0", at(1)).is_none());
        assert!(desks.find("1", at(1)).is_some());
    }

    #[test]
    fn notices_are_said_once() {
        let desks = Desks::default();
        desks.put("a", Desk { notices: vec![("warn", "Look.".into())], ..Desk::default() }, at(0));
        assert_eq!(desks.find("a", at(1)).unwrap().notices.len(), 1);
        assert!(desks.find("a", at(1)).unwrap().notices.is_empty());
    }
}
