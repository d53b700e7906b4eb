//! `cairn plan`: the cheapest way to close the gap.

use std::collections::BTreeMap;
use std::io::Write;

use cairn_domain::money::{Money, Rate};
use cairn_domain::plan::{Budget, Comparison, Flip, Route, WhyNot};
use cairn_domain::requirement::Wanted;
use cairn_registrar::advisor::Advisor;
use cairn_registrar::outside::Outside;
use cairn_registrar::shapes::PlanReport;
use clap::Args;
use jiff::civil::Date;

use super::gap::{Question, report};
use super::{told, words};

/// The cheapest way to close the gap under a budget: assess-only routes first, exact, with the runner-up and reasons.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cairn plan --ad ad.txt --badges badges/ --hours 60 --money 400\n  cairn plan --ad ad.txt --badges badges/ --by 2027-03-01 --weekly-hours 6 --json\n  cairn plan --role esg-analyst --money 900 --currency EUR --rate USD=0.92EUR@2026-11-20"
)]
pub struct PlanArgs {
    #[command(flatten)]
    pub question: Question,
    /// Hours in all
    #[arg(long, allow_negative_numbers = true, value_parser = hours)]
    pub hours: Option<u32>,
    /// Money in all, such as 400 or 399.50
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = minor)]
    pub money: Option<i64>,
    /// Currency of the money
    #[arg(long, value_name = "CODE", default_value = "USD")]
    pub currency: String,
    /// Dated rate for offers in another currency, such as USD=0.92EUR@2026-11-20. May be repeated
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub rate: Vec<Rate>,
    /// Done by this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub by: Option<Date>,
    /// Hours a week that can be given
    #[arg(long, value_name = "HOURS", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=80))]
    pub weekly_hours: u32,
    /// Print the report as JSON (docs/schema/plan.v1.json)
    #[arg(long)]
    pub json: bool,
}

/// Runs it.
pub async fn run(args: PlanArgs) -> anyhow::Result<u8> {
    let advisor = Advisor::builtin();
    let (gap, code) = report(&args.question, &advisor).await?;
    let currency = args.currency.to_ascii_uppercase();
    let budget = Budget {
        hours: args.hours,
        money: args.money.map(|minor| Money { minor, currency: currency.clone() }),
        by: args.by,
        weekly_hours: args.weekly_hours,
        rates: args.rate,
    };
    let now = args.question.checker.at.unwrap_or_else(|| Outside::system().now());
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let report = advisor.plan(gap, budget, Some(today)).map_err(|refusal| match refusal.says.contains("rate") {
        true => anyhow::anyhow!(
            "{}\nHere that is: --rate USD=0.92EUR@2026-11-20, with the true rate and its day.",
            refusal.says
        ),
        false => anyhow::anyhow!(refusal.says),
    })?;
    let mut out = std::io::stdout().lock();
    let printed = match args.json {
        true => words::json(&mut out, &report),
        false => print(&mut out, &report, &Names::of(&advisor)).map_err(Into::into),
    };
    told(printed, code)
}

/// Names of offers by their ids: people are told names.
struct Names(BTreeMap<String, String>);

impl Names {
    fn of(advisor: &Advisor) -> Names {
        Names(advisor.packs().offers().iter().map(|offer| (offer.id.clone(), offer.name.clone())).collect())
    }

    fn list(&self, ids: &[String]) -> String {
        let name = |id: &String| self.0.get(id).unwrap_or(id).clone();
        ids.iter().map(name).collect::<Vec<_>>().join(" and ")
    }
}

fn print(out: &mut impl Write, report: &PlanReport, names: &Names) -> std::io::Result<()> {
    let plan = &report.plan;
    if plan.best.steps.is_empty() {
        writeln!(out, "Nothing to do within this budget that would close any of the gap.")?;
    } else {
        print_route(out, "The plan", &plan.best, names)?;
    }
    if let Some(other) = &plan.runner_up {
        print_route(out, "\nThe runner-up", other, names)?;
    }
    if let Some(why) = &plan.why_best {
        writeln!(out, "  why not: {}", comparison(why))?;
    }
    for flip in &plan.flips {
        writeln!(out, "What would flip it: {}", words::safe(&flip_words(flip, names)))?;
    }
    if !plan.rejected.is_empty() {
        writeln!(out, "\nNot taken:")?;
    }
    for rejected in &plan.rejected {
        writeln!(out, "  {}: {}", words::safe(&rejected.name), words::safe(&why_not(&rejected.why, names)))?;
    }
    if !plan.uncoverable.is_empty() {
        writeln!(out, "\nNo offer known here closes: {}", words::safe(&labels(&plan.uncoverable)))?;
    }
    if let Some(pay) = &report.gap.pay {
        writeln!(out, "\nTypical pay ({}): {} a year", words::safe(&pay.what), words::money(&pay.figure.value))?;
    }
    Ok(())
}

fn print_route(out: &mut impl Write, title: &str, route: &Route, names: &Names) -> std::io::Result<()> {
    let done = route.done_by.map(|day| format!(", done by {day}")).unwrap_or_default();
    writeln!(
        out,
        "{title}: {} hours, {}{done}; closes {} of {} required and {} of {} preferred weight",
        route.hours,
        words::money(&route.money),
        route.required.weight,
        route.required.of,
        route.preferred.weight,
        route.preferred.of
    )?;
    for (number, step) in route.steps.iter().enumerate() {
        let way = if step.assess_only { " (by assessment alone)" } else { "" };
        let name = words::safe(&format!("{}, {}", step.offer.name, step.offer.provider.name));
        writeln!(out, "  {}. {name}{way}: {} h, {}", number + 1, step.hours, words::money(&step.money))?;
        let closes = if step.closes.is_empty() {
            format!("needed for {}", names.list(&step.needed_for))
        } else {
            labels(&step.closes)
        };
        writeln!(out, "     {}", words::safe(&closes))?;
    }
    Ok(())
}

fn labels(wanted: &[Wanted]) -> String {
    wanted.iter().map(|w| w.label.as_str()).collect::<Vec<_>>().join(", ")
}

fn comparison(why: &Comparison) -> String {
    match why {
        Comparison::Required { best, other } => format!("closes {other} of required weight instead of {best}"),
        Comparison::Preferred { best, other } => format!("closes {other} of preferred weight instead of {best}"),
        Comparison::Money { best, other } => format!("costs {} instead of {}", words::money(other), words::money(best)),
        Comparison::Hours { best, other } => format!("takes {other} hours instead of {best}"),
        Comparison::Tie => "equal in all that counts; the order of names decided".into(),
    }
}

fn flip_words(flip: &Flip, names: &Names) -> String {
    let more = |amount: String, takes: &[String], closes: &[Wanted]| match takes.is_empty() {
        // The same offers, taken as whole courses instead of by assessment alone.
        true => format!("{amount} more would pay for the whole course and close {}", labels(closes)),
        false => format!("{amount} more would take in {} and close {}", names.list(takes), labels(closes)),
    };
    match flip {
        Flip::MoreMoney { more: money, takes, closes } => more(words::money(money), takes, closes),
        Flip::MoreHours { more: hours, takes, closes } => more(format!("{hours} hours"), takes, closes),
        Flip::PriceChange { by, takes } => {
            format!("if {} cost {} less, it would win", names.list(takes), words::money(by))
        }
    }
}

fn why_not(why: &WhyNot, names: &Names) -> String {
    match why {
        WhyNot::ClosedCheaperBy { by } => format!("all it closes is closed cheaper by {}", names.list(by)),
        WhyNot::OverMoney { needs } => format!("over the budget: needs {}", words::money(needs)),
        WhyNot::OverHours { needs } => format!("over the time there is: needs {needs} hours"),
        WhyNot::PushesOut { offers } => format!("would push out {}", names.list(offers)),
        WhyNot::PrerequisiteMissing { what } => {
            format!("its prerequisite cannot be had: {}", names.list(std::slice::from_ref(what)))
        }
        WhyNot::AttendanceOnly => "it proves attendance only".into(),
    }
}

fn hours(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("`{text}` is no number of hours; write a whole number such as 60"))
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is no day; write it as 2027-03-01"))
}

/// `399.5` → 39950 minor units.
fn minor(text: &str) -> Result<i64, String> {
    let bad = || format!("`{text}` is no amount; write 400 or 399.50");
    let (whole, cents) = text.split_once('.').unwrap_or((text, ""));
    if cents.len() > 2 || whole.is_empty() || !whole.bytes().chain(cents.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let cents: i64 = format!("{cents:0<2}").parse().map_err(|_| bad())?;
    let whole: i64 = whole.parse().map_err(|_| bad())?;
    whole.checked_mul(100).and_then(|minor| minor.checked_add(cents)).ok_or_else(bad)
}

/// `USD=0.92EUR@2026-11-20`.
fn rate(text: &str) -> Result<Rate, String> {
    let bad = || format!("`{text}` is no dated rate; write USD=0.92EUR@2026-11-20 (one USD was 0.92 EUR that day)");
    let (pair, date) = text.split_once('@').ok_or_else(bad)?;
    let (from, right) = pair.split_once('=').ok_or_else(bad)?;
    let cut = right.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
    let (number, to) = right.split_at(cut);
    let code = |c: &str| c.len() == 3 && c.bytes().all(|b| b.is_ascii_alphabetic());
    if !code(from) || !code(to) || number.parse::<f64>().map_or(true, |n| !n.is_finite() || n <= 0.0) {
        return Err(bad());
    }
    let date = date.parse().map_err(|_| bad())?;
    Ok(Rate { from: from.to_ascii_uppercase(), to: to.to_ascii_uppercase(), rate: number.into(), date })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        assert_eq!(minor("400"), Ok(40_000));
        assert_eq!(minor("399.5"), Ok(39_950));
        for bad in ["", "-4", "4.505", "4e3", "1,000", "99999999999999999999"] {
            assert!(minor(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rates() {
        let rate_ = rate("usd=0.92EUR@2026-11-20").unwrap();
        assert_eq!((rate_.from.as_str(), rate_.to.as_str(), rate_.rate.as_str()), ("USD", "EUR", "0.92"));
        for bad in ["USD=0.92EUR", "USD=EUR@2026-11-20", "USD=-1EUR@2026-11-20", "USD=1EUR@tomorrow"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }
}
