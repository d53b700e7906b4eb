//! Verdicts and what was dropped, laid out: words, counts, links. Nothing is decided here.

use cairn_credential::facts::Facts;
use cairn_credential::intake::Container;
use cairn_credential::verdict::{Current, Genuine, Outcome, Verdict};
use cairn_registrar::shapes::{Became, CheckedItem, Require, VerifyReport};

use super::art::{Art, drawn};
use super::words::{self, Answer};

/// A badge (or claim, or unreadable file) on the wall.
#[derive(Debug, Clone)]
pub struct BadgeCard {
    /// Its place on the desk.
    pub n: usize,
    /// Its name.
    pub name: String,
    /// Its issuer, or what else it is.
    pub issuer: String,
    /// One sentence.
    pub summary: String,
    /// Its picture.
    pub art: Art,
    /// The five answers; none for what is no credential.
    pub answers: Vec<Answer>,
    /// Whether there is a page with its verdict.
    pub readable: bool,
    /// Whether it is ticked for sharing at first: genuine and not taken back.
    pub chosen: bool,
}

/// Cards for all that was dropped; `picture` gives the address of an item's own picture.
pub fn cards(report: &VerifyReport, picture: impl Fn(usize) -> Option<String>) -> Vec<BadgeCard> {
    report.items.iter().enumerate().map(|(n, item)| card(n, item, picture(n))).collect()
}

fn card(n: usize, item: &CheckedItem, picture: Option<String>) -> BadgeCard {
    let plain = |issuer: &str, summary: &str| BadgeCard {
        n,
        name: item.name.clone(),
        issuer: issuer.into(),
        summary: summary.into(),
        art: Art::Drawn(drawn(&item.name)),
        answers: Vec::new(),
        readable: true,
        chosen: false,
    };
    match &item.became {
        Became::Credential { verdict, .. } => BadgeCard {
            name: name_of(verdict, &item.name),
            issuer: issuer_of(verdict),
            summary: verdict.summary.clone(),
            art: picture.map_or_else(|| Art::Drawn(drawn(&seed(verdict, &item.name))), Art::Picture),
            answers: words::answers(verdict),
            chosen: verdict.genuine.is == Genuine::Yes && matches!(verdict.current.is, Current::Yes),
            ..plain("", "")
        },
        Became::Claim { why, .. } => plain("counts as a claim", why),
        Became::Unread { problem } => plain("could not be read", &problem.says),
    }
}

fn seed(verdict: &Verdict, name: &str) -> String {
    let achievement = verdict.facts.as_ref().and_then(|facts| facts.achievement.as_ref());
    achievement.map_or_else(|| name.to_owned(), |achievement| achievement.id.clone())
}

fn name_of(verdict: &Verdict, file: &str) -> String {
    verdict.facts.as_ref().map(|facts| facts.name.clone()).filter(|n| !n.is_empty()).unwrap_or_else(|| file.to_owned())
}

fn issuer_of(verdict: &Verdict) -> String {
    let issuer = verdict.facts.as_ref().map(|facts| &facts.issuer);
    issuer.map_or_else(|| "an unknown issuer".into(), |issuer| issuer.name.clone().unwrap_or_else(|| issuer.id.clone()))
}

/// One thing that was verified, with all that can be said of it.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// File name.
    pub name: String,
    /// The verdict, for a credential.
    pub verdict: Option<VerdictView>,
    /// Whether it counts as a claim.
    pub claim: bool,
    /// Why it is no credential.
    pub says: String,
}

/// A verdict, laid out.
#[derive(Debug, Clone)]
pub struct VerdictView {
    /// File name.
    pub file: String,
    /// What it was wrapped in and how it was secured.
    pub form: String,
    /// The credential's name.
    pub name: String,
    /// Its issuer.
    pub issuer: String,
    /// Its definer, when that is not the issuer.
    pub definer: Option<String>,
    /// Its picture.
    pub art: Art,
    /// One sentence for somebody in a hurry.
    pub summary: String,
    /// `good`, `warn`, `bad` or `dim`.
    pub tone: &'static str,
    /// The five answers.
    pub answers: Vec<Answer>,
    /// How many checks went how.
    pub checks_told: String,
    /// The checks.
    pub checks: Vec<CheckView>,
    /// What the badge says.
    pub facts: Vec<(&'static str, String)>,
    /// The criteria as written.
    pub criteria: Option<String>,
    /// What it is aligned to.
    pub aligned: Vec<Linked>,
    /// Results in words.
    pub results: Vec<String>,
    /// Evidence in words.
    pub evidence: Vec<String>,
    /// What each credential inside is there for, and the summary of its verdict.
    pub nested: Vec<(&'static str, String)>,
    /// Whether the details stand open.
    pub open: bool,
}

/// One check.
#[derive(Debug, Clone)]
pub struct CheckView {
    /// `good`, `warn`, `bad` or `dim`.
    pub tone: &'static str,
    /// How it went.
    pub outcome: &'static str,
    /// One sentence.
    pub says: String,
    /// The place.
    pub pointer: String,
    /// What it rests on.
    pub evidence: Vec<(String, String)>,
}

/// A name that may be a link.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The name.
    pub name: String,
    /// Its address, when that is a web address.
    pub url: Option<String>,
    /// What kind of thing it is; may be empty.
    pub kind: &'static str,
}

/// Lays out one checked thing.
pub fn item(item: &CheckedItem, picture: Option<String>, open: bool) -> ItemView {
    let other = |claim, says: &str| ItemView { name: item.name.clone(), verdict: None, claim, says: says.to_owned() };
    match &item.became {
        Became::Credential { container, verdict, ok, falls_short } => {
            let verdict = verdict_view(&item.name, *container, verdict, (*ok, falls_short), picture, open);
            ItemView { verdict: Some(verdict), ..other(false, "") }
        }
        Became::Claim { why, .. } => other(true, why),
        Became::Unread { problem } => other(false, &problem.says),
    }
}

fn verdict_view(
    file: &str,
    container: Container,
    verdict: &Verdict,
    (ok, falls_short): (bool, &[Require]),
    picture: Option<String>,
    open: bool,
) -> VerdictView {
    let facts = verdict.facts.as_ref();
    let achievement = facts.and_then(|facts| facts.achievement.as_ref());
    let definer = achievement.map(|achievement| &achievement.definer);
    let definer = definer.filter(|definer| facts.is_some_and(|facts| facts.issuer.id != definer.id));
    VerdictView {
        file: file.to_owned(),
        form: form(container, facts),
        name: name_of(verdict, file),
        issuer: issuer_of(verdict),
        definer: definer.map(|definer| definer.name.clone().unwrap_or_else(|| definer.id.clone())),
        art: picture.map_or_else(|| Art::Drawn(drawn(&seed(verdict, file))), Art::Picture),
        summary: verdict.summary.clone(),
        tone: tone(verdict, ok, falls_short),
        answers: words::answers(verdict),
        checks_told: checks_told(verdict),
        checks: verdict.checks.iter().map(check).collect(),
        facts: facts.map(fact_lines).unwrap_or_default(),
        criteria: achievement.and_then(|achievement| achievement.criteria.as_deref()).map(words::plain),
        aligned: achievement.map(|a| a.alignments.iter().map(aligned).collect()).unwrap_or_default(),
        results: facts.map(results).unwrap_or_default(),
        evidence: facts.map(evidence).unwrap_or_default(),
        nested: verdict.nested.iter().map(|n| (words::nested_role(n.role), n.verdict.summary.clone())).collect(),
        open,
    }
}

fn form(container: Container, facts: Option<&Facts>) -> String {
    let wrapped = match container {
        Container::Json => "JSON",
        Container::Jwt => "JWT",
        Container::Png => "baked PNG",
        Container::Svg => "baked SVG",
        Container::Bundle => "from a bundle",
    };
    match facts.map(|facts| facts.secured_by.join(", ")).filter(|by| !by.is_empty()) {
        Some(by) => format!("{wrapped}, secured by {by}"),
        None => wrapped.to_owned(),
    }
}

fn tone(verdict: &Verdict, ok: bool, falls_short: &[Require]) -> &'static str {
    match (&verdict.genuine.is, &verdict.current.is) {
        (Genuine::No { .. }, _) | (_, Current::Revoked { .. } | Current::Suspended { .. }) => "bad",
        _ if ok && falls_short.is_empty() => "good",
        _ => "warn",
    }
}

fn checks_told(verdict: &Verdict) -> String {
    let n = |outcome| verdict.checks.iter().filter(|check| check.outcome == outcome).count();
    let parts: Vec<String> = [
        (n(Outcome::Passed), "passed"),
        (n(Outcome::Failed), "failed"),
        (n(Outcome::Warned), "warned"),
        (n(Outcome::Inconclusive), "inconclusive"),
    ]
    .iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{n} {what}"))
    .collect();
    format!("{}: {}", words::count(verdict.checks.len(), "check"), words::listed(&parts))
}

/// Lays out one check.
pub fn check(check: &cairn_credential::verdict::Check) -> CheckView {
    let (outcome, tone) = words::outcome(check.outcome);
    CheckView {
        tone,
        outcome,
        says: check.says.clone(),
        pointer: check.pointer.clone(),
        evidence: check.evidence.iter().map(|line| (line.what.clone(), line.value.clone())).collect(),
    }
}

/// What an achievement aligns to.
pub fn aligned(alignment: &cairn_credential::facts::Alignment) -> Linked {
    Linked { name: alignment.name.clone(), url: words::web_address(&alignment.url), kind: "" }
}

fn fact_lines(facts: &Facts) -> Vec<(&'static str, String)> {
    let achievement = facts.achievement.as_ref();
    let with_uri = |party: &cairn_credential::facts::Party| match &party.name {
        Some(name) => format!("{name} ({})", party.id),
        None => party.id.clone(),
    };
    let lines = [
        ("About", achievement.and_then(|a| a.description.clone())),
        ("Kind", achievement.and_then(|a| a.kind.clone())),
        ("Issuer", Some(with_uri(&facts.issuer))),
        ("Definer", achievement.map(|a| with_uri(&a.definer))),
        ("Given to", facts.subject.name.clone().or_else(|| facts.subject.id.clone())),
        ("Awarded", facts.awarded.map(words::date_of)),
        ("Valid from", facts.valid_from.map(words::date_of)),
        ("Valid until", facts.valid_until.map(words::date_of)),
        ("Id", facts.id.clone()),
        ("SHA-256", Some(facts.sha256.clone())),
    ];
    lines.into_iter().filter_map(|(what, value)| value.map(|value| (what, value))).collect()
}

/// Results in words.
pub fn results(facts: &Facts) -> Vec<String> {
    let descriptions = facts.achievement.as_ref().map(|a| a.result_descriptions.as_slice()).unwrap_or_default();
    facts
        .results
        .iter()
        .map(|result| {
            let description = descriptions.iter().find(|d| Some(&d.id) == result.description.as_ref());
            let name = description.map_or("Result", |d| d.name.as_str());
            let level = result.achieved_level.as_ref().map(|id| {
                let levels = description.map(|d| d.levels.as_slice()).unwrap_or_default();
                levels.iter().find(|level| level.0 == *id).map_or(id.clone(), |level| level.1.clone())
            });
            let value = level.or_else(|| result.value.clone()).or_else(|| result.status.clone()).unwrap_or_default();
            let meets = match result.meets_requirement {
                Some(true) => " (meets what is required)",
                Some(false) => " (below what is required)",
                None => "",
            };
            format!("{name}: {value}{meets}")
        })
        .collect()
}

fn evidence(facts: &Facts) -> Vec<String> {
    facts
        .evidence
        .iter()
        .map(|evidence| {
            let parts: Vec<String> =
                [&evidence.name, &evidence.narrative, &evidence.url].into_iter().flatten().cloned().collect();
            parts.join(" · ")
        })
        .collect()
}
