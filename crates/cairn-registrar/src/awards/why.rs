//! "Why was this awarded?": the version of the definition and the events are read again and replayed, and come to what
//! was noted when it was awarded.

use cairn_domain::access::Act;
use cairn_domain::award::{Event, Outcome, decide};
use cairn_domain::definition::Definition;
use cairn_store::StoredCredential;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Office;
use crate::access::Actor;
use crate::refusal::{Refusal, Trouble};

/// Why something was awarded.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Why {
    /// The achievement's version.
    pub version: String,
    /// Hash of what was published as that version.
    pub definition_sha256: String,
    /// The rule.
    pub definition: Definition,
    /// What happened, in order.
    pub events: Vec<Told>,
    /// What rule and events come to, now as then.
    pub outcome: Outcome,
}

/// An event, with when it was and who did it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Told {
    /// When, by the clock of then.
    pub at: Timestamp,
    /// Id of the person, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What happened.
    pub event: Event,
}

/// What was noted with the award.
#[derive(Deserialize)]
struct Basis {
    definition_sha256: String,
    outcome: Outcome,
}

impl Office {
    /// Why an award of the organisation was made.
    pub async fn why(&self, actor: &Actor, org_id: &str, public_id: &str) -> Result<Why, Trouble> {
        actor.require(org_id, Act::Records)?;
        let one = self.award_of(org_id, public_id).await?;
        self.why_of(&one).await
    }

    /// Why a credential was awarded, for whoever has been found to be allowed to know: its holder. A fault when the
    /// events do not come to what was noted.
    pub async fn why_of(&self, of: &StoredCredential) -> Result<Why, Trouble> {
        let noted = of.basis.as_deref().ok_or_else(|| {
            Refusal::new("not-found", "No grounds were noted with this credential: it is sample data.")
        })?;
        let noted: Basis = serde_json::from_str(noted).map_err(|error| damaged(of, &error.to_string()))?;
        let rule = self.rule(&of.org_id, &of.achievement_id, &of.version).await?;
        let rule = rule.ok_or_else(|| damaged(of, "its definition is gone"))?;
        if rule.sha256 != noted.definition_sha256 {
            return Err(damaged(of, "its definition is not the one by which it was awarded"));
        }
        let events = self.events_of(of).await?;
        let all: Vec<Event> = events.iter().map(|told| told.event.clone()).collect();
        let outcome = decide(&rule.definition, &all);
        if outcome != noted.outcome {
            return Err(damaged(of, "the replay comes to another outcome than the one that was noted"));
        }
        Ok(Why {
            version: of.version.clone(),
            definition_sha256: rule.sha256,
            definition: rule.definition,
            events,
            outcome,
        })
    }

    /// What happened on the way to an award, in order; a correction has the events of what it corrects.
    pub(crate) async fn events_of(&self, of: &StoredCredential) -> Result<Vec<Told>, Trouble> {
        let first = self.corrected_by(of).await?.pop().unwrap_or_else(|| of.clone());
        let award_id = first.request_id.as_ref().unwrap_or(&first.public_id);
        self.told(&of.org_id, award_id).await
    }

    /// The events of a request or a direct award, in order.
    pub(crate) async fn told(&self, org_id: &str, award_id: &str) -> Result<Vec<Told>, Trouble> {
        let rows = self.desk.store.list_award_events(org_id, award_id).await?;
        rows.into_iter()
            .map(|row| {
                let event = serde_json::from_str(&row.body)
                    .map_err(|error| Trouble::fault(format!("an event of {award_id} cannot be read: {error}")))?;
                Ok(Told { at: row.at, by: row.by_person, event })
            })
            .collect()
    }
}

fn damaged(of: &StoredCredential, why: &str) -> Trouble {
    Trouble::fault(format!("the grounds of the award {} do not hold: {why}", of.public_id))
}
