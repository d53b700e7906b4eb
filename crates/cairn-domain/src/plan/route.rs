//! A found set as a route: steps in order, what each closes, sums and dates.

use jiff::Span;
use jiff::civil::Date;

use crate::plan::search::Found;
use crate::plan::setting::Setting;
use crate::plan::{Covered, Route, Step};
use crate::requirement::Importance;

/// Open requirements (by index) that a set closes, ascending.
pub(crate) fn closed(setting: &Setting<'_>, found: &Found) -> Vec<usize> {
    let mut all: Vec<usize> = found.actions.iter().flat_map(|&way| setting.ways[way].closes.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Ids of the offers of a set.
pub(crate) fn ids(setting: &Setting<'_>, found: &Found) -> Vec<String> {
    found.actions.iter().map(|&way| setting.offers[setting.ways[way].offer].id.clone()).collect()
}

/// The route of a set.
pub(crate) fn route(setting: &Setting<'_>, found: &Found, weekly_hours: u32, start: Option<Date>) -> Route {
    let order = in_order(setting, found);
    let mut done = vec![false; setting.open.len()];
    let mut steps: Vec<Step> = Vec::with_capacity(order.len());
    for (at, &way) in order.iter().enumerate() {
        let way = &setting.ways[way];
        let fresh: Vec<usize> = way.closes.iter().copied().filter(|&i| !done[i]).collect();
        fresh.iter().for_each(|&i| done[i] = true);
        steps.push(Step {
            offer: setting.offers[way.offer].clone(),
            assess_only: way.assess_only,
            hours: way.hours,
            money: setting.money(u64::try_from(way.money).unwrap_or(0)),
            closes: fresh.into_iter().map(|i| setting.open[i].wanted.clone()).collect(),
            needed_for: needed_for(setting, &order, at),
        });
    }
    let hours = u32::try_from(found.cost[1]).unwrap_or(u32::MAX);
    let covered = |importance| {
        let of = (0..setting.open.len()).filter(|&i| setting.open[i].importance == importance);
        let weigh = |all: &[usize]| all.iter().fold(0_u32, |sum, &i| sum.saturating_add(setting.open[i].weight));
        let all: Vec<usize> = of.collect();
        let closed: Vec<usize> = all.iter().copied().filter(|&i| done[i]).collect();
        Covered { weight: weigh(&closed), of: weigh(&all) }
    };
    Route {
        steps,
        hours,
        money: setting.money(found.cost[0]),
        required: covered(Importance::Required),
        preferred: covered(Importance::Preferred),
        done_by: start.and_then(|start| done_by(start, hours, weekly_hours)),
    }
}

/// The day on which so many hours are used up, at so many a week spread evenly; `None` without hours to give.
fn done_by(start: Date, hours: u32, weekly_hours: u32) -> Option<Date> {
    if hours == 0 {
        return Some(start);
    }
    if weekly_hours == 0 {
        return None;
    }
    let days = (u64::from(hours) * 7).div_ceil(u64::from(weekly_hours));
    start.checked_add(Span::new().try_days(i64::try_from(days).ok()?).ok()?).ok()
}

/// Ways in the order to do them: of those whose prerequisites are done, assess-only first, then the most required
/// weight for the hours, then preferred weight for the hours, then ids.
fn in_order(setting: &Setting<'_>, found: &Found) -> Vec<usize> {
    let mut left = found.actions.clone();
    let mut order = Vec::with_capacity(left.len());
    let mut earned = vec![false; setting.offers.len()];
    let mut done = vec![false; setting.open.len()];
    while !left.is_empty() {
        let ready = |&&way: &&usize| {
            let clauses = &setting.instance.clauses[setting.ways[way].offer];
            clauses.iter().all(|clause| clause.iter().any(|&offer| earned[offer]))
        };
        let next = left.iter().filter(ready).min_by(|&&a, &&b| {
            let (x, y) = (&setting.ways[a], &setting.ways[b]);
            let gains = [Importance::Required, Importance::Preferred].map(|importance| {
                let gain = |closes: &[usize]| {
                    let fresh = closes.iter().filter(|&&i| !done[i] && setting.open[i].importance == importance);
                    fresh.map(|&i| u64::from(setting.open[i].weight)).sum::<u64>()
                };
                // x first when gain(x) / hours(x) is greater; crosswise, so that no hours are no trouble.
                (gain(&y.closes) * u64::from(x.hours)).cmp(&(gain(&x.closes) * u64::from(y.hours)))
            });
            (!x.assess_only).cmp(&!y.assess_only).then(gains[0]).then(gains[1]).then(a.cmp(&b))
        });
        let Some(&next) = next else { break };
        let way = &setting.ways[next];
        earned[way.offer] = true;
        way.closes.iter().for_each(|&i| done[i] = true);
        left.retain(|&way| way != next);
        order.push(next);
    }
    order
}

/// Later steps with a prerequisite that this one is the first to meet.
fn needed_for(setting: &Setting<'_>, order: &[usize], at: usize) -> Vec<String> {
    let offer = |way: usize| setting.ways[way].offer;
    let first_to_meet = |clause: &Vec<usize>| order.iter().position(|&way| clause.contains(&offer(way)));
    order[at + 1..]
        .iter()
        .filter(|&&later| setting.instance.clauses[offer(later)].iter().any(|clause| first_to_meet(clause) == Some(at)))
        .map(|&later| setting.offers[offer(later)].id.clone())
        .collect()
}
