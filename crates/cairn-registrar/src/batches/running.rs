//! A batch at work: its file is checked, then issued in chunks; whoever does it holds the batch's lease.

use std::io::{BufRead, Cursor};

use cairn_domain::access::Act;
use cairn_domain::definition::Definition;
use cairn_domain::roster::{Form, Problem, Roster, Row};
use cairn_store::{BatchProblem, Lease, Session, StoreFault, StoredBatch, StoredEvidence};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use super::{MOST_PROBLEMS, NewBatch, UNDO_WITHIN};
use crate::Office;
use crate::access::{Actor, Who};
use crate::awards::{Awarding, Grant, Prepared, Recipient, direct_events, role_for};
use crate::issuing::Secured;
use crate::refusal::{Refusal, Trouble};

/// Rows of one transaction.
const CHUNK: usize = 256;
/// How long a process has a batch to itself before it must say that it is still there.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// What a pass over a batch came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It is at its end.
    Done,
    /// Another process has it, or somebody stopped it.
    Elsewhere,
}

/// How far a pass is, told now and then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that are bad.
    pub bad: u64,
    /// Awards that were made.
    pub issued: u64,
}

/// What awards of a batch need.
struct Shop<'a> {
    actor: &'a Actor,
    awarding: Awarding,
    /// Begins the idempotency key of each row.
    key: String,
}

impl Office {
    /// Works on batches that wait, until none does. `me` tells this process from others. Whether there was any.
    pub async fn work_on_batches(&self, me: &str) -> Result<bool, Trouble> {
        let now = self.now();
        let waiting = self.desk.store.list_batches_to_work_on(now, now + LEASE + LEASE).await?;
        let any = !waiting.is_empty();
        for one in waiting {
            if let Err(trouble) = self.work_on_batch(&one, me).await {
                self.note_trouble(&one, me, trouble).await?;
            }
        }
        Ok(any)
    }

    async fn work_on_batch(&self, one: &StoredBatch, me: &str) -> Result<Work, Trouble> {
        if !self.lease_batch(one, me).await? {
            return Ok(Work::Elsewhere);
        }
        // as it is now that nobody else is at it
        let Some(one) = &self.desk.store.find_batch(&one.org_id, &one.id).await? else { return Ok(Work::Elsewhere) };
        let actor = self.on_behalf_of(one).await?;
        let done = match one.state.as_str() {
            "undoing" => self.undo_rows(&actor, one, me).await?,
            state @ ("checking" | "running") => {
                let file = Cursor::new(self.desk.store.find_batch_file(&one.org_id, &one.id).await?);
                if state == "checking" {
                    self.check_rows(&actor, one, me, file, |_, _| ()).await?
                } else {
                    self.issue_rows(&actor, one, me, file, |_| ()).await?
                }
            }
            _ => Work::Elsewhere,
        };
        self.release_batch(one, me).await?;
        Ok(done)
    }

    /// What cannot be done stops the batch with a sentence; what is broken of ours is tried again later.
    async fn note_trouble(&self, one: &StoredBatch, me: &str, trouble: Trouble) -> Result<(), Trouble> {
        let says = match trouble {
            Trouble::Refusal(refusal) => refusal.says,
            fault => {
                tracing::error!(batch.id = %one.id, fault = %fault, "A batch could not go on, and will be tried again: {fault}");
                self.release_batch(one, me).await?;
                return Err(fault);
            }
        };
        let to = match one.state.as_str() {
            "checking" => "unreadable",
            "undoing" => "done",
            _ => "stopped",
        };
        let mut tx = self.desk.store.begin().await?;
        tx.update_batch_state((&one.org_id, &one.id), &one.state, to, Some(&says)).await?;
        tx.delete_batch_lease(&one.org_id, &one.id, me).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a batch for a process. False while another one has it.
    pub async fn lease_batch(&self, one: &StoredBatch, me: &str) -> Result<bool, Trouble> {
        let now = self.now();
        let mut tx = self.desk.store.begin().await?;
        let lease = Lease { by: me, now, until: now + LEASE };
        let mine = tx.update_batch_lease(&one.org_id, &one.id, lease).await?;
        tx.commit().await?;
        Ok(mine)
    }

    /// Gives a batch back.
    pub async fn release_batch(&self, one: &StoredBatch, me: &str) -> Result<(), Trouble> {
        let mut tx = self.desk.store.begin().await?;
        tx.delete_batch_lease(&one.org_id, &one.id, me).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A batch for a file that whoever asks has at hand; the one that this file is already.
    pub async fn batch_of_file(
        &self,
        actor: &Actor,
        new: NewBatch,
        form: Form,
        sha256: String,
    ) -> Result<StoredBatch, Trouble> {
        actor.require(&new.org_id, Act::Award)?;
        self.new_batch(actor, new, (form, sha256), None).await
    }

    /// Checks every row of a file: each problem is told, the first of them are written down. The batch is `checked`
    /// afterwards. The caller has its lease.
    pub async fn check_rows(
        &self,
        actor: &Actor,
        of: &StoredBatch,
        me: &str,
        file: impl BufRead,
        mut told: impl FnMut(Step, &[Problem]),
    ) -> Result<Work, Trouble> {
        let shop = self.shop(actor, of).await?;
        let mut tx = self.desk.store.begin().await?;
        tx.delete_batch_problems(&of.org_id, &of.id).await?;
        tx.commit().await?;
        let mut now = StoredBatch { leased_by: Some(me.into()), rows: 0, bad: 0, ..of.clone() };
        let mut kept: Vec<BatchProblem> = Vec::new();
        let mut written = 0;
        let definition = shop.definition(of)?.clone();
        let roster = match Roster::open(file, form(of)?, &definition, self.now()) {
            Ok(roster) => roster,
            Err(problems) => {
                told(Step { bad: 1, ..Step::default() }, &problems);
                now.state = "unreadable".into();
                now.trouble = problems.first().map(ToString::to_string);
                return self.put_down(&mut now, of, &problems.iter().map(noted).collect::<Vec<_>>()).await;
            }
        };
        let mut roster = roster;
        while let Some(verdict) = roster.next() {
            if roster.broke_off() {
                return Err(Trouble::fault("the file could not be read to its end"));
            }
            let problems = match verdict {
                Ok(row) => self.problem_of(&shop, of, &row).await?.into_iter().collect(),
                Err(problems) => problems,
            };
            now.rows += 1;
            if !problems.is_empty() {
                now.bad += 1;
                let room = (MOST_PROBLEMS - written) as usize;
                kept.extend(problems.iter().take(room).map(noted));
                written += problems.len().min(room) as u64;
            }
            told(Step { rows: now.rows, bad: now.bad, issued: 0 }, &problems);
            if now.rows.is_multiple_of(2_000) {
                let problems = std::mem::take(&mut kept);
                if self.put_down(&mut now, of, &problems).await? == Work::Elsewhere {
                    return Ok(Work::Elsewhere);
                }
            }
        }
        now.state = "checked".into();
        self.put_down(&mut now, of, &kept).await
    }

    /// Writes down how far the check is.
    async fn put_down(
        &self,
        now: &mut StoredBatch,
        of: &StoredBatch,
        problems: &[BatchProblem],
    ) -> Result<Work, Trouble> {
        now.leased_until = Some(self.now() + LEASE);
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_batch("checking", of.position, now).await? {
            return Ok(Work::Elsewhere);
        }
        tx.insert_batch_problems(&of.org_id, &of.id, problems).await?;
        tx.commit().await?;
        Ok(Work::Done)
    }

    /// Issues the rows of a running batch from its position on; bad ones are passed over. The caller has its lease.
    pub async fn issue_rows(
        &self,
        actor: &Actor,
        of: &StoredBatch,
        me: &str,
        file: impl BufRead,
        mut told: impl FnMut(Step),
    ) -> Result<Work, Trouble> {
        actor.require(&of.org_id, Act::Award)?;
        let shop = self.shop(actor, of).await?;
        let definition = shop.definition(of)?.clone();
        let mut now = StoredBatch { leased_by: Some(me.into()), ..of.clone() };
        let skipped = usize::try_from(of.position).unwrap_or(usize::MAX);
        let unreadable = |problems: Vec<Problem>| {
            Refusal::new("unreadable", problems.first().map(ToString::to_string).unwrap_or_default())
        };
        let mut roster = Roster::open(file, form(of)?, &definition, self.now()).map_err(unreadable)?;
        for _ in roster.by_ref().take(skipped) {}
        let mut next = roster.next();
        while next.is_some() {
            let mut rows = Vec::with_capacity(CHUNK);
            let mut passed = 0;
            while rows.len() < CHUNK
                && let Some(verdict) = next
            {
                passed += 1;
                rows.extend(verdict);
                next = roster.next();
            }
            if roster.broke_off() {
                return Err(Trouble::fault("the file could not be read to its end; the rows of this part wait"));
            }
            let last = next.is_none();
            if self.issue_chunk(&shop, &mut now, &rows, passed, last).await? == Work::Elsewhere {
                return Ok(Work::Elsewhere);
            }
            told(Step { rows: now.position, bad: now.position - now.issued, issued: now.issued });
        }
        if now.state == "running" {
            return self.issue_chunk(&shop, &mut now, &[], 0, true).await;
        }
        Ok(Work::Done)
    }

    /// One transaction: the awards of some rows, and the batch's new position.
    async fn issue_chunk(
        &self,
        shop: &Shop<'_>,
        now: &mut StoredBatch,
        rows: &[Row],
        passed: u64,
        last: bool,
    ) -> Result<Work, Trouble> {
        let prepared = self.prepared(shop, now, rows).await?;
        let mut tx = self.desk.store.begin().await?;
        let mut to_make = Vec::with_capacity(prepared.len());
        for one in prepared {
            let key = &one.unsigned.row.idempotency_key;
            if tx.find_credential_by_key(&now.org_id, key).await?.is_none() {
                to_make.push(one);
            }
        }
        let mut after = now.clone();
        after.position += passed;
        after.issued += to_make.len() as u64;
        after.leased_until = Some(self.now() + LEASE);
        if last {
            after.state = "done".into();
            after.finished = Some(self.now());
            after.undo_until = Some(self.now() + UNDO_WITHIN);
        }
        if !tx.update_batch("running", now.position, &after).await? {
            return Ok(Work::Elsewhere);
        }
        let made = self.award_within(&mut tx, shop.actor, &shop.awarding, to_make).await?;
        self.desk.log_awards(&mut tx, &shop.awarding.org, &made).await?;
        tx.commit().await?;
        *now = after;
        Ok(Work::Done)
    }

    /// The rows that can be awarded, ready to be signed.
    async fn prepared(&self, shop: &Shop<'_>, of: &StoredBatch, rows: &[Row]) -> Result<Vec<Prepared>, Trouble> {
        self.keep_links(of, rows).await?;
        let mut prepared = Vec::with_capacity(rows.len());
        for row in rows {
            if !of.again && self.holds(of, row).await?.is_some() {
                continue;
            }
            let grant = self.grant(shop, of, row, true);
            let events = direct_events(&grant, role_for(shop.actor, &of.org_id, Act::Award));
            match self.prepare(&shop.awarding, &grant, events).await {
                Ok(one) => prepared.push(one),
                // it was told when the file was checked; what came up since is passed over like it
                Err(Trouble::Refusal(refusal)) => {
                    tracing::warn!(batch.id = %of.id, line = row.line, "A row was passed over: {}", refusal.code);
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(prepared)
    }

    /// Why a row that is well written cannot be awarded all the same.
    async fn problem_of(&self, shop: &Shop<'_>, of: &StoredBatch, row: &Row) -> Result<Option<Problem>, Trouble> {
        let says = match self.holds(of, row).await? {
            Some(public_id) if !of.again => Some((
                Some("email"),
                format!(
                    "{} holds this already ({}/credentials/{public_id}). Delete the row, or say that it shall be \
                     awarded again.",
                    row.email, self.base_url
                ),
            )),
            _ => {
                let grant = self.grant(shop, of, row, false);
                let events = direct_events(&grant, role_for(shop.actor, &of.org_id, Act::Award));
                match self.prepare(&shop.awarding, &grant, events).await {
                    Ok(_) => None,
                    Err(Trouble::Refusal(refusal)) => Some((None, refusal.says)),
                    Err(fault) => return Err(fault),
                }
            }
        };
        Ok(says.map(|(field, says)| Problem { line: row.line, column: None, field: field.map(str::to_owned), says }))
    }

    async fn holds(&self, of: &StoredBatch, row: &Row) -> Result<Option<String>, Trouble> {
        let of = (of.org_id.as_str(), of.achievement_id.as_str(), of.version.as_str());
        Ok(self.desk.store.find_held(of, &row.email, self.now()).await?)
    }

    /// Writes down the links of some rows as evidence, in one transaction; those that are there already stay.
    async fn keep_links(&self, of: &StoredBatch, rows: &[Row]) -> Result<(), Trouble> {
        let mut new = Vec::new();
        for row in rows {
            let Some(link) = &row.evidence else { continue };
            let id = evidence_id(of, row);
            if self.desk.store.find_evidence(&of.org_id, &id).await?.is_none() {
                new.push(StoredEvidence {
                    org_id: of.org_id.clone(),
                    evidence_id: id,
                    kind: "link".into(),
                    name: link.name.clone().unwrap_or_default(),
                    sha256: hex(&Sha256::digest(link.url.as_bytes())),
                    url: Some(link.url.clone()),
                    person_id: of.by_person.clone(),
                    created: self.now(),
                    ..StoredEvidence::default()
                });
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let mut tx = self.desk.store.begin().await?;
        for one in &new {
            match tx.insert_evidence(one).await {
                Ok(()) => {}
                // another process was quicker with the same rows: what it wrote is the same
                Err(StoreFault::Taken(_)) => return Ok(()),
                Err(fault) => return Err(fault.into()),
            }
        }
        tx.commit().await?;
        Ok(())
    }

    fn grant(&self, shop: &Shop<'_>, of: &StoredBatch, row: &Row, for_good: bool) -> Grant {
        let evidence = row.evidence.as_ref().filter(|_| for_good);
        let evidence_ids = evidence.map(|_| evidence_id(of, row)).into_iter().collect();
        let key = row.key.as_ref().map_or_else(|| format!("line {}", row.line), |key| format!("key {key}"));
        Grant {
            org_id: of.org_id.clone(),
            achievement_id: of.achievement_id.clone(),
            version: of.version.clone(),
            recipient: Recipient { name: row.name.clone(), email: row.email.clone() },
            awarded: row.awarded,
            valid_until: row.valid_until,
            results: row.results.clone(),
            narrative: row.narrative.clone(),
            evidence_ids,
            batch: Some((of.id.clone(), row.line)),
            idempotency_key: format!("{}:{key}", shop.key),
            secured: Secured::DataIntegrity,
            letter: of.letters,
            ..Grant::default()
        }
    }

    async fn shop<'a>(&self, actor: &'a Actor, of: &StoredBatch) -> Result<Shop<'a>, Trouble> {
        let like = Grant {
            org_id: of.org_id.clone(),
            achievement_id: of.achievement_id.clone(),
            version: of.version.clone(),
            ..Grant::default()
        };
        let awarding = self.awarding(&of.org_id, &[like]).await?;
        // a file that was undone may be sent again: then its rows are other awards
        let same = self.desk.store.list_batches_of_file(&of.org_id, &of.sha256).await?;
        let undone =
            same.iter().filter(|one| one.id != of.id && one.created <= of.created && one.state == "undone").count();
        let key = format!("batch:{}:{}:{}:{undone}", of.sha256, of.achievement_id, of.version);
        Ok(Shop { actor, awarding, key })
    }

    /// Whoever began the batch, with the roles of this moment.
    async fn on_behalf_of(&self, of: &StoredBatch) -> Result<Actor, Trouble> {
        let Some(id) = &of.by_person else { return Ok(Actor::site()) };
        let person = self.desk.store.find_person(id).await?.ok_or_else(|| {
            Refusal::new("not-allowed", "Whoever began this batch has left; somebody else has to begin it again.")
        })?;
        let roles = self.desk.store.list_roles(id).await?;
        let now = self.now();
        let session = Session {
            token_hash: String::new(),
            id: of.id.clone(),
            person_id: id.clone(),
            how: "batch".into(),
            agent: None,
            created: now,
            seen: now,
            expires: now,
            proved: now,
        };
        Ok(Actor { who: Who::Person { person, session }, roles })
    }
}

impl Shop<'_> {
    fn definition(&self, of: &StoredBatch) -> Result<&Definition, Trouble> {
        let rule = self.awarding.rules.get(&(of.achievement_id.clone(), of.version.clone()));
        let rule = rule.and_then(Option::as_ref);
        rule.map(|rule| &rule.definition).ok_or_else(|| {
            Refusal::new("no-such-version", "The version that this batch awards is not published here.").into()
        })
    }
}

/// The id of a row's link: the same whenever the row is read again.
fn evidence_id(of: &StoredBatch, row: &Row) -> String {
    format!("{}-{}", of.id, row.line)
}

fn form(of: &StoredBatch) -> Result<Form, Trouble> {
    Form::from_word(&of.form).ok_or_else(|| Trouble::fault("a batch is of no known form"))
}

fn noted(problem: &Problem) -> BatchProblem {
    BatchProblem { line: problem.line, place: problem.column, field: problem.field.clone(), says: problem.says.clone() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
