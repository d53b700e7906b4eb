//! The closed sets of the shapes, put in words for a page. Nothing is decided here.

use cairn_credential::verdict::{Altered, Current, Entitled, Genuine, Known, NestedRole, Outcome, Verdict, Whose};
use cairn_domain::gap::{Lacking, State, Tie};
use cairn_domain::money::{Basis, Money};
use cairn_domain::offer::{AssessedBy, Assessment, OfferKind};
use cairn_domain::requirement::{Importance, Kind};
use jiff::Timestamp;
use jiff::civil::Date;

/// The five states, best first.
pub const STATES: [State; 5] = [State::Proven, State::Attested, State::Stale, State::Claimed, State::Missing];

/// One of the five answers, as a page shows it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The question, such as `Genuine?`.
    pub question: &'static str,
    /// The question in a word, for a badge's card.
    pub short: &'static str,
    /// The answer in a word or two.
    pub word: String,
    /// The answer in a sentence.
    pub says: String,
    /// `good`, `warn`, `bad` or `dim`.
    pub tone: &'static str,
    /// The moment for which it holds.
    pub as_of: String,
}

/// The five answers of a verdict, in their order.
pub fn answers(v: &Verdict) -> Vec<Answer> {
    let answer = |question, short, (word, says, tone): (String, String, &'static str), at: Timestamp| Answer {
        question,
        short,
        word,
        says,
        tone,
        as_of: moment(at),
    };
    let mut answers = vec![
        answer("Genuine?", "genuine", genuine(&v.genuine.is), v.genuine.as_of),
        answer("Current?", "current", current(&v.current.is), v.current.as_of),
        answer("Whose?", "whose", whose(&v.whose.is), v.whose.as_of),
        answer("Known?", "known", known(&v.known.is), v.known.as_of),
        answer("Entitled?", "entitled", entitled(&v.entitled.is), v.entitled.as_of),
    ];
    if matches!(v.genuine.is, Genuine::No { .. }) {
        // What an altered badge says of itself must not look reassuring.
        answers.iter_mut().skip(1).filter(|answer| answer.tone == "good").for_each(|answer| answer.tone = "dim");
    }
    answers
}

type Said = (String, String, &'static str);

fn said(word: &str, says: impl Into<String>, tone: &'static str) -> Said {
    (word.to_owned(), says.into(), tone)
}

fn genuine(is: &Genuine) -> Said {
    match is {
        Genuine::Yes => said("Yes", "Exactly what the issuer signed.", "good"),
        Genuine::CannotTell => said("Cannot tell", "The key or the form of the proof could not be had or read.", "dim"),
        Genuine::No { altered } => match altered {
            Altered::SomewhereInTheSignedPart => {
                said("No", "Something in the signed part was changed after signing.", "bad")
            }
            Altered::TheProof => said("No", "The proof is damaged, or it was never this issuer's.", "bad"),
            Altered::At { pointers, how } => said("No", format!("{how} Changed: {}.", pointers.join(", ")), "bad"),
        },
    }
}

fn current(is: &Current) -> Said {
    let because = |reason: &Option<String>, what: &str| match reason {
        Some(reason) => format!("{what} The issuer's reason: {reason}"),
        None => what.to_owned(),
    };
    match is {
        Current::Yes => said("Yes", "Within its dates, and not taken back.", "good"),
        Current::Expired { since } => said("Expired", format!("It ended on {}.", date_of(*since)), "warn"),
        Current::NotYet { from } => said("Not yet", format!("It begins on {}.", date_of(*from)), "warn"),
        Current::Revoked { reason } => said("Revoked", because(reason, "Its issuer took it back for good."), "bad"),
        Current::Suspended { reason } => {
            said("Suspended", because(reason, "Its issuer took it back for a time."), "bad")
        }
        Current::CannotTell => {
            said("Cannot tell", "Its status list could not be had, is not proved, or is too old.", "dim")
        }
    }
}

fn whose(is: &Whose) -> Said {
    match is {
        Whose::ShownByKey => said("Shown by key", "Presented with the key that the badge names.", "good"),
        Whose::AddressMatches { confirmed: true } => {
            said("Address matches", "The sealed address is this person's, confirmed.", "good")
        }
        Whose::AddressMatches { confirmed: false } => {
            said("Address matches", "It matches the address given; nobody has confirmed whose that is.", "warn")
        }
        Whose::NameOnly => said("Name only", "It bears a name and nothing that could be checked.", "warn"),
        Whose::NobodyShowed => said("Nobody showed", "Nothing ties it to the person showing it.", "dim"),
    }
}

fn known(is: &Known) -> Said {
    match is {
        Known::OnList { list, name } => {
            let who = name.as_deref().map(|name| format!(" as {name}")).unwrap_or_default();
            said("On a list", format!("The issuer is on “{list}”{who}."), "good")
        }
        Known::VouchedFor { by, list } => said("Vouched for", format!("{by}, on “{list}”, vouches for it."), "good"),
        Known::SelfAsserted => said("Not known here", "On no list that was chosen: only its own word.", "warn"),
    }
}

fn entitled(is: &Entitled) -> Said {
    match is {
        Entitled::DefinedIt => said("Defined it", "The issuer defined this achievement itself.", "good"),
        Entitled::Delegated { by } => said("Delegated", format!("{by} lets this issuer give it."), "good"),
        Entitled::NobodySays => said("Nobody says so", "Somebody else defined it.", "warn"),
    }
}

/// A check's outcome as a word and a tone.
pub fn outcome(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Passed => ("Passed", "good"),
        Outcome::Failed => ("Failed", "bad"),
        Outcome::Warned => ("Warned", "warn"),
        Outcome::Inconclusive => ("Inconclusive", "dim"),
    }
}

/// What a nested credential is there for.
pub fn nested_role(role: NestedRole) -> &'static str {
    match role {
        NestedRole::Endorsement => "Endorsement",
        NestedRole::Presented => "Presented credential",
        NestedRole::StatusList => "Status list",
    }
}

/// A state as a class name; also its word.
pub fn state(state: State) -> &'static str {
    match state {
        State::Proven => "proven",
        State::Attested => "attested",
        State::Stale => "stale",
        State::Claimed => "claimed",
        State::Missing => "missing",
    }
}

/// What a state means, in a clause.
pub fn state_means(state: State) -> &'static str {
    match state {
        State::Proven => "signed, current, yours, by a known issuer, for mastery of this very thing",
        State::Attested => "signed and current, something of that is lacking",
        State::Stale => "was proven, has expired",
        State::Claimed => "only your word",
        State::Missing => "nothing to show yet",
    }
}

/// A kind of requirement.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Skill => "skill",
        Kind::Tool => "tool",
        Kind::Certificate => "certificate",
        Kind::Licence => "licence",
        Kind::Degree => "degree",
        Kind::Years => "experience",
        Kind::Language => "language",
    }
}

/// Required or preferred.
pub fn importance(importance: Importance) -> &'static str {
    match importance {
        Importance::Required => "required",
        Importance::Preferred => "preferred",
    }
}

/// The kinds of offers, with their codes in addresses.
pub const OFFER_KINDS: [OfferKind; 8] = [
    OfferKind::Badge,
    OfferKind::Course,
    OfferKind::ProfessionalCertificate,
    OfferKind::Certification,
    OfferKind::Nanodegree,
    OfferKind::Micromasters,
    OfferKind::Bootcamp,
    OfferKind::Licence,
];

/// A kind of offer: its code in addresses and its words.
pub fn offer_kind(kind: OfferKind) -> (&'static str, &'static str) {
    match kind {
        OfferKind::Badge => ("badge", "Badge"),
        OfferKind::ProfessionalCertificate => ("professional-certificate", "Professional certificate"),
        OfferKind::Nanodegree => ("nanodegree", "Nanodegree"),
        OfferKind::Micromasters => ("micromasters", "MicroMasters and the like"),
        OfferKind::Bootcamp => ("bootcamp", "Bootcamp"),
        OfferKind::Certification => ("certification", "Certification"),
        OfferKind::Course => ("course", "Course"),
        OfferKind::Licence => ("licence", "Licence"),
    }
}

/// How an offer is assessed, in a clause.
pub fn assessed(a: &Assessment) -> String {
    let how = match a.how {
        AssessedBy::Exam => "examination",
        AssessedBy::PracticalExam => "hands-on examination",
        AssessedBy::Coursework => "graded coursework",
        AssessedBy::Project => "reviewed project",
        AssessedBy::Portfolio => "reviewed portfolio",
        AssessedBy::Observation => "observation at work",
        AssessedBy::Attendance => "attendance",
    };
    let watched = if a.supervised { ", supervised" } else { ", unsupervised" };
    let mastery = if a.mastery { "" } else { ", mastery not required" };
    match a.how {
        AssessedBy::Attendance => "attendance only: nothing is assessed".to_owned(),
        _ => format!("{how}{watched}{mastery}"),
    }
}

/// How a credential was tied to a requirement, in a sentence.
pub fn tie(tie: &Tie) -> String {
    match tie {
        Tie::SameUri { .. } => "Aligned to this very skill, by its identifier.".into(),
        Tie::SameLabel { name, .. } => format!("Aligned to “{name}”, a label of this skill; not by its identifier."),
        Tie::NamedCertificate { by_id } => format!("It is the named certificate, recognised by {by_id}."),
        Tie::NameOnly { name } => format!("Only its name, “{name}”, is that of the certificate."),
        Tie::Narrower { name, .. } => format!("About “{name}”, which is narrower."),
        Tie::Broader { name, .. } => format!("About “{name}”, which is broader."),
        Tie::Related { name, .. } => format!("About “{name}”, which is related."),
        Tie::Claim { from } => format!("The learner's own words, in {from}."),
    }
}

/// What is lacking for "proven", in a sentence without its full stop.
pub fn lacking(lacking: &Lacking) -> String {
    match lacking {
        Lacking::GenuineUnknown => "it cannot be told whether it is genuine".into(),
        Lacking::NotGenuine => "it is not what its issuer signed".into(),
        Lacking::Expired { since: Some(since) } => {
            format!("it expired on {}", since.parse::<Timestamp>().map_or_else(|_| since.clone(), date_of))
        }
        Lacking::Expired { since: None } => "it has expired or been superseded".into(),
        Lacking::Revoked => "its issuer revoked it".into(),
        Lacking::Suspended => "its issuer has suspended it".into(),
        Lacking::NotYet => "it is not valid yet".into(),
        Lacking::CurrentUnknown => "it cannot be told whether it is still valid".into(),
        Lacking::IssuerUnknown => "its issuer is on no list that was chosen".into(),
        Lacking::SelfIssued => "the issuer gave it to itself".into(),
        Lacking::NotEntitled => "nobody says that this issuer may give it".into(),
        Lacking::NotShown => "only a name ties it to this person".into(),
        Lacking::AddressUnconfirmed => "nobody has confirmed that it is this person's".into(),
        Lacking::SomebodyElses => "it names somebody else".into(),
        Lacking::AttendanceOnly => "it is for attendance or completion, not for mastery".into(),
        Lacking::AssessmentUnsaid => "it does not say that anything was assessed".into(),
        Lacking::NarrowerSkill => "it covers only a part of the skill".into(),
        Lacking::BroaderSkill => "it is about a broader skill".into(),
        Lacking::RelatedSkill => "it is about a related skill".into(),
        Lacking::LabelOnly => "it names the skill by a label, not by an identifier".into(),
        Lacking::OtherDefiner { definer } => {
            format!("it is another's certificate of the same name, defined by {definer}")
        }
        Lacking::LevelBelow { held, asked } => format!("its level is {held}; the ad asks for {asked}"),
    }
}

/// A figure's basis, for a page.
#[derive(Debug, Clone)]
pub enum BasisView {
    /// Published somewhere.
    Source {
        /// By whom.
        name: String,
        /// Its address, when it is a web address.
        address: Option<String>,
        /// When.
        date: String,
    },
    /// Estimated.
    Estimate(String),
}

/// A figure's basis, for a page.
pub fn basis(basis: &Basis) -> BasisView {
    match basis {
        Basis::Source { name, address, date: day } => {
            BasisView::Source { name: name.clone(), address: web_address(address), date: date(*day) }
        }
        Basis::Estimate { how } => BasisView::Estimate(how.clone()),
    }
}

/// An address that a page may link to: `https:` or `http:` and nothing else, so no `javascript:`.
pub fn web_address(address: &str) -> Option<String> {
    let good = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
    (good && !address.contains(|c: char| c.is_whitespace() || c.is_control())).then(|| address.to_owned())
}

/// Money as people write it: `$425`, `€1,200.50`, `400 CHF`.
pub fn money(money: &Money) -> String {
    let digits = minor_digits(&money.currency);
    let unit = 10_u64.pow(digits);
    let minor = money.minor.unsigned_abs();
    let (whole, rest) = (minor / unit, minor % unit);
    let mut number = thousands(whole);
    if rest > 0 {
        number.push_str(&format!(".{rest:0width$}", width = digits as usize));
    }
    let sign = if money.minor < 0 { "−" } else { "" };
    match money.currency.as_str() {
        "USD" => format!("{sign}${number}"),
        "EUR" => format!("{sign}€{number}"),
        "GBP" => format!("{sign}£{number}"),
        other => format!("{sign}{number} {other}"),
    }
}

/// Decimal digits of a currency's minor unit (ISO 4217), for the few that have not two.
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// `12,345`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 hour`, `90 hours`.
pub fn hours(hours: u32) -> String {
    count(hours as usize, "hour")
}

/// `1 badge`, `6 badges`.
pub fn count(n: usize, what: &str) -> String {
    format!("{} {what}{}", thousands(n as u64), if n == 1 { "" } else { "s" })
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// Markdown as plain words: emphasis is not shown as stars. Everything else stays as it was written.
pub fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut before = ' ';
    let mut rest = markdown.chars().peekable();
    while let Some(c) = rest.next() {
        let after = rest.peek().copied().unwrap_or(' ');
        // A star between two blanks is a bullet or a product, one that hugs a word is emphasis.
        if c != '*' || (before.is_whitespace() && after.is_whitespace()) {
            out.push(c);
        }
        before = c;
    }
    out
}

/// `14 March 2026`.
pub fn date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// The day of a moment, in UTC.
pub fn date_of(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

/// `14 March 2026, 09:30 UTC`.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(minor: i64) -> Money {
        Money { minor, currency: "USD".into() }
    }

    #[test]
    fn money_is_written_as_people_write_it() {
        assert_eq!(money(&usd(42_500)), "$425");
        assert_eq!(money(&usd(120_050)), "$1,200.50");
        assert_eq!(money(&usd(-5)), "−$0.05");
        assert_eq!(money(&Money { minor: 1_234_567, currency: "JPY".into() }), "1,234,567 JPY");
        assert_eq!(money(&Money { minor: i64::MIN, currency: "CHF".into() }), "−92,233,720,368,547,758.08 CHF");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(web_address("https://a.example/x"), Some("https://a.example/x".into()));
        assert_eq!(web_address("javascript:alert(1)"), None);
        assert_eq!(web_address("https://a.example/ x"), None);
        assert_eq!(web_address("data:text/html,x"), None);
    }

    #[test]
    fn emphasis_is_shown_without_stars() {
        assert_eq!(plain("met at *proficient* or **above**: 2 * 3"), "met at proficient or above: 2 * 3");
    }

    #[test]
    fn lists_read_like_sentences() {
        let words = |n: &[&str]| listed(&n.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(words(&["a", "b", "c"]), "a, b and c");
        assert_eq!(words(&["a"]), "a");
        assert_eq!(count(1, "badge"), "1 badge");
    }
}
