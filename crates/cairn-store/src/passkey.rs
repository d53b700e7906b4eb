//! Passkeys of people.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A passkey: the public part of a key that stays with its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPasskey {
    /// Its credential id, base64url.
    pub credential_id: String,
    /// Whose.
    pub person_id: String,
    /// What its owner calls it.
    pub label: String,
    /// The public part with its counter, as JSON.
    pub body: String,
    /// Since when.
    pub created: Timestamp,
    /// When somebody last signed in with it.
    pub used: Option<Timestamp>,
}

impl Tx {
    /// Adds a passkey. [`StoreFault::Taken`] when it is known already.
    pub async fn insert_passkey(&mut self, one: &StoredPasskey) -> Result<(), StoreFault> {
        let sql = "insert into passkey (credential_id, person_id, label, body, created_at, used_at) \
                   values ($1, $2, $3, $4, $5, $6)";
        let args = [
            Arg::Text(&one.credential_id),
            Arg::Text(&one.person_id),
            Arg::Text(&one.label),
            Arg::Text(&one.body),
            Arg::Int(millis(one.created)),
            Arg::MaybeInt(one.used.map(millis)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("this passkey"))?;
        Ok(())
    }

    /// Notes that it was used: its counter and state now, and when. False when it is gone.
    pub async fn update_passkey_used(
        &mut self,
        credential_id: &str,
        body: &str,
        at: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update passkey set body = $2, used_at = $3 where credential_id = $1";
        Ok(self.run(sql, &[Arg::Text(credential_id), Arg::Text(body), Arg::Int(millis(at))]).await? == 1)
    }

    /// Removes one of a person's passkeys. False when they have no such one.
    pub async fn delete_passkey(&mut self, person_id: &str, credential_id: &str) -> Result<bool, StoreFault> {
        let sql = "delete from passkey where person_id = $1 and credential_id = $2";
        Ok(self.run(sql, &[Arg::Text(person_id), Arg::Text(credential_id)]).await? == 1)
    }

    /// Removes all passkeys of a person. How many they were.
    pub async fn delete_passkeys(&mut self, person_id: &str) -> Result<u64, StoreFault> {
        self.run("delete from passkey where person_id = $1", &[Arg::Text(person_id)]).await
    }
}

impl Store {
    /// The passkey with this credential id.
    pub async fn find_passkey(&self, credential_id: &str) -> Result<Option<StoredPasskey>, StoreFault> {
        let sql = "select credential_id, person_id, label, body, created_at, used_at from passkey \
                   where credential_id = $1";
        self.row(sql, &[Arg::Text(credential_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// A person's passkeys, oldest first.
    pub async fn list_passkeys(&self, person_id: &str) -> Result<Vec<StoredPasskey>, StoreFault> {
        let sql = "select credential_id, person_id, label, body, created_at, used_at from passkey \
                   where person_id = $1 order by created_at, credential_id";
        self.rows(sql, &[Arg::Text(person_id)]).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<StoredPasskey, StoreFault> {
    Ok(StoredPasskey {
        credential_id: row.text(0)?,
        person_id: row.text(1)?,
        label: row.text(2)?,
        body: row.text(3)?,
        created: moment("passkey", "created_at", row.int(4)?)?,
        used: row.maybe_int(5)?.map(|millis| moment("passkey", "used_at", millis)).transpose()?,
    })
}
