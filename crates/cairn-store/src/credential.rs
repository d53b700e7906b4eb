//! Issued credentials: the exact signed text, whose it is, why it was given, and its place on a status list.

use jiff::Timestamp;

use crate::connect::Inner;
use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, TakenIndex, Tx};

/// An issued credential.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredCredential {
    /// The issuer.
    pub org_id: String,
    /// Its `id`.
    pub credential_id: String,
    /// The last part of its page's address; nobody guesses it.
    pub public_id: String,
    /// What makes a repeated request the same award.
    pub idempotency_key: String,
    /// The achievement: its UUID, or its URI where it was not defined here.
    pub achievement_id: String,
    /// Version of the achievement.
    pub version: String,
    /// Exactly what was signed.
    pub signed_text: String,
    /// Lower-case hex SHA-256 of the signed text.
    pub sha256: String,
    /// When it was awarded.
    pub awarded: Timestamp,
    /// Until when it is valid; without end when absent.
    pub valid_until: Option<Timestamp>,
    /// Whose account has claimed it.
    pub person_id: Option<String>,
    /// The recipient's name, where one was given.
    pub recipient_name: Option<String>,
    /// The recipient's address in lower case; gone after an erasure.
    pub recipient_email: Option<String>,
    /// JSON: on what grounds it was awarded.
    pub basis: Option<String>,
    /// The learner's request that led to it.
    pub request_id: Option<String>,
    /// The batch that it came with.
    pub batch_id: Option<String>,
    /// Its line in the batch's file.
    pub batch_line: Option<u64>,
    /// `revoked` or `suspended`; valid when absent.
    pub status: Option<String>,
    /// Public code of the reason for the status.
    pub status_reason: Option<String>,
    /// When the status was last changed.
    pub status_at: Option<Timestamp>,
    /// `id` of the credential that this one corrects.
    pub supersedes: Option<String>,
    /// `id` of the credential that corrects this one.
    pub superseded_by: Option<String>,
    /// What its leaf in the log was salted with, in hex; gone after an erasure.
    pub leaf_salt: Option<String>,
    /// When what names the recipient was erased.
    pub erased: Option<Timestamp>,
    /// The verification method of the key that signed it; absent for those from before this was kept.
    pub signed_with: Option<String>,
    /// When it was signed.
    pub signed: Option<Timestamp>,
}

/// Which credentials of an issuer are wanted; absent members ask for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialFilter {
    /// Part of a recipient's name or address, in any case.
    pub words: Option<String>,
    /// The achievement.
    pub achievement_id: Option<String>,
    /// `valid`, `revoked`, `suspended` or `superseded`.
    pub status: Option<String>,
    /// The batch.
    pub batch_id: Option<String>,
    /// Awarded at this moment or later.
    pub since: Option<Timestamp>,
    /// Awarded before this moment.
    pub before: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select org_id, credential_id, public_id, idempotency_key, achievement_id, version, signed_text, sha256, \
             awarded_at, valid_until, person_id, recipient_name, recipient_email, basis, request_id, batch_id, \
             batch_line, status, status_reason, status_at, supersedes, superseded_by, leaf_salt, erased_at, \
             signed_with, signed_at from credential ",
            $rest
        )
    };
}

impl Tx {
    /// Records an award. [`StoreFault::Taken`] when the id or the idempotency key is there already.
    pub async fn insert_credential(&mut self, one: &StoredCredential) -> Result<(), StoreFault> {
        let sql = "insert into credential (org_id, credential_id, public_id, idempotency_key, achievement_id, version, \
                   signed_text, sha256, awarded_at, valid_until, person_id, recipient_name, recipient_email, basis, \
                   request_id, batch_id, batch_line, status, status_reason, status_at, supersedes, superseded_by, \
                   leaf_salt, erased_at, signed_with, signed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
                   $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.credential_id),
            Arg::MaybeText(Some(one.public_id.as_str()).filter(|id| !id.is_empty())),
            Arg::Text(&one.idempotency_key),
            Arg::Text(&one.achievement_id),
            Arg::Text(&one.version),
            Arg::Text(&one.signed_text),
            Arg::Text(&one.sha256),
            Arg::Int(millis(one.awarded)),
            Arg::MaybeInt(one.valid_until.map(millis)),
            Arg::MaybeText(one.person_id.as_deref()),
            Arg::MaybeText(one.recipient_name.as_deref()),
            Arg::MaybeText(one.recipient_email.as_deref()),
            Arg::MaybeText(one.basis.as_deref()),
            Arg::MaybeText(one.request_id.as_deref()),
            Arg::MaybeText(one.batch_id.as_deref()),
            Arg::MaybeInt(one.batch_line.map(|line| i64::try_from(line).unwrap_or(i64::MAX))),
            Arg::MaybeText(one.status.as_deref()),
            Arg::MaybeText(one.status_reason.as_deref()),
            Arg::MaybeInt(one.status_at.map(millis)),
            Arg::MaybeText(one.supersedes.as_deref()),
            Arg::MaybeText(one.superseded_by.as_deref()),
            Arg::MaybeText(one.leaf_salt.as_deref()),
            Arg::MaybeInt(one.erased.map(millis)),
            Arg::MaybeText(one.signed_with.as_deref()),
            Arg::MaybeInt(one.signed.map(millis)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("a credential with this id or idempotency key"))?;
        Ok(())
    }

    /// Records the place on a status list that a credential names.
    pub async fn insert_credential_status(
        &mut self,
        org_id: &str,
        credential_id: &str,
        taken: &TakenIndex,
    ) -> Result<(), StoreFault> {
        let sql = "insert into credential_status (org_id, list_id, list_index, purpose, credential_id) \
                   values ($1, $2, $3, $4, $5)";
        let args = [
            Arg::Text(org_id),
            Arg::Text(&taken.list_id),
            Arg::Int(i64::try_from(taken.index).unwrap_or(i64::MAX)),
            Arg::Text(&taken.purpose),
            Arg::Text(credential_id),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("this place on the status list"))?;
        Ok(())
    }

    /// The award that an idempotency key stands for, seen from inside the transaction that would make it.
    pub async fn find_credential_by_key(
        &mut self,
        org_id: &str,
        key: &str,
    ) -> Result<Option<StoredCredential>, StoreFault> {
        let sql = select!("where org_id = $1 and idempotency_key = $2");
        self.row(sql, &[Arg::Text(org_id), Arg::Text(key)]).await?.map(|row| one(&row)).transpose()
    }

    /// A credential, locked until the transaction ends.
    pub async fn find_credential_to_change(
        &mut self,
        org_id: &str,
        id: &str,
    ) -> Result<Option<StoredCredential>, StoreFault> {
        // SQLite has one writer, and a transaction here is it from its first statement on.
        let sql = match &self.inner {
            Inner::Sqlite(_) => select!("where org_id = $1 and credential_id = $2"),
            Inner::Postgres(_) => select!("where org_id = $1 and credential_id = $2 for update"),
        };
        self.row(sql, &[Arg::Text(org_id), Arg::Text(id)]).await?.map(|row| one(&row)).transpose()
    }

    /// Notes a credential's status and the public code of its reason; `None` makes it valid again. False when there
    /// is no such credential.
    pub async fn update_credential_status(
        &mut self,
        credential: (&str, &str),
        status: Option<&str>,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update credential set status = $3, status_reason = $4, status_at = $5 \
                   where org_id = $1 and credential_id = $2";
        let args = [
            Arg::Text(credential.0),
            Arg::Text(credential.1),
            Arg::MaybeText(status),
            Arg::MaybeText(reason),
            Arg::Int(millis(at)),
        ];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Notes whose account a credential belongs to. False when it belongs to somebody else's, or was erased.
    pub async fn update_credential_person(
        &mut self,
        org_id: &str,
        id: &str,
        person_id: &str,
    ) -> Result<bool, StoreFault> {
        let sql = "update credential set person_id = $3 where org_id = $1 and credential_id = $2 \
                   and (person_id is null or person_id = $3) and erased_at is null";
        Ok(self.run(sql, &[Arg::Text(org_id), Arg::Text(id), Arg::Text(person_id)]).await? == 1)
    }

    /// Notes by which credential another one is corrected. False when there is none, or when it is corrected already.
    pub async fn update_credential_superseded_by(
        &mut self,
        org_id: &str,
        id: &str,
        by: &str,
    ) -> Result<bool, StoreFault> {
        let sql = "update credential set superseded_by = $3 \
                   where org_id = $1 and credential_id = $2 and superseded_by is null";
        Ok(self.run(sql, &[Arg::Text(org_id), Arg::Text(id), Arg::Text(by)]).await? == 1)
    }
}

impl Store {
    /// The credential with this `id`.
    pub async fn find_credential(&self, org_id: &str, id: &str) -> Result<Option<StoredCredential>, StoreFault> {
        let sql = select!("where org_id = $1 and credential_id = $2");
        self.row(sql, &[Arg::Text(org_id), Arg::Text(id)]).await?.map(|row| one(&row)).transpose()
    }

    /// The credential at a public address.
    pub async fn find_credential_by_public_id(&self, public_id: &str) -> Result<Option<StoredCredential>, StoreFault> {
        let sql = select!("where public_id = $1");
        self.row(sql, &[Arg::Text(public_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// What was awarded to an address (lower case) by whichever issuer, newest first.
    pub async fn list_credentials_by_email(&self, email: &str) -> Result<Vec<StoredCredential>, StoreFault> {
        let sql = select!("where recipient_email = $1 order by awarded_at desc, credential_id");
        self.rows(sql, &[Arg::Text(email)]).await?.iter().map(one).collect()
    }

    /// What a person has claimed, newest first.
    pub async fn list_credentials_by_person(&self, person_id: &str) -> Result<Vec<StoredCredential>, StoreFault> {
        let sql = select!("where person_id = $1 order by awarded_at desc, credential_id");
        self.rows(sql, &[Arg::Text(person_id)]).await?.iter().map(one).collect()
    }

    /// The places on status lists that a credential names, by purpose.
    pub async fn list_credential_status(&self, org_id: &str, id: &str) -> Result<Vec<TakenIndex>, StoreFault> {
        let sql = "select list_id, list_index, purpose from credential_status \
                   where org_id = $1 and credential_id = $2 order by purpose, list_id";
        let rows = self.rows(sql, &[Arg::Text(org_id), Arg::Text(id)]).await?;
        let corrupt = |_| StoreFault::Corrupt { table: "credential_status", column: "list_index" };
        rows.iter()
            .map(|row| {
                let index = u64::try_from(row.int(1)?).map_err(corrupt)?;
                Ok(TakenIndex { list_id: row.text(0)?, index, purpose: row.text(2)? })
            })
            .collect()
    }

    /// An issuer's awards, newest first; at most `limit`.
    pub async fn list_credentials(&self, org_id: &str, limit: u32) -> Result<Vec<StoredCredential>, StoreFault> {
        self.list_credentials_page(org_id, &CredentialFilter::default(), None, limit).await
    }

    /// A page of an issuer's awards, newest first: those after the award with this moment and `id`, at most `limit`.
    pub async fn list_credentials_page(
        &self,
        org_id: &str,
        filter: &CredentialFilter,
        after: Option<(Timestamp, &str)>,
        limit: u32,
    ) -> Result<Vec<StoredCredential>, StoreFault> {
        let sql = select!(
            "where org_id = $1 and (awarded_at < $2 or (awarded_at = $2 and credential_id > $3)) \
             and ($4 = '' or lower(recipient_name) like $4 escape '!' or recipient_email like $4 escape '!') \
             and ($5 = '' or achievement_id = $5) \
             and ($6 = '' or status = $6 or (status is null and $6 = 'valid') \
                  or (superseded_by is not null and $6 = 'superseded')) \
             and ($7 = '' or batch_id = $7) and awarded_at >= $8 and awarded_at < $9 \
             order by awarded_at desc, credential_id limit $10"
        );
        let words = filter.words.as_deref().map(containing).unwrap_or_default();
        let text = |text: &'_ Option<String>| text.clone().unwrap_or_default();
        let (achievement, status, batch) = (text(&filter.achievement_id), text(&filter.status), text(&filter.batch_id));
        let args = [
            Arg::Text(org_id),
            Arg::Int(after.map_or(i64::MAX, |after| millis(after.0))),
            Arg::Text(after.map_or("", |after| after.1)),
            Arg::Text(&words),
            Arg::Text(&achievement),
            Arg::Text(&status),
            Arg::Text(&batch),
            Arg::Int(filter.since.map_or(i64::MIN, millis)),
            Arg::Int(filter.before.map_or(i64::MAX, millis)),
            Arg::Int(limit.into()),
        ];
        self.rows(sql, &args).await?.iter().map(one).collect()
    }
}

/// A pattern for whatever contains the words; `!` takes the meaning from the pattern's own signs.
fn containing(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.trim().chars().flat_map(char::to_lowercase) {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn one(row: &Row) -> Result<StoredCredential, StoreFault> {
    let time = |at: usize, column: &'static str| -> Result<Option<Timestamp>, StoreFault> {
        row.maybe_int(at)?.map(|millis| moment("credential", column, millis)).transpose()
    };
    let line =
        |line: i64| u64::try_from(line).map_err(|_| StoreFault::Corrupt { table: "credential", column: "batch_line" });
    Ok(StoredCredential {
        org_id: row.text(0)?,
        credential_id: row.text(1)?,
        public_id: row.maybe_text(2)?.unwrap_or_default(),
        idempotency_key: row.text(3)?,
        achievement_id: row.text(4)?,
        version: row.text(5)?,
        signed_text: row.text(6)?,
        sha256: row.text(7)?,
        awarded: moment("credential", "awarded_at", row.int(8)?)?,
        valid_until: time(9, "valid_until")?,
        person_id: row.maybe_text(10)?,
        recipient_name: row.maybe_text(11)?,
        recipient_email: row.maybe_text(12)?,
        basis: row.maybe_text(13)?,
        request_id: row.maybe_text(14)?,
        batch_id: row.maybe_text(15)?,
        batch_line: row.maybe_int(16)?.map(line).transpose()?,
        status: row.maybe_text(17)?,
        status_reason: row.maybe_text(18)?,
        status_at: time(19, "status_at")?,
        supersedes: row.maybe_text(20)?,
        superseded_by: row.maybe_text(21)?,
        leaf_salt: row.maybe_text(22)?,
        erased: time(23, "erased_at")?,
        signed_with: row.maybe_text(24)?,
        signed: time(25, "signed_at")?,
    })
}
