//! How far the requirements are met, laid out: the headline, the ads with their marks, each requirement and why.

use cairn_domain::gap::{Gap, Match, Reason, State, Tally};
use cairn_domain::pack::Pay;
use cairn_registrar::packs::Packs;
use cairn_registrar::shapes::{AdRead, GapReport};

use super::ad::{Piece, pieces};
use super::catalogue::find_role;
use super::words::{self, BasisView};

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
pub fn view(report: &GapReport, packs: &Packs, who: Option<&str>) -> GapView {
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
            "{} against {}: {} required, {} preferred",
            who.map_or("Your badges".into(), |who| format!("{who}'s badges")),
            gap.target.name,
            sum(&gap.counts.required),
            sum(&gap.counts.preferred)
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
