//! From a grant to what is signed: everything that can be settled before a place on the lists is taken.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_credential::facts::{EvidenceFact, Facts, Identifier, ResultFact, Subject};
use cairn_domain::access::Role;
use cairn_domain::award::{Event, decide};
use cairn_domain::definition::{Basis, Definition};
use cairn_store::{StoredCredential, StoredEvidence};
use jiff::{Span, Timestamp, tz::TimeZone};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Awarding, Grant, Rule};
use crate::Office;
use crate::achievements::result_of;
use crate::issuing::{Unsigned, party, public_id};
use crate::log;
use crate::outside::Outside;
use crate::people::address;
use crate::refusal::{Refusal, Trouble};

/// An award that is ready to be signed.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub unsigned: Unsigned,
    /// What is to be noted beside what was noted before.
    pub events: Vec<Event>,
    pub evidence_ids: Vec<String>,
    pub letter: bool,
    pub achievement_name: String,
}

/// The events of an award without a request.
pub(crate) fn direct_events(grant: &Grant, role: Role) -> Vec<Event> {
    let why = match (&grant.why, &grant.batch) {
        (Some(why), _) if !why.trim().is_empty() => why.trim().to_owned(),
        (_, Some((_, line))) => format!("It came with a list of awards, in line {line}."),
        _ => "No reason was noted.".into(),
    };
    let judged = grant.results.iter().map(|(criterion, level)| Event::CriterionJudged {
        criterion: criterion.clone(),
        level: Some(level.clone()).filter(|level| !level.is_empty()),
        met: true,
    });
    std::iter::once(Event::AwardedDirectly { role, why }).chain(judged).collect()
}

impl Office {
    /// Settles everything about a direct award but its places and signature.
    pub(crate) async fn prepare(
        &self,
        awarding: &Awarding,
        grant: &Grant,
        events: Vec<Event>,
    ) -> Result<Prepared, Trouble> {
        self.prepare_after(awarding, grant, &[], events).await
    }

    /// The same where something has happened before.
    pub(crate) async fn prepare_after(
        &self,
        awarding: &Awarding,
        grant: &Grant,
        before: &[Event],
        events: Vec<Event>,
    ) -> Result<Prepared, Trouble> {
        let rule = awarding.rules.get(&(grant.achievement_id.clone(), grant.version.clone()));
        let rule = rule.and_then(Option::as_ref).ok_or_else(|| {
            let says = "There is no such published version of an achievement here. Look up its id and version.";
            Refusal::new("no-such-version", says)
        })?;
        let email = address(&grant.recipient.email)?;
        let name = name(grant.recipient.name.as_deref())?;
        let (awarded, valid_until) = times(grant, &rule.definition, self.now())?;
        let results = results(grant, rule)?;
        let all: Vec<Event> = before.iter().chain(&events).cloned().collect();
        let outcome = decide(&rule.definition, &all);
        if !outcome.awarded {
            let missing: Vec<&str> =
                outcome.reasons.iter().filter(|r| !r.holds).map(|reason| reason.says.as_str()).collect();
            let says = format!("This cannot be awarded as things stand. {}", missing.join(" "));
            return Err(Refusal::new("requirements-not-met", says).into());
        }
        let mut evidence = narrative(grant)?;
        for id in &grant.evidence_ids {
            let found = self.desk.store.find_evidence(&grant.org_id, id).await?;
            let one = found.filter(|one| one.credential_id.is_none() || grant.supersedes.is_some());
            let one = one.ok_or_else(|| {
                let says = format!("There is no evidence {id} here that could be bound to this award.");
                Refusal::new("no-such-evidence", says)
            })?;
            evidence.push(fact(&one));
        }
        let public_id = public_id(&self.outside);
        let credential_id = format!("{}/credentials/{public_id}", self.base_url);
        let basis = json!({
            "achievement": rule.facts.id, "version": grant.version, "definition_sha256": rule.sha256,
            "outcome": outcome, "results": grant.results, "narrative": grant.narrative,
        });
        let facts = Facts {
            id: Some(credential_id.clone()),
            name: rule.facts.name.clone(),
            issuer: party(&awarding.org),
            subject: Subject { id: None, name: None, identifiers: identifiers(&self.outside, &email, name.as_deref()) },
            achievement: Some(rule.facts.clone()),
            results,
            evidence,
            valid_from: Some(awarded),
            valid_until,
            awarded: Some(awarded),
            ..Facts::default()
        };
        let row = StoredCredential {
            org_id: grant.org_id.clone(),
            credential_id,
            public_id,
            idempotency_key: grant.idempotency_key.clone(),
            achievement_id: grant.achievement_id.clone(),
            version: grant.version.clone(),
            awarded,
            valid_until,
            recipient_name: name,
            recipient_email: Some(email),
            basis: Some(basis.to_string()),
            request_id: grant.request_id.clone(),
            batch_id: grant.batch.as_ref().map(|batch| batch.0.clone()),
            batch_line: grant.batch.as_ref().map(|batch| batch.1),
            supersedes: grant.supersedes.clone(),
            leaf_salt: Some(log::salt(&self.outside)),
            ..StoredCredential::default()
        };
        Ok(Prepared {
            unsigned: Unsigned { facts, row, secured: grant.secured },
            events,
            evidence_ids: grant.evidence_ids.clone(),
            letter: grant.letter,
            achievement_name: rule.facts.name.clone(),
        })
    }
}

/// A name in the form in which credentials carry it.
pub(crate) fn name(name: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else { return Ok(None) };
    if name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Refusal::new("bad-name", "A name has at most 200 characters, all on one line."));
    }
    Ok(Some(name.to_owned()))
}

/// When it was awarded and until when it is valid, to the second.
fn times(grant: &Grant, rule: &Definition, now: Timestamp) -> Result<(Timestamp, Option<Timestamp>), Refusal> {
    let seconds = |time: Timestamp| Timestamp::from_second(time.as_second()).unwrap_or(time);
    let awarded = seconds(grant.awarded.unwrap_or(now));
    if awarded > now {
        return Err(Refusal::new("in-the-future", "An award cannot lie in the future. Give a day up to today."));
    }
    let until = match (grant.valid_until, rule.valid_months) {
        (Some(until), _) => Some(seconds(until)),
        (None, Some(months)) => {
            let end = awarded.to_zoned(TimeZone::UTC).checked_add(Span::new().months(i64::from(months.min(12_000))));
            Some(
                end.map_err(|_| Refusal::new("no-such-day", "The end of validity is no day of our calendar."))?
                    .timestamp(),
            )
        }
        (None, None) => None,
    };
    if until.is_some_and(|until| until <= awarded) {
        let says = "Its validity would end before it begins. Give an end after the day of the award.";
        return Err(Refusal::new("ends-before-it-begins", says));
    }
    Ok((awarded, until))
}

/// Results as the credential carries them: the level that was reached, by its address in the result description. An
/// empty level stands for a criterion without levels that is met.
fn results(grant: &Grant, rule: &Rule) -> Result<Vec<ResultFact>, Refusal> {
    let one = |(id, level): &(String, String)| {
        let criterion = rule.definition.criteria.iter().find(|criterion| criterion.id == *id).ok_or_else(|| {
            let all: Vec<&str> = rule.definition.criteria.iter().map(|criterion| criterion.id.as_str()).collect();
            let says = format!("“{id}” is no criterion of this achievement. Its criteria are {}.", all.join(", "));
            Refusal::new("no-such-criterion", says)
        })?;
        let level = Some(level.as_str()).filter(|level| !level.is_empty());
        result_of(&rule.definition, &rule.facts.id, id, level).ok_or_else(|| {
            let says = match (criterion.levels.is_empty(), level) {
                (true, _) => format!("The criterion “{id}” has no levels: leave its level out."),
                (false, None) => format!("“{id}” needs a level: one of {}.", criterion.levels.join(", ")),
                (false, Some(level)) => {
                    format!("“{level}” is no level of “{id}”. Its levels are {}.", criterion.levels.join(", "))
                }
            };
            Refusal::new("no-such-level", says)
        })
    };
    // who only took part has no results
    if rule.definition.basis == Basis::Participation {
        return Ok(Vec::new());
    }
    grant.results.iter().map(one).collect()
}

fn narrative(grant: &Grant) -> Result<Vec<EvidenceFact>, Refusal> {
    let Some(words) = grant.narrative.as_deref().map(str::trim).filter(|words| !words.is_empty()) else {
        return Ok(Vec::new());
    };
    if words.chars().count() > 4_000 {
        return Err(Refusal::new(
            "too-long",
            "What the credential tells of how it was earned has at most 4,000 characters.",
        ));
    }
    Ok(vec![EvidenceFact {
        name: Some("How it was earned".into()),
        narrative: Some(words.to_owned()),
        ..EvidenceFact::default()
    }])
}

/// A piece of evidence as the credential names it. A file or text is bound by its hash and has no address, since not
/// everybody may see it; a link stands there as it was given, and the signature is what binds it.
fn fact(one: &StoredEvidence) -> EvidenceFact {
    let hashed = one.kind != "link";
    EvidenceFact {
        url: one.url.clone().filter(|_| !hashed),
        name: Some(one.name.clone()).filter(|name| !name.is_empty()),
        narrative: None,
        digest: hashed.then(|| integrity(&one.sha256)),
    }
}

/// Hex SHA-256 as Subresource Integrity writes it (`digestSRI`).
fn integrity(sha256: &str) -> String {
    let bytes: Vec<u8> =
        (0..sha256.len() / 2).filter_map(|at| u8::from_str_radix(sha256.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    format!("sha256-{}", STANDARD.encode(bytes))
}

/// The address, hashed with a salt of its own (Open Badges 3.0 `IdentityObject`), and the name as it is.
fn identifiers(outside: &Outside, email: &str, name: Option<&str>) -> Vec<Identifier> {
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let salt = hex(&outside.bytes::<16>());
    let digest = Sha256::digest(format!("{email}{salt}").as_bytes());
    let hashed = Identifier {
        kind: "emailAddress".into(),
        value: format!("sha256${}", hex(&digest)),
        hashed: true,
        salt: Some(salt),
    };
    let plain = |name: &str| Identifier { kind: "name".into(), value: name.into(), hashed: false, salt: None };
    std::iter::once(hashed).chain(name.map(plain)).collect()
}
