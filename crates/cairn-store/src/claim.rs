//! Links by which a recipient makes a credential theirs before having an account.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A claim link. Its token is in the letter; the store has its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredClaim {
    /// Lower-case hex SHA-256 of the token.
    pub token_hash: String,
    /// The issuer.
    pub org_id: String,
    /// The credential's `id`.
    pub credential_id: String,
    /// When it was written.
    pub created: Timestamp,
    /// Until when it works.
    pub expires: Timestamp,
    /// When somebody used it.
    pub claimed: Option<Timestamp>,
    /// Whose account used it.
    pub claimed_by: Option<String>,
}

impl Tx {
    /// Adds a claim link.
    pub async fn insert_claim(&mut self, one: &StoredClaim) -> Result<(), StoreFault> {
        let sql = "insert into claim (token_hash, org_id, credential_id, created_at, expires_at, claimed_at, \
                   claimed_by) values ($1, $2, $3, $4, $5, $6, $7)";
        let args = [
            Arg::Text(&one.token_hash),
            Arg::Text(&one.org_id),
            Arg::Text(&one.credential_id),
            Arg::Int(millis(one.created)),
            Arg::Int(millis(one.expires)),
            Arg::MaybeInt(one.claimed.map(millis)),
            Arg::MaybeText(one.claimed_by.as_deref()),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("a claim link with this token"))?;
        Ok(())
    }

    /// Notes who used a claim link. False when somebody has before.
    pub async fn update_claim_used(
        &mut self,
        token_hash: &str,
        person_id: &str,
        at: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update claim set claimed_at = $3, claimed_by = $2 where token_hash = $1 and claimed_at is null";
        Ok(self.run(sql, &[Arg::Text(token_hash), Arg::Text(person_id), Arg::Int(millis(at))]).await? == 1)
    }
}

impl Store {
    /// The claim link with this token hash, whether over, used or not.
    pub async fn find_claim(&self, token_hash: &str) -> Result<Option<StoredClaim>, StoreFault> {
        let sql = "select token_hash, org_id, credential_id, created_at, expires_at, claimed_at, claimed_by from claim \
                   where token_hash = $1";
        self.row(sql, &[Arg::Text(token_hash)]).await?.map(|row| one(&row)).transpose()
    }
}

fn one(row: &Row) -> Result<StoredClaim, StoreFault> {
    Ok(StoredClaim {
        token_hash: row.text(0)?,
        org_id: row.text(1)?,
        credential_id: row.text(2)?,
        created: moment("claim", "created_at", row.int(3)?)?,
        expires: moment("claim", "expires_at", row.int(4)?)?,
        claimed: row.maybe_int(5)?.map(|millis| moment("claim", "claimed_at", millis)).transpose()?,
        claimed_by: row.maybe_text(6)?,
    })
}
