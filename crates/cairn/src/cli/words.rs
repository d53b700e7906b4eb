//! Answers in words for the terminal.

use std::io::Write;

use cairn_credential::verdict::{Altered, Current, Entitled, Genuine, Known, NestedRole, Verdict, Whose};
use cairn_domain::gap::State;
use cairn_domain::money::Money;
use cairn_registrar::shapes::Require;
use jiff::Timestamp;

/// The five questions and their answers, each with its as-of.
pub fn answers(verdict: &Verdict) -> [(&'static str, String); 5] {
    [
        ("genuine", with(genuine(&verdict.genuine.is), verdict.genuine.as_of)),
        ("current", with(current(&verdict.current.is), verdict.current.as_of)),
        ("whose", whose(&verdict.whose.is)),
        ("known", known(&verdict.known.is)),
        ("entitled", entitled(verdict)),
    ]
}

fn with(says: String, as_of: Timestamp) -> String {
    format!("{says}, as of {}", moment(as_of))
}

fn genuine(answer: &Genuine) -> String {
    match answer {
        Genuine::Yes => "yes".into(),
        Genuine::No { altered } => match altered {
            Altered::SomewhereInTheSignedPart => "no: altered somewhere in the signed part".into(),
            Altered::At { pointers, how } => format!("no: altered at {} ({how})", pointers.join(", ")),
            Altered::TheProof => "no: the proof itself does not hold".into(),
        },
        Genuine::CannotTell => "cannot tell".into(),
    }
}

fn current(answer: &Current) -> String {
    let because = |reason: &Option<String>| reason.as_ref().map(|r| format!(" ({r})")).unwrap_or_default();
    match answer {
        Current::Yes => "yes".into(),
        Current::Expired { since } => format!("expired on {}", day(*since)),
        Current::NotYet { from } => format!("not yet: begins on {}", day(*from)),
        Current::Revoked { reason } => format!("revoked{}", because(reason)),
        Current::Suspended { reason } => format!("suspended{}", because(reason)),
        Current::CannotTell => "cannot tell".into(),
    }
}

fn whose(answer: &Whose) -> String {
    match answer {
        Whose::ShownByKey => "shown by the key that the badge names".into(),
        Whose::AddressMatches { confirmed: true } => "the recipient's address matches one you confirmed".into(),
        Whose::AddressMatches { confirmed: false } => "the recipient's address matches one given, unconfirmed".into(),
        Whose::NameOnly => "name only".into(),
        Whose::NobodyShowed => "nobody showed".into(),
    }
}

fn known(answer: &Known) -> String {
    match answer {
        Known::OnList { list, name } => match name {
            Some(name) => format!("{name}, on your list {list}"),
            None => format!("on your list {list}"),
        },
        Known::VouchedFor { by, list } => format!("vouched for by {by}, on your list {list}"),
        Known::SelfAsserted => "only its own word: on no list of yours".into(),
    }
}

fn entitled(verdict: &Verdict) -> String {
    let definer = verdict.facts.as_ref().and_then(|facts| facts.achievement.as_ref()).map(|achievement| {
        let definer = &achievement.definer;
        definer.name.clone().unwrap_or_else(|| definer.id.clone())
    });
    match (&verdict.entitled.is, definer) {
        (Entitled::DefinedIt, Some(definer)) => format!("defined it (definer: {definer})"),
        (Entitled::DefinedIt, None) => "defined it".into(),
        (Entitled::Delegated { by }, _) => format!("by delegation of {by}"),
        (Entitled::NobodySays, Some(definer)) => format!("nobody says so (definer: {definer})"),
        (Entitled::NobodySays, None) => "nobody says so".into(),
    }
}

/// What a nested credential is there for.
pub fn role(role: NestedRole) -> &'static str {
    match role {
        NestedRole::Endorsement => "endorsement",
        NestedRole::Presented => "presented credential",
        NestedRole::StatusList => "status list",
    }
}

/// The name of an answer that the policy insists on.
pub fn require(require: Require) -> &'static str {
    match require {
        Require::Genuine => "genuine",
        Require::Current => "current",
        Require::Known => "known",
        Require::Entitled => "entitled",
        Require::Whose => "whose",
    }
}

/// A state's mark and word.
pub fn state(state: State) -> (&'static str, &'static str) {
    match state {
        State::Proven => ("●", "proven"),
        State::Attested => ("◐", "attested"),
        State::Stale => ("◌", "stale"),
        State::Claimed => ("○", "claimed"),
        State::Missing => ("✕", "missing"),
    }
}

/// `$395.00` as `395.00 USD`.
pub fn money(money: &Money) -> String {
    let (sign, minor) = if money.minor < 0 { ("-", -money.minor) } else { ("", money.minor) };
    format!("{sign}{}.{:02} {}", minor / 100, minor % 100, money.currency)
}

/// A day in UTC.
pub fn day(moment: Timestamp) -> String {
    moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// A moment to the minute, in UTC.
pub fn moment(moment: Timestamp) -> String {
    moment.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Foreign text for a terminal: no control characters, so that a badge cannot repaint the screen.
pub fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_bidi_control(c) { '\u{FFFD}' } else { c }).collect()
}

fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
}

/// Pretty JSON and a line's end.
pub fn json(out: &mut impl Write, value: &impl serde::Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_repaint_the_screen() {
        assert_eq!(safe("ok\u{1b}[2Jno\u{202E}x"), "ok\u{FFFD}[2Jno\u{FFFD}x");
    }

    #[test]
    fn money_keeps_its_cents() {
        assert_eq!(money(&Money { minor: 39505, currency: "USD".into() }), "395.05 USD");
        assert_eq!(money(&Money { minor: -5, currency: "EUR".into() }), "-0.05 EUR");
    }
}
