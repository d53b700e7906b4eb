//! Achievements of an organisation: their drafts, whether they are open for requests, whether they are retired.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// An achievement of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAchievement {
    /// The organisation.
    pub org_id: String,
    /// UUIDv7.
    pub id: String,
    /// JSON of the definition that is being written; absent when nothing is.
    pub draft: Option<String>,
    /// Grows with every change of the draft.
    pub revision: u64,
    /// When it was begun.
    pub created: Timestamp,
    /// When its draft was last changed.
    pub updated: Timestamp,
    /// The person who changed it last.
    pub updated_by: Option<String>,
    /// Since when it is awarded no more.
    pub retired: Option<Timestamp>,
    /// Since when learners may ask for it.
    pub open: Option<Timestamp>,
}

impl Tx {
    /// Begins an achievement. [`StoreFault::Taken`] when the id is there already.
    pub async fn insert_achievement(&mut self, one: &StoredAchievement) -> Result<(), StoreFault> {
        let sql = "insert into achievement (org_id, achievement_id, draft, draft_revision, created_at, updated_at, \
                   updated_by, retired_at, open_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.id),
            Arg::MaybeText(one.draft.as_deref()),
            Arg::Int(i64::try_from(one.revision).unwrap_or(i64::MAX)),
            Arg::Int(millis(one.created)),
            Arg::Int(millis(one.updated)),
            Arg::MaybeText(one.updated_by.as_deref()),
            Arg::MaybeInt(one.retired.map(millis)),
            Arg::MaybeInt(one.open.map(millis)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("this achievement"))?;
        Ok(())
    }

    /// Changes a draft (or takes it away) if it is still of this revision, whose number then grows by one. False when
    /// it has been changed meanwhile or is not there.
    pub async fn update_draft(
        &mut self,
        (org_id, achievement_id): (&str, &str),
        revision: u64,
        draft: Option<&str>,
        at: Timestamp,
        by: Option<&str>,
    ) -> Result<bool, StoreFault> {
        let sql = "update achievement set draft = $4, draft_revision = draft_revision + 1, updated_at = $5, \
                   updated_by = $6 where org_id = $1 and achievement_id = $2 and draft_revision = $3";
        let args = [
            Arg::Text(org_id),
            Arg::Text(achievement_id),
            Arg::Int(i64::try_from(revision).unwrap_or(i64::MAX)),
            Arg::MaybeText(draft),
            Arg::Int(millis(at)),
            Arg::MaybeText(by),
        ];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Says since when it is awarded no more, or that it is again. False when there is none.
    pub async fn update_achievement_retired(
        &mut self,
        org_id: &str,
        achievement_id: &str,
        at: Option<Timestamp>,
    ) -> Result<bool, StoreFault> {
        let sql = "update achievement set retired_at = $3 where org_id = $1 and achievement_id = $2";
        let args = [Arg::Text(org_id), Arg::Text(achievement_id), Arg::MaybeInt(at.map(millis))];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Says since when learners may ask for it, or that they may not. False when there is none.
    pub async fn update_achievement_open(
        &mut self,
        org_id: &str,
        achievement_id: &str,
        at: Option<Timestamp>,
    ) -> Result<bool, StoreFault> {
        let sql = "update achievement set open_at = $3 where org_id = $1 and achievement_id = $2";
        let args = [Arg::Text(org_id), Arg::Text(achievement_id), Arg::MaybeInt(at.map(millis))];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Throws an achievement away whose draft is of this revision. False when it has been changed meanwhile.
    pub async fn delete_achievement(
        &mut self,
        org_id: &str,
        achievement_id: &str,
        revision: u64,
    ) -> Result<bool, StoreFault> {
        let sql = "delete from achievement where org_id = $1 and achievement_id = $2 and draft_revision = $3";
        let args =
            [Arg::Text(org_id), Arg::Text(achievement_id), Arg::Int(i64::try_from(revision).unwrap_or(i64::MAX))];
        Ok(self.run(sql, &args).await? == 1)
    }
}

impl Store {
    /// One achievement of an organisation.
    pub async fn find_achievement(
        &self,
        org_id: &str,
        achievement_id: &str,
    ) -> Result<Option<StoredAchievement>, StoreFault> {
        let sql = "select org_id, achievement_id, draft, draft_revision, created_at, updated_at, updated_by, \
                   retired_at, open_at from achievement where org_id = $1 and achievement_id = $2";
        self.row(sql, &[Arg::Text(org_id), Arg::Text(achievement_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// The achievement with this id, whosever it is: for public pages, which show nothing but published versions.
    pub async fn find_achievement_anywhere(
        &self,
        achievement_id: &str,
    ) -> Result<Option<StoredAchievement>, StoreFault> {
        let sql = "select org_id, achievement_id, draft, draft_revision, created_at, updated_at, updated_by, \
                   retired_at, open_at from achievement where achievement_id = $1";
        self.row(sql, &[Arg::Text(achievement_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// An organisation's achievements by id, which is the order in which they were begun; those after `after` when it
    /// is given, at most `limit`.
    pub async fn list_achievements(
        &self,
        org_id: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredAchievement>, StoreFault> {
        let sql = "select org_id, achievement_id, draft, draft_revision, created_at, updated_at, updated_by, \
                   retired_at, open_at from achievement where org_id = $1 and achievement_id > $2 \
                   order by achievement_id limit $3";
        let args = [Arg::Text(org_id), Arg::Text(after.unwrap_or("")), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(one).collect()
    }

    /// How many credentials of each achievement's versions an organisation has awarded: id, version, count.
    pub async fn list_award_counts(&self, org_id: &str) -> Result<Vec<(String, String, u64)>, StoreFault> {
        let sql = "select achievement_id, version, count(*) from credential where org_id = $1 \
                   group by achievement_id, version order by achievement_id, version";
        let rows = self.rows(sql, &[Arg::Text(org_id)]).await?;
        let count = |row: &Row| Ok((row.text(0)?, row.text(1)?, u64::try_from(row.int(2)?).unwrap_or(0)));
        rows.iter().map(count).collect()
    }
}

fn one(row: &Row) -> Result<StoredAchievement, StoreFault> {
    let maybe = |column: &'static str, at: usize| {
        row.maybe_int(at)?.map(|millis| moment("achievement", column, millis)).transpose()
    };
    Ok(StoredAchievement {
        org_id: row.text(0)?,
        id: row.text(1)?,
        draft: row.maybe_text(2)?,
        revision: u64::try_from(row.int(3)?)
            .map_err(|_| StoreFault::Corrupt { table: "achievement", column: "draft_revision" })?,
        created: moment("achievement", "created_at", row.int(4)?)?,
        updated: moment("achievement", "updated_at", row.int(5)?)?,
        updated_by: row.maybe_text(6)?,
        retired: maybe("retired_at", 7)?,
        open: maybe("open_at", 8)?,
    })
}
