//! Links in letters: to sign in, to add an address.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A link in a letter. Its token is in the letter only; the store has its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// Lower-case hex SHA-256 of the token.
    pub token_hash: String,
    /// To whom the letter went; lower case.
    pub email: String,
    /// `sign-in` or `add-address`.
    pub purpose: String,
    /// Who adds the address.
    pub person_id: Option<String>,
    /// Where to go afterwards: a path of this site.
    pub next: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// When it was used up.
    pub used: Option<Timestamp>,
}

impl Tx {
    /// Keeps a link.
    pub async fn insert_sign_in_link(&mut self, link: &SignInLink) -> Result<(), StoreFault> {
        let sql = "insert into sign_in_link (token_hash, email, purpose, person_id, next, created_at, expires_at, \
                   used_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let args = [
            Arg::Text(&link.token_hash),
            Arg::Text(&link.email),
            Arg::Text(&link.purpose),
            Arg::MaybeText(link.person_id.as_deref()),
            Arg::MaybeText(link.next.as_deref()),
            Arg::Int(millis(link.created)),
            Arg::Int(millis(link.expires)),
            Arg::MaybeInt(link.used.map(millis)),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Uses a link up. False when it was used before, is over, or never was: of two who come at once, one is told so.
    pub async fn update_sign_in_link_used(&mut self, token_hash: &str, now: Timestamp) -> Result<bool, StoreFault> {
        let sql = "update sign_in_link set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2";
        Ok(self.run(sql, &[Arg::Text(token_hash), Arg::Int(millis(now))]).await? == 1)
    }

    /// Uses up all links of a purpose that went to an address.
    pub async fn update_sign_in_links_used(
        &mut self,
        email: &str,
        purpose: &str,
        now: Timestamp,
    ) -> Result<(), StoreFault> {
        let sql = "update sign_in_link set used_at = $3 where email = $1 and purpose = $2 and used_at is null";
        self.run(sql, &[Arg::Text(email), Arg::Text(purpose), Arg::Int(millis(now))]).await?;
        Ok(())
    }

    /// How many links went to an address since a moment.
    pub async fn count_sign_in_links(&mut self, email: &str, since: Timestamp) -> Result<u64, StoreFault> {
        let sql = "select cast(count(*) as bigint) from sign_in_link where email = $1 and created_at > $2";
        let row = self.row(sql, &[Arg::Text(email), Arg::Int(millis(since))]).await?;
        let count = row.map(|row| row.int(0)).transpose()?.unwrap_or(0);
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Deletes the links that were over before a moment. How many they were.
    pub async fn delete_sign_in_links(&mut self, before: Timestamp) -> Result<u64, StoreFault> {
        self.run("delete from sign_in_link where expires_at < $1", &[Arg::Int(millis(before))]).await
    }
}

impl Store {
    /// The link with this token hash, whether good or not.
    pub async fn find_sign_in_link(&self, token_hash: &str) -> Result<Option<SignInLink>, StoreFault> {
        let sql = "select token_hash, email, purpose, person_id, next, created_at, expires_at, used_at \
                   from sign_in_link where token_hash = $1";
        self.row(sql, &[Arg::Text(token_hash)]).await?.map(|row| one(&row)).transpose()
    }
}

fn one(row: &Row) -> Result<SignInLink, StoreFault> {
    Ok(SignInLink {
        token_hash: row.text(0)?,
        email: row.text(1)?,
        purpose: row.text(2)?,
        person_id: row.maybe_text(3)?,
        next: row.maybe_text(4)?,
        created: moment("sign_in_link", "created_at", row.int(5)?)?,
        expires: moment("sign_in_link", "expires_at", row.int(6)?)?,
        used: row.maybe_int(7)?.map(|millis| moment("sign_in_link", "used_at", millis)).transpose()?,
    })
}
