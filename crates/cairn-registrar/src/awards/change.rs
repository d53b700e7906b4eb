//! After the award: revoked, suspended, reinstated with a public reason; a name corrected by superseding; the letter
//! sent again; awards looked up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_domain::access::Act;
use cairn_domain::award::{Event, StatusMove, StatusReason};
use cairn_store::{CredentialFilter, Org, StoredCredential, StoredEvidence, TakenIndex, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Awarding, Grant, Prepared, Recipient, prepared};
use crate::Office;
use crate::access::Actor;
use crate::issuing::{Secured, StatusChange};
use crate::post::Writing;
use crate::refusal::{Refusal, Trouble};

/// A page of an organisation's awards.
#[derive(Debug, Clone, Default)]
pub struct AwardsPage {
    /// Newest first.
    pub items: Vec<StoredCredential>,
    /// By what the next page is asked for.
    pub next: Option<String>,
}

/// What a later award repeats of an earlier one: kept with the grounds of each.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Repeated {
    #[serde(default)]
    pub results: Vec<(String, String)>,
    #[serde(default)]
    pub narrative: Option<String>,
}

impl Office {
    /// A page of an organisation's awards, newest first.
    pub async fn list_awards(
        &self,
        actor: &Actor,
        org_id: &str,
        filter: &CredentialFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<AwardsPage, Trouble> {
        actor.require(org_id, Act::Records)?;
        let after = after.map(read_cursor).transpose()?;
        let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
        let mut items = self.desk.store.list_credentials_page(org_id, filter, after, limit + 1).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(cursor);
        Ok(AwardsPage { items, next })
    }

    /// One award of an organisation, by the last part of its public address.
    pub async fn find_award(&self, actor: &Actor, org_id: &str, public_id: &str) -> Result<StoredCredential, Trouble> {
        actor.require(org_id, Act::Records)?;
        self.award_of(org_id, public_id).await
    }

    /// The evidence that an award rests on; a correction rests on what it corrects.
    pub async fn evidence_of(&self, of: &StoredCredential) -> Result<Vec<StoredEvidence>, Trouble> {
        let mut all = Vec::new();
        for one in self.corrected_by(of).await? {
            all.extend(self.desk.store.list_evidence_of_credential(&one.org_id, &one.credential_id).await?);
        }
        Ok(all)
    }

    /// Revokes, suspends or reinstates, for a public reason.
    pub async fn change_award(
        &self,
        actor: &Actor,
        (org_id, public_id): (&str, &str),
        to: StatusMove,
        reason: StatusReason,
    ) -> Result<StoredCredential, Trouble> {
        actor.require(org_id, Act::Revoke)?;
        if !reason.fits(to) {
            let fitting: Vec<&str> =
                StatusReason::ALL.iter().filter(|reason| reason.fits(to)).map(|reason| reason.code()).collect();
            let says =
                format!("“{}” is no reason to {}. Choose one of {}.", reason.code(), to.word(), fitting.join(", "));
            return Err(Refusal::new("reason-does-not-fit", says).into());
        }
        let found = self.award_of(org_id, public_id).await?;
        let org = self.desk.org(org_id).await?;
        let places = self.desk.store.list_credential_status(org_id, &found.credential_id).await?;
        let mut tx = self.desk.store.begin().await?;
        let now = tx.find_credential_to_change(org_id, &found.credential_id).await?;
        let now = now.ok_or_else(|| Trouble::fault("a credential went away"))?;
        may_move(now.status.as_deref(), to)?;
        let changed = Changed { to, reason };
        let after = self.change_within(&mut tx, actor, (&org, &places), &now, changed).await?;
        self.desk
            .log_status(&mut tx, &org, &after, (after.status.as_deref().unwrap_or("valid"), reason.code()))
            .await?;
        tx.commit().await?;
        tracing::info!(credential.id = %public_id, "Changed the status of {public_id}: {}", to.word());
        Ok(after)
    }

    /// Corrects the recipient's name: a new credential with the right name takes the place of this one, which is
    /// revoked as superseded. Asking again for the same name gives the same correction.
    pub async fn correct_name(
        &self,
        actor: &Actor,
        (org_id, public_id): (&str, &str),
        name: &str,
    ) -> Result<StoredCredential, Trouble> {
        actor.require(org_id, Act::Correct)?;
        let old = self.award_of(org_id, public_id).await?;
        let new_name = prepared::name(Some(name))?
            .ok_or_else(|| Refusal::new("bad-name", "Give the name as it shall stand in the credential."))?;
        let key = format!("supersede:{public_id}");
        if let Some(by) = &old.superseded_by {
            let made = self.desk.store.find_credential(org_id, by).await?;
            return made.filter(|made| made.recipient_name.as_deref() == Some(&new_name)).ok_or_else(|| {
                let says = "It has been corrected already. Correct the credential that took its place.";
                Refusal::new("already-done", says).into()
            });
        }
        if old.status.is_some() {
            let says = "Only a valid credential can be corrected; this one is revoked or suspended.";
            return Err(Refusal::new("not-now", says).into());
        }
        if old.recipient_name.as_deref() == Some(&new_name) {
            return Err(Refusal::new("same-name", "That is the name that it has already.").into());
        }
        let (awarding, prepared) = self.prepare_correction(&old, new_name, key).await?;
        let places = self.desk.store.list_credential_status(org_id, &old.credential_id).await?;
        let mut tx = self.desk.store.begin().await?;
        let now = tx.find_credential_to_change(org_id, &old.credential_id).await?;
        if now.is_none_or(|now| now.status.is_some() || now.superseded_by.is_some()) {
            let says = "Somebody has just changed this credential. Look at it again.";
            return Err(Refusal::new("changed-meanwhile", says).into());
        }
        let made = self.award_within(&mut tx, actor, &awarding, vec![prepared]).await?;
        let new = made.first().cloned().ok_or_else(|| Trouble::fault("a correction came to nothing"))?;
        tx.update_credential_superseded_by(org_id, &old.credential_id, &new.credential_id).await?;
        let changed = Changed { to: StatusMove::Revoke, reason: StatusReason::Superseded };
        let org = (&awarding.org, places.as_slice());
        let after = self.change_within(&mut tx, actor, org, &old, changed).await?;
        self.desk.log_awards(&mut tx, &awarding.org, &made).await?;
        self.desk.log_status(&mut tx, &awarding.org, &after, ("revoked", StatusReason::Superseded.code())).await?;
        tx.commit().await?;
        tracing::info!(credential.id = %new.public_id, "Corrected {public_id} by {}", new.public_id);
        Ok(new)
    }

    /// Sends the letter with the claim link once more.
    pub async fn send_award_letter(&self, actor: &Actor, org_id: &str, public_id: &str) -> Result<(), Trouble> {
        actor.require(org_id, Act::Award)?;
        let one = self.award_of(org_id, public_id).await?;
        if one.recipient_email.is_none() || one.status.as_deref() == Some("revoked") {
            let says = "There is nobody to write to: it is revoked, or its recipient's address was erased.";
            return Err(Refusal::new("not-now", says).into());
        }
        let org = self.desk.org(org_id).await?;
        let rule = self.rule(org_id, &one.achievement_id, &one.version).await?;
        let name = rule.map_or_else(|| "a credential".into(), |rule| rule.facts.name);
        let mut tx = self.desk.store.begin().await?;
        self.write_award_letter(&mut tx, &org.name, &one, &name).await?;
        let audit = actor.audit(&self.outside, org_id, "credential.send-letter", ("credential", public_id), None);
        tx.insert_audit(&audit).await?;
        tx.commit().await?;
        Ok(())
    }

    /// An award that is this organisation's; strangers' ones are not here.
    pub(crate) async fn award_of(&self, org_id: &str, public_id: &str) -> Result<StoredCredential, Trouble> {
        let found = self.desk.store.find_credential_by_public_id(public_id).await?;
        let says = "There is no such award in this organisation.";
        found.filter(|one| one.org_id == org_id).ok_or_else(|| Refusal::new("not-found", says).into())
    }

    /// A credential and those that it corrects, newest first.
    pub(crate) async fn corrected_by(&self, of: &StoredCredential) -> Result<Vec<StoredCredential>, Trouble> {
        let mut all = vec![of.clone()];
        while let Some(id) = all.last().and_then(|one| one.supersedes.clone()) {
            match self.desk.store.find_credential(&of.org_id, &id).await? {
                Some(one) if all.len() < 100 => all.push(one),
                _ => break,
            }
        }
        Ok(all)
    }

    async fn prepare_correction(
        &self,
        old: &StoredCredential,
        name: String,
        key: String,
    ) -> Result<(Awarding, Prepared), Trouble> {
        let email = old.recipient_email.clone().ok_or_else(|| {
            Refusal::new("not-now", "Its recipient's address was erased, so it cannot be issued again.")
        })?;
        let repeated: Repeated =
            old.basis.as_deref().and_then(|basis| serde_json::from_str(basis).ok()).unwrap_or_default();
        let evidence = self.evidence_of(old).await?;
        let grant = Grant {
            org_id: old.org_id.clone(),
            achievement_id: old.achievement_id.clone(),
            version: old.version.clone(),
            recipient: Recipient { name: Some(name), email },
            awarded: Some(old.awarded),
            valid_until: old.valid_until,
            results: repeated.results,
            narrative: repeated.narrative,
            evidence_ids: evidence.into_iter().map(|one| one.evidence_id).collect(),
            request_id: old.request_id.clone(),
            batch: None,
            supersedes: Some(old.credential_id.clone()),
            idempotency_key: key,
            secured: if old.signed_text.starts_with('{') { Secured::DataIntegrity } else { Secured::Jwt },
            letter: true,
            why: None,
        };
        let before: Vec<Event> = self.events_of(old).await?.into_iter().map(|told| told.event).collect();
        let awarding = self.awarding(&old.org_id, std::slice::from_ref(&grant)).await?;
        let mut one = self.prepare_after(&awarding, &grant, &before, Vec::new()).await?;
        one.unsigned.row.person_id = old.person_id.clone();
        // what was open-ended when it was awarded stays so
        one.unsigned.row.valid_until = old.valid_until;
        one.unsigned.facts.valid_until = old.valid_until;
        Ok((awarding, one))
    }

    /// Sets the bit, the row, the audit and the letter; the leaf of the log comes last and is the caller's.
    async fn change_within(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        (org, places): (&Org, &[TakenIndex]),
        of: &StoredCredential,
        changed: Changed,
    ) -> Result<StoredCredential, Trouble> {
        let (bit, status) = match changed.to {
            StatusMove::Revoke => (StatusChange::Revoke, Some("revoked")),
            StatusMove::Suspend => (StatusChange::Suspend, Some("suspended")),
            StatusMove::Reinstate => (StatusChange::Resume, None),
        };
        self.desk.change_status_within(tx, (&of.credential_id, places), bit).await?;
        let code = changed.reason.code();
        let now = self.now();
        tx.update_credential_status((&of.org_id, &of.credential_id), status, Some(code), now).await?;
        let act = format!("credential.{}", changed.to.word());
        let object = ("credential", of.public_id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, &of.org_id, &act, object, Some(json!({"reason": code})))).await?;
        if let (Some(to), false) = (&of.recipient_email, changed.reason == StatusReason::Superseded) {
            tx.insert_letter(&self.desk.letter(status_letter(to, &org.name, &self.credential_page(of), &changed)))
                .await?;
        }
        Ok(StoredCredential {
            status: status.map(str::to_owned),
            status_reason: Some(code.into()),
            status_at: Some(now),
            ..of.clone()
        })
    }
}

struct Changed {
    to: StatusMove,
    reason: StatusReason,
}

fn status_letter(to: &str, org: &str, page: &str, changed: &Changed) -> Writing {
    let happened = match changed.to {
        StatusMove::Revoke => "revoked a credential of yours",
        StatusMove::Suspend => "suspended a credential of yours",
        StatusMove::Reinstate => "reinstated a credential of yours",
    };
    Writing {
        to: to.into(),
        kind: "status",
        subject: format!("{org} has {happened}"),
        paragraphs: vec![
            format!("{org} has {happened}. The reason that it gives: {}", changed.reason.says()),
            "Its page says so too. If you think that this is wrong, write to the issuer.".into(),
        ],
        link: Some(("The credential".into(), page.into())),
        why: format!("You get this letter because {org} awarded it to this address."),
    }
}

fn may_move(status: Option<&str>, to: StatusMove) -> Result<(), Refusal> {
    match (status, to) {
        (Some("revoked"), StatusMove::Revoke) => Err(Refusal::new("already-done", "It is revoked already.")),
        (Some("revoked"), _) => {
            Err(Refusal::new("not-now", "It is revoked, and that is for good. Award it anew if that was a mistake."))
        }
        (Some("suspended"), StatusMove::Suspend) => Err(Refusal::new("already-done", "It is suspended already.")),
        (None, StatusMove::Reinstate) => {
            Err(Refusal::new("already-done", "It is valid: there is nothing to reinstate."))
        }
        _ => Ok(()),
    }
}

fn cursor(one: &StoredCredential) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}~{}", one.awarded.as_millisecond(), one.credential_id))
}

fn read_cursor(cursor: &str) -> Result<(Timestamp, String), Refusal> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (millis, id) = text.split_once('~')?;
        // PostgreSQL takes no text with a zero in it
        let fine = !id.contains('\0');
        Some((Timestamp::from_millisecond(millis.parse().ok()?).ok()?, id.to_owned())).filter(|_| fine)
    };
    read().ok_or_else(|| Refusal::new("bad-cursor", "This is no cursor of this list. Begin at its first page."))
}
