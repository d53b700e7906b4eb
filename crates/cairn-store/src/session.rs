//! Sessions: who is signed in on which device.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A session. Its token is told to the browser once; the store has its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Lower-case hex SHA-256 of the token.
    pub token_hash: String,
    /// What its owner ends it by.
    pub id: String,
    /// Whose.
    pub person_id: String,
    /// `link`, `passkey` or `sso`.
    pub how: String,
    /// The browser's own words for itself, shortened.
    pub agent: Option<String>,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to within some minutes.
    pub seen: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// When the person last showed who they are.
    pub proved: Timestamp,
}

impl Tx {
    /// Begins a session.
    pub async fn insert_session(&mut self, session: &Session) -> Result<(), StoreFault> {
        let sql = "insert into session (token_hash, session_id, person_id, how, agent, created_at, seen_at, \
                   expires_at, proved_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let args = [
            Arg::Text(&session.token_hash),
            Arg::Text(&session.id),
            Arg::Text(&session.person_id),
            Arg::Text(&session.how),
            Arg::MaybeText(session.agent.as_deref()),
            Arg::Int(millis(session.created)),
            Arg::Int(millis(session.seen)),
            Arg::Int(millis(session.expires)),
            Arg::Int(millis(session.proved)),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Ends one session of a person. False when they have none of that id.
    pub async fn delete_session(&mut self, person_id: &str, session_id: &str) -> Result<bool, StoreFault> {
        let sql = "delete from session where person_id = $1 and session_id = $2";
        Ok(self.run(sql, &[Arg::Text(person_id), Arg::Text(session_id)]).await? == 1)
    }

    /// Ends all sessions of a person but one. How many they were.
    pub async fn delete_other_sessions(&mut self, person_id: &str, keep_id: &str) -> Result<u64, StoreFault> {
        let sql = "delete from session where person_id = $1 and session_id <> $2";
        self.run(sql, &[Arg::Text(person_id), Arg::Text(keep_id)]).await
    }

    /// Deletes the sessions that were over before a moment. How many they were.
    pub async fn delete_sessions_over(&mut self, before: Timestamp) -> Result<u64, StoreFault> {
        self.run("delete from session where expires_at < $1", &[Arg::Int(millis(before))]).await
    }

    /// Says when a session was last used.
    pub async fn update_session_seen(&mut self, token_hash: &str, seen: Timestamp) -> Result<(), StoreFault> {
        let sql = "update session set seen_at = $2 where token_hash = $1";
        self.run(sql, &[Arg::Text(token_hash), Arg::Int(millis(seen))]).await?;
        Ok(())
    }
}

impl Store {
    /// The session with this token hash, whether over or not.
    pub async fn find_session(&self, token_hash: &str) -> Result<Option<Session>, StoreFault> {
        let sql = "select token_hash, session_id, person_id, how, agent, created_at, seen_at, expires_at, proved_at \
                   from session where token_hash = $1";
        self.row(sql, &[Arg::Text(token_hash)]).await?.map(|row| one(&row)).transpose()
    }

    /// A person's sessions, last used first.
    pub async fn list_sessions(&self, person_id: &str) -> Result<Vec<Session>, StoreFault> {
        let sql = "select token_hash, session_id, person_id, how, agent, created_at, seen_at, expires_at, proved_at \
                   from session where person_id = $1 order by seen_at desc, session_id";
        self.rows(sql, &[Arg::Text(person_id)]).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<Session, StoreFault> {
    Ok(Session {
        token_hash: row.text(0)?,
        id: row.text(1)?,
        person_id: row.text(2)?,
        how: row.text(3)?,
        agent: row.maybe_text(4)?,
        created: moment("session", "created_at", row.int(5)?)?,
        seen: moment("session", "seen_at", row.int(6)?)?,
        expires: moment("session", "expires_at", row.int(7)?)?,
        proved: moment("session", "proved_at", row.int(8)?)?,
    })
}
