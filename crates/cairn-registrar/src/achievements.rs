//! Achievements: drafts that anybody may change who defines, and versions that nobody changes once they are published.

mod shape;

use cairn_credential::facts::Achievement as AchievementFacts;
use cairn_domain::access::Act;
use cairn_domain::definition::{Definition, Diff, Wrong, check, diff};
use cairn_store::{AchievementVersion, StoreFault, StoredAchievement};
use jiff::Timestamp;
use serde_json::json;

use crate::Office;
use crate::access::Actor;
use crate::issuing::{party, sha256};
use crate::refusal::{Refusal, Trouble};

pub use shape::{achievement_url, facts_of, level_id, result_id, result_of};

/// Most bytes of a definition as JSON.
const LARGEST: usize = 256 << 10;

/// A version that is published: never changed again.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedVersion {
    /// The organisation.
    pub org_id: String,
    /// Id of the achievement.
    pub achievement_id: String,
    /// What was published.
    pub definition: Definition,
    /// What credentials carry of it.
    pub facts: AchievementFacts,
    /// Its number, from 1.
    pub number: u32,
    /// Lower-case hex SHA-256 of the facts as JSON, exactly as kept.
    pub sha256: String,
    /// When it was published.
    pub created: Timestamp,
    /// Since when a later version stands in its place.
    pub superseded: Option<Timestamp>,
}

/// An achievement with its draft and all its published versions, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Achievement {
    /// The organisation.
    pub org_id: String,
    /// UUIDv7.
    pub id: String,
    /// What is being written; absent when nothing is.
    pub draft: Option<Definition>,
    /// Grows with every change of the draft; the ETag.
    pub revision: u64,
    /// When it was begun.
    pub created: Timestamp,
    /// When its draft was last changed.
    pub updated: Timestamp,
    /// Since when it is awarded no more.
    pub retired: Option<Timestamp>,
    /// Since when learners may ask for it.
    pub open: Option<Timestamp>,
    /// Published versions, oldest first.
    pub versions: Vec<PublishedVersion>,
}

impl Achievement {
    /// The newest published version.
    pub fn newest(&self) -> Option<&PublishedVersion> {
        self.versions.last()
    }

    /// The published version of a number.
    pub fn version(&self, number: u32) -> Option<&PublishedVersion> {
        self.versions.iter().find(|one| one.number == number)
    }

    /// What is being written, else what was published last.
    pub fn current(&self) -> Definition {
        self.draft.clone().or_else(|| self.newest().map(|one| one.definition.clone())).unwrap_or_default()
    }

    /// Whether learners may ask for it now.
    pub fn is_open(&self) -> bool {
        self.open.is_some() && self.retired.is_none() && !self.versions.is_empty()
    }
}

/// What stands between a draft and its publication.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The number that it would get.
    pub number: u32,
    /// What is wrong; nothing when it may be published.
    pub wrong: Vec<Wrong>,
    /// What changed since the newest version; absent when there is none.
    pub diff: Option<Diff>,
}

impl Office {
    /// Begins an achievement with a draft.
    pub async fn draft_achievement(
        &self,
        actor: &Actor,
        org_id: &str,
        definition: Definition,
    ) -> Result<Achievement, Trouble> {
        actor.require(org_id, Act::Define)?;
        let draft = self.written(&definition).await?;
        let now = self.now();
        let one = StoredAchievement {
            org_id: org_id.into(),
            id: self.outside.id(),
            draft: Some(draft),
            revision: 1,
            created: now,
            updated: now,
            updated_by: actor.person_id().map(str::to_owned),
            retired: None,
            open: None,
        };
        let mut tx = self.desk.store.begin().await?;
        tx.insert_achievement(&one).await?;
        let object = ("achievement", one.id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, org_id, "achievement.draft", object, None)).await?;
        tx.commit().await?;
        self.with_versions(one).await
    }

    /// Changes the draft, or begins a new one after a publication. `revision` is what the writer has seen; another one
    /// meanwhile is refused as `changed-meanwhile`.
    pub async fn change_draft(
        &self,
        actor: &Actor,
        (org_id, achievement_id): (&str, &str),
        revision: u64,
        definition: Definition,
    ) -> Result<Achievement, Trouble> {
        actor.require(org_id, Act::Define)?;
        let before = self.stored(org_id, achievement_id).await?;
        if before.retired.is_some() {
            return Err(retired().into());
        }
        let draft = self.written(&definition).await?;
        let mut tx = self.desk.store.begin().await?;
        let key = (org_id, achievement_id);
        if !tx.update_draft(key, revision, Some(&draft), self.now(), actor.person_id()).await? {
            return Err(changed().into());
        }
        let detail = Some(json!({"revision": revision + 1}));
        let object = ("achievement", achievement_id);
        tx.insert_audit(&actor.audit(&self.outside, org_id, "achievement.change", object, detail)).await?;
        tx.commit().await?;
        self.achievement(actor, org_id, achievement_id).await
    }

    /// Throws the draft away; an achievement of which nothing was ever published goes with it. True when it is gone.
    pub async fn discard_draft(
        &self,
        actor: &Actor,
        (org_id, achievement_id): (&str, &str),
        revision: u64,
    ) -> Result<bool, Trouble> {
        actor.require(org_id, Act::Define)?;
        let before = self.stored(org_id, achievement_id).await?;
        if before.draft.is_none() {
            return Err(Refusal::new("not-now", "There is no draft to throw away: nothing has been changed.").into());
        }
        let key = (org_id, achievement_id);
        let mut tx = self.desk.store.begin().await?;
        let gone = tx.find_newest_number(org_id, achievement_id).await? == 0;
        let done = match gone {
            true => tx.delete_achievement(org_id, achievement_id, revision).await?,
            false => tx.update_draft(key, revision, None, self.now(), actor.person_id()).await?,
        };
        if !done {
            return Err(changed().into());
        }
        let object = ("achievement", achievement_id);
        tx.insert_audit(&actor.audit(&self.outside, org_id, "achievement.discard", object, None)).await?;
        tx.commit().await?;
        Ok(gone)
    }

    /// Publishes the draft as the next version, which never changes again; the one before is superseded. `revision` is
    /// what whoever publishes has seen: of two at once, one wins and the other is refused as `changed-meanwhile`.
    pub async fn publish_achievement(
        &self,
        actor: &Actor,
        org_id: &str,
        achievement_id: &str,
        revision: u64,
    ) -> Result<PublishedVersion, Trouble> {
        actor.require(org_id, Act::Publish)?;
        let before = self.stored(org_id, achievement_id).await?;
        if before.revision != revision {
            return Err(changed().into());
        }
        let Some(draft) = &before.draft else {
            let says = "There is no draft to publish: the newest version says all that has been written.";
            return Err(Refusal::new("not-now", says).into());
        };
        if before.retired.is_some() {
            return Err(retired().into());
        }
        let definition: Definition = read(draft)?;
        self.must_be_fine(&definition).await?;
        let org = self.desk.store.find_org(org_id).await?.ok_or_else(|| Trouble::fault("an organisation is gone"))?;
        let mut tx = self.desk.store.begin().await?;
        // whoever takes the draft away publishes it; its revision is the proof that it is the one that was read
        let now = self.now();
        if !tx.update_draft((org_id, achievement_id), revision, None, now, actor.person_id()).await? {
            return Err(changed().into());
        }
        let earlier = tx.find_newest_number(org_id, achievement_id).await?;
        let number = earlier + 1;
        let facts = facts_of(&definition, &self.base_url, achievement_id, number, party(&org));
        let body = serde_json::to_string(&facts).map_err(|error| Trouble::fault(error.to_string()))?;
        let one = AchievementVersion {
            org_id: org_id.into(),
            achievement_id: achievement_id.into(),
            version: number.to_string(),
            sha256: sha256(&body),
            body,
            created: now,
            definition: Some(draft.clone()),
            number: Some(number),
            published_by: actor.person_id().map(str::to_owned),
            superseded: None,
        };
        match tx.insert_achievement_version(&one).await {
            Err(StoreFault::Taken(_)) => return Err(changed().into()),
            other => other?,
        }
        if earlier > 0 {
            tx.update_version_superseded(org_id, achievement_id, &earlier.to_string(), now).await?;
        }
        let detail = Some(json!({"version": number, "sha256": one.sha256}));
        let object = ("achievement", achievement_id);
        tx.insert_audit(&actor.audit(&self.outside, org_id, "achievement.publish", object, detail)).await?;
        tx.commit().await?;
        tracing::info!(achievement.id = %achievement_id, "Published version {number} of {achievement_id}");
        published(one)?.ok_or_else(|| Trouble::fault("a version was published without its definition"))
    }

    /// Says that it is awarded no more (which also closes it), or that it is again. What has been awarded stays.
    pub async fn retire_achievement(
        &self,
        actor: &Actor,
        (org_id, achievement_id): (&str, &str),
        retire: bool,
    ) -> Result<Achievement, Trouble> {
        actor.require(org_id, Act::Publish)?;
        let before = self.stored(org_id, achievement_id).await?;
        if before.retired.is_some() == retire {
            return self.with_versions(before).await;
        }
        let at = retire.then(|| self.now());
        let mut tx = self.desk.store.begin().await?;
        tx.update_achievement_retired(org_id, achievement_id, at).await?;
        if retire {
            tx.update_achievement_open(org_id, achievement_id, None).await?;
        }
        let act = if retire { "achievement.retire" } else { "achievement.unretire" };
        let object = ("achievement", achievement_id);
        tx.insert_audit(&actor.audit(&self.outside, org_id, act, object, None)).await?;
        tx.commit().await?;
        self.achievement(actor, org_id, achievement_id).await
    }

    /// Lets learners ask for it, or no more.
    pub async fn open_achievement(
        &self,
        actor: &Actor,
        (org_id, achievement_id): (&str, &str),
        open: bool,
    ) -> Result<Achievement, Trouble> {
        actor.require(org_id, Act::Publish)?;
        let before = self.achievement(actor, org_id, achievement_id).await?;
        if before.open.is_some() == open {
            return Ok(before);
        }
        if open && before.versions.is_empty() {
            return Err(
                Refusal::new("not-now", "Nobody can ask for what is not published yet. Publish it first.").into()
            );
        }
        if open && before.retired.is_some() {
            return Err(retired().into());
        }
        let mut tx = self.desk.store.begin().await?;
        tx.update_achievement_open(org_id, achievement_id, open.then(|| self.now())).await?;
        let act = if open { "achievement.open" } else { "achievement.close" };
        let object = ("achievement", achievement_id);
        tx.insert_audit(&actor.audit(&self.outside, org_id, act, object, None)).await?;
        tx.commit().await?;
        self.achievement(actor, org_id, achievement_id).await
    }

    /// An achievement as members see it, with its draft.
    pub async fn achievement(&self, actor: &Actor, org_id: &str, id: &str) -> Result<Achievement, Trouble> {
        actor.require(org_id, Act::Enter)?;
        let stored = self.stored(org_id, id).await?;
        self.with_versions(stored).await
    }

    /// An organisation's achievements in the order in which they were begun, those after `after`; at most `limit`.
    pub async fn list_achievements(
        &self,
        actor: &Actor,
        org_id: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Achievement>, Trouble> {
        actor.require(org_id, Act::Enter)?;
        let mut all = Vec::new();
        for stored in self.desk.store.list_achievements(org_id, after, limit).await? {
            all.push(self.with_versions(stored).await?);
        }
        Ok(all)
    }

    /// How many credentials of each version have been awarded: achievement, version, count.
    pub async fn award_counts(&self, actor: &Actor, org_id: &str) -> Result<Vec<(String, String, u64)>, Trouble> {
        actor.require(org_id, Act::Enter)?;
        Ok(self.desk.store.list_award_counts(org_id).await?)
    }

    /// What stands between the draft and its publication; absent when there is no draft.
    pub async fn review_draft(&self, of: &Achievement) -> Result<Option<Review>, Trouble> {
        let Some(draft) = &of.draft else { return Ok(None) };
        let mut wrong = check(draft, true);
        wrong.extend(self.picture_missing(draft).await?);
        let newest = of.newest();
        Ok(Some(Review {
            number: newest.map_or(1, |one| one.number + 1),
            wrong,
            diff: newest.map(|one| diff(&one.definition, draft)),
        }))
    }

    /// A published version, for whoever awards it. Anyone may see what is published.
    pub async fn find_version(
        &self,
        org_id: &str,
        achievement_id: &str,
        version: &str,
    ) -> Result<Option<PublishedVersion>, Trouble> {
        let found = self.desk.store.find_achievement_version(org_id, achievement_id, version).await?;
        Ok(found.map(published).transpose()?.flatten())
    }

    /// What the world sees of an achievement: its published versions and whether it is open, never its draft. `None`
    /// when there is none or nothing of it is published.
    pub async fn public_achievement(&self, achievement_id: &str) -> Result<Option<Achievement>, Trouble> {
        let Some(mut stored) = self.desk.store.find_achievement_anywhere(achievement_id).await? else {
            return Ok(None);
        };
        stored.draft = None;
        let found = self.with_versions(stored).await?;
        Ok(Some(found).filter(|one| !one.versions.is_empty()))
    }

    async fn stored(&self, org_id: &str, id: &str) -> Result<StoredAchievement, Trouble> {
        let found = self.desk.store.find_achievement(org_id, id).await?;
        let says = "There is no such achievement in this organisation.";
        found.ok_or_else(|| Refusal::new("not-found", says).into())
    }

    async fn with_versions(&self, stored: StoredAchievement) -> Result<Achievement, Trouble> {
        let versions = self.desk.store.list_versions(&stored.org_id, &stored.id).await?;
        let versions: Vec<Option<PublishedVersion>> =
            versions.into_iter().map(published).collect::<Result<_, Trouble>>()?;
        Ok(Achievement {
            draft: stored.draft.as_deref().map(read).transpose()?,
            org_id: stored.org_id,
            id: stored.id,
            revision: stored.revision,
            created: stored.created,
            updated: stored.updated,
            retired: stored.retired,
            open: stored.open,
            versions: versions.into_iter().flatten().collect(),
        })
    }

    /// A draft as it is kept, or why it cannot be.
    async fn written(&self, definition: &Definition) -> Result<String, Trouble> {
        if let Some(first) = check(definition, false).first() {
            return Err(refused("bad-definition", first).into());
        }
        if let Some(missing) = self.picture_missing(definition).await? {
            return Err(refused("bad-definition", &missing).into());
        }
        let text = serde_json::to_string(definition).map_err(|error| Trouble::fault(error.to_string()))?;
        if text.len() > LARGEST {
            let says = format!("A definition has at most {} KiB as JSON; this one has more.", LARGEST >> 10);
            return Err(Refusal::new("too-large", says).into());
        }
        Ok(text)
    }

    async fn must_be_fine(&self, definition: &Definition) -> Result<(), Trouble> {
        if let Some(first) = check(definition, true).first() {
            return Err(refused("not-ready", first).into());
        }
        match self.picture_missing(definition).await? {
            Some(missing) => Err(refused("not-ready", &missing).into()),
            None => Ok(()),
        }
    }

    /// What is wrong when a definition names a picture that the site does not have.
    async fn picture_missing(&self, definition: &Definition) -> Result<Option<Wrong>, Trouble> {
        let Some(picture) = definition.picture.as_ref().filter(|picture| picture.sha256.len() == 64) else {
            return Ok(None);
        };
        if self.desk.store.find_picture(&picture.sha256).await?.is_some() {
            return Ok(None);
        }
        let says = "The site has no picture with this SHA-256. Compose or upload it first.".into();
        Ok(Some(Wrong { pointer: "/picture/sha256".into(), says }))
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Trouble> {
    serde_json::from_str(text).map_err(|error| Trouble::fault(format!("a kept definition cannot be read: {error}")))
}

/// A row as what it was published from; `None` for the sample data's, which has no definition.
fn published(row: AchievementVersion) -> Result<Option<PublishedVersion>, Trouble> {
    let (Some(definition), Some(number)) = (&row.definition, row.number) else { return Ok(None) };
    Ok(Some(PublishedVersion {
        definition: read(definition)?,
        facts: read(&row.body)?,
        number,
        org_id: row.org_id,
        achievement_id: row.achievement_id,
        sha256: row.sha256,
        created: row.created,
        superseded: row.superseded,
    }))
}

fn refused(code: &'static str, wrong: &Wrong) -> Refusal {
    Refusal::new(code, format!("{}: {}", wrong.pointer, wrong.says))
}

fn changed() -> Refusal {
    let says = "Somebody has changed this meanwhile. Look at what stands there now, then do it again.";
    Refusal::new("changed-meanwhile", says)
}

fn retired() -> Refusal {
    Refusal::new("not-now", "This achievement is retired. Take it out of retirement first.")
}
