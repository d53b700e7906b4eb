//! The audit: who did what to which object when. Only ever added to; triggers in the database hold that.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// UUIDv7, so that the order of ids is the order of time.
    pub id: String,
    /// The organisation; empty for the site itself and for what people do with their own accounts.
    pub org_id: String,
    /// When.
    pub at: Timestamp,
    /// `person`, `token` or `site`.
    pub actor_kind: String,
    /// Id of the person or token.
    pub actor_id: Option<String>,
    /// What was done, such as `credential.revoke`.
    pub act: String,
    /// Kind of the object, such as `credential`.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// More about it as JSON; never evidence, names or addresses.
    pub detail: Option<String>,
}

impl Tx {
    /// Adds an entry.
    pub async fn insert_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreFault> {
        let sql = "insert into audit (audit_id, org_id, at, actor_kind, actor_id, act, object_kind, object_id, detail) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let args = [
            Arg::Text(&entry.id),
            Arg::Text(&entry.org_id),
            Arg::Int(millis(entry.at)),
            Arg::Text(&entry.actor_kind),
            Arg::MaybeText(entry.actor_id.as_deref()),
            Arg::Text(&entry.act),
            Arg::Text(&entry.object_kind),
            Arg::Text(&entry.object_id),
            Arg::MaybeText(entry.detail.as_deref()),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }
}

impl Store {
    /// An organisation's entries, newest first, those before the entry `before` when one is given; at most `limit`.
    pub async fn list_audit(
        &self,
        org_id: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreFault> {
        let sql = "select audit_id, org_id, at, actor_kind, actor_id, act, object_kind, object_id, detail from audit \
                   where org_id = $1 and audit_id < $2 order by audit_id desc limit $3";
        // every id begins with a digit of the time: "g" comes after all of them
        let args = [Arg::Text(org_id), Arg::Text(before.unwrap_or("g")), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<AuditEntry, StoreFault> {
    Ok(AuditEntry {
        id: row.text(0)?,
        org_id: row.text(1)?,
        at: moment("audit", "at", row.int(2)?)?,
        actor_kind: row.text(3)?,
        actor_id: row.maybe_text(4)?,
        act: row.text(5)?,
        object_kind: row.text(6)?,
        object_id: row.text(7)?,
        detail: row.maybe_text(8)?,
    })
}
