//! Requests: a learner asks for an achievement and shows evidence; somebody decides.

use jiff::Timestamp;

use crate::connect::Inner;
use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A learner's request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredRequest {
    /// The issuer that is asked.
    pub org_id: String,
    /// UUIDv7.
    pub request_id: String,
    /// The achievement.
    pub achievement_id: String,
    /// The version that was published when it was begun: by it the request is judged.
    pub version: String,
    /// Who asks.
    pub person_id: String,
    /// Their name as the credential shall say it.
    pub name: String,
    /// Their address, lower case.
    pub email: String,
    /// What they say to it.
    pub words: Option<String>,
    /// `draft`, `open`, `returned`, `awarded`, `refused`, `withdrawn`.
    pub state: String,
    /// Grows with every change.
    pub revision: u64,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// Who decided.
    pub decided_by: Option<String>,
    /// The credential that it led to.
    pub credential_id: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select org_id, request_id, achievement_id, version, person_id, name, email, words, state, revision, \
             created_at, updated_at, decided_by, credential_id from request ",
            $rest
        )
    };
}

impl Tx {
    /// Adds a request.
    pub async fn insert_request(&mut self, one: &StoredRequest) -> Result<(), StoreFault> {
        let sql = "insert into request (org_id, request_id, achievement_id, version, person_id, name, email, words, \
                   state, revision, created_at, updated_at, decided_by, credential_id) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
        self.run(sql, &args(one)).await.map_err(|fault| fault.taken("a request with this id"))?;
        Ok(())
    }

    /// A request, locked until the transaction ends.
    pub async fn find_request_to_change(
        &mut self,
        org_id: &str,
        request_id: &str,
    ) -> Result<Option<StoredRequest>, StoreFault> {
        // SQLite has one writer, and a transaction here is it from its first statement on.
        let sql = match &self.inner {
            Inner::Sqlite(_) => select!("where org_id = $1 and request_id = $2"),
            Inner::Postgres(_) => select!("where org_id = $1 and request_id = $2 for update"),
        };
        self.row(sql, &[Arg::Text(org_id), Arg::Text(request_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// Writes what may change of a request whose revision is one less than that of `one`. False when it is another
    /// one by now.
    pub async fn update_request(&mut self, one: &StoredRequest) -> Result<bool, StoreFault> {
        let sql = "update request set name = $3, email = $4, words = $5, state = $6, revision = $7, updated_at = $8, \
                   decided_by = $9, credential_id = $10 where org_id = $1 and request_id = $2 and revision = $7 - 1";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.request_id),
            Arg::Text(&one.name),
            Arg::Text(&one.email),
            Arg::MaybeText(one.words.as_deref()),
            Arg::Text(&one.state),
            Arg::Int(i64::try_from(one.revision).unwrap_or(i64::MAX)),
            Arg::Int(millis(one.updated)),
            Arg::MaybeText(one.decided_by.as_deref()),
            Arg::MaybeText(one.credential_id.as_deref()),
        ];
        Ok(self.run(sql, &args).await? == 1)
    }
}

impl Store {
    /// One request of an organisation.
    pub async fn find_request(&self, org_id: &str, request_id: &str) -> Result<Option<StoredRequest>, StoreFault> {
        let sql = select!("where org_id = $1 and request_id = $2");
        self.row(sql, &[Arg::Text(org_id), Arg::Text(request_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// A person's own requests, newest first.
    pub async fn list_requests_of_person(&self, person_id: &str) -> Result<Vec<StoredRequest>, StoreFault> {
        let sql = select!("where person_id = $1 order by request_id desc");
        self.rows(sql, &[Arg::Text(person_id)]).await?.iter().map(one).collect()
    }

    /// An organisation's requests in a state, in the order in which they were begun, those after the request `after`;
    /// at most `limit`.
    pub async fn list_requests(
        &self,
        org_id: &str,
        state: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredRequest>, StoreFault> {
        let sql = select!("where org_id = $1 and state = $2 and request_id > $3 order by request_id limit $4");
        let args = [Arg::Text(org_id), Arg::Text(state), Arg::Text(after.unwrap_or_default()), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(one).collect()
    }
}

fn args(one: &StoredRequest) -> [Arg<'_>; 14] {
    [
        Arg::Text(&one.org_id),
        Arg::Text(&one.request_id),
        Arg::Text(&one.achievement_id),
        Arg::Text(&one.version),
        Arg::Text(&one.person_id),
        Arg::Text(&one.name),
        Arg::Text(&one.email),
        Arg::MaybeText(one.words.as_deref()),
        Arg::Text(&one.state),
        Arg::Int(i64::try_from(one.revision).unwrap_or(i64::MAX)),
        Arg::Int(millis(one.created)),
        Arg::Int(millis(one.updated)),
        Arg::MaybeText(one.decided_by.as_deref()),
        Arg::MaybeText(one.credential_id.as_deref()),
    ]
}

fn one(row: &Row) -> Result<StoredRequest, StoreFault> {
    let corrupt = |_| StoreFault::Corrupt { table: "request", column: "revision" };
    Ok(StoredRequest {
        org_id: row.text(0)?,
        request_id: row.text(1)?,
        achievement_id: row.text(2)?,
        version: row.text(3)?,
        person_id: row.text(4)?,
        name: row.text(5)?,
        email: row.text(6)?,
        words: row.maybe_text(7)?,
        state: row.text(8)?,
        revision: u64::try_from(row.int(9)?).map_err(corrupt)?,
        created: moment("request", "created_at", row.int(10)?)?,
        updated: moment("request", "updated_at", row.int(11)?)?,
        decided_by: row.maybe_text(12)?,
        credential_id: row.maybe_text(13)?,
    })
}
