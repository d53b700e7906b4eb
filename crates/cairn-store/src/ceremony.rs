//! What lies between the two halves of a passkey or single sign-on exchange.

use jiff::Timestamp;

use crate::rows::{Arg, millis};
use crate::{StoreFault, Tx};

/// The first half of an exchange, kept until the second comes. Its token is told once; the store has its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// Lower-case hex SHA-256 of the token.
    pub token_hash: String,
    /// Which exchange: `passkey-add`, `passkey-sign-in`, `sso`.
    pub kind: String,
    /// What the second half needs, as JSON.
    pub state: String,
    /// Until when it waits.
    pub expires: Timestamp,
}

impl Tx {
    /// Keeps the first half of an exchange.
    pub async fn insert_ceremony(&mut self, one: &Ceremony) -> Result<(), StoreFault> {
        let sql = "insert into ceremony (token_hash, kind, state, expires_at) values ($1, $2, $3, $4)";
        let args =
            [Arg::Text(&one.token_hash), Arg::Text(&one.kind), Arg::Text(&one.state), Arg::Int(millis(one.expires))];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Takes the first half out, so that nobody finishes it twice: its state, or `None` when it never was, is over,
    /// is of another kind or was taken before.
    pub async fn delete_ceremony(
        &mut self,
        token_hash: &str,
        kind: &str,
        now: Timestamp,
    ) -> Result<Option<String>, StoreFault> {
        let sql = "delete from ceremony where token_hash = $1 and kind = $2 returning state, expires_at";
        let Some(row) = self.row(sql, &[Arg::Text(token_hash), Arg::Text(kind)]).await? else { return Ok(None) };
        Ok(if row.int(1)? > millis(now) { Some(row.text(0)?) } else { None })
    }

    /// Deletes exchanges that were never finished. How many they were.
    pub async fn delete_old_ceremonies(&mut self, now: Timestamp) -> Result<u64, StoreFault> {
        self.run("delete from ceremony where expires_at <= $1", &[Arg::Int(millis(now))]).await
    }
}
