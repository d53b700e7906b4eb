//! Money and figures: minor units and a currency, and the basis on which a figure is believed.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount in minor units of a currency, such as 39500 `USD` for $395.00.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// Minor units (cents).
    pub minor: i64,
    /// ISO 4217 code, upper case.
    pub currency: String,
}

/// A figure and its basis; pages show which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figure<T> {
    /// The figure.
    pub value: T,
    /// Where it comes from.
    pub basis: Basis,
}

/// Where a figure comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Published somewhere.
    Source {
        /// Who published it, in a few words.
        name: String,
        /// Address of the page or data set.
        address: String,
        /// The date it was published or read.
        date: Date,
    },
    /// Our own estimate.
    Estimate {
        /// How it was estimated, in a few words.
        how: String,
    },
}

/// A dated rate between two currencies: one unit of `from` is `rate` units of `to`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// ISO 4217 code.
    pub from: String,
    /// ISO 4217 code.
    pub to: String,
    /// Units of `to` for one unit of `from`, as a decimal string such as `0.92`.
    pub rate: String,
    /// The day for which it holds.
    pub date: Date,
}
