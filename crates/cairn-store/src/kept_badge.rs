//! Badges from elsewhere that a learner keeps here: the signed text exactly as it came.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A badge from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBadge {
    /// Whose.
    pub person_id: String,
    /// UUIDv7.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it came as, such as `image/png`.
    pub media_type: String,
    /// The signed text: JSON or a compact JWT.
    pub text: String,
    /// Its picture as a `data:` address, where it came with one.
    pub picture: Option<String>,
    /// Lower-case hex SHA-256 of the text.
    pub sha256: String,
    /// Since when it is kept.
    pub created: Timestamp,
}

impl Tx {
    /// Keeps a badge. [`StoreFault::Taken`] when the same text is kept by this person already.
    pub async fn insert_kept_badge(&mut self, one: &KeptBadge) -> Result<(), StoreFault> {
        let sql = "insert into kept_badge (person_id, kept_id, name, media_type, text, picture, sha256, created_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let args = [
            Arg::Text(&one.person_id),
            Arg::Text(&one.id),
            Arg::Text(&one.name),
            Arg::Text(&one.media_type),
            Arg::Text(&one.text),
            Arg::MaybeText(one.picture.as_deref()),
            Arg::Text(&one.sha256),
            Arg::Int(millis(one.created)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("this badge"))?;
        Ok(())
    }

    /// Throws one kept badge away. False when the person has none of that id.
    pub async fn delete_kept_badge(&mut self, person_id: &str, id: &str) -> Result<bool, StoreFault> {
        let sql = "delete from kept_badge where person_id = $1 and kept_id = $2";
        Ok(self.run(sql, &[Arg::Text(person_id), Arg::Text(id)]).await? == 1)
    }
}

impl Store {
    /// The badges from elsewhere that a person keeps, last kept first.
    pub async fn list_kept_badges(&self, person_id: &str) -> Result<Vec<KeptBadge>, StoreFault> {
        let sql = "select person_id, kept_id, name, media_type, text, picture, sha256, created_at from kept_badge \
                   where person_id = $1 order by kept_id desc";
        self.rows(sql, &[Arg::Text(person_id)]).await?.iter().map(one).collect()
    }

    /// One of them.
    pub async fn find_kept_badge(&self, person_id: &str, id: &str) -> Result<Option<KeptBadge>, StoreFault> {
        let sql = "select person_id, kept_id, name, media_type, text, picture, sha256, created_at from kept_badge \
                   where person_id = $1 and kept_id = $2";
        self.row(sql, &[Arg::Text(person_id), Arg::Text(id)]).await?.map(|row| one(&row)).transpose()
    }
}

fn one(row: &Row) -> Result<KeptBadge, StoreFault> {
    Ok(KeptBadge {
        person_id: row.text(0)?,
        id: row.text(1)?,
        name: row.text(2)?,
        media_type: row.text(3)?,
        text: row.text(4)?,
        picture: row.maybe_text(5)?,
        sha256: row.text(6)?,
        created: moment("kept_badge", "created_at", row.int(7)?)?,
    })
}
