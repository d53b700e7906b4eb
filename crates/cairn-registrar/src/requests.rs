//! Requests of learners: begun, filled with evidence, sent, judged, answered.

mod judging;

use cairn_domain::award::Event;
use cairn_domain::definition::Definition;
use cairn_store::{Org, Person, StoredEvidence, StoredRequest};
use serde_json::json;

use crate::Office;
use crate::access::Actor;
use crate::awards::Told;
use crate::evidence::Given;
use crate::refusal::{Refusal, Trouble};

pub use cairn_store::StoredRequest as Request;
pub use judging::{Judged, Ruling};

/// How many pieces of evidence a request may have.
pub const MOST_EVIDENCE: usize = 10;

/// A request with all that belongs to it.
#[derive(Debug, Clone)]
pub struct WholeRequest {
    /// The request.
    pub request: StoredRequest,
    /// Who is asked.
    pub org: Org,
    /// The rule.
    pub definition: Definition,
    /// What was shown.
    pub evidence: Vec<StoredEvidence>,
    /// What happened, in order.
    pub events: Vec<Told>,
    /// The last part of the address of the credential that it led to.
    pub public_id: Option<String>,
}

impl WholeRequest {
    /// Words of whoever returned or refused it last.
    pub fn answer(&self) -> Option<&str> {
        self.events.iter().rev().find_map(|told| match &told.event {
            Event::Returned { words } | Event::Decided { words, .. } => Some(words.as_str()),
            _ => None,
        })
    }

    /// Whether it is the learner's turn.
    pub fn is_learners(&self) -> bool {
        is_learners(&self.request)
    }
}

impl Office {
    /// Begins a request for an achievement that is open, or goes on with the one that is under way.
    pub async fn begin_request(&self, actor: &Actor, achievement_id: &str) -> Result<StoredRequest, Trouble> {
        let (person, _) = actor.signed_in()?;
        let found = self.public_achievement(achievement_id).await?.filter(|one| one.is_open());
        let closed = || Refusal::new("not-found", "There is no achievement here that learners may ask for.");
        let achievement = found.ok_or_else(closed)?;
        let version = achievement.newest().ok_or_else(closed)?;
        let own = self.desk.store.list_requests_of_person(&person.id).await?;
        let under_way = |one: &&StoredRequest| {
            one.achievement_id == achievement_id && matches!(one.state.as_str(), "draft" | "open" | "returned")
        };
        if let Some(one) = own.iter().find(under_way) {
            return Ok(one.clone());
        }
        let email = self.main_address(person).await?;
        let now = self.now();
        let one = StoredRequest {
            org_id: achievement.org_id.clone(),
            request_id: self.outside.id(),
            achievement_id: achievement_id.into(),
            version: version.number.to_string(),
            person_id: person.id.clone(),
            name: person.name.clone(),
            email,
            state: "draft".into(),
            revision: 1,
            created: now,
            updated: now,
            ..StoredRequest::default()
        };
        let mut tx = self.desk.store.begin().await?;
        tx.insert_request(&one).await?;
        tx.commit().await?;
        Ok(one)
    }

    /// A person's own requests, newest first.
    pub async fn own_requests(&self, actor: &Actor) -> Result<Vec<WholeRequest>, Trouble> {
        let (person, _) = actor.signed_in()?;
        let mut all = Vec::new();
        for one in self.desk.store.list_requests_of_person(&person.id).await? {
            all.push(self.whole(one).await?);
        }
        Ok(all)
    }

    /// One of a person's own requests.
    pub async fn own_request(&self, actor: &Actor, request_id: &str) -> Result<WholeRequest, Trouble> {
        let (person, _) = actor.signed_in()?;
        let all = self.desk.store.list_requests_of_person(&person.id).await?;
        let found = all.into_iter().find(|one| one.request_id == request_id);
        let nothing = || Refusal::new("not-found", "You have no such request.");
        self.whole(found.ok_or_else(nothing)?).await
    }

    /// Adds a piece of evidence to one's own request.
    pub async fn add_request_evidence(
        &self,
        actor: &Actor,
        request_id: &str,
        given: Given,
    ) -> Result<StoredEvidence, Trouble> {
        let whole = self.own_request(actor, request_id).await?;
        let request = must_be_learners(&whole.request)?;
        if whole.evidence.len() >= MOST_EVIDENCE {
            let says = format!("A request has {MOST_EVIDENCE} pieces of evidence at most. Take one away first.");
            return Err(Refusal::new("too-much-evidence", says).into());
        }
        if let Some(wanted) = given.wanted.as_deref()
            && !whole.definition.evidence.iter().any(|one| one.id == wanted)
        {
            let says = format!("“{wanted}” is none of the pieces of evidence that are wanted.");
            return Err(Refusal::new("no-such-evidence", says).into());
        }
        let mut one = self.keep_evidence(actor, &request.org_id, given).await?;
        one.request_id = Some(request_id.into());
        let event =
            Event::EvidenceGiven { wanted: one.wanted.clone(), form: one.kind.clone(), sha256: one.sha256.clone() };
        let mut tx = self.desk.store.begin().await?;
        tx.find_request_to_change(&request.org_id, request_id).await?;
        tx.insert_evidence(&one).await?;
        self.note_events(&mut tx, actor, (&request.org_id, request_id), &[event]).await?;
        tx.commit().await?;
        Ok(one)
    }

    /// Takes a piece of evidence away from one's own request.
    pub async fn remove_request_evidence(
        &self,
        actor: &Actor,
        request_id: &str,
        evidence_id: &str,
    ) -> Result<(), Trouble> {
        let whole = self.own_request(actor, request_id).await?;
        let request = must_be_learners(&whole.request)?;
        let Some(one) = whole.evidence.iter().find(|one| one.evidence_id == evidence_id) else { return Ok(()) };
        let event = Event::EvidenceTakenBack { wanted: one.wanted.clone(), sha256: one.sha256.clone() };
        let mut tx = self.desk.store.begin().await?;
        tx.find_request_to_change(&request.org_id, request_id).await?;
        if tx.delete_evidence(&request.org_id, request_id, evidence_id).await? {
            self.note_events(&mut tx, actor, (&request.org_id, request_id), &[event]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Keeps what one has written to one's own request, and sends it to the assessors when `send` is said.
    pub async fn write_request(
        &self,
        actor: &Actor,
        request_id: &str,
        written: Written,
    ) -> Result<WholeRequest, Trouble> {
        let whole = self.own_request(actor, request_id).await?;
        let mut request = must_be_learners(&whole.request)?.clone();
        let name = crate::awards::name(Some(&written.name))?;
        request.name =
            name.ok_or_else(|| Refusal::new("bad-name", "Give your name as the credential shall say it."))?;
        if written.words.chars().count() > 10_000 {
            return Err(Refusal::new("too-long", "What you say to it has at most 10,000 characters.").into());
        }
        request.words = Some(written.words.trim().to_owned()).filter(|words| !words.is_empty());
        if written.send {
            let given = |id: &str| whole.evidence.iter().any(|one| one.wanted.as_deref() == Some(id));
            let missing: Vec<&str> = whole
                .definition
                .evidence
                .iter()
                .filter(|wanted| wanted.required && !given(&wanted.id))
                .map(|wanted| wanted.says.as_str())
                .collect();
            if !missing.is_empty() {
                let says = format!("Before it can be sent, this evidence is still wanted: {}.", missing.join("; "));
                return Err(Refusal::new("evidence-missing", says).into());
            }
            request.state = "open".into();
        }
        let events = if written.send { vec![Event::Asked] } else { Vec::new() };
        self.move_request(actor, request, written.revision, &events).await?;
        self.own_request(actor, request_id).await
    }

    /// Takes one's own request back.
    pub async fn withdraw_request(&self, actor: &Actor, request_id: &str) -> Result<(), Trouble> {
        let whole = self.own_request(actor, request_id).await?;
        if !matches!(whole.request.state.as_str(), "draft" | "open" | "returned") {
            return Err(Refusal::new("not-now", "It is decided already: there is nothing to take back.").into());
        }
        let revision = whole.request.revision;
        let request = StoredRequest { state: "withdrawn".into(), ..whole.request };
        self.move_request(actor, request, revision, &[Event::Withdrawn]).await
    }

    /// Writes a request in its next revision, with events and audit.
    async fn move_request(
        &self,
        actor: &Actor,
        mut request: StoredRequest,
        seen: u64,
        events: &[Event],
    ) -> Result<(), Trouble> {
        request.revision = seen + 1;
        request.updated = self.now();
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_request(&request).await? {
            return Err(changed().into());
        }
        self.note_events(&mut tx, actor, (&request.org_id, &request.request_id), events).await?;
        let act = format!("request.{}", if events.is_empty() { "write" } else { request.state.as_str() });
        let object = ("request", request.request_id.as_str());
        let detail = Some(json!({"state": request.state}));
        tx.insert_audit(&actor.audit(&self.outside, &request.org_id, &act, object, detail)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A request with all that belongs to it.
    pub(crate) async fn whole(&self, request: StoredRequest) -> Result<WholeRequest, Trouble> {
        let store = &self.desk.store;
        let rule = self.rule(&request.org_id, &request.achievement_id, &request.version).await?;
        let public_id = match &request.credential_id {
            Some(id) => store.find_credential(&request.org_id, id).await?.map(|one| one.public_id),
            None => None,
        };
        Ok(WholeRequest {
            org: self.desk.org(&request.org_id).await?,
            definition: rule.ok_or_else(|| Trouble::fault("a request names no published version"))?.definition,
            evidence: store.list_evidence_of_request(&request.org_id, &request.request_id).await?,
            events: self.told(&request.org_id, &request.request_id).await?,
            public_id,
            request,
        })
    }

    async fn main_address(&self, person: &Person) -> Result<String, Trouble> {
        let all = self.desk.store.list_person_emails(&person.id).await?;
        let first = all.into_iter().next().map(|one| one.email);
        first.ok_or_else(|| Refusal::new("no-address", "Add an e-mail address to your account first.").into())
    }
}

/// What a learner has written to a request.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The revision that was seen.
    pub revision: u64,
    /// Name as the credential shall say it.
    pub name: String,
    /// What they say to it.
    pub words: String,
    /// Whether it goes to the assessors.
    pub send: bool,
}

fn is_learners(request: &StoredRequest) -> bool {
    matches!(request.state.as_str(), "draft" | "returned")
}

fn must_be_learners(request: &StoredRequest) -> Result<&StoredRequest, Refusal> {
    if is_learners(request) {
        return Ok(request);
    }
    let says = match request.state.as_str() {
        "open" => "It is with the assessors now. Take it back if you want to change it.",
        _ => "It is decided: nothing of it can be changed any more.",
    };
    Err(Refusal::new("not-now", says))
}

pub(crate) fn changed() -> Refusal {
    Refusal::new("changed-meanwhile", "Somebody has changed this request meanwhile. Look at it again.")
}
