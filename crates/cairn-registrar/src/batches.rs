//! Batches: many awards from one file, checked first, resumed after a kill, undone in time.
//!
//! A batch's position moves in the transaction that makes the awards of its rows, and only for the process that has its
//! lease. So whatever dies when, each row is awarded once: by the position, and by the idempotency key besides.

mod running;
mod undoing;

use cairn_domain::access::Act;
use cairn_domain::roster::{Form, MOST_ROWS};
use jiff::SignedDuration;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::Office;
use crate::access::{Actor, Who};
use crate::refusal::{Refusal, Trouble};

pub use cairn_store::{BatchProblem, StoredBatch};
pub use running::{Step, Work};

/// How long a batch can be undone after it began, and after it ended.
pub const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(72);
/// Most bytes of a file that is sent to the site.
pub const MOST_FILE_BYTES: usize = 24 << 20;
/// Most problems that are written down; all are counted.
pub const MOST_PROBLEMS: u64 = 1_000;

/// A file of awards, and what to do with it.
#[derive(Debug, Clone, Default)]
pub struct NewBatch {
    /// Who awards.
    pub org_id: String,
    /// What is awarded.
    pub achievement_id: String,
    /// Which published version.
    pub version: String,
    /// What it is called: the file's name.
    pub name: String,
    /// Whether recipients get letters.
    pub letters: bool,
    /// Whether those get it too who hold it already.
    pub again: bool,
}

impl Office {
    /// Takes a file and has it checked. The same file for the same version is the same batch, unless that was undone.
    pub async fn upload_batch(&self, actor: &Actor, new: NewBatch, bytes: &[u8]) -> Result<StoredBatch, Trouble> {
        actor.require(&new.org_id, Act::Award)?;
        if bytes.is_empty() {
            let says = "The file is empty. Choose a CSV file with a header row, or JSON Lines.";
            return Err(Refusal::new("empty-file", says).into());
        }
        if bytes.len() > MOST_FILE_BYTES {
            let says = format!(
                "The file has {} MB; {} are taken at once. Split it, or run cairn issue on the machine of the site.",
                bytes.len() >> 20,
                MOST_FILE_BYTES >> 20
            );
            return Err(Refusal::new("too-large", says).into());
        }
        let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.new_batch(actor, new, (Form::guess(bytes), sha256), Some(bytes)).await
    }

    /// Makes a batch, or finds the one that this file is already. Without bytes, whoever runs it brings them.
    pub(crate) async fn new_batch(
        &self,
        actor: &Actor,
        new: NewBatch,
        (form, sha256): (Form, String),
        bytes: Option<&[u8]>,
    ) -> Result<StoredBatch, Trouble> {
        let found = self.find_version(&new.org_id, &new.achievement_id, &new.version).await?;
        if found.is_none() {
            let says = "There is no such published version of an achievement here. Choose one of those published.";
            return Err(Refusal::new("no-such-version", says).into());
        }
        let same = self.desk.store.list_batches_of_file(&new.org_id, &sha256).await?;
        let same = same.into_iter().find(|one| {
            one.achievement_id == new.achievement_id
                && one.version == new.version
                && !matches!(one.state.as_str(), "undone" | "undoing" | "unreadable")
        });
        if let Some(one) = same {
            return Ok(one);
        }
        let one = StoredBatch {
            id: self.outside.id(),
            org_id: new.org_id,
            achievement_id: new.achievement_id,
            version: new.version,
            name: called(&new.name),
            form: form.word().into(),
            sha256,
            object_key: if bytes.is_some() { "parts" } else { "" }.into(),
            letters: new.letters,
            again: new.again,
            state: "checking".into(),
            created: self.now(),
            by_person: actor.person_id().map(str::to_owned),
            ..StoredBatch::default()
        };
        let mut tx = self.desk.store.begin().await?;
        tx.insert_batch(&one).await?;
        if let Some(bytes) = bytes {
            tx.insert_batch_file(&one.org_id, &one.id, bytes).await?;
        }
        let detail = json!({"achievement": one.achievement_id, "version": one.version, "sha256": one.sha256});
        tx.insert_audit(&actor.audit(&self.outside, &one.org_id, "batch.upload", ("batch", &one.id), Some(detail)))
            .await?;
        tx.commit().await?;
        Ok(one)
    }

    /// An organisation's batch.
    pub async fn find_batch(&self, actor: &Actor, org_id: &str, id: &str) -> Result<StoredBatch, Trouble> {
        if !actor.may(org_id, Act::Award) {
            actor.require(org_id, Act::Records)?;
        }
        let found = self.desk.store.find_batch(org_id, id).await?;
        found.ok_or_else(|| Refusal::new("not-found", "There is no such batch here.").into())
    }

    /// An organisation's batches, newest first, those before the batch `after`.
    pub async fn list_batches(
        &self,
        actor: &Actor,
        org_id: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredBatch>, Trouble> {
        if !actor.may(org_id, Act::Award) {
            actor.require(org_id, Act::Records)?;
        }
        Ok(self.desk.store.list_batches(org_id, after, limit).await?)
    }

    /// What is wrong with rows, in order, those after a line.
    pub async fn batch_problems(
        &self,
        actor: &Actor,
        (org_id, id): (&str, &str),
        after_line: u64,
        limit: u32,
    ) -> Result<Vec<BatchProblem>, Trouble> {
        let one = self.find_batch(actor, org_id, id).await?;
        Ok(self.desk.store.list_batch_problems(org_id, &one.id, (after_line, limit)).await?)
    }

    /// Begins to issue what was checked, or goes on with what was stopped.
    pub async fn start_batch(&self, actor: &Actor, org_id: &str, id: &str) -> Result<StoredBatch, Trouble> {
        actor.require(org_id, Act::Award)?;
        let one = self.find_batch(actor, org_id, id).await?;
        let from = one.state.clone();
        match from.as_str() {
            "running" | "done" => return Ok(one),
            "checked" | "stopped" => {}
            "checking" => return Err(not_now("The file is still being checked. Wait until that is done.")),
            "unreadable" => return Err(not_now("The file could not be read. Mend it and send it again.")),
            _ => return Err(not_now("This batch was undone. Send the file again to award anew.")),
        }
        if one.object_key.is_empty() && !matches!(actor.who, Who::Site) {
            return Err(not_now("This file lies on the machine of the site: run cairn issue there again to go on."));
        }
        if one.rows <= one.bad {
            return Err(not_now("No row of this file can be awarded. Mend it and send it again."));
        }
        let now = self.now();
        let after = StoredBatch {
            state: "running".into(),
            trouble: None,
            started: one.started.or(Some(now)),
            undo_until: Some(now + UNDO_WITHIN),
            ..one.clone()
        };
        self.moved(actor, &one, after, "batch.start").await
    }

    /// Stops issuing after the rows that are being worked on.
    pub async fn stop_batch(&self, actor: &Actor, org_id: &str, id: &str) -> Result<StoredBatch, Trouble> {
        actor.require(org_id, Act::Award)?;
        let one = self.find_batch(actor, org_id, id).await?;
        if one.state != "running" {
            return Err(not_now("Only a batch that is running can be stopped."));
        }
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_batch_state((org_id, id), "running", "stopped", None).await? {
            return Err(not_now("It has just ended."));
        }
        tx.insert_audit(&actor.audit(&self.outside, org_id, "batch.stop", ("batch", id), None)).await?;
        tx.commit().await?;
        self.find_batch(actor, org_id, id).await
    }

    /// Begins to revoke all that a batch has issued, as issued in error.
    pub async fn undo_batch(&self, actor: &Actor, org_id: &str, id: &str) -> Result<StoredBatch, Trouble> {
        actor.require(org_id, Act::Revoke)?;
        let one = self.find_batch(actor, org_id, id).await?;
        match one.state.as_str() {
            "undoing" | "undone" => return Ok(one),
            "done" | "stopped" => {}
            "running" => return Err(not_now("The batch is running. Stop it first, then undo it.")),
            _ => return Err(not_now("This batch has issued nothing that could be undone.")),
        }
        if one.undo_until.is_none_or(|until| until < self.now()) {
            return Err(not_now(
                "The time in which a whole batch can be undone is over. Revoke its credentials one by one.",
            ));
        }
        let after = StoredBatch { state: "undoing".into(), trouble: None, ..one.clone() };
        self.moved(actor, &one, after, "batch.undo").await
    }

    /// Forgets a file that was checked and never started.
    pub async fn discard_batch(&self, actor: &Actor, org_id: &str, id: &str) -> Result<(), Trouble> {
        actor.require(org_id, Act::Award)?;
        self.find_batch(actor, org_id, id).await?;
        let mut tx = self.desk.store.begin().await?;
        if !tx.delete_batch(org_id, id).await? {
            return Err(not_now("This batch was started; what it has done stays on record."));
        }
        tx.insert_audit(&actor.audit(&self.outside, org_id, "batch.discard", ("batch", id), None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets files of batches that can no longer be undone. How many parts they were.
    pub async fn purge_batch_files(&self) -> Result<u64, Trouble> {
        let mut tx = self.desk.store.begin().await?;
        let gone = tx.delete_old_batch_files(self.now()).await?;
        tx.commit().await?;
        Ok(gone)
    }

    async fn moved(
        &self,
        actor: &Actor,
        from: &StoredBatch,
        to: StoredBatch,
        act: &str,
    ) -> Result<StoredBatch, Trouble> {
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_batch(&from.state, from.position, &to).await? {
            return Err(not_now("Somebody has just done something else with this batch. Look at it again."));
        }
        tx.insert_audit(&actor.audit(&self.outside, &to.org_id, act, ("batch", &to.id), None)).await?;
        tx.commit().await?;
        Ok(to)
    }
}

fn not_now(says: &str) -> Trouble {
    Refusal::new("not-now", says).into()
}

/// A file's name without its folders, as it may be shown.
fn called(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    if shown.trim().is_empty() { format!("a list of up to {MOST_ROWS} awards") } else { shown }
}
