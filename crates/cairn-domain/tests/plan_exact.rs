//! The plan is exact: equal to trying every set of offers, on random small instances.

mod common;

use std::cmp::Reverse;

use cairn_domain::gap::{Gap, NoKin, State};
use cairn_domain::offer::Offer;
use cairn_domain::plan::{Budget, Flip, Plan, Route, WhyNot, plan};
use cairn_domain::requirement::{Importance, Kind};
use common::*;
use proptest::prelude::*;

/// Required and preferred weight, money, hours, steps, and which ways, in the order that decides.
type Rank = (Reverse<u32>, Reverse<u32>, i64, u32, usize, Vec<(String, bool)>);

/// One set of offers, each by assessment alone or in full.
#[derive(Clone)]
struct Tried {
    rank: Rank,
    offers: Vec<String>,
}

impl Tried {
    fn covers(&self) -> (u32, u32) {
        (self.rank.0.0, self.rank.1.0)
    }
    fn within(&self, budget: &Budget) -> bool {
        budget.money.as_ref().is_none_or(|m| self.rank.2 <= m.minor) && budget.hours.is_none_or(|h| self.rank.3 <= h)
    }
}

/// Every set of offers that can be done in some order, whatever it costs.
fn every_set(gap: &Gap, offers: &[Offer]) -> Vec<Tried> {
    let mut all = vec![Vec::<(&Offer, bool)>::new()];
    for offer in offers {
        let mut more = Vec::new();
        for set in &all {
            let mut full = set.clone();
            full.push((offer, false));
            more.push(full);
            if offer.challenge.is_some() && !closes(gap, offer, true).is_empty() {
                let mut short = set.clone();
                short.push((offer, true));
                more.push(short);
            }
        }
        all.extend(more);
    }
    all.into_iter().filter(|set| doable(set)).map(|set| tried(gap, &set)).collect()
}

fn closes(gap: &Gap, offer: &Offer, assess_only: bool) -> Vec<usize> {
    let all: Vec<usize> = (0..gap.matches.len())
        .filter(|&i| {
            let found = &gap.matches[i];
            offer.assessment.mastery
                && found.state != State::Proven
                && offer.proves.iter().any(|proof| proof.key == found.requirement.wanted.key)
        })
        .collect();
    let basis = |i: &usize| gap.matches[*i].state != State::Missing;
    let certificate = |i: &usize| gap.matches[*i].requirement.wanted.kind == Kind::Certificate;
    match assess_only {
        false => all,
        true if !all.iter().any(basis) => Vec::new(),
        true => all.into_iter().filter(|i| basis(i) || certificate(i)).collect(),
    }
}

fn doable(set: &[(&Offer, bool)]) -> bool {
    let mut done: Vec<&Offer> = Vec::new();
    let mut left: Vec<&Offer> = set.iter().map(|(offer, _)| *offer).collect();
    loop {
        let before = left.len();
        left.retain(|offer| {
            let ready = offer.prerequisites.iter().all(|what| {
                done.iter().any(|other| other.id == *what || other.proves.iter().any(|proof| proof.key == *what))
            });
            if ready {
                done.push(offer);
            }
            !ready
        });
        if left.is_empty() || left.len() == before {
            return left.is_empty();
        }
    }
}

fn tried(gap: &Gap, set: &[(&Offer, bool)]) -> Tried {
    let mut covered: Vec<usize> = set.iter().flat_map(|(offer, short)| closes(gap, offer, *short)).collect();
    covered.sort_unstable();
    covered.dedup();
    let weight = |importance| {
        let of = covered.iter().map(|&i| &gap.matches[i].requirement).filter(|r| r.importance == importance);
        of.map(|r| r.weight).sum::<u32>()
    };
    let (mut money, mut hours) = (0, 0);
    for (offer, short) in set {
        let way = offer.challenge.as_ref().filter(|_| *short);
        money += way.map_or(offer.price.value.minor, |c| c.price.value.minor);
        hours += way.map_or(offer.hours.value, |c| c.hours.value);
    }
    let mut ids: Vec<(String, bool)> = set.iter().map(|(offer, short)| (offer.id.clone(), !short)).collect();
    ids.sort();
    let mut offers: Vec<String> = set.iter().map(|(offer, _)| offer.id.clone()).collect();
    offers.sort();
    let covers = (Reverse(weight(Importance::Required)), Reverse(weight(Importance::Preferred)));
    Tried { rank: (covers.0, covers.1, money, hours, set.len(), ids), offers }
}

fn rank_of(route: &Route) -> Rank {
    let mut ids: Vec<(String, bool)> =
        route.steps.iter().map(|step| (step.offer.id.clone(), !step.assess_only)).collect();
    ids.sort();
    let covers = (Reverse(route.required.weight), Reverse(route.preferred.weight));
    (covers.0, covers.1, route.money.minor, route.hours, route.steps.len(), ids)
}

fn planned(gap: &Gap, offers: &[Offer], budget: &Budget) -> Plan {
    plan(gap, offers, &[], &NoKin, budget, None).expect("these budgets can be worked with")
}

const SKILLS: [&str; 7] = ["s0", "s1", "s2", "s3", "s4", "cert:s5", "cert:s6"];

fn gaps() -> impl Strategy<Value = Gap> {
    let states =
        prop::sample::select(vec![State::Missing, State::Missing, State::Claimed, State::Attested, State::Proven]);
    let one = (any::<bool>(), 1_u32..6, states);
    prop::collection::vec(one, 1..=SKILLS.len()).prop_map(|parts| {
        let parts = parts.into_iter().enumerate().map(|(i, (required, weight, state))| {
            let importance = if required { Importance::Required } else { Importance::Preferred };
            (requirement(skill(SKILLS[i]), importance, weight), state)
        });
        gap_of(parts.collect())
    })
}

/// Few different prices and hours, so that ties are common.
fn offers() -> impl Strategy<Value = Vec<Offer>> {
    let challenge_of = prop::option::weighted(0.3, (0_i64..4, 0_u32..4));
    let one = (
        prop::collection::btree_set(prop::sample::select(SKILLS.to_vec()), 0..4),
        0_i64..8,
        0_u32..8,
        prop::collection::vec(0_usize..14, 0..=2),
        prop::bool::weighted(0.5),
        challenge_of,
        prop::bool::weighted(0.9),
    );
    prop::collection::vec(one, 0..=9).prop_map(|made| {
        let mut challenges = 0;
        let offers =
            made.into_iter().enumerate().map(|(i, (proves, price, hours, before, free, challenged, mastery))| {
                let proves: Vec<&str> = proves.into_iter().collect();
                let mut one = offer(&format!("o{}", (i * 7) % 10), &proves, price * 100, hours);
                if !free {
                    // Offers, keys, and now and then something that nobody offers; circles come about too.
                    let before =
                        before.into_iter().map(|n| if n < 10 { format!("o{n}") } else { format!("s{}", n - 10) });
                    one.prerequisites = before.collect();
                }
                if let (Some((price, hours)), true) = (challenged, challenges < 4) {
                    challenges += 1;
                    one = challenge(one, price * 100, hours);
                }
                if mastery { one } else { attendance(one) }
            });
        offers.collect()
    })
}

fn budgets() -> impl Strategy<Value = Budget> {
    (prop::option::weighted(0.7, 0_i64..25), prop::option::weighted(0.7, 0_u32..25))
        .prop_map(|(money, hours)| budget(money.map(|m| m * 100), hours))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn equals_trying_everything(gap in gaps(), offers in offers(), budget in budgets()) {
        let all = every_set(&gap, &offers);
        let plan = planned(&gap, &offers, &budget);
        prop_assert!(plan.exact);
        let best = all.iter().filter(|t| t.within(&budget)).min_by_key(|t| &t.rank).expect("the empty set");
        prop_assert_eq!(rank_of(&plan.best), best.rank.clone());

        let different = |t: &&Tried| best.offers.iter().any(|id| !t.offers.contains(id));
        let second = all.iter().filter(|t| t.within(&budget)).filter(different).min_by_key(|t| &t.rank);
        prop_assert_eq!(plan.runner_up.as_ref().map(rank_of), second.map(|t| t.rank.clone()));

        let better = |t: &&Tried| t.covers() > best.covers();
        let more_money = budget.money.as_ref().and_then(|limit| {
            let fits = all.iter().filter(better).filter(|t| budget.hours.is_none_or(|h| t.rank.3 <= h));
            fits.map(|t| t.rank.2 - limit.minor).min()
        });
        let more_hours = budget.hours.and_then(|limit| {
            let fits = all.iter().filter(better).filter(|t| budget.money.as_ref().is_none_or(|m| t.rank.2 <= m.minor));
            fits.map(|t| t.rank.3 - limit).min()
        });
        let said_money = plan.flips.iter().find_map(|f| match f { Flip::MoreMoney { more, .. } => Some(more.minor), _ => None });
        let said_hours = plan.flips.iter().find_map(|f| match f { Flip::MoreHours { more, .. } => Some(*more), _ => None });
        prop_assert_eq!(said_money, more_money);
        prop_assert_eq!(said_hours, more_hours);
    }

    #[test]
    fn steps_are_in_order_and_add_up(gap in gaps(), offers in offers(), budget in budgets()) {
        let plan = planned(&gap, &offers, &budget);
        for route in [Some(&plan.best), plan.runner_up.as_ref()].into_iter().flatten() {
            prop_assert_eq!(route.steps.iter().map(|s| s.money.minor).sum::<i64>(), route.money.minor);
            prop_assert_eq!(route.steps.iter().map(|s| s.hours).sum::<u32>(), route.hours);
            for (at, step) in route.steps.iter().enumerate() {
                for what in &step.offer.prerequisites {
                    let met = route.steps[..at].iter().any(|earlier| {
                        earlier.offer.id == *what || earlier.offer.proves.iter().any(|proof| proof.key == *what)
                    });
                    prop_assert!(met, "{} before {}", what, step.offer.id);
                }
                prop_assert!(!step.closes.is_empty() || !step.needed_for.is_empty(), "{} is idle", step.offer.id);
            }
        }
    }

    #[test]
    fn what_would_flip_it_does(gap in gaps(), offers in offers(), limits in budgets()) {
        let first = planned(&gap, &offers, &limits);
        let covers = |plan: &Plan| (plan.best.required.weight, plan.best.preferred.weight);
        for flip in &first.flips {
            let (enough, short, takes) = match flip {
                Flip::MoreMoney { more, takes, .. } => {
                    let money = limits.money.as_ref().expect("only with a limit").minor + more.minor;
                    (Budget { money: Some(usd(money)), ..limits.clone() }, Budget { money: Some(usd(money - 1)), ..limits.clone() }, takes)
                }
                Flip::MoreHours { more, takes, .. } => {
                    let hours = limits.hours.expect("only with a limit") + more;
                    (Budget { hours: Some(hours), ..limits.clone() }, Budget { hours: Some(hours - 1), ..limits.clone() }, takes)
                }
                Flip::PriceChange { .. } => continue,
            };
            let then = planned(&gap, &offers, &enough);
            prop_assert!(covers(&then) > covers(&first));
            prop_assert_eq!(covers(&planned(&gap, &offers, &short)), covers(&first));
            prop_assert!(takes.iter().all(|id| then.best.steps.iter().any(|step| step.offer.id == *id)));
        }
    }

    #[test]
    fn every_rejection_is_true(gap in gaps(), offers in offers(), budget in budgets()) {
        let all = every_set(&gap, &offers);
        let plan = planned(&gap, &offers, &budget);
        let best_covers = (plan.best.required.weight, plan.best.preferred.weight);
        let taken: Vec<&str> = plan.best.steps.iter().map(|s| s.offer.id.as_str()).collect();
        for rejected in &plan.rejected {
            prop_assert!(!taken.contains(&rejected.offer.as_str()));
            let it = offers.iter().find(|offer| offer.id == rejected.offer).expect("one of them");
            let closed: Vec<_> = plan.best.steps.iter().flat_map(|s| &s.closes).collect();
            // Sets with it, in a way that closes something more where there is one.
            let more = |short: bool| {
                closes(&gap, it, short).iter().any(|&i| !closed.contains(&&gap.matches[i].requirement.wanted))
            };
            let any_more = more(true) || more(false);
            let with: Vec<&Tried> = all
                .iter()
                .filter(|t| {
                    t.rank.5.iter().any(|(id, full)| *id == it.id && (!any_more || more(!full)))
                })
                .collect();
            match &rejected.why {
                WhyNot::AttendanceOnly => {
                    prop_assert!(offers.iter().any(|o| o.id == rejected.offer && !o.assessment.mastery));
                }
                WhyNot::PrerequisiteMissing { .. } => prop_assert!(with.is_empty()),
                WhyNot::OverMoney { needs } => {
                    prop_assert_eq!(with.iter().map(|t| t.rank.2).min(), Some(needs.minor));
                    prop_assert!(needs.minor > budget.money.as_ref().expect("a limit").minor);
                }
                WhyNot::OverHours { needs } => {
                    let affordable = with.iter().filter(|t| budget.money.as_ref().is_none_or(|m| t.rank.2 <= m.minor));
                    prop_assert_eq!(affordable.map(|t| t.rank.3).min(), Some(*needs));
                    prop_assert!(*needs > budget.hours.expect("a limit"));
                }
                WhyNot::ClosedCheaperBy { by } => {
                    prop_assert!(!by.is_empty() && by.iter().all(|id| taken.contains(&id.as_str())));
                    prop_assert!(rejected.closes.iter().all(|wanted| closed.contains(&wanted)));
                }
                WhyNot::PushesOut { offers } => {
                    prop_assert!(!offers.is_empty() && offers.iter().all(|id| taken.contains(&id.as_str())));
                    let most = with.iter().filter(|t| t.within(&budget)).map(|t| t.covers()).max();
                    prop_assert!(most.expect("it fits alone") <= best_covers);
                }
            }
        }
        for offer in &offers {
            let bears = gap.matches.iter().any(|found| {
                found.state != State::Proven && offer.proves.iter().any(|p| p.key == found.requirement.wanted.key)
            });
            let told = taken.contains(&offer.id.as_str()) || plan.rejected.iter().any(|r| r.offer == offer.id);
            prop_assert!(told || !bears, "{} is neither taken nor rejected", offer.id);
        }
    }
}
