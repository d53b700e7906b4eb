//! From the public shapes to what a page lays out: words, counts, links. Nothing is decided here.

use cairn_credential::facts::Facts;
use cairn_credential::intake::Container;
use cairn_credential::verdict::{Current, Genuine, Outcome, Verdict};
use cairn_domain::gap::{Gap, Match, Reason, State, Tally};
use cairn_domain::pack::Pay;
use cairn_registrar::packs::Packs;
use cairn_registrar::shapes::{AdRead, Became, CheckedItem, GapReport, Require, VerifyReport};

use super::ad::{Piece, pieces};
use super::art::{Art, drawn};
use super::catalogue::find_role;
use super::words::{self, Answer, BasisView};

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

fn check(check: &cairn_credential::verdict::Check) -> CheckView {
    let (outcome, tone) = words::outcome(check.outcome);
    CheckView {
        tone,
        outcome,
        says: check.says.clone(),
        pointer: check.pointer.clone(),
        evidence: check.evidence.iter().map(|line| (line.what.clone(), line.value.clone())).collect(),
    }
}

fn aligned(alignment: &cairn_credential::facts::Alignment) -> Linked {
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

fn results(facts: &Facts) -> Vec<String> {
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

/// How far the requirements are met, laid out.
#[derive(Debug, Clone)]
pub struct GapView {
    /// Whose badges against what.
    pub for_whom: String,
    /// One sentence.
    pub headline: String,
    /// Heading over the ads.
    pub ads_title: String,
    /// The stacked bar.
    pub bar: Vec<BarPart>,
    /// The bar in words.
    pub bar_told: String,
    /// The five states and how many are in each.
    pub counts: Vec<StateCount>,
    /// Sentences for the reader.
    pub notes: Vec<String>,
    /// The role it was taken for: id and title.
    pub role: Option<(String, String)>,
    /// The ads, coloured.
    pub ads: Vec<AdView>,
    /// Each requirement and why.
    pub reasons: Vec<ReasonView>,
    /// Pay of the role.
    pub pay: Option<PayView>,
}

/// A part of the stacked bar, in thousandths of its width.
#[derive(Debug, Clone)]
pub struct BarPart {
    /// State.
    pub class: &'static str,
    /// Where it begins.
    pub x: usize,
    /// How wide it is.
    pub width: usize,
}

/// A state and how many requirements are in it.
#[derive(Debug, Clone)]
pub struct StateCount {
    /// State, as a class.
    pub class: &'static str,
    /// State, as a word.
    pub word: &'static str,
    /// How many.
    pub n: u32,
    /// What the state means.
    pub means: &'static str,
}

/// One ad.
#[derive(Debug, Clone)]
pub struct AdView {
    /// Its name.
    pub name: String,
    /// How much was found in it.
    pub found_told: String,
    /// Its text in pieces.
    pub pieces: Vec<Piece>,
}

/// Pay and its basis.
#[derive(Debug, Clone)]
pub struct PayView {
    /// The figure.
    pub figure: String,
    /// Whom it is for.
    pub what: String,
    /// Its basis.
    pub basis: BasisView,
}

/// One requirement and why it is in its state.
#[derive(Debug, Clone)]
pub struct ReasonView {
    /// Number, from 1.
    pub n: usize,
    /// State, as a class.
    pub state: &'static str,
    /// State, as a word.
    pub word: &'static str,
    /// Preferred label.
    pub label: String,
    /// Required or preferred.
    pub importance: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Its identity.
    pub key: String,
    /// Its identity as an address, for taxonomy entries.
    pub uri: Option<String>,
    /// The ad's words.
    pub quotes: Vec<String>,
    /// How sure the reading is.
    pub sure: String,
    /// Level asked for.
    pub level: Option<String>,
    /// What it rests on.
    pub rests: Vec<RestView>,
    /// What to say when it rests on nothing.
    pub nothing: &'static str,
}

/// One credential or claim behind a state.
#[derive(Debug, Clone)]
pub struct RestView {
    /// Place on the desk, for credentials.
    pub item: Option<usize>,
    /// Name, or the words of a claim.
    pub name: String,
    /// Issuer.
    pub issuer: Option<String>,
    /// Definer, when it is not the issuer.
    pub definer: Option<String>,
    /// How it was tied to the requirement.
    pub tie: String,
    /// What is lacking.
    pub lacking: Vec<String>,
    /// The criterion.
    pub criterion: Option<String>,
    /// Results.
    pub results: Vec<String>,
    /// Evidence.
    pub evidence: Vec<String>,
}

/// Lays out a gap; `who` is a name for whoever holds the badges, if it is known.
pub fn gap(report: &GapReport, packs: &Packs, who: Option<&str>) -> GapView {
    let gap = &report.gap;
    let both = added(gap.counts.required, gap.counts.preferred);
    let total = sum(&both);
    let role = gap
        .target
        .role
        .as_ref()
        .and_then(|id| find_role(packs, id))
        .map(|(_, role)| (role.id.clone(), role.title.clone()));
    GapView {
        for_whom: format!(
            "{} against {}",
            who.map_or("Your badges".into(), |who| format!("{who}'s badges")),
            gap.target.name
        ),
        headline: headline(gap),
        ads_title: if report.ads.len() == 1 { "The ad".into() } else { words::count(report.ads.len(), "ad") },
        bar: bar(&both, total),
        bar_told: words::STATES
            .iter()
            .zip(STATE_FIELDS)
            .map(|(state, field)| format!("{} {}", field(&both), words::state(*state)))
            .collect::<Vec<_>>()
            .join(", "),
        counts: words::STATES
            .iter()
            .zip(STATE_FIELDS)
            .map(|(state, field)| StateCount {
                class: words::state(*state),
                word: words::state(*state),
                n: field(&both),
                means: words::state_means(*state),
            })
            .collect(),
        notes: report.notes.clone(),
        role,
        ads: report.ads.iter().enumerate().map(|(n, ad)| ad_view(n, ad, gap)).collect(),
        reasons: gap.matches.iter().enumerate().map(|(n, matched)| reason(n + 1, matched)).collect(),
        pay: report.pay.as_ref().map(pay),
    }
}

const STATE_FIELDS: [fn(&Tally) -> u32; 5] = [|t| t.proven, |t| t.attested, |t| t.stale, |t| t.claimed, |t| t.missing];

fn sum(tally: &Tally) -> u32 {
    STATE_FIELDS.iter().map(|field| field(tally)).sum()
}

fn added(a: Tally, b: Tally) -> Tally {
    Tally {
        proven: a.proven + b.proven,
        attested: a.attested + b.attested,
        stale: a.stale + b.stale,
        claimed: a.claimed + b.claimed,
        missing: a.missing + b.missing,
    }
}

fn headline(gap: &Gap) -> String {
    let t = gap.counts.required;
    let all = sum(&t);
    match all {
        0 if gap.matches.is_empty() => "Nothing was found here that can be held against a badge".into(),
        0 => "Everything here is preferred, nothing is required".into(),
        _ => format!("{} of {} required things proven, {} missing", t.proven, all, t.missing),
    }
}

fn bar(tally: &Tally, total: u32) -> Vec<BarPart> {
    let mut parts = Vec::new();
    let mut done = 0;
    for (state, field) in words::STATES.iter().zip(STATE_FIELDS) {
        let n = field(tally);
        if n == 0 || total == 0 {
            continue;
        }
        let x = done as usize * 1000 / total as usize;
        done += n;
        // A hair's breadth between the parts, so that they are told apart without colour.
        let width = (done as usize * 1000 / total as usize - x).saturating_sub(4).max(1);
        parts.push(BarPart { class: words::state(*state), x, width });
    }
    parts
}

fn ad_view(n: usize, ad: &AdRead, gap: &Gap) -> AdView {
    let pieces = pieces(n, ad, gap);
    let marks = pieces.iter().filter(|piece| piece.mark.is_some()).count();
    AdView { name: ad.name.clone(), found_told: format!("{} marked", words::count(marks, "passage")), pieces }
}

/// Pay and its basis.
pub fn pay(pay: &Pay) -> PayView {
    PayView { figure: words::money(&pay.figure.value), what: pay.what.clone(), basis: words::basis(&pay.figure.basis) }
}

fn reason(n: usize, matched: &Match) -> ReasonView {
    let r = &matched.requirement;
    let state = words::state(matched.state);
    let mut quotes: Vec<String> = Vec::new();
    for mention in &r.mentions {
        if !quotes.contains(&mention.words) {
            quotes.push(mention.words.clone());
        }
    }
    let how = r.mentions.first().and_then(|mention| read_because(&mention.why));
    let percent = (r.confidence.clamp(0.0, 1.0) * 100.0).round();
    ReasonView {
        n,
        state,
        word: state,
        label: r.wanted.label.clone(),
        importance: words::importance(r.importance),
        kind: words::kind(r.wanted.kind),
        key: r.wanted.key.clone(),
        uri: words::web_address(&r.wanted.key),
        quotes,
        sure: match (r.mentions.is_empty(), how) {
            (true, _) => "The role asks for it, as the catalogue has it.".into(),
            (false, Some(how)) => format!("{percent} %: {how}"),
            (false, None) => format!("{percent} %"),
        },
        level: r.level.clone(),
        rests: matched.because.iter().map(rest).collect(),
        nothing: match matched.state {
            State::Missing => "Nothing you hold or say bears on this.",
            _ => "",
        },
    }
}

/// The reader's reason, which is data ([`cairn_skills::Why`] as JSON), in words.
fn read_because(why: &serde_json::Value) -> Option<String> {
    let why: cairn_skills::Why = serde_json::from_value(why.clone()).ok()?;
    Some(match why {
        cairn_skills::Why::PreferredLabel => "the words are the skill's own label".into(),
        cairn_skills::Why::AlternativeLabel { label } => format!("the words are another of its labels, “{label}”"),
        cairn_skills::Why::NearLabel { label, .. } => format!("the words are near its label “{label}”"),
        cairn_skills::Why::Named { name } => format!("the words name it: “{name}”"),
    })
}

fn rest(reason: &Reason) -> RestView {
    RestView {
        item: reason.item,
        name: match reason.item {
            Some(_) => reason.name.clone(),
            None => format!("“{}”", reason.name),
        },
        issuer: reason.issuer.clone(),
        definer: reason.definer.clone(),
        tie: words::tie(&reason.tie),
        lacking: reason.lacking.iter().map(words::lacking).collect(),
        criterion: reason.criterion.as_deref().map(words::plain),
        results: reason.results.clone(),
        evidence: reason.evidence.clone(),
    }
}
