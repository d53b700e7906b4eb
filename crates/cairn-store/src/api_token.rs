//! API tokens of an organisation.

use cairn_domain::access::Scope;
use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// An API token. It is told to its maker once; the store has its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// The one organisation for which it is good.
    pub org_id: String,
    /// UUIDv7.
    pub id: String,
    /// Lower-case hex SHA-256 of the token.
    pub token_hash: String,
    /// Who made it; it may never do more than they may.
    pub person_id: String,
    /// What it is for, in its maker's words.
    pub label: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// When it was last used, to within some minutes.
    pub used: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
    /// When its maker was warned that it ends.
    pub warned: Option<Timestamp>,
}

impl Tx {
    /// Keeps a token.
    pub async fn insert_api_token(&mut self, one: &ApiToken) -> Result<(), StoreFault> {
        let sql = "insert into api_token (org_id, token_id, token_hash, person_id, label, scopes, created_at, \
                   expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let scopes: Vec<&str> = one.scopes.iter().map(|scope| scope.word()).collect();
        let scopes = scopes.join(" ");
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.id),
            Arg::Text(&one.token_hash),
            Arg::Text(&one.person_id),
            Arg::Text(&one.label),
            Arg::Text(&scopes),
            Arg::Int(millis(one.created)),
            Arg::Int(millis(one.expires)),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Says when a token was last used.
    pub async fn update_api_token_used(&mut self, token_hash: &str, now: Timestamp) -> Result<(), StoreFault> {
        let sql = "update api_token set used_at = $2 where token_hash = $1";
        self.run(sql, &[Arg::Text(token_hash), Arg::Int(millis(now))]).await?;
        Ok(())
    }

    /// Says that a token's maker was warned. False when they had been already.
    pub async fn update_api_token_warned(
        &mut self,
        org_id: &str,
        token_id: &str,
        now: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update api_token set warned_at = $3 where org_id = $1 and token_id = $2 and warned_at is null";
        Ok(self.run(sql, &[Arg::Text(org_id), Arg::Text(token_id), Arg::Int(millis(now))]).await? == 1)
    }

    /// Revokes a token. False when there is none of that id, or it was revoked before.
    pub async fn update_api_token_revoked(
        &mut self,
        org_id: &str,
        token_id: &str,
        now: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update api_token set revoked_at = $3 where org_id = $1 and token_id = $2 and revoked_at is null";
        Ok(self.run(sql, &[Arg::Text(org_id), Arg::Text(token_id), Arg::Int(millis(now))]).await? == 1)
    }
}

impl Store {
    /// The token with this hash, whether good or not.
    pub async fn find_api_token(&self, token_hash: &str) -> Result<Option<ApiToken>, StoreFault> {
        let sql = "select org_id, token_id, token_hash, person_id, label, scopes, created_at, expires_at, used_at, \
                   revoked_at, warned_at from api_token where token_hash = $1";
        self.row(sql, &[Arg::Text(token_hash)]).await?.map(|row| one(&row)).transpose()
    }

    /// An organisation's tokens, newest first.
    pub async fn list_api_tokens(&self, org_id: &str) -> Result<Vec<ApiToken>, StoreFault> {
        let sql = "select org_id, token_id, token_hash, person_id, label, scopes, created_at, expires_at, used_at, \
                   revoked_at, warned_at from api_token where org_id = $1 order by created_at desc, token_id desc";
        self.rows(sql, &[Arg::Text(org_id)]).await?.iter().map(one).collect()
    }

    /// Tokens that are good now, end before a moment, and whose makers have not been warned.
    pub async fn list_api_tokens_ending(&self, now: Timestamp, before: Timestamp) -> Result<Vec<ApiToken>, StoreFault> {
        let sql = "select org_id, token_id, token_hash, person_id, label, scopes, created_at, expires_at, used_at, \
                   revoked_at, warned_at from api_token where revoked_at is null and warned_at is null \
                   and expires_at > $1 and expires_at <= $2 order by expires_at, token_id";
        self.rows(sql, &[Arg::Int(millis(now)), Arg::Int(millis(before))]).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<ApiToken, StoreFault> {
    let corrupt = |_| StoreFault::Corrupt { table: "api_token", column: "scopes" };
    let maybe = |column, at| -> Result<Option<Timestamp>, StoreFault> {
        row.maybe_int(at)?.map(|millis| moment("api_token", column, millis)).transpose()
    };
    Ok(ApiToken {
        org_id: row.text(0)?,
        id: row.text(1)?,
        token_hash: row.text(2)?,
        person_id: row.text(3)?,
        label: row.text(4)?,
        scopes: row.text(5)?.split(' ').map(str::parse).collect::<Result<_, _>>().map_err(corrupt)?,
        created: moment("api_token", "created_at", row.int(6)?)?,
        expires: moment("api_token", "expires_at", row.int(7)?)?,
        used: maybe("used_at", 8)?,
        revoked: maybe("revoked_at", 9)?,
        warned: maybe("warned_at", 10)?,
    })
}
