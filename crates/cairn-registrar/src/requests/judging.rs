//! What assessors do with requests: the queue, and a ruling with its judgements and words.

use cairn_domain::access::Act;
use cairn_domain::award::Event;
use cairn_store::StoredRequest;
use serde_json::json;

use super::{WholeRequest, changed};
use crate::Office;
use crate::access::Actor;
use crate::awards::{Grant, Recipient, role_for};
use crate::post::Writing;
use crate::refusal::{Refusal, Trouble};

/// What is done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It is awarded.
    Award,
    /// It goes back to the learner, who can answer.
    Return,
    /// It is refused.
    Refuse,
}

/// A ruling with what it rests on.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The revision that was seen.
    pub revision: u64,
    /// What is done.
    pub ruling: Ruling,
    /// Words to the learner; wanted for all but an award.
    pub words: String,
    /// Criterion, level (where it has levels), and whether it is met (where it has none).
    pub criteria: Vec<(String, Option<String>, bool)>,
    /// Prerequisites that were shown: as the definition names them, and by which credential.
    pub shown: Vec<(String, String)>,
    /// Prerequisites that are waived, and why.
    pub waived: Vec<(String, String)>,
}

impl Office {
    /// An organisation's requests in a state (never drafts), oldest first, those after the request `after`.
    pub async fn list_requests(
        &self,
        actor: &Actor,
        org_id: &str,
        state: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredRequest>, Trouble> {
        actor.require(org_id, Act::Assess)?;
        if state == "draft" {
            return Ok(Vec::new());
        }
        Ok(self.desk.store.list_requests(org_id, state, after, limit).await?)
    }

    /// One request of the organisation, with its evidence.
    pub async fn find_request(&self, actor: &Actor, org_id: &str, request_id: &str) -> Result<WholeRequest, Trouble> {
        actor.require(org_id, Act::Assess)?;
        let found = self.desk.store.find_request(org_id, request_id).await?;
        let nothing = || Refusal::new("not-found", "There is no such request in this organisation.");
        self.whole(found.filter(|one| one.state != "draft").ok_or_else(nothing)?).await
    }

    /// Awards, returns or refuses what a learner asked for. Nobody decides on a request of their own.
    pub async fn judge_request(
        &self,
        actor: &Actor,
        (org_id, request_id): (&str, &str),
        judged: Judged,
    ) -> Result<WholeRequest, Trouble> {
        let whole = self.find_request(actor, org_id, request_id).await?;
        if actor.person_id() == Some(whole.request.person_id.as_str()) {
            let says = "This is your own request: somebody else has to decide on it.";
            return Err(Refusal::new("not-allowed", says).into());
        }
        if whole.request.state != "open" {
            let says = format!("This request is {}: there is nothing to decide now.", whole.request.state);
            return Err(Refusal::new("not-now", says).into());
        }
        if whole.request.revision != judged.revision {
            return Err(changed().into());
        }
        if judged.ruling != Ruling::Award && judged.words.trim().is_empty() {
            let says = "Tell the learner why, in a sentence or two.";
            return Err(Refusal::new("words-wanted", says).into());
        }
        if judged.words.chars().count() > 10_000 {
            return Err(Refusal::new("too-long", "Words to the learner have at most 10,000 characters.").into());
        }
        match judged.ruling {
            Ruling::Award => self.award_request(actor, whole, judged).await?,
            Ruling::Return | Ruling::Refuse => self.answer_request(actor, whole, judged).await?,
        }
        self.find_request(actor, org_id, request_id).await
    }

    async fn award_request(&self, actor: &Actor, whole: WholeRequest, judged: Judged) -> Result<(), Trouble> {
        let request = &whole.request;
        let has_levels = |id: &str| whole.definition.criteria.iter().any(|one| one.id == id && !one.levels.is_empty());
        let results = judged.criteria.iter().filter_map(|(id, level, met)| match level {
            Some(level) if has_levels(id) => Some((id.clone(), level.clone())),
            _ if *met => Some((id.clone(), String::new())),
            _ => None,
        });
        let grant = Grant {
            org_id: request.org_id.clone(),
            achievement_id: request.achievement_id.clone(),
            version: request.version.clone(),
            recipient: Recipient { name: Some(request.name.clone()), email: request.email.clone() },
            results: results.collect(),
            evidence_ids: whole.evidence.iter().map(|one| one.evidence_id.clone()).collect(),
            request_id: Some(request.request_id.clone()),
            idempotency_key: format!("request:{}", request.request_id),
            letter: true,
            ..Grant::default()
        };
        let events = events(actor, request, &judged);
        let before: Vec<Event> = whole.events.iter().map(|told| told.event.clone()).collect();
        let awarding = self.awarding(&request.org_id, std::slice::from_ref(&grant)).await?;
        let mut one = self.prepare_after(&awarding, &grant, &before, events).await?;
        one.unsigned.row.person_id = Some(request.person_id.clone());
        let mut tx = self.desk.store.begin().await?;
        let next = StoredRequest {
            state: "awarded".into(),
            revision: judged.revision + 1,
            updated: self.now(),
            decided_by: actor.person_id().map(str::to_owned),
            credential_id: Some(one.unsigned.row.credential_id.clone()),
            ..request.clone()
        };
        if !tx.update_request(&next).await? {
            return Err(changed().into());
        }
        let made = self.award_within(&mut tx, actor, &awarding, vec![one]).await?;
        let object = ("request", request.request_id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, &request.org_id, "request.award", object, None)).await?;
        self.desk.log_awards(&mut tx, &awarding.org, &made).await?;
        tx.commit().await?;
        tracing::info!(request.id = %request.request_id, "Awarded what request {} asked for", request.request_id);
        Ok(())
    }

    async fn answer_request(&self, actor: &Actor, whole: WholeRequest, judged: Judged) -> Result<(), Trouble> {
        let request = &whole.request;
        let refused = judged.ruling == Ruling::Refuse;
        let events = events(actor, request, &judged);
        let next = StoredRequest {
            state: if refused { "refused" } else { "returned" }.into(),
            revision: judged.revision + 1,
            updated: self.now(),
            decided_by: actor.person_id().map(str::to_owned),
            ..request.clone()
        };
        let (org, name) = (&whole.org.name, &whole.definition.name);
        let (subject, says) = match refused {
            true => (format!("Your request for “{name}”"), format!("{org} has decided not to award “{name}”.")),
            false => {
                let subject = format!("Your request for “{name}” came back to you");
                (subject, format!("{org} has a question, or wants something added to your request for “{name}”."))
            }
        };
        let letter = self.desk.letter(Writing {
            to: request.email.clone(),
            kind: "decision",
            subject,
            paragraphs: vec![format!("Dear {},", request.name), says, judged.words.trim().to_owned()],
            link: Some(("Your request".into(), format!("{}/home/requests/{}", self.base_url, request.request_id))),
            why: format!("You get this letter because you asked {org} for it."),
        });
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_request(&next).await? {
            return Err(changed().into());
        }
        self.note_events(&mut tx, actor, (&request.org_id, &request.request_id), &events).await?;
        let act = if refused { "request.refuse" } else { "request.return" };
        let object = ("request", request.request_id.as_str());
        let detail = Some(json!({"revision": next.revision}));
        tx.insert_audit(&actor.audit(&self.outside, &request.org_id, act, object, detail)).await?;
        tx.insert_letter(&letter).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What a ruling adds to what has happened.
fn events(actor: &Actor, request: &StoredRequest, judged: &Judged) -> Vec<Event> {
    let words = judged.words.trim().to_owned();
    if judged.ruling == Ruling::Return {
        return vec![Event::Returned { words }];
    }
    let shown = judged.shown.iter().map(|(achievement, credential)| Event::PrerequisiteShown {
        achievement: achievement.clone(),
        credential: credential.clone(),
    });
    let waived = judged
        .waived
        .iter()
        .map(|(achievement, why)| Event::PrerequisiteWaived { achievement: achievement.clone(), why: why.clone() });
    let criteria = judged.criteria.iter().map(|(criterion, level, met)| Event::CriterionJudged {
        criterion: criterion.clone(),
        level: level.clone(),
        met: *met,
    });
    let role = role_for(actor, &request.org_id, Act::Assess);
    let decided = Event::Decided { role, award: judged.ruling == Ruling::Award, words };
    shown.chain(waived).chain(criteria).chain([decided]).collect()
}
