//! Awards: one transaction from the place on the status lists to the leaf of the log, with the grounds on which it was
//! made.

mod change;
mod prepared;
mod why;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use cairn_credential::facts::Achievement;
use cairn_credential::sign::SigningKey;
use cairn_domain::access::{Act, Role, allows};
use cairn_domain::award::Event;
use cairn_domain::definition::Definition;
use cairn_store::{AwardEvent, Org, StoreFault, StoredCredential, Tx};
use jiff::Timestamp;
use serde_json::json;

use crate::Office;
use crate::access::Actor;
use crate::issuing::{Secured, Unsigned};
use crate::post::Writing;
use crate::refusal::{Refusal, Trouble};

pub use cairn_store::{CredentialFilter as AwardFilter, StoredCredential as Awarded};
pub use change::AwardsPage;
pub use why::{Told, Why};

pub(crate) use prepared::{Prepared, direct_events, name};

/// What is to be awarded to whom.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// The organisation that awards.
    pub org_id: String,
    /// The achievement.
    pub achievement_id: String,
    /// Its published version.
    pub version: String,
    /// To whom.
    pub recipient: Recipient,
    /// When it was earned; now when absent. Never in the future.
    pub awarded: Option<Timestamp>,
    /// Until when it is valid; what the definition says when absent.
    pub valid_until: Option<Timestamp>,
    /// Criterion's id and the level that was reached.
    pub results: Vec<(String, String)>,
    /// What the credential tells of how it was earned; everybody who sees it can read it.
    pub narrative: Option<String>,
    /// Evidence that it rests on.
    pub evidence_ids: Vec<String>,
    /// The learner's request that it answers.
    pub request_id: Option<String>,
    /// The batch and its line that it comes with.
    pub batch: Option<(String, u64)>,
    /// `id` of the credential that it corrects.
    pub supersedes: Option<String>,
    /// What makes a repeated grant the same award.
    pub idempotency_key: String,
    /// How the credential is secured.
    pub secured: Secured,
    /// Whether the recipient gets a letter with a link to claim it.
    pub letter: bool,
    /// Why it is awarded without a request, for the records; not in the credential.
    pub why: Option<String>,
}

/// Who receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// Name, where the credential shall say one.
    pub name: Option<String>,
    /// Address. The credential carries only a salted hash of it.
    pub email: String,
}

/// A version of an achievement as it is awarded.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// What was published.
    pub definition: Definition,
    /// What credentials carry of it.
    pub facts: Achievement,
    /// Hash of what was published.
    pub sha256: String,
}

/// What one award needs: the organisation, its key, the rules by achievement and version.
pub(crate) struct Awarding {
    pub org: Org,
    pub key: SigningKey,
    pub rules: HashMap<(String, String), Option<Rule>>,
}

impl Office {
    /// Awards directly. The same idempotency key gives the same credential again.
    pub async fn award(&self, actor: &Actor, grant: Grant) -> Result<StoredCredential, Trouble> {
        let made = self.award_many(actor, vec![grant]).await?.pop();
        Ok(made.ok_or_else(|| Trouble::fault("an award came to nothing"))??)
    }

    /// Awards directly, many of one organisation in one transaction, in the order given: what cannot be awarded is
    /// refused by itself, the others are made. The same idempotency key gives the same credential again.
    pub async fn award_many(
        &self,
        actor: &Actor,
        grants: Vec<Grant>,
    ) -> Result<Vec<Result<StoredCredential, Refusal>>, Trouble> {
        let Some(org_id) = grants.first().map(|grant| grant.org_id.clone()) else { return Ok(Vec::new()) };
        actor.require(&org_id, Act::Award)?;
        if grants.iter().any(|grant| grant.org_id != org_id) {
            return Err(Refusal::new("several-organisations", "Award for one organisation at a time.").into());
        }
        let role = role_for(actor, &org_id, Act::Award);
        let awarding = self.awarding(&org_id, &grants).await?;
        let mut prepared = Vec::with_capacity(grants.len());
        for grant in &grants {
            let events = prepared::direct_events(grant, role);
            prepared.push(match self.prepare(&awarding, grant, events).await {
                Ok(one) => Ok(one),
                Err(Trouble::Refusal(refusal)) => Err(refusal),
                Err(fault) => return Err(fault),
            });
        }
        match self.award_prepared(actor, &awarding, prepared.clone()).await {
            // somebody else has just made one of them: now it is found
            Err(Trouble::Refusal(refusal)) if refusal.code == "taken" => {
                self.award_prepared(actor, &awarding, prepared).await
            }
            other => other,
        }
    }

    /// What awards of an organisation need, looked up once.
    pub(crate) async fn awarding(&self, org_id: &str, grants: &[Grant]) -> Result<Awarding, Trouble> {
        let org = self.desk.org(org_id).await?;
        if org.closed.is_some() {
            return Err(Refusal::new("not-now", "This organisation is closed: it awards nothing any more.").into());
        }
        let key = self.desk.signing_key(org_id).await?;
        let mut rules = HashMap::new();
        for grant in grants {
            let of = (grant.achievement_id.clone(), grant.version.clone());
            if let Entry::Vacant(place) = rules.entry(of) {
                let rule = self.rule(org_id, &place.key().0, &place.key().1).await?;
                place.insert(rule);
            }
        }
        Ok(Awarding { org, key, rules })
    }

    /// A published version as it is awarded.
    pub(crate) async fn rule(&self, org_id: &str, achievement: &str, version: &str) -> Result<Option<Rule>, Trouble> {
        let found = self.find_version(org_id, achievement, version).await?;
        Ok(found.map(|one| Rule { definition: one.definition, facts: one.facts, sha256: one.sha256 }))
    }

    async fn award_prepared(
        &self,
        actor: &Actor,
        awarding: &Awarding,
        prepared: Vec<Result<Prepared, Refusal>>,
    ) -> Result<Vec<Result<StoredCredential, Refusal>>, Trouble> {
        let mut tx = self.desk.store.begin().await?;
        // what stands in each place: made before, refused, or to be made (as a place among those)
        let mut answers = Vec::with_capacity(prepared.len());
        let mut to_make: Vec<Prepared> = Vec::new();
        let mut keys: HashMap<String, usize> = HashMap::new();
        for one in prepared {
            answers.push(match one {
                Err(refusal) => Answer::Known(Box::new(Err(refusal))),
                Ok(one) => {
                    let key = one.unsigned.row.idempotency_key.clone();
                    if let Some(place) = keys.get(&key) {
                        Answer::Made(*place)
                    } else if let Some(made) = tx.find_credential_by_key(&awarding.org.id, &key).await? {
                        Answer::Known(Box::new(same_award(made, &one)))
                    } else {
                        keys.insert(key, to_make.len());
                        to_make.push(one);
                        Answer::Made(to_make.len() - 1)
                    }
                }
            });
        }
        let made = self.award_within(&mut tx, actor, awarding, to_make).await?;
        self.desk.log_awards(&mut tx, &awarding.org, &made).await?;
        tx.commit().await?;
        tracing::info!(count = made.len(), "Awarded {} credentials", made.len());
        let answer = |answer| match answer {
            Answer::Known(known) => Ok(*known),
            Answer::Made(place) => {
                made.get(place).cloned().map(Ok).ok_or_else(|| Trouble::fault("an award came to nothing"))
            }
        };
        answers.into_iter().map(answer).collect()
    }

    /// Signs and records awards in a transaction, with their events, evidence, audit and letters. Their leaves of the
    /// log come last and are the caller's.
    pub(crate) async fn award_within(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        awarding: &Awarding,
        many: Vec<Prepared>,
    ) -> Result<Vec<StoredCredential>, Trouble> {
        let (unsigned, rest): (Vec<Unsigned>, Vec<_>) = many
            .into_iter()
            .map(|one| (one.unsigned, (one.events, one.evidence_ids, one.letter, one.achievement_name)))
            .unzip();
        let made = match self.desk.issue_within(tx, &awarding.key, unsigned).await {
            Err(Trouble::Fault(fault)) => return Err(taken(fault)),
            other => other?,
        };
        for (one, (events, evidence_ids, letter, name)) in made.iter().zip(rest) {
            let award_id = one.request_id.as_ref().unwrap_or(&one.public_id);
            self.note_events(tx, actor, (&one.org_id, award_id), &events).await?;
            for id in &evidence_ids {
                tx.update_evidence_credential(&one.org_id, id, &one.credential_id).await?;
            }
            let detail = json!({"achievement": one.achievement_id, "version": one.version});
            let object = ("credential", one.public_id.as_str());
            tx.insert_audit(&actor.audit(&self.outside, &one.org_id, "credential.award", object, Some(detail))).await?;
            if letter {
                self.write_award_letter(tx, &awarding.org.name, one, &name).await?;
            }
        }
        Ok(made)
    }

    /// Adds events after those that an award has.
    pub(crate) async fn note_events(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        (org_id, award_id): (&str, &str),
        events: &[Event],
    ) -> Result<(), Trouble> {
        if events.is_empty() {
            return Ok(());
        }
        let last = tx.list_award_events_so_far(org_id, award_id).await?.last().map_or(0, |event| event.seq);
        for (event, seq) in events.iter().zip(last + 1..) {
            let one = AwardEvent {
                org_id: org_id.into(),
                award_id: award_id.into(),
                seq,
                kind: event.word().into(),
                at: self.now(),
                by_person: actor.person_id().map(str::to_owned),
                body: serde_json::to_string(event).map_err(|error| Trouble::fault(error.to_string()))?,
            };
            tx.insert_award_event(&one).await?;
        }
        Ok(())
    }

    /// The letter to a recipient, with a link by which it becomes theirs.
    pub(crate) async fn write_award_letter(
        &self,
        tx: &mut Tx,
        org: &str,
        of: &StoredCredential,
        achievement: &str,
    ) -> Result<(), Trouble> {
        let Some(to) = of.recipient_email.clone() else { return Ok(()) };
        let claim = self.desk.claim_link(tx, &of.org_id, &of.credential_id).await?;
        let dear = of.recipient_name.as_ref().map_or_else(|| "Hello,".to_owned(), |name| format!("Dear {name},"));
        let writing = Writing {
            to,
            kind: "award",
            subject: format!("{org} has awarded you “{achievement}”"),
            paragraphs: vec![
                dear,
                format!("{org} has awarded you “{achievement}”."),
                format!(
                    "It is a signed credential: anybody can check it, without asking {org} and without an account. \
                     Its page is {}.",
                    self.credential_page(of)
                ),
                "The link below makes it yours on this site. It works with whichever address you like to sign in with."
                    .into(),
            ],
            link: Some(("Make it yours".into(), claim)),
            why: format!("You get this letter because {org} named this address as the recipient's."),
        };
        tx.insert_letter(&self.desk.letter(writing)).await?;
        Ok(())
    }

    /// Address of a credential's public page.
    pub fn credential_page(&self, of: &StoredCredential) -> String {
        format!("{}/credentials/{}", self.base_url, of.public_id)
    }
}

enum Answer {
    Known(Box<Result<StoredCredential, Refusal>>),
    Made(usize),
}

/// As what somebody does this.
pub(crate) fn role_for(actor: &Actor, org_id: &str, act: Act) -> Role {
    // whoever runs the program answers for it as an owner does
    actor.roles_in(org_id).find(|role| allows(*role, act)).unwrap_or(Role::Owner)
}

/// What a repeated key gives: the same award, unless it asks for another one.
fn same_award(made: StoredCredential, asked: &Prepared) -> Result<StoredCredential, Refusal> {
    let row = &asked.unsigned.row;
    let same = made.achievement_id == row.achievement_id
        && made.version == row.version
        && (made.recipient_email.is_none() || made.recipient_email == row.recipient_email);
    if same {
        return Ok(made);
    }
    let says = "This idempotency key stands for another award already. Give each award a key of its own.";
    Err(Refusal::new("key-used-otherwise", says))
}

/// A race for the same key is no fault: the next try finds what the other has made.
fn taken(fault: crate::refusal::Fault) -> Trouble {
    match fault.0.downcast_ref::<StoreFault>() {
        Some(StoreFault::Taken(_)) => Refusal::new("taken", "Somebody has just made the same award.").into(),
        _ => Trouble::Fault(fault),
    }
}
