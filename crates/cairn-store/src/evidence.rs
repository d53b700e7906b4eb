//! Evidence: what a learner or an issuer has shown, bound by its hash. The files themselves lie elsewhere.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A piece of evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredEvidence {
    /// The issuer that it is shown to.
    pub org_id: String,
    /// UUIDv7.
    pub evidence_id: String,
    /// The request that it belongs to.
    pub request_id: Option<String>,
    /// The credential that it led to.
    pub credential_id: Option<String>,
    /// Which of the definition's wanted pieces it is.
    pub wanted: Option<String>,
    /// `file`, `link` or `text`.
    pub kind: String,
    /// A file's name, or what it is called.
    pub name: String,
    /// Media type of a file.
    pub media_type: Option<String>,
    /// Size in bytes.
    pub bytes: u64,
    /// Lower-case hex SHA-256 of the file, of the text, or of the address as it was given.
    pub sha256: String,
    /// Where the file lies.
    pub object_key: Option<String>,
    /// Address of a link.
    pub url: Option<String>,
    /// The text.
    pub words: Option<String>,
    /// Who gave it.
    pub person_id: Option<String>,
    /// When.
    pub created: Timestamp,
    /// When it was erased.
    pub erased: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select org_id, evidence_id, request_id, credential_id, wanted, kind, name, media_type, bytes, sha256, \
             object_key, url, words, person_id, created_at, erased_at from evidence ",
            $rest
        )
    };
}

impl Tx {
    /// Adds a piece.
    pub async fn insert_evidence(&mut self, one: &StoredEvidence) -> Result<(), StoreFault> {
        let sql = "insert into evidence (org_id, evidence_id, request_id, credential_id, wanted, kind, name, \
                   media_type, bytes, sha256, object_key, url, words, person_id, created_at, erased_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.evidence_id),
            Arg::MaybeText(one.request_id.as_deref()),
            Arg::MaybeText(one.credential_id.as_deref()),
            Arg::MaybeText(one.wanted.as_deref()),
            Arg::Text(&one.kind),
            Arg::Text(&one.name),
            Arg::MaybeText(one.media_type.as_deref()),
            Arg::Int(i64::try_from(one.bytes).unwrap_or(i64::MAX)),
            Arg::Text(&one.sha256),
            Arg::MaybeText(one.object_key.as_deref()),
            Arg::MaybeText(one.url.as_deref()),
            Arg::MaybeText(one.words.as_deref()),
            Arg::MaybeText(one.person_id.as_deref()),
            Arg::Int(millis(one.created)),
            Arg::MaybeInt(one.erased.map(millis)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("a piece of evidence with this id"))?;
        Ok(())
    }

    /// Notes to which credential a piece has led. False when there is no such piece, or it has led to one already.
    pub async fn update_evidence_credential(
        &mut self,
        org_id: &str,
        evidence_id: &str,
        credential_id: &str,
    ) -> Result<bool, StoreFault> {
        let sql = "update evidence set credential_id = $3 \
                   where org_id = $1 and evidence_id = $2 and credential_id is null";
        let args = [Arg::Text(org_id), Arg::Text(evidence_id), Arg::Text(credential_id)];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Takes a piece away from a request that is still the learner's. False when there is none.
    pub async fn delete_evidence(
        &mut self,
        org_id: &str,
        request_id: &str,
        evidence_id: &str,
    ) -> Result<bool, StoreFault> {
        let sql = "delete from evidence where org_id = $1 and request_id = $2 and evidence_id = $3 \
                   and credential_id is null";
        let args = [Arg::Text(org_id), Arg::Text(request_id), Arg::Text(evidence_id)];
        Ok(self.run(sql, &args).await? == 1)
    }
}

impl Store {
    /// One piece.
    pub async fn find_evidence(&self, org_id: &str, evidence_id: &str) -> Result<Option<StoredEvidence>, StoreFault> {
        let sql = select!("where org_id = $1 and evidence_id = $2");
        self.row(sql, &[Arg::Text(org_id), Arg::Text(evidence_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// A request's pieces, in the order in which they were given.
    pub async fn list_evidence_of_request(
        &self,
        org_id: &str,
        request_id: &str,
    ) -> Result<Vec<StoredEvidence>, StoreFault> {
        let sql = select!("where org_id = $1 and request_id = $2 order by evidence_id");
        self.rows(sql, &[Arg::Text(org_id), Arg::Text(request_id)]).await?.iter().map(one).collect()
    }

    /// A credential's pieces, in the order in which they were given.
    pub async fn list_evidence_of_credential(
        &self,
        org_id: &str,
        credential_id: &str,
    ) -> Result<Vec<StoredEvidence>, StoreFault> {
        let sql = select!("where org_id = $1 and credential_id = $2 order by evidence_id");
        self.rows(sql, &[Arg::Text(org_id), Arg::Text(credential_id)]).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<StoredEvidence, StoreFault> {
    let corrupt = |_| StoreFault::Corrupt { table: "evidence", column: "bytes" };
    Ok(StoredEvidence {
        org_id: row.text(0)?,
        evidence_id: row.text(1)?,
        request_id: row.maybe_text(2)?,
        credential_id: row.maybe_text(3)?,
        wanted: row.maybe_text(4)?,
        kind: row.text(5)?,
        name: row.text(6)?,
        media_type: row.maybe_text(7)?,
        bytes: u64::try_from(row.int(8)?).map_err(corrupt)?,
        sha256: row.text(9)?,
        object_key: row.maybe_text(10)?,
        url: row.maybe_text(11)?,
        words: row.maybe_text(12)?,
        person_id: row.maybe_text(13)?,
        created: moment("evidence", "created_at", row.int(14)?)?,
        erased: row.maybe_int(15)?.map(|millis| moment("evidence", "erased_at", millis)).transpose()?,
    })
}
