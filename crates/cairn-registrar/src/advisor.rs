//! Advising: what ads ask for, how far badges meet it, and the cheapest way to the rest. Pure acts over the packs and
//! the taxonomy, which are loaded when first needed.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use cairn_domain::gap;
use cairn_domain::pack::Role;
use cairn_domain::plan::{self, Budget};
use cairn_domain::requirement::{AdMention, Requirement, Target, Wanted};
use cairn_domain::standing::Claim;
use cairn_skills::{Mention, Ranked, Reader, Taxonomy};
use jiff::civil::Date;

use crate::holding;
use crate::packs::Packs;
use crate::refusal::Refusal;
use crate::shapes::{AdRead, Became, ExtractReport, GapReport, PlanReport, VerifyReport};

mod kin;

pub(crate) use kin::onet_page;

/// Reads ads against packs and the taxonomy. Cheap to clone; clones share what is loaded.
#[derive(Debug, Clone)]
pub struct Advisor {
    packs: &'static Packs,
    reader: Lazy,
}

type Lazy = Arc<LazyLock<Reader>>;

/// Ads that are read together at the most.
const MOST_ADS: usize = 50;
/// How sure a title must be for an ad to be taken for a role.
const SURE_OF_ROLE: f32 = 0.5;

impl Advisor {
    /// Over the built-in packs and taxonomy, which are loaded when first needed and once only.
    pub fn builtin() -> Advisor {
        static READER: LazyLock<Lazy> = LazyLock::new(|| {
            let load = || Reader::new(Arc::new(Taxonomy::builtin()), &Packs::builtin().vocabulary());
            Arc::new(LazyLock::new(load as fn() -> Reader))
        });
        Advisor { packs: Packs::builtin(), reader: READER.clone() }
    }

    /// Loads the taxonomy now rather than with the first question.
    pub fn warm(&self) {
        LazyLock::force(&self.reader);
    }

    /// The packs it knows.
    pub fn packs(&self) -> &'static Packs {
        self.packs
    }

    /// The reader of ads.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// How far `credentials` and `claims` (name and text each) meet what `ads` (name and text each), read together as
    /// one target, ask for; without ads, what the role asks for. With both, the role only says which role's pay to show.
    pub fn gap(
        &self,
        ads: Vec<(String, String)>,
        role: Option<&str>,
        credentials: VerifyReport,
        claims: Vec<(String, String)>,
    ) -> Result<GapReport, Refusal> {
        let role = role.filter(|id| !id.is_empty()).map(|id| self.role(id)).transpose()?;
        let ads = self.read_ads(ads)?;
        let mut notes = notes(&ads);
        let mut target = match (ads.is_empty(), role) {
            (false, _) => Target::from_ads(title(&ads), ads.iter().enumerate().map(requirements).collect()),
            (true, Some(role)) => Target::from_role(role),
            (true, None) => {
                let says = "There is nothing to compare with: paste a job ad, or name a role.";
                return Err(Refusal::new("no-target", says));
            }
        };
        let role = role.or_else(|| self.likely_role(&ads));
        target.role = role.map(|role| role.id.clone());
        if target.requirements.is_empty() {
            notes.push("No requirement was found in what was given. Is it the whole text of a job ad?".into());
        }
        let held = holding::held(&credentials.items);
        notes.extend(several_people(&credentials));
        let claims = self.claims(&credentials, claims, &mut notes);
        let gap =
            gap::gap(target, &held, &claims, &kin::Relations { taxonomy: self.reader.taxonomy(), packs: self.packs });
        Ok(GapReport {
            shape: "cairn/gap/1".into(),
            taxonomy: self.reader.taxonomy().version().into(),
            at: credentials.at,
            ads,
            credentials,
            held,
            claims,
            gap,
            pay: role.map(|role| role.pay.clone()),
            notes,
        })
    }

    /// The cheapest way to close a gap under a budget, over all offers of the packs. `start` is the day it begins.
    pub fn plan(&self, gap: GapReport, budget: Budget, start: Option<Date>) -> Result<PlanReport, Refusal> {
        let kin = kin::Relations { taxonomy: self.reader.taxonomy(), packs: self.packs };
        let plan = plan::plan(&gap.gap, self.packs.offers(), &gap.held, &kin, &budget, start)
            .map_err(|refusal| Refusal::new("budget", refusal.to_string()))?;
        Ok(PlanReport { shape: "cairn/plan/1".into(), gap, plan })
    }

    /// What a text asks for.
    pub fn extract(&self, text: &str) -> ExtractReport {
        ExtractReport {
            shape: "cairn/extract/1".into(),
            taxonomy: self.reader.taxonomy().version().into(),
            reading: self.reader.read_ad(text),
        }
    }

    /// The `n` skills nearest to a sentence, best first.
    pub fn rank(&self, sentence: &str, n: usize) -> Vec<Ranked> {
        self.reader.rank(sentence, n)
    }

    fn role(&self, id: &str) -> Result<&'static Role, Refusal> {
        self.packs.role(id).ok_or_else(|| {
            let known: Vec<&str> = self.packs.roles().map(|role| role.id.as_str()).collect();
            Refusal::new("unknown-role", format!("No pack has a role `{id}`. Known roles: {}.", known.join(", ")))
        })
    }

    fn read_ads(&self, ads: Vec<(String, String)>) -> Result<Vec<AdRead>, Refusal> {
        if ads.len() > MOST_ADS {
            let says = format!("{} ads are too many to be read together; give at most {MOST_ADS}.", ads.len());
            return Err(Refusal::new("too-many-ads", says));
        }
        let blank = |(_, text): &(String, String)| text.trim().is_empty();
        if !ads.is_empty() && ads.iter().all(blank) {
            return Err(Refusal::new("empty-ad", "The job ad is empty: paste its words."));
        }
        let read = |(name, text): (String, String)| AdRead { reading: self.reader.read_ad(&text), name, text };
        Ok(ads.into_iter().filter(|ad| !blank(ad)).map(read).collect())
    }

    fn likely_role(&self, ads: &[AdRead]) -> Option<&'static Role> {
        let best = ads.iter().flat_map(|ad| ad.reading.roles.first());
        let best =
            best.max_by(|a, b| a.confidence.total_cmp(&b.confidence)).filter(|r| r.confidence >= SURE_OF_ROLE)?;
        self.packs.role(&best.id)
    }

    /// What the learner says: in texts given as such, and in dropped things that turned out to be claims.
    fn claims(&self, credentials: &VerifyReport, given: Vec<(String, String)>, notes: &mut Vec<String>) -> Vec<Claim> {
        let dropped = credentials.items.iter().filter_map(|item| match &item.became {
            Became::Claim { text, .. } => Some((item.name.clone(), text.clone())),
            Became::Credential { .. } | Became::Unread { .. } => None,
        });
        let mut claims: Vec<Claim> = Vec::new();
        for (from, text) in given.into_iter().chain(dropped).filter(|(_, text)| !text.trim().is_empty()) {
            let reading = self.reader.read_claims(&text);
            notes.extend(reading.notes.iter().map(|note| format!("{from}: {note}")));
            for mention in reading.mentions {
                if !claims.iter().any(|c| c.key == mention.key && c.from == from) {
                    claims.push(Claim { key: mention.key, words: mention.words, from: from.clone() });
                }
            }
        }
        claims
    }
}

/// A gap is one person's. Badges that bear several names are told, so that forty applicants are not read as one.
fn several_people(credentials: &VerifyReport) -> Option<String> {
    let mut names = BTreeSet::new();
    for item in &credentials.items {
        if let Became::Credential { verdict, .. } = &item.became {
            names.extend(verdict.facts.iter().filter_map(|facts| facts.subject.name.as_deref()));
        }
    }
    if names.len() < 2 {
        return None;
    }
    let some: Vec<&str> = names.iter().copied().take(5).collect();
    let says = "These credentials bear the names of several people";
    Some(format!("{says} ({}). A gap is for one person: ask for each of them on their own.", some.join(", ")))
}

fn notes(ads: &[AdRead]) -> Vec<String> {
    let named = |ad: &AdRead, note: &String| if ads.len() > 1 { format!("{}: {note}", ad.name) } else { note.clone() };
    ads.iter().flat_map(|ad| ad.reading.notes.iter().map(move |note| named(ad, note))).collect()
}

/// The ad's title, or how many ads there are beside the first one.
fn title(ads: &[AdRead]) -> String {
    let of = |ad: &AdRead| ad.reading.title.clone().unwrap_or_else(|| ad.name.clone());
    match ads {
        [] => String::new(),
        [one] => of(one),
        [first, rest @ ..] => format!("{} and {} more", of(first), rest.len()),
    }
}

fn requirements((number, ad): (usize, &AdRead)) -> Vec<Requirement> {
    ad.reading.mentions.iter().map(|mention| requirement(number, mention)).collect()
}

fn requirement(ad: usize, mention: &Mention) -> Requirement {
    use cairn_domain::requirement::{Importance, Kind};
    let kind = match mention.kind {
        cairn_skills::Kind::Skill => Kind::Skill,
        cairn_skills::Kind::Tool => Kind::Tool,
        cairn_skills::Kind::Certificate => Kind::Certificate,
        cairn_skills::Kind::Licence => Kind::Licence,
        cairn_skills::Kind::Degree => Kind::Degree,
        cairn_skills::Kind::Years => Kind::Years,
        cairn_skills::Kind::Language => Kind::Language,
    };
    Requirement {
        wanted: Wanted { kind, key: mention.key.clone(), label: mention.label.clone() },
        importance: match mention.importance {
            cairn_skills::Importance::Required => Importance::Required,
            cairn_skills::Importance::Preferred => Importance::Preferred,
        },
        weight: 1,
        level: mention.level.clone(),
        asked_by: 1,
        mentions: vec![AdMention {
            ad,
            start: mention.span.start,
            end: mention.span.end,
            words: mention.words.clone(),
            why: serde_json::to_value(&mention.why).unwrap_or_default(),
        }],
        confidence: mention.confidence,
    }
}
