//! Answers to requests that may come again.

use jiff::Timestamp;

use crate::rows::{Arg, millis, moment};
use crate::{Store, StoreFault, Tx};

/// An answer of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub media_type: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// `ETag`.
    pub tag: Option<String>,
    /// The body; `None` when it holds a secret or is too large to keep.
    pub body: Option<String>,
}

/// A request that came with a key, and its answer once there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Whose key it is, such as `token:…`.
    pub principal: String,
    /// The key.
    pub key: String,
    /// What tells the request from others.
    pub request_hash: String,
    /// The answer; `None` while the request is under way.
    pub answer: Option<Answer>,
    /// When the request came.
    pub created: Timestamp,
}

impl Tx {
    /// Takes a key. False when it is taken.
    pub async fn insert_answer(&mut self, one: &KeptAnswer) -> Result<bool, StoreFault> {
        let sql = "insert into idempotency (principal, key, request_hash, created_at) values ($1, $2, $3, $4) \
                   on conflict (principal, key) do nothing";
        let args = [
            Arg::Text(&one.principal),
            Arg::Text(&one.key),
            Arg::Text(&one.request_hash),
            Arg::Int(millis(one.created)),
        ];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Keeps an answer.
    pub async fn update_answer(&mut self, principal: &str, key: &str, answer: &Answer) -> Result<(), StoreFault> {
        let sql = "update idempotency set status = $3, media_type = $4, location = $5, tag = $6, body = $7 \
                   where principal = $1 and key = $2";
        let args = [
            Arg::Text(principal),
            Arg::Text(key),
            Arg::Int(answer.status.into()),
            Arg::MaybeText(answer.media_type.as_deref()),
            Arg::MaybeText(answer.location.as_deref()),
            Arg::MaybeText(answer.tag.as_deref()),
            Arg::MaybeText(answer.body.as_deref()),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Gives a key back.
    pub async fn delete_answer(&mut self, principal: &str, key: &str) -> Result<(), StoreFault> {
        let sql = "delete from idempotency where principal = $1 and key = $2";
        self.run(sql, &[Arg::Text(principal), Arg::Text(key)]).await?;
        Ok(())
    }

    /// Gives one key back when its request came before `old`, or before `broken_off` and has no answer.
    pub async fn delete_answers_before(
        &mut self,
        principal: &str,
        key: &str,
        old: Timestamp,
        broken_off: Timestamp,
    ) -> Result<(), StoreFault> {
        let sql = "delete from idempotency where principal = $1 and key = $2 \
                   and (created_at < $3 or (status is null and created_at < $4))";
        let args = [Arg::Text(principal), Arg::Text(key), Arg::Int(millis(old)), Arg::Int(millis(broken_off))];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Forgets all whose requests came before `old`. How many they were.
    pub async fn delete_old_answers(&mut self, old: Timestamp) -> Result<u64, StoreFault> {
        self.run("delete from idempotency where created_at < $1", &[Arg::Int(millis(old))]).await
    }
}

impl Store {
    /// What a key stands for.
    pub async fn find_answer(&self, principal: &str, key: &str) -> Result<Option<KeptAnswer>, StoreFault> {
        let sql = "select request_hash, status, media_type, location, tag, body, created_at from idempotency \
                   where principal = $1 and key = $2";
        let Some(row) = self.row(sql, &[Arg::Text(principal), Arg::Text(key)]).await? else { return Ok(None) };
        let answer = match row.maybe_int(1)? {
            None => None,
            Some(status) => Some(Answer {
                status: u16::try_from(status)
                    .map_err(|_| StoreFault::Corrupt { table: "idempotency", column: "status" })?,
                media_type: row.maybe_text(2)?,
                location: row.maybe_text(3)?,
                tag: row.maybe_text(4)?,
                body: row.maybe_text(5)?,
            }),
        };
        Ok(Some(KeptAnswer {
            principal: principal.into(),
            key: key.into(),
            request_hash: row.text(0)?,
            answer,
            created: moment("idempotency", "created_at", row.int(6)?)?,
        }))
    }
}
