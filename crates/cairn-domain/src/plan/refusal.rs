//! Why a plan is refused, in sentences.

use jiff::civil::Date;

/// A budget that cannot be worked with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    /// Prices in several currencies, and no rate between them.
    #[error(
        "The offers are priced in {}, and there is no rate from {from} to {to}. Give one with its date, for example \
         rate = {{ from = \"{from}\", to = \"{to}\", rate = \"0.92\", date = \"{}\" }}, or leave out the offers in {from}.",
        .currencies.join(" and "), .on.map_or_else(|| "2026-01-31".to_owned(), |day| day.to_string())
    )]
    MixedCurrencies {
        /// All currencies of the budget and the offers that matter, sorted.
        currencies: Vec<String>,
        /// The first that cannot be converted.
        from: String,
        /// The currency that is planned in.
        to: String,
        /// Today, where known.
        on: Option<Date>,
    },
    /// The day is past.
    #[error("The plan is to be done by {by}, which is before its start on {start}. Give a later day, or none.")]
    DatePast {
        /// The day given.
        by: Date,
        /// The start.
        start: Date,
    },
    /// A day to be done by, but none to start from.
    #[error(
        "The plan is to be done by {by}, but the day it starts is not known. Give a start day, or leave out the end."
    )]
    NoStart {
        /// The day given.
        by: Date,
    },
    /// More hours than a week has.
    #[error(
        "{hours} hours a week were given; a week has 168. Give the hours a week that are free for learning, such as 8."
    )]
    WeeklyHours {
        /// As given.
        hours: u32,
    },
    /// Not a currency.
    #[error("\"{code}\" is not a currency code. Use three capital letters of ISO 4217, such as USD or EUR.")]
    NotACurrency {
        /// As given.
        code: String,
    },
    /// A budget below nothing.
    #[error("The budget of money is below zero. Give zero or more, in minor units: 40000 USD is $400.00.")]
    NegativeMoney,
    /// A rate that is not a number.
    #[error(
        "The rate from {from} to {to} is \"{rate}\", which is not a positive number. Write it with a point, such as 0.92."
    )]
    NotARate {
        /// From.
        from: String,
        /// To.
        to: String,
        /// As given.
        rate: String,
    },
    /// An offer whose figures cannot be reckoned with.
    #[error("The offer \"{offer}\" has a price that cannot be reckoned with ({minor} minor units). Mend its price.")]
    Price {
        /// Offer id.
        offer: String,
        /// As given.
        minor: i64,
    },
    /// Far too much at once.
    #[error("{open} open requirements are more than can be planned at once ({room}). Use fewer ads, or one role.")]
    TooMany {
        /// Distinct ones.
        open: usize,
        /// How many can be planned.
        room: usize,
    },
}
