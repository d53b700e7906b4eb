//! The demo's sample data: issuers with keys of their own, learners, and badges truly signed, revoked, suspended or
//! tampered with.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_credential::bake;
use cairn_credential::facts::{
    Achievement, Alignment, EvidenceFact, Facts, Identifier, Party, ResultDescription, ResultFact, Subject,
};
use cairn_credential::sign::{SigningKey, open_badge, sign_data_integrity, sign_jwt};
use cairn_credential::trust::{self, TrustList, TrustedIssuer};
use cairn_domain::access::Role;
use cairn_domain::award::StatusReason;
use cairn_domain::pack::{PackWanted, SampleBadge, SampleForm, SampleIssuer, SampleLearner, SampleResult, SampleState};
use cairn_store::StoredCredential;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Office;
use crate::advisor::onet_page;
use crate::artwork;
use crate::issuing::{Award, Desk, Issuer, Secured, StatusChange};
use crate::packs::Packs;
use crate::refusal::Trouble;

/// The demo's sample data.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The sample issuers that are trusted.
    pub trust_list: TrustList,
    /// When it was made.
    pub made: Timestamp,
    /// The sample learners.
    pub learners: Vec<DemoLearner>,
    /// Sample people to sign in as.
    pub people: Vec<DemoPerson>,
}

/// Somebody to sign in as, in one click.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    /// Kebab-case id.
    pub id: String,
    /// Name, fictional.
    pub name: String,
    /// Address under a reserved name.
    pub address: String,
    /// What they are here.
    pub part: String,
    /// The person.
    pub person_id: String,
}

/// A sample learner and their badges.
#[derive(Debug, Clone)]
pub struct DemoLearner {
    /// Kebab-case id.
    pub id: String,
    /// Name, fictional.
    pub name: String,
    /// Address under a reserved name.
    pub address: String,
    /// One or two sentences on who they are.
    pub story: String,
    /// Their own words, read as claims.
    pub claims: String,
    /// Their badges, in the pack's order.
    pub files: Vec<DemoFile>,
}

/// A sample badge as a file.
#[derive(Debug, Clone)]
pub struct DemoFile {
    /// File name, such as `cloud-foundations.png`.
    pub name: String,
    /// Such as `image/png`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// In which state it was made.
    pub state: SampleState,
}

impl Demo {
    /// The sample trust list as a file (`docs/schema/trust-list.v1.json`).
    pub fn trust_json(&self) -> String {
        trust::write(&self.trust_list, Some(self.made))
    }

    /// The learner with this id.
    pub fn learner(&self, id: &str) -> Option<&DemoLearner> {
        self.learners.iter().find(|learner| learner.id == id)
    }
}

/// Sets up the packs' sample issuers and signs every sample badge in its state and form.
pub async fn seed(desk: &Desk, packs: &Packs) -> Result<Demo, Trouble> {
    let mut issuers: HashMap<&str, Issuer> = HashMap::new();
    let mut trust_list = TrustList { name: "Sample issuers of the demo".into(), issuers: Vec::new() };
    let samples = || packs.packs.iter().flat_map(|pack| &pack.issuers);
    for sample in samples() {
        if issuers.contains_key(sample.id.as_str()) {
            continue;
        }
        let issuer = desk.set_up_key_issuer(&sample.name, Some(&sample.url)).await?;
        if sample.trusted {
            trust_list.issuers.push(trusted(&issuer, sample));
        }
        issuers.insert(&sample.id, issuer);
    }
    let mut learners = Vec::new();
    for sample in packs.packs.iter().flat_map(|pack| &pack.learners) {
        let mut files = Vec::new();
        for badge in &sample.badges {
            let text = signed(desk, &issuers, sample, badge).await?;
            files.push(file(badge, &text, issuers.get(badge.issuer.as_str()).map_or(&sample.name, |i| &i.org.name))?);
        }
        learners.push(DemoLearner {
            id: sample.id.clone(),
            name: sample.name.clone(),
            address: sample.address.clone(),
            story: sample.story.clone(),
            claims: sample.claims.clone(),
            files,
        });
    }
    Ok(Demo { trust_list, made: desk.outside.now(), learners, people: Vec::new() })
}

impl Office {
    /// Accounts to try the site with: an owner, somebody who issues and assesses, and the first sample learner.
    pub(crate) async fn seed_people(&mut self) -> Result<(), Trouble> {
        let Some(mut demo) = self.demo.clone() else { return Ok(()) };
        let trusted = |org: &cairn_store::Org| demo.trust_list.issuers.iter().any(|issuer| issuer.id == org.did);
        let Some(org) = self.desk.store.list_orgs().await?.into_iter().find(trusted) else { return Ok(()) };
        let staff: [(&str, &str, &str, &[Role]); 2] = [
            ("olga", "Olga Marsh", "Owner", &[Role::Owner]),
            ("ivo", "Ivo Brandt", "Issuer and assessor", &[Role::Issuer, Role::Assessor]),
        ];
        let mut people = Vec::new();
        for (id, name, part, roles) in staff {
            let address = format!("{id}@staff.example");
            let person = self.open_account(&address, name).await?;
            for role in roles {
                self.give_role(&org.id, &person.id, *role, None).await?;
            }
            let part = format!("{part} of {}", org.name);
            people.push(DemoPerson { id: id.into(), name: name.into(), address, part, person_id: person.id });
        }
        if let Some(learner) = demo.learners.first() {
            let person = self.open_account(&learner.address, &learner.name).await?;
            people.push(DemoPerson {
                id: learner.id.clone(),
                name: learner.name.clone(),
                address: learner.address.clone(),
                part: "Learner".into(),
                person_id: person.id,
            });
        }
        demo.people = people;
        self.demo = Some(demo);
        Ok(())
    }
}

fn trusted(issuer: &Issuer, sample: &SampleIssuer) -> TrustedIssuer {
    TrustedIssuer {
        id: issuer.org.did.clone(),
        name: Some(sample.name.clone()),
        url: Some(sample.url.clone()),
        keys: Vec::new(),
    }
}

/// Signs one badge and brings it into its state.
async fn signed(
    desk: &Desk,
    issuers: &HashMap<&str, Issuer>,
    learner: &SampleLearner,
    badge: &SampleBadge,
) -> Result<String, Trouble> {
    let mut facts = facts(desk, learner, badge)?;
    let secured = if badge.form == SampleForm::Jwt { Secured::Jwt } else { Secured::DataIntegrity };
    if badge.state == SampleState::SelfIssued {
        return self_issued(desk, facts, learner, secured);
    }
    let issuer = issuers
        .get(badge.issuer.as_str())
        .ok_or_else(|| Trouble::fault(format!("the sample badge {} names no known issuer", badge.id)))?;
    if let Some(achievement) = &mut facts.achievement {
        achievement.id = urn(&["achievement", &issuer.org.did, &badge.id]);
    }
    let idempotency_key = format!("demo/{}/{}", learner.id, badge.id);
    let recipient = Some((learner.name.clone(), learner.address.to_lowercase()));
    let org_id = issuer.org.id.clone();
    let made = desk.issue_to(Award { org_id, idempotency_key, facts, secured }, recipient).await?;
    match badge.state {
        SampleState::Revoked => taken_back(desk, &made, StatusChange::Revoke).await?,
        SampleState::Suspended => taken_back(desk, &made, StatusChange::Suspend).await?,
        SampleState::Tampered => return tampered(&made.signed_text),
        SampleState::Valid
        | SampleState::Expired
        | SampleState::UnknownIssuer
        | SampleState::SelfIssued
        | SampleState::AttendanceOnly => {}
    }
    Ok(made.signed_text)
}

/// Takes a sample badge back, on its list and in the records.
async fn taken_back(desk: &Desk, made: &StoredCredential, to: StatusChange) -> Result<(), Trouble> {
    desk.change_status(&made.org_id, &made.credential_id, to).await?;
    let (status, reason) = match to {
        StatusChange::Revoke => ("revoked", StatusReason::RequirementsNotMet),
        _ => ("suspended", StatusReason::UnderReview),
    };
    let mut tx = desk.store.begin().await?;
    let of = (made.org_id.as_str(), made.credential_id.as_str());
    tx.update_credential_status(of, Some(status), Some(reason.code()), desk.outside.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// A badge that the learner gives to themself, with a key of their own.
fn self_issued(desk: &Desk, mut facts: Facts, learner: &SampleLearner, secured: Secured) -> Result<String, Trouble> {
    let key = SigningKey::did_key(&desk.outside.bytes());
    let party = Party { id: key.controller().into(), name: Some(learner.name.clone()), url: None };
    facts.id = Some(format!("urn:uuid:{}", desk.outside.id()));
    facts.subject.id = Some(party.id.clone());
    if let Some(achievement) = &mut facts.achievement {
        achievement.definer = party.clone();
    }
    facts.issuer = party;
    let unsigned = open_badge(&facts, &[]);
    match secured {
        Secured::DataIntegrity => sign_data_integrity(&unsigned, &key, desk.outside.now(), "assertionMethod"),
        Secured::Jwt => sign_jwt(&unsigned, &key),
    }
    .map_err(Trouble::fault)
}

fn facts(desk: &Desk, learner: &SampleLearner, badge: &SampleBadge) -> Result<Facts, Trouble> {
    let awarded = moment(&badge.awarded, 9, badge)?;
    let until = badge.until.as_deref().map(|day| moment(day, 23, badge)).transpose()?;
    let (descriptions, results) = badge.result.as_ref().map(|result| rubric(badge, result)).unzip();
    Ok(Facts {
        name: badge.name.clone(),
        subject: Subject { id: None, name: None, identifiers: identifiers(desk, learner) },
        achievement: Some(Achievement {
            id: urn(&["achievement", &learner.id, &badge.id]),
            name: badge.name.clone(),
            description: Some(badge.description.clone()),
            kind: Some(badge.achievement_type.clone()),
            version: Some("1".into()),
            criteria: Some(badge.criteria.clone()),
            alignments: badge.aligned.iter().filter_map(alignment).collect(),
            result_descriptions: descriptions.into_iter().collect(),
            ..Achievement::default()
        }),
        results: results.into_iter().collect(),
        evidence: badge
            .evidence
            .iter()
            .map(|words| EvidenceFact {
                name: Some("Evidence".into()),
                narrative: Some(words.clone()),
                ..EvidenceFact::default()
            })
            .collect(),
        valid_from: Some(awarded),
        valid_until: until,
        awarded: Some(awarded),
        ..Facts::default()
    })
}

/// The learner's address, hashed with a salt of its own, and their name.
fn identifiers(desk: &Desk, learner: &SampleLearner) -> Vec<Identifier> {
    let salt = hex(&desk.outside.bytes::<8>());
    let digest = Sha256::digest(format!("{}{salt}", learner.address).as_bytes());
    vec![
        Identifier {
            kind: "emailAddress".into(),
            value: format!("sha256${}", hex(&digest)),
            hashed: true,
            salt: Some(salt),
        },
        Identifier { kind: "name".into(), value: learner.name.clone(), hashed: false, salt: None },
    ]
}

/// One rubric criterion with its levels, and the level that was reached.
fn rubric(badge: &SampleBadge, result: &SampleResult) -> (ResultDescription, ResultFact) {
    let level_id = |level: &str| urn(&["level", &badge.issuer, &badge.id, level]);
    let id = urn(&["result", &badge.issuer, &badge.id]);
    let description = ResultDescription {
        id: id.clone(),
        name: result.criterion.clone(),
        kind: "RubricCriterionLevel".into(),
        required_level: Some(level_id(&result.required)),
        levels: result.levels.iter().map(|level| (level_id(level), level.clone())).collect(),
        ..ResultDescription::default()
    };
    let fact = ResultFact {
        description: Some(id),
        achieved_level: Some(level_id(&result.achieved)),
        status: Some("Completed".into()),
        ..ResultFact::default()
    };
    (description, fact)
}

/// What a badge is aligned to: an ESCO skill, or a technology by its page at O*NET.
fn alignment(wanted: &PackWanted) -> Option<Alignment> {
    let (url, framework) = match (&wanted.skill, &wanted.tool) {
        (Some(uri), _) => (uri.clone(), "ESCO"),
        (None, Some(tool)) => (onet_page(tool), "O*NET"),
        (None, None) => return None,
    };
    Some(Alignment { url, name: wanted.label.clone(), framework: Some(framework.into()), ..Alignment::default() })
}

/// Changes what the badge claims and leaves its proof as it was: a level up where there are levels, else its name.
fn tampered(text: &str) -> Result<String, Trouble> {
    let damaged = || Trouble::fault("a sample badge cannot be taken apart");
    if text.starts_with('{') {
        let value = serde_json::from_str(text).map_err(|_| damaged())?;
        return Ok(better(value).to_string());
    }
    let mut parts = text.split('.');
    let (Some(header), Some(payload), Some(signature)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(damaged());
    };
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| damaged())?;
    let value = serde_json::from_slice(&payload).map_err(|_| damaged())?;
    Ok(format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(better(value).to_string())))
}

fn better(mut badge: Value) -> Value {
    let levels = badge.pointer("/credentialSubject/achievement/resultDescription/0/rubricCriterionLevel");
    let reached = badge.pointer("/credentialSubject/result/0/achievedLevel").cloned();
    let best = levels.and_then(Value::as_array).and_then(|levels| levels.last()?.get("id").cloned());
    let lowest = levels.and_then(Value::as_array).and_then(|levels| levels.first()?.get("id").cloned());
    let (place, to) = match best.filter(|best| Some(best) != reached.as_ref()).or(lowest.filter(|_| reached.is_some()))
    {
        Some(level) => ("/credentialSubject/result/0/achievedLevel", level),
        None => {
            let name = badge.pointer("/credentialSubject/achievement/name").and_then(Value::as_str).unwrap_or_default();
            ("/credentialSubject/achievement/name", json!(format!("{name}, with distinction")))
        }
    };
    if let Some(found) = badge.pointer_mut(place) {
        *found = to;
    }
    badge
}

fn file(badge: &SampleBadge, text: &str, issuer: &str) -> Result<DemoFile, Trouble> {
    let not_baked = |problem: cairn_credential::intake::Problem| Trouble::fault(problem.says);
    let (extension, media_type, bytes) = match badge.form {
        SampleForm::Json => ("json", "application/json", text.as_bytes().to_vec()),
        SampleForm::Jwt => ("jwt", "application/jwt", text.as_bytes().to_vec()),
        SampleForm::Png => {
            let picture = artwork::png(&badge.name, issuer);
            ("png", "image/png", bake::bake_png(&picture, text).map_err(not_baked)?)
        }
        SampleForm::Svg => {
            let picture = artwork::svg(&badge.name, issuer);
            ("svg", "image/svg+xml", bake::bake_svg(&picture, text).map_err(not_baked)?.into_bytes())
        }
    };
    Ok(DemoFile { name: format!("{}.{extension}", badge.id), media_type, bytes, state: badge.state })
}

fn moment(day: &str, hour: i8, badge: &SampleBadge) -> Result<Timestamp, Trouble> {
    let date: Option<Date> = day.parse().ok();
    let moment = date.and_then(|date| date.at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).ok());
    moment
        .map(|zoned| zoned.timestamp())
        .ok_or_else(|| Trouble::fault(format!("`{day}` in sample badge {} is no day", badge.id)))
}

/// A `urn:uuid:` that is always the same for the same words (UUIDv8, RFC 9562 §5.8).
fn urn(words: &[&str]) -> String {
    let digest = Sha256::digest(words.join("\n").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
