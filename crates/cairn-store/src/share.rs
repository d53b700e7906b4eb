//! Shared portfolios: a bundle behind a token of which only the hash is kept.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A shared portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredShare {
    /// Lower-case hex SHA-256 of the token.
    pub token_hash: String,
    /// The bundle's text.
    pub bundle: String,
    /// For whom or what, in the learner's words.
    pub purpose: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is shown.
    pub until: Timestamp,
    /// When the learner ended it, where they did.
    pub ended: Option<Timestamp>,
    /// How often it was opened.
    pub opened: u64,
    /// Whose account made it, where one did.
    pub person_id: Option<String>,
}

impl Tx {
    /// Adds a share.
    pub async fn insert_share(&mut self, share: &StoredShare) -> Result<(), StoreFault> {
        let sql = "insert into share (token_hash, bundle, purpose, created_at, until, ended_at, opened, person_id) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let args = [
            Arg::Text(&share.token_hash),
            Arg::Text(&share.bundle),
            Arg::MaybeText(share.purpose.as_deref()),
            Arg::Int(millis(share.created)),
            Arg::Int(millis(share.until)),
            Arg::MaybeInt(share.ended.map(millis)),
            Arg::Int(i64::try_from(share.opened).unwrap_or(i64::MAX)),
            Arg::MaybeText(share.person_id.as_deref()),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("a share with this token"))?;
        Ok(())
    }

    /// Counts an opening. False when there is no such share.
    pub async fn update_share_opened(&mut self, token_hash: &str) -> Result<bool, StoreFault> {
        let sql = "update share set opened = opened + 1 where token_hash = $1";
        Ok(self.run(sql, &[Arg::Text(token_hash)]).await? == 1)
    }

    /// Deletes shares that are over. How many they were.
    pub async fn delete_shares_over(&mut self, at: Timestamp) -> Result<u64, StoreFault> {
        self.run("delete from share where until <= $1", &[Arg::Int(millis(at))]).await
    }

    /// Ends a share that a person's account made, and drops what it held. False when they have none of that hash.
    pub async fn update_own_share_ended(
        &mut self,
        person_id: &str,
        token_hash: &str,
        at: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update share set ended_at = $3, bundle = '' \
                   where person_id = $1 and token_hash = $2 and ended_at is null";
        Ok(self.run(sql, &[Arg::Text(person_id), Arg::Text(token_hash), Arg::Int(millis(at))]).await? == 1)
    }

    /// Ends a share and drops what it held. False when there is no such share.
    pub async fn update_share_ended(&mut self, token_hash: &str, at: Timestamp) -> Result<bool, StoreFault> {
        let sql = "update share set ended_at = $2, bundle = '' where token_hash = $1";
        Ok(self.run(sql, &[Arg::Text(token_hash), Arg::Int(millis(at))]).await? == 1)
    }
}

impl Store {
    /// The share behind a token's hash, ended or not.
    pub async fn find_share(&self, token_hash: &str) -> Result<Option<StoredShare>, StoreFault> {
        let sql = "select token_hash, bundle, purpose, created_at, until, ended_at, opened, person_id from share \
                   where token_hash = $1";
        self.row(sql, &[Arg::Text(token_hash)]).await?.map(|row| one(&row)).transpose()
    }

    /// What a person shares or has shared and is kept, newest first.
    pub async fn list_shares(&self, person_id: &str) -> Result<Vec<StoredShare>, StoreFault> {
        let sql = "select token_hash, bundle, purpose, created_at, until, ended_at, opened, person_id from share \
                   where person_id = $1 order by created_at desc, token_hash";
        self.rows(sql, &[Arg::Text(person_id)]).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<StoredShare, StoreFault> {
    let corrupt = StoreFault::Corrupt { table: "share", column: "opened" };
    Ok(StoredShare {
        token_hash: row.text(0)?,
        bundle: row.text(1)?,
        purpose: row.maybe_text(2)?,
        created: moment("share", "created_at", row.int(3)?)?,
        until: moment("share", "until", row.int(4)?)?,
        ended: row.maybe_int(5)?.map(|millis| moment("share", "ended_at", millis)).transpose()?,
        opened: u64::try_from(row.int(6)?).map_err(|_| corrupt)?,
        person_id: row.maybe_text(7)?,
    })
}
