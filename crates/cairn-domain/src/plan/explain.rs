//! The plan with its reasons: best, runner-up, what would flip the choice, what was rejected and why. Every reason is
//! the answer to a search of its own, so that it is true and not a guess.

use jiff::civil::Date;

use crate::plan::route::{closed, ids, route};
use crate::plan::search::{self, Answer, Ask, Found};
use crate::plan::setting::Setting;
use crate::plan::{Budget, Comparison, Flip, Plan, Rejected, Route, WhyNot};
use crate::requirement::Wanted;

/// Nodes that one search may look at.
const WORK: u64 = 300_000;
/// Nodes that the searches for the runner-up and for what would flip the choice may look at together.
const MORE_WORK: u64 = 600_000;

/// Makes the plan.
pub(crate) fn explain(setting: &Setting<'_>, budget: &Budget, start: Option<Date>) -> Plan {
    let mut desk = Desk { setting, exact: true, left: MORE_WORK };
    let best = desk.best(&desk.ask()).unwrap_or(Found { actions: Vec::new(), value: 0, cost: [0, 0] });
    let runner_up = desk.runner_up(&best);
    let flips = desk.flips(&best, runner_up.as_ref());
    let rejected = desk.rejected(&best);
    let routed = |found: &Found| route(setting, found, budget.weekly_hours, start);
    let runner_route = runner_up.as_ref().map(routed);
    let best_route = routed(&best);
    let coverable: Vec<usize> = setting.ways.iter().flat_map(|way| way.closes.iter().copied()).collect();
    let uncoverable = (0..setting.open.len()).filter(|i| !coverable.contains(i));
    Plan {
        budget: budget.clone(),
        hours_available: setting.hours_available,
        why_best: runner_route.as_ref().map(|other| compare(&best_route, other)),
        best: best_route,
        runner_up: runner_route,
        flips,
        rejected,
        uncoverable: uncoverable.map(|i| setting.open[i].wanted.clone()).collect(),
        exact: desk.exact,
    }
}

/// The first thing in which two routes differ.
fn compare(best: &Route, other: &Route) -> Comparison {
    if best.required.weight != other.required.weight {
        Comparison::Required { best: best.required.weight, other: other.required.weight }
    } else if best.preferred.weight != other.preferred.weight {
        Comparison::Preferred { best: best.preferred.weight, other: other.preferred.weight }
    } else if best.money != other.money {
        Comparison::Money { best: best.money.clone(), other: other.money.clone() }
    } else if best.hours != other.hours {
        Comparison::Hours { best: best.hours, other: other.hours }
    } else {
        Comparison::Tie
    }
}

/// Whether `a` comes before `b` in the order that decides.
fn beats(a: &Found, b: &Found) -> bool {
    let rank = |f: &Found| (std::cmp::Reverse(f.value), f.cost[0], f.cost[1], f.actions.len());
    (rank(a), &a.actions) < (rank(b), &b.actions)
}

/// Where the searches are asked and their exactness is noted.
struct Desk<'s, 'a> {
    setting: &'s Setting<'a>,
    exact: bool,
    /// What is left of [`MORE_WORK`].
    left: u64,
}

impl Desk<'_, '_> {
    fn ask(&self) -> Ask {
        Ask { limit: self.setting.limit, without: Vec::new(), with: Vec::new(), first: 0, work: WORK }
    }

    fn note(&mut self, answer: Answer) -> Option<Found> {
        self.exact &= answer.exact;
        answer.found
    }

    fn best(&mut self, ask: &Ask) -> Option<Found> {
        let answer = search::best(&self.setting.instance, ask, 0);
        self.note(answer)
    }

    /// For the searches that share what is left.
    fn shared(&self) -> Ask {
        Ask { work: self.left.min(WORK), ..self.ask() }
    }

    fn note_shared(&mut self, answer: Answer) -> Option<Found> {
        self.left = self.left.saturating_sub(answer.work);
        self.note(answer)
    }

    fn cheapest(&mut self, ask: &Ask, value: u64) -> Option<Found> {
        let answer = search::cheapest(&self.setting.instance, ask, value, None);
        self.note(answer)
    }

    /// The best of the routes that do without one offer of the best.
    fn runner_up(&mut self, best: &Found) -> Option<Found> {
        let mut second: Option<Found> = None;
        for &way in &best.actions {
            let ask = Ask { without: vec![self.setting.ways[way].offer], ..self.shared() };
            let floor = second.as_ref().map_or(0, |known| known.value);
            let answer = search::best(&self.setting.instance, &ask, floor);
            if let Some(found) = self.note_shared(answer)
                && second.as_ref().is_none_or(|known| beats(&found, known))
            {
                second = Some(found);
            }
        }
        second
    }

    fn flips(&mut self, best: &Found, runner_up: Option<&Found>) -> Vec<Flip> {
        let mut flips = Vec::new();
        if let Some((more, takes, closes)) = self.more(best, 0) {
            flips.push(Flip::MoreMoney { more: self.setting.money(more), takes, closes });
        }
        if let Some((more, takes, closes)) = self.more(best, 1) {
            let more = u32::try_from(more).unwrap_or(u32::MAX);
            flips.push(Flip::MoreHours { more, takes, closes });
        }
        flips.extend(runner_up.and_then(|other| self.price_change(best, other)));
        flips
    }

    /// The least more of one limit with which more (required first) would be closed, and what that brings.
    fn more(&mut self, best: &Found, which: usize) -> Option<(u64, Vec<String>, Vec<Wanted>)> {
        let limit = self.setting.limit[which];
        if limit == u64::MAX {
            return None;
        }
        let mut ask = Ask { first: which, ..self.shared() };
        ask.limit[which] = u64::MAX;
        let answer = search::cheapest(&self.setting.instance, &ask, best.value + 1, None);
        let least = self.note_shared(answer)?;
        let mut ask = self.shared();
        ask.limit[which] = least.cost[which];
        let answer = search::best(&self.setting.instance, &ask, best.value + 1);
        let then = self.note_shared(answer)?;
        let had = closed(self.setting, best);
        let closes = closed(self.setting, &then).into_iter().filter(|i| !had.contains(i));
        let closes = closes.map(|i| self.setting.open[i].wanted.clone()).collect();
        Some((least.cost[which].checked_sub(limit)?, self.new_in(&then, best), closes))
    }

    /// By how much a runner-up that closes as much would have to be cheaper.
    fn price_change(&self, best: &Found, other: &Found) -> Option<Flip> {
        if best.value != other.value {
            return None;
        }
        let apart = other.cost[0].checked_sub(best.cost[0])?;
        let tied = Found { cost: [best.cost[0], other.cost[1]], ..other.clone() };
        let by = if beats(&tied, best) { apart } else { apart + 1 };
        let own = other.actions.iter().filter(|way| !best.actions.contains(way));
        let price: u64 = own.map(|&way| self.setting.instance.actions[way].cost[0]).sum();
        (by <= price).then(|| Flip::PriceChange { by: self.setting.money(by), takes: ids(self.setting, other) })
    }

    /// Ids of the offers in `then` that are not in `best`.
    fn new_in(&self, then: &Found, best: &Found) -> Vec<String> {
        let had = ids(self.setting, best);
        ids(self.setting, then).into_iter().filter(|id| !had.contains(id)).collect()
    }

    /// Every offer that would close something and was not taken.
    fn rejected(&mut self, best: &Found) -> Vec<Rejected> {
        let covered = closed(self.setting, best);
        let taken: Vec<usize> = best.actions.iter().map(|&way| self.setting.ways[way].offer).collect();
        let mut rejected = Vec::new();
        for at in (0..self.setting.offers.len()).filter(|at| !taken.contains(at)) {
            let offer = self.setting.offers[at];
            let closes = self.setting.proves(offer);
            if closes.is_empty() {
                continue;
            }
            let why = self.why_not(at, &closes, best, &covered);
            rejected.push(self.reject(offer, &closes, why));
        }
        for offer in &self.setting.attendance {
            let closes = self.setting.proves(offer);
            rejected.push(self.reject(offer, &closes, WhyNot::AttendanceOnly));
        }
        rejected.sort_by(|a, b| a.offer.cmp(&b.offer));
        rejected
    }

    fn reject(&self, offer: &crate::offer::Offer, closes: &[usize], why: WhyNot) -> Rejected {
        let closes = closes.iter().map(|&i| self.setting.open[i].wanted.clone()).collect();
        Rejected { offer: offer.id.clone(), name: offer.name.clone(), closes, why }
    }

    fn why_not(&mut self, at: usize, closes: &[usize], best: &Found, covered: &[usize]) -> WhyNot {
        if !self.setting.offers[at].assessment.mastery {
            return WhyNot::AttendanceOnly;
        }
        let ways = self.setting.ways_of(at);
        // What it costs matters for a way that would close something more, if there is one.
        let more = |way: &usize| self.setting.ways[*way].closes.iter().any(|i| !covered.contains(i));
        let with: Vec<usize> = ways.clone().filter(more).collect();
        let with = if with.is_empty() { ways.collect() } else { with };
        let alone = Ask { with: with.clone(), limit: [u64::MAX; 2], ..self.ask() };
        let Some(cheapest) = self.cheapest(&alone, 0) else {
            return WhyNot::PrerequisiteMissing { what: self.missing(at) };
        };
        if closes.iter().all(|i| covered.contains(i)) {
            return WhyNot::ClosedCheaperBy { by: self.closers(best, closes) };
        }
        if cheapest.cost[0] > self.setting.limit[0] {
            return WhyNot::OverMoney { needs: self.setting.money(cheapest.cost[0]) };
        }
        let quickest = Ask { first: 1, limit: [self.setting.limit[0], u64::MAX], ..alone };
        if let Some(found) = self.cheapest(&quickest, 0)
            && found.cost[1] > self.setting.limit[1]
        {
            return WhyNot::OverHours { needs: u32::try_from(found.cost[1]).unwrap_or(u32::MAX) };
        }
        let with = self.best(&Ask { with, without: self.beside(at, best), ..self.ask() });
        let kept = with.map(|found| found.actions).unwrap_or_default();
        let out = best.actions.iter().filter(|way| !kept.contains(way));
        WhyNot::PushesOut { offers: out.map(|&way| self.id(way)).collect() }
    }

    /// Offers that have no part in fitting one into the best: neither the best's, nor it, nor what may come before it.
    fn beside(&self, at: usize, best: &Found) -> Vec<usize> {
        let mut part: Vec<bool> = vec![false; self.setting.offers.len()];
        best.actions.iter().for_each(|&way| part[self.setting.ways[way].offer] = true);
        part[at] = true;
        let mut todo = vec![at];
        while let Some(offer) = todo.pop() {
            for &before in self.setting.instance.clauses[offer].iter().flatten() {
                if !std::mem::replace(&mut part[before], true) {
                    todo.push(before);
                }
            }
        }
        (0..part.len()).filter(|&offer| !part[offer]).collect()
    }

    fn id(&self, way: usize) -> String {
        self.setting.offers[self.setting.ways[way].offer].id.clone()
    }

    /// Steps of a set that close any of these.
    fn closers(&self, found: &Found, closes: &[usize]) -> Vec<String> {
        let closing = |way: &&usize| self.setting.ways[**way].closes.iter().any(|i| closes.contains(i));
        found.actions.iter().filter(closing).map(|&way| self.id(way)).collect()
    }

    /// The prerequisite for want of which an offer cannot be had: the first that nothing meets, going down; in a
    /// circle the prerequisite that closes it.
    fn missing(&self, mut at: usize) -> String {
        let mut seen = vec![at];
        loop {
            let clauses = self.setting.instance.clauses[at].iter().zip(&self.setting.lacking[at]);
            let stuck = clauses.into_iter().find(|(clause, _)| clause.iter().all(|&offer| !self.can_be_had(offer)));
            let Some((clause, what)) = stuck else { return self.setting.offers[at].id.clone() };
            match clause.iter().find(|offer| !seen.contains(offer)) {
                None => return (*what).to_owned(),
                Some(&next) => {
                    seen.push(next);
                    at = next;
                }
            }
        }
    }

    fn can_be_had(&self, offer: usize) -> bool {
        let alone = Ask { with: self.setting.ways_of(offer).collect(), limit: [u64::MAX; 2], ..self.ask() };
        search::cheapest(&self.setting.instance, &alone, 0, None).found.is_some()
    }
}
