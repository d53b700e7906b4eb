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

/// Which entries are wanted; absent members ask for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The act, or what stands before its point: `key` for all that was done with keys.
    pub act: Option<String>,
    /// Id of the object.
    pub object_id: Option<String>,
    /// Id of whoever acted.
    pub actor_id: Option<String>,
    /// At this moment or later.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub before: Option<Timestamp>,
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
        self.list_audit_where(org_id, &AuditFilter::default(), before, limit).await
    }

    /// The same, of those that a filter wants.
    pub async fn list_audit_where(
        &self,
        org_id: &str,
        filter: &AuditFilter,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreFault> {
        // an empty text or the end of time stands for "any": every parameter has a type on either database
        let sql = "select audit_id, org_id, at, actor_kind, actor_id, act, object_kind, object_id, detail from audit \
                   where org_id = $1 and audit_id < $2 and ($4 = '' or act = $4 or act like $5) \
                   and ($6 = '' or object_id = $6) and ($7 = '' or actor_id = $7) and at >= $8 and at < $9 \
                   order by audit_id desc limit $3";
        let act = filter.act.as_deref().unwrap_or("");
        let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        let family = format!("{}.%", act.chars().filter(plain).collect::<String>());
        // every id begins with a digit of the time: "g" comes after all of them
        let args = [
            Arg::Text(org_id),
            Arg::Text(before.unwrap_or("g")),
            Arg::Int(limit.into()),
            Arg::Text(act),
            Arg::Text(&family),
            Arg::Text(filter.object_id.as_deref().unwrap_or("")),
            Arg::Text(filter.actor_id.as_deref().unwrap_or("")),
            Arg::Int(filter.since.map_or(i64::MIN, millis)),
            Arg::Int(filter.before.map_or(i64::MAX, millis)),
        ];
        self.rows(sql, &args).await?.iter().map(one).collect()
    }

    /// The acts that stand in an organisation's audit, by name.
    pub async fn list_audit_acts(&self, org_id: &str) -> Result<Vec<String>, StoreFault> {
        let sql = "select distinct act from audit where org_id = $1 order by act";
        self.rows(sql, &[Arg::Text(org_id)]).await?.iter().map(|row| row.text(0)).collect()
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
