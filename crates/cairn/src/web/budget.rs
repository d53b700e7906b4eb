//! The budget form: what people type, read with a sentence for what cannot be read.

use cairn_domain::money::{Money, Rate};
use cairn_domain::plan::Budget;
use jiff::civil::Date;
use serde::Deserialize;

use super::pages::BudgetForm;
use super::problem::Problem;
use super::words;

const CURRENCIES: [&str; 12] = ["USD", "EUR", "GBP", "AUD", "BRL", "CAD", "CHF", "INR", "JPY", "PLN", "SEK", "ZAR"];
const WEEKLY: u32 = 8;

/// The form's fields, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BudgetFields {
    hours: String,
    money: String,
    currency: String,
    by: String,
    weekly_hours: String,
    rate_from: String,
    rate: String,
    rate_date: String,
}

impl BudgetFields {
    /// The budget, or a sentence on what cannot be read.
    pub fn read(&self) -> Result<Budget, Problem> {
        let currency = currency(if self.currency.trim().is_empty() { "USD" } else { &self.currency })?;
        let weekly_hours = whole(&self.weekly_hours, "Hours a week", 1, 100)?.unwrap_or(WEEKLY);
        let mut rates = Vec::new();
        if !self.rate.trim().is_empty() {
            let date = date(&self.rate_date, "The rate's day")?
                .ok_or_else(|| Problem::cannot("A rate needs the day for which it holds, such as 2026-11-20."))?;
            rates.push(Rate {
                from: self::currency(&self.rate_from)?,
                to: currency.clone(),
                rate: decimal(&self.rate)?,
                date,
            });
        }
        Ok(Budget {
            hours: whole(&self.hours, "Hours in all", 0, 20_000)?,
            money: amount(&self.money, &currency)?,
            by: date(&self.by, "The last day")?,
            weekly_hours,
            rates,
        })
    }
}

/// The budget of the one-click sample.
pub fn sample() -> Budget {
    Budget {
        hours: Some(160),
        money: Some(Money { minor: 60_000, currency: "USD".into() }),
        by: None,
        weekly_hours: WEEKLY,
        rates: Vec::new(),
    }
}

/// The form as it was filled in.
pub fn form(budget: Option<&Budget>, refused: Option<&str>) -> BudgetForm {
    let rate = budget.and_then(|budget| budget.rates.first());
    let currency = budget.and_then(|b| b.money.as_ref()).map_or("USD".to_owned(), |money| money.currency.clone());
    let mut currencies: Vec<String> = CURRENCIES.iter().map(|c| (*c).to_owned()).collect();
    for other in [Some(&currency), rate.map(|rate| &rate.from)].into_iter().flatten() {
        if !currencies.contains(other) {
            currencies.push(other.clone());
        }
    }
    BudgetForm {
        hours: budget.and_then(|b| b.hours).map(|h| h.to_string()).unwrap_or_default(),
        money: budget.and_then(|b| b.money.as_ref()).map(plain).unwrap_or_default(),
        currency,
        by: budget.and_then(|b| b.by).map(|by| by.to_string()).unwrap_or_default(),
        weekly: budget.map_or(WEEKLY, |b| b.weekly_hours).to_string(),
        currencies,
        rate_from: rate.map_or("USD".into(), |rate| rate.from.clone()),
        rate: rate.map(|rate| rate.rate.clone()).unwrap_or_default(),
        rate_date: rate.map(|rate| rate.date.to_string()).unwrap_or_default(),
        rate_open: rate.is_some() || refused.is_some(),
    }
}

fn plain(money: &Money) -> String {
    let digits = words::minor_digits(&money.currency);
    let unit = 10_i64.pow(digits);
    match money.minor % unit {
        0 => (money.minor / unit).to_string(),
        rest => format!("{}.{rest:0width$}", money.minor / unit, width = digits as usize),
    }
}

/// An amount as people type it: `400`, `1,200.50`, `1 200`. Empty is no limit.
pub fn amount(text: &str, currency: &str) -> Result<Option<Money>, Problem> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !"$€£'".contains(*c)).collect();
    if text.is_empty() {
        return Ok(None);
    }
    let refuse =
        || Problem::cannot(format!("`{}` is no amount of money. Write digits, such as 400 or 1,200.50.", shown(&text)));
    let digits = words::minor_digits(currency);
    let (whole, rest) = match text.rsplit_once(['.', ',']) {
        // Three digits after a separator are a group of thousands, not cents.
        Some((whole, rest)) if rest.len() as u32 <= digits && !rest.is_empty() => (whole.replace([',', '.'], ""), rest),
        _ => (text.replace([',', '.'], ""), ""),
    };
    if whole.len() > 12 || !(whole.clone() + rest).chars().all(|c| c.is_ascii_digit()) || whole.is_empty() {
        return Err(refuse());
    }
    let padded = format!("{whole}{rest:0<width$}", width = digits as usize);
    let minor = padded.parse::<i64>().map_err(|_| refuse())?;
    Ok(Some(Money { minor, currency: currency.to_owned() }))
}

fn whole(text: &str, what: &str, least: u32, most: u32) -> Result<Option<u32>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<u32>() {
        Ok(n) if (least..=most).contains(&n) => Ok(Some(n)),
        _ => Err(Problem::cannot(format!(
            "{what}: `{}` does not do. Write a whole number from {least} to {most}.",
            shown(text)
        ))),
    }
}

fn date(text: &str, what: &str) -> Result<Option<Date>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let refuse = |_| Problem::cannot(format!("{what}: `{}` is no date. Write it as 2027-06-30.", shown(text)));
    text.parse().map(Some).map_err(refuse)
}

fn currency(text: &str) -> Result<String, Problem> {
    let text = text.trim().to_ascii_uppercase();
    if text.len() == 3 && text.chars().all(|c| c.is_ascii_uppercase()) {
        return Ok(text);
    }
    Err(Problem::cannot(format!("`{}` is no currency. Write its three letters, such as EUR.", shown(&text))))
}

fn decimal(text: &str) -> Result<String, Problem> {
    let text = text.trim().replace(',', ".");
    let good = text.len() <= 16 && text.parse::<f64>().is_ok_and(|rate| rate.is_finite() && rate > 0.0);
    if good && text.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Ok(text);
    }
    Err(Problem::cannot(format!("`{}` is no rate. Write a decimal number, such as 0.92.", shown(&text))))
}

fn shown(text: &str) -> String {
    text.escape_debug().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str, currency: &str) -> Option<i64> {
        amount(text, currency).unwrap().map(|money| money.minor)
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        assert_eq!(minor("400", "USD"), Some(40_000));
        assert_eq!(minor("1,200.50", "USD"), Some(120_050));
        assert_eq!(minor("1.200,50", "EUR"), Some(120_050));
        assert_eq!(minor("1,200", "USD"), Some(120_000));
        assert_eq!(minor("€ 400.5", "EUR"), Some(40_050));
        assert_eq!(minor("40000", "JPY"), Some(40_000));
        assert_eq!(minor(" ", "USD"), None);
        for bad in ["-5", "four", "1e9", "9999999999999999", "."] {
            assert!(amount(bad, "USD").is_err(), "{bad}");
        }
    }

    #[test]
    fn a_budget_that_cannot_be_read_says_which_part() {
        let bad = |fields: BudgetFields| fields.read().unwrap_err().says;
        assert!(bad(BudgetFields { hours: "many".into(), ..Default::default() }).starts_with("Hours in all"));
        assert!(bad(BudgetFields { by: "soon".into(), ..Default::default() }).contains("2027-06-30"));
        assert!(bad(BudgetFields { rate: "0.9".into(), ..Default::default() }).contains("day"));
        assert!(bad(BudgetFields { currency: "euros".into(), ..Default::default() }).contains("three letters"));
        let good = BudgetFields { hours: "60".into(), money: "400".into(), ..Default::default() }.read().unwrap();
        assert_eq!((good.hours, good.weekly_hours, good.money.unwrap().minor), (Some(60), 8, 40_000));
    }
}
