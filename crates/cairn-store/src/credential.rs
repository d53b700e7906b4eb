//! Issued credentials: the exact signed text, and its place on a status list.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, TakenIndex, Tx};

/// An issued credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCredential {
    /// The issuer.
    pub org_id: String,
    /// Its `id`.
    pub credential_id: String,
    /// What makes a repeated request the same award.
    pub idempotency_key: String,
    /// URI of the achievement.
    pub achievement_id: String,
    /// Version of the achievement.
    pub version: String,
    /// Exactly what was signed.
    pub signed_text: String,
    /// Lower-case hex SHA-256 of the signed text.
    pub sha256: String,
    /// When it was awarded.
    pub awarded: Timestamp,
}

impl Tx {
    /// Records an award. [`StoreFault::Taken`] when the id or the idempotency key is there already.
    pub async fn insert_credential(&mut self, one: &StoredCredential) -> Result<(), StoreFault> {
        let sql = "insert into credential (org_id, credential_id, idempotency_key, achievement_id, version, \
                   signed_text, sha256, awarded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.credential_id),
            Arg::Text(&one.idempotency_key),
            Arg::Text(&one.achievement_id),
            Arg::Text(&one.version),
            Arg::Text(&one.signed_text),
            Arg::Text(&one.sha256),
            Arg::Int(millis(one.awarded)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("a credential with this id or idempotency key"))?;
        Ok(())
    }

    /// Records the place on a status list that a credential names.
    pub async fn insert_credential_status(
        &mut self,
        org_id: &str,
        credential_id: &str,
        taken: &TakenIndex,
    ) -> Result<(), StoreFault> {
        let sql = "insert into credential_status (org_id, list_id, list_index, purpose, credential_id) \
                   values ($1, $2, $3, $4, $5)";
        let args = [
            Arg::Text(org_id),
            Arg::Text(&taken.list_id),
            Arg::Int(i64::try_from(taken.index).unwrap_or(i64::MAX)),
            Arg::Text(&taken.purpose),
            Arg::Text(credential_id),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("this place on the status list"))?;
        Ok(())
    }

    /// The award that an idempotency key stands for, seen from inside the transaction that would make it.
    pub async fn find_credential_by_key(
        &mut self,
        org_id: &str,
        key: &str,
    ) -> Result<Option<StoredCredential>, StoreFault> {
        let sql = "select org_id, credential_id, idempotency_key, achievement_id, version, signed_text, sha256, \
                   awarded_at from credential where org_id = $1 and idempotency_key = $2";
        self.row(sql, &[Arg::Text(org_id), Arg::Text(key)]).await?.map(|row| one(&row)).transpose()
    }
}

impl Store {
    /// The credential with this `id`.
    pub async fn find_credential(&self, org_id: &str, id: &str) -> Result<Option<StoredCredential>, StoreFault> {
        let sql = "select org_id, credential_id, idempotency_key, achievement_id, version, signed_text, sha256, \
                   awarded_at from credential where org_id = $1 and credential_id = $2";
        self.row(sql, &[Arg::Text(org_id), Arg::Text(id)]).await?.map(|row| one(&row)).transpose()
    }

    /// The places on status lists that a credential names, by purpose.
    pub async fn list_credential_status(&self, org_id: &str, id: &str) -> Result<Vec<TakenIndex>, StoreFault> {
        let sql = "select list_id, list_index, purpose from credential_status \
                   where org_id = $1 and credential_id = $2 order by purpose, list_id";
        let rows = self.rows(sql, &[Arg::Text(org_id), Arg::Text(id)]).await?;
        let corrupt = |_| StoreFault::Corrupt { table: "credential_status", column: "list_index" };
        rows.iter()
            .map(|row| {
                let index = u64::try_from(row.int(1)?).map_err(corrupt)?;
                Ok(TakenIndex { list_id: row.text(0)?, index, purpose: row.text(2)? })
            })
            .collect()
    }

    /// An issuer's awards, newest first; at most `limit`.
    pub async fn list_credentials(&self, org_id: &str, limit: u32) -> Result<Vec<StoredCredential>, StoreFault> {
        let sql = "select org_id, credential_id, idempotency_key, achievement_id, version, signed_text, sha256, \
                   awarded_at from credential where org_id = $1 order by awarded_at desc, credential_id limit $2";
        self.rows(sql, &[Arg::Text(org_id), Arg::Int(limit.into())]).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<StoredCredential, StoreFault> {
    Ok(StoredCredential {
        org_id: row.text(0)?,
        credential_id: row.text(1)?,
        idempotency_key: row.text(2)?,
        achievement_id: row.text(3)?,
        version: row.text(4)?,
        signed_text: row.text(5)?,
        sha256: row.text(6)?,
        awarded: moment("credential", "awarded_at", row.int(7)?)?,
    })
}
