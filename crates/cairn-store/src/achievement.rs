//! Published versions of achievements: never changed, hashed.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A published version of an achievement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AchievementVersion {
    /// The issuer that defined it.
    pub org_id: String,
    /// URI of the achievement.
    pub achievement_id: String,
    /// Version.
    pub version: String,
    /// The definition as JSON, exactly as hashed.
    pub body: String,
    /// Lower-case hex SHA-256 of the body.
    pub sha256: String,
    /// When it was published.
    pub created: Timestamp,
    /// The definition that it was made from, as JSON; absent for the sample data's.
    pub definition: Option<String>,
    /// Its number, from 1; absent for the sample data's.
    pub number: Option<u32>,
    /// The person who published it.
    pub published_by: Option<String>,
    /// Since when a later version stands in its place.
    pub superseded: Option<Timestamp>,
}

impl Tx {
    /// Publishes a version, or finds the very same published. [`StoreFault::Taken`] when that version says something
    /// else: a published version never changes.
    pub async fn insert_achievement_version(&mut self, one: &AchievementVersion) -> Result<(), StoreFault> {
        // the update changes nothing and is there so that the row that stands is returned
        let sql = "insert into achievement_version (org_id, achievement_id, version, body, sha256, created_at, \
                   definition, number, published_by, superseded_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                   on conflict (org_id, achievement_id, version) do update set version = excluded.version \
                   returning sha256";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.achievement_id),
            Arg::Text(&one.version),
            Arg::Text(&one.body),
            Arg::Text(&one.sha256),
            Arg::Int(millis(one.created)),
            Arg::MaybeText(one.definition.as_deref()),
            Arg::MaybeInt(one.number.map(i64::from)),
            Arg::MaybeText(one.published_by.as_deref()),
            Arg::MaybeInt(one.superseded.map(millis)),
        ];
        let stands = self.row(sql, &args).await?.map(|row| row.text(0)).transpose()?;
        match stands.as_deref() == Some(one.sha256.as_str()) {
            true => Ok(()),
            false => Err(StoreFault::Taken("this version of the achievement, with other words,")),
        }
    }

    /// Says since when a later version stands in this one's place. False when there is no such version, or it has
    /// been superseded before.
    pub async fn update_version_superseded(
        &mut self,
        org_id: &str,
        achievement_id: &str,
        version: &str,
        at: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update achievement_version set superseded_at = $4 \
                   where org_id = $1 and achievement_id = $2 and version = $3 and superseded_at is null";
        let args = [Arg::Text(org_id), Arg::Text(achievement_id), Arg::Text(version), Arg::Int(millis(at))];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// The number of the newest published version of an achievement; 0 when none is published.
    pub async fn find_newest_number(&mut self, org_id: &str, achievement_id: &str) -> Result<u32, StoreFault> {
        let sql = "select coalesce(max(number), 0) from achievement_version where org_id = $1 and achievement_id = $2";
        let row = self.row(sql, &[Arg::Text(org_id), Arg::Text(achievement_id)]).await?;
        match row {
            Some(row) => number(row.int(0)?),
            None => Ok(0),
        }
    }
}

impl Store {
    /// One version.
    pub async fn find_achievement_version(
        &self,
        org_id: &str,
        achievement_id: &str,
        version: &str,
    ) -> Result<Option<AchievementVersion>, StoreFault> {
        let sql = "select org_id, achievement_id, version, body, sha256, created_at, \
                   definition, number, published_by, superseded_at from achievement_version \
                   where org_id = $1 and achievement_id = $2 and version = $3";
        let args = [Arg::Text(org_id), Arg::Text(achievement_id), Arg::Text(version)];
        self.row(sql, &args).await?.map(|row| one(&row)).transpose()
    }

    /// All versions that an issuer has published, oldest first.
    pub async fn list_achievement_versions(&self, org_id: &str) -> Result<Vec<AchievementVersion>, StoreFault> {
        let sql = "select org_id, achievement_id, version, body, sha256, created_at, \
                   definition, number, published_by, superseded_at from achievement_version \
                   where org_id = $1 order by created_at, achievement_id, version";
        self.rows(sql, &[Arg::Text(org_id)]).await?.iter().map(one).collect()
    }
}

impl Store {
    /// All published versions of one achievement, oldest first.
    pub async fn list_versions(
        &self,
        org_id: &str,
        achievement_id: &str,
    ) -> Result<Vec<AchievementVersion>, StoreFault> {
        let sql = "select org_id, achievement_id, version, body, sha256, created_at, \
                   definition, number, published_by, superseded_at from achievement_version \
                   where org_id = $1 and achievement_id = $2 order by number nulls last, created_at, version";
        self.rows(sql, &[Arg::Text(org_id), Arg::Text(achievement_id)]).await?.iter().map(one).collect()
    }
}

fn number(value: i64) -> Result<u32, StoreFault> {
    u32::try_from(value).map_err(|_| StoreFault::Corrupt { table: "achievement_version", column: "number" })
}

fn one(row: &Row) -> Result<AchievementVersion, StoreFault> {
    Ok(AchievementVersion {
        org_id: row.text(0)?,
        achievement_id: row.text(1)?,
        version: row.text(2)?,
        body: row.text(3)?,
        sha256: row.text(4)?,
        created: moment("achievement_version", "created_at", row.int(5)?)?,
        definition: row.maybe_text(6)?,
        number: row.maybe_int(7)?.map(number).transpose()?,
        published_by: row.maybe_text(8)?,
        superseded: row.maybe_int(9)?.map(|at| moment("achievement_version", "superseded_at", at)).transpose()?,
    })
}
