//! Batches: many awards from one file.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, StoredCredential, TakenIndex, Tx};

/// Bytes of a part of a file.
const PART: usize = 1 << 20;

/// A batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredBatch {
    /// The issuer.
    pub org_id: String,
    /// UUIDv7, so that the order of ids is the order of time.
    pub id: String,
    /// What is awarded.
    pub achievement_id: String,
    /// Which version of it.
    pub version: String,
    /// What it is called: the file's name.
    pub name: String,
    /// `csv` or `jsonl`.
    pub form: String,
    /// Lower-case hex SHA-256 of the file.
    pub sha256: String,
    /// Where the file lies; empty when whoever runs the batch brings it.
    pub object_key: String,
    /// Whether recipients get letters.
    pub letters: bool,
    /// Whether those get it too who hold it already.
    pub again: bool,
    /// `checking`, `checked`, `unreadable`, `running`, `done`, `stopped`, `undoing` or `undone`.
    pub state: String,
    /// Why it stopped, in a sentence.
    pub trouble: Option<String>,
    /// How many rows the file has; grows while it is checked.
    pub rows: u64,
    /// How many of them are bad.
    pub bad: u64,
    /// How many rows are done with: issued or passed over.
    pub position: u64,
    /// How many awards were made.
    pub issued: u64,
    /// When the file came.
    pub created: Timestamp,
    /// Who sent it.
    pub by_person: Option<String>,
    /// When issuing began.
    pub started: Option<Timestamp>,
    /// When the last row was done with.
    pub finished: Option<Timestamp>,
    /// Until when it can be undone.
    pub undo_until: Option<Timestamp>,
    /// When it was undone.
    pub undone: Option<Timestamp>,
    /// Until when a process has it to itself.
    pub leased_until: Option<Timestamp>,
    /// Which process.
    pub leased_by: Option<String>,
}

/// What is wrong with a row of a batch's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchProblem {
    /// The line.
    pub line: u64,
    /// Number of the column or of the character.
    pub place: Option<u64>,
    /// Name of the column.
    pub field: Option<String>,
    /// What is wrong and what to do.
    pub says: String,
}

/// A process's time alone with a batch.
#[derive(Debug, Clone, Copy)]
pub struct Lease<'a> {
    /// The process.
    pub by: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select org_id, batch_id, achievement_id, version, name, form, sha256, object_key, notify, again, state, \
             trouble, row_count, bad_count, position, issued, created_at, by_person, started_at, finished_at, \
             undo_until, undone_at, leased_until, leased_by from batch ",
            $rest
        )
    };
}

impl Tx {
    /// Adds a batch.
    pub async fn insert_batch(&mut self, one: &StoredBatch) -> Result<(), StoreFault> {
        let sql = "insert into batch (org_id, batch_id, achievement_id, version, name, form, sha256, object_key, \
                   notify, again, state, trouble, row_count, bad_count, position, issued, created_at, by_person, \
                   started_at, finished_at, undo_until, undone_at, leased_until, leased_by) values ($1, $2, $3, $4, \
                   $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.id),
            Arg::Text(&one.achievement_id),
            Arg::Text(&one.version),
            Arg::Text(&one.name),
            Arg::Text(&one.form),
            Arg::Text(&one.sha256),
            Arg::Text(&one.object_key),
            Arg::Int(one.letters.into()),
            Arg::Int(one.again.into()),
            Arg::Text(&one.state),
            Arg::MaybeText(one.trouble.as_deref()),
            Arg::Int(int(one.rows)),
            Arg::Int(int(one.bad)),
            Arg::Int(int(one.position)),
            Arg::Int(int(one.issued)),
            Arg::Int(millis(one.created)),
            Arg::MaybeText(one.by_person.as_deref()),
            Arg::MaybeInt(one.started.map(millis)),
            Arg::MaybeInt(one.finished.map(millis)),
            Arg::MaybeInt(one.undo_until.map(millis)),
            Arg::MaybeInt(one.undone.map(millis)),
            Arg::MaybeInt(one.leased_until.map(millis)),
            Arg::MaybeText(one.leased_by.as_deref()),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("a batch with this id"))?;
        Ok(())
    }

    /// Writes what changes of a batch while it is worked on. False unless it is still in the state `from`, at the
    /// position `position`, and leased by whoever `one.leased_by` says: somebody else is at it, or it was stopped. On
    /// PostgreSQL the row is locked until the transaction ends.
    pub async fn update_batch(&mut self, from: &str, position: u64, one: &StoredBatch) -> Result<bool, StoreFault> {
        let sql = "update batch set state = $4, trouble = $5, row_count = $6, bad_count = $7, position = $8, \
                   issued = $9, started_at = $10, finished_at = $11, undo_until = $12, undone_at = $13, \
                   leased_until = $14, notify = $15 where org_id = $1 and batch_id = $2 and state = $3 \
                   and position = $16 and coalesce(leased_by, '') = $17";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.id),
            Arg::Text(from),
            Arg::Text(&one.state),
            Arg::MaybeText(one.trouble.as_deref()),
            Arg::Int(int(one.rows)),
            Arg::Int(int(one.bad)),
            Arg::Int(int(one.position)),
            Arg::Int(int(one.issued)),
            Arg::MaybeInt(one.started.map(millis)),
            Arg::MaybeInt(one.finished.map(millis)),
            Arg::MaybeInt(one.undo_until.map(millis)),
            Arg::MaybeInt(one.undone.map(millis)),
            Arg::MaybeInt(one.leased_until.map(millis)),
            Arg::Int(one.letters.into()),
            Arg::Int(int(position)),
            Arg::Text(one.leased_by.as_deref().unwrap_or_default()),
        ];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Moves a batch from one state to another, whoever is at it. False when it is in another state.
    pub async fn update_batch_state(
        &mut self,
        (org_id, id): (&str, &str),
        from: &str,
        to: &str,
        trouble: Option<&str>,
    ) -> Result<bool, StoreFault> {
        let sql = "update batch set state = $4, trouble = $5 where org_id = $1 and batch_id = $2 and state = $3";
        let args = [Arg::Text(org_id), Arg::Text(id), Arg::Text(from), Arg::Text(to), Arg::MaybeText(trouble)];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Takes or keeps a batch for a process. False while another one has it. A lease that reaches further into the
    /// future than any is given was made by a clock that has been set back since: it is void.
    pub async fn update_batch_lease(&mut self, org_id: &str, id: &str, lease: Lease<'_>) -> Result<bool, StoreFault> {
        let sql = "update batch set leased_until = $3, leased_by = $4 where org_id = $1 and batch_id = $2 \
                   and (leased_until is null or leased_until <= $5 or leased_until > $6 or leased_by = $4)";
        let span = lease.until.duration_since(lease.now);
        let args = [
            Arg::Text(org_id),
            Arg::Text(id),
            Arg::Int(millis(lease.until)),
            Arg::Text(lease.by),
            Arg::Int(millis(lease.now)),
            Arg::Int(millis(lease.until + span)),
        ];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Gives a batch back.
    pub async fn delete_batch_lease(&mut self, org_id: &str, id: &str, by: &str) -> Result<(), StoreFault> {
        let sql = "update batch set leased_until = null where org_id = $1 and batch_id = $2 and leased_by = $3";
        self.run(sql, &[Arg::Text(org_id), Arg::Text(id), Arg::Text(by)]).await?;
        Ok(())
    }

    /// Writes down what is wrong with rows.
    pub async fn insert_batch_problems(
        &mut self,
        org_id: &str,
        id: &str,
        problems: &[BatchProblem],
    ) -> Result<(), StoreFault> {
        let sql = "insert into batch_problem (org_id, batch_id, line, seq, place, field, says) \
                   values ($1, $2, $3, $4, $5, $6, $7) on conflict (org_id, batch_id, line, seq) do nothing";
        let (mut line, mut seq) = (0, 0);
        for one in problems {
            seq = if one.line == line { seq + 1 } else { 0 };
            line = one.line;
            let args = [
                Arg::Text(org_id),
                Arg::Text(id),
                Arg::Int(int(one.line)),
                Arg::Int(seq),
                Arg::MaybeInt(one.place.map(int)),
                Arg::MaybeText(one.field.as_deref()),
                Arg::Text(&one.says),
            ];
            self.run(sql, &args).await?;
        }
        Ok(())
    }

    /// Forgets what is wrong with rows: they are looked at anew.
    pub async fn delete_batch_problems(&mut self, org_id: &str, id: &str) -> Result<(), StoreFault> {
        let sql = "delete from batch_problem where org_id = $1 and batch_id = $2";
        self.run(sql, &[Arg::Text(org_id), Arg::Text(id)]).await?;
        Ok(())
    }

    /// Keeps a batch's file, in parts.
    pub async fn insert_batch_file(&mut self, org_id: &str, id: &str, bytes: &[u8]) -> Result<(), StoreFault> {
        let sql = "insert into batch_part (org_id, batch_id, seq, bytes) values ($1, $2, $3, $4)";
        for (part, seq) in bytes.chunks(PART).zip(0..) {
            self.run(sql, &[Arg::Text(org_id), Arg::Text(id), Arg::Int(seq), Arg::Bytes(part)]).await?;
        }
        Ok(())
    }

    /// Forgets a batch's file.
    pub async fn delete_batch_file(&mut self, org_id: &str, id: &str) -> Result<(), StoreFault> {
        let sql = "delete from batch_part where org_id = $1 and batch_id = $2";
        self.run(sql, &[Arg::Text(org_id), Arg::Text(id)]).await?;
        Ok(())
    }

    /// Forgets the files of batches whose time of undoing was over before a moment. How many parts they were.
    pub async fn delete_old_batch_files(&mut self, before: Timestamp) -> Result<u64, StoreFault> {
        let sql = "delete from batch_part where exists (select 1 from batch where batch.org_id = batch_part.org_id \
                   and batch.batch_id = batch_part.batch_id and (batch.state = 'undone' \
                   or (batch.state = 'done' and batch.undo_until < $1) or batch.created_at < $2))";
        let month = before - jiff::SignedDuration::from_hours(24 * 30);
        self.run(sql, &[Arg::Int(millis(before)), Arg::Int(millis(month))]).await
    }

    /// Credentials of a batch that are not revoked, with their places on revocation lists; at most `limit`. Of each
    /// only what its leaf in the log needs.
    pub async fn list_batch_places(
        &mut self,
        org_id: &str,
        id: &str,
        limit: u32,
    ) -> Result<Vec<(StoredCredential, TakenIndex)>, StoreFault> {
        let sql = "select c.credential_id, c.public_id, c.sha256, c.leaf_salt, s.list_id, s.list_index \
                   from credential c join credential_status s on s.org_id = c.org_id \
                   and s.credential_id = c.credential_id and s.purpose = 'revocation' where c.org_id = $1 \
                   and c.batch_id = $2 and (c.status is null or c.status <> 'revoked') order by c.batch_line limit $3";
        let rows = self.rows(sql, &[Arg::Text(org_id), Arg::Text(id), Arg::Int(limit.into())]).await?;
        let corrupt = |_| StoreFault::Corrupt { table: "credential_status", column: "list_index" };
        rows.iter()
            .map(|row| {
                let credential = StoredCredential {
                    org_id: org_id.into(),
                    credential_id: row.text(0)?,
                    public_id: row.text(1)?,
                    sha256: row.text(2)?,
                    leaf_salt: row.maybe_text(3)?,
                    ..StoredCredential::default()
                };
                let index = u64::try_from(row.int(5)?).map_err(corrupt)?;
                Ok((credential, TakenIndex { list_id: row.text(4)?, index, purpose: "revocation".into() }))
            })
            .collect()
    }

    /// Forgets a batch that has issued nothing. False when there is none, or it has.
    pub async fn delete_batch(&mut self, org_id: &str, id: &str) -> Result<bool, StoreFault> {
        self.delete_batch_problems(org_id, id).await?;
        self.delete_batch_file(org_id, id).await?;
        let sql = "delete from batch where org_id = $1 and batch_id = $2 and started_at is null";
        Ok(self.run(sql, &[Arg::Text(org_id), Arg::Text(id)]).await? == 1)
    }
}

impl Store {
    /// An organisation's batch.
    pub async fn find_batch(&self, org_id: &str, id: &str) -> Result<Option<StoredBatch>, StoreFault> {
        let sql = select!("where org_id = $1 and batch_id = $2");
        self.row(sql, &[Arg::Text(org_id), Arg::Text(id)]).await?.map(|row| one(&row)).transpose()
    }

    /// A batch's file.
    pub async fn find_batch_file(&self, org_id: &str, id: &str) -> Result<Vec<u8>, StoreFault> {
        let sql = "select bytes from batch_part where org_id = $1 and batch_id = $2 order by seq";
        let mut file = Vec::new();
        for row in self.rows(sql, &[Arg::Text(org_id), Arg::Text(id)]).await? {
            file.extend(row.bytes(0)?);
        }
        Ok(file)
    }

    /// The public id of a credential by which an address holds a version of an achievement at a moment.
    pub async fn find_held(
        &self,
        (org_id, achievement_id, version): (&str, &str, &str),
        email: &str,
        now: Timestamp,
    ) -> Result<Option<String>, StoreFault> {
        let sql = "select public_id from credential where recipient_email = $1 and org_id = $2 \
                   and achievement_id = $3 and version = $4 and status is null and superseded_by is null \
                   and (valid_until is null or valid_until > $5) limit 1";
        let args =
            [Arg::Text(email), Arg::Text(org_id), Arg::Text(achievement_id), Arg::Text(version), Arg::Int(millis(now))];
        self.row(sql, &args).await?.map(|row| row.text(0)).transpose()
    }

    /// An organisation's batches of a file, newest first.
    pub async fn list_batches_of_file(&self, org_id: &str, sha256: &str) -> Result<Vec<StoredBatch>, StoreFault> {
        let sql = select!("where org_id = $1 and sha256 = $2 order by batch_id desc");
        self.rows(sql, &[Arg::Text(org_id), Arg::Text(sha256)]).await?.iter().map(one).collect()
    }

    /// An organisation's batches, newest first, those before the batch `before` when one is given; at most `limit`.
    pub async fn list_batches(
        &self,
        org_id: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredBatch>, StoreFault> {
        let sql = select!("where org_id = $1 and batch_id < $2 order by batch_id desc limit $3");
        // every id begins with a digit of the time: "g" comes after all of them
        let args = [Arg::Text(org_id), Arg::Text(before.unwrap_or("g")), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(one).collect()
    }

    /// Batches that want to be worked on and that no process has, oldest first; `furthest` is the latest end of a
    /// lease that is believed.
    pub async fn list_batches_to_work_on(
        &self,
        now: Timestamp,
        furthest: Timestamp,
    ) -> Result<Vec<StoredBatch>, StoreFault> {
        let sql = select!(
            "where state in ('checking', 'running', 'undoing') and (object_key <> '' or state = 'undoing') \
             and (leased_until is null or leased_until <= $1 or leased_until > $2) order by batch_id limit 20"
        );
        self.rows(sql, &[Arg::Int(millis(now)), Arg::Int(millis(furthest))]).await?.iter().map(one).collect()
    }

    /// What is wrong with rows of a batch, in order, those after the line `after`; at most `limit`.
    pub async fn list_batch_problems(
        &self,
        org_id: &str,
        id: &str,
        after: (u64, u32),
    ) -> Result<Vec<BatchProblem>, StoreFault> {
        let sql = "select line, place, field, says from batch_problem where org_id = $1 and batch_id = $2 \
                   and line > $3 order by line, seq limit $4";
        let args = [Arg::Text(org_id), Arg::Text(id), Arg::Int(int(after.0)), Arg::Int(after.1.into())];
        let number = |value: i64| {
            u64::try_from(value).map_err(|_| StoreFault::Corrupt { table: "batch_problem", column: "line" })
        };
        let problem = |row: &Row| {
            Ok(BatchProblem {
                line: number(row.int(0)?)?,
                place: row.maybe_int(1)?.map(number).transpose()?,
                field: row.maybe_text(2)?,
                says: row.text(3)?,
            })
        };
        self.rows(sql, &args).await?.iter().map(problem).collect()
    }
}

fn one(row: &Row) -> Result<StoredBatch, StoreFault> {
    let number = |column: &'static str, at: usize| {
        u64::try_from(row.int(at)?).map_err(|_| StoreFault::Corrupt { table: "batch", column })
    };
    let maybe =
        |column: &'static str, at: usize| row.maybe_int(at)?.map(|value| moment("batch", column, value)).transpose();
    Ok(StoredBatch {
        org_id: row.text(0)?,
        id: row.text(1)?,
        achievement_id: row.text(2)?,
        version: row.text(3)?,
        name: row.text(4)?,
        form: row.text(5)?,
        sha256: row.text(6)?,
        object_key: row.text(7)?,
        letters: row.int(8)? != 0,
        again: row.int(9)? != 0,
        state: row.text(10)?,
        trouble: row.maybe_text(11)?,
        rows: number("row_count", 12)?,
        bad: number("bad_count", 13)?,
        position: number("position", 14)?,
        issued: number("issued", 15)?,
        created: moment("batch", "created_at", row.int(16)?)?,
        by_person: row.maybe_text(17)?,
        started: maybe("started_at", 18)?,
        finished: maybe("finished_at", 19)?,
        undo_until: maybe("undo_until", 20)?,
        undone: maybe("undone_at", 21)?,
        leased_until: maybe("leased_until", 22)?,
        leased_by: row.maybe_text(23)?,
    })
}

fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
