//! The log's leaves, in order. Positions are claimed in the transaction that makes the entries, so there are no gaps.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A leaf that is to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLeaf {
    /// SHA-256 of 0x00 and the entry (RFC 6962 §2.1).
    pub leaf_hash: [u8; 32],
    /// The entry: nothing about a person.
    pub entry: Vec<u8>,
    /// `award` or `status`.
    pub kind: String,
    /// The issuer.
    pub org_id: String,
    /// When.
    pub created: Timestamp,
}

/// A leaf of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLeaf {
    /// Its position, from 0.
    pub position: u64,
    /// SHA-256 of 0x00 and the entry (RFC 6962 §2.1).
    pub leaf_hash: Vec<u8>,
    /// The entry.
    pub entry: Vec<u8>,
    /// `award` or `status`.
    pub kind: String,
    /// The issuer.
    pub org_id: String,
    /// When.
    pub created: Timestamp,
}

impl Tx {
    /// Appends leaves and answers with the position of the first. The log's end stays locked until the transaction
    /// ends, so this comes last in it.
    pub async fn insert_log_leaves(&mut self, leaves: &[NewLeaf]) -> Result<u64, StoreFault> {
        let corrupt = || StoreFault::Corrupt { table: "log_head", column: "size" };
        let count = i64::try_from(leaves.len()).map_err(|_| corrupt())?;
        let sql = "update log_head set size = size + $1 where one = 1 returning size";
        let size = self.row(sql, &[Arg::Int(count)]).await?.ok_or_else(corrupt)?.int(0)?;
        let first = size - count;
        let sql = "insert into log_leaf (position, leaf_hash, entry, kind, org_id, created_at) \
                   values ($1, $2, $3, $4, $5, $6)";
        for (leaf, position) in leaves.iter().zip(first..) {
            let args = [
                Arg::Int(position),
                Arg::Bytes(&leaf.leaf_hash),
                Arg::Bytes(&leaf.entry),
                Arg::Text(&leaf.kind),
                Arg::Text(&leaf.org_id),
                Arg::Int(millis(leaf.created)),
            ];
            self.run(sql, &args).await.map_err(|fault| fault.taken("this position of the log"))?;
        }
        u64::try_from(first).map_err(|_| corrupt())
    }
}

impl Store {
    /// How many leaves the log has.
    pub async fn find_log_size(&self) -> Result<u64, StoreFault> {
        let corrupt = || StoreFault::Corrupt { table: "log_head", column: "size" };
        let row = self.row("select size from log_head where one = 1", &[]).await?.ok_or_else(corrupt)?;
        u64::try_from(row.int(0)?).map_err(|_| corrupt())
    }

    /// Leaves from a position on, in order, at most `limit`.
    pub async fn list_log_leaves(&self, from: u64, limit: u32) -> Result<Vec<LogLeaf>, StoreFault> {
        let sql = "select position, leaf_hash, entry, kind, org_id, created_at from log_leaf where position >= $1 \
                   order by position limit $2";
        let args = [Arg::Int(i64::try_from(from).unwrap_or(i64::MAX)), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<LogLeaf, StoreFault> {
    let corrupt = |_| StoreFault::Corrupt { table: "log_leaf", column: "position" };
    Ok(LogLeaf {
        position: u64::try_from(row.int(0)?).map_err(corrupt)?,
        leaf_hash: row.bytes(1)?,
        entry: row.bytes(2)?,
        kind: row.text(3)?,
        org_id: row.text(4)?,
        created: moment("log_leaf", "created_at", row.int(5)?)?,
    })
}
