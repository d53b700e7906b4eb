//! An organisation in numbers: what its first page shows.

use jiff::Timestamp;

use crate::rows::{Arg, millis};
use crate::{Store, StoreFault};

/// How much there is of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Credentials awarded, all told.
    pub awards: u64,
    /// Of these, revoked.
    pub revoked: u64,
    /// Requests that wait for somebody.
    pub open_requests: u64,
    /// Achievements with a draft.
    pub drafts: u64,
    /// Achievements that are published and not retired.
    pub published: u64,
    /// People with a role.
    pub people: u64,
    /// API tokens that are good, and end before the moment asked for.
    pub ending_tokens: u64,
}

impl Store {
    /// An organisation's figures; `ending` is until when a token's end is near.
    pub async fn find_figures(&self, org_id: &str, now: Timestamp, ending: Timestamp) -> Result<Figures, StoreFault> {
        let sql = "select \
                   (select count(*) from credential where org_id = $1), \
                   (select count(*) from credential where org_id = $1 and status = 'revoked'), \
                   (select count(*) from request where org_id = $1 and state = 'open'), \
                   (select count(*) from achievement where org_id = $1 and draft is not null and retired_at is null), \
                   (select count(*) from achievement a where a.org_id = $1 and a.retired_at is null and exists \
                    (select 1 from achievement_version v where v.org_id = a.org_id \
                     and v.achievement_id = a.achievement_id)), \
                   (select count(distinct person_id) from member where org_id = $1), \
                   (select count(*) from api_token where org_id = $1 and revoked_at is null and expires_at > $2 \
                    and expires_at <= $3)";
        let args = [Arg::Text(org_id), Arg::Int(millis(now)), Arg::Int(millis(ending))];
        let Some(row) = self.row(sql, &args).await? else { return Ok(Figures::default()) };
        let count = |at: usize| Ok::<u64, StoreFault>(u64::try_from(row.int(at)?).unwrap_or_default());
        Ok(Figures {
            awards: count(0)?,
            revoked: count(1)?,
            open_requests: count(2)?,
            drafts: count(3)?,
            published: count(4)?,
            people: count(5)?,
            ending_tokens: count(6)?,
        })
    }

    /// How many credentials were awarded from one moment to before another.
    pub async fn count_awards(&self, org_id: &str, from: Timestamp, before: Timestamp) -> Result<u64, StoreFault> {
        let sql = "select count(*) from credential where org_id = $1 and awarded_at >= $2 and awarded_at < $3";
        let args = [Arg::Text(org_id), Arg::Int(millis(from)), Arg::Int(millis(before))];
        let Some(row) = self.row(sql, &args).await? else { return Ok(0) };
        Ok(u64::try_from(row.int(0)?).unwrap_or_default())
    }
}
