//! The setting of a plan: what is open, who can close it and for how much, in one currency; as numbers for the search.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::gap::{Gap, Kin, Lacking, State, matching, same_name};
use crate::level::Degree;
use crate::money::{Money, is_currency_code};
use crate::offer::Offer;
use crate::plan::bits::Bits;
use crate::plan::search::{Action, Instance};
use crate::plan::{Budget, PlanRefusal};
use crate::requirement::{Importance, Kind, Requirement, Wanted};
use crate::standing::Held;

/// Most that one price may be, in minor units: sums of them must fit.
const MOST_MINOR: i64 = 10_000_000_000_000;
/// Most that one requirement may weigh, so that values fit.
const MOST_WEIGHT: u32 = 1_000_000;

/// A requirement that is not proven.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub wanted: Wanted,
    pub importance: Importance,
    pub weight: u32,
    /// Whether there is anything that an assessment could build on.
    pub basis: bool,
}

/// One way to earn one offer; same place as the search's action.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// Index of [`Setting::offers`].
    pub offer: usize,
    pub assess_only: bool,
    /// Indices of [`Setting::open`].
    pub closes: Vec<usize>,
    pub hours: u32,
    pub money: i64,
}

/// Everything a plan is made from.
pub(crate) struct Setting<'a> {
    pub open: Vec<Open>,
    /// Offers that matter (they close something or come before one that does), by id.
    pub offers: Vec<&'a Offer>,
    /// Offers for attendance only that bear on something open and do not matter otherwise.
    pub attendance: Vec<&'a Offer>,
    pub ways: Vec<Way>,
    pub instance: Instance,
    /// For each offer its prerequisites that are not held, in the offer's order, beside the instance's clauses.
    pub lacking: Vec<Vec<&'a str>>,
    pub currency: String,
    /// Money (minor units) and hours; the greatest number for no limit.
    pub limit: [u64; 2],
    pub hours_available: Option<u32>,
}

impl<'a> Setting<'a> {
    pub fn new(
        gap: &Gap,
        offers: &'a [Offer],
        held: &[Held],
        kin: &dyn Kin,
        budget: &Budget,
        start: Option<Date>,
    ) -> Result<Self, PlanRefusal> {
        let hours_available = hours_available(budget, start)?;
        check_money(budget)?;
        let open = open(gap);
        let by_id: BTreeMap<&str, &Offer> = offers.iter().rev().map(|offer| (offer.id.as_str(), offer)).collect();
        let has = Has { held, kin, offers: &by_id };
        let all = offers;
        let offers = relevant(&open, &by_id, &has);
        let attendance = by_id.values().copied().filter(|offer| {
            !offer.assessment.mastery
                && !proves(offer, &open).is_empty()
                && !offers.iter().any(|kept| kept.id == offer.id)
        });
        let attendance = attendance.collect();
        let currency = currency(budget, &offers, all);
        let ways = ways(&open, &offers, budget, &currency, start)?;
        let lacking: Vec<Vec<&str>> = offers.iter().map(|offer| has.lacks(offer).collect()).collect();
        let clauses = lacking.iter().map(|lacking| lacking.iter().map(|what| meeting(what, &offers)).collect());
        let instance = instance(&open, &ways, clauses.collect())?;
        let money = budget.money.as_ref().map_or(u64::MAX, |money| u64::try_from(money.minor).unwrap_or(0));
        let limit = [money, hours_available.map_or(u64::MAX, u64::from)];
        Ok(Setting { open, offers, attendance, ways, instance, lacking, currency, limit, hours_available })
    }

    /// The ways to earn an offer.
    pub fn ways_of(&self, offer: usize) -> impl Iterator<Item = usize> + Clone {
        (0..self.ways.len()).filter(move |&way| self.ways[way].offer == offer)
    }

    /// Minor units of the plan's currency.
    pub fn money(&self, minor: u64) -> Money {
        Money { minor: i64::try_from(minor).unwrap_or(i64::MAX), currency: self.currency.clone() }
    }

    /// Open requirements that an offer proves, whether it is for mastery or not.
    pub fn proves(&self, offer: &Offer) -> Vec<usize> {
        proves(offer, &self.open)
    }
}

/// Whole days times weekly hours, rounded down, and no more than the hours given.
fn hours_available(budget: &Budget, start: Option<Date>) -> Result<Option<u32>, PlanRefusal> {
    if budget.weekly_hours > 168 {
        return Err(PlanRefusal::WeeklyHours { hours: budget.weekly_hours });
    }
    let Some(by) = budget.by else { return Ok(budget.hours) };
    let start = start.ok_or(PlanRefusal::NoStart { by })?;
    if by < start {
        return Err(PlanRefusal::DatePast { by, start });
    }
    let days = (by - start).get_days();
    let hours = i64::from(days) * i64::from(budget.weekly_hours) / 7;
    let hours = u32::try_from(hours).unwrap_or(u32::MAX);
    Ok(Some(budget.hours.map_or(hours, |given| given.min(hours))))
}

fn check_money(budget: &Budget) -> Result<(), PlanRefusal> {
    let codes = budget.money.iter().map(|money| &money.currency);
    let codes = codes.chain(budget.rates.iter().flat_map(|rate| [&rate.from, &rate.to]));
    if let Some(code) = codes.into_iter().find(|code| !is_currency_code(code)) {
        return Err(PlanRefusal::NotACurrency { code: code.clone() });
    }
    if budget.money.as_ref().is_some_and(|money| money.minor < 0) {
        return Err(PlanRefusal::NegativeMoney);
    }
    for rate in &budget.rates {
        let one = Money { minor: 1, currency: rate.from.clone() };
        if rate.convert(&one, &rate.to).is_none() {
            let (from, to, rate) = (rate.from.clone(), rate.to.clone(), rate.rate.clone());
            return Err(PlanRefusal::NotARate { from, to, rate });
        }
    }
    Ok(())
}

/// Every requirement that is not proven.
fn open(gap: &Gap) -> Vec<Open> {
    let open = gap.matches.iter().filter(|found| found.state != State::Proven);
    open.map(|found| Open {
        wanted: found.requirement.wanted.clone(),
        importance: found.requirement.importance,
        weight: found.requirement.weight.clamp(1, MOST_WEIGHT),
        basis: found.state != State::Missing,
    })
    .collect()
}

fn proves(offer: &Offer, open: &[Open]) -> Vec<usize> {
    (0..open.len()).filter(|&i| proves_key(offer, &open[i].wanted.key)).collect()
}

/// By the same key, or a degree by one that is as high.
fn proves_key(offer: &Offer, key: &str) -> bool {
    offer.proves.iter().any(|proof| {
        proof.key == key || Degree::of_key(&proof.key).zip(Degree::of_key(key)).is_some_and(|(has, asks)| has >= asks)
    })
}

/// Offers that close something, and whatever can be needed before them.
fn relevant<'a>(open: &[Open], by_id: &BTreeMap<&str, &'a Offer>, has: &Has<'_, 'a>) -> Vec<&'a Offer> {
    let mut keep: BTreeSet<&str> = BTreeSet::new();
    let mut todo: Vec<&Offer> =
        by_id.values().copied().filter(|offer| offer.assessment.mastery && !proves(offer, open).is_empty()).collect();
    while let Some(offer) = todo.pop() {
        if keep.insert(&offer.id) {
            for what in has.lacks(offer) {
                todo.extend(by_id.values().copied().filter(|other| meets(what, other)));
            }
        }
    }
    keep.into_iter().filter_map(|id| by_id.get(id).copied()).collect()
}

/// Whether earning `offer` meets the prerequisite `what`.
fn meets(what: &str, offer: &Offer) -> bool {
    offer.id == what || proves_key(offer, what)
}

fn meeting(what: &str, offers: &[&Offer]) -> Vec<usize> {
    (0..offers.len()).filter(|&i| meets(what, offers[i])).collect()
}

/// What the learner has, as far as prerequisites go.
struct Has<'h, 'a> {
    held: &'h [Held],
    kin: &'h dyn Kin,
    offers: &'h BTreeMap<&'h str, &'a Offer>,
}

impl<'a> Has<'_, 'a> {
    /// Prerequisites of an offer that are not held.
    fn lacks(&self, offer: &'a Offer) -> impl Iterator<Item = &'a str> {
        offer.prerequisites.iter().map(String::as_str).filter(|what| !self.holds(what))
    }

    fn holds(&self, what: &str) -> bool {
        match self.offers.get(what) {
            None => self.holds_key(what),
            Some(offer) => {
                let certificates = offer.proves.iter().filter(|proof| proof.kind == Kind::Certificate);
                certificates.into_iter().any(|proof| self.holds_key(&proof.key))
                    || self.held.iter().any(|held| same_name(&held.name, &offer.name) && attested(held))
            }
        }
    }

    fn holds_key(&self, key: &str) -> bool {
        let kind = match key.split(':').next() {
            Some("cert") => Kind::Certificate,
            Some("onet") => Kind::Tool,
            Some("licence") => Kind::Licence,
            Some("degree") => Kind::Degree,
            Some("years") => Kind::Years,
            Some("language") => Kind::Language,
            _ => Kind::Skill,
        };
        let requirement = Requirement {
            wanted: Wanted { kind, key: key.to_owned(), label: String::new() },
            importance: Importance::Required,
            weight: 1,
            level: None,
            asked_by: 0,
            mentions: Vec::new(),
            confidence: 1.0,
        };
        self.held.iter().any(|held| {
            matching::credential(held, &requirement, self.kin).is_some_and(|reason| {
                let below = |lack: &Lacking| matches!(lack, Lacking::LevelBelow { .. });
                reason.state <= State::Attested
                    && matching::closeness(&reason.tie) <= 2
                    && !reason.lacking.iter().any(below)
            })
        })
    }
}

/// Genuine, current and not somebody else's.
fn attested(held: &Held) -> bool {
    matching::state(&matching::short_of_proof(held)) <= State::Attested
}

/// The currency to plan in: the budget's, else that which all prices share or have a rate to, else that of most prices.
fn currency(budget: &Budget, offers: &[&Offer], all: &[Offer]) -> String {
    if let Some(money) = &budget.money {
        return money.currency.clone();
    }
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for price in prices(offers).filter(|price| price.minor != 0) {
        *counts.entry(&price.currency).or_default() += 1;
    }
    let mut priced: Vec<&String> = counts.keys().copied().collect();
    priced.sort_by_key(|currency| std::cmp::Reverse(counts[currency]));
    let all_convert =
        |to: &&String| priced.iter().all(|from| from == to || budget.rates.iter().any(|r| joins(r, from, to)));
    let mut candidates = priced.iter().copied().chain(budget.rates.iter().flat_map(|rate| [&rate.to, &rate.from]));
    let shared = candidates.find(all_convert).or_else(|| priced.first().copied());
    // ISO 4217's code for "no currency", when there is nothing at all to pay for.
    shared
        .or_else(|| all.first().map(|offer| &offer.price.value.currency))
        .map_or_else(|| "XXX".to_owned(), String::clone)
}

fn joins(rate: &crate::money::Rate, a: &str, b: &str) -> bool {
    (rate.from == a && rate.to == b) || (rate.from == b && rate.to == a)
}

fn prices<'a>(offers: &[&'a Offer]) -> impl Iterator<Item = &'a Money> {
    offers.iter().flat_map(|offer| {
        [Some(&offer.price.value), offer.challenge.as_ref().map(|challenge| &challenge.price.value)]
            .into_iter()
            .flatten()
    })
}

/// The ways to earn each offer, by offer, assess-only first.
fn ways(
    open: &[Open],
    offers: &[&Offer],
    budget: &Budget,
    currency: &str,
    start: Option<Date>,
) -> Result<Vec<Way>, PlanRefusal> {
    let mut ways = Vec::new();
    for (at, offer) in offers.iter().enumerate() {
        let closes = if offer.assessment.mastery { proves(offer, open) } else { Vec::new() };
        let known = by_assessment_alone(&closes, open);
        let priced = |price: &Money| {
            in_currency(offer, price, budget, currency)
                .unwrap_or_else(|| Err(mixed(offers, budget, price, currency, start)))
        };
        if let Some(challenge) = offer.challenge.as_ref().filter(|_| !known.is_empty()) {
            let money = priced(&challenge.price.value)?;
            ways.push(Way { offer: at, assess_only: true, closes: known, hours: challenge.hours.value, money });
        }
        let money = priced(&offer.price.value)?;
        ways.push(Way { offer: at, assess_only: false, closes, hours: offer.hours.value, money });
    }
    Ok(ways)
}

/// What an offer closes when it is taken by assessment alone: that for which the learner has some basis, and with it the
/// certificate that passing gives. Without any basis, nothing: the short way is for those who can do it already.
fn by_assessment_alone(closes: &[usize], open: &[Open]) -> Vec<usize> {
    if !closes.iter().any(|&i| open[i].basis) {
        return Vec::new();
    }
    closes.iter().copied().filter(|&i| open[i].basis || open[i].wanted.kind == Kind::Certificate).collect()
}

/// A price in minor units of `currency`; `None` without a rate. Nothing is nothing in any currency.
fn in_currency(offer: &Offer, price: &Money, budget: &Budget, currency: &str) -> Option<Result<i64, PlanRefusal>> {
    let refused = || PlanRefusal::Price { offer: offer.id.clone(), minor: price.minor };
    if !(0..=MOST_MINOR).contains(&price.minor) {
        return Some(Err(refused()));
    }
    if price.currency == currency || price.minor == 0 {
        return Some(Ok(price.minor));
    }
    let rate = budget.rates.iter().find(|rate| joins(rate, &price.currency, currency))?;
    let converted = rate.convert(price, currency).map(|money| money.minor).filter(|minor| *minor <= MOST_MINOR);
    Some(converted.ok_or_else(refused))
}

fn mixed(offers: &[&Offer], budget: &Budget, price: &Money, currency: &str, start: Option<Date>) -> PlanRefusal {
    let all: BTreeSet<String> = prices(offers)
        .filter(|price| price.minor != 0)
        .map(|price| price.currency.clone())
        .chain(budget.money.iter().map(|money| money.currency.clone()))
        .collect();
    PlanRefusal::MixedCurrencies {
        currencies: all.into_iter().collect(),
        from: price.currency.clone(),
        to: currency.to_owned(),
        on: start,
    }
}

/// The setting in numbers. Requirements that the very same ways close are one element.
fn instance(open: &[Open], ways: &[Way], clauses: Vec<Vec<Vec<usize>>>) -> Result<Instance, PlanRefusal> {
    let mut closers: Vec<Vec<usize>> = vec![Vec::new(); open.len()];
    for (at, way) in ways.iter().enumerate() {
        for &i in &way.closes {
            closers[i].push(at);
        }
    }
    let preferred = |i: usize| if open[i].importance == Importance::Preferred { open[i].weight.into() } else { 0_u64 };
    let coverable: Vec<usize> = (0..open.len()).filter(|&i| !closers[i].is_empty()).collect();
    // One unit of required weight counts more than all preferred weight together.
    let unit: u64 = 1 + coverable.iter().map(|&i| preferred(i)).sum::<u64>();
    let mut elements: BTreeMap<&[usize], u64> = BTreeMap::new();
    for &i in &coverable {
        let value = match open[i].importance {
            Importance::Required => u64::from(open[i].weight) * unit,
            Importance::Preferred => preferred(i),
        };
        *elements.entry(&closers[i]).or_default() += value;
    }
    if elements.len() > Bits::ROOM {
        return Err(PlanRefusal::TooMany { open: elements.len(), room: Bits::ROOM });
    }
    let mut closes = vec![Bits::default(); ways.len()];
    for (element, closers) in elements.keys().enumerate() {
        closers.iter().for_each(|&way| closes[way].set(element));
    }
    let actions = ways.iter().zip(closes).map(|(way, closes)| Action {
        offer: way.offer,
        closes,
        cost: [u64::try_from(way.money).unwrap_or(0), u64::from(way.hours)],
    });
    Ok(Instance { actions: actions.collect(), values: elements.into_values().collect(), clauses })
}
