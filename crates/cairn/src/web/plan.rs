//! A plan, laid out. Its explanations are data; here they become sentences.

use cairn_domain::plan::{Comparison, Covered, Flip, Plan, Rejected, Route, Step, WhyNot};
use cairn_domain::requirement::Wanted;
use cairn_registrar::packs::Packs;
use cairn_registrar::shapes::PlanReport;

use super::gap::{self, PayView};
use super::words::{self, BasisView};

/// A plan, laid out.
#[derive(Debug, Clone)]
pub struct PlanView {
    /// The budget it keeps to.
    pub told: String,
    /// What to say when it has no steps.
    pub nothing: &'static str,
    /// What to do, in order.
    pub steps: Vec<StepView>,
    /// The best route in short.
    pub best: RouteView,
    /// The runner-up in short.
    pub runner_up: Option<RouteView>,
    /// Why the best wins.
    pub why_best: Option<String>,
    /// What would flip the choice.
    pub flips: Vec<String>,
    /// What was not taken, and why.
    pub rejected: Vec<RejectedView>,
    /// Summary over it.
    pub rejected_told: String,
    /// Labels that no offer covers.
    pub uncoverable: Vec<String>,
    /// Pay of the role.
    pub pay: Option<PayView>,
    /// What to say of the search, when it was not carried to the end.
    pub searched: Option<&'static str>,
}

/// One thing to do.
#[derive(Debug, Clone)]
pub struct StepView {
    /// Offer id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Provider.
    pub provider: String,
    /// Kind.
    pub kind: &'static str,
    /// How it is assessed.
    pub assessed: String,
    /// Whether by assessment alone.
    pub assess_only: bool,
    /// Hours.
    pub hours: String,
    /// Their basis.
    pub hours_basis: BasisView,
    /// Money.
    pub money: String,
    /// Its basis.
    pub money_basis: BasisView,
    /// Why it is here.
    pub why: String,
    /// Labels of what it closes.
    pub closes: Vec<String>,
}

/// A route in short.
#[derive(Debug, Clone)]
pub struct RouteView {
    /// Names in order.
    pub steps: Vec<String>,
    /// Hours.
    pub hours: String,
    /// Money.
    pub money: String,
    /// Last day.
    pub done_by: Option<String>,
    /// Required weight closed.
    pub required: String,
    /// In percent of its own.
    pub required_percent: u32,
    /// Preferred weight closed.
    pub preferred: String,
    /// In percent of its own.
    pub preferred_percent: u32,
}

/// An offer that was not taken.
#[derive(Debug, Clone)]
pub struct RejectedView {
    /// Offer id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Why not.
    pub why: String,
    /// What it would have closed.
    pub closes: String,
}

/// Lays out a plan.
pub fn view(report: &PlanReport, packs: &Packs) -> PlanView {
    let names = Names::new(packs, &report.plan);
    let plan = &report.plan;
    PlanView {
        told: told(plan),
        nothing: if plan.best.required.of + plan.best.preferred.of == 0 {
            "Nothing is open: there is nothing to earn for this job."
        } else {
            "Nothing here can be earned within this budget. Give it more hours, money or time and look again; below stands what would change the choice."
        },
        steps: plan.best.steps.iter().map(|step| step_view(step, &names)).collect(),
        best: route(&plan.best),
        runner_up: plan.runner_up.as_ref().map(route),
        why_best: plan.why_best.as_ref().map(comparison),
        flips: plan.flips.iter().map(|f| flip(f, plan, &names)).collect(),
        rejected: plan.rejected.iter().map(|r| rejected(r, &names)).collect(),
        rejected_told: format!("{} not taken, and why", words::count(plan.rejected.len(), "offer")),
        uncoverable: labels(&plan.uncoverable),
        pay: report.gap.pay.as_ref().map(gap::pay),
        searched: (!plan.exact).then_some(
            "There are very many ways to close this. The search used up the work it may do, so this is the best that \
             was found and perhaps not the best there is. A smaller budget or fewer ads make it exact.",
        ),
    }
}

/// Names of offers by id.
struct Names(std::collections::BTreeMap<String, String>);

impl Names {
    fn new(packs: &Packs, plan: &Plan) -> Names {
        let mut names: std::collections::BTreeMap<String, String> =
            packs.offers().iter().map(|offer| (offer.id.clone(), offer.name.clone())).collect();
        for step in &plan.best.steps {
            names.insert(step.offer.id.clone(), step.offer.name.clone());
        }
        Names(names)
    }

    fn of(&self, id: &str) -> String {
        self.0.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    fn all(&self, ids: &[String]) -> String {
        words::listed(&ids.iter().map(|id| self.of(id)).collect::<Vec<_>>())
    }
}

fn labels(wanted: &[Wanted]) -> Vec<String> {
    wanted.iter().map(|wanted| wanted.label.clone()).collect()
}

fn told(plan: &Plan) -> String {
    let budget = &plan.budget;
    let mut limits = Vec::new();
    if let Some(hours) = budget.hours {
        limits.push(words::hours(hours));
    }
    if let Some(money) = &budget.money {
        limits.push(words::money(money));
    }
    if let Some(by) = budget.by {
        limits.push(format!("until {}", words::date(by)));
    }
    let limits = if limits.is_empty() { "No limits".to_owned() } else { format!("Within {}", words::listed(&limits)) };
    let left = match plan.hours_available {
        Some(hours) if budget.by.is_some() && Some(hours) != budget.hours => {
            format!(" The date leaves {}.", words::hours(hours))
        }
        _ => String::new(),
    };
    format!("{limits}, at {} a week.{left}", words::hours(budget.weekly_hours))
}

fn step_view(step: &Step, names: &Names) -> StepView {
    let offer = &step.offer;
    let challenge = offer.challenge.as_ref().filter(|_| step.assess_only);
    StepView {
        id: offer.id.clone(),
        name: offer.name.clone(),
        provider: offer.provider.name.clone(),
        kind: words::offer_kind(offer.kind).1,
        assessed: words::assessed(&offer.assessment),
        assess_only: step.assess_only,
        hours: words::hours(step.hours),
        hours_basis: words::basis(challenge.map_or(&offer.hours.basis, |challenge| &challenge.hours.basis)),
        money: words::money(&step.money),
        money_basis: words::basis(challenge.map_or(&offer.price.basis, |challenge| &challenge.price.basis)),
        why: why(step, names),
        closes: labels(&step.closes),
    }
}

fn why(step: &Step, names: &Names) -> String {
    let needed = (!step.needed_for.is_empty()).then(|| names.all(&step.needed_for));
    match (step.closes.is_empty(), needed) {
        (true, Some(needed)) => format!("Needed before {needed}."),
        (true, None) => "It closes nothing by itself.".into(),
        (false, needed) => {
            let what = words::count(step.closes.len(), "open requirement");
            let first = if step.assess_only {
                format!("You say that you can do this already: the assessment alone would prove it, and close {what}.")
            } else {
                format!("It closes {what} that no earlier step does.")
            };
            match needed {
                Some(needed) => format!("{first} It is also needed before {needed}."),
                None => first,
            }
        }
    }
}

fn route(route: &Route) -> RouteView {
    RouteView {
        steps: route.steps.iter().map(|step| step.offer.name.clone()).collect(),
        hours: words::hours(route.hours),
        money: words::money(&route.money),
        done_by: route.done_by.map(words::date),
        required: covered(route.required),
        required_percent: percent(route.required),
        preferred: covered(route.preferred),
        preferred_percent: percent(route.preferred),
    }
}

fn covered(covered: Covered) -> String {
    match covered.of {
        0 => "nothing is open".into(),
        of => format!("{} of {of} points of weight closed", covered.weight),
    }
}

fn percent(covered: Covered) -> u32 {
    (covered.weight * 100).checked_div(covered.of).unwrap_or(100)
}

fn comparison(comparison: &Comparison) -> String {
    match comparison {
        Comparison::Required { best, other } => {
            format!("it closes more of what is required, {best} points of weight against {other}.")
        }
        Comparison::Preferred { best, other } => {
            format!(
                "both close the same of what is required; it closes more of what is preferred, {best} against {other}."
            )
        }
        Comparison::Money { best, other } => {
            format!("both close the same; it costs {} against {}.", words::money(best), words::money(other))
        }
        Comparison::Hours { best, other } => {
            format!(
                "both close the same for the same money; it takes {} against {}.",
                words::hours(*best),
                words::hours(*other)
            )
        }
        Comparison::Tie => "nothing tells them apart but the number of steps and then the alphabet.".into(),
    }
}

fn flip(flip: &Flip, plan: &Plan, names: &Names) -> String {
    let closing = |closes: &[Wanted]| match closes {
        [] => String::new(),
        some => format!(" That would also close {}.", words::listed(&labels(some))),
    };
    match flip {
        Flip::MoreMoney { more, takes, closes } => {
            format!("With {} more, {} would come in.{}", words::money(more), names.all(takes), closing(closes))
        }
        Flip::MoreHours { more, takes, closes } => {
            format!("With {} more, {} would come in.{}", words::hours(*more), names.all(takes), closing(closes))
        }
        Flip::PriceChange { by, takes } => {
            // What both routes take cannot tip the balance.
            let own: Vec<String> =
                takes.iter().filter(|id| plan.best.steps.iter().all(|step| step.offer.id != **id)).cloned().collect();
            let names = names.all(if own.is_empty() { takes } else { &own });
            format!("If {names} cost {} less, the runner-up would win.", words::money(by))
        }
    }
}

fn rejected(rejected: &Rejected, names: &Names) -> RejectedView {
    let why = match &rejected.why {
        WhyNot::ClosedCheaperBy { by } => format!("All that it closes is closed cheaper by {}.", names.all(by)),
        WhyNot::OverMoney { needs } => format!("With what must come before it, it needs {}.", words::money(needs)),
        WhyNot::OverHours { needs } => format!("With what must come before it, it needs {}.", words::hours(*needs)),
        WhyNot::PushesOut { offers } => format!("It would push out {}, which closes more.", names.all(offers)),
        WhyNot::PrerequisiteMissing { what } => format!("It needs {} first, which cannot be had.", names.of(what)),
        WhyNot::AttendanceOnly => "It proves attendance only.".into(),
    };
    RejectedView {
        id: rejected.offer.clone(),
        name: rejected.name.clone(),
        why,
        closes: words::listed(&labels(&rejected.closes)),
    }
}
