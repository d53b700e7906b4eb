//! What seals the signing keys: by it a start tells a wrong key file or passphrase from the right one.

use jiff::Timestamp;

use crate::rows::{Arg, millis, moment};
use crate::{Store, StoreFault, Tx};

/// How the signing keys are sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSeal {
    /// `file` or `passphrase`.
    pub kind: String,
    /// Salt of the passphrase, hexadecimal.
    pub salt: Option<String>,
    /// A known word, sealed.
    pub sealed: Vec<u8>,
    /// Since when.
    pub changed: Timestamp,
}

impl Tx {
    /// Keeps what seals the keys now, in place of what did before.
    pub async fn update_seal(&mut self, seal: &StoredSeal) -> Result<(), StoreFault> {
        let sql = "insert into seal (one, kind, salt, sealed, changed_at) values (1, $1, $2, $3, $4) \
                   on conflict (one) do update set kind = excluded.kind, salt = excluded.salt, \
                   sealed = excluded.sealed, changed_at = excluded.changed_at";
        let args = [
            Arg::Text(&seal.kind),
            Arg::MaybeText(seal.salt.as_deref()),
            Arg::Bytes(&seal.sealed),
            Arg::Int(millis(seal.changed)),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Secrets for single sign-on, sealed: whose, and what.
    pub async fn list_sealed_secrets(&mut self) -> Result<Vec<(String, Vec<u8>)>, StoreFault> {
        let sql = "select org_id, sealed_secret from single_sign_on where sealed_secret is not null order by org_id";
        self.rows(sql, &[]).await?.iter().map(|row| Ok((row.text(0)?, row.bytes(1)?))).collect()
    }

    /// Puts another sealed form of the same secret for single sign-on in its place.
    pub async fn update_sealed_secret(&mut self, org_id: &str, sealed: &[u8]) -> Result<bool, StoreFault> {
        let sql = "update single_sign_on set sealed_secret = $2 where org_id = $1";
        Ok(self.run(sql, &[Arg::Text(org_id), Arg::Bytes(sealed)]).await? == 1)
    }

    /// What seals the keys, as the transaction sees it.
    pub async fn find_seal(&mut self) -> Result<Option<StoredSeal>, StoreFault> {
        self.row(FIND, &[]).await?.map(|row| one(&row)).transpose()
    }
}

const FIND: &str = "select kind, salt, sealed, changed_at from seal where one = 1";

impl Store {
    /// What seals the keys; absent in a database that has none yet, and in one from before this was kept.
    pub async fn find_seal(&self) -> Result<Option<StoredSeal>, StoreFault> {
        self.row(FIND, &[]).await?.map(|row| one(&row)).transpose()
    }
}

fn one(row: &crate::rows::Row) -> Result<StoredSeal, StoreFault> {
    Ok(StoredSeal {
        kind: row.text(0)?,
        salt: row.maybe_text(1)?,
        sealed: row.bytes(2)?,
        changed: moment("seal", "changed_at", row.int(3)?)?,
    })
}
