//! A batch undone: what it has issued is revoked, with each status list signed once for many credentials.

use std::collections::BTreeMap;

use cairn_domain::access::Act;
use cairn_domain::award::StatusReason;
use cairn_store::StoredBatch;
use serde_json::json;

use super::running::Work;
use crate::Office;
use crate::access::Actor;
use crate::refusal::Trouble;

/// Credentials of one transaction.
const CHUNK: u32 = 4_096;

impl Office {
    /// Revokes what an undoing batch has issued. The caller has its lease.
    pub(super) async fn undo_rows(&self, actor: &Actor, of: &StoredBatch, me: &str) -> Result<Work, Trouble> {
        actor.require(&of.org_id, Act::Revoke)?;
        let org = self.desk.org(&of.org_id).await?;
        let reason = StatusReason::IssuedInError.code();
        loop {
            let now = self.now();
            let mut tx = self.desk.store.begin().await?;
            let batch = StoredBatch {
                leased_by: Some(me.into()),
                leased_until: Some(now + super::running::LEASE),
                ..of.clone()
            };
            if !tx.update_batch("undoing", of.position, &batch).await? {
                return Ok(Work::Elsewhere);
            }
            let issued = tx.list_batch_places(&of.org_id, &of.id, CHUNK).await?;
            let mut lists: BTreeMap<String, Vec<u64>> = BTreeMap::new();
            let mut revoked = Vec::with_capacity(issued.len());
            for (one, place) in issued {
                lists.entry(place.list_id).or_default().push(place.index);
                tx.update_credential_status((&one.org_id, &one.credential_id), Some("revoked"), Some(reason), now)
                    .await?;
                revoked.push(one);
            }
            for (list_id, indexes) in &lists {
                self.desk.set_bits(&mut tx, list_id, indexes).await?;
            }
            let last = u32::try_from(revoked.len()).unwrap_or(u32::MAX) < CHUNK;
            if last {
                let batch = StoredBatch { state: "undone".into(), undone: Some(now), leased_until: None, ..batch };
                tx.update_batch("undoing", of.position, &batch).await?;
            }
            let detail = json!({"revoked": revoked.len(), "reason": reason, "lists": lists.len()});
            let object = ("batch", of.id.as_str());
            tx.insert_audit(&actor.audit(&self.outside, &of.org_id, "batch.revoke", object, Some(detail))).await?;
            self.desk.log_statuses(&mut tx, &org, &revoked, ("revoked", reason)).await?;
            tx.commit().await?;
            if last {
                return Ok(Work::Done);
            }
        }
    }
}
