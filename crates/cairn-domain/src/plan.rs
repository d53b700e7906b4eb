//! Plan: the cheapest way to close a gap under a budget, exactly, with reasons. `docs/schema/plan.v1.json`.
//! Explanations are data; faces put them in words.
//!
//! What is open is every requirement that is not proven, attested ones too: what is attested lacks something of proof.
//! An offer closes what it proves by the same key (a higher degree also a lower one), unless it is for attendance only.
//! By assessment alone it closes only what the learner has some basis for: attested, stale or claimed. Levels are not
//! compared, since offers state none.
//!
//! The best route is the first by: most required weight, most preferred weight, least money, fewest hours, fewest steps,
//! ids in order. The runner-up is the first by the same order among the routes that do without at least one offer of the
//! best.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::gap::{Gap, Kin};
use crate::money::{Money, Rate};
use crate::offer::Offer;
use crate::requirement::Wanted;
use crate::standing::Held;

mod bits;
mod bound;
mod explain;
mod refusal;
mod route;
mod search;
mod setting;

pub use refusal::PlanRefusal;

/// Plans how to close `gap` with `offers` under `budget`.
///
/// `held` (with `kin`, as for the gap) meets prerequisites: a credential that is at least attested for the key, or for
/// the certificate that the offer proves, or that bears the offer's very name. `start` is the day from which `by` is
/// counted; hours a week times the weeks between are what the date leaves.
///
/// # Errors
/// A [`PlanRefusal`] when the budget cannot be worked with; its text says what is wrong and what to do.
pub fn plan(
    gap: &Gap,
    offers: &[Offer],
    held: &[Held],
    kin: &dyn Kin,
    budget: &Budget,
    start: Option<Date>,
) -> Result<Plan, PlanRefusal> {
    let setting = setting::Setting::new(gap, offers, held, kin, budget, start)?;
    Ok(explain::explain(&setting, budget, start))
}

/// What may be spent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// Hours in all; `None` for no limit.
    pub hours: Option<u32>,
    /// Money in all; `None` for no limit.
    pub money: Option<Money>,
    /// Finished by this day; with `weekly_hours` it limits the hours.
    pub by: Option<Date>,
    /// Hours a week that can be given; 8 unless said.
    pub weekly_hours: u32,
    /// Dated rates for offers in other currencies. Without one such a budget is refused.
    pub rates: Vec<Rate>,
}

/// A way to close a gap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// The budget it keeps to, with the hours that the date leaves.
    pub budget: Budget,
    /// Hours that may be used once the date is taken into account.
    pub hours_available: Option<u32>,
    /// The best set, in the order to do it: assess-only routes first, prerequisites before what needs them.
    pub best: Route,
    /// The next best set that is really different, if there is one.
    pub runner_up: Option<Route>,
    /// Why the best beats the runner-up.
    pub why_best: Option<Comparison>,
    /// The smallest changes that would make another route win.
    pub flips: Vec<Flip>,
    /// Offers that close something of the gap and were not taken, and why.
    pub rejected: Vec<Rejected>,
    /// Requirements that no offer covers at all.
    pub uncoverable: Vec<Wanted>,
    /// Whether everything was searched to the end, so that the best is the best; false only when a very large choice
    /// used up the work allowed, and then the best is the best found.
    pub exact: bool,
}

/// One set of offers, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Route {
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// Hours in all.
    pub hours: u32,
    /// Money in all, in the budget's currency (or the offers' single one).
    pub money: Money,
    /// Weight of required requirements it closes, of all that are open.
    pub required: Covered,
    /// Weight of preferred requirements it closes, of all that are open.
    pub preferred: Covered,
    /// Last day, at the weekly hours, when a start day is known.
    pub done_by: Option<Date>,
}

/// How much is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Covered {
    /// Weight closed.
    pub weight: u32,
    /// Weight open before.
    pub of: u32,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// What is earned.
    pub offer: Offer,
    /// Whether by assessment alone.
    pub assess_only: bool,
    /// Hours it takes this way.
    pub hours: u32,
    /// Money it costs this way, in the plan's currency.
    pub money: Money,
    /// Open requirements it closes that no earlier step does.
    pub closes: Vec<Wanted>,
    /// Steps (by offer id) that need it first; for those taken only as a prerequisite `closes` is empty.
    pub needed_for: Vec<String>,
}

/// Why one route beats another: the first of these that differs decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "decided", rename_all = "kebab-case")]
pub enum Comparison {
    /// More required weight is covered.
    Required {
        /// Weight of the best.
        best: u32,
        /// Weight of the other.
        other: u32,
    },
    /// More preferred weight is covered.
    Preferred {
        /// Weight of the best.
        best: u32,
        /// Weight of the other.
        other: u32,
    },
    /// It costs less money.
    Money {
        /// The best's.
        best: Money,
        /// The other's.
        other: Money,
    },
    /// It takes fewer hours.
    Hours {
        /// The best's.
        best: u32,
        /// The other's.
        other: u32,
    },
    /// Fewer steps, then the order of ids: a tie otherwise.
    Tie,
}

/// What would flip the choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "if", rename_all = "kebab-case")]
pub enum Flip {
    /// With this much more money, the route below would win.
    MoreMoney {
        /// How much more.
        more: Money,
        /// Offer ids that would come in.
        takes: Vec<String>,
        /// What it would close besides.
        closes: Vec<Wanted>,
    },
    /// With this many more hours, the route below would win.
    MoreHours {
        /// How many more.
        more: u32,
        /// Offer ids that would come in.
        takes: Vec<String>,
        /// What it would close besides.
        closes: Vec<Wanted>,
    },
    /// If the runner-up cost this much less (or the best this much more), it would win.
    PriceChange {
        /// By how much.
        by: Money,
        /// The runner-up's offer ids.
        takes: Vec<String>,
    },
}

/// An offer that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rejected {
    /// Offer id.
    pub offer: String,
    /// Its name.
    pub name: String,
    /// What it would have closed.
    pub closes: Vec<Wanted>,
    /// Why not.
    pub why: WhyNot,
}

/// Why an offer was not taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum WhyNot {
    /// All it closes is closed by these, in the route that is best (and so cheapest) as a whole.
    ClosedCheaperBy {
        /// Offer ids.
        by: Vec<String>,
    },
    /// It alone, with its prerequisites, is over the budget of money.
    OverMoney {
        /// What it needs.
        needs: Money,
    },
    /// It alone, with its prerequisites and within the money, is over the budget of hours.
    OverHours {
        /// What it needs.
        needs: u32,
    },
    /// To fit it into the best route, these would have to go (the least that can), and no more would be closed.
    PushesOut {
        /// Offer ids it would push out.
        offers: Vec<String>,
    },
    /// A prerequisite cannot be had.
    PrerequisiteMissing {
        /// Its key or id.
        what: String,
    },
    /// It proves attendance only.
    AttendanceOnly,
}
