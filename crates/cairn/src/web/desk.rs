//! Desks: what a visitor has laid out, in memory only, under a random token in a cookie.
//!
//! Forgotten after an hour without a visit, and when desks become too many or too heavy the longest unvisited go first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cairn_credential::intake::{Item, What};
use cairn_credential::policy::Address;
use cairn_domain::plan::Budget;
use cairn_registrar::checking::{self, Checked};
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
    /// Tokens of the shares that this visitor made.
    pub shared: Vec<String>,
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
                What::Bundle(bundle) => {
                    let texts: usize = bundle.credentials.iter().map(|c| c.text.len() * 3).sum();
                    texts + checking::weight(&bundle.gathered) + 65_536
                }
                What::Unread(_) => 512,
            })
            .sum();
        let checked = self.checked.as_ref().map_or(0, |checked| checked.weight());
        let pictures: usize = self.pictures.values().map(|picture| picture.bytes.len()).sum();
        let ads: usize = self.ads.iter().map(|ad| ad.1.len() * 8).sum();
        4_096 + items + checked + pictures + ads
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
    desk: Arc<Desk>,
    /// Not on the desk itself while it lies here: they are taken once.
    notices: Vec<(&'static str, String)>,
    weight: usize,
    last: Timestamp,
}

impl Desks {
    /// The desk under this token without its notices, unless it was forgotten. Visiting keeps it.
    pub fn find(&self, token: &str, now: Timestamp) -> Option<Arc<Desk>> {
        let mut desks = self.lock();
        forget_idle(&mut desks, now);
        let kept = desks.get_mut(token)?;
        kept.last = now;
        Some(Arc::clone(&kept.desk))
    }

    /// Takes the notices of a desk.
    pub fn take_notices(&self, token: &str) -> Vec<(&'static str, String)> {
        self.lock().get_mut(token).map(|kept| std::mem::take(&mut kept.notices)).unwrap_or_default()
    }

    /// Puts a desk under a token.
    pub fn put(&self, token: &str, mut desk: Desk, now: Timestamp) {
        let weight = desk.weight();
        let notices = std::mem::take(&mut desk.notices);
        let mut desks = self.lock();
        forget_idle(&mut desks, now);
        desks.insert(token.to_owned(), Kept { desk: Arc::new(desk), notices, weight, last: now });
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
        assert!(desks.find("a", at(1)).unwrap().notices.is_empty());
        assert_eq!(desks.take_notices("a").len(), 1, "looking at a badge in between does not use them up");
        assert!(desks.take_notices("a").is_empty());
    }

    #[test]
    fn what_a_bundle_brings_along_has_weight() {
        let document = cairn_credential::gathered::Fetched {
            got: cairn_credential::gathered::Got::Text("x".repeat(1_000_000)),
            at: at(0),
            by: cairn_credential::gathered::BroughtBy::Bundle,
        };
        let mut gathered = cairn_credential::Gathered::default();
        gathered.by_url.insert("https://a.example/".into(), document);
        let bundle = cairn_credential::bundle::Bundle::new(at(0), None, Vec::new(), gathered);
        let item = Item { name: "b".into(), what: What::Bundle(Box::new(bundle)) };
        assert!(Desk { items: vec![item], ..Desk::default() }.weight() > 1_000_000);
    }
}
