//! Advising: ads and verdicts in, gap and plan out. Pure; every result carries its reasons.

use std::sync::Arc;

use cairn_domain::gap::{self, Kin, Kinship};
use cairn_domain::pack::Pay;
use cairn_domain::plan::{self, Budget};
use cairn_domain::requirement::{AdMention, Importance, Kind, Requirement, Target, Wanted};
use cairn_domain::standing::Claim;
use cairn_skills::{Mention, Ranked, Reader, Reading, Taxonomy};
use jiff::civil::Date;

use crate::holding;
use crate::packs::Packs;
use crate::refusal::Refusal;
use crate::shapes::{AdRead, Became, ExtractReport, GapReport, PlanReport, VerifyReport};

/// Ads that are read together as one target, at the most.
const MOST_ADS: usize = 20;
/// Longest ad that is read, in bytes.
const LONGEST_AD: usize = 200_000;
/// How sure a role must be before its pay is shown.
const SURE_OF_ROLE: f32 = 0.5;

/// Reads ads and advises. Cheap to clone; building one loads the taxonomy.
#[derive(Debug, Clone)]
pub struct Advisor {
    reader: Arc<Reader>,
    packs: &'static Packs,
}

impl Advisor {
    /// On the built-in taxonomy and packs.
    pub fn builtin() -> Advisor {
        let packs = Packs::builtin();
        let taxonomy = Arc::new(Taxonomy::builtin());
        Advisor { reader: Arc::new(Reader::new(taxonomy, &packs.vocabulary())), packs }
    }

    /// The taxonomy it reads against.
    pub fn taxonomy(&self) -> &Taxonomy {
        self.reader.taxonomy()
    }

    /// The packs it advises from.
    pub fn packs(&self) -> &'static Packs {
        self.packs
    }

    /// Reads one text as an ad.
    pub fn extract(&self, text: &str) -> ExtractReport {
        ExtractReport {
            shape: "cairn/extract/1".into(),
            taxonomy: self.taxonomy().version().into(),
            reading: self.reader.read_ad(text),
        }
    }

    /// Ranks ESCO skills for one sentence, best first.
    pub fn rank(&self, sentence: &str, n: usize) -> Vec<Ranked> {
        self.reader.rank(sentence, n)
    }

    /// The gap between what the credentials and claims show and what the ads (name, text), or the role, ask for.
    /// `claims` are the learner's own words: where they stand, and the words.
    ///
    /// # Errors
    /// No ad and no role, an unknown role, an empty, overlong or too many ads.
    pub fn gap(
        &self,
        ads: Vec<(String, String)>,
        role: Option<&str>,
        credentials: VerifyReport,
        claims: Vec<(String, String)>,
    ) -> Result<GapReport, Refusal> {
        let ads = self.read_ads(ads)?;
        let (target, pay) = self.target(&ads, role)?;
        let held = holding::held(&credentials);
        let claims = self.claims(&credentials, &claims);
        let mut notes: Vec<String> = Vec::new();
        for ad in &ads {
            notes.extend(ad.reading.notes.iter().map(|note| format!("{}: {note}", ad.name)));
        }
        if target.requirements.is_empty() {
            notes.push("Nothing was found that this asks for. Paste the whole ad, with its list of requirements.".into());
        }
        let gap = gap::gap(target, &held, &claims, self);
        let at = credentials.at;
        Ok(GapReport { shape: "cairn/gap/1".into(), at, ads, credentials, held, claims, gap, pay, notes })
    }

    /// The best way to close the gap under the budget. `start` is the day from which its date is counted.
    ///
    /// # Errors
    /// A budget that cannot be worked with: a date that is past, currencies without a dated rate.
    pub fn plan(&self, gap: GapReport, budget: Budget, start: Option<Date>) -> Result<PlanReport, Refusal> {
        let plan = plan::plan(&gap.gap, &self.packs.offers(), &gap.held, self, &budget, start)
            .map_err(|refusal| Refusal::new("budget-refused", refusal.to_string()))?;
        Ok(PlanReport { shape: "cairn/plan/1".into(), gap, plan })
    }

    fn read_ads(&self, ads: Vec<(String, String)>) -> Result<Vec<AdRead>, Refusal> {
        if ads.len() > MOST_ADS {
            let says = format!("There are {} ads; at most {MOST_ADS} are read together. Leave some out.", ads.len());
            return Err(Refusal::new("too-many-ads", says));
        }
        ads.into_iter()
            .map(|(name, text)| {
                if text.trim().is_empty() {
                    let says = format!("{name} is empty. Paste the text of the job ad.");
                    return Err(Refusal::new("ad-empty", says));
                }
                if text.len() > LONGEST_AD {
                    let says = format!(
                        "{name} has {} kB; an ad may have {} kB. Paste the text of one ad only.",
                        text.len() / 1000,
                        LONGEST_AD / 1000
                    );
                    return Err(Refusal::new("ad-too-long", says));
                }
                let reading = self.reader.read_ad(&text);
                Ok(AdRead { name, text, reading })
            })
            .collect()
    }

    /// What is aimed at, and the typical pay of the role when one is known.
    fn target(&self, ads: &[AdRead], role: Option<&str>) -> Result<(Target, Option<Pay>), Refusal> {
        if let Some(id) = role {
            let (_, role) = self.packs.role(id).ok_or_else(|| {
                let says = format!("There is no role `{id}` in the packs. `/catalogue` lists them.");
                Refusal::new("role-unknown", says)
            })?;
            return Ok((Target::from_role(role), Some(role.pay.clone())));
        }
        if ads.is_empty() {
            let says = "There is no job ad and no role. Paste an ad, or choose a role.";
            return Err(Refusal::new("ad-missing", says));
        }
        let mut target = Target::from_ads(name(ads), ads.iter().map(|ad| requirements(&ad.reading)).collect());
        let best = ads
            .iter()
            .flat_map(|ad| &ad.reading.roles)
            .filter(|role| role.confidence >= SURE_OF_ROLE)
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence));
        let role = best.and_then(|role| self.packs.role(&role.id)).map(|(_, role)| role);
        target.role = role.map(|role| role.id.clone());
        Ok((target, role.map(|role| role.pay.clone())))
    }

    /// What the learner says: in their own words, and in dropped things that count only as claims.
    fn claims(&self, report: &VerifyReport, own: &[(String, String)]) -> Vec<Claim> {
        let dropped = report.items.iter().filter_map(|item| match &item.became {
            Became::Claim { text, .. } if !text.trim().is_empty() => Some((&item.name, text)),
            _ => None,
        });
        let own = own.iter().map(|(from, text)| (from, text));
        let mut claims: Vec<Claim> = Vec::new();
        for (from, text) in own.chain(dropped) {
            for mention in self.reader.read_claims(text).mentions {
                if !claims.iter().any(|claim| claim.key == mention.key && claim.from == *from) {
                    claims.push(Claim { key: mention.key, words: mention.words, from: from.clone() });
                }
            }
        }
        claims
    }
}

/// A name for the target: the ad's title, or how many ads.
fn name(ads: &[AdRead]) -> String {
    match ads {
        [one] => one.reading.title.clone().unwrap_or_else(|| one.name.clone()),
        several => format!("{} ads read together", several.len()),
    }
}

/// Mentions as requirements, one for each mention; the target merges them.
fn requirements(reading: &Reading) -> Vec<Requirement> {
    reading.mentions.iter().map(requirement).collect()
}

fn requirement(mention: &Mention) -> Requirement {
    Requirement {
        wanted: Wanted { kind: kind(mention.kind), key: mention.key.clone(), label: mention.label.clone() },
        importance: match mention.importance {
            cairn_skills::Importance::Required => Importance::Required,
            cairn_skills::Importance::Preferred => Importance::Preferred,
        },
        weight: 1,
        level: mention.level.clone(),
        asked_by: 1,
        mentions: vec![AdMention {
            ad: 0,
            start: mention.span.start,
            end: mention.span.end,
            words: mention.words.clone(),
            why: serde_json::to_value(&mention.why).unwrap_or_default(),
        }],
        confidence: mention.confidence,
    }
}

fn kind(kind: cairn_skills::Kind) -> Kind {
    match kind {
        cairn_skills::Kind::Skill => Kind::Skill,
        cairn_skills::Kind::Tool => Kind::Tool,
        cairn_skills::Kind::Certificate => Kind::Certificate,
        cairn_skills::Kind::Licence => Kind::Licence,
        cairn_skills::Kind::Degree => Kind::Degree,
        cairn_skills::Kind::Years => Kind::Years,
        cairn_skills::Kind::Language => Kind::Language,
    }
}

/// What the taxonomy and the packs know of how one thing stands to another.
impl Kin for Advisor {
    fn kinship(&self, held: &str, wanted_key: &str) -> Option<Kinship> {
        self.taxonomy().kinship(held, wanted_key).map(|kinship| match kinship {
            cairn_skills::Kinship::Same => Kinship::Same,
            cairn_skills::Kinship::Narrower => Kinship::Narrower,
            cairn_skills::Kinship::Broader => Kinship::Broader,
            cairn_skills::Kinship::Related => Kinship::Related,
        })
    }

    fn label_key(&self, name: &str) -> Option<String> {
        self.taxonomy().find_label(name).map(|skill| skill.uri)
    }

    fn certificate_ids(&self, cert_key: &str) -> Vec<String> {
        let id = cert_key.strip_prefix("cert:").unwrap_or(cert_key);
        self.packs.certificate(id).map(|certificate| certificate.ids.clone()).unwrap_or_default()
    }

    fn certificate_names(&self, cert_key: &str) -> Vec<String> {
        let id = cert_key.strip_prefix("cert:").unwrap_or(cert_key);
        let Some(certificate) = self.packs.certificate(id) else { return Vec::new() };
        std::iter::once(certificate.name.clone()).chain(certificate.also.iter().cloned()).collect()
    }
}
