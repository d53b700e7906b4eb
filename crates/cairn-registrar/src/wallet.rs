//! A learner's home: their badges from here and from elsewhere, what they share, taking everything along, leaving.

use std::collections::HashSet;

use cairn_credential::bundle::Bundle;
use cairn_domain::access::Role;
use cairn_store::{KeptBadge, Org, PersonEmail, StoreFault, StoredCredential, StoredShare};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Office;
use crate::access::Actor;
use crate::refusal::{Refusal, Trouble};
use crate::sharing;

/// Most badges from elsewhere that one person keeps.
const MOST_KEPT: usize = 500;
/// Largest badge from elsewhere, its text and its picture each, in bytes.
const LARGEST: usize = 1 << 20;

/// What a learner has.
#[derive(Debug, Clone, Default)]
pub struct Wallet {
    /// Awarded by this site's issuers: claimed, or to one of their addresses. Newest first.
    pub here: Vec<(StoredCredential, Org)>,
    /// From elsewhere, last kept first.
    pub kept: Vec<KeptBadge>,
    /// What they share or shared, newest first; none of what is over.
    pub shares: Vec<StoredShare>,
    /// Their addresses.
    pub addresses: Vec<PersonEmail>,
}

/// A badge from elsewhere that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBadge {
    /// Its name.
    pub name: String,
    /// What it came as, such as `image/png`.
    pub media_type: String,
    /// The signed text.
    pub text: String,
    /// Its picture as a `data:` address, where it came with one.
    pub picture: Option<String>,
}

/// What was kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeptNow {
    /// How many are new.
    pub new: usize,
    /// How many were there already.
    pub known: usize,
}

impl Office {
    /// What the actor has.
    pub async fn wallet(&self, actor: &Actor) -> Result<Wallet, Trouble> {
        let (person, _) = actor.signed_in()?;
        let addresses = self.desk.store.list_person_emails(&person.id).await?;
        let mut here = Vec::new();
        for credential in self.credentials_of(&person.id, &addresses).await? {
            if let Some(org) = self.find_org(&credential.org_id).await? {
                here.push((credential, org));
            }
        }
        let kept = self.desk.store.list_kept_badges(&person.id).await?;
        let mut shares = self.desk.store.list_shares(&person.id).await?;
        shares.retain(|share| share.ended.is_none() && share.until > self.now());
        Ok(Wallet { here, kept, shares, addresses })
    }

    /// What is a person's: what they have claimed, and what was awarded to their addresses and nobody else claimed.
    async fn credentials_of(
        &self,
        person_id: &str,
        addresses: &[PersonEmail],
    ) -> Result<Vec<StoredCredential>, Trouble> {
        let mut all = self.desk.store.list_credentials_by_person(person_id).await?;
        for address in addresses {
            let theirs = self.desk.store.list_credentials_by_email(&address.email).await?;
            all.extend(theirs.into_iter().filter(|one| one.person_id.as_deref().is_none_or(|of| of == person_id)));
        }
        let mut seen = HashSet::new();
        all.retain(|one| one.erased.is_none() && seen.insert((one.org_id.clone(), one.credential_id.clone())));
        all.sort_by_key(|one| std::cmp::Reverse(one.awarded));
        Ok(all)
    }

    /// Keeps badges from elsewhere with the actor's own.
    pub async fn keep_badges(&self, actor: &Actor, badges: Vec<NewBadge>) -> Result<KeptNow, Trouble> {
        let (person, _) = actor.signed_in()?;
        let there = self.desk.store.list_kept_badges(&person.id).await?;
        if there.len() + badges.len() > MOST_KEPT {
            let says = format!("You keep {} badges here; {MOST_KEPT} is the most. Throw some away first.", there.len());
            return Err(Refusal::new("too-large", says).into());
        }
        let mut done = KeptNow::default();
        let mut known: HashSet<String> = there.into_iter().map(|one| one.sha256).collect();
        let mut tx = self.desk.store.begin().await?;
        for badge in badges {
            if badge.text.len() > LARGEST {
                let says =
                    format!("“{}” is larger than 1 MB, which is the most for one badge.", shortened(&badge.name));
                return Err(Refusal::new("too-large", says).into());
            }
            let sha256 = sha256(&badge.text);
            if !known.insert(sha256.clone()) {
                done.known += 1;
                continue;
            }
            let one = KeptBadge {
                person_id: person.id.clone(),
                id: self.outside.id(),
                name: shortened(&badge.name),
                media_type: badge.media_type,
                text: badge.text,
                picture: badge.picture.filter(|picture| picture.len() <= LARGEST * 4 / 3 + 100),
                sha256,
                created: self.now(),
            };
            match tx.insert_kept_badge(&one).await {
                Ok(()) => done.new += 1,
                // kept by another window at the same time
                Err(StoreFault::Taken(_)) => return Err(Refusal::new("taken", "This badge is kept already.").into()),
                Err(fault) => return Err(fault.into()),
            }
        }
        let detail = json!({"count": done.new});
        let of = ("person", person.id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, "", "badge.keep", of, Some(detail))).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// One of the actor's badges from elsewhere.
    pub async fn kept_badge(&self, actor: &Actor, id: &str) -> Result<KeptBadge, Trouble> {
        let (person, _) = actor.signed_in()?;
        let found = self.desk.store.find_kept_badge(&person.id, id).await?;
        found.ok_or_else(|| Refusal::new("not-found", "You keep no such badge here.").into())
    }

    /// Throws one of the actor's badges from elsewhere away.
    pub async fn throw_away(&self, actor: &Actor, id: &str) -> Result<(), Trouble> {
        let (person, _) = actor.signed_in()?;
        let mut tx = self.desk.store.begin().await?;
        if !tx.delete_kept_badge(&person.id, id).await? {
            return Err(Refusal::new("not-found", "You keep no such badge here.").into());
        }
        tx.insert_audit(&actor.audit(&self.outside, "", "badge.throw-away", ("kept-badge", id), None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Shares a bundle in the actor's name until a time; the token is told once.
    pub async fn share_own(&self, actor: &Actor, bundle: &Bundle, until: Timestamp) -> Result<String, Trouble> {
        let (person, _) = actor.signed_in()?;
        sharing::share(&self.desk.store, &self.outside, bundle, until, Some(&person.id)).await
    }

    /// Ends one of the actor's shares, which is named by its token's hash; what it held is deleted.
    pub async fn end_own_share(&self, actor: &Actor, token_hash: &str) -> Result<(), Trouble> {
        let (person, _) = actor.signed_in()?;
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_own_share_ended(&person.id, token_hash, self.now()).await? {
            return Err(Refusal::new("not-found", "You share nothing of this kind, or not any more.").into());
        }
        let of = ("person", person.id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, "", "share.end", of, None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Everything that is the actor's, as one JSON document: account, signed texts, receipts, pictures, shares, and the
    /// bundle by which the badges are verified without this site.
    pub async fn export(&self, actor: &Actor, bundle: Option<&Bundle>) -> Result<Value, Trouble> {
        let (person, session) = actor.signed_in()?;
        let wallet = self.wallet(actor).await?;
        let here = wallet.here.iter().map(|(one, org)| {
            json!({
                "address": self.page_of(one),
                "issuer": org.name,
                "awarded": one.awarded,
                "recipient": {"name": one.recipient_name, "email": one.recipient_email},
                "status": one.status,
                "statusReason": one.status_reason,
                "text": one.signed_text,
                // by these the holder shows that the log has this award (ARCHITECTURE.md, the log)
                "receipt": {"sha256": one.sha256, "salt": one.leaf_salt},
            })
        });
        let kept = wallet
            .kept
            .iter()
            .map(|one| json!({"name": one.name, "kept": one.created, "text": one.text, "picture": one.picture}));
        let shares = wallet
            .shares
            .iter()
            .map(|one| json!({"purpose": one.purpose, "made": one.created, "until": one.until, "opened": one.opened}));
        let sessions = self.desk.store.list_sessions(&person.id).await?;
        let addresses = wallet.addresses.iter().map(|one| json!({"address": one.shown, "since": one.verified}));
        Ok(json!({
            "type": "CairnExport",
            "version": 1,
            "made": self.now(),
            "site": self.base_url,
            "account": {
                "id": person.id,
                "name": person.name,
                "since": person.created,
                "addresses": addresses.collect::<Vec<Value>>(),
                "roles": actor.roles.iter().map(|one| json!({"organisation": one.org_id, "role": one.role.word()})).collect::<Vec<Value>>(),
                "sessions": sessions.iter().map(|one| json!({
                    "since": one.created, "lastUsed": one.seen, "with": one.agent, "this": one.id == session.id,
                })).collect::<Vec<Value>>(),
            },
            "awardedHere": here.collect::<Vec<Value>>(),
            "keptFromElsewhere": kept.collect::<Vec<Value>>(),
            "shares": shares.collect::<Vec<Value>>(),
            "bundle": bundle,
        }))
    }

    /// The actor leaves: everything that says who they are goes, what proves the copies they hold stays. Answers with
    /// how many credentials were erased. The only owner of an organisation gives it to somebody first.
    pub async fn leave(&self, actor: &Actor) -> Result<usize, Trouble> {
        let (person, _) = actor.signed_in()?;
        actor.proved_lately(self.now())?;
        for mine in actor.roles.iter().filter(|member| member.role == Role::Owner) {
            let members = self.desk.store.list_members(&mine.org_id).await?;
            if !members.iter().any(|member| member.role == Role::Owner && member.person_id != person.id) {
                let org = self.find_org(&mine.org_id).await?.map(|org| org.name).unwrap_or_default();
                let says = format!("You are the only owner of {org}. Make somebody else an owner there first.");
                return Err(Refusal::new("not-now", says).into());
            }
        }
        let addresses = self.desk.store.list_person_emails(&person.id).await?;
        let credentials = self.credentials_of(&person.id, &addresses).await?;
        let emails: Vec<String> = addresses.into_iter().map(|one| one.email).collect();
        let files = self.desk.store.list_object_keys(&person.id, &credentials).await?;
        let mut tx = self.desk.store.begin().await?;
        tx.erase_person(&person.id, &emails, &credentials, self.now()).await?;
        let detail = json!({"credentials": credentials.len()});
        let of = ("person", person.id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, "", "person.leave", of, Some(detail))).await?;
        for one in &credentials {
            let of = ("credential", one.public_id.as_str());
            tx.insert_audit(&actor.audit(&self.outside, &one.org_id, "credential.erase", of, None)).await?;
        }
        tx.commit().await?;
        tracing::info!(credentials = credentials.len(), "Somebody left; {} credentials were erased", credentials.len());
        self.erase_files(&files).await;
        Ok(credentials.len())
    }

    /// Deletes files that nothing points to any more. One that cannot be deleted now is told to the log by its key.
    async fn erase_files(&self, keys: &[String]) {
        for key in keys {
            if let Err(trouble) = self.files.delete(key).await {
                tracing::error!(file = %key, "The file {key} of somebody who left could not be deleted: {trouble}");
            }
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
