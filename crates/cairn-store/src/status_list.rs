//! Status lists: the public bits of an issuer, and who gets which place.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A status list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStatusList {
    /// The issuer.
    pub org_id: String,
    /// UUIDv7; the last part of its address.
    pub list_id: String,
    /// `revocation` or `suspension`.
    pub purpose: String,
    /// The bits, compressed and encoded as in the list's credential.
    pub bits: Vec<u8>,
    /// The next place to be given.
    pub next_index: u64,
    /// How many places there are.
    pub size: u64,
    /// The signed list as it is served.
    pub signed_text: String,
    /// When it was signed.
    pub updated: Timestamp,
}

/// A place on a status list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenIndex {
    /// The list.
    pub list_id: String,
    /// The place.
    pub index: u64,
    /// `revocation` or `suspension`.
    pub purpose: String,
}

impl Tx {
    /// Adds a list.
    pub async fn insert_status_list(&mut self, list: &StoredStatusList) -> Result<(), StoreFault> {
        let sql = "insert into status_list (org_id, list_id, purpose, bits, next_index, size, signed_text, updated_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let args = [
            Arg::Text(&list.org_id),
            Arg::Text(&list.list_id),
            Arg::Text(&list.purpose),
            Arg::Bytes(&list.bits),
            Arg::Int(int(list.next_index)),
            Arg::Int(int(list.size)),
            Arg::Text(&list.signed_text),
            Arg::Int(millis(list.updated)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("a status list with this id"))?;
        Ok(())
    }

    /// Takes the next `many` places on the issuer's newest list for a purpose with so much room, in a row, and answers with the first;
    /// `None` when there is no such list. The row stays locked until the transaction ends, so no place
    /// is given twice and none is lost by a rollback.
    pub async fn update_next_index(
        &mut self,
        org_id: &str,
        purpose: &str,
        many: u32,
    ) -> Result<Option<TakenIndex>, StoreFault> {
        let sql = "update status_list set next_index = next_index + $3 \
                   where org_id = $1 and next_index + $3 <= size and list_id = (select max(list_id) from status_list \
                   where org_id = $1 and purpose = $2 and next_index + $3 <= size) \
                   returning list_id, next_index";
        let args = [Arg::Text(org_id), Arg::Text(purpose), Arg::Int(many.into())];
        let Some(row) = self.row(sql, &args).await? else { return Ok(None) };
        Ok(Some(TakenIndex {
            list_id: row.text(0)?,
            index: count("next_index", row.int(1)? - i64::from(many))?,
            purpose: purpose.into(),
        }))
    }

    /// An issuer's lists, oldest first, as the transaction sees them.
    pub async fn list_status_lists(&mut self, org_id: &str) -> Result<Vec<StoredStatusList>, StoreFault> {
        let sql = "select org_id, list_id, purpose, bits, next_index, size, signed_text, updated_at from status_list \
                   where org_id = $1 order by list_id";
        self.rows(sql, &[Arg::Text(org_id)]).await?.iter().map(one).collect()
    }

    /// Gives no more places on any of an issuer's lists: those who come next get new lists.
    pub async fn update_status_lists_full(&mut self, org_id: &str) -> Result<u64, StoreFault> {
        self.run("update status_list set next_index = size where org_id = $1", &[Arg::Text(org_id)]).await
    }

    /// A list, locked until the transaction ends.
    pub async fn find_status_list_to_change(&mut self, list_id: &str) -> Result<Option<StoredStatusList>, StoreFault> {
        // SQLite has one writer, and a transaction here is it from its first statement on.
        let sql = match &self.inner {
            crate::connect::Inner::Sqlite(_) => {
                "select org_id, list_id, purpose, bits, next_index, size, signed_text, updated_at from status_list \
                 where list_id = $1"
            }
            crate::connect::Inner::Postgres(_) => {
                "select org_id, list_id, purpose, bits, next_index, size, signed_text, updated_at from status_list \
                 where list_id = $1 for update"
            }
        };
        self.row(sql, &[Arg::Text(list_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// Replaces a list's bits and signed text. False when there is no such list.
    pub async fn update_status_list(
        &mut self,
        list_id: &str,
        bits: &[u8],
        signed_text: &str,
        updated: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update status_list set bits = $2, signed_text = $3, updated_at = $4 where list_id = $1";
        let args = [Arg::Text(list_id), Arg::Bytes(bits), Arg::Text(signed_text), Arg::Int(millis(updated))];
        Ok(self.run(sql, &args).await? == 1)
    }
}

impl Store {
    /// The list with this id.
    pub async fn find_status_list(&self, list_id: &str) -> Result<Option<StoredStatusList>, StoreFault> {
        let sql = "select org_id, list_id, purpose, bits, next_index, size, signed_text, updated_at from status_list \
                   where list_id = $1";
        self.row(sql, &[Arg::Text(list_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// An issuer's lists, oldest first.
    pub async fn list_status_lists(&self, org_id: &str) -> Result<Vec<StoredStatusList>, StoreFault> {
        let sql = "select org_id, list_id, purpose, bits, next_index, size, signed_text, updated_at from status_list \
                   where org_id = $1 order by list_id";
        self.rows(sql, &[Arg::Text(org_id)]).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<StoredStatusList, StoreFault> {
    Ok(StoredStatusList {
        org_id: row.text(0)?,
        list_id: row.text(1)?,
        purpose: row.text(2)?,
        bits: row.bytes(3)?,
        next_index: count("next_index", row.int(4)?)?,
        size: count("size", row.int(5)?)?,
        signed_text: row.text(6)?,
        updated: moment("status_list", "updated_at", row.int(7)?)?,
    })
}

fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(column: &'static str, value: i64) -> Result<u64, StoreFault> {
    u64::try_from(value).map_err(|_| StoreFault::Corrupt { table: "status_list", column })
}
