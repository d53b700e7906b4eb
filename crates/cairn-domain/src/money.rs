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

impl Rate {
    /// `money` in the other currency of this rate, rounded up to a whole minor unit; `None` when the rate does not
    /// know its currency, is not a positive decimal number, or the amount does not fit. The rate serves both ways.
    pub fn convert(&self, money: &Money, to: &str) -> Option<Money> {
        let (digits, scale) = decimal(&self.rate)?;
        let forth = money.currency == self.from && to == self.to;
        let back = money.currency == self.to && to == self.from;
        if !forth && !back {
            return None;
        }
        let (mut up, mut down) = if forth { (digits, scale) } else { (scale, digits) };
        up = up.checked_mul(10_i128.pow(minor_digits(to)))?;
        down = down.checked_mul(10_i128.pow(minor_digits(&money.currency)))?;
        let exact = i128::from(money.minor).checked_mul(up)?;
        let rounded = exact.div_euclid(down) + i128::from(exact.rem_euclid(down) != 0);
        Some(Money { minor: i64::try_from(rounded).ok()?, currency: to.to_owned() })
    }
}

/// Whether `code` looks like an ISO 4217 code: three capital letters.
pub fn is_currency_code(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())
}

/// Digits behind the point of a currency's amounts (ISO 4217, column "minor unit").
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// A positive decimal number as digits over a power of ten; at most twelve places on each side.
fn decimal(text: &str) -> Option<(i128, i128)> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let sound = |s: &str| s.len() <= 12 && s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !sound(whole) || !sound(part) {
        return None;
    }
    let scale = 10_i128.pow(u32::try_from(part.len()).ok()?);
    let digits: i128 = format!("{whole}{part}").parse().ok()?;
    (digits > 0).then_some((digits, scale))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn check(minor: i64, from: &str, rate: &str, to: &str) -> Option<i64> {
        let rate = Rate { from: "EUR".into(), to: "USD".into(), rate: rate.into(), date: date(2026, 11, 1) };
        rate.convert(&Money { minor, currency: from.into() }, to).map(|money| money.minor)
    }

    #[test]
    fn a_rate_serves_both_ways_and_rounds_up() {
        assert_eq!(check(10_000, "EUR", "1.08", "USD"), Some(10_800));
        assert_eq!(check(10_800, "USD", "1.08", "EUR"), Some(10_000));
        assert_eq!(check(1, "USD", "1.08", "EUR"), Some(1));
        assert_eq!(check(10_000, "GBP", "1.08", "USD"), None);
        for broken in ["", "0", "-1", "1,08", "1e3", "9999999999999"] {
            assert_eq!(check(10_000, "EUR", broken, "USD"), None, "{broken}");
        }
    }

    #[test]
    fn currencies_without_cents() {
        let rate = Rate { from: "EUR".into(), to: "JPY".into(), rate: "160".into(), date: date(2026, 11, 1) };
        let yen = rate.convert(&Money { minor: 1_000, currency: "EUR".into() }, "JPY");
        assert_eq!(yen, Some(Money { minor: 1_600, currency: "JPY".into() }));
    }
}
